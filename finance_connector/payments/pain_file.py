"""How a file of ISO 20022 is written: as a stream, counted, validated, and only then given out."""

from contextlib import contextmanager
from decimal import Decimal
from io import BytesIO

from lxml import etree
from lxml.etree import Element, SubElement

from ..core.money import Money
from . import rules, schemas
from .records import WrittenFile
from .xml_parts import put


def header(message, parts, instructions):
    """The element `GrpHdr` of a `records.PaymentMessage` that holds ``instructions``."""
    element = Element("GrpHdr")
    put(element, "MsgId", parts.reference(message.message_id, "message id"))
    put(element, "CreDtTm", message.created_at.isoformat(timespec="seconds"))
    counts(element, instructions)
    parts.party(element, "InitgPty", message.initiator, "initiator")
    return element


def counts(element, instructions):
    """`NbOfTxs` and `CtrlSum` (the sum of all amounts as numbers, whatever their currency)."""
    put(element, "NbOfTxs", str(len(instructions)))
    put(element, "CtrlSum", str(sum((total.to_decimal() for total in totals(instructions).values()), Decimal(0))))


def totals(instructions):
    """Currency -> Money of all ``instructions``."""
    minor = {}
    for one in instructions:
        minor[one.amount.currency] = minor.get(one.amount.currency, 0) + one.amount.minor
    return {currency: Money(amount, currency) for currency, amount in minor.items()}


def amount(parent, tag, money):
    """The element ``tag`` of `Money`, with its currency."""
    SubElement(parent, tag, Ccy=money.currency).text = str(money.to_decimal())


def identification(parent, one, parts):
    """The element `PmtId` of a transfer or collection, which is given back."""
    element = SubElement(parent, "PmtId")
    if one.instruction_id:
        put(element, "InstrId", parts.reference(one.instruction_id, "instruction id"))
    put(element, "EndToEndId", parts.reference(one.end_to_end_id, "end-to-end id"))
    return element


def purpose_and_remittance(parent, one, account, parts):
    """The last elements of a transfer or collection: what it is for. ``account``: the one that is credited."""
    put(parent, "Purp/Cd", one.purpose)
    reference, kind = rules.reference_kind(one.reference, account, parts.problems)
    parts.remittance(parent, one.text, reference, kind)


class Stream:
    """Writes the elements of one message one by one; `finish` gives the validated file."""

    def __init__(self, format_, root):
        self.format, self.root = format_, root
        self.buffer = BytesIO()

    @contextmanager
    def open(self):
        """A context in which elements are written below ``Document/<root>``: yields the lxml writer."""
        namespace = f"urn:iso:std:iso:20022:tech:xsd:{self.format}"
        with etree.xmlfile(self.buffer, encoding="UTF-8") as writer:
            writer.write_declaration()
            name = f"{{{namespace}}}{self.root}"
            with writer.element(f"{{{namespace}}}Document", nsmap={None: namespace}), writer.element(name):
                yield writer

    def finish(self, message, instructions, problems):
        """The `WrittenFile`. Raises PaymentFileError for what was found wrong, and for what the schema does not allow."""
        problems.refuse()
        content = self.buffer.getvalue()
        schemas.validate(content, self.format)
        return WrittenFile(
            self.format, message.message_id, content, len(instructions), totals(instructions), f"schema {self.format}"
        )
