"""Reading a provider's JSON without trusting its shape: typed access to fields, times, decimals, with errors that name
what is wrong.

An object is named in errors by its own words: its `object` or `resource` and its id.
"""

import json
import re
from datetime import datetime, timezone

from ..core.errors import MoneyError, PayloadError, UnknownStatus, storable
from ..core.money import Money, minor_units

ID = re.compile(r"[!-~]{1,255}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,8})?", re.ASCII)
_LONGEST_WORD = 64
_LAST_SECOND = 253402300799  # 9999-12-31 23:59:59 UTC


def load(body, provider):
    """The JSON object in ``body`` (bytes). Raises PayloadError, naming the ``provider``, for anything else."""
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise PayloadError(f"The body is not JSON ({error!s:.120}); {provider} sends nothing else.") from error
    if type(document) is not dict:
        raise PayloadError(f"The body is JSON but not an object; {provider} sends an object.")
    return document


def refuse_constant(name):
    """What JSON decoders are given for NaN and the like."""
    raise ValueError(f"{name} is no JSON")


def described(resource):
    """A short name of an API object for messages to users, which are stored."""
    kind, own_id = resource.get("object") or resource.get("resource"), resource.get("id")
    kind = kind if type(kind) is str else "object"
    return storable(f"{kind:.60} {own_id:.80}" if type(own_id) is str else f"{kind:.60} without id")


def identifier(resource, field):
    """The id in ``field``, which Stripe may send as text or expanded to the whole object; None when it is
    null."""
    value = resource.get(field)
    if type(value) is dict:
        value = value.get("id")
    if value is None:
        return None
    if type(value) is str and ID.fullmatch(value):
        return value
    raise PayloadError(f"{described(resource)} has no usable id in {field} ({value!r:.60}).")


def path_id(key, what):
    """``key`` if it can stand in the path of an address. Raises PayloadError when it is no id of ``what``."""
    if not ID.fullmatch(key) or "/" in key:
        raise PayloadError(f"{key!r:.60} is no {what}.")
    return key


def own_id(resource):
    """The object's own id. Raises PayloadError when it has none."""
    value = identifier(resource, "id")
    if value is None:
        raise PayloadError(f"{described(resource)} has no id; it cannot be told apart from others.")
    return value


def integer(resource, field):
    """The integer in ``field``. Raises PayloadError when it is missing or is not an integer."""
    value = resource.get(field)
    if type(value) is not int:
        raise PayloadError(f"{described(resource)} has no integer in {field} ({value!r:.60}).")
    return value


def instant(resource, field):
    """The Unix time in ``field`` as an aware UTC datetime."""
    value = integer(resource, field)
    if not 0 <= value <= _LAST_SECOND:
        raise PayloadError(f"{described(resource)} has an impossible time in {field} ({value!r:.60}).")
    return datetime.fromtimestamp(value, timezone.utc)


def made_at(resource, default):
    """When the object was created; ``default``, the instant of its event, when it does not say."""
    return instant(resource, "created") if resource.get("created") is not None else default


def mapping(resource, field):
    """The object in ``field``; an empty one when it is null or a bare id."""
    value = resource.get(field)
    return value if type(value) is dict else {}


def objects(resource, field):
    """The objects of a plain list or of a Stripe list object in ``field``; none when it is null or absent."""
    value = resource.get(field)
    if type(value) is dict:
        value = value.get("data")
    if value is None:
        return []
    if type(value) is not list or not all(type(item) is dict for item in value):
        raise PayloadError(f"{described(resource)} has no list of objects in {field}.")
    return value


def listed(resource, field):
    """The objects of a list in ``field`` that must be there. Raises PayloadError when it is not."""
    if resource.get(field) is None:
        raise PayloadError(f"{described(resource)} has no list of objects in {field}.")
    return objects(resource, field)


def text(resource, field):
    """The text in ``field`` or None, without what no database column holds (NUL, halves of a character)."""
    value = resource.get(field)
    if type(value) is not str:
        return None
    return storable(value).strip() or None


def first_text(resource, fields):
    """The text in the first of ``fields`` that has one, or None."""
    return next((found for field in fields if (found := text(resource, field))), None)


def one_word(value):
    """``value`` if it can be a reference: one word of at most 64 characters. Else None: free text would be taken for one."""
    return value if value and len(value) <= _LONGEST_WORD and len(value.split()) == 1 else None


def known(value, values, provider, field, resource):
    """``value`` if it is one of ``values``; otherwise UnknownStatus."""
    if (value is not None and type(value) is not str) or value not in values:
        shown = storable(value) if type(value) is str else value
        raise UnknownStatus(provider, field, shown, described(resource))
    return value


def iso_instant(resource, field):
    """The ISO 8601 time in ``field`` as an aware UTC datetime; a time without zone is UTC. PayloadError when it is none."""
    value = resource.get(field)
    try:
        moment = datetime.fromisoformat(_regular(value))
        moment = moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    except (AttributeError, TypeError, ValueError, OverflowError) as error:
        raise PayloadError(f"{described(resource)} has no time in {field} ({value!r:.60}).") from error
    return moment


def _regular(value):
    """An ISO time in the form that every Python reads: offset with a colon, no more than six decimals."""
    value = re.sub(r"Z$", "+00:00", value.strip())
    value = re.sub(r"([+-][0-9]{2})([0-9]{2})$", r"\1:\2", value)
    return re.sub(r"\.([0-9]{1,9})", lambda digits: "." + digits[1][:6].ljust(6, "0"), value)


def decimal_money(amount, currency, where):
    """Money from a decimal text in major units; ``where`` names the place in errors."""
    code = currency_code(currency, where)
    return Money(decimal_minor(amount, code, where), code)


def decimal_minor(amount, code, where):
    """The minor units of a decimal text in major units of currency ``code``; the quick way for many rows."""
    if type(amount) is not str or not _DECIMAL.fullmatch(amount):
        raise PayloadError(f"{where}: {amount!r:.40} is no amount.")
    try:
        return minor_units(amount, code)
    except MoneyError as error:
        raise PayloadError(f"{where}: {error}") from error


def currency_code(value, where):
    """The ISO code ``value`` in upper case. Raises PayloadError when it is none."""
    if type(value) is str and len(value) == 3 and value.isascii() and value.isalpha():
        return value.upper()
    raise PayloadError(f"{where}: {value!r:.20} is no currency code.")


def units_money(value, currency, exponent, where):
    """Money from an integer in units of 10**-``exponent``; PayloadError naming ``where`` when it is impossible."""
    try:
        return Money.from_units(value, currency_code(currency, where), exponent)
    except MoneyError as error:
        raise PayloadError(f"{where} carries an impossible amount: {error}") from error
