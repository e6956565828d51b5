"""A payout and its lines, from the payout and the pages of its items."""

from ...core.errors import PayloadError
from ...core.records import Parsed, SettlementInfo
from ..facts import Facts
from ..reading import described, iso_instant, known, load, mapping, objects, own_id, text
from . import lives

# status -> status of the settlement
PAYOUTS = {"pending": "in_transit", "paid": "paid", "bounced": "failed"}


def status_of(resource):
    """The status of the settlement. Raises UnknownStatus."""
    return PAYOUTS[known(text(resource, "status"), PAYOUTS, "GoCardless", "payout status", resource)]


def info(resource, amount, status, complete):
    """`SettlementInfo` of a payout object; its reference is what the bank statement shows."""
    arrival = resource.get("arrival_date")
    return SettlementInfo(
        own_id(resource),
        amount,
        iso_instant(resource, "created_at"),
        status,
        iso_instant(resource, "arrival_date").date() if arrival else None,
        automatic=True,
        method=text(resource, "payout_type") or "",
        trace=text(resource, "reference"),
        complete=complete,
        itemizable=True,
    )


def parse(content, external_id, read_items):
    """`core.records.Parsed` of what `client.fetch_settlement` returned.

    ``read_items``: (facts, payout, amount, items) -> lines. Without items (they are gone) only the payout is told.
    """
    documents = [load(line, "GoCardless") for line in content.split(b"\n") if line.strip()]
    resource = mapping(documents[0], "payouts") if documents else {}
    if not resource or own_id(resource) != external_id:
        raise PayloadError(f"The answer does not begin with payout {external_id}; fetch it again.")
    amount, status = lives.amount_of(resource), status_of(resource)
    facts = Facts(iso_instant(resource, "created_at"), settlement_key=external_id)
    facts.add("payout", external_id, amount, external_id)
    if len(documents) == 1:
        return facts.parsed(settlements=[info(resource, amount, status, complete=False)])
    if mapping(mapping(documents[-1], "meta"), "cursors").get("after"):
        raise PayloadError(f"The list of the items of {described(resource)} is not complete; fetch it again.")
    found = [item for page in documents[1:] for item in objects(page, "payout_items")]
    lines = read_items(facts, resource, amount, found)
    return Parsed(tuple(facts.movements), (), (info(resource, amount, status, complete=True),), tuple(lines))
