"""Which entries a set of movements makes: rules, accounts, dates and rates are applied here, nothing is written.

The preview shows what this returns and posting writes it, so that both are the same.
"""

from odoo import models

from ..core.errors import FinanceError
from .movement import LABELS
from .posting_dates import Calendar, Rates
from .posting_entries import LINKED, MOVE, RECEIPT, Entry
from .posting_rule import RECEIVABLE

# What the customer pays and gets back: in `per_transaction` mode one entry each.
CUSTOMER_KINDS = frozenset(("capture", "capture_fail", "refund", "refund_fail"))
RECEIPT_KINDS = {"capture": "inbound", "refund": "outbound"}


class FinancePosting(models.AbstractModel):
    _inherit = "finance.posting"

    def _plan(self, provider, rows):
        """The `Entry`s that book ``rows`` (completed, `Row.to_post` not zero). Raises FinanceError."""
        return Planner(self.env, provider).plan(rows)


class Planner:
    """Plans the entries of one connection; remembers accounts, rules, dates and rates while it does."""

    def __init__(self, env, provider):
        self._env, self._provider = env, provider
        company = provider.company_id
        self._company_currency = company.currency_id.name
        self._rules = env["finance.posting.rule"]._book_of(provider)
        self._calendar, self._rates = Calendar(company), Rates(company)
        self._accounts, self._entries = {}, {}

    def plan(self, rows):
        """The entries, in the order in which they are made."""
        for row in rows:
            self._plan_row(row)
        for entry in self._entries.values():
            self._finish(entry)
        return list(self._entries.values())

    def _plan_row(self, row):
        rule = self._rules.pick(row.kind, row.day)
        if rule is None:
            raise FinanceError(
                f"No approved posting rule says how to book {LABELS[row.kind]} of {row.day}; approve one, then retry."
            )
        day = self._calendar.open_day(row.day)
        entry = self._entry_of(row, rule, day)
        entry.rows.append(row)
        entry.day = day
        if day != row.day:
            entry.original_days.add(row.day)
        if entry.kind == LINKED:
            return
        if row.kind == "fx":
            self._add_conversion(entry, row, rule, day)
        else:
            balance = self._rates.balance(row.to_post, row.currency, day)
            # A direct debit that its debtor took back is owed again, and no loss.
            owed = row.kind == "dispute_lost" and row.info.is_collection
            self._add(entry, row, RECEIVABLE if owed else rule.debit_role, row.to_post, balance)
            self._add(entry, row, rule.credit_role, -row.to_post, -balance)

    # --- entries ------------------------------------------------------------------------------------------------------

    def _entry_of(self, row, rule, day):
        key = "one", row.id
        if row.receipt and row.receipt.outstanding_account_id == self._provider.clearing_account_id:
            return self._entry(key, LINKED, row.info.label, row.currency)
        if row.kind in CUSTOMER_KINDS and self._provider.posting_mode == "per_transaction":
            of_customer = RECEIVABLE in (rule.debit_role, rule.credit_role) and row.info.partner_id
            if row.kind in RECEIPT_KINDS and of_customer and not row.receipt:
                return self._entry(key, RECEIPT, row.info.label, row.currency)
            return self._entry(key, MOVE, f"{LABELS[row.kind]}: {row.info.label or row.external_id}", row.currency)
        return self._group_entry(row, day)

    def _group_entry(self, row, day):
        """One entry a payout and day, so that no movement's date depends on which others are known yet (INV-4)."""
        key = row.settlement_id, row.currency, day
        if key in self._entries:
            return self._entries[key]
        if row.settlement_id:
            payout = self._env["finance.settlement"].browse(row.settlement_id).external_id
            ref = f"{self._provider.name}: {payout}"
        else:
            ref = f"{self._provider.name}: {day}"
        return self._entry(key, MOVE, ref, row.currency)

    def _entry(self, key, kind, ref, currency):
        entry = self._entries[key] = Entry(kind, ref, currency)
        return entry

    # --- lines --------------------------------------------------------------------------------------------------------

    def _add(self, entry, row, role, minor, balance):
        """Book ``minor`` to the account of ``role``; lines of one account, kind and customer become one."""
        account_id, partner_id, purpose = self._side(entry, row, role)
        # What is matched one by one later stays a line of its own.
        one_by_one = purpose in ("receivable", "outstanding", "in_transit") or row.kind == "transfer" and role != "clearing"
        apart = row.id if one_by_one else None
        key = account_id, partner_id, row.currency, row.kind, apart, minor > 0
        line = entry.line(key, account_id, partner_id, row.currency, self._company_currency, purpose)
        line.add(row, minor, balance, self._name(entry, row))

    def _side(self, entry, row, role):
        """(account id, partner id, purpose) of ``role`` for ``row``."""
        if role != RECEIVABLE:
            purpose = role if role == "in_transit" else "balance"
            return self._account(role), None, purpose
        if row.receipt:
            return row.receipt.outstanding_account_id.id, row.receipt.partner_id.id, "outstanding"
        if not row.info.partner_id:
            entry.unapplied.add(row.id)
            return self._account("unapplied"), None, "unapplied"
        if not row.info.receivable_id:
            raise FinanceError(f"The customer of {row.info.label} has no receivable account; set one, then retry.")
        return row.info.receivable_id, row.info.partner_id, "receivable"

    def _add_conversion(self, entry, row, rule, day):
        """What came in and what left the balance in two currencies; what they differ by in ours is a gain or loss."""
        if row.counter_minor is None:
            raise FinanceError(f"The conversion {row.external_id} does not say what left the balance; book it by hand.")
        came = self._rates.balance(row.minor, row.currency, day)
        left = self._rates.balance(row.counter_minor, row.counter_currency, day)
        clearing = self._account(rule.debit_role)
        for currency, minor, balance in (
            (row.currency, row.minor, came),
            (row.counter_currency, -row.counter_minor, -left),
        ):
            self._plain(entry, row, clearing, currency, minor, balance)
        self._plain(entry, row, self._account(rule.credit_role), self._company_currency, left - came, left - came)

    def _plain(self, entry, row, account_id, currency, minor, balance):
        key = account_id, None, currency, row.kind, None, minor > 0
        line = entry.line(key, account_id, None, currency, self._company_currency, "balance")
        line.add(row, minor, balance, self._name(entry, row))

    def _account(self, role):
        if role not in self._accounts:
            account = self._provider._role_account(role)
            if not account:
                raise FinanceError(f"{self._provider.name} has no account for {role}; choose one, then retry.")
            self._accounts[role] = account.id
        return self._accounts[role]

    def _name(self, entry, row):
        if entry.kind == RECEIPT:
            return row.info.label
        return f"{LABELS[row.kind]}: {row.info.label or row.external_id}"

    # --- finishing ----------------------------------------------------------------------------------------------------

    def _finish(self, entry):
        """Give lines of several movements a common name, and say the original dates when a lock date moved them."""
        note = ""
        if entry.original_days:
            days = sorted({min(entry.original_days), max(entry.original_days)})
            note = f" ({' – '.join(str(day) for day in days)})"
        for (_account, _partner, _currency, kind, _apart, _debit), line in entry.lines.items():
            if line.count > 1:
                line.name = f"{LABELS[kind]}: {line.count}"
            line.name += note
        if entry.kind == RECEIPT:
            self._as_receipt(entry, note)

    def _as_receipt(self, entry, note):
        """Odoo makes the lines of a native payment itself: name them as it will."""
        entry.ref += note
        (row,) = entry.rows
        inbound = (RECEIPT_KINDS[row.kind] == "inbound") == (row.to_post > 0)
        entry.method_line = self._env["finance.posting"]._method_line(self._provider, inbound)
        for line in entry.lines.values():
            line.name = f"{entry.method_line.name}: {entry.ref}"
            line.partner_id = row.info.partner_id
