"""Which characters bytes stand for: marks, what is told, what is tried, and two encodings in one file."""

import pytest

from fc import formats
from fc.formats.decoding import beginning_of, decode, lines_of


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_unicode(encoding):
    assert decode("Zoë €".encode(encoding)).text == "Zoë €"


def test_windows_and_what_it_leaves_open():
    assert decode(b"Zo\xeb \x80").text == "Zoë €"
    assert decode(bytes(range(0x80, 0xA0))).text[1] == "\x81"
    assert len(decode(bytes(range(0x80, 0x100))).text) == 128


def test_lines_in_two_encodings():
    found = decode("Zoë\n".encode() + "Zoë\n".encode("cp1252"))
    assert (found.text, found.mixed) == ("Zoë\nZoë\n", True)
    assert not decode(b"abc\nZo\xeb").mixed


@pytest.mark.parametrize(
    ("content", "declared", "line", "reason"),
    [
        (b"\xef\xbb\xbfa\n\xff", None, 2, "no text in utf-8"),
        (b"\xff\xfea", None, None, "no text in utf-16-le"),
        (b"a", "klingon", None, "the encoding is not known"),
        (b"a\nb\x00", None, 2, "zero bytes"),
    ],
)
def test_refused(content, declared, line, reason):
    with pytest.raises(formats.FormatError) as caught:
        decode(content, declared)
    assert reason in caught.value.reason
    assert caught.value.line in (line, 1)


def test_only_line_ends_end_a_line():
    assert lines_of("a\r\nb\rc\nd\x85e\x0cf\u2028g") == ["a", "b", "c", "d\x85e\x0cf\u2028g"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-8-sig"])
def test_the_beginning_of_a_file_is_whole_characters(encoding):
    content = ("Zoë;1,00\n" * 100).encode(encoding)
    for size in range(40, 60):
        assert set(decode(beginning_of(content, size)).text.split("\n")[:-1]) == {"Zoë;1,00"}
