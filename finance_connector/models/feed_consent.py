"""The owner's consent behind a feed: asked for at the bank's own page, watched until it ends, and told ahead (INV-13)."""

import hmac
import secrets
from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.errors import FinanceError
from .limits import limit

# How long a consent that was begun may take at the bank.
_ANSWER = timedelta(hours=2)


class FinanceFeed(models.Model):
    _inherit = "finance.feed"

    consent_reference = fields.Char(
        string="Id of the consent", readonly=True, copy=False, groups="finance_connector.group_administrator",
        help="The bank's id of the consent in force.",
    )  # fmt: skip
    consent_until = fields.Datetime(string="Consent until", readonly=True, copy=False, tracking=True)
    consent_end_reason = fields.Char(readonly=True, copy=False)
    consent_changed = fields.Boolean(readonly=True, copy=False, help="The bank says that it changed; it is to be looked up.")
    consent_request = fields.Json(readonly=True, copy=False, groups=fields.NO_ACCESS)
    consent_state = fields.Selection(
        [
            ("none", "Not given"),
            ("valid", "Valid"),
            ("expiring", "Ends soon"),
            ("ended", "Ended"),
        ],
        string="Consent",
        compute="_compute_consent_state",
    )

    @api.depends("consent_reference", "consent_until", "consent_end_reason")
    def _compute_consent_state(self):
        now, ahead = fields.Datetime.now(), timedelta(days=limit(self.env, "consent_days"))
        for feed in self:
            until = feed.consent_until
            if not feed.sudo().consent_reference:
                feed.consent_state = "none"
            elif feed.consent_end_reason or (until and until <= now):
                feed.consent_state = "ended"
            else:
                feed.consent_state = "expiring" if until and until - ahead <= now else "valid"

    # --- giving it ------------------------------------------------------------------------------------------

    def action_renew_consent(self):
        """Send the owner to the bank's page; what they allow there comes back to `_finish_consent`."""
        self.ensure_one()
        self.check_access("write")
        state = secrets.token_urlsafe(24)
        try:
            asked = self._adapter().start_consent(
                self._caller("ask for the consent"), self._settings(), state, fields.Datetime.now().replace(tzinfo=timezone.utc)
            )
        except FinanceError as error:
            raise UserError(str(error)) from error
        self.sudo().consent_request = {
            "state": state, "reference": asked.reference, "at": fields.Datetime.to_string(fields.Datetime.now()),
        }  # fmt: skip
        self._audit("feed.consent_asked", {"name": self.name})
        return {"type": "ir.actions.act_url", "url": asked.url, "target": "self"}

    @api.model
    def _awaiting(self, state):
        """The feed whose consent was begun with ``state`` (any text) not too long ago, or none."""
        for feed in self.sudo().search([("consent_request", "!=", False)]):
            begun = feed.consent_request or {}
            fresh = fields.Datetime.to_datetime(begun.get("at")) > fields.Datetime.now() - _ANSWER
            if fresh and hmac.compare_digest(str(begun.get("state")).encode(), state.encode()):
                return feed
        return self.browse()

    def _finish_consent(self, answer):
        """Take up what the owner allowed. ``answer``: the parameters with which the bank sent them back. Raises UserError."""
        self.ensure_one()
        self.check_access("write")
        feed = self.sudo()
        begun, feed.consent_request = feed.consent_request or {}, False
        try:
            consent = self._adapter().finish_consent(
                self._caller("finish the consent"), self._settings(), begun.get("reference", ""), answer
            )
        except FinanceError as error:
            raise UserError(str(error)) from error
        self._take_consent(consent)

    def _take_consent(self, consent):
        """The consent is there: keep its secrets, open its accounts, and ask them at once."""
        for name, value in consent.secrets.items():
            self.set_secret(name, value)
        self.sudo().write(
            {
                "consent_reference": consent.reference,
                "consent_until": _naive(consent.valid_until),
                "consent_end_reason": consent.ended or False,
                "consent_changed": False,
            }
        )
        if consent.accounts:
            self.env["finance.feed.account"].sudo()._from_consent(self.sudo(), consent.accounts)
        for kind in ("consent_ended", "consent_expiring"):
            self.env["finance.exception"]._clear(kind, self.id, self.company_id, self.env._("The consent was renewed."))
        told = {"name": self.name, "until": str(consent.valid_until or ""), "accounts": len(consent.accounts)}
        self._audit("feed.consent", told)
        self.env["finance.provider"]._wake("finance_connector.cron_pull_statements")

    # --- watching it ----------------------------------------------------------------------------------------

    def _check_consent(self):
        """Look the consent up if it changed; say ahead that it ends, and that it has ended."""
        self.ensure_one()
        if not self.has_consent or not self.sudo().consent_reference:
            return
        if self.consent_changed:
            self._look_up_consent()
        if self.consent_state == "ended":
            self._consent_ended(self.consent_end_reason or self.env._("It was valid until %s UTC.", self.consent_until))
            return
        gone = ["consent_ended"]
        if self.consent_state == "expiring":
            self._tell_expiring()
        else:
            gone.append("consent_expiring")
        for kind in gone:
            self.env["finance.exception"]._clear(kind, self.id, self.company_id, self.env._("The consent is valid."))

    def _look_up_consent(self):
        try:
            consent = self._adapter().consent(self._caller("look up the consent"), self._settings())
        except FinanceError:
            return  # it stays marked and is looked up at the next run; the pull says what is wrong
        self.sudo().write(
            {
                "consent_until": _naive(consent.valid_until) or self.consent_until,
                "consent_end_reason": consent.ended or False,
                "consent_changed": False,
            }
        )

    def _tell_expiring(self):
        self.env["finance.exception"]._raise_once(
            "consent_expiring",
            self.id,
            self.company_id,
            self.env._("%(feed)s: the bank's consent ends on %(day)s", feed=self.name, day=self.consent_until.date()),
            detail=self.env._(
                "After %s UTC the bank gives no entries any more. Open the feed and renew the consent before.", self.consent_until
            ),
            record=self,
        )

    def _consent_ended(self, reason):
        """No call is made any more until the owner renews the consent."""
        if not self.consent_end_reason:
            self.sudo().consent_end_reason = reason
        self.env["finance.exception"]._raise_once(
            "consent_ended",
            self.id,
            self.company_id,
            self.env._("%s: the bank's consent has ended", self.name),
            detail=self.env._(
                "%s\n\nNothing is lost: the days since then are asked for when the consent is renewed, as far back as the bank "
                "gives them.",
                reason,
            ),
            record=self,
        )


def _naive(moment):
    """An aware instant as Odoo stores it; False for None."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment else False
