"""The connector leaves alone what is with `account_reconcile_oca`: when it makes lines, when it looks for them, and again when it
books."""

from odoo import api, models


class FinanceImport(models.Model):
    _inherit = "finance.import"

    def _still_open(self, journal, rows):
        """In a journal that keeps its suspense lines nothing is paid by the line itself."""
        return {} if journal.reconcile_mode == "keep" else super()._still_open(journal, rows)


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    def _open_lines(self, company, line_ids, import_id):
        lines = super()._open_lines(company, line_ids, import_id)
        held = self._held([line.id for line in lines])
        return [line for line in lines if line.id not in held]

    def _taken_back(self, company, lines):
        """A line that is with the other addon is not taken back by ours."""
        found = super()._taken_back(company, lines)
        held = self._held([int(one.id.partition(":")[2]) for one in found])
        return [one for one in found if int(one.id.partition(":")[2]) not in held]

    def _apply_batch(self, company, groups):
        """Since the lines were found a person may have begun with one: it is left out, and its group with it."""
        held = self._held({line_id for group in groups for answer in group for line_id in _lines_of(answer)})
        free = [group for group in groups if not any(_lines_of(answer) & held.keys() for answer in group)]
        return super()._apply_batch(company, free) if free else []

    @api.model
    def _apply(self, matches, user=None):
        lines = matches.line_id | matches.other_line_id
        self._refuse_held(lines)
        result = super()._apply(matches, user)
        lines._forget_draft()
        return result

    @api.model
    def _plan_choice(self, line, choice):
        self._refuse_held(line)
        return super()._plan_choice(line, choice)

    @api.model
    def _choose(self, line, choice, user, rule=None):
        result = super()._choose(line, choice, user, rule)
        line._forget_draft()
        return result


def _lines_of(answer):
    """The ids of all bank lines that are booked with ``answer``."""
    return {answer.line.id, *answer.other_lines("l:"), *answer.other_lines("r:")}
