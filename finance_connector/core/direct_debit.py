"""The rules of direct debits: which collection of a mandate it is, what changed since the last one, until when a mandate may be
used, and until when money may be taken back.

Sources: EPC rulebooks SDD Core and B2B (section 4: mandate, sequence, R-transactions), Directive 2015/2366 articles 76, 77 and
71 (eight weeks, thirteen months); Bacs service user guide (dormancy, Direct Debit Guarantee).
"""

from datetime import timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from .payment_calendar import TARGET

CORE, B2B, BACS, GOCARDLESS = "sepa_core", "sepa_b2b", "bacs", "gocardless"
# scheme -> what the file calls it; only these are collected by a file.
INSTRUMENTS = {CORE: "CORE", B2B: "B2B", BACS: "BACS"}
FIRST, RECURRENT, ONCE, FINAL = "FRST", "RCUR", "OOFF", "FNAL"
# Months without a collection after which a mandate must not be used any more.
DORMANT_MONTHS = {CORE: 36, B2B: 36, BACS: 13}

# Business days in which the bank of the debtor may return a collection without a claim of the debtor.
RETURN_DAYS = {CORE: 5, B2B: 3}
REFUND_WEEKS, REFUND_SETTLEMENT_DAYS = 8, 2
UNAUTHORISED_MONTHS, UNAUTHORISED_INQUIRY, UNAUTHORISED_SETTLEMENT_DAYS = 13, timedelta(days=30), 4
# What happened, as `taken_back` says it.
RETURNED, REFUNDED, UNAUTHORISED, LATE = "returned", "refunded", "unauthorised", "late"
_UNAUTHORISED_REASON = "MD01"


class Told(NamedTuple):
    """What a collection told of its mandate: the values that a later one has to be compared with."""

    reference: str
    creditor_id: str
    creditor_name: str
    account: str
    bic: str = ""


def sequence(is_once, is_last, was_used):
    """FRST, RCUR, OOFF or FNAL. ``was_used``: whether a collection of the mandate went through, also if its money came back
    later; one that was rejected before it was booked used nothing up."""
    if is_once:
        return ONCE
    if is_last:
        return FINAL
    return RECURRENT if was_used else FIRST


def amendments(before, now):
    """What of `Told` changed, as the fields ``original_*`` and ``new_bank`` of `payments.records.Mandate`; empty if nothing did.

    Whether the account is at the same bank is known from the BICs alone; where one is missing it counts as another bank, which
    the rulebook allows for every change of the account.
    """
    changed = {}
    for name in ("reference", "creditor_id", "creditor_name"):
        old, new = getattr(before, name), getattr(now, name)
        if old and old != new:
            changed["original_mandate_id" if name == "reference" else f"original_{name}"] = old
    if before.account and before.account != now.account:
        if before.bic and before.bic[:8] == now.bic[:8]:
            changed["original_iban"] = before.account
        else:
            changed["new_bank"] = True
    return changed


def expires_on(scheme, signed_on, last_collected_on=None):
    """The first day on which the mandate must not be used any more; None where the scheme has no such day, or nothing is
    signed."""
    since = max(filter(None, (signed_on, last_collected_on)), default=None)
    if scheme not in DORMANT_MONTHS or since is None:
        return None
    return since + relativedelta(months=DORMANT_MONTHS[scheme])


def terms(scheme, collected_on):
    """(last day of a refund without reasons, last day of one of an unauthorised collection); None where there is none."""
    if scheme != CORE:
        return None, None
    refund = TARGET.add(collected_on + timedelta(weeks=REFUND_WEEKS), REFUND_SETTLEMENT_DAYS)
    inquiry = collected_on + relativedelta(months=UNAUTHORISED_MONTHS) + UNAUTHORISED_INQUIRY
    return refund, TARGET.add(inquiry, UNAUTHORISED_SETTLEMENT_DAYS)


def taken_back(scheme, collected_on, returned_on, reasons=()):
    """By which right a collection of ``collected_on`` came back on ``returned_on``: RETURNED, REFUNDED, UNAUTHORISED, or LATE,
    which our bank can contest.

    The guarantee of Bacs, and providers, know no end.
    """
    if scheme not in RETURN_DAYS:
        return RETURNED
    if returned_on <= TARGET.add(collected_on, RETURN_DAYS[scheme]):
        return RETURNED
    refund, unauthorised = terms(scheme, collected_on)
    is_unauthorised = _UNAUTHORISED_REASON in reasons
    if refund and returned_on <= refund:
        return UNAUTHORISED if is_unauthorised else REFUNDED
    if is_unauthorised and unauthorised and returned_on <= unauthorised:
        return UNAUTHORISED
    return LATE
