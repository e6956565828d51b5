"""What a settlement profile makes of its sample file: rows as they would be read, sums, and what is refused and why."""

from collections import defaultdict

from odoo import api, fields, models

from ..core.errors import FinanceError
from .file_profile import SHOWN_ROWS
from .movement import LABELS


class FinanceSettlementProfile(models.Model):
    _inherit = "finance.settlement.profile"

    preview = fields.Json(compute="_compute_preview")

    @api.depends(
        "sample", "name", "provider_id", "column_ids.field", "column_ids.column", "kind_ids.value", "kind_ids.kind", "sign",
        "minor_units", "decimal", "thousands", "fees_negative", "currency_id", "time_zone", "date_format", "delimiter",
        "encoding", "sheet", "skip_rows", "settlement",
    )  # fmt: skip
    def _compute_preview(self):
        for profile in self:
            content = profile._sample_bytes()
            profile.preview = profile._preview_of(content) if content else {}

    def _preview_of(self, content):
        """`preview` of ``content``: problem, headers, rows, and sums."""
        try:
            reader = self._reader()
            seen = reader.preview(content, self.sample_name or None, SHOWN_ROWS)
        except FinanceError as error:
            return {"problem": str(error), "headers": [], "rows": [], "totals": []}
        told = {
            "problem": seen.problem,
            "headers": self._preview_headers(),
            "rows": [self._row_in_words(*row) for row in seen.rows],
            "totals": [],
        }
        if not seen.problem:
            parsed = reader.parse_report(content, self.sample_name or None)
            told |= {"totals": self._preview_totals(parsed), "note": parsed.ignored}
        return told

    def _preview_headers(self):
        return [
            self.env._("Payout"), self.env._("Id"), self.env._("Kind"), self.env._("Gross"), self.env._("Fee"), self.env._("Tax"),
            self.env._("Net"), self.env._("At (UTC)"), self.env._("Payment"),
        ]  # fmt: skip

    def _preview_totals(self, parsed):
        """What is paid out, and the sums by kind, as pairs of words and figures."""
        told = [[self.env._("Payout %s", one.external_id), str(one.amount)] for one in parsed.settlements]
        rows = defaultdict(list)
        for line in parsed.lines:
            rows[line.kind, line.gross.currency].append(line.net)
        for (kind, _currency), amounts in sorted(rows.items()):
            words = self.env._("%(kind)s, rows: %(count)s, net", kind=LABELS.get(kind, kind), count=len(amounts))
            told.append([words, str(sum(amounts[1:], amounts[0]))])
        return told

    def _row_in_words(self, where, cells, line, why):
        where = where.removeprefix("The sample, ")
        if line is None:
            told = " · ".join(value for value in cells if value)
            refused = not why.endswith("is ignored")
            return {"where": where, "state": "refused" if refused else "ignored", "cells": [], "told": told[:200], "why": why}
        kind = LABELS.get(line.kind, line.kind)
        amounts = [str(amount) for amount in (line.gross, line.fee, line.tax, line.net)]
        at = line.occurred_at.strftime("%Y-%m-%d %H:%M")
        cells = [line.settlement_key or "", line.external_id, kind, *amounts, at, line.transaction_key or ""]
        return {"where": where, "state": "read", "cells": cells, "why": ""}

