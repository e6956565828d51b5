"""What an administrator says about a provider's file: which column is what, how signs are told, what each kind is called."""

import codecs
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ...core.errors import FinanceError
from ...core.records import KINDS

# What a column may be. Those in REQUIRED must have one.
FIELDS = (
    "settlement", "id", "kind", "gross", "debit", "credit", "fee", "tax", "net", "currency", "date", "payment", "source",
    "reference", "description", "payout_date", "trace",
)  # fmt: skip
REQUIRED = ("id", "kind", "date")
# How the sign of an amount is told: by the amount, by a pair of columns, or by the kind alone.
SIGNS = ("signed", "debit_credit", "by_kind")
_OUT = frozenset(("refund", "dispute_open", "capture_fail", "fee", "fee_tax", "dispute_fee", "reserve_hold", "payout"))
# Kinds that may go either way.
_EITHER = frozenset(("payout", "payout_fail", "adjustment", "transfer", "dispute_lost"))
# Kinds that a row of a file can be: those with money.
LINE_KINDS = frozenset(kind for kind in KINDS if not kind.startswith(("authorize", "void", "expire", "review", "mandate"))) - {
    "fail", "dispute_update", "payout_paid", "fx",
}  # fmt: skip


class ProfileError(FinanceError):
    """A profile that contradicts itself, or that does not fit a file."""


@dataclass(frozen=True)
class Profile:
    """``columns``: field of FIELDS -> name of the column. ``kinds``: value in the kind column -> movement kind, or "ignore".

    ``sign``: one of SIGNS. ``minor_units``: amounts are integers in minor units of ISO 4217, else decimals in major units
    written with ``decimal`` as decimal sign and ``thousands`` as separator. ``fees_negative``: a fee that was charged is
    written with a minus. ``currency`` is taken where no column says it, ``time_zone`` (IANA name) where a date has no offset.
    ``date_format`` as for strptime, empty for ISO 8601. ``delimiter``, ``encoding``, ``sheet`` and ``skip_rows`` (before the
    header) are of the file. ``settlement``: the payout that rows belong to when no column says it; "{filename}" is its name.
    """

    name: str
    columns: dict = field(default_factory=dict)
    kinds: dict = field(default_factory=dict)
    sign: str = "signed"
    minor_units: bool = False
    decimal: str = "."
    thousands: str = ""
    fees_negative: bool = False
    currency: str = ""
    time_zone: str = "UTC"
    date_format: str = ""
    delimiter: str = ","
    encoding: str = ""
    sheet: str = ""
    skip_rows: int = 0
    settlement: str = "{filename}"

    def check(self):
        """Raise ProfileError naming the first thing that cannot work."""
        for name in self.columns:
            if name not in FIELDS:
                fields = ", ".join(FIELDS)
                raise ProfileError(f"Profile {self.name}: {name!r} is nothing that a column can be; use one of {fields}.")
        missing = [name for name in REQUIRED if not self.columns.get(name)]
        if missing:
            raise ProfileError(f"Profile {self.name} does not say which column is {', '.join(missing)}.")
        self._check_amounts()
        for value, kind in self.kinds.items():
            if kind != "ignore" and kind not in LINE_KINDS:
                raise ProfileError(f"Profile {self.name}: {value!r} is to be {kind!r}, which is no kind of a settlement line.")
        if not any(kind != "ignore" for kind in self.kinds.values()):
            raise ProfileError(f"Profile {self.name} does not say what any kind of row is.")
        self._check_text()

    def _check_amounts(self):
        if self.sign not in SIGNS:
            raise ProfileError(f"Profile {self.name}: {self.sign!r} is no rule for signs; use one of {', '.join(SIGNS)}.")
        pair = bool(self.columns.get("debit")) and bool(self.columns.get("credit"))
        if self.sign == "debit_credit" and not pair:
            raise ProfileError(f"Profile {self.name} needs a debit and a credit column for its sign rule.")
        if self.sign != "debit_credit" and not (self.columns.get("gross") or self.columns.get("net")):
            raise ProfileError(f"Profile {self.name} needs a column for gross or net.")
        if not self.columns.get("currency") and not self.currency:
            raise ProfileError(f"Profile {self.name} needs a currency, or a column that says it.")

    def _check_text(self):
        if self.decimal not in (".", ",") or self.thousands == self.decimal or len(self.thousands) > 1:
            raise ProfileError(f"Profile {self.name}: the decimal sign is . or , and the thousands separator another character.")
        if len(self.delimiter) != 1 or self.delimiter == '"':
            raise ProfileError(f"Profile {self.name}: the delimiter is one character, and no quotation mark.")
        try:
            ZoneInfo(self.time_zone)
            codecs.lookup(self.encoding or "utf-8")
        except (ZoneInfoNotFoundError, LookupError, ValueError, OSError) as error:
            raise ProfileError(f"Profile {self.name}: unknown time zone or encoding ({error}).") from error

    def fits(self, kind, minor):
        """Whether a row of ``kind`` may have a gross of this sign."""
        return not minor or kind in _EITHER or (minor < 0) == (kind in _OUT)

    def outgoing(self, kind):
        """Whether a row of ``kind`` takes money from the balance, where the sign is told by the kind alone."""
        return kind in _OUT
