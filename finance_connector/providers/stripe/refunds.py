"""What refunds say: money that went back, and refunds that failed.

`refund` and `refund_fail` are both ``<refund>``. Stripe's `balance_transaction` is "the impact on your
account balance": null means that no money has left, absent (older API versions) means that nothing is said
about it.

* pending or succeeded: `refund`, unless no money leaves the balance: the release of a charge that was never
  captured (`reason` expired_uncaptured_charge, or a card reversal without balance transaction), or a refund
  that is still waiting (`pending` without balance transaction: too little balance, charge pending).
* failed: `refund` and `refund_fail` of the same amount, so that the sum is nothing whichever event was heard
  before.
* canceled: Stripe cancels refunds that wait for the customer (`requires_action`), so nothing had left:
  `refund_fail` of zero; with a balance transaction it is treated like a failed one.
"""

from ...core.money import Money
from .amounts import money
from .facts import Facts, payment_key
from .payload import identifier, made_at, mapping, objects, own_id, text
from .payments import captured_so_far, known

REFUND_STATUSES = frozenset(("pending", "requires_action", "succeeded", "failed", "canceled"))
NOT_CAPTURED = "expired_uncaptured_charge"


def refund(event):
    """`refund.*` and `charge.refund.updated` events."""
    facts = Facts(event.created, payment_key(event.resource))
    refund_facts(facts, event.resource)
    status = event.resource["status"]
    return facts.parsed(ignored=f"{event.type}: the refund is {status} and no money has left the balance")


def refunded_charge(event):
    """`charge.refunded`. Since API 2022-11-15 it carries a total only; a total has no id by which it could be
    known again in a report, and every refund has events of its own, so the total is not booked."""
    resource = event.resource
    facts = Facts(event.created, identifier(resource, "payment_intent") or own_id(resource))
    if captured_so_far(resource):
        for item in objects(resource, "refunds"):
            refund_facts(facts, item)
    return facts.parsed(ignored="charge.refunded carries only a total; each refund is told by its refund.* events")


def refund_facts(facts, resource):
    """Add what a refund object says to ``facts``."""
    refund_id = own_id(resource)
    status = known(resource.get("status"), REFUND_STATUSES, "refund status", resource)
    amount = money(resource, "amount")
    reason = text(resource, "reason") or ""
    failure = text(resource, "failure_reason") or ""
    if status == "requires_action" or reason == NOT_CAPTURED:
        return
    if status == "canceled" and not _left(resource, by_default=False):
        facts.add("refund_fail", refund_id, Money.zero(amount.currency), refund_id, status=status, reason=failure)
        return
    if status in ("pending", "succeeded") and not _left(resource, by_default=_leaves(resource, status)):
        return
    facts.add("refund", refund_id, amount, refund_id, made_at(resource, facts.at), reason=reason)
    if status in ("failed", "canceled"):
        facts.add("refund_fail", refund_id, amount, refund_id, status=status, reason=failure)


def _left(resource, by_default):
    """Whether money has left the balance; ``by_default`` when Stripe says null."""
    if identifier(resource, "balance_transaction") or identifier(resource, "failure_balance_transaction"):
        return True
    return by_default or "balance_transaction" not in resource


def _leaves(resource, status):
    """Whether a refund whose balance transaction is null takes money all the same: one that is done, unless
    it is the reversal of an authorisation on a card."""
    details = mapping(mapping(resource, "destination_details"), "card")
    return status == "succeeded" and details.get("type") != "reversal"
