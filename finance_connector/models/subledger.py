"""How facts become rows: parsed records are stored in bulk by SQL, then every touched payment and payout is derived anew.

Nothing here reads a message or knows a provider. All statements are set-based; uniqueness is decided by indexes (INV-3),
and what is derived depends on the set of facts only, never on the order they came in (INV-4).
"""

import json

from odoo import api, models
from odoo.tools import SQL

from ..core import lifecycle
from ..core.money import iso_exponent
from .subledger_known import known_values, merge_known, payment_facts, settlement_facts

_NOW = "(now() AT TIME ZONE 'UTC')"
_TRANSACTION_COLUMNS = (
    ("occurred_at", "timestamp"), ("currency_id", "int"), ("amount", "numeric"), ("amount_authorized", "numeric"),
    ("amount_captured", "numeric"), ("amount_refunded", "numeric"), ("amount_disputed", "numeric"),
    ("amount_fee", "numeric"), ("amount_net", "numeric"), ("state", "varchar"), ("under_review", "bool"),
    ("contradiction", "text"), ("contradiction_definite", "bool"), ("known", "jsonb"), ("reference", "varchar"),
    ("customer_name", "varchar"), ("customer_email", "varchar"), ("customer_key", "varchar"), ("description", "varchar"),
)  # fmt: skip


class FinanceSubledger(models.AbstractModel):
    _name = "finance.subledger"
    _description = "Subledger"

    @api.model
    def _absorb(self, provider, items):
        """Store what messages say: ``items`` are (message id, `core.records.Parsed`). Returns the touched transaction ids.

        One statement a table, whatever the number of messages. The caller owns the transaction.
        """
        movements = [(message_id, fact) for message_id, parsed in items for fact in parsed.movements]
        payments = [info for _id, parsed in items for info in parsed.payments]
        settlements = [info for _id, parsed in items for info in parsed.settlements]
        lines = [(message_id, line) for message_id, parsed in items for line in parsed.lines]

        payment_keys = {fact.transaction_key for _id, fact in movements if fact.transaction_key}
        payment_keys |= {info.transaction_key for info in payments}
        payment_keys |= {line.transaction_key for _id, line in lines if line.transaction_key}
        transaction_ids = self._ensure_transactions(provider, payment_keys)
        settlement_ids = self._ensure_settlements(provider, settlements)

        self._insert_movements(provider, movements, transaction_ids, settlement_ids)
        self._insert_lines(provider, lines, transaction_ids, settlement_ids)
        touched = sorted(transaction_ids.values())
        if touched:
            self._derive_transactions(provider, touched, payments)
        if settlement_ids:
            self._derive_settlements(provider, sorted(settlement_ids.values()), settlements, lines)
        self._invalidate()
        return touched

    def _invalidate(self):
        for name in ("finance.transaction", "finance.settlement", "finance.settlement.line", "finance.movement"):
            self.env[name].invalidate_model()

    # --- rows that must exist -----------------------------------------------------------------------------------------

    def _ensure_transactions(self, provider, keys):
        if not keys:
            return {}
        cr = self.env.cr
        cr.execute_values(
            f"""INSERT INTO finance_transaction (provider_id, company_id, provider_reference, state, settlement_state,
                    create_uid, write_uid, create_date, write_date)
                VALUES %s ON CONFLICT (provider_id, provider_reference) DO NOTHING""",
            [(provider.id, provider.company_id.id, key) for key in sorted(keys)],
            template=f"(%s, %s, %s, 'pending', 'unsettled', 1, 1, {_NOW}, {_NOW})",
            page_size=1000,
        )
        return self._ids_by_key("finance_transaction", "provider_reference", provider, keys)

    def _ensure_settlements(self, provider, infos):
        if not infos:
            return {}
        currencies = self._currency_ids()
        first = {}
        for info in infos:
            first.setdefault(info.external_id, info)
        self.env.cr.execute_values(
            f"""INSERT INTO finance_settlement (provider_id, company_id, external_id, currency_id, state, complete,
                    create_uid, write_uid, create_date, write_date)
                VALUES %s ON CONFLICT (provider_id, external_id) DO NOTHING""",
            [
                (provider.id, provider.company_id.id, key, currencies[info.amount.currency])
                for key, info in sorted(first.items())
            ],
            template=f"(%s, %s, %s, %s, 'open', false, 1, 1, {_NOW}, {_NOW})",
        )
        return self._ids_by_key("finance_settlement", "external_id", provider, first)

    def _ids_by_key(self, table, column, provider, keys):
        self.env.cr.execute(
            SQL(
                "SELECT %s, id FROM %s WHERE provider_id = %s AND %s IN %s",
                SQL.identifier(column), SQL.identifier(table), provider.id, SQL.identifier(column), tuple(keys),
            )
        )  # fmt: skip
        return dict(self.env.cr.fetchall())

    def _currency_ids(self):
        """ISO code -> id, of all currencies, also the inactive ones: a provider pays in what it likes."""
        cache = self.env.cr.cache
        if "finance_connector.currencies" not in cache:
            self.env.cr.execute("SELECT name, id FROM res_currency")
            cache["finance_connector.currencies"] = dict(self.env.cr.fetchall())
        return cache["finance_connector.currencies"]

    # --- facts --------------------------------------------------------------------------------------------------------

    def _insert_movements(self, provider, movements, transaction_ids, settlement_ids):
        if not movements:
            return
        currencies = self._currency_ids()
        rows = [
            (
                transaction_ids.get(fact.transaction_key),
                provider.id,
                provider.company_id.id,
                message_id,
                fact.kind,
                fact.external_id,
                fact.amount.to_decimal(),
                currencies[fact.amount.currency],
                fact.counter_amount.to_decimal() if fact.counter_amount else None,
                currencies[fact.counter_amount.currency] if fact.counter_amount else None,
                fact.occurred_at.replace(tzinfo=None),
                fact.group or None,
                fact.cumulative,
                fact.reference,
                fact.status or None,
                fact.reason or None,
                json.dumps(fact.data) if fact.data else None,
                fact.settlement_key,
                settlement_ids.get(fact.settlement_key),
            )
            for message_id, fact in movements
        ]
        self.env.cr.execute_values(
            """INSERT INTO finance_movement (transaction_id, provider_id, company_id, message_id, kind, external_id, amount,
                    currency_id, counter_amount, counter_currency_id, occurred_at, group_key, cumulative, reference, status,
                    reason, data, settlement_key, settlement_id)
               VALUES %s ON CONFLICT (provider_id, kind, external_id, currency_id, amount) DO NOTHING""",
            rows,
            template=f"({', '.join(['%s'] * 19)})",
            page_size=1000,
        )

    def _insert_lines(self, provider, lines, transaction_ids, settlement_ids):
        if not lines:
            return
        currencies = self._currency_ids()
        rows = [
            (
                settlement_ids[line.settlement_key],
                provider.id,
                provider.company_id.id,
                message_id,
                transaction_ids.get(line.transaction_key),
                line.external_id,
                line.kind,
                line.category or None,
                line.description or None,
                line.source_id,
                line.occurred_at.replace(tzinfo=None),
                currencies[line.net.currency],
                line.gross.to_decimal(),
                line.fee.to_decimal(),
                line.tax.to_decimal(),
                line.net.to_decimal(),
                line.original.to_decimal() if line.original else None,
                currencies[line.original.currency] if line.original else None,
            )
            for message_id, line in lines
        ]
        self.env.cr.execute_values(
            """INSERT INTO finance_settlement_line (settlement_id, provider_id, company_id, message_id, transaction_id,
                    external_id, kind, category, description, source_key, occurred_at, currency_id, gross, fee, tax, net,
                    original_amount, original_currency_id)
               VALUES %s ON CONFLICT (settlement_id, external_id) DO NOTHING""",
            rows,
            template=f"({', '.join(['%s'] * 18)})",
            page_size=1000,
        )

    # --- what follows from the facts ----------------------------------------------------------------------------------

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

    def _derive_transactions(self, provider, transaction_ids, payments=()):
        """Fold the facts of each payment and write what follows, in one statement (INV-4)."""
        cr = self.env.cr
        told = {}
        for info in payments:
            told.setdefault(info.transaction_key, []).append(info)
        cr.execute(
            "SELECT id, provider_reference, known FROM finance_transaction WHERE id = ANY(%s)", [list(transaction_ids)]
        )
        known = {row[0]: merge_known(row[2], payment_facts(told.get(row[1], ()))) for row in cr.fetchall()}
        currencies = self._currency_ids()
        rows = []
        for transaction_id, facts in self._facts_of(transaction_ids).items():
            state = lifecycle.fold(facts)
            rows.append((transaction_id, *_transaction_values(state, facts, known[transaction_id], currencies)))
        names = [name for name, _type in _TRANSACTION_COLUMNS]
        assignments = ", ".join(f"{name} = v.{name}" for name in names)
        cr.execute_values(
            f"""UPDATE finance_transaction t SET {assignments}, write_date = {_NOW},
                    contradiction_since = CASE WHEN v.contradiction IS NULL THEN NULL
                        ELSE COALESCE(t.contradiction_since, {_NOW}) END
                FROM (VALUES %s) AS v (id, {", ".join(names)}) WHERE t.id = v.id""",
            rows,
            template="(%s, " + ", ".join(f"%s::{kind}" for _name, kind in _TRANSACTION_COLUMNS) + ")",
            page_size=1000,
        )
        self._derive_settled(transaction_ids)

    def _derive_settled(self, transaction_ids):
        """How far each payment has been paid out: what its settlement lines cover of what was captured."""
        self.env.cr.execute(
            """UPDATE finance_transaction t SET settlement_state = CASE
                    WHEN s.covered IS NULL THEN 'unsettled'
                    WHEN abs(s.covered) < abs(t.amount_captured) THEN 'partial'
                    WHEN s.reconciled THEN 'reconciled'
                    ELSE 'settled' END
                 FROM finance_transaction u
                 LEFT JOIN (
                      SELECT l.transaction_id,
                             sum(COALESCE(l.original_amount, l.gross)) FILTER (WHERE l.kind = 'capture') AS covered,
                             bool_and(p.state = 'reconciled') AS reconciled
                        FROM finance_settlement_line l JOIN finance_settlement p ON p.id = l.settlement_id
                       WHERE l.transaction_id = ANY(%(ids)s) GROUP BY l.transaction_id
                 ) s ON s.transaction_id = u.id
                WHERE t.id = u.id AND u.id = ANY(%(ids)s)
                  AND (s.covered IS NOT NULL OR t.settlement_state != 'unsettled')""",
            {"ids": list(transaction_ids)},
        )

    def _derive_settlements(self, provider, settlement_ids, infos=(), lines=()):
        """Fold the payout facts of each settlement, add up its lines, and write what follows."""
        cr = self.env.cr
        told = {}
        for info in infos:
            told.setdefault(info.external_id, []).append(info)
        cr.execute("SELECT id, external_id, known FROM finance_settlement WHERE id = ANY(%s)", [settlement_ids])
        known = {row[0]: merge_known(row[2], settlement_facts(told.get(row[1], ()))) for row in cr.fetchall()}
        cr.execute(
            """UPDATE finance_movement m SET settlement_id = s.id FROM finance_settlement s
                WHERE s.id = ANY(%s) AND m.settlement_id IS NULL
                  AND m.provider_id = s.provider_id AND m.settlement_key = s.external_id""",
            [settlement_ids],
        )
        for settlement_id, values in known.items():
            self._write_settlement(settlement_id, values)
        cr.execute(
            """SELECT array_agg(DISTINCT transaction_id) FROM finance_settlement_line
                WHERE settlement_id = ANY(%s) AND transaction_id IS NOT NULL""",
            [settlement_ids],
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
                )
                UPDATE finance_settlement s SET
                    state = CASE WHEN facts.failed THEN 'failed' WHEN bank.matched THEN 'reconciled'
                        WHEN facts.paid THEN 'paid' WHEN facts.sent THEN 'in_transit' ELSE 'open' END,
                    occurred_at = COALESCE(facts.occurred_at, %(occurred_at)s),
                    amount_gross = sums.gross, amount_fee = sums.fee, amount_lines = sums.net,
                    amount_net = COALESCE(facts.amount, %(amount)s::numeric, sums.net),
                    complete = %(complete)s,
                    difference = CASE WHEN %(complete)s
                        THEN COALESCE(facts.amount, %(amount)s::numeric, sums.net) - sums.net ELSE 0 END,
                    arrival_date = %(arrival_date)s::date, automatic = %(automatic)s, method = %(method)s,
                    trace = %(trace)s, descriptor = %(descriptor)s, failure = %(failure)s,
                    known = %(known)s::jsonb, write_date = {_NOW}
                FROM facts, sums, bank WHERE s.id = %(id)s""",
            {
                "id": settlement_id,
                "known": json.dumps(known),
                "complete": bool(values.get("complete")),
                **{
                    name: values.get(name)
                    for name in (
                        "amount", "occurred_at", "arrival_date", "automatic", "method", "trace", "descriptor", "failure",
                    )
                },
            },
        )  # fmt: skip


def minor_units(text, currency):
    """The exact minor units of a numeric column read as text."""
    whole, _point, decimals = text.partition(".")
    exponent = iso_exponent(currency)
    decimals = decimals.rstrip("0").ljust(exponent, "0")
    if len(decimals) > exponent:
        raise ValueError(f"{text} {currency} has more decimals than its currency")
    return int(whole + decimals)


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
        json.dumps(known),
        values.get("reference"),
        values.get("customer_name"),
        values.get("customer_email"),
        values.get("customer_key"),
        values.get("description"),
    )
