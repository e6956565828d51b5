"""What is particular to Adyen: signed fields only, items of one call, the settlement details report."""

import json

import pytest

from fc.core.balances import balance_totals
from fc.core.errors import PayloadError, UnknownStatus
from fc.core.money import Money
from fc.core.records import Fetch, Request

from .kits import adyen
from .told import amounts

ADAPTER, KIT = adyen.ADAPTER, adyen.KIT


def verify(body):
    return ADAPTER.verify(Request(body), [adyen.SECRET], 0)


def test_one_forged_item_refuses_the_call():
    """The official helper looks at the first item only."""
    forged = adyen.sign(adyen.item("CAPTURE", "CAP2", 100, original="PSP2"))
    forged["amount"] = {"value": 900, "currency": "EUR"}
    assert verify(adyen.envelope(adyen.item("AUTHORISATION"), forged)).reason == "mismatch"
    unsigned = {**adyen.item("REFUND", "REF2", 1), "additionalData": {}}
    assert verify(adyen.envelope(adyen.item("AUTHORISATION"), unsigned)).reason == "missing"
    assert verify(adyen.envelope(adyen.item("AUTHORISATION"), adyen.item("CAPTURE", "CAP2", 100, original="PSP2"))).ok


def test_success_may_be_a_boolean_and_keys_that_are_no_hex_match_nothing():
    signed = adyen.sign(adyen.item("AUTHORISATION"))
    assert verify(adyen.envelope({**signed, "success": True})).ok
    assert ADAPTER.verify(Request(adyen.envelope(signed)), ["no hex", adyen.SECRET], 0).secret_index == 1


def test_fields_that_are_not_signed_decide_nothing():
    plain = adyen.sign(adyen.item("CAPTURE", "CAP1", 6000, original="PSP1"))
    twisted = {**plain, "reason": "refund it", "paymentMethod": "x", "operations": ["VOID"], "eventDate": adyen.iso(5)}
    twisted["additionalData"] = {**plain["additionalData"], "modification.action": "refund", "totalFraudScore": "99"}
    one, two = (ADAPTER.parse(Request(adyen.envelope(item))) for item in (plain, twisted))
    assert amounts(one) == amounts(two) == {("capture", "CAP1"): 6000}


def test_items_of_one_call_are_messages_of_their_own_and_copies_have_the_same_id():
    """One new, one that was here before, one that nobody can read: each goes its own way."""
    items = [adyen.item("CAPTURE", "CAP1", 100, original="PSP1"), adyen.item("TELEPORTATION", "T1"), adyen.item("AUTHORISATION")]
    whole, *parts = ADAPTER.messages(Request(adyen.envelope(*items, live="false")))
    assert whole.body == adyen.envelope(*items, live="false")
    assert "3 items" in ADAPTER.parse(Request(whole.body)).ignored
    again = ADAPTER.messages(Request(adyen.envelope(adyen.item("AUTHORISATION", at=60))))[0]
    assert parts[2].envelope.external_id == again.envelope.external_id == "AUTHORISATION/PSP1/true"
    assert ADAPTER.parse(Request(parts[0].body)).live is False
    with pytest.raises(UnknownStatus, match="TELEPORTATION"):
        ADAPTER.parse(Request(parts[1].body))
    for part, item in zip(parts, items, strict=True):
        assert json.dumps({"NotificationRequestItem": adyen.sign(item)}) in part.body.decode()
        assert verify(part.body).ok


@pytest.mark.parametrize(
    "url",
    [
        "https://ca-live.adyen.com.evil.tld/reports/download/settlement_detail_report_batch_7.csv",
        "http://ca-live.adyen.com/reports/download/settlement_detail_report_batch_7.csv",
        "https://user@ca-live.adyen.com/reports/download/settlement_detail_report_batch_7.csv",
        "https://ca-live.adyen.com:444/reports/download/settlement_detail_report_batch_7.csv",
        "https://ca-live.adyen.com/reports/download/../settlement_detail_report_batch_7.csv",
        "https://ca-live.adyen.com/reports/download/x/other.csv",
        "https://ca-live.adyen.com\\@evil.tld/reports/download/settlement_detail_report_batch_7.csv",
        "file:///etc/passwd",
        None,
    ],
)
def test_a_report_is_only_fetched_from_adyen_and_under_its_signed_name(url):
    body = adyen.body("REPORT_AVAILABLE", "settlement_detail_report_batch_7.csv", 0, reason=url)
    assert verify(body).ok
    with pytest.raises(PayloadError):
        ADAPTER.parse(Request(body))
    with pytest.raises(PayloadError):
        ADAPTER.fetch(refusing, Fetch("report", url))


def refusing(method, path, params, headers=None):
    """Adyen has no such file; whoever comes here asked a host of Adyen's."""
    assert path.startswith("https://ca-live.adyen.com/reports/download/")
    raise PayloadError("404")


def test_what_a_batch_proves():
    parsed = ADAPTER.parse_report(adyen.REPORT)
    told = amounts(parsed)
    seventh, sixth = sorted(parsed.settlements, key=lambda info: info.external_id, reverse=True)
    assert (seventh.external_id, seventh.amount, seventh.status) == ("ShopEU/7/EUR", Money(10764, "EUR"), "in_transit")
    assert (sixth.amount, sixth.status, sixth.trace) == (Money(0, "EUR"), "open", None)
    assert "batch 7" in seventh.trace
    expected = {
        ("capture", "CAP1"): 6000, ("fee", "Settled/CAP1"): 110, ("capture", "CAP2"): 10000, ("refund", "REF1"): 1000,
        ("refund_fail", "REF1"): 1000, ("dispute_open", "DIS1"): 4000, ("dispute_open", "DIS1/2"): 4000,
        ("dispute_won", "DIS1"): 4000, ("payout", "ShopEU/7/EUR"): 10764, ("payout_fail", "ShopEU/5/EUR"): 2000,
        ("fx", "Settled/CAP2"): 9200,
    }  # fmt: skip
    assert expected.items() <= told.items()
    assert sum(1 for kind, _key in told if kind == "adjustment") == 1
    # Nothing is left of what the two batches moved, but what the reserve keeps, and the payout that bounced.
    totals = balance_totals(parsed.movements)
    assert (totals["clearing", "EUR"], totals["clearing", "USD"], totals["reserve", "EUR"]) == (0, 0, 500)


def test_a_report_that_lacks_a_row_is_refused_whichever_it_is():
    for number in range(len(adyen.ROWS)):
        with pytest.raises(PayloadError, match="adds up to"):
            ADAPTER.parse_report(adyen.report([*adyen.ROWS[:number], *adyen.ROWS[number + 1 :]]))


def test_a_report_and_the_webhooks_tell_one_fact():
    report = amounts(ADAPTER.parse_report(adyen.REPORT))
    for body in (adyen.body("CAPTURE", "CAP1", 6000, original="PSP1"), adyen.body("CHARGEBACK", "DIS1", 4000, original="PSP4")):
        assert amounts(ADAPTER.parse(Request(body))).items() <= report.items()


def test_rows_that_nobody_knows_stay_as_unknown_lines():
    rows = [adyen.row("Teleported", "PSP1", "T1", "2.00", "2.00"), adyen.row("BankInstructionReturned", mod="TX1", net="-2.00")]
    parsed = ADAPTER.parse_report(adyen.report(rows))
    assert [line.kind for line in parsed.lines] == ["unknown", "unknown"]
    assert not parsed.movements


def test_a_time_zone_that_may_mean_several_is_refused():
    with pytest.raises(UnknownStatus, match="TimeZone 'CST'"):
        ADAPTER.parse_report(adyen.report([adyen.row("Fee", mod="x", net="-1.00", zone="CST")]))
    (line, _other) = ADAPTER.parse_report(
        adyen.report([adyen.row("Fee", mod="x", net="-1.00", zone="PST"), adyen.row("Balancetransfer", net="1.00")])
    ).lines
    assert {line.occurred_at.hour, _other.occurred_at.hour} == {18, 9}


def test_the_official_library_agrees():
    util = pytest.importorskip("Adyen.util", reason="the library Adyen is not installed: nothing to compare with")
    item = adyen.sign(adyen.item("CAPTURE", "CAP1", 6000, original="PSP1", merchantReference="a:b\\c"))
    assert util.is_valid_hmac_notification({"notificationItems": [{"NotificationRequestItem": item}]}, adyen.SECRET)


def test_a_report_tells_what_its_payments_pay():
    infos = ADAPTER.parse_report(adyen.REPORT).payments
    assert infos
    assert all(info.reference and info.provider_reference == info.transaction_key for info in infos)
