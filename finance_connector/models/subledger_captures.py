"""Settled captures, which nearly all rows of a report are, become payments, facts and lines by one statement a part.

They are copied once and never read back. What they say is what `core.settled_capture.SettledCapture.spread` makes of them; a test
holds the two together (INV-4, decision 0039). No statement joins tables by what the planner guesses of rows that are this
transaction's own: each row asks the indexes by itself, once, and what it finds is kept for all that follows from it.
"""

import json
from dataclasses import dataclass, field

from odoo import models
from psycopg2.errors import UniqueViolation

from .capture_rows import COLUMNS
from .row_source import copy_into, make_table, table_of
from .subledger import NOW, TELL_LINES
from .subledger_plain import FOLDED_TEXTS, MERGED, fold_plain

# What the planner knows of so many new lines is nothing: each row is looked up by itself, and what it expects to take long enough
# to be compiled does not. A part is held in memory.
_PLANNED = """
SET LOCAL enable_bitmapscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off;
SET LOCAL work_mem = '64MB';
"""
_PLANNED_AS_EVER = "RESET enable_bitmapscan; RESET enable_hashjoin; RESET enable_mergejoin; RESET jit; RESET work_mem"
_ROWS = table_of("captures")
_IS_CAPTURE = "m.kind = 'capture' AND m.external_id = v.capture_id AND m.currency_id = v.currency_id AND m.amount = v.gross"
_IS_FEE = "m.kind = 'fee' AND m.external_id = v.fee_id AND m.currency_id = v.currency_id AND m.amount = v.fee"
_IS_NOT_THERE = "AND NOT EXISTS (SELECT FROM finance_movement m WHERE m.provider_id = %(provider)s AND {})"
_PAYMENT = "t.provider_id = %(provider)s AND t.provider_reference = v.payment"
# Payments that nobody told of, once all others are done with. What indexes hold of them is written at once, so that folding them
# leaves the indexes alone.
_MAKE = f"""
DELETE FROM {_ROWS} v WHERE EXISTS (SELECT FROM finance_transaction t WHERE {_PAYMENT});
INSERT INTO finance_transaction (provider_id, company_id, provider_reference, state, settlement_state, occurred_at, reference,
                                 create_uid, write_uid, create_date, write_date)
SELECT %(provider)s, %(company)s, payment, 'pending', 'unsettled', stamp::timestamp, reference, 1, 1, {NOW}, {NOW}
  FROM {_ROWS} ORDER BY payment
"""
# Field of what is known of a payment -> whether a row tells it.
_TELLS = {
    "occurred_at": "true",
    **dict.fromkeys(("amount", "currency"), "v.tells_amount"),
    **{name: f"v.{name} IS NOT NULL" for name in FOLDED_TEXTS},
}
# Whether all that a row tells of its payment was told more newly before, as a rule by webhooks: then it is not read any further.
_IS_OLD = " AND ".join(
    f"(NOT {told} OR (t.known -> '{name}' ->> 0) COLLATE \"C\" > v.stamp)" for name, told in _TELLS.items()
)
# The payment of each row, and what its facts are so far, read once: 1 for the row's capture, 2 for its fee, 4 for an
# authorisation that covers it, 8 for whatever else. What is known of it is not told again; `with_care` also looks whether another
# payment has it, which makes the row one that is not plain.
_FOUND = f"""
SELECT v.*, v.stamp::timestamp AS occurred_at, t.id AS transaction_id, t.at,
       t.is_old, CASE WHEN t.is_old THEN NULL ELSE t.known END AS known_before,
       (%(settlements)s::jsonb ->> v.settlement)::int AS settlement_id, f.first_at,
       COALESCE(f.authorized, 0) AS authorized, n.capture AS tells_capture, n.fee AS tells_fee,
       f.told < 8 AND (n.capture OR f.told & 1 = 1) AND (n.fee OR f.told & 2 = 2 OR v.fee <= 0) AS is_plain
  FROM {_ROWS} v
  LEFT JOIN LATERAL (
      SELECT t.id, t.ctid AS at, t.known, {_IS_OLD} AS is_old FROM finance_transaction t WHERE {_PAYMENT} OFFSET 0) t ON true
 CROSS JOIN LATERAL (
     SELECT min(m.occurred_at) AS first_at, max(m.amount) FILTER (WHERE m.kind = 'authorize') AS authorized,
            COALESCE(sum(CASE WHEN {_IS_CAPTURE} THEN 1
                              WHEN m.kind = 'authorize' AND m.currency_id = v.currency_id AND m.amount >= v.gross THEN 4
                              WHEN {_IS_FEE} AND v.fee > 0 THEN 2 ELSE 8 END), 0) AS told
       FROM finance_movement m WHERE m.transaction_id = t.id) f
 CROSS JOIN LATERAL (
     SELECT f.told & 1 = 0 {{no_capture}} AS capture, v.fee > 0 AND f.told & 2 = 0 {{no_fee}} AS fee
     OFFSET 0) n
"""
_TELL_FACTS = """
INSERT INTO finance_movement (transaction_id, provider_id, company_id, message_id, kind, external_id, amount, currency_id,
                              occurred_at, group_key, cumulative, reference, settlement_key, settlement_id)
SELECT transaction_id, %(provider)s, %(company)s, %(message)s, 'capture', capture_id, gross, currency_id, occurred_at,
       group_key, cumulative, reference, settlement, settlement_id
  FROM found WHERE tells_capture AND transaction_id IS NOT NULL
 UNION ALL
SELECT transaction_id, %(provider)s, %(company)s, %(message)s, 'fee', fee_id, fee, currency_id, occurred_at,
       group_key, false, NULL, settlement, settlement_id
  FROM found WHERE tells_fee AND transaction_id IS NOT NULL
"""
_TELL_LINES = TELL_LINES.format(
    names="""settlement_id, provider_id, company_id, message_id, transaction_id, external_id, kind, category, description,
        source_key, occurred_at, currency_id, gross, fee, tax, net, original_amount, original_currency_id""",
    source="""(
        SELECT settlement_id, %(provider)s AS provider_id, %(company)s AS company_id, %(message)s AS message_id,
               transaction_id, line_id AS external_id, 'capture' AS kind, category, line_description AS description,
               source_key, occurred_at, currency_id,
               gross, fee, gross - gross AS tax, gross - fee AS net,
               NULL::numeric AS original_amount, NULL::int AS original_currency_id
          FROM found WHERE transaction_id IS NOT NULL) v""",
)
# What a row tells of its payment, as `subledger_known.payment_facts`; the stamp of an instant needs no escaping.
_TEXTS_TOLD = " || ".join(
    f"""COALESCE(',"{name}":["' || v.stamp || '",' || to_json(v.{name}) || ']', '')""" for name in FOLDED_TEXTS
)
_ROW_KNOWN = f"""
('{{"occurred_at":["' || v.stamp || '","' || v.stamp || '"]'
 || CASE WHEN v.tells_amount
         THEN ',"amount":["' || v.stamp || '","' || v.gross || '"],"currency":["' || v.stamp || '","' || v.currency || '"]'
         ELSE '' END
 || {_TEXTS_TOLD} || '}}')::jsonb
"""
# Where all fields were told more newly, but for some that the row adds, the merge is a concatenation.
_NOW_KNOWN = f"""
CASE WHEN v.is_old THEN NULL
     WHEN t.known <> '{{}}'
      AND NOT jsonb_path_exists(t.known, '$.*[0] ? (@ <= $row)', jsonb_build_object('row', v.stamp))
     THEN v.known || t.known ELSE {MERGED} END"""
# The payments of which nothing is known but what these rows say, and an authorisation that covers it: no other fact, no other
# line.
_COUNTED = f"""
SELECT v.transaction_id AS id, v.at, v.tells_capture OR v.tells_fee AS is_news, v.currency_id, v.currency,
       CASE WHEN v.tells_capture OR v.tells_fee THEN LEAST(v.first_at, v.occurred_at) ELSE v.first_at END AS occurred_at,
       v.authorized, v.gross AS captured, v.fee, v.gross AS covered, %(reconciled)s::jsonb ? v.settlement AS reconciled,
       {_NOW_KNOWN} AS known
  FROM (SELECT v.*, CASE WHEN v.is_old THEN NULL ELSE {_ROW_KNOWN} END AS known FROM found v OFFSET 0) v
 CROSS JOIN LATERAL (SELECT v.known_before AS known) t
 WHERE v.is_plain AND v.transaction_id IS NOT NULL
   AND NOT EXISTS (SELECT FROM finance_settlement_line l WHERE l.transaction_id = v.transaction_id OFFSET 0)
"""
# Those that are not plain, and the rows of payments that nobody told of.
_OTHERS = f"""
SELECT transaction_id, CASE WHEN transaction_id IS NOT NULL THEN {_ROW_KNOWN} END FROM found v
 WHERE transaction_id IS NULL OR transaction_id NOT IN (SELECT id FROM n)
"""
_OR_THEIR_LINE_WAS_THERE = " OR transaction_id NOT IN (SELECT transaction_id FROM lines WHERE is_new)"


def _tell(with_care):
    """All that follows from a part, of what was there before it, as one statement: none of it sees what another writes.

    Without ``with_care`` neither its lines nor facts that other payments have are looked for, and the unique indexes refuse it
    (INV-3) if one is there. With it, only what somebody tells at this very moment is refused, and the report taken up anew."""
    no_capture, no_fee = map(_IS_NOT_THERE.format, (_IS_CAPTURE, _IS_FEE)) if with_care else ("", "")
    found = _FOUND.format(no_capture=no_capture, no_fee=no_fee)
    lines, others = _TELL_LINES.partition("ON CONFLICT")[0], _OTHERS
    if with_care:
        lines, others = f"{_TELL_LINES} RETURNING line.transaction_id, line.xmax = 0 AS is_new", others + _OR_THEIR_LINE_WAS_THERE
    return f"""{_PLANNED}
WITH found AS MATERIALIZED ({found}), facts AS ({_TELL_FACTS}), lines AS ({lines}),
{fold_plain(_COUNTED, "t.ctid = n.at", others)}"""


_TELL, _TELL_WITH_CARE = _tell(False), _tell(True)


@dataclass
class SoFar:
    """What the parts of a file have shown so far: its ``settlements`` (external id -> (id, state)), and ``with_care`` once
    something that it tells was there already."""

    settlements: dict = field(default_factory=dict)
    with_care: bool = False


class FinanceSubledger(models.AbstractModel):
    _inherit = "finance.subledger"

    def _absorb_captures(self, provider, message_id, rows, so_far):
        """Store what settled captures say: ``rows`` are `capture_rows.CaptureRows`, ``so_far`` the `SoFar` of their file. Returns
        the ids of those of their payments of which more is known than these rows say; nothing contradicts the others."""
        cr, settlements = self.env.cr, so_far.settlements
        make_table(cr, "captures", COLUMNS)
        copy_into(cr, "captures", rows.text)
        if unknown := {key: code for key, code in rows.settlements.items() if key not in settlements}:
            settlements.update(self._ensure_settlements(provider, unknown))
        named = {key: settlements[key] for key in rows.settlements}
        told = {
            "provider": provider.id,
            "company": provider.company_id.id,
            "message": message_id,
            "settlements": json.dumps({key: settlement_id for key, (settlement_id, _state) in named.items()}),
            "reconciled": json.dumps([key for key, (_id, state) in named.items() if state == "reconciled"]),
        }
        if not so_far.with_care:
            try:
                with cr.savepoint(flush=False):
                    others = self._tell_captures(_TELL, told)
            except UniqueViolation:
                so_far.with_care = True
        if so_far.with_care:
            others = self._tell_captures(_TELL_WITH_CARE, told)
        # The fold of the others joins what it is given.
        cr.execute(_PLANNED_AS_EVER)
        if others:
            self._derive_told(list(others), others)
        return list(others)

    def _tell_captures(self, tell, told):
        """What is ``told`` of the payments that are not plain: id -> `subledger_known.payment_facts`."""
        cr = self.env.cr
        cr.execute(tell, told, log_exceptions=False)
        others = dict(cr.fetchall())
        if None in others:
            del others[None]
            cr.execute(f"{_MAKE};{tell}", told, log_exceptions=False)
            others.update(cr.fetchall())
        return others
