"""From staged entries to bank lines, chunk by chunk, and the end of an import, when all is there."""

from decimal import Decimal

from odoo import fields, models

from .import_account import ImportRefused, sanitized


class FinanceImport(models.Model):
    _inherit = "finance.import"

    def _create_chunk(self, limit):
        """Make bank lines of the next staged entries (at most ``limit``, of one journal) and note them in the
        same transaction. How many were made."""
        self.ensure_one()
        self.env.cr.execute(
            """SELECT e.id, e.journal_id, e.booking_date, e.value_date, e.amount::text, e.bank_id, e.uid,
               e.data, e.counterparty_account, e.foreseen
                 FROM finance_import_entry e
                WHERE e.import_id = %s AND e.decision = 'new' AND e.line_id IS NULL
                ORDER BY e.sequence LIMIT %s""",
            [self.id, limit],
        )
        rows = self.env.cr.dictfetchall()
        if not rows:
            return 0
        rows = [row for row in rows if row["journal_id"] == rows[0]["journal_id"]]
        journal = self.env["account.journal"].browse(rows[0]["journal_id"])
        self._refuse_locked(journal, {row["booking_date"] for row in rows})
        partners = self._partners_by_account(
            {row["counterparty_account"] for row in rows}, journal.company_id
        )
        currencies = self._active_currencies()
        vals_list = [self._line_vals(row, journal, partners, currencies) for row in rows]
        lines = self._make_lines(journal, rows, vals_list)
        self.env.flush_all()
        self.env.cr.execute_values(
            """UPDATE finance_import_entry e SET line_id = v.line_id FROM (VALUES %s) AS v (id, line_id)
                WHERE e.id = v.id""",
            [(row["id"], line.id) for row, line in zip(rows, lines, strict=True)],
            page_size=1000,
        )
        self.created_count += len(rows)
        return len(rows)

    def _line_vals(self, row, journal, partners, currencies):
        told = row["data"] or {}
        amount = Decimal(row["amount"])
        vals = {
            "journal_id": journal.id,
            "date": row["booking_date"],
            "payment_ref": told.get("text") or "/",
            "amount": amount,
            "partner_id": partners.get(sanitized(row["counterparty_account"]), False),
            "partner_name": told.get("name") or False,
            "account_number": row["counterparty_account"] or False,
            "transaction_type": told.get("bank_code") or False,
            "ref": told.get("reference") or False,
            "fc_import_id": self.id,
            "fc_import_uid": row["uid"],
            "fc_bank_id": row["bank_id"] or False,
            "fc_end_to_end_id": told.get("end_to_end_id") or False,
            "fc_value_date": row["value_date"] or False,
            "fc_structured_reference": told.get("structured_reference") or False,
            "fc_bank_code": told.get("bank_code") or False,
            "fc_return_reason": told.get("return_reason") or False,
            "fc_is_reversal": bool(told.get("is_reversal")),
            "fc_details": told.get("details") or False,
        }
        original = Decimal(told.get("original_amount") or 0)
        currency_id = currencies.get(told.get("original_currency"))
        own = journal.currency_id or journal.company_id.currency_id
        if original and amount and currency_id and currency_id != own.id:
            # The bank states the original without a reliable sign; it went the way the entry went.
            vals |= {"foreign_currency_id": currency_id, "amount_currency": abs(original).copy_sign(amount)}
        return vals

    def _active_currencies(self):
        """ISO code -> id of the currencies Odoo may book in; amounts in others stay in the details."""
        return {currency.name: currency.id for currency in self.env["res.currency"].search([])}

    def _partners_by_account(self, accounts, company):
        """Account number -> partner id, where exactly one partner of the company has that account."""
        numbers = {sanitized(account) for account in accounts} - {""}
        if not numbers:
            return {}
        self.env["res.partner.bank"].flush_model()
        self.env.cr.execute(
            """SELECT b.sanitized_acc_number, min(p.commercial_partner_id) FROM res_partner_bank b
                 JOIN res_partner p ON p.id = b.partner_id
                WHERE b.sanitized_acc_number = ANY(%s) AND b.active AND p.active
                  AND (b.company_id IS NULL OR b.company_id = %s) AND (p.company_id IS NULL OR p.company_id =
                      %s)
                GROUP BY b.sanitized_acc_number HAVING count(DISTINCT p.commercial_partner_id) = 1""",
            [list(numbers), company.id, company.id],
        )
        return dict(self.env.cr.fetchall())

    def _refuse_locked(self, journal, dates):
        """Odoo would silently move an entry of a locked period to another day (INV-15)."""
        company = journal.company_id
        for date in sorted(dates):
            locks = company._get_lock_date_violations(date, sale=False, purchase=False, tax=False)
            if locks:
                raise ImportRefused(
                    self.env._(
                        "It has entries of %(date)s, and that period is locked: %(locks)s. Change the lock "
                        "date, or leave the period to what was booked by hand.",
                        date=date,
                        locks=company._format_lock_dates(locks),
                    )
                )

    # --- the end --------------------------------------------------------------------------------------------

    def _finish(self):
        """Make coverage and the state appear together."""
        self.ensure_one()
        self._raise_conflicts()
        announcing = self.coverage_ids.filtered("provisional")
        (self.coverage_ids - announcing).write({"state": "proven"})
        announcing.write({"state": "announced"})
        self._keep_announced()
        self._set_imported(
            self.env._(
                "%(new)s bank lines were made, %(known)s entries were known before, %(announced)s are announced.",
                new=self.created_count,
                known=self.duplicate_count,
                announced=self.announced_count,
            )
        )
        for journal in self.coverage_ids.journal_id:
            self.env["finance.coverage"]._check_continuity(journal)
            self.env["finance.announced"].sudo()._settle(journal)
        self.env["finance.provider"]._wake("finance_connector.cron_reconcile")

    def _set_imported(self, outcome):
        self.write({"state": "imported", "reason": False, "finished_at": fields.Datetime.now()})
        self._mark_message("done", outcome)
        self.env["finance.exception"]._clear(
            "import_rejected", self.checksum, self.company_id, self.env._("The file was taken over.")
        )
        self.env["finance.audit.entry"]._record(
            "import.done",
            self,
            {
                "filename": self.filename,
                "checksum": self.checksum,
                "entries": self.line_count,
                "new": self.created_count,
                "known": self.duplicate_count,
                "announced": self.announced_count,
            },
        )
