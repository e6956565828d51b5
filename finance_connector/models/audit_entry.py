"""The audit chain: who did what to what, append-only, each entry bound to the one before by its hash."""

import logging
from datetime import timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import hashing

_logger = logging.getLogger(__name__)
# Key of the advisory lock that lets one transaction at a time extend the chain.
_CHAIN_LOCK = 7_241_980_011


class FinanceAuditEntry(models.Model):
    _name = "finance.audit.entry"
    _description = "Audit entry"
    _inherit = ["finance.append.only"]
    _order = "id desc"
    _rec_name = "action"
    _log_access = False
    _mutable_columns = frozenset({"sequence", "previous_hash", "hash"})

    sequence = fields.Integer(readonly=True, help="Place in the chain, given when the entry is sealed.")
    at = fields.Datetime(readonly=True, required=True)
    user_id = fields.Many2one("res.users", readonly=True, required=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", readonly=True, index=True, ondelete="restrict")
    action = fields.Char(readonly=True, required=True, index=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    payload = fields.Text(readonly=True, help="What was done, as canonical JSON.")
    previous_hash = fields.Char(readonly=True)
    hash = fields.Char(readonly=True)

    _sequence_uniq = models.UniqueIndex("(sequence) WHERE sequence IS NOT NULL")
    _unsealed_idx = models.Index("(id) WHERE hash IS NULL")

    def init(self):
        super().init()
        table = SQL.identifier(self._table)
        self.env.cr.execute(SQL("DROP TRIGGER IF EXISTS finance_audit_entry_sealed ON %s", table))
        self.env.cr.execute(
            SQL(
                """CREATE TRIGGER finance_audit_entry_sealed BEFORE UPDATE OF sequence, previous_hash, hash ON %s
                   FOR EACH ROW WHEN (OLD.hash IS NOT NULL) EXECUTE FUNCTION finance_connector_append_only()""",
                table,
            )
        )

    @api.model
    def _record(self, action, record, payload):
        """Note that the current user did ``action`` to ``record``; ``payload`` (JSON-able, no secrets) says what.

        The entry belongs to the caller's transaction: it exists if and only if the act does. It is sealed into the chain
        right after the commit, because only then its place is known.
        """
        company = record.company_id if "company_id" in record._fields else self.env.company
        if record._name == "res.company":
            company = record
        entry = self.sudo().create(
            {
                "at": fields.Datetime.now(),
                "user_id": self.env.uid,
                "company_id": company.id,
                "action": action,
                "res_model": record._name,
                "res_id": record.id,
                "payload": hashing.canonical_json(payload).decode(),
            }
        )
        if not self.env.cr.postcommit.data.get("finance_connector.seal"):
            self.env.cr.postcommit.data["finance_connector.seal"] = True
            self.env.cr.postcommit.add(self._seal_after_commit)
        return entry

    def _seal_after_commit(self):
        try:
            with self.env.registry.cursor() as cr:
                self.with_env(self.env(cr=cr))._seal()
        except Exception:  # the act is committed; the scheduled action seals what is left
            _logger.info("Audit entries stay unsealed until the next scheduled check", exc_info=True)

    @api.model
    def _seal(self):
        """Give every unsealed entry its place and hash; returns how many. One transaction at a time extends the chain.

        The advisory lock must be the first statement of the transaction, else another worker's newest link is unseen and
        the unique index refuses ours.
        """
        cr = self.env.cr
        self.flush_model()
        cr.execute("SELECT pg_try_advisory_xact_lock(%s)", [_CHAIN_LOCK])
        if not cr.fetchone()[0]:
            return 0
        cr.execute("SELECT sequence, hash FROM finance_audit_entry WHERE hash IS NOT NULL ORDER BY sequence DESC LIMIT 1")
        sequence, previous = cr.fetchone() or (0, hashing.GENESIS)
        unsealed = self.sudo().search([("hash", "=", False)], order="id")
        rows = []
        for entry in unsealed:
            sequence += 1
            digest = hashing.chain_hash(previous, sequence, entry._content())
            rows.append((entry.id, sequence, previous, digest))
            previous = digest
        if rows:
            cr.execute_values(
                """UPDATE finance_audit_entry e SET sequence = v.sequence, previous_hash = v.previous, hash = v.hash
                   FROM (VALUES %s) AS v (id, sequence, previous, hash) WHERE e.id = v.id""",
                rows,
            )
            unsealed.invalidate_recordset()
        return len(rows)

    def _content(self):
        """What the hash binds."""
        self.ensure_one()
        return {
            "at": self.at.replace(tzinfo=timezone.utc),
            "user_id": self.user_id.id,
            "company_id": self.company_id.id or None,
            "action": self.action,
            "res_model": self.res_model or None,
            "res_id": self.res_id or None,
            "payload": self.payload,
        }

    @api.model
    def verify_chain(self):
        """Recompute every hash. Returns {'ok', 'checked', 'first_bad', 'reason', 'unsealed'}."""
        self._seal()
        entries = self.sudo().search([("hash", "!=", False)], order="sequence")
        verdict = hashing.verify_chain(entry._link() for entry in entries)
        return {
            "ok": verdict.ok,
            "checked": len(entries),
            "first_bad": verdict.first_bad_sequence,
            "reason": verdict.reason,
            "unsealed": self.sudo().search_count([("hash", "=", False)]),
        }

    def _export_chain(self):
        """The chain as JSON lines for the offline verifier."""
        entries = self.sudo().search([("hash", "!=", False)], order="sequence")
        return "\n".join(hashing.canonical_json(entry._link()).decode() for entry in entries)

    def _link(self):
        """The entry as a link of the chain, as `core.hashing.verify_chain` reads it."""
        return self._content() | {"sequence": self.sequence, "previous_hash": self.previous_hash, "hash": self.hash}
