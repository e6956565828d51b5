"""What the ACH network sends back: returns (addenda 99) and notifications of change (addenda 98).

The file is read as strictly as one of our own (`nacha_reader`); an entry that is neither a return nor a notification is
told as an error, since nothing in it may be lost.
"""

from datetime import datetime, timezone
from typing import NamedTuple

from ..formats.errors import FormatError
from . import nacha_reader
from .answers import Change, Returned
from .nacha_layout import CHANGE_ADDENDA, RETURN_ADDENDA, RETURN_CODES
from .reasons import reason

_ADVICE = "Nothing of the file was used; ask the bank what it is."
# Which part of the corrected data is what, by change code (NACHA operating rules, appendix five).
_CORRECTED = {
    "C01": (("account", 0, 17),),
    "C02": (("routing", 0, 9),),
    "C03": (("routing", 0, 9), ("account", 12, 29)),
    "C04": (("name", 0, 22),),
    "C05": (("code", 0, 2),),
    "C06": (("account", 0, 17), ("code", 20, 22)),
    "C07": (("routing", 0, 9), ("account", 9, 26), ("code", 26, 28)),
    "C09": (("identification", 0, 22),),
}


class AchAnswers(NamedTuple):
    """``returned``: `answers.Returned`; ``changes``: `answers.Change`."""

    returned: tuple
    changes: tuple


def read(content, zone=timezone.utc):
    """The `AchAnswers` in ``content`` (bytes). ``zone``: of the bank, whose file tells its time without one.

    Raises FormatError with the line for what does not add up and for entries that are no answer.
    """
    file = nacha_reader.read(content)
    header = file.header
    at = _instant(header["date"], header["time"], zone)
    file_id = f"{header['origin']}/{header['date']}{header['time']}{header['modifier']}"
    returned, changes = [], []
    for batch in file.batches:
        for entry in batch.entries:
            answers = [one for one in entry.addenda if one["type"] in (CHANGE_ADDENDA, RETURN_ADDENDA)]
            if len(answers) != 1:
                text = f"the entry {entry.trace} is neither a return nor a notification of change."
                raise FormatError(entry.line, text, _ADVICE)
            if answers[0]["type"] == RETURN_ADDENDA:
                returned.append(_returned(entry, answers[0], file_id, at))
            else:
                changes.append(_change(entry, answers[0], file_id, at))
    return AchAnswers(tuple(returned), tuple(changes))


def _instant(day, clock, zone):
    try:
        return datetime.strptime(f"{day} {clock or '0000'}", "%y%m%d %H%M").replace(tzinfo=zone)
    except ValueError:
        raise FormatError(1, f"{day} {clock} is no date with time.", _ADVICE) from None


def _returned(entry, addenda, file_id, at):
    if entry.code not in RETURN_CODES:
        text = f"the entry {entry.trace} has the code {entry.code}, which is not that of a return."
        raise FormatError(entry.line, text, _ADVICE)
    if not entry.amount.minor:
        raise FormatError(entry.line, f"the return {entry.trace} has no amount.", _ADVICE)
    # The network returns whole entries, so what comes back is what was sent.
    return Returned(
        f"{file_id}/{addenda['trace'] or entry.trace}", at, entry.amount,
        reason(addenda["reason"], "nacha", addenda["information"]), entry.identification,
        trace=addenda["original_trace"], original=entry.amount, is_collection=RETURN_CODES[entry.code] == "debit",
        line=entry.line,
    )  # fmt: skip


def _change(entry, addenda, file_id, at):
    if entry.amount.minor:
        raise FormatError(entry.line, f"the notification of change {entry.trace} has an amount ({entry.amount}).", _ADVICE)
    code, told = addenda["reason"], addenda["corrected"]
    corrected = {name: told[start:end].strip() for name, start, end in _CORRECTED.get(code, (("text", 0, 29),))}
    change_id = f"{file_id}/{addenda['trace'] or entry.trace}"
    return Change(change_id, at, reason(code, "change"), entry.identification, addenda["original_trace"], corrected, entry.line)
