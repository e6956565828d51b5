"""What the webhook door needs of the HTTP layer: raw bytes of form bodies, a size limit, and 503 when the database is gone."""

import psycopg2
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import Rule

from odoo import http, models
from odoo.http import ROUTING_KEYS, request
from odoo.tools.misc import submap

DEFAULT_BODY_LIMIT = 1024 * 1024
_PREFIX = "/finance/"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        if rule.endpoint.routing.get("finance_raw_body"):
            limit = request.env["ir.config_parameter"].sudo().get_param("finance_connector.max_body_bytes")
            httprequest = request.httprequest
            httprequest.max_content_length = int(limit or DEFAULT_BODY_LIMIT)
            try:
                # Form parsing would consume the stream and leave no bytes to verify; reading first keeps them.
                httprequest.get_data(cache=True)
            except RequestEntityTooLarge:
                request.env["finance.message.rejection"]._trace_alone(args.get("token"), 413, "too_large")
                raise
        return super()._pre_dispatch(rule, args)

    @classmethod
    def _handle_error(cls, exception):
        lost = isinstance(exception, (psycopg2.OperationalError, psycopg2.InterfaceError))
        if lost and request.httprequest.path.startswith(_PREFIX):
            response = request.make_json_response(
                {"status": 503, "reason": "The database is not reachable; send the message again later."}, status=503
            )
            response.headers["Retry-After"] = "60"
            return response
        return super()._handle_error(exception)

    def _register_hook(self):
        super()._register_hook()
        _serve_without_database()


def _serve_without_database():
    """Let the webhook address answer 503 when no database can be opened (Odoo's own answer would be 404).

    A server that starts while PostgreSQL is down needs the addon in `server_wide_modules` for the same effect.
    """
    routes = http.root.nodb_routing_map
    if any(rule.rule.startswith(_PREFIX) for rule in routes.iter_rules()):
        return
    for url, endpoint in http._generate_routing_rules(["finance_connector"], nodb_only=True):
        routing = submap(endpoint.routing, ROUTING_KEYS)
        rule = Rule(url, endpoint=endpoint, **routing)
        rule.merge_slashes = False
        routes.add(rule)
