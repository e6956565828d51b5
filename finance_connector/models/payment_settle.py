"""Payments that left from the balance at a provider: what they paid is reconciled when they were executed, and open again when
the money came back.

The provider's movement takes the money off the balance, against the account that its posting rule names (transfers) or against
what is in transit (payouts). The entry made here takes it from there onto the documents; the balance itself is moved by movements
alone, so that the books tie (INV-7). At any time one entry stands for what is executed and has not come back: a further fact
reverses it and makes the next one, hence the order of facts does not matter (INV-4).
"""

from odoo import Command, api, fields, models

from ..core.approval_content import COLLECTION
from ..core.errors import FinanceError
from ..core.money import Money
from .inbox import CONCURRENCY
from .patience import patiently
from .posting_dates import Calendar, Rates
from .posting_rule import RECEIVABLE

_PAYOUT = "payout"
# Entries whose money is known at the provider only now, and is still open there.
_TO_PAIR = """
SELECT DISTINCT i.id
  FROM finance_payment_instruction i
  JOIN account_move_line l ON l.move_id = i.settle_move_id AND NOT l.reconciled AND l.account_id = ANY(%(accounts)s)
  JOIN finance_payment_fact f ON f.instruction_id = i.id AND f.movement IS NOT NULL
  JOIN finance_movement m ON m.provider_id = %(provider)s AND m.posted_at IS NOT NULL
   AND m.kind = split_part(f.movement, '/', 1) AND m.external_id = substr(f.movement, strpos(f.movement, '/') + 1)
"""


class AccountMove(models.Model):
    _inherit = "account.move"

    finance_instruction_id = fields.Many2one(
        "finance.payment.instruction", string="Payment instruction", readonly=True, copy=False, index="btree_not_null",
        help="The payment by a provider whose execution, or return, this entry books.",
    )  # fmt: skip


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    settle_move_id = fields.Many2one("account.move", string="Booked by", readonly=True, copy=False, index="btree_not_null",
                                     ondelete="restrict", help="The entry that reconciles what it paid.")  # fmt: skip
    amount_settled = fields.Monetary(readonly=True, copy=False, help="What that entry books.")
    is_to_settle = fields.Boolean(readonly=True, copy=False)

    _to_settle_idx = models.Index("(id) WHERE is_to_settle")
    _settle_move_uniq = models.UniqueIndex("(settle_move_id) WHERE settle_move_id IS NOT NULL", "An entry books one payment.")

    def _refold(self, orders=None):
        orders = orders or self._orders()
        super()._refold(orders)
        concerned = orders.sudo().filtered("channel_id.provider_id").instruction_ids
        concerned |= concerned.search([("is_to_settle", "=", True), ("order_id", "in", orders.ids)])
        for one in self.sudo() & concerned:
            due = one._settle_target() != one._settled()
            if due != one.is_to_settle:
                one.is_to_settle = due
            if due:
                self.env["finance.provider"]._wake("finance_connector.cron_post")

    def _settle_target(self):
        """What of it is to be booked at its provider: what was executed and has not come back. Where bank lines show it, they
        book it."""
        shown = self.bank_line_ids and not self.settle_move_id
        if self.kind == COLLECTION or shown or not self.order_id.channel_id.provider_id:
            return self._settled()
        found = self._folded()[self.id]
        return Money(max(found.executed.minor - found.returned.minor, 0), found.ordered.currency)

    def _settled(self):
        return Money.from_decimal(f"{self.amount_settled:.6f}", self.currency_id.name)

    # --- the money at the provider --------------------------------------------------------------------------------------------

    def _movements_at(self, provider):
        """The movements of ``provider`` that its facts name."""
        found = self.env["finance.movement"].sudo()
        for name in filter(None, self.fact_ids.mapped("movement")):
            kind, _slash, external_id = name.partition("/")
            kinds = (_PAYOUT, "payout_fail") if kind == _PAYOUT else (kind,)
            own = [("provider_id", "=", provider.id), ("kind", "in", kinds), ("external_id", "=", external_id)]
            found |= found.search(own)
        return found

    def _executed_on(self, company):
        """The day of its execution, in the time of the company."""
        at = max(self.fact_ids.filtered(lambda fact: fact.kind == "execute").mapped("at"), default=fields.Datetime.now())
        return fields.Datetime.context_timestamp(self.with_context(tz=company.partner_id.tz or "UTC"), at).date()

    def _settle_account(self, provider, day):
        """The account against which the movement takes the money off the balance. Raises FinanceError without one."""
        kind = _PAYOUT if any((fact.movement or "").startswith(f"{_PAYOUT}/") for fact in self.fact_ids) else "transfer"
        rule = self.env["finance.posting.rule"]._book_of(provider).pick(kind, day)
        if rule is None:
            raise FinanceError(f"No approved posting rule says how to book a {kind} of {day}; approve one, then retry.")
        role = rule.debit_role if rule.credit_role == "clearing" else rule.credit_role
        account = provider._role_account("unapplied" if role == RECEIVABLE else role)
        if not account:
            raise FinanceError(f"{provider.name} has no account for {role}; choose one, then retry.")
        return account

    # --- the entry --------------------------------------------------------------------------------------------------------------

    def _settle(self, provider):
        """Have one entry stand for what is executed. Whether there is nothing left to do."""
        self.ensure_one()
        day, target = self._executed_on(provider.company_id), self._settle_target()
        account = self._settle_account(provider, day)
        # The tie-out counts what is in transit by the provider's word, which has to be there first.
        if account == provider.in_transit_account_id and not self._movements_at(provider).filtered("posted_at"):
            return False
        self._take_back_entry(provider)
        move = self._book_entry(provider, account, Calendar(provider.company_id).open_day(day), target) if target else None
        self.write({"settle_move_id": move.id if move else False, "amount_settled": float(target.to_decimal()),
                    "is_to_settle": False})  # fmt: skip
        self._pair(provider, account)
        self.env["finance.reconciliation"]._derive(self._movements_at(provider).settlement_id)
        told = {"entry": move.name if move else None, "amount": str(target)}
        self.env["finance.audit.entry"]._record("payment.settle", self, told)
        return True

    def _take_back_entry(self, provider):
        """Reverse the entry that stands: what it paid is open again."""
        move = self.settle_move_id
        if move:
            today = Calendar(provider.company_id).open_day(fields.Date.context_today(self))
            told = {
                "date": max(today, move.date),
                "ref": self.env._("Came back: %s", move.ref),
                "finance_instruction_id": self.id,
            }
            move._reverse_moves([told], cancel=True)

    def _book_entry(self, provider, account, day, target):
        """Post the entry of ``target`` and reconcile it with the documents."""
        rows = self._settle_rows(target)
        rates = Rates(provider.company_id)
        balances = [rates.balance(minor, target.currency, day) for _item, _account, minor, _name, _vals in rows]
        lines = [
            self._entry_line(provider, on, minor, balance, name, vals)
            for (_item, on, minor, name, vals), balance in zip(rows, balances, strict=True)
        ]
        lines.append(self._entry_line(provider, account, -target.minor, -sum(balances), self._settle_name(), {}))
        move = (
            self.env["account.move"]
            .with_context(skip_invoice_sync=True)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": provider.journal_id.id,
                    "company_id": provider.company_id.id,
                    "currency_id": self.currency_id.id,
                    "date": day,
                    "ref": self._settle_name(),
                    "finance_instruction_id": self.id,
                    "line_ids": [Command.create(line) for line in lines],
                }
            )
        )
        move._post(soft=False)
        self._reconcile_entry(move, rows)
        return move

    def _settle_name(self):
        return f"{self.order_id.name}: {self.partner_id.name} {self.end_to_end_id}"

    def _entry_line(self, provider, account, minor, balance, name, vals):
        own = provider.company_id.currency_id.name
        return {
            "account_id": account.id,
            "partner_id": self.partner_id.commercial_partner_id.id,
            "name": name,
            "currency_id": self.currency_id.id,
            "amount_currency": Money(minor, self.currency_id.name).to_decimal(),
            "balance": Money(balance, own).to_decimal(),
            **vals,
        }

    def _settle_rows(self, target):
        """(journal item that it pays, account, minor units with debit positive, name, further columns) of each line.

        An amount that is not that of its documents, or a payment of none, goes onto the account of the payee, where it pays what
        is open of them.
        """
        exact, rows = self.env["finance.reconciliation"]._exact, []
        for item in self.item_ids:
            line, minor = item.move_line_id, item._minor()
            if item.takes_discount:
                minor = Money.from_decimal(-exact(line.amount_residual_currency), target.currency).minor
                for row in self.env["finance.reconciliation"]._rows_of_discount(line):
                    rows.append((None, row.account, Money.from_decimal(-row.amount, target.currency).minor, row.label, row.vals))
            rows.append((line, line.account_id, minor, line.move_id.payment_reference or line.move_id.name, {}))
        if rows and sum(row[2] for row in rows) == target.minor:
            return rows
        account = self.item_ids[:1].move_line_id.account_id or self.partner_id.property_account_payable_id
        return [(self.item_ids.move_line_id, account, target.minor, self._settle_name(), {})]

    def _reconcile_entry(self, move, rows):
        """Pay the documents that are still open; what was paid otherwise meanwhile stays open on the payee's account."""
        groups = []
        for line, (items, account, _minor, _name, _vals) in zip(move.line_ids.sorted("id"), rows, strict=False):
            paid = (items or line.browse()).filtered(
                lambda item, account=account: not item.reconciled and item.account_id == account
            )
            if paid:
                groups.append(line | paid)
        if groups:
            self.env["account.move.line"]._reconcile_plan(groups)

    def _pair(self, provider, account):
        """Match the entry with the movements that took the money off the balance, or brought it back."""
        movements = self._movements_at(provider).filtered("move_id")
        lines = movements.move_id.line_ids.filtered(lambda line: line.finance_movement_id in movements)
        lines = (lines | self.settle_move_id.line_ids).filtered(lambda line: line.account_id == account and not line.reconciled)
        if account.reconcile and lines.filtered(lambda line: line.balance > 0) and lines.filtered(lambda line: line.balance < 0):
            self.env["account.move.line"]._reconcile_plan([lines])

    def _retry_exception(self, exception):
        """The retry button: what is to be booked is booked at the next run, which is at once."""
        self.env["finance.provider"]._wake("finance_connector.cron_post")


class FinancePosting(models.AbstractModel):
    _inherit = "finance.posting"

    def _post_provider(self, provider):
        done = super()._post_provider(provider)
        if provider.held:
            return done
        with self._alone(provider) as alone:
            return done + (self._settle_payments(provider) if alone else 0)

    @api.model
    def _settle_payments(self, provider):
        """Book what payments of ``provider`` have to be booked, each in a transaction of its own. Returns how many."""
        payments, done = self._books(provider).env["finance.payment.instruction"].sudo(), 0
        due = payments.search([("is_to_settle", "=", True), ("order_id.channel_id.provider_id", "=", provider.id)], order="id")
        for one in due:
            done += patiently(self.env, self._settle_safely, provider, one, one._settle)
        for one in payments.browse(self._to_pair(provider)):
            day = one._executed_on(provider.company_id)
            patiently(self.env, self._settle_safely, provider, one, lambda at, one=one, day=day: one._pair(
                at, one._settle_account(at, day)))  # fmt: skip
        return done

    def _to_pair(self, provider):
        self.env.flush_all()
        accounts = provider.unapplied_account_id | provider.in_transit_account_id
        self.env.cr.execute(_TO_PAIR, {"provider": provider.id, "accounts": accounts.ids})
        return [key for (key,) in self.env.cr.fetchall()]

    def _settle_safely(self, provider, one, step):
        """Call ``step(provider)``, which books ``one``: all of it is done, or nothing and an exception tells why. Then commit."""
        done, exceptions, cause = False, self.env["finance.exception"], f"payment:{one.id}"
        try:
            with self.env.cr.savepoint():
                done = bool(step(provider))
        except CONCURRENCY:
            raise
        except Exception as error:  # reported to a person; the others must not wait for it
            exceptions._raise(
                "posting_failed", cause, provider.company_id,
                self.env._("The payment to %s could not be reconciled with what it paid", one.partner_id.name),
                detail=self.env._("%s\n\nCorrect the cause, then retry; it is tried again by itself as well.", error),
                record=one, provider=provider, amount=one.amount, currency=one.currency_id,
            )  # fmt: skip
        else:
            exceptions._clear("posting_failed", cause, provider.company_id, self.env._("It is booked."))
        self.env["ir.cron"]._commit_progress(int(done))
        return int(done)
