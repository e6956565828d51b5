"""The payment file of an order: made and validated when the order is submitted or, where that does not bind it, approved; kept as
it was given out, never changed (decision 0040)."""

import base64
import zlib
from datetime import datetime, timezone

from odoo import fields, models
from odoo.exceptions import UserError

from ..core import instruction_intent
from ..core.approval_content import COLLECTION
from ..core.errors import FinanceError
from ..payments import pain001, records
from . import payment_paid
from .payment_format import SUFFIXES

# The quickest of zlib: a payment file repeats itself so much that the others gain little.
_PACKING = 1


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
    content = fields.Binary(attachment=False, required=True, readonly=True, groups=fields.NO_ACCESS, help="Packed by zlib.")
    is_given_out = fields.Boolean(compute="_compute_given_out")
    download = fields.Binary(compute="_compute_given_out", string="File", help="What was given to the bank, byte for byte.")
    text = fields.Text(compute="_compute_given_out", string="What is in it")
    checksum = fields.Char(string="SHA-256", required=True, readonly=True)
    count = fields.Integer(string="Payments", readonly=True)
    totals = fields.Char(readonly=True)
    validated_by = fields.Char(readonly=True)
    content_hash = fields.Char(required=True, readonly=True, help="The content that an approval is of.")
    source_hash = fields.Char(readonly=True, help="The rows that it was made from.")
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
        """What was kept. What somebody put into the database in its place is given as it lies there: its checksum is another."""
        stored = self.sudo().with_context(bin_size=False).content or b""
        try:
            return zlib.decompress(base64.b64decode(stored)) if stored else b""
        except (zlib.error, ValueError):
            return stored


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    def _current_file(self, content=None):
        """The file of the content as it stands, or none. ``content``: its hash, if it is at hand."""
        self.ensure_one()
        now = content or self._content_now()
        return self.sudo().file_ids.filtered(lambda file: file.content_hash == now)[:1]

    def _check_file(self, content, paid=None):
        """See to it that the order can be written, and keep the file where it can be told that it is still the right one when the
        order is approved. ``content``: its hash; ``paid``: its `PaidRows`, if they are at hand."""
        if self.kind != COLLECTION and self.file_format in pain001.FORMATS:
            self._make_file(content, paid)
        else:
            self._written(paid)

    def _make_file(self, content, paid=None):
        """Write and keep the file of the content as it stands, whose hash is ``content``, once: what was made from the same rows
        is the same file. Where that cannot be told, the one of the same content is."""
        known = self._current_file(content)
        source = self.source_hash if self.file_format in pain001.FORMATS else False
        if known and (known.source_hash or False) == (source or False):
            return
        written = self._written(paid)
        suffix = SUFFIXES.get(written.format, "xml")
        self.env["finance.payment.file"].sudo().create(
            {
                "order_id": self.id,
                "filename": f"{self.name.replace('/', '-')}-{written.message_id}.{suffix}",
                "format": written.format,
                "message_name": written.message_id,
                # PostgreSQL takes five times as long to read and to pack a file of ten thousand payments.
                "content": base64.b64encode(zlib.compress(written.content, _PACKING)),
                "checksum": written.sha256,
                "count": written.count,
                "totals": ", ".join(str(total) for total in written.totals.values()),
                "validated_by": written.validated_by,
                "content_hash": self.content_hash,
                "source_hash": source,
                "made_at": fields.Datetime.now(),
                "names": self._names_of(written) or False,
            }
        )
        self.invalidate_recordset(["file_ids"])

    def _written(self, paid=None):
        """The validated `WrittenFile`. Raises UserError with everything that is wrong."""
        self.ensure_one()
        try:
            return self.sudo()._write_file(paid)
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

    def _message_id(self, payments=None):
        """The id of the file: minted from the intents and the content, whose hash is noted before a file is written."""
        keys = [one.intent_key or "" for one in (payments or self.instruction_ids)]
        return instruction_intent.message_id(keys, self.content_hash or "")

    def _made_at(self):
        """The time of making is that of the content: the same order gives the same bytes, however often it is written."""
        made = (self.submitted_at or fields.Datetime.now()).replace(tzinfo=timezone.utc)
        return min(made, datetime.combine(self.execution_date, datetime.max.time(), timezone.utc).replace(microsecond=0))

    def _own_account(self):
        own = self.journal_id.bank_account_id
        if not own:
            raise UserError(self.env._("%s has no bank account number; enter it at the journal.", self.journal_id.name))
        return own

    def _message(self, paid=None):
        """The `PaymentMessage` of the order."""
        self._own_account()
        rows = (paid or self._paid()).rows
        heading, with_uetr = self._heading(), self.file_format == pain001.NEW
        message_id = self._message_id(rows)
        batch = records.TransferBatch(
            f"{message_id}1",
            heading.scheme,
            heading.day,
            heading.debtor,
            heading.account,
            heading.agent,
            tuple(one.transfer(heading, with_uetr) for one in rows),
            heading.batch_booking,
            heading.category_purpose,
            currencies=frozenset(heading.currencies) or None,
        )
        return records.PaymentMessage(message_id, self._made_at(), heading.debtor, (batch,))


def account(bank):
    """The `Account` of a bank account."""
    return payment_paid.account(bank.acc_number)


def agent(bank):
    """The `Agent` of a bank account."""
    return records.Agent(bic=bank.bank_bic or "", name=bank.bank_name or "")


def party(partner):
    """The `Party` that a partner is; None for nobody."""
    return records.Party(partner.name or "", postal(partner)) if partner else None


def postal(partner):
    """The `Address` of a partner, or None if it has none that can be told."""
    partner = partner.commercial_partner_id if not partner.country_id else partner
    return payment_paid.address(partner.country_id.code, partner.city, partner.zip, partner.street)
