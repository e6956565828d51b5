"""JSON laid out for reading, one value a line, every token as it was written (amounts keep their digits)."""

import json
import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_STEP = "  "


def lay_out(text):
    """``text`` with line breaks and indentation if it is JSON, else ``text`` itself."""
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return "".join(_pieces(_TOKEN.findall(text)))


def _pieces(tokens):
    depth = 0
    for index, piece in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        if piece in "{[":
            depth += 1
            yield piece if following in ("}", "]") else f"{piece}\n{_STEP * depth}"
        elif piece in "}]":
            depth -= 1
            empty = tokens[index - 1] in ("{", "[")
            yield piece if empty else f"\n{_STEP * depth}{piece}"
        elif piece == ",":
            yield f",\n{_STEP * depth}"
        else:
            yield ": " if piece == ":" else piece
