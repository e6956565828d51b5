"""A cell's value by the rules of a profile: amounts with their signs, instants, ids."""

import re
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from ...core.errors import MoneyError, PayloadError, storable
from ...core.money import Money
from ..reading import currency_code, iso_instant

_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,8})?", re.ASCII)
_ID = re.compile(r"[^\x00-\x1f\ud800-\udfff]{1,200}")


def currency(value, where):
    """The ISO code ``value``."""
    return currency_code(value, f"{where}, currency")


def amounts(cell, profile, kind, code, where):
    """``(gross, fee, tax, net)`` of a row, signed from our side: ``net = gross - fee - tax``, proven when all are told."""
    fee, tax = (_cost(cell(name), profile, code, f"{where}, {name}") for name in ("fee", "tax"))
    if profile.sign == "debit_credit":
        gross = _amount(cell("credit"), profile, code, where) - _amount(cell("debit"), profile, code, where)
    elif cell("gross"):
        gross = _signed(_amount(cell("gross"), profile, code, f"{where}, gross"), profile, kind)
    elif cell("net"):
        gross = _signed(_amount(cell("net"), profile, code, f"{where}, net"), profile, kind) + fee + tax
    else:
        raise PayloadError(f"{where}: neither gross nor net has an amount.")
    net = gross - fee - tax
    told = _signed(_amount(cell("net"), profile, code, f"{where}, net"), profile, kind) if cell("net") else net
    if told != net:
        raise PayloadError(f"{where}: gross {gross} less fee {fee} and tax {tax} is not net {told}; the file is damaged.")
    return gross, fee, tax, net


def _signed(amount, profile, kind):
    if profile.sign == "by_kind":
        return -abs(amount) if profile.outgoing(kind) else abs(amount)
    return amount


def _cost(value, profile, code, where):
    amount = _amount(value, profile, code, where)
    return -amount if profile.fees_negative else amount


def _amount(value, profile, code, where):
    value = value.replace("\u2212", "-").replace("\u00a0", "").strip()
    if not value:
        return Money.zero(code)
    if profile.thousands:
        value = value.replace(profile.thousands, "")
    if profile.decimal != ".":
        value = "?" if "." in value else value.replace(profile.decimal, ".")
    if not _DECIMAL.fullmatch(value):
        raise PayloadError(f"{where}: {value[:40]!r} is no amount as the profile describes them.")
    try:
        if not profile.minor_units:
            return Money.from_decimal(value, code)
        if "." in value:
            raise PayloadError(f"{where}: {value[:40]!r} is no whole number of minor units.")
        return Money(int(value), code)
    except MoneyError as error:
        raise PayloadError(f"{where}: {error}") from error


def instant(value, profile, where):
    """The instant of a cell in UTC; one without offset is in the profile's time zone."""
    return _moment(value, profile, where).astimezone(timezone.utc)


def day(value, profile, where):
    """The date of a cell as it is written, whatever day it then is elsewhere."""
    return _moment(value, profile, where).date()


def _moment(value, profile, where):
    try:
        if profile.date_format:
            moment = datetime.strptime(value.strip(), profile.date_format)
        elif re.search(r"[+-][0-9]{2}:?[0-9]{2}$|Z$", value.strip()):
            return iso_instant({"date": value}, "date")
        else:
            moment = datetime.fromisoformat(value.strip())
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(profile.time_zone))
    except (ValueError, OverflowError) as error:
        raise PayloadError(f"{where}: {value[:40]!r} is no time as the profile describes them.") from error


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
