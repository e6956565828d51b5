"""A file from a bank or provider: what it is, how far its work came, and why it was refused if it was.

The bytes are stored first (INV-1). A file is taken over as a whole or not at all, an archive included.
"""

import base64
import binascii
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..core.records import Envelope

STATES = [
    ("received", "Received"),
    ("imported", "Imported"),
    ("rejected", "Refused"),
    ("duplicate", "Duplicate"),
]


class FinanceImport(models.Model):
    _name = "finance.import"
    _description = "Import"
    _order = "id desc"
    _rec_name = "filename"

    filename = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    journal_id = fields.Many2one(
        "account.journal", readonly=True, index="btree_not_null", ondelete="restrict",
        help="The bank journal; empty for a provider's report, and for a file with statements of several "
        "accounts.",
    )  # fmt: skip
    provider_id = fields.Many2one("finance.provider", readonly=True, index="btree_not_null", ondelete="restrict")
    message_id = fields.Many2one("finance.message", string="File as it came", readonly=True, ondelete="restrict")
    checksum = fields.Char(string="SHA-256", readonly=True, required=True)
    size = fields.Integer(string="Bytes", readonly=True)
    format = fields.Char(readonly=True)
    state = fields.Selection(STATES, required=True, default="received", readonly=True, index=True)
    reason = fields.Text(readonly=True, help="Why the file was refused, or what it is waiting for.")
    error_line = fields.Integer(string="Line of the error", readonly=True)
    original_import_id = fields.Many2one(
        "finance.import", string="Same file as", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    line_count = fields.Integer(string="Entries", readonly=True, help="Entries that the file holds.")
    duplicate_count = fields.Integer(string="Known before", readonly=True, help="Entries that an earlier file brought.")
    created_count = fields.Integer(string="New lines", readonly=True, help="Bank lines made of this file.")
    conflict_count = fields.Integer(string="Conflicts", readonly=True)
    progress = fields.Float(compute="_compute_progress", help="Share of the entries that are worked off.")
    staged = fields.Boolean(readonly=True, help="The file was read and its arithmetic proven; its entries are staged.")
    planned = fields.Boolean(readonly=True, help="It is decided which entries are new.")
    finished_at = fields.Datetime(readonly=True)
    drop_path = fields.Char(readonly=True, help="Where the file lies in its drop folder, until it is moved away.")
    coverage_ids = fields.One2many("finance.coverage", "import_id", string="Statements in the file", readonly=True)
    statement_ids = fields.Many2many("account.bank.statement", compute="_compute_statement_ids", string="Statements")
    line_ids = fields.One2many("account.bank.statement.line", "fc_import_id", string="Bank lines", readonly=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_balances")
    opening = fields.Monetary(compute="_compute_balances")
    closing = fields.Monetary(compute="_compute_balances")
    date_from = fields.Date(compute="_compute_balances", string="From")
    date_to = fields.Date(compute="_compute_balances", string="To")

    _pending_idx = models.Index("(id) WHERE state = 'received'")
    _checksum_idx = models.Index("(checksum, company_id)")

    @api.depends("line_count", "duplicate_count", "created_count", "announced_count", "state")
    def _compute_progress(self):
        for record in self:
            done = record.created_count + record.duplicate_count + record.conflict_count + record.announced_count
            record.progress = 1.0 if record.state == "imported" else done / record.line_count if record.line_count else 0.0

    @api.depends("coverage_ids.statement_ids")
    def _compute_statement_ids(self):
        for record in self:
            record.statement_ids = record.coverage_ids.statement_ids

    @api.depends("coverage_ids")
    def _compute_balances(self):
        """Of a file about one account; a file about several has these in its statements only."""
        for record in self:
            covered = record.coverage_ids.sorted("sequence")
            proven = covered.filtered(lambda one: not one.provisional)
            one_account = len(proven.journal_id) == len(proven.currency_id) == 1
            record.currency_id = proven.currency_id if one_account else False
            record.opening = proven[:1].opening if one_account else 0
            record.closing = proven[-1:].closing if one_account else 0
            record.date_from = min(covered.filtered("date_from").mapped("date_from"), default=False)
            record.date_to = max(covered.filtered("date_to").mapped("date_to"), default=False)

    # --- the front door -------------------------------------------------------------------------------------

    @api.model
    def import_file(self, content, filename, journal_id=None, provider_id=None):
        """Take over one file; returns its `finance.import`, also when it is refused: then ``state`` is
        `rejected` and ``reason`` says why. Never raises for what is in the file.

        ``content``: bytes, or base64 text; ``journal_id`` or ``provider_id`` (id or record) say where it
        belongs, else it is found by the account that the file names, or by the columns of a provider's
        report. A file above the entry limit comes back as `received` and is worked by the scheduled action.
        """
        self._check_role()
        journal = self._allowed_target("account.journal", journal_id)
        provider = self._allowed_target("finance.provider", provider_id)
        data, readable = _as_bytes(content)
        record = self.sudo()._receive(data, filename, journal, provider)
        if not readable:
            record._reject(self.env._("The content of %s is not base64 text. Send the file again.", filename))
        elif record.state == "received":
            record._work_now(data)
        return self.browse(record.id)

    @api.model
    def _allowed_target(self, model, target):
        """The journal or provider that was asked for, if the user may see it; else an empty recordset."""
        record = target if isinstance(target, models.BaseModel) else self.env[model].browse(target or ())
        if record:
            record = record.with_env(self.env)
            record.check_access("read")
            if record.company_id not in self.env.companies and not self.env.su:
                raise AccessError(self.env._("%s belongs to a company that is not among your companies.", record.name))
        return record.sudo()

    @api.model
    def _receive(self, data, filename, journal, provider, source="file", **more):
        """Store the bytes, and one row that says so; the same bytes again become a `duplicate`. ``more``: further columns."""
        company = journal.company_id or provider.company_id or self.env.company
        checksum = hashlib.sha256(data).hexdigest()
        original = self._same_file(checksum, company, journal, provider)
        return self.with_company(company).create(
            {
                "filename": filename or self.env._("unnamed"),
                "company_id": company.id,
                "provider_id": provider.id,
                "checksum": checksum,
                "size": len(data),
                "message_id": self._store_bytes(data, checksum, company, journal, provider, source),
                "state": "duplicate" if original else "received",
                "original_import_id": original.id,
                "journal_id": journal.id or original.journal_id.id,
                "format": original.format,
                "reason": bool(original) and self.env._("The same file was taken over before, as %s.", original.filename),
                **more,
            }
        )

    def _same_file(self, checksum, company, journal, provider):
        known = self.search(
            [
                ("checksum", "=", checksum),
                ("company_id", "=", company.id),
                ("state", "in", ("received", "imported")),
            ],
            order="id",
        )
        return known.filtered(
            lambda one: (
                (not journal or one.journal_id in (journal, journal.browse()))
                and (not provider or one.provider_id in (provider, provider.browse()))
                and not one._lines_are_gone()
            )
        )[:1]

    def _lines_are_gone(self):
        """Whether somebody deleted bank lines that this import made: then the file may be taken over again."""
        self.ensure_one()
        lines = self.env["account.bank.statement.line"]
        return self.state == "imported" and self.created_count > lines.search_count([("fc_import_id", "=", self.id)])

    def _store_bytes(self, data, checksum, company, journal, provider, source):
        messages = self.env["finance.message"]
        target = f"journal-{journal.id}" if journal else f"provider-{provider.id}" if provider else "file"
        envelope = Envelope(external_id=f"{target}:{checksum}", event_type=source, lane_key=target)
        provider_id = provider.id or None
        message_id = messages._store(self.env.cr, provider_id, company.id, source, envelope, data)
        if message_id is None:
            known = messages.search(
                [
                    ("external_id", "=", envelope.external_id),
                    ("provider_id", "=", provider_id or False),
                    ("company_id", "=", company.id),
                ]
            )
            message_id = known.id
        return message_id

    # --- outcomes -------------------------------------------------------------------------------------------

    def _reject(self, reason, line=None, way_out=False):
        """Refuse the file: nothing of it stays but its bytes and the reason. ``way_out``: what a person can add to it."""
        self.ensure_one()
        self._drop_staging()
        self.write(
            {
                "state": "rejected",
                "reason": reason,
                "way_out": way_out,
                "error_line": line or 0,
                "finished_at": fields.Datetime.now(),
                "staged": False,
                "planned": False,
                "line_count": 0,
                "duplicate_count": 0,
                "conflict_count": 0,
                "announced_count": 0,
            }
        )
        self._mark_message("failed", reason)
        self.env["finance.exception"]._raise(
            "import_rejected",
            self.checksum,
            self.company_id,
            self.env._("%s was refused", self.filename),
            detail=self.env._("%s\n\nNothing of the file was booked.", reason),
            record=self,
            provider=self.provider_id or None,
        )

    def _mark_message(self, state, outcome):
        self.message_id.write(
            {
                "state": state,
                "error": outcome if state == "failed" else False,
                "outcome": False if state == "failed" else outcome,
                "done_at": fields.Datetime.now(),
            }
        )

    def _retry_exception(self, exception):
        """The exception's retry button: go on with a stuck file, read a refused one again."""
        self.action_retry()

    def action_retry(self):
        """Read the stored bytes of a refused file again, as after the journal was given its account; go on at once
        with one that is stuck half-way."""
        self._check_role()
        for record in self.sudo():
            if record.state == "received":
                record.next_attempt_at = False
                self.env["finance.provider"]._wake("finance_connector.cron_import_statements")
            elif record.state == "rejected":
                record._read_again()
        return True

    def _read_again(self):
        vals = {"state": "received", "reason": False, "way_out": False, "error_line": 0, "finished_at": False}
        original = self._same_file(self.checksum, self.company_id, self.journal_id, self.provider_id)
        if original:
            self.write(vals | {"state": "duplicate", "original_import_id": original.id})
        else:
            self.write(vals)
            self._work_now(self.message_id._raw())

    def _check_role(self):
        if not self.env.su and not self.env.user.has_group("finance_connector.group_user"):
            raise AccessError(self.env._("You may not import files. Ask an administrator for the role User."))
        self.check_access("read")

    def action_open_lines(self):
        """The bank lines made of this file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bank lines of %s", self.filename),
            "res_model": "account.bank.statement.line",
            "view_mode": "list,form",
            "domain": [("fc_import_id", "=", self.id)],
        }


def _as_bytes(content):
    """(bytes, whether they could be read): base64 text is decoded; text that is none is kept as it came."""
    if isinstance(content, str):
        try:
            return base64.b64decode("".join(content.split()), validate=True), True
        except (binascii.Error, ValueError):
            return content.encode(), False
    return bytes(content), True
