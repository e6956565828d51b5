"""Balances that a person tells: taken for any format, and proven like stated ones."""

from decimal import Decimal

import pytest

from fc.formats import FormatError, Profile, Told, stream
from fc.formats.records import BALANCES, UNPROVEN, StatementHeader, StatementProof

QIF = b"!Type:Bank\nD13/02/2026\nT250.00\nPAda\n^\nD14/02/2026\nT-12.50\nPBank\n^\n"
OFX = b"""OFXHEADER:100
DATA:OFXSGML
VERSION:102

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>1<ACCTID>77<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260201<DTEND>20260228
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260213<TRNAMT>250.00<FITID>1<NAME>Ada</STMTTRN></BANKTRANLIST>
<LEDGERBAL><BALAMT>350.00<DTASOF>20260228</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
TABLE = b"date,amount\n2026-02-13,250.00\n2026-02-14,-12.50\n"
PROFILE = Profile(columns=(("date", "date"), ("amount", "amount")))


def told(opening=None, closing=None, **more):
    return Told(currency="EUR", opening=opening and Decimal(opening), closing=closing and Decimal(closing), **more)


def ends(content, what, format=None):
    events = [event for _member, event in stream(content, format, what)]
    return events[0], events[-1]


@pytest.mark.parametrize(
    ("content", "format", "what"),
    [
        (QIF, None, told("100", "337.50")),
        (TABLE, PROFILE, told("100", "337.50")),
        (OFX, None, told("100")),
        (OFX, None, told("100", "350")),
    ],
)
def test_told_balances_prove_a_statement(content, format, what):
    header, proof = ends(content, what, format)
    assert isinstance(header, StatementHeader) and header.is_proven and header.proof == BALANCES
    assert isinstance(proof, StatementProof) and proof.opening + proof.total == proof.closing


@pytest.mark.parametrize(
    ("content", "format", "what", "reason"),
    [
        (QIF, None, told("100", "337.51"), "0.01 is missing"),
        (TABLE, PROFILE, told("99", "337.50"), "1.00 is missing"),
        (OFX, None, told("100", "351"), "closing balance of the file is 350.00 EUR, but 351 is told"),
        (OFX, None, told("101"), "-1.00 is missing"),
        (QIF + QIF.replace(b"Bank\n", b"CCard\n", 1), None, told("1", "238.50"), "several statements"),
    ],
)
def test_what_does_not_hold_is_refused(content, format, what, reason):
    with pytest.raises(FormatError, match=reason):
        ends(content, what, format)


def test_one_balance_alone_proves_nothing():
    header, proof = ends(QIF, told("100"))
    assert (header.proof, header.is_proven, proof.closing) == (UNPROVEN, False, None)


def test_the_order_of_dates_may_be_told():
    content = b"!Type:Bank\nD03/02/2026\nT1.00\n^\n"
    with pytest.raises(FormatError, match="can be read"):
        ends(content, told("1", "2"))
    header, _proof = ends(content, told("1", "2", date_order="dmy"))
    assert str(header.from_date) == "2026-02-03"
