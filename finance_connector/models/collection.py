"""A direct debit as an instruction of an order: with which mandate, as which of its collections, on which day, in which batch.

What it tells of its mandate is written down when it is submitted, so that the next one knows what changed since (INV-10: the
approval binds all of it).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core import approval_content, direct_debit
from ..core.payment_calendar import TARGET
from ..payments import payouts
from ..payments.schemes import COLLECTION_SCHEMES

# What is derived, or evidence, and from nobody's typing.
_DERIVED = {"sequence_type", "batch_number", "mandate_told", "notified_on", "notified_of"}
# Format of the file -> the scheme that it holds.
FORMATS = {"pain.008.001.08": "sdd", "pain.008.001.02": "sdd", "bacs": "bacs_debit", payouts.COLLECTIONS: "gocardless"}
_MANDATE_SCHEMES = {
    "sdd": (direct_debit.CORE, direct_debit.B2B), "bacs_debit": (direct_debit.BACS,), "gocardless": (direct_debit.GOCARDLESS,),
}  # fmt: skip


class FinancePaymentOrder(models.Model):
    _inherit = "finance.payment.order"

    kind = fields.Selection(
        [(approval_content.TRANSFER, "Payment out"), (approval_content.COLLECTION, "Direct debit")],
        required=True,
        readonly=True,
        default=approval_content.TRANSFER,
        index=True,
    )
    scheme = fields.Selection(
        selection_add=[(key, one.name) for key, one in COLLECTION_SCHEMES.items()],
        ondelete=dict.fromkeys(COLLECTION_SCHEMES, "cascade"),
    )
    file_format = fields.Selection(
        selection_add=[
            ("pain.008.001.08", "pain.008.001.08"),
            ("pain.008.001.02", "pain.008.001.02"),
        ],
        ondelete={"pain.008.001.08": "cascade", "pain.008.001.02": "cascade"},
    )
    is_collection = fields.Boolean(compute="_compute_is_collection")

    @api.depends("kind")
    def _compute_is_collection(self):
        for order in self:
            order.is_collection = order.kind == approval_content.COLLECTION

    @api.depends("scheme", "kind")
    def _compute_channel_id(self):
        return super()._compute_channel_id()

    def _ways(self):
        """A bank takes direct debits by the way that payment files go; who has the mandates collects by API; who only pays out by
        API collects nothing."""
        ways = super()._ways()
        if not self.is_collection:
            return ways.filtered(lambda one: payouts.COLLECTIONS not in (one._adapter().formats or ()))
        if self.scheme == direct_debit.GOCARDLESS:
            return ways.filtered(lambda one: one.code == direct_debit.GOCARDLESS)
        return ways.filtered(lambda one: not one._adapter().formats)

    @api.depends("kind", "scheme")
    def _compute_file_format(self):
        collections = self.filtered("is_collection")
        for order in collections:
            usual = next((form for form, scheme in FORMATS.items() if scheme == order.scheme), "pain.008.001.08")
            order.file_format = order.file_format if FORMATS.get(order.file_format) == order.scheme else usual
        return super(FinancePaymentOrder, self - collections)._compute_file_format()

    @api.constrains("kind", "scheme", "file_format")
    def _check_kind(self):
        for order in self:
            fits = FORMATS.get(order.file_format) == order.scheme
            collects = order.scheme in COLLECTION_SCHEMES or order.file_format == payouts.COLLECTIONS
            if order.is_collection and not fits or not order.is_collection and collects:
                raise ValidationError(
                    self.env._(
                        "%(order)s cannot be written as %(format)s by the scheme %(scheme)s.",
                        order=order.name,
                        format=order.file_format,
                        scheme=order.scheme,
                    )
                )

    def write(self, vals):
        if "kind" in vals and any(order.kind != vals["kind"] for order in self):
            raise UserError(self.env._("An order pays or collects; make another one for the other direction."))
        return super().write(vals)

    def get_formview_id(self, access_uid=None):
        """Orders of direct debits have a form in their own words."""
        if len(self) == 1 and self.is_collection:
            return self.env.ref("finance_connector.view_collection_order_form").id
        return super().get_formview_id(access_uid=access_uid)

    def _batches(self):
        """(instrument, sequence, day) -> its collections, in the order of the file; Bacs has no batches of its own."""
        self.ensure_one()
        found = {}
        for one in self.instruction_ids.sorted("id"):
            key = (direct_debit.INSTRUMENTS.get(one.mandate_id.scheme, ""), one.sequence_type or "", one._day())
            found[key] = found.get(key, one.browse()) | one
        return {key: found[key] for key in sorted(found, key=lambda key: (key[2], key[0], key[1]))}

    def _mint(self):
        paid = super()._mint()
        self._arrange()
        return paid

    def _arrange(self):
        """Decide the sequence of each collection, what it tells of its mandate, and its batch."""
        for order in self.filtered("is_collection"):
            for one in order.instruction_ids.filtered("mandate_id").sorted("id"):
                told = list(one.mandate_id._told_now())
                one._set_quietly(sequence_type=one._due_sequence(planned=True), mandate_told=told)
            for number, group in enumerate(order._batches().values(), 1):
                for one in group:
                    one._set_quietly(batch_number=number)

    def action_submit(self):
        """Collections are submitted with mandates that may be used on their day, and in time for the notice."""
        for order in self.filtered("is_collection"):
            if problems := [text for one in order.instruction_ids for text in one._collection_problems()]:
                raise UserError("\n".join(dict.fromkeys(problems)))
        return super().action_submit()

    def _checked_file(self, *payments):
        if self.is_collection:
            order = self.sudo()
            problems = [text for one in order.instruction_ids for text in one._sending_problems()]
            if problems:
                raise UserError(
                    self.env._(
                        "%(order)s cannot be sent as it was approved:\n%(problems)s",
                        order=self.name,
                        problems="\n".join(dict.fromkeys(problems)),
                    )
                )
        return super()._checked_file(*payments)


class FinancePaymentInstruction(models.Model):
    _inherit = "finance.payment.instruction"

    kind = fields.Selection(related="order_id.kind", store=True, precompute=True)
    mandate_id = fields.Many2one(
        "finance.mandate",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('partner_id', 'child_of', partner_id), ('state', '=', 'active')]",
    )
    collection_date = fields.Date(string="Collected on", help="The day on which the debtor is debited; empty: that of the order.")
    sequence_type = fields.Selection(
        [("FRST", "First (FRST)"), ("RCUR", "Recurrent (RCUR)"), ("OOFF", "Once (OOFF)"), ("FNAL", "Final (FNAL)")],
        readonly=True,
        copy=False,
        string="Sequence",
    )
    batch_number = fields.Integer(readonly=True, default=1, copy=False, string="Batch")
    mandate_told = fields.Json(readonly=True, copy=False, help="What it tells of its mandate, as the next one compares it.")
    refund_until = fields.Date(compute="_compute_terms", string="Can be taken back until")
    unauthorised_until = fields.Date(compute="_compute_terms", string="If unauthorised until")

    @api.depends("mandate_id.scheme", "collection_date", "execution_date")
    def _compute_terms(self):
        for one in self:
            day = one.mandate_id and one._day()
            refund, unauthorised = direct_debit.terms(one.mandate_id.scheme, day) if day else (None, None)
            one.refund_until, one.unauthorised_until = refund or False, unauthorised or False

    @api.depends("kind")
    def _compute_payee_news(self):
        """Where money goes is what has to be looked at; who pays us is proven by the mandate."""
        collections = self.filtered(lambda one: one.kind == approval_content.COLLECTION)
        collections.payee_news = False
        super(FinancePaymentInstruction, self - collections)._compute_payee_news()

    def get_formview_id(self, access_uid=None):
        """Direct debits have a form in their own words."""
        if len(self) == 1 and self.kind == approval_content.COLLECTION:
            return self.env.ref("finance_connector.view_collection_form").id
        return super().get_formview_id(access_uid=access_uid)

    @api.onchange("mandate_id")
    def _onchange_mandate_id(self):
        """The mandate says who is debited, and from which account."""
        if self.mandate_id:
            self.partner_id = self.mandate_id.partner_id.commercial_partner_id
            self.bank_account_id = self.mandate_id.bank_account_id

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self.env["finance.payment.order"]._refuse_derived(vals, _DERIVED)
        return super().create(vals_list)

    def write(self, vals):
        self.env["finance.payment.order"]._refuse_derived(vals, _DERIVED)
        return super().write(vals)

    def _set_quietly(self, **vals):
        """Write what the machine derives: it is no edit by a person, and approvals see it by the hash all the same."""
        self.ensure_one()
        changed = {name: value for name, value in vals.items() if self[name] != value}
        if changed:
            self.sudo().write(changed)

    def _day(self):
        return self.collection_date or super()._day()

    def _references(self):
        mandate = self.mandate_id
        if not mandate:
            return super()._references()
        told = [f"mandate {mandate.id}", f"signed {mandate.signed_on}", f"sequence {self.sequence_type}", *mandate._told_now()]
        told += [f"{name} {value}" for name, value in sorted(mandate._amendments(self).items())]
        return (*super()._references(), *told)

    def _due_sequence(self, planned=False):
        """As which collection of its mandate it is told; a provider knows that itself."""
        is_told = self.mandate_id.scheme != direct_debit.GOCARDLESS
        return self.mandate_id._sequence(self, planned=planned) if is_told else False

    def _collection_problems(self):
        """Why it cannot be collected as it is; nothing if it can."""
        self.ensure_one()
        mandate, day = self.mandate_id, self._day()
        if not mandate:
            return [self.env._("%s has no mandate. Choose the one by which it is collected.", self.display_name)]
        told = [mandate._unusable(day)]
        if day.weekday() in TARGET.weekend or (self.order_id.scheme == "sdd" and not TARGET.is_open(day)):
            told.append(self.env._("%(day)s is no day of the banks; collect on %(next)s.", day=day, next=TARGET.next_open(day)))
        if mandate.scheme not in _MANDATE_SCHEMES[self.order_id.scheme]:
            told.append(self.env._("The mandate %s is of another scheme than the order.", mandate.reference))
        if mandate.partner_id.commercial_partner_id != self.partner_id.commercial_partner_id:
            told.append(
                self.env._(
                    "The mandate %(mandate)s is not of %(debtor)s.", mandate=mandate.reference, debtor=self.partner_id.name
                )
            )
        if mandate.bank_account_id != self.bank_account_id:
            told.append(self.env._("The mandate %s allows another account.", mandate.reference))
        if mandate.company_id != self.company_id:
            told.append(self.env._("The mandate %s was given to another company.", mandate.reference))
        if mandate.is_once and mandate._used(self, planned=True):
            told.append(
                self.env._("The mandate %s was for one collection, and that is made. Ask for a new one.", mandate.reference)
            )
        return [*filter(None, told), *self._notice_problems()]

    def _sending_problems(self):
        """Why it must not go out now although it was approved: mandates and sequences change with what became of others."""
        self.ensure_one()
        told = [self.mandate_id._unusable(self._day()), *self._notice_problems(sending=True)]
        if self._day() <= fields.Date.context_today(self):
            told.append(self.env._("The day of %s is over. Take the order back and choose a later one.", self.display_name))
        due = self._due_sequence()
        if due != self.sequence_type:
            told.append(
                self.env._(
                    "%(what)s is %(due)s now, and was approved as %(was)s. Take the order back and submit it again.",
                    what=self.display_name,
                    due=due,
                    was=self.sequence_type,
                )
            )
        return [text for text in told if text]

    def _refold(self, orders=None):
        orders = orders or self._orders()
        before = {one.id: one.state for one in self & orders.filtered("is_collection").instruction_ids}
        super()._refold(orders)
        for one in self.browse(before).filtered(lambda one: one.mandate_id and one.state != before[one.id]):
            one.mandate_id._follow_collection(one)
