"""pacs.004: a payment comes back from the other bank, with the amount, what was kept of it, and why.

Versions 02, 09, 10 and 11.
"""

from ..core.money import Money
from ..formats.camt_values import children, date_of, text_of
from ..formats.errors import FormatError
from . import iso_answer
from .answers import Returned
from .reasons import reason

MESSAGE, ROOT = "pacs.004", "PmtRtr"
VERSIONS = frozenset(("02", "09", "10", "11"))
_TAGS = ("GrpHdr", "OrgnlGrpInf", "TxInf")


def read(content, zone=None):
    """The `Returned` payments in ``content`` (bytes): a tuple. ``zone``: of the bank, for instants without one.

    Raises FormatError for what cannot be trusted: amounts in two currencies, a return above what was paid, another
    number of returns than the header tells.
    """
    header, returned, message_id = None, [], ""
    for name, element, names in iso_answer.document(content, MESSAGE, ROOT, VERSIONS, _TAGS):
        found = children(element, names)
        if name == "GrpHdr":
            identifier = iso_answer.required(found, "MsgId", element.sourceline, MESSAGE)
            day = date_of(found.get("IntrBkSttlmDt"))
            header = identifier, iso_answer.instant(found.get("CreDtTm"), zone), text_of(found.get("NbOfTxs")), day
        elif name == "OrgnlGrpInf":
            if names[element.getparent().tag] == ROOT:
                message_id = text_of(found.get("OrgnlMsgId"))
        else:
            if header is None or header[1] is None:
                raise FormatError(element.sourceline, f"the {MESSAGE} has no header with MsgId and CreDtTm before its returns.")
            returned.append(_returned(element, found, names, header, message_id))
            element.clear()
    if header is None:
        raise FormatError(None, f"the {MESSAGE} has no header.")
    if header[2] != str(len(returned)):
        raise FormatError(None, f"the header tells {header[2] or 'no number of'} returns, the file has {len(returned)}.")
    return tuple(returned)


def _returned(element, found, names, header, message_id):
    line = element.sourceline
    amount = iso_answer.money(found.get("RtrdIntrBkSttlmAmt"))
    original = iso_answer.money(found.get("OrgnlIntrBkSttlmAmt"))
    if amount is None or not amount.minor:
        raise FormatError(line, "a return has no amount (RtrdIntrBkSttlmAmt) above zero.")
    if original is not None and original.currency != amount.currency:
        raise FormatError(line, f"{amount} is returned of {original}, which is in another currency.")
    if original is not None and amount > original:
        raise FormatError(line, f"{amount} is returned of {original}, which is more than was paid.")
    end_to_end_id, trace = text_of(found.get("OrgnlEndToEndId")), text_of(found.get("OrgnlTxId"))
    return_id = text_of(found.get("RtrId")) or f"{header[0]}/{end_to_end_id or trace}"
    own = text_of(children(found["OrgnlGrpInf"], names).get("OrgnlMsgId")) if "OrgnlGrpInf" in found else ""
    reasons = iso_answer.reasons(element, names, "RtrRsnInf")
    return Returned(
        return_id, header[1], amount, reasons[0] if reasons else reason(""), end_to_end_id, own or message_id, trace, original,
        _charges(element, names, amount.currency), date_of(found.get("IntrBkSttlmDt")) or header[3],
        _is_collection(found, names), line,
    )  # fmt: skip


def _charges(element, names, currency):
    """What was kept of the return, in its currency; None if nothing is told."""
    total = None
    for child in element[:]:
        if names[child.tag] == "ChrgsInf":
            charge = iso_answer.money(children(child, names).get("Amt"))
            if charge is not None and charge.currency == currency:
                total = (total or Money(0, currency)) + charge
    return total


def _is_collection(found, names):
    """Whether the original was a direct debit: it repeats a mandate or a creditor scheme."""
    reference = children(found["OrgnlTxRef"], names) if "OrgnlTxRef" in found else {}
    return bool(reference.keys() & {"MndtRltdInf", "CdtrSchmeId"})
