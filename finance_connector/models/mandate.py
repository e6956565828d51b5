"""A direct debit mandate: who allowed us to collect from which account, what proves it, and whether it may be used today."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import direct_debit

SCHEMES = [
    (direct_debit.CORE, "SEPA Core"),
    (direct_debit.B2B, "SEPA B2B"),
    (direct_debit.BACS, "Bacs"),
    (direct_debit.GOCARDLESS, "GoCardless"),
]
STATES = [
    ("draft", "Draft"),
    ("active", "Active"),
    ("suspended", "Suspended"),
    ("cancelled", "Cancelled"),
    ("expired", "Expired"),
]
# In these a collection used the mandate, also if its money came back later.
USED = ("sent", "unknown", "accepted", "pending", "executed", "returned")
# What follows from its life, its collections or its provider, and from nobody's typing.
_DERIVED = {"state", "why", "state_since", "provider_state"}
# What makes it that mandate, once it is in use.
_FIXED = {"partner_id", "scheme", "is_once", "signed_on", "creditor_id", "company_id"}
# What the debtor signed: whoever changes one of these on a mandate in use amends it.
SIGNED = ("partner_id", "bank_account_id", "reference", "scheme", "is_once", "signed_on", "creditor_id")


class FinanceMandate(models.Model):
    _name = "finance.mandate"
    _description = "Direct debit mandate"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "reference"
    _rec_names_search = ["reference", "partner_id.name"]

    reference = fields.Char(
        string="Mandate reference",
        required=True,
        copy=False,
        default="/",
        tracking=True,
        help="Names the mandate at the bank of the debtor. Bacs: six to eighteen characters.",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    scheme = fields.Selection(SCHEMES, required=True, default=direct_debit.CORE, tracking=True)
    partner_id = fields.Many2one("res.partner", string="Debtor", index=True, ondelete="restrict", tracking=True)
    bank_account_id = fields.Many2one(
        "res.partner.bank",
        string="Account of the debtor",
        ondelete="restrict",
        tracking=True,
        domain="[('partner_id', 'child_of', partner_id)]",
    )
    is_once = fields.Boolean(string="For one collection only", tracking=True)
    is_last = fields.Boolean(string="The next collection is the last", copy=False, tracking=True)
    signed_on = fields.Date(string="Signed on", copy=False, tracking=True)
    creditor_id = fields.Char(
        string="Creditor identifier",
        default=lambda self: self.env.company.fc_creditor_id,
        tracking=True,
        help="The one that the debtor signed for.",
    )
    evidence_ids = fields.Many2many("ir.attachment", "finance_mandate_evidence_rel", string="Signed mandate", copy=False)
    evidence_note = fields.Char(
        string="Where the signed mandate is",
        copy=False,
        help="If it is not attached: the binder, or the record of the electronic signature.",
    )
    notice = fields.Selection(
        [
            ("mail", "By mail before each collection"),
            ("document", "By the invoice, which tells day and amount"),
            ("provider", "By the provider that has the mandate"),
        ],
        required=True,
        default="mail",
        string="Advance notice",
    )
    notice_days = fields.Integer(string="Agreed days of notice", help="0: as many as the settings say.")
    state = fields.Selection(STATES, required=True, default="draft", readonly=True, index=True, copy=False, tracking=True)
    why = fields.Char(string="Because", readonly=True, copy=False, tracking=True)
    state_since = fields.Datetime(readonly=True, copy=False)
    collection_ids = fields.One2many("finance.payment.instruction", "mandate_id", string="Collections", readonly=True)
    collection_count = fields.Integer(compute="_compute_use", string="Number of collections")
    last_collected_on = fields.Date(compute="_compute_use", string="Last collection")
    expires_on = fields.Date(compute="_compute_use", string="Not to be used from", help="Without a collection until then.")
    next_sequence = fields.Char(compute="_compute_next", string="Next sequence")
    amendment_text = fields.Text(compute="_compute_next", string="Changed since the last collection")
    provider_id = fields.Many2one("finance.provider", index="btree_not_null", ondelete="restrict", copy=False)
    provider_reference = fields.Char(string="Id at the provider", copy=False, tracking=True)
    provider_state = fields.Char(string="What the provider says", readonly=True, copy=False)

    _reference_uniq = models.UniqueIndex(
        "(company_id, scheme, reference)", "A mandate with this reference is there already; references are used once."
    )
    _provider_uniq = models.UniqueIndex(
        "(provider_id, provider_reference) WHERE provider_reference IS NOT NULL", "This mandate of the provider is there already."
    )

    @api.depends("reference", "partner_id")
    def _compute_display_name(self):
        for one in self:
            one.display_name = f"{one.reference} {one.partner_id.name or ''}".strip()

    @api.depends("collection_ids.state", "scheme", "signed_on")
    def _compute_use(self):
        for one in self:
            used = one._used()
            one.collection_count = len(used)
            one.last_collected_on = max((each._day() for each in used), default=False)
            one.expires_on = direct_debit.expires_on(one.scheme, one.signed_on, one.last_collected_on) or False

    @api.depends("collection_ids.state", "is_once", "is_last", "reference", "bank_account_id", "creditor_id")
    def _compute_next(self):
        labels = {
            "original_mandate_id": self.env._("former reference"),
            "original_creditor_id": self.env._("former creditor identifier"),
            "original_creditor_name": self.env._("former name of the creditor"),
            "original_iban": self.env._("former account"),
            "new_bank": self.env._("the account is at another bank"),
        }
        for one in self:
            one.next_sequence = one._sequence()
            told = [labels[name] if value is True else f"{labels[name]}: {value}" for name, value in one._amendments().items()]
            one.amendment_text = "\n".join(told)

    # --- what was collected with it ---------------------------------------------------------------------------------------

    def _used(self, but=None, planned=False):
        """The collections that used it, other than ``but``, of whose order those before it count; ``planned``: also those before
        it in other orders that are submitted."""
        self.ensure_one()
        others = self.sudo().collection_ids - (but or self.collection_ids.browse())
        used = others.filtered(lambda one: one.state in USED)
        if but:
            place = (but._day(), but.id)
            before = others.filtered(lambda one: one.state in ("draft", "approved") and (one._day(), one.id) < place)
            used |= before.filtered(lambda one: one.order_id == but.order_id or (planned and one.order_id.submitted_at))
        return used.sorted(lambda one: (one._day(), one.id))

    def _sequence(self, but=None, planned=False):
        """FRST, RCUR, OOFF or FNAL of the next collection, which is ``but`` if that is there already."""
        return direct_debit.sequence(self.is_once, self.is_last, bool(self._used(but, planned)))

    def _told_now(self):
        """The `Told` of a collection that were made now."""
        account = self.bank_account_id
        return direct_debit.Told(
            self.reference or "",
            self.company_id.fc_creditor_id or self.creditor_id or "",
            self.company_id.name or "",
            account.sanitized_acc_number or "",
            account.bank_bic or "",
        )

    def _amendments(self, but=None):
        """What changed since the last collection, or since it was signed if there was none."""
        last = self._used(but)[-1:]
        if last.mandate_told:
            before = direct_debit.Told(*last.mandate_told)
        else:
            before = direct_debit.Told("", self.creditor_id or "", "", "")
        return direct_debit.amendments(before, self._told_now())

    # --- edits ------------------------------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_derived(vals)
            if vals.get("reference", "/") == "/":
                company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
                vals["reference"] = self.env["ir.sequence"].with_company(company).next_by_code("finance.mandate") or "/"
        made = super().create(vals_list)
        made._own_evidence()
        return made

    def write(self, vals):
        self._refuse_derived(vals)
        self._refuse_another_mandate(vals)
        result = super().write(vals)
        self._own_evidence()
        if set(vals) & set(SIGNED):
            self._note_amendment(sorted(set(vals) & set(SIGNED)))
        return result

    def _own_evidence(self):
        """What is attached belongs to the mandate, so that whoever may read the one may read the other."""
        for one in self:
            loose = one.sudo().evidence_ids.filtered(lambda file: not file.res_id)
            loose.write({"res_model": one._name, "res_id": one.id})

    def _refuse_derived(self, vals):
        if set(vals) & _DERIVED and not self.env.su:
            raise UserError(self.env._("The state of a mandate follows from its buttons, its collections and its provider."))

    def _refuse_another_mandate(self, vals):
        """What makes it another mandate cannot be amended; the reference, and the account of the debtor, can."""
        for one in self.filtered(lambda one: one.state != "draft"):
            fixed = _FIXED - ({"partner_id"} if one.scheme == direct_debit.GOCARDLESS else set())
            if set(vals) & fixed:
                raise UserError(
                    self.env._(
                        "The mandate %s was signed as it is. Ask the debtor for a new one; cancel this one.", one.reference
                    )
                )

    def _note_amendment(self, names):
        """What was approved for the mandate as it was is void, and the order shows it at once."""
        for one in self.filtered(lambda one: one.state != "draft"):
            one._audit("amend", changed=names)
        self.sudo().collection_ids.order_id.filtered(lambda order: order.state in ("to_approve", "approved"))._derive()

    @api.ondelete(at_uninstall=False)
    def _refuse_evidence(self):
        for one in self:
            if one.state != "draft" or one.sudo().collection_ids:
                raise UserError(self.env._("The mandate %s is evidence. Cancel it instead of deleting it.", one.reference))

    def _audit(self, act, **more):
        self.ensure_one()
        told = {"mandate": self.reference, "scheme": self.scheme, "debtor": self.partner_id.id or None, **more}
        self.env["finance.audit.entry"]._record(f"mandate.{act}", self, told)
