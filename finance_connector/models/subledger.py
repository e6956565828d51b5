"""How facts become rows: parsed records are stored in bulk by SQL, and every touched payment and payout is derived anew.

Nothing here reads a message or knows a provider. All statements are set-based; uniqueness is decided by indexes (INV-3),
and what is derived depends on the set of facts only, never on the order they came in (INV-4).
"""

from odoo import api, models
from odoo.tools import SQL

from ..core.errors import PayloadError
from ..core.money import NO_CURRENCY
from ..core.settlement_life import KINDS as PAYOUT_FACTS
from ..core.settlement_tellings import lines_once
from .row_source import row_source
from .subledger_known import stamp_of

NOW = "(now() AT TIME ZONE 'UTC')"
_MOVEMENT_COLUMNS = (
    ("transaction_id", "int"), ("provider_id", "int"), ("company_id", "int"), ("message_id", "int"), ("kind", "varchar"),
    ("external_id", "varchar"), ("amount", "numeric"), ("currency_id", "int"), ("counter_amount", "numeric"),
    ("counter_currency_id", "int"), ("occurred_at", "timestamp"), ("group_key", "varchar"), ("cumulative", "bool"),
    ("reference", "varchar"), ("status", "varchar"), ("reason", "varchar"), ("data", "jsonb"),
    ("settlement_key", "varchar"), ("settlement_id", "int"),
)  # fmt: skip

_LINE_COLUMNS = (
    ("settlement_id", "int"), ("provider_id", "int"), ("company_id", "int"), ("message_id", "int"), ("transaction_id", "int"),
    ("external_id", "varchar"), ("kind", "varchar"), ("category", "varchar"), ("description", "varchar"),
    ("source_key", "varchar"), ("occurred_at", "timestamp"), ("currency_id", "int"), ("gross", "numeric"), ("fee", "numeric"),
    ("tax", "numeric"), ("net", "numeric"), ("original_amount", "numeric"), ("original_currency_id", "int"),
)  # fmt: skip
_TELL_MOVEMENTS = """
INSERT INTO finance_movement ({names}) SELECT {names} FROM {source}
ON CONFLICT (provider_id, kind, external_id, currency_id, amount) DO NOTHING
"""
# A line that is here already is completed by what only the new message tells; see `core.settlement_tellings`.
TELL_LINES = """
INSERT INTO finance_settlement_line AS line ({names}) SELECT {names} FROM {source}
ON CONFLICT (settlement_id, external_id) DO UPDATE
   SET kind = CASE line.kind WHEN 'unknown' THEN EXCLUDED.kind ELSE line.kind END,
       transaction_id = COALESCE(line.transaction_id, EXCLUDED.transaction_id),
       category = COALESCE(line.category, EXCLUDED.category),
       description = COALESCE(line.description, EXCLUDED.description),
       source_key = COALESCE(line.source_key, EXCLUDED.source_key),
       fee = CASE WHEN line.tax = 0 THEN EXCLUDED.fee ELSE line.fee END,
       tax = CASE WHEN line.tax = 0 THEN EXCLUDED.tax ELSE line.tax END,
       original_amount = COALESCE(line.original_amount, EXCLUDED.original_amount),
       original_currency_id = COALESCE(line.original_currency_id, EXCLUDED.original_currency_id)
 WHERE line.net = EXCLUDED.net AND line.fee + line.tax = EXCLUDED.fee + EXCLUDED.tax
   AND (line.kind = 'unknown' AND EXCLUDED.kind <> 'unknown' OR line.tax = 0 AND EXCLUDED.tax <> 0
        OR line.transaction_id IS NULL AND EXCLUDED.transaction_id IS NOT NULL
        OR line.category IS NULL AND EXCLUDED.category IS NOT NULL
        OR line.description IS NULL AND EXCLUDED.description IS NOT NULL
        OR line.source_key IS NULL AND EXCLUDED.source_key IS NOT NULL
        OR line.original_amount IS NULL AND EXCLUDED.original_amount IS NOT NULL)
"""


class _Currencies(dict):
    """ISO code -> id. A currency that this database does not have is said so, by its code."""

    def __missing__(self, code):
        raise PayloadError(
            f"The currency {code} does not exist in this database, so its amounts cannot be kept. Add it under "
            f"Accounting, Currencies, then replay the message."
        )


class FinanceSubledger(models.AbstractModel):
    _name = "finance.subledger"
    _description = "Subledger"

    @api.model
    def _absorb(self, provider, items):
        """Store what messages say: ``items`` are (message id, `core.records.Parsed`). Returns the touched transaction ids.

        One statement a table, whatever the number of messages. The caller owns the transaction.
        """
        items = [(message_id, parsed.spread()) for message_id, parsed in items]
        movements = [(message_id, fact) for message_id, parsed in items for fact in parsed.movements]
        payments = [info for _id, parsed in items for info in parsed.payments]
        settlements = [info for _id, parsed in items for info in parsed.settlements]
        lines = [(message_id, line) for message_id, parsed in items for line in parsed.lines]

        payment_keys = {fact.transaction_key for _id, fact in movements if fact.transaction_key}
        payment_keys |= {info.transaction_key for info in payments}
        payment_keys |= {line.transaction_key for _id, line in lines if line.transaction_key}
        transaction_ids = self._ensure_transactions(provider, payment_keys)
        named = {line.settlement_key: line.net.currency for _id, line in lines}
        named |= {info.external_id: info.amount.currency for info in reversed(settlements)}
        settlement_ids = {key: found[0] for key, found in self._ensure_settlements(provider, named).items()}
        # A payout may be said to have failed by a fact alone, long after everything else was told of it.
        keys = {fact.settlement_key for _id, fact in movements if fact.kind in PAYOUT_FACTS and fact.settlement_key}
        moved = self._ids_by_key("finance_settlement", "external_id", provider, keys) if keys else {}
        settlement_ids = moved | settlement_ids

        self._insert_movements(provider, movements, transaction_ids, settlement_ids)
        self._insert_lines(provider, lines, transaction_ids, settlement_ids)
        touched = sorted({*transaction_ids.values(), *self._adopt_refunds(provider, [fact for _id, fact in movements])})
        if touched:
            self._derive_transactions(touched, [(transaction_ids[info.transaction_key], info) for info in payments])
        told = sorted({settlement_ids[info.external_id] for info in settlements} | set(moved.values()))
        if told:
            self._derive_settlements(provider, told, settlements)
        self._invalidate()
        return touched

    def _invalidate(self):
        for name in ("finance.transaction", "finance.settlement", "finance.settlement.line", "finance.movement"):
            self.env[name].invalidate_model()

    # --- rows that must exist -----------------------------------------------------------------------------------------

    def _ensure_transactions(self, provider, keys):
        if not keys:
            return {}
        known = self._ids_by_key("finance_transaction", "provider_reference", provider, keys)
        missing = sorted(keys - known.keys())
        if not missing:
            return known
        self.env.cr.execute(
            f"""INSERT INTO finance_transaction (provider_id, company_id, provider_reference, state, settlement_state,
                    create_uid, write_uid, create_date, write_date)
                SELECT %s, %s, key, 'pending', 'unsettled', 1, 1, {NOW}, {NOW} FROM unnest(%s) key
                ON CONFLICT (provider_id, provider_reference) DO NOTHING""",
            [provider.id, provider.company_id.id, missing],
        )
        return known | self._ids_by_key("finance_transaction", "provider_reference", provider, missing)

    def _ensure_settlements(self, provider, named):
        """external id -> (id, state) of the settlements ``named`` (external id -> currency code), made where they are missing."""
        if not named:
            return {}
        currencies, keys = self._currency_ids(), sorted(named)
        self.env.cr.execute(
            f"""INSERT INTO finance_settlement (provider_id, company_id, external_id, currency_id, state, complete,
                    create_uid, write_uid, create_date, write_date)
                SELECT %(provider)s, %(company)s, n.key, n.currency, 'open', false, 1, 1, {NOW}, {NOW}
                  FROM unnest(%(keys)s, %(currencies)s) n(key, currency)
                ON CONFLICT (provider_id, external_id) DO NOTHING;
                SELECT external_id, id, state FROM finance_settlement
                 WHERE provider_id = %(provider)s AND external_id = ANY(%(keys)s)""",
            {
                "provider": provider.id,
                "company": provider.company_id.id,
                "keys": keys,
                "currencies": [currencies[named[key]] for key in keys],
            },
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    def _ids_by_key(self, table, column, provider, keys):
        self.env.cr.execute(
            SQL(
                "SELECT %s, id FROM %s WHERE provider_id = %s AND %s = ANY(%s)",
                SQL.identifier(column), SQL.identifier(table), provider.id, SQL.identifier(column), list(keys),
            )
        )  # fmt: skip
        return dict(self.env.cr.fetchall())

    def _currency_ids(self):
        """ISO code -> id, of all currencies, also the inactive ones: a provider pays in what it likes."""
        cache = self.env.cr.cache
        if "finance_connector.currencies" not in cache:
            self.env.cr.execute("SELECT name, id FROM res_currency")
            cache["finance_connector.currencies"] = _Currencies(self.env.cr.fetchall())
        return cache["finance_connector.currencies"]

    # --- facts --------------------------------------------------------------------------------------------------------

    def _insert_movements(self, provider, movements, transaction_ids, settlement_ids):
        currencies, own = self._currency_ids(), provider.company_id.currency_id.id
        connection, company = provider.id, provider.company_id.id
        self._insert(
            "movements",
            _TELL_MOVEMENTS,
            _MOVEMENT_COLUMNS,
            [
                (
                    transaction_ids.get(fact.transaction_key),
                    connection,
                    company,
                    message_id,
                    fact.kind,
                    fact.external_id,
                    fact.amount.to_text(),
                    currencies[fact.amount.currency] if fact.amount.minor else _currency_of(fact.amount, currencies, own),
                    fact.counter_amount.to_text() if fact.counter_amount else None,
                    currencies[fact.counter_amount.currency] if fact.counter_amount else None,
                    stamp_of(fact.occurred_at),
                    fact.group or None,
                    fact.cumulative,
                    fact.reference or None,
                    fact.status or None,
                    fact.reason or None,
                    fact.data or None,
                    fact.settlement_key or None,
                    settlement_ids.get(fact.settlement_key),
                )
                for message_id, fact in movements
            ],
        )

    def _insert_lines(self, provider, lines, transaction_ids, settlement_ids):
        currencies, connection, company = self._currency_ids(), provider.id, provider.company_id.id
        self._insert(
            "lines",
            TELL_LINES,
            _LINE_COLUMNS,
            [
                (
                    settlement_ids[line.settlement_key],
                    connection,
                    company,
                    message_id,
                    transaction_ids.get(line.transaction_key),
                    line.external_id,
                    line.kind,
                    line.category or None,
                    line.description or None,
                    line.source_id or None,
                    stamp_of(line.occurred_at),
                    currencies[line.net.currency],
                    line.gross.to_text(),
                    line.fee.to_text(),
                    line.tax.to_text(),
                    line.net.to_text(),
                    line.original.to_text() if line.original else None,
                    currencies[line.original.currency] if line.original else None,
                )
                for message_id, line in lines_once(lines)
            ],
        )

    def _insert(self, name, statement, columns, rows):
        if rows:
            source, parameters = row_source(self.env.cr, name, columns, rows)
            names = ", ".join(column for column, _kind in columns)
            self.env.cr.execute(statement.format(names=names, source=source), parameters)


def _currency_of(amount, currencies, own):
    """The id of the currency of ``amount``; nothing without a currency (a review, a warning) is nothing of our ``own``."""
    if amount.currency == NO_CURRENCY and not amount.minor:
        return own
    return currencies[amount.currency]
