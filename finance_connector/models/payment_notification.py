"""Notifications of the account (camt.054) that name payments of ours: they tell at once that these were executed or came back.

Nothing of a notification is booked: it is announced, the statement brings its entries, and the same debit told by both is one.
"""

import re

from odoo import models

from .. import formats
from ..payments.entry_facts import from_entries

_SOURCE = "camt.054"
_NOTIFICATION = re.compile(rb"urn:iso:std:iso:20022:tech:xsd:camt\.054").search
_HEAD = 4096


class FinanceImport(models.Model):
    _inherit = "finance.import"

    def _take_answer(self, data):
        if super()._take_answer(data):
            return True
        if self.company_id and _NOTIFICATION(data[:_HEAD]):
            self._hear_notification(data)
        return False

    def _hear_notification(self, data):
        """Tell the payments that it names; its entries are announced like those of every other notification."""
        entries = [entry for statement in formats.parse(data) for entry in statement.entries]
        names = {name for entry in entries for detail in entry.details for name in detail.references.values() if name}
        index = self.env["finance.payment.instruction"].sudo()._index(self.company_id, names, names)
        applied = from_entries(entries, index, _SOURCE)
        if applied.facts:
            self._hear_answers(applied)
