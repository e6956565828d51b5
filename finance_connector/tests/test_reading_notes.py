"""What a reader took for granted stands on the preview, the statement and the bank line, in words."""

import base64

from ..formats import records
from ..models.reading_notes import NOTES
from .bank_common import BankCase
from .camt_file import IBAN, entry, file_of

# A Swiss 30 February, and names in two encodings.
MT940 = (
    f":20:S\n:25:{IBAN}\n:28C:1/1\n:60F:C260201EUR0,00\n:61:260230C250,00NTRFINV-7//BANK-1\n:86:Müller\n"
    ":61:2602270227C1,00NTRFINV-8//BANK-2\n:86:XX\n:62F:C260228EUR251,00\n-\n"
).encode().replace(b"XX", "Møller".encode("cp1252"))  # fmt: skip
MT942 = (
    f":20:R\n:25:{IBAN}\n:28C:1/1\n:34F:EUR0,\n:13D:2603021200+0100\n"
    ":61:2603020302C250,00NTRFINV-7//BANK-1\n:86:Invoice 7\n:90D:0EUR0,\n:90C:1EUR250,00\n-\n"
).encode()  # fmt: skip
# Constants of the records that are no notes.
OTHERS = set(
    "BOOKED PENDING BALANCES RUNNING_BALANCE TOTALS ONE_BALANCE UNPROVEN NO_DETAILS DETAILS_PROVEN DETAILS_PARTIAL "
    "DETAILS_UNPROVEN BOOKING VALUE STATEMENT".split()
)


class TestReadingNotes(BankCase):
    def foretold(self, content, filename):
        told = self.env["finance.import"].preview_file(base64.b64encode(content).decode(), filename)
        return told["statements"][0]

    def test_every_note_has_words(self):
        told = {name: value for name, value in vars(records).items() if name.isupper() and isinstance(value, str)}
        self.assertEqual({value for name, value in told.items() if name not in OTHERS}, set(NOTES))

    def test_notes_of_a_file_and_of_its_entries(self):
        told = self.foretold(MT940, "feb.sta")["remarks"]
        self.assertEqual(
            told,
            [
                "Several encodings in one file: check names with accents.",
                "A day beyond the end of February, read as its last day (1 of 2 entries).",
            ],
        )
        record = self.take(MT940, "feb.sta")
        self.assertEqual(record.state, "imported", record.reason)
        self.assertEqual(record.coverage_ids.remarks, told[0])
        self.assertEqual(
            [line.fc_remarks for line in self.lines().sorted("amount")],
            ["", "A day beyond the end of February, read as its last day."],
        )

    def test_what_is_only_announced_is_counted_as_that(self):
        told = self.foretold(MT942, "day.942")
        self.assertEqual((told["new"], told["announced"]), (0, 1))
        self.assertEqual(told["remarks"][-1], "Announces only: a statement confirms or drops its entries.")

    def test_pending_entries_of_a_statement_are_told(self):
        told = self.foretold(file_of(entry("10.00"), entry("5.00", status="PDNG")), "day.xml")
        self.assertEqual((told["new"], told["remarks"]), (1, ["Left out until they are booked: 1 pending entries."]))
