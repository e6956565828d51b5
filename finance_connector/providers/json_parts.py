"""A JSON object cut into the elements of its lists without rewriting them: each keeps the bytes it came in (INV-1)."""

import json

from ..core.errors import PayloadError

_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"


def members(content, lists, refused, advice):
    """The top-level members of the JSON object ``content`` (bytes); the elements of those named in ``lists`` as (value, their
    text). Raises PayloadError when it is none: ``refused`` says what could not be read, ``advice`` what to do."""
    try:
        return _members(content.decode("utf-8"), lists)
    except (ValueError, IndexError, RecursionError) as error:
        raise PayloadError(f"{refused} ({error!s:.120}); {advice}.") from error


def _members(text, lists):
    found, position = {}, _skip(text, 0, "{")
    while text[position] != "}":
        key, position = _DECODER.raw_decode(text, position)
        if type(key) is not str:
            raise ValueError(f"a member without a name at position {position}")
        position = _skip(text, position, ":")
        if key in lists and text[position] == "[":
            found[key], position = _elements(text, position)
        else:
            found[key], position = _DECODER.raw_decode(text, position)
        position = _next(text, position, "}")
    return found


def _elements(text, position):
    found, position = [], _skip(text, position, "[")
    while text[position] != "]":
        value, end = _DECODER.raw_decode(text, position)
        found.append((value, text[position:end]))
        position = _next(text, end, "]")
    return found, position + 1


def _skip(text, position, mark):
    """The position of what follows ``mark`` and the space around it. Raises ValueError when the mark is not
    there."""
    position = _space(text, position)
    if text[position] != mark:
        raise ValueError(f"expected {mark} at position {position}")
    return _space(text, position + 1)


def _next(text, position, closing):
    """The position of the next member, or of ``closing``."""
    position = _space(text, position)
    return position if text[position] == closing else _skip(text, position, ",")


def _space(text, position):
    while text[position] in _SPACE:
        position += 1
    return position
