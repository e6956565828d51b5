"""What a provider tells of a refund without naming its payment: PayPal's row of a refund that failed names the refund alone."""

from odoo import models

_ABOUT_REFUNDS = frozenset(("refund_fail", "fee", "fee_refund"))
# Both ways: the refund may be told before or after what takes it back (INV-4).
_ADOPT = """
UPDATE finance_movement m SET transaction_id = found.transaction_id
  FROM (SELECT o.id, min(r.transaction_id) AS transaction_id
          FROM finance_movement o
          JOIN finance_movement r ON r.provider_id = o.provider_id AND r.kind = 'refund' AND r.external_id = o.group_key
         WHERE o.provider_id = %s AND o.group_key = ANY(%s) AND o.transaction_id IS NULL
           AND o.kind IN ('refund_fail', 'fee', 'fee_refund') AND r.transaction_id IS NOT NULL
         GROUP BY o.id) found
 WHERE m.id = found.id
RETURNING m.transaction_id
"""


class FinanceSubledger(models.AbstractModel):
    _inherit = "finance.subledger"

    def _adopt_refunds(self, provider, facts):
        """Give what names a refund the payment of that refund, where ``facts`` (just stored) are either; ids of the payments."""
        refunds = {fact.external_id for fact in facts if fact.kind == "refund"}
        refunds |= {fact.group for fact in facts if fact.kind in _ABOUT_REFUNDS and fact.group and not fact.transaction_key}
        if not refunds:
            return []
        self.env.cr.execute(_ADOPT, [provider.id, sorted(refunds)])
        return [row[0] for row in self.env.cr.fetchall()]
