"""The days of a bank account as calendar months: which a statement proves, which are missing (INV-13)."""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_date

# How many months the calendar shows, the present one included.
MONTHS = 3
_DAY = timedelta(days=1)


class FinanceDayCalendar(models.AbstractModel):
    _name = "finance.day.calendar"
    _description = "Days of a bank account"

    def _known_days(self):
        """The `feeds.days.KnownDays` of the account."""
        raise NotImplementedError

    def _calendar_journal(self):
        """The journal whose bank lines are counted."""
        return self.journal_id

    def _months(self):
        """[{label, weeks: [[{day, state, entries, title} or None] * 7]}] of the last months, oldest first; weeks begin on
        Monday."""
        today = fields.Date.context_today(self)
        first = today.replace(day=1)
        for _month in range(MONTHS - 1):
            first = (first - _DAY).replace(day=1)
        known = self._day_states(first, today)
        found = []
        while first <= today:
            after = (first + timedelta(days=32)).replace(day=1)
            cells = [None] * first.weekday() + [known[first + timedelta(days=n)] for n in range((after - first).days)]
            cells += [None] * (-len(cells) % 7)
            label = format_date(self.env, first, date_format="LLLL yyyy")
            found.append({"label": label, "weeks": [cells[place : place + 7] for place in range(0, len(cells), 7)]})
            first = after
        return found

    def _day_states(self, first, today):
        """date -> what is known of it, as the calendar draws it, from ``first`` to the end of the month of ``today``."""
        known, counts = self._known_days(), self._entry_counts(first)
        last = (today + timedelta(days=32)).replace(day=1) + timedelta(days=32)
        states, on = {}, first
        while on < last:
            states[on] = self._day_state(on, known.state(on, today), on == today, counts.get(on, 0))
            on += _DAY
        return states

    def _day_state(self, on, state, is_today, entries):
        words = {
            "proven": self.env._("complete, %s entries", entries),
            "carried": self.env._("no statement, and none is missing: the balances before and after it meet"),
            "before": self.env._("before the first day"),
            "open": self.env._("not over yet, %s entries so far", entries) if is_today else "",
            "awaited": self.env._("no statement reaches it yet"),
            "missing": self.env._("missing: nothing proves this day"),
        }[state]
        title = f"{format_date(self.env, on)}: {words}" if words else format_date(self.env, on)
        return {"day": on.day, "state": state, "entries": entries, "title": title}

    def _entry_counts(self, first):
        rows = self.env["account.bank.statement.line"]._read_group(
            [("journal_id", "=", self._calendar_journal().id), ("date", ">=", first)], ["date:day"], ["__count"]
        )
        return {fields.Date.to_date(on): count for on, count in rows}
