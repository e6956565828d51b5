"""What the tests of payment channels share: a folder channel, orders that wait for it, and what the bank's software sees."""

from .payment_common import PaymentCase


class FolderCase(PaymentCase):
    def setUp(self):
        super().setUp()
        self.root = self.drop_root()
        self.folder = self.root / "out"
        self.folder.mkdir()
        self.way = self.channel("folder", folder="out")

    def queued(self, amount=100, **values):
        order = self.approved(self.bill(amount, **values))
        order.action_send()
        return order

    def approve_again(self, order):
        """An order that was taken back: submitted and approved anew."""
        with self.later(seconds=2):
            order.action_submit()
            order.with_user(self.treasurer).action_approve()

    def files(self):
        """What the bank's software would see."""
        return sorted(path.name for path in self.folder.iterdir() if not path.name.startswith("."))
