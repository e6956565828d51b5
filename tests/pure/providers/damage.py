"""Messages with a value that should not be there, orders of messages, and the texts of a result."""

import json
import random
from dataclasses import fields, is_dataclass

ODD = (None, -1, 10**40, "", "x" * 300, "\ud800", "\0", [], {}, [[]], True, 1.5, "2026-13-40", "NaN", "\u0661")


def texts(value):
    """Every text in a result."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for one in fields(value):
            yield from texts(getattr(value, one.name))
    elif isinstance(value, (tuple, list)):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, dict):
        yield from texts([*value, *value.values()])


def broken(body, picker, times):
    """Copies of a message, JSON documents a line, in each of which one value is another one."""
    try:
        documents = [json.loads(line) for line in body.split(b"\n") if line.strip()]
    except ValueError:
        return
    places = [place for document in documents for place in leaves(document)]
    for _time in range(times if places else 0):
        holder, key = picker.choice(places)
        kept, holder[key] = holder[key], picker.choice(ODD)
        yield b"\n".join(json.dumps(document).encode() for document in documents)
        holder[key] = kept


def leaves(value):
    """(holder, key) of every value in a JSON document."""
    pairs = value.items() if type(value) is dict else enumerate(value) if type(value) is list else ()
    for key, inner in list(pairs):
        yield value, key
        yield from leaves(inner)


def shuffled(told):
    """Some orders of many messages, always the same ones."""
    picker = random.Random(5)  # noqa: S311
    return [picker.sample(told, len(told)) for _number in range(40)]
