"""Archives: members one by one, and every limit by name."""

import gzip
import io
import zipfile

import pytest

from fc import formats
from fc.formats import zip_guard

from .make import simple


def archive(*members, method=zipfile.ZIP_DEFLATED):
    """A zip of (name, content) pairs."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as target:
        for name, content in members:
            target.writestr(name, content)
    return stream.getvalue()


def refusal(content):
    with pytest.raises(formats.FormatError) as caught:
        list(formats.parse(content))
    return caught.value


def test_several_files_and_what_macos_adds():
    content = archive(
        ("march/", b""),
        ("march/1.xml", simple("1.00")),
        ("march/2.xml", simple("2.00")),
        ("__MACOSX/x", b"y"),
    )
    assert formats.detect(content, "march.zip") == "zip"
    found = list(formats.parse(content))
    assert [(one.member, one.entries[0].amount) for one in found] == [("march/1.xml", 1), ("march/2.xml", 2)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (archive(), "the archive holds no file"),
        (archive(("a/", b"")), "the archive holds no file"),
        (archive(("a.xml", simple("1.00")))[:200], "the archive is damaged"),
        (archive(("../a.xml", simple("1.00"))), "leads out of the archive"),
        (archive(("/etc/a.xml", simple("1.00"))), "leads out of the archive"),
        (archive(("a\\..\\b.xml", simple("1.00"))), "leads out of the archive"),
        (archive(("C:\\b.xml", simple("1.00"))), "leads out of the archive"),
        (archive(("a.xml", simple("1.00")), method=zipfile.ZIP_LZMA), "compression method 14"),
        (archive(("a.xml", simple("1.00")), ("b.pdf", b"%PDF-1.7")), "in no format that is read"),
        (archive(("a.xml", simple("1.00").replace(b"101.00", b"102.00"))), "difference 1.00 EUR"),
    ],
)  # fmt: skip
def test_refused(content, reason):
    assert reason in refusal(content).reason


def test_the_member_is_named():
    error = refusal(archive(("good.xml", simple("1.00")), ("bad.xml", b"<a/>")))
    assert error.context["member"] == "bad.xml"
    assert str(error).startswith("Line 1, file bad.xml of the archive: ")


def test_damaged_data():
    content = bytearray(archive(("a.xml", simple(*["1.00"] * 50))))
    content[80:90] = b"\xff" * 10
    assert "the archive is damaged" in refusal(bytes(content)).reason


def test_a_file_without_a_name():
    content = bytearray(archive(("a", simple("1.00"))))
    for signature, offset in ((b"PK\x03\x04", 30), (b"PK\x01\x02", 46)):
        content[content.index(signature) + offset] = 0
    assert "has no name" in refusal(bytes(content)).reason


def test_encrypted():
    content = bytearray(archive(("a.xml", simple("1.00"))))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    assert "encrypted" in refusal(bytes(content)).reason


def test_zip_bomb():
    bomb = archive(("a.xml", b"<a>" + b" " * (8 * 1024 * 1024) + b"</a>"))
    assert len(bomb) < 10000
    assert "MAX_RATIO" in refusal(bomb).reason


@pytest.mark.parametrize(("limit", "value"), [("MAX_MEMBERS", 1), ("MAX_MEMBER_BYTES", 100), ("MAX_TOTAL_BYTES", 1500)])
def test_limits(monkeypatch, limit, value):
    monkeypatch.setattr(zip_guard, limit, value)
    assert limit in refusal(archive(("a.xml", simple("1.00")), ("b.xml", simple("2.00")))).reason


def test_a_size_that_the_header_understates():
    content = bytearray(archive(("a.xml", b"<a>" + b" " * (8 * 1024 * 1024) + b"</a>")))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.index(signature) + offset
        content[at : at + 4] = (10).to_bytes(4, "little")
    refusal(bytes(content))


def nested(depth, content):
    for _level in range(depth):
        content = archive(("inner.zip", content))
    return content


def test_an_archive_inside_an_archive():
    inner = archive(("a.xml", simple("1.00")), ("b.xml.gz", gzip.compress(simple("2.00"))))
    content = archive(("march.zip", inner), ("april.xml", simple("3.00")))
    found = list(formats.parse(content))
    assert [(one.member, one.entries[0].amount) for one in found] == [
        ("march.zip/a.xml", 1), ("march.zip/b.xml.gz", 2), ("april.xml", 3),
    ]  # fmt: skip
    assert [member for member, event in formats.stream(content) if isinstance(event, formats.StatementProof)] == [
        "march.zip/a.xml", "march.zip/b.xml.gz", "april.xml",
    ]  # fmt: skip
    error = refusal(archive(("march.zip", archive(("bad.xml", b"<a/>")))))
    assert error.context["member"] == "march.zip/bad.xml"


def test_archives_too_deep():
    assert len(list(formats.parse(nested(zip_guard.MAX_DEPTH, simple("1.00"))))) == 1
    assert "MAX_DEPTH" in refusal(nested(zip_guard.MAX_DEPTH + 1, simple("1.00"))).reason


def test_the_limits_hold_for_all_levels_together(monkeypatch):
    monkeypatch.setattr(zip_guard, "MAX_MEMBERS", 3)
    two = archive(("a.xml", simple("1.00")), ("b.xml", simple("2.00")))
    assert len(list(formats.parse(archive(("one.zip", two))))) == 2
    assert "MAX_MEMBERS" in refusal(archive(("one.zip", two), ("other.zip", two))).reason


def test_gzip():
    content = gzip.compress(simple("1.00"))
    assert formats.detect(content, "a.xml") == "gz"
    assert [one.entries[0].amount for one in formats.parse(content)] == [1]
    # gzip files that are put behind one another are one.
    whole = simple("2.00")
    assert len(list(formats.parse(gzip.compress(whole[:500]) + gzip.compress(whole[500:])))) == 1
    assert "cut off" in refusal(content[:-20]).reason
    assert "is damaged" in refusal(content[:30] + b"xx" + content[32:]).reason
    assert "MAX_RATIO" in refusal(gzip.compress(b"<a>" + b" " * (8 * 1024 * 1024))).reason
    assert [one.entries[0].amount for one in formats.parse(gzip.compress(archive(("a.xml", simple("1.00")))))] == [1]


def test_a_table_in_an_archive_is_read_with_what_is_told_of_it():
    table = b"Date;Amount;Balance\n05.01.2026;10,00;110,00\n06.01.2026;-2,50;107,50\n"
    profile = formats.Profile(columns=(("date", "Date"), ("amount", "Amount"), ("balance", "Balance")), delimiter=";",
                              decimal_sign=",", date_order="dmy", currency="EUR")  # fmt: skip
    asked = []

    def table_of(member, content):
        asked.append((member, content))
        return profile, formats.Told(account="DE02120300000000202051")

    content = archive(("a.csv", table), ("inner.zip", archive(("b.csv", table))))
    events = list(formats.stream(content, table_of=table_of))
    assert asked == [("a.csv", table), ("inner.zip/b.csv", table)]
    assert [member for member, _event in events] == ["a.csv"] * 4 + ["inner.zip/b.csv"] * 4
    with pytest.raises(formats.FormatError, match="read with a profile") as refused:
        list(formats.stream(content))
    assert refused.value.context["member"] == "a.csv"
