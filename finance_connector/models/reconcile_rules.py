"""Match rules at work: lines that nothing open explains are booked, or proposed, as an approved rule says; differences that a
rule tolerates likewise."""

import logging

from odoo import models

from ..core.matching import PROPOSED, UNMATCHED, Policy
from .inbox import CONCURRENCY

_logger = logging.getLogger(__name__)
_DIFFERENCES = frozenset(("tolerance", "cash_discount", "fee"))


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    def _policy(self, company):
        """The policy of ``company``: its limit, and what its rules for differences tolerate at most."""
        rules = self.env["finance.match.rule"]._in_force(company, "difference")
        digits = 10**company.currency_id.decimal_places
        return Policy(
            tolerance=max((round(rule.tolerance * digits) for rule in rules), default=0),
            tolerance_basis_points=max((rule._basis_points for rule in rules), default=0),
            max_amount=company._match_limits(),
        )

    def _apply_rules(self, company, answers, blocked):
        """Let the rules of ``company`` speak about ``answers`` that are not certain. Returns those that no rule explained; what
        a rule only proposes is a match with the rule."""
        rules = self.env["finance.match.rule"]
        book, difference = (rules._in_force(company, purpose) for purpose in ("book", "difference"))
        self.env["finance.match"].search(
            [("company_id", "=", company.id), ("state", "=", "proposed"), ("rule_id", "!=", False),
             ("rule_id", "not in", (book | difference).ids)]
        ).unlink()  # fmt: skip
        if not book and not difference:
            return answers
        left = []
        for answer in answers:
            line = self.env["account.bank.statement.line"].browse(answer.line.id)
            rule, choice = self._ruled(answer, line, book, difference)
            if not rule or f"w:{rule.id}" in blocked[line.id]:
                left.append(answer)
            elif rule.mode == "auto":
                left += [] if self._apply_rule(line, rule, choice) else [answer]
            else:
                self._propose_rule(company, line, rule, answer)
        return left

    def _ruled(self, answer, line, book, difference):
        """(rule, choice) for an answer; an empty rule if none has a say."""
        result = answer.result
        if result.state == UNMATCHED and not result.candidate_ids:
            rule = book._first_for(line)
            return rule, rule and {"write_offs": [rule._row(str(answer.line.amount.to_decimal()))]}
        codes = {reason["code"] for reason in result.reasons}
        if result.state == PROPOSED and result.difference and codes & _DIFFERENCES:
            fitting = difference.filtered(lambda rule: rule._fits(line) and self._tolerates(rule, answer, codes))
            rule = fitting[:1]
            return rule, rule and self._difference_choice(rule, answer, codes)
        return book.browse(), None

    def _tolerates(self, rule, answer, codes):
        if "cash_discount" in codes:
            return rule.takes_discount
        missing = abs(answer.result.difference.to_decimal())
        open_amount = abs((answer.line.amount - answer.result.difference).to_decimal())
        return float(missing) <= rule.tolerance and missing * 10_000 <= open_amount * rule._basis_points

    def _difference_choice(self, rule, answer, codes):
        """All of the item, and the difference to the account of the rule; a cash discount as its payment terms say."""
        (key,) = answer.result.candidate_ids
        item = self.env["account.move.line"].browse(int(key.partition(":")[2]))
        if "cash_discount" in codes:
            return self._discount_choice(item)
        whole = {"id": item.id, "amount": str(self._exact(item.amount_residual_currency))}
        return {"items": [whole], "write_offs": [rule._row(str(answer.result.difference.to_decimal()))]}

    def _apply_rule(self, line, rule, choice):
        """Book what the rule says; whether that was possible."""
        try:
            with self.env.cr.savepoint():
                self._choose(line, choice, self.env.user, rule)
            self.env["ir.cron"]._commit_progress(1, remaining=1)
            return True
        except CONCURRENCY:
            raise
        except Exception as error:
            _logger.info("Rule %s could not be applied to bank line %s", rule.name, line.id, exc_info=True)
            self.env["finance.exception"]._raise(
                "posting_failed", f"line-{line.id}", line.company_id,
                self.env._("Bank line %(line)s could not be booked by the rule %(rule)s",
                           line=line.payment_ref or line.id, rule=rule.name),
                detail=str(error), record=line, amount=abs(line.amount), currency=line.currency_id,
            )  # fmt: skip
            return False

    def _propose_rule(self, company, line, rule, answer):
        """A match with the rule, for a person to accept."""
        matches = self.env["finance.match"]
        key = f"w:{rule.id}"
        others = matches.search([("line_id", "=", line.id), ("state", "in", ("proposed", "ambiguous"))])
        others.filtered(lambda match: match.candidate_key != key).unlink()
        if key in others.exists().mapped("candidate_key"):
            return
        difference = answer.result.difference
        item_ids = [int(one.partition(":")[2]) for one in answer.result.candidate_ids if difference]
        text = self.env._("The rule “%(rule)s” (version %(version)s) fits.", rule=rule.name, version=rule.version)
        matches.create(
            {
                "line_id": line.id, "company_id": company.id, "candidate_key": key, "rule_id": rule.id, "state": "proposed",
                "score": 60, "reasons": [*answer.result.reasons, {"code": "rule", "text": text}],
                "move_line_ids": [(6, 0, item_ids)], "amount": line.amount, "currency_id": line.currency_id.id,
                "difference": difference.to_decimal() if difference else 0,
            }
        )  # fmt: skip

    def _choice_of(self, match):
        """The choice that a proposal stands for: that of a rule, or a payment less its cash discount; None for any other."""
        line, rule, codes = match.line_id, match.rule_id, {reason["code"] for reason in match.reasons or []}
        if "cash_discount" in codes:
            return self._discount_choice(match.move_line_ids)
        if not rule:
            return None
        if not match.move_line_ids:
            return {"write_offs": [rule._row(str(self._exact(line.amount)))]}
        item = match.move_line_ids
        whole = {"id": item.id, "amount": str(self._exact(item.amount_residual_currency))}
        missing = self._exact(line.amount) - self._exact(item.amount_residual_currency)
        return {"items": [whole], "write_offs": [rule._row(str(missing))]}
