"""Asking the banks: which account is due, from which day, what is kept of the answer, and what is said when there is none."""

import logging
import random
from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.http import request

from ..core import retry
from ..core.errors import FinanceError
from ..feeds import days
from ..feeds.base import CallsUsedUp, ConsentEnded, NotReady
from .inbox import CONCURRENCY
from .limits import limit

_logger = logging.getLogger(__name__)
_NOT_READY = timedelta(hours=1)


class FinanceFeed(models.Model):
    _inherit = "finance.feed"

    @api.model
    def _cron_pull(self):
        """Scheduled action: ask every account that is due; one that fails does not stop the next."""
        cron = self.env["ir.cron"]
        if not cron._commit_progress(remaining=1):
            return
        for feed in self.search([("state", "=", "active")]):
            feed = feed.with_company(feed.company_id)
            feed._check_consent()
            cron._commit_progress()
            if feed.has_files:
                # Looking for files is not counted as work done: a run that only looks and then fails has failed.
                feed._pull_files(commit=True)
                cron._commit_progress()
            for account in feed.account_ids if feed._can_be_asked() else feed.account_ids.browse():
                if account._is_due():
                    try:
                        account._pull_isolated(commit=True)
                    except CONCURRENCY:
                        self.env.cr.rollback()  # another worker asks it at this moment
                    if not cron._commit_progress(1, remaining=1):
                        return
        cron._commit_progress(remaining=0)

    def action_pull(self):
        """Ask the bank now. A person is there, so the bank does not count it as one of the calls of a day."""
        self.check_access("read")
        self.env["finance.feed.account"]._require_user()
        told = [self.sudo()._pull_files()] if self.has_files else []
        for account in self.sudo().account_ids.filtered(lambda one: one.journal_id and one.in_consent):
            told.append(account.with_company(account.company_id)._pull_isolated(_owner_headers()))
        wrong = [text for text in told if text]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Asked the bank"),
                "type": "warning" if wrong or not told else "success",
                "message": "\n".join(wrong) or (
                    self.env._("Everything is up to date.") if told
                    else self.env._("No account has a bank journal yet; choose one first.")
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }  # fmt: skip

    def _retry_exception(self, exception):
        """The retry button of an exception about this feed."""
        self.account_ids.sudo().next_pull_at = False
        self.env["finance.provider"]._wake("finance_connector.cron_pull_statements")

    def _can_be_asked(self):
        return not self.has_consent or self.consent_state in ("valid", "expiring")


class FinanceFeedAccount(models.Model):
    _inherit = "finance.feed.account"

    @api.model
    def _require_user(self):
        self.env["finance.import"]._check_role()

    def _is_due(self):
        now = fields.Datetime.now()
        return bool(self.journal_id) and self.in_consent and (not self.next_pull_at or self.next_pull_at <= now)

    def _pull_isolated(self, owner=None, commit=False):
        """Ask, keep and import; what goes wrong becomes an exception and leaves the cursor where it was.

        ``owner``: headers that say that a person is there; ``commit``: commit between keeping and importing. What went wrong,
        or "".
        """
        self.ensure_one()
        if not self.try_lock_for_update(allow_referencing=True):  # the outbox refers to it meanwhile
            return self.env._("%s is being asked at this moment.", self.display_name)
        try:
            with self.env.cr.savepoint():
                record = self._pull(owner)
        except ConsentEnded as error:
            self.feed_id._consent_ended(str(error))
            self.last_error = str(error)
            return str(error)
        except CallsUsedUp as error:
            return self._calls_used_up(error)
        except FinanceError as error:
            return self._failed(error)
        self._succeeded()
        # INV-12: from here on the answer and the cursor are there together, whatever becomes of the import.
        if commit:
            self.env["ir.cron"]._commit_progress()
        if record.state == "received":
            record._work_now(record.message_id._raw())
        return record.reason or "" if record.state == "rejected" else ""

    def _pull(self, owner):
        """Ask the bank and keep the answer with the new cursor; the import, not worked yet."""
        feed = self.feed_id
        if not owner:
            self._require_call()
        now = datetime.now(timezone.utc)
        pull = feed._adapter().poll(
            feed._caller(f"entries of {self.display_name}", self, owner),
            self._pure(),
            self._ask_from(now.date()),
            self.cursor or None,
            now,
            limit(self.env, "feed_pages"),
        )
        record = (
            self.env["finance.import"]
            .sudo()
            ._receive(
                pull.content,
                f"{feed.name} {self.display_name} {now:%Y-%m-%d %H:%M}.json",
                self.journal_id,
                self.env["finance.provider"],
                source="poll",
                feed_account_id=self.id,
            )
        )
        self.cursor = pull.cursor
        if pull.gap:
            self.floor_date = pull.gap[1] + timedelta(days=1)
            self._raise_gap(*pull.gap)
        return record

    def _ask_from(self, today):
        overlap = limit(self.env, "feed_overlap")
        return days.ask_from(self._proven_spans(), self.start_date, self.floor_date or None, today, overlap)

    def _proven_spans(self):
        """The days that imports of any source prove for the journal."""
        covered = self.env["finance.coverage"].search(
            [
                ("journal_id", "=", self.journal_id.id),
                ("state", "=", "proven"),
                ("date_from", "!=", False),
                ("date_to", "!=", False),
            ]
        )
        return [(one.date_from, one.date_to) for one in covered]

    # --- outcomes -------------------------------------------------------------------------------------------

    def _succeeded(self):
        now = fields.Datetime.now()
        self.write({"pulled_at": now, "next_pull_at": now + self._spacing(), "failures": 0, "last_error": False})
        for kind in ("feed_failed", "feed_calls"):
            self.env["finance.exception"]._clear(kind, self.id, self.company_id, self.env._("The bank answered again."))

    def _failed(self, error):
        """The bank gave no usable answer: say so, and ask again with growing pauses."""
        failures = self.failures + 1
        pause = retry.next_delay(failures + 4, random.SystemRandom(), retry_after=getattr(error, "retry_after", None))
        wait = _NOT_READY if isinstance(error, NotReady) else timedelta(seconds=pause)
        self.write({"failures": failures, "next_pull_at": fields.Datetime.now() + wait, "last_error": str(error)})
        self.env["finance.exception"]._raise(
            "feed_failed",
            self.id,
            self.company_id,
            self.env._("%(account)s: %(feed)s could not be asked", account=self.display_name, feed=self.feed_id.name),
            detail=self.env._(
                "%(error)s\n\nNothing is lost: the next pull goes on where the last complete one ended (%(at)s).",
                error=error,
                at=self.pulled_at or self.env._("never"),
            ),
            record=self.feed_id,
        )
        return str(error)

    def _calls_used_up(self, error):
        wait = timedelta(seconds=error.retry_after) if error.retry_after else self._spacing()
        next_at = fields.Datetime.now() + wait
        self.write({"next_pull_at": next_at, "last_error": str(error)})
        self.env["finance.exception"]._raise(
            "feed_calls",
            self.id,
            self.company_id,
            self.env._("%s: no call is left today", self.display_name),
            detail=self.env._("%(error)s\n\nIt is asked again at %(at)s UTC.", error=error, at=next_at),
            record=self.feed_id,
        )
        return str(error)

    # --- days that are missing ------------------------------------------------------------------------------

    def _check_days(self):
        """Raise `feed_gap` for days that nothing proves, and close it for those that something proves now (INV-13)."""
        self.ensure_one()
        spans = self._proven_spans()
        last = max((end for _begin, end in spans), default=None)
        missing = days.holes(spans, self.start_date, last) if last else []
        for first, until in missing:
            self._raise_gap(first, until)
        kept = {f"feed_gap:{self.id}:{first}" for first, _until in missing}
        rows = self.env["finance.exception"].sudo().search(
            [
                ("kind", "=", "feed_gap"), ("company_id", "=", self.company_id.id),
                ("cause_key", "=like", f"feed_gap:{self.id}:%"), ("state", "in", ("open", "in_progress")),
            ]
        )  # fmt: skip
        rows.filtered(lambda row: row.cause_key not in kept)._close(
            "resolved", self.env._("The days are proven now."), automatic=True
        )

    def _raise_gap(self, first, until):
        self.env["finance.exception"]._raise_once(
            "feed_gap",
            f"{self.id}:{first}",
            self.company_id,
            self.env._("%(account)s: nothing proves %(first)s to %(until)s", account=self.display_name, first=first, until=until),
            detail=self.env._(
                "No pull and no file covers the days from %(first)s to %(until)s. They are asked for again with each pull as "
                "long as the bank gives them; a statement of these days closes this as well.",
                first=first,
                until=until,
            ),
            record=self.feed_id,
        )


def _owner_headers():
    """What tells the bank that a person is there: their address and browser; none when nobody called."""
    if not request:
        return {}
    called = request.httprequest
    return {"Psu-Ip-Address": called.remote_addr or "", "Psu-User-Agent": called.user_agent.string or ""}
