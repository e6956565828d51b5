"""pain.002: what a bank says about a file of payments, for the file, its batches and each instruction.

Versions 03, 10, 12 and 14, whose elements have one meaning; the Swiss namespace of 03 too. Statuses that are not known
are refused by name, and then nothing of the report is used.
"""

from ..core.errors import UnknownStatus
from ..formats.camt_values import children, count_of, decimal_of, text_of
from ..formats.errors import FormatError
from . import iso_answer
from .answers import BATCH, FILE, INSTRUCTION, Answer, StatusReport
from .reasons import TABLES, reason

MESSAGE, ROOT = "pain.002", "CstmrPmtStsRpt"
VERSIONS = frozenset(("03", "10", "12", "14"))
_TAGS = ("GrpHdr", "OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts", "TxInfAndSts")

# Status -> fact about the instruction (ISO 20022 external code sets of statuses).
STATUSES = {
    "RCVD": "receive",  # received, nothing judged
    "RCVC": "receive",  # verification of payees completed
    "ACTC": "accept",  # signatures and syntax are right
    "ACCP": "accept",  # the customer's profile allows it
    "ACFC": "accept",  # there is money for it
    "ACWC": "accept",  # with a change by the bank
    "ACSP": "accept",  # settlement is under way
    "ACSC": "accept",  # settled at our side; executed is what the statement shows
    "ACCC": "accept",  # credited to the payee
    "ACWP": "accept",  # without posting to the payee yet
    "PDNG": "hold",
    "PATC": "hold",  # further signatures are needed
    "BLCK": "hold",  # the money is neither credited nor returned
    "RVCM": "hold",  # verification of payees completed with mismatches
    "RVNM": "hold", "RVMC": "hold", "RVNA": "hold",
    "RJCT": "reject",
    "CANC": "withdraw",
}  # fmt: skip
# Of a file or batch only: its parts have statuses of their own, those not told are received.
PARTIAL = "PART"


def read(content, zone=None):
    """The `StatusReport` in ``content`` (bytes). ``zone``: of the bank, for instants without one (None: UTC).

    Raises FormatError for what cannot be trusted, UnknownStatus for a status that is not in STATUSES.
    """
    header = original = None
    answers, batch = [], {}
    for name, element, names in iso_answer.document(content, MESSAGE, ROOT, VERSIONS, _TAGS):
        found = children(element, names)
        if name == "GrpHdr":
            header = iso_answer.required(found, "MsgId", element.sourceline, MESSAGE), _instant(found, element, zone)
        elif name == "OrgnlGrpInfAndSts":
            original = _original(found, element)
            answers += _answer(FILE, element, found, "GrpSts", names)
        elif name == "TxInfAndSts":
            answers += _answer(INSTRUCTION, element, found, "TxSts", names, _batch_id(element, names, batch))
            element.clear()
        else:
            batch_id = text_of(found.get("OrgnlPmtInfId"))
            answers += _answer(BATCH, element, found, "PmtInfSts", names, batch_id)
    if header is None or original is None:
        raise FormatError(None, f"the {MESSAGE} does not tell its id, or which file it answers.", "Ask the bank for it again.")
    _refuse_twice(answers)
    return StatusReport(*header, *original, tuple(answers))


def _instant(found, element, zone):
    at = iso_answer.instant(found.get("CreDtTm"), zone)
    if at is None:
        raise FormatError(element.sourceline, f"CreDtTm is missing in the {MESSAGE}.", "Ask the bank for it again.")
    return at


def _original(found, element):
    """(message id, format, count, control sum) of the file that is answered."""
    message_id = iso_answer.required(found, "OrgnlMsgId", element.sourceline, MESSAGE)
    total = found.get("OrgnlCtrlSum")
    count = count_of(found["OrgnlNbOfTxs"]) if "OrgnlNbOfTxs" in found else None
    return message_id, text_of(found.get("OrgnlMsgNmId")), count, None if total is None else decimal_of(total)


def _batch_id(element, names, known):
    """The id of the batch that holds a transaction; read once per batch."""
    parent = element.getparent()
    if known.get("parent") is not parent:
        known["parent"] = parent
        known["id"] = text_of(children(parent, names).get("OrgnlPmtInfId"))
    return known["id"]


def _answer(level, element, found, tag, names, batch_id=""):
    """The Answer of one element, or none if it has no status."""
    status = text_of(found.get(tag))
    told = iso_answer.reasons(element, names, "StsRsnInf")
    if not status:
        if level == INSTRUCTION:
            raise FormatError(element.sourceline, "a transaction has no status (TxSts).", "Ask the bank for the report again.")
        return []
    kind = "receive" if status == PARTIAL and level != INSTRUCTION else STATUSES.get(status)
    end_to_end_id, instruction_id = text_of(found.get("OrgnlEndToEndId")), text_of(found.get("OrgnlInstrId"))
    if kind is None:
        raise UnknownStatus("The bank", tag, status, end_to_end_id or batch_id or "the file")
    if status in TABLES["iso"]:
        # What the comparison of name and account found is told as a status.
        told = (reason(status), *told)
    if level == INSTRUCTION and not (end_to_end_id or instruction_id):
        text = "a transaction is named neither by OrgnlEndToEndId nor by OrgnlInstrId."
        raise FormatError(element.sourceline, text, "Ask the bank for the report again.")
    amount = _amount(found.get("OrgnlTxRef"), names)
    return [Answer(level, kind, status, batch_id, end_to_end_id, instruction_id, amount, told, element.sourceline)]


def _amount(reference, names):
    """The amount that `OrgnlTxRef` repeats; None if it does not, or repeats an equivalent in another currency."""
    if reference is None:
        return None
    choice = children(reference, names).get("Amt")
    return None if choice is None else iso_answer.money(children(choice, names).get("InstdAmt"))


def _refuse_twice(answers):
    """Refuses a report that tells two statuses of one instruction."""
    seen = {}
    for answer in answers:
        key = answer.level, answer.batch_id, answer.end_to_end_id, answer.instruction_id
        if answer.level == INSTRUCTION and seen.setdefault(key, answer.status) != answer.status:
            text = f"the report tells {seen[key]} and {answer.status} of {answer.end_to_end_id or answer.instruction_id}."
            raise FormatError(answer.line, text, "Ask the bank which one is right.")
