"""From open invoices to an order of direct debits: by the mandate of each customer, on the first day that is due and in time."""

from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..channels import gocardless
from ..core import approval_content, direct_debit, netting
from ..core.money import Money
from ..core.payment_calendar import TARGET
from ..payments import payouts

# scheme of a mandate -> (scheme of the order, format of its file).
_ORDERS = {
    direct_debit.CORE: ("sdd", "pain.008.001.08"),
    direct_debit.B2B: ("sdd", "pain.008.001.08"),
    direct_debit.BACS: ("bacs_debit", "bacs"),
    direct_debit.GOCARDLESS: ("gocardless", payouts.COLLECTIONS),
}
_CURRENCY = {"EUR": (direct_debit.CORE, direct_debit.B2B), "GBP": (direct_debit.BACS,)}


class FinanceMandate(models.Model):
    _inherit = "finance.mandate"

    @api.model
    def _for_debtor(self, company, partner, currency):
        """The mandate by which ``partner`` pays ``company`` in ``currency``: the newest usable one, if any."""
        schemes = [*_CURRENCY.get(currency.name, ())]
        if currency.name in gocardless.CURRENCIES:
            schemes.append(direct_debit.GOCARDLESS)
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
        mandates, left = self._collectable(journal.company_id, items, is_dunning)
        if left:
            told = [f"{item.move_id.name} ({item.partner_id.name or '/'}): {left[item.id]}" for item in items if item.id in left]
            raise UserError(self.env._("These cannot be collected:\n%s", "\n".join(dict.fromkeys(told))))
        schemes = {(*_ORDERS[mandate.scheme], mandate._collecting_channel()) for mandate in mandates.values()}
        if len(schemes) != 1:
            raise UserError(self.env._("Choose invoices that are collected by one scheme: SEPA, Bacs, or one provider."))
        scheme, file_format, channel = schemes.pop()
        if channel:
            journal, vals = channel.journal_id, {"channel_id": channel.id, **vals}
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

    @api.model
    def _collectable(self, company, items, is_dunning=False):
        """(journal item id -> its mandate, journal item id -> why it cannot be collected) of ``items`` for ``company``."""
        rows = self.env["finance.payment.item"].sudo().search([("move_line_id", "in", items.ids), ("is_open", "=", True)])
        taken = {row.move_line_id.id: row.instruction_id.order_id.name for row in rows}
        held = self.env["res.partner"] if is_dunning else self._held_debtors(company, items.partner_id.commercial_partner_id)
        mandates, left = {}, {}
        for item in items:
            mandate = self.env["finance.mandate"]._for_debtor(company, item.partner_id, item.currency_id)
            if item.id in taken:
                left[item.id] = self.env._("it is in the open order %s already", taken[item.id])
            elif item.reconciled or item.parent_state != "posted" or item.company_id != company:
                left[item.id] = self.env._("it is not open in this company")
            elif not mandate:
                left[item.id] = self.env._("there is no active mandate; enter and activate one first")
            elif item.partner_id.commercial_partner_id in held:
                left[item.id] = self.env._(
                    "a collection did not go through, and nothing else is collected before that is settled"
                )
            else:
                mandates[item.id] = mandate
        return mandates, left

    @api.model
    def _collecting_journal(self, company, currency):
        """The bank journal that collections in ``currency`` go to: one in that currency, or the usual one."""
        usual = self._default_journal(company)
        own = [("type", "=", "bank"), ("company_id", "=", company.id), ("bank_account_id", "!=", False)]
        return self.env["account.journal"].search([*own, ("currency_id", "=", currency.id)], limit=1) or usual

    @api.model
    def _held_debtors(self, company, partners):
        """Those of ``partners`` from whom nothing is to be collected now."""
        return partners.browse()

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
        names = [item.move_id.payment_reference or item.move_id.name or "" for item, _amount in paid]
        made = self.env["finance.payment.instruction"].create(
            {
                "order_id": self.id,
                "partner_id": mandate.partner_id.commercial_partner_id.id,
                "mandate_id": mandate.id,
                "bank_account_id": mandate.bank_account_id.id,
                "amount": float(payment.amount.to_decimal()),
                "currency_id": paid[0][0].currency_id.id,
                "text": ", ".join(dict.fromkeys(filter(None, names))),
                "collection_date": max(self._day_of(item, mandate) for item, amount in paid if amount.minor > 0),
                "item_ids": [(0, 0, {"move_line_id": item.id, "amount": float(amount.to_decimal())}) for item, amount in paid],
            }
        )
        made._take_place_of_failed()


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
        return orders._for_invoices(orders._collecting_journal(items.company_id, items.currency_id[:1]), items)._as_action()
