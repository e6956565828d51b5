"""An exception that a person has closed stays closed while nothing about its cause has changed."""

from odoo import api, models


class FinanceException(models.Model):
    _inherit = "finance.exception"

    @api.model
    def _raise_once(self, kind, cause, company, summary, *, amount=0, **more):
        """`_raise`, unless a person closed the same cause with the same amount at risk. Returns the exception, if any.

        For causes that lie in facts that cannot change; the scheduled checks see them again at every run.
        """
        last = self.sudo().search(
            [("company_id", "=", company.id), ("cause_key", "=", f"{kind}:{cause}")], order="id desc", limit=1
        )
        if last.resolved_by_id and not last.currency_id.compare_amounts(last.amount_at_risk, amount):
            return self.browse()
        if last.state == "open" and not last.currency_id.compare_amounts(last.amount_at_risk, amount):
            return last
        return self._raise(kind, cause, company, summary, amount=amount, **more)
