"""Whether the balance column of a table proves its rows, and in which direction the table runs.

Some tables have the newest row first. The direction is the one in which every balance is the balance before it and the
entry between them; where a single row or equal amounts leave it open, the days decide, then the order of the file.
"""

from .errors import FormatError
from .proof import ZERO
from .records import ONE_BALANCE, RUNNING_BALANCE, UNPROVEN


def chained(rows):
    """(rows with the oldest first, opening, closing, proof) of `table_rows.TableRow`.

    Raises FormatError, at the first row that does not fit, if the balances prove neither direction.
    """
    stated = [row for row in rows if row.balance is not None]
    newest_first = len(rows) > 1 and rows[0].day > rows[-1].day
    if len(stated) < 2:
        ordered = rows[::-1] if newest_first else rows
        closing = ordered[-1].balance if ordered else None
        return ordered, None, closing, UNPROVEN if closing is None else ONE_BALANCE
    tried = []
    for ordered in (rows[::-1], rows) if newest_first else (rows, rows[::-1]):
        opening, closing, error = _walked(ordered)
        if error is None:
            return ordered, opening, closing, ONE_BALANCE if closing is None else RUNNING_BALANCE
        tried.append(error)
    raise tried[0]


def _walked(rows):
    """(opening, closing, None) if the balances tie in this order, else (None, None, the FormatError).

    Behind the last balance no entry is proven: the closing balance is None if there are some.
    """
    opening, reached, moved, unproven = None, None, ZERO, False
    for row in rows:
        unproven |= row.booked
        moved += row.amount if row.booked else ZERO
        if row.balance is None:
            continue
        if reached is None:
            opening = row.balance - moved
        elif reached + moved != row.balance:
            reason = (
                f"the balance before is {reached}, the entries since make {moved}, but the balance beside the entry is "
                f"{row.balance}: difference {row.balance - reached - moved} {row.currency}."
            )
            return None, None, FormatError(row.line, reason.replace(" .", "."))
        reached, moved, unproven = row.balance, ZERO, False
    return opening, None if unproven else reached, None
