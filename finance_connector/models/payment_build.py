"""From open bills to the payments of an order: grouped by payee and account, credit notes taken off by rule."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..core import netting
from ..core.matching.structured import kinds
from ..core.money import Money
from .payment_instruction import FAILED

# On what accounts something is owed to somebody; in entries, such as those of salaries, on others too.
OWED = ("liability_payable", "asset_receivable")
OWED_BY_ENTRIES = (*OWED, "liability_current")


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    failed_count = fields.Integer(compute="_compute_failed_count", string="Failed")

    @api.depends("instruction_ids.state")
    def _compute_failed_count(self):
        for order in self:
            order.failed_count = len(order._failed())

    def _failed(self):
        """Payments that were rejected or came back, and are not made anew."""
        failed = self.instruction_ids.filtered(lambda one: one.state in ("rejected", "returned"))
        again = failed.sudo().search([("replaces_id", "in", failed.ids), ("state", "!=", "cancelled")]) if failed else failed
        return failed - again.replaces_id.with_env(self.env)

    def action_pay_failed(self):
        """A new order for all of them."""
        return self._failed().action_pay_again()

    @api.model
    def _for_items(self, journal, items, rule=netting.ALL, together=True, discounts=(), **vals):
        """A draft order that pays ``items`` (open journal items); ``discounts``: ids of those whose cash discount is taken.

        Raises UserError for what cannot be paid.
        """
        order = self.create({"journal_id": journal.id, "company_id": journal.company_id.id, **vals})
        order._pay_items(items, rule, together, discounts)
        return order

    def _pay_items(self, items, rule=netting.ALL, together=True, discounts=()):
        """Add payments for open journal items to the order."""
        accounts = {item.id: self._account_of(item) for item in items}
        self._refuse_unpayable(items, accounts)
        by_key = {str(item.id): item for item in items}
        documents = [
            netting.Document(
                str(item.id),
                str(item.partner_id.commercial_partner_id.id),
                str(accounts[item.id].id),
                self._to_pay(item, item.id in discounts),
                item.date_maturity or item.date,
                refers_to=str(item.move_id.reversed_entry_id.line_ids.filtered("amount_residual")[:1].id or ""),
            )
            for item in items
        ]
        netted = netting.net(documents, rule, together)
        if not netted.payments:
            raise UserError(self.env._("Nothing is left to pay of these: %s", "; ".join(why for _key, why in netted.left)))
        paid = [(payment, [(by_key[key], amount) for key, amount in payment.items]) for payment in netted.payments]
        made = self.env["finance.payment.instruction"].create([self._payment_vals(*one, accounts, discounts) for one in paid])
        made._take_place_of_failed()
        return netted

    def _payment_vals(self, payment, paid, accounts, discounts):
        first = paid[0][0]
        references = [self._reference_of(item) for item, _amount in paid]
        reference = references[0] if len(paid) == 1 and _is_structured(references[0]) else ""
        return {
            "order_id": self.id,
            "partner_id": first.partner_id.commercial_partner_id.id,
            "bank_account_id": accounts[first.id].id,
            "amount": float(payment.amount.to_decimal()),
            "currency_id": first.currency_id.id,
            "reference": reference,
            "text": "" if reference else ", ".join(dict.fromkeys(filter(None, references))),
            "item_ids": [
                Command.create(
                    {"move_line_id": item.id, "amount": float(amount.to_decimal()), "takes_discount": item.id in discounts}
                )
                for item, amount in paid
            ],
        }

    def _refuse_unpayable(self, items, accounts):
        taken = self.env["finance.payment.item"].sudo().search([("move_line_id", "in", items.ids), ("is_open", "=", True)])
        if taken:
            told = ", ".join(f"{item.move_id.name} ({item.instruction_id.order_id.name})" for item in taken)
            raise UserError(self.env._("These are in an open payment order already: %s.", told))
        for item in items:
            if item.reconciled or item.parent_state != "posted" or item.company_id != self.company_id:
                raise UserError(self.env._("%s is not open in this company.", item.move_id.name))
            if self._to_pay(item).minor > 0 and not accounts[item.id]:
                raise UserError(
                    self.env._(
                        "%(partner)s has no bank account, so %(bill)s cannot be paid. Enter the account at the partner.",
                        partner=item.partner_id.name or "/",
                        bill=item.move_id.name,
                    )
                )

    @staticmethod
    def _reference_of(item):
        """What the payee is told of an open item: of an entry, such as a salary, the words on the item itself."""
        move = item.move_id
        if move.move_type == "entry" and item.name:
            return item.name
        return move.payment_reference or move.ref or move.name or ""

    @api.model
    def _owed(self, items):
        """Those of ``items`` that are open and may be paid."""
        return items.filtered(
            lambda item: item.account_type in (OWED_BY_ENTRIES if item.move_type == "entry" else OWED)
            and item.account_id.reconcile
            and item.parent_state == "posted"
            and not item.reconciled
            and item.partner_id
        )

    @staticmethod
    def _account_of(item):
        """Where the bill wants the money, or the first account of its partner. A credit note names our account, so it goes with
        the bill that it corrects."""
        bill = item.move_id.reversed_entry_id if item.move_id.move_type == "in_refund" else item.move_id
        return bill.partner_bank_id or item.partner_id.commercial_partner_id.bank_ids[:1]

    @staticmethod
    def _to_pay(item, with_discount=False):
        """What is to be paid of an open item, less its cash discount if that is taken; negative for a credit note."""
        amount = item.discount_amount_currency if with_discount else item.amount_residual_currency
        return Money.from_decimal(Decimal(str(round(-amount, 6))), item.currency_id.name)


def _is_structured(text):
    return bool(set(kinds("".join(text.split()).upper())) & {"rf", "qrr"})


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    def _take_place_of_failed(self):
        """What pays a document anew takes the place of the newest payment of it that failed, and is another intent (INV-3)."""
        items = self.item_ids.move_line_id
        failed = self.sudo().search([("item_ids.move_line_id", "in", items.ids), ("state", "in", FAILED)], order="id")
        newest = {(item, one.kind): one for one in failed for item in one.item_ids.move_line_id}
        for one in self if failed else ():
            mine = [newest[item, one.kind] for item in one.item_ids.move_line_id if (item, one.kind) in newest]
            if mine:
                one.sudo().replaces_id = max(mine, key=lambda each: each.id)

    def action_pay_again(self):
        """A new order for what was rejected or came back: new payments with an intent of their own, of the same documents."""
        orders = self.env["finance.payment.order"]
        failed = self.filtered(lambda one: one.state in FAILED)
        if not failed or len(failed.journal_id) != 1:
            raise UserError(self.env._("Choose payments of one bank account that were rejected or returned."))
        again = self.sudo().search([("replaces_id", "in", failed.ids), ("state", "!=", "cancelled")])
        if again:
            raise UserError(self.env._("These are paid again already, by %s.", ", ".join(again.order_id.mapped("name"))))
        order = orders.create(
            {"journal_id": failed.journal_id.id, "company_id": failed.company_id.id, "scheme": failed.order_id[:1].scheme}
        )
        for one in failed:
            items = [
                {"move_line_id": item.move_line_id.id, "amount": item.amount, "takes_discount": item.takes_discount}
                for item in one.item_ids
            ]
            made = self.create(
                {
                    "order_id": order.id,
                    "partner_id": one.partner_id.id,
                    "bank_account_id": one.bank_account_id.id,
                    "amount": one.amount,
                    "currency_id": one.currency_id.id,
                    "reference": one.reference,
                    "text": one.text,
                    "account_id": one.account_id.id,
                    "item_ids": [Command.create(item) for item in items],
                }
            )
            made.sudo().replaces_id = one
        return order._as_action()
