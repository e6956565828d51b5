"""The table of the bare route."""

from odoo import fields, models


class BenchBareEvent(models.Model):
    _name = "bench.bare.event"
    _description = "Bare event"
    _log_access = False

    external_id = fields.Char(required=True)
    body = fields.Binary(attachment=False)

    _external_uniq = models.UniqueIndex("(external_id)")
