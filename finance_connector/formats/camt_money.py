"""The amounts behind an entry: charges, amounts in other currencies, rates of exchange."""

from decimal import Decimal

from .camt_values import (
    amount_of,
    children,
    code_of,
    currency_of,
    decimal_of,
    direction_of,
    exponent_of,
    flag_of,
    text_of,
)
from .errors import FormatError
from .records import Charge, Exchange

# In this order an amount in the account's currency is looked for, and one in another currency is called the
# original.
IN_ACCOUNT_CURRENCY = ("TxAmt", "CntrValAmt", "InstdAmt")
ORIGINAL = ("InstdAmt", "TxAmt", "CntrValAmt")


def charges(elements, names):
    """(charges, total with tax) of an entry or detail, signed: negative costs us. ``elements``: its `Chrgs`.

    The total is None where the file gives none.
    """
    found, totals = [], []
    for element in elements:
        fields = children(element, names)
        records = [child for child in element[:] if names[child.tag] == "Rcrd"]
        if not records and "Amt" in fields:
            # Version 02 puts the fields of the one record directly into Chrgs.
            records = [element]
        found += [_charge(record, "Amt", names) for record in records]
        if "TtlChrgsAndTaxAmt" in fields:
            totals.append(_charge(element, "TtlChrgsAndTaxAmt", names))
    total = sum((charge.amount for charge in totals), Decimal()) if totals else None
    if total and sum(charge.amount for charge in found) > 0:
        total = abs(total)
    return tuple(charge for charge in found or totals if charge.amount), total


def _charge(element, name, names):
    fields = children(element, names)
    amount = fields.get(name)
    if amount is None:
        raise FormatError(element.sourceline, "a charge has no amount.")
    currency = currency_of(amount)
    value = amount_of(amount, exponent_of(currency))
    indicator = fields.get("CdtDbtInd")
    # A charge without an indicator is what its name says: it costs.
    sign = -1 if indicator is None else direction_of(indicator)
    kind = code_of(fields.get("Tp"))
    return Charge(value if sign > 0 else -value, currency, flag_of(fields.get("ChrgInclInd")), kind)


def detailed_amounts(element, account):
    """Kind (InstdAmt, TxAmt, CntrValAmt) -> (amount element, CcyXchg element or None) of `AmtDtls`."""
    found, names = {}, account.names
    for child in element[:]:
        name = names[child.tag]
        if name in ORIGINAL:
            amount = exchange = None
            for inner in child[:]:
                if names[inner.tag] == "Amt":
                    amount = inner
                elif names[inner.tag] == "CcyXchg":
                    exchange = inner
            if amount is not None:
                found[name] = amount, exchange
    return found


def original(amounts, account):
    """(amount, currency, Exchange or None) of the amount in another currency, unsigned; (None, "", None) if
    there is none.

    ``amounts``: see `detailed_amounts`.
    """
    for kind in ORIGINAL:
        if kind in amounts:
            amount, exchange = amounts[kind]
            if amount.get("Ccy") != account.currency:
                return decimal_of(amount), currency_of(amount), _exchange(exchange, amounts, account.names)
    return None, "", None


def _exchange(element, amounts, names):
    """The rate next to the amount, or else next to any other amount of the same transaction."""
    if element is None:
        element = next((exchange for _amount, exchange in amounts.values() if exchange is not None), None)
    if element is None:
        return None
    fields = children(element, names)
    rate = fields.get("XchgRate")
    return Exchange(
        source=text_of(fields.get("SrcCcy")),
        target=text_of(fields.get("TrgtCcy")),
        unit=text_of(fields.get("UnitCcy")),
        rate=decimal_of(rate) if rate is not None else None,
    )


def amount_in(amounts, account):
    """The amount that `AmtDtls` gives in the account's currency: TxAmt, else CntrValAmt, else InstdAmt;
    else None."""
    for kind in IN_ACCOUNT_CURRENCY:
        if kind in amounts and amounts[kind][0].get("Ccy") == account.currency:
            return amount_of(amounts[kind][0], account.exponent)
    return None
