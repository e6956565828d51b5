"""Finding references in bank text: whole tokens only, never a bare substring.

Text and references are normalised alike: NFKC, upper case, cut into tokens of letters and digits; what
separates the tokens (space, slash, dash, dot, line break) does not matter. ``INV/2026/0007`` is the tokens
INV, 2026, 0007.

A reference is found where whole tokens of the text, joined, spell its joined tokens. So ``INV-2026-0007``,
``INV20260007`` and ``INV/2026/00 07`` (a bank's line break) all name it, while X1 is never found in X10.
Where the text cuts the digits differently from the reference, no further digits may stand next to them:
``56789012`` is not in ``1234 5678 9012``.
"""

import re
import unicodedata

from .structured import spellings

_TOKEN = re.compile(r"[^\W_]+")
# Numbers of so many digits may be filled up with zeros; the same of a short one would be chance.
_FILLED_UP = 7
_BEGINNING = 2


def tokens(text):
    """The normalised tokens of ``text``."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _TOKEN.findall(text.upper())


class ReferenceIndex:
    """The references to look for. They are known by their joined form, which `add` and `find` return."""

    def __init__(self, min_length):
        """References shorter than ``min_length`` letters and digits are not taken in."""
        self.min_length = min_length
        # Joined form -> how it is cut into tokens, in one way or (rarely) in several.
        self._spellings, self._more_spellings = {}, {}
        # Another form in which a bank may tell a reference -> the joined forms that it may stand for.
        self._aliases = {}
        # All forms, and what they begin with: most tokens of a text begin no reference.
        self._forms, self._beginnings = set(), set()
        self._longest = 0

    def __bool__(self):
        """Whether there is anything to look for."""
        return bool(self._longest)

    def add(self, reference):
        """Take in ``reference``; its joined form, or None if it is too short to be told from other text. Structured references
        are found in every form in which a bank tells them (`structured.spellings`)."""
        parts = tuple(tokens(reference))
        joined = "".join(parts)
        if len(joined) < max(1, self.min_length):
            return None
        if self._spellings.setdefault(joined, parts) != parts:
            self._more_spellings.setdefault(joined, set()).add(parts)
        self._note(joined)
        if joined[0] == "0" or joined[:2] == "RF":
            for form in spellings(joined):
                if form != joined and len(form) >= self.min_length:
                    self._aliases.setdefault(form, set()).add(joined)
                    self._note(form)
        return joined

    def _note(self, form):
        self._forms.add(form)
        self._beginnings.add(form[:_BEGINNING])
        if len(form) > self._longest:
            self._longest = len(form)

    def find(self, text):
        """The joined references that ``text`` names. One inside a longer one that is also named does not count."""
        parts = tokens(text) if text else ()
        spans = []
        for start, first in enumerate(parts):
            # Banks fill numbers up with zeros, also beyond the longest that is looked for.
            filled = first[0] == "0"
            if len(first) >= _BEGINNING and first[:_BEGINNING] not in self._beginnings and not filled:
                continue
            joined = ""
            for end in range(start, len(parts)):
                joined += parts[end]
                bare = joined.lstrip("0") if filled else joined
                if len(bare) > self._longest:
                    break
                if joined in self._forms:
                    self._look(parts, start, end + 1, joined, spans)
                if filled and len(bare) >= _FILLED_UP and bare in self._forms:
                    self._look(parts, start, end + 1, bare, spans)
        if len(spans) > 1:
            spans = [
                (start, end, meant)
                for start, end, meant in spans
                if not any(s <= start and end <= e and e - s > end - start for s, e, _other in spans)
            ]
        return {joined for _start, _end, meant in spans for joined in meant}

    def _look(self, parts, start, end, form, spans):
        """Note in ``spans`` what the tokens from ``start`` to ``end``, which spell ``form``, stand for."""
        if form in self._spellings and self._stands(parts, start, end, form):
            spans.append((start, end, (form,)))
        if form in self._aliases and _is_whole(parts, start, end):
            spans.append((start, end, self._aliases[form]))

    def _stands(self, parts, start, end, joined):
        """Whether the tokens are the reference itself and no piece of longer digits."""
        if end - start == 1 or _is_whole(parts, start, end):
            return True
        told = tuple(parts[start:end])
        return told == self._spellings[joined] or told in self._more_spellings.get(joined, ())


def _is_whole(parts, start, end):
    """Whether no digits stand next to the tokens that would make them a piece of a longer number."""
    continues_left = start > 0 and parts[start - 1][-1].isdigit() and parts[start][0].isdigit()
    continues_right = end < len(parts) and parts[end - 1][-1].isdigit() and parts[end][0].isdigit()
    return not (continues_left or continues_right)
