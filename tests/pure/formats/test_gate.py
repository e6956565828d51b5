"""The arithmetic: details + charges = entry, and the totals that a file states of itself."""

from decimal import Decimal

import pytest

from fc import formats

from .make import detail, document, entry, statement


def read(*entries, total, summary=""):
    (found,) = formats.parse(document(statement(*entries, total=total, summary=summary)))
    return found


def charges(amount="26.00", sign="DBIT", included="", ccy="EUR", total=""):
    told = f"<ChrgInclInd>{included}</ChrgInclInd>" if included else ""
    direction = f"<CdtDbtInd>{sign}</CdtDbtInd>" if sign else ""
    with_tax = f'<TtlChrgsAndTaxAmt Ccy="{ccy}">{total}</TtlChrgsAndTaxAmt>' if total else ""
    record = f'<Rcrd><Amt Ccy="{ccy}">{amount}</Amt>{direction}{told}</Rcrd>' if amount else ""
    return f"<Chrgs>{with_tax}{record}</Chrgs>"


# entry, charges of the entry, amount of the detail, charges of the detail
EXPLAINED = [
    ("-1526.00", charges(), "1500.00", ""),
    ("-1526.00", charges(sign=""), "1500.00", ""),
    ("-1526.00", charges(included="true"), "1500.00", ""),
    ("-1526.00", "", "1500.00", charges()),
    ("-1526.00", charges(), "1500.00", charges()),
    ("-1526.00", charges(), "1526.00", ""),
    ("-1500.00", charges(included="false"), "1500.00", ""),
    ("974.00", charges(), "1000.00", ""),
    ("1026.00", charges(sign="CRDT"), "1000.00", ""),
    ("-1531.00", charges(total="31.00"), "1500.00", ""),
    ("-1531.00", charges(amount="", total="31.00"), "1500.00", ""),
    ("1031.00", charges(sign="CRDT", total="31.00"), "1000.00", ""),
]


@pytest.mark.parametrize(("amount", "outer", "inner", "charged"), EXPLAINED)
def test_charges_explain_the_difference(amount, outer, inner, charged):
    (found,) = read(entry(amount, extra=outer, details=detail(inner, inner=charged)), total=amount).entries
    assert found.details_state == "proven"
    assert found.charges


@pytest.mark.parametrize(
    ("amount", "outer", "inner", "charged"),
    [
        ("-1526.00", "", "1500.00", ""),
        ("-1526.00", charges("25.99"), "1500.00", ""),
        ("-1526.00", charges(included="false"), "1500.00", ""),
        ("-1531.00", charges(included="false", total="31.00"), "1500.00", ""),
        ("-1552.00", charges(), "1500.00", charges()),
        ("1026.00", charges(), "1000.00", ""),
    ],
)
def test_charges_that_do_not_explain_it(amount, outer, inner, charged):
    with pytest.raises(formats.FormatError, match="the details add up to"):
        read(entry(amount, extra=outer, details=detail(inner, inner=charged)), total=amount)


def test_charges_in_another_currency_prove_nothing():
    (found,) = read(entry("-1526.00", extra=charges(ccy="USD"), details=detail("1500.00")), total="-1526").entries
    assert found.details_state == "unproven"


def batch(count, *amounts, **more):
    return f"<Btch><NbOfTxs>{count}</NbOfTxs></Btch>" + "".join(detail(amount, **more) for amount in amounts)


@pytest.mark.parametrize(
    ("details", "state"),
    [
        ("", "none"),
        ("<Btch><NbOfTxs>80</NbOfTxs></Btch>", "none"),
        (batch(2, "4.00", "6.00"), "proven"),
        (batch(3, "+14.00", "-3.00", "-1.00"), "proven"),
        (batch(80, "10.00"), "partial"),
        (batch(3, "4.00", "5.00"), "partial"),
        (batch(2, "4.00", None), "unproven"),
        (batch(1, "11.00", ccy="USD"), "unproven"),
        (batch(5, "11.00", ccy="USD"), "partial"),
    ],
)
def test_what_the_details_of_a_batch_prove(details, state):
    (found,) = read(entry("10.00", details=details), total="10").entries
    assert found.details_state == state


def test_more_details_than_the_batch_counts():
    with pytest.raises(formats.FormatError, match=r"counts 1 transactions \(NbOfTxs\), but 2 are listed"):
        read(entry("10.00", details=batch(1, "4.00", "6.00")), total="10")


def test_amounts_of_details_in_the_shapes_of_other_versions_and_currencies():
    amounts = "<AmtDtls><InstdAmt><Amt Ccy='USD'>11.00</Amt></InstdAmt><TxAmt><Amt Ccy='{}'>{}</Amt></TxAmt></AmtDtls>"
    (found,) = read(entry("10.00", details=detail(inner=amounts.format("EUR", "10.00"))), total="10").entries
    assert (found.details_state, found.details[0].amount, found.original_amount) == ("proven", 10, 11)
    counter = "<AmtDtls><CntrValAmt><Amt Ccy='EUR'>10.00</Amt></CntrValAmt></AmtDtls>"
    (found,) = read(entry("10.00", details=detail("11.00", ccy="USD", inner=counter)), total="10").entries
    assert (found.details_state, found.details[0].amount, found.original_amount) == ("proven", 10, 11)
    with pytest.raises(formats.FormatError, match="difference"):
        read(entry("10.00", details=detail(inner=amounts.format("EUR", "10.01"))), total="10")


def test_the_direction_of_the_entry_holds():
    (found,) = read(entry("-77.70", details=detail("+77.70")), total="-77.70").entries
    assert (found.amount, found.details[0].amount) == (Decimal("-77.70"), Decimal("-77.70"))
    assert found.notes == ("detail-sign-ignored",)
    with pytest.raises(formats.FormatError, match="difference"):
        read(entry("-77.70", details=detail("+77.80") + detail("-0.10")), total="-77.70")


def summary(count="", total="", net="", credit="", debit=""):
    def group(name, inner):
        return f"<{name}>{inner}</{name}>" if inner else ""

    number = f"<NbOfNtries>{count}</NbOfNtries>" if count else ""
    sums = f"<Sum>{total}</Sum>" if total else ""
    sign, amount = ("DBIT", net[1:]) if net.startswith("-") else ("CRDT", net)
    nets = f"<TtlNetNtry><Amt>{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd></TtlNetNtry>" if net else ""
    return (
        "<TxsSummry>" + group("TtlNtries", number + sums + nets)
        + group("TtlCdtNtries", credit) + group("TtlDbtNtries", debit) + "</TxsSummry>"
    )  # fmt: skip


BOOKED = (entry("5.00"), entry("-7.50"), entry("0.00"))


@pytest.mark.parametrize(
    "told",
    [
        summary("3"),
        summary("3", "12.50", "-2.50"),
        summary(total="2.5"),
        summary(credit="<NbOfNtries>1</NbOfNtries><Sum>5</Sum>", debit="<NbOfNtries>1</NbOfNtries><Sum>7.5</Sum>"),
        summary(credit="<NbOfNtries>2</NbOfNtries>"),
        summary(debit="<NbOfNtries>2</NbOfNtries>"),
    ],
)
def test_totals_that_hold(told):
    assert len(read(*BOOKED, total="-2.50", summary=told).entries) == 3


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (summary("4"), "states 4 as the number of entries"),
        (summary(total="12.49"), "states 12.49 as the sum of entries"),
        (summary(net="2.50"), "states 2.50 as the net sum of entries"),
        (summary(credit="<NbOfNtries>3</NbOfNtries>"), "states 3 as the number of credit entries"),
        (summary(debit="<Sum>7.51</Sum>"), "states 7.51 as the sum of debit entries"),
    ],
)
def test_totals_that_do_not(told, reason):
    with pytest.raises(formats.FormatError) as caught:
        read(*BOOKED, total="-2.50", summary=told)
    assert reason in caught.value.reason


def test_totals_with_pending_entries_may_count_them_or_not():
    entries = (*BOOKED, entry("9.00", status="<Cd>PDNG</Cd>"))
    for told in (summary("3"), summary("4", total="21.50")):
        assert read(*entries, total="-2.50", summary=told).provisional_count == 1
    with pytest.raises(formats.FormatError, match="number of entries"):
        read(*entries, total="-2.50", summary=summary("5"))
