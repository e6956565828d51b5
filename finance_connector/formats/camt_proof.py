"""The arithmetic that a camt file has to pass beside that of the balances (`proof`): details + charges = entry,
totals as stated.

The rule for the details of an entry. The entry is what moved the balance, so it stands; its details have to
agree with it:

- all have an amount in the account's currency: they add up to the entry, with its charges or without, to
  the last cent. With means: details + charges = entry, of the charges that the bank does not mark as left
  out (ChrgInclInd false);
- one has no such amount, or charges are in another currency: the details are `unproven` (the only detail of
  an entry gets its amount, if it has none in any currency);
- there are fewer than the batch counts (NbOfTxs): the details are `partial`; more than it counts is refused;
- all point the other way and add up otherwise: banks leave the direction of the original payment in the
  details of a return. The direction of the entry holds, the details are turned, and a note says so.
"""

from .errors import FormatError
from .proof import ZERO
from .records import DETAILS_PARTIAL, DETAILS_PROVEN, DETAILS_UNPROVEN, NO_DETAILS


def prove_details(amount, currency, behind, charges, charges_total, line):
    """(state, details, turned) for an entry of ``amount``; ``turned``: their direction was against the
    entry's.

    ``behind``: ``details``, ``count`` of the transactions that the batches name (None: not told),
    ``charges_total`` of the details with tax (None: not told); ``charges`` and ``charges_total``: of the
    entry. Raises FormatError on disagreement.
    """
    details, count = behind.details, behind.count
    if not details:
        return NO_DETAILS, details, False
    if count is not None and len(details) > count:
        raise FormatError(line, f"the batch counts {count} transactions (NbOfTxs), but {len(details)} are listed.")
    partial = count is not None and len(details) < count
    total = ZERO
    for detail in details:
        if detail.amount is None:
            return *_without_amounts(amount, details, partial), False
        total += detail.amount
    state = DETAILS_PARTIAL if partial else DETAILS_PROVEN
    if total == amount:
        return state, details, False
    all_charges = [*charges, *(charge for detail in details for charge in detail.charges)]
    explained = _readings(currency, all_charges, len(charges), (charges_total, behind.charges_total))
    if any(total + charged == amount for charged in explained):
        return state, details, False
    if _all_against(amount, details) and any(charged - total == amount for charged in (ZERO, *explained)):
        return state, tuple(detail._replace(amount=-detail.amount) for detail in details), True
    if partial:
        return state, details, False
    if any(charge.currency != currency for charge in all_charges):
        return DETAILS_UNPROVEN, details, False
    raise FormatError(line, _disagreement(amount, currency, total, explained))


def _without_amounts(amount, details, partial):
    """(state, details) where one has no amount: the only detail of an entry, if it has none in any
    currency, is the entry."""
    if len(details) == 1 and not partial and details[0].original_amount is None:
        details = (details[0]._replace(amount=amount),)
    return DETAILS_PARTIAL if partial else DETAILS_UNPROVEN, details


def _readings(currency, charges, own, totals):
    """What the charges may add up to, signed, one figure for each way in which banks state them.

    Those of the entry (the first ``own`` ones) or those of its details, which often repeat each other, and
    the totals with tax; those that are marked as left out of the entry never count.
    """
    counted = [c.amount if c.currency == currency and c.included is not False else ZERO for c in charges]
    readings = [sum(counted[:own], ZERO), sum(counted[own:], ZERO)]
    if all(charge.currency == currency and charge.included is not False for charge in charges):
        readings += [total for total in totals if total is not None]
    return tuple(dict.fromkeys(reading for reading in readings if reading))


def _all_against(amount, details):
    """Whether every detail points the other way than the entry."""
    return all(detail.amount <= 0 for detail in details) if amount > 0 else all(detail.amount >= 0 for detail in details)


def _disagreement(amount, currency, total, explained):
    charged = "".join(f", with charges of {reading} {currency} {total + reading} {currency}" for reading in explained)
    return (
        f"the details add up to {total} {currency}{charged}, but the entry is {amount} {currency}: "
        f"difference {amount - total} {currency}."
    )


def summary_gap(summary, totals):
    """None if the totals that the file states (`camt_balances.Summary`) are those of its entries, else the
    sentence.

    Whether stated totals include pending entries differs from bank to bank; where there are some, only the
    number of all entries is checked.
    """
    pending, zero = totals.provisional_count, totals.zero_count
    checks = [("number of entries", summary.count, {totals.count, totals.count + pending})]
    if not pending:
        credit, debit, net = totals.credit, -totals.debit, totals.net
        checks += [
            (
                "number of credit entries",
                summary.credit_count,
                range(totals.credit_count, totals.credit_count + zero + 1),
            ),
            (
                "number of debit entries",
                summary.debit_count,
                range(totals.debit_count, totals.debit_count + zero + 1),
            ),
            ("sum of credit entries", summary.credit, {credit}),
            ("sum of debit entries", summary.debit, {debit}),
            ("net sum of entries", summary.net, {net}),
            # Some banks state the sum of all amounts, others their balance.
            ("sum of entries", summary.total, {credit + debit, abs(net)}),
        ]
    for what, stated, found in checks:
        if stated is not None and stated not in found:
            return f"the file states {stated} as the {what} (TxsSummry), but its entries make {max(found)}."
    return None
