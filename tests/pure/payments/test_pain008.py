"""pain.008: direct debits valid by the official schema, mandates and their amendments as the rulebook writes them."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fc.core.money import Money
from fc.payments import pain008
from fc.payments.problems import PaymentFileError
from fc.payments.records import Account, Agent, Mandate, Party

from . import make
from .make import CREDITOR_ID, FRENCH, IBAN, PARIS, collection, collections, message
from .test_pain001 import found

FORMATS = pain008.FORMATS
SIGNED = date(2025, 1, 1)


def codes(*batches):
    with pytest.raises(PaymentFileError) as caught:
        pain008.write(message(*batches))
    return [(problem.field, problem.code) for problem in caught.value.problems]


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("instrument", ["CORE", "B2B"])
@pytest.mark.parametrize("sequence", ["FRST", "RCUR", "OOFF", "FNAL"])
def test_a_file_says_what_was_ordered(format_, instrument, sequence):
    batch = collections(collection(1, 12345), collection(2, 5), instrument=instrument, sequence=sequence, batch_booking=True)
    written = pain008.write(message(batch), format_)
    assert (written.format, written.count, written.totals) == (format_, 2, {"EUR": make.euro(12350)})
    assert found(written, "PmtInf/CtrlSum") == ["123.50"]
    assert found(written, "LclInstrm/Cd") == [instrument]
    assert found(written, "SeqTp") == [sequence]
    assert found(written, "CdtrSchmeId/Id/PrvtId/Othr/Id") == [CREDITOR_ID]
    assert found(written, "MndtId") == ["M1", "M2"]
    assert found(written, "DtOfSgntr") == ["2025-01-01"] * 2
    assert found(written, "AmdmntInd") == ["false"] * 2
    assert found(written, "Dbtr/Nm") == ["Zoe Weiss"] * 2
    assert found(written, "DbtrAgt/FinInstnId/Othr/Id") == ["NOTPROVIDED"] * 2
    assert found(written, "ReqdColltnDt") == ["2026-03-03"]


@pytest.mark.parametrize("format_", FORMATS)
def test_amendments_and_every_field(format_):
    amended = Mandate("M9", SIGNED, "M1", "DE28ZZZ09999999998", "Former GmbH", FRENCH)
    full = collection(
        1, mandate=amended, agent=Agent("COBADEFF"), purpose="SUBS", instruction_id="I1", reference=make.RF_REFERENCE, text="",
        ultimate_debtor=Party("Mother"), ultimate_creditor=Party("Daughter"), debtor=Party("Dupont", PARIS),
    )  # fmt: skip
    moved = collection(2, mandate=Mandate("M2", SIGNED, new_bank=True, original_iban=FRENCH))
    written = pain008.write(message(collections(full, moved, category_purpose="SUBS")), format_)
    assert found(written, "AmdmntInd") == ["true", "true"]
    assert found(written, "OrgnlMndtId") == ["M1"]
    assert found(written, "OrgnlCdtrSchmeId/Nm") == ["Former GmbH"]
    assert found(written, "OrgnlCdtrSchmeId/Id/PrvtId/Othr/Id") == ["DE28ZZZ09999999998"]
    assert found(written, "OrgnlDbtrAcct/Id/IBAN") == [FRENCH]
    assert found(written, "OrgnlDbtrAcct/Id/Othr/Id") == ["SMNDA"]
    assert found(written, "CdtrRefInf/Ref") == [make.RF_REFERENCE]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"amount": make.euro(0)}, ("amount", "not_positive")),
        ({"amount": Money(5, "CHF")}, ("currency", "currency")),
        ({"account": Account("DE88370400440532013000")}, ("debtor", "check_digits")),
        ({"account": Account(make.SWISS_IBAN)}, ("debtor", "bic")),
        ({"account": Account(number="12")}, ("debtor", "iban")),
        ({"debtor": Party("")}, ("debtor", "missing")),
        ({"mandate": Mandate("M", date(2026, 3, 4))}, ("mandate", "mandate_date")),
        ({"mandate": Mandate("", SIGNED)}, ("mandate id", "character")),
        ({"mandate": Mandate("M" * 36, SIGNED)}, ("mandate id", "length")),
        ({"mandate": Mandate("M", SIGNED, original_iban="DE0012")}, ("original account", "length")),
    ],
)
def test_bad_input_is_told_and_nothing_written(changes, expected):
    assert codes(collections(replace(collection(), **changes))) == [expected]


def test_batches_that_cannot_be():
    assert codes(collections(collection(), instrument="COR1")) == [("instrument", "instrument")]
    assert codes(collections(collection(), sequence="LAST")) == [("sequence", "sequence")]
    assert codes(collections(collection(), creditor_id="DE99ZZZ09999999999")) == [("creditor id", "check_digits")]
    assert codes(collections(collection(), creditor_id="DE")) == [("creditor id", "form")]
    assert codes(collections(collection(mandate=Mandate("M", SIGNED, "M0")), sequence="OOFF")) == [("mandate", "amendment")]
    assert codes(collections(collection(1), collection(1))) == [("end-to-end id", "twice")]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=6), st.sampled_from(FORMATS))
def test_the_totals_are_those_of_the_collections(minors, format_):
    written = pain008.write(message(collections(*(collection(number, minor) for number, minor in enumerate(minors)))), format_)
    assert written.totals == {"EUR": make.euro(sum(minors))}
    assert found(written, "GrpHdr/CtrlSum") == [str(make.euro(sum(minors)).to_decimal())]


def test_the_account_of_a_collection_is_in_the_file():
    assert found(pain008.write(message(collections(collection()))), "DbtrAcct/Id/IBAN") == [IBAN]
