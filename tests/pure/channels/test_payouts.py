"""Payouts by Stripe, PayPal and Wise: what is called, that a lost answer never pays twice, and what each refusal means."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc.channels import get
from fc.channels.base import ABSENT, PRESENT, UNSURE, Parcel, Payout, Refused, Settings, Way
from fc.core.errors import ProviderUnavailable
from fc.core.money import Money
from fc.payments import payouts
from fc.payments.problems import PaymentFileError
from simulator.payout_apis import PayoutApi, PayPalPayouts, StripePayouts, WisePayouts

ACCOUNTS = {"stripe": "acct_1", "paypal": "ada@example.com", "wise": "DE89370400440532013000"}
APIS = {"stripe": StripePayouts, "paypal": PayPalPayouts, "wise": WisePayouts}
CODES = sorted(APIS)
LOSSES = (PayoutApi.BEFORE, PayoutApi.AFTER)


def payout(code="stripe", minor=12345, currency="EUR", **changes):
    return Payout("E2E1", Money(minor, currency), "Ada", ACCOUNTS[code], text="R-1")._replace(**changes)


def parcel_of(*told):
    return Parcel("KEY1", "MSG1", "pay.json", b"", tuple(one.end_to_end_id for one in told), told)


def opened(code, environment="test", key="sk_test_1"):
    api = APIS[code](ProviderUnavailable)
    return api, Way(Settings(environment=environment, profile="42"), {"api_key": key}, api)


def sent(code, way, parcel):
    """Stage and send, as the outbox does: what the adapter said, and the parcel as it was sent."""
    adapter = get(code)
    staged = adapter.stage(way, parcel)
    parcel = replace(parcel, reference=staged.reference if staged else parcel.reference)
    return adapter.send(way, parcel), parcel


@pytest.mark.parametrize("code", CODES)
def test_a_payment_leaves_once_and_is_taken(code):
    api, way = opened(code)
    told, parcel = sent(code, way, parcel_of(payout(code, text="E2E1")))
    assert api.paid == {"E2E1": 1}
    assert told.reference
    assert [one.kind for one in told.tellings] == ["receive" if code == "paypal" else "accept"]
    if "probe" in get(code).capabilities:
        assert get(code).probe(way, parcel).verdict == PRESENT
    assert get(code).look(way)


@pytest.mark.parametrize("code", ["stripe", "wise"])
@pytest.mark.parametrize("loss", LOSSES)
def test_after_a_lost_answer_the_provider_knows_what_happened(code, loss):
    api, way = opened(code)
    api.lose = loss
    one = payout(code, text="E2E1")
    adapter, parcel = get(code), parcel_of(one)
    staged = adapter.stage(way, parcel)
    parcel = replace(parcel, reference=staged.reference if staged else "")
    with pytest.raises(ProviderUnavailable) as raised:
        adapter.send(way, parcel)
    assert raised.value.outcome == "unknown"
    found = adapter.probe(way, parcel)
    assert found.verdict == (PRESENT if api.paid else ABSENT)
    if found.verdict == ABSENT:
        sent(code, way, parcel_of(one))
    assert api.paid == {"E2E1": 1}


@given(st.lists(st.sampled_from([None, *LOSSES]), min_size=1, max_size=6))
def test_no_number_of_lost_answers_makes_paypal_pay_twice(losses):
    api, way = opened("paypal")
    for loss in losses:
        api.lose = loss
        try:
            sent("paypal", way, parcel_of(payout("paypal")))
        except ProviderUnavailable as error:
            assert error.outcome == "unknown"
    assert api.paid["E2E1"] <= 1
    if losses[-1] is None:
        assert api.paid == {"E2E1": 1}


def test_a_batch_that_paypal_has_already_is_found_where_it_is():
    _api, way = opened("paypal")
    first, _parcel = sent("paypal", way, parcel_of(payout("paypal")))
    again, _parcel = sent("paypal", way, parcel_of(payout("paypal")))
    assert again.reference == first.reference == "BATCH1"


def test_what_stripe_is_called_with():
    api, way = opened("stripe")
    sent("stripe", way, parcel_of(payout(minor=500, currency="ISK")))
    method, path, headers, content = api.calls[0]
    assert (method, path, headers["Idempotency-Key"]) == ("POST", "/v1/transfers", "KEY1")
    assert (content["data"]["amount"], content["data"]["currency"], content["data"]["transfer_group"]) == (50000, "isk", "E2E1")
    sent("stripe", way, parcel_of(payout(account="ba_1")))
    assert (api.calls[1][1], "transfer_group" in api.calls[1][3]["data"]) == ("/v1/payouts", False)


def test_what_paypal_is_called_with():
    api, way = opened("paypal")
    told = (payout("paypal"), payout("paypal", end_to_end_id="E2", account="+4912", amount=Money(300, "JPY")))
    sent("paypal", way, parcel_of(*told))
    _method, path, headers, content = api.calls[-1]
    assert (path, headers["PayPal-Request-Id"], headers["Authorization"]) == ("/v1/payments/payouts", "KEY1", "Bearer token")
    assert content["json"]["sender_batch_header"]["sender_batch_id"] == "KEY1"
    items = [(one["recipient_type"], one["receiver"], one["amount"]["value"]) for one in content["json"]["items"]]
    assert items == [("EMAIL", "ada@example.com", "123.45"), ("PHONE", "+4912", "300")]


def test_a_payout_of_stripe_is_searched_page_by_page():
    _api, way = opened("stripe")
    parcel = parcel_of(payout(account="ba_1"))
    get("stripe").send(way, parcel)
    for number in range(250):
        other = payout(account="ba_1", end_to_end_id=f"OTHER{number}")
        get("stripe").send(way, replace(parcel_of(other), key=f"K{number}"))
    assert get("stripe").probe(way, parcel).reference == "po_1"
    missing = parcel_of(payout(account="ba_1", end_to_end_id="MISSING"))
    assert get("stripe").probe(way, missing).verdict == ABSENT
    for number in range(800):
        other = payout(account="ba_1", end_to_end_id=f"MORE{number}")
        get("stripe").send(way, replace(parcel_of(other), key=f"M{number}"))
    assert get("stripe").probe(way, parcel).verdict == UNSURE


def followed(code, way, parcel, told):
    return [(one.kind, one.name, one.amount) for one in get(code).follow(way, replace(parcel, reference=told.reference))]


def test_stripe_is_asked_what_became_of_a_transfer_and_of_a_payout():
    api, way = opened("stripe")
    told, parcel = sent("stripe", way, parcel_of(payout()))
    assert followed("stripe", way, parcel, told) == [("execute", "tr_1", Money(12345, "EUR"))]
    api.rows["transfers"][0]["reversals"]["data"] = [{"id": "trr_1", "amount": 45}, {"id": "trr_2", "amount": 300}]
    back = [("return", "trr_1", Money(45, "EUR")), ("return", "trr_2", Money(300, "EUR"))]
    assert followed("stripe", way, parcel, told)[1:] == back
    parcel = replace(parcel_of(payout(account="ba_1")), key="KEY2")
    told, parcel = sent("stripe", way, parcel)
    kinds = {"pending": "accept", "in_transit": "accept", "paid": "execute", "failed": "reject", "canceled": "reject"}
    for status, kind in kinds.items():
        api.rows["payouts"][0]["status"] = status
        assert followed("stripe", way, parcel, told) == [(kind, "po_1", Money(12345, "EUR") if kind == "execute" else None)]


def test_paypal_is_asked_what_became_of_each_payment():
    api, way = opened("paypal")
    told, parcel = sent("paypal", way, parcel_of(*(payout("paypal", end_to_end_id=f"E{number}") for number in range(1200))))
    states = ("SUCCESS", "UNCLAIMED", "RETURNED", "SOMETHING NEW")
    for item, status in zip(api.items, states, strict=False):
        item["transaction_status"] = status
    api.items[2]["errors"] = {"name": "RECEIVER_UNREGISTERED", "message": "Nobody has this address."}
    found = get("paypal").follow(way, replace(parcel, reference=told.reference))
    assert [(one.kind, one.payment) for one in found[:3]] == [("execute", "E0"), ("hold", "E1"), ("reject", "E2")]
    assert (found[2].reasons, found[2].text) == (("RECEIVER_UNREGISTERED",), "Nobody has this address.")
    assert (len(found), found[-1].kind, found[-1].payment) == (1199, "accept", "E1199"), "all pages, and nothing guessed"


@pytest.mark.parametrize(("state", "kind"), [
    ("processing", None), ("outgoing_payment_sent", "execute"), ("bounced_back", "hold"), ("funds_refunded", "reject"),
])  # fmt: skip
def test_wise_is_asked_what_became_of_a_transfer(state, kind):
    api, way = opened("wise")
    told, parcel = sent("wise", way, parcel_of(payout("wise")))
    next(iter(api.transfers.values()))["status"] = state
    assert [one[0] for one in followed("wise", way, parcel, told)] == ([kind] if kind else [])


def test_a_live_key_sends_nothing_from_a_test_channel():
    api, way = opened("stripe", key="sk_live_1")
    with pytest.raises(Refused, match="live one"):
        sent("stripe", way, parcel_of(payout()))
    assert not api.calls


@pytest.mark.parametrize(("code", "answer", "final"), [
    ("stripe", (402, {"error": {"code": "balance_insufficient", "message": "Too little."}}), False),
    ("stripe", (400, {"error": {"code": "account_invalid", "message": "No such account."}}), True),
    ("paypal", (422, {"name": "INSUFFICIENT_FUNDS", "message": "Too little.", "details": []}), False),
])  # fmt: skip
def test_a_refusal_says_why_and_whether_it_is_final(code, answer, final):
    api, way = opened(code)
    api.refuse = answer
    with pytest.raises(Refused) as raised:
        sent(code, way, parcel_of(payout(code)))
    assert (raised.value.final, "Too little" in str(raised.value) or "No such account" in str(raised.value)) == (final, True)
    assert not api.paid


def test_wise_that_has_too_little_can_be_asked_again():
    api, way = opened("wise")
    api.poor = True
    with pytest.raises(Refused) as raised:
        sent("wise", way, parcel_of(payout("wise", text="E2E1")))
    assert not raised.value.final
    api.poor = False
    sent("wise", way, parcel_of(payout("wise", text="E2E1")))
    assert (api.paid, len(api.transfers)) == ({"E2E1": 1}, 1)


@pytest.mark.parametrize("status", [401, 403, 409, 429])
def test_what_says_nothing_of_the_payment_is_no_refusal(status):
    api, way = opened("stripe")
    api.refuse = (status, {})
    with pytest.raises(ProviderUnavailable) as raised:
        sent("stripe", way, parcel_of(payout()))
    assert raised.value.outcome == ("unknown" if status == 409 else "failed")


@pytest.mark.parametrize(("code", "changes", "words"), [
    ("stripe", {"account": "DE89"}, "acct_"),
    ("stripe", {"account": "ba_1", "amount": Money(12345, "HUF")}, "whole amounts"),
    ("stripe", {"amount": Money(1005, "KWD")}, "thousandths"),
    ("paypal", {"account": " "}, "no address"),
    ("paypal", {"amount": Money(12345, "HUF")}, "whole amounts"),
    ("wise", {"account": "12345678"}, "no IBAN"),
])  # fmt: skip
def test_what_cannot_be_sent_is_told_before_anybody_approves_it(code, changes, words):
    assert get(code).problem(payout(code)) == ""
    assert words in get(code).problem(payout(code)._replace(**changes))


def test_a_british_account_at_wise():
    api, way = opened("wise")
    one = payout("wise", currency="GBP", account="12345678", bank="20-04-15")
    assert get("wise").problem(one) == ""
    get("wise").stage(way, parcel_of(one))
    (told,) = [content["json"] for _method, path, _headers, content in api.calls if path == "/v1/accounts"]
    assert told["details"] == {"legalType": "BUSINESS", "sortCode": "200415", "accountNumber": "12345678"}


def test_the_file_says_what_each_call_pays_and_is_read_back():
    told = (payout(), payout(end_to_end_id="E2E2", minor=5, account="acct_2"))
    written = payouts.write("MSG1", told, get("stripe").problem)
    assert (written.count, written.totals) == (2, {"EUR": Money(12350, "EUR")})
    assert payouts.read(written.content, Payout) == told
    assert json.loads(written.content)["message_id"] == "MSG1"


def test_everything_that_is_wrong_with_a_file_is_told_at_once():
    with pytest.raises(PaymentFileError) as raised:
        payouts.write("MSG1", (payout(minor=0), payout(account="nowhere")), get("stripe").problem)
    assert {one.code for one in raised.value.problems} == {"not_positive", "provider", "twice"}
    with pytest.raises(PaymentFileError, match="no payment"):
        payouts.write("MSG1", (), get("stripe").problem)
