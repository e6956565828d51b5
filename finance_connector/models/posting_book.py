"""Writing planned entries: batched journal entries and native payments, and the note on each movement what books it."""

from odoo import Command, fields, models

from ..core.money import Money
from .posting_entries import LINKED, MOVE, RECEIPT

QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_notrack": True}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    finance_movement_id = fields.Many2one(
        "finance.movement",
        string="Movement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The fact at the payment provider that this journal item books, where it books only one.",
    )


class FinancePosting(models.AbstractModel):
    _inherit = "finance.posting"

    def _book(self, provider, rows):
        """Post ``rows`` and note it on them. Returns the planned entries. The caller isolates and commits.

        Raises whatever hinders one of the rows; nothing is booked then.
        """
        self._complete(rows)
        booked = [row for row in rows if row.to_post]
        self._touch_online(booked)
        self._link_receipts(booked)
        entries = self._plan(provider, booked)
        moves = self._write_moves(provider, [entry for entry in entries if entry.kind == MOVE])
        moves |= self._write_receipts(provider, [entry for entry in entries if entry.kind == RECEIPT])
        moves |= {entry: entry.rows[0].receipt.move_id for entry in entries if entry.kind == LINKED}
        self._note_moves(rows, moves)
        self._note_receipts(entries)
        self._note_late_dates(moves)
        self._match(provider, moves)
        return entries

    def _books(self, provider):
        """This model in the context in which entries are written: the company's, and without chatter unless the
        company keeps a restrictive audit trail, which lives in it."""
        company = provider.company_id
        quiet = {} if company.restrictive_audit_trail else QUIET
        return self.with_company(company).with_context(allowed_company_ids=company.ids, **quiet)

    # --- journal entries ----------------------------------------------------------------------------------------------

    def _write_moves(self, provider, entries):
        """{entry: posted account.move}, created and posted in one batch."""
        writable = [entry for entry in entries if entry.items()]
        if not writable:
            return {}
        values = [self._move_values(provider, entry) for entry in writable]
        created = self._books(provider).env["account.move"].create(values)
        created._post(soft=False)
        return dict(zip(writable, created, strict=True))

    def _move_values(self, provider, entry):
        currencies = self._currency_ids()
        return {
            "move_type": "entry",
            "journal_id": provider.journal_id.id,
            "company_id": provider.company_id.id,
            "currency_id": currencies[entry.currency],
            "date": entry.day,
            "ref": entry.ref,
            "line_ids": [
                Command.create(
                    {
                        "account_id": line.account_id,
                        "partner_id": line.partner_id,
                        "name": line.name,
                        "currency_id": currencies[line.currency],
                        "amount_currency": line.amount_currency,
                        "balance": line.amount_company,
                        "finance_movement_id": line.movement_id,
                        "analytic_distribution": False,
                    }
                )
                for line in entry.items()
            ],
        }

    def _currency_ids(self):
        return self.env["finance.subledger"]._currency_ids()

    # --- native payments ----------------------------------------------------------------------------------------------

    def _method_line(self, provider, inbound):
        """The plain payment method of the provider's journal."""
        journal = provider.journal_id
        lines = journal.inbound_payment_method_line_ids if inbound else journal.outbound_payment_method_line_ids
        return lines.filtered(lambda line: line.code == "manual")[:1] or lines[:1]

    def _write_receipts(self, provider, entries):
        """{entry: posted account.move of its native payment}, created and posted in one batch."""
        if not entries:
            return {}
        books = self._books(provider)
        payments = books.env["account.payment"].create([self._payment_values(provider, entry) for entry in entries])
        # Odoo takes the account from the method line when a payment is created, also when it is given one.
        payments.outstanding_account_id = provider.clearing_account_id
        payments.action_post()
        moves = dict(zip(entries, payments.move_id, strict=True))
        for entry, payment in zip(entries, payments, strict=True):
            entry.rows[0].receipt = payment
        for entry in entries:
            (row,) = entry.rows
            online = self.env["payment.transaction"].sudo().browse(row.info.online_id or ())
            if row.kind == "capture" and online and not online.payment_id:
                online.payment_id = row.receipt
        return moves

    def _payment_values(self, provider, entry):
        (row,) = entry.rows
        inbound = entry.method_line.payment_type == "inbound"
        return {
            "payment_type": "inbound" if inbound else "outbound",
            "partner_type": "customer",
            "partner_id": row.info.partner_id,
            "amount": abs(Money(row.to_post, row.currency).to_decimal()),
            "currency_id": self._currency_ids()[row.currency],
            "date": entry.day,
            "memo": entry.ref,
            "journal_id": provider.journal_id.id,
            "company_id": provider.company_id.id,
            "payment_method_line_id": entry.method_line.id,
            "destination_account_id": row.info.receivable_id,
            "invoice_ids": [Command.set(row.info.invoice_ids)] if inbound else [],
            "payment_transaction_id": row.info.online_id if inbound else False,
        }

    def _touch_online(self, rows):
        """Write the rows of the online payments that are about to be booked.

        Odoo's checkout writes them too when it makes a receipt. So of two that book at the same time the database
        refuses one, which sees what the other booked when it tries again.
        """
        online_ids = sorted({row.info.online_id for row in rows if row.info.online_id})
        if online_ids:
            self.env["payment.transaction"].flush_model()
            self.env.cr.execute(
                "UPDATE payment_transaction SET write_date = now() AT TIME ZONE 'UTC' WHERE id = ANY(%s)", [online_ids]
            )

    # --- notes --------------------------------------------------------------------------------------------------------

    def _note_moves(self, rows, moves):
        """Say on every row that it is posted, by which entry and with what amount, in one statement."""
        place = {row.id: (move.id, row.id in entry.unapplied) for entry, move in moves.items() for row in entry.rows}
        self.env.cr.execute_values(
            """UPDATE finance_movement m SET move_id = v.move_id, posted_amount = v.amount, unapplied = v.unapplied,
                      posted_at = (now() AT TIME ZONE 'UTC'), post_after = NULL
                 FROM (VALUES %s) AS v (id, move_id, amount, unapplied)
                WHERE m.id = v.id AND m.posted_at IS NULL""",
            [
                (row.id, *place.get(row.id, (None, False))[:1], Money(row.to_post, row.currency).to_decimal(),
                 place.get(row.id, (None, False))[1])
                for row in rows
            ],
            template="(%s, %s::int, %s::numeric, %s)",
            page_size=1000,
        )  # fmt: skip
        self.env["finance.movement"].invalidate_model(["move_id", "posted_amount", "posted_at", "unapplied"])

    def _note_receipts(self, entries):
        """Link native payments, ours or the checkout's, with their movement and transaction."""
        receipts = [row for entry in entries for row in entry.rows if row.receipt]
        if not receipts:
            return
        for row in receipts:
            row.receipt.finance_movement_id = row.id
            transaction = self.env["finance.transaction"].browse(row.transaction_id)
            if row.kind == "capture" and not transaction.payment_id:
                transaction.payment_id = row.receipt
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE account_move_line l SET finance_movement_id = p.finance_movement_id FROM account_payment p
                WHERE p.finance_movement_id = ANY(%s) AND l.move_id = p.move_id
                  AND l.account_id = p.destination_account_id""",
            [[row.id for row in receipts]],
        )
        self.env["account.move.line"].invalidate_model(["finance_movement_id"])

    def _note_late_dates(self, moves):
        """Record in the audit chain what was booked later than it happened, because its period is locked."""
        for entry, move in moves.items():
            if entry.original_days and entry.kind != LINKED:
                self.env["finance.audit.entry"]._record(
                    "posting.locked_period",
                    move,
                    {
                        "entry": move.name,
                        "booked_on": str(entry.day),
                        "happened_on": sorted(str(day) for day in entry.original_days),
                        "movements": sorted(row.id for row in entry.rows)[:100],
                        "movement_count": len(entry.rows),
                    },
                )
