"""The addresses that providers and monitors call: the webhook's route, which answers what the door does not take, and health."""

import json

from odoo import SUPERUSER_ID, api, http
from odoo.http import request

from . import door
from .any_query import any_query


class WebhookController(http.Controller):
    @any_query
    @http.route(
        f"{door.PATH}<string:token>",
        type="http",
        auth="none",
        methods=["POST", "GET"],
        csrf=False,
        save_session=False,
        readonly=False,
        finance_raw_body=True,
    )
    def webhook(self, token, **_form):
        """Take one call of a provider; see DESIGN section 9 for the answers."""
        if not request.db:
            return _unavailable()
        env = api.Environment(request.env.cr, SUPERUSER_ID, {})
        if request.httprequest.method == "GET":
            known = env["finance.provider"]._webhook_target(token)
            return _answer(405, "A webhook is sent by POST.") if known else _answer(404, "Unknown address.")
        try:
            return door.take(env, token)
        except door.Refused as refusal:
            return _refuse(env, refusal)

    @any_query
    @http.route("/finance/health", type="http", auth="none", methods=["GET"], csrf=False, save_session=False)
    def health(self):
        """200 while messages can be stored, else 503; a small body without secrets."""
        if not request.db:
            return _unavailable()
        env = api.Environment(request.env.cr, SUPERUSER_ID, {})
        return request.make_json_response(env["finance.message"]._health())


def _refuse(env, refusal):
    """Answer a refusal and leave a bounded trace. Returned, not raised: a raised error would roll the trace back."""
    provider = (refusal.target.provider_id, refusal.target.company_id) if refusal.target else None
    called = request.httprequest
    env["finance.message.rejection"]._trace(
        env.cr, provider, refusal.status, refusal.reason, called.remote_addr, called.get_data()
    )
    return _answer(refusal.status, refusal.reason)


def _answer(status, reason):
    return request.make_response(
        json.dumps({"status": status, "reason": reason}), headers=[("Content-Type", "application/json")], status=status
    )


def _unavailable():
    """The database cannot be reached: the provider must keep the message and send it again."""
    response = _answer(503, "The database is not reachable; send the message again later.")
    response.headers["Retry-After"] = "60"
    return response
