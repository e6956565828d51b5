"""pain.001: credit transfers as ISO 20022 writes them, versions .001.03 and .001.09 (SEPA, Swiss, international)."""

from lxml.etree import Element, SubElement

from . import rules
from .pain_file import Stream, amount, counts, header, identification, purpose_and_remittance
from .problems import Problems
from .schemes import TRANSFER_SCHEMES
from .xml_parts import Parts, choice, payment_type, put

OLD, NEW = "pain.001.001.03", "pain.001.001.09"
FORMATS = (OLD, NEW)


def write(message, format_=NEW):
    """The `WrittenFile` of a `records.PaymentMessage` whose batches are `TransferBatch`.

    ``format_``: OLD or NEW. Raises PaymentFileError with everything that is wrong; then nothing is written.
    """
    problems, is_new = Problems(), format_ == NEW
    for batch in message.batches:
        if batch.scheme not in TRANSFER_SCHEMES:
            problems.add("scheme", "scheme", f"There is no scheme {batch.scheme!r}; there are {', '.join(TRANSFER_SCHEMES)}.")
    rules.check_message(message, problems)
    problems.refuse()
    instructions = [transfer for batch in message.batches for transfer in batch.transfers]
    stream, ids = Stream(format_, "CstmrCdtTrfInitn"), rules.Ids(problems)
    with stream.open() as writer:
        first = TRANSFER_SCHEMES[message.batches[0].scheme]
        writer.write(header(message, Parts(first, is_new, problems), instructions))
        for batch in message.batches:
            parts = Parts(TRANSFER_SCHEMES[batch.scheme], is_new, problems)
            # Told once for the batch, or else for each transfer: not at both levels.
            parts.same_charges = not any(transfer.charge_bearer for transfer in batch.transfers)
            rules.check_batch(batch, len(batch.transfers), batch.execution_date, message.created_at, problems)
            with writer.element("PmtInf"):
                for element in _heading(batch, parts):
                    writer.write(element)
                for transfer in batch.transfers:
                    problems.instruction = transfer.end_to_end_id
                    ids.add(transfer.end_to_end_id)
                    rules.account_currency(transfer.amount, batch.currencies, problems)
                    writer.write(_transfer(transfer, parts))
                problems.instruction = ""
    return stream.finish(message, instructions, problems)


def _heading(batch, parts):
    """The elements of a batch before its transfers."""
    element = Element("PmtInf")
    put(element, "PmtInfId", parts.reference(batch.batch_id, "batch id"))
    put(element, "PmtMtd", "TRF")
    put(element, "BtchBookg", choice(batch.batch_booking))
    counts(element, batch.transfers)
    payment_type(element, parts.scheme, category_purpose=batch.category_purpose)
    put(element, "ReqdExctnDt/Dt" if parts.is_new else "ReqdExctnDt", batch.execution_date.isoformat())
    parts.party(element, "Dbtr", batch.debtor, "debtor")
    parts.account(element, "DbtrAcct", batch.account, "debtor", with_currency=True)
    parts.agent(element, "DbtrAgt", batch.agent, "bank of the debtor")
    parts.party(element, "UltmtDbtr", batch.ultimate_debtor, "ultimate debtor")
    if parts.same_charges:
        put(element, "ChrgBr", parts.scheme.charge_bearers[0])
    if batch.charges_account is not None:
        parts.account(element, "ChrgsAcct", batch.charges_account, "account for charges")
    return list(element)


def _transfer(transfer, parts):
    """The element `CdtTrfTxInf` of one transfer, checked by the rules of its scheme."""
    scheme, problems = parts.scheme, parts.problems
    rules.amount(transfer.amount, scheme, problems)
    rules.account(transfer.account, transfer.agent, scheme, problems, "payee")
    rules.address(transfer.creditor, scheme, problems, "payee")
    rules.purpose(transfer.purpose, problems)
    element = Element("CdtTrfTxInf")
    named = identification(element, transfer, parts)
    if parts.is_new:
        put(named, "UETR", transfer.uetr)
    amount(SubElement(element, "Amt"), "InstdAmt", transfer.amount)
    if not parts.same_charges:
        put(element, "ChrgBr", rules.charge_bearer(transfer.charge_bearer, scheme, problems))
    parts.party(element, "UltmtDbtr", transfer.ultimate_debtor, "ultimate debtor")
    if transfer.intermediary is not None:
        parts.agent(element, "IntrmyAgt1", transfer.intermediary, "intermediary bank")
    if transfer.agent.bic or transfer.agent.member:
        parts.agent(element, "CdtrAgt", transfer.agent, "bank of the payee")
    parts.party(element, "Cdtr", transfer.creditor, "payee")
    parts.account(element, "CdtrAcct", transfer.account, "payee")
    parts.party(element, "UltmtCdtr", transfer.ultimate_creditor, "ultimate payee")
    purpose_and_remittance(element, transfer, transfer.account, parts)
    return element
