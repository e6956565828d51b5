"""One HTTP call on the way of payments: sent with limits, answered in bytes or a typed error, and kept in the outbox."""

import time

from odoo import models

from ..core.errors import ProviderUnavailable
from .provider_call import send


class FinancePaymentChannel(models.Model):
    _inherit = "finance.payment.channel"

    def _caller(self, request):
        """``call(method, url, headers=None, **content) -> bytes`` for the adapter. ``content``: `params`, `data`, `json`, `auth`.

        A call that only reads has no effect when its answer is lost; of every other one the outcome is unknown then.
        ``request``: the row of the parcel that is on its way, or none.
        """
        self.ensure_one()
        intent, company, channel_id, name = request.intent_key or self.name, self.company_id, self.id, self.name

        def call(method, url, headers=None, **content):
            started, noted = time.monotonic(), {"outcome": "done", "status": 200}
            try:
                return send(name, method, url, headers or {}, "failed" if method == "GET" else "unknown", **content)
            except ProviderUnavailable as error:
                noted = {"outcome": error.outcome, "error": str(error), "status": error.status}
                raise
            finally:
                noted |= {"latency_ms": round((time.monotonic() - started) * 1000), "channel_id": channel_id}
                self.env["finance.request"]._note(company, intent, method, url, content.get("params"), noted)

        return call
