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
        books = self._books(company)
        books._reconcile(matches.with_env(books.env))
        self._note_applied(self._complete(matches), company, user)

    def _books(self, company):
        """This model, for booking in ``company``."""
        books = self.with_company(company)
        # Odoo's chatter line per invoice costs two thirds of the time; the audit chain has the batch.
        return books if company.restrictive_audit_trail else books.with_context(tracking_disable=True)

    def _reconcile(self, matches):
        """Book and reconcile the bundles of ``matches``: those that belong together are answered together."""
        bundles = self._bundles(matches)
        for bundle in bundles:
            self._refuse_unfit(bundle)
        self._move_to_counterpart(bundles)
        self._reconcile_pairs([bundle.suspense | bundle.targets for bundle in bundles])

    def _reconcile_pairs(self, groups):
        """Reconcile each of ``groups`` of journal items in one plan. Raises UserError if one is not fully reconciled by it."""
        self.env["account.move.line"]._reconcile_plan(groups)
        for items in groups:
            lines = items.move_id.statement_line_id
            if not all(items.mapped("reconciled")) or not all(lines.mapped("is_reconciled")):
                raise UserError(
                    self.env._(
                        "%s was not fully reconciled, so nothing of the batch was kept.",
                        ", ".join(lines.mapped(lambda line: line.payment_ref or line.display_name)),
                    )
                )

    def _targets(self, matches):
        """match id -> the open journal items that its bank line pays."""
        in_transit = self._in_transit(matches.settlement_id.ids)
        browse = self.env["account.move.line"].browse
        return {
            match.id: browse(in_transit.get(match.settlement_id.id, ()))
            if match.settlement_id
            else match.move_line_ids
            for match in matches
        }

    def _in_transit(self, settlement_ids):
        """Settlement id -> ids of its open journal items in transit."""
        if not settlement_ids:
            return {}
        self.env.flush_all()
        self.env.cr.execute(_IN_TRANSIT, [settlement_ids])
        return dict(self.env.cr.fetchall())

    def _refuse_unfit(self, bundle):
        """Whatever has changed since the match was found, or would need a plug, stops it."""
        reason = self._unfit(bundle)
        if reason:
            raise UserError(
                self.env._(
                    "%(match)s cannot be applied: %(reason)s", match=bundle.matches[0].display_name, reason=reason
                )
            )

    def _unfit(self, bundle):
        lines, targets = bundle.lines, bundle.targets
        currency = bundle.currency
        brought, open_amount = sum(lines.mapped("amount")), sum(targets.mapped("amount_residual_currency"))
        for line in lines:
            locks = line.company_id._get_lock_date_violations(line.date, sale=False, purchase=False, tax=False)
            if locks:
                return self.env._("its date lies in a locked period (%s).", line.company_id._format_lock_dates(locks))
        if bundle.wants_targets and (not targets or any(targets.mapped("reconciled"))):
            return self.env._("what it would pay is no longer open.")
        if targets and (len(targets.account_id) != 1 or targets.currency_id != currency):
            return self.env._(
                "what it would pay is in %(currencies)s, on %(accounts)s.",
                currencies=", ".join(targets.currency_id.mapped("name")),
                accounts=", ".join(targets.account_id.mapped("display_name")),
            )
        if len(currency) != 1 or currency.compare_amounts(open_amount, brought):
            return self.env._(
                "its amount is %(amount)s, but %(open)s are open.",
                amount=" + ".join(line.currency_id.format(line.amount) for line in lines),
                open=currency[:1].format(open_amount),
            )
        if (targets | bundle.suspense).company_id != bundle.suspense.company_id:
            return self.env._("it belongs to another company.")
        if not bundle.account:
            return self.env._("there is no account to book it on: set the account for transfers in the accounting settings.")
        return None

    def _move_to_counterpart(self, bundles):
        """Put the suspense lines on the accounts of what they pay: one write for all lines that get the
        same."""
        groups, partners = defaultdict(list), defaultdict(list)
        for bundle in bundles:
            for line, suspense in zip(bundle.lines, bundle.suspense, strict=True):
                vals = {"account_id": bundle.account.id}
                if suspense.currency_id != bundle.currency:
                    vals |= {"currency_id": bundle.currency.id, "amount_currency": -line.amount}
                partner = bundle.partner
                if len(partner) == 1 and line.partner_id.commercial_partner_id != partner.commercial_partner_id:
                    partners[partner.id] += line.move_id.line_ids.ids
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
