"""JSON laid out for reading, one value a line, with every token exactly as it was written (amounts keep their digits)."""

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
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        if token in "{[":
            depth += 1
            yield token if following in ("}", "]") else f"{token}\n{_STEP * depth}"
        elif token in "}]":
            depth -= 1
            empty = tokens[index - 1] in ("{", "[")
            yield token if empty else f"\n{_STEP * depth}{token}"
        elif token == ",":
            yield f",\n{_STEP * depth}"
        else:
            yield ": " if token == ":" else token
