"""What a table profile makes of its sample file: entries as they would be read, balances, and what is refused and why."""

from odoo import api, fields, models

from .. import formats
from ..formats import FormatError
from ..formats.records import BOOKED
from .file_profile import SHOWN_ROWS
from .table_profile import ROLE_LABELS


class FinanceTableProfile(models.Model):
    _inherit = "finance.table.profile"

    preview = fields.Json(compute="_compute_preview")

    @api.depends(
        "sample", "name", "journal_id", "column_ids.role", "column_ids.column", "sign", "negated", "debit_words", "credit_words",
        "date_order", "decimal_sign", "delimiter", "encoding", "header_row", "footer_rows", "sheet", "currency_id", "account",
        "booked_words", "state",
    )  # fmt: skip
    def _compute_preview(self):
        for profile in self:
            content = profile._sample_bytes()
            told = profile._preview_of(content) if content else {}
            if told and profile.state == "draft":
                told["notes"] = profile._proposal_notes(content)
            profile.preview = told

    def _preview_of(self, content):
        """`preview` of ``content``: problem, headers, rows, and sums."""
        told = {"problem": "", "headers": self._preview_headers(), "rows": [], "totals": []}
        try:
            seen = formats.preview(content, self._pure(), self._told(), SHOWN_ROWS)
        except FormatError as error:
            return told | {"problem": str(error)}
        rows = [row for statement in seen.statements for row in map(self._row_in_words, statement.entries)]
        rows += [
            {"where": str(line or ""), "state": "refused", "cells": [], "why": reason} for line, reason in seen.refused if line
        ]
        told["rows"] = sorted(rows, key=lambda row: int(row["where"] or 0))
        told["problem"] = str(seen.refusal) if seen.refusal else ""
        told["totals"] = [pair for statement in seen.statements for pair in self._statement_in_words(statement)]
        return told

    def _preview_headers(self):
        return [
            self.env._("Booked"), self.env._("Valued"), self.env._("Amount"), self.env._("Payer or payee"), self.env._("Account"),
            self.env._("Text"), self.env._("Reference"),
        ]  # fmt: skip

    def _row_in_words(self, entry):
        amount = f"{entry.amount} {entry.currency}"
        cells = [
            str(entry.booking_date), str(entry.value_date or ""), amount, entry.counterparty_name, entry.counterparty_account,
            entry.text, entry.reference,
        ]  # fmt: skip
        if entry.status != BOOKED:
            return {"where": str(entry.line), "state": "ignored", "cells": [], "told": " · ".join(filter(None, cells)),
                    "why": self.env._("it is only announced")}  # fmt: skip
        return {"where": str(entry.line), "state": "read", "cells": cells, "why": ""}

    def _statement_in_words(self, statement):
        header, proof = statement.header, statement.proof
        told = [[self.env._("Account %s", header.account or self.env._("of the journal")), header.currency]]
        told.append([self.env._("Entries"), str(statement.count)])
        if proof:
            told.append([self.env._("Sum of the entries"), str(proof.total)])
            told.append([self.env._("Balance before"), self._or_none(proof.opening)])
            told.append([self.env._("Balance after"), self._or_none(proof.closing)])
            told.append([self.env._("Proof"), dict(self._proofs())[header.proof]])
        return told

    def _or_none(self, amount):
        return str(amount) if amount is not None else self.env._("not in the file: a person states it at the import")

    def _proofs(self):
        return self.env["finance.coverage"]._fields["proof"]._description_selection(self.env)

    def _proposal_notes(self, content):
        """Why the sample proposes what it does, and what it leaves open."""
        try:
            found = formats.guess(content)
        except FormatError as error:
            return [{"what": self.env._("Proposal"), "why": str(error), "open": True}]
        told = [(what, why, True) for what, why in found.questions] + [(what, why, False) for what, why in found.reasons]
        return [{"what": self._in_words(what), "why": why, "open": is_open} for what, why, is_open in told]

    def _in_words(self, what):
        if what in ROLE_LABELS:
            return ROLE_LABELS[what]
        field = self._fields.get({"currency": "currency_id"}.get(what, what))
        return field.get_description(self.env)["string"] if field else what
