"""The bank of the worlds of payments out: it hides nothing that went wrong, and what it says can be read."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from fc import formats
from fc.payments import pain002
from simulator.paying import script
from simulator.paying.bank import EXECUTED, REJECTED, RETURNED, SimulatedBank
from simulator.paying.world import CLOSED, GOOD, RETURNING, STYLES, Payee, PayingWorld

_FILE = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn><GrpHdr><MsgId>M1</MsgId></GrpHdr>
<PmtInf><PmtInfId>M11</PmtInfId><ReqdExctnDt><Dt>{day}</Dt></ReqdExctnDt>{payments}</PmtInf></CstmrCdtTrfInitn></Document>"""
_PAYMENT = """<CdtTrfTxInf><PmtId><EndToEndId>E{number}</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">12.34</InstdAmt></Amt>
<CdtrAcct><Id><IBAN>{account}</IBAN></Id></CdtrAcct></CdtTrfTxInf>"""
IBANS = ("DE02120300000000202051", "DE89370400440532013000", "DE75512108001245126199")


@pytest.fixture
def bank():
    world = PayingWorld(1)
    world.style = {name: choices[0] for name, choices in STYLES.items()}
    manners = (GOOD, CLOSED, RETURNING)
    world.payees = [Payee(number, f"Payee {number}", manner, account)
                    for number, (manner, account) in enumerate(zip(manners, IBANS, strict=True), 1)]  # fmt: skip
    now = datetime.combine(world.start, datetime.min.time(), timezone.utc)
    made = SimulatedBank(world, lambda: now)
    yield made
    made.close()


def file_of(bank):
    payments = "".join(_PAYMENT.format(number=payee.number, account=payee.account) for payee in bank.world.payees)
    return _FILE.format(day=bank.world.start, payments=payments).encode()


def live(bank, days):
    for number in range(days):
        bank.close_day(bank.world.day(number))


@pytest.mark.parametrize("style", STYLES["answers"])
@pytest.mark.parametrize("batch", [False, True])
def test_what_it_says_can_be_read_and_adds_up(bank, style, batch):
    bank.world.style |= {"answers": style, "batch": batch}
    bank.take(file_of(bank))
    live(bank, 5)
    assert [one.state for one in bank.payments] == [EXECUTED, REJECTED, RETURNED]
    reports = [told for told in bank.messages if told.name.startswith("P002")]
    answers = [answer for told in reports for answer in pain002.read(told.content).answers]
    assert [one.end_to_end_id for one in answers if one.kind == "reject"] == ["E2"]
    statements = [one for told in bank.messages if "camt.053" in told.name for one in formats.parse(told.content)]
    assert len(statements) == 5
    entries = [entry for one in statements for entry in one.entries]
    assert sum(entry.amount for entry in entries) == Decimal("-12.34")
    assert statements[-1].closing - statements[0].opening == Decimal("-12.34")


def test_a_file_that_comes_twice_is_paid_twice(bank):
    bank.take(file_of(bank))
    bank.take(file_of(bank))
    live(bank, 1)
    assert bank.takes == ["M1", "M1"]
    assert [one.state for one in bank.payments].count(EXECUTED) == 4


def test_what_is_filed_late_is_not_known_before(bank):
    bank.take(file_of(bank), timedelta(minutes=10))
    assert (bank.has("M1"), bank.is_filed("M1")) == (True, False)


@pytest.mark.parametrize("seed", range(1, 20))
def test_a_seed_is_one_world_and_one_script(seed):
    one, other = PayingWorld(seed), PayingWorld(seed)
    assert (one.bills, one.style, one.iban) == (other.bills, other.style, other.iban)
    operations = script.write(one)
    assert operations == script.write(other)
    assert [operation.at for operation in operations] == sorted(operation.at for operation in operations)
    assert all(bill.amount > 0 and one.start <= bill.due for bill in one.bills)
