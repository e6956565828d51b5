"""The payments of an order as approval and file need them: rows that one statement reads, and what is made of them.

A `Heading` and its `Paid` rows are all that content and file are made from.
"""

import re
from datetime import date
from typing import NamedTuple

from ..core import approval_content, instruction_intent
from ..core.money import Money, minor_units
from ..payments import records

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,}", re.ASCII).fullmatch
# One row a payment, in the order of the file. The address: of the payee, or of the company that it belongs to if it has none.
PAID = """
SELECT i.id, i.end_to_end_id, i.intent_key, i.amount::text AS amount, c.name AS currency, i.partner_id,
       COALESCE(p.name, '') AS payee, n.code AS country, a.city, a.zip, a.street,
       b.acc_number AS number, b.acc_holder_name AS holder, b.clearing_number, b.fc_account_kind AS kind, k.bic, k.name AS bank,
       i.reference, i.text, i.account_id, i.purpose, i.ultimate_creditor_id,
       CASE WHEN i.ultimate_creditor_id IS NOT NULL THEN (
           SELECT ARRAY[u.name, un.code, ua.city, ua.zip, ua.street]
             FROM res_partner u
             JOIN res_partner ua ON ua.id = CASE WHEN u.country_id IS NULL THEN u.commercial_partner_id ELSE u.id END
             LEFT JOIN res_country un ON un.id = ua.country_id
            WHERE u.id = i.ultimate_creditor_id) END AS in_favour,
       ARRAY(SELECT t.move_line_id || ' ' || t.amount FROM finance_payment_item t WHERE t.instruction_id = i.id ORDER BY t.id)
           AS items,
       CASE WHEN i.replaces_id IS NOT NULL THEN (
           SELECT r.intent_key FROM finance_payment_instruction r WHERE r.id = i.replaces_id) END AS replaced
  FROM finance_payment_instruction i
  JOIN res_currency c ON c.id = i.currency_id
  JOIN res_partner p ON p.id = i.partner_id
  JOIN res_partner a ON a.id = CASE WHEN p.country_id IS NULL THEN p.commercial_partner_id ELSE p.id END
  LEFT JOIN res_country n ON n.id = a.country_id
  LEFT JOIN res_partner_bank b ON b.id = i.bank_account_id
  LEFT JOIN res_bank k ON k.id = b.bank_id
 WHERE i.order_id = %s
 ORDER BY i.id
"""


class PaidRows(NamedTuple):
    """The `Paid` rows of an order, and the hash of them as the database makes it; "" if they are newer than what it has read."""

    rows: list
    hash: str


class Heading(NamedTuple):
    """What is the same for all payments of an order. ``own``: our account as an approval names it."""

    company: str
    own: str
    kind: str
    day: date
    is_short: bool
    scheme: str
    file_format: str
    debtor: records.Party
    account: records.Account
    agent: records.Agent
    batch_booking: bool
    category_purpose: str
    charge_bearer: str
    ultimate_debtor: records.Party | None
    currencies: tuple


class Paid(NamedTuple):
    """A row of `PAID`. ``items``: "<journal item> <amount>" each. ``in_favour``: name and address of whom the payee takes the
    money for."""

    id: int
    end_to_end_id: str | None
    intent_key: str | None
    amount: str
    currency: str
    partner_id: int
    payee: str
    country: str | None
    city: str | None
    zip: str | None
    street: str | None
    number: str | None
    holder: str | None
    clearing_number: str | None
    kind: str | None
    bic: str | None
    bank: str | None
    reference: str | None
    text: str | None
    account_id: int | None
    purpose: str | None
    ultimate_creditor_id: int | None
    in_favour: list | None
    items: list
    replaced: str | None

    def money(self):
        """What is ordered."""
        return Money(minor_units(self.amount, self.currency), self.currency)

    def documents(self):
        """Pairs of journal item and minor units paid of it."""
        found = (item.partition(" ") for item in self.items)
        return tuple((item, minor_units(amount, self.currency)) for item, _space, amount in found)

    def named(self, scope):
        """The row with the intent key, and the names, that follow from what it is for (INV-3): itself if it has them."""
        items = self.documents() or ((f"free/{self.id}", 1),)
        key = instruction_intent.intent_key(
            instruction_intent.Intent(scope, str(self.partner_id), self.money(), items, self.replaced or "")
        )
        if key == self.intent_key:
            return self
        return self._replace(intent_key=key, end_to_end_id=instruction_intent.end_to_end_id(key))

    def line(self, heading):
        """What an approval binds of it."""
        kind = self.kind if self.kind != "checking" else ""
        return approval_content.Line(
            str(self.partner_id),
            (self.holder if heading.is_short else "") or self.payee,
            self.number or "",
            " ".join(filter(None, (self.bic, self.clearing_number, kind))),
            self.money(),
            heading.day,
            self._references(),
            self.end_to_end_id or "",
        )

    def _references(self):
        """All that is sent beside payee, account and amount."""
        return tuple(
            filter(
                None,
                (
                    self.reference,
                    self.text,
                    *(f"item {item.partition(' ')[0]}" for item in self.items),
                    self.account_id and f"account {self.account_id}",
                    self.purpose,
                    self.ultimate_creditor_id and f"in favour of {self.ultimate_creditor_id}",
                ),
            )
        )

    def transfer(self, heading, with_uetr):
        """The record that the file is written from."""
        return records.Transfer(
            self.end_to_end_id or f"D{self.id}",
            self.money(),
            records.Party(self.payee, address(self.country, self.city, self.zip, self.street)),
            account(self.number),
            records.Agent(bic=self.bic or "", name=self.bank or ""),
            text=self.text or "",
            reference=self.reference or "",
            charge_bearer=heading.charge_bearer,
            purpose=self.purpose or "",
            uetr=instruction_intent.uetr(self.intent_key or "") if with_uetr else "",
            ultimate_debtor=heading.ultimate_debtor,
            ultimate_creditor=self.in_favour and records.Party(self.in_favour[0] or "", address(*self.in_favour[1:])),
        )


def account(number):
    """The `Account` of a number. What looks like an IBAN is one, so that a wrong check digit is told and not sent as some other
    number."""
    number = "".join((number or "").split()).upper()
    return records.Account(iban=number) if _IBAN(number) else records.Account(number=number)


def address(country, city, postcode, street):
    """The `Address`; None if there is none that can be told."""
    return records.Address(country, city, postcode or "", street or "") if country and city else None
