"""What damage does to a file of any format: it is imported exactly, or refused with a reason.

Every format inherits this by being registered in `samples`."""

import gc
import gzip
import io
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fc import formats

from . import make, samples

ROOT = str(Path(__file__).resolve().parents[3])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from bench import text_files  # noqa: E402
from bench.bench_formats import PROFILE  # noqa: E402

TENTHS = range(1, 10)
LINES = 200_000


def zipped(content, name="inner"):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def told(name):
    return [samples.told(one) for one in samples.read(name)]


def told_of(found):
    assert isinstance(found, list), found
    return [samples.told(one) for one in found]


def test_every_format_is_registered():
    assert {*samples.FORMAT_OF.values(), "xls"} == set(formats._BY_NAME)


@pytest.mark.parametrize("name", samples.EVERY)
def test_the_format_is_in_the_content_not_in_the_name(name):
    content = samples.content(name)
    for filename in (None, "statement.xml", "report.csv", "x.pdf", "bank.zip"):
        assert formats.detect(content, filename) == samples.FORMAT_OF[name]


@pytest.mark.parametrize("tenth", TENTHS)
@pytest.mark.parametrize("name", samples.EVERY)
def test_a_cut_file_is_refused_or_what_is_left_is_exact(name, tenth):
    content = samples.content(name)
    found = samples.outcome(content[: len(content) * tenth // 10], samples.how(name))
    if isinstance(found, list):
        whole = told(name)
        for one in found:
            # Whole statements only, and each of them proven by itself; what is not proven is not taken for whole.
            assert not one.is_proven or samples.told(one) in whole or is_beginning(one, whole)


def is_beginning(statement, whole):
    """Whether the entries, each with its balance, are the first of one of ``whole``: a table may end anywhere."""
    entries = samples.told(statement)[-1]
    begins = any(one[2] == statement.opening and one[-1][: len(entries)] == entries for one in whole)
    return statement.proof == "running-balance" and begins


@pytest.mark.parametrize("copies", [0, 2])
@pytest.mark.parametrize("name", [name for name in samples.EVERY if name != "table.xlsx"])
def test_a_line_that_is_missing_or_doubled_moves_no_money_unseen(name, copies):
    content = samples.content(name)
    lines = content.splitlines(keepends=True)
    if len(lines) < 3:
        lines = [piece + b">" for piece in content.split(b">")[:-1]]
    whole = {(one.account, one.opening, one.closing): sum(e.amount for e in one.entries) for one in samples.read(name)}
    refused = 0
    for number, line in enumerate(lines):
        found = samples.outcome(b"".join([*lines[:number], *[line] * copies, *lines[number + 1 :]]), samples.how(name))
        if not isinstance(found, list):
            refused += 1
            continue
        for one in found:
            if one.is_proven and (one.account, one.opening, one.closing) in whole:
                assert sum(entry.amount for entry in one.entries) == whole[one.account, one.opening, one.closing]
    assert refused


@pytest.mark.parametrize("name", samples.NAMES)
@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_line_ends_and_byte_order_marks_change_nothing(name, newline):
    content = samples.content(name).replace(b"\r\n", b"\n").replace(b"\n", newline)
    assert told_of(samples.outcome(content)) == told(name)
    text = formats.decoding.decode(content).text
    for encoding in ("utf-8-sig", "utf-16"):
        if b"OFXHEADER:100" not in content:
            assert told_of(samples.outcome(text.encode(encoding))) == told(name)


@pytest.mark.parametrize("name", samples.EVERY)
def test_a_byte_that_is_in_no_encoding_is_read_or_refused(name):
    content = samples.content(name)
    for place in range(0, len(content), max(1, len(content) // 25)):
        found = samples.outcome(content[:place] + b"\xff\xe9" + content[place + 2 :], samples.how(name))
        assert isinstance(found, (list, formats.FormatError))


@pytest.mark.parametrize("name", [name for name in samples.EVERY if samples.how(name) is None])
def test_packed_it_is_the_same(name):
    content = samples.content(name)
    for packed in (gzip.compress(content), zipped(content), zipped(zipped(content)), zipped(gzip.compress(content)),
                   gzip.compress(zipped(content))):  # fmt: skip
        assert told_of(samples.outcome(packed)) == told(name)


@pytest.mark.parametrize("name", [name for name in samples.EVERY if samples.how(name) is None])
def test_packed_and_damaged_it_is_refused(name):
    for packed in (gzip.compress(samples.content(name)), zipped(samples.content(name))):
        for tenth in TENTHS:
            assert isinstance(samples.outcome(packed[: len(packed) * tenth // 10]), formats.FormatError)


@pytest.mark.parametrize("name", [name for name in samples.EVERY if samples.how(name) is None])
def test_a_bomb_around_it_is_refused(name):
    filler = samples.content(name) + b" " * 40_000_000
    for bomb in (gzip.compress(filler), zipped(filler), zipped(gzip.compress(filler)), zipped(zipped(zipped(zipped(b"x"))))):
        assert isinstance(samples.outcome(bomb), formats.FormatError)


def large_camt(count):
    one = make.entry("1.00", ref="R{number}", details=make.detail(inner="<RmtInf><Ustrd>Invoice {number}</Ustrd></RmtInf>"))
    entries = "".join(one.replace("{number}", str(number)) for number in range(count))
    return make.document(make.statement(entries, total=str(count)))


def large_xlsx(count):
    """The rows of the large table in a workbook, written by hand: a library takes longer than the test."""
    rows = text_files.csv(count).decode().split("\r\n")
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'.format
    cells = "".join(f"<row>{''.join(map(cell, row.split(';')))}</row>" for row in rows)
    book = openpyxl.Workbook()
    book.active.append(["x"])
    stream = io.BytesIO()
    book.save(stream)
    found = io.BytesIO()
    with zipfile.ZipFile(stream) as small, zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as large:
        for part in small.namelist():
            content = small.read(part)
            if part == "xl/worksheets/sheet1.xml":
                begin, end = content.index(b"<sheetData>") + 11, content.index(b"</sheetData>")
                content = content[:begin] + cells.encode() + content[end:]
            large.writestr(part, content)
    return found.getvalue()


LARGE = text_files.MAKERS | {"camt.053": large_camt, "xlsx": large_xlsx}


@pytest.mark.large
@pytest.mark.parametrize("name", LARGE)
def test_200_000_lines_are_read_and_none_is_kept(name):
    """Memory does not grow with the entries that were read: of those of half the file next to none is alive."""
    content, count, alive = LARGE[name](LINES), 0, None
    assert formats.detect(content) == name
    for _member, event in formats.stream(content, PROFILE if name in ("csv", "xlsx") else name):
        count += isinstance(event, formats.Entry)
        if count == LINES // 2 and alive is None:
            alive = sum(type(one) is formats.Entry for one in gc.get_objects())
    assert count == LINES
    assert alive < 100


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(samples.EVERY), st.data())
def test_mutated_files(name, data):
    content = samples.content(name)
    pieces = st.sampled_from(PIECES)
    for _number in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 40)))
        content = content[:start] + data.draw(pieces | st.binary(max_size=3)) + content[end:]
    samples.outcome(content, samples.how(name))


PIECES = [piece.encode("latin-1") for piece in (
    ":61: :86: :20: :25: :60F: :62F: -} - {4: C D RC ED 260230 999999999999999999,99 , ?20 /EREF/ SVWZ+ 16, 88, 49, 98, 99, / "
    "S,1,2,3 V,260101,2400 D,2,1,1,2,2 <STMTTRN> </STMTTRN> <TRNAMT> <DTPOSTED> </OFX> &#0; &amp; ^ !Type:Bank D T1,234.00 "
    "} { J 0000 2100 11 22 33 \x00 \xff \xe9 ; \" ' = 31.12.2025 1e9 NaN \n \r\n"
).split(" ")]  # fmt: skip
