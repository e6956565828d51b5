"""A payment file through the web: nobody loads it down before it was taken, and who takes it gets what was approved."""

from odoo.tests import HttpCase

from .payment_common import PaymentCase


class TestPaymentFile(PaymentCase, HttpCase):
    def loaded(self, path):
        """What the web gives under ``path`` to the maker."""
        self.env.flush_all()
        self.authenticate("maker", "maker")
        answer = self.url_open(path)
        return answer.content if answer.status_code == 200 else b""

    def test_a_file_is_loaded_down_when_it_is_taken_and_not_before(self):
        order = self.approved(self.bill(100))
        file = order.sudo().file_ids
        for field in ("content", "download", "text"):
            found = self.loaded(f"/web/content/finance.payment.file/{file.id}/{field}/file.xml")
            self.assertNotIn(b"CstmrCdtTrfInitn", found, field)
        address = order.action_send()["url"]
        self.assertEqual(self.loaded(address), file._bytes())
        self.assertNotIn(b"CstmrCdtTrfInitn", self.loaded(f"/web/content/finance.payment.file/{file.id}/content/file.xml"))
