"""Whether the general ledger and the subledger agree, per connection, balance and currency (INV-7); a difference is an
exception with its sign, never a balancing line (INV-6)."""

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..core.balances import EFFECTS, ROLES
from ..core.money import Money, minor_units

# The facts that count, once each, as `core.facts.distinct` and `core.facts.levelled` choose them: of copies that differ
# the largest, of running totals the highest. Only what is posted, because the ledger can have no more.
_FACTS = """
WITH counted AS (
    SELECT DISTINCT ON (m.kind, m.external_id) m.kind, m.transaction_id, m.group_key, m.currency_id, m.amount,
           m.counter_amount, m.counter_currency_id, COALESCE(m.cumulative, false) AS cumulative
      FROM finance_movement m JOIN res_currency c ON c.id = m.currency_id
     WHERE m.provider_id = %(provider)s AND m.posted_at IS NOT NULL AND m.kind = ANY(%(kinds)s)
     ORDER BY m.kind, m.external_id, m.amount DESC, c.name DESC, m.occurred_at
), amounts AS (
    SELECT kind, currency_id, amount, counter_amount, counter_currency_id FROM counted WHERE NOT cumulative
    UNION ALL
    SELECT kind, currency_id, greatest(max(amount), 0), NULL, NULL FROM counted WHERE cumulative
     GROUP BY kind, currency_id, transaction_id, COALESCE(group_key, '')
)
SELECT a.kind, c.name, sum(a.amount)::text, k.name, sum(a.counter_amount)::text
  FROM amounts a JOIN res_currency c ON c.id = a.currency_id LEFT JOIN res_currency k ON k.id = a.counter_currency_id
 GROUP BY a.kind, c.name, k.name
"""
# What bank lines, and payments that we ordered, took out of transit: how far they are reconciled with the payouts that we posted.
_BANKED = """
SELECT c.name, sum(x.amount)::text FROM (
    SELECT l.currency_id, p.debit_amount_currency AS amount, p.credit_move_id AS other
      FROM finance_movement m JOIN account_move_line l ON l.finance_movement_id = m.id AND l.account_id = %(account)s
      JOIN account_partial_reconcile p ON p.debit_move_id = l.id
     WHERE m.provider_id = %(provider)s
    UNION ALL
    SELECT l.currency_id, -p.credit_amount_currency, p.debit_move_id
      FROM finance_movement m JOIN account_move_line l ON l.finance_movement_id = m.id AND l.account_id = %(account)s
      JOIN account_partial_reconcile p ON p.credit_move_id = l.id
     WHERE m.provider_id = %(provider)s
) x JOIN account_move_line o ON o.id = x.other
  JOIN account_move e ON e.id = o.move_id AND (o.statement_line_id IS NOT NULL OR e.finance_instruction_id IS NOT NULL)
  JOIN res_currency c ON c.id = x.currency_id
 GROUP BY c.name
"""


class FinanceTieOut(models.AbstractModel):
    _name = "finance.tie.out"
    _description = "Tie-out"

    @api.model
    def _rows(self, providers=None):
        """The proof of ``providers`` (all in use): a list of dicts {provider, currency, role, ledger, subledger,
        difference}, the last three Decimal in major units, difference = ledger less subledger.

        An account that several connections share is compared once; its difference shows with the first of them.
        """
        if providers is None:
            providers = self.env["finance.provider"].search([("state", "!=", "draft")])
        everyone = self.env["finance.provider"].search([("company_id", "in", providers.company_id.ids)])
        subledger = {provider: self._subledger(provider) for provider in everyone}
        accounts = self._accounts(everyone)
        ledger = self._ledger(accounts)
        rows, seen = [], set()
        for provider in everyone:
            for role in ROLES:
                account = provider._role_account(role)
                currencies = {code for owner, code in ledger if owner == account.id}
                currencies |= {code for known, code in subledger[provider] if known == role}
                for code in sorted(currencies):
                    own = subledger[provider].get((role, code), 0)
                    difference = 0
                    if (account.id, code) not in seen:
                        seen.add((account.id, code))
                        expected = sum(
                            subledger[other].get((part, code), 0) for other, part in accounts.get(account.id, ())
                        )
                        difference = ledger.get((account.id, code), 0) - expected
                    if provider in providers:
                        rows.append(self._row(provider, role, code, own, difference))
        return rows

    def _row(self, provider, role, code, own, difference):
        return {
            "provider": provider,
            "currency": self._currency(code),
            "role": role,
            "ledger": Money(own + difference, code).to_decimal(),
            "subledger": Money(own, code).to_decimal(),
            "difference": Money(difference, code).to_decimal(),
        }

    def _currency(self, code):
        return self.env["res.currency"].browse(self.env["finance.subledger"]._currency_ids()[code])

    def _accounts(self, providers):
        """account id -> [(provider, role)] that book to it."""
        accounts = defaultdict(list)
        for provider in providers:
            for role in ROLES:
                account = provider._role_account(role)
                if account:
                    accounts[account.id].append((provider, role))
        return accounts

    def _subledger(self, provider):
        """(role, currency code) -> minor units: what the movements, and the bank lines of payouts, say."""
        self.env.flush_all()
        kinds = [kind for kind, signs in EFFECTS.items() if any(signs)]
        self.env.cr.execute(_FACTS, {"provider": provider.id, "kinds": kinds})
        totals = defaultdict(int)
        for kind, code, amount, counter_code, counter in self.env.cr.fetchall():
            for role, sign in zip(ROLES, EFFECTS[kind], strict=True):
                if sign:
                    totals[role, code] += sign * minor_units(amount, code)
            if kind == "fx" and counter_code:
                totals["clearing", counter_code] -= minor_units(counter, counter_code)
        self.env.cr.execute(_BANKED, {"provider": provider.id, "account": provider.in_transit_account_id.id or 0})
        for code, amount in self.env.cr.fetchall():
            totals["in_transit", code] -= minor_units(amount, code)
        return totals

    def _ledger(self, account_ids):
        """(account id, currency code) -> minor units of the posted journal items."""
        if not account_ids:
            return {}
        self.env.cr.execute(
            SQL(
                """SELECT l.account_id, c.name, sum(l.amount_currency)::text
                     FROM account_move_line l JOIN res_currency c ON c.id = l.currency_id
                    WHERE l.parent_state = 'posted' AND l.account_id = ANY(%s)
                    GROUP BY l.account_id, c.name""",
                list(account_ids),
            )
        )
        return {(account, code): minor_units(total, code) for account, code, total in self.env.cr.fetchall()}
