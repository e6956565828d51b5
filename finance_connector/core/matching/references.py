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
        self._spellings = {}
        # Every form that is looked for -> the joined forms of the references that it may stand for.
        self._meanings = {}
        self._longest = 0

    def add(self, reference):
        """Take in ``reference``; its joined form, or None if it is too short to be told from other text. Structured references
        are found in every form in which a bank tells them (`structured.spellings`)."""
        parts = tuple(tokens(reference))
        joined = "".join(parts)
        if len(joined) < max(1, self.min_length):
            return None
        self._take_in(joined, joined, parts)
        if joined[0] == "0" or joined[:2] == "RF":
            for form in spellings(joined):
                if len(form) >= self.min_length:
                    self._take_in(form, joined, (form,))
        return joined

    def _take_in(self, form, joined, parts):
        self._spellings.setdefault(form, set()).add(parts)
        self._meanings.setdefault(form, set()).add(joined)
        self._longest = max(self._longest, len(form))

    def find(self, text):
        """The joined references that ``text`` names. One inside a longer one that is also named does not count."""
        parts = tokens(text)
        spans = []
        for start in range(len(parts)):
            joined = ""
            # Banks fill numbers up with zeros, also beyond the longest that is looked for.
            filled = parts[start][0] == "0"
            for end in range(start, len(parts)):
                joined += parts[end]
                bare = joined.lstrip("0") if filled else joined
                if len(bare) > self._longest:
                    break
                for form in (joined, bare) if filled and len(bare) >= _FILLED_UP else (joined,):
                    if form in self._spellings and self._stands(parts, start, end + 1, form):
                        spans.append((start, end + 1, form))
        if len(spans) > 1:
            spans = [
                (start, end, form)
                for start, end, form in spans
                if not any(s <= start and end <= e and e - s > end - start for s, e, _other in spans)
            ]
        return {joined for _start, _end, form in spans for joined in self._meanings[form]}

    def _stands(self, parts, start, end, joined):
        """Whether the tokens are the reference itself and no piece of longer digits."""
        if end - start == 1 or tuple(parts[start:end]) in self._spellings[joined]:
            return True
        continues_left = start > 0 and parts[start - 1][-1].isdigit() and parts[start][0].isdigit()
        continues_right = end < len(parts) and parts[end - 1][-1].isdigit() and parts[end][0].isdigit()
        return not (continues_left or continues_right)
