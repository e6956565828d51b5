"""The canonical answers: what a bank said about payments that it was sent, whatever its format calls it."""

from dataclasses import dataclass
from datetime import date, datetime

from ..core.money import Money
from .reasons import Reason

FILE, BATCH, INSTRUCTION = "file", "batch", "instruction"


@dataclass(frozen=True, slots=True)
class Answer:
    """One statement of a status report. ``level``: FILE, BATCH or INSTRUCTION; ``kind``: of `core.instruction_facts`; ``status``:
    the bank's code. ``amount``: what the bank repeats of the order, if it does. ``line``: in the file."""

    level: str
    kind: str
    status: str
    batch_id: str = ""
    end_to_end_id: str = ""
    instruction_id: str = ""
    amount: Money | None = None
    reasons: tuple = ()
    line: int | None = None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """``report_id`` and ``at``: of the report; ``message_id``: the file that it answers; ``count`` and ``control_sum``: what the
    bank repeats of that file, None if it does not; ``answers``: in the order of the report."""

    report_id: str
    at: datetime
    message_id: str
    message_format: str
    count: int | None
    control_sum: object
    answers: tuple


@dataclass(frozen=True, slots=True)
class Returned:
    """Money that comes back. ``amount``: what does, ``original``: what was paid (None: not told), ``charges``: what was kept.

    ``trace``: how the format names the instruction where it does not repeat its end-to-end id. ``is_collection``: a
    direct debit was returned, so the money leaves. ``day``: of the settlement, None if it is not told.
    """

    return_id: str
    at: datetime
    amount: Money
    reason: Reason
    end_to_end_id: str = ""
    message_id: str = ""
    trace: str = ""
    original: Money | None = None
    charges: Money | None = None
    day: date | None = None
    is_collection: bool = False
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """The bank tells that an account or mandate changed; no money moves. ``corrected``: field -> new value."""

    change_id: str
    at: datetime
    reason: Reason
    reference: str = ""
    trace: str = ""
    corrected: dict | None = None
    line: int | None = None
