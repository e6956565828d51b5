"""Announced entries, of files (camt.052, camt.054, MT942, interim BAI2) and of feeds: shown, followed until a statement
confirms or drops them, and never booked themselves.

What a file announced is settled by what is booked of its account; what a feed announced, by what the feed lists. How they are
told apart is `formats.announce`.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models

from ..formats.announce import settle
from .bank_links import links_sql

# How long an announced entry that came to its end is still shown, and may still be confirmed.
KEEP_DAYS = 30
# How many days before an announced entry its booking may lie: banks announce by the value date too.
_EARLY = timedelta(days=7)

_BOOKED = f"""
SELECT COALESCE(l.fc_bank_id, ''), l.fc_import_uid, m.date, l.amount::text, l.id, NULL,
       {links_sql("l.fc_details", "l.fc_end_to_end_id")}
  FROM account_bank_statement_line l JOIN account_move m ON m.id = l.move_id
 WHERE l.journal_id = %(journal)s AND l.fc_import_uid IS NOT NULL AND m.date >= %(first)s
   AND NOT EXISTS (SELECT 1 FROM finance_announced_line_rel r WHERE r.line_id = l.id)
 ORDER BY m.date, l.id
"""


class _Item(NamedTuple):
    """A stored entry as `formats.announce` looks at it; ``key`` is its id."""

    bank_id: str
    fingerprint: str
    booking_date: date
    amount: Decimal
    key: int
    value_date: date | None
    links: frozenset


class FinanceAnnounced(models.Model):
    _name = "finance.announced"
    _description = "Announced entry"
    _order = "date desc, id desc"
    _rec_name = "text"

    journal_id = fields.Many2one("account.journal", string="Bank account", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="journal_id.company_id", store=True, index=True)
    import_id = fields.Many2one(
        "finance.import", string="Announced by", readonly=True, index="btree_not_null", ondelete="restrict",
        help="The file that announced it first.",
    )  # fmt: skip
    account_id = fields.Many2one(
        "finance.feed.account", string="Feed account", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    external_id = fields.Char(string="Bank's id", readonly=True)
    fingerprint = fields.Char(readonly=True, help="Names the content of the entry, with its number among equal ones.")
    date = fields.Date(readonly=True)
    value_date = fields.Date(readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    text = fields.Char(readonly=True)
    counterparty_name = fields.Char(string="Counterparty", readonly=True)
    data = fields.Json(readonly=True, help="Everything else that the bank says of it, as of a staged entry.")
    links = fields.Json(readonly=True, help="The ids that it has in common with its batch or with its parts.")
    state = fields.Selection(
        [("announced", "Announced"), ("confirmed", "Confirmed"), ("dropped", "Dropped")],
        required=True,
        default="announced",
        readonly=True,
        help="Confirmed: it is among the booked entries. Dropped: the statement of its day does not list it.",
    )
    age_days = fields.Integer(compute="_compute_age_days", string="Age (days)")
    ended_at = fields.Datetime(readonly=True)
    reason = fields.Selection(
        [
            ("same-id", "The bank's id"),
            ("same-content", "The same words"),
            ("same-reference", "A reference"),
            ("announced-parts-booked-as-batch", "Part of a batch"),
            ("announced-batch-booked-in-parts", "Batch of these lines"),
            ("same-amount-and-day", "Amount and day"),
        ],
        string="Known by",
        readonly=True,
        help="How it is known that it was booked.",
    )
    line_ids = fields.Many2many(
        "account.bank.statement.line", "finance_announced_line_rel", "announced_id", "line_id", string="Booked as", readonly=True
    )

    _external_uniq = models.UniqueIndex("(account_id, external_id) WHERE external_id IS NOT NULL AND state = 'announced'")
    _content_uniq = models.UniqueIndex("(journal_id, fingerprint) WHERE fingerprint IS NOT NULL")
    _open_idx = models.Index("(journal_id, date) WHERE state = 'announced'")

    @api.depends("date", "state", "ended_at")
    def _compute_age_days(self):
        today = fields.Date.context_today(self)
        for row in self:
            until = row.ended_at.date() if row.ended_at else today
            row.age_days = max((until - (row.date or until)).days, 0)

    @api.model
    def _summary(self, journals):
        """How many entries of ``journals`` are announced and not settled, and how much money, by currency."""
        waiting = [("journal_id", "in", journals.ids), ("state", "=", "announced")]
        groups = self._read_group(waiting, ["currency_id"], ["__count", "amount:sum"])
        money_text = self.env["finance.screen"]._money_text
        return {
            "count": sum(count for _currency, count, _amount in groups),
            "money": [money_text(amount, currency, signed=True) for currency, _count, amount in groups],
        }

    # --- of feeds ---------------------------------------------------------------------------------------------

    @api.model
    def _take_up(self, account, reading):
        """Bring the announced entries of the feed's ``account`` to what ``reading`` (`feeds.base.Reading`) says."""
        open_ones = self.search([("account_id", "=", account.id), ("state", "=", "announced")])
        known = {row.external_id: row for row in open_ones if row.external_id}
        ended = {**dict.fromkeys(reading.removed, "dropped"), **dict.fromkeys(reading.booked, "confirmed")}
        for own_id in ended.keys() & known.keys():
            known.pop(own_id)._end(ended[own_id])
        for one in reading.announced:
            values = self._values(account, one)
            row = known.pop(one.external_id, None) if one.external_id else None
            if row:
                row.write(values)
            elif one.external_id not in ended:
                self.create(values)
        if reading.complete:
            # Without an id nothing ties it to the next listing, which has all that are still announced.
            unlisted = self.union(*known.values()) | open_ones.filtered(lambda row: not row.external_id)
            unlisted._settle_rows(account.journal_id, date.max)

    def _values(self, account, one):
        return {
            "journal_id": account.journal_id.id,
            "account_id": account.id,
            "external_id": one.external_id or False,
            "date": one.date,
            "amount": one.amount,
            "currency_id": account.currency_id.id,
            "text": one.text or one.counterparty_name or "/",
            "counterparty_name": one.counterparty_name,
        }

    # --- how it ends ------------------------------------------------------------------------------------------

    @api.model
    def _settle(self, journal):
        """Confirm or drop what files announced of ``journal``, by what is booked and proven of it now.

        One that was dropped may still be confirmed: a bank may book late.
        """
        recent = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        waiting = self.search(
            [
                ("journal_id", "=", journal.id), ("account_id", "=", False),
                "|", ("state", "=", "announced"), "&", ("state", "=", "dropped"), ("ended_at", ">=", recent),
            ]
        )  # fmt: skip
        waiting._settle_rows(journal, self._proven_until(journal))

    def _settle_rows(self, journal, last_day):
        """Confirm those of ``self`` that are among the bank lines, and drop the others that were due by ``last_day``."""
        if not self:
            return
        self.env.flush_all()
        announced = [row._item() for row in self]
        first = min(one.booking_date for one in announced) - _EARLY
        self.env.cr.execute(_BOOKED, {"journal": journal.id, "first": first})
        booked = [_Item(*row[:3], Decimal(row[3]), *row[4:6], frozenset(row[6])) for row in self.env.cr.fetchall()]
        settled = settle(announced, booked, last_day)
        self._confirm(settled.confirmed)
        self.browse(item.key for item in settled.dropped).filtered(lambda row: row.state == "announced")._end("dropped")

    def _confirm(self, confirmed):
        """Note what rows of ``self`` became; ``confirmed``: `formats.announce.Confirmed`. In bulk: a report has thousands."""
        for reason in {one.reason for one in confirmed}:
            own = [item.key for one in confirmed if one.reason == reason for item in one.announced]
            self.browse(own)._end("confirmed", reason)
        pairs = [(item.key, line.key) for one in confirmed for item in one.announced for line in one.booked]
        if pairs:
            insert = "INSERT INTO finance_announced_line_rel (announced_id, line_id) VALUES %s ON CONFLICT DO NOTHING"
            self.env.cr.execute_values(insert, pairs, page_size=1000)
        self.invalidate_recordset(["line_ids"])
        rows = {row.id: row for row in self}
        lines = self.env["account.bank.statement.line"].browse({line_id for _row_id, line_id in pairs})
        lines.invalidate_recordset(["fc_announced_ids"])
        by_id = {line.id: line for line in lines}
        for one in confirmed:
            if len(one.booked) == 1:
                members = [member for item in one.announced for member in rows[item.key]._members()]
                by_id[one.booked[0].key]._learn_members(members)

    def _item(self):
        day = self.date or fields.Date.today()
        amount, links = Decimal(str(self.amount)), frozenset(self.links or ())
        bank_id, fingerprint = self.external_id or "", self.fingerprint or ""
        return _Item(bank_id, fingerprint, day, amount, self.id, self.value_date or None, links)

    @api.model
    def _proven_until(self, journal):
        """The last day whose entries are all here; the first of days if a statement is missing, which may list what waits."""
        gaps = self.env["finance.exception"].sudo().search_count(
            [
                ("kind", "=", "statement_gap"), ("company_id", "=", journal.company_id.id),
                ("cause_key", "=like", f"statement_gap:{journal.id}:%"), ("state", "in", ("open", "in_progress")),
            ],
            limit=1,
        )  # fmt: skip
        known = self.env["finance.coverage"].search(
            [
                ("journal_id", "=", journal.id), ("state", "=", "proven"), ("date_to", "!=", False),
                ("proof", "in", ("balances", "running-balance")),
            ],
            order="date_to desc", limit=1,
        )  # fmt: skip
        return date.min if gaps or not known else known.date_to

    def _end(self, state, reason=False):
        self.write({"state": state, "ended_at": fields.Datetime.now(), "reason": reason})

    # --- its members ------------------------------------------------------------------------------------------

    def _members(self):
        """The transactions behind it, as the details of a bank line list them; itself if the bank gives none."""
        told = self.data or {}
        members = told.get("details", {}).get("members", [])
        return members if len(members) > 1 else [as_member(told, str(self.amount))]

    def _learn(self, told):
        """Take up the members of ``told``, [(data, amount)] of staged entries that announce this one again, as itself or in
        parts; and give them to the bank line that it has become."""
        own = told[0][0].get("details", {}).get("members", [])
        members = [as_member(*one) for one in told] if len(told) > 1 else own
        amounts = [Decimal(one.get("amount", "NaN")) for one in members]
        adds_up = sum(amounts) == Decimal(str(self.amount))
        if len(members) > len(self._members()) and adds_up:
            data = dict(self.data or {})
            self.data = data | {"details": data.get("details", {}) | {"members": members, "members_state": "proven"}}
        if len(self.line_ids) == 1 and len(self.line_ids.fc_announced_ids) == 1:
            self.line_ids._learn_members(self._members())

    @api.autovacuum
    def _remove_old(self):
        """What came to its end is no evidence (the file or the pull is); it goes after KEEP_DAYS."""
        old = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search([("state", "!=", "announced"), ("ended_at", "<", old)]).unlink()


def as_member(told, amount):
    """The data ``told`` of a staged entry as a member of a batch, of ``amount`` (text)."""
    members = told.get("details", {}).get("members", [])
    own = {
        "references": {"EndToEndId": told["end_to_end_id"]} if told.get("end_to_end_id") else {},
        "counterparty_name": told.get("name", ""),
        "remittance": [told["text"]] if told.get("text") else [],
        "structured": [told["structured_reference"]] if told.get("structured_reference") else [],
    }
    only = members[0] if len(members) == 1 else {}
    return {name: value for name, value in own.items() if value} | only | {"amount": amount}
