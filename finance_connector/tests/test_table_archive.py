"""Tables in archives are read by their profiles as they would be alone; the archive is taken over as a whole or not at all."""

import base64
import gzip
import io
import zipfile
from decimal import Decimal

from .test_table_profile import RUNNING, ProfileCase

MARCH = RUNNING.replace(b".02.2026", b".03.2026").replace(b"1.250,00", b"1.487,50").replace(b"1.237,50", b"1.475,00")
OTHER = b"Date,Amount,Balance,Text\n2026-02-13,10.00,110.00,Rent\n2026-02-14,-2.50,107.50,Charges\n"


def packed(**files):
    """A zip archive of ``files``, name without its ending -> bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.csv", content)
    return out.getvalue()


class TestTableArchive(ProfileCase):
    def test_each_table_of_an_archive_is_read_by_the_profile(self):
        profile = self.profile()
        record = self.take(packed(february=RUNNING, march=MARCH), "months.zip", journal_id=self.bank)
        self.assertEqual((record.state, record.format, record.line_count), ("imported", "zip", 4), record.reason)
        self.assertEqual((record.table_profile_id, record.coverage_ids.table_profile_id), (profile.sudo(), profile.sudo()))
        self.assertEqual(record.coverage_ids.sorted("sequence").mapped("member"), ["february.csv", "march.csv"])
        self.assertEqual((record.opening, record.closing), (1000, 1475))
        self.assertStatementsSound()
        again = self.take(RUNNING, "alone.csv", journal_id=self.bank)
        self.assertEqual((again.state, again.duplicate_count), ("imported", 2), "the file alone is the same entries")

    def test_a_table_in_gz_and_in_a_nested_archive_is_as_the_table_alone(self):
        self.profile()
        record = self.take(gzip.compress(RUNNING), "feb.csv.gz")
        self.assertEqual((record.state, record.journal_id, record.line_count), ("imported", self.bank, 2), record.reason)
        nested = self.take(packed(inner=packed(march=MARCH)), "outer.zip")
        self.assertEqual((nested.state, nested.coverage_ids.member), ("imported", "inner.csv/march.csv"), nested.reason)

    def test_tables_of_two_accounts_find_their_journals(self):
        second = self.make_bank("Second bank", "BNKB", "DE02120300000000202051")
        profiles = self.profile() | self.profile(OTHER, journal_id=second.id, name="The other bank")
        record = self.take(packed(one=RUNNING, two=OTHER), "both.zip")
        self.assertEqual(record.state, "imported", record.reason)
        self.assertEqual(record.coverage_ids.journal_id, self.bank | second)
        self.assertEqual((record.coverage_ids.table_profile_id, record.table_profile_id), (profiles.sudo(), profiles.browse()))
        self.assertEqual(self.amounts(second), [Decimal("10.00"), Decimal("-2.50")])

    def test_what_no_profile_reads_refuses_the_archive_and_is_the_sample_of_a_new_one(self):
        self.profile()
        record = self.take(packed(known=RUNNING, new=OTHER), "both.zip")
        self.assertRefused(record, "new.csv", "no approved profile")
        self.assertEqual(record.way_out, "profile")
        action = record.with_user(self.maker).action_define_profile()
        made = self.env["finance.table.profile"].browse(action["res_id"])
        self.assertEqual((made.sample_name, base64.b64decode(made.with_context(bin_size=False).sample)), ("new.csv", OTHER))

    def test_a_row_that_cannot_be_read_refuses_the_whole_archive(self):
        self.profile()
        damaged = MARCH.replace(b"-12,50;", b"twelve;")
        record = self.take(packed(good=RUNNING, bad=damaged), "months.zip", journal_id=self.bank)
        self.assertRefused(record, "twelve", "bad.csv")
        self.assertEqual((record.error_line, record.way_out), (3, "profile"))

    def test_the_preview_names_the_files_of_the_archive(self):
        self.profile()
        told = self.env["finance.import"].preview_file(
            base64.b64encode(packed(february=RUNNING, march=MARCH)).decode(), "months.zip", journal_id=self.bank.id
        )
        self.assertEqual((told["verdict"], told["entry_count"], told["profile"]), ("good", 4, "Online banking (v1)"), told)
        self.assertEqual([one["member"] for one in told["statements"]], ["february.csv", "march.csv"])
