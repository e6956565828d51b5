"""The scheduled proof: books against subledger, payouts against their lines, disputes, stories whose grace time is over, and
the audit chain (INV-6, INV-7)."""

import logging
from datetime import datetime, timedelta

from odoo import api, fields, models

from .posting_rule import ROLE_LABELS

_logger = logging.getLogger(__name__)
_CHAIN_PARAMETER = "finance_connector.chain_verified_at"
CHAIN_HOURS = 20


class FinanceTieOut(models.AbstractModel):
    _inherit = "finance.tie.out"

    @api.model
    def _cron_verify(self):
        """Scheduled action: raise and clear the exceptions of every proof. The chain is verified once a day."""
        for provider in self.env["finance.provider"].search([("state", "!=", "draft")]):
            self._verify_books(provider)
            self._verify_settlements(provider)
            self._verify_disputes(provider)
            self.env["finance.transaction"]._check_contradictions(provider)
            self.env["ir.cron"]._commit_progress()
        self._verify_chain_daily()

    # --- books --------------------------------------------------------------------------------------------------------

    def _verify_books(self, provider):
        """One `books_differ` exception for each balance and currency in which ledger and subledger differ."""
        exceptions = self.env["finance.exception"]
        standing = set()
        for row in self._rows(provider):
            if not row["difference"]:
                continue
            cause = f"{provider.id}:{row['role']}:{row['currency'].name}"
            standing.add(f"books_differ:{cause}")
            exceptions._raise(
                "books_differ",
                cause,
                provider.company_id,
                self.env._(
                    "%(provider)s, %(role)s: the books differ by %(difference)s %(currency)s",
                    provider=provider.name,
                    role=ROLE_LABELS[row["role"]],
                    difference=row["difference"],
                    currency=row["currency"].name,
                ),
                detail=self.env._(
                    "General ledger: %(ledger)s\nSubledger: %(subledger)s\n\nLook for entries on %(account)s that no movement "
                    "explains (made, changed or reversed by hand), and correct them. Nothing is balanced by itself.",
                    ledger=row["ledger"],
                    subledger=row["subledger"],
                    account=provider._role_account(row["role"]).display_name,
                ),
                record=provider,
                provider=provider,
                amount=row["difference"],
                currency=row["currency"],
            )
        self._close_gone(provider, "books_differ", standing, self.env._("Ledger and subledger agree again."))

    def _close_gone(self, provider, kind, standing, why):
        """Close the open exceptions of ``kind`` whose cause key is not among ``standing``."""
        rows = self.env["finance.exception"].search(
            [("provider_id", "=", provider.id), ("kind", "=", kind), ("state", "in", ("open", "in_progress"))]
        )
        rows.filtered(lambda row: row.cause_key not in standing)._close("resolved", why, automatic=True)

    # --- payouts ------------------------------------------------------------------------------------------------------

    def _verify_settlements(self, provider):
        """Payouts that do not add up, have lines of unknown kind, or failed."""
        settlements = self.env["finance.settlement"]
        own = [("provider_id", "=", provider.id)]
        standing = set()
        for settlement in settlements.search([*own, ("difference", "!=", 0)]):
            standing.add(f"settlement_difference:{settlement.id}")
            self._raise_settlement(
                "settlement_difference",
                settlement.id,
                settlement,
                self.env._("Payout %s does not equal the sum of its lines", settlement.external_id),
                self.env._(
                    "Paid out: %(net)s\nSum of lines: %(lines)s\n\nA line is missing or told wrongly: compare the payout with "
                    "the provider's report, then import the report again.",
                    net=settlement.amount_net,
                    lines=settlement.amount_lines,
                ),
                settlement.difference,
            )
        self._close_gone(provider, "settlement_difference", standing, self.env._("The payout adds up now."))
        for line in self.env["finance.settlement.line"].search([*own, ("kind", "=", "unknown")]):
            self._raise_settlement(
                "unmapped_line",
                line.id,
                line.settlement_id,
                self.env._("Payout %(payout)s: line of unknown kind “%(kind)s”",
                           payout=line.settlement_id.external_id, kind=line.category),
                self.env._(
                    "%(line)s (%(text)s) is not booked, because nobody said what it is. Book it by hand, or update the "
                    "connector.",
                    line=line.external_id,
                    text=line.description or "",
                ),
                line.net,
            )  # fmt: skip
        for settlement in settlements.search([*own, ("state", "=", "failed")]):
            self._raise_settlement(
                "payout_failed",
                settlement.id,
                settlement,
                self.env._("Payout %s failed", settlement.external_id),
                self.env._(
                    "%s\n\nThe money is back in the balance at the provider. Correct the bank account there; the provider "
                    "pays it out again under a new number.",
                    settlement.failure or self.env._("The provider gave no reason."),
                ),
                settlement.amount_net,
            )

    def _raise_settlement(self, kind, cause, settlement, summary, detail, amount):
        self.env["finance.exception"]._raise_once(
            kind,
            cause,
            settlement.company_id,
            summary,
            detail=detail,
            record=settlement,
            provider=settlement.provider_id,
            amount=amount,
            currency=settlement.currency_id,
        )

    def _verify_disputes(self, provider):
        """Payments whose money a dispute holds."""
        disputed = self.env["finance.transaction"].search(
            [("provider_id", "=", provider.id), ("state", "=", "disputed")]
        )
        for transaction in disputed:
            self.env["finance.exception"]._raise_once(
                "dispute",
                transaction.id,
                provider.company_id,
                self.env._("%s is disputed", transaction.reference or transaction.provider_reference),
                detail=self.env._(
                    "The provider holds %s until the dispute is decided. Answer it at the provider before its deadline.",
                    transaction.currency_id.format(transaction.amount_disputed),
                ),
                record=transaction,
                provider=provider,
                amount=transaction.amount_disputed,
                currency=transaction.currency_id,
            )
        standing = {f"dispute:{transaction.id}" for transaction in disputed}
        self._close_gone(provider, "dispute", standing, self.env._("The dispute is decided."))

    # --- evidence -----------------------------------------------------------------------------------------------------

    def _verify_chain_daily(self):
        parameters = self.env["ir.config_parameter"].sudo()
        last = parameters.get_param(_CHAIN_PARAMETER)
        now = fields.Datetime.now()
        if last and datetime.fromisoformat(last) > now - timedelta(hours=CHAIN_HOURS):
            return
        self._verify_chain()
        parameters.set_param(_CHAIN_PARAMETER, now.isoformat())
        self.env["ir.cron"]._commit_progress()

    def _verify_chain(self):
        """One `chain_broken` exception while the audit chain does not verify."""
        company = self.env["res.company"].search([], order="id", limit=1)
        verdict = self.env["finance.audit.entry"].verify_chain()
        if verdict["ok"]:
            self.env["finance.exception"]._clear("chain_broken", "chain", company, self.env._("The chain verifies."))
            return
        _logger.error("The audit chain is broken: %s", verdict)
        self.env["finance.exception"]._raise(
            "chain_broken",
            "chain",
            company,
            self.env._("The audit chain is broken at entry %s", verdict["first_bad"]),
            detail=self.env._(
                "%s\n\nSomebody changed evidence in the database. Compare with the last export or backup.", verdict["reason"]
            ),
        )
