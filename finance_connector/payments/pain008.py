"""pain.008: SEPA direct debits as ISO 20022 writes them, versions .001.02 and .001.08 (CORE and B2B)."""

from ..core import payee_account
from . import rules
from .pain_file import Stream, amount, counts, header, identification, purpose_and_remittance
from .problems import Problems
from .schemes import COLLECTION_SCHEME, INSTRUMENTS, SEQUENCES
from .xml_parts import Parts, choice, element, leaf, payment_type

OLD, NEW = "pain.008.001.02", "pain.008.001.08"
FORMATS = (OLD, NEW)
# EPC rulebook: the debtor stays and the account is at another bank.
SAME_MANDATE_NEW_ACCOUNT = "SMNDA"


def write(message, format_=NEW):
    """The `WrittenFile` of a `records.PaymentMessage` whose batches are `CollectionBatch`.

    ``format_``: OLD or NEW. Raises PaymentFileError with everything that is wrong; then nothing is written.
    """
    problems = Problems()
    parts = Parts(COLLECTION_SCHEME, format_ == NEW, problems)
    rules.check_message(message, problems)
    instructions = [collection for batch in message.batches for collection in batch.collections]
    stream, ids = Stream(format_, "CstmrDrctDbtInitn"), rules.Ids(problems)
    stream.add(header(message, parts, instructions))
    for batch in message.batches:
        _check_batch(batch, problems)
        rules.check_batch(batch, len(batch.collections), batch.collection_date, message.created_at, problems)
        stream.add("<PmtInf>", *_heading(batch, parts))
        for collection in batch.collections:
            problems.instruction = collection.end_to_end_id
            ids.add(collection.end_to_end_id)
            stream.add(_collection(collection, batch, parts))
        problems.instruction = ""
        stream.add("</PmtInf>")
    return stream.finish(message, instructions, problems)


def _check_batch(batch, problems):
    for field, value, known in (("instrument", batch.instrument, INSTRUMENTS), ("sequence", batch.sequence, SEQUENCES)):
        if value not in known:
            problems.add(field, field, f"The {field} {value!r} of batch {batch.batch_id} is none of {', '.join(known)}.")


def _heading(batch, parts):
    """The elements of a batch before its collections."""
    return (
        leaf("PmtInfId", parts.reference(batch.batch_id, "batch id")),
        leaf("PmtMtd", "DD"),
        leaf("BtchBookg", choice(batch.batch_booking)),
        counts(batch.collections),
        payment_type(parts.scheme, batch.instrument, batch.sequence, batch.category_purpose),
        leaf("ReqdColltnDt", batch.collection_date.isoformat()),
        parts.party("Cdtr", batch.creditor, "creditor"),
        parts.account("CdtrAcct", batch.account, "creditor", with_currency=True),
        parts.agent("CdtrAgt", batch.agent, "bank of the creditor"),
        leaf("ChrgBr", parts.scheme.charge_bearers[0]),
        element("CdtrSchmeId", _creditor_id(batch.creditor_id, parts)),
    )


def _creditor_id(creditor_id, parts):
    number = leaf("Id", parts.problems.attempt("creditor id", payee_account.creditor_id, creditor_id))
    return element("Id", element("PrvtId", element("Othr", number, leaf("SchmeNm/Prtry", "SEPA"))))


def _collection(collection, batch, parts):
    """The element `DrctDbtTxInf` of one collection, checked by the rules of the scheme."""
    problems, mandate = parts.problems, collection.mandate
    rules.amount(collection.amount, parts.scheme, problems)
    rules.account(collection.account, collection.agent, parts.scheme, problems, "debtor")
    rules.purpose(collection.purpose, problems)
    if mandate.signed_on > batch.collection_date:
        text = f"The mandate {mandate.mandate_id} is signed on {mandate.signed_on}, after the collection; correct one."
        problems.add("mandate", "mandate_date", text)
    return element(
        "DrctDbtTxInf",
        identification(collection, parts),
        amount("InstdAmt", collection.amount),
        element("DrctDbtTx", _mandate(mandate, batch, parts)),
        parts.party("UltmtCdtr", collection.ultimate_creditor, "ultimate creditor"),
        parts.agent("DbtrAgt", collection.agent, "bank of the debtor"),
        parts.party("Dbtr", collection.debtor, "debtor"),
        parts.account("DbtrAcct", collection.account, "debtor"),
        parts.party("UltmtDbtr", collection.ultimate_debtor, "ultimate debtor"),
        purpose_and_remittance(collection, batch.account, parts),
    )


def _mandate(mandate, batch, parts):
    """`MndtRltdInf`, with what changed since the last collection."""
    return element(
        "MndtRltdInf",
        leaf("MndtId", parts.reference(mandate.mandate_id, "mandate id")),
        leaf("DtOfSgntr", mandate.signed_on.isoformat()),
        leaf("AmdmntInd", choice(mandate.is_amended)),
        _amendment(mandate, batch, parts) if mandate.is_amended else "",
    )


def _amendment(mandate, batch, parts):
    problems, original_id, creditor = parts.problems, "", ""
    if batch.sequence == "OOFF":
        text = f"The mandate {mandate.mandate_id} is for one collection only and cannot be amended; ask for a new one."
        problems.add("mandate", "amendment", text)
    if mandate.original_mandate_id:
        original_id = leaf("OrgnlMndtId", parts.reference(mandate.original_mandate_id, "original mandate id"))
    if mandate.original_creditor_id or mandate.original_creditor_name:
        name = parts.text(mandate.original_creditor_name, parts.scheme.name_limit, "original creditor name")
        number = _creditor_id(mandate.original_creditor_id, parts) if mandate.original_creditor_id else ""
        creditor = element("OrgnlCdtrSchmeId", leaf("Nm", name), number)
    account = ""
    if mandate.new_bank:
        account = leaf("OrgnlDbtrAcct/Id/Othr/Id", SAME_MANDATE_NEW_ACCOUNT)
    elif mandate.original_iban:
        number = problems.attempt("original account", payee_account.iban, mandate.original_iban)
        account = leaf("OrgnlDbtrAcct/Id/IBAN", number)
    return element("AmdmntInfDtls", original_id, creditor, account)
