"""The dashboard's one server call: the numbers that matter today, each within what the user may see."""

from datetime import timedelta

from odoo import api, fields, models

from .exception import KINDS, OPEN_STATES
from .provider_screen import UNPROCESSED

# The span of the charts, and of what counts as "this week".
CHART_DAYS = 30
WEEK_DAYS = 7


class FinanceDashboard(models.AbstractModel):
    _name = "finance.dashboard"
    _description = "Finance Connector dashboard"

    @api.model
    def get_data(self):
        """Everything the dashboard shows, JSON-able. Amounts are texts, one a currency, never added up.

        Parts that this installation does not have are None.
        """
        return {
            "at": fields.Datetime.to_string(fields.Datetime.now()),
            "may_configure": self.env.user.has_group("finance_connector.group_administrator"),
            "exceptions": self._exceptions(),
            "inbox": self._inbox(),
            "providers": self._providers(),
            "transactions": self._transactions(),
            "flow": self._flow(),
            "settlements": self._settlements(),
            "bank": self._bank(),
            "books": self._books(),
            "files": self._files(),
        }

    # --- what needs a person ------------------------------------------------------------------------------

    def _exceptions(self):
        model = self.env["finance.exception"]
        is_open = [("state", "in", OPEN_STATES)]
        groups = model._read_group(
            is_open, ["severity", "kind", "currency_id"], ["__count", "amount_at_risk:sum", "first_seen:min"]
        )
        oldest = min((group[5] for group in groups if group[5]), default=None)
        labels = dict(model._fields["kind"]._description_selection(self.env))
        severities = dict(reversed(model._fields["severity"]._description_selection(self.env)))
        kinds = [
            self._exception_group(
                labels[kind],
                {"kind": kind, "severity": severity, "severity_label": severities[severity]},
                [group for group in groups if group[:2] == (severity, kind)],
            )
            for severity in severities
            for kind in KINDS
            if any(group[:2] == (severity, kind) for group in groups)
        ]
        return {
            "open": sum(group[3] for group in groups),
            "mine": model.search_count([*is_open, ("user_id", "=", self.env.uid)]),
            "unassigned": model.search_count([*is_open, ("user_id", "=", False)]),
            "overdue": model.search_count([("overdue", "=", True)]),
            "oldest_days": (fields.Datetime.now() - oldest).days if oldest else None,
            "at_risk": self._money([(group[2], group[4]) for group in groups]),
            "kinds": kinds,
        }

    def _exception_group(self, label, keys, groups):
        oldest = min((group[5] for group in groups if group[5]), default=None)
        return keys | {
            "label": label,
            "count": sum(group[3] for group in groups),
            "at_risk": self._money([(group[2], group[4]) for group in groups]),
            "oldest_days": (fields.Datetime.now() - oldest).days if oldest else None,
        }

    # --- what comes in ------------------------------------------------------------------------------------

    def _inbox(self):
        now = fields.Datetime.now()
        groups = self.env["finance.message"]._read_group(UNPROCESSED, ["state"], ["__count", "received_at:min"])
        by_state = {state: (count, oldest) for state, count, oldest in groups}
        waiting, oldest = by_state.get("received", (0, None))
        return {
            "waiting": waiting,
            "oldest_minutes": int((now - oldest).total_seconds() // 60) if oldest else None,
            "failed": by_state.get("failed", (0, None))[0],
            "dead": by_state.get("dead", (0, None))[0],
            "refused": self.env["finance.message.rejection"].search_count([("at", ">=", now - timedelta(days=WEEK_DAYS))]),
        }

    def _providers(self):
        states = dict(self.env["finance.provider"]._fields["state"]._description_selection(self.env))
        return [
            {
                "id": provider.id,
                "name": provider.name,
                "state": provider.state,
                "state_label": states[provider.state],
                "test": provider.environment == "test",
                "ready": provider.ready,
                "message_at": fields.Datetime.to_string(provider.last_message_at or None) or False,
                "message_warning": provider.message_warning,
                "poll_at": fields.Datetime.to_string(provider.polled_at or None) or False,
                "poll_warning": provider.poll_warning,
            }
            for provider in self.env["finance.provider"].search([])
        ]

    def _files(self):
        if "finance.import" not in self.env or not self.env["finance.import"].has_access("read"):
            return None
        since = fields.Datetime.now() - timedelta(days=WEEK_DAYS)
        groups = self.env["finance.import"]._read_group([("create_date", ">=", since)], ["state"], ["__count"])
        counts = dict(groups)
        return {"refused": counts.get("rejected", 0), "imported": counts.get("imported", 0)}

    # --- the lists behind numbers that no filter of a search view can give --------------------------------

    @api.model
    def action_open_bank_lines(self):
        """The bank lines that nothing explains yet."""
        name, model = self.env._("Open bank lines"), "account.bank.statement.line"
        return self._list_action("action_bank_line", name, model, self._open_bank_lines())

    @api.model
    def action_open_refused_files(self):
        """The files that were refused in the last week."""
        since = fields.Datetime.now() - timedelta(days=WEEK_DAYS)
        domain = [("state", "=", "rejected"), ("create_date", ">=", since)]
        return self._list_action("action_finance_import", self.env._("Refused files"), "finance.import", domain)

    def _list_action(self, xmlid, name, model, domain):
        """The window action ``xmlid`` for ``domain``, or a plain list where there is no such action."""
        known = self.env.ref(f"finance_connector.{xmlid}", raise_if_not_found=False)
        views = [(False, "list"), (False, "form")]
        action = known._get_action_dict() if known else {"type": "ir.actions.act_window", "views": views}
        # Not the address of the whole list: reloading must show the same rows again.
        action.pop("path", None)
        return action | {"name": name, "display_name": name, "res_model": model, "domain": domain, "context": {}}

    # --- helpers ------------------------------------------------------------------------------------------

    def _money(self, pairs):
        """Sums per currency of (currency, amount) as texts, largest first."""
        totals = {}
        for currency, amount in pairs:
            totals[currency] = totals.get(currency, 0) + amount
        screen = self.env["finance.screen"]
        ordered = sorted(totals.items(), key=lambda item: -abs(item[1]))
        return [screen._money_text(amount, currency) for currency, amount in ordered if currency and amount]
