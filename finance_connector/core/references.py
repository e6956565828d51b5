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

_TOKEN = re.compile(r"[^\W_]+")


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
        self._longest = 0

    def add(self, reference):
        """Take in ``reference``; its joined form, or None if it is too short to be told from other text."""
        parts = tuple(tokens(reference))
        joined = "".join(parts)
        if len(joined) < max(1, self.min_length):
            return None
        self._spellings.setdefault(joined, set()).add(parts)
        self._longest = max(self._longest, len(joined))
        return joined

    def find(self, text):
        """The joined references that ``text`` names. One inside a longer one that is also named does not
        count."""
        parts = tokens(text)
        spans = []
        for start in range(len(parts)):
            joined = ""
            for end in range(start, len(parts)):
                joined += parts[end]
                if len(joined) > self._longest:
                    break
                if joined in self._spellings and self._stands(parts, start, end + 1, joined):
                    spans.append((start, end + 1, joined))
        if len(spans) < 2:
            return {joined for _start, _end, joined in spans}
        return {
            joined
            for start, end, joined in spans
            if not any(s <= start and end <= e and e - s > end - start for s, e, _other in spans)
        }

    def _stands(self, parts, start, end, joined):
        """Whether the tokens are the reference itself and no piece of longer digits."""
        if end - start == 1 or tuple(parts[start:end]) in self._spellings[joined]:
            return True
        continues_left = start > 0 and parts[start - 1][-1].isdigit() and parts[start][0].isdigit()
        continues_right = end < len(parts) and parts[end - 1][-1].isdigit() and parts[end][0].isdigit()
        return not (continues_left or continues_right)
