"""Enable Banking: windows, pages, consent, the calls of a day, and what its entries become."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from fc.core.errors import PayloadError, ProviderUnavailable, UnknownStatus
from fc.feeds.base import CallsUsedUp, ConsentEnded
from fc.feeds.pages import pack
from fc.formats import FormatError
from fc.formats.records import RUNNING_BALANCE, UNPROVEN
from simulator.enablebanking_api import SESSION, EnableBankingApi, entry

from .asked import EUROS, FIRST, IBAN, MAX_PAGES, NOW, TODAY, enablebanking, march


def api_of(*entries, **values):
    api = EnableBankingApi(IBAN, today=TODAY)
    api.entries["uid-1"] = list(entries)
    for name, value in values.items():
        setattr(api, name, value)
    return api


def pull(api, since=FIRST, max_pages=MAX_PAGES):
    adapter, call, _settings = enablebanking(api)
    return adapter.poll(call, EUROS, since, None, NOW, max_pages)


def reading(*entries):
    adapter, _call, _settings = enablebanking(EnableBankingApi(IBAN))
    content = pack({"from": march(1), "until": TODAY}, [_answer(entries)])
    return adapter.parse(content, EUROS)


def _answer(entries):
    return json.dumps({"transactions": list(entries), "continuation_key": None}).encode()


def test_all_pages_of_the_window_are_one_pull():
    api = api_of(*(entry(march(1 + n % 19), "1.00", f"no {n}", f"ref-{n}") for n in range(25)), page=10)
    pulled = pull(api)
    assert pulled.covered == (march(1), TODAY - timedelta(days=1))
    read = enablebanking(api)[0].parse(pulled.content, EUROS)
    assert sorted(one.bank_id for one in read.entries) == sorted(f"ref-{n}" for n in range(25))
    assert (read.header.from_date, read.header.to_date) == (march(1), march(19))
    assert read.complete


def test_an_empty_page_is_not_the_end():
    api = api_of(entry(march(3), "1.00", "late", "ref-1"))
    adapter, call, _settings = enablebanking(api)
    answers = [b'{"transactions": [], "continuation_key": "page-0"}']
    pulled = adapter.poll(lambda *args, **more: answers.pop() if answers else call(*args, **more), EUROS, march(1), None, NOW, 9)
    assert [one.bank_id for one in adapter.parse(pulled.content, EUROS).entries] == ["ref-1"]


def test_pages_that_go_round_and_too_many_pages_are_refused():
    adapter, _call, _settings = enablebanking(api_of())
    with pytest.raises(PayloadError, match="same page"):
        adapter.poll(lambda *_args, **_more: b'{"transactions": [], "continuation_key": "k"}', EUROS, march(1), None, NOW, 9)
    with pytest.raises(PayloadError, match="Pages of a pull"):
        pull(api_of(*(entry(march(2), "1.00", str(n)) for n in range(9)), page=1), max_pages=3)


def test_a_window_that_the_bank_refuses_is_shortened_and_the_rest_is_a_gap():
    api = api_of(entry(march(3), "1.00", "x"), window_days=90)
    since = TODAY - timedelta(days=200)
    pulled = pull(api, since)
    shorter = TODAY - timedelta(days=89)
    assert pulled.gap == (since, shorter - timedelta(days=1))
    assert pulled.covered[0] == shorter
    with pytest.raises(ProviderUnavailable):
        pull(api_of(window_days=5), march(1))


@pytest.mark.parametrize("status", ["EXPIRED_SESSION", "REVOKED_SESSION", "CLOSED_SESSION"])
def test_an_ended_session_is_a_consent_that_ended(status):
    adapter, _call, settings = enablebanking(api_of())

    def refused(*_args, **_more):
        raise ProviderUnavailable("401", status=401, body=b'{"error": "%s"}' % status.encode())

    with pytest.raises(ConsentEnded, match="Renew"):
        adapter.poll(refused, EUROS, march(1), None, NOW, MAX_PAGES)
    assert adapter.consent(refused, settings).ended


def test_the_fifth_call_of_a_day_is_too_many():
    api = api_of()
    for _call in range(4):
        pull(api)
    with pytest.raises(CallsUsedUp):
        pull(api)


def test_consent_from_the_first_step_to_the_accounts():
    api = api_of()
    adapter, call, settings = enablebanking(api)
    asked = adapter.start_consent(call, settings, "state-1", NOW)
    assert (asked.url, api.state) == ("https://bank.example/allow", "state-1")
    consent = adapter.finish_consent(call, settings, asked.reference, {"code": "good-code"})
    assert consent.accounts == (EUROS,)
    assert consent.valid_until == api.valid_until
    assert not adapter.consent(call, replace(settings, consent=consent.reference)).ended
    api.sessions[SESSION] = "EXPIRED"
    assert "expired" in adapter.consent(call, settings).ended
    api.sessions[SESSION] = "SOMETHING_NEW"
    assert "SOMETHING_NEW" in adapter.consent(call, settings).ended
    with pytest.raises(ConsentEnded, match="cancelled by the user"):
        adapter.finish_consent(call, settings, "", {"error": "access_denied", "error_description": "cancelled by the user"})


def test_what_an_entry_becomes():
    told = entry(march(3), "-12.50", "Invoice 7", "ref-1", reference_number="RF18539007547034", value_date="2026-03-04",
                 exchange_rate={"instructed_amount": {"amount": "14.00", "currency": "USD"}})  # fmt: skip
    told["creditor_agent"] = {"bic_fi": "COBADEFFXXX"}
    (one,) = reading(told).entries
    assert (one.amount, one.currency) == (Decimal("-12.50"), "EUR")
    assert (one.booking_date, one.value_date) == (march(3), march(4))
    assert (one.bank_id, one.reference, one.structured_reference) == ("ref-1", "RF18539007547034", "RF18539007547034")
    assert (one.counterparty_name, one.counterparty_account) == ("Ada Customer", "DE75512108001245126199")
    assert (one.counterparty_bank, one.bank_code) == ("COBADEFFXXX", "PMNT/RCDT")
    assert (one.original_amount, one.original_currency) == (Decimal("-14.00"), "USD")
    assert (one.text, one.status) == ("Invoice 7", "BOOK")


def test_what_is_announced_is_kept_apart_and_what_was_cancelled_is_nothing():
    read = reading(
        *(entry(None, "5.00", f"soon {status}", f"p-{status}", status=status) for status in ("PDNG", "HOLD", "SCHD", "OTHR")),
        entry(march(2), "1.00", "here", "ref-1"),
        entry(march(2), "9.00", "not", "ref-2", status="CNCL"),
        entry(march(2), "9.00", "not", "ref-3", status="RJCT"),
    )
    assert [one.bank_id for one in read.entries] == ["ref-1"]
    assert [one.external_id for one in read.announced] == ["p-PDNG", "p-HOLD", "p-SCHD", "p-OTHR"]
    with pytest.raises(UnknownStatus, match="MAYB"):
        reading(entry(march(2), "1.00", "x", status="MAYB"))


def test_equal_payments_without_an_id_stay_as_many_as_they_are():
    prints = [one.fingerprint for one in reading(*[entry(march(2), "4.00", "coffee")] * 3).entries]
    assert len(set(prints)) == 3
    assert len({one.partition(":")[0] for one in prints}) == 1


@pytest.mark.parametrize("backwards", [False, True])
def test_balances_after_each_entry_prove_them(backwards):
    told = [entry(march(2), "10.00", "a", balance="110.00"), entry(march(3), "-30.00", "b", balance="80.00")]
    read = reading(*(told[::-1] if backwards else told))
    assert (read.header.proof, read.header.opening, read.header.closing) == (RUNNING_BALANCE, Decimal(100), Decimal("80.00"))
    assert [one.text for one in read.entries] == ["a", "b"]


def test_balances_that_make_no_chain_prove_nothing():
    read = reading(entry(march(2), "10.00", "a", balance="110.00"), entry(march(3), "-30.00", "b", balance="90.00"))
    assert (read.header.proof, read.header.opening, len(read.entries)) == (UNPROVEN, None, 2)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"credit_debit_indicator": "X"}, "CRDT or DBIT"),
        ({"transaction_amount": {"amount": "1.00", "currency": "USD"}}, "kept in EUR"),
        ({"transaction_amount": {"amount": "NaN", "currency": "EUR"}}, "no amount"),
        ({"transaction_amount": {"amount": "-1.00", "currency": "EUR"}}, "sign"),
        ({"booking_date": None, "value_date": None}, "neither"),
        ({"booking_date": "03.02.2026"}, "no day"),
    ],
)
def test_what_cannot_be_trusted_is_refused_by_name(change, word):
    with pytest.raises(FormatError, match=word):
        reading(entry(march(2), "1.00", "x", "ref-9") | change)


@pytest.mark.parametrize("share", range(1, 10))
def test_half_an_answer_is_refused(share):
    adapter, _call, _settings = enablebanking(EnableBankingApi(IBAN))
    whole = pack({"from": march(1), "until": TODAY}, [_answer([entry(march(2), "1.00", "x")])])
    with pytest.raises(FormatError):
        adapter.parse(whole[: len(whole) * share // 10], EUROS)
