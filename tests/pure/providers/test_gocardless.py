"""What is particular to GoCardless: batches partly bad, lives told whole, tenths of a penny."""

import pytest

from fc.core.balances import balance_totals
from fc.core.errors import PayloadError, UnknownStatus
from fc.core.money import Money
from fc.core.records import Fetch, Request

from .kits import gocardless as kit
from .told import amounts

ADAPTER = kit.ADAPTER


def settled(items=None, **more):
    def api(method, path, params, headers=None):
        if path == "/payout_items" and items is not None:
            return kit.page("payout_items", items)
        return kit.encode({"payouts": kit.payout(**more)}) if path.startswith("/payouts/") else kit.api(method, path, params)

    return ADAPTER.parse_settlement(ADAPTER.fetch_settlement(api, "PO1"), "PO1")


def test_the_answer_is_gocardless_own():
    assert ADAPTER.acknowledge()[0] == 204


def test_a_batch_with_a_copy_a_new_one_and_a_bad_one():
    new, copy = kit.event("payments", "confirmed", "PM1", 2), kit.event("mandates", "active", "MD1", 1)
    body = kit.encode({"events": [copy, 7, {"id": "EVbad"}, new]})
    whole, first, number, bad, last = ADAPTER.messages(Request(body))
    assert whole.body == body
    assert "4 events" in ADAPTER.parse(Request(whole.body)).ignored
    assert first.envelope.external_id == ADAPTER.messages(Request(kit.batch(copy)))[1].envelope.external_id == copy["id"]
    assert (last.envelope.event_type, last.envelope.lane_key, last.body) == ("payments.confirmed", "PM1", kit.encode(new))
    for message in (number, bad):
        assert message.envelope.event_type == "unreadable"
        with pytest.raises(PayloadError):
            ADAPTER.parse(Request(message.body))
    assert number.envelope.external_id != bad.envelope.external_id


def test_mandates_are_facts_without_money():
    told = [ADAPTER.parse(Request(kit.encode(kit.event("mandates", name, "MD1")))) for name in ("created", "active", "cancelled")]
    kinds = [(fact.kind, fact.group, fact.amount.minor) for parsed in told for fact in parsed.movements]
    assert kinds == [("mandate_create", "MD1", 0), ("mandate_activate", "MD1", 0), ("mandate_end", "MD1", 0)]


def test_every_event_of_a_payment_tells_its_whole_life():
    one = ADAPTER.parse_fetched(Fetch("payment", "PMfail"), ADAPTER.fetch(kit.api, Fetch("payment", "PMfail")))
    assert amounts(one) == {("fail", "PMfail"): 10000, ("capture", "PMfail"): 10000}
    late = ADAPTER.parse_fetched(Fetch("payment", "PMlate"), ADAPTER.fetch(kit.api, Fetch("payment", "PMlate")))
    assert amounts(late) == {("capture", "PMlate"): 10000, ("capture_fail", "PMlate"): 10000}
    bounced = ADAPTER.parse_fetched(Fetch("payout", "PObounced"), ADAPTER.fetch(kit.api, Fetch("payout", "PObounced")))
    assert (bounced.settlements[0].status, bounced.settlements[0].trace) == ("failed", "SHOP-ABC123")
    with pytest.raises(PayloadError, match="asked for PM1 and answered with PMlate"):
        ADAPTER.parse_fetched(Fetch("payment", "PM1"), ADAPTER.fetch(kit.api, Fetch("payment", "PMlate")))


def test_fees_in_tenths_of_a_penny_are_added_before_anything_is_rounded():
    parsed = settled()
    fee = parsed.lines[-1]
    assert (fee.kind, fee.net, fee.fee, fee.tax) == ("fee", Money(-111, "GBP"), Money(96, "GBP"), Money(15, "GBP"))
    assert sum(line.net.minor for line in parsed.lines) == parsed.settlements[0].amount.minor == 6489
    totals = balance_totals(parsed.movements)
    assert {key: minor for key, minor in totals.items() if minor} == {("disputes", "GBP"): 6000, ("in_transit", "GBP"): 6489}
    # 99.5 is told as 99 or as 100; both are GoCardless' rounding, more is not.
    half = [kit.item("payment_paid_out", "200.0", "PM1"), kit.item("gocardless_fee", "-100.5", "PM1")]
    assert [settled(half, amount=paid).lines[-1].net.minor for paid in (99, 100)] == [-101, -100]
    with pytest.raises(PayloadError, match=r"add up to 99\.5"):
        settled(half, amount=101)


def test_fees_may_be_given_back():
    parsed = settled([kit.item("payment_paid_out", "200.0", "PM1"), kit.item("gocardless_fee", "10.0", "PM1")], amount=210)
    assert (parsed.lines[-1].kind, amounts(parsed)["fee_refund", "PO1/fees"]) == ("fee_refund", 10)


def test_what_cannot_be_identified_or_is_unknown():
    parsed = settled([kit.item("payment_refunded", "-50.0", "PM1")], amount=-50)
    assert [line.kind for line in parsed.lines] == ["unknown"]
    with pytest.raises(UnknownStatus, match="teleported"):
        settled([kit.item("teleported", "1.0")], amount=1)
    with pytest.raises(PayloadError, match="finer"):
        settled([kit.item("refund", "-1.5", "PM1", "RF1")], amount=-1)


def test_the_items_of_an_old_payout_are_gone_but_the_payout_is_told():
    parsed = ADAPTER.parse_settlement(ADAPTER.fetch_settlement(kit.api, "POold"), "POold")
    assert not parsed.lines
    assert not parsed.settlements[0].complete


def test_items_and_lives_tell_one_fact():
    lines = amounts(settled())
    for kind, key in (("payment", "PM1"), ("refund", "RF1")):
        life = amounts(ADAPTER.parse_fetched(Fetch(kind, key), ADAPTER.fetch(kit.api, Fetch(kind, key))))
        assert life.items() <= lines.items()


def test_a_poll_hands_on_the_oldest_first_and_notices_what_is_gone():
    (page,) = ADAPTER.poll(kit.api, None, kit.NOW)
    assert len(page.requests) == sum(len(told) for _resource, told in kit.LIVES.values())
    times = [ADAPTER.envelope(request).occurred_at for request in page.requests]
    assert times == sorted(times)
    (late, *_) = ADAPTER.poll(kit.api, {"checked": "2020-01-01T00:00:00+00:00"}, kit.NOW)
    assert late.gap[0].year == 2020


def test_a_list_that_does_not_say_whether_it_goes_on_is_refused():
    def api(method, path, params, headers=None):
        return kit.encode({"events": [], "meta": {}})

    with pytest.raises(PayloadError, match="/events does not say whether it goes on"):
        list(ADAPTER.poll(api, None, kit.NOW))


def test_the_official_library_agrees():
    webhooks = pytest.importorskip("gocardless_pro.webhooks", reason="gocardless-pro is not installed: nothing to compare with")
    body = kit.BODIES["several"]
    assert [one.id for one in webhooks.parse(body, kit.SECRET, kit.digest(body))] == [
        message.envelope.external_id for message in ADAPTER.messages(Request(body))[1:]
    ]


def test_a_payment_that_was_tried_twice_is_one_capture_by_its_events_and_by_its_payout():
    events = ADAPTER.parse_fetched(Fetch("payment", "PMfail"), ADAPTER.fetch(kit.api, Fetch("payment", "PMfail")))
    payout = {"id": "PO9", "amount": 10000, "currency": "EUR", "created_at": kit.iso(), "status": "paid", "reference": "X"}
    item = {"type": "payment_paid_out", "amount": "10000.0", "links": {"payment": "PMfail"}}
    pages = [{"payouts": payout}, {"payout_items": [item], "meta": {"cursors": {"after": None}}}]
    lines = ADAPTER.parse_settlement(b"\n".join(kit.encode(page) for page in pages), "PO9")
    assert amounts(lines)["capture", "PMfail"] == amounts(events)["capture", "PMfail"] == 10000


def test_what_a_payout_lists_twice_is_two_lines():
    payout = {"id": "PO9", "amount": 10000, "currency": "EUR", "created_at": kit.iso(), "status": "paid", "reference": "X"}
    kinds = ("payment_paid_out", "payment_charged_back", "payment_paid_out")
    items = [{"type": kind, "amount": "-10000.0" if "charged" in kind else "10000.0", "links": {"payment": "PM1"}}
             for kind in kinds]  # fmt: skip
    pages = [{"payouts": payout}, {"payout_items": items, "meta": {"cursors": {"after": None}}}]
    lines = ADAPTER.parse_settlement(b"\n".join(kit.encode(page) for page in pages), "PO9").lines
    assert len({line.external_id for line in lines}) == 3
