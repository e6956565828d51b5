"""Applying matches through Odoo: the suspense line goes to the account of what is paid, then one plan
reconciles the batch.

Nothing is balanced away: the bank line is exactly what was open, in its currency, or it is not applied
(INV-6). What was done is checked before it may be committed.
"""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

_IN_TRANSIT = """
SELECT s.id, array_agg(DISTINCT a.id)
  FROM finance_settlement s
  JOIN finance_provider p ON p.id = s.provider_id
  JOIN finance_movement m ON m.settlement_id = s.id AND m.kind = 'payout'
  JOIN account_move_line a ON a.move_id = m.move_id AND a.account_id = p.in_transit_account_id
   AND COALESCE(a.finance_movement_id, m.id) = m.id
 WHERE s.id = ANY(%s) AND a.parent_state = 'posted' AND a.reconciled IS NOT TRUE
 GROUP BY s.id
"""


class FinanceReconciliation(models.AbstractModel):
    _inherit = "finance.reconciliation"

    @api.model
    def _apply(self, matches, user=None):
        """Reconcile every bank line of ``matches`` with its candidate, all or nothing, in the caller's
           transaction.

        ``user``: who decided (None: the machine). Raises UserError, naming the line, for what cannot be
            applied.
        """
        company = matches.company_id.ensure_one()
        books = self.with_company(company)
        if not company.restrictive_audit_trail:
            # Odoo's chatter line per invoice costs two thirds of the time; the audit chain has the batch.
            books = books.with_context(tracking_disable=True)
        books._reconcile(matches.with_env(books.env))
        self._note_applied(matches, company, user)

    def _reconcile(self, matches):
        targets = self._targets(matches)
        pairs = [(match, self._suspense_line(match), targets[match.id]) for match in matches]
        for match, suspense, target in pairs:
            self._refuse_unfit(match, suspense, target)
        self._move_to_counterpart(pairs)
        self.env["account.move.line"]._reconcile_plan(
            [suspense | target for _match, suspense, target in pairs]
        )
        for match, suspense, target in pairs:
            open_items = (suspense | target).filtered(lambda item: not item.reconciled)
            if open_items or not match.line_id.is_reconciled:
                raise UserError(
                    self.env._(
                        "%s was not fully reconciled, so nothing of the batch was kept.", match.display_name
                    )
                )

    def _targets(self, matches):
        """match id -> the open journal items that its bank line pays."""
        self.env.flush_all()
        self.env.cr.execute(_IN_TRANSIT, [matches.settlement_id.ids])
        in_transit = dict(self.env.cr.fetchall())
        browse = self.env["account.move.line"].browse
        return {
            match.id: browse(in_transit.get(match.settlement_id.id, ()))
            if match.settlement_id
            else match.move_line_ids
            for match in matches
        }

    def _suspense_line(self, match):
        _liquidity, suspense, other = match.line_id._seek_for_lines()
        if len(suspense) != 1 or other:
            raise UserError(
                self.env._(
                    "%s is already explained, in part or as a whole. Undo that first.", match.display_name
                )
            )
        return suspense

    def _refuse_unfit(self, match, suspense, target):
        """Whatever has changed since the match was found, or would need a plug, stops it."""
        line, reason = match.line_id, None
        currency = line.currency_id
        locks = line.company_id._get_lock_date_violations(line.date, sale=False, purchase=False, tax=False)
        open_amount = sum(target.mapped("amount_residual_currency"))
        if not target or any(target.mapped("reconciled")):
            reason = self.env._("what it would pay is no longer open.")
        elif len(target.account_id) != 1 or target.currency_id != currency:
            reason = self.env._("what it would pay is in %s.", ", ".join(target.currency_id.mapped("name")))
        elif currency.compare_amounts(open_amount, line.amount):
            reason = self.env._(
                "its amount is %(amount)s, but %(open)s are open.",
                amount=currency.format(line.amount),
                open=currency.format(open_amount),
            )
        elif locks:
            reason = self.env._(
                "its date lies in a locked period (%s).", line.company_id._format_lock_dates(locks)
            )
        elif target.company_id != suspense.company_id:
            reason = self.env._("it belongs to another company.")
        if reason:
            raise UserError(
                self.env._("%(match)s cannot be applied: %(reason)s", match=match.display_name, reason=reason)
            )

    def _move_to_counterpart(self, pairs):
        """Put the suspense lines on the accounts of what they pay: one write for all lines that get the
        same."""
        groups, partners = defaultdict(list), defaultdict(list)
        for match, suspense, target in pairs:
            vals = {"account_id": target.account_id.id}
            if suspense.currency_id != target.currency_id:
                vals |= {"currency_id": target.currency_id.id, "amount_currency": -match.line_id.amount}
            partner = target.partner_id
            if (
                len(partner) == 1
                and match.line_id.partner_id.commercial_partner_id != partner.commercial_partner_id
            ):
                partners[partner.id] += match.line_id.move_id.line_ids.ids
            groups[tuple(vals.items())].append(suspense.id)
        journal_items = self.env["account.move.line"].with_context(skip_readonly_check=True)
        for partner_id, ids in partners.items():
            journal_items.browse(ids).write({"partner_id": partner_id})
        for vals, ids in groups.items():
            journal_items.browse(ids).write(dict(vals))

    def _note_applied(self, matches, company, user):
        lines, settlements = matches.line_id, matches.settlement_id
        matches.write(
            {
                "state": "applied",
                "applied_by_id": user.id if user else False,
                "applied_at": fields.Datetime.now(),
            }
        )
        self.env["finance.match"].search(
            [("line_id", "in", lines.ids), ("state", "in", ("proposed", "ambiguous"))]
        ).unlink()
        self._link_settlements(matches.filtered("settlement_id"))
        self._derive(settlements)
        why = self.env._("The bank line was reconciled.")
        for kind in ("match_ambiguous", "match_missing", "posting_failed"):
            causes = [f"line-{line.id}" if kind == "posting_failed" else line.id for line in lines]
            self.env["finance.exception"]._clear_many(kind, causes, company, why)
        self.env["finance.audit.entry"]._record(
            "match.apply",
            matches if len(matches) == 1 else company,
            {"by": "user" if user else "machine", "matches": [match._told() for match in matches]},
        )

    def _link_settlements(self, matches):
        if not matches:
            return
        self.env.cr.execute_values(
            """INSERT INTO finance_settlement_bank_line_rel (finance_settlement_id,
               account_bank_statement_line_id)
               VALUES %s ON CONFLICT DO NOTHING""",
            [(match.settlement_id.id, match.line_id.id) for match in matches],
        )
        matches.settlement_id.invalidate_recordset(["bank_line_ids"])
        matches.line_id.invalidate_recordset(["fc_settlement_ids"])

    @api.model
    def _derive(self, settlements):
        """Have the subledger derive the state of ``settlements`` anew: whether the bank has them is a fact
        now."""
        self.env.flush_all()
        for provider, group in settlements.grouped("provider_id").items():
            self.env["finance.subledger"]._derive_settlements(provider, group.ids)
        self.env["finance.subledger"]._invalidate()
