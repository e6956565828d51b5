"""The XML reports of Bacs: ARUDD (returned direct debits), ARUCS (returned credits), ADDACS and AUDDIS (changed and
cancelled direct debit instructions).

The reports tell nearly everything in attributes, whose names differ a little between bureaux in case and hyphens; they
are compared without both. What has no amount, reference or code is refused.
"""

import re
from collections import Counter
from datetime import datetime, timezone
from typing import NamedTuple

from ..core.errors import MoneyError
from ..core.money import Money
from ..formats.errors import FormatError
from ..formats.xml_guard import elements, release
from .answers import Change, Returned
from .reasons import reason

_ADVICE = "Nothing of the file was used; ask the bureau or the bank for it again."
_RETURNS = {"ReturnedDebitItem": "arudd", "ReturnedCreditItem": "arucs"}
_ADVICES = ("MessagingAdvice",)
_WITH_COMMAS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", re.ASCII).fullmatch
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%Y%m%d")


class BacsAnswers(NamedTuple):
    """``returned``: `answers.Returned`; ``changes``: `answers.Change`."""

    returned: tuple
    changes: tuple


def read(content, zone=timezone.utc):
    """The `BacsAnswers` in ``content`` (bytes). ``zone``: of the dates of the report.

    Raises FormatError for another document, for totals that do not add up, and for an item that lacks something.
    """
    returned, changes, header, sums, root, copies = [], [], {}, [], None, Counter()
    tags = ("Header", "MessagingHeader", "Totals", "OriginatingAccountRecord", *_RETURNS, *_ADVICES)
    for element in elements(content, "end", tuple(f"{{*}}{tag}" for tag in (*tags, "BACSDocument"))):
        name = _local(element)
        told = _attributes(element)
        if name == "BACSDocument":
            root = element
        elif name in ("Header", "MessagingHeader"):
            header = header or told
        elif name in _RETURNS:
            returned.append(_returned(element, told, _RETURNS[name], header, zone, copies))
            sums.append(returned[-1].amount.minor)
        elif name in _ADVICES:
            changes.append(_change(element, told, header, zone))
            release(element)
        elif name == "Totals":
            _compare(element, told, sums)
            sums = []
    if root is None:
        raise FormatError(None, "there is no BACSDocument in the file; it is no report of Bacs.", _ADVICE)
    return BacsAnswers(tuple(returned), tuple(changes))


def _local(element):
    return element.tag.rpartition("}")[2]


def _attributes(element):
    """Name without hyphens in lower case -> text of the attributes of ``element``."""
    return {re.sub(r"[^a-z]", "", name.lower()): value.strip() for name, value in element.attrib.items()}


def _needed(told, element, *names):
    """The first attribute of ``names`` that there is. Raises FormatError if there is none."""
    for name in names:
        if told.get(name):
            return told[name]
    text = f"{_local(element)} has no {names[0]}."
    raise FormatError(element.sourceline, text, _ADVICE)


def _amount(text, currency):
    """`Money` of an amount with a decimal point, perhaps with commas between thousands. Raises MoneyError."""
    plain = text.replace(",", "") if _WITH_COMMAS(text) else text
    return Money.from_decimal(plain, currency)


def _day(text, element, zone):
    for form in _DATES:
        try:
            return datetime.strptime(text[:10], form).replace(tzinfo=zone)
        except ValueError:
            continue
    raise FormatError(element.sourceline, f"{text[:40]!r} is no date.", _ADVICE)


def _returned(element, told, table, header, zone, copies):
    reference = _needed(told, element, "ref", "reference")
    try:
        amount = _amount(_needed(told, element, "valueof", "amount"), told.get("currency") or "GBP")
    except MoneyError as error:
        raise FormatError(element.sourceline, str(error), _ADVICE) from None
    if amount.minor <= 0:
        raise FormatError(element.sourceline, f"{reference} comes back over {amount}, which is not above zero.", _ADVICE)
    at = _day(_needed({**header, **told}, element, "currentprocessingdate", "processingdate", "reportgenerationdate",
                      "originalprocessingdate"), element, zone)  # fmt: skip
    why = reason(_needed(told, element, "returncode"), table, told.get("returndescription", ""))
    # The reports name no item: the same one on the same day is told apart by how often it occurs.
    return_id = f"{table}/{at:%Y%m%d}/{reference}/{amount.minor}/{told.get('originalprocessingdate', '')}"
    copies[return_id] += 1
    return Returned(
        f"{return_id}/{copies[return_id]}", at, amount, why, trace=reference, original=amount, day=at.date(),
        is_collection=table == "arudd", line=element.sourceline,
    )  # fmt: skip


def _compare(element, told, sums):
    """The count and sum of the items before, against what the report tells."""
    count, value = told.get("numberof"), told.get("valueof")
    try:
        total = _amount(value, "GBP").minor if value else sum(sums)
        matches = (not count or int(count) == len(sums)) and total == sum(sums)
    except (MoneyError, ValueError):
        matches = False
    if not matches:
        text = f"the report tells {count} items of {value}, the file has {len(sums)} of {Money(sum(sums), 'GBP')}."
        raise FormatError(element.sourceline, text, _ADVICE)


def _change(element, told, header, zone):
    reference = _needed(told, element, "reference", "ref")
    day = _needed({**header, **told}, element, "effectivedate", "reportgenerationdate", "currentprocessingdate")
    at = _day(day, element, zone)
    corrected = {
        name: told[key]
        for name, key in (("sort_code", "payernewsortcode"), ("account", "payernewaccountnumber"), ("reference", "newreference"))
        if told.get(key)
    }
    code = _needed(told, element, "reasoncode")
    change_id = f"addacs/{at:%Y%m%d}/{reference}/{code}"
    return Change(change_id, at, reason(code, "addacs"), reference, corrected=corrected, line=element.sourceline)
