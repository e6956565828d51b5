"""What follows from the facts: payments and payouts folded anew from their movements, whatever order these came in (INV-4)."""

import json

from odoo import models

from ..core import lifecycle
from ..core.money import minor_units
from .row_source import row_source
from .subledger_known import known_values, merge_known, payment_facts, settlement_facts

_NOW = "(now() AT TIME ZONE 'UTC')"
_TRANSACTION_COLUMNS = (
    ("occurred_at", "timestamp"), ("currency_id", "int"), ("amount", "numeric"), ("amount_authorized", "numeric"),
    ("amount_captured", "numeric"), ("amount_refunded", "numeric"), ("amount_disputed", "numeric"),
    ("amount_fee", "numeric"), ("amount_net", "numeric"), ("state", "varchar"), ("under_review", "bool"),
    ("contradiction", "text"), ("contradiction_definite", "bool"), ("known", "jsonb"), ("reference", "varchar"),
    ("customer_name", "varchar"), ("customer_email", "varchar"), ("customer_key", "varchar"), ("description", "varchar"),
)  # fmt: skip

# What its settlement lines cover of what was captured of a payment.
_COVERED = """(
    SELECT l.transaction_id, sum(COALESCE(l.original_amount, l.gross)) FILTER (WHERE l.kind = 'capture') AS covered,
           bool_and(p.state = 'reconciled') AS reconciled
      FROM finance_settlement_line l JOIN finance_settlement p ON p.id = l.settlement_id
     WHERE l.transaction_id = ANY(%s) GROUP BY l.transaction_id) s"""
_SETTLED = """CASE WHEN s.covered IS NULL THEN 'unsettled' WHEN abs(s.covered) < abs({captured}) THEN 'partial'
    WHEN s.reconciled THEN 'reconciled' ELSE 'settled' END"""


class FinanceSubledger(models.AbstractModel):
    _inherit = "finance.subledger"

    def _facts_of(self, transaction_ids):
        """transaction id -> light facts (`core.facts`), read in one statement, amounts as exact minor units."""
        self.env.cr.execute(
            """SELECT m.transaction_id, m.kind, m.external_id, m.amount::text, c.name, m.occurred_at,
                      COALESCE(m.group_key, ''), COALESCE(m.cumulative, false), m.counter_amount::text, k.name
                 FROM finance_movement m
                 JOIN res_currency c ON c.id = m.currency_id
                 LEFT JOIN res_currency k ON k.id = m.counter_currency_id
                WHERE m.transaction_id = ANY(%s)""",
            [list(transaction_ids)],
        )
        facts = {transaction_id: [] for transaction_id in transaction_ids}
        for row in self.env.cr.fetchall():
            facts[row[0]].append(
                (
                    row[1],
                    row[2],
                    minor_units(row[3], row[4]),
                    row[4],
                    row[5],
                    row[6],
                    row[7],
                    minor_units(row[8], row[9]) if row[8] else None,
                    row[9],
                )
            )
        return facts

    def _derive_transactions(self, transaction_ids, payments=()):
        """Fold the facts of each payment and write what follows (INV-4): in the database where they are plain, which most
        are, else here. ``payments``: (transaction id, `core.records.PaymentInfo`) of what is told of them now."""
        told = {}
        for transaction_id, info in payments:
            told.setdefault(transaction_id, []).append(info)
        self._derive_told(transaction_ids, {one: payment_facts(infos) for one, infos in told.items()})

    def _derive_told(self, transaction_ids, told):
        """The same, with what is ``told`` now as transaction id -> `subledger_known.payment_facts`."""
        cr = self.env.cr
        transaction_ids = self._derive_plain(list(transaction_ids), told)
        if not transaction_ids:
            return
        cr.execute("SELECT id, known FROM finance_transaction WHERE id = ANY(%s)", [transaction_ids])
        known = {row[0]: merge_known(row[1], told.get(row[0], {})) for row in cr.fetchall()}
        currencies = self._currency_ids()
        rows = []
        for transaction_id, facts in self._facts_of(transaction_ids).items():
            state = lifecycle.fold(facts)
            rows.append((transaction_id, *_transaction_values(state, facts, known[transaction_id], currencies)))
        assignments = ", ".join(f"{name} = v.{name}" for name, _kind in _TRANSACTION_COLUMNS)
        source, parameters = row_source(cr, "folded", (("id", "int"), *_TRANSACTION_COLUMNS), rows)
        cr.execute(
            f"""UPDATE finance_transaction t SET {assignments}, write_date = {_NOW},
                    link_after = CASE WHEN t.reference IS DISTINCT FROM v.reference THEN NULL ELSE t.link_after END,
                    contradiction_since = CASE WHEN v.contradiction IS NULL THEN NULL
                        ELSE COALESCE(t.contradiction_since, {_NOW}) END,
                    settlement_state = {_SETTLED.format(captured="v.amount_captured")}
                FROM {source} LEFT JOIN {_COVERED} ON s.transaction_id = v.id WHERE t.id = v.id""",
            [*parameters, transaction_ids],
        )

    def _derive_settled(self, transaction_ids):
        """How far each payment has been paid out. Only what changes is written: a row that is written again costs as much."""
        self.env.cr.execute(
            f"""UPDATE finance_transaction t SET settlement_state = n.state
                  FROM (SELECT u.id, {_SETTLED.format(captured="u.amount_captured")} AS state
                          FROM finance_transaction u LEFT JOIN {_COVERED} ON s.transaction_id = u.id
                         WHERE u.id = ANY(%s)) n
                 WHERE t.id = n.id AND t.settlement_state != n.state""",
            [list(transaction_ids)] * 2,
        )

    def _derive_settlements(self, provider, settlement_ids, infos=()):
        """Fold the payout facts of each settlement, add up its lines, and write what follows."""
        cr = self.env.cr
        told = {}
        for info in infos:
            told.setdefault(info.external_id, []).append(info)
        cr.execute("SELECT id, external_id, known, state FROM finance_settlement WHERE id = ANY(%s)", [settlement_ids])
        found = cr.fetchall()
        known = {row[0]: merge_known(row[2], settlement_facts(told.get(row[1], ()))) for row in found}
        at_the_bank = [row[0] for row in found if row[3] == "reconciled"]
        cr.execute(
            """UPDATE finance_movement m SET settlement_id = s.id FROM finance_settlement s
                WHERE s.id = ANY(%s) AND m.settlement_id IS NULL
                  AND m.provider_id = s.provider_id AND m.settlement_key = s.external_id""",
            [settlement_ids],
        )
        for settlement_id, values in known.items():
            self._write_settlement(settlement_id, values)
        # Whose lines are new was folded with them: only what came to the bank, or left it, is news for the others.
        cr.execute(
            """SELECT array_agg(DISTINCT l.transaction_id) FROM finance_settlement_line l
                 JOIN finance_settlement p ON p.id = l.settlement_id
                WHERE p.id = ANY(%s) AND (p.state = 'reconciled') != (p.id = ANY(%s)) AND l.transaction_id IS NOT NULL""",
            [settlement_ids, at_the_bank],
        )
        paid = cr.fetchone()[0]
        if paid:
            self._derive_settled(paid)

    def _write_settlement(self, settlement_id, known):
        values = known_values(known)
        self.env.cr.execute(
            f"""WITH facts AS (
                    SELECT bool_or(kind = 'payout_fail') AS failed, bool_or(kind = 'payout_paid') AS paid,
                           bool_or(kind = 'payout') AS sent, min(occurred_at) AS occurred_at,
                           max(amount) FILTER (WHERE kind = 'payout') AS amount
                      FROM finance_movement WHERE settlement_id = %(id)s AND kind LIKE 'payout%%'
                ), sums AS (
                    SELECT COALESCE(sum(gross), 0) AS gross, COALESCE(sum(fee + tax), 0) AS fee,
                           COALESCE(sum(net), 0) AS net FROM finance_settlement_line WHERE settlement_id = %(id)s
                ), bank AS (
                    SELECT bool_and(l.is_reconciled) AS matched FROM finance_settlement_bank_line_rel r
                      JOIN account_bank_statement_line l ON l.id = r.account_bank_statement_line_id
                     WHERE r.finance_settlement_id = %(id)s
                ), ours AS (
                    SELECT bool_or(i.settle_move_id IS NOT NULL) AS booked FROM finance_settlement p
                      JOIN finance_payment_fact f ON f.movement = 'payout/' || p.external_id
                      JOIN finance_payment_instruction i ON i.id = f.instruction_id AND i.company_id = p.company_id
                     WHERE p.id = %(id)s
                )
                UPDATE finance_settlement s SET
                    state = CASE WHEN facts.failed THEN 'failed' WHEN bank.matched OR ours.booked THEN 'reconciled'
                        WHEN facts.paid THEN 'paid' WHEN facts.sent THEN 'in_transit' ELSE 'open' END,
                    occurred_at = COALESCE(facts.occurred_at, %(occurred_at)s),
                    amount_gross = sums.gross, amount_fee = sums.fee, amount_lines = sums.net,
                    amount_net = COALESCE(facts.amount, %(amount)s::numeric, sums.net),
                    complete = %(complete)s,
                    difference = CASE WHEN %(complete)s
                        THEN COALESCE(facts.amount, %(amount)s::numeric, sums.net) - sums.net ELSE 0 END,
                    arrival_date = %(arrival_date)s::date, automatic = %(automatic)s,
                    itemizable = %(itemizable)s, method = %(method)s,
                    trace = %(trace)s, descriptor = %(descriptor)s, failure = %(failure)s,
                    known = %(known)s::jsonb, write_date = {_NOW}
                FROM facts, sums, bank, ours WHERE s.id = %(id)s""",
            {
                "id": settlement_id,
                "known": json.dumps(known),
                "complete": bool(values.get("complete")),
                "itemizable": bool(values.get("itemizable")),
                **{
                    name: values.get(name)
                    for name in (
                        "amount", "occurred_at", "arrival_date", "automatic", "method", "trace", "descriptor", "failure",
                    )
                },
            },
        )  # fmt: skip


def _transaction_values(state, facts, known, currencies):
    values = known_values(known)
    amount, code = values.get("amount"), values.get("currency")
    currency = state.currency if state.currency in currencies and facts else code
    net = state.net.get(state.currency)
    contradictions = "\n".join(item.text for item in state.contradictions) or None
    first = min((fact[4] for fact in facts), default=None)
    return (
        first or values.get("occurred_at"),
        currencies.get(currency),
        amount if code == currency else state.authorized.to_decimal(),
        state.authorized.to_decimal(),
        state.captured.to_decimal(),
        state.refunded.to_decimal(),
        state.disputed.to_decimal(),
        state.fee.to_decimal(),
        net.to_decimal() if net else 0,
        state.state,
        state.under_review,
        contradictions,
        any(item.definite for item in state.contradictions),
        known,
        values.get("reference"),
        values.get("customer_name"),
        values.get("customer_email"),
        values.get("customer_key"),
        values.get("description"),
    )
