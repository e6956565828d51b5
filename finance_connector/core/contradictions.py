"""Which facts of one payment cannot all be true as they stand, and whether a message still to come may
explain them.

A contradiction never removes a fact: the amounts stay as counted, and the caller opens an exception with
code, text and amount. ``definite`` ones need a person; the others may go away when an earlier message arrives
late.
"""

from typing import NamedTuple

from .money import Money


class Contradiction(NamedTuple):
    """``code`` names the rule, ``text`` tells a user what happened, ``amount`` what is at stake (Money, or
    None if two currencies are involved); ``definite``: no message still to come can explain it."""

    code: str
    text: str
    definite: bool
    amount: Money | None


# code -> (definite, text). {amount} is the amount at stake.
TEXTS = {
    "conflicting_amounts": (
        True,
        "The same fact was told with two amounts: {detail}. The largest is counted; compare it with the provider.",
    ),
    "mixed_currencies": (
        True,
        "{detail} is not in the currency of the payment ({currency}) and is left out of its amounts; "
        "check the movements of this payment with the provider.",
    ),
    "negative_amount": (
        True,
        "{detail} is negative, which this kind cannot be; check the message that told it.",
    ),
    "capture_after_void": (
        True,
        "{amount} was captured after the authorisation was voided; ask the provider.",
    ),
    "capture_after_expire": (
        True,
        "{amount} was captured after the authorisation expired; ask the provider.",
    ),
    "capture_above_authorization": (
        False,
        "{amount} more is captured than was authorised ({detail}); a raised authorisation may not have been told yet.",
    ),
    "capture_fail_without_capture": (
        False,
        "{amount} of failed captures exceeds what is known to be captured; the capture may not have been told yet.",
    ),
    "refund_without_capture": (
        False,
        "{amount} was refunded, but no capture is known; it may not have been told yet.",
    ),
    "refund_above_capture": (
        False,
        "{amount} more is refunded than is captured ({detail}); a capture may be missing, or the refund was paid twice.",
    ),
    "refund_fail_without_refund": (
        False,
        "{amount} of failed refunds exceeds the refunds they belong to; the refund may not have been told yet.",
    ),
    "refund_and_dispute_above_capture": (
        False,
        "Refunds and disputes together took {amount} more than is captured ({detail}); "
        "ask the provider to return the refund or the disputed amount.",
    ),
    "dispute_without_capture": (
        False,
        "{amount} is disputed, but no capture is known; it may not have been told yet.",
    ),
    "dispute_won_without_open": (
        False,
        "{amount} more came back from disputes than they took; their opening may not have been told yet.",
    ),
    "dispute_lost_without_open": (
        False,
        "{amount} more was lost in disputes than they took; their opening may not have been told yet.",
    ),
    "dispute_won_and_lost": (
        False,
        "A dispute is both won and lost, and its verdicts exceed what it took by {amount}; "
        "a second withdrawal may not have been told yet, or the loss must be taken back by hand.",
    ),
}


def find(tally, conflicts):
    """The contradictions in a `lifecycle.Tally`, with the ``conflicts`` of `facts.distinct`: sorted by code
    and text."""
    found = []
    for (kind, external_id), amounts in conflicts.items():
        _conflicting(found, tally, kind, external_id, sorted(amounts))
    for (code, kind), minor in tally.foreign.items():
        _add(found, tally, "mixed_currencies", None, f"{kind} of {Money(minor, code)}", Money(minor, code))
    for kind, external_id, minor, code in tally.negative:
        amount = Money(minor, code)
        _add(found, tally, "negative_amount", None, f"The amount {amount} of {kind} {external_id}", amount)
    if tally.captures and tally.endings:
        _captures_after_end(found, tally)
    _captures(found, tally)
    if tally.totals.keys() & _RETURNING:
        _refunds(found, tally)
        _disputes(found, tally)
    if len(found) > 1:
        found.sort(key=lambda one: (one.code, one.text))
    return tuple(found)


_RETURNING = {"refund", "refund_fail", "dispute_open", "dispute_won", "dispute_lost"}


def _add(found, tally, code, minor, detail="", amount=None):
    """Append contradiction ``code`` about ``minor`` units of the payment's currency, or about ``amount``."""
    definite, text = TEXTS[code]
    if minor is not None:
        amount = Money(minor, tally.currency)
    found.append(Contradiction(code, text.format(amount=amount, detail=detail, currency=tally.currency), definite, amount))


def _conflicting(found, tally, kind, external_id, amounts):
    currencies = {currency for _minor, currency in amounts}
    told = " and ".join(str(Money(minor, currency)) for minor, currency in amounts)
    spread = Money(amounts[-1][0] - amounts[0][0], amounts[0][1]) if len(currencies) == 1 else None
    _add(found, tally, "conflicting_amounts", None, f"{kind} {external_id} as {told}", spread)


def _captures_after_end(found, tally):
    """Captures later than the void or expiry of every authorisation that they could have used."""
    late = {"void": 0, "expire": 0}
    for at, group, minor in tally.captures:
        usable = tally.authorizations
        if group in usable:
            usable = {group: usable[group]}
        ends = [
            end for end in tally.endings if end[0] < at and end[1] in late and (not end[2] or end[2] == group or end[2] in usable)
        ]
        if ends and all(
            any(end_at >= newest[0] and (not ended or ended == authorized) for end_at, _kind, ended in ends)
            for authorized, newest in usable.items()
        ):
            late[max(ends)[1]] += minor
    for kind, minor in late.items():
        if minor:
            _add(found, tally, f"capture_after_{kind}", minor)


def _captures(found, tally):
    totals = tally.totals
    if tally.authorizations and tally.captured > tally.authorized:
        detail = f"{Money(tally.captured, tally.currency)} of {Money(tally.authorized, tally.currency)}"
        _add(found, tally, "capture_above_authorization", tally.captured - tally.authorized, detail)
    if (failed := totals.get("capture_fail", 0)) > (captured := totals.get("capture", 0)):
        _add(found, tally, "capture_fail_without_capture", failed - captured)


def _refunds(found, tally):
    refunded, captured, disputed = tally.refunded, tally.captured, tally.disputed
    known = tally.totals.get("capture", 0) > 0
    detail = f"{Money(refunded + disputed, tally.currency)} of {Money(captured, tally.currency)}"
    if refunded and not known:
        _add(found, tally, "refund_without_capture", refunded)
    elif refunded > captured:
        _add(found, tally, "refund_above_capture", refunded - captured, detail)
    elif known and refunded and disputed and refunded + disputed > captured:
        _add(found, tally, "refund_and_dispute_above_capture", refunded + disputed - captured, detail)
    sums = tally.sums
    excess = sum(
        max(0, minor - max(0, sums.get(("refund", group), 0))) for (kind, group), minor in sums.items() if kind == "refund_fail"
    )
    if excess:
        _add(found, tally, "refund_fail_without_refund", excess)


def _disputes(found, tally):
    excess = {"dispute_won_without_open": 0, "dispute_lost_without_open": 0, "dispute_won_and_lost": 0}
    sums = tally.sums
    for group in {group for kind, group in sums if kind in ("dispute_open", "dispute_won", "dispute_lost")}:
        opened = sums.get(("dispute_open", group), 0)
        won, lost = sums.get(("dispute_won", group), 0), sums.get(("dispute_lost", group), 0)
        if won > opened:
            excess["dispute_won_without_open"] += won - opened
        if lost > opened:
            excess["dispute_lost_without_open"] += lost - opened
        if won <= opened >= lost and won + lost > opened:
            excess["dispute_won_and_lost"] += won + lost - opened
    for code, minor in excess.items():
        if minor:
            _add(found, tally, code, minor)
    if tally.disputed and tally.totals.get("capture", 0) <= 0:
        _add(found, tally, "dispute_without_capture", tally.disputed)
