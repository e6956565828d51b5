"""Payments whose facts are plain are folded by the database: an authorisation at most, one capture within it, one fee at most,
in one currency.

That is nearly all of them, and a settlement report tells of a hundred thousand at once. What `core.lifecycle.fold` says of such
a payment is said here again as SQL; whatever is not surely plain is left to it, and tests hold the two together. All facts of a
payment are counted, never the news alone, so that any order gives the same (INV-4).
"""

from odoo import models

from .json_rows import as_json, recordset

_TOLD_COLUMNS = (("id", "int"), ("known", "jsonb"))

# The facts of one payment, counted; nothing when they are not plain.
_FACTS = """
SELECT min(m.currency_id) AS currency_id, min(m.occurred_at) AS occurred_at,
       COALESCE(sum(m.amount) FILTER (WHERE m.kind = 'authorize'), 0) AS authorized,
       sum(m.amount) FILTER (WHERE m.kind = 'capture') AS captured,
       COALESCE(sum(m.amount) FILTER (WHERE m.kind = 'fee'), 0) AS fee
  FROM finance_movement m WHERE m.transaction_id = u.id
HAVING bool_and(m.kind IN ('authorize', 'capture', 'fee') AND m.amount >= 0)
   AND min(m.currency_id) = max(m.currency_id)
   AND count(*) FILTER (WHERE m.kind = 'authorize') <= 1 AND count(*) FILTER (WHERE m.kind = 'fee') <= 1
   AND count(*) FILTER (WHERE m.kind = 'capture') = 1 AND sum(m.amount) FILTER (WHERE m.kind = 'capture') > 0
   AND (count(*) FILTER (WHERE m.kind = 'authorize') = 0
        OR sum(m.amount) FILTER (WHERE m.kind = 'authorize') >= sum(m.amount) FILTER (WHERE m.kind = 'capture'))
"""
# As `subledger_known.merge_known`: per field the newest instant, then the greater value.
MERGED = """
CASE WHEN v.known IS NULL THEN COALESCE(t.known, '{}')
     WHEN t.known IS NULL OR t.known = '{}' THEN v.known
     WHEN t.known @> v.known THEN t.known
     ELSE (SELECT jsonb_object_agg(newest.key, newest.value) FROM (
             SELECT DISTINCT ON (both_told.key) both_told.key, both_told.value
               FROM (SELECT * FROM jsonb_each(t.known) UNION ALL SELECT * FROM jsonb_each(v.known)) both_told
              ORDER BY both_told.key, (both_told.value ->> 0) COLLATE "C" DESC, (both_told.value ->> 1) COLLATE "C" DESC
           ) newest) END
"""
_SETTLED = """
SELECT sum(COALESCE(l.original_amount, l.gross)) FILTER (WHERE l.kind = 'capture') AS covered,
       bool_and(p.state = 'reconciled') AS reconciled
  FROM finance_settlement_line l JOIN finance_settlement p ON p.id = l.settlement_id WHERE l.transaction_id = u.id
"""
FOLDED_TEXTS = ("reference", "customer_name", "customer_email", "customer_key", "description")
_KNOWN = "COALESCE(n.known, t.known)"
# Column of the payment t -> its new value. Without n.known nothing more is known than t has.
_VALUES = {
    "settlement_state": """CASE WHEN n.covered IS NULL THEN 'unsettled' WHEN abs(n.covered) < abs(n.captured) THEN 'partial'
        WHEN n.reconciled THEN 'reconciled' ELSE 'settled' END""",
    "amount_fee": "n.fee",
    "known": _KNOWN,
    "occurred_at": "n.occurred_at",
    "currency_id": "n.currency_id",
    "amount": f"""CASE WHEN {_KNOWN} #>> '{{currency,1}}' = n.currency THEN ({_KNOWN} #>> '{{amount,1}}')::numeric
        ELSE n.authorized END""",
    "amount_authorized": "n.authorized",
    "amount_captured": "n.captured",
    "amount_refunded": "0",
    "amount_disputed": "0",
    "amount_net": "n.captured - n.fee",
    "state": "CASE WHEN n.captured < n.authorized THEN 'partially_captured' ELSE 'captured' END",
    "under_review": "false",
    "contradiction": "NULL::text",
    "contradiction_definite": "false",
    "contradiction_since": "NULL::timestamp",
    **{name: f"CASE WHEN n.known IS NULL THEN t.{name} ELSE n.known #>> '{{{name},1}}' END" for name in FOLDED_TEXTS},
}
# Only a payment of which something changes is written: what mostly does is looked at first.
_FOLD = f"""
n AS MATERIALIZED (%s), written AS (
    UPDATE finance_transaction t
       SET {", ".join(f"{name} = {value}" for name, value in _VALUES.items())}, write_date = (now() AT TIME ZONE 'UTC'),
           link_after = CASE WHEN t.reference IS DISTINCT FROM {_VALUES["reference"]} THEN NULL ELSE t.link_after END
      FROM n WHERE %s
       AND (n.is_news
            OR ({", ".join(f"t.{name}" for name in _VALUES)}) IS DISTINCT FROM ({", ".join(_VALUES.values())})))
%s
"""
_COUNTED = f"""
SELECT u.id, NULL::tid AS at, false AS is_news, c.name AS currency, f.*, s.*, {MERGED} AS known
  FROM unnest(%(ids)s) u(id)
 CROSS JOIN LATERAL (SELECT t.known FROM finance_transaction t WHERE t.id = u.id OFFSET 0) t
 CROSS JOIN LATERAL ({_FACTS}) f
  JOIN res_currency c ON c.id = f.currency_id
 CROSS JOIN LATERAL ({_SETTLED}) s
  LEFT JOIN {recordset(_TOLD_COLUMNS).replace("%s", "%(told)s")} ON v.id = u.id
"""


def fold_plain(counted, is_payment, answer):
    """What follows WITH in the statement that writes what plain payments add up to. ``counted``: a SELECT of it, called n in the
    SELECT ``answer``; ``is_payment``: SQL that says which payment t is that of n, such that it is found by itself whatever the
    planner believes of this transaction's own rows."""
    return _FOLD % (counted, is_payment, answer)


class FinanceSubledger(models.AbstractModel):
    _inherit = "finance.subledger"

    def _derive_plain(self, transaction_ids, told):
        """Fold those of the payments whose facts are plain; returns the ids of the others.

        ``told``: transaction id -> what providers told of it now, as `subledger_known.payment_facts`.
        """
        self.env.cr.execute(
            "WITH " + fold_plain(_COUNTED, "t.id = n.id AND t.id = ANY(%(ids)s)", "SELECT id FROM n"),
            {"ids": transaction_ids, "told": as_json(_TOLD_COLUMNS, told.items())},
        )
        plain = {row[0] for row in self.env.cr.fetchall()}
        return [one for one in transaction_ids if one not in plain]
