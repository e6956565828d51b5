"""Reports of all providers are taken up by sets: what their usual rows say then is what they say one by one (INV-4)."""

import base64
from unittest.mock import patch

from odoo.addons.finance_connector import providers
from odoo.addons.finance_connector.core.money import Money
from odoo.addons.finance_connector.core.records import PaymentInfo
from odoo.addons.finance_connector.providers import parts
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .bank_common import BankCase
from .common import at, fact
from .test_report_load import subledger

_ADYEN = (
    "Merchant Account,Psp Reference,Merchant Reference,Creation Date,TimeZone,Type,Modification Reference,Gross Currency,"
    "Gross Debit (GC),Gross Credit (GC),Net Currency,Net Debit (NC),Net Credit (NC),Commission (NC),Markup (NC),Scheme Fees (NC),"
    "Interchange (NC),Batch Number"
)
_PAYPAL = (
    "CH,Transaction ID,Invoice ID,PayPal Reference ID,PayPal Reference ID Type,Transaction Event Code,"
    "Transaction Initiation Date,Transaction Completion Date,Transaction  Debit or Credit,Gross Transaction Amount,"
    "Gross Transaction Currency,Fee Debit or Credit,Fee Amount,Fee Currency,Custom Field,Bank Reference ID"
)
_GENERIC = {
    "settlement": "Payout", "id": "Row", "kind": "What", "gross": "Gross", "fee": "Fee", "tax": "VAT", "net": "Net",
    "currency": "Cur", "date": "Booked", "payment": "Payment", "source": "Source", "reference": "Order", "description": "Text",
}  # fmt: skip
_KINDS = {"Sale": "capture", "Refund": "refund", "Payout": "payout"}


def adyen():
    """Payments P1 to P8, of which P7 is captured twice, P8 in dollars; a refund; two fees that nothing tells apart."""
    def row(number, kind, net, fee="", capture="", psp="", gross="", code="EUR", order=""):
        sides = [("", amount) if not amount.startswith("-") else (amount[1:], "") for amount in (gross, net)]
        return ",".join((
            "Shop", psp, order, f"2026-03-02 10:{number:02}:00", "UTC", kind, capture, code if gross else "", *sides[0], "EUR",
            *sides[1], fee, "", "", "", "7",
        ))  # fmt: skip

    rows = [row(n, "Settled", "9.00", "1.00", f"M{n}", f"P{n}", "10.00", order=f"SO{n}" if n != 6 else "") for n in range(1, 8)]
    rows[0] = row(1, "Settled", "10.00", "", "M1", "P1", "10.00")
    rows.append(row(9, "Settled", "5.00", "0.50", "M9", "P7", "5.50"))
    rows.append(row(10, "Settled", "9.00", "1.00", "M8", "P8", "11.00", "USD"))
    rows += [row(11, "Refunded", "-4.00", "", "R1", "P2", "-4.00"), *[row(12, "Fee", "-0.50", capture="Monthly")] * 2]
    rows.append(row(20, "MerchantPayout", "-73.00", capture="TX1"))
    return "\n".join((_ADYEN, *rows, "")).encode()


def paypal():
    """Captures P1 to P8, of which P8 is taken back; one that was converted; a row that comes twice."""
    def row(number, own, code, gross, fee="", reference="", invoice="", currency="EUR"):
        side, minor = ("DR", gross[1:]) if gross.startswith("-") else ("CR", gross)
        when, cost = f"2026/03/02 10:{number:02}:00 +0000", ("DR", fee, currency) if fee else ("", "", "")
        return ",".join(("SB", own, invoice, reference, "", code, when, when, side, minor, currency, *cost, "", ""))

    rows = [row(n, f"P{n}", "T0006", "1000", "100", invoice=f"SO{n}") for n in range(2, 9)]
    rows += [row(1, "P1", "T0006", "1000"), row(9, "P9", "T0006", "1000", currency="USD")]
    rows += [row(9, "F1", "T0200", "-1000", reference="F2", currency="USD"), row(9, "F2", "T0200", "900", reference="F1")]
    rows += [row(10, "R1", "T1107", "-400", reference="P8"), *[row(11, "C1", "T0107", "-50")] * 2]
    head = ["RH,2026/03/03 01:00:00 +0000,A,ME,011", "FH,01", "SH,2026/03/02 00:00:00 +0000,2026/03/02 23:59:59 +0000,ME,"]
    sums = ["SF,EUR,8900,500,0,700,CR,0,CR,7700", "SF,USD,1000,1000,0,0,CR,0,CR,0", f"SC,{len(rows)}", f"RC,{len(rows)}", "FF,01"]
    return "\r\n".join((*head, _PAYPAL, *rows, *sums, "")).encode()


def generic():
    """Sales P1 to P8; two captures of P7, of which one has the name of the other; tax on a fee; a refund; a payout."""
    def row(number, kind, gross, fee, net, payment="", source="", tax="", order=""):
        day = f"2026-03-02 10:{number:02}:00"
        return f"77,R{number},{kind},{gross},{fee},{tax},{net},EUR,{day},{payment},{source},{order},Text {number}"

    rows = [row(n, "Sale", "10.00", "1.00", "9.00", f"P{n}", f"M{n}", order=f"SO{n}") for n in range(2, 8)]
    rows += [row(1, "Sale", "10.00", "", "10.00", "P1"), row(8, "Sale", "10.00", "1.00", "8.80", "P8", "M8", "0.20")]
    rows += [row(9, "Sale", "5.50", "0.50", "5.00", "P7", "M9"), row(10, "Sale", "5.50", "0.50", "5.00", "P10", "M9")]
    rows += [row(11, "Refund", "-4.00", "", "-4.00", "P2", "R1"), row(12, "Payout", "-78.80", "", "-78.80")]
    return "\n".join((",".join(_GENERIC.values()), *rows, "")).encode()


class TestReportProviders(BankCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,finance_connector.group_approver"
        cls.approver = new_test_user(
            cls.env, "report_approver", groups=groups, company_id=cls.company.id, company_ids=cls.company.ids
        )

    def connect(self, code, name):
        provider = self.env["finance.provider"].create({"name": name, "code": code, "company_id": self.company.id})
        for secret in provider._adapter().secret_names:
            provider.set_secret(secret, "AB" * 32)
        if code != "generic":
            self.approve_connection(provider)
        provider.action_activate()
        if code == "generic":
            self.approve_profile(provider)
        return provider

    def approve_profile(self, provider):
        profile = self.env["finance.settlement.profile"].create({
            "name": "Payouts", "provider_id": provider.id, "sample": base64.b64encode(generic()), "sample_name": "payouts.csv",
            "column_ids": [(0, 0, {"field": field, "column": name}) for field, name in _GENERIC.items()],
            "kind_ids": [(0, 0, {"value": value, "kind": kind}) for value, kind in _KINDS.items()],
        })  # fmt: skip
        profile.with_user(self.approver).action_approve()

    def know(self, provider, capture):
        """What webhooks told of P2 to P6 before; ``capture(number)`` is what the provider calls a payment's capture."""
        euros = Money(1000, "EUR")
        newer = PaymentInfo("P4", at(90), euros, "SO-new", customer_name="Ada", description="Newer")
        for facts, payments in (
            ([fact("capture", capture(2), 1000, 2, key="P2", group=capture(2))], ()),
            ([fact("authorize", "A3", 2000, key="P3", group="P3")], (PaymentInfo("P3", at(1), Money(2000, "EUR"), "SO3"),)),
            ([fact("authorize", "A4", 1000, key="P4"), fact("capture", capture(4), 1000, 4, key="P4")], (newer,)),
            ([fact("capture", capture(5), 900, 5, key="P5")], (PaymentInfo("P5", at(0), reference="Old"),)),
            ([fact("refund", "R6", 400, 6, key="P6", group="R6")], ()),
        ):
            self.absorb(*facts, provider=provider, payments=payments)

    def says_the_same_both_ways(self, code, content, capture):
        """The subledger after the report ``content``, which must not depend on how its rows are taken up, nor in which parts."""
        adapter, results, told_by_sets = type(providers.get(code)), [], []
        own = vars(adapter)["report_parts"]

        def spread(one, *arguments):
            return (part.spread() for part in own.__get__(one, adapter)(*arguments))

        def counted(one, *arguments):
            for part in own.__get__(one, adapter)(*arguments):
                told_by_sets.extend(part.captures)
                yield part

        for size, reading in ((1000, spread), (1000, counted), (2, counted)):
            provider = self.connect(code, f"{code} {size} {reading.__name__}")
            self.know(provider, capture)
            with patch.object(parts, "PART", size), patch.object(adapter, "report_parts", reading):
                record = self.take(content, f"{len(results)}.csv", provider_id=provider)
            self.assertEqual(record.state, "imported", record.reason)
            causes = self.env["finance.exception"].search([("provider_id", "=", provider.id)])
            results.append((*subledger(provider), sorted((one.kind, one.state, one.detail) for one in causes)))
        self.assertGreater(len(told_by_sets), 12)
        for other in results[1:]:
            for told, expected in zip(other, results[0], strict=True):
                self.assertEqual(told, expected)
        return {payment[0]: payment for payment in results[0][0]}

    def test_inv_4_the_usual_rows_of_adyen(self):
        payments = self.says_the_same_both_ways("adyen", adyen(), lambda number: f"M{number}")
        self.assertEqual(len(payments), 8)
        self.assertEqual((payments["P7"][5], payments["P8"][1], payments["P2"][1]), ("15.5", "captured", "partially_refunded"))

    def test_inv_4_the_usual_rows_of_paypal(self):
        payments = self.says_the_same_both_ways("paypal", paypal(), lambda number: f"P{number}")
        states = [payments[key][1] for key in ("P8", "P9", "P3")]
        self.assertEqual(states, ["partially_refunded", "captured", "partially_captured"])

    def test_inv_4_the_usual_rows_of_a_profile(self):
        payments = self.says_the_same_both_ways("generic", generic(), lambda number: f"M{number}")
        self.assertEqual((payments["P7"][5], payments["P2"][1], payments["P8"][8]), ("15.5", "partially_refunded", "1.2"))

    @mute_logger("odoo.addons.finance_connector.models.import_work")
    def test_a_report_that_its_end_refuses_leaves_nothing(self):
        for code, content, told, reason in (
            ("adyen", adyen(), (b"EUR,73.00,", b"EUR,72.00,"), "adds up to"),
            ("paypal", paypal(), (b"SF,EUR,8900", b"SF,EUR,8901"), "footer tells"),
            ("generic", generic(), (b"-78.80", b"-78.81"), "pays out"),
        ):
            provider = self.connect(code, code)
            before = subledger(provider)
            with patch.object(parts, "PART", 2):
                record = self.take(content.replace(*told), f"{code}.csv", provider_id=provider)
            self.assertEqual(record.state, "rejected", code)
            self.assertIn(reason, record.reason)
            self.assertEqual(subledger(provider), before)

    def test_a_report_that_no_connection_reads_says_what_to_do(self):
        record = self.take(adyen(), "adyen.csv")
        self.assertEqual(record.state, "rejected")
        self.assertRegex(record.reason, "Adyen, and no connection of that kind is active.*Configuration, Providers.*this file")
