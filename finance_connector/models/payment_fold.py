"""What became of payments: their states and amounts folded from their facts, many at once, and never set by hand."""

from datetime import datetime, timezone

from odoo import models

from ..core import instruction
from ..core.instruction_facts import InstructionFact
from ..core.money import Money, minor_units
from .exception import OPEN_STATES
from .json_rows import as_json, recordset
from .payment_instruction import GONE

_COLUMNS = (
    ("ids", "int[]"),
    ("state", "text"),
    ("amount_executed", "numeric"),
    ("amount_returned", "numeric"),
    ("in_doubt_since", "timestamp"),
    ("reason_codes", "text"),
)
_FOLDED = [name for name, _kind in _COLUMNS[1:]]
_STORE = f"""
UPDATE finance_payment_instruction i
   SET {", ".join(f"{name} = v.{name}" for name in _FOLDED)}, is_cancelled = v.state = 'cancelled',
       write_uid = %s, write_date = now() AT TIME ZONE 'UTC'
  FROM {recordset(_COLUMNS)} CROSS JOIN unnest(v.ids) AS told (id)
 WHERE i.id = told.id AND ({" OR ".join(f"i.{name} IS DISTINCT FROM v.{name}" for name in _FOLDED)})
RETURNING i.id
"""
_ORDERED = """
SELECT i.id, i.amount::text, c.name
  FROM finance_payment_instruction i JOIN res_currency c ON c.id = i.currency_id WHERE i.id = ANY(%s)
"""
# A document is free again when its payment has failed.
_OPEN = """
UPDATE finance_payment_item t SET is_open = i.state NOT IN %s
  FROM finance_payment_instruction i
 WHERE i.id = t.instruction_id AND i.id = ANY(%s) AND t.is_open IS DISTINCT FROM (i.state NOT IN %s)
"""


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    def _tell(self, kind, name, **more):
        """Add a fact of ours to each, and fold."""
        at = more.pop("at", None) or datetime.now(timezone.utc)
        fact, facts = InstructionFact(kind, name, at, **more), self.env["finance.payment.fact"].sudo()
        if fact.amount is None:
            facts._add_to_all(self.ids, fact)
        else:
            facts._add({one.id: [fact] for one in self})
        self._refold()

    def _folded(self):
        """Id -> the `InstructionState` of each."""
        facts = self.env["finance.payment.fact"].sudo()._of(self.ids)
        self.flush_model(["amount", "currency_id"])
        self.env.cr.execute(_ORDERED, [self.ids])
        return dict(_fold_all(self.env.cr.fetchall(), facts))

    def _refold(self, orders=None):
        """Derive states and amounts from the facts, and the states of the orders from those. ``orders``: theirs, if at hand."""
        mine, alike = self.sudo(), {}
        folded = mine._folded()
        self.env.flush_all()
        for key, found in folded.items():
            alike.setdefault(_as_row(found), []).append(key)
        self.env.cr.execute(_STORE, [self.env.uid, as_json(_COLUMNS, [(ids, *row) for row, ids in alike.items()])])
        changed = mine.browse([key for (key,) in self.env.cr.fetchall()])
        changed.invalidate_recordset([*_FOLDED, "is_cancelled", "write_uid", "write_date"])
        changed.modified(_FOLDED)
        self._free_documents()
        mine._tell_contradictions(folded)
        (orders or self._orders()).sudo()._follow()

    def _orders(self):
        """The orders that they are of, without reading them one by one."""
        self.env.cr.execute("SELECT DISTINCT order_id FROM finance_payment_instruction WHERE id = ANY(%s)", [self.ids])
        return self.env["finance.payment.order"].browse(sorted(key for (key,) in self.env.cr.fetchall()))

    def _free_documents(self):
        self.env.cr.execute(_OPEN, [GONE, self.ids, GONE])
        if self.env.cr.rowcount:
            self.env["finance.payment.item"].invalidate_model(["is_open"])

    def _tell_contradictions(self, folded):
        """An exception a payment whose facts contradict each other; closed when they fit."""
        exceptions, cause = self.env["finance.exception"], "payment-{}".format
        against = self.browse([key for key, found in folded.items() if found.contradictions])
        for company, fitting in (self._contradicted() - against).grouped("company_id").items():
            why = self.env._("The story of the payment fits.")
            exceptions._clear_many("contradiction", [cause(one.id) for one in fitting], company, why)
        for one in against:
            exceptions._raise(
                "contradiction",
                cause(one.id),
                one.company_id,
                self.env._("The payment to %s contradicts itself", one.partner_id.name),
                detail="\n".join(each.text for each in folded[one.id].contradictions),
                record=one,
                amount=one.amount,
                currency=one.currency_id,
            )

    def _contradicted(self):
        """Those of which an open exception says that they contradict themselves."""
        prefix = "contradiction:payment-"
        found = (
            self.env["finance.exception"]
            .sudo()
            .search([("kind", "=", "contradiction"), ("cause_key", "=like", f"{prefix}%"), ("state", "in", OPEN_STATES)])
        )
        return self & self.browse([int(one.cause_key.removeprefix(prefix)) for one in found])


def _fold_all(payments, facts):
    """Pairs of id and `InstructionState` of ``payments``, rows of `_ORDERED`. ``facts``: as `_of` gives them.

    Where no money is told, the same story has the same end, and is folded once.
    """
    ends = {}
    for key, amount, currency in payments:
        ordered, story = Money(minor_units(amount, currency), currency), facts.get(key, ())
        name = id(story), currency
        if name not in ends:
            end = instruction.fold(story, ordered)
            ends[name] = None if end.contradictions or any(fact.amount for fact in story) else end
        yield key, ends[name]._replace(ordered=ordered) if ends[name] else instruction.fold(story, ordered)


def _as_row(found):
    """The stored columns of an `InstructionState`."""
    since = found.in_doubt_since
    return (
        found.state,
        str(found.executed.to_decimal()),
        str(found.returned.to_decimal()),
        since and since.astimezone(timezone.utc).replace(tzinfo=None),
        " ".join(found.reasons),
    )
