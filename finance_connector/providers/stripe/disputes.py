"""What disputes say: inquiries, money withdrawn and reinstated, verdicts, and the fee.

Every event carries the whole dispute, so the whole story so far is derived from whichever one arrives:

* Withdrawals and reinstatements are counted in the dispute's own list of balance transactions; where the list
  is behind, the status implies them (a dispute that is open, won or lost had its money withdrawn; a won one
  had it reinstated).
* The first withdrawal is `dispute_open` ``<dispute>``, the next one (an appeal against a win)
  ``<dispute>/2``, and so on; `dispute_won` and `dispute_lost` are numbered the same way. All are of group
  ``<dispute>``, and so is `dispute_fee`, which is known by its balance transaction.
* `dispute_lost` is said of the money that is gone and not reinstated. Lost without such money is a
  `dispute_update`.
* Inquiries (`warning_*`), prevented disputes and appeals are `dispute_update` ``<dispute>/<status>`` of zero.

The amount is always the dispute's, in the currency the customer paid in; the fee is in the currency of the
balance.
"""

from ...core.money import Money
from .amounts import money
from .facts import Facts, payment_key
from .fees import dispute_fees, split_fee
from .payload import instant, integer, made_at, objects, own_id, text
from .payments import known

# status -> (withdrawals it implies, whether the money is implied to be back, whether the status is news by
# itself)
DISPUTE_STATUSES = {
    "warning_needs_response": (0, False, True),
    "warning_under_review": (0, False, True),
    "warning_closed": (0, False, True),
    "needs_response": (1, False, False),
    "under_review": (1, False, False),
    "won": (1, True, False),
    "lost": (1, False, False),
    "prevented": (0, False, True),
    "appeal_needs_response": (1, False, True),
    "appeal_under_review": (1, False, True),
}
_WITHDRAWN, _REINSTATED = "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated"


def numbered(dispute_id, number):
    """The id of the ``number``-th withdrawal of a dispute, and of what belongs to it."""
    return dispute_id if number == 1 else f"{dispute_id}/{number}"


def dispute(event):
    """`charge.dispute.*` events."""
    resource = event.resource
    dispute_id = own_id(resource)
    status = known(resource.get("status"), DISPUTE_STATUSES, "dispute status", resource)
    facts = Facts(event.created, payment_key(resource))
    withdrawn, reinstated = _balance_transactions(resource)
    _fees(facts, dispute_id, withdrawn, reinstated)
    taken, back = _counts(event, status, len(withdrawn), len(reinstated))
    amount, reason = money(resource, "amount"), text(resource, "reason") or ""
    told_at_opening = event.type in ("charge.dispute.created", _WITHDRAWN)
    opened_at = event.created if told_at_opening else made_at(resource, event.created)
    for number in range(1, taken + 1):
        at = _instant(withdrawn, number) or opened_at
        facts.add("dispute_open", numbered(dispute_id, number), amount, dispute_id, at, reason=reason)
    for number in range(1, back + 1):
        facts.add("dispute_won", numbered(dispute_id, number), amount, dispute_id, _instant(reinstated, number))
    gone = status == "lost" and taken > back
    if gone:
        outstanding = Money(amount.minor * (taken - back), amount.currency)
        facts.add("dispute_lost", numbered(dispute_id, taken), outstanding, dispute_id, reason=reason)
    elif DISPUTE_STATUSES[status][2] or status == "lost":
        zero = Money.zero(amount.currency)
        facts.add("dispute_update", f"{dispute_id}/{status}", zero, dispute_id, status=status, reason=reason)
    return facts.parsed()


def _balance_transactions(resource):
    """(withdrawals, reinstatements) in the dispute's list, in the order in which they happened."""
    listed = sorted(objects(resource, "balance_transactions"), key=lambda item: (integer(item, "created"), own_id(item)))
    withdrawn = [item for item in listed if integer(item, "amount") < 0]
    return withdrawn, [item for item in listed if integer(item, "amount") > 0]


def _counts(event, status, withdrawn, reinstated):
    """How often the money was taken and given back, as far as this event proves it."""
    implied, implied_back, _news = DISPUTE_STATUSES[status]
    taken = max(withdrawn, implied, event.type in (_WITHDRAWN, _REINSTATED), reinstated)
    back = max(reinstated, event.type == _REINSTATED)
    return taken, taken if implied_back else back


def _instant(items, number):
    return instant(items[number - 1], "created") if number <= len(items) else None


def _fees(facts, dispute_id, withdrawn, reinstated):
    for kind, items in (("dispute_open", withdrawn), ("dispute_won", reinstated)):
        for item in items:
            dispute_fees(facts, kind, own_id(item), split_fee(item), instant(item, "created"), dispute_id)
