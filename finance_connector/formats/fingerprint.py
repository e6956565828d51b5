"""The second id of an entry: what it says, and its ordinal among the equal entries of its day.

A fingerprint is ``<sha256 of the content>:<ordinal>``. The content is account, currency, booking and value
date, amount, references, text, counterparty and bank code, that is everything which the bank repeats when
it lists the same entry in another file; not in it are the bank's own id (some banks change it from file to
file), the number of the entry, and the details of batches (which may come in one file and be missing in
another).

Two real payments may be equal in all of that. They differ in their ordinal, counted among equal entries of
the same account and booking date: the first is :1, the second :2. A day that two overlapping files both
hold completely is counted alike in both, in whatever order they list it, so its entries have the same
fingerprints, and as many as there are payments.

The count runs on over consecutive statements of an account in one file (the closing balance of one is the
opening balance of the other), since these share no entry: a day that a bank cuts into two statements has
ordinals as if it were one. It starts again for a statement that does not adjoin, for that one may repeat
entries. Across files nobody but the importer knows what was there before; `formats.dedupe` counts on from
the stored entries.
"""

from hashlib import sha256

_SEPARATOR = "\x1f"


def digest(parts):
    """The content hash of an entry: 64 hexadecimal digits. ``parts``: texts, in a fixed order."""
    return sha256(_SEPARATOR.join(parts).encode()).hexdigest()


def compose(content, ordinal):
    """The fingerprint of the ``ordinal``-th entry (from 1) with this content hash on its day."""
    return f"{content}:{ordinal}"


def content_of(fingerprint):
    """The content hash in a fingerprint."""
    return fingerprint.partition(":")[0]


class RepeatCounter:
    """Ordinals of equal entries within one file.

    It keeps 8 bytes of each content hash, so that a large file stays small in memory. Two different entries
    of one file that agree in 64 bits would be numbered as equals, in every file that holds both.
    """

    def __init__(self):
        self._statements = {}
        self._counts = {}
        self._key = self._once = self._more = None

    def begin(self, header):
        """Starts counting for a statement: anew, unless it adjoins the one before it of the same account."""
        self._key = header.account, header.currency
        statement = header.statement_id, header.opening, header.closing
        before = self._statements.get(self._key)
        if before is None or not _adjoin(before, statement):
            self._counts[self._key] = set(), {}
        self._once, self._more = self._counts[self._key]
        self._statements[self._key] = statement

    def end(self, closing):
        """The statement is proven with this closing balance; its header may not have known it yet (pages)."""
        self._statements[self._key] = (*self._statements[self._key][:2], closing)

    def ordinal(self, content):
        """How many entries with this content hash there were, with this one."""
        short = int(content[:16], 16)
        if short not in self._once:
            self._once.add(short)
            return 1
        times = self._more[short] = self._more.get(short, 1) + 1
        return times


def _adjoin(one, other):
    """Whether two statements (id, opening, closing) follow each other, in either order, and are not the
    same one twice. Balances that are not stated (None) tie nothing together."""
    return one != other and (_meet(one[2], other[1]) or _meet(other[2], one[1]))


def _meet(closing, opening):
    return closing is not None and closing == opening
