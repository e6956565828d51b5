"""Texts in the characters of each scheme: written by rule or refused, never cut, nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc.core.payment_text import (
    BACS,
    CHARACTERS,
    NACHA,
    SEPA,
    SWIFT,
    SWISS,
    TextError,
    fitted,
    identifier,
    is_plain,
    transliterate,
)


@pytest.mark.parametrize(
    ("text", "scheme", "written"),
    [
        ("Müller & Söhne GmbH", SEPA, "Mueller + Soehne GmbH"),
        ("Straße 5", SEPA, "Strasse 5"),
        ("Café Étoile à Genève", SEPA, "Cafe Etoile a Geneve"),
        ("Łódź Żabka S.A.", SEPA, "Lodz Zabka S.A."),
        ("Ελλάδα", SEPA, "Ellada"),
        ("Ångström", SEPA, "AAngstroem"),
        ("Щастие ООД", SEPA, "SHTastie OOD"),
        ("“A” – b…", SEPA, "'A' - b..."),
        ("a@b_c", SEPA, "a(at)b-c"),
        ("½ ﬁne", SEPA, None),
        ("ﬁne", SEPA, "fine"),
        ("Müller & Söhne €", SWISS, "Müller & Söhne €"),
        ("Ελλάδα", SWISS, "Ellada"),
        ("Müller & Co @ #1", NACHA, "Mueller & Co @ #1"),
        ("O'Neil & Sons (Ltd)", BACS, "O NEIL & SONS LTD"),
        ("Müller, a@b", BACS, "MUELLER A AT B"),
        ("x + y", BACS, "X & Y"),
        ("two\n lines\tof  text", SEPA, "two lines of text"),
        ("北京", SEPA, None),
        ("☺", SWIFT, None),
    ],
)
def test_each_scheme_writes_by_rule(text, scheme, written):
    if written is None:
        with pytest.raises(TextError) as caught:
            transliterate(text, scheme)
        assert caught.value.code == "character"
        assert "write the text without it" in str(caught.value)
    else:
        assert transliterate(text, scheme) == written


@given(st.text(max_size=40) | st.text("aB1 \t\xa0.&", max_size=6), st.sampled_from(sorted(CHARACTERS)))
def test_what_is_plain_is_written_as_it_is(text, scheme):
    if is_plain(text, scheme):
        assert transliterate(text, scheme) == text
    elif text and text.isascii() and CHARACTERS[scheme].issuperset(text):
        assert transliterate(text, scheme) != text


@given(st.text(max_size=40), st.sampled_from(sorted(CHARACTERS)))
def test_what_is_written_is_in_the_set_and_stays(text, scheme):
    try:
        written = transliterate(text, scheme)
    except TextError:
        return
    assert CHARACTERS[scheme].issuperset(written)
    assert transliterate(written, scheme) == written


@given(st.text("abcäöüßéñŁøÅ", max_size=30), st.integers(0, 30))
def test_nothing_is_cut(text, limit):
    try:
        written = fitted(text, SEPA, limit, "The name")
    except TextError as error:
        assert error.code == "length" and str(limit) in str(error)
        assert len(transliterate(text, SEPA)) > limit
    else:
        assert len(text) <= len(written) <= limit


def test_references_are_taken_as_they_are_or_not_at_all():
    assert identifier("INV/2026/001", SEPA, 35, "The end-to-end id") == "INV/2026/001"
    for text, code in (
        ("", "character"), ("Ü1", "character"), (" a", "character"), ("A" * 36, "length"), ("/a", "slash"), ("a/", "slash"),
        ("a//b", "slash"),
    ):  # fmt: skip
        with pytest.raises(TextError) as caught:
            identifier(text, SEPA, 35, "The end-to-end id")
        assert caught.value.code == code
