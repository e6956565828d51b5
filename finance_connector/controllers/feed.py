"""The addresses of bank feeds: where the bank sends the owner back, and where a service says that there is news."""

from odoo import SUPERUSER_ID, api, http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from ..core.errors import FinanceError
from ..core.records import Request
from ..models.limits import limit
from . import door
from .any_query import any_query


class FeedController(http.Controller):
    @any_query
    @http.route("/finance/feed/consent", type="http", auth="user", methods=["GET"])
    def consent(self, state="", **answer):
        """The owner comes back from the bank: finish the consent that they began, and show the feed."""
        feed = request.env["finance.feed"]._awaiting(state)
        if not feed:
            return self._told(
                request.env._("This consent was not begun here, or too long ago. Open the feed and renew it again.")
            )
        feed = feed.with_user(request.env.user).sudo(False)
        try:
            feed._finish_consent(answer)
        except (AccessError, UserError) as error:
            return self._told(str(error))
        return request.redirect(f"/odoo/finance-feeds/{feed.id}")

    @any_query
    @http.route(
        "/finance/feed/webhook/<string:token>",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
    )
    def webhook(self, token, **_form):
        """Take one call of a service: 200 once it is kept, 401 when it is not genuine, 404 for an unknown or paused feed."""
        env = api.Environment(request.env.cr, SUPERUSER_ID, {})
        feed = env["finance.feed"]._by_token(token)
        if not feed:
            return self._refuse(env, 404, "unknown_token")
        called = request.httprequest
        door.read_body(called, limit(env, "body_bytes"))
        call = Request(called.get_data(), tuple(called.headers.items()))
        verdict = feed._judge(call)
        if not verdict.ok:
            return self._refuse(env, 401, verdict.reason)
        try:
            feed.with_company(feed.company_id)._take_webhook(call)
        except FinanceError:
            return self._refuse(env, 400, "malformed")
        return request.make_response(b"", status=200)

    def _refuse(self, env, status, reason):
        called = request.httprequest
        env["finance.message.rejection"]._trace(env.cr, None, status, reason, called.remote_addr, called.get_data())
        return request.make_json_response({"status": status, "reason": reason}, status=status)

    def _told(self, text):
        return request.render("finance_connector.feed_consent_failed", {"text": text}, status=400)
