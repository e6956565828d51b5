"""From open invoices to an order of direct debits: by the mandate of each customer, on the first day that is due and in time."""

from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import approval_content, direct_debit, netting
from ..core.money import Money
from ..core.payment_calendar import TARGET

# scheme of a mandate -> (scheme of the order, format of its file).
_ORDERS = {
    direct_debit.CORE: ("sdd", "pain.008.001.08"),
    direct_debit.B2B: ("sdd", "pain.008.001.08"),
    direct_debit.BACS: ("bacs_debit", "bacs"),
}
_CURRENCY = {"EUR": (direct_debit.CORE, direct_debit.B2B), "GBP": (direct_debit.BACS,)}


class FinanceMandate(models.Model):
    _inherit = "finance.mandate"

    @api.model
    def _for_debtor(self, company, partner, currency):
        """The mandate by which ``partner`` pays ``company`` in ``currency``: the newest usable one, if any."""
        schemes = _CURRENCY.get(currency.name, ())
        found = self.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "child_of", partner.commercial_partner_id.id),
                ("state", "=", "active"),
                ("scheme", "in", schemes),
            ],
            order="id desc",
        )
        today = fields.Date.context_today(self)
        return found.filtered(lambda one: not one._unusable(today) and not (one.is_once and one._used()))[:1]


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    @api.model
    def _for_invoices(self, journal, items, is_dunning=False, **vals):
        """A draft order that collects ``items`` (open journal items of customers). Raises UserError for what cannot be.

        ``is_dunning``: it is dunning itself that collects again.
        """
        if not is_dunning:
            self._refuse_held(items)
        mandates = self._mandates_of(journal.company_id, items)
        schemes = {_ORDERS[mandate.scheme] for mandate in mandates.values()}
        if len(schemes) != 1:
            raise UserError(self.env._("Choose invoices that are collected by one scheme: SEPA, or Bacs."))
        scheme, file_format = schemes.pop()
        order = self.create(
            {
                "journal_id": journal.id,
                "company_id": journal.company_id.id,
                "kind": approval_content.COLLECTION,
                "scheme": scheme,
                "file_format": file_format,
                "execution_date": fields.Date.context_today(self),
                **vals,
            }
        )
        order._collect_items(items, mandates)
        return order

    def _mandates_of(self, company, items):
        """Journal item id -> its mandate. Raises UserError for what cannot be collected."""
        taken = self.env["finance.payment.item"].sudo().search([("move_line_id", "in", items.ids), ("is_open", "=", True)])
        if taken:
            told = ", ".join(f"{item.move_id.name} ({item.instruction_id.order_id.name})" for item in taken)
            raise UserError(self.env._("These are in an open order already: %s.", told))
        mandates, without = {}, []
        for item in items:
            if item.reconciled or item.parent_state != "posted" or item.company_id != company:
                raise UserError(self.env._("%s is not open in this company.", item.move_id.name))
            mandate = self.env["finance.mandate"]._for_debtor(company, item.partner_id, item.currency_id)
            mandates[item.id] = mandate
            if not mandate:
                without.append(f"{item.move_id.name} ({item.partner_id.name or '/'})")
        if without:
            raise UserError(
                self.env._("There is no active mandate to collect these: %s. Enter and activate one first.", ", ".join(without))
            )
        return mandates

    def _collect_items(self, items, mandates):
        by_key = {str(item.id): item for item in items}
        documents = [
            netting.Document(
                str(item.id),
                str(item.partner_id.commercial_partner_id.id),
                str(mandates[item.id].id),
                Money.from_decimal(Decimal(str(round(item.amount_residual_currency, 6))), item.currency_id.name),
                item.date_maturity or item.date,
                "" if item.amount_residual_currency < 0 else str(self._day_of(item, mandates[item.id])),
                str(item.move_id.reversed_entry_id.line_ids.filtered("amount_residual")[:1].id or ""),
            )
            for item in items
        ]
        netted = netting.net(self._grouped(documents))
        if not netted.payments:
            raise UserError(self.env._("Nothing is left to collect of these: %s", "; ".join(why for _key, why in netted.left)))
        for payment in netted.payments:
            paid = [(by_key[key], amount) for key, amount in payment.items]
            self._add_collection(mandates[paid[0][0].id], payment, paid)
        self.execution_date = min(one._day() for one in self.instruction_ids)

    @staticmethod
    def _grouped(documents):
        """Credit notes have no day: each goes with the first day of its debtor and mandate."""
        first = {}
        for one in sorted(documents, key=lambda one: one.group):
            if one.group:
                first.setdefault((one.payee, one.account), one.group)
        return [one._replace(group=one.group or first.get((one.payee, one.account), "")) for one in documents]

    def _day_of(self, item, mandate):
        """The first day on which ``item`` is due and its debtor was told in time, a day on which the bank works."""
        today = fields.Date.context_today(self)
        due = item.date_maturity or item.date
        earliest = today + timedelta(days=1)
        if mandate.notice == "mail":
            earliest = max(earliest, today + timedelta(days=mandate._days_of_notice()))
        return TARGET.next_open(max(due, earliest))

    def _add_collection(self, mandate, payment, paid):
        failed = (
            self.env["finance.payment.instruction"]
            .sudo()
            .search(
                [
                    ("item_ids.move_line_id", "in", [item.id for item, _amount in paid]),
                    ("state", "in", ("rejected", "returned")),
                    ("kind", "=", approval_content.COLLECTION),
                ],
                order="id desc",
                limit=1,
            )
        )
        names = [item.move_id.payment_reference or item.move_id.name or "" for item, _amount in paid]
        self.env["finance.payment.instruction"].create(
            {
                "order_id": self.id,
                "partner_id": mandate.partner_id.commercial_partner_id.id,
                "mandate_id": mandate.id,
                "bank_account_id": mandate.bank_account_id.id,
                "amount": float(payment.amount.to_decimal()),
                "currency_id": paid[0][0].currency_id.id,
                "text": ", ".join(dict.fromkeys(filter(None, names))),
                "collection_date": max(self._day_of(item, mandate) for item, amount in paid if amount.minor > 0),
                "replaces_id": failed.id,
                "item_ids": [(0, 0, {"move_line_id": item.id, "amount": float(amount.to_decimal())}) for item, amount in paid],
            }
        )


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    def action_pay_again(self):
        """Of collections: a new order for what is still open of them, by the mandate that is valid now."""
        collections = self.filtered(lambda one: one.kind == approval_content.COLLECTION)
        if not collections:
            return super().action_pay_again()
        if collections != self:
            raise UserError(self.env._("Choose either payments or collections."))
        return self._collect_again()._as_action()

    def _collect_again(self, is_dunning=False):
        """The draft order that collects what was rejected or came back. Raises UserError for what cannot be."""
        failed = self.filtered(lambda one: one.state in ("rejected", "returned"))
        if not failed or len(failed.journal_id) != 1:
            raise UserError(self.env._("Choose collections to one bank account that were rejected or returned."))
        items = failed.item_ids.move_line_id.filtered(lambda item: not item.reconciled)
        if not items:
            raise UserError(self.env._("Nothing of these is open any more."))
        return self.env["finance.payment.order"]._for_invoices(failed.journal_id, items, is_dunning=is_dunning)


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_finance_collect(self):
        """A draft order that collects the selected invoices."""
        moves = self.filtered(lambda move: move.state == "posted")
        items = moves.line_ids.filtered(lambda item: item.account_type == "asset_receivable" and not item.reconciled)
        if not items:
            raise UserError(self.env._("Nothing of these is open."))
        orders = self.env["finance.payment.order"]
        return orders._for_invoices(orders._default_journal(items.company_id), items)._as_action()
