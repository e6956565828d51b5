"""Structured payment references: what kinds there are, whether their check digits are right, and how banks spell them.

Sources: ISO 11649 (RF creditor reference), Swiss QR bill guidelines (QRR), Belgian OGM/VCS (febelfin), Finnish reference
number (Finance Finland), Norwegian KID (Bits).
"""

import re

_RF = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}", re.ASCII)
_QRR_CARRY = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)
LABELS = {
    "rf": "creditor reference (ISO 11649)",
    "qrr": "QR reference",
    "ogm": "structured communication",
    "fi": "Finnish reference number",
    "kid": "KID",
}


def kinds(joined):
    """The kinds of LABELS whose check digits are right in ``joined`` (letters and digits, upper case)."""
    if not joined.isascii():
        return ()
    if _RF.fullmatch(joined):
        return ("rf",) if _rf_is_right(joined) else ()
    if not joined.isdigit():
        return ()
    found = []
    if len(joined) == 27 and _qrr_check(joined[:-1]) == joined[-1]:
        found.append("qrr")
    if len(joined) == 12 and (int(joined[:10]) % 97 or 97) == int(joined[10:]):
        found.append("ogm")
    if 4 <= len(joined) <= 20 and _finnish_check(joined[:-1]) == joined[-1]:
        found.append("fi")
    if 2 <= len(joined) <= 25 and (_luhn_check(joined[:-1]) == joined[-1] or _eleven_check(joined[:-1]) == joined[-1]):
        found.append("kid")
    return tuple(found)


def spellings(joined):
    """The forms by which a bank may tell the reference ``joined``: itself, without the zeros that fill it up, and what an
    RF reference is made of."""
    found = [joined]
    if joined.isascii() and joined.isdigit():
        found.append(joined.lstrip("0"))
    elif _RF.fullmatch(joined) and _rf_is_right(joined):
        found.append(joined[4:].lstrip("0") if joined[4:].isdigit() else joined[4:])
    return tuple(dict.fromkeys(form for form in found if form))


def _rf_is_right(joined):
    moved = joined[4:] + joined[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1


def _qrr_check(digits):
    carry = 0
    for digit in digits:
        carry = _QRR_CARRY[(carry + int(digit)) % 10]
    return str((10 - carry) % 10)


def _finnish_check(digits):
    total = sum(int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def _luhn_check(digits):
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 if place % 2 else 2)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def _eleven_check(digits):
    """The check digit of modulus 11; none when it would be ten (a bank writes a dash then)."""
    total = sum(int(digit) * (place % 6 + 2) for place, digit in enumerate(reversed(digits)))
    check = -total % 11
    return str(check) if check < 10 else ""
