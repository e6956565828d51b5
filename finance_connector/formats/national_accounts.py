"""Which IBAN a national account number has, where a published rule says so: for finding the journal of a file.

Files of national formats name the account in the national way, and people enter IBANs. Sources: ISO 13616 (IBAN,
check digits modulo 97), SWIFT IBAN registry (structure of DE, ES, FR, BE), the banks' associations for the national
check digits (RIB key, CCC, Belgian modulo 97).

German banks may deviate from the rule with some accounts; hence the IBAN is another spelling to search with, never
the account that the file names.
"""

import re

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII).fullmatch
_GERMAN = re.compile(r"(\d{8})/0*(\d{1,10})", re.ASCII).fullmatch
_WITH_CURRENCY = re.compile(r"(.*?[0-9])[ /]?([A-Z]{3})").fullmatch
# Letters of French account numbers count as these digits in the RIB key.
_RIB_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
_CCC_WEIGHTS = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)


def is_iban(text):
    """Whether ``text`` (without spaces) has the form and the check digits of an IBAN."""
    return _IBAN(text) is not None and _remainder(text[4:] + text[:4]) == 1


def iban(country, number):
    """The IBAN of a national number (BBAN)."""
    return f"{country}{98 - _remainder(f'{number}{country}00'):02d}{number}"


def _remainder(text):
    return int("".join(str(int(character, 36)) for character in text)) % 97


def account_of(text):
    """(number, scheme, currency or "", other spellings) of an account as :25: and similar fields write it.

    An IBAN, a German "bank code/account", any other number, each perhaps with the currency behind it.
    """
    told, currency = " ".join(text.split()), ""
    # SWIFT has a slash before the number.
    number = told.replace(" ", "").removeprefix("/")
    if is_iban(number):
        return number, "IBAN", "", ()
    with_currency = _WITH_CURRENCY(number)
    if with_currency:
        number, currency = with_currency.groups()
        if is_iban(number):
            return number, "IBAN", currency, ()
    german = _GERMAN(number)
    other = (iban("DE", german[1] + german[2].zfill(10)),) if german else ()
    return number, "OTHER", currency, other


def french(bank, branch, account):
    """The IBAN of a French account: bank and branch (5 digits each), account (11 characters); "" if they are none."""
    digits = account.upper().translate(_RIB_LETTERS)
    if not (f"{bank}{branch}{digits}".isdigit() and f"{bank}{branch}{digits}".isascii()):
        return ""
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(digits)) % 97
    return iban("FR", f"{bank}{branch}{account.upper()}{key:02d}")


def spanish(bank, branch, account):
    """(CCC of 20 digits, IBAN) of a Spanish account: bank and branch (4 digits each), account (10 digits)."""
    first = _ccc_digit(f"00{bank}{branch}")
    number = f"{bank}{branch}{first}{_ccc_digit(account)}{account}"
    return number, iban("ES", number)


def _ccc_digit(ten):
    digit = 11 - sum(weight * int(one) for weight, one in zip(_CCC_WEIGHTS, ten, strict=True)) % 11
    return {10: 1, 11: 0}.get(digit, digit)


def belgian(number):
    """The IBAN of a Belgian account of 12 digits; "" if its check digits are wrong."""
    if not (len(number) == 12 and number.isdigit() and number.isascii()):
        return ""
    return iban("BE", number) if int(number[:10]) % 97 == int(number[10:]) % 97 else ""
