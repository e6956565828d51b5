"""A settlement report is taken up in parts, and shows as one: all of it or nothing, once, and as if it had come as a whole."""

from contextlib import contextmanager, nullcontext
from itertools import product
from random import Random
from unittest.mock import patch

import psycopg2
from odoo.addons.finance_connector.core import lifecycle
from odoo.addons.finance_connector.core.money import Money
from odoo.addons.finance_connector.core.records import PaymentInfo, SettlementLine
from odoo.addons.finance_connector.models import row_source
from odoo.addons.finance_connector.models.subledger_known import merge_known, payment_facts
from odoo.addons.finance_connector.providers import parts
from odoo.addons.finance_connector.providers.stripe import StripeAdapter, rows
from odoo.tools import mute_logger

from .common import FinanceCase, at, fact

HEADER = (
    "automatic_payout_id,automatic_payout_effective_at_utc,balance_transaction_id,created_utc,currency,gross,fee,net,"
    "reporting_category,source_id,payment_intent_id,charge_id,customer_name,description\n"
)


def row(number, gross="10.00", fee="1.00", net="9.00", category="charge", source=None, payment=None, payout="po_1", customer=""):
    """A row of a report; by default a charge of its own payment."""
    payment = payment or number
    source = source or f"ch_{number}"
    return (
        f"{payout},2026-03-05 00:00:00,txn_{number},2026-03-02 10:{number % 60:02}:00,eur,{gross},{fee},{net},"
        f"{category},{source},pi_{payment},ch_{payment},{customer},SO{payment}\n"
    )


ROWS = (
    *(row(number) for number in range(1, 8)),
    row(8, "-4.00", "0.00", "-4.00", "refund", "re_1", payment=1),
    row(9, "-2.00", "0.00", "-2.00", "partial_capture_reversal", "ch_2", payment=2),
    row(10, "30.00", "1.00", "29.00", payout="po_2"),
)
# Text as people write it; a row without fee; one of which all is known already, one that only adds the customer; the others are
# usual.
ROWS_OF_ALL = (
    row(1, fee="0.00", net="10.00").replace("SO1\n", '"a ""b"", \\N Ö\nc"\n'),
    *(row(number) for number in range(2, 14)),
    *(row(number, customer=f"C {number}") for number in range(14, 17)),
)
_COLUMNS = (
    "provider_reference", "state", "settlement_state", "amount", "amount_authorized", "amount_captured", "amount_refunded",
    "amount_disputed", "amount_fee", "amount_net", "reference", "description", "contradiction", "known",
)  # fmt: skip


@contextmanager
def in_parts(size, copied):
    """Reports are read in parts of ``size`` rows; their rows are ``copied``, or travel as JSON."""
    with patch.object(parts, "PART", size), patch.object(row_source, "_MANY", 1 if copied else 10**6):
        yield


def subledger(provider):
    """All that the subledger holds of a connection, without ids."""
    env, of_provider = provider.env, [("provider_id", "=", provider.id)]
    payments = env["finance.transaction"].search(of_provider)
    lines = env["finance.settlement.line"].search(of_provider)
    settlements = env["finance.settlement"].search(of_provider)
    facts = env["finance.movement"].search(of_provider)
    return (
        sorted([str(one[name]) for name in _COLUMNS] for one in payments),
        sorted((one.settlement_id.external_id, one.external_id, one.kind, one.gross, one.fee, one.net,
                one.transaction_id.provider_reference or "") for one in lines),
        sorted((one.external_id, one.state, one.amount_net, one.amount_lines, one.difference) for one in settlements),
        sorted((one.kind, one.external_id, one.amount, one.occurred_at, one.settlement_id.external_id or "",
                one.transaction_id.provider_reference or "") for one in facts),
    )  # fmt: skip


class TestReportLoad(FinanceCase):
    def take(self, rows, provider=None, name="march.csv"):
        content = (HEADER + "".join(rows)).encode()
        return self.env["finance.import"].import_file(content, name, provider_id=(provider or self.provider).id)

    def payment(self, key):
        return self.env["finance.transaction"].search([("provider_reference", "=", key)])

    def test_inv_4_a_report_says_the_same_in_any_parts(self):
        results = []
        for size, copied in product((1, 3, 1000), (False, True)):
            provider = self.make_provider(name=f"Stripe {size} {copied}")
            with in_parts(size, copied):
                record = self.take(ROWS, provider)
            self.assertEqual((record.state, record.line_count), ("imported", len(ROWS)), record.reason)
            results.append(subledger(provider))
        for other in results[1:]:
            self.assertEqual(other, results[0])
        payments, lines, settlements, _facts = results[0]
        self.assertEqual((len(payments), len(lines)), (8, 10))
        self.assertEqual([one[4] for one in settlements], [0, 0])
        states = {payment[0]: payment[1] for payment in payments}
        self.assertEqual((states["pi_1"], states["pi_3"]), ("partially_refunded", "captured"))

    def known_before(self, provider):
        """What webhooks, or another report, told of the payments 2 to 15 before the report of `ROWS_OF_ALL` comes."""
        euros = {minor: Money(minor, "EUR") for minor in (0, 900, 1000)}
        info = PaymentInfo("pi_3", at(90), reference="SO-new", customer_name='Ada "\\" Ä')
        full = PaymentInfo("pi_14", at(90), euros[1000], "SO-new", customer_name="Ada", description="Newer")
        line = SettlementLine("po_1", "txn_9", "unknown", euros[1000], euros[0], euros[0], euros[1000], at(9), None)
        for facts, payments, lines in (
            ([fact("capture", "ch_2/1000", 1000, key="pi_2", group="ch_2", cumulative=True)], (), ()),
            ([fact("capture", "ch_3/1000", 1000, 1, key="pi_3", group="ch_3", cumulative=True)], (info,), ()),
            ([fact("authorize", "ch_4/2000", 2000, key="pi_4", group="ch_4")], (), ()),
            ([fact("authorize", "ch_13/500", 500, key="pi_13", group="ch_13")], (), ()),
            ([fact("capture", "ch_5/900", 900, key="pi_5", group="ch_5", cumulative=True)], (), ()),
            ([fact("refund", "re_6", 400, key="pi_6", group="re_6")], (), ()),
            ([fact("fee", "txn_7", 90, key="pi_7", group="ch_7")], (), ()),
            ([fact("fee", "txn_8", 100, key="pi_x", group="ch_8")], (), ()),
            ([fact("capture", "ch_11/1000", 1000, key="pi_y", group="ch_11", cumulative=True)], (), ()),
            ([], (PaymentInfo("pi_12", at(0), reference="SO12", description="SO12", amount=euros[900]),), ()),
            ([fact("capture", "ch_14/1000", 1000, 14, key="pi_14", group="ch_14", cumulative=True)], (full,), ()),
            ([], (full._replace(transaction_key="pi_15", customer_name=None),), ()),
            ([], (), (line, line._replace(settlement_key="po_0", external_id="txn_0", transaction_key="pi_10", kind="capture"))),
        ):
            self.absorb(*facts, provider=provider, payments=payments, lines=lines)

    def test_inv_4_the_usual_rows_say_by_sets_what_they_say_one_by_one(self):
        results = []
        for one_by_one in (False, True):
            provider = self.make_provider(name=f"Stripe {one_by_one}")
            self.known_before(provider)
            with patch.object(rows, "settled_capture", lambda _row: None) if one_by_one else nullcontext():
                record = self.take(ROWS_OF_ALL, provider)
            self.assertEqual((record.state, record.line_count), ("imported", len(ROWS_OF_ALL)), record.reason)
            causes = self.env["finance.exception"].search([("provider_id", "=", provider.id)])
            told = sorted((one.kind, one.state, one.amount_at_risk, one.detail) for one in causes)
            results.append((*subledger(provider), told))
        for by_sets, one_by_one in zip(*results, strict=True):
            self.assertEqual(by_sets, one_by_one)
        states = {payment[0]: payment[1] for payment in results[0][0]}
        self.assertEqual(
            [states[key] for key in ("pi_1", "pi_4", "pi_6")], ["captured", "partially_captured", "partially_refunded"]
        )

    def test_a_contradiction_that_the_report_explains_is_closed(self):
        self.absorb(*(fact("refund", f"re_{key}", 400, key=key, group=f"re_{key}") for key in ("pi_1", "pi_20")))
        self.env["finance.transaction"]._check_contradictions(self.provider)
        self.assertEqual(len(self.exceptions("contradiction")), 2)
        self.take(ROWS_OF_ALL)
        self.assertEqual(self.exceptions("contradiction").mapped("cause_key"), [f"contradiction:{self.payment('pi_20').id}"])

    def test_inv_3_a_row_that_another_report_told_is_there_once(self):
        with in_parts(2, True):
            self.take(ROWS)
            once = subledger(self.provider)
            written = self.env["finance.transaction"].search([]).mapped("write_date")
            again = self.take(ROWS[::-1], name="again.csv")
        self.assertEqual(again.state, "imported", again.reason)
        self.assertEqual(subledger(self.provider), once)
        self.assertEqual(self.env["finance.transaction"].search([]).mapped("write_date"), written)

    def test_a_report_that_is_refused_at_its_end_leaves_nothing(self):
        before = subledger(self.provider)
        for bad in (row(11, net="8.00"), row(3), "po_1,2026\n"):
            with in_parts(2, True), mute_logger("odoo.addons.finance_connector.models.import_work"):
                record = self.take((*ROWS, bad), name=f"{len(bad)}.csv")
            self.assertEqual(record.state, "rejected")
            self.assertIn("line 12", record.reason)
            self.assertEqual(subledger(self.provider), before)

    def test_a_load_that_is_killed_leaves_nothing_and_starts_over(self):
        read, data = StripeAdapter.report_parts, (HEADER + "".join(ROWS)).encode()
        imports = self.env["finance.import"]
        record = imports._receive(data, "march.csv", self.env["account.journal"], self.provider)
        before = subledger(self.provider)

        def killed(_adapter, content, filename=None):
            for number, part in enumerate(read(content, filename)):
                if number == 2:
                    raise SystemExit
                yield part

        with in_parts(2, True):
            with (
                patch.object(StripeAdapter, "report_parts", killed),
                self.assertRaises(SystemExit),
                self.env.cr.savepoint(),
            ):
                record._next_step()
            record.invalidate_recordset()
            self.assertEqual((record.state, record.line_count), ("received", 0))
            self.assertEqual(subledger(self.provider), before)
            record._next_step()
        self.assertEqual((record.state, record.line_count), ("imported", len(ROWS)))
        self.assertEqual(len(self.env["finance.settlement.line"].search([("provider_id", "=", self.provider.id)])), len(ROWS))

    def test_a_report_that_meets_another_one_is_left_to_the_scheduled_action(self):
        told_meanwhile = patch.object(
            type(self.env["finance.subledger"]), "_absorb_captures", side_effect=psycopg2.errors.UniqueViolation
        )
        with told_meanwhile:
            record = self.take(ROWS)
        self.assertEqual((record.state, subledger(self.provider)[1]), ("received", []))
        record._next_step()
        self.assertEqual((record.state, record.line_count), ("imported", len(ROWS)))

    def test_the_preview_tells_the_parts_as_one_and_stores_nothing(self):
        content = (HEADER + "".join(ROWS)).encode()
        with in_parts(2, True):
            told = self.env["finance.import"].preview_file(content, "march.csv", provider_id=self.provider.id)
        self.assertEqual((told["verdict"], told["entry_count"]), ("good", len(ROWS)))
        self.assertEqual([one["name"] for one in told["settlements"]], ["po_1", "po_2"])
        self.assertEqual(subledger(self.provider)[1], [])

    def test_the_database_folds_plain_payments_as_the_fold_does(self):
        picker, stories = Random(19), {}  # noqa: S311
        shapes = (
            ("authorize", 1000), ("authorize", 700), ("authorize", 0), ("capture", 700), ("capture", 0), ("fee", 30), ("fee", 0),
            ("fee", 30), ("fee", -5), ("fee_tax", 6), ("refund", 300), ("void", 0),
        )  # fmt: skip
        for number in range(400):
            chosen = [*picker.choice(((), *[(("capture", 700),)] * 4)), *picker.sample(shapes, picker.choice((0, 1, 1, 2, 3)))]
            chosen = chosen or [("capture", 1000)]
            stories[f"pi_{number}"] = [
                fact(kind, f"{number}/{picker.choice((at_, 'one'))}", minor, picker.randrange(90), key=f"pi_{number}",
                     group=f"ch_{number}", currency=picker.choice(("EUR",) * 9 + ("USD",)), cumulative=kind == "capture")
                for at_, (kind, minor) in enumerate(chosen)
            ]  # fmt: skip
        payments = self.absorb(*(one for facts in stories.values() for one in facts))
        self.assertEqual(len(payments), len(stories))
        left = self.env["finance.subledger"]._derive_plain(payments.ids, {})
        self.assertTrue(len(stories) / 10 < len(left) < len(stories) * 9 / 10, "both ways must be tried")
        for payment in payments:
            state = lifecycle.fold(stories[payment.provider_reference])
            amounts = (state.authorized, state.captured, state.refunded, state.disputed, state.fee)
            net = state.net.get(state.currency)
            self.assertEqual(
                (payment.state, payment.currency_id.name, bool(payment.contradiction),
                 *(round(payment[f"amount_{name}"], 2) for name in
                   ("authorized", "captured", "refunded", "disputed", "fee", "net"))),
                (state.state, state.currency, bool(state.contradictions), *(float(one.to_decimal()) for one in amounts),
                 float(net.to_decimal()) if net else 0.0),
                stories[payment.provider_reference],
            )  # fmt: skip

    def test_inv_4_what_is_told_of_a_plain_payment_is_the_newest_word_in_any_order(self):
        infos = [
            PaymentInfo("pi_1", at(minute), reference=reference, customer_name=name, description=text)
            for minute, reference, name, text in (
                (0, "SO1", "Ada", None), (5, "SO2", None, "b"), (5, "SO3", "Äda", "a"), (2, None, "Zoe", "z"),
            )
        ]  # fmt: skip
        expected = merge_known({}, payment_facts(infos))
        for number, order in enumerate((infos, infos[::-1], infos[2:] + infos[:2])):
            provider = self.make_provider(name=f"Stripe {number}")
            for info in order:
                payment = self.absorb(fact("capture", "ch_1", 1000), provider=provider, payments=(info,))
            self.assertEqual(payment.known, expected)
            self.assertEqual((payment.reference, payment.customer_name, payment.description), ("SO3", "Äda", "b"))

    @mute_logger("odoo.sql_db")
    def test_what_facts_and_lines_refer_to_cannot_be_deleted(self):
        self.take(ROWS)
        for table, which in {
            "finance_transaction": "true",
            "finance_settlement": "true",
            "finance_provider": f"id = {self.provider.id}",
            "res_currency": f"id = {self.eur.id}",
        }.items():
            with self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
                self.env.cr.execute(f"DELETE FROM {table} WHERE {which}")

    @mute_logger("odoo.sql_db")
    def test_a_payment_holds_its_connection_and_its_currency(self):
        provider, currency = self.make_provider(name="Held"), self.env["res.currency"].create({"name": "XTS", "symbol": "t"})
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO finance_transaction (provider_id, company_id, provider_reference, state, settlement_state, currency_id)"
            " VALUES (%s, %s, 'pi_held', 'pending', 'unsettled', %s)",
            [provider.id, provider.company_id.id, currency.id],
        )
        for table, held in (("finance_provider", provider.id), ("res_currency", currency.id)):
            said = self.assertRaisesRegex(psycopg2.IntegrityError, "is referred to by finance_transaction")
            with said, self.env.cr.savepoint():
                self.env.cr.execute(f"DELETE FROM {table} WHERE id = %s", [held])
