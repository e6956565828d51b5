"""A payment run: which open bills are to be paid now and why, which are left and why; then one order of those that are chosen."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..core import netting
from ..core.approval_content import TRANSFER
from ..core.collection import no_collection
from ..core.errors import FinanceError
from ..core.money import Money
from ..core.payment_proposal import Candidate, Criteria, propose
from ..models.light_reference import LightMany2one
from ..models.set_insert import insert

_RUN_DAYS = 7
_LINE = (
    ("move_line_id", "int"),
    ("due", "date"),
    ("currency_id", "int"),
    ("amount", "numeric"),
    ("reason", "text"),
    ("is_chosen", "bool"),
    ("is_proposed", "bool"),
    ("takes_discount", "bool"),
)
_CHOSEN = """SELECT move_line_id, takes_discount, currency_id FROM finance_payment_proposal_line
              WHERE proposal_id = %s AND is_chosen ORDER BY is_proposed DESC, due, id"""


class FinancePaymentProposal(models.TransientModel):
    _name = "finance.payment.proposal"
    _description = "Payment proposal"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    journal_id = fields.Many2one(
        "account.journal",
        string="Pay from",
        required=True,
        domain="[('type', '=', 'bank'), ('company_id', '=', company_id)]",
        default=lambda self: self.env["finance.payment.order"]._default_journal(self.env.company),
    )
    pay_on = fields.Date(
        string="Execute on", required=True, compute="_compute_pay_on", store=True, readonly=False, precompute=True
    )
    next_run = fields.Date(
        string="Next run",
        required=True,
        default=lambda self: fields.Date.today() + timedelta(days=_RUN_DAYS),
        help="What is due before the next run is paid now.",
    )
    take_discounts = fields.Boolean(
        string="Take discounts", default=True, help="Pay early where a cash discount would be lost by the next run."
    )
    currency_ids = fields.Many2many("res.currency", string="Only in these currencies")
    journal_ids = fields.Many2many(
        "account.journal", string="Only of these journals", domain="[('type', '=', 'purchase'), ('company_id', '=', company_id)]"
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    limit = fields.Monetary(string="Pay at most", help="Empty: without limit.")
    keep = fields.Monetary(string="Keep on the account", help="What the run leaves on the account at least.")
    watch_balance = fields.Boolean(string="Look at the balance", help="Pay no more than the account has.")
    with_entries = fields.Boolean(
        string="Also salaries and other entries", help="Open items on payable accounts that are of no bill, such as salaries."
    )
    together = fields.Boolean(string="One payment a payee", default=True)
    credit_notes = fields.Selection(
        [("all", "Take off the payee's bills"), ("referred", "Only off the bill they refer to"), ("none", "Leave them")],
        string="Credit notes",
        required=True,
        default="all",
    )
    line_ids = fields.One2many("finance.payment.proposal.line", "proposal_id")
    total = fields.Monetary(compute="_compute_total")
    is_made = fields.Boolean()

    @api.depends("journal_id")
    def _compute_currency_id(self):
        for one in self:
            one.currency_id = one.journal_id.currency_id or one.company_id.currency_id

    @api.depends("journal_id")
    def _compute_pay_on(self):
        """The first day that is possible, unless a later one was chosen."""
        for one in self:
            first = one.journal_id._cut_off().earliest(datetime.now(timezone.utc))
            one.pay_on = max(one.pay_on or first, first)

    @api.depends("line_ids.is_chosen", "line_ids.amount")
    def _compute_total(self):
        for one in self:
            chosen = one.line_ids.filtered("is_chosen")
            one.total = sum(line.amount for line in chosen if line.currency_id == one.currency_id)

    def _compute_display_name(self):
        for one in self:
            one.display_name = self.env._("Payment proposal")

    @no_collection()
    def action_propose(self):
        """Look at all open bills, and say of each whether it is paid in this run, and why."""
        self.ensure_one()
        items = {item.key: item for item in self.env["account.move.line"]._open_items(self._wanted())}
        candidates = {key: self._candidate(item) for key, item in items.items()}
        try:
            proposal = propose(candidates.values(), self._criteria())
        except FinanceError as error:
            raise UserError(str(error)) from error
        self._list(
            [_row(items[one.key], one.amount, one.reason, True, bool(one.discount)) for one in proposal.proposed]
            + [_row(items[one.key], candidates[one.key].amount, one.text, False, False) for one in proposal.left]
        )
        return self._reopen()

    def _list(self, rows):
        """Show ``rows`` of `_LINE` in place of what is listed: thousands, of which few are looked at, are made at once."""
        self.is_made = True
        lines = self.env["finance.payment.proposal.line"]
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM finance_payment_proposal_line WHERE proposal_id = %s", [self.id])
        lines.invalidate_model()
        insert(lines, _LINE, rows, proposal_id=self.id)
        self.invalidate_recordset(["line_ids"])
        self.modified(["line_ids"])

    @no_collection()
    def action_make_order(self):
        """A draft order of what is chosen, and open it."""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(_CHOSEN, [self.id])
        chosen = self.env.cr.fetchall()
        if not chosen:
            raise UserError(self.env._("Choose at least one bill."))
        order = self.env["finance.payment.order"]._for_items(
            self.journal_id,
            self.env["account.move.line"].browse([item for item, *_rest in chosen]),
            {"all": netting.ALL, "referred": netting.REFERRED, "none": netting.NONE}[self.credit_notes],
            self.together,
            [item for item, takes_discount, _currency in chosen if takes_discount],
            execution_date=self.pay_on,
            scheme=self.env["finance.payment.order"]._scheme_for(self.journal_id, self.env["res.currency"].browse(chosen[0][2])),
        )
        return order._as_action()

    def _wanted(self):
        """The domain of what is open and owed."""
        owed = Domain("move_id.move_type", "in", ("in_invoice", "in_refund", "in_receipt")) & Domain(
            "account_type", "=", "liability_payable"
        )
        if self.with_entries:
            # What was paid to them already is no entry to pay: only what is owed is looked at.
            owed |= (
                Domain("move_id.move_type", "=", "entry")
                & Domain("account_type", "in", ("liability_payable", "liability_current"))
                & Domain("account_id.reconcile", "=", True)
                & Domain("amount_residual_currency", "<", 0)
                & Domain("partner_id", "!=", False)
            )
        return (
            owed
            & Domain("company_id", "=", self.company_id.id)
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("amount_residual_currency", "!=", 0)
        )

    @staticmethod
    def _candidate(item):
        return Candidate(
            item.key,
            str(item.payee_id),
            item.number,
            item.to_pay(),
            item.due,
            str(item.journal_id),
            item.discount,
            item.discount_date,
            item.block,
            item.order,
        )

    def _criteria(self):
        name = self.currency_id.name

        def money(amount):
            return {name: Money.from_decimal(Decimal(str(round(amount, 6))), name)}

        balance = self.journal_id.current_statement_balance if self.watch_balance else 0
        return Criteria(
            self.pay_on,
            self.next_run,
            self.take_discounts,
            frozenset(self.currency_ids.mapped("name")),
            frozenset(map(str, self.journal_ids.ids)),
            money(self.limit) if self.limit else {},
            money(balance) if self.watch_balance else {},
            money(self.keep) if self.keep else {},
        )

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment proposal"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "view_mode": "form",
            "target": "current",
        }


def _row(item, amount, reason, is_chosen, takes_discount):
    """A row of `_LINE`."""
    return (item.id, item.due, item.currency_id, amount.to_text(), reason, is_chosen, is_chosen, takes_discount)


class FinancePaymentProposalLine(models.TransientModel):
    _name = "finance.payment.proposal.line"
    _description = "Proposed payment"
    _order = "is_proposed desc, due, id"

    # Both go after an hour or so, as transient records do, and nothing that they refer to goes before.
    proposal_id = LightMany2one("finance.payment.proposal", required=True, guarded=False)
    move_line_id = LightMany2one("account.move.line", required=True, guarded=False)
    move_id = fields.Many2one(related="move_line_id.move_id", string="Bill")
    partner_id = fields.Many2one(related="move_line_id.partner_id", string="Payee")
    due = fields.Date(readonly=True)
    currency_id = LightMany2one("res.currency", required=True, guarded=False)
    create_uid = LightMany2one("res.users", readonly=True, guarded=False)
    write_uid = LightMany2one("res.users", readonly=True, guarded=False)
    amount = fields.Monetary()
    reason = fields.Char(readonly=True)
    is_chosen = fields.Boolean(string="Pay")
    is_proposed = fields.Boolean(readonly=True)
    takes_discount = fields.Boolean(string="Discount taken", readonly=True)


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    @api.model
    def _default_journal(self, company):
        """The bank journal that the company has an account number for."""
        if len(company) != 1:
            raise UserError(self.env._("Choose bills of one company."))
        found = self._usual_journal(company)
        if not found:
            raise UserError(self.env._("%s has no bank journal to pay from.", company.name))
        return found

    @api.model
    def _usual_journal(self, company):
        """As `_default_journal`; none if there is no bank journal."""
        domain = [("type", "=", "bank"), ("company_id", "=", company.id)]
        with_account = self.env["account.journal"].search([*domain, ("bank_account_id", "!=", False)], limit=1)
        return with_account or self.env["account.journal"].search(domain, limit=1)

    @api.onchange("journal_id")
    def _onchange_journal_id(self):
        """Another account usually pays by another scheme."""
        if self.journal_id and self.kind == TRANSFER:
            self.scheme = self._scheme_for(self.journal_id, self.journal_id.currency_id or self.company_id.currency_id)

    @api.model
    def _scheme_for(self, journal, currency):
        """The scheme that payments in ``currency`` from ``journal`` usually go by."""
        country = (journal.bank_account_id.sanitized_acc_number or "")[:2]
        if country in ("CH", "LI"):
            return "swiss"
        return "sepa" if currency.name == "EUR" else "international"

    def _as_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.get_formview_id(), "form")],
            "view_mode": "form",
            "target": "current",
        }
