"""Reports and notifications announce; the statement confirms or drops them; a batch and its split are one money."""

from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fc import formats
from fc.formats import announce, camt, dedupe
from fc.formats.batches import families, links_of
from fc.formats.fingerprint import compose, digest

from . import make
from .make import balance, detail, entry

DAY, NEXT = date(2025, 3, 14), date(2025, 3, 15)


def one(content):
    (found,) = formats.parse(content)
    return found


@pytest.mark.parametrize("kind", ["camt.052", "camt.054"])
def test_an_announcement(kind):
    content = make.announcing(
        kind, entry("5.00", ref="A1"), entry("-7.00", status="<Cd>PDNG</Cd>"), entry("1.00", status="<Cd>INFO</Cd>")
    )
    found = one(content)
    assert formats.detect(content) == found.format == kind
    assert (found.provisional, found.is_proven, found.opening, found.closing, found.proof) == (True, False, None, None, "none")
    assert [(one.amount, one.status, one.notes) for one in found.entries] == [
        (Decimal("5.00"), "PDNG", ("announced-as-booked",)), (Decimal("-7.00"), "PDNG", ()), (Decimal("1.00"), "INFO", ()),
    ]  # fmt: skip
    # It is read only where it is asked for: the reader of statements refuses it.
    with pytest.raises(formats.FormatError, match="not booked"):
        list(camt.stream(content))


def test_a_notification_without_currency_and_dates():
    found = one(make.announcing("camt.054", entry("5.00", day="", value=""), account_ccy=""))
    assert (found.currency, found.entries[0].booking_date, found.entries[0].date_source) == ("EUR", DAY, "statement")


def test_totals_of_an_announcement_are_checked():
    summary = "<TxsSummry><TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>5.00</Sum></TtlCdtNtries>"
    summary += "<TtlDbtNtries><NbOfNtries>0</NbOfNtries><Sum>0</Sum></TtlDbtNtries></TxsSummry>"
    assert one(make.announcing("camt.052", entry("5.00"), summary=summary)).proof == "totals"
    with pytest.raises(formats.FormatError, match="the file states"):
        one(make.announcing("camt.052", entry("5.00"), entry("6.00"), summary=summary))


def test_the_balances_of_a_report_prove_nothing():
    found = one(make.announcing("camt.052", entry("5.00"), balances=balance("OPBD", "1.00") + balance("ITBD", "99.00")))
    assert (found.opening, found.closing) == (None, None)


class Item(NamedTuple):
    """As much of an entry as is read."""

    bank_id: str
    fingerprint: str
    booking_date: date
    amount: Decimal
    links: frozenset = frozenset()


def item(amount, bank_id="", words="", day=DAY, links=()):
    return Item(bank_id, compose(digest([words or str(amount), bank_id]), 1), day, Decimal(amount), frozenset(links))


def test_a_statement_confirms_what_was_announced():
    notified = one(make.announcing("camt.054", entry("5.00", ref="A1"), entry("-7.00", text="rent"))).entries
    booked = one(make.simple("5.00", "-7.00")).entries
    booked = (booked[0]._replace(bank_id="A1"), *booked[1:])
    settled = announce.settle(notified, booked, DAY)
    assert [confirmed.reason for confirmed in settled.confirmed] == ["same-id", "same-amount-and-day"]
    assert (settled.dropped, settled.waiting, settled.unannounced) == ([], [], [])


def test_what_the_statement_does_not_list_is_dropped_and_what_is_later_waits():
    announced = [item("5.00", "A1"), item("6.00", "A2"), item("8.00", "A3", day=NEXT)]
    settled = announce.settle(announced, [item("5.00", "A1"), item("9.00", "B")], DAY)
    assert [confirmed.announced[0].bank_id for confirmed in settled.confirmed] == ["A1"]
    assert [one.bank_id for one in settled.dropped] == ["A2"]
    assert [one.bank_id for one in settled.waiting] == ["A3"]
    assert [one.bank_id for one in settled.unannounced] == ["B"]


def test_by_reference_and_by_content():
    announced = [item("5.00", "A1", links={"E2E-1"}), item("6.00", "A2", words="same")]
    booked = [item("6.00", "A2", words="same"), item("5.00", "B1", words="other", links={"E2E-1"}, day=NEXT)]
    assert {one.reason for one in announce.settle(announced, booked, NEXT).confirmed} == {"same-id", "same-reference"}


def test_a_batch_and_its_split_in_both_directions():
    batch = item("300.00", "B", links={"RUN-1", "E1", "E2"})
    parts = [item("100.00", "P1", links={"E1"}), item("200.00", "P2", links={"E2"})]
    (confirmed,) = announce.settle(parts, [batch], DAY).confirmed
    assert (confirmed.reason, len(confirmed.announced)) == ("announced-parts-booked-as-batch", 2)
    (confirmed,) = announce.settle([batch], parts, DAY).confirmed
    assert (confirmed.reason, len(confirmed.booked)) == ("announced-batch-booked-in-parts", 2)


def test_a_notified_batch_with_details_is_the_entry_of_the_statement():
    """The 054 has the details, the 053 the batch only: one money, once."""
    details = "".join(detail(amount, before=f"<Refs><EndToEndId>E{amount}</EndToEndId></Refs>") for amount in ("1.00", "4.00"))
    notified = one(make.announcing("camt.054", entry("5.00", details=details))).entries
    assert links_of(notified[0]) == {"E1.00", "E4.00"}
    settled = announce.settle(notified, one(make.simple("5.00")).entries, DAY)
    assert (len(settled.confirmed), settled.unannounced) == (1, [])


@settings(deadline=None)
@given(st.permutations(range(5)))
def test_the_order_of_announcements_is_irrelevant(order):
    announced = [item("5.00", "A1"), item("5.00", "A2"), item("6.00"), item("6.00"), item("7.00", links={"E"})]
    booked = [item("5.00", "A2"), item("6.00"), item("7.00", "X", links={"E"})]
    settled = announce.settle([announced[place] for place in order], booked, DAY)
    assert sorted(one.amount for one in settled.dropped) == [Decimal("5.00"), Decimal("6.00")]
    assert len(settled.confirmed) == 3


BATCH = item("300.00", "X", links={"E1", "E2"})
PARTS = [item("100.00", "X", words="a"), item("200.00", "X", words="b")]


def known(items):
    return [
        dedupe.Known(one.bank_id, one.fingerprint, one.booking_date, one.amount, place, one.links)
        for place, one in enumerate(items)
    ]


def test_statements_that_list_a_batch_and_its_parts_book_it_once():
    """Both ways round, by the bank's id alone, in any order."""
    for parts in permutations(PARTS):
        decided = dedupe.decide(known([BATCH]), parts)
        assert [(pair.entry, pair.reason) for pair in decided.duplicates] == [(part, "part-of-known-batch") for part in parts]
        assert (decided.new, decided.conflicts, decided.missing) == ([], [], [])
        decided = dedupe.decide(known(parts), [BATCH])
        assert [(pair.entry, pair.reason) for pair in decided.duplicates] == [(BATCH, "batch-of-known-entries")]
        assert (decided.new, decided.conflicts, decided.missing) == ([], [], [])


def test_parts_that_do_not_add_up_are_for_a_person():
    decided = dedupe.decide(known([BATCH]), [PARTS[0], item("199.00", "X", words="c")])
    assert {pair.reason for pair in decided.conflicts} == {"unclear-batch-and-parts-do-not-add-up"}
    assert decided.new == []


@pytest.mark.parametrize(
    "parts",
    [
        [item("100.00", "Y"), item("200.00", "Z")],
        [item("100.00", "X", day=NEXT), item("200.00", "X", day=NEXT)],
        [item("-100.00", "X"), item("-200.00", "X")],
        [item("300.00", "X", words="alone")],
    ],
    ids=["not linked", "another day", "another direction", "one only"],
)
def test_what_is_no_family(parts):
    assert families([BATCH], parts) == []


def test_a_part_that_two_batches_claim_belongs_to_none():
    assert families([BATCH, BATCH._replace(fingerprint="other:1")], PARTS) == []
