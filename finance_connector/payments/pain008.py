"""pain.008: SEPA direct debits as ISO 20022 writes them, versions .001.02 and .001.08 (CORE and B2B)."""

from lxml.etree import Element, SubElement

from ..core import payee_account
from . import rules
from .pain_file import Stream, amount, counts, header, identification, purpose_and_remittance
from .problems import Problems
from .schemes import COLLECTION_SCHEME, INSTRUMENTS, SEQUENCES
from .xml_parts import Parts, choice, payment_type, put

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
    with stream.open() as writer:
        writer.write(header(message, parts, instructions))
        for batch in message.batches:
            _check_batch(batch, problems)
            rules.check_batch(batch, len(batch.collections), batch.collection_date, message.created_at, problems)
            with writer.element("PmtInf"):
                for element in _heading(batch, parts):
                    writer.write(element)
                for collection in batch.collections:
                    problems.instruction = collection.end_to_end_id
                    ids.add(collection.end_to_end_id)
                    writer.write(_collection(collection, batch, parts))
                problems.instruction = ""
    return stream.finish(message, instructions, problems)


def _check_batch(batch, problems):
    for field, value, known in (("instrument", batch.instrument, INSTRUMENTS), ("sequence", batch.sequence, SEQUENCES)):
        if value not in known:
            problems.add(field, field, f"The {field} {value!r} of batch {batch.batch_id} is none of {', '.join(known)}.")


def _heading(batch, parts):
    """The elements of a batch before its collections."""
    element = Element("PmtInf")
    put(element, "PmtInfId", parts.reference(batch.batch_id, "batch id"))
    put(element, "PmtMtd", "DD")
    put(element, "BtchBookg", choice(batch.batch_booking))
    counts(element, batch.collections)
    payment_type(element, parts.scheme, batch.instrument, batch.sequence, batch.category_purpose)
    put(element, "ReqdColltnDt", batch.collection_date.isoformat())
    parts.party(element, "Cdtr", batch.creditor, "creditor")
    parts.account(element, "CdtrAcct", batch.account, "creditor", with_currency=True)
    parts.agent(element, "CdtrAgt", batch.agent, "bank of the creditor")
    put(element, "ChrgBr", parts.scheme.charge_bearers[0])
    scheme_id = SubElement(element, "CdtrSchmeId")
    _creditor_id(scheme_id, batch.creditor_id, parts)
    return list(element)


def _creditor_id(parent, creditor_id, parts):
    other = SubElement(SubElement(SubElement(parent, "Id"), "PrvtId"), "Othr")
    put(other, "Id", parts.problems.attempt("creditor id", payee_account.creditor_id, creditor_id))
    put(other, "SchmeNm/Prtry", "SEPA")


def _collection(collection, batch, parts):
    """The element `DrctDbtTxInf` of one collection, checked by the rules of the scheme."""
    problems, mandate = parts.problems, collection.mandate
    rules.amount(collection.amount, parts.scheme, problems)
    rules.account(collection.account, collection.agent, parts.scheme, problems, "debtor")
    rules.purpose(collection.purpose, problems)
    if mandate.signed_on > batch.collection_date:
        text = f"The mandate {mandate.mandate_id} is signed on {mandate.signed_on}, after the collection; correct one."
        problems.add("mandate", "mandate_date", text)
    element = Element("DrctDbtTxInf")
    identification(element, collection, parts)
    amount(element, "InstdAmt", collection.amount)
    _mandate(SubElement(SubElement(element, "DrctDbtTx"), "MndtRltdInf"), mandate, batch, parts)
    parts.party(element, "UltmtCdtr", collection.ultimate_creditor, "ultimate creditor")
    parts.agent(element, "DbtrAgt", collection.agent, "bank of the debtor")
    parts.party(element, "Dbtr", collection.debtor, "debtor")
    parts.account(element, "DbtrAcct", collection.account, "debtor")
    parts.party(element, "UltmtDbtr", collection.ultimate_debtor, "ultimate debtor")
    purpose_and_remittance(element, collection, batch.account, parts)
    return element


def _mandate(element, mandate, batch, parts):
    """`MndtRltdInf`, with what changed since the last collection."""
    put(element, "MndtId", parts.reference(mandate.mandate_id, "mandate id"))
    put(element, "DtOfSgntr", mandate.signed_on.isoformat())
    put(element, "AmdmntInd", choice(mandate.is_amended))
    if not mandate.is_amended:
        return
    if batch.sequence == "OOFF":
        text = f"The mandate {mandate.mandate_id} is for one collection only and cannot be amended; ask for a new one."
        parts.problems.add("mandate", "amendment", text)
    details = SubElement(element, "AmdmntInfDtls")
    if mandate.original_mandate_id:
        put(details, "OrgnlMndtId", parts.reference(mandate.original_mandate_id, "original mandate id"))
    if mandate.original_creditor_id or mandate.original_creditor_name:
        original = SubElement(details, "OrgnlCdtrSchmeId")
        put(original, "Nm", parts.text(mandate.original_creditor_name, parts.scheme.name_limit, "original creditor name"))
        if mandate.original_creditor_id:
            _creditor_id(original, mandate.original_creditor_id, parts)
    if mandate.new_bank:
        put(details, "OrgnlDbtrAcct/Id/Othr/Id", SAME_MANDATE_NEW_ACCOUNT)
    elif mandate.original_iban:
        number = parts.problems.attempt("original account", payee_account.iban, mandate.original_iban)
        put(details, "OrgnlDbtrAcct/Id/IBAN", number)
