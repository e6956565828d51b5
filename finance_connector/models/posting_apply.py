"""What happens when the document of a posted payment appears later: its receipt moves from unapplied receipts to the
customer and is reconciled, so that the books are the same as if the document had been known at once (INV-4)."""

from odoo import models

from ..core.balances import EFFECTS
from ..core.money import minor_units
from .inbox import CONCURRENCY
from .posting_dates import Calendar, Rates
from .posting_entries import MOVE, Entry
from .posting_rows import Payment


class _Waiting:
    """A movement that is booked against unapplied receipts."""

    __slots__ = ("currency", "day", "id", "info", "kind", "minor", "move_id")

    def __init__(self, identity, kind, amount, currency, day, move_id, info):
        self.id, self.kind, self.currency, self.day, self.move_id, self.info = identity, kind, currency, day, move_id, info
        # The side on which unapplied receipts were booked: opposite to what the balance at the provider did.
        self.minor = -sum(EFFECTS[kind]) * minor_units(amount, currency)


class FinancePosting(models.AbstractModel):
    _inherit = "finance.posting"

    def _apply_documents(self, provider, transaction_ids):
        """Apply the receipts of these transactions to their customers and reconcile them with their documents.

        All in one; if that fails one by one, so that only the bad one becomes an exception.
        """
        try:
            with self.env.cr.savepoint():
                self._apply(provider, transaction_ids)
        except CONCURRENCY:
            raise
        except Exception as error:  # whatever it is, it must not stop the others
            if len(transaction_ids) > 1:
                for transaction_id in transaction_ids:
                    self._apply_documents(provider, [transaction_id])
            else:
                self._report_unapplied(provider, transaction_ids[0], error)
        else:
            self.env["finance.exception"]._clear_many(
                "posting_failed",
                [f"apply:{transaction_id}" for transaction_id in transaction_ids],
                provider.company_id,
                self.env._("The receipt could be applied now."),
            )

    def _apply(self, provider, transaction_ids):
        waiting = self._waiting(provider, transaction_ids)
        if waiting:
            entries = self._application_entries(provider, waiting)
            moves = self._write_moves(provider, entries)
            self._note_applied(moves)
            self._reconcile(provider, self._application_nodes(provider, moves))
        self._match_customers(provider, transaction_ids)

    def _waiting(self, provider, transaction_ids):
        """The unapplied movements of those of the transactions whose customer is known now."""
        known = {key: info for key, info in self._payments(set(transaction_ids)).items() if info.partner_id}
        self.env["finance.movement"].flush_model()
        self.env.cr.execute(
            """SELECT m.id, m.kind, m.posted_amount::text, c.name,
                      (m.occurred_at AT TIME ZONE 'UTC' AT TIME ZONE %s)::date, m.move_id, m.transaction_id
                 FROM finance_movement m JOIN res_currency c ON c.id = m.currency_id
                WHERE m.unapplied AND m.transaction_id = ANY(%s) ORDER BY m.id FOR UPDATE OF m""",
            [provider.company_id.partner_id.tz or "UTC", list(known)],
        )
        return [_Waiting(*values[:-1], known[values[-1]]) for values in self.env.cr.fetchall()]

    def _application_entries(self, provider, waiting):
        """One entry a currency and day: off unapplied receipts, onto the customers."""
        calendar, rates = Calendar(provider.company_id), Rates(provider.company_id)
        own, unapplied = provider.company_id.currency_id.name, provider.unapplied_account_id.id
        entries = {}
        for item in waiting:
            day = calendar.open_day(item.day)
            balance = rates.balance(item.minor, item.currency, day)
            entry = entries.get((item.currency, day))
            if entry is None:
                entry = entries[item.currency, day] = Entry(
                    MOVE, self.env._("%s: receipts applied", provider.name), item.currency
                )
                entry.day = day
            entry.rows.append(item)
            info: Payment = item.info
            off = entry.line((item.move_id, item.minor > 0), unapplied, None, item.currency, own, "unapplied")
            off.add(item, -item.minor, -balance, info.label)
            onto = entry.line(item.id, info.receivable_id, info.partner_id, item.currency, own, "receivable")
            onto.add(item, item.minor, balance, info.label)
        return list(entries.values())

    def _note_applied(self, moves):
        pairs = [(item.id, move.id) for entry, move in moves.items() for item in entry.rows]
        self.env.cr.execute_values(
            """UPDATE finance_movement m SET unapplied = false, applied_move_id = v.move_id
                 FROM (VALUES %s) AS v (id, move_id) WHERE m.id = v.id""",
            pairs,
        )
        self.env["finance.movement"].invalidate_model(["unapplied", "applied_move_id"])

    def _application_nodes(self, provider, moves):
        """The unapplied items of each source entry with those that take them off."""
        account = provider.unapplied_account_id
        nodes = []
        for entry, move in moves.items():
            sources = self.env["account.move"].browse({item.move_id for item in entry.rows})
            for source in sources:
                ids = {item.id for item in entry.rows if item.move_id == source.id}
                off = move.line_ids.filtered(
                    lambda line, ids=ids: line.account_id == account
                    and (line.finance_movement_id.id in ids if line.finance_movement_id else len(ids) > 1)
                )
                lines = (source.line_ids.filtered(lambda line: line.account_id == account) | off).filtered(
                    lambda line: not line.reconciled
                )
                nodes.append((entry.rows[0].info.id if len(ids) == 1 else None, lines))
        return self._merge(nodes)

    def _report_unapplied(self, provider, transaction_id, error):
        transaction = self.env["finance.transaction"].browse(transaction_id)
        self.env["finance.exception"]._raise(
            "posting_failed",
            f"apply:{transaction_id}",
            provider.company_id,
            self.env._("The receipt of %s could not be applied to its customer", transaction.display_name),
            detail=self.env._("%s\n\nThe receipt stays unapplied. Correct the cause, then retry.", error),
            record=transaction,
            provider=provider,
            amount=transaction.amount_captured,
            currency=transaction.currency_id,
        )
