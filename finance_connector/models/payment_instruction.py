"""One payment of an order: to whom, how much, for which bills; its state is folded from its facts and never set by hand."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core.money import Money
from ..payments.reasons import reason
from .light_reference import LightMany2one

STATES = [
    ("draft", "Draft"),
    ("approved", "Approved"),
    ("sent", "Sent"),
    ("unknown", "Outcome unknown"),
    ("accepted", "Accepted"),
    ("pending", "Waits at the bank"),
    ("executed", "Executed"),
    ("rejected", "Rejected"),
    ("returned", "Returned"),
    ("cancelled", "Cancelled"),
]
# The money did not move, or came back.
FAILED = ("rejected", "returned")
# In these nothing of it is on its way, and what it was to pay may be paid otherwise.
GONE = (*FAILED, "cancelled")
# Derived, or written down by what was done: nobody sets these, by whatever way.
DERIVED = {
    "state", "intent_key", "end_to_end_id", "replaces_id", "fact_ids", "in_doubt_since", "amount_executed", "amount_returned",
    "reason_codes", "bank_line_ids", "settle_move_id", "amount_settled", "is_to_settle", "is_cancelled",
}  # fmt: skip
# What an approval binds: whoever changes one of these makes it void (INV-10).
CONTENT = ("partner_id", "bank_account_id", "amount", "currency_id", "reference", "text", "item_ids", "mandate_id",
           "collection_date", "account_id", "ultimate_creditor_id", "purpose")  # fmt: skip

class FinancePaymentInstruction(models.Model):
    _name = "finance.payment.instruction"
    _description = "Payment instruction"
    _order = "order_id desc, id"
    _rec_name = "end_to_end_id"

    order_id = fields.Many2one("finance.payment.order", required=True, index=True, ondelete="cascade")
    # What the order has too is held by its references.
    company_id = LightMany2one("res.company", related="order_id.company_id", store=True, precompute=True, guarded=False)
    journal_id = LightMany2one("account.journal", related="order_id.journal_id", store=True, precompute=True, guarded=False)
    execution_date = fields.Date(related="order_id.execution_date", store=True, precompute=True)
    partner_id = fields.Many2one("res.partner", string="Payee", required=True, ondelete="restrict")
    bank_account_id = fields.Many2one(
        "res.partner.bank", string="Account of the payee", ondelete="restrict", domain="[('partner_id', 'child_of', partner_id)]"
    )
    amount = fields.Monetary(required=True)
    currency_id = LightMany2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    reference = fields.Char(help="The structured reference that the payee asked for (RF or QR).")
    text = fields.Char(string="Text for the payee", help="What the payee reads, unless a structured reference is sent.")
    item_ids = fields.One2many("finance.payment.item", "instruction_id", string="Pays")
    bill_names = fields.Char(compute="_compute_bill_names", string="What for", help="Its bills, or what it says itself.")
    intent_key = fields.Char(readonly=True, copy=False)
    end_to_end_id = fields.Char(
        string="End-to-end id", readonly=True, copy=False, index="btree_not_null", help="Names the payment at the bank."
    )
    replaces_id = fields.Many2one(
        "finance.payment.instruction",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The rejected or returned payment whose place this one takes.",
    )
    fact_ids = fields.One2many("finance.payment.fact", "instruction_id", readonly=True)
    state = fields.Selection(STATES, required=True, default="draft", readonly=True, copy=False)
    in_doubt_since = fields.Datetime(readonly=True, copy=False)
    amount_executed = fields.Monetary(readonly=True, copy=False)
    amount_returned = fields.Monetary(readonly=True, copy=False)
    reason_codes = fields.Char(readonly=True, copy=False)
    reason_text = fields.Text(compute="_compute_reason", string="What the bank says")
    advice = fields.Text(compute="_compute_reason", string="What to do")
    bank_line_ids = fields.Many2many(
        "account.bank.statement.line", "finance_payment_bank_line_rel", string="Bank lines", readonly=True, copy=False
    )

    create_uid = LightMany2one("res.users", string="Created by", readonly=True)
    write_uid = LightMany2one("res.users", string="Last Updated by", readonly=True)

    is_cancelled = fields.Boolean(
        default=False, readonly=True, copy=False, help="Its state, as far as an index has to know it."
    )

    _doubt_idx = models.Index("(in_doubt_since) WHERE in_doubt_since IS NOT NULL")
    _intent_uniq = models.UniqueIndex("(intent_key) WHERE intent_key IS NOT NULL AND is_cancelled IS NOT TRUE")

    def init(self):
        super().init()
        # Every payment changes its state several times. No index holds the state, and each page has room for a second version of
        # its rows: no index has to be told then.
        self.env.cr.execute("ALTER TABLE finance_payment_instruction SET (fillfactor = 50)")

    @api.depends("end_to_end_id", "partner_id", "amount")
    def _compute_display_name(self):
        for one in self:
            one.display_name = f"{one.partner_id.name or '/'} {one.currency_id.format(one.amount) if one.currency_id else ''}"

    @api.depends("item_ids.move_line_id", "text", "reference")
    def _compute_bill_names(self):
        for one in self:
            bills = one.item_ids.move_line_id.move_id.mapped(lambda move: move.name or "/")
            one.bill_names = ", ".join(dict.fromkeys(bills)) or one.text or one.reference

    @api.depends("reason_codes")
    def _compute_reason(self):
        for one in self:
            usual = "arudd" if one.order_id.scheme == "bacs_debit" else "iso"
            found = []
            for code in (one.reason_codes or "").split():
                # GoCardless names the report of Bacs before its code.
                report, _dash, own = code.partition("-")
                found.append(reason(own, "arudd") if report == "ARUDD" and own else reason(code, usual))
            one.reason_text = "\n".join(f"{each.code}: {each.text}" for each in found)
            one.advice = "\n".join(dict.fromkeys(each.advice for each in found if each.advice))

    # --- its names and its content --------------------------------------------------------------------------------------

    def _money(self):
        """What is ordered, as the core counts it."""
        self.ensure_one()
        return Money.from_decimal(Decimal(str(round(self.amount, 6))), self.currency_id.name)

    def _agent_told(self):
        """The bank of the payee, as an approval binds it: BIC, clearing number, and the kind of account if it is no usual one."""
        account = self.bank_account_id
        kind = account.fc_account_kind if account.fc_account_kind != "checking" else ""
        return " ".join(filter(None, (account.bank_bic, account.clearing_number, kind)))

    def _day(self):
        """When the bank is to move the money."""
        self.ensure_one()
        return self.order_id.execution_date

    def _references(self):
        """All that is sent beside payee, account and amount, as an approval binds it."""
        self.ensure_one()
        return tuple(filter(None, (self.reference, self.text, *(f"item {item.move_line_id.id}" for item in self.item_ids))))

    # --- edits ----------------------------------------------------------------------------------------------------------

    @api.constrains("partner_id", "bank_account_id")
    def _check_payee(self):
        for one in self:
            owner = one.bank_account_id.partner_id.commercial_partner_id
            if owner and owner != one.partner_id.commercial_partner_id:
                raise self._wrong_owner(one.bank_account_id.acc_number, owner.name, one.partner_id.name)

    @api.model
    def _wrong_owner(self, account, owner, payee):
        """The error of a payment to an account that is not of its payee."""
        return ValidationError(
            self.env._(
                "The account %(account)s belongs to %(owner)s, not to %(payee)s.", account=account, owner=owner, payee=payee
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self.env["finance.payment.order"]._refuse_derived(vals, DERIVED)
        made = super().create(vals_list)
        made.order_id._edited()
        return made

    def write(self, vals):
        self.env["finance.payment.order"]._refuse_derived(vals, DERIVED)
        result = super().write(vals)
        if set(vals) & set(CONTENT):
            self.order_id._edited()
        return result

    @api.ondelete(at_uninstall=False)
    def _refuse_sent(self):
        if any(one.fact_ids for one in self):
            raise UserError(self.env._("A payment that was approved once is evidence. Cancel it instead."))
        self.order_id._edited()
