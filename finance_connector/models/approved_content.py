"""Configuration that a second person puts into force: the approval binds to the exact content (INV-10)."""

import hashlib
from datetime import timezone
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import hashing

# In the context of a write it says that the button does it. An object cannot come in from a client.
_BUTTON = object()
_APPROVAL = ("state", "approved_by_id", "approved_at", "approved_hash", "edited_by_id")


def plain_content(record, names):
    """The fields ``names`` of ``record`` as JSON-able values."""
    record.ensure_one()
    content = {}
    for name in names:
        field, value = record._fields[name], record[name]
        if field.type == "one2many":
            content[name] = value._plain_content()
        elif field.type == "many2many":
            content[name] = sorted(value.ids)
        elif field.type in ("float", "monetary"):
            content[name] = Decimal(str(value)) if value else None
        elif field.type == "datetime":
            content[name] = value.replace(tzinfo=timezone.utc) if value else None
        else:
            content[name] = (value.id if field.relational else value) or None
    return content


def hash_of(content):
    """What an approval of ``content`` is bound to."""
    return hashlib.sha256(hashing.canonical_json(content)).hexdigest()


class FinanceApprovedContent(models.AbstractModel):
    _name = "finance.approved.content"
    _description = "Approved content"

    # The fields that an approval binds; all others may still change.
    _content = ()
    # How the audit chain calls it: `<name>.create`, `.change`, `.approve`.
    _audited_as = ""

    version = fields.Integer(required=True, default=1, readonly=True)
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved")], required=True, default="draft", readonly=True, copy=False
    )
    edited_by_id = fields.Many2one("res.users", string="Last edited by", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)
    approved_hash = fields.Char(readonly=True, copy=False, help="Binds the approval to the exact content.")

    def _plain_content(self):
        """The content as JSON-able values."""
        return plain_content(self, self._content)

    def _content_hash(self):
        return hash_of(self._plain_content())

    def _is_valid(self):
        """Approved, and not changed since by whatever way."""
        self.ensure_one()
        return self.state == "approved" and self.approved_hash == self._content_hash()

    def action_approve(self):
        """Put it into force: by an approver who neither made nor edited it (INV-10)."""
        if not self.env.user.has_group("finance_connector.group_approver"):
            raise UserError(self.env._("Only an approver can put it into force: %s.", self._description))
        for record in self:
            if self.env.user in record.create_uid | record.edited_by_id:
                raise UserError(
                    self.env._(
                        "You made or edited %s. Ask another approver: nobody approves their own change.",
                        record.display_name,
                    )
                )
            record.sudo()._approve(self.env.user)
        return True

    def _approve(self, user):
        for record in self:
            record.with_context(finance_approval=_BUTTON).write(
                {
                    "state": "approved",
                    "approved_by_id": user.id,
                    "approved_at": fields.Datetime.now(),
                    "approved_hash": record._content_hash(),
                }
            )
            record._audit("approve")

    def _new_version(self, versions, **values):
        """A draft copy with the version after those of ``versions``, as an action that opens it."""
        self.ensure_one()
        return self.copy({"version": max(versions.mapped("version")) + 1, **values}).get_formview_action()

    def _audit(self, act):
        self.ensure_one()
        content = {name: str(value) for name, value in self._plain_content().items()}
        self.env["finance.audit.entry"]._record(f"{self._audited_as}.{act}", self, content)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_approval_fields(vals)
        records = super().create(vals_list)
        for record in records:
            record._audit("create")
        return records

    def write(self, vals):
        self._refuse_approval_fields(vals)
        if not set(vals) & set(self._content):
            return super().write(vals)
        for record in self:
            if record.state == "approved":
                raise UserError(
                    self.env._(
                        "%s is approved and stays as it was approved. Make a new version instead.", record.display_name
                    )
                )
        result = super().write({**vals, "edited_by_id": self.env.uid})
        for record in self:
            record._audit("change")
        return result

    def _refuse_approval_fields(self, vals):
        if set(vals) & set(_APPROVAL) and self.env.context.get("finance_approval") is not _BUTTON:
            raise UserError(self.env._("It is approved by its button, never by writing its state: %s.", self._description))

    @api.ondelete(at_uninstall=False)
    def _refuse_approved(self):
        if any(record.state == "approved" for record in self):
            raise UserError(self.env._("What was approved is evidence. Replace it by a newer version: %s.", self._description))
