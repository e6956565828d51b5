"""One call to a provider's API: sent with limits, answered in bytes or a typed error, and kept in the outbox."""

import time
from urllib.parse import urlsplit

import requests
from odoo import api, models, tools

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
        base, hosts = (self.api_base or adapter.api_base).rstrip("/"), adapter.trusted_hosts

        def call(method, path, params, headers=None):
            started = time.monotonic()
            noted = {"outcome": "done", "status": 200}
            try:
                address = asked_at(checked_url(path, hosts), self.api_base) if path.startswith("https:") else base + path
                return _send(self.name, method, address, params, {**own, **(headers or {})})
            except ProviderUnavailable as error:
                noted = {"outcome": error.outcome, "error": str(error), "status": error.status}
                raise
            finally:
                noted["latency_ms"] = round((time.monotonic() - started) * 1000)
                noted["provider_id"] = self.id
                self.env["finance.request"]._note(self.company_id, intent, method, path, params, noted)

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


def asked_at(url, stand_in):
    """Where what lies at ``url``, which the adapter has checked, is asked for: there, or at the ``stand_in`` of a test
    connection, which stands for every host of the provider."""
    return stand_in.rstrip("/") + urlsplit(url).path if stand_in else url


def _send(name, method, url, params, headers):
    reading = method.upper() == "GET"
    content = {"params": params} if reading else {"data": params}
    return send(name, method, url, headers, "failed" if reading else "unknown", **content)


def send(name, method, url, headers, lost, **content):
    """The body of a 2xx answer. Raises ProviderUnavailable, with outcome ``lost`` when the provider may have acted.

    ``content``: `params`, `data` or `json` of the call.
    """
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
    raise _refusal(name, answer, lost, body)


def _refusal(name, answer, lost, body):
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
        body=body,
    )
