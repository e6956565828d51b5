"""What vouches for the transactions of a BAI2 account: ledger balances, available balances, one balance, totals, nothing."""

from . import bai2_amounts as amounts
from .errors import FormatError
from .records import AVAILABLE_BALANCES, BALANCES, ONE_BALANCE, TOTALS, UNPROVEN


def proof_of(items, currency, total, line):
    """(proof, balances, notes): which balances the account states, and whether the transactions lie between them."""
    found = {}
    for item in items:
        if item.minor is not None and item.code in amounts.BALANCES:
            value = amounts.decimal(item.minor, currency, line)
            if found.setdefault(item.code, value) != value:
                raise FormatError(line, f"the account states two balances {item.code}: {found[item.code]} and {value}.")
    for opening, closing, notes in (
        (amounts.OPENING, amounts.CLOSING, ()),
        (amounts.OPENING_AVAILABLE, amounts.CLOSING_AVAILABLE, (AVAILABLE_BALANCES,)),
    ):
        if opening in found and closing in found and (not notes or found[opening] + total == found[closing]):
            known = {"opening": found[opening], "closing": found[closing], "opening_kind": opening, "closing_kind": closing}
            return BALANCES, known, notes
    if amounts.CLOSING in found:
        return ONE_BALANCE, {"closing": found[amounts.CLOSING], "closing_kind": amounts.CLOSING}, ()
    stated = [amounts.totals_of(items, code) for code in (amounts.TOTAL_CREDITS, amounts.TOTAL_DEBITS)]
    return (TOTALS if None not in stated else UNPROVEN), {}, ()


def check_totals(items, statement, currency):
    """Refuses an account whose totals of credits and debits are not those of its transactions."""
    totals, line = statement.totals, statement.header.line
    for code, name, total, count in (
        (amounts.TOTAL_CREDITS, "credits", totals.credit, totals.credit_count),
        (amounts.TOTAL_DEBITS, "debits", -totals.debit, totals.debit_count),
    ):
        stated = amounts.totals_of(items, code)
        if stated is None:
            continue
        value = amounts.decimal(abs(stated[0]), currency, line)
        if value != total:
            raise FormatError(
                line, f"the account states {value} {currency} of {name} ({code}), but its transactions make {total}."
            )
        # Transactions of zero count on either side.
        if stated[1] is not None and not count <= stated[1] <= count + totals.zero_count:
            raise FormatError(line, f"the account states {stated[1]} {name} ({code}), but lists {count}.")
