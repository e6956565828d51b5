"""Settlement profiles: defined on a sample, in force by a second person only, and then the reader of a provider's files."""

import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user

from .bank_common import BankCase

HEADER = "Row;What;Payout No;Gross;Fee;Net;Cur;Booked;Payment;Bank text"
ROWS = (
    "1;Sale;77;1.100,00;15,00;1.085,00;EUR;24.03.2026 10:00;P1;NP 77",
    "2;Refund;77;-100,00;;-100,00;EUR;24.03.2026 11:00;P1;NP 77",
    "3;Note;77;0,00;;0,00;EUR;24.03.2026 11:00;;NP 77",
    "4;Payout;77;-985,00;;-985,00;EUR;25.03.2026 06:00;;NP 77",
)
COLUMNS = {
    "id": "Row", "kind": "What", "settlement": "Payout No", "gross": "Gross", "fee": "Fee", "net": "Net", "currency": "Cur",
    "date": "Booked", "payment": "Payment", "trace": "Bank text",
}  # fmt: skip
KINDS = {"Sale": "capture", "Refund": "refund", "Note": "ignore", "Payout": "payout"}


def report(*rows, header=HEADER):
    return "".join(f"{line}\n" for line in (header, *(rows or ROWS))).encode()


class TestSettlementProfile(BankCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,finance_connector.group_{}"
        cls.maker, cls.approver, cls.plain = (
            new_test_user(
                cls.env, f"profile_{role}", groups=groups.format(role), company_id=cls.company.id, company_ids=cls.company.ids
            )
            for role in ("administrator", "approver", "user")
        )
        # The maker may approve as well, which must not help.
        cls.maker.group_ids |= cls.env.ref("finance_connector.group_approver")
        cls.nordpay = cls.make_connection("Nordpay")

    @classmethod
    def make_connection(cls, name):
        made = cls.env["finance.provider"].create({"name": name, "code": "generic", "company_id": cls.company.id})
        made.action_activate()
        return made

    def profile(self, approve=True, **values):
        lines = {
            "column_ids": [(0, 0, {"field": field, "column": name}) for field, name in COLUMNS.items()],
            "kind_ids": [(0, 0, {"value": value, "kind": kind}) for value, kind in KINDS.items()],
        }
        values = {
            "name": "Payouts", "provider_id": self.nordpay.id, "decimal": ",", "thousands": ".", "delimiter": ";",
            "time_zone": "Europe/Helsinki", "date_format": "%d.%m.%Y %H:%M", "sample": base64.b64encode(report()),
            "sample_name": "payouts.csv", **lines, **values,
        }  # fmt: skip
        made = self.env["finance.settlement.profile"].with_user(self.maker).create(values)
        if approve:
            made.with_user(self.approver).action_approve()
        return made

    def test_an_approved_profile_reads_the_files_of_its_connection(self):
        profile = self.profile()
        record = self.take(report(), "march.csv", provider_id=self.nordpay)
        self.assertEqual((record.state, record.line_count), ("imported", 2), record.reason)
        self.assertEqual(record.settlement_profile_id, profile.sudo())
        acts = self.env["finance.audit.entry"].search([("res_model", "=", profile._name), ("res_id", "=", profile.id)])
        self.assertIn("settlement_profile.approve", acts.mapped("action"))
        settlement = self.env["finance.settlement"].search([("provider_id", "=", self.nordpay.id)])
        self.assertEqual((settlement.external_id, settlement.amount_net), ("77", 985.0))
        payment = self.env["finance.transaction"].search([("provider_id", "=", self.nordpay.id)])
        self.assertEqual((payment.amount_captured, payment.amount_refunded, payment.amount_fee), (1100.0, 100.0, 15.0))
        self.assertEqual(self.take(report(), "again.csv", provider_id=self.nordpay).state, "duplicate")

    def test_a_sample_proposes_its_profile_and_a_person_says_what_is_left(self):
        form = Form(self.env["finance.settlement.profile"].with_user(self.maker))
        form.name = "Payouts"
        form.provider_id = self.nordpay
        form.sample = base64.b64encode(report())
        self.assertIn("Note", form.preview["problem"] or str(form.preview["rows"]))
        form.time_zone = "Europe/Helsinki"
        with form.kind_ids.new() as kind:
            kind.value, kind.kind = "Note", "ignore"
        self.assertEqual(form.preview["problem"], "")
        profile = form.save()
        self.assertEqual({one.field for one in profile.column_ids}, set(COLUMNS))
        self.assertEqual({one.value: one.kind for one in profile.kind_ids}, KINDS)
        profile.with_user(self.approver).action_approve()
        record = self.take(report(), "march.csv")
        self.assertEqual((record.state, record.settlement_profile_id), ("imported", profile.sudo()), record.reason)

    def test_a_file_without_a_target_is_found_by_its_columns(self):
        self.profile()
        record = self.take(report(), "march.csv")
        self.assertEqual((record.state, record.provider_id), ("imported", self.nordpay), record.reason)

    def test_a_file_that_two_connections_may_have_sent_is_asked_about(self):
        self.profile()
        self.profile(provider_id=self.make_connection("Südpay").id)
        self.assertRefused(self.take(report(), "march.csv"), "2 active connections", "Choose the connection")

    def test_without_an_approved_profile_no_file_is_read(self):
        draft = self.profile(approve=False)
        record = self.take(report(), "march.csv", provider_id=self.nordpay)
        self.assertRefused(record, "No profile", "second person")
        draft.with_user(self.approver).action_approve()
        record.with_user(self.plain).action_retry()
        self.assertEqual(record.state, "imported", record.reason)

    def test_a_file_with_other_columns_or_kinds_is_refused_with_the_line(self):
        self.profile()
        other = report("1;x", header="Row;Else")
        self.assertRefused(self.take(other, "other.csv", provider_id=self.nordpay), "does not have the columns", "Payouts (v1)")
        unknown = report(*ROWS, "5;Teleport;77;1,00;;1,00;EUR;24.03.2026 10:00;;")
        self.assertRefused(self.take(unknown, "unknown.csv", provider_id=self.nordpay), "Teleport", "line 6")

    def test_inv_10_nobody_approves_their_own_profile_and_an_edit_voids_it(self):
        profile = self.profile(approve=False)
        with self.assertRaisesRegex(UserError, "nobody approves their own"):
            profile.with_user(self.maker).action_approve()
        profile.with_user(self.approver).action_approve()
        self.assertTrue(profile._is_valid())
        with self.assertRaisesRegex(UserError, "stays as it was approved"):
            profile.with_user(self.maker).write({"decimal": "."})
        with self.assertRaisesRegex(UserError, "stays as it was approved"):
            profile.kind_ids[0].with_user(self.maker).write({"kind": "refund"})
        with self.assertRaisesRegex(UserError, "stays as it was approved"):
            profile.column_ids[0].with_user(self.maker).unlink()
        with self.assertRaisesRegex(UserError, "stays as it was approved"):
            self.env["finance.settlement.profile.kind"].with_user(self.maker).create(
                {"profile_id": profile.id, "value": "Gift", "kind": "capture"}
            )
        self.env.flush_all()
        self.env.cr.execute("UPDATE finance_settlement_profile_kind SET kind = 'payout' WHERE value = 'Sale'")
        self.env.invalidate_all()
        self.assertFalse(profile._is_valid(), "what was changed behind its back reads nothing")
        self.assertRefused(self.take(report(), "march.csv", provider_id=self.nordpay), "No profile")

    def test_inv_10_who_edits_a_line_is_an_editor(self):
        profile = self.profile(approve=False)
        self.approver.group_ids |= self.env.ref("finance_connector.group_administrator")
        profile.kind_ids[0].with_user(self.approver).write({"value": "Sold"})
        self.assertEqual(profile.edited_by_id, self.approver)
        with self.assertRaisesRegex(UserError, "nobody approves their own"):
            profile.with_user(self.approver).action_approve()

    def test_a_new_version_takes_the_place_of_the_old_one(self):
        first = self.profile()
        action = first.with_user(self.maker).action_new_version()
        second = self.env["finance.settlement.profile"].browse(action["res_id"])
        self.assertEqual((second.version, second.state, len(second.column_ids), len(second.kind_ids)), (2, "draft", 10, 4))
        self.assertTrue(first.active)
        second.with_user(self.maker).write({"kind_ids": [(0, 0, {"value": "Gift", "kind": "adjustment"})]})
        second.with_user(self.approver).action_approve()
        self.assertFalse(first.active)
        with self.assertRaisesRegex(UserError, "was replaced"):
            first.with_user(self.maker).write({"active": True})

    def test_what_reads_no_sample_cannot_be_approved(self):
        with self.assertRaisesRegex(UserError, "no sample"):
            self.profile(sample=False)
        with self.assertRaisesRegex(UserError, "sample of Payouts .v1. is refused"):
            self.profile(decimal=".", thousands=",")

    def test_the_preview_says_what_the_rows_become(self):
        profile = self.profile(approve=False)
        shown = profile.preview
        self.assertEqual(shown["problem"], "")
        self.assertEqual([row["state"] for row in shown["rows"]], ["read", "read", "ignored", "read"])
        self.assertEqual(shown["rows"][0]["cells"][1:5], ["1", "Captured", "1100.00 EUR", "15.00 EUR"])
        self.assertEqual(shown["rows"][0]["cells"][7], "2026-03-24 08:00", "the time zone of the profile")
        self.assertIn(["Payout 77", "985.00 EUR"], shown["totals"])
        self.assertIn(["Captured, rows: 1, net", "1085.00 EUR"], shown["totals"])
        profile.kind_ids.filtered(lambda one: one.value == "Refund").unlink()
        profile.invalidate_recordset()
        self.assertIn("Refund", profile.preview["problem"])
        self.assertEqual(profile.preview["rows"][1]["state"], "refused")
        self.assertEqual(profile.preview["rows"][1]["where"], "line 3")

    def test_the_preview_is_there_while_a_sample_is_read_by_its_size_only(self):
        profile = self.profile(approve=False)
        self.assertTrue(profile.with_context(bin_size=True).preview["rows"])

    def test_only_administrators_define_and_only_for_files_by_profile(self):
        with self.assertRaises(AccessError):
            self.env["finance.settlement.profile"].with_user(self.plain).create(
                {"name": "x", "provider_id": self.nordpay.id}
            )
        with self.assertRaisesRegex(ValidationError, "reads its own files"):
            self.profile(provider_id=self.provider.id)
