"""One transaction behind an entry: `NtryDtls/TxDtls`."""

from .camt_money import amount_in, charges, detailed_amounts, original
from .camt_parties import bank_codes, counterparty, references, remittance, returned
from .camt_values import amount_of, children, code_of, currency_of, direction_of, exponent_of, text_of
from .records import detail_of

_NO_CHARGES = ((), None)
_NO_REMITTANCE = ((), (), (), ())


def read_detail(element, account, direction, is_reversal):
    """(Detail, total of its charges with tax or None) of a TxDtls.

    ``account``: see `camt_entry.Account`; ``direction``: of the entry, used where the detail has none of
    its own.
    """
    names = account.names
    fields = children(element, names)
    if "CdtDbtInd" in fields:
        direction = direction_of(fields["CdtDbtInd"])
    amount, other_amount, other_currency, exchange = _amounts(fields, account)
    if direction < 0:
        amount = -amount if amount is not None else None
        other_amount = -other_amount if other_amount is not None else None
    own_charges, charges_total = _charges(element, names) if "Chrgs" in fields else _NO_CHARGES
    lines, structured, documents, additional = remittance(fields["RmtInf"], names) if "RmtInf" in fields else _NO_REMITTANCE
    reason, reason_text = returned(fields["RtrInf"], names) if "RtrInf" in fields else ("", "")
    information = text_of(fields["AddtlTxInf"]) if "AddtlTxInf" in fields else ""
    detail = detail_of((
        amount,
        references(fields["Refs"], names) if "Refs" in fields else {},
        *counterparty(fields, names, direction, is_reversal, account.number),
        lines,
        structured,
        documents,
        " ".join((*additional, information)).strip() if additional else information,
        code_of(fields["Purp"]) if "Purp" in fields else "",
        bank_codes(fields["BkTxCd"], names)[0] if "BkTxCd" in fields else "",
        own_charges,
        reason,
        reason_text,
        other_amount,
        other_currency,
        exchange,
        element.sourceline,
    ))  # fmt: skip
    return detail, charges_total


def _charges(element, names):
    return charges([child for child in element[:] if names[child.tag] == "Chrgs"], names)


def _amounts(fields, account):
    """(amount in the account's currency or None, original amount, its currency, Exchange), unsigned."""
    amount, other = None, (None, "", None)
    if "Amt" in fields:
        element = fields["Amt"]
        if element.get("Ccy") == account.currency:
            amount = amount_of(element, account.exponent)
        else:
            currency = currency_of(element)
            other = amount_of(element, exponent_of(currency)), currency, None
    if "AmtDtls" in fields:
        amounts = detailed_amounts(fields["AmtDtls"], account)
        if amount is None:
            amount = amount_in(amounts, account)
        found = original(amounts, account)
        other = other if found[0] is None else found
    return (amount, *other)
