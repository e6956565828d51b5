"""The open journal items that a person may pick for a bank line, those first that are likely meant."""

import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

FOUND = 20
# So many are read to choose the first from.
_LOOKED_AT = 200
# Shorter words of a bank's text are no number of a document.
_SHORTEST_NUMBER = 4


class FinanceWorkbench(models.AbstractModel):
    _inherit = "finance.workbench"

    @api.model
    def search_items(self, line_id, text=""):
        """Open journal items that fit ``text``; without it those that the line names, of its partner, of its amount, and the
        newest."""
        self._check_reader()
        line = self._lines([line_id])
        items, domain = self.env["account.move.line"], self._open_items(line)
        if text and text.strip():
            wanted = Domain.AND([domain, *(self._said(word) for word in text.split())])
        else:
            wanted = domain & self._likely(line)
        found = items.search(wanted, limit=_LOOKED_AT, order="date desc, id desc")
        if not (text and text.strip()) and len(found) < FOUND:
            found |= items.search(domain, limit=_LOOKED_AT, order="date desc, id desc")
        return [self._item(item) for item in found.sorted(lambda item: self._distance(line, item))[:FOUND]]

    @api.model
    def get_items(self, line_id, item_ids):
        """Those of the journal items that are still open, to be picked for a bank line."""
        self._check_reader()
        line = self._lines([line_id])
        found = self.env["account.move.line"].search(self._open_items(line) & Domain("id", "in", item_ids))
        return [self._item(item) for item in found]

    def _open_items(self, line):
        return Domain(
            [
                ("company_id", "=", line.company_id.id), ("parent_state", "=", "posted"), ("reconciled", "=", False),
                ("account_id.reconcile", "=", True), ("account_id", "!=", line.journal_id.suspense_account_id.id),
                ("statement_line_id", "=", False), ("amount_residual_currency", "!=", 0),
            ]
        )  # fmt: skip

    @staticmethod
    def _said(word):
        """Items of which a person who types ``word`` may think: an amount, a number, or a partner."""
        number = word.replace(",", ".")
        if number.lstrip("-").replace(".", "", 1).isdigit():
            either = Domain("amount_residual_currency", "in", [float(number), -float(number)])
        else:
            either = Domain("partner_id.name", "ilike", word)
        return either | Domain("move_name", "ilike", word) | Domain("move_id.payment_reference", "ilike", word)

    def _likely(self, line):
        named = self._words(line)
        amount = float(self._open_amount(line))
        return Domain.OR(
            [
                Domain("move_name", "in", named),
                Domain("move_id.payment_reference", "in", named),
                Domain("partner_id", "child_of", line.partner_id.commercial_partner_id.ids),
                Domain("partner_id.name", "=ilike", line.partner_name or ""),
                Domain("amount_residual_currency", "=", amount),
            ]
        )

    @staticmethod
    def _words(line):
        """The words of the bank's text that may be the number of a document."""
        text = f"{line.payment_ref or ''} {line.ref or ''}"
        return [word for word in re.split(r"[\s,;:]+", text) if len(word) >= _SHORTEST_NUMBER and re.search(r"\d", word)]

    def _distance(self, line, item):
        """Orders items: of the line's direction, named by it, of its payer, nearest in amount."""
        open_amount, move = float(self._open_amount(line)), item.move_id
        partner = item.partner_id
        is_payer = (partner and partner.commercial_partner_id == line.partner_id.commercial_partner_id) or (
            line.partner_name and (partner.name or "").lower() == line.partner_name.lower()
        )
        return (
            (item.amount_residual_currency > 0) != (open_amount > 0),
            not {move.name, move.payment_reference} & set(self._words(line)),
            not is_payer,
            abs(item.amount_residual_currency - open_amount),
            item.id,
        )

    def _item(self, item):
        return {
            "id": item.id,
            "name": self._name_of(item),
            "partner": item.partner_id.name or "",
            "due": self._due(item),
            "residual": str(self.env["finance.reconciliation"]._exact(item.amount_residual_currency)),
            "currency": item.currency_id.name,
            "amount": self.env["finance.screen"]._money_text(item.amount_residual_currency, item.currency_id),
        }

    def _due(self, items):
        """The first day on which one of ``items`` is due, as the user reads days; empty without items."""
        days = [item.date_maturity or item.date for item in items]
        return format_date(self.env, min(days)) if days else ""

    @staticmethod
    def _name_of(item):
        """The number of the document, and the reference that its payer was asked to tell."""
        names = item.move_id.name or item.name or "/", item.move_id.payment_reference
        return " · ".join(dict.fromkeys(filter(None, names)))
