"""Every adapter against the same suite."""

from fc import providers

from .conformance import Conformance
from .kits import adyen, generic, gocardless, mollie, paypal, stripe


class TestAdyen(Conformance):
    kit = adyen.KIT


class TestProfile(Conformance):
    kit = generic.KIT


class TestGoCardless(Conformance):
    kit = gocardless.KIT


class TestMollie(Conformance):
    kit = mollie.KIT


class TestPayPal(Conformance):
    kit = paypal.KIT


class TestStripe(Conformance):
    kit = stripe.KIT


def test_every_adapter_has_a_kit():
    tried = {one.kit.adapter.code for one in Conformance.__subclasses__()}
    assert tried == set(providers.codes())
