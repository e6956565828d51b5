"""Answers that a bank gives where it is asked for them: each is imported like every other file, once; what cannot be fetched is
told."""

import hashlib
from datetime import timedelta

from odoo import fields, models

from .patience import patiently
from .payment_outcome import FOLLOWED

_EVERY = timedelta(hours=1)
_OVER = {"executed", "rejected", "returned", "cancelled"}


class FinanceRequest(models.Model):
    _inherit = "finance.request"

    answer_checksum = fields.Char(readonly=True, help="Of the answer that was taken last.")

    def _follow_later(self):
        """A bank that gives its answers is asked again within the hour, until nothing more can be expected."""
        if not self.channel_id._gives_answers():
            super()._follow_later()
            return
        waits = set(self._payments().mapped("state")) - _OVER and self.begun_at > fields.Datetime.now() - FOLLOWED
        self.next_attempt_at = fields.Datetime.now() + _EVERY if waits else False

    def _take_answers(self, answers):
        """Import what is new of ``answers`` (bytes)."""
        imports = self.env["finance.import"].with_company(self.company_id)
        for answer in answers:
            checksum = hashlib.sha256(answer).hexdigest()
            if checksum != self.answer_checksum:
                self.answer_checksum = checksum
                imports.import_file(answer, f"{self.intent_key}-answer.xml", journal_id=self.channel_id.journal_id)


class FinancePaymentChannel(models.Model):
    _inherit = "finance.payment.channel"

    def _gives_answers(self):
        return bool(self.answers_url) and "answers" in self._adapter().capabilities

    def _follow(self, request):
        if not self._gives_answers():
            super()._follow(request)
            return
        outcome = self._called(self._adapter().answers, self._way(request), request._parcel(request._sent_file()))
        patiently(self.env, self._take_fetched, request, outcome)

    def _take_fetched(self, request, outcome):
        """Commit what the bank answered, and when it is asked again."""
        request.order_id._locked()
        exceptions, cause = self.env["finance.exception"], f"answers-{self.id}"
        if outcome.kind == "done":
            request._take_answers(outcome.sent)
            exceptions._clear("channel_down", cause, self.company_id, self.env._("Answers are fetched again."))
        else:
            exceptions._raise(
                "channel_down", cause, self.company_id, self.env._("No answers can be fetched by %s", self.name),
                detail=self.env._(
                    "%s\nIt is asked again within the hour. What the bank says comes with its other files meanwhile.",
                    outcome.error,
                ),
                record=self,
            )  # fmt: skip
        request._follow_later()
        self._count(outcome)
        self.env["ir.cron"]._commit_progress()
