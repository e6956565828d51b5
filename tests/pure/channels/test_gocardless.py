"""Collections by GoCardless: what is called, that a lost answer never collects twice, and what each refusal and event means."""

import json
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc.channels import get
from fc.channels.base import ABSENT, PRESENT, UNSURE, Collect, Parcel, Refused, Settings, Way
from fc.core.errors import ProviderUnavailable
from fc.core.money import Money
from fc.payments import payouts
from fc.payments.problems import PaymentFileError
from simulator.gocardless_api import GoCardlessApi

GOCARDLESS = get("gocardless")


def collect(name="E2E1", minor=12345, currency="GBP", **changes):
    return Collect(name, Money(minor, currency), "MD1", "2026-12-10", "INV/1")._replace(**changes)


def parcel_of(one, key="KEY1", **values):
    return Parcel(key, "MSG1", "collect.json", b"", (one.end_to_end_id,), (one,), **values)


class Line:
    """The way to the API: ``lose`` the next answer to a POST, before or after it was done."""

    def __init__(self, api):
        self.api, self.lose, self.calls = api, "", []

    def __call__(self, method, url, headers=None, params=None, json=None, **_content):
        self.calls.append((method, urlsplit(url).path, json))
        lost = self.lose if method == "POST" else ""
        self.lose = "" if method == "POST" else self.lose
        if lost == "before":
            raise ProviderUnavailable("no answer", outcome="unknown")
        told = {name.lower(): value for name, value in headers.items()}
        status, body = self.api.answer(method, urlsplit(url).path, {k: str(v) for k, v in (params or {}).items()}, json, told)
        if lost == "after":
            raise ProviderUnavailable("no answer", outcome="unknown")
        if status >= 400:
            raise ProviderUnavailable(f"HTTP {status}", outcome="failed", status=status, body=dumped(body))
        return dumped(body)


def dumped(body):
    return json.dumps(body).encode()


def opened(**values):
    api = GoCardlessApi("MD1", **values)
    line = Line(api)
    return api, line, Way(Settings(), {"api_key": "token"}, line)


def test_a_collection_is_a_payment_by_its_mandate():
    api, line, way = opened()
    sent = GOCARDLESS.send(way, parcel_of(collect()))
    made = api.payments[0]
    assert (made["amount"], made["currency"], made["charge_date"], made["links"]["mandate"]) == (
        12345,
        "GBP",
        "2026-12-10",
        "MD1",
    )
    assert (made["metadata"], made["description"]) == ({"end_to_end_id": "E2E1"}, "INV/1")
    assert (sent.reference, [one.kind for one in sent.tellings]) == (made["id"], ["receive"])
    assert "Shop" in GOCARDLESS.look(way)
    assert line.calls[0][1] == "/mandates/MD1"


def test_a_day_that_is_too_soon_is_left_to_gocardless():
    api, _line, way = opened(soonest="2026-12-15")
    GOCARDLESS.send(way, parcel_of(collect()))
    assert api.payments[0]["charge_date"] == "2026-12-15"


@given(st.lists(st.sampled_from(["", "before", "after"]), min_size=1, max_size=6))
def test_no_number_of_lost_answers_collects_twice(losses):
    api, line, way = opened()
    for loss in losses:
        line.lose = loss
        try:
            sent = GOCARDLESS.send(way, parcel_of(collect()))
        except ProviderUnavailable as error:
            assert error.outcome == "unknown"
        else:
            assert sent.reference == api.payments[0]["id"]
        line.lose = ""
        found = GOCARDLESS.probe(way, parcel_of(collect()))
        assert found.verdict == (PRESENT if api.paid else ABSENT)
    assert api.paid.get("E2E1", 0) <= 1


def test_it_is_looked_for_page_by_page_and_not_for_ever():
    api, _line, way = opened()
    GOCARDLESS.send(way, parcel_of(collect()))
    for number in range(30):
        GOCARDLESS.send(way, parcel_of(collect(f"E{number}"), key=f"K{number}"))
    api.page = 10
    assert GOCARDLESS.probe(way, parcel_of(collect())).verdict == PRESENT
    assert GOCARDLESS.probe(way, parcel_of(collect("OTHER"))).verdict == ABSENT
    api.page = 1
    assert GOCARDLESS.probe(way, parcel_of(collect())).verdict == UNSURE


def test_a_mandate_that_is_over_and_a_refusal_are_final():
    api, _line, way = opened()
    api.mandates["MD1"]["status"] = "cancelled"
    with pytest.raises(Refused) as raised:
        GOCARDLESS.send(way, parcel_of(collect()))
    assert (raised.value.final, api.payments) == (True, [])
    api.mandates["MD1"]["status"] = "active"
    api.refuse = (
        422,
        {"error": {"errors": [{"field": "amount", "message": "is above the limit"}], "message": "Validation failed"}},
    )
    with pytest.raises(Refused) as raised:
        GOCARDLESS.send(way, parcel_of(collect()))
    assert (raised.value.final, raised.value.codes, str(raised.value)) == (True, ("amount",), "is above the limit")


def became(*actions, **details):
    api, _line, way = opened()
    parcel = parcel_of(collect())
    parcel = replace(parcel, reference=GOCARDLESS.send(way, parcel).reference)
    for action in actions:
        api.tell(parcel.reference, action, **details)
    return [(one.kind, one.name.partition("/")[2], one.payment) for one in GOCARDLESS.follow(way, parcel)]


@pytest.mark.parametrize(
    ("actions", "kinds"),
    [
        ((), ["receive"]),
        (("submitted", "confirmed", "paid_out"), ["receive", "accept", "execute"]),
        (("submitted", "failed"), ["receive", "accept", "reject"]),
        (("submitted", "confirmed", "failed"), ["receive", "accept", "execute", "return"]),
        (("confirmed", "charged_back", "chargeback_settled"), ["receive", "execute", "return"]),
        (("confirmed", "charged_back", "chargeback_cancelled"), ["receive", "execute", "return", "execute"]),
        (("cancelled",), ["receive", "reject"]),
        (("failed", "resubmission_requested", "confirmed"), ["receive", "reject", "accept", "execute"]),
    ],
)
def test_what_became_of_a_collection(actions, kinds):
    told = became(*actions)
    assert [kind for kind, _number, _payment in told] == kinds
    assert {payment for _kind, _number, payment in told} == {"E2E1"}
    assert len(set(told)) == len(told), "each fact has a name of its own"


def test_what_gocardless_tries_again_by_itself_is_not_over():
    assert [kind for kind, _number, _payment in became("failed", will_attempt_retry=True)] == ["receive", "hold"]


def test_collections_are_a_file_that_is_read_back_as_it_was():
    told = (collect(), collect("E2", 99, "EUR"))
    written = payouts.write("MSG1", told, GOCARDLESS.problem, payouts.COLLECTIONS)
    assert (payouts.read(written.content, Collect), written.format) == (told, "collections")
    with pytest.raises(PaymentFileError):
        payouts.write("MSG1", (collect(currency="CHF"),), GOCARDLESS.problem, payouts.COLLECTIONS)
