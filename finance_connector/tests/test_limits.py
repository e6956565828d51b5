"""Limits have a name, a setting, and say when they are reached (INV-14)."""

from unittest.mock import patch

from odoo.addons.finance_connector.models.limits import LIMITS, limit
from odoo.addons.finance_connector.providers.stripe import StripeAdapter
from odoo.exceptions import ValidationError

from .common import FinanceCase


def broken(_self, _request):
    raise RuntimeError("broken")


class TestLimits(FinanceCase):
    def test_inv_14_each_limit_is_a_setting(self):
        settings = self.env["res.config.settings"].create({})
        for name, (_parameter, default) in LIMITS.items():
            self.assertEqual(settings[f"finance_{name}"], default, name)
            self.assertTrue(settings._fields[f"finance_{name}"].help, name)
        settings.finance_attempts = 2
        settings.set_values()
        self.assertEqual(limit(self.env, "attempts"), 2)
        with self.assertRaises(ValidationError):
            settings.finance_attempts = 0

    def test_inv_14_reaching_the_tries_of_a_message_is_visible(self):
        self.env["ir.config_parameter"].set_param("finance_connector.max_attempts", "1")
        message = self.keep("evt_1", b"{}")
        with patch.object(StripeAdapter, "parse", broken):
            self.env["finance.inbox"]._process_batch()
        self.env.invalidate_all()
        self.assertEqual(message.state, "dead")
        self.assertEqual(self.exceptions("message_dead").res_id, message.id)
