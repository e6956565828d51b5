"""The dashboard's money: payments by state, money in and out, and what is on its way."""

from datetime import timedelta

from odoo import fields, models

from .dashboard import CHART_DAYS
from .transaction import STATES

# How many expected arrivals are listed; the number beside them counts all, and leads to all.
LISTED_ARRIVALS = 5


class FinanceDashboard(models.AbstractModel):
    _inherit = "finance.dashboard"

    def _since(self):
        return fields.Date.context_today(self) - timedelta(days=CHART_DAYS - 1)

    def _transactions(self):
        groups = self.env["finance.transaction"]._read_group(
            [("occurred_at", ">=", self._since())], ["state", "currency_id"], ["__count", "amount:sum"]
        )
        labels = dict(self.env["finance.transaction"]._fields["state"]._description_selection(self.env))
        total = sum(group[2] for group in groups)
        rows = []
        for state, _label in STATES:
            chosen = [group for group in groups if group[0] == state]
            count = sum(group[2] for group in chosen)
            if count:
                share = round(100 * count / total, 1)
                money = self._money([(group[1], group[3]) for group in chosen])
                rows.append({"state": state, "label": labels[state], "count": count, "share": share, "money": money})
        return {
            "days": CHART_DAYS,
            "total": total,
            "states": rows,
            "contradicting": self.env["finance.transaction"].search_count([("contradiction", "!=", False)]),
            "without_document": self.env["finance.transaction"].search_count(
                [("linked_at", "=", False), ("amount_captured", ">", 0)]
            ),
        }

    def _flow(self):
        """Captured, fees and paid out a day, one chart a currency."""
        first = self._since()
        days = [first + timedelta(days=offset) for offset in range(CHART_DAYS)]
        captured = self.env["finance.transaction"]._read_group(
            [("occurred_at", ">=", first), ("amount_captured", "!=", 0)],
            ["currency_id", "occurred_at:day"],
            ["amount_captured:sum", "amount_fee:sum"],
        )
        paid = self.env["finance.settlement"]._read_group(
            [
                ("arrival_date", ">=", first),
                ("arrival_date", "<=", days[-1]),
                ("state", "in", ("paid", "reconciled")),
            ],
            ["currency_id", "arrival_date:day"],
            ["amount_net:sum"],
        )
        charts = {}
        for currency, day, amount, fee in captured:
            chart = charts.setdefault(currency, {"captured": {}, "fees": {}, "paid_out": {}})
            chart["captured"][_as_date(day)] = amount
            chart["fees"][_as_date(day)] = fee
        for currency, day, amount in paid:
            chart = charts.setdefault(currency, {"captured": {}, "fees": {}, "paid_out": {}})
            chart["paid_out"][_as_date(day)] = amount
        largest_first = sorted(charts, key=lambda currency: -sum(charts[currency]["captured"].values()))
        return [self._flow_chart(currency, charts[currency], days) for currency in largest_first]

    def _flow_chart(self, currency, chart, days):
        screen = self.env["finance.screen"]
        series = {name: [values.get(day, 0) for day in days] for name, values in chart.items()}
        totals = {name: screen._money_text(sum(values.values()), currency) for name, values in chart.items()}
        return {
            "currency": currency.name,
            "days": [fields.Date.to_string(day) for day in days],
            "series": series,
            "totals": totals,
        }

    def _settlements(self):
        model = self.env["finance.settlement"]
        waiting = [("state", "in", ("in_transit", "paid"))]
        today = fields.Date.context_today(self)
        groups = model._read_group(waiting, ["currency_id"], ["__count", "amount_net:sum"])
        arrivals = model.search(waiting, order="arrival_date, id", limit=LISTED_ARRIVALS)
        return {
            "count": sum(group[1] for group in groups),
            "money": self._money([(group[0], group[2]) for group in groups]),
            "late": model.search_count([*waiting, ("arrival_date", "<", today)]),
            "differing": model.search_count([("complete", "=", True), ("difference", "!=", 0)]),
            "arrivals": [
                {
                    "id": settlement.id,
                    "name": settlement.external_id,
                    "provider": settlement.provider_id.name,
                    "date": fields.Date.to_string(settlement.arrival_date) if settlement.arrival_date else False,
                    "late": settlement.late,
                    "text": self.env["finance.screen"]._money_text(settlement.amount_net, settlement.currency_id),
                }
                for settlement in arrivals
            ],
        }

    def _bank(self):
        """Bank lines that nothing explains yet. The provider journals' own lines are not money at a bank."""
        groups = self.env["account.bank.statement.line"]._read_group(
            self._open_bank_lines(), ["currency_id"], ["__count", "date:min"]
        )
        oldest = min((group[2] for group in groups if group[2]), default=None)
        return {
            "count": sum(group[1] for group in groups),
            "incoming": self._bank_sum(">"),
            "outgoing": self._bank_sum("<"),
            "oldest_days": (fields.Date.context_today(self) - oldest).days if oldest else None,
        }

    def _bank_sum(self, side):
        """What came in (``>``) or went out (``<``): one sum of both would hide one behind the other."""
        groups = self.env["account.bank.statement.line"]._read_group(
            [*self._open_bank_lines(), ("amount", side, 0)], ["currency_id"], ["amount:sum"]
        )
        return self._money([(currency, abs(amount)) for currency, amount in groups])

    def _open_bank_lines(self):
        own = self.env["finance.provider"].search([("journal_id", "!=", False)]).journal_id
        return [("is_reconciled", "=", False), ("state", "=", "posted"), ("journal_id", "not in", own.ids)]


def _as_date(day):
    return day.date() if hasattr(day, "date") else day
