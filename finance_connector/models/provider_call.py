"""One call to a provider's API: sent with limits, answered in bytes or a typed error, and kept in the outbox."""

import time

import requests
from odoo import models

from ..core.errors import ProviderUnavailable

TIMEOUT_SECONDS = (5, 30)
MAX_ANSWER_BYTES = 64 * 1024 * 1024


class FinanceProvider(models.Model):
    _inherit = "finance.provider"

    def _caller(self, intent):
        """``call(method, path, params) -> bytes`` for the adapter. ``intent`` says in the outbox what the call is for."""
        self.ensure_one()
        adapter = self._adapter()
        headers = adapter.request_headers(self._secret_values("api_key")[0])
        base = (self.api_base or adapter.api_base).rstrip("/")

        def call(method, path, params):
            started = time.monotonic()
            noted = {"outcome": "done", "status": 200}
            try:
                return _send(self.name, method, base + path, params, headers)
            except ProviderUnavailable as error:
                noted = {"outcome": error.outcome, "error": str(error), "status": error.status}
                raise
            finally:
                noted["latency_ms"] = round((time.monotonic() - started) * 1000)
                noted["provider_id"] = self.id
                self.env["finance.request"]._note(self.company_id, intent, method, path, params, noted)

        return call


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
