"""The payment file of an order: made and validated when the order is approved, kept as it was given out, never changed."""

import base64
import re
from datetime import datetime, timezone

from odoo import fields, models
from odoo.exceptions import UserError

from ..core import instruction_intent
from ..core.errors import FinanceError
from ..payments import pain001, records
from .payment_format import SUFFIXES

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,}", re.ASCII).fullmatch


class FinancePaymentFile(models.Model):
    _name = "finance.payment.file"
    _description = "Payment file"
    _inherit = ["finance.append.only"]
    _order = "id desc"
    _rec_name = "filename"
    _log_access = False

    order_id = fields.Many2one("finance.payment.order", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="order_id.company_id")
    filename = fields.Char(required=True, readonly=True)
    format = fields.Char(required=True, readonly=True)
    message_name = fields.Char(string="Message id", required=True, readonly=True, index=True)
    content = fields.Binary(attachment=False, required=True, readonly=True, groups=fields.NO_ACCESS)
    is_given_out = fields.Boolean(compute="_compute_given_out")
    download = fields.Binary(compute="_compute_given_out", string="File", help="What was given to the bank, byte for byte.")
    text = fields.Text(compute="_compute_given_out", string="What is in it")
    checksum = fields.Char(string="SHA-256", required=True, readonly=True)
    count = fields.Integer(string="Payments", readonly=True)
    totals = fields.Char(readonly=True)
    validated_by = fields.Char(readonly=True)
    content_hash = fields.Char(required=True, readonly=True, help="The content that was approved.")
    made_at = fields.Datetime(required=True, readonly=True)
    names = fields.Json(readonly=True, help="What answers may call a payment, where that is not its end-to-end id.")

    def _compute_given_out(self):
        """Who holds a file can bring it to a bank, so nobody sees it before it was taken by whom that is written down of."""
        facts = self.env["finance.payment.fact"].sudo()
        for file in self:
            begun = [("kind", "=", "send_start"), ("content", "=", file.content_hash)]
            file.is_given_out = facts.search_count([("instruction_id.order_id", "=", file.order_id.id), *begun], limit=1)
            content = file._bytes() if file.is_given_out else b""
            file.download = base64.b64encode(content) or False
            file.text = content.decode("utf-8", "replace")

    def _bytes(self):
        self.ensure_one()
        return base64.b64decode(self.sudo().with_context(bin_size=False).content or b"")


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    def _current_file(self, content=None):
        """The file of the content as it stands, or none. ``content``: its hash, if it is at hand."""
        self.ensure_one()
        now = content or self._content_now()
        return self.sudo().file_ids.filtered(lambda file: file.content_hash == now)[:1]

    def _make_file(self, content):
        """Write and keep the file of the approved content, whose hash is ``content``, once."""
        if self._current_file(content):
            return
        written = self._written()
        suffix = SUFFIXES.get(written.format, "xml")
        self.env["finance.payment.file"].sudo().create(
            {
                "order_id": self.id,
                "filename": f"{self.name.replace('/', '-')}-{written.message_id}.{suffix}",
                "format": written.format,
                "message_name": written.message_id,
                "content": base64.b64encode(written.content),
                "checksum": written.sha256,
                "count": written.count,
                "totals": ", ".join(str(total) for total in written.totals.values()),
                "validated_by": written.validated_by,
                "content_hash": self.content_hash,
                "made_at": fields.Datetime.now(),
                "names": self._names_of(written) or False,
            }
        )
        self.invalidate_recordset(["file_ids"])

    def _written(self):
        """The validated `WrittenFile`. Raises UserError with everything that is wrong."""
        self.ensure_one()
        try:
            return self.sudo()._write_file()
        except FinanceError as error:
            told = [self._told(problem) for problem in getattr(error, "problems", ())] or [str(error)]
            raise UserError(
                self.env._(
                    "%(order)s cannot be paid as it is:\n%(problems)s", order=self.name, problems="\n".join(dict.fromkeys(told))
                )
            ) from error

    def _told(self, problem):
        """One problem, with the payment that it is about."""
        about = self.instruction_ids.filtered(
            lambda one: problem.instruction and (one.end_to_end_id or "").startswith(problem.instruction)
        )
        return f"{about[:1].display_name}: {problem.text}" if about else problem.text

    def _message_id(self):
        """The id of the file: minted from the intents and the content, whose hash is noted before a file is written."""
        keys = self.instruction_ids.mapped("intent_key")
        return instruction_intent.message_id([key or "" for key in keys], self.content_hash or "")

    def _made_at(self):
        """The time of making is that of the content: the same order gives the same bytes, however often it is written."""
        made = (self.submitted_at or fields.Datetime.now()).replace(tzinfo=timezone.utc)
        return min(made, datetime.combine(self.execution_date, datetime.max.time(), timezone.utc).replace(microsecond=0))

    def _own_account(self):
        own = self.journal_id.bank_account_id
        if not own:
            raise UserError(self.env._("%s has no bank account number; enter it at the journal.", self.journal_id.name))
        return own

    def _message(self):
        """The `PaymentMessage` of the order."""
        company, own, message_id = self.company_id, self._own_account(), self._message_id()
        debtor = records.Party(company.name, postal(company.partner_id))
        batch = records.TransferBatch(
            f"{message_id}1",
            self.scheme,
            self.execution_date,
            debtor,
            account(own),
            agent(own),
            tuple(self._transfer(one) for one in self.instruction_ids.sorted("id")),
            self.batch_booking or None,
            self.category_purpose or "",
            currencies=frozenset(self.journal_id.fc_sent_currency_ids.mapped("name")) or None,
        )
        return records.PaymentMessage(message_id, self._made_at(), debtor, (batch,))

    def _transfer(self, one):
        return records.Transfer(
            one.end_to_end_id or f"D{one.id}",
            one._money(),
            records.Party(one.partner_id.name or "", postal(one.partner_id)),
            account(one.bank_account_id),
            agent(one.bank_account_id),
            text=one.text or "",
            reference=one.reference or "",
            uetr=instruction_intent.uetr(one.intent_key or "") if self.file_format == pain001.NEW else "",
        )


def account(bank):
    """The `Account` of a bank account. What looks like an IBAN is one, so that a wrong check digit is told and not sent as some
    other number."""
    number = "".join((bank.acc_number or "").split()).upper()
    return records.Account(iban=number) if _IBAN(number) else records.Account(number=number)


def agent(bank):
    """The `Agent` of a bank account."""
    return records.Agent(bic=bank.bank_bic or "", name=bank.bank_name or "")


def postal(partner):
    """The `Address` of a partner, or None if it has none that can be told."""
    partner = partner.commercial_partner_id if not partner.country_id else partner
    if not partner.country_id or not partner.city:
        return None
    return records.Address(partner.country_id.code, partner.city, partner.zip or "", partner.street or "")
