"""The answers of one poll as one piece of evidence: a line that says what was asked, then each answer as it came."""

import json
from datetime import date
from decimal import Decimal

from ..core.errors import PayloadError, ProviderUnavailable
from ..formats.errors import FormatError

_ADVICE = "The answer is kept as it came; ask the bank again later."
_DECODER = json.JSONDecoder(parse_float=Decimal)


def pack(asked, pages):
    """Bytes of ``asked`` (a dict of texts and dates) and ``pages`` (bytes as the API sent them)."""
    told = {name: value.isoformat() if isinstance(value, date) else value for name, value in asked.items()}
    return b"\n".join([json.dumps(told, sort_keys=True).encode(), *pages])


def unpack(content):
    """(asked, pages): what was asked, and each page as a dict whose numbers are exact (Decimal, int).

    Raises FormatError for anything but what `pack` makes of JSON objects.
    """
    try:
        text = content.decode("utf-8")
        found, position = [], 0
        while position < len(text):
            value, position = _DECODER.raw_decode(text, position)
            if type(value) is not dict:
                raise ValueError(f"a {type(value).__name__} where an object belongs")
            found.append(value)
            position = _past_space(text, position)
    except (ValueError, RecursionError) as error:
        raise FormatError(None, f"the answer of the feed is not JSON ({error!s:.120}).", _ADVICE) from error
    if not found:
        raise FormatError(None, "the answer of the feed is empty.", _ADVICE)
    return found[0], found[1:]


def as_object(content, label):
    """The JSON object in one answer, its numbers exact. Raises PayloadError when it is none."""
    try:
        value = json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise PayloadError(f"{label} answered something that is not JSON ({error!s:.120}); ask again later.") from error
    if type(value) is not dict:
        raise PayloadError(f"{label} answered JSON that is no object; ask again later.")
    return value


def refusal(error, *names):
    """The text under one of ``names`` in the body of a refused call (`ProviderUnavailable`); "" if it says nothing."""
    if not isinstance(error, ProviderUnavailable):
        return ""
    try:
        told = json.loads(error.body)
    except (ValueError, RecursionError):
        return ""
    return next((told[name] for name in names if isinstance(told.get(name), str)), "") if type(told) is dict else ""


def _past_space(text, position):
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position
