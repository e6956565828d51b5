"""The exception queue: one row per cause, with the money at risk, an owner, a deadline and what may safely be done."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

# kind -> (label, severity, hours until the deadline)
KINDS = {
    "message_dead": ("Message given up", "high", 24),
    "unknown_status": ("Unknown status from the provider", "high", 24),
    "contradiction": ("Facts that contradict each other", "high", 24),
    "no_document": ("Payment without order or invoice", "medium", 72),
    "dispute": ("Dispute to answer", "high", 72),
    "payout_failed": ("Payout failed", "critical", 24),
    "settlement_difference": ("Settlement does not add up", "critical", 24),
    "unmapped_line": ("Settlement line of unknown kind", "high", 24),
    "posting_failed": ("Could not be posted", "high", 24),
    "books_differ": ("Books differ from the subledger", "critical", 24),
    "poll_failed": ("Provider could not be asked", "medium", 24),
    "connection_held": ("Connection waits for a second person", "high", 8),
    "poll_gap": ("Events may be missing", "high", 24),
    "import_rejected": ("File refused", "high", 24),
    "statement_gap": ("Gap between statements", "high", 48),
    "announced_overdue": ("Announced entries never booked", "medium", 72),
    "feed_failed": ("Bank feed could not be asked", "medium", 24),
    "feed_calls": ("Calls of a bank feed used up", "low", 24),
    "feed_gap": ("Days of a bank feed are missing", "high", 48),
    "consent_expiring": ("Consent of a bank feed ends soon", "medium", 168),
    "consent_ended": ("Consent of a bank feed ended", "high", 24),
    "bank_conflict": ("Bank changed a booked entry", "high", 48),
    "match_ambiguous": ("Several equally good matches", "medium", 72),
    "dunning_ended": ("Money did not come", "high", 72),
    "collection_late": ("Collection returned after its term", "high", 48),
    "match_missing": ("Bank line not explained", "low", 120),
    "payment_failed": ("Payment rejected or returned", "high", 24),
    "payment_answer": ("Answer of a bank fits no payment", "high", 24),
    "transmission_failed": ("Payments could not be transmitted", "high", 8),
    "channel_down": ("Payment channel does not answer", "high", 8),
    "payment_unknown": ("Payment with unknown outcome", "critical", 8),
    "chain_broken": ("Audit chain broken", "critical", 4),
}
SEVERITIES = [("low", "Low"), ("medium", "Medium"), ("high", "High"), ("critical", "Critical")]
OPEN_STATES = ("open", "in_progress")


class FinanceException(models.Model):
    _name = "finance.exception"
    _description = "Exception"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "severity_rank desc, deadline, id"
    _rec_name = "summary"

    kind = fields.Selection([(kind, spec[0]) for kind, spec in KINDS.items()], required=True, readonly=True, index=True)
    summary = fields.Char(required=True, readonly=True, help="What happened, to what.")
    detail = fields.Text(readonly=True, help="Everything that is known about the cause, and what to do next.")
    severity = fields.Selection(SEVERITIES, required=True, default="medium", tracking=True)
    severity_rank = fields.Integer(compute="_compute_severity_rank", store=True)
    state = fields.Selection(
        [("open", "Open"), ("in_progress", "In progress"), ("resolved", "Resolved"), ("ignored", "Ignored")],
        required=True,
        default="open",
        tracking=True,
        index=True,
        copy=False,
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    provider_id = fields.Many2one("finance.provider", readonly=True, index="btree_not_null", ondelete="restrict")
    amount_at_risk = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    res_model = fields.Char(string="Source model", readonly=True)
    res_id = fields.Many2oneReference(string="Source", model_field="res_model", readonly=True)
    user_id = fields.Many2one("res.users", string="Owner", tracking=True, index="btree_not_null")
    deadline = fields.Datetime(readonly=True)
    count = fields.Integer(readonly=True, default=1, help="How often the cause was seen.")
    first_seen = fields.Datetime(readonly=True, default=fields.Datetime.now)
    last_seen = fields.Datetime(readonly=True, default=fields.Datetime.now)
    age_days = fields.Integer(compute="_compute_age_days", string="Age (days)")
    cause_key = fields.Char(required=True, readonly=True, help="Names the cause: the same cause is one row.")
    resolution = fields.Text(string="How it was resolved", readonly=True)
    resolved_by_id = fields.Many2one("res.users", readonly=True)
    resolved_at = fields.Datetime(readonly=True)

    _cause_uniq = models.UniqueIndex("(company_id, cause_key) WHERE state IN ('open', 'in_progress')")
    _source_idx = models.Index("(res_model, res_id)")

    @api.depends("severity")
    def _compute_severity_rank(self):
        ranks = {name: rank for rank, (name, _label) in enumerate(SEVERITIES)}
        for exception in self:
            exception.severity_rank = ranks.get(exception.severity, 0)

    @api.depends("first_seen")
    def _compute_age_days(self):
        now = fields.Datetime.now()
        for exception in self:
            exception.age_days = (now - (exception.first_seen or now)).days

    @api.model
    def _raise(self, kind, cause, company, summary, **about):
        """One row for ``cause`` (a short key, unique per kind): opened, or counted once more when it is open. Returns it.

        ``about``: see `_seen`.
        """
        seen = self._seen(kind, cause, company, summary, **about)
        known = self.sudo().search(
            [("company_id", "=", company.id), ("cause_key", "=", seen["cause_key"]), ("state", "in", OPEN_STATES)], limit=1
        )
        if known:
            again = ("last_seen", "summary", "detail", "amount_at_risk", "currency_id")
            known.write({name: seen[name] for name in again} | {"count": known.count + 1})
            return known
        try:
            return self._open([seen])
        except UniqueViolation:
            # Another worker met the same cause at this moment; its row stands for both.
            return self.browse()

    @api.model
    def _raise_new(self, kind, company, told):
        """As `_raise`, for many causes at once that have no open row; ``told``: a dict of its arguments for each."""
        try:
            self._open([self._seen(kind, company=company, **one) for one in told])
        except UniqueViolation:
            for one in told:
                self._raise(kind, company=company, **one)

    def _open(self, values):
        with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
            return self.sudo().create(values)

    def _seen(self, kind, cause, company, summary, *, detail="", record=None, provider=None, amount=0, currency=None):
        """Values of a new row. ``amount`` in major units of ``currency`` is the money at risk; ``record`` is the source that
        "open the source" leads to."""
        _label, severity, hours = KINDS[kind]
        now = fields.Datetime.now()
        return {
            "last_seen": now,
            "summary": summary,
            "detail": detail,
            "amount_at_risk": amount,
            "currency_id": (currency or company.currency_id).id,
            "kind": kind,
            "cause_key": f"{kind}:{cause}",
            "severity": severity,
            "company_id": company.id,
            "provider_id": provider.id if provider else False,
            "res_model": record._name if record else False,
            "res_id": record.id if record else 0,
            "deadline": now + timedelta(hours=hours),
        }

    @api.model
    def _clear(self, kind, cause, company, why):
        """The cause is gone: close its open row, if there is one, saying ``why``."""
        return self._clear_many(kind, [cause], company, why)

    @api.model
    def _clear_many(self, kind, causes, company, why):
        rows = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("cause_key", "in", [f"{kind}:{cause}" for cause in causes]),
                ("state", "in", OPEN_STATES),
            ]
        )
        rows._close("resolved", why, automatic=True)
        return rows

    def _close(self, state, reason, automatic=False):
        if not self:
            return
        self.write(
            {
                "state": state,
                "resolution": reason,
                "resolved_at": fields.Datetime.now(),
                "resolved_by_id": False if automatic else self.env.uid,
            }
        )
        for exception in self:
            self.env["finance.audit.entry"]._record(
                f"exception.{state}", exception, {"cause": exception.cause_key, "reason": reason}
            )

    def write(self, vals):
        if vals.get("state") in ("resolved", "ignored") and not vals.get("resolution"):
            raise UserError(self.env._("Say how it was resolved: use Resolve, which asks for the reason."))
        return super().write(vals)

    def action_assign_to_me(self):
        """Take the exception: it is yours and in progress."""
        self.write({"user_id": self.env.uid, "state": "in_progress"})
        return True

    def action_open_source(self):
        """Open what the exception is about."""
        self.ensure_one()
        if not self.res_model or not self.res_id:
            raise UserError(self.env._("This exception has no single source record; its detail says all that is known."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_retry(self):
        """Do the work again that failed; the exception closes itself when it succeeds."""
        self.check_access("write")
        for exception in self:
            source = self.env[exception.res_model].browse(exception.res_id).exists() if exception.res_model else None
            if source is None or not hasattr(source, "_retry_exception"):
                raise UserError(
                    self.env._("“%s” cannot be retried by machine. Open the source to see what it needs.", exception.summary)
                )
            source._retry_exception(exception)
            self.env["finance.audit.entry"]._record("exception.retry", exception, {"cause": exception.cause_key})
        return True

    def action_resolve(self):
        """Ask for the reason, then close."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Resolve"),
            "res_model": "finance.exception.resolve",
            "view_mode": "form",
            "target": "new",
            "context": {"default_exception_ids": self.ids},
        }

    @api.model
    def _action_for(self, record):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Exceptions of %s", record.display_name),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("res_model", "=", record._name), ("res_id", "=", record.id)],
        }

    @api.ondelete(at_uninstall=False)
    def _refuse_delete(self):
        raise UserError(self.env._("Exceptions are part of the evidence. Resolve or ignore them with a reason."))
