"""What is particular to PayPal: certificates, chargebacks as several rows, conversions as two, footers in hundredths."""

from datetime import timedelta
from itertools import pairwise

import pytest

from fc.core.balances import balance_totals
from fc.core.errors import PayloadError
from fc.core.money import Money
from fc.core.records import Request, Trust

from .kits import paypal as kit
from .told import amounts

ADAPTER = kit.ADAPTER
BODY = kit.BODIES["capture"]


def verdict(request, trust=kit.TRUST, now=kit.NOW):
    return ADAPTER.verify(request, [kit.SECRET], now, trust).reason


@pytest.mark.parametrize(
    "url",
    [
        "https://api.paypal.com.evil.tld/v1/notifications/certs/CERT-1",
        "http://api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com@evil.tld/v1/notifications/certs/CERT-1",
        "https://evil.tld/v1/notifications/certs/CERT-1",
        "https://api.paypal.com:8443/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/other/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/../../redirect",
        "https://api.paypal.com/v1/notifications/certs/%2e%2e/x",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_certificate_is_only_looked_for_at_paypal(url):
    assert ADAPTER.certificate_url(kit.call(BODY, url=url), "live") is None
    assert verdict(kit.call(BODY, url=url)) in ("certificate", "missing")


def test_the_sandbox_has_hosts_of_its_own():
    sandbox = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1"
    assert ADAPTER.certificate_url(kit.call(BODY, url=sandbox), "test") == sandbox
    assert ADAPTER.certificate_url(kit.call(BODY, url=sandbox), "live") is None
    assert ADAPTER.certificate_url(kit.call(BODY), "test") is None


def test_which_certificates_are_trusted():
    request = kit.call(BODY)
    assert verdict(request) == ""
    assert verdict(request, None) == "certificate"
    assert verdict(request, Trust(kit.TRUST.certificate)) == "certificate"
    assert verdict(request, Trust(kit.pem(kit.SIGNER), kit.pem(kit.ROOT))) == "certificate"
    assert verdict(request, Trust(kit.pem(kit.SIGNER), kit.pem(kit.MIDDLE))) == ""
    assert verdict(request, Trust(b"no certificate", kit.TRUST.anchors)) == "certificate"
    others = {
        "another name": kit.certificate("paypal.com.evil.tld", kit.KEY, kit.MIDDLE, kit.MIDDLE_KEY),
        "expired": kit.certificate("x.paypal.com", kit.KEY, kit.MIDDLE, kit.MIDDLE_KEY, after=kit.NOW - timedelta(days=1)),
        "not yet": kit.certificate("x.paypal.com", kit.KEY, kit.MIDDLE, kit.MIDDLE_KEY, before=kit.NOW + timedelta(days=1)),
        "signed by itself": kit.certificate("x.paypal.com", kit.KEY),
        "signed by another": kit.certificate("x.paypal.com", kit.KEY, kit.MIDDLE, kit.KEY),
    }
    for name, one in others.items():
        assert verdict(request, Trust(kit.pem(one, kit.MIDDLE), kit.TRUST.anchors)) == "certificate", name
    # The signer may sign messages, not certificates.
    below = kit.certificate("y.paypal.com", kit.KEY, kit.SIGNER, kit.KEY)
    assert verdict(request, Trust(kit.pem(below, kit.SIGNER, kit.MIDDLE), kit.TRUST.anchors)) == "certificate"


def test_what_a_call_must_be():
    assert verdict(kit.call(BODY, algorithm="SHA1withRSA")) == "malformed"
    assert verdict(kit.call(BODY, key=kit.ROOT_KEY)) == "mismatch"
    twice = kit.call(BODY)
    assert verdict(Request(twice.body, (*twice.headers, twice.headers[0]))) == "malformed"
    assert verdict(Request(BODY + b" ", twice.headers)) == "mismatch"


def test_a_final_capture_ends_its_authorisation():
    final = kit.capture(final_capture=True, supplementary_data={"related_ids": {"authorization_id": "AUTH1"}})
    parsed = ADAPTER.parse(Request(kit.event("PAYMENT.CAPTURE.COMPLETED", final)))
    assert amounts(parsed) == {("capture", "CAP1"): 10000, ("fee", "CAP1"): 320, ("void", "AUTH1"): 0}
    assert parsed.movements[-1].transaction_key == "AUTH1"


def test_what_a_day_proves():
    parsed = ADAPTER.parse_report(kit.report(), "STL-20260106.01.009.CSV")
    euro, dollar, payout, yen = by_key(parsed, "EUR", "USD", "PO1", "JPY")
    assert (payout.amount, payout.trace, payout.automatic) == (Money(9000, "EUR"), "5AB123", True)
    assert all(info.complete and not info.amount for info in (euro, dollar, yen))
    told = amounts(parsed)
    assert told["capture", "CAP4"] == 100, "100 yen are 10000 hundredths"
    assert (told["fx", "FX1"], told["dispute_fee", "CBFEE/T0106"], told["fee_refund", "REF1"]) == (4600, 1600, 90)
    assert (told["dispute_open", "HOLD1/T1110"], told["dispute_won", "HOLD1/T1111"]) == (4000, 4000)
    assert not [key for key in told if "AUTH9" in key[1]]
    totals = balance_totals(parsed.movements)
    assert totals["disputes", "EUR"] == 0
    assert (totals["reserve", "EUR"], totals["in_transit", "EUR"], totals["clearing", "USD"]) == (600, 9000, 0)
    closing = next(line for line in parsed.lines if line.settlement_key == euro.external_id and line.external_id == "closing")
    assert totals["clearing", "EUR"] + 500 == -closing.net.minor


def by_key(parsed, *endings):
    return [next(info for info in parsed.settlements if info.external_id.endswith(ending)) for ending in endings]


def test_a_row_of_the_report_and_of_search_and_the_webhook_are_one_fact():
    report = amounts(ADAPTER.parse_report(kit.report()))
    for body in (BODY, kit.encode(kit.SEARCH[0]), kit.BODIES["conversion"], kit.event("PAYMENT.CAPTURE.REFUNDED", kit.refund())):
        assert amounts(ADAPTER.parse(Request(body))).items() <= report.items()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b'"SC","17"', b'"SC","16"', "counts"),
        (b'"RC","17"', b'"RC","18"', "counts"),
        (b'"CR","10000","EUR"', b'"CR","10001","EUR"', "footer tells"),
        (b'"FF","01"\r\n', b"", "has no end"),
        (b'"T1107","2026/01/06 00:00:30 -0800"', b'"T1107","yesterday"', "no time"),
        (b'"SB","CAP1"', b'"SX","CAP1"', "no type of row"),
        (b'"Gross Transaction Amount"', b'"Gross"', "lacks the columns"),
    ],
)
def test_a_damaged_report_is_refused(old, new, reason):
    content = kit.report()
    assert old in content
    with pytest.raises(PayloadError, match=reason):
        ADAPTER.parse_report(content.replace(old, new, 1))


def test_balances_that_do_not_fit_leave_the_section_incomplete():
    parsed = ADAPTER.parse_report(kit.report().replace(b'"CR","500"', b'"CR","501"'))
    (euro,) = by_key(parsed, "EUR")
    assert not euro.complete


def test_a_refund_that_failed_names_the_refund_alone():
    rows = [kit.EURO[0], kit.EURO[2], kit.row("BACK1", "T1107", "CR", "3000", reference="REF1", fee=("DR", "90"))]
    parsed = ADAPTER.parse_report(kit.report(((rows, "EUR"),)), "STL-20260106.01.009.CSV")
    back = [fact for fact in parsed.movements if fact.group == "REF1" and fact.kind in ("refund_fail", "fee")]
    assert [(fact.kind, fact.external_id, fact.amount.minor, fact.transaction_key) for fact in back] == [
        ("refund_fail", "REF1", 3000, None),
        ("fee", "BACK1/T1107", 90, None),
    ]
    # The refund is no payment of its own: its line makes none.
    assert {line.source_id: line.transaction_key for line in parsed.lines if line.source_id} == {
        "CAP1": "CAP1", "REF1": "CAP1", "BACK1": None,
    }  # fmt: skip


def test_half_a_conversion_is_an_unknown_line_in_a_report_and_refused_in_search():
    parsed = ADAPTER.parse_report(kit.report(((kit.DOLLAR, "USD"),)))
    assert [line.kind for line in parsed.lines if line.external_id.startswith("FX1")] == ["unknown"]
    with pytest.raises(PayloadError, match="other half"):
        ADAPTER.parse(Request(kit.encode(kit.SEARCH[1])))


def test_a_transaction_report_tells_facts_only():
    columns = [*kit.COLUMNS, "Transactional Status"]
    rows = [[*one, "S"] for one in kit.EURO[:2]] + [[*kit.EURO[2], "P"]]
    content = kit.report(((rows, "EUR"),), columns)
    parsed = ADAPTER.parse_report(content, "TRR-20260106.01.009.CSV")
    assert not (parsed.lines or parsed.settlements)
    assert ("capture", "CAP1") in amounts(parsed)
    assert ("refund", "REF1") not in amounts(parsed)


def test_a_poll_goes_window_by_window_and_keeps_conversions_together():
    pages = list(ADAPTER.poll(kit.api, None, kit.NOW + timedelta(hours=4)))
    assert len(pages) > 30
    sale, conversion, payout = [request.body for page in pages for request in page.requests]
    assert (sale, payout) == (kit.encode(kit.SEARCH[0]), kit.encode(kit.SEARCH[3]))
    assert all(kit.encode(half) in conversion for half in kit.SEARCH[1:3])
    assert pages[-1].cursor == {"until": (kit.NOW + timedelta(hours=1)).isoformat()}
    for one, other in pairwise(pages):
        assert one.covered[1] == other.covered[0]


def test_a_window_with_too_many_rows_is_halved():
    asked = []

    def api(method, path, params, headers=None):
        if path == "/v1/oauth2/token":
            return b'{"access_token":"A"}'
        asked.append((params["start_date"], params["end_date"]))
        whole = params["start_date"][:13] != params["end_date"][:13]
        return kit.encode({"transaction_details": [], "total_items": 10001 if whole else 0, "total_pages": 1})

    since = (kit.NOW - timedelta(days=3)).isoformat()
    list(zip(range(3), ADAPTER.poll(api, {"until": since}, kit.NOW), strict=False))
    assert len(set(asked)) > 6


def test_a_payout_that_is_polled_is_a_settlement_that_the_bank_line_can_find():
    row = kit.found("PO7", "T0400", "-90.00")
    row["transaction_info"]["bank_reference_id"] = "5AB999"
    (info,) = ADAPTER.parse(Request(kit.encode(row))).settlements
    assert (info.external_id, info.amount, info.trace, info.status) == ("PO7", Money(9000, "EUR"), "5AB999", "in_transit")


def test_a_row_tells_what_its_capture_pays():
    row = kit.found("CAP7", "T0006", "90.00")
    row["transaction_info"]["invoice_id"] = "S00077"
    (info,) = ADAPTER.parse(Request(kit.encode(row))).payments
    assert (info.transaction_key, info.reference, info.amount) == ("CAP7", "S00077", Money(9000, "EUR"))
    assert {info.reference for info in ADAPTER.parse_report(kit.report()).payments} == {"S00041"}
