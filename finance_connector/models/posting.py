"""The posting worker: links documents, then posts what is not posted yet, in batches; one bad movement stops nothing."""

import contextlib
import logging
import random
import zlib
from datetime import timedelta

from odoo import api, fields, models

from ..core.money import Money
from ..core.retry import next_delay
from .inbox import CONCURRENCY
from .patience import patiently

_logger = logging.getLogger(__name__)
# Movements a batch: native payments are heavy, aggregated ones are light.
BATCH = {"per_transaction": 200, "per_settlement": 10_000}
# Bad movements after which a run gives up on a connection, because something is wrong with all of them.
FAILURES_A_RUN = 25
RETRY_SECONDS, RETRY_CAP_SECONDS = 60, 6 * 3600


class FinancePosting(models.AbstractModel):
    _inherit = "finance.posting"

    @api.model
    def _cron_post(self):
        """Scheduled action: every connection on its own; what one of them hinders does not stop the next."""
        worked = 0
        for provider in self.env["finance.provider"].search([("state", "!=", "draft")]):
            try:
                # What depends on the company, a customer's receivable account above all, is that of the connection's company.
                worked += self.with_company(provider.company_id)._post_provider(provider)
            except CONCURRENCY:
                self.env.cr.rollback()
                _logger.info("Posting of %s met another worker; it goes on at the next run", provider.name)
            except Exception as error:  # the connection as a whole is at fault
                self.env.cr.rollback()
                _logger.exception("Posting of %s failed", provider.name)
                self._report_provider(provider, str(error))
            if not self.env["ir.cron"]._commit_progress():
                break
        if worked:
            self.env["finance.provider"]._wake("finance_connector.cron_verify", "finance_connector.cron_reconcile")
            self.env["ir.cron"]._commit_progress()

    def _post_provider(self, provider):
        """Link, then post everything that is due for ``provider``, committing batch by batch. Returns how many: nothing while it
        waits for a second person, who decides where it is booked."""
        if provider.held:
            return 0
        with self._alone(provider) as alone:
            if not alone:
                return 0
            provider = provider.with_company(provider.company_id)
            self.env["finance.document.link"]._link(provider)
            self.env["ir.cron"]._commit_progress()
            done, failures = 0, []
            for failed, limit in ((False, BATCH[provider.posting_mode]), (True, 1)):
                done += self._post_due(provider, failed, limit, failures)
            self._conclude(provider, done, len(failures))
            return done

    def _conclude(self, provider, done, failures):
        """Say whether the run gave up on the connection; without progress left to make, so that it does not run hot."""
        if failures >= FAILURES_A_RUN:
            self._report_provider(
                provider, self.env._("%s movements of one run could not be posted; see their exceptions.", failures)
            )
            self.env["ir.cron"]._commit_progress(remaining=0)
        elif done:
            self.env["finance.exception"]._clear(
                "posting_failed", f"provider:{provider.id}", provider.company_id, self.env._("Posting works again.")
            )
            self.env["ir.cron"]._commit_progress()

    def _post_due(self, provider, failed, limit, failures):
        done = 0
        while len(failures) < FAILURES_A_RUN:
            posted = patiently(self.env, self._post_batch, provider, failed, limit, failures)
            done += posted
            if not posted or not self.env["ir.cron"]._commit_progress(posted, remaining=self._due_count(provider)):
                break
        return done

    def _post_batch(self, provider, failed, limit, failures):
        rows = self._claim(provider, limit, failed)
        found = []
        self._post_rows(provider, rows, found)
        failures += found
        return len(rows)

    @contextlib.contextmanager
    def _alone(self, provider):
        """Whether this worker is the only one that posts for ``provider``, until the end of the block.

        Journal numbers serialise the posting of a journal anyway. The lock belongs to the session, so that it outlives
        the commits between batches; the commit after taking it gives a snapshot that has all that others posted.
        """
        key = zlib.crc32(f"finance_connector.post:{provider.id}".encode())
        self.env.cr.execute("SELECT pg_try_advisory_lock(%s)", [key])
        if not self.env.cr.fetchone()[0]:
            yield False
            return
        try:
            self.env["ir.cron"]._commit_progress()
            yield True
        finally:
            if self.env.cr.closed is False:
                self._unlock(key)

    def _unlock(self, key):
        try:
            self.env.cr.execute("SELECT pg_advisory_unlock(%s)", [key])
        except Exception:  # the transaction is broken: roll it back, then the lock can be released
            self.env.cr.rollback()
            self.env.cr.execute("SELECT pg_advisory_unlock(%s)", [key])

    # --- isolation ----------------------------------------------------------------------------------------------------

    def _post_rows(self, provider, rows, failures):
        """Post ``rows``; if that fails, each half on its own, until the bad one is alone and becomes an exception."""
        if not rows or len(failures) >= FAILURES_A_RUN:
            return
        try:
            with self.env.cr.savepoint():
                self._book(provider, rows)
        except CONCURRENCY:
            raise
        except Exception as error:  # whatever it is, it must not stop the others
            if len(rows) > 1:
                middle = len(rows) // 2
                self._post_rows(provider, rows[:middle], failures)
                self._post_rows(provider, rows[middle:], failures)
            else:
                failures.append(rows[0].id)
                self._park(provider, rows[0], error)
        else:
            self._clear_failures(provider, [row for row in rows if row.failures])

    def _park(self, provider, row, error):
        """Keep the movement for later and say why it is not posted."""
        _logger.info("Movement %s could not be posted: %s", row.id, error)
        wait = next_delay(row.failures + 1, random, base=RETRY_SECONDS, cap=RETRY_CAP_SECONDS)
        movement = self.env["finance.movement"].browse(row.id)
        movement.write(
            {"post_failures": row.failures + 1, "post_after": fields.Datetime.now() + timedelta(seconds=wait)}
        )
        source = movement.transaction_id or movement.settlement_id or provider
        self.env["finance.exception"]._raise(
            "posting_failed",
            f"movement:{row.id}",
            provider.company_id,
            self.env._(
                "%(kind)s of %(amount)s (%(what)s) could not be posted",
                kind=dict(movement._fields["kind"].selection)[row.kind],
                amount=Money(row.minor, row.currency),
                what=source.display_name,
            ),
            detail=self.env._(
                "%(error)s\n\nNothing of it is booked. It is tried again by itself with growing pauses; Retry does it now.",
                error=error,
            ),
            record=source,
            provider=provider,
            amount=abs(Money(row.minor, row.currency).to_decimal()),
            currency=movement.currency_id,
        )

    def _clear_failures(self, provider, rows):
        if rows:
            self.env["finance.exception"]._clear_many(
                "posting_failed",
                [f"movement:{row.id}" for row in rows],
                provider.company_id,
                self.env._("It could be posted now."),
            )

    def _report_provider(self, provider, reason):
        self.env["finance.exception"]._raise(
            "posting_failed",
            f"provider:{provider.id}",
            provider.company_id,
            self.env._("Nothing more is posted for %s", provider.name),
            detail=self.env._("%s\n\nCorrect the cause, then retry; the next scheduled run tries again as well.", reason),
            record=provider,
            provider=provider,
        )

    # --- by hand ------------------------------------------------------------------------------------------------------

    def _preview(self, movements):
        """What posting ``movements`` would write: a list of dicts, one a journal item, in order; nothing is written.

        Keys: entry (number), entry_kind, journal_id, date, ref, account_id, partner_id, name, currency_id,
        amount_currency and balance (Decimal, debit positive). Raises FinanceError as posting would.
        """
        lines = []
        for provider in movements.provider_id:
            provider = provider.with_company(provider.company_id)
            posting = self.with_company(provider.company_id)
            wanted = movements.filtered(lambda movement, provider=provider: movement.provider_id == provider)
            rows = posting._rows_of(provider, wanted.ids)
            posting._complete(rows)
            booked = [row for row in rows if row.to_post]
            posting._link_receipts(booked)
            for entry in posting._plan(provider, booked):
                lines += posting._preview_entry(provider, entry, len(lines))
        return lines

    def _preview_entry(self, provider, entry, number):
        currencies = self._currency_ids()
        return [
            {
                "entry": number,
                "entry_kind": entry.kind,
                "journal_id": provider.journal_id.id,
                "date": entry.day,
                "ref": entry.ref,
                "account_id": line.account_id,
                "partner_id": line.partner_id,
                "name": line.name,
                "currency_id": currencies[line.currency],
                "amount_currency": line.amount_currency,
                "balance": line.amount_company,
            }
            for line in entry.items()
        ]

    def _post_movements(self, movements):
        """Post exactly ``movements`` within the caller's transaction. Raises whatever hinders one of them."""
        for provider in movements.provider_id:
            provider = provider.with_company(provider.company_id)
            posting = self.with_company(provider.company_id)
            wanted = movements.filtered(lambda movement, provider=provider: movement.provider_id == provider)
            rows = posting._rows_of(provider, wanted.ids, lock=True)
            if rows:
                posting._book(provider, rows)
                posting._clear_failures(provider, [row for row in rows if row.failures])
        self.env["finance.provider"]._wake("finance_connector.cron_verify")
