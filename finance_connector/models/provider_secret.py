"""Secrets of a connection: encrypted at rest, several valid at once while one is being replaced, readable by no screen."""

import contextlib
import hashlib
import os
from datetime import timedelta
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config

from .limits import limit

_KEY_OPTION = "finance_connector_key"
# model of the owner -> the column that names it
_COLUMNS = {"finance.provider": "provider_id", "finance.feed": "feed_id", "finance.payment.channel": "channel_id"}


def _keys():
    """The encryption keys, newest first: from odoo.conf or the environment, else from a file beside the filestore.

    The key never lies in the database, so a copy of the database alone reveals no secret (INV-15).
    """
    configured = config.get(_KEY_OPTION) or os.environ.get(_KEY_OPTION.upper())
    if configured:
        return [key.strip() for key in configured.split(",") if key.strip()]
    path = Path(config["data_dir"]) / "finance_connector.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Another worker may do the same at this moment: the first one's key counts.
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as key_file:
                key_file.write(Fernet.generate_key())
    return [path.read_text().strip()]


def _cipher():
    return MultiFernet([Fernet(key) for key in _keys()])


class FinanceProviderSecret(models.Model):
    _name = "finance.provider.secret"
    _description = "Provider secret"
    _order = "id desc"

    provider_id = fields.Many2one("finance.provider", ondelete="cascade", index=True)
    feed_id = fields.Many2one("finance.feed", ondelete="cascade", index="btree_not_null")
    channel_id = fields.Many2one("finance.payment.channel", ondelete="cascade", index="btree_not_null")
    name = fields.Char(required=True)
    cipher_text = fields.Char(required=True, groups=fields.NO_ACCESS, copy=False)
    mark = fields.Char(help="First characters of the SHA-256 of the value, to tell two values apart without showing them.")
    expires_at = fields.Datetime(help="Until when a replaced value stays valid.")

    _one_owner = models.Constraint(
        "CHECK (num_nonnulls(provider_id, feed_id, channel_id) = 1)",
        "A secret belongs to one connection, one bank feed or one payment channel.",
    )

    @api.model
    def _store(self, owner, name, value):
        """Keep ``value`` for ``owner``, a provider connection or a bank feed."""
        name = owner._adapter().secret_name(name)
        if not value or not isinstance(value, str):
            raise UserError(self.env._("The secret %s is empty; nothing was changed.", name))
        mark = hashlib.sha256(value.encode()).hexdigest()[:8]
        now = fields.Datetime.now()
        column = _COLUMNS[owner._name]
        earlier = self.sudo().search([(column, "=", owner.id), ("name", "=", name)])
        earlier.filtered(lambda secret: secret.mark == mark).unlink()
        for secret in earlier.exists().filtered(lambda secret: not secret.expires_at):
            secret.expires_at = now + timedelta(hours=limit(self.env, "rotation_hours"))
        self.sudo().create(
            {
                column: owner.id,
                "name": name,
                "cipher_text": _cipher().encrypt(value.encode()).decode(),
                "mark": mark,
            }
        )
        self.env.registry.clear_cache()
        owner._audit("provider.secret", {"name": name, "mark": mark})
        return True

    @api.model
    def _values(self, owner, name):
        """Active values of secret ``name``, newest first."""
        now = fields.Datetime.now()
        return [value for value, until in self._values_with_expiry(owner, name) if not until or until > now]

    @api.model
    def _values_with_expiry(self, owner, name):
        """(value, valid until or None) of secret ``name``, newest first."""
        rows = self.sudo().search([(_COLUMNS[owner._name], "=", owner.id), ("name", "=", name)])
        try:
            return [(_cipher().decrypt(row.cipher_text.encode()).decode(), row.expires_at or None) for row in rows]
        except InvalidToken as error:
            raise UserError(
                self.env._(
                    "The secrets of %s cannot be decrypted with the key of this server. "
                    "Restore the key file, or enter the secrets again.",
                    owner.name,
                )
            ) from error

    def _owner(self):
        self.ensure_one()
        return self.provider_id or self.feed_id or self.channel_id

    def action_revoke(self):
        """End the validity of a value at once, as after a leak."""
        self.check_access("unlink")
        for secret in self:
            secret._owner()._audit("provider.secret_revoked", {"name": secret.name, "mark": secret.mark})
        self.sudo().unlink()
        self.env.registry.clear_cache()
        return True
