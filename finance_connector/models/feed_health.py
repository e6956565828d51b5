"""What the screens say of a feed's health, in words; colours only repeat them."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ..feeds import days

# INV-13: an account that was not asked completely for this long says so.
OVERDUE = timedelta(hours=26)


class FinanceFeed(models.Model):
    _inherit = "finance.feed"

    health = fields.Json(compute="_compute_health")
    warning = fields.Char(compute="_compute_health")
    next_pull_at = fields.Datetime(compute="_compute_times", string="Next call")
    pulled_at = fields.Datetime(compute="_compute_times", string="Last success")

    @api.depends("account_ids.next_pull_at", "account_ids.pulled_at")
    def _compute_times(self):
        for feed in self:
            asked = feed.account_ids.filtered("journal_id")
            feed.next_pull_at = min(filter(None, asked.mapped("next_pull_at")), default=False)
            # The feed is as far as the account that is furthest behind.
            done = asked.mapped("pulled_at")
            feed.pulled_at = False if False in done else min(done, default=False)

    @api.depends("state", "consent_state", "account_ids.pulled_at", "account_ids.last_error")
    def _compute_health(self):
        for feed in self:
            items = feed._health_items()
            feed.health = items
            feed.warning = next((item["hint"] for item in items if item["state"] != "done" and item["hint"]), False)

    def _health_items(self):
        """The checklist of the screen: what is well, and what to do about what is not."""
        self.ensure_one()
        held = set(self.env["finance.provider.secret"].sudo().search([("feed_id", "=", self._origin.id)]).mapped("name"))
        needed = self._adapter().secret_names if self.code else {}
        missing = [label for name, label in needed.items() if name not in held]
        items = [
            self._health_item(not missing, self.env._("Secrets"), self.env._("Missing: %s.", ", ".join(missing)), "missing")
        ]
        if self.has_consent:
            items.append(self._consent_item())
        items.append(
            self._health_item(
                bool(self.account_ids.journal_id),
                self.env._("Accounts and journals"),
                self.env._("Choose the bank journal of at least one account."),
                "missing",
            )
        )
        return items + [account._pull_item() for account in self.account_ids if account.journal_id and self.state == "active"]

    def _consent_item(self):
        hints = {
            "none": self.env._("“Ask for consent” leads to the bank."),
            "expiring": self.env._("It ends on %s: renew it before.", self._day_of(self.consent_until)),
            "ended": self.consent_end_reason or self.env._("It ended on %s: renew it.", self._day_of(self.consent_until)),
        }
        label = self.env._("Consent")
        if self.consent_state == "valid" and self.consent_until:
            label = self.env._("Consent until %s", self._day_of(self.consent_until))
        state = "advice" if self.consent_state == "expiring" else "missing"
        return self._health_item(self.consent_state == "valid", label, hints.get(self.consent_state, ""), state)

    def _day_of(self, moment):
        return format_date(self.env, moment) if moment else ""

    def _health_item(self, good, label, hint, otherwise):
        return {"state": "done" if good else otherwise, "label": label, "hint": "" if good else hint}


class FinanceFeedAccount(models.Model):
    _name = "finance.feed.account"
    _inherit = ["finance.feed.account", "finance.day.calendar"]

    calendar = fields.Json(compute="_compute_calendar", string="Days")
    announced_count = fields.Integer(compute="_compute_announced_count", string="Announced entries")
    covered_until = fields.Date(compute="_compute_covered_until", string="Known until")

    def _pull_item(self):
        late = not self.pulled_at or self.pulled_at < fields.Datetime.now() - OVERDUE
        hint = self.last_error or self.env._("It was not asked completely for more than a day.")
        return self.feed_id._health_item(
            not late and not self.last_error, self.env._("Entries of %s", self.display_name), hint, "advice"
        )

    def _compute_announced_count(self):
        counts = dict(
            self.env["finance.announced"]._read_group(
                [("account_id", "in", self.ids), ("state", "=", "announced")], ["account_id"], ["__count"]
            )
        )
        for account in self:
            account.announced_count = counts.get(account, 0)

    @api.depends("journal_id", "start_date")
    def _compute_covered_until(self):
        for account in self:
            account.covered_until = max((last for _first, last in account._proven_spans()), default=False)

    @api.depends("journal_id", "start_date")
    def _compute_calendar(self):
        for account in self:
            account.calendar = account._months() if account.journal_id else []

    def _known_days(self):
        return days.KnownDays(self.start_date, days.merged(self._proven_spans()))

    def action_open_announced(self):
        """The announced entries of this account."""
        return self._screen(self.env._("Announced entries"), "finance.announced", [("account_id", "=", self.id)])

    def action_open_pulls(self):
        """What was pulled for this account."""
        return self._screen(self.env._("Pulls"), "finance.import", [("feed_account_id", "=", self.id)])

    def action_open_calls(self):
        """The calls that were made for this account."""
        return self._screen(self.env._("Calls"), "finance.request", [("feed_account_id", "=", self.id)])

    def _screen(self, name, model, domain):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(what)s of %(name)s", what=name, name=self.display_name),
            "res_model": model,
            "view_mode": "list,form",
            "domain": domain,
        }
