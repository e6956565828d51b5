"""Which dialect speaks for a merchant's provider."""
from __future__ import annotations

from simulator.world.world import Merchant

from .adyen import AdyenDialect
from .base import Dialect
from .gocardless import GoCardlessDialect
from .mollie import MollieDialect
from .paypal import PayPalDialect
from .stripe import StripeDialect

DIALECTS = {dialect.code: dialect for dialect in (StripeDialect, AdyenDialect, MollieDialect, GoCardlessDialect, PayPalDialect)}


def dialect_of(merchant: Merchant) -> Dialect:
    """A dialect for ``merchant``."""
    return DIALECTS[merchant.profile.provider](merchant)
