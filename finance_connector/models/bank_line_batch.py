"""Many bank lines at once: the same rows as Odoo's own `create` gives, with the numbering looked up once, not
per line.

Odoo searches the last number of the journal for every move it posts. Within one batch the answer can only
change with the journal and the date of the move, so it is kept for these; what takes the number, locks the
sequence and guards it (`_locked_increment`, the unique index on names) is Odoo's own and untouched.
"""

from odoo import api, models

_NAMES_ONCE = "fc_names_once"
_NO_ANALYTIC = "fc_no_analytic"


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    @api.model
    def _create_batch(self, vals_list):
        """`create`, for many lines of one journal. Every stored column is what `create` would have stored."""
        # Dynamic lines are those of taxes and payment terms, and a bank line's entry has neither.
        context = {_NAMES_ONCE: True, "skip_invoice_sync": True}
        if not self.env["account.analytic.distribution.model"].sudo().search_count([], limit=1):
            context[_NO_ANALYTIC] = True
        return self.with_context(**context).create(vals_list).with_env(self.env)

    def _prepare_move_line_default_vals(self, counterpart_account_id=None):
        vals_list = super()._prepare_move_line_default_vals(counterpart_account_id)
        if self.env.context.get(_NO_ANALYTIC):
            for vals in vals_list:
                vals.setdefault("analytic_distribution", False)
        return vals_list


class AccountMove(models.Model):
    _inherit = "account.move"

    def _get_next_sequence_format(self):
        if not self.env.context.get(_NAMES_ONCE) or self.journal_id.is_self_billing:
            return super()._get_next_sequence_format()
        # Lives and dies with Odoo's own cache of the last numbers: until commit, rollback or a name set by
        # hand.
        cache = self._get_sequence_cache()
        key = ("finance_connector", self.journal_id.id, self.company_id.id, self.date)
        if key not in cache:
            cache[key] = super()._get_next_sequence_format()
        template, values = cache[key]
        return template, dict(values)
