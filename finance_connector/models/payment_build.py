"""From open bills to the payments of an order: grouped by payee and account, credit notes taken off by rule."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..core import netting
from ..core.matching.structured import kinds
from .payment_instruction import FAILED
from .payment_new import NewPayment

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
        discounts = frozenset(discounts)
        found = self.env["account.move.line"]._open_items([("id", "in", items.ids)])
        if len(found) < len(items):
            items.check_access("read")
            raise UserError(self.env._("Some of these are no longer there. Choose again."))
        self._refuse_unpayable(found)
        documents = [
            netting.Document(
                one.key,
                str(one.payee_id),
                str(one.account_id),
                one.to_pay(one.id in discounts),
                one.due,
                refers_to=str(one.refers_to or ""),
            )
            for one in found
        ]
        netted = netting.net(documents, rule, together)
        if not netted.payments:
            raise UserError(self.env._("Nothing is left to pay of these: %s", "; ".join(why for _key, why in netted.left)))
        by_key = {one.key: one for one in found}
        new = []
        for payment in netted.payments:
            paid = [(by_key[key], amount) for key, amount in payment.items]
            first, _amount = paid[0]
            if first.owner_id and first.owner_id != first.payee_id:
                raise self.env["finance.payment.instruction"]._wrong_owner(first.number, first.owner, first.partner)
            new.append(_new_payment(payment.amount, paid, discounts))
        self._insert_payments(new)
        return netted

    def _refuse_unpayable(self, items):
        """Raise UserError for `OpenItem` s that cannot be paid by the order."""
        if taken := [f"{item.move} ({item.order})" for item in items if item.order]:
            raise UserError(self.env._("These are in an open payment order already: %s.", ", ".join(taken)))
        company_id = self.company_id.id
        for item in items:
            if not item.is_open or item.company_id != company_id:
                raise UserError(self.env._("%s is not open in this company.", item.move))
            if item.is_owed and not item.account_id:
                raise UserError(
                    self.env._(
                        "%(partner)s has no bank account, so %(bill)s cannot be paid. Enter the account at the partner.",
                        partner=item.partner or "/",
                        bill=item.move,
                    )
                )

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


def _new_payment(amount, paid, discounts):
    """The `NewPayment` of ``amount``; ``paid``: pairs of `OpenItem` and Money of it; ``discounts``: ids of those that are paid
    less their cash discount."""
    first = paid[0][0]
    references = list(dict.fromkeys(filter(None, (item.reference for item, _amount in paid))))
    is_structured = len(paid) == 1 and references and _is_structured(references[0])
    return NewPayment(
        first.payee_id,
        first.account_id,
        amount,
        first.currency_id,
        references[0] if is_structured else None,
        None if is_structured else ", ".join(references) or None,
        tuple((item.id, each, item.id in discounts) for item, each in paid),
    )


def _is_structured(text):
    found = kinds("".join(text.split()).upper())
    return "rf" in found or "qrr" in found


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
