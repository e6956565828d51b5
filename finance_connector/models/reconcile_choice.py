"""What a person chooses for a bank line: open items, whole or in part, and amounts for accounts; what remains stays open.

The preview is the entry that will be booked, row by row; it is made by the same plan (section 6 of the design: what is posted
is equal to it). All amounts are in the currency of the bank line, positive where money came in for it; nothing is made up to
balance (INV-6): what the choice does not use stays on the suspense account, and the line stays open.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

_LOCKED = {"force_delete": True, "skip_readonly_check": True, "skip_invoice_sync": True}


@dataclass(frozen=True)
class Row:
    """One counterpart of the bank line: ``amount`` in its currency, ``balance`` in the company's (debit positive), and what it
    is reconciled with. ``vals`` are the further columns of its journal item."""

    account: Any
    partner: Any
    label: str
    amount: Decimal
    balance: Decimal = Decimal(0)
    item: Any = None
    vals: dict = field(default_factory=dict)

    def reversed(self):
        """The row that undoes this one."""
        return replace(self, amount=-self.amount, balance=-self.balance)


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    @api.model
    def _choose(self, line, choice, user, rule=None):
        """Book ``choice`` for ``line`` and reconcile; all or nothing. Raises UserError for what cannot be booked. ``rule``: the
        match rule that chose.

        ``choice``: {"items": [{"id": journal item, "amount": text or None for all of it}], "write_offs": [{"account_id",
        "amount": text, "label", "partner_id", "tax_id"}], "discounts": [journal item whose cash discount is taken],
        "discounts_back": [journal item whose cash discount was taken, and is given back]}.
        """
        books = self.with_company(line.company_id)
        line = line.with_env(books.env)
        rows, remainder = books._plan_choice(line, choice)
        before, move = line.move_id.line_ids, line.move_id
        _liquidity, suspense, _other = line._seek_for_lines()
        created = [Command.create(books._row_vals(line, row)) for row in rows]
        if remainder:
            balance = -sum((row.balance for row in rows), Decimal(0)) + books._exact(sum(suspense.mapped("balance")))
            rest = Row(suspense.account_id, line.partner_id, line.payment_ref or "", remainder, balance)
            created.append(Command.create(books._row_vals(line, rest)))
        move.with_context(**_LOCKED).write({"line_ids": [*(Command.delete(item.id) for item in suspense), *created]})
        new = (move.line_ids - before).sorted("id")
        pairs = [new[place] | row.item for place, row in enumerate(rows) if row.item]
        if pairs:
            self.env["account.move.line"]._reconcile_plan(pairs)
        books._note_choice(line, rows, remainder, user, rule)

    def _plan_choice(self, line, choice):
        """(rows, what remains open of the line) of ``choice``. Raises UserError."""
        _liquidity, suspense, _other = line._seek_for_lines()
        available = -self._exact(sum(suspense.mapped("amount_currency")))
        if len(suspense) != 1 or not available:
            raise UserError(self.env._("Nothing of this bank line is open. Undo its reconciliation first."))
        locks = line.company_id._get_lock_date_violations(line.date, sale=False, purchase=False, tax=False)
        if locks:
            dates = line.company_id._format_lock_dates(locks)
            raise UserError(self.env._("The date of the bank line lies in a locked period (%s).", dates))
        items = self.env["account.move.line"].browse([one["id"] for one in choice.get("items", [])]).exists()
        amounts = {one["id"]: one.get("amount") for one in choice.get("items", [])}
        discounts = self.env["account.move.line"].browse(choice.get("discounts", [])).exists()
        taken = [row for item in discounts for row in self._discount_rows(line, item)]
        back = self.env["account.move.line"].browse(choice.get("discounts_back", [])).exists()
        taken += [row.reversed() for item in back for row in self._rows_of_discount(item)]
        left, rows = available - sum((self._amount(one) for one in choice.get("write_offs", [])), Decimal(0)), []
        left -= sum((row.amount for row in taken), Decimal(0))
        for item in items:
            row = self._item_row(line, item, amounts[item.id], left)
            left -= row.amount
            rows.append(row)
        for one in choice.get("write_offs", []):
            rows += self._write_off_rows(line, one)
        rows += taken
        if not rows:
            raise UserError(self.env._("Choose at least one open item, or an account."))
        return self._in_company_currency(line, suspense, rows, left), left

    def _item_row(self, line, item, wanted, left):
        """The row that pays ``item``: all of it, as far as the line has money of its direction, or the amount that is asked
        for."""
        if item.reconciled or item.parent_state != "posted" or item.company_id != line.company_id:
            raise UserError(self.env._("%s is not open any more.", item.display_name))
        if item.currency_id != line.currency_id:
            # It is paid as a whole at the bank's rate; the difference becomes an exchange entry.
            amount = self._decimal(wanted) if wanted else left
            vals = {"currency_id": item.currency_id.id, "amount_currency": -item.amount_residual_currency}
            return Row(item.account_id, item.partner_id, item.name or item.move_id.name, amount, item=item, vals=vals)
        residual = self._exact(item.amount_residual_currency)
        amount = self._decimal(wanted) if wanted else residual
        if not wanted and (residual > 0) == (left > 0) and abs(residual) > abs(left):
            amount = left
        if not amount or (amount > 0) != (residual > 0) or abs(amount) > abs(residual):
            told = {"item": item.display_name, "open": line.currency_id.format(float(residual))}
            raise UserError(self.env._("Of %(item)s %(open)s are open; choose a part of that.", **told))
        return Row(item.account_id, item.partner_id, item.name or item.move_id.name, amount, item=item)

    def _write_off_rows(self, line, one):
        """The row of an amount for an account, and those of the tax that is in it."""
        account = self.env["account.account"].browse(one.get("account_id")).exists()
        if not account or line.company_id not in account.company_ids:
            raise UserError(self.env._("Choose an account of %s for the difference.", line.company_id.name))
        partner = self.env["res.partner"].browse(one.get("partner_id") or line.partner_id.id)
        row = Row(account, partner, one.get("label") or line.payment_ref or "", self._amount(one))
        tax = self.env["account.tax"].browse(one.get("tax_id") or False)
        return self._taxed(line, row, tax) if tax else [row]

    def _taxed(self, line, row, tax):
        """``row`` cut into what is without tax and the tax that is in it."""
        gross = -row.amount
        is_refund = (gross > 0) == (tax.type_tax_use == "sale")
        told = tax.with_context(force_price_include=True).compute_all(
            float(gross), currency=line.currency_id, quantity=1.0, is_refund=is_refund
        )
        base = replace(
            row,
            amount=-self._exact(told["total_excluded"]),
            vals={"tax_ids": [Command.set(tax.ids)], "tax_tag_ids": [Command.set(told["base_tags"])]},
        )
        taxes = [
            Row(
                self.env["account.account"].browse(part["account_id"]) or row.account,
                row.partner,
                part["name"],
                -self._exact(part["amount"]),
                vals={
                    "tax_repartition_line_id": part["tax_repartition_line_id"],
                    "tax_tag_ids": [Command.set(part["tag_ids"])],
                    "tax_base_amount": abs(part["base"]),
                },
            )
            for part in told["taxes"]
        ]
        return [base, *(one for one in taxes if one.amount)]

    def _in_company_currency(self, line, suspense, rows, left):
        """``rows`` with their balances, at the rate of the bank line; the last one takes what rounding leaves, if it is all."""
        open_amount = -self._exact(sum(suspense.mapped("amount_currency")))
        open_balance = self._exact(sum(suspense.mapped("balance")))
        rate, found, total = open_balance / open_amount, [], Decimal(0)
        for place, row in enumerate(rows):
            balance = self._exact(line.company_id.currency_id.round(float(row.amount * rate)))
            if place == len(rows) - 1 and not left:
                balance = open_balance - total
            total += balance
            found.append(replace(row, balance=balance))
        return found

    def _row_vals(self, line, row):
        currency = line.currency_id
        return {
            "name": row.label,
            "account_id": row.account.id,
            "partner_id": row.partner.id,
            "currency_id": currency.id,
            "amount_currency": float(-row.amount),
            "balance": float(row.balance),
            **row.vals,
        }

    def _amount(self, one):
        return self._decimal(one.get("amount"))

    def _decimal(self, text):
        try:
            return Decimal(str(text))
        except InvalidOperation:
            raise UserError(self.env._("%s is no amount.", text)) from None

    @staticmethod
    def _exact(amount):
        """A float of the ORM as the decimal that it stands for."""
        return Decimal(str(round(amount, 6)))

    def _note_choice(self, line, rows, remainder, user, rule):
        """Write down who chose what; an earlier choice for another part of the line is completed."""
        matches = self.env["finance.match"].sudo()
        items = self.env["account.move.line"].union(*(row.item for row in rows if row.item))
        match = matches.search([("line_id", "=", line.id), ("state", "=", "applied")])
        matches.search([("line_id", "=", line.id), ("state", "in", ("proposed", "ambiguous"))]).unlink()
        keys = [f"i:{item.id}" for item in items] or [f"a:{row.account.id}" for row in rows]
        keys = [f"w:{rule.id}"] if rule else keys
        told = self.env._("Booked by the rule “%s”.", rule.name) if rule else self.env._("Chosen by %s.", user.name)
        vals = {
            "candidate_key": "+".join(filter(None, (match.candidate_key, *keys))),
            "move_line_ids": [Command.link(item.id) for item in items],
            "reasons": [*(match.reasons or []), {"code": "rule" if rule else "by_hand", "text": told}],
            "rule_id": rule.id if rule else False,
            "applied_by_id": False if rule else user.id,
            "applied_at": self.env.cr.now(),
            "state": "applied",
            "score": 100,
        }
        if match:
            match.write(vals)
        else:
            own = {"line_id": line.id, "company_id": line.company_id.id, "amount": line.amount}
            match = matches.create(vals | own | {"currency_id": line.currency_id.id})
        if not remainder:
            why = self.env._("The bank line was reconciled.")
            for kind in ("match_ambiguous", "match_missing"):
                self.env["finance.exception"]._clear_many(kind, [line.id], line.company_id, why)
        booked = [{"account": row.account.code, "amount": str(row.amount), "item": row.item and row.item.id} for row in rows]
        told = {"line": line.id, "rule": rule.id if rule else None, "rows": booked, "open": str(remainder)}
        self.env["finance.audit.entry"]._record("match.choose", match, told)
