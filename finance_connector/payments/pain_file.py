"""How a file of ISO 20022 is written: as a stream, counted, validated, and only then given out."""

from decimal import Decimal
from io import BytesIO

from ..core.money import Money
from . import rules, schemas
from .records import WrittenFile
from .xml_parts import element, leaf


def header(message, parts, instructions):
    """The element `GrpHdr` of a `records.PaymentMessage` that holds ``instructions``."""
    return element(
        "GrpHdr",
        leaf("MsgId", parts.reference(message.message_id, "message id")),
        leaf("CreDtTm", message.created_at.isoformat(timespec="seconds")),
        counts(instructions),
        parts.party("InitgPty", message.initiator, "initiator"),
    )


def counts(instructions):
    """`NbOfTxs` and `CtrlSum` (the sum of all amounts as numbers, whatever their currency)."""
    summed = sum((total.to_decimal() for total in totals(instructions).values()), Decimal(0))
    return leaf("NbOfTxs", str(len(instructions))) + leaf("CtrlSum", str(summed))


def totals(instructions):
    """Currency -> Money of all ``instructions``."""
    minor = {}
    for one in instructions:
        minor[one.amount.currency] = minor.get(one.amount.currency, 0) + one.amount.minor
    return {currency: Money(amount, currency) for currency, amount in minor.items()}


def amount(tag, money):
    """The element ``tag`` of `Money`, with its currency."""
    return f'<{tag} Ccy="{money.currency}">{money.to_decimal()}</{tag}>'


def identification(one, parts, uetr=""):
    """The element `PmtId` of a transfer or collection."""
    instruction_id = leaf("InstrId", parts.reference(one.instruction_id, "instruction id")) if one.instruction_id else ""
    end_to_end_id = leaf("EndToEndId", parts.reference(one.end_to_end_id, "end-to-end id"))
    return element("PmtId", instruction_id, end_to_end_id, leaf("UETR", uetr))


def purpose_and_remittance(one, account, parts):
    """The last elements of a transfer or collection: what it is for. ``account``: the one that is credited."""
    reference, kind = rules.reference_kind(one.reference, account, parts.problems)
    return leaf("Purp/Cd", one.purpose) + parts.remittance(one.text, reference, kind)


class Stream:
    """Takes the XML of one message part by part; `finish` gives the validated file."""

    def __init__(self, format_, root):
        self.format, self.root = format_, root
        self.buffer = BytesIO()
        self.add(
            "<?xml version='1.0' encoding='UTF-8'?>\n", f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{format_}"><{root}>'
        )

    def add(self, *parts):
        """Take ``parts`` (texts of XML) as what comes next."""
        self.buffer.write("".join(parts).encode())

    def finish(self, message, instructions, problems):
        """The `WrittenFile`. Raises PaymentFileError for what was found wrong, and for what the schema does not allow."""
        problems.refuse()
        self.add(f"</{self.root}></Document>")
        content = self.buffer.getvalue()
        schemas.validate(content, self.format)
        return WrittenFile(
            self.format, message.message_id, content, len(instructions), totals(instructions), f"schema {self.format}"
        )
