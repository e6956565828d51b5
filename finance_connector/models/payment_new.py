"""New payments of open items, many at once: made by two statements, with the names that follow from what they are for (INV-3).

What payments entered one by one are checked for is checked of these before: whose accounts they are (`payment_build`); a bill is
in one open order by the index of `payment_item`.
"""

from typing import NamedTuple

from odoo import models

from ..core import instruction_intent
from ..core.money import Money
from .payment_instruction import FAILED
from .set_insert import insert, reserve

_PAYMENT = (
    ("id", "int"),
    ("partner_id", "int"),
    ("bank_account_id", "int"),
    ("amount", "numeric"),
    ("currency_id", "int"),
    ("reference", "text"),
    ("text", "text"),
    ("intent_key", "text"),
    ("end_to_end_id", "text"),
    ("replaces_id", "int"),
)
_ITEM = (("instruction_id", "int"), ("move_line_id", "int"), ("amount", "numeric"), ("takes_discount", "bool"))
# The newest payment of each document that failed.
_FAILED_OF = """
SELECT DISTINCT ON (t.move_line_id) t.move_line_id, i.id, i.intent_key
  FROM finance_payment_item t JOIN finance_payment_instruction i ON i.id = t.instruction_id
 WHERE t.move_line_id = ANY(%s) AND i.state IN %s AND i.kind = %s
 ORDER BY t.move_line_id, i.id DESC
"""


class NewPayment(NamedTuple):
    """``items``: (id of the journal item, Money paid of it, whether its cash discount is taken). A text is never empty."""

    partner_id: int
    bank_account_id: int | None
    amount: Money
    currency_id: int
    reference: str | None
    text: str | None
    items: tuple


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    def _insert_payments(self, payments):
        """Add `NewPayment` s to the order. What pays a document anew takes the place of the newest payment of it that failed, and
        is another intent."""
        self.ensure_one()
        self.check_access("write")
        model, items = self.env["finance.payment.instruction"], self.env["finance.payment.item"]
        scope, failed = model._intent_scope(self.company_id), self._failed_of(payments)
        rows, item_rows = [], []
        for key, one in zip(reserve(model, len(payments)), payments, strict=True):
            replaced, its_key = max((failed[item] for item, *_rest in one.items if item in failed), default=(None, ""))
            documents = tuple((str(item), amount.minor) for item, amount, _discount in one.items)
            intent = instruction_intent.Intent(scope, str(one.partner_id), one.amount, documents, its_key)
            name = instruction_intent.intent_key(intent)
            names = (name, instruction_intent.end_to_end_id(name), replaced)
            rows.append((key, *one[:2], one.amount.to_text(), *one[3:6], *names))
            item_rows.extend((key, item, amount.to_text(), discount) for item, amount, discount in one.items)
        insert(model, _PAYMENT, rows, order_id=self.id)
        insert(items, _ITEM, item_rows)
        self.invalidate_recordset(["instruction_ids"])
        self.modified(["instruction_ids"])
        self._edited(is_named=True)

    def _failed_of(self, payments):
        """Journal item id -> (id, intent key) of the newest payment of it that failed."""
        documents = [item for one in payments for item, *_rest in one.items]
        self.env.flush_all()
        self.env.cr.execute(_FAILED_OF, [documents, FAILED, self.kind])
        return {item: (key, name or "") for item, key, name in self.env.cr.fetchall()}
