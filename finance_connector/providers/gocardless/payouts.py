"""A payout and its lines, from the payout and the pages of its items."""

from ...core.errors import PayloadError
from ...core.records import Parsed, SettlementInfo
from .. import documents
from ..facts import Facts
from ..reading import described, iso_instant, known, listed, mapping, own_id, text
from . import items, lives

# status -> status of the settlement
PAYOUTS = {"pending": "in_transit", "paid": "paid", "bounced": "failed"}


def status_of(resource):
    """The status of the settlement. Raises UnknownStatus."""
    return PAYOUTS[known(text(resource, "status"), PAYOUTS, "GoCardless", "payout status", resource)]


def info(resource, amount, status, complete):
    """`SettlementInfo` of a payout object; its reference is what the bank statement shows."""
    arrival = iso_instant(resource, "arrival_date").date() if resource.get("arrival_date") else None
    return SettlementInfo(
        own_id(resource), amount, iso_instant(resource, "created_at"), status, arrival, True,
        text(resource, "payout_type") or "", text(resource, "reference"), complete=complete, itemizable=True,
    )  # fmt: skip


def parse(content, external_id):
    """`core.records.Parsed` of what `client.fetch_settlement` returned; without items (they are gone) only of the payout."""
    resource, pages = documents.begun_by(content, "GoCardless", external_id, "payouts")
    amount, status = lives.amount_of(resource), status_of(resource)
    facts = Facts(iso_instant(resource, "created_at"), settlement_key=external_id)
    facts.add("payout", external_id, amount, external_id)
    if not pages:
        return facts.parsed(settlements=[info(resource, amount, status, complete=False)])
    if mapping(mapping(pages[-1], "meta"), "cursors").get("after"):
        raise PayloadError(f"The list of the items of {described(resource)} is not complete; fetch it again.")
    lines = items.lines(facts, resource, amount, [item for page in pages for item in listed(page, "payout_items")])
    return Parsed(tuple(facts.movements), (), (info(resource, amount, status, complete=True),), tuple(lines))
