"""The facts of a payment instruction as rows: what we did, what the bank answered, what the account shows. Never changed."""

import json
from datetime import timezone

from odoo import api, fields, models

from ..core.instruction_facts import KINDS, InstructionFact
from ..core.money import Money
from .light_reference import LightMany2one

LABELS = {
    "approve": "Approved",
    "edit": "Changed after the approval",
    "file": "Written into a file",
    "send_start": "Transmission began",
    "send_done": "Transmitted",
    "send_fail": "Not transmitted",
    "timeout": "No answer to the transmission",
    "cancel": "Cancelled",
    "recall": "Asked back",
    "probe_present": "The bank says it has it",
    "probe_absent": "The bank says it does not have it",
    "receive": "Received by the bank",
    "hold": "Waits at the bank",
    "accept": "Accepted by the bank",
    "reject": "Rejected by the bank",
    "withdraw": "Taken back by the bank",
    "recall_refuse": "The bank does not give it back",
    "execute": "Executed",
    "return": "Returned",
}

_OF = """
SELECT instruction_id, kind, external_id, at, attempt, content, level, source, amount_minor, charges_minor, currency,
       reasons::text, text, movement
  FROM finance_payment_fact WHERE instruction_id = ANY(%s) ORDER BY id
"""

_TO_ALL = """
INSERT INTO finance_payment_fact (instruction_id, kind, external_id, at, attempt, content, level, source, reasons, text, movement,
                                  user_id)
SELECT id, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s FROM unnest(%s::int[]) AS told (id)
ON CONFLICT DO NOTHING
"""


class FinancePaymentFact(models.Model):
    _name = "finance.payment.fact"
    _description = "Fact of a payment"
    _inherit = ["finance.append.only"]
    _order = "at, id"
    _rec_name = "external_id"
    _log_access = False

    instruction_id = LightMany2one("finance.payment.instruction", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one(related="instruction_id.company_id")
    kind = fields.Selection([(kind, LABELS[kind]) for kind in KINDS], required=True, readonly=True)
    external_id = fields.Char(required=True, readonly=True, help="Names the fact: a copy of it is the same fact.")
    at = fields.Datetime(required=True, readonly=True)
    attempt = fields.Char(readonly=True, help="The transmission it belongs to.")
    content = fields.Char(readonly=True, help="The hash of what was approved or sent.")
    level = fields.Char(readonly=True, help="What an answer of the bank speaks of: file, batch or instruction.")
    source = fields.Char(readonly=True, help="The kind of message that told of money, or the provider that moved it.")
    movement = fields.Char(
        readonly=True, index="btree_not_null", help="What the money is called among the movements at the provider."
    )
    amount_minor = fields.Float(digits=0, readonly=True, string="Amount in minor units")
    charges_minor = fields.Float(digits=0, readonly=True, string="Charges in minor units")
    currency = fields.Char(readonly=True)
    amount_text = fields.Char(compute="_compute_amount_text", string="Amount")
    reasons = fields.Json(readonly=True)
    text = fields.Char(readonly=True)
    user_id = LightMany2one("res.users", readonly=True, ondelete="restrict")
    message_id = fields.Many2one("finance.message", string="As it came", readonly=True, ondelete="restrict")

    _fact_uniq = models.UniqueIndex("(instruction_id, kind, external_id, COALESCE(source, ''))")

    @api.depends("amount_minor", "currency")
    def _compute_amount_text(self):
        for fact in self:
            fact.amount_text = str(Money(int(fact.amount_minor), fact.currency)) if fact.currency else ""

    @api.model
    def _add(self, told, message_id=None):
        """Store what is new of ``told``: instruction id -> list of `InstructionFact`. The ids of the instructions of which
        something is new (INV-3: the index decides what is a copy)."""
        rows = [
            (
                instruction_id,
                fact.kind,
                fact.external_id,
                _naive(fact.at),
                fact.attempt or None,
                fact.content or None,
                fact.level or None,
                fact.source or None,
                fact.amount.minor if fact.amount else None,
                fact.charges.minor if fact.charges else None,
                fact.amount.currency if fact.amount else None,
                self._stored_reasons(fact),
                fact.text or None,
                fact.movement or None,
                self.env.uid,
                message_id,
            )
            for instruction_id, facts in told.items()
            for fact in facts
        ]
        if not rows:
            return []
        found = self.env.cr.execute_values(
            """INSERT INTO finance_payment_fact (instruction_id, kind, external_id, at, attempt, content, level, source,
                   amount_minor, charges_minor, currency, reasons, text, movement, user_id, message_id)
               VALUES %s ON CONFLICT DO NOTHING RETURNING instruction_id""",
            rows,
            page_size=1000,
            fetch=True,
        )
        self.env["finance.payment.instruction"].invalidate_model(["fact_ids"])
        return sorted({instruction_id for (instruction_id,) in found})

    @api.model
    def _add_to_all(self, instruction_ids, fact):
        """Store ``fact``, which has no amount, of every one of ``instruction_ids``: what we do, we do to all of an order."""
        self.env.cr.execute(
            _TO_ALL,
            [fact.kind, fact.external_id, _naive(fact.at), fact.attempt or None, fact.content or None, fact.level or None,
             fact.source or None, self._stored_reasons(fact), fact.text or None, fact.movement or None, self.env.uid,
             list(instruction_ids)],
        )  # fmt: skip
        self.env["finance.payment.instruction"].invalidate_model(["fact_ids"])

    def _stored_reasons(self, fact):
        return fields.Json.convert_to_column(self._fields["reasons"], [*fact.reasons], self) if fact.reasons else None

    @api.model
    def _of(self, instruction_ids):
        """Instruction id -> its facts, as the core reads them: a tuple, which payments of the same story share."""
        self.env.cr.execute(_OF, [list(instruction_ids)])
        rows, stories = {}, {}
        for instruction_id, *row in self.env.cr.fetchall():
            rows.setdefault(instruction_id, []).append(tuple(row))
        for told in set(map(tuple, rows.values())):
            stories[told] = tuple(_as_fact(*row) for row in told)
        return {instruction_id: stories[tuple(told)] for instruction_id, told in rows.items()}


def _naive(at):
    """An instant as a column holds it."""
    return at.astimezone(timezone.utc).replace(tzinfo=None)


def _as_fact(kind, external_id, at, attempt, content, level, source, amount, charges, currency, reasons, text, movement):
    """A row as an `InstructionFact`."""
    return InstructionFact(
        kind,
        external_id,
        at.replace(tzinfo=timezone.utc),
        attempt or "",
        content or "",
        level or "",
        source or "",
        Money(int(amount), currency) if currency and amount else None,
        Money(int(charges), currency) if currency and charges else None,
        tuple(json.loads(reasons)) if reasons else (),
        text or "",
        movement or "",
    )
