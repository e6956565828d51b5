"""The preview of any file, and balances that are told afterwards."""

from decimal import Decimal

import pytest

from fc import formats
from fc.formats import Told

from . import samples
from .make import simple
from .test_zip import archive


@pytest.mark.parametrize("name", samples.NAMES)
def test_the_preview_is_what_is_read(name):
    seen = formats.preview(samples.content(name), limit=2)
    whole = samples.read(name)
    assert (seen.refusal, seen.refused) == (None, ())
    assert [one.entries for one in seen.statements] == [one.entries[:2] for one in whole]
    assert [(one.header.account, one.count, one.proof.closing) for one in seen.statements] == [
        (one.account, len(one.entries), one.closing) for one in whole
    ]


def test_what_is_refused_is_shown_up_to_there():
    content = samples.content("mt940-german.sta").replace(b":62F:C260106EUR253,15", b":62F:C260106EUR253,16")
    seen = formats.preview(content)
    assert [one.proof is not None for one in seen.statements] == [True, False]
    assert "difference 0.01 EUR" in seen.refusal.reason
    assert seen.refused == ((seen.refusal.line, seen.refusal.reason),)


@pytest.mark.parametrize("content", [b"", b"hello", b"<a/>", samples.content("qif-bank.qif")[:40], archive(("a.pdf", b"%PDF"))])
def test_what_is_no_statement_has_a_preview_too(content):
    seen = formats.preview(content)
    assert seen.refusal is not None
    assert str(seen.refusal)


def test_members_of_an_archive_and_what_is_told_of_a_qif():
    seen = formats.preview(archive(("a.xml", simple("1.00")), ("b.sta", samples.content("mt940-swiss.sta"))))
    assert [one.member for one in seen.statements] == ["a.xml", "b.sta"]
    seen = formats.preview(samples.content("qif-bank.qif"), told=Told(currency="EUR", opening=Decimal(0), closing=Decimal(1395)))
    assert seen.statements[0].header.proof == "balances"


def test_one_balance_is_proven_by_the_statement_before():
    (found,) = samples.read("ofx-bank.ofx")
    proven = formats.proven_with(found, opening=Decimal("5000.00"))
    assert (proven.is_proven, proven.opening, proven.closing) == (True, Decimal("5000.00"), Decimal("6473.75"))
    with pytest.raises(formats.FormatError, match=r"difference 1\.00 USD"):
        formats.proven_with(found, opening=Decimal("4999.00"))
    with pytest.raises(formats.FormatError, match="both balances are needed"):
        formats.proven_with(found)
    with pytest.raises(formats.FormatError, match="is told"):
        formats.proven_with(found, closing=Decimal(1))
    (interim,) = samples.read("mt942-interim.942")
    with pytest.raises(formats.FormatError, match="only announced"):
        formats.proven_with(interim, Decimal(0), Decimal(60))
