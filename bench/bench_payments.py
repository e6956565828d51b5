"""pain.001: instructions to a validated file, against what lxml needs to write and validate the same XML.

Target: at most 5 times, linear. Processor time of the best of several alternating runs, since other programs share the
machine. Accounts are all different, so that no check is answered from memory of the run itself; between rounds the
memory of checked accounts is emptied.
"""

import gc
import io
import time
from datetime import date, datetime, timezone

from lxml import etree
from stdnum import iban

import tests.pure.conftest  # noqa: F401  makes the pure rooms importable as fc
from fc.core import payee_account
from fc.core.money import Money
from fc.payments import pain001, schemas
from fc.payments.records import Account, Address, Agent, Party, PaymentMessage, Transfer, TransferBatch

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
    """lxml alone: the elements of ``tree`` made anew, written, and validated."""
    root = etree.Element(tree.tag, nsmap=tree.nsmap)
    _copy(tree, root)
    content = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    schemas.schema(pain001.NEW).assertValid(etree.parse(io.BytesIO(content)))
    return content


def _copy(source, target):
    for child in source:
        made = etree.SubElement(target, child.tag, child.attrib)
        made.text = child.text
        _copy(child, made)


def _timed(function, argument):
    gc.collect()
    started = time.process_time()
    function(argument)
    return time.process_time() - started


def _written(message):
    payee_account._iban_problem.cache_clear()
    return pain001.write(message)


def run():
    """Print the times and their ratio for each count."""
    print(f"pain.001.001.09: records to validated file; processor time, best of {ROUNDS} alternating runs")
    for count in COUNTS:
        message = payments(count)
        tree = etree.fromstring(pain001.write(message).content)
        ours, lxml_alone = float("inf"), float("inf")
        for _round in range(ROUNDS):
            lxml_alone = min(lxml_alone, _timed(_copied, tree))
            ours = min(ours, _timed(_written, message))
        each = ours / count * 1000
        told = f"lxml alone {lxml_alone:6.3f} s, ours {ours:6.3f} s ({each:5.3f} ms each)"
        print(f"  {count:6d} instructions: {told}, {ours / lxml_alone:4.2f} x; target: at most 5 x")
