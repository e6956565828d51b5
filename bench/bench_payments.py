"""pain.001 without Odoo: from a proposal, and from instructions, to a validated file, against what lxml needs to write and
validate the same XML.

Target: at most 5 times, linear. Processor time of the best of several alternating runs, since other programs share the
machine. Accounts are all different, so that no check is answered from memory of the run itself; between rounds the
memory of checked accounts is emptied.
"""

import gc
import time
from datetime import date, datetime, timedelta, timezone

from lxml import etree
from stdnum import iban

import tests.pure.conftest  # noqa: F401  makes the pure rooms importable as fc
from fc.core import approval_content, netting, payee_account
from fc.core.money import Money
from fc.core.payment_proposal import Candidate, Criteria, propose
from fc.payments import pain001, schemas
from fc.payments.records import Account, Address, Agent, Party, PaymentMessage, Transfer, TransferBatch

from . import lxml_alone

COUNTS = (2_500, 10_000, 40_000)
ROUNDS = 5


def payments(count):
    """A message of ``count`` transfers to different accounts and names."""
    transfers = []
    for number in range(count):
        bban = f"37040044{number:010d}"
        account = Account(f"DE{iban.calc_check_digits('DE00' + bban)}{bban}")
        payee = Party(f"Lieferant Nr. {number} GmbH & Co. KG", Address("DE", "Köln", "50667", "Domstraße", str(number % 100)))
        text = f"Rechnung {number}, Kunde 4711"
        transfers.append(Transfer(f"E2E{number:08d}", Money(100 + number, "EUR"), payee, account, Agent("COBADEFFXXX"), text))
    ours = Party("Unsere Firma GmbH")
    account, bank = Account("DE75512108001245126199"), Agent("SOLADEST600")
    batch = TransferBatch("B1", "sepa", date(2026, 3, 3), ours, account, bank, tuple(transfers))
    return PaymentMessage("M1", datetime(2026, 3, 2, tzinfo=timezone.utc), ours, (batch,))


def _copied(tree):
    lxml_alone.write(tree, schemas.schema(pain001.NEW))


def _timed(function, argument):
    gc.collect()
    started = time.process_time()
    function(argument)
    return time.process_time() - started


def _written(message):
    payee_account._iban_problem.cache_clear()
    return pain001.write(message)


def _proposed(message):
    """All that is decided before: what is paid now, put together by payee, and the hash that an approval binds."""
    (batch,) = message.batches
    day = batch.execution_date
    by_key = {one.end_to_end_id: one for one in batch.transfers}
    candidates = [Candidate(key, key, one.account.iban, one.amount, day) for key, one in by_key.items()]
    proposal = propose(candidates, Criteria(day, day + timedelta(days=7)))
    documents = [
        netting.Document(one.key, one.key, by_key[one.key].account.iban, one.amount, day) for one in proposal.proposed
    ]
    lines = tuple(_line(by_key[paid.items[0][0]], paid, day) for paid in netting.net(documents).payments)
    approval_content.content_hash(approval_content.Order("1", batch.account.iban, lines))
    return _written(message)


def _line(one, paid, day):
    name, account = one.creditor.name, one.account.iban
    return approval_content.Line(paid.payee, name, account, one.agent.bic, paid.amount, day, (one.text,), one.end_to_end_id)


def run():
    """Print the times and their ratios for each count."""
    print(f"pain.001.001.09, validated; processor time, best of {ROUNDS} alternating runs; target: at most 5 x")
    for count in COUNTS:
        message = payments(count)
        tree = etree.fromstring(pain001.write(message).content)
        best = dict.fromkeys((_copied, _written, _proposed), float("inf"))
        for _round in range(ROUNDS):
            for call in best:
                best[call] = min(best[call], _timed(call, tree if call is _copied else message))
        alone, written, proposed = best.values()
        told = f"lxml alone {alone / count * 1000:5.3f} ms, records to file {written / count * 1000:5.3f} ms"
        print(f"  {count:6d} instructions: {told}, {written / alone:4.2f} x; from the proposal {proposed / alone:4.2f} x")
