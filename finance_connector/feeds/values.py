"""Values of a feed's JSON, taken only in the shape that the API documents: what differs is refused by name."""

from datetime import date, datetime, timezone
from decimal import Decimal, InvalidOperation

from ..formats.errors import FormatError

_ADVICE = "The answer is kept as it came; ask the bank, or update the connector, then read it again."


def refuse(what, where):
    """A FormatError that says ``what`` is wrong, in the entry or object ``where``."""
    return FormatError(None, f"{where}: {what}", _ADVICE)


def text(value):
    """``value`` as one line of text; "" when it is no text."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def child(record, name):
    """The object ``name`` of ``record``; an empty one when it is missing or null."""
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def items(record, name, where):
    """The list of objects ``name`` of ``record``; empty when it is null. Raises FormatError when it is something else."""
    value = record.get(name)
    if value is None:
        return []
    if type(value) is not list or not all(type(one) is dict for one in value):
        raise refuse(f"{name} is not a list of objects.", where)
    return value


def exact(value, name, where):
    """``value`` (a text, or a number read as Decimal or int) as a finite Decimal. Raises FormatError."""
    try:
        amount = Decimal(value) if type(value) in (str, int, Decimal) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite():
        raise refuse(f"{name} is {value!r:.60}, which is no amount.", where)
    return amount + 0  # without the sign of a negative zero


def day(value, name, where):
    """``value`` (YYYY-MM-DD) as date; None when it is missing. Raises FormatError."""
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise refuse(f"{name} is {value!r:.60}, which is no day.", where) from None


def instant(value, name, where):
    """``value`` (ISO 8601 with a time zone) as aware UTC; None when it is missing. Raises FormatError."""
    if value in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except (AttributeError, TypeError, ValueError):
        raise refuse(f"{name} is {value!r:.60}, which is no instant.", where) from None
    return moment.replace(tzinfo=moment.tzinfo or timezone.utc).astimezone(timezone.utc)
