"""What is written is taken by a bank that was written by others: mock-bank finds nothing wrong with it."""

import pytest
from mockbank import validate

from fc.payments import pain001, pain008
from fc.payments.records import Account, Agent

from .make import FRENCH, PARIS, RF_REFERENCE, Party, collection, collections, message, transfer, transfers


def complaints(content):
    return [validate.render(finding) for finding in validate.errors(validate.validate(content, today=None))]


@pytest.mark.parametrize("format_", pain001.FORMATS)
def test_transfers(format_):
    batch = transfers(
        transfer(1, 12345),
        transfer(2, account=Account(FRENCH), reference=RF_REFERENCE, text=""),
        transfer(3, creditor=Party("Dupont", PARIS), agent=Agent("COBADEFF")),
    )
    assert complaints(pain001.write(message(batch), format_).content) == []


def test_collections():
    written = pain008.write(message(collections(collection(1), collection(2)), collections(collection(3), sequence="OOFF")))
    assert complaints(written.content) == []


def test_the_bank_does_complain_about_what_is_wrong():
    content = pain001.write(message(transfers(transfer(1, 12345)))).content
    assert complaints(content.replace(b"<CtrlSum>123.45", b"<CtrlSum>123.46"))
