"""A sample file beside a profile, which shows what the profile makes of it. It binds nothing: only the profile is approved."""

import base64

from odoo import fields, models

# So many rows of a sample are shown.
SHOWN_ROWS = 20


class FinanceSampleFile(models.AbstractModel):
    _name = "finance.sample.file"
    _description = "Sample file"

    sample = fields.Binary(string="Sample file", attachment=True, help="A real file: the preview below is what it would become.")
    sample_name = fields.Char()

    def _sample_bytes(self):
        """The sample, b"" if there is none."""
        return base64.b64decode(self.with_context(bin_size=False).sample or b"")
