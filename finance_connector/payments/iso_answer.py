"""What the readers of ISO 20022 answers have in common: strict reading, version, texts, instants, amounts."""

import re
from datetime import timezone

from ..core.money import Money
from ..formats.camt_values import Names, amount_of, children, code_of, currency_of, exponent_of, instant_of, text_of
from ..formats.camt_versions import split_tag
from ..formats.errors import FormatError
from ..formats.xml_guard import elements
from .reasons import reason

_ADVICE = "Nothing of the file was used; ask the bank what it is."
_MESSAGE = re.compile(r"\b([a-z]{4}\.\d{3})\.\d{3}\.(\d{2})\b")


def document(content, message, root, versions, tags):
    """(names, element) of every complete element of ``tags`` (local names) in a file of ``message`` ("pain.002").

    ``root``: the element below Document. Raises FormatError for another message, a version that is not in ``versions``,
    and XML that is not well-formed.
    """
    names = found = None
    for element in elements(content, "end", tuple(f"{{*}}{tag}" for tag in (*tags, root))):
        if names is None:
            names = Names(_version(element, message, root, versions))
        name = names[element.tag]
        if name == root:
            found = element
        if name in tags:
            yield name, element, names
    if found is None:
        raise FormatError(None, f"there is no {root} in the file; it is no {message}.", _ADVICE)


def _version(element, message, root, versions):
    """The namespace of a file of ``message`` in one of ``versions``."""
    top = element
    while top.getparent() is not None:
        top = top.getparent()
    namespace, name = split_tag(top.tag)
    told = _MESSAGE.search(namespace)
    if name != "Document" or told is None or told[1] != message:
        what = f"a {told[1]} message" if told else f"{name} in the namespace {namespace!r}"
        raise FormatError(top.sourceline, f"this is {what}, not a {message}.", _ADVICE)
    if told[2] not in versions:
        known = ", ".join(sorted(versions))
        text = f"version {told[2]} of {message} is not known; {known} are."
        raise FormatError(top.sourceline, text, "Update the connector, or ask the bank for one of these versions.")
    return namespace


def instant(element, zone):
    """The instant in ``element``; one without time zone is in ``zone``, that of the bank. None for None."""
    found = instant_of(element)
    return found.replace(tzinfo=zone or timezone.utc) if found is not None and found.utcoffset() is None else found


def required(found, name, line, message):
    """The text of child ``name``. Raises FormatError if it is missing or empty."""
    text = text_of(found.get(name))
    if not text:
        raise FormatError(line, f"{name} is missing in the {message}.", _ADVICE)
    return text


def money(element):
    """`Money` of an element with a currency; None for None."""
    if element is None:
        return None
    currency = currency_of(element)
    return Money.from_decimal(amount_of(element, exponent_of(currency)), currency)


def reasons(parent, names, tag):
    """The `Reason` s of all children ``tag`` (StsRsnInf, RtrRsnInf) of ``parent``."""
    found = []
    for child in parent[:]:
        if names[child.tag] == tag:
            parts = children(child, names)
            text = " ".join(filter(None, (text_of(one) for one in child[:] if names[one.tag] == "AddtlInf")))
            found.append(reason(code_of(parts.get("Rsn")), text=text))
    return tuple(found)
