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
from operator import attrgetter

from .structured import spellings

_TOKEN = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
# What joins the tokens of an ASCII text.
_JOINED = str.maketrans({chr(code): chr(code).upper() if chr(code).isalnum() else None for code in range(128)})
# Numbers of so many digits may be filled up with zeros; the same of a short one would be chance.
_FILLED_UP = 7
_BEGINNING = 2
_SPELLED = attrgetter("joined")


def tokens(text):
    """The normalised tokens of ``text``."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _TOKEN.findall(text.upper())


def joined(text):
    """The tokens of ``text`` as one word."""
    return text.translate(_JOINED) if text.isascii() else "".join(tokens(text))


def is_number(reference):
    """Whether ``reference`` identifies what has it: one without a digit is a name."""
    return bool(_DIGIT.search(reference))


class Reference:
    """A reference that is looked for: its tokens ``joined``, the ``spelling`` of its first holder and the set of ``others``, if
    any, and its ``holders``, each once, as they came."""

    __slots__ = ("joined", "spelling", "others", "holders")

    def __init__(self, joined, spelling, holder):
        # Nearly all have one holder, and a list takes twice the room.
        self.joined, self.spelling, self.others, self.holders = joined, spelling, None, (holder,)

    def add(self, spelling, holder):
        """Take in another ``holder``, who spells it so."""
        if spelling != self.spelling:
            self.others = {*(self.others or ()), spelling}
        if self.holders[-1] is not holder:
            if len(self.holders) == 1:
                self.holders = list(self.holders)
            self.holders.append(holder)

    def is_cut(self, told):
        """Whether a holder cuts it into the tokens ``told``."""
        return any(told == tokens(spelling) for spelling in (self.spelling, *(self.others or ())))


class ReferenceIndex:
    """The references to look for, by every form in which a text may tell them."""

    def __init__(self, min_length):
        """References shorter than ``min_length`` letters and digits are not taken in."""
        self.min_length = min_length
        # Joined tokens -> the reference; None where they are only another form of some.
        self._forms = {}
        # Another form in which a bank may tell a reference -> the references that it may stand for.
        self._aliases = {}
        # What forms begin with: most tokens of a text begin no reference.
        self._beginnings = set()
        self._longest = 0

    def __bool__(self):
        """Whether there is anything to look for."""
        return bool(self._longest)

    def add(self, spelling, holder):
        """Take in that ``holder`` has the reference ``spelling``: its `Reference`, or None if it is too short to be told from
        other text. Structured references are found in every form in which a bank tells them (`structured.spellings`)."""
        form = joined(spelling)
        reference = self._forms.get(form)
        if reference is not None:
            reference.add(spelling, holder)
            return reference
        return self._new(form, spelling, holder) if len(form) >= max(1, self.min_length) else None

    def _new(self, form, spelling, holder):
        reference = self._forms[form] = Reference(form, spelling, holder)
        self._note(form)
        if form[0] == "0" or form[:2] == "RF":
            for other in spellings(form):
                if other != form and len(other) >= self.min_length:
                    self._aliases.setdefault(other, []).append(reference)
                    self._forms.setdefault(other)
                    self._note(other)
        return reference

    def _note(self, form):
        self._beginnings.add(form[:_BEGINNING])
        if len(form) > self._longest:
            self._longest = len(form)

    def find(self, *texts):
        """The `Reference`s that ``texts`` name, each once, in the order of what they spell. One inside a longer one that is
        also named does not count."""
        found = [one for text in texts if text for one in self._find(tokens(text))]
        return tuple(found) if len(found) < 2 else tuple(sorted(set(found), key=_SPELLED))

    def _find(self, parts):
        spans, forms, beginnings, longest = [], self._forms, self._beginnings, self._longest
        for start, first in enumerate(parts):
            # Banks fill numbers up with zeros, also beyond the longest that is looked for.
            filled = first[0] == "0"
            begins = len(first) < _BEGINNING or first[:_BEGINNING] in beginnings
            if not begins and not filled:
                continue
            told = ""
            for end in range(start, len(parts)):
                told += parts[end]
                bare = told.lstrip("0") if filled else told
                length = len(bare)
                if length > longest or not (begins or length < _BEGINNING or bare[:_BEGINNING] in beginnings):
                    break
                if told in forms:
                    self._look(parts, start, end + 1, told, spans)
                if filled and length >= _FILLED_UP and bare in forms:
                    self._look(parts, start, end + 1, bare, spans)
        if len(spans) > 1:
            spans = [
                (start, end, meant)
                for start, end, meant in spans
                if not any(s <= start and end <= e and e - s > end - start for s, e, _other in spans)
            ]
        return [reference for _start, _end, meant in spans for reference in meant]

    def _look(self, parts, start, end, form, spans):
        """Note in ``spans`` what the tokens from ``start`` to ``end``, which spell ``form``, stand for."""
        reference = self._forms[form]
        if reference and self._stands(parts, start, end, reference):
            spans.append((start, end, (reference,)))
        if form in self._aliases and _is_whole(parts, start, end):
            spans.append((start, end, self._aliases[form]))

    @staticmethod
    def _stands(parts, start, end, reference):
        """Whether the tokens are the reference itself and no piece of longer digits."""
        return end - start == 1 or _is_whole(parts, start, end) or reference.is_cut(parts[start:end])


def _is_whole(parts, start, end):
    """Whether no digits stand next to the tokens that would make them a piece of a longer number."""
    continues_left = start > 0 and parts[start - 1][-1].isdigit() and parts[start][0].isdigit()
    continues_right = end < len(parts) and parts[end - 1][-1].isdigit() and parts[end][0].isdigit()
    return not (continues_left or continues_right)
