"""What the rows of a charge prove to be captured.

A partial capture is two rows: the whole charge, and a negative `partial_capture_reversal` made at the same
moment. The fact is their sum, in the currency the customer paid in, under the id that the webhooks give it.
Where the source tells the total captured of the charge (API), that is taken, since a charge captured in
several steps is spread over payouts.
"""

from .facts import Facts


def captures(rows):
    """``(movements, undecided)``: the `capture` facts of ``rows``, and the ids of the balance transactions of
    charges whose sum cannot be known, because their rows do not share the currency the customer paid in or
    name no charge."""
    by_charge, movements, undecided = {}, [], set()
    for row in rows:
        by_charge.setdefault(row.charge_id, []).append(row)
    for charge_id, members in by_charge.items():
        alone = len(members) == 1
        if charge_id is None or not alone and len({row.presented.currency for row in members}) > 1:
            undecided.update(row.transaction_id for row in members)
            continue
        total = members[0].captured if alone else next((row.captured for row in members if row.captured is not None), None)
        if total is None:
            total = members[0].presented
            for row in members[1:]:
                total += row.presented
        if total.minor > 0:
            movements += _fact(charge_id, total, members)
    return movements, undecided


def _fact(charge_id, total, members):
    first = members[0]
    payouts = {row.settlement_key for row in members}
    facts = Facts(
        first.created,
        first.transaction_key,
        first.settlement_key if len(payouts) == 1 else None,
        next((row.info.reference for row in members if row.info and row.info.reference), None),
    )
    facts.total("capture", charge_id, total)
    return facts.movements
