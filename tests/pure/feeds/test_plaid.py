"""Plaid: changes behind a cursor, their restart, the state of the connection, and what its entries become."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from fc.core.errors import PayloadError, ProviderUnavailable
from fc.feeds.base import CallsUsedUp, ConsentEnded, NotReady
from fc.formats import FormatError
from simulator.plaid_api import ITEM, TOKEN, PlaidApi, transaction

from .asked import DOLLARS, FIRST, MAX_PAGES, NOW, march, plaid


def api_of(*told, **values):
    api = PlaidApi()
    api.updated = NOW
    api.add(*told)
    for name, value in values.items():
        setattr(api, name, value)
    return api


def pull(api, cursor=None, since=FIRST, max_pages=MAX_PAGES):
    adapter, call, _settings = plaid(api)
    return adapter.poll(call, DOLLARS, since, cursor, NOW, max_pages)


def read(api, **values):
    return plaid(api)[0].parse(pull(api, **values).content, DOLLARS)


def many(count):
    return [transaction(f"t{n}", march(1 + n % 19), 1.25, f"no {n}") for n in range(count)]


def test_all_changes_once_and_then_only_what_is_new():
    api = api_of(*many(25), page=10)
    first = pull(api)
    assert len(plaid(api)[0].parse(first.content, DOLLARS).entries) == 25
    assert first.covered == (march(1), march(19))
    api.add(transaction("new", march(19), -3, "refund"))
    second = pull(api, first.cursor)
    assert [one.bank_id for one in plaid(api)[0].parse(second.content, DOLLARS).entries] == ["new"]
    assert not plaid(api)[0].parse(pull(api, second.cursor).content, DOLLARS).entries


@pytest.mark.parametrize("at", [10, 20])
def test_a_change_while_pages_are_read_begins_anew(at):
    api = api_of(*many(25), page=10, mutate_at=[at, at])
    assert len(read(api).entries) == 25


def test_it_does_not_begin_anew_for_ever_and_moves_no_cursor():
    api = api_of(*many(25), page=10, mutate_at=[10] * 9)
    with pytest.raises(ProviderUnavailable):
        pull(api)
    api.mutate_at = []
    assert len(read(api).entries) == 25


def test_positive_is_money_that_went_out():
    entries = read(api_of(transaction("a", march(2), 28.34, "paid"), transaction("b", march(2), -1000.1, "got"))).entries
    assert {one.bank_id: one.amount for one in entries} == {"a": Decimal("-28.34"), "b": Decimal("1000.1")}


def test_announced_and_booked_are_two_ids():
    announced = read(api_of(transaction("p1", march(2), 20, "Dinner", pending=True)))
    assert ([one.external_id for one in announced.announced], announced.entries) == (["p1"], ())
    api = api_of(transaction("b1", march(3), 23.5, "Dinner", was="p1"))
    api.remove("p1")
    booked = read(api)
    assert ([one.bank_id for one in booked.entries], booked.booked, booked.removed) == (["b1"], ("p1",), ("p1",))
    assert not booked.announced


def test_the_last_thing_that_was_said_holds():
    api = api_of(transaction("a", march(2), 1, "first"), transaction("b", march(2), 2, "gone"))
    api.modify(transaction("a", march(2), 1, "second"))
    api.remove("b")
    seen = read(api)
    assert [(one.bank_id, one.text) for one in seen.entries] == [("a", "second")]
    assert seen.removed == ("b",)


def test_equal_payments_have_different_fingerprints_in_whatever_pull_they_come():
    one, two = (read(api_of(transaction(own_id, march(2), 4, "coffee"))).entries[0].fingerprint for own_id in "ab")
    assert one.partition(":")[0] != two.partition(":")[0]


def test_entries_before_the_start_are_left_out_and_counted():
    api = api_of(transaction("old", march(1), 1, "old"), transaction("a", march(5), 1, "new"))
    adapter, call, _settings = plaid(api)
    account = replace(DOLLARS, start=march(4))
    seen = adapter.parse(adapter.poll(call, account, march(7), None, NOW, MAX_PAGES).content, account)
    assert [one.bank_id for one in seen.entries] == ["a"]
    assert "1 entries before the start" in seen.header.notes[0]


def test_silence_is_no_success():
    with pytest.raises(ConsentEnded, match="sign in again"):
        pull(api_of(item_error="ITEM_LOGIN_REQUIRED"))
    with pytest.raises(ProviderUnavailable, match="INSTITUTION_DOWN"):
        pull(api_of(item_error="INSTITUTION_DOWN"))
    with pytest.raises(NotReady):
        pull(api_of(status="NOT_READY"))
    with pytest.raises(NotReady):
        pull(api_of(updated=None))


def test_only_what_plaid_has_fetched_is_covered():
    late = pull(api_of(updated=NOW - timedelta(days=3)))
    assert late.covered == (march(1), march(16))
    first = pull(api_of(status="INITIAL_UPDATE_COMPLETE"), since=march(1) - timedelta(days=100))
    assert first.covered == (NOW.date() - timedelta(days=30), march(19))


@pytest.mark.parametrize("code", ["RATE_LIMIT_EXCEEDED", "TRANSACTIONS_SYNC_LIMIT"])
def test_too_many_calls(code):
    adapter, _call, _settings = plaid(PlaidApi())

    def refused(*_args, **_more):
        raise ProviderUnavailable("429", status=429, retry_after=60, body=json.dumps({"error_code": code}).encode())

    with pytest.raises(CallsUsedUp) as caught:
        adapter.poll(refused, DOLLARS, march(1), None, NOW, MAX_PAGES)
    assert caught.value.retry_after == 60


def test_limits_and_endless_pages_are_said():
    with pytest.raises(PayloadError, match="Pages of a pull"):
        pull(api_of(*many(9), page=1), max_pages=3)
    adapter, call, _settings = plaid(api_of())
    stuck = b'{"added": [], "modified": [], "removed": [], "next_cursor": "7", "has_more": true}'
    with pytest.raises(PayloadError, match="does not move"):
        adapter.poll(
            lambda method, path, **more: stuck if path.endswith("sync") else call(method, path, **more),
            DOLLARS, march(1), {"cursor": "7"}, NOW, 9,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"iso_currency_code": "EUR"}, "kept in USD"),
        ({"iso_currency_code": None}, "no currency"),
        ({"amount": None}, "no amount"),
        ({"pending": None}, "pending"),
        ({"transaction_id": ""}, "no id"),
        ({"account_id": "other"}, "not asked for"),
        ({"date": None}, "no date"),
    ],
)
def test_what_cannot_be_trusted_is_refused_by_name(change, word):
    with pytest.raises(FormatError, match=word):
        read(api_of(transaction("a", march(2), 1, "x") | change))


def test_consent_on_plaids_own_page():
    api = api_of()
    adapter, call, settings = plaid(api, consent="")
    asked = adapter.start_consent(call, settings, "state-1", NOW)
    assert asked.url.startswith("https://secure.plaid.example/")
    assert "state=state-1" in api.asked_link["hosted_link"]["completion_redirect_uri"]
    assert api.asked_link["products"] == ["transactions"]
    consent = adapter.finish_consent(call, settings, asked.reference, {})
    assert (consent.reference, consent.secrets) == (ITEM, {"access_token": TOKEN})
    assert TOKEN not in repr(consent)
    assert [(one.external_id, one.currency) for one in consent.accounts] == [(DOLLARS.external_id, "USD")]
    api.owner_finished = False
    with pytest.raises(ConsentEnded, match="did not finish"):
        adapter.finish_consent(call, settings, asked.reference, {})


def test_a_renewed_consent_keeps_its_connection():
    api = api_of()
    adapter, call, settings = plaid(api)
    adapter.start_consent(call, settings, "state-1", NOW)
    assert api.asked_link["access_token"] == TOKEN
    assert "products" not in api.asked_link
    assert adapter.finish_consent(call, settings, "link-1", {}).reference == ITEM
    api.item_error = "ITEM_LOGIN_REQUIRED"
    assert "sign in again" in adapter.consent(call, settings).ended
