"""Which characters each payment scheme takes, and by which rule others are written in them. What has no rule is refused,
and so is what is too long: nothing is ever cut or dropped.

Sources: EPC217-08 (SEPA: Latin characters and their conversion), SWIFT character set X, NACHA operating rules appendix
three (printable ASCII), Bacs Standard 18 (A-Z, 0-9, full stop, ampersand, slash, hyphen, space), SIX Swiss Payment
Standards.
"""

import unicodedata
from functools import lru_cache

from .errors import FinanceError
from .payment_letters import LETTERS, SIGNS

_DIGITS, _UPPER, _LOWER = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
# The characters that the schemes have in common; SEPA and SWIFT X are the same set.
_LATIN = frozenset(_DIGITS + _UPPER + _LOWER + "/-?:().,'+ ")
# Printable ASCII, Latin-1, Latin Extended-A, and S and T with comma, euro (Swiss Payment Standards, from 2022).
_SWISS = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x218, 0x21C), 0x20AC)))
SEPA, SWIFT, SWISS, NACHA, BACS = "SEPA", "SWIFT", "SWISS", "NACHA", "BACS"
CHARACTERS = {
    SEPA: _LATIN,
    SWIFT: _LATIN,
    SWISS: _SWISS,
    NACHA: frozenset(map(chr, range(0x20, 0x7F))),
    BACS: frozenset(_DIGITS + _UPPER + ".&/- "),
}
_UPPER_ONLY = frozenset((BACS,))


class TextError(FinanceError, ValueError):
    """A text that a scheme cannot carry. ``code``: `character`, `length` or `slash`; ``value``: the text."""

    def __init__(self, code, value, text):
        self.code, self.value = code, value
        super().__init__(text)


def is_plain(text, scheme):
    """Whether ``text`` is surely written as it is in the characters of ``scheme``: the quick answer, True for most texts."""
    # The only white space that ASCII texts of a scheme have is the space.
    return CHARACTERS[scheme].issuperset(text) and text.isascii() and "  " not in text and text[:1] != " " != text[-1:]


def transliterate(text, scheme):
    """``text`` in the characters of ``scheme`` (one of CHARACTERS), runs of white space made one space.

    Raises TextError naming the first character for which there is no rule (Chinese, Arabic, emoji).
    """
    text, allowed = " ".join(text.split()), CHARACTERS[scheme]
    if allowed.issuperset(text):
        return text
    written = "".join(_written(character, scheme) for character in unicodedata.normalize("NFC", text))
    return " ".join(written.split())


@lru_cache(maxsize=16384)
def _written(character, scheme):
    """How ``scheme`` writes ``character``. Raises TextError if nothing says it."""
    allowed = CHARACTERS[scheme]
    for form in _forms(character):
        # What a letter or sign became may hold signs that the scheme does not have in turn.
        for _step in range(3):
            if scheme in _UPPER_ONLY:
                form = form.upper()
            if allowed.issuperset(form):
                return form
            form = "".join(one if one in allowed else SIGNS.get(one, one) for one in form)
    name = unicodedata.name(character, f"U+{ord(character):04X}")
    raise TextError("character", character, f"{scheme} payments cannot carry {character!r} ({name}); write the text without it.")


def _forms(character):
    """Spellings of ``character``, the best one first."""
    yield character
    if character in LETTERS:
        yield LETTERS[character]
    base = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    if base:
        yield base
        yield "".join(LETTERS.get(part, part) for part in base)


def fitted(text, scheme, limit, what):
    """``text`` transliterated, of at most ``limit`` characters. Raises TextError telling ``what`` is too long: a text is
    never cut, for what is cut off may be what matters."""
    written = transliterate(text, scheme)
    if len(written) > limit:
        told = f"{what} has {len(written)} characters as {scheme} writes it ({written}), {limit} are allowed; shorten it."
        raise TextError("length", text, told)
    return written


def identifier(text, scheme, limit, what):
    """A reference that comes back in answers: only characters of ``scheme``, none rewritten, at most ``limit``; for SEPA no
    slash at the ends and no two together (EPC rules). Raises TextError."""
    if not text or not CHARACTERS[scheme].issuperset(text) or text != text.strip():
        told = f"{what} {text!r} is no reference that {scheme} payments can carry; use letters and digits."
        raise TextError("character", text, told)
    if len(text) > limit:
        raise TextError("length", text, f"{what} {text} has {len(text)} characters, {limit} are allowed; shorten it.")
    if scheme in (SEPA, SWIFT, SWISS) and (text.startswith("/") or text.endswith("/") or "//" in text):
        raise TextError("slash", text, f"{what} {text} begins or ends with a slash, or has two together; write it without.")
    return text
