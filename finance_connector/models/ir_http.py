"""What the webhook door needs of the HTTP layer: raw bytes of form bodies, a size limit, and 503 when the database is gone."""

import psycopg2
from odoo import http, models
from odoo.http import ROUTING_KEYS, request
from odoo.tools.misc import submap
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.routing import Rule

from ..controllers import door
from .limits import limit

_PREFIX = "/finance/"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path):
        if path.startswith(door.PATH):
            door.take_at_once(path)
        return super()._match(path)

    @classmethod
    def _pre_dispatch(cls, rule, args):
        if rule.endpoint.routing.get("finance_raw_body"):
            try:
                door.read_body(request.httprequest, limit(request.env, "body_bytes"))
            except (BadRequest, RequestEntityTooLarge) as refusal:
                reason = "too_large" if refusal.code == 413 else "unreadable"
                request.env["finance.message.rejection"]._trace_alone(args.get("token"), refusal.code, reason)
                raise
            # A machine calls: a visitor's language, website, cart and campaign are not looked up for it.
            return request.dispatcher.pre_dispatch(rule, args)
        return super()._pre_dispatch(rule, args)

    @classmethod
    def _post_dispatch(cls, response):
        if request.httprequest.path.startswith(door.PATH):
            return request.dispatcher.post_dispatch(response)
        return super()._post_dispatch(response)

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
