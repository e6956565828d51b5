"""Announced entries of a feed: shown, followed until they are booked or dropped, and never booked themselves."""

from datetime import timedelta

from odoo import api, fields, models

# How long an announced entry that came to its end is still shown.
KEEP_DAYS = 30


class FinanceFeedPending(models.Model):
    _name = "finance.feed.pending"
    _description = "Announced entry"
    _order = "date desc, id desc"
    _rec_name = "text"

    account_id = fields.Many2one("finance.feed.account", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    external_id = fields.Char(string="Bank's id", readonly=True)
    date = fields.Date(readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    text = fields.Char(readonly=True)
    counterparty_name = fields.Char(string="Counterparty", readonly=True)
    state = fields.Selection(
        [("pending", "Announced"), ("booked", "Booked"), ("dropped", "No longer announced")],
        required=True,
        default="pending",
        readonly=True,
    )
    ended_at = fields.Datetime(readonly=True)

    _external_uniq = models.UniqueIndex("(account_id, external_id) WHERE external_id IS NOT NULL AND state = 'pending'")
    _open_idx = models.Index("(account_id) WHERE state = 'pending'")

    @api.model
    def _take_up(self, account, reading):
        """Bring the announced entries of ``account`` to what ``reading`` (`feeds.base.Reading`) says."""
        open_ones = self.search([("account_id", "=", account.id), ("state", "=", "pending")])
        known = {row.external_id: row for row in open_ones if row.external_id}
        ended = {**dict.fromkeys(reading.removed, "dropped"), **dict.fromkeys(reading.booked, "booked")}
        for own_id in ended.keys() & known.keys():
            known.pop(own_id)._end(ended[own_id])
        for one in reading.pending:
            values = self._values(account, one)
            row = known.pop(one.external_id, None) if one.external_id else None
            if row:
                row.write(values)
            elif one.external_id not in ended:
                self.create(values | {"account_id": account.id})
        if reading.complete:
            booked = {entry.bank_id for entry in reading.entries if entry.bank_id}
            for own_id, row in known.items():
                row._end("booked" if own_id in booked else "dropped")
            # Without an id nothing ties it to the next listing, which has all that are still announced.
            open_ones.filtered(lambda row: not row.external_id)._end("dropped")

    def _values(self, account, one):
        return {
            "external_id": one.external_id or False,
            "date": one.date,
            "amount": one.amount,
            "currency_id": account.currency_id.id,
            "text": one.text or one.counterparty_name or "/",
            "counterparty_name": one.counterparty_name,
        }

    def _end(self, state):
        self.write({"state": state, "ended_at": fields.Datetime.now()})

    @api.autovacuum
    def _remove_old(self):
        """What came to its end is no evidence (the pull is); it goes after KEEP_DAYS."""
        old = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search([("state", "!=", "pending"), ("ended_at", "<", old)]).unlink()
