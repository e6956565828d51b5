"""Short ways to build payment messages in tests."""

from dataclasses import replace
from datetime import date, datetime, timezone

from fc.core.money import Money
from fc.payments.records import (
    Account,
    Address,
    Agent,
    Collection,
    CollectionBatch,
    Mandate,
    Party,
    PaymentMessage,
    Transfer,
    TransferBatch,
)

CREATED = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)
DAY = date(2026, 3, 3)
OWN_IBAN, IBAN, FRENCH = "DE75512108001245126199", "DE89370400440532013000", "FR1420041010050500013M02606"
SWISS_IBAN, QR_IBAN = "CH9300762011623852957", "CH4431999123000889012"
QR_REFERENCE, RF_REFERENCE = "210000000003139471430009017", "RF18539007547034"
CREDITOR_ID = "DE98ZZZ09999999999"
PARIS = Address("FR", "Paris", "75001", "Rue de Rivoli", "5")
NEW_YORK = Agent(clearing_system="USABA", member="021000021", name="Bank of the West", address=Address("US", "New York"))


def euro(minor):
    return Money(minor, "EUR")


def transfer(number=1, minor=10000, **changes):
    values = {"creditor": Party("Müller & Söhne"), "account": Account(IBAN), "text": f"Invoice {number}"}
    return Transfer(f"E2E{number}", **{"amount": euro(minor), **values, **changes})


def transfers(*payments, scheme="sepa", **changes):
    values = {"debtor": Party("Ours GmbH"), "account": Account(OWN_IBAN, currency="EUR"), "agent": Agent("SOLADEST600")}
    return TransferBatch("B1", scheme, DAY, transfers=payments, **{**values, **changes})


def collection(number=1, minor=10000, **changes):
    values = {"debtor": Party("Zoë Weiß"), "account": Account(IBAN), "mandate": Mandate(f"M{number}", date(2025, 1, 1))}
    return Collection(f"E2E{number}", **{"amount": euro(minor), "text": f"Fee {number}", **values, **changes})


def collections(*debits, **changes):
    values = {"instrument": "CORE", "sequence": "RCUR", "creditor": Party("Ours GmbH"), "creditor_id": CREDITOR_ID}
    account = {"account": Account(OWN_IBAN), "agent": Agent("SOLADEST600")}
    return CollectionBatch("B1", collection_date=DAY, collections=debits, **{**values, **account, **changes})


def message(*batches, **changes):
    batches = tuple(replace(batch, batch_id=f"B{number}") for number, batch in enumerate(batches, 1))
    return replace(PaymentMessage("MSG1", CREATED, Party("Ours GmbH"), batches), **changes)
