"""From open bills to the payments of an order: grouped by payee and account, credit notes taken off by rule."""

from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..core import netting
from ..core.matching.structured import kinds
from ..core.money import Money
from .payment_instruction import FAILED

PAYABLE_TYPES = ("in_invoice", "in_refund", "out_refund", "in_receipt")


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

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
        self._refuse_unpayable(items)
        by_key = {str(item.id): item for item in items}
        documents = [
            netting.Document(
                str(item.id),
                str(item.partner_id.commercial_partner_id.id),
                str(self._account_of(item).id),
                self._to_pay(item, item.id in discounts),
                item.date_maturity or item.date,
                refers_to=str(item.move_id.reversed_entry_id.line_ids.filtered("amount_residual")[:1].id or ""),
            )
            for item in items
        ]
        netted = netting.net(documents, rule, together)
        if not netted.payments:
            raise UserError(self.env._("Nothing is left to pay of these: %s", "; ".join(why for _key, why in netted.left)))
        for payment in netted.payments:
            paid = [(by_key[key], amount) for key, amount in payment.items]
            self._add_payment(payment, paid, discounts)
        return netted

    def _add_payment(self, payment, paid, discounts):
        first = paid[0][0]
        references = [item.move_id.payment_reference or item.move_id.ref or item.move_id.name or "" for item, _amount in paid]
        reference = references[0] if len(paid) == 1 and _is_structured(references[0]) else ""
        made = self.env["finance.payment.instruction"].create(
            {
                "order_id": self.id,
                "partner_id": first.partner_id.commercial_partner_id.id,
                "bank_account_id": self._account_of(first).id,
                "amount": float(payment.amount.to_decimal()),
                "currency_id": first.currency_id.id,
                "reference": reference,
                "text": "" if reference else ", ".join(dict.fromkeys(filter(None, references))),
                "item_ids": [
                    (
                        0,
                        0,
                        {"move_line_id": item.id, "amount": float(amount.to_decimal()), "takes_discount": item.id in discounts},
                    )
                    for item, amount in paid
                ],
            }
        )
        made._take_place_of_failed()

    def _refuse_unpayable(self, items):
        taken = self.env["finance.payment.item"].sudo().search([("move_line_id", "in", items.ids), ("is_open", "=", True)])
        if taken:
            told = ", ".join(f"{item.move_id.name} ({item.instruction_id.order_id.name})" for item in taken)
            raise UserError(self.env._("These are in an open payment order already: %s.", told))
        for item in items:
            if item.reconciled or item.parent_state != "posted" or item.company_id != self.company_id:
                raise UserError(self.env._("%s is not open in this company.", item.move_id.name))
            if self._to_pay(item).minor > 0 and not self._account_of(item):
                raise UserError(
                    self.env._(
                        "%(partner)s has no bank account, so %(bill)s cannot be paid. Enter the account at the partner.",
                        partner=item.partner_id.name or "/",
                        bill=item.move_id.name,
                    )
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
        for one in self:
            items = one.item_ids.move_line_id
            failed = [("item_ids.move_line_id", "in", items.ids), ("state", "in", FAILED), ("kind", "=", one.kind)]
            one.sudo().replaces_id = self.sudo().search(failed, order="id desc", limit=1)

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
                    "item_ids": [Command.create(item) for item in items],
                }
            )
            made.sudo().replaces_id = one
        return order._as_action()
