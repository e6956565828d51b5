"""What an approval of an order is of, and whether that is still what is there (INV-10).

The content of payments out, and their file, are made from rows that one statement reads (`payment_paid`). The database hashes
exactly these rows; while their hash is the one that was noted, content and file are those that were noted with it, and are not
made again to know it (decision 0040). Direct debits, which tell of their mandates, are read record by record.
"""

import hashlib

from odoo import fields, models

from ..core import approval_content
from ..core.approval_content import COLLECTION
from ..core.errors import FinanceError
from ..payments import records
from .json_rows import as_json, recordset
from .payment_file import account, agent, party, postal
from .payment_format import SHORT_NAMES
from .payment_paid import PAID, Heading, Paid, PaidRows

_SOURCE = "finance-payment-source/1"
_ROWS = f"SELECT paid.*, paid::text FROM ({PAID}) paid ORDER BY id"
_HASH = f"SELECT encode(sha256(convert_to(string_agg(paid::text, E'\\n' ORDER BY id), 'UTF8')), 'hex') FROM ({PAID}) paid"
_NAMES = (("id", "int"), ("intent_key", "text"), ("end_to_end_id", "text"))
_NAME = f"""UPDATE finance_payment_instruction i SET intent_key = v.intent_key, end_to_end_id = v.end_to_end_id
              FROM {recordset(_NAMES)} WHERE i.id = v.id"""
_UNNAME = """UPDATE finance_payment_instruction SET intent_key = NULL, end_to_end_id = NULL
              WHERE order_id = %s AND intent_key IS NOT NULL"""


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    content_hash = fields.Char(readonly=True, copy=False, help="Names exactly what an approval is of.")
    source_hash = fields.Char(readonly=True, copy=False, help="Names the rows that this content was made from.")

    # --- what it is made from -------------------------------------------------------------------------------------------

    def _paid(self):
        """The `PaidRows` of the order."""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(_ROWS, [self.id])
        found = self.env.cr.fetchall()
        told = hashlib.sha256("\n".join(row[-1] for row in found).encode()).hexdigest()
        return PaidRows([Paid._make(row[:-1]) for row in found], told)

    def _heading(self):
        """The `Heading` of the order."""
        order = self.sudo()
        own, company = order.journal_id.bank_account_id, order.company_id
        return Heading(
            str(company.id),
            own.acc_number or order.journal_id.name,
            order.kind,
            order.execution_date,
            order.file_format in SHORT_NAMES,
            order.scheme,
            order.file_format,
            records.Party(company.name, postal(company.partner_id)),
            account(own),
            agent(own),
            order.batch_booking or None,
            order.category_purpose or "",
            order.charge_bearer or "",
            party(order.ultimate_debtor_id),
            tuple(sorted(order.journal_id.fc_sent_currency_ids.mapped("name"))),
        )

    def _source_now(self, paid=None):
        """The hash of all that content, and file, of payments out are made from; "" for direct debits.

        ``paid``: its `PaidRows`, if they are at hand.
        """
        self.ensure_one()
        if self.kind == COLLECTION:
            return ""
        rows = paid.hash if paid else ""
        if not rows:
            self.env.flush_all()
            self.env.cr.execute(_HASH, [self.id])
            (rows,) = self.env.cr.fetchone()
        return hashlib.sha256(f"{_SOURCE}\n{self._heading()!r}\n{rows}".encode()).hexdigest()

    # --- the names of its payments --------------------------------------------------------------------------------------

    def _mint(self):
        """Give each payment its intent key and the names that follow from it (INV-3). Returns the `PaidRows` with these."""
        scope, found = self.env["finance.payment.instruction"]._intent_scope(self.company_id), self._paid()
        named = [one.named(scope) for one in found.rows]
        pairs = zip(found.rows, named, strict=True)
        wrong = [(now.id, now.intent_key, now.end_to_end_id) for before, now in pairs if now is not before]
        if not wrong:
            return found
        self.env.cr.execute(_NAME, [as_json(_NAMES, wrong)])
        self._forget_names()
        return PaidRows(named, "")

    def _unname(self):
        """Its payments have no names before they are submitted: these would be of what they were for."""
        self.env.flush_all()
        self.env.cr.execute(_UNNAME, [self.id])
        if self.env.cr.rowcount:
            self._forget_names()

    def _forget_names(self):
        self.env["finance.payment.instruction"].invalidate_model([name for name, _kind in _NAMES[1:]])

    # --- what is approved -----------------------------------------------------------------------------------------------

    def _content(self, paid=None):
        """The `approval_content.Order` as it stands. ``paid``: its `PaidRows`, if they are at hand.

        Raises FinanceError for what cannot be approved at all.
        """
        self.ensure_one()
        heading = self._heading()
        if self.kind == COLLECTION:
            lines = tuple(one._content_line() for one in self.instruction_ids)
        else:
            lines = tuple(one.line(heading) for one in (paid or self._paid()).rows)
        return approval_content.Order(heading.company, heading.own, lines, self.kind)

    def _content_now(self):
        """The hash of what is there now; empty where there is nothing to approve."""
        source = self._source_now()
        return (self.content_hash or "") if source and source == self.source_hash else self._hashed()

    def _hashed(self, paid=None):
        try:
            return approval_content.content_hash(self._content(paid))
        except FinanceError:
            return ""

    def _note_content(self, paid=None):
        """Write down the hash of what is there now, which is returned."""
        source = self._source_now(paid)
        if not source or source != self.source_hash:
            now = self._hashed(paid)
            if (self.content_hash or "", self.source_hash or "") != (now, source):
                self.write({"content_hash": now, "source_hash": source})
        return self.content_hash or ""


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    def _content_line(self):
        """What an approval binds of one payment, as its record tells it."""
        self.ensure_one()
        return approval_content.Line(
            str(self.partner_id.id),
            self.order_id._payee_name(self),
            self.bank_account_id.acc_number or "",
            self._agent_told(),
            self._money(),
            self._day(),
            self._references(),
            self.end_to_end_id or "",
        )

    def _intent_scope(self, company):
        """Where intents are told apart: the database and ``company``."""
        return f"{self.env['ir.config_parameter'].sudo().get_param('database.uuid')}/{company.id}"
