"""Who approved or rejected which content of an order: evidence, given by the buttons alone (INV-10)."""

from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import approval
from ..core.collection import no_collection
from ..core.errors import FinanceError
from ..core.money import minor_units
from .limits import limit
from .payment_policy import minor

# In the context it says that a button does it. An object cannot come in from a client.
_BUTTON = object()
_AMOUNTS = """
SELECT c.name, sum(i.amount)::text, max(i.amount)::text
  FROM finance_payment_instruction i JOIN res_currency c ON c.id = i.currency_id WHERE i.order_id = %s GROUP BY c.name
"""
_EDITS = """
SELECT COALESCE(p.name, ''), u.login, e.at
  FROM finance_payee_edit e
  JOIN res_partner_bank b ON b.id = e.bank_account_id
  JOIN res_partner p ON p.id = b.partner_id
  JOIN res_users u ON u.id = e.user_id
 WHERE e.bank_account_id IN (SELECT bank_account_id FROM finance_payment_instruction WHERE order_id = %s) AND e.at > %s
 ORDER BY e.id DESC
"""


class FinancePaymentApproval(models.Model):
    _name = "finance.payment.approval"
    _description = "Approval of a payment order"
    _inherit = ["finance.append.only"]
    _order = "at, id"
    _rec_name = "user_id"
    _log_access = False

    order_id = fields.Many2one("finance.payment.order", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="order_id.company_id")
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    for_user_id = fields.Many2one("res.users", string="As deputy of", readonly=True, ondelete="restrict")
    verdict = fields.Selection([("approved", "Approved"), ("rejected", "Rejected")], required=True, readonly=True)
    level = fields.Integer(readonly=True)
    group = fields.Char(string="As one of", readonly=True)
    content_hash = fields.Char(required=True, readonly=True)
    submission = fields.Integer(readonly=True, help="Which submission of the order it is of.")
    reason = fields.Text(readonly=True)
    at = fields.Datetime(required=True, readonly=True)
    counts = fields.Boolean(compute="_compute_counts", help="It is of the order as it stands now.")

    def _compute_counts(self):
        for one in self:
            one.counts = one._is_of_now() and one.content_hash == one.order_id.content_hash

    def _is_of_now(self):
        """Whether it approves the order as it was submitted last. Not told by the time: seconds are shared."""
        order = self.order_id
        return self.verdict == "approved" and bool(order.submitted_at) and self.submission == order.submission

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("finance_payment_signs") is not _BUTTON:
            raise UserError(self.env._("A payment order is approved by its button, never by writing an approval."))
        return super().create(vals_list)

    def _as_signature(self, place=0):
        """As the core reads it. ``place``: its number in the order, which tells what came first within one second."""
        self.ensure_one()
        at = self.at.replace(tzinfo=timezone.utc) + timedelta(microseconds=place)
        return approval.Signature(self.user_id.login, self.content_hash, at, self.level, self.for_user_id.login or "")


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    my_reasons = fields.Text(compute="_compute_my_reasons", string="Why you cannot approve it")
    may_sign = fields.Boolean(compute="_compute_my_reasons", string="Waits for me", search="_search_may_sign")
    missing = fields.Text(compute="_compute_missing", string="Still asked for")

    def _compute_my_reasons(self):
        for order in self:
            verdict = order._verdict() if order.state == "to_approve" else None
            order.may_sign = bool(verdict and verdict.ok)
            order.my_reasons = "\n".join(one.text for one in verdict.reasons) if verdict else ""

    def _search_may_sign(self, operator, value):
        waiting = self.search([("state", "=", "to_approve")])
        mine = waiting.filtered("may_sign")
        return [("id", "in" if (operator in ("=", "in")) == bool(value) else "not in", mine.ids)]

    def _compute_missing(self):
        for order in self:
            order.missing = "\n".join(order._standing().missing) if order.state == "to_approve" else ""

    # --- the facts that the policy looks at -------------------------------------------------------------------------------

    def _amounts(self):
        """Currency -> (total, largest payment) of one order in minor units."""
        self.env.flush_all()
        self.env.cr.execute(_AMOUNTS, [self.id])
        return {name: tuple(minor_units(each, name) for each in found) for name, *found in self.env.cr.fetchall()}

    def _account_edits(self):
        """The changes of the accounts that it pays to, as far as they can still matter: the newest first."""
        since = fields.Datetime.now() - timedelta(hours=limit(self.env, "payee_cooling_off_hours"))
        self.env.cr.execute(_EDITS, [self.id, since])
        return tuple(
            approval.AccountEdit(payee, login, at.replace(tzinfo=timezone.utc)) for payee, login, at in self.env.cr.fetchall()
        )

    def _facts(self, content=None):
        """The `OrderFacts` of one order as it stands now. ``content``: its hash, if it is at hand."""
        self.ensure_one()
        return approval.OrderFacts(
            self._content_now() if content is None else content,
            str(self.company_id.id),
            str(self.journal_id.id),
            self.create_uid.login,
            (self.edited_by_id or self.create_uid).login,
            self._amounts(),
            self._has_news(),
            self._account_edits(),
        )

    def _signatures(self):
        given = self.approval_ids.sorted("id")
        return [one._as_signature(place) for place, one in enumerate(given) if one._is_of_now()]

    def _standing(self, facts=None):
        """How far the approval is. ``facts``: `_facts`, if they are at hand."""
        order = self.sudo()
        policy = self.env["finance.payment.policy"]._of(order)
        return approval.evaluate(policy, facts or order._facts(), order._signatures(), datetime.now(timezone.utc))

    def _verdict(self, facts=None):
        """Whether the user may sign, as the core says. Whatever its rights, it is the user who signs."""
        user, order = self.env.user, self.sudo()
        try:
            policy, now = self.env["finance.payment.policy"]._of(order), datetime.now(timezone.utc)
            facts, signed = facts or order._facts(), order._signed_today(user)
            return approval.may_approve(policy, facts, order._signatures(), user.login, now, signed)
        except (FinanceError, UserError) as error:
            return approval.Verdict(False, None, (approval.Reason("policy", str(error)),))

    def _signed_today(self, user):
        """What ``user`` has signed today in other orders: (login, currency) -> minor units."""
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0)
        rows = self.env["finance.payment.approval"].search(
            [
                ("user_id", "=", user.id),
                ("verdict", "=", "approved"),
                ("at", ">=", today),
                ("order_id", "!=", self.id),
                ("order_id.company_id", "=", self.company_id.id),
            ]
        )
        amounts, payments = {}, self.env["finance.payment.instruction"].sudo()
        sums = payments._read_group(
            [("order_id", "in", rows.order_id.ids)], ["order_id", "currency_id"], ["amount:sum", "amount:max"]
        )
        for order, currency, *found in sums:
            amounts.setdefault(order.id, {})[currency.name] = tuple(minor(amount, currency) for amount in found)
        signed = [(row._as_signature(), amounts.get(row.order_id.id, {})) for row in rows]
        return approval.signed_by_day(signed, today.date())

    # --- the buttons --------------------------------------------------------------------------------------------------------

    @no_collection()
    def action_approve(self):
        """Sign each order for its content as it stands; refused, with the reason, for whoever may not (INV-10)."""
        self.check_access("read")
        for order in self._one_by_one():
            order._sign()
        return True

    def _one_by_one(self):
        """The orders from the oldest on, each to be locked. They are read together with nothing that the lock forgets: what was
        reached from another record would be read payment by payment then."""
        return self.browse(sorted(self.ids))

    def _sign(self):
        self._locked()
        user = self.env.user
        if self.state != "to_approve":
            raise UserError(self.env._("%s does not wait for an approval.", self.name))
        if not user.has_group("finance_connector.group_approver"):
            raise UserError(self.env._("You may not approve payments. Ask an administrator for the role Approver."))
        facts = self.sudo()._facts(self.sudo()._note_content())
        verdict = self._verdict(facts)
        if not verdict.ok:
            raise UserError(
                self.env._(
                    "You cannot approve %(order)s. %(why)s", order=self.name, why=" ".join(one.text for one in verdict.reasons)
                )
            )
        absent = (
            self.env["res.users"].sudo().search([("login", "=", verdict.seat.for_person)]) if verdict.seat.for_person else None
        )
        seat, stands_for = verdict.seat, absent.id if absent else False
        self._put("approved", facts.content, level=seat.level, group=seat.group, for_user_id=stands_for)
        self._audit("approve", level=verdict.seat.level, content=facts.content)
        self.sudo()._derive(facts)

    def action_reject(self, reason=""):
        """Send it back to its maker, saying why."""
        self.check_access("read")
        for order in self._one_by_one():
            order._locked()
            if not (reason or "").strip():
                raise UserError(self.env._("Say why %s is rejected: its maker has to know what to change.", order.name))
            if order.state not in ("to_approve", "approved"):
                raise UserError(self.env._("%s does not wait for an approval.", order.name))
            if not self.env.user.has_group("finance_connector.group_approver"):
                raise UserError(self.env._("You may not reject payments. Ask an administrator for the role Approver."))
            order._put("rejected", order.sudo()._content_now(), reason=reason.strip())
            order._audit("reject", reason=reason.strip())
            order.sudo()._void()
            order.sudo().write({"submitted_at": False, "state": "draft"})
            order.sudo().message_post(body=self.env._("Rejected by %(who)s: %(why)s", who=self.env.user.name, why=reason.strip()))
        return True

    def _locked(self):
        """Have this order alone: of two approvers at the same second the second one sees what the first has done."""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute("SELECT id FROM finance_payment_order WHERE id = %s FOR UPDATE", [self.id])
        self.env.invalidate_all()

    def _put(self, verdict, content, **vals):
        """Write down what the user said of the order as it stands; ``content``: the hash of that."""
        self.env["finance.payment.approval"].sudo().with_context(finance_payment_signs=_BUTTON).create(
            {
                "order_id": self.id,
                "user_id": self.env.uid,
                "verdict": verdict,
                "content_hash": content or "-",
                "submission": self.submission,
                "at": fields.Datetime.now(),
                **vals,
            }
        )
        self.invalidate_recordset(["approval_ids"])

    # --- what follows ---------------------------------------------------------------------------------------------------------

    def _derive_approval(self, facts=None):
        """A submitted order is approved, or waits, for exactly the content that is there now. ``facts``: of that, and noted."""
        facts = facts or self._facts(self._note_content())
        now = facts.content
        approved = bool(now) and self._standing(facts).approved
        if approved and self.state != "approved":
            self.state = "approved"
            self._make_file(now)
            self.instruction_ids._tell("approve", f"{now}/{len(self.approval_ids)}", content=now)
        elif not approved:
            if self.state == "approved":
                self._void()
            self.state = "to_approve"

    def _void(self):
        """What was approved is no longer what is there: the payments are a draft again."""
        approved = self.instruction_ids.filtered(lambda one: one.state == "approved")
        approved._tell("edit", f"{self.id}/{datetime.now(timezone.utc).isoformat()}")
