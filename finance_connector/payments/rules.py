"""What a scheme asks of each payment beside the schema: amounts, currencies, accounts, banks, references, dates.

Every rule adds a problem and goes on, so that one look tells all that is to be corrected.
"""

import re

from ..core import payee_account
from ..core.matching.structured import kinds
from ..core.money import Money

_PURPOSE = re.compile(r"[A-Z]{4}").fullmatch


def check_message(message, problems):
    """What is wrong with a `records.PaymentMessage` as a whole: no batch, ids that occur twice."""
    if not message.batches:
        problems.add("file", "empty", "There is no payment to write; select some.")
    seen = set()
    for batch in message.batches:
        if batch.batch_id in seen:
            problems.add("batch", "twice", f"The batch id {batch.batch_id} occurs twice; give each batch its own.")
        seen.add(batch.batch_id)


def check_batch(batch, count, date, created_at, problems):
    """What is wrong with a batch: nothing in it, or a day that is over."""
    if not count:
        problems.add("batch", "empty", f"The batch {batch.batch_id} holds no payment; leave it out.")
    if date < created_at.date():
        problems.add("date", "past", f"The day {date} of batch {batch.batch_id} is before the file is made; choose a later one.")
    purpose(batch.category_purpose, problems, "category purpose")


class Ids:
    """The end-to-end ids of a file, each once."""

    def __init__(self, problems):
        self.problems, self.seen = problems, set()

    def add(self, end_to_end_id):
        """Notes one; a problem if it was there before."""
        if end_to_end_id in self.seen:
            text = f"The end-to-end id {end_to_end_id} occurs twice in the file; the bank would take the second for a copy."
            self.problems.add("end-to-end id", "twice", text)
        self.seen.add(end_to_end_id)


def amount(money, scheme, problems):
    """Above zero, within the limit of the scheme, and in a currency that it has."""
    if money.minor <= 0:
        problems.add("amount", "not_positive", f"The amount {money} is not above zero; net it with others, or leave it out.")
    elif money.minor > scheme.largest:
        most = Money(scheme.largest, money.currency)
        text = f"The amount {money} is above the {most} of a {scheme.name}; pay in parts or otherwise."
        problems.add("amount", "too_large", text)
    if scheme.currencies is not None and money.currency not in scheme.currencies:
        told = " or ".join(sorted(scheme.currencies))
        problems.add("currency", "currency", f"A {scheme.name} is in {told}, not in {money.currency}; choose another scheme.")


def account_currency(money, currencies, problems):
    """A currency that the bank sends from our account; ``currencies`` None: any."""
    if currencies is not None and money.currency not in currencies:
        told = " or ".join(sorted(currencies))
        text = f"Our account sends {told}, not {money.currency}; choose another account."
        problems.add("currency", "account_currency", text)


def account(account, agent, scheme, problems, field):
    """An IBAN of the scheme's countries with a BIC where that is needed; a bank and an account elsewhere."""
    number = account.iban.replace(" ", "").upper()
    if scheme.sepa_only:
        if not number:
            problems.add(field, "iban", f"A {scheme.name} needs the IBAN of the {field}; enter it.")
        elif number[:2] not in payee_account.SEPA_COUNTRIES:
            text = f"The account of the {field} is in {number[:2]}, which takes no part in SEPA; pay it as international."
            problems.add(field, "country", text)
        elif number[:2] not in payee_account.EEA_COUNTRIES and not agent.bic:
            text = f"Accounts in {number[:2]} need the BIC of their bank in a {scheme.name}; enter it."
            problems.add(field, "bic", text)
    elif not (agent.bic or agent.member) and (scheme.needs_agent or not number):
        text = f"A {scheme.name} needs the BIC of the bank of the {field}, or its clearing number; enter it."
        problems.add(field, "bic", text)


def address(party, scheme, problems, field):
    """Town and country where the scheme asks for them."""
    if scheme.needs_address and party.address is None:
        problems.add(field, "address", f"A {scheme.name} needs town and country of the {field}; enter them.")


def charge_bearer(code, scheme, problems):
    """Who bears the charges: ``code``, or the usual one of the scheme if there is none."""
    if code and code not in scheme.charge_bearers:
        told = ", ".join(filter(None, scheme.charge_bearers))
        problems.add("charge bearer", "charge_bearer", f"A {scheme.name} takes {told} for the charges, not {code}.")
    return code or scheme.charge_bearers[0]


def purpose(code, problems, field="purpose"):
    """A code of four capital letters (ISO 20022 external codes)."""
    if code and not _PURPOSE(code):
        problems.add(field, "purpose", f"The {field} {code!r} is no ISO code of four capital letters, such as SALA or SUPP.")


def reference_kind(reference, account, problems):
    """(reference without spaces, SCOR or QRR); ("", "") if there is none.

    A Swiss QR-IBAN and a QR reference belong together (Swiss Payment Standards).
    """
    joined = "".join(reference.split()).upper()
    is_qr = bool(account.iban) and payee_account.is_qr_iban(account.iban.replace(" ", "").upper())
    found = kinds(joined) if joined else ()
    if is_qr and "qrr" not in found:
        text = f"The account takes payments with a QR reference only, and {reference or 'nothing'} is none; enter the bill's."
        problems.add("reference", "qr_reference", text)
        return "", ""
    if not joined:
        return "", ""
    if is_qr:
        return joined, "QRR"
    if "rf" in found:
        return joined, "SCOR"
    if "qrr" in found:
        problems.add("reference", "qr_iban", f"The QR reference {reference} needs the QR-IBAN of the bill as account; enter it.")
    else:
        text = f"{reference} is no structured reference (RF or QR) with right check digits; correct it, or send it as text."
        problems.add("reference", "reference", text)
    return "", ""
