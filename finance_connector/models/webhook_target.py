"""What the webhook door must know of a connection, cached per process: whose token it is and which secrets are valid."""

import re
from dataclasses import dataclass
from datetime import timezone

from odoo import api, models, tools

# What a token may look like (ours have 32 of these): nothing else is asked of the database, or kept in the cache.
_TOKEN = re.compile(r"[A-Za-z0-9_.~-]{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """An active connection as the webhook sees it. ``secrets`` are (value, valid until or None), newest first; ``stand_in`` and
    ``anchors`` (PEM) are those of a test connection, if it has any."""

    provider_id: int
    company_id: int
    code: str
    url: str
    environment: str
    secrets: tuple
    stand_in: str = ""
    anchors: bytes = b""

    def active_secrets(self, now):
        """The secret values that are valid at ``now`` (aware UTC)."""
        return [value for value, until in self.secrets if until is None or until > now]


class FinanceProvider(models.Model):
    _inherit = "finance.provider"

    @api.model
    def _webhook_target(self, token):
        """The target of ``token`` (any text), or None when it names no active connection."""
        return self._known_target(token) if _TOKEN.fullmatch(token) else None

    @api.model
    @tools.ormcache("token")
    def _known_target(self, token):
        """The target of ``token``, from the cache of the process.

        Runs as superuser, before any signature was seen: it reads the connection only, never a payment.
        """
        provider = self.sudo().search([("webhook_token", "=", token), ("state", "=", "active")], limit=1)
        if not provider:
            return None
        secrets = self.env["finance.provider.secret"]._values_with_expiry(provider, "webhook_secret")
        return WebhookTarget(
            provider_id=provider.id,
            company_id=provider.company_id.id,
            code=provider.code,
            url=provider.webhook_url,
            environment=provider.environment,
            secrets=tuple((value, until and until.replace(tzinfo=timezone.utc)) for value, until in secrets),
            stand_in=provider.api_base or "",
            anchors=(provider.certificate_anchors or "").encode(),
        )
