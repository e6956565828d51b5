"""Tables in an archive: each is read by the approved profile that fits it, and belongs to the bank account of that profile, as if
it came alone. The archive is still one import, taken over as a whole or not at all."""

from dataclasses import replace

from odoo import models

from .. import formats
from .import_account import ImportRefused
from .import_told import PROFILE, WORD


class ArchiveTables:
    """The tables in the archive of a `finance.import`, and the profiles that read them."""

    def __init__(self, record):
        self.record, self.profile = record, record.env["finance.table.profile"]
        self.member = None

    def events(self, name, data):
        """(member, event, table profile or none) of what is in the archive ``data``. Raises FormatError and ImportRefused."""
        try:
            for member, event in formats.stream(data, name, self.record._told(), self._table_of):
                yield member, event, self.profile if member == self.member else self.profile.browse()
        except formats.FormatError as error:
            of_table = self.profile and error.context.get("member", "") == self.member
            error.way_out = WORD if self.record.told else PROFILE if of_table else False
            raise

    def _table_of(self, member, content):
        """(`Profile`, `Told`) that the table ``content`` is read with. Raises ImportRefused, with the name of the file."""
        self.member, self.profile = member, self.profile.browse()
        try:
            self.profile = self.record._table_profile(content)
        except ImportRefused as refused:
            reason = f"{member}: {refused.reason}" if member else refused.reason
            raise ImportRefused(reason, refused.line, refused.way_out) from None
        own = self.profile._told()
        told = replace(self.record._told().without_balances(), account=own.account, currency=own.currency)
        return self.profile._pure(), told


class FinanceImport(models.Model):
    _inherit = "finance.import"

    def _table_without_profile(self):
        """(bytes, name) of the file itself, or of the first table in the archive that no approved profile reads."""
        data = self.message_id._raw()
        if formats.detect(data, self.filename) not in formats.CONTAINERS:
            return data, self.filename
        tables = [(member, content) for member, content in formats.members(data) if _is_table(content)]
        for member, content in tables:
            try:
                self._table_profile(content)
            except ImportRefused:
                return content, member or self.filename
        return (tables[0][1], tables[0][0] or self.filename) if tables else (data, self.filename)


def _is_table(content):
    try:
        return formats.detect(content) in formats.TABLES
    except formats.FormatError:
        return False
