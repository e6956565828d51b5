"""Open items as payments see them: who gets how much, where, by when, and what speaks against it; read by one statement for all.

Who reads sees what the ORM would show them: items, payees and accounts are taken through the access rules.
"""

from datetime import date
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..core.money import Money, minor_units


class OpenItem(NamedTuple):
    """A journal item. ``payee_id``: the commercial partner. ``account_id``: the bank account that it is paid to, ``number`` that
    of it, ``owner_id`` whose it is. ``residual`` and ``discounted``: what is open, and what is when the cash discount is taken,
    as PostgreSQL writes them, below zero where we owe; ``is_whole``: nothing of it was paid yet. ``reference``: what the payee
    is told. ``refers_to``: of a credit note, the item that it corrects. ``order``: the open order that holds it."""

    id: int
    move: str
    is_open: bool
    company_id: int
    partner_id: int | None
    partner: str
    payee_id: int | None
    currency_id: int
    currency: str
    residual: str
    is_whole: bool
    discounted: str | None
    discount_date: date | None
    due: date
    reference: str
    journal_id: int
    block: str
    refers_to: int | None
    order: str
    account_id: int | None
    number: str
    owner_id: int | None
    owner: str

    @property
    def key(self):
        """What the core calls it."""
        return str(self.id)

    def to_pay(self, with_discount=False):
        """What is to be paid of it, less its cash discount if that is taken; negative for a credit note."""
        text = self.discounted if with_discount else self.residual
        return Money(-minor_units(text or "0", self.currency), self.currency)

    @property
    def is_owed(self):
        """Whether it is a bill, and no credit note."""
        return self.residual.startswith("-")

    @property
    def discount(self):
        """What may be taken off it until its `discount_date`; None where nothing may, or where some of it was paid."""
        left = self.to_pay(True) if self.discount_date and self.is_whole else None
        return self.to_pay() - left if left else None


# The account: where the bill wants the money, or the first account of its payee. A credit note names our account, so it goes with
# the bill that it corrects. What the payee is told of an entry, such as a salary: the words on the item itself.
_OPEN = """
SELECT l.id, COALESCE(m.name, '/'), l.parent_state = 'posted' AND NOT COALESCE(l.reconciled, FALSE), l.company_id,
       l.partner_id, COALESCE(p.name, ''), p.commercial_partner_id, l.currency_id, c.name,
       l.amount_residual_currency::text, l.amount_residual_currency = l.amount_currency, l.discount_amount_currency::text,
       l.discount_date, COALESCE(l.date_maturity, l.date),
       CASE WHEN m.move_type = 'entry' AND l.name <> '' THEN l.name
            ELSE COALESCE(NULLIF(m.payment_reference, ''), NULLIF(m.ref, ''), m.name, '') END,
       l.journal_id, COALESCE(NULLIF(m.fc_payment_block, ''), payee.fc_payment_block, ''),
       CASE WHEN m.reversed_entry_id IS NOT NULL THEN (
           SELECT min(r.id) FROM account_move_line r WHERE r.move_id = m.reversed_entry_id AND r.amount_residual <> 0) END,
       COALESCE((SELECT o.name FROM finance_payment_item t
                   JOIN finance_payment_instruction i ON i.id = t.instruction_id JOIN finance_payment_order o ON o.id = i.order_id
                  WHERE t.move_line_id = l.id AND t.is_open ORDER BY t.id DESC LIMIT 1), ''),
       b.id, COALESCE(b.acc_number, ''), owner.commercial_partner_id, COALESCE(owner.name, '')
  FROM account_move_line l
  JOIN account_move m ON m.id = l.move_id
  JOIN res_currency c ON c.id = l.currency_id
  LEFT JOIN res_partner p ON p.id = l.partner_id
  LEFT JOIN res_partner payee ON payee.id = p.commercial_partner_id
  LEFT JOIN res_partner_bank b ON b.id = COALESCE(
       CASE WHEN m.move_type = 'in_refund'
            THEN (SELECT bill.partner_bank_id FROM account_move bill WHERE bill.id = m.reversed_entry_id)
            ELSE m.partner_bank_id END,
       %(first_account)s)
  LEFT JOIN res_partner owner ON owner.id = b.partner_id
 WHERE l.id IN %(items)s
 ORDER BY COALESCE(l.date_maturity, l.date), l.id
"""

_UNREADABLE = """
SELECT wanted.id FROM unnest(%(wanted)s::int[]) AS wanted (id)
 WHERE NOT EXISTS (SELECT FROM %(readable)s AS readable WHERE readable.id = wanted.id)
"""


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model
    def _open_items(self, domain):
        """The `OpenItem` s that ``domain`` finds, first due first. Raises AccessError for payees and accounts that the user may
        not read."""
        items = self._search(domain)
        accounts = self.env["res.partner.bank"]._search([], order="sequence, id", limit=1)
        accounts.add_where(SQL("%s = p.commercial_partner_id", SQL.identifier(accounts.table, "partner_id")))
        self.env.flush_all()
        self.env.cr.execute(SQL(_OPEN, first_account=accounts.subselect(), items=items.subselect()))
        found = list(map(OpenItem._make, self.env.cr.fetchall()))
        _require_readable(self.env["res.partner"], {one.partner_id for one in found} | {one.payee_id for one in found})
        _require_readable(self.env["res.partner.bank"], {one.account_id for one in found})
        return found


def _require_readable(records, ids):
    """Raises AccessError if the user may not read one of ``ids`` of the model: asked of the database, without reading them."""
    if records.env.su:
        return
    readable = records.with_context(active_test=False)._search([])
    records.env.cr.execute(SQL(_UNREADABLE, wanted=sorted(ids - {None}), readable=readable.subselect()))
    if refused := [key for (key,) in records.env.cr.fetchall()]:
        records.browse(refused).check_access("read")
