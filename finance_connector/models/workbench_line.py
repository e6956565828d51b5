"""One bank line on the workbench: what may explain it and why, what was nearest, the entry that would be booked."""

import re

from odoo import api, models
from odoo.fields import Command
from odoo.tools.misc import format_date

from ..core.matching import nearest

ACCOUNTS_SHOWN = 20


class FinanceWorkbench(models.AbstractModel):
    _inherit = "finance.workbench"

    @api.model
    def get_line(self, line_id):
        """Everything that the right pane shows of a bank line."""
        self._check_reader()
        line = self._lines([line_id])
        matches = line.fc_match_ids.filtered(lambda match: match.state in ("proposed", "ambiguous", "applied"))
        state = {"matched": "done", "none": "unmatched"}.get(line.fc_match_state, line.fc_match_state)
        facts = [
            (self.env._("Date"), format_date(self.env, line.date)),
            (self.env._("Bank account"), line.journal_id.name),
            (self.env._("Payer") if line.amount > 0 else self.env._("Payee"), line.partner_name or line.partner_id.name),
            (self.env._("Account"), line.account_number),
            (self.env._("Reference"), line.fc_structured_reference or line.ref),
            (self.env._("End-to-end id"), line.fc_end_to_end_id),
            (self.env._("Value date"), line.fc_value_date and format_date(self.env, line.fc_value_date)),
            (self.env._("Return reason"), line.fc_return_reason),
        ]
        return {
            **self._row(line, state),
            "facts": [{"name": name, "value": value} for name, value in facts if value],
            "open": str(self._open_amount(line)),
            "open_text": self._text(self._open_amount(line), line, signed=True),
            "matches": [self._match(match) for match in matches.sorted(lambda match: (-match.score, match.id))],
            "entry": self._booked(line) if line.is_reconciled else [],
            "comments": self._comments(line),
            "attachments": self._attachments(line),
            "move_id": line.move_id.id,
        }

    def _open_amount(self, line):
        """What of ``line`` is not explained, signed as the line."""
        _liquidity, suspense, _other = line._seek_for_lines()
        return -self.env["finance.reconciliation"]._exact(sum(suspense.mapped("amount_currency")))

    def _match(self, match):
        return {
            "id": match.id,
            "state": match.state,
            "name": ", ".join(dict.fromkeys(self._name_of(item) for item in match.move_line_ids)) or match.candidate_name or "/",
            "partner": ", ".join(match.move_line_ids.partner_id.mapped("name")),
            "amount": self._text(sum(match.move_line_ids.mapped("amount_residual_currency")) or match.amount, match),
            "score": match.score,
            "gap": match.score - match.runner_up_score,
            "reasons": [reason["text"] for reason in match.reasons or []],
            "difference": self._text(match.difference, match, signed=True) if match.difference else "",
            "due": self._due(match.move_line_ids) or format_date(self.env, match.settlement_id.arrival_date),
            "items": match.move_line_ids.ids,
            "entry": self._would_book(match) if match.state in ("proposed", "ambiguous") else [],
            "is_single": not (match.settlement_id or match.other_line_id),
            "is_complete": not match.difference or bool(self.env["finance.reconciliation"]._choice_of(match)),
        }

    @api.model
    def get_nearest(self, line_id):
        """The open items nearest to a line that nothing explains: what speaks for each, and what refused it."""
        self._check_reader()
        line = self._lines([line_id])
        reconciliation = self.env["finance.reconciliation"].sudo().with_company(line.company_id)
        lines, candidates = reconciliation._pool(line.company_id, line.ids)
        if not lines:
            return []
        return [
            {
                **self._named(one.candidate_id, line),
                "speaks_for": [reason["text"] for reason in one.speaks_for],
                "refused_by": [reason["text"] for reason in one.refused_by],
            }
            for one in nearest(lines[0], candidates)
        ]

    def _named(self, key, line):
        """Name, partner and open amount of a candidate by its key."""
        kind, _colon, record_id = key.partition(":")
        if kind == "s":
            settlement = self.env["finance.settlement"].browse(int(record_id))
            amount = self.env["finance.screen"]._money_text(settlement.amount_net, settlement.currency_id)
            return {"key": key, "name": settlement.display_name, "partner": settlement.provider_id.name, "amount": amount}
        if kind in "lr":
            other = self.env["account.bank.statement.line"].browse(int(record_id))
            return {"key": key, "name": other.payment_ref or "/", "partner": "", "amount": self._text(other.amount, other)}
        item = self.env["account.move.line"].browse(int(record_id))
        return {"key": key, **self._item(item)}

    # --- choosing by hand ---------------------------------------------------------------------------------------------

    @api.model
    def preview(self, line_id, choice):
        """The entry that ``choice`` would book, and what of the line would stay open. Nothing is written."""
        self._check_reader()
        line = self._lines([line_id])
        self._check_choice(choice)
        books = self.env["finance.reconciliation"].sudo().with_company(line.company_id)
        rows, remainder = books._plan_choice(line.with_env(books.env), choice)
        return {
            "rows": [self._entry_row(line, row.account, row.partner, row.label, row.amount) for row in rows],
            "open": str(remainder),
            "open_text": self._text(remainder, line, signed=True),
        }

    @api.model
    def choose(self, line_id, choice):
        """Book what a person chose for a bank line."""
        self._check_user()
        line = self._lines([line_id])
        self._check_choice(choice)
        self.env["finance.reconciliation"].sudo()._choose(line, choice, self.env.user)
        return True

    def _check_choice(self, choice):
        """What is chosen must be something that the user may see: the plan itself is made with all rights (INV-15)."""
        self.env["account.move.line"].browse([one["id"] for one in choice.get("items", [])]).exists().check_access("read")
        for model, name in (("account.account", "account_id"), ("account.tax", "tax_id"), ("res.partner", "partner_id")):
            ids = [row[name] for row in choice.get("write_offs", []) if row.get(name)]
            self.env[model].browse(ids).exists().check_access("read")

    @api.model
    def undo(self, line_id):
        """Take the reconciliation of a line back, and of the lines that were explained together with it."""
        self._check_user()
        self._lines([line_id]).sudo().action_undo_reconciliation()
        return True

    @api.model
    def reject(self, match_id):
        """Rule a proposal out."""
        self._check_user()
        return self.env["finance.match"].browse(match_id).action_reject()

    @api.model
    def search_accounts(self, line_id, text=""):
        """Accounts for a difference, by code or name."""
        self._check_user()
        line = self._lines([line_id])
        accounts = self.env["account.account"].with_company(line.company_id)
        domain = [("company_ids", "in", line.company_id.ids), "|", ("code", "=ilike", f"{text}%"), ("name", "ilike", text)]
        found = accounts.search(domain, limit=ACCOUNTS_SHOWN)
        return [{"id": account.id, "name": account.display_name, "tax_ids": account.tax_ids.ids} for account in found]

    @api.model
    def get_taxes(self, line_id):
        """Taxes that a difference may have in it."""
        self._check_user()
        line = self._lines([line_id])
        kinds = [("type_tax_use", "in", ("purchase", "sale")), ("amount_type", "=", "percent")]
        taxes = self.env["account.tax"].search([("company_id", "=", line.company_id.id), *kinds])
        return [{"id": tax.id, "name": tax.display_name} for tax in taxes]

    @api.model
    def rule_defaults(self, line_id):
        """What a match rule for lines like this one begins with: the words of its text, its direction, its bank account."""
        self._check_user()
        line = self._lines([line_id])
        words = [re.escape(word) for word in (line.payment_ref or "").split() if not any(map(str.isdigit, word))]
        return {
            "default_name": " ".join((line.payment_ref or "").split()[:4]),
            "default_company_id": line.company_id.id,
            "default_journal_ids": [Command.set(line.journal_id.ids)],
            "default_direction": "in" if line.amount > 0 else "out",
            "default_label_regex": ".*".join(words[:4]),
        }

    def _booked(self, line):
        """The counterparts of a line that is explained."""
        _liquidity, suspense, other = line._seek_for_lines()
        return [
            {"account": item.account_id.display_name, "partner": item.partner_id.name or "", "label": item.name or "",
             "amount": self._text(-item.balance, item, signed=True, currency=item.company_currency_id)}
            for item in suspense | other
        ]  # fmt: skip

    def _text(self, amount, record, signed=False, currency=None):
        return self.env["finance.screen"]._money_text(float(amount), currency or record.currency_id, signed)
