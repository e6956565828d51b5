"""How a mandate becomes usable, is set aside, and ends: by a person, by what the bank says, and by time."""

import re

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import direct_debit, payee_account
from ..core.errors import FinanceError
from ..payments.reasons import reason

# A bank that gives one of these will refuse the next collection too.
SUSPENDING = ("new_mandate", "correct_account", "correct_mandate", "compliance")
_SEPA = (direct_debit.CORE, direct_debit.B2B)
_SEPA_REFERENCE = re.compile(r"[A-Za-z0-9+?/:().,' -]{1,35}").fullmatch
_BACS_REFERENCE = re.compile(r"[A-Z0-9./& -]{6,18}").fullmatch


class FinanceMandate(models.Model):
    _inherit = "finance.mandate"

    # --- the buttons ------------------------------------------------------------------------------------------------------

    def action_activate(self):
        """It is signed and complete: it may be collected with."""
        for one in self:
            one._check_maker()
            if one.state != "draft":
                raise UserError(self.env._("The mandate %s is no draft any more.", one.reference))
            if one.scheme == direct_debit.GOCARDLESS:
                raise UserError(self.env._("GoCardless says itself when the mandate %s is active.", one.reference))
            if problems := one._problems():
                raise UserError(
                    self.env._(
                        "The mandate %(mandate)s cannot be used yet:\n%(problems)s",
                        mandate=one.reference,
                        problems="\n".join(problems),
                    )
                )
            one._move_to("active", "")
        return True

    def action_suspend(self):
        """Collect nothing with it for now."""
        return self._by_hand("suspended", ("active",))

    def action_resume(self):
        """Use it again, after the cause is gone."""
        for one in self:
            if problems := one._problems():
                raise UserError("\n".join(problems))
        return self._by_hand("active", ("suspended",))

    def action_cancel(self):
        """The debtor or we ended it; it is never used again."""
        return self._by_hand("cancelled", ("draft", "active", "suspended"))

    def _by_hand(self, state, allowed):
        for one in self:
            one._check_maker()
            if one.scheme == direct_debit.GOCARDLESS:
                raise UserError(self.env._("Change the mandate %s at GoCardless; what it says is followed here.", one.reference))
            if one.state not in allowed:
                raise UserError(
                    self.env._(
                        "The mandate %(mandate)s is %(state)s.",
                        mandate=one.reference,
                        state=dict(one._fields["state"]._description_selection(self.env))[one.state].lower(),
                    )
                )
            one._move_to(state, self.env._("by %s", self.env.user.name))
        return True

    def _check_maker(self):
        if not self.env.user.has_group("finance_connector.group_user"):
            raise UserError(self.env._("You may not change mandates. Ask an administrator for the role User."))
        self.check_access("write")

    def _move_to(self, state, why):
        """Have the state, and say why; what was approved with it before is looked at anew."""
        for one in self.sudo():
            if (one.state, one.why or "") == (state, why):
                continue
            one.write({"state": state, "why": why, "state_since": fields.Datetime.now()})
            one._audit(state, why=why, evidence=sorted(filter(None, one.evidence_ids.mapped("checksum"))))

    # --- whether it may be used -------------------------------------------------------------------------------------------

    def _problems(self):
        """What is missing or wrong, in words."""
        self.ensure_one()
        told = []
        if not self.partner_id or not self.bank_account_id:
            told.append(self.env._("Say who the debtor is, and from which account is collected."))
        if not self.signed_on or self.signed_on > fields.Date.context_today(self):
            told.append(self.env._("Say on which day it was signed."))
        if not (self.evidence_ids or (self.evidence_note or "").strip()):
            told.append(self.env._("Attach the signed mandate, or say where it is kept."))
        return told + self._scheme_problems()

    def _scheme_problems(self):
        told = []
        try:
            if self.scheme in _SEPA:
                payee_account.creditor_id(self.creditor_id or "")
                payee_account.iban(self.bank_account_id.acc_number or "")
        except FinanceError as error:
            told.append(str(error))
        fits = _BACS_REFERENCE if self.scheme == direct_debit.BACS else _SEPA_REFERENCE
        if not fits(self.reference or ""):
            told.append(
                self.env._("The reference %s has characters, or a length, that the scheme does not take.", self.reference)
            )
        if self.scheme == direct_debit.B2B and self.partner_id and not self.partner_id.commercial_partner_id.is_company:
            told.append(self.env._("A SEPA B2B mandate is for companies; %s is none.", self.partner_id.name))
        return told

    def _unusable(self, day):
        """Why nothing can be collected with it on ``day``; empty if it can."""
        self.ensure_one()
        if self.scheme == direct_debit.GOCARDLESS and not self._collecting_channel():
            return self.env._(
                "The mandate %(mandate)s is at GoCardless, and no payment channel in force collects by %(connection)s.",
                mandate=self.reference,
                connection=self.provider_id.name,
            )
        if self.state != "active":
            state = dict(self._fields["state"]._description_selection(self.env))[self.state].lower()
            return self.env._(
                "The mandate %(mandate)s is %(state)s (%(why)s).", mandate=self.reference, state=state, why=self.why or "/"
            )
        if self.expires_on and day >= self.expires_on:
            return self.env._(
                "The mandate %(mandate)s must not be used from %(day)s on: nothing was collected with it for too long.",
                mandate=self.reference,
                day=self.expires_on,
            )
        return ""

    # --- what follows from collections and time ---------------------------------------------------------------------------

    def _follow_collection(self, collection):
        """A collection of it was executed, rejected or returned."""
        self.ensure_one()
        one = self.sudo()
        if collection.state == "executed" and collection.sequence_type in (direct_debit.ONCE, direct_debit.FINAL):
            if one.state == "active":
                one._move_to("expired", self.env._("Its last collection was made."))
        elif collection.state in ("rejected", "returned") and one.state == "active" and one.scheme != direct_debit.GOCARDLESS:
            table = "arudd" if one.scheme == direct_debit.BACS else "iso"
            found = [reason(code, table) for code in (collection.reason_codes or "").split()]
            if grave := [each for each in found if each.action in SUSPENDING]:
                one._move_to("suspended", f"{grave[0].code}: {grave[0].text}")

    @api.model
    def _cron_expire(self):
        """Scheduled action: end what must not be used any more."""
        today = fields.Date.context_today(self)
        shortest = relativedelta(months=min(direct_debit.DORMANT_MONTHS.values()))
        waiting = self.sudo().search(
            [
                ("state", "in", ("active", "suspended")),
                ("scheme", "in", list(direct_debit.DORMANT_MONTHS)),
                ("signed_on", "<=", today - shortest),
            ]
        )
        for one in waiting:
            if one.expires_on and one.expires_on <= today:
                months = direct_debit.DORMANT_MONTHS[one.scheme]
                one._move_to("expired", self.env._("Nothing was collected with it for %s months.", months))
        self.env["ir.cron"]._commit_progress(len(waiting), remaining=0)
