"""The reconciliation workbench as its screen asks for it: the lines to explain, what may explain one, and what people do.

Everything is one call a step; lists come page by page, so that 50,000 open lines are as quick as ten.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .inbox import CONCURRENCY
from .statement_journals import IS_STATEMENT_JOURNAL, STATEMENT_TYPES

PAGE = 80
# Proposals that one call applies: about a second.
PORTION = 50
_STATES = ("proposed", "ambiguous", "unmatched")
# A proposal that may be accepted with many others: nothing differs, and nothing says that it is weak.
_SAFE = "m.state = 'proposed' AND COALESCE(m.difference, 0) = 0 AND NOT m.reasons @> '[{\"code\": \"weak\"}]'"
_STATE = "CASE WHEN s.ambiguous THEN 'ambiguous' WHEN s.proposed THEN 'proposed' ELSE 'unmatched' END"
_FROM = f"""
  FROM account_bank_statement_line l
  JOIN account_move m ON m.id = l.move_id
  JOIN account_journal j ON j.id = l.journal_id
  LEFT JOIN LATERAL (SELECT bool_or(state = 'ambiguous') AS ambiguous, bool_or(state = 'proposed') AS proposed
                       FROM finance_match WHERE line_id = l.id AND state IN ('ambiguous', 'proposed')) s ON true
 WHERE l.company_id IN %(companies)s AND m.state = 'posted' AND {IS_STATEMENT_JOURNAL}
   AND NOT EXISTS (SELECT 1 FROM finance_provider f WHERE f.journal_id = l.journal_id)
"""


class FinanceWorkbench(models.AbstractModel):
    _name = "finance.workbench"
    _description = "Reconciliation workbench"

    # --- what there is to do ------------------------------------------------------------------------------------------

    @api.model
    def get_lines(self, wanted=None, offset=0):
        """One page of bank lines, newest first, and how many there are in all.

        ``wanted``: {"state": proposed, ambiguous, unmatched, mine, done or nothing for all open ones; "journal_id"; "search":
        text, or an amount; "older_than": days; "at_least": amount}.
        """
        self._check_reader()
        self.env.flush_all()
        where = self._where(wanted or {})
        self.env.cr.execute(
            SQL("SELECT l.id, %s %s ORDER BY m.date DESC, l.id DESC LIMIT %s OFFSET %s", SQL(_STATE), where, PAGE, offset)
        )
        states = dict(self.env.cr.fetchall())
        self.env.cr.execute(SQL("SELECT count(*) %s", where))
        lines = self.env["account.bank.statement.line"].browse(states)
        return {"total": self.env.cr.fetchone()[0], "lines": [self._row(line, states[line.id]) for line in lines]}

    def _where(self, wanted):
        parts = [self._from()]
        state = wanted.get("state")
        parts.append(SQL("AND l.is_reconciled") if state == "done" else SQL("AND l.is_reconciled IS NOT TRUE"))
        if state in _STATES:
            parts.append(SQL("AND %s = %s", SQL(_STATE), state))
        elif state == "mine":
            parts.append(SQL("AND l.fc_user_id = %s", self.env.uid))
        if wanted.get("journal_id"):
            parts.append(SQL("AND l.journal_id = %s", wanted["journal_id"]))
        if wanted.get("older_than"):
            latest = fields.Date.subtract(fields.Date.context_today(self), days=wanted["older_than"])
            parts.append(SQL("AND m.date <= %s", latest))
        if wanted.get("at_least"):
            parts.append(SQL("AND abs(l.amount) >= %s", wanted["at_least"]))
        if text := (wanted.get("search") or "").strip():
            parts.append(self._matching(text))
        return SQL(" ").join(parts)

    def _from(self):
        companies = tuple(self.env.companies.ids)
        return SQL(_FROM.replace("%(companies)s", "%s"), companies)

    def _matching(self, text):
        """Words in what the bank says, or the amount."""
        number = text.replace(" ", "").replace(",", ".")
        if number.lstrip("-").replace(".", "", 1).isdigit():
            return SQL("AND (abs(l.amount) = abs(%s::numeric) OR l.payment_ref ILIKE %s)", number, f"%{text}%")
        pattern = f"%{text}%"
        return SQL("AND (l.payment_ref ILIKE %s OR l.partner_name ILIKE %s OR l.account_number ILIKE %s)", *[pattern] * 3)

    def _row(self, line, state):
        screen = self.env["finance.screen"]
        return {
            "id": line.id,
            "date": fields.Date.to_string(line.date),
            "days": (fields.Date.context_today(self) - line.date).days,
            "label": " ".join((line.payment_ref or "").split()) or "/",
            "partner": line.partner_id.name or line.partner_name or "",
            "amount": screen._money_text(line.amount, line.currency_id, signed=True),
            "is_out": line.amount < 0,
            "journal": line.journal_id.name,
            "state": "done" if line.is_reconciled else state,
            "owner": line.fc_user_id.name or "",
        }

    @api.model
    def get_summary(self, journal_id=None):
        """How many lines and how much money remain, by state and currency, and how many were explained today."""
        self._check_reader()
        self.env.flush_all()
        journal = SQL("AND l.journal_id = %s", journal_id) if journal_id else SQL("")
        self.env.cr.execute(
            SQL(
                """SELECT %s, COALESCE(j.currency_id, c.currency_id), count(*), sum(abs(l.amount))
                     FROM (SELECT l.id %s %s AND l.is_reconciled IS NOT TRUE) o
                     JOIN account_bank_statement_line l ON l.id = o.id
                     JOIN account_journal j ON j.id = l.journal_id JOIN res_company c ON c.id = l.company_id
                     LEFT JOIN LATERAL (SELECT bool_or(state = 'ambiguous') AS ambiguous, bool_or(state = 'proposed') AS proposed
                                          FROM finance_match WHERE line_id = l.id) s ON true
                    GROUP BY 1, 2""",
                SQL(_STATE), self._from(), journal,
            )
        )  # fmt: skip
        states, money = dict.fromkeys(_STATES, 0), {}
        for state, currency, count, amount in self.env.cr.fetchall():
            states[state] += count
            money[currency] = money.get(currency, 0) + amount
        screen, currencies, journals = self.env["finance.screen"], self.env["res.currency"], self._journals()
        done = self.env["finance.match"].search_count(
            [("applied_at", ">=", fields.Datetime.to_datetime(fields.Date.context_today(self))), ("state", "=", "applied"),
             *([("journal_id", "=", journal_id)] if journal_id else [])]
        )  # fmt: skip
        return {
            "states": states,
            "open": sum(states.values()),
            "money": [screen._money_text(float(amount), currencies.browse(key)) for key, amount in sorted(money.items())],
            "announced": self.env["finance.announced"]._summary(journals.browse(journal_id) if journal_id else journals),
            "done_today": done,
            "mine": self.env["account.bank.statement.line"].search_count(
                [("fc_user_id", "=", self.env.uid), ("is_reconciled", "=", False)]
            ),
            "safe": len(self._safe_matches(journal_id)),
            "portion": PORTION,
            "journals": [{"id": journal.id, "name": journal.name} for journal in journals],
            "may_reconcile": self.env.user.has_group("finance_connector.group_user"),
        }

    def _journals(self):
        """The bank accounts; the journals of provider connections are no accounts at a bank."""
        own = [("company_id", "in", self.env.companies.ids)]
        clearing = self.env["finance.provider"].sudo().search(own).journal_id
        banks = self.env["account.journal"].search([("type", "in", STATEMENT_TYPES), *own])
        return banks - clearing

    # --- many at once -------------------------------------------------------------------------------------------------

    @api.model
    def _safe_matches(self, journal_id=None):
        """The proposals that nothing speaks against: what is left of them is above the amount that a machine applies."""
        companies = tuple(self.env.companies.ids)
        journal = SQL("AND l.journal_id = %s", journal_id) if journal_id else SQL("")
        self.env.cr.execute(
            SQL(
                """SELECT m.id FROM finance_match m JOIN account_bank_statement_line l ON l.id = m.line_id
                    WHERE %s AND m.company_id IN %s AND l.is_reconciled IS NOT TRUE %s ORDER BY m.id""",
                SQL(_SAFE), companies, journal,
            )
        )  # fmt: skip
        return self.env["finance.match"].browse([row[0] for row in self.env.cr.fetchall()])

    @api.model
    def preview_safe(self, journal_id=None):
        """What accepting all safe proposals would do, line by line."""
        self._check_user()
        screen = self.env["finance.screen"]
        return [
            {
                "id": match.id,
                "date": fields.Date.to_string(match.date),
                "label": match.label or "/",
                "amount": screen._money_text(match.amount, match.currency_id, signed=True),
                "candidate": match.candidate_name,
                "score": match.score,
            }
            for match in self._safe_matches(journal_id)
        ]

    @api.model
    def accept(self, match_ids):
        """Apply proposals, at most PORTION of them: {"applied": how many, "refused": [text]}. The screen asks portion by portion,
        so that no call is long and what was done is seen."""
        self._check_user()
        matches = self.env["finance.match"].browse(match_ids[:PORTION]).exists()
        open_ = matches.filtered(lambda match: match.state != "applied")
        refused = self._accept(open_)
        return {"applied": len(open_) - len(refused), "refused": refused}

    def _accept(self, matches):
        """What could not be applied of ``matches``, in words; it stops no other."""
        if not matches:
            return []
        try:
            with self.env.cr.savepoint():
                matches.action_apply()
            return []
        except CONCURRENCY:
            raise
        except Exception as error:
            if len(matches) == 1:
                return [str(error)]
        half = len(matches) // 2
        return self._accept(matches[:half]) + self._accept(matches[half:])

    @api.model
    def assign(self, line_ids, user_id):
        """Give bank lines, and the exceptions about them, to a colleague (or to nobody)."""
        self._check_user()
        lines = self._lines(line_ids)
        lines.sudo().write({"fc_user_id": user_id})
        self.env["finance.exception"].search(
            [("res_model", "=", lines._name), ("res_id", "in", lines.ids), ("state", "in", ("open", "in_progress"))]
        ).sudo().write({"user_id": user_id})
        return True

    @api.model
    def get_colleagues(self):
        """Who may explain bank lines."""
        self._check_user()
        group = self.env.ref("finance_connector.group_user")
        users = self.env["res.users"].sudo().search([("all_group_ids", "in", group.ids), ("share", "=", False)])
        return [{"id": user.id, "name": user.name} for user in users]

    # --- who may ------------------------------------------------------------------------------------------------------

    def _lines(self, line_ids):
        lines = self.env["account.bank.statement.line"].browse(line_ids).exists()
        lines.check_access("read")
        return lines

    def _check_reader(self):
        self.env["finance.match"].check_access("read")

    def _check_user(self):
        self._check_reader()
        if not self.env.user.has_group("finance_connector.group_user"):
            raise AccessError(self.env._("You may look, but not reconcile. Ask an administrator for the role User."))
