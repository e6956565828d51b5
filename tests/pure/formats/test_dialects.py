"""How banks really write: dialects of MT940 by country, envelopes and versions of camt, odd records of BAI2, OFX, Norma 43 and
CFONB120. Each is imported with its money exact; what it tells of the other side is where a person would look for it."""

import re
from decimal import Decimal

import pytest

from fc import formats

from . import samples
from .make import balance, document, entry, statement

SWEDISH = (
    "{1:F01BANKSESSAXXX0000000000}{2:I940BANKSESSXXXXN}{4:\n:20:X\n:25:1234567/SEK\n:28C:20/1\n:60F:C090101SEK1000,\n"
    ":61:0901020102CK200,5NMSC123//456\nDEPOSIT\n:86:Line 1\nLine 2\n:62F:C090102SEK1200,5\n-}{5:{CHK:1}}"
)


def mt940(line, *text, currency="EUR", account="DE89370400440532013000", closing="100,00"):
    return "\n".join(
        [":20:A", f":25:{account}", ":28C:1", f":60F:C120101{currency}0,00", f":61:{line}", *text,
         f":62F:C120102{currency}{closing}", "-"]
    )  # fmt: skip


def one(content):
    (found,) = formats.parse(content if isinstance(content, bytes) else content.encode())
    assert found.is_proven
    return found


# name, file, (amount, counterparty, its account, text) of its only entry
MT940 = [
    (
        "Poland, tilde",
        mt940(
            "1201020102C100,00FTRFNONREF//8327",
            ":86:020~00Transfer~10~20Invoice~21 12/2003~3010600076~310000777777777777~32Firma SA",
            "~33Warszawa~38PL08106000760000777777777777", currency="PLN", account="/PL25106000760000888888888888",
        ),
        ("100.00", "Firma SA Warszawa", "PL08106000760000777777777777", "Invoice 12/2003"),
    ),
    (
        "Poland, code in a field of its own",
        mt940("1201020102C100,00S034", ":86:034", ":86:034^00TRANSFER^20Invoice 7^31PL11^32JAN KOWAL", currency="PLN"),
        ("100.00", "JAN KOWAL", "PL11", "Invoice 7"),
    ),
    (
        "Netherlands, wrapped at the subfield sign",
        mt940(
            "120102C100,00NET NONREF", ":86:000>100987654321",
            ">20YOUR CLEARING ACCOUNT'S COS>21TS OF 01-10-2012 TO 31-12>310390123456",
            account="TRIODOSBANK/0390123456",
        ),
        ("100.00", "", "0390123456", "YOUR CLEARING ACCOUNT'S COSTS OF 01-10-2012 TO 31-12"),
    ),
    (
        "Netherlands, slashes",
        mt940(
            "1201020102C100,NTRFEREF//12", "/TRCD/00100/",
            ":86:/EREF/E1//CNTP/NL20INGB0001234567/INGBNL2A/ING TEST///REMI/USTD//x/",
            account="NL91ABNA0417164300 EUR", closing="100,",
        ),
        ("100.00", "ING TEST", "NL20INGB0001234567", "x"),
    ),
    ("Sweden, funds code and envelope", SWEDISH, ("200.50", "", "", "Line 1 Line 2")),
    (
        "Switzerland, R is the third letter of the franc",
        mt940(
            "1201020102CR100,NTRFNONREF//99", "CREDIT", ":86:CREDIT?AUFTRAGGEBER: MUSTER", currency="CHF",
            account="0240123456789",
        ),
        ("100.00", "MUSTER", "", "CREDIT?AUFTRAGGEBER: MUSTER"),
    ),
    ("a point and spaces", mt940("1201020102C100.00NMSCNONREF").replace(",", "."), ("100.00", "", "", "")),
    (
        "blank lines and a control character",
        "\n\n " + mt940("1201020102C100,00NMSCNONREF", ":86:abc", "") + "\n\x1a",
        ("100.00", "", "", "abc"),
    ),
    ("two fields of text", mt940("1201020102C100,00NMSC", ":86:a", ":86:b"), ("100.00", "", "", "a b")),
    ("no type", mt940("1201020102C100,00"), ("100.00", "", "", "")),
]


@pytest.mark.parametrize(("content", "told"), [pytest.param(*rest, id=name) for name, *rest in MT940])
def test_mt940(content, told):
    (found,) = one(content).entries
    assert (str(found.amount), found.counterparty_name, found.counterparty_account, found.text) == told


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1201020102C1.100,00NMSC", "is no line"),
        ("201201020102C100,00NMSC", "is no line"),
        ("1213020102C100,00NMSC", "no such day"),
    ],
    ids=["a thousands sign", "a year of four digits", "a month that is none"],
)
def test_mt940_that_can_be_read_in_two_ways_is_refused(line, reason):
    assert reason in samples.refusal(mt940(line).encode()).reason


CAMT = document(statement(entry("5.00"), opening="0.00", closing="5.00"))


def prefixed(content):
    return re.sub(rb"<(/?)(?=[A-Z])", rb"<\1ns2:", content).replace(b"xmlns=", b"xmlns:ns2=")


def in_an_envelope(content):
    head = b'<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><BizMsgIdr>1</BizMsgIdr></AppHdr>'
    return b'<Envelope xmlns="urn:x">' + head + content.partition(b"?>")[2] + b"</Envelope>"


@pytest.mark.parametrize(
    "content",
    [
        prefixed(CAMT), in_an_envelope(CAMT), b"\n\n" + CAMT.partition(b"?>")[2].lstrip(), CAMT.decode().encode("utf-8-sig"),
        CAMT.decode().partition("?>")[2].lstrip().encode("utf-16"), CAMT.replace(b"<Ccy>EUR</Ccy>", b""),
        *(document(statement(entry("5.00"), opening="0.00", closing="5.00"), version=f"{number:02d}") for number in range(2, 14)),
    ],
)
def test_envelopes_and_versions_of_camt(content):
    found = one(content)
    assert (found.currency, [entry.amount for entry in found.entries]) == ("EUR", [Decimal("5.00")])


def test_an_account_in_two_currencies():
    dollars = statement(entry("7.00", ccy="USD"), opening="0.00", closing="7.00", ccy="USD")
    found = list(formats.parse(document(statement(entry("5.00"), opening="0.00", closing="5.00"), dollars)))
    assert [(one.currency, one.closing) for one in found] == [("EUR", 5), ("USD", 7)]


def test_balances_that_are_none_of_the_booked_ones_change_nothing():
    more = balance("CLAV", "9.00") + balance("FWAV", "9.00")
    assert one(CAMT.replace(b"</Bal><Ntry>", f"</Bal>{more}<Ntry>".encode())).closing == 5


def bai2(*records, control=3000, count):
    lines = ["01,S,R,250401,0600,1,80,,2/", "02,R,S,1,250331,2400,USD,2/", *records]
    lines += [f"49,{control},{count}/", f"98,{control},1,{count + 2}/", f"99,{control},1,{count + 4}/"]
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    "content",
    [
        bai2("03,4711,USD,010,1000,,/", "88,015,1500,,/", "16,195,500,S,100,200,200,B1,R1,TEXT, WITH", "88,MORE / TEXT", count=5),
        bai2("03,4711,,010,1000,,,015,1500,,/", "16,195,500,V,250401,1200,B1,R1,TEXT, WITH MORE / TEXT", count=3),
        bai2("03,4711,USD,010,1000,,,015,1500,,/", "16,195,500,Z/", "88,B1,R1/", "88,TEXT, WITH MORE / TEXT", count=5),
    ],
    ids=["amounts and text go on", "no sign at the end", "the record itself goes on"],
)
def test_continuations_of_bai2(content):
    (found,) = one(content).entries
    assert (found.amount, found.bank_id, found.text) == (5, "B1", "TEXT, WITH MORE / TEXT")


def test_two_accounts_and_two_days_in_a_bai2_file():
    lines = [
        "01,S,R,250401,0600,1,,,2/", "02,R,S,1,250331,,,2/", "03,1,USD,010,1,,,015,2,,/", "16,195,1,,B1,R1,T/", "49,4,3/",
        "03,2,JPY,010,5,,,015,5,,/", "49,10,2/", "98,14,2,7/", "02,R,S,1,250401,,,2/", "03,1,USD,010,2,,,015,2,,/", "49,4,2/",
        "98,4,1,4/", "99,18,2,13/",
    ]  # fmt: skip
    found = list(formats.parse("\n".join(lines).encode()))
    told = [(one.account, one.currency, str(one.closing)) for one in found]
    assert told == [("1", "USD", "0.02"), ("2", "JPY", "5"), ("1", "USD", "0.02")]


OFX_HEAD = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"


def ofx(*accounts, head=OFX_HEAD):
    """``accounts``: (number, currency)."""
    body = "".join(
        f"<STMTTRNRS><STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>1<ACCTID>{number}<ACCTTYPE>CHECKING</BANKACCTFROM>"
        "<BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20250302230000.000[-8:PST]<TRNAMT>-5.00<FITID>1<NAME>A & B<MEMO>x"
        "</STMTTRN></BANKTRANLIST>"
        "<LEDGERBAL><BALAMT>10,00<DTASOF>20250331</LEDGERBAL></STMTRS></STMTTRNRS>"
        for number, currency in accounts
    )
    return f"{head}<OFX><BANKMSGSRSV1>{body}</BANKMSGSRSV1></OFX>".encode()


@pytest.mark.parametrize("head", [OFX_HEAD, OFX_HEAD.replace("\n", " "), OFX_HEAD.replace("\n", "\r\n "), ""])
def test_ofx_in_one_line_with_several_accounts_and_currencies(head):
    found = list(formats.parse(ofx(("1", "USD"), ("2", "EUR"), head=head)))
    assert [(one.account, one.currency, one.closing) for one in found] == [("1", "USD", 10), ("2", "EUR", 10)]
    (entry,) = found[0].entries
    assert (entry.amount, str(entry.booking_date), entry.counterparty_name) == (-5, "2025-03-02", "A & B")


def test_cfonb120_with_several_accounts_in_one_unbroken_line():
    lines = samples.content("cfonb120-french.txt").decode("latin-1").splitlines()
    both = lines + [line.replace("00012345678", "00012345679") for line in lines]
    found = list(formats.parse("".join(line.ljust(120) for line in both).encode("latin-1")))
    closing = Decimal("1218.15")
    assert [(one.account[-11:], one.closing) for one in found] == [("00012345678", closing), ("00012345679", closing)]


def test_norma43_with_accounts_in_two_currencies():
    *lines, last = samples.content("norma43-spanish.n43").decode("latin-1").splitlines()
    # The currency stands in the head (11) and in the end (33) of the account.
    place = {"11": 47, "33": 73}
    dollars = [
        line[: place[line[:2]]] + "840" + line[place[line[:2]] + 3 :] if line[:2] in place else line for line in lines
    ]
    total = f"{last[:20]}{2 * len(lines):06d}{last[26:]}"
    found = list(formats.parse("\r\n".join([*lines, *dollars, total]).encode("latin-1")))
    assert [(one.currency, one.closing, len(one.entries)) for one in found] == [
        ("EUR", Decimal("-49.50"), 2), ("USD", Decimal("-49.50"), 2),
    ]  # fmt: skip
