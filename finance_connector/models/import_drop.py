"""Drop folders: files that another program leaves in a journal's folder are imported and then moved away.

A folder is only used inside the root that the server's administrator allows; nothing leads out of it, no link
either. A file is moved to ``done`` or ``rejected`` after the commit that says what became of it. Should the
server die between the two, the file is found again, is a duplicate, and is moved then.
"""

import logging
import os
import time
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import config

from .import_work import COLLISIONS

_logger = logging.getLogger(__name__)
_OPTION = "finance_connector_drop_root"
_PARAMETER = "finance_connector.drop_root"
DONE, REJECTED = "done", "rejected"
# A file is taken once it has not changed for this long: it may still be written.
SETTLED_SECONDS = 10
# Files of one folder taken per run, and bytes of the largest file that is read.
FILES_PER_RUN = 50
MAX_BYTES = 256 * 1024 * 1024


class AccountJournal(models.Model):
    _inherit = "account.journal"

    fc_drop_folder = fields.Char(
        string="Drop folder",
        groups="finance_connector.group_administrator",
        help="Statements put here are imported into this journal. A folder inside the root that the server "
        "allows (option or environment FINANCE_CONNECTOR_DROP_ROOT, else system parameter "
        "finance_connector.drop_root).",
    )

    @api.constrains("fc_drop_folder")
    def _check_fc_drop_folder(self):
        for journal in self.sudo().filtered("fc_drop_folder"):
            journal._drop_path()

    def _drop_path(self):
        """The folder of this journal, resolved. Raises ValidationError when it lies outside the root, or
        there is none."""
        self.ensure_one()
        return self._inside_drop_root(self.fc_drop_folder, self.name)

    @api.model
    def _inside_drop_root(self, told, name):
        """The folder ``told`` of ``name``, resolved. Raises ValidationError when it lies outside the root, or
        there is none."""
        root = self._drop_root()
        if not root:
            raise ValidationError(
                self.env._(
                    "No root for drop folders is set on this server. Set FINANCE_CONNECTOR_DROP_ROOT, or "
                    "the system parameter %s, to the folder that holds them.",
                    _PARAMETER,
                )
            )
        path = (root / told.strip()).resolve()
        if path == root or root not in path.parents:
            raise ValidationError(
                self.env._(
                    "The folder %(path)s of %(name)s is not inside %(root)s. Choose a folder in there.",
                    path=told,
                    name=name,
                    root=root,
                )
            )
        return path

    @api.model
    def _drop_root(self):
        """The folder that all drop folders lie in, resolved; None when there is none."""
        told = (
            config.get(_OPTION)
            or os.environ.get(_OPTION.upper())
            or self.env["ir.config_parameter"].sudo().get_param(_PARAMETER)
        )
        return Path(told).resolve() if told else None


class FinanceImport(models.Model):
    _inherit = "finance.import"

    @api.model
    def _collect_drop_folders(self):
        """Import what lies in the drop folders; commits file by file. What an earlier run finished is moved
        away first."""
        self._move_finished()
        for journal in self.env["account.journal"].sudo().search([("fc_drop_folder", "!=", False)]):
            journal = journal.with_company(journal.company_id)
            try:
                folder = journal._drop_path()
                waiting = _settled_files(folder)
            except (ValidationError, OSError) as error:
                self._folder_unusable(journal, error)
                continue
            self.env["finance.exception"]._clear(
                "import_rejected",
                f"folder-{journal.id}",
                journal.company_id,
                self.env._("The folder can be read again."),
            )
            for path in waiting[:FILES_PER_RUN]:
                try:
                    self._take_from_folder(journal, path)
                except COLLISIONS:
                    self.env.cr.rollback()  # the file is still there; the next run takes it
                    return
        self._move_finished()

    def _take_from_folder(self, journal, path):
        known = self.search([("drop_path", "=", str(path)), ("state", "=", "received")], limit=1)
        if known:
            return
        try:
            content = _read_plain(path)
        except OSError as error:
            self._folder_unusable(journal, error)
            return
        record = self.with_company(journal.company_id).import_file(content, path.name, journal_id=journal)
        record.sudo().drop_path = str(path)
        self.env["ir.cron"]._commit_progress()

    def _folder_unusable(self, journal, error):
        self.env["finance.exception"]._raise(
            "import_rejected",
            f"folder-{journal.id}",
            journal.company_id,
            self.env._("The drop folder of %s cannot be used", journal.name),
            detail=str(error),
            record=journal,
        )

    @api.model
    def _move_finished(self):
        """Move away the files whose import is finished and committed."""
        self.env["ir.cron"]._commit_progress()
        for record in self.search([("drop_path", "!=", False), ("state", "!=", "received")]):
            path = Path(record.drop_path)
            try:
                _move(path, DONE if record.state in ("imported", "duplicate") else REJECTED, record.checksum)
            except OSError as error:
                _logger.warning("%s could not be moved out of its drop folder: %s", path, error)
                continue
            record.drop_path = False
        self.env["ir.cron"]._commit_progress()


def _settled_files(folder):
    """The plain files of ``folder`` that are no longer written, oldest first; links and hidden files are left
    alone."""
    settled = []
    now = time.time()
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or not entry.is_file(follow_symlinks=False):
                continue
            changed = entry.stat(follow_symlinks=False).st_mtime
            if now - changed >= SETTLED_SECONDS:
                settled.append((changed, entry.name))
    return [folder / name for _changed, name in sorted(settled)]


def _read_plain(path):
    """The content of ``path``, never of what a link points to."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise OSError(f"{path.name} is larger than {MAX_BYTES:,} bytes; it stays where it is. Split it.")
    return content


def _move(path, name, checksum):
    """Move ``path`` into the folder ``name`` beside it; a file of that name that is there already is kept."""
    if not path.exists():
        return
    target = path.parent / name
    target.mkdir(exist_ok=True)
    if target.is_symlink():
        raise OSError(f"{target} is a link; files are not moved through it.")
    place = target / path.name
    if place.exists():
        place = target / f"{path.stem}-{checksum[:12]}{path.suffix}"
    path.replace(place)
