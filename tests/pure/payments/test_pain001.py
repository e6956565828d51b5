"""pain.001: what is written is valid by the official schema, says what was ordered, and nothing wrong is written."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from fc.core.money import Money
from fc.payments import pain001, schemas
from fc.payments.problems import TOLD, PaymentFileError
from fc.payments.records import Account, Address, Agent, Party, PaymentMessage

from . import make
from .make import FRENCH, IBAN, PARIS, QR_IBAN, QR_REFERENCE, RF_REFERENCE, SWISS_IBAN, message, transfer, transfers

FORMATS = pain001.FORMATS


def found(written, path):
    """The texts at ``path`` (local names) of a written file."""
    steps = "/".join(f"*[local-name()='{name}']" for name in path.split("/"))
    return [element.text for element in etree.fromstring(written.content).xpath(f"//{steps}")]


def codes(*batches, format_=pain001.NEW, **changes):
    """(field, code) of the problems of a message."""
    with pytest.raises(PaymentFileError) as caught:
        pain001.write(message(*batches, **changes), format_)
    assert all(problem.text for problem in caught.value.problems)
    return [(problem.field, problem.code) for problem in caught.value.problems]


@pytest.mark.parametrize("format_", FORMATS)
def test_a_sepa_file_says_what_was_ordered(format_):
    batch = transfers(transfer(1, 12345), transfer(2, 5, account=Account(FRENCH)), batch_booking=True, category_purpose="SUPP")
    written = pain001.write(message(batch), format_)
    assert (written.format, written.message_id, written.count) == (format_, "MSG1", 2)
    assert written.totals == {"EUR": make.euro(12350)}
    assert len(written.sha256) == 64
    assert found(written, "GrpHdr/CtrlSum") == found(written, "PmtInf/CtrlSum") == ["123.50"]
    assert found(written, "GrpHdr/NbOfTxs") == found(written, "PmtInf/NbOfTxs") == ["2"]
    assert found(written, "InstdAmt") == ["123.45", "0.05"]
    assert found(written, "Cdtr/Nm") == ["Mueller + Soehne"] * 2
    assert found(written, "CdtrAcct/Id/IBAN") == [IBAN, FRENCH]
    assert found(written, "SvcLvl/Cd") == ["SEPA"]
    assert found(written, "ChrgBr") == ["SLEV"]
    assert found(written, "BtchBookg") == ["true"]
    assert found(written, "CtgyPurp/Cd") == ["SUPP"]
    assert found(written, "Ustrd") == ["Invoice 1", "Invoice 2"]


def test_the_two_versions_spell_differently():
    old, new = (pain001.write(message(transfers(transfer(agent=Agent("COBADEFF")))), format_) for format_ in FORMATS)
    assert found(old, "CdtrAgt/FinInstnId/BIC") == found(new, "CdtrAgt/FinInstnId/BICFI") == ["COBADEFF"]
    assert found(old, "ReqdExctnDt") == found(new, "ReqdExctnDt/Dt") == ["2026-03-03"]


@pytest.mark.parametrize("format_", FORMATS)
def test_every_field_is_valid_by_the_schema(format_):
    full = transfer(
        instruction_id="I1", uetr="8a562c67-ca16-48ba-b074-65581be6f011", charge_bearer="DEBT", purpose="SUPP",
        creditor=Party("Dupont", PARIS, lei="529900T8BM49AURSDO55", organisation_id="123", organisation_scheme="CUST"),
        account=Account(number="0123456789"), agent=make.NEW_YORK, intermediary=Agent("CHASUS33"),
        ultimate_debtor=Party("Holding"), ultimate_creditor=Party("Daughter"), amount=Money(1500, "JPY"),
    )  # fmt: skip
    heading = {"batch_booking": False, "ultimate_debtor": Party("Sister"), "category_purpose": "INTC"}
    heading["charges_account"] = Account(IBAN)
    written = pain001.write(message(transfers(full, scheme="international_urgent", **heading)), format_)
    assert found(written, "InstdAmt") == ["1500"]
    assert found(written, "ClrSysMmbId/MmbId") == ["021000021"]
    assert found(written, "ChrgBr") == ["DEBT"]
    assert found(written, "InstrPrty") == ["HIGH"]
    assert found(written, "Cdtr/PstlAdr/TwnNm") == ["Paris"]
    assert found(written, "IntrmyAgt1/FinInstnId/BIC" + ("FI" if format_ == pain001.NEW else "")) == ["CHASUS33"]


def test_addresses_are_structured_and_in_the_old_sepa_two_lines():
    batch = transfers(transfer(creditor=Party("Dupont", replace(PARIS, lines=("Bâtiment B",)))))
    new = pain001.write(message(batch))
    assert found(new, "Cdtr/PstlAdr/StrtNm") + found(new, "Cdtr/PstlAdr/AdrLine") == ["Rue de Rivoli", "Batiment B"]
    assert codes(batch, format_=pain001.OLD) == [("payee", "address")], "three lines are never made two"
    old = pain001.write(message(transfers(transfer(creditor=Party("Dupont", PARIS)))), pain001.OLD)
    assert found(old, "Cdtr/PstlAdr/AdrLine") == ["Rue de Rivoli 5", "75001 Paris"]
    assert codes(transfers(transfer(creditor=Party("Dupont", Address(lines=("Paris",)))))) == [("payee", "address")] * 2


def test_swiss_payments_with_every_kind_of_reference():
    payee = Party("Zürcher Möbel AG", Address("CH", "Zürich", "8001"))
    batch = transfers(
        transfer(1, creditor=payee, account=Account(QR_IBAN), reference=QR_REFERENCE, text="note", amount=Money(1995, "CHF")),
        transfer(2, creditor=payee, account=Account(SWISS_IBAN), reference="RF18 5390 0754 7034", text=""),
        transfer(3, creditor=payee, account=Account(SWISS_IBAN)),
        scheme="swiss", account=Account(SWISS_IBAN), agent=Agent("UBSWCHZH80A"),
    )  # fmt: skip
    for format_ in FORMATS:
        written = pain001.write(message(batch), format_)
        assert found(written, "CdtrRefInf/Ref") == [QR_REFERENCE, RF_REFERENCE]
        assert found(written, "CdtrRefInf/Tp/CdOrPrtry/Prtry") == ["QRR"]
        assert found(written, "CdtrRefInf/Tp/CdOrPrtry/Cd") == ["SCOR"]
        assert found(written, "AddtlRmtInf") == ["note"]
        assert found(written, "Cdtr/Nm") == ["Zürcher Möbel AG"] * 3
        assert written.totals == {"CHF": Money(1995, "CHF"), "EUR": make.euro(20000)}


def test_instant_and_urgent():
    instant = pain001.write(message(transfers(transfer(), scheme="sepa_instant")))
    assert found(instant, "LclInstrm/Cd") == ["INST"]
    urgent = pain001.write(message(transfers(transfer(agent=Agent("COBADEFF")), scheme="urgent")))
    assert (found(urgent, "SvcLvl/Cd"), found(urgent, "ChrgBr")) == (["URGP"], ["SHAR"])


def test_charges_are_told_at_one_level():
    abroad = {"creditor": Party("X", Address("US", "Boston")), "agent": make.NEW_YORK, "account": Account(number="1")}
    batch = transfers(transfer(1, **abroad, charge_bearer="CRED"), transfer(2, **abroad), scheme="international")
    assert found(pain001.write(message(batch)), "ChrgBr") == ["CRED", "SHAR"]
    assert len(etree.fromstring(pain001.write(message(batch)).content).findall(".//{*}PmtInf/{*}ChrgBr")) == 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"amount": make.euro(0)}, ("amount", "not_positive")),
        ({"amount": make.euro(-5)}, ("amount", "not_positive")),
        ({"amount": make.euro(10**11)}, ("amount", "too_large")),
        ({"amount": Money(5, "USD")}, ("currency", "currency")),
        ({"account": Account("DE88370400440532013000")}, ("payee", "check_digits")),
        ({"account": Account("DE8937040044053201300")}, ("payee", "length")),
        ({"account": Account("BR1800360305000010009795493C1")}, ("payee", "country")),
        ({"account": Account(SWISS_IBAN)}, ("payee", "bic")),
        ({"agent": Agent("COBA")}, ("bank of the payee", "form")),
        ({"creditor": Party("N" * 71)}, ("name of the payee", "length")),
        ({"creditor": Party("北京")}, ("name of the payee", "character")),
        ({"text": "x" * 141}, ("text", "length")),
        ({"reference": RF_REFERENCE}, ("text", "remittance")),
        ({"reference": "RF19539007547034", "text": ""}, ("reference", "reference")),
        ({"reference": QR_REFERENCE, "text": ""}, ("reference", "qr_iban")),
        ({"account": Account(QR_IBAN), "agent": Agent("POFICHBE")}, ("reference", "qr_reference")),
        ({"end_to_end_id": "a//b"}, ("end-to-end id", "slash")),
        ({"end_to_end_id": "ä"}, ("end-to-end id", "character")),
        ({"purpose": "supplier"}, ("purpose", "purpose")),
        ({"charge_bearer": "DEBT"}, ("charge bearer", "charge_bearer")),
    ],
)
def test_bad_input_is_told_and_nothing_written(changes, expected):
    assert codes(transfers(replace(transfer(), **changes))) == [expected]


def test_everything_wrong_is_told_at_once():
    wrong = [transfer(number, 0, account=Account("X")) for number in range(TOLD)]
    with pytest.raises(PaymentFileError) as caught:
        pain001.write(message(transfers(*wrong)))
    assert len(caught.value.problems) == 3 * TOLD
    assert caught.value.problems[0].instruction == "E2E0"
    assert f"... and {2 * TOLD} more." in str(caught.value)


def test_files_and_batches_that_cannot_be():
    assert codes() == [("file", "empty")]
    assert codes(transfers()) == [("batch", "empty")]
    assert codes(transfers(transfer(), scheme="barter")) == [("scheme", "scheme")]
    assert codes(transfers(transfer(1), transfer(1))) == [("end-to-end id", "twice")]
    assert codes(transfers(transfer(), currencies=frozenset(("USD",)))) == [("currency", "account_currency")]
    assert codes(transfers(transfer()), message_id="M" * 36) == [("message id", "length")]
    late = replace(transfers(transfer()), execution_date=date(2026, 3, 1))
    assert codes(late) == [("date", "past")]
    twice = PaymentMessage("M", make.CREATED, Party("x"), (transfers(transfer(1)), transfers(transfer(2))))
    with pytest.raises(PaymentFileError, match="B1 occurs twice"):
        pain001.write(twice)


def test_what_the_schema_does_not_allow_is_no_file():
    assert codes(transfers(transfer(uetr="no-uuid"))) == [("file", "schema")]


def test_a_schema_that_is_not_there_is_told():
    with pytest.raises(PaymentFileError, match="install the Python package sepaxml"):
        schemas.schema("pain.001.001.99")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(1, 10**9), min_size=1, max_size=5), min_size=1, max_size=4), st.sampled_from(FORMATS))
def test_the_totals_are_those_of_the_payments(batches, format_):
    numbers = iter(range(1000))
    written = pain001.write(
        message(*(transfers(*(transfer(next(numbers), minor) for minor in minors)) for minors in batches)), format_
    )
    total = sum(map(sum, batches))
    assert written.totals == {"EUR": make.euro(total)}
    assert [Decimal(text) for text in found(written, "GrpHdr/CtrlSum")] == [make.euro(total).to_decimal()]
    assert [Decimal(text) * 100 for text in found(written, "PmtInf/CtrlSum")] == [sum(minors) for minors in batches]
    assert sum(Decimal(text) * 100 for text in found(written, "InstdAmt")) == total
