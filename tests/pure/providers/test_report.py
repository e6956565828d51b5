"""The report file: the golden file line by line, every way to damage it, and parity with the API's lines."""

import re
from datetime import date

import pytest

from fc.core.errors import PayloadError
from fc.core.money import Money
from simulator import stripe_objects as stripe
from simulator.stripe_api import StripeApi

from . import lines
from .told import FILES, STRIPE, facts

GOLDEN = (FILES / "payout_reconciliation.csv").read_bytes()
HEADER, *ROWS = GOLDEN.decode().splitlines(keepends=True)


def eur(minor):
    return Money(minor, "EUR")


EXPECTED = {
    ("capture", "ch_1/10000"): (10000, "EUR", "ch_1", "pi_1"),
    ("fee", "txn_1"): (175, "EUR", "ch_1", "pi_1"),
    ("capture", "ch_2/5000"): (5000, "EUR", "ch_2", "pi_2"),
    ("fee", "txn_2"): (115, "EUR", "ch_2", "pi_2"),
    ("refund", "re_1"): (3000, "EUR", "re_1", "pi_1"),
    ("dispute_open", "dp_1"): (4000, "EUR", "dp_1", "pi_3"),
    ("dispute_fee", "txn_5"): (1500, "EUR", "dp_1", "pi_3"),
    ("capture", "ch_4/12000"): (12000, "USD", "ch_4", "pi_4"),
    ("fee", "txn_6"): (350, "EUR", "ch_4", "pi_4"),
    ("fx", "txn_6"): (11005, "EUR", "ch_4", "pi_4"),
    ("refund", "re_4"): (1000, "USD", "re_4", "pi_4"),
    ("fx", "txn_7"): (-920, "EUR", "ch_4", "pi_4"),
    ("fee", "txn_8"): (50, "EUR", "", None),
    ("reserve_hold", "txn_9"): (1200, "EUR", "", None),
    ("dispute_won", "dp_1"): (4000, "EUR", "dp_1", "pi_3"),
    ("fee_refund", "txn_11"): (1500, "EUR", "dp_1", "pi_3"),
    ("refund_fail", "re_1"): (3000, "EUR", "re_1", "pi_1"),
    ("reserve_release", "txn_13"): (1200, "EUR", "", None),
    ("capture_fail", "py_5"): (2500, "EUR", "py_5", "py_5"),
    ("capture", "ch_6/5000"): (5000, "JPY", "ch_6", "pi_6"),
    ("fee", "txn_21"): (180, "JPY", "ch_6", "pi_6"),
}


def test_the_facts_of_the_golden_file():
    assert facts(STRIPE.parse_report(GOLDEN, "report.csv")) == EXPECTED


def test_the_settlements_of_the_golden_file():
    parsed = STRIPE.parse_report(GOLDEN)
    told = {info.external_id: info for info in parsed.settlements}
    assert {key: info.amount.minor for key, info in told.items()} == lines.PAID
    assert all(info.complete and info.automatic for info in told.values())
    assert told["po_A"].arrival_date == date(2026, 3, 26)
    for key, info in told.items():
        total = Money.zero(info.amount.currency)
        for line in parsed.lines:
            if line.settlement_key == key:
                assert line.net == line.gross - line.fee - line.tax
                total += line.net
        assert total == info.amount


def test_the_lines_of_the_golden_file():
    parsed = STRIPE.parse_report(GOLDEN)
    kinds = [(line.external_id, line.kind) for line in parsed.lines]
    assert sorted(kinds) == sorted(
        [
            ("txn_1", "capture"), ("txn_2", "capture"), ("txn_3", "capture"), ("txn_4", "refund"),
            ("txn_5", "dispute_open"), ("txn_6", "capture"), ("txn_7", "refund"), ("txn_8", "fee"),
            ("txn_9", "reserve_hold"), ("txn_11", "dispute_won"), ("txn_12", "refund_fail"),
            ("txn_13", "reserve_release"), ("txn_14", "capture_fail"), ("txn_21", "capture"),
        ]
    )  # fmt: skip
    line = next(line for line in parsed.lines if line.external_id == "txn_7")
    assert (line.gross, line.original) == (eur(-920), Money(-1000, "USD"))
    assert (line.transaction_key, line.source_id, line.category) == ("pi_4", "re_4", "refund")
    assert next(line for line in parsed.lines if line.external_id == "txn_1").original is None


def test_a_conversion_says_what_left_in_the_other_currency():
    told = {f.external_id: f for f in STRIPE.parse_report(GOLDEN).movements if f.kind == "fx"}
    assert told["txn_6"].counter_amount == Money(12000, "USD")
    assert told["txn_7"].counter_amount == Money(-1000, "USD")


def test_what_the_file_tells_about_payments():
    told = {info.transaction_key: info for info in STRIPE.parse_report(GOLDEN).payments}
    assert {key: info.reference for key, info in told.items()} == {
        "pi_1": "S00041", "pi_2": "S00042", "pi_4": "S00044", "pi_6": "S00046",
    }  # fmt: skip
    assert (told["pi_2"].amount, told["pi_2"].customer_name) == (eur(8000), 'Bob "the" Buyer')
    assert told["pi_4"].amount == Money(12000, "USD")


def through_api(payout_id, **options):
    api = StripeApi(lines={payout_id: lines.listed(payout_id, **options)})
    return STRIPE.parse_settlement(STRIPE.fetch_settlement(api.call, payout_id), payout_id)


def test_the_api_tells_the_same_facts_lines_and_settlements():
    report = STRIPE.parse_report(GOLDEN)
    told, found = {}, []
    for payout_id in lines.PAID:
        parsed = through_api(payout_id)
        told.update(facts(parsed))
        found += parsed.lines
        (info,) = parsed.settlements
        assert (info.external_id, info.amount.minor, info.complete) == (
            payout_id,
            lines.PAID[payout_id],
            True,
        )
    own = {key: told.pop(key) for key in list(told) if key[0] == "payout"}
    assert {key[1]: value[0] for key, value in own.items()} == lines.PAID
    assert told == EXPECTED

    def plain(items):
        return {(i.external_id, i.kind, i.gross, i.fee, i.tax, i.net, i.original, i.transaction_key) for i in items}

    assert plain(found) == plain(report.lines)
    dated = {(f.kind, f.external_id): (f.occurred_at, f.settlement_key) for f in report.movements}
    for payout_id in lines.PAID:
        for fact in through_api(payout_id, own=False).movements:
            assert dated[fact.kind, fact.external_id] == (fact.occurred_at, fact.settlement_key)


def test_the_order_of_rows_and_columns_does_not_matter():
    shuffled = "".join([HEADER, *reversed(ROWS)]).encode()
    assert facts(STRIPE.parse_report(shuffled)) == EXPECTED
    columns = [column.strip('"\n') for column in HEADER.split(",")]
    values = [dict(zip(columns, _cells(row), strict=True)) for row in ROWS]
    turned = stripe.report(values, [*reversed(columns), "a  new   column"])
    assert facts(STRIPE.parse_report(turned)) == EXPECTED
    renamed = turned.replace(b'"gross"', b'"  Gross "')
    assert facts(STRIPE.parse_report(renamed)) == EXPECTED


def _cells(row):
    return [cell.replace('""', '"') for cell in re.findall(r'"((?:[^"]|"")*)"', row)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding, newline):
    content = GOLDEN.decode().replace("\n", newline).encode(encoding)
    assert STRIPE.detect_report(content)
    assert facts(STRIPE.parse_report(content)) == EXPECTED


def test_only_this_report_is_recognised():
    assert STRIPE.detect_report(HEADER.encode())
    for content in (
        b"",
        b"a,b\n1,2\n",
        b"\xff\xfe\x00",
        b"<?xml version='1.0'?>",
        b"\x00" * 100,
        ROWS[0].encode(),
    ):
        assert not STRIPE.detect_report(content)


def test_a_report_without_rows_says_so():
    parsed = STRIPE.parse_report(HEADER.encode(), "march.csv")
    assert parsed.ignored == "march.csv has no rows: nothing was settled in its period"


ONE = HEADER + ROWS[0]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"\xff\xffabc", "UTF-8"),
        ("automatic_payout_id,x\n".encode("utf-16-le"), "NUL"),
        (b"a,b\n1,2\n", "lacks the columns automatic_payout_id, balance_transaction_id, currency"),
        (ONE.replace('"net"', '"nett"', 1), "lacks the columns net"),
        (ONE.replace('"created_utc","created"', '"x","y"'), "lacks the columns created_utc"),
        (ONE.replace('"card","', '"net","', 1).replace('"payment_method_type"', '"net"'), "column net twice"),
        (ONE[:-30], "damaged"),
        (ONE[:-100], "damaged"),
        (ONE.rstrip("\n"), "may be cut"),
        (ONE.rstrip("\n") + ',"more"\n', "values for"),
        (ONE.replace('"98.25"', '"98.24"'), "is not net"),
        (ONE.replace('"100.00","1.75"', '"100,00","1.75"'), "line 2, gross: '100,00' is no amount"),
        (ONE.replace('"eur","100.00"', '"euro","100.00"'), "no currency code"),
        (ONE.replace('"2026-03-24 08:00:00"', '"24.03.2026"'), "is no time"),
        (ONE.replace('"2026-03-24 08:00:00","2026-03-24 09:00:00"', '"",""'), "no time in created_utc"),
        (ONE.replace('"txn_1"', '""'), "no balance_transaction_id"),
        (ONE.replace('"txn_1"', '"txn 1"'), "no balance_transaction_id"),
        (ONE.replace('"SHOP"', '"SH\0OP"'), "NUL"),
        (ONE[: -len('""\n')] + '"S00\n', "damaged"),
        (ONE + ROWS[0], "twice"),
        (ONE + ROWS[-1].replace('"po_J"', '"po_A"'), "rows in"),
    ],
)
def test_a_damaged_file_is_refused_as_a_whole(content, says):
    with pytest.raises(PayloadError, match=says):
        STRIPE.parse_report(content if isinstance(content, bytes) else content.encode(), "march.csv")


def test_a_cut_anywhere_is_refused_or_between_two_rows():
    whole = len(HEADER.encode())
    ends = {whole + sum(len(row.encode()) for row in ROWS[:count]) for count in range(len(ROWS) + 1)}
    for end in range(whole, len(GOLDEN) + 1):
        if end in ends:
            STRIPE.parse_report(GOLDEN[:end])
        else:
            with pytest.raises(PayloadError):
                STRIPE.parse_report(GOLDEN[:end])


def test_a_last_line_without_end_is_taken_when_no_value_can_be_cut():
    columns = ["automatic_payout_id", "balance_transaction_id", "created_utc", "currency", "gross", "fee"]
    columns += ["reporting_category", "source_id", "payment_intent_id", "net"]
    rows = [dict(zip(map(str, _cells(HEADER)), _cells(row), strict=True)) for row in ROWS]
    plain = ",".join(columns) + "\n" + "\n".join(",".join(row[c] for c in columns) for row in rows[:1])
    assert facts(STRIPE.parse_report(plain.encode()))[("capture", "ch_1/10000")]
    with pytest.raises(PayloadError, match="is not net"):
        STRIPE.parse_report(plain[:-1].encode())
