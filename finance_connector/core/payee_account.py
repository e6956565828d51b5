"""Whether an account number can exist: IBAN, BIC, routing numbers of the United States, sort codes of the United Kingdom.

IBANs are checked by python-stdnum (length and structure per country, check digits of the IBAN and of those countries
that have their own). The modulus check of British accounts needs a table of weights that Pay.UK licenses and that no
freely licensed package carries: sort code and account number are checked in form only, and the bank has the last word.
"""

import re
from contextlib import suppress
from functools import lru_cache
from importlib.machinery import PathFinder

import stdnum

from .errors import FinanceError

if not hasattr(stdnum.__spec__.loader, "get_resource_reader"):
    # A host that patches modules as they are imported may leave this one without the loader that finds its tables.
    stdnum.__spec__.loader = PathFinder.find_spec("stdnum").loader
from stdnum import iban as _iban
from stdnum.exceptions import InvalidComponent, ValidationError

# The countries whose banks take part in the SEPA schemes (EPC list of 2025), by the country of the IBAN.
EEA_COUNTRIES = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split())
# For those outside the European Economic Area the schemes ask for a BIC.
SEPA_COUNTRIES = EEA_COUNTRIES | frozenset("AD AL CH GB GI MC MD ME MK RS SM VA".split())

_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", re.ASCII).fullmatch
_IBAN_FORM = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}", re.ASCII).fullmatch
_LETTER_VALUES = {ord(letter): str(value) for value, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 10)}
_SPACES = re.compile(r"[\s.\-]+")
# Institution numbers of IBANs of Switzerland and Liechtenstein that only take payments with a QR reference.
_QR_IID = range(30000, 32000)


class AccountError(FinanceError, ValueError):
    """An account or bank number that cannot exist. ``code`` names the rule: `empty` `form` `country` `length`
    `check_digits` `structure`; ``value`` is what was given."""

    def __init__(self, code, value, text):
        self.code, self.value = code, value
        super().__init__(text)


def iban(text):
    """The IBAN in ``text`` without spaces, in upper case. Raises AccountError with what is wrong."""
    number = _SPACES.sub("", text or "").upper()
    problem = _iban_problem(number)
    if problem:
        code, what = problem
        told = f"{text or 'The empty text'} is no IBAN: {what}. Ask the payee for the number and correct it."
        raise AccountError(code, text, told)
    return number


@lru_cache(maxsize=65536)
def _iban_problem(number):
    """(code, what is wrong) of an IBAN; None if nothing is."""
    if not number:
        return "empty", "it is empty"
    if not _IBAN_FORM(number):
        return "form", "it has to begin with two letters and two digits, followed by letters and digits"
    structure = _iban_structure(number[:2])
    if structure is None:
        return "country", f"the country {number[:2]} has no IBAN"
    length, form, national = structure
    if len(number) != length:
        return "length", f"one of {number[:2]} has {length} characters, this one {len(number)}"
    # ISO 13616: letters are numbers from 10 on, and the whole leaves 1 when divided by 97.
    if int((number[4:] + number[:4]).translate(_LETTER_VALUES)) % 97 != 1:
        return "check_digits", "its check digits are wrong, so a digit is"
    if not form.match(number[4:]):
        return "structure", f"it has not the structure that {number[:2]} gives its numbers"
    # The library's lists of banks grow old: a bank that is not in them is no reason to refuse.
    try:
        with suppress(InvalidComponent):
            if national:
                national.validate(number)
    except ValidationError:
        return "check_digits", f"the national check digits in it are not those of {number[:2]}, so a digit is wrong"
    return None


@lru_cache(maxsize=1024)
def _iban_structure(country):
    """(how many characters an IBAN of ``country`` has, the form of what follows the check digits, the module that knows its
    national check digits or None); None if it has none."""
    structure = _iban._ibandb.info(f"{country}00")[0][1].get("bban")
    if not structure:
        return None
    length = 4 + sum(int(count) for count in re.findall(r"(\d+)!", structure))
    return length, _iban._struct_to_re(structure), _iban._get_cc_module(country)


def is_qr_iban(number):
    """Whether the IBAN ``number`` is one of Switzerland or Liechtenstein that takes QR references only."""
    return number[:2] in ("CH", "LI") and number[4:9].isdigit() and int(number[4:9]) in _QR_IID


def bic(text):
    """The BIC in ``text`` in upper case, 8 or 11 characters (ISO 9362). Raises AccountError."""
    code = _SPACES.sub("", text or "").upper()
    if not _BIC(code):
        told = f"{text!r} is no BIC: it has 8 or 11 characters, of which the fifth and sixth are the country. Correct it."
        raise AccountError("form", text, told)
    return code


def routing_number(text):
    """The nine digits of a routing number of the American Bankers Association. Raises AccountError.

    The check is 3-7-1: the weighted digits add up to a multiple of ten.
    """
    digits = _SPACES.sub("", text or "")
    if not re.fullmatch(r"[0-9]{9}", digits, re.ASCII):
        raise AccountError("form", text, f"{text!r} is no routing number: it has nine digits. Correct it.")
    weighted = sum(weight * int(digit) for weight, digit in zip((3, 7, 1) * 3, digits, strict=True))
    if weighted % 10 or digits == "000000000":
        told = f"{text!r} is no routing number: its check digit is wrong, so a digit is. Correct it."
        raise AccountError("check_digits", text, told)
    return digits


def american_account(text):
    """The account number of an American bank: up to 17 letters, digits and hyphens (NACHA). Raises AccountError."""
    number = (text or "").strip()
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z \-]{0,16}", number, re.ASCII):
        told = f"{text!r} is no account number of an American bank: it has up to 17 digits, letters and hyphens. Correct it."
        raise AccountError("form", text, told)
    return number


def british_account(sort_code, number):
    """``(sort code, account number)`` of a British account as 6 and 8 digits. Raises AccountError.

    Account numbers of fewer digits are those of some building societies in their own spelling; the 8 digits that the
    clearing needs stand on their statements.
    """
    code, digits = (_SPACES.sub("", text or "") for text in (sort_code, number))
    if not re.fullmatch(r"[0-9]{6}", code, re.ASCII) or code == "000000":
        raise AccountError("form", sort_code, f"{sort_code!r} is no sort code: it has six digits. Correct it.")
    if not re.fullmatch(r"[0-9]{8}", digits, re.ASCII):
        raise AccountError("form", number, f"{number!r} is no British account number: it has eight digits. Correct it.")
    return code, digits


def creditor_id(text):
    """The creditor identifier of SEPA direct debits in ``text``, in upper case. Raises AccountError.

    Check digits as of an IBAN; the business code (characters five to seven) does not count in them (EPC AT-02).
    """
    number = _SPACES.sub("", text or "").upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{4,31}", number, re.ASCII):
        told = f"{text!r} is no creditor identifier: country, check digits, business code, number. Correct it."
        raise AccountError("form", text, told)
    if int("".join(str(int(character, 36)) for character in number[7:] + number[:4])) % 97 != 1:
        told = f"{text!r} is no creditor identifier: its check digits are wrong. Correct it."
        raise AccountError("check_digits", text, told)
    return number


# Codes of ISO 20022 (external clearing system identification) and the form of the member numbers.
CLEARING_SYSTEMS = {
    "USABA": (routing_number, "routing number of the United States"),
    "GBDSC": (re.compile(r"[0-9]{6}", re.ASCII).fullmatch, "sort code of six digits"),
    "CHBCC": (re.compile(r"[0-9]{3,5}", re.ASCII).fullmatch, "bank clearing number of three to five digits"),
    "CHSIC": (re.compile(r"[0-9]{6}", re.ASCII).fullmatch, "SIC number of six digits"),
    "AUBSB": (re.compile(r"[0-9]{6}", re.ASCII).fullmatch, "BSB of six digits"),
    "CACPA": (re.compile(r"[0-9]{9}", re.ASCII).fullmatch, "number of nine digits"),
    "INFSC": (re.compile(r"[A-Z]{4}0[A-Z0-9]{6}", re.ASCII).fullmatch, "IFSC of eleven characters"),
    "NZNCC": (re.compile(r"[0-9]{6}", re.ASCII).fullmatch, "number of six digits"),
    "ZANCC": (re.compile(r"[0-9]{6}", re.ASCII).fullmatch, "number of six digits"),
    "HKNCC": (re.compile(r"[0-9]{3}", re.ASCII).fullmatch, "bank code of three digits"),
    "SGIBG": (re.compile(r"[0-9]{7}", re.ASCII).fullmatch, "number of seven digits"),
}


def clearing_member(system, text):
    """The number ``text`` of a bank in the clearing ``system`` (ISO 20022 code). Raises AccountError for a system that is
    not known and for a number of another form."""
    if system not in CLEARING_SYSTEMS:
        told = f"The clearing system {system!r} is not known; there are {', '.join(CLEARING_SYSTEMS)}. Use one, or a BIC."
        raise AccountError("country", system, told)
    check, form = CLEARING_SYSTEMS[system]
    number = _SPACES.sub("", text or "").upper()
    if not check(number):
        raise AccountError("form", text, f"{text!r} is no number of {system}: that is a {form}. Correct it.")
    return number
