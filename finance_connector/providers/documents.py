"""Several JSON documents kept as one answer (an object and the pages of its lists), one after another as they were sent."""

import json
import re

from ..core.errors import PayloadError
from .reading import mapping, own_id, refuse_constant

_SPACE = re.compile(r"[ \t\r\n]*").match
_DECODER = json.JSONDecoder(parse_constant=refuse_constant)


def joined(documents):
    """The bytes of ``documents``, one after another."""
    return b"\n".join(documents)


def parted(content, provider):
    """The JSON objects that `joined` put together. Raises PayloadError, naming the ``provider``, for anything else."""
    found, position = [], 0
    try:
        text = content.decode("utf-8")
        while (position := _SPACE(text, position).end()) < len(text):
            document, position = _DECODER.raw_decode(text, position)
            found.append(document)
    except (ValueError, RecursionError) as error:
        raise PayloadError(f"The answer of {provider} is not JSON ({error!s:.120}); fetch it again.") from error
    if not all(type(document) is dict for document in found):
        raise PayloadError(f"The answer of {provider} has something that is no object; fetch it again.")
    return found


def begun_by(content, provider, key, within=None):
    """``(resource, pages)``: the object ``key`` that an answer begins with, in its member ``within`` if that is given, and the
    documents behind it. Raises PayloadError when it begins with something else."""
    first, *pages = parted(content, provider) or [{}]
    resource = mapping(first, within) if within else first
    told = own_id(resource) if resource else "nothing"
    if told != key:
        raise PayloadError(f"{provider} was asked for {key} and answered with {told}; ask again.")
    return resource, pages
