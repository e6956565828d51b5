"""The least that a webhook in Odoo can do: check an HMAC, do one INSERT, answer."""

import hashlib
import hmac
import json

from odoo import http
from odoo.http import request

SECRET = b"whsec_bench"


class BareController(http.Controller):
    @http.route("/bench/bare", type="http", auth="none", methods=["POST"], csrf=False, save_session=False, readonly=False)
    def bare(self):
        """200 for a body whose HMAC is right."""
        body = request.httprequest.get_data()
        parts = dict(part.split("=", 1) for part in request.httprequest.headers["Stripe-Signature"].split(","))
        digest = hmac.new(SECRET, parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(digest, parts["v1"]):
            return request.make_response("", status=401)
        request.env.cr.execute(
            "INSERT INTO bench_bare_event (external_id, body) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [json.loads(body)["id"], body],
        )
        return request.make_response("")
