"""What is refused, for which reason, on which line; and that nothing else is raised."""

import pytest

from fc import formats
from fc.formats import xml_guard

from .make import balance, detail, document, entry, simple, statement

GOOD = simple("5.00", "-7.00")


def refusal(content, format=None):
    """The FormatError of ``content``; parsing has to fail."""
    with pytest.raises(formats.FormatError) as caught:
        list(formats.parse(content, format))
    return caught.value


def test_the_good_file_is_good():
    assert len(next(formats.parse(GOOD)).entries) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"   \n", "in no format that is read"),
        (b"\x00\x01\x02", "in no format that is read"),
        (b":20:START\r\n:25:12345\r\n", "no opening balance (:60F:)"),
        (b"<a>", "not well-formed XML"),
        (b"<a/>", "the root element is 'a'"),
        (b"<Document/>", "the root element is 'Document'"),
        (GOOD.replace(b"Document", b"Statement"), "BkToCstmrStmt stands in Statement"),
        (GOOD.replace(b"<Document xmlns=", b"<c:Document xmlns:c=").replace(b"</Doc", b"</c:Doc"), "in another one, ''"),
        (GOOD.replace(b"BkToCstmrStmt", b"BkToCstmrList"), "holds no account statement"),
        (GOOD.replace(b"camt.053.001.08", b"camt.053.001.99"), "version 99 of camt.053 is not known"),
        (GOOD.replace(b"camt.053.001.08", b"camt.054.001.08"), "which is not that of camt.053"),
        (GOOD.replace(b"camt.053.001.08", b"pain.001.001.09"), "pain.001"),
        (GOOD + b"<more/>", "not well-formed XML"),
        (GOOD.replace(b"</Stmt>", b""), "not well-formed XML"),
        (b"\n" + GOOD, "not well-formed XML"),
        (document(), "holds no statement"),
        (
            document(statement()).replace(b"Stmt>", b"Rpt>").replace(b"BkToCstmrRpt", b"BkToCstmrStmt"),
            "holds no statement",
        ),
    ],
)
def test_not_a_statement(content, reason):
    assert reason in refusal(content).reason


@pytest.mark.parametrize("cut", range(10, 100, 10))
def test_truncated_anywhere(cut):
    error = refusal(GOOD[: len(GOOD) * cut // 100])
    assert "not well-formed XML" in error.reason
    assert error.line


def test_a_file_that_is_cut_between_elements_is_told_as_cut_short():
    error = refusal(GOOD[: GOOD.rindex(b"<Ntry>")])
    assert error.reason == "the file is not well-formed XML: it is cut short, or something stands behind its end."
    assert error.line


@pytest.mark.parametrize(
    ("element", "message", "advice"),
    [("BkToCstmrAcctRpt", "camt.052", "intraday"), ("BkToCstmrDbtCdtNtfctn", "camt.054", "notification")],
)
def test_reports_and_notifications_are_recognised_and_never_taken_for_statements(element, message, advice):
    content = GOOD.replace(b"BkToCstmrStmt", element.encode()).replace(b"camt.053", message.encode())
    assert formats.detect(content) == message
    error = refusal(content, "camt.053")
    assert advice in error.reason
    assert "camt.053" in error.advice
    assert "holds no statement" in refusal(content).reason


def test_statement_claimed_to_be_a_notification():
    assert "this is a camt.053 message, not camt.054" in refusal(GOOD, "camt.054").reason


def test_unknown_format_name():
    assert "no format 'mt999'" in refusal(GOOD, "mt999").reason


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<Document>&d;</Document>"""


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        b'<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>',
        b"<?xml version='1.0'?><!-- bank --><?x y?>\n<!DOCTYPE Document><Document/>",
        b"\xef\xbb\xbf" + BOMB,
        BOMB.replace(b'"1.0"', b'"1.0" encoding="UTF-16"').decode().encode("utf-16"),
        BOMB.replace(b'"1.0"', b'"1.0" encoding="UTF-16"').decode().encode("utf-16-le"),
        GOOD.replace(b"<Document", b"<!DOCTYPE Document><Document", 1),
    ],
)
def test_doctype_and_entities(content):
    for format in (None, "camt.053"):
        assert "DOCTYPE" in refusal(content, format).reason


def test_a_doctype_is_refused_before_the_parser_sees_it(monkeypatch):
    monkeypatch.setattr(xml_guard, "_guarded", lambda *_call: pytest.fail("the parser was fed"))
    assert "DOCTYPE" in refusal(BOMB).reason


def test_the_parser_tells_of_a_doctype_that_comes_late():
    content = b"<!--" + b" " * (2 * xml_guard.CHUNK_BYTES) + b"--><!DOCTYPE Document>" + GOOD.split(b"?>")[1]
    for format in (None, "camt.053"):
        assert "DOCTYPE" in refusal(content, format).reason


def test_doctype_behind_a_prolog_longer_than_the_first_chunk():
    content = b"<!--" + b" " * (2 * xml_guard.CHUNK_BYTES) + b"-->" + BOMB.split(b"?>")[1]
    for format in (None, "camt.053"):
        refusal(content, format)


def test_larger_than_the_limit(monkeypatch):
    monkeypatch.setattr(xml_guard, "MAX_XML_BYTES", 500)
    assert "MAX_XML_BYTES" in refusal(GOOD).reason


def one(*entries, **more):
    return document(statement(*entries, **more))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (one(entry("5.00"), total="5.01"), "difference 0.01 EUR"),
        (one(entry("5.00"), total="-5.00"), "difference -10.00 EUR"),
        (one(entry("5.00").replace("5.00", "-5.00"), total="5"), "the amount -5.00 is negative"),
        (one(entry("5.001"), total="5.001"), "more decimals than EUR allows"),
        (one(entry("5.5", ccy="JPY"), ccy="JPY", opening="1"), "more decimals than JPY allows (0)"),
        (one(entry("1e2"), total="100"), "'1e2' is no amount"),
        (one(entry("1,00"), total="1"), "'1,00' is no amount"),
        (one(entry("٥.00"), total="5"), "is no amount"),
        (one(entry(""), total="0"), "'' is no amount"),
        (one(entry("1" * 25), total="1" * 25), "is no amount"),
        (one(entry("5.00", ccy="USD"), total="5"), "the entry is in USD, the account in EUR"),
        (one(entry("5.00", ccy="eur"), total="5"), "no valid currency"),
        (one(entry("5.00").replace(' Ccy="EUR"', ""), total="5"), "no valid currency"),
        (one(entry("5.00").replace("<CdtDbtInd>CRDT</CdtDbtInd>", ""), total="5"), "the entry has no CdtDbtInd"),
        (one(entry("5.00").replace("CRDT", "crdt"), total="5"), "neither CRDT nor DBIT"),
        (one(entry("5.00").replace("<CdtDbtInd>", "<CdtDbtInd>DBIT</CdtDbtInd><CdtDbtInd>"), total="5"), "2 times"),
        (one(entry("5.00", status="<Cd>DONE</Cd>"), total="5"), "the status 'DONE'"),
        (one(entry("5.00", status="<Prtry>BOOKED</Prtry>"), total="5"), "the status 'BOOKED'"),
        (one(entry("5.00", day="2025-02-30"), total="5"), "'2025-02-30' is no date"),
        (one(entry("5.00", day="14.03.2025"), total="5"), "'14.03.2025' is no date"),
        (one(entry("5.00", day="20250314"), total="5"), "'20250314' is no date"),
        (one(entry("5.00", extra="<RvslInd>yes</RvslInd>"), total="5"), "neither true nor false"),
        (one(entry("5.00", details="<Btch><NbOfTxs>1.5</NbOfTxs></Btch>"), total="5"), "no whole number"),
        (one(account_ccy="USD"), "the balance OPBD is in EUR, the account in USD"),
        (one(balances=balance("OPBD", 1) + balance("CLBD", 1, ccy="SEK")), "in SEK, the account in EUR"),
        (one(balances=balance("OPBD", 1)), "no booked closing balance"),
        (one(balances=balance("CLBD", 1)), "no booked opening balance"),
        (one(balances=balance("CLAV", 1) + balance("OPAV", 1)), "no booked opening balance (OPBD or PRCD) and no"),
        (one(balances="", account_ccy=""), "no booked balance and no currency"),
        (
            one(balances=balance("OPBD", 1) + balance("OPBD", 2) + balance("CLBD", 1)),
            "two OPBD balances of the same day",
        ),
        (
            one(balances=balance("OPBD", 1) + balance("PRCD", 2) + balance("CLBD", 1)),
            "not the previous closing balance",
        ),
        (one(account=""), "has no number"),
        (one().replace(b"<Acct>", b"<RltdAcct>").replace(b"</Acct>", b"</RltdAcct>"), "names no account"),
        (one(entry("5.00") + balance("CLBD", "105.00"), total="5"), "Bal stands after an entry"),
        (one(entry("5.00") + balance("ITBD", "105.00") + entry("1.00"), total="6"), "Bal stands after an entry"),
        (one(head="<CpyDplctInd>MAYBE</CpyDplctInd>"), "'MAYBE'"),
        (one(head="<CreDtTm>yesterday</CreDtTm>"), "no date with time"),
    ],
)
def test_content_that_cannot_be_trusted(content, reason):
    error = refusal(content)
    assert reason in error.reason
    assert error.line is None or error.line > 1


def test_a_statement_inside_another_one():
    inner = document(statement(entry("1.00"), total="1", name="INNER")).split(b"?>\n")[1].decode()
    outer = one(entry("5.00"), f"<SplmtryData><Envlp>{inner}</Envlp></SplmtryData>", entry("2.00"), total="7")
    assert "stands inside another message" in refusal(outer).reason


def test_undated_entry_of_several_days():
    content = one(
        entry("5.00", day="", value=""),
        balances=balance("OPBD", "1.00", "2025-03-10") + balance("CLBD", "6.00", "2025-03-14"),
    )
    assert "covers more than one day" in refusal(content).reason


def test_the_error_tells_where_although_the_file_is_one_line():
    content = one(entry("5.00"), entry("-3.00"), entry("x"), total="2").replace(b"\n", b"")
    error = refusal(content)
    assert error.context == {"entry": 3, "account": "DE75512108001245126199", "statement": "S1"}
    assert str(error).startswith("Line 1, account DE75512108001245126199, statement S1, entry 3: 'x' is no amount.")
    assert str(error).endswith("fetch the file again from the bank.")


def test_the_gap_names_all_figures():
    error = refusal(one(entry("5.00"), entry("-7.25"), closing="98.00"))
    assert "100.00 EUR (OPBD)" in error.reason
    assert "2 booked entries of -2.25 EUR" in error.reason
    assert "97.75 EUR" in error.reason
    assert "98.00 EUR (CLBD): difference 0.25 EUR" in error.reason


def test_the_gap_points_at_entries_valued_later():
    error = refusal(one(entry("5.00"), entry("3.00", value="2025-03-17"), closing="105.00"))
    assert "valued after the date of the closing balance" in error.reason


def test_a_later_statement_that_fails_fails_the_file():
    content = document(statement(entry("5.00"), total="5"), statement(entry("5.00"), total="6", name="S2"))
    statements = formats.parse(content)
    assert next(statements).statement_id == "S1"
    with pytest.raises(formats.FormatError, match="statement S2"):
        next(statements)


@pytest.mark.parametrize("amount", ["-9.00", "9.01", "+0.01"])
def test_details_that_do_not_add_up(amount):
    error = refusal(one(entry("10.00", details=detail("1.00") + detail(amount)), total="10"))
    assert "the details add up to" in error.reason
    assert "but the entry is 10.00 EUR" in error.reason


@pytest.mark.parametrize("encoding", ["UTF-16", "windows-1252", "GB18030", "UTF-8"])
def test_bytes_that_are_no_text_between_two_statements_lose_no_statement(encoding):
    """The parser reads no further there and says nothing; the first statement alone would look like the file."""
    broken = {"UTF-16": b"\x00\xd8" * 2, "windows-1252": b"\x81", "GB18030": b"\xff\xff", "UTF-8": b"\xff"}[encoding]
    first, second = statement(entry("5.00"), total="5"), statement(entry("7.00"), total="7", name="S2")
    content = document(first, "~~", second, encoding=encoding)
    encoded = "~~".encode("utf-16-le" if encoding == "UTF-16" else encoding)
    assert content.count(encoded) == 1
    assert len(list(formats.parse(content.replace(encoded, b"")))) == 2
    assert "not well-formed" in refusal(content.replace(encoded, broken), "camt.053").reason
    assert "not well-formed" in refusal(content.replace(encoded, broken)).reason
