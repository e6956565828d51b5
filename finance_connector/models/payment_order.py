"""What is paid as one: a payment order with its instructions; its state follows from its approvals and from what the bank did."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core.collection import no_collection
from ..payments.schemes import TRANSFER_SCHEMES
from .payment_channel import FILE_FORMATS

STATES = [
    ("draft", "Draft"),
    ("to_approve", "To approve"),
    ("approved", "Approved"),
    ("sent", "Sent"),
    ("accepted", "Accepted"),
    ("partially_accepted", "Partially accepted"),
    ("executed", "Executed"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
]
# Nothing has left us yet: it may still be changed, which voids what was approved.
OURS = ("draft", "to_approve", "approved")
_GOOD, _BAD = {"accepted", "pending", "executed"}, {"rejected", "returned"}
# What an approval binds of the order itself.
_CONTENT = {"journal_id", "execution_date", "company_id"}
# Derived, or written down by the buttons: nobody sets these, by whatever way.
_DERIVED = {
    "state", "submitted_at", "submission", "edited_by_id", "content_hash", "source_hash", "approval_ids", "file_ids",
    "sent_by_id", "name",
}  # fmt: skip
# How it is written and by which way it goes stays as it was submitted.
_WAY = {"channel_id", "file_format", "scheme", "batch_booking", "category_purpose", "charge_bearer", "ultimate_debtor_id"}


class FinancePaymentOrder(models.Model):
    _name = "finance.payment.order"
    _description = "Payment order"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    name = fields.Char(required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    journal_id = fields.Many2one(
        "account.journal",
        string="Our bank account",
        required=True,
        tracking=True,
        ondelete="restrict",
        domain="[('type', '=', 'bank'), ('company_id', '=', company_id)]",
        default=lambda self: self._usual_journal(self.env.company),
    )
    channel_id = fields.Many2one(
        "finance.payment.channel",
        string="Goes by",
        compute="_compute_channel_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        domain="[('journal_id', '=', journal_id), ('state', '=', 'approved')]",
        help="Empty: a person takes the file to the bank.",
    )
    scheme = fields.Selection(
        [(key, one.name) for key, one in TRANSFER_SCHEMES.items()], required=True, default="sepa", tracking=True
    )
    file_format = fields.Selection(
        FILE_FORMATS, compute="_compute_file_format", store=True, readonly=False, precompute=True, required=True
    )
    batch_booking = fields.Boolean(help="The bank shows one entry for all payments of the order.")
    category_purpose = fields.Selection(
        [("SALA", "Salaries"), ("PENS", "Pensions"), ("SUPP", "Suppliers"), ("TAXS", "Taxes"), ("TREA", "Own transfers")],
        string="All payments are",
        help="What the banks are told of all payments of the order (pain.001). Salaries are kept apart by many banks.",
    )
    execution_date = fields.Date(required=True, tracking=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_amount_total", store=True)
    amount_total = fields.Monetary(string="Total", compute="_compute_amount_total", store=True)
    instruction_ids = fields.One2many("finance.payment.instruction", "order_id", string="Payments", copy=False)
    instruction_count = fields.Integer(compute="_compute_amount_total", store=True, string="Number of payments")
    state = fields.Selection(STATES, required=True, default="draft", readonly=True, index=True, copy=False, tracking=True)
    submitted_at = fields.Datetime(readonly=True, copy=False)
    submission = fields.Integer(
        readonly=True, copy=False, help="How often it was submitted: an approval is of one submission and of no later one."
    )
    edited_by_id = fields.Many2one("res.users", string="Last edited by", readonly=True, copy=False)
    approval_ids = fields.One2many("finance.payment.approval", "order_id", readonly=True)
    file_ids = fields.One2many("finance.payment.file", "order_id", readonly=True)

    @api.depends("instruction_ids.amount", "instruction_ids.currency_id", "journal_id")
    def _compute_amount_total(self):
        found = {}
        for order, *group in self.env["finance.payment.instruction"]._read_group(
            [("order_id", "in", self.ids)], ["order_id", "currency_id"], ["amount:sum", "__count"]
        ):
            found.setdefault(order.id, []).append(group)
        for order in self:
            groups = found.get(order.id, []) if order.id else [(one.currency_id, one.amount, 1) for one in order.instruction_ids]
            own, used = order.journal_id.currency_id or order.company_id.currency_id, {currency for currency, *_more in groups}
            order.currency_id = used.pop() if len(used) == 1 else own
            order.amount_total = sum(amount for currency, amount, _count in groups if currency == order.currency_id)
            order.instruction_count = sum(count for *_more, count in groups)

    @api.depends("journal_id")
    def _compute_channel_id(self):
        for order in self:
            ways = order._ways()
            order.channel_id = order.channel_id if order.channel_id in ways else ways[:1]

    def _ways(self):
        """The channels that it may go by."""
        return self.env["finance.payment.channel"].search([("journal_id", "=", self.journal_id.id), ("state", "=", "approved")])

    @api.depends("channel_id")
    def _compute_file_format(self):
        for order in self:
            order.file_format = order.channel_id.file_format or order.file_format or "pain.001.001.09"

    # --- edits ----------------------------------------------------------------------------------------------------------

    def _edited(self, is_named=False):
        """Its content was changed, or may have been: whoever did is the last editor, and approvals of something else are void.

        ``is_named``: the names of its payments are right already.
        """
        for order in self.exists():
            if order.state not in OURS:
                raise UserError(
                    self.env._("%s was sent and stays as it was sent. Pay what is missing by another order.", order.name)
                )
            if order.env.user != order.edited_by_id:
                order.sudo().edited_by_id = order.env.user
            if order.submitted_at:
                order.sudo()._mint()
            elif not is_named:
                order.sudo()._unname()
            order.sudo()._derive()

    @api.constrains("journal_id", "company_id")
    def _check_journal(self):
        for order in self:
            if order.journal_id.type != "bank" or order.journal_id.company_id != order.company_id:
                raise ValidationError(self.env._("Choose a bank account of %s to pay from.", order.company_id.name))

    @api.model
    def _refuse_derived(self, vals, derived):
        """What follows from facts and approvals cannot be written from outside."""
        written = sorted(set(vals) & derived)
        if written and not self.env.su:
            raise UserError(self.env._("These follow from what was done, and are never written: %s.", ", ".join(written)))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_derived(vals, _DERIVED)
            if vals.get("name", "/") == "/":
                company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
                vals["name"] = self.env["ir.sequence"].with_company(company).next_by_code("finance.payment.order") or "/"
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_derived(vals, _DERIVED)
        if set(vals) & _WAY and any(order.state != "draft" for order in self):
            raise UserError(self.env._("How an order is sent is settled when it is submitted. Take it back to the draft first."))
        result = super().write(vals)
        if set(vals) & _CONTENT:
            self._edited()
        return result

    @api.ondelete(at_uninstall=False)
    def _refuse_evidence(self):
        for order in self:
            if order.state != "draft" or order.approval_ids or order.file_ids:
                raise UserError(self.env._("%s is evidence. Cancel it instead of deleting it.", order.name))

    # --- its state ------------------------------------------------------------------------------------------------------

    def _derive(self, facts=None):
        """Derive the state: from what the bank did once it was sent, from the approvals before.

        ``facts``: what approvals are judged by (`_facts`) of the one order, if that is at hand.
        """
        for order, states in self._states():
            if not order._derive_sent(states):
                if order.submitted_at:
                    order._derive_approval(facts)
                else:
                    order.state = "draft"

    def _follow(self):
        """Derive the state after facts of payments came in: these change neither the content nor who approved it."""
        for order, states in self._states():
            if not order._derive_sent(states) and order.state not in OURS:
                order._derive_approval()

    def _states(self):
        """Pairs of each order and the states of its payments."""
        payments = self.env["finance.payment.instruction"].sudo()
        found = {}
        for order, state in payments._read_group([("order_id", "in", self.ids)], ["order_id", "state"]):
            found.setdefault(order.id, set()).add(state)
        return [(order, found.get(order.id, set())) for order in self]

    def _derive_sent(self, states):
        """Take the state from those of the payments, where it left us or was given up. Whether it did."""
        if states & (_GOOD | _BAD | {"sent", "unknown"}):
            self.state = _state_at_bank(states - {"cancelled"})
        elif self.state == "cancelled" or (states and states == {"cancelled"}):
            self.state = "cancelled"
        else:
            return False
        return True

    # --- the way of it --------------------------------------------------------------------------------------------------

    @no_collection()
    def action_submit(self):
        """Ask for the approval of what is there now: everything that can be checked is checked first."""
        for order in self:
            order._check_maker()
            if order.state != "draft":
                raise UserError(self.env._("%s is submitted already.", order.name))
            if not order.instruction_count:
                raise UserError(self.env._("%s pays nobody. Add payments first.", order.name))
            paid = order.sudo()._mint()
            order._refuse_suspicions()
            order.sudo().write(
                {"submitted_at": fields.Datetime.now(), "submission": order.submission + 1, "edited_by_id": self.env.uid}
            )
            content = order.sudo()._note_content(paid)
            order.sudo()._check_file(content, paid)
            order.sudo()._derive(order.sudo()._facts(content))
            order._audit("submit")
        return True

    def action_cancel(self):
        """Give it up before it is sent; its bills are free again."""
        for order in self:
            order._check_maker()
            if order.state not in OURS:
                raise UserError(self.env._("%s was sent. Ask the bank to recall it, or wait for its answer.", order.name))
            order.sudo().instruction_ids._tell("cancel", f"{order.id}/{fields.Datetime.now()}", text=self.env.user.name)
            order.sudo().state = "cancelled"
            order._audit("cancel")
        return True

    def action_recall(self):
        """Take it back to the draft, to change it; approvals of it as it was stay as evidence."""
        for order in self:
            order._check_maker()
            if order.state not in ("to_approve", "approved"):
                raise UserError(self.env._("%s cannot be taken back any more.", order.name))
            order.sudo()._void()
            order.sudo().write({"submitted_at": False, "state": "draft"})
            order._audit("recall")
        return True

    def _check_maker(self):
        if not self.env.user.has_group("finance_connector.group_user"):
            raise UserError(self.env._("You may not prepare payments. Ask an administrator for the role User."))
        self.check_access("read")

    def _audit(self, act, **more):
        self.ensure_one()
        told = {"order": self.name, "content": self.content_hash or None, "total": str(self.amount_total), **more}
        self.env["finance.audit.entry"]._record(f"payment.{act}", self, told)


def _state_at_bank(states):
    if not states or states <= _BAD:
        return "rejected"
    if states & _BAD:
        return "executed" if states <= _BAD | {"executed"} else "partially_accepted"
    if states == {"executed"}:
        return "executed"
    return "accepted" if states <= _GOOD else "sent"
