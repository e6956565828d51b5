"""pain.001: credit transfers as ISO 20022 writes them, versions .001.03 and .001.09 (SEPA, Swiss, international)."""

from . import rules
from .pain_file import Stream, amount, counts, header, identification, purpose_and_remittance
from .problems import Problems
from .schemes import TRANSFER_SCHEMES
from .xml_parts import Parts, choice, element, leaf, payment_type

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
    first = TRANSFER_SCHEMES[message.batches[0].scheme]
    stream.add(header(message, Parts(first, is_new, problems), instructions))
    for batch in message.batches:
        parts = Parts(TRANSFER_SCHEMES[batch.scheme], is_new, problems)
        # Told once for the batch, or else for each transfer: not at both levels.
        parts.same_charges = not any(transfer.charge_bearer for transfer in batch.transfers)
        rules.check_batch(batch, len(batch.transfers), batch.execution_date, message.created_at, problems)
        stream.add("<PmtInf>", *_heading(batch, parts))
        for transfer in batch.transfers:
            problems.instruction = transfer.end_to_end_id
            ids.add(transfer.end_to_end_id)
            rules.account_currency(transfer.amount, batch.currencies, problems)
            stream.add(_transfer(transfer, parts))
        problems.instruction = ""
        stream.add("</PmtInf>")
    return stream.finish(message, instructions, problems)


def _heading(batch, parts):
    """The elements of a batch before its transfers."""
    return (
        leaf("PmtInfId", parts.reference(batch.batch_id, "batch id")),
        leaf("PmtMtd", "TRF"),
        leaf("BtchBookg", choice(batch.batch_booking)),
        counts(batch.transfers),
        payment_type(parts.scheme, category_purpose=batch.category_purpose),
        leaf("ReqdExctnDt/Dt" if parts.is_new else "ReqdExctnDt", batch.execution_date.isoformat()),
        parts.party("Dbtr", batch.debtor, "debtor"),
        parts.account("DbtrAcct", batch.account, "debtor", with_currency=True),
        parts.agent("DbtrAgt", batch.agent, "bank of the debtor"),
        parts.party("UltmtDbtr", batch.ultimate_debtor, "ultimate debtor"),
        leaf("ChrgBr", parts.scheme.charge_bearers[0]) if parts.same_charges else "",
        parts.account("ChrgsAcct", batch.charges_account, "account for charges") if batch.charges_account is not None else "",
    )


def _transfer(transfer, parts):
    """The element `CdtTrfTxInf` of one transfer, checked by the rules of its scheme."""
    scheme, problems, agent = parts.scheme, parts.problems, transfer.agent
    rules.amount(transfer.amount, scheme, problems)
    rules.account(transfer.account, agent, scheme, problems, "payee")
    rules.address(transfer.creditor, scheme, problems, "payee")
    rules.purpose(transfer.purpose, problems)
    intermediary = transfer.intermediary
    return element(
        "CdtTrfTxInf",
        identification(transfer, parts, transfer.uetr if parts.is_new else ""),
        element("Amt", amount("InstdAmt", transfer.amount)),
        leaf("ChrgBr", "" if parts.same_charges else rules.charge_bearer(transfer.charge_bearer, scheme, problems)),
        parts.party("UltmtDbtr", transfer.ultimate_debtor, "ultimate debtor"),
        parts.agent("IntrmyAgt1", intermediary, "intermediary bank") if intermediary is not None else "",
        parts.agent("CdtrAgt", agent, "bank of the payee") if agent.bic or agent.member else "",
        parts.party("Cdtr", transfer.creditor, "payee"),
        parts.account("CdtrAcct", transfer.account, "payee"),
        parts.party("UltmtCdtr", transfer.ultimate_creditor, "ultimate payee"),
        purpose_and_remittance(transfer, transfer.account, parts),
    )
