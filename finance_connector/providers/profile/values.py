"""A cell's value by the rules of a profile: amounts with their signs, instants, ids."""

import re
from datetime import datetime, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from ...core.errors import FinanceError, MoneyError, PayloadError, storable
from ...core.money import Money
from ...core.money import minor_units as minor_units_of
from .. import cells
from ..reading import iso_instant

_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,8})?", re.ASCII)
_WITH_ZONE = re.compile(r"[+-][0-9]{2}:?[0-9]{2}$|Z$")
_ID = re.compile(r"[^\x00-\x1f\ud800-\udfff]{1,200}")


def currency(value, where):
    """The ISO code ``value``."""
    return cells.currency(value, f"{where}, currency")


def amounts(row, profile, kind, code, where):
    """``(gross, fee, tax, net)`` of the `sheet.Cells` of a row, signed from our side: ``net = gross - fee - tax``, proven when
    all are told."""
    fee, tax = _cost(row.fee, profile, code, where, "fee"), _cost(row.tax, profile, code, where, "tax")
    told = _signed(_amount(row.net, profile, code, where, "net"), profile, kind) if row.net else None
    if profile.sign == "debit_credit":
        gross = _amount(row.credit, profile, code, where, "credit") - _amount(row.debit, profile, code, where, "debit")
    elif row.gross:
        gross = _signed(_amount(row.gross, profile, code, where, "gross"), profile, kind)
    elif told is not None:
        gross = told + fee + tax
    else:
        raise PayloadError(f"{where}: neither gross nor net has an amount.")
    if told is None:
        return gross, fee, tax, gross - fee - tax
    if told.minor != gross.minor - fee.minor - tax.minor:
        raise PayloadError(f"{where}: gross {gross} less fee {fee} and tax {tax} is not net {told}; the file is damaged.")
    return gross, fee, tax, told


def _signed(amount, profile, kind):
    if profile.sign == "by_kind":
        return -abs(amount) if profile.outgoing(kind) else abs(amount)
    return amount


def _cost(value, profile, code, where, column):
    amount = _amount(value, profile, code, where, column)
    return -amount if profile.fees_negative else amount


def _amount(value, profile, code, where, column):
    try:
        return _money(value, code, profile.decimal, profile.thousands, profile.minor_units)
    except FinanceError as error:
        raise PayloadError(f"{where}, {column}: {error}") from error


@lru_cache(maxsize=16_384)
def _money(value, code, decimal, thousands, minor_units):
    value = value.replace("\u2212", "-").replace("\u00a0", "").strip()
    if not value:
        return Money.zero(code)
    if thousands:
        value = value.replace(thousands, "")
    if decimal != ".":
        value = "?" if "." in value else value.replace(decimal, ".")
    if not _DECIMAL.fullmatch(value):
        raise MoneyError(f"{value[:40]!r} is no amount as the profile describes them.")
    if not minor_units:
        return Money(minor_units_of(value.removeprefix("+"), code), code)
    if "." in value:
        raise MoneyError(f"{value[:40]!r} is no whole number of minor units.")
    return Money(int(value), code)


def instant(value, profile, where):
    """The instant of a cell in UTC; one without offset is in the profile's time zone."""
    return _moment(value, profile, where).astimezone(timezone.utc)


def day(value, profile, where):
    """The date of a cell as it is written, whatever day it then is elsewhere."""
    return _moment(value, profile, where).date()


def _moment(value, profile, where):
    try:
        return _parsed(value.strip(), profile.date_format, profile.time_zone)
    except (ValueError, OverflowError) as error:
        raise PayloadError(f"{where}: {value[:40]!r} is no time as the profile describes them.") from error


@lru_cache(maxsize=4_096)
def _parsed(value, date_format, time_zone):
    if date_format:
        moment = datetime.strptime(value, date_format)
    elif _WITH_ZONE.search(value):
        return iso_instant({"date": value}, "date")
    else:
        moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))


def identifier(value, where, name, required=False):
    """An id; None when it is empty."""
    value = value.strip()
    if not value and not required:
        return None
    if not _ID.fullmatch(value):
        raise PayloadError(f"{where}: {value[:40]!r} is no {name}.")
    return value


def settlement_key(value, profile, filename, code, where):
    """The payout that a row belongs to: by its column, else by the profile's rule and the currency."""
    if value.strip():
        return identifier(value, where, "settlement")
    if profile.columns.get("settlement"):
        raise PayloadError(f"{where}: the row does not say which settlement it belongs to.")
    return storable(profile.settlement.replace("{filename}", filename or "file"))[:150] + f"/{code}"
