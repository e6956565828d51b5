"""What damage does to a file of any text format: it is imported exactly, or refused with a reason."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fc import formats

from . import samples

# Records that, gone or doubled, take no money with them.
TENTHS = range(1, 10)


@pytest.mark.parametrize("name", samples.NAMES)
def test_the_format_is_in_the_content_not_in_the_name(name):
    content = samples.content(name)
    for filename in (None, "statement.xml", "report.csv", "x.pdf"):
        assert formats.detect(content, filename) == samples.FORMAT_OF[name]


@pytest.mark.parametrize("tenth", TENTHS)
@pytest.mark.parametrize("name", samples.NAMES)
def test_a_cut_file_is_refused_or_what_is_left_is_exact(name, tenth):
    content = samples.content(name)
    found = samples.outcome(content[: len(content) * tenth // 10])
    if isinstance(found, list):
        whole = [samples.told(one) for one in samples.read(name)]
        # Whole statements only, and each of them proven by itself; what is not proven is not taken for whole.
        assert all(samples.told(one) in whole or not one.is_proven for one in found)


@pytest.mark.parametrize("copies", [0, 2])
@pytest.mark.parametrize("name", samples.NAMES)
def test_a_line_that_is_missing_or_doubled_moves_no_money_unseen(name, copies):
    content = samples.content(name)
    lines = content.splitlines(keepends=True)
    whole = {(one.account, one.opening, one.closing): sum(e.amount for e in one.entries) for one in samples.read(name)}
    refused = 0
    for number, line in enumerate(lines):
        found = samples.outcome(b"".join([*lines[:number], *[line] * copies, *lines[number + 1 :]]))
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
    whole = [samples.told(one) for one in samples.read(name)]
    content = samples.content(name).replace(b"\r\n", b"\n").replace(b"\n", newline)
    assert [samples.told(one) for one in samples.outcome(content)] == whole
    text = formats.decoding.decode(content).text
    for encoding in ("utf-8-sig", "utf-16"):
        if b"OFXHEADER:100" not in content:
            assert [samples.told(one) for one in samples.outcome(text.encode(encoding))] == whole


@pytest.mark.parametrize("name", samples.NAMES)
def test_packed_it_is_the_same(name):
    whole = [samples.told(one) for one in samples.read(name)]
    assert [samples.told(one) for one in samples.outcome(gzip.compress(samples.content(name)))] == whole


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(samples.NAMES), st.data())
def test_mutated_files(name, data):
    content = samples.content(name)
    pieces = st.sampled_from(PIECES)
    for _number in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 40)))
        content = content[:start] + data.draw(pieces | st.binary(max_size=3)) + content[end:]
    samples.outcome(content)


PIECES = [piece.encode("latin-1") for piece in (
    ":61: :86: :20: :25: :60F: :62F: -} - {4: C D RC ED 260230 999999999999999999,99 , ?20 /EREF/ SVWZ+ 16, 88, 49, 98, 99, / "
    "S,1,2,3 V,260101,2400 D,2,1,1,2,2 <STMTTRN> </STMTTRN> <TRNAMT> <DTPOSTED> </OFX> &#0; &amp; ^ !Type:Bank D T1,234.00 "
    "} { J 0000 2100 11 22 33 \x00 \xff \xe9 ; \" ' = 31.12.2025 1e9 NaN \n \r\n"
).split(" ")]  # fmt: skip
