"""The plan of the demo: everything reaches Odoo in some way, and the table finds what is not as it must be."""
from dataclasses import replace
from datetime import date

import pytest

from simulator.demo import figures, table
from simulator.demo.plan import NEVER_DELIVERED, Plan, demo_world
from simulator.play.outside import Outside

TODAY = date(2026, 11, 27)


@pytest.fixture(scope="module")
def plan():
    outside = Outside(demo_world(TODAY))
    yield Plan(outside)
    outside.close()


def test_every_message_is_delivered_or_left_to_polling(plan):
    for number, told in enumerate(plan.outside.messages):
        delivered = {post.index for post in plan.posts if post.merchant == number}
        assert len(plan.never[number]) == NEVER_DELIVERED
        assert delivered | plan.never[number] == set(range(len(told)))
        assert not delivered & plan.never[number]


def test_a_copy_is_a_copy_of_what_came_before_it(plan):
    seen = set()
    for post in plan.posts:
        assert post.is_copy == ((post.merchant, post.index) in seen)
        seen.add((post.merchant, post.index))
    assert len(seen) < len(plan.posts)
    assert [post.index for post in plan.posts] != sorted(post.index for post in plan.posts)


def test_every_statement_is_in_one_file_and_every_itemized_payout_reported_or_asked_for(plan):
    for number, merchant in enumerate(plan.outside.world.merchants):
        told = [item for operation in plan.files if (operation.kind, operation.merchant) == ("statement", number)
                for item in operation.items]
        assert told == [statement.number for statement in merchant.statements]
    reports = [operation for operation in plan.files if operation.kind == "report"]
    assert [set(operation.items) for operation in reports] == [plan.reported]
    assert plan.reported
    assert all(figures.wanted(plan, number).messages["settlement lines"] for number in range(2))


def test_the_month_has_all_that_a_visitor_should_see(plan):
    shop = figures.wanted(plan, 0)
    assert {"captured", "partially_captured", "partially_refunded", "disputed"} <= set(shop.states)
    lines = {line.category for payout in plan.outside.world.merchants[0].payouts if payout.key in plan.reported
             for line in payout.lines}
    assert {"charge", "refund", "dispute", "partial_capture_reversal"} <= lines
    assert shop.orders


@pytest.mark.parametrize("wrong", [
    {"unposted": 1}, {"found_by_polling": 0}, {"states": {}}, {"bank_lines": (0, 0)}, {"balances": {"clearing": 1}},
    {"open_invoices": {"INV00001": 1}}, {"exceptions": {"dispute": 99}},
])
def test_a_figure_that_is_not_the_worlds_is_told(plan, wrong):
    true = figures.wanted(plan, 0)
    assert figures.differences(true, true) == []
    told = figures.differences(replace(true, **wrong), true)
    assert told
    assert all(line.startswith(next(iter(wrong))) for line in told)


def test_the_table_has_a_column_for_each_company(plan):
    columns = [
        table.Column(merchant.profile.name, figures.wanted(plan, number), 7, 1, 5, (number == 0, "1.00 €", "1.00 €"))
        for number, merchant in enumerate(plan.outside.world.merchants)]
    lines = table.render(columns).splitlines()
    assert lines[0].split() == ["Harbour", "Retail", "Northside", "Services"]
    assert next(line for line in lines if "clearing account tied" in line).split()[-2:] == ["yes", "NO"]
    assert len({len(line) for line in lines}) == 1
