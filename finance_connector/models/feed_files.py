"""A feed of files (SFTP): what the bank puts there is imported like a file, and put away only after the commit that says so."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.errors import FinanceError
from ..feeds import sftp
from .feed_health import OVERDUE
from .import_drop import FILES_PER_RUN, MAX_BYTES
from .import_work import COLLISIONS

_SECOND_LOOK = timedelta(minutes=1)


class FinanceFeed(models.Model):
    _inherit = "finance.feed"

    has_files = fields.Boolean(compute="_compute_capabilities")
    host = fields.Char(string="Server")
    port = fields.Integer(default=22)
    username = fields.Char(string="User")
    host_key = fields.Char(
        help="The server's key as the bank tells it: its fingerprint (SHA256:…) or the whole public key. Another key is refused "
        "before anything is sent."
    )
    folder = fields.Char(default=".", help="Where the bank puts the files.")
    after_pickup = fields.Selection(
        [
            (sftp.MOVE, "Move it to the folder “done”"),
            (sftp.DELETE, "Delete it"),
            (sftp.LEAVE, "Leave it (the bank allows reading only)"),
        ],
        required=True,
        default=sftp.MOVE,
        string="After a file is imported",
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Bank journal of the files",
        check_company=True,
        domain="[('type', 'in', ('bank', 'credit'))]",
        help="Empty: each file goes to the journal whose account it names.",
    )
    files_seen = fields.Json(readonly=True, copy=False)
    files_error = fields.Text(readonly=True, copy=False)
    files_pulled_at = fields.Datetime(readonly=True, copy=False)
    file_journal_ids = fields.Many2many(
        "account.journal", compute="_compute_file_journal_ids", string="Bank accounts",
        help="Where its files went, and the account that they are to go to.",
    )  # fmt: skip
    file_import_ids = fields.One2many("finance.import", "feed_id", string="Files", readonly=True)

    @api.depends("code")
    def _compute_capabilities(self):
        result = super()._compute_capabilities()
        for feed in self:
            feed.has_files = bool(feed.code) and "files" in feed._adapter().capabilities
        return result

    @api.depends("file_import_ids.journal_id", "journal_id")
    def _compute_file_journal_ids(self):
        groups = self.env["finance.import"]._read_group(
            [("feed_id", "in", self.ids), ("state", "=", "imported")], ["feed_id"], ["journal_id:recordset"]
        )
        went = dict(groups)
        for feed in self:
            feed.file_journal_ids = feed.journal_id | went.get(feed._origin, self.env["account.journal"])

    def _missing_for_activation(self):
        if not self.has_files:
            return super()._missing_for_activation()
        names = ("host", "username", "host_key", "folder")
        missing = [self._fields[name].get_description(self.env)["string"] for name in names if not self[name]]
        return missing if self._secrets() else [*missing, self.env._("password or private key")]

    @api.depends("files_pulled_at")
    def _compute_times(self):
        result = super()._compute_times()
        for feed in self.filtered("has_files"):
            feed.pulled_at = feed.files_pulled_at
        return result

    @api.depends("files_error", "files_pulled_at")
    def _compute_health(self):
        return super()._compute_health()

    def _health_items(self):
        if not self.has_files:
            return super()._health_items()
        missing = self._missing_for_activation()
        items = [
            self._health_item(
                not missing, self.env._("Server, host key and secret"), self.env._("Missing: %s.", ", ".join(missing)), "missing"
            )
        ]
        if self.state == "active":
            late = not self.files_pulled_at or self.files_pulled_at < fields.Datetime.now() - OVERDUE
            hint = self.files_error or self.env._("The server was not asked successfully for more than a day.")
            items.append(self._health_item(not late and not self.files_error, self.env._("Files"), hint, "advice"))
        return items

    def _server(self):
        return sftp.Server(
            self.host or "", self.port, self.username or "", self.host_key or "", self.folder or ".", self.after_pickup
        )

    def action_test_connection(self):
        """Sign in and look, taking nothing: says how many files wait, or what is wrong."""
        self.ensure_one()
        self.check_access("write")
        try:
            with self._adapter().opened(self._server(), self._secrets()) as folder:
                count = len(folder.waiting())
        except FinanceError as error:
            raise UserError(str(error)) from error
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": self.env._("The server let us in. %s files wait.", count)},
        }

    def _pull_files(self, commit=False):
        """Take what waits and put away what is finished; what goes wrong becomes an exception. What went wrong, or ""."""
        self.ensure_one()
        if not self.try_lock_for_update(allow_referencing=True):
            return self.env._("%s is being asked at this moment.", self.name)
        try:
            with self._adapter().opened(self._server(), self._secrets()) as folder:
                self._put_away(folder)
                wrong = self._take_files(folder, commit)
                if commit:
                    self._put_away(folder)
        except FinanceError as error:
            wrong = str(error)
        self.files_error = wrong or False
        if wrong:
            self._tell_files(wrong)
            return wrong
        self.files_pulled_at = fields.Datetime.now()
        self.env["finance.exception"]._clear(
            "feed_failed", f"files-{self.id}", self.company_id, self.env._("The server answered again.")
        )
        return ""

    def _take_files(self, folder, commit):
        """Import the files that are whole; one that is refused by its size does not stop the next. What went wrong, or ""."""
        waiting = {row.feed_path for row in self.file_import_ids if row.feed_path}
        ready, seen = folder.settled(self.files_seen)
        left = self._left_alone(seen)
        self.files_seen = seen
        if len(ready) < len(seen):
            # Whether the others are whole shows a second look.
            cron = self.env.ref("finance_connector.cron_pull_statements").sudo()
            cron._trigger(fields.Datetime.now() + _SECOND_LOOK)
        wrong = []
        for one in [one for one in ready if one.path not in waiting and one.path not in left][:FILES_PER_RUN]:
            try:
                path, content = folder.take(one, MAX_BYTES)
            except FinanceError as error:
                wrong.append(str(error))
                continue
            self._import_file(one, path, content)
            if commit:
                # Before the next file is touched: what was taken is ours only when it is committed.
                self.env["ir.cron"]._commit_progress()
        return "\n".join(wrong)

    def _left_alone(self, seen):
        """Paths of files that stay on the server and were imported as they are now."""
        if self.after_pickup != sftp.LEAVE:
            return set()
        known = self.env["finance.import"].sudo().search([("feed_id", "=", self.id), ("feed_mark", "!=", False)])
        marks = set(known.mapped("feed_mark"))
        return {path for path, told in seen.items() if _mark(path, *told) in marks}

    def _import_file(self, one, path, content):
        imports = self.env["finance.import"].with_company(self.company_id)
        try:
            with self.env.cr.savepoint():
                record = imports.import_file(content, one.name, journal_id=self.journal_id or None).sudo()
        except COLLISIONS:
            return  # it lies in the folder of taken files; the next run goes on with it
        leaves = self.after_pickup == sftp.LEAVE
        record.write(
            {
                "feed_id": self.id,
                "feed_path": False if leaves else path,
                "feed_mark": _mark(one.path, one.size, one.changed) if leaves else False,
            }
        )

    def _put_away(self, folder):
        """Put away the files whose import is finished. To be called where all of them are committed: at the beginning of a
        transaction, or after a commit."""
        for record in self.file_import_ids.filtered(lambda row: row.feed_path and row.state != "received"):
            folder.put_away(record.feed_path, record.state in ("imported", "duplicate"))
            record.sudo().feed_path = False

    def _tell_files(self, wrong):
        self.env["finance.exception"]._raise(
            "feed_failed",
            f"files-{self.id}",
            self.company_id,
            self.env._("%s: files could not be picked up", self.name),
            detail=self.env._("%s\n\nNothing is lost: what was not imported and committed stays on the server.", wrong),
            record=self,
        )


class FinanceImport(models.Model):
    _inherit = "finance.import"

    feed_id = fields.Many2one("finance.feed", string="Picked up by", readonly=True, index="btree_not_null", ondelete="restrict")
    feed_path = fields.Char(readonly=True, help="Where the file lies on the server, until it is put away.")
    feed_mark = fields.Char(readonly=True, index="btree_not_null", help="Names a file that stays on the server.")


def _mark(path, size, changed):
    return f"{path}:{size}:{changed}"
