"""What became of a transmission, as facts of its payments and as the row of the outbox (INV-9)."""

from datetime import datetime, timedelta, timezone
from random import SystemRandom
from typing import NamedTuple

from odoo import fields, models

from ..channels.base import Refused, Sent
from ..core import retry
from ..core.instruction import PROBE_GRACE, may_send
from ..core.instruction_facts import MONEY
from .limits import limit

# Answers after which the same may be sent again by itself: too early, too often, or the server is not there.
PASSING = frozenset((0, 408, 425, 429, 500, 502, 503, 504))
# How often, and how long after it was sent, a provider is asked what became of a payment.
_FOLLOW_EVERY, FOLLOWED = timedelta(days=1), timedelta(days=30)
_random = SystemRandom()


class Outcome(NamedTuple):
    """What became of a transmission: ``kind`` is `done`, `failed` (surely nothing is there), `refused` or `unknown`."""

    kind: str
    sent: Sent | None = None
    error: str = ""
    status: int = 0
    retry_after: float | None = None
    latency_ms: int = 0
    refusal: Refused | None = None


class FinanceRequest(models.Model):
    _inherit = "finance.request"

    def _was_done(self, outcome):
        self._tell("send_done")
        self._know("done", reference=outcome.sent.reference)
        self._tell_news(outcome.sent.tellings)
        self._follow_later()
        self._clear_failure()

    def _was_failed(self, outcome):
        self._tell("send_fail", text=outcome.error)
        if outcome.status in PASSING and not retry.is_exhausted(self.attempts, limit(self.env, "transmission_attempts")):
            self._put_off(outcome)
        else:
            self._know("failed")
            self._tell_failure(outcome)

    def _was_refused(self, outcome):
        self._tell("send_fail", text=outcome.error)
        self._know("failed")
        if outcome.refusal.final:
            name, reasons = self._attempt_name(), tuple(outcome.refusal.codes)
            self._tell("reject", name, level="instruction", reasons=reasons, text=outcome.error)
            self._payments()._tell_failures()
        else:
            self._tell_failure(outcome)

    def _was_unknown(self, outcome):
        self._tell("timeout", text=outcome.error)
        self.next_attempt_at = fields.Datetime.now() + PROBE_GRACE

    def _was_found(self, found):
        self._tell("probe_present", text=found.text)
        self._know("done", reference=found.reference or self.reference)
        self._tell_news(found.tellings)
        self._follow_later()

    def _was_not_there(self, found):
        """The bank does not have it: it is sent again by itself, once that is certain for each of its payments."""
        self._tell("probe_absent", text=found.text)
        now = datetime.now(timezone.utc)
        if all(may_send(found, now).ok for found in self._payments()._folded().values()):
            if retry.is_exhausted(self.attempts, limit(self.env, "transmission_attempts")):
                self._know("failed")
                self._tell_failure(Outcome("failed", error=found.text))
            else:
                self.write({"outcome": "pending", "next_attempt_at": False})
        else:
            self.next_attempt_at = fields.Datetime.now() + PROBE_GRACE

    def _put_off(self, outcome):
        """Try it again later, each time later."""
        seconds = retry.next_delay(max(self.attempts, 1), _random, retry_after=outcome.retry_after)
        after = fields.Datetime.now() + timedelta(seconds=seconds)
        self.write({"outcome": "pending", "error": outcome.error, "next_attempt_at": after})
        cron = self.env.ref("finance_connector.cron_send_payments").sudo()
        cron._trigger(after + timedelta(seconds=1))

    def _know(self, outcome, **values):
        self.write({"outcome": outcome, "finished_at": fields.Datetime.now(), "next_attempt_at": False, **values})

    def _settle_by_facts(self):
        """What answers or people said of its payments settles it."""
        states = set(self._payments().mapped("state"))
        self._know("failed" if states <= {"approved", "draft", "cancelled"} else "done")

    def _sent_file(self):
        """The file that the last transmission carried."""
        attempt = self._attempt_name()
        facts = self._payments().sudo().fact_ids.filtered(lambda one: one.kind == "send_start" and one.attempt == attempt)
        return self.order_id.sudo().file_ids.filtered(lambda file: file.content_hash == facts[:1].content)[:1]

    def _tell_news(self, tellings):
        """Take `channels.base.Telling`s as facts of the payments that they are about."""
        payments = self._payments().sudo()
        for told in tellings:
            for one in payments.filtered(lambda one, told=told: told.payment in ("", one.end_to_end_id)):
                one._hear(told, self._attempt_name(), self.channel_id.code)
        if tellings:
            payments._tell_failures()

    def _follow_later(self):
        """Ask what became of it tomorrow, until nothing more can be expected; what was executed may still come back."""
        expects = set(self._payments().mapped("state")) - {"rejected", "returned", "cancelled"}
        may = self.reference and "follow" in self.channel_id._adapter().capabilities
        follows = may and self.begun_at > fields.Datetime.now() - FOLLOWED
        self.next_attempt_at = fields.Datetime.now() + _FOLLOW_EVERY if expects and follows else False

    def _tell_failure(self, outcome):
        """What a machine does not try again is an exception until it is sent, or given up."""
        order = self.order_id
        self.env["finance.exception"]._raise(
            "transmission_failed", f"parcel-{self.id}", self.company_id,
            self.env._("%s could not be given to the bank", order.name),
            detail=self.env._(
                "%s\nThe bank has nothing of it. Correct the cause and press “Send” on the order, or take it back.", outcome.error
            ),
            record=order, amount=sum(self._payments().mapped("amount")), currency=order.currency_id,
        )  # fmt: skip

    def _clear_failure(self, why=None):
        self.env["finance.exception"]._clear(
            "transmission_failed", f"parcel-{self.id}", self.company_id, why or self.env._("It was transmitted.")
        )


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    def _hear(self, told, attempt, source):
        """Take one `channels.base.Telling`: the same fact as the webhook that tells it (INV-4)."""
        self.ensure_one()
        values = {"amount": told.amount or self._money()} if told.kind in MONEY else {"level": told.level, "attempt": attempt}
        self._tell(told.kind, told.name, reasons=told.reasons, text=told.text, source=source, movement=told.movement, **values)
