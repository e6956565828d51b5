"""Every event type is read or ignored by name; nothing is passed over in silence."""

import re
from pathlib import Path

import pytest

from fc.core.records import KINDS, Request
from fc.providers.stripe.events import IGNORED_FAMILIES, READERS
from simulator import stripe_objects as stripe

from .told import STRIPE, T0, read

MAPPED = """
charge.succeeded charge.pending charge.failed charge.captured charge.updated charge.expired
charge.refunded charge.refund.updated charge.dispute.created charge.dispute.updated
charge.dispute.closed charge.dispute.funds_withdrawn charge.dispute.funds_reinstated
payment_intent.created payment_intent.processing payment_intent.requires_action
payment_intent.succeeded payment_intent.partially_funded payment_intent.amount_capturable_updated
payment_intent.payment_failed payment_intent.canceled checkout.session.completed
checkout.session.expired checkout.session.async_payment_succeeded
checkout.session.async_payment_failed refund.created refund.updated refund.failed payout.created
payout.updated payout.paid payout.failed payout.canceled payout.reconciliation_completed
transfer.created transfer.updated transfer.reversed review.opened review.closed
radar.early_fraud_warning.created radar.early_fraud_warning.updated
""".split()


def test_the_mapped_types():
    assert sorted(READERS) == sorted(MAPPED)


def test_every_type_of_the_official_library_is_mapped_or_ignored_by_family():
    library = pytest.importorskip("stripe", reason="the library stripe is not installed: nothing to compare with")
    source = (Path(library.__file__).parent / "_event.py").read_text()
    types = set(re.findall(r'"([a-z0-9_]+(?:\.[a-z0-9_]+)+)"', source))
    assert len(types) > 200
    unknown = {name for name in types if name not in READERS and name.partition(".")[0] not in IGNORED_FAMILIES}
    assert not unknown
    assert not {name for name in READERS if name.partition(".")[0] in IGNORED_FAMILIES}


@pytest.mark.parametrize(
    "event_type",
    ["topup.succeeded", "application_fee.created", "balance.available", "invoice.paid",
     "customer.created", "mandate.updated", "reporting.report_run.succeeded", "reserve.hold.created"],
)  # fmt: skip
def test_known_types_without_money_are_ignored_by_name(event_type):
    parsed = read(event_type, {"object": "thing", "amount": "nonsense"})
    assert parsed.ignored == f"{event_type} carries no money event that is mapped"
    assert not (parsed.movements or parsed.payments or parsed.settlements or parsed.lines)


def test_types_never_seen_are_ignored_by_name():
    assert "charge.teleported is not an event type" in read("charge.teleported", stripe.charge("ch_1", 1)).ignored


def test_thin_events_are_ignored_by_name():
    event = stripe.thin_event("v2.core.account.updated", "2026-03-01T10:00:00.000Z", "evt_1", livemode=True)
    parsed = STRIPE.parse(Request(stripe.encode(event)))
    assert "v2.core.account.updated is a thin event" in parsed.ignored
    assert parsed.live is True


def test_the_account_of_connect_events_is_told():
    assert read("payout.paid", stripe.payout("po_1", 1, status="paid")).account is None
    assert read("payout.paid", stripe.payout("po_1", 1, status="paid"), account="acct_9").account == "acct_9"
    assert read("invoice.paid", {}, account="acct_9").account == "acct_9"
    assert read("payout.paid", stripe.payout("po_1", 1), livemode=True).live is True


def test_only_canonical_kinds_are_told():
    from fc.providers.stripe import categories

    told = {kind for kinds in categories.CATEGORIES.values() for kind in kinds}
    assert told - {categories.UNKNOWN} <= set(KINDS)


def test_two_events_about_one_change_are_one_fact():
    one = read("charge.succeeded", stripe.charge("ch_1", 100), event_id="evt_1")
    two = read("charge.succeeded", stripe.charge("ch_1", 100), at=T0 + 1, event_id="evt_2")
    assert [(f.kind, f.external_id, f.amount) for f in one.movements] == [
        (f.kind, f.external_id, f.amount) for f in two.movements
    ]
