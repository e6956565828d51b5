"""One call to a provider's API: sent with limits, answered in bytes or a typed error, and kept in the outbox."""

import time
from urllib.parse import urlencode

import requests
from odoo import api, fields, models, tools

from ..core.errors import FinanceError, ProviderUnavailable
from ..providers.base import checked_url

TIMEOUT_SECONDS = (5, 30)
MAX_ANSWER_BYTES = 64 * 1024 * 1024
# More than a chain of certificates; what is longer loses its end and is then not trusted.
MAX_CERTIFICATE_BYTES = 64 * 1024


class FinanceProvider(models.Model):
    _inherit = "finance.provider"

    def _caller(self, intent):
        """The ``call`` of `providers.base` for the adapter. ``intent`` says in the outbox what the call is for."""
        self.ensure_one()
        adapter = self._adapter()
        keys = self._secret_values("api_key")
        if not keys:
            raise FinanceError(f"{self.name} has no API key, so it cannot be asked for anything; set one.")
        own = adapter.request_headers(keys[0])
        base = (self.api_base or adapter.api_base).rstrip("/")

        def call(method, path, params, headers=None):
            started = time.monotonic()
            noted = {"outcome": "done", "status": 200}
            try:
                return _send(self.name, method, _address(base, path, adapter.trusted_hosts), params, {**own, **(headers or {})})
            except ProviderUnavailable as error:
                noted = {"outcome": error.outcome, "error": str(error), "status": error.status}
                raise
            finally:
                noted["latency_ms"] = round((time.monotonic() - started) * 1000)
                self._note_request(intent, method, path, params, noted)

        return call

    @api.model
    @tools.ormcache("url")
    def _certificate(self, url):
        """The certificate (PEM) at ``url``, which the adapter has checked; kept by the process, since it does not change.

        Raises ProviderUnavailable, also for an answer that is no certificate: that one must not be kept.
        """
        found = _send("The provider", "GET", url, {}, {})[:MAX_CERTIFICATE_BYTES]
        if b"-----BEGIN CERTIFICATE-----" not in found:
            raise ProviderUnavailable(f"There is no certificate at {url}; the provider sends the message again.")
        return found

    def _note_request(self, intent, method, path, params, noted):
        """Keep the call in the outbox, by a transaction of its own: when a poll is rolled back, its evidence is not."""
        with self.env.registry.cursor() as cr:
            self.env(cr=cr)["finance.request"].sudo().create(
                {
                    "provider_id": self.id,
                    "company_id": self.company_id.id,
                    "intent_key": f"{intent}?{urlencode(sorted(params.items()), doseq=True)}"[:500],
                    "method": method,
                    "path": path,
                    "attempts": 1,
                    "finished_at": fields.Datetime.now(),
                    **noted,
                }
            )


def _address(base, path, hosts):
    """Where a call goes: below the API's address, or at a trusted host if the adapter gives the whole address."""
    return checked_url(path, hosts) if path.startswith("https:") else base + path


def _send(name, method, url, params, headers):
    """The body of a 2xx answer. Raises ProviderUnavailable: `unknown` when the provider may have acted."""
    reading = method.upper() == "GET"
    lost = "failed" if reading else "unknown"
    content = {"params": params} if reading else {"data": params}
    try:
        with requests.request(
            method, url, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True, **content
        ) as answer:
            body = answer.raw.read(MAX_ANSWER_BYTES + 1, decode_content=True)
    except (requests.RequestException, OSError) as error:
        raise ProviderUnavailable(
            f"{name} gave no answer ({type(error).__name__}). Check the network and the API address; it is asked again.",
            outcome=lost,
        ) from error
    if len(body) > MAX_ANSWER_BYTES:
        raise ProviderUnavailable(f"{name} answered with more than {MAX_ANSWER_BYTES} bytes; the answer was not read.")
    if answer.ok:
        return body
    raise _refusal(name, answer, lost)


def _refusal(name, answer, lost):
    status = answer.status_code
    after = answer.headers.get("Retry-After", "")
    advice = {
        401: "The API key is wrong or was revoked: set a new one.",
        403: "The API key lacks a permission: give it read access to events, payouts and balance.",
        429: "Too many calls; it is asked again later.",
    }.get(status, "It is asked again later." if status >= 500 else "Check the connection's settings.")
    return ProviderUnavailable(
        f"{name} answered {status}. {advice}",
        outcome=lost if status >= 500 else "failed",
        retry_after=int(after) if after.isdigit() else None,
        status=status,
    )
