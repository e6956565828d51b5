"""Vendor-published examples of every object: they are read, or refused for a reason that is named."""

import json

import pytest

from fc.core.errors import FinanceError
from fc.core.records import Request
from fc.providers.stripe.events import READERS
from simulator import stripe_objects as stripe
from simulator.stripe_api import StripeApi

from .told import STRIPE, T0, amounts, corpus, read


@pytest.fixture(scope="module")
def resources():
    return json.loads(corpus("stripe/fixtures3.json").read_text())["resources"]


OBJECT_OF = {
    "charge.refund": "refund", "charge.dispute": "dispute", "checkout.session": "checkout.session",
    "radar.early_fraud_warning": "radar.early_fraud_warning",
}  # fmt: skip


@pytest.mark.parametrize("event_type", sorted(READERS))
def test_every_mapped_type_reads_the_vendors_object(resources, event_type):
    family = event_type.rpartition(".")[0]
    parsed = read(event_type, resources[OBJECT_OF.get(family, family)])
    assert parsed.movements or parsed.payments or parsed.settlements or parsed.ignored


def test_what_the_vendors_objects_say(resources):
    authorized = read("charge.succeeded", resources["charge"])
    assert list(amounts(authorized).values()) == [100]
    assert read("charge.dispute.created", resources["dispute"]).movements[0].kind == "dispute_update"
    (info,) = read("payout.updated", resources["payout"]).settlements
    assert (info.status, info.itemizable, info.amount.minor) == ("in_transit", True, 1100)


def test_the_vendors_balance_transaction(resources):
    item = {
        **resources["balance_transaction"],
        "source": {**resources["charge"], "amount_captured": 100, "captured": True},
    }
    content = STRIPE.fetch_settlement(StripeApi(lines={"po_1": [item]}).call, "po_1")
    parsed = STRIPE.parse_settlement(content, "po_1")
    assert [(line.kind, line.net.minor) for line in parsed.lines] == [("capture", 100)]


def test_every_other_object_is_ignored_or_refused_by_name(resources):
    for name, resource in resources.items():
        event = stripe.encode(stripe.event(f"{name}.updated", resource, T0, "evt_1"))
        try:
            assert STRIPE.envelope(Request(event)).lane_key
            STRIPE.parse(Request(event))
        except FinanceError as error:
            assert len(str(error)) > 20
