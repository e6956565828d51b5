"""What the bank sends from one of our accounts: until when it takes files for which day, and in which currencies: said before
anybody approves an order, and kept when it is sent."""

from datetime import date, datetime, time, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import UserError, ValidationError

from ..core.approval_content import COLLECTION
from ..core.payment_calendar import Calendar, CutOff
from ..payments import payouts
from .payment_order import OURS

# Executed at any time, on any day.
_ALWAYS = ("sepa_instant",)
_MIDNIGHT = time(23, 59, 59)


class AccountJournal(models.Model):
    _inherit = "account.journal"

    fc_cut_off = fields.Float(string="Cut-off of payment files", help="Until when the bank takes files for a day; 0: all day.")
    fc_cut_off_zone = fields.Selection(_tz_get, string="Time zone of the cut-off", default=lambda self: self.env.user.tz or "UTC")
    fc_cut_off_days = fields.Integer(
        string="Days ahead", help="So many days of the bank before the execution it has to have the file; 0: on the same day."
    )
    fc_closed_days = fields.Text(
        string="Days on which the bank is closed",
        help="A day a line, as 2026-12-24. Saturdays and Sundays, and for accounts in euro the holidays of TARGET, are known.",
    )

    fc_sent_currency_ids = fields.Many2many(
        "res.currency",
        "finance_journal_sent_currency_rel",
        string="Currencies sent from it",
        help="Empty: all that the scheme of a payment has.",
    )

    @api.constrains("fc_cut_off", "fc_cut_off_days", "fc_closed_days")
    def _check_cut_off(self):
        for journal in self:
            if not 0 <= journal.fc_cut_off < 24 or not 0 <= journal.fc_cut_off_days <= 10:
                raise ValidationError(self.env._("The cut-off is a time of the day, and at most ten days ahead."))
            journal._closed_days()

    def _closed_days(self):
        """The single days on which the bank is closed. Raises ValidationError for what is no day."""
        told = (self.fc_closed_days or "").split()
        try:
            return frozenset(date.fromisoformat(day) for day in told)
        except ValueError as error:
            told = self.env._("Days on which the bank is closed: write each as 2026-12-24 (%s).", error)
            raise ValidationError(told) from error

    def _cut_off(self, always=False):
        """The `CutOff` of payments from this account; ``always``: of those that are executed at any time."""
        currency = (self.currency_id or self.company_id.currency_id).name
        year = fields.Date.today().year
        calendar = Calendar(
            "TARGET" if currency == "EUR" else self.name,
            dict.fromkeys(range(year - 1, year + 3), frozenset()),
            is_target=currency == "EUR",
            closed=self._closed_days(),
        )
        minutes = round(self.fc_cut_off * 60)
        clock = time(minutes // 60, minutes % 60) if minutes else _MIDNIGHT
        return CutOff(clock, ZoneInfo(self.fc_cut_off_zone or "UTC"), calendar, self.fc_cut_off_days, always)


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    first_day = fields.Date(compute="_compute_first_day", string="First possible day")
    day_problem = fields.Char(compute="_compute_day_problem")
    execution_date = fields.Date(compute="_compute_execution_date", store=True, readonly=False, precompute=True)

    @api.depends("journal_id", "scheme", "file_format")
    def _compute_first_day(self):
        now = datetime.now(timezone.utc)
        for order in self:
            order.first_day = order._cut_off().earliest(now) if order.journal_id else False

    @api.depends("journal_id", "scheme", "file_format")
    def _compute_execution_date(self):
        """The first day that is possible, unless a later one was chosen."""
        for order in self:
            if order.state == "draft" and order.first_day:
                order.execution_date = max(order.execution_date or order.first_day, order.first_day)
            else:
                order.execution_date = order.execution_date or fields.Date.context_today(order)

    @api.depends("journal_id", "scheme", "file_format", "execution_date", "state")
    def _compute_day_problem(self):
        for order in self:
            order.day_problem = order._why_not_that_day() if order.journal_id and order.state in OURS else False

    def action_submit(self):
        for order in self:
            order._refuse_day()
        return super().action_submit()

    def _checked_file(self, *payments):
        self._refuse_day()
        return super()._checked_file(*payments)

    def _cut_off(self):
        return self.journal_id._cut_off(self.scheme in _ALWAYS or self.file_format == payouts.FORMAT)

    def _refuse_day(self):
        """Raise UserError if the bank does not execute the order on its day any more, or never does on such a day."""
        if why := self._why_not_that_day():
            raise UserError(why)

    def _why_not_that_day(self):
        if self.kind == COLLECTION or not self.execution_date:
            return ""
        possible, why = self._cut_off().execution(self.execution_date, datetime.now(timezone.utc))
        if not why:
            return ""
        return self.env._(
            "%(order)s cannot be executed on the day that it has: %(why)s Take it back to the draft if need be, and choose "
            "%(possible)s.",
            order=self.name,
            why=why,
            possible=possible,
        )
