"""What is particular to Mollie: calls without a signature, two signatures, settlements with VAT and the rolling reserve."""

import json

import pytest

from fc.core.balances import balance_totals
from fc.core.errors import PayloadError
from fc.core.money import Money
from fc.core.records import Fetch, Request, Verdict

from .kits import mollie
from .told import amounts

ADAPTER = mollie.ADAPTER
HINT = Request(b"id=tr_1aaaa", (("Content-Type", "application/x-www-form-urlencoded"),))


def test_an_unsigned_call_needs_an_endpoint_that_was_opened_for_it():
    assert ADAPTER.verify(HINT, [mollie.SECRET], 0) == Verdict(False, "missing")
    assert ADAPTER.verify(HINT, [], 0) == Verdict(False, "no_secret")
    assert ADAPTER.verify(HINT, [mollie.SECRET, "classic:word"], 0) == Verdict(True, "hint", 1)
    for body in (b"id=tr_1aaaa&amount=5", b'{"id":"tr_1aaaa"}', b"id=../../x", b"id="):
        assert not ADAPTER.verify(Request(body), ["classic:word"], 0).ok
    # The word that opens the endpoint is no key that anyone could sign with.
    assert not ADAPTER.verify(mollie.call(mollie.BODIES["event"], "classic:word"), ["classic:word"], 0).ok


def test_a_hint_is_repeatable_and_says_nothing_by_itself():
    assert ADAPTER.envelope(HINT).repeatable
    parsed = ADAPTER.parse(HINT)
    assert parsed.fetches == (Fetch("payment", "tr_1aaaa"),)
    assert not (parsed.movements or parsed.payments)
    assert "names nothing" in ADAPTER.parse(Request(b"id=ord_12345")).ignored


def test_one_of_two_signatures_is_enough_while_a_secret_is_replaced():
    body = mollie.BODIES["event"]
    headers = [("X-Mollie-Signature", "sha256=" + mollie.digest(body, key)) for key in ("new", mollie.SECRET)]
    assert ADAPTER.verify(Request(body, tuple(headers)), [mollie.SECRET], 0).ok
    joined = ", ".join(value for _name, value in headers)
    assert ADAPTER.verify(Request(body, (("X-Mollie-Signature", joined),)), ["new"], 0).ok
    # A signature that is there is never passed over, whatever the endpoint was opened for.
    forged = Request(HINT.body, (("X-Mollie-Signature", "sha256=" + "0" * 64),))
    assert not ADAPTER.verify(forged, ["classic:word", mollie.SECRET], 0).ok


def test_a_settlement_ties_and_tells_vat_and_reserve():
    parsed = ADAPTER.parse_settlement(ADAPTER.fetch_settlement(mollie.api, "stl_1aaaa"), "stl_1aaaa")
    (info,) = parsed.settlements
    assert (info.amount, info.trace, info.status, info.complete) == (Money(4017 - 3000, "EUR"), "07049691.2406.01", "paid", True)
    assert sum(line.net.minor for line in parsed.lines) == info.amount.minor
    assert sum(line.tax.minor for line in parsed.lines) == 49
    kinds = sorted(line.kind for line in parsed.lines)
    costs = ["fee", "fee", "fee_refund", "reserve_hold", "reserve_release"]
    assert kinds == sorted([*costs, "capture", "capture", "dispute_open", "refund"])
    totals = balance_totals(parsed.movements)
    assert {key: minor for key, minor in totals.items() if minor} == {
        ("reserve", "EUR"): 300, ("disputes", "EUR"): 10000, ("in_transit", "EUR"): 1017,
    }  # fmt: skip
    told = amounts(parsed)
    assert told["fx", "tr_2aaaa"] == 4600
    assert sum(minor for (kind, _own), minor in told.items() if kind == "fee_tax") == 49


def test_a_settlement_that_does_not_tie_is_refused():
    content = ADAPTER.fetch_settlement(mollie.api, "stl_1aaaa")
    with pytest.raises(PayloadError, match="add up to"):
        ADAPTER.parse_settlement(content.replace(b'"46.00"', b'"46.01"'), "stl_1aaaa")
    lines = content.split(b"\n")
    with pytest.raises(PayloadError, match="add up to"):
        ADAPTER.parse_settlement(b"\n".join(lines[:-1]), "stl_1aaaa")
    with pytest.raises(PayloadError, match="listed twice"):
        ADAPTER.parse_settlement(b"\n".join([*lines, lines[1]]), "stl_1aaaa")


def test_the_settlement_and_the_messages_tell_one_fact():
    lines = amounts(ADAPTER.parse_settlement(ADAPTER.fetch_settlement(mollie.api, "stl_1aaaa"), "stl_1aaaa"))
    for body in (mollie.encode(mollie.DOLLAR), mollie.encode(mollie.chargeback()), mollie.encode(mollie.SETTLEMENT)):
        assert amounts(ADAPTER.parse(Request(body))).items() <= lines.items()


def test_the_next_page_is_only_looked_for_at_mollie():
    def elsewhere(method, path, params, headers=None):
        return mollie.listed("payments", [mollie.payment()], "https://api.mollie.com.evil.tld/v2/payments?from=tr_2")

    with pytest.raises(PayloadError, match="is none of"):
        list(ADAPTER.poll(elsewhere, None, mollie.NOW))


def test_a_poll_follows_pages_and_keeps_the_bytes():
    pages = list(ADAPTER.poll(mollie.api, None, mollie.NOW))
    bodies = [request.body for page in pages for request in page.requests]
    assert bodies[:2] == [mollie.encode(mollie.DOLLAR), mollie.encode(mollie.payment())]
    assert pages[-1].cursor == {"checked": mollie.NOW.isoformat()}
    assert all(ADAPTER.envelope(Request(body)).external_id for body in bodies)


def test_a_list_that_does_not_say_whether_it_goes_on_is_refused():
    def api(method, path, params, headers=None):
        return mollie.encode({"count": 0, "_embedded": {}, "_links": {"self": {"href": "x"}}})

    with pytest.raises(PayloadError, match="/v2/payments does not say whether it goes on"):
        list(ADAPTER.poll(api, None, mollie.NOW))


@pytest.mark.parametrize("status", ["queued", "pending", "canceled"])
def test_a_refund_that_has_not_left_takes_nothing(status):
    told = amounts(ADAPTER.parse(Request(mollie.encode(mollie.refund(status)))))
    assert told in ({}, {("refund_fail", "re_1aaaa"): 0})


def test_test_data_says_so():
    assert ADAPTER.parse(Request(mollie.encode(mollie.payment(mode="test")))).live is False


def test_of_a_part_that_was_captured_only_that_part_was_converted():
    part = mollie.payment(value="50.00", currency="USD", own="tr_3aaaa", authorizedAt=mollie.iso(5),
                          settlementAmount=mollie.amount("18.40"),
                          amountCaptured=mollie.amount("20.00", "USD"))  # fmt: skip
    totals = balance_totals(ADAPTER.parse(Request(mollie.encode(part))).movements)
    assert {key: minor for key, minor in totals.items() if minor} == {("clearing", "EUR"): 1840}


def test_a_reversed_chargeback_in_another_currency_leaves_nothing():
    back = mollie.chargeback(reversedAt=mollie.iso(60), settlementAmount=mollie.amount("-92.00"))
    back["amount"] = mollie.amount("100.00", "USD")
    assert not any(balance_totals(ADAPTER.parse(Request(mollie.encode(back))).movements).values())


def test_a_refund_that_came_back_is_listed_in_a_later_settlement():
    content = ADAPTER.fetch_settlement(mollie.api, "stl_1aaaa")
    documents = [json.loads(line) for line in content.split(b"\n")]
    listed = next(one["_embedded"]["refunds"][0] for one in documents[1:] if one.get("_embedded", {}).get("refunds"))
    listed |= {"status": "failed", "settlementAmount": mollie.amount("30.00")}
    documents[0]["amount"] = mollie.amount("70.17")
    parsed = ADAPTER.parse_settlement(b"\n".join(mollie.encode(one) for one in documents), "stl_1aaaa")
    (line,) = [line for line in parsed.lines if line.external_id == listed["id"]]
    assert (line.kind, line.net) == ("refund_fail", Money(3000, "EUR"))
