"""Mandates of GoCardless: they come, live and end as its webhooks say, whatever the order in which these are heard (INV-4)."""

from odoo import api, models

from ..core import direct_debit

KINDS = ("mandate_create", "mandate_activate", "mandate_end")
# What ended the mandate, as the provider calls it -> its state; whatever else ends one cancels it.
_ENDS = {"expired": "expired", "consumed": "expired", "suspended_by_payer": "suspended", "blocked": "suspended"}
# Of facts of one instant the later one in the life of a mandate counts.
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


class FinanceSubledger(models.AbstractModel):
    _inherit = "finance.subledger"

    @api.model
    def _absorb(self, provider, items):
        touched = super()._absorb(provider, items)
        keys = {fact.group for _id, parsed in items for fact in parsed.movements if fact.kind in _RANK}
        if keys:
            self.env["finance.mandate"].sudo()._follow_provider(provider, sorted(filter(None, keys)))
        return touched


class FinanceMandate(models.Model):
    _inherit = "finance.mandate"

    @api.model
    def _follow_provider(self, provider, keys):
        """Have the mandates ``keys`` of ``provider`` be as their facts say; the unknown ones are made."""
        facts = self.env["finance.movement"].search(
            [("provider_id", "=", provider.id), ("kind", "in", KINDS), ("group_key", "in", keys)]
        )
        known = {one.provider_reference: one for one in self.search([("provider_id", "=", provider.id)])}
        for key, told in facts.grouped("group_key").items():
            last = max(told, key=lambda fact: (fact.occurred_at, _RANK[fact.kind], fact.external_id))
            one = known.get(key) or self._of_provider(provider, key)
            if not one.partner_id:
                one.partner_id = one._debtor_at_provider()
            one.provider_state = last.status or last.kind
            state = {"mandate_create": "draft", "mandate_activate": "active"}.get(last.kind)
            one._move_to(state or _ENDS.get(last.status, "cancelled"), " ".join(filter(None, (last.status, last.reason))))

    def _of_provider(self, provider, key):
        return self.create(
            {
                "reference": key,
                "company_id": provider.company_id.id,
                "scheme": direct_debit.GOCARDLESS,
                "provider_id": provider.id,
                "provider_reference": key,
                "creditor_id": False,
                "notice": "provider",
            }
        )

    def _debtor_at_provider(self):
        """The customer whose payments went by this mandate, if one is known."""
        payments = self.env["finance.transaction"].search(
            [
                ("provider_id", "=", self.provider_id.id),
                ("customer_key", "=", self.provider_reference),
                ("partner_id", "!=", False),
            ],
            limit=1,
        )
        return payments.partner_id.commercial_partner_id
