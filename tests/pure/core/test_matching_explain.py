"""Why a line is not explained: the nearest open items, and what refused each of them."""

from fc.core.matching import nearest

from .test_matching import invoice, line, payout


def codes(found):
    return [(one.candidate_id, [reason["code"] for reason in one.speaks_for], [reason["code"] for reason in one.refused_by])
            for one in found]


def test_each_item_says_what_speaks_for_it_and_what_against():
    candidates = [
        invoice("named", 9000, "INV/2026/0007"), invoice("same_amount", 10000, "INV/2026/0008", partner=4),
        invoice("partner", 500, partner=5), invoice("far", 77, "INV/2026/0010", partner=6),
        payout("late", 10000, "po_77777", day=30),
        invoice("dollars", 10000, "INV/2026/0011", currency="USD"), invoice("bill", -10000, "BILL/2026/1"),
    ]
    assert codes(nearest(line(1, 10000, "INV/2026/0007", partner_id=5), candidates)) == [
        ("named", ["reference"], ["amount_differs"]),
        ("late", ["amount"], ["not_named", "day"]),
        ("same_amount", ["amount"], ["other_partner", "not_named"]),
        ("partner", ["partner"], ["amount_differs", "not_named"]),
    ]


def test_amounts_and_names_are_told_in_words():
    one = invoice("a", 9000, "INV/2026/0007")._replace(name="Ada Ibsen")
    other = invoice("b", 10000, "INV/2026/0009")._replace(name="Max Adler")
    told = line(1, 10000, "INV/2026/0007", counterparty_name="Ada Ibsen")
    found = {item.candidate_id: item for item in nearest(told, [one, other])}
    assert found["a"].refused_by[0]["text"] == "Open is 90.00 EUR; the line is 10.00 EUR more."
    assert found["b"].refused_by[1]["text"] == "The bank tells Ada Ibsen, it is of Max Adler."


def test_only_the_nearest_are_told_and_those_that_nothing_speaks_for_are_not():
    many = [invoice(f"i{number}", 10000, f"INV/2026/00{number:02}") for number in range(9)]
    assert [one.candidate_id for one in nearest(line(1, 10000), many, most=3)] == ["i0", "i1", "i2"]
    assert nearest(line(1, 10001, day=2), [invoice("a", 10000, "INV/2026/0007")]) == []
    assert nearest(line(1), []) == []
