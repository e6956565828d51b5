"""Sending by machine: the scheduled action that takes parcels from the outbox to the bank, and asks for those of unknown outcome.

Each parcel takes three transactions: that its transmission begins is committed before the one act after which the bank has it,
and what became of that after. A process that dies in between leaves `unknown`, and nothing is sent again before the bank was
asked (INV-9). One process at a time works a channel.
"""

import logging
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..channels.base import ABSENT, PRESENT, Refused
from ..core import circuit
from ..core.errors import ProviderUnavailable
from .inbox import CONCURRENCY
from .limits import limit
from .patience import patiently
from .payment_outcome import PASSING, Outcome

_logger = logging.getLogger(__name__)
# The first number of the advisory locks by which one process works a channel.
_LOCK_CLASS = 7_041_991
# How long a bank that cannot say anything is left alone before it is asked again.
_ASK_AGAIN = timedelta(hours=1)


class FinancePaymentChannel(models.Model):
    _inherit = "finance.payment.channel"

    @api.model
    def _cron_send(self):
        """Scheduled action: work the outbox of every channel; one that fails does not stop the next."""
        # What an archived channel sent is still asked for.
        for channel in self.with_context(active_test=False).search([("code", "!=", "manual")]):
            channel = channel.with_company(channel.company_id)
            # Settings that nobody else has approved are used for nothing: a bank that is no bank could say that it has nothing.
            if not channel._is_valid():
                continue
            try:
                with channel._alone() as alone:
                    if alone and not channel._work():
                        # The time of this run is used up; the rest is done by the next one, at once.
                        channel._wake()
                        return
            except Exception as error:
                _logger.exception("The payment channel %s cannot be worked", channel.id)
                channel._tell_broken(error)

    def _tell_broken(self, error):
        """It is not the bank that fails: say so, and go on with the next channel."""
        self.env["finance.exception"]._raise(
            "channel_down", f"broken-{self.id}", self.company_id, self.env._("Nothing can be sent by %s", self.name),
            detail=str(error), record=self,
        )  # fmt: skip
        self.env["ir.cron"]._commit_progress()

    @contextmanager
    def _alone(self):
        """Whether this process alone works the channel, until the context ends or the process dies."""
        self.env.cr.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_CLASS, self.id])
        (mine,) = self.env.cr.fetchone()
        try:
            yield mine
        except CONCURRENCY as error:
            self.env.cr.rollback()
            _logger.info("Another worker is at the payments of %s: %s", self.id, error)
        except BaseException:
            self.env.cr.rollback()
            raise
        finally:
            if mine:
                self.env.cr.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK_CLASS, self.id])

    def _work(self):
        """Ask for what is unknown, then send what waits. Whether there is time left."""
        cron = self.env["ir.cron"]
        cron._commit_progress()
        for outcome, work in (("unknown", self._ask), ("pending", self._transmit), ("done", self._follow)):
            for request in self._due(outcome):
                if self._why_not() and outcome == "pending" or self.circuit_state == circuit.OPEN:
                    break
                work(request)
                if not cron._commit_progress(1):
                    return False
        self.env["finance.exception"]._clear(
            "channel_down", f"broken-{self.id}", self.company_id, self.env._("The channel was worked again.")
        )
        return True

    def _due(self, outcome):
        when = Domain("next_attempt_at", "<=", fields.Datetime.now())
        if outcome != "done":
            when |= Domain("next_attempt_at", "=", False)
        mine = Domain([("channel_id", "=", self.id), ("order_id", "!=", False), ("outcome", "=", outcome)])
        return self.env["finance.request"].search(mine & when, order="id")

    # --- sending ------------------------------------------------------------------------------------------------------------

    def _transmit(self, request):
        """Send one parcel of the outbox."""
        parcel = patiently(self.env, self._checked_parcel, request)
        if parcel is None:
            return
        adapter, way = self._adapter(), self._way(request)
        outcome = self._called(adapter.stage, way, parcel)
        if outcome.kind not in ("done", "refused"):
            patiently(self.env, self._not_begun, request, outcome)
            return
        reference = outcome.sent.reference if outcome.sent else parcel.reference
        if not patiently(self.env, self._begin, request, parcel, reference):
            return
        if outcome.kind == "done":
            outcome = self._called(adapter.send, way, replace(parcel, reference=reference))
        patiently(self.env, self._finish, request, outcome)
        if outcome.sent and outcome.sent.answer:
            patiently(self.env, self._take_answer, request, outcome.sent.answer)
        if outcome.kind == "done" and self.probe_url and not self.is_probe_proven:
            found = self._called(adapter.probe, way, parcel)
            patiently(self.env, self._take_proof, found)

    def _called(self, act, way, parcel):
        """The `Outcome` of one act of the adapter; nothing that it raises escapes."""
        started, outcome = time.monotonic(), None
        try:
            outcome = Outcome("done", sent=act(way, parcel))
        except Refused as error:
            outcome = Outcome("refused", error=str(error), refusal=error)
        except ProviderUnavailable as error:
            outcome = Outcome(error.outcome, error=str(error), status=error.status, retry_after=error.retry_after)
        except Exception as error:
            # Whatever it is, it came after the transmission began: the bank may have everything.
            _logger.exception("The channel %s failed", self.name)
            outcome = Outcome("unknown", error=f"{type(error).__name__}: {error}")
        return outcome._replace(latency_ms=round((time.monotonic() - started) * 1000))

    def _checked_parcel(self, request):
        """The parcel, if it may be sent; None if not, which is written down."""
        request.order_id._locked()
        parcel = self._parcel_of(request)
        self.env["ir.cron"]._commit_progress()
        return parcel

    def _parcel_of(self, request):
        """The parcel of a locked order, if it may be sent now."""
        if request.outcome != "pending":
            return None
        try:
            file = request.order_id._checked_file(request._payments())
        except UserError as error:
            request._know("failed", error=str(error))
            request._tell_failure(Outcome("failed", error=str(error)))
            return None
        return request._parcel(file)

    def _begin(self, request, parcel, reference):
        """Commit that the transmission begins, if the parcel is still what is to be sent. Whether it has begun.

        ``reference``: what it is called where it was put.
        """
        request.order_id._locked()
        begins = self._parcel_of(request) == parcel
        if begins:
            request.reference = reference or False
            request._begin_transmission(request.order_id._current_file())
        self.env["ir.cron"]._commit_progress()
        return begins

    def _not_begun(self, request, outcome):
        """It could not even be put there: nothing was sent. Unless we were not let in, it is tried again."""
        if outcome.status in PASSING:
            request._put_off(outcome)
        else:
            request._know("failed")
            request._tell_failure(outcome)
        self._count(outcome)
        self.env["ir.cron"]._commit_progress()

    def _finish(self, request, outcome):
        """Commit what became of the transmission."""
        request.order_id._locked()
        request.write({"status": outcome.status, "latency_ms": outcome.latency_ms, "error": outcome.error or False})
        getattr(request, f"_was_{outcome.kind}")(outcome)
        self._count(outcome)
        self.env["ir.cron"]._commit_progress()

    def _count(self, outcome):
        """Whether the bank answers is counted: a refusal is an answer."""
        answered = outcome.kind in ("done", "refused") or outcome.status not in PASSING
        now = datetime.now(timezone.utc)
        found = circuit.after_success(self._circuit()) if answered else (
            circuit.after_failure(self._circuit(), now, limit(self.env, "channel_failures"))
        )  # fmt: skip
        self._set_circuit(found, outcome.error)

    def _take_proof(self, outcome):
        """Commit that the address knows a file that the bank surely has; only then is it believed when it knows one not."""
        if outcome.kind == "done" and outcome.sent.verdict == PRESENT:
            self.proven_probe_url = self.probe_url
        self.env["ir.cron"]._commit_progress()

    def _take_answer(self, request, answer):
        """An answer that came with the transmission goes the way of every other one."""
        imports = self.env["finance.import"].with_company(self.company_id)
        imports.import_file(answer, f"{request.intent_key}-answer.xml", journal_id=self.journal_id)
        self.env["ir.cron"]._commit_progress()

    # --- asking -------------------------------------------------------------------------------------------------------------

    def _ask(self, request):
        """Ask the bank for a parcel whose outcome is not known."""
        adapter = self._adapter()
        if patiently(self.env, self._is_answered, request) or "probe" not in adapter.capabilities:
            return
        outcome = self._called(adapter.probe, self._way(request), request._parcel(request._sent_file()))
        patiently(self.env, self._take_probe, request, outcome)

    def _is_answered(self, request):
        """Whether it is known meanwhile, by an answer of the bank or by a person."""
        request.order_id._locked()
        known = request.outcome != "unknown" or "unknown" not in request._payments().mapped("state")
        if known and request.outcome == "unknown":
            request._settle_by_facts()
        self.env["ir.cron"]._commit_progress()
        return known

    def _follow(self, request):
        """Ask what became of a parcel that the bank has, where nothing else tells."""
        outcome = self._called(self._adapter().follow, self._way(request), request._parcel(request._sent_file()))
        patiently(self.env, self._take_news, request, outcome)

    def _take_news(self, request, outcome):
        """Commit what the bank said, and when it is asked again."""
        request.order_id._locked()
        request._tell_news(outcome.sent if outcome.kind == "done" else ())
        request._follow_later()
        self._count(outcome)
        self.env["ir.cron"]._commit_progress()

    def _take_probe(self, request, outcome):
        """Commit what the bank said."""
        request.order_id._locked()
        found = outcome.sent if outcome.kind == "done" else None
        if found and found.verdict == PRESENT:
            request._was_found(found)
        elif found and found.verdict == ABSENT and self.is_probe_proven:
            request._was_not_there(found)
        else:
            said = found.text if found else outcome.error
            if found and found.verdict == ABSENT:
                said = self.env._("%s The address has never known a file that the bank has, so that proves nothing.", said)
            request.write({"error": said, "next_attempt_at": fields.Datetime.now() + _ASK_AGAIN})
        self._count(outcome)
        self.env["ir.cron"]._commit_progress()
