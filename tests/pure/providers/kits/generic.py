"""The profile adapter for the conformance suite: a provider that exists nowhere."""

from fc.providers import get
from fc.providers.profile import Profile

from .base import Kit, Story

PROFILE = Profile(
    name="Nordpay",
    columns={
        "settlement": "Payout No", "id": "Row", "kind": "What", "gross": "Gross", "fee": "Fee", "tax": "VAT", "net": "Net",
        "currency": "Cur", "date": "Booked", "payment": "Payment", "reference": "Order", "payout_date": "Paid on",
        "trace": "Bank text",
    },
    kinds={
        "Sale": "capture", "Refund": "refund", "Chargeback": "dispute_open", "Won": "dispute_won", "Cost": "fee",
        "Reserve": "reserve_hold", "Released": "reserve_release", "Correction": "adjustment", "Payout": "payout",
        "Note": "ignore",
    },
    decimal=",",
    thousands=".",
    time_zone="Europe/Helsinki",
    delimiter=";",
    settlement="",
)  # fmt: skip
ADAPTER = get("generic").with_profile(PROFILE)
HEADER = "Row;What;Payout No;Gross;Fee;VAT;Net;Cur;Booked;Payment;Order;Paid on;Bank text"


def row(own, what, gross, fee="", tax="", net="", currency="EUR", payment="", payout="77", order=""):
    return f"{own};{what};{payout};{gross};{fee};{tax};{net};{currency};2026-03-24 10:00;{payment};{order};2026-03-26;NP 77"


def file(*rows, header=HEADER):
    return "".join(f"{line}\n" for line in (header, *rows)).encode()


ROWS = [
    row("1", "Sale", "1.100,00", "12,00", "3,00", "1.085,00", payment="P1", order="S00041"),
    row("2", "Refund", "-100,00", net="-100,00", payment="P1"),
    row("3", "Chargeback", "-40,00", "5,00", "", "-45,00", payment="P2"),
    row("4", "Won", "40,00", payment="P2"),
    row("5", "Cost", "-2,50"),
    row("6", "Reserve", "-10,00"),
    row("7", "Released", "4,00"),
    row("8", "Correction", "-0,50"),
    row("9", "Note", ""),
    row("10", "Payout", "-971,00"),
]
REPORT = file(*ROWS)


def reorder(content):
    lines = [line.split(";") for line in content.decode().splitlines()]
    return "".join(";".join([*reversed(line), "Tomorrow" if at == 0 else "x"]) + "\n" for at, line in enumerate(lines)).encode()


_UNITS = (("JPY", "5", 5), ("KWD", "5,000", 5000), ("ISK", "5", 5), ("UGX", "5", 5), ("HUF", "5", 500), ("TWD", "5", 500),
          ("CLP", "5", 5))  # fmt: skip
KIT = Kit(
    ADAPTER,
    "",
    None,
    webhook=False,
    bodies={"file": REPORT},
    stories={
        "sale, then refund in another file": Story(
            [file(ROWS[0]), file(row("2", "Refund", "-100,00", payment="P1", payout="78"))], "partially_refunded", 110000
        ),
    },
    known=[("What", what, file(row("1", what, "-1,00" if kind in ("refund", "fee", "dispute_open", "reserve_hold") else "1,00",
                                   payment="P1"), ROWS[8])) for what, kind in PROFILE.kinds.items() if kind != "payout"],
    unknown=[file(row("1", "Teleport", "1,00"))],
    units=[(code, file(row("1", "Sale", told, currency=code, payment="P1")), minor) for code, told, minor in _UNITS],
    reports=[REPORT],
    reorder=reorder,
    exercised={"report_file": lambda: ADAPTER.parse_report(REPORT).lines},
)  # fmt: skip
