"""The registry and the interface: what models may rely on before they know which provider it is."""

import subprocess
import sys
from pathlib import Path

import pytest

from fc import providers
from fc.core.errors import FinanceError
from fc.providers.base import Adapter

from .told import STRIPE


def test_codes_and_get():
    assert providers.codes() == sorted(providers.codes())
    assert providers.get("stripe") is providers.get("stripe")
    assert (STRIPE.code, STRIPE.label, STRIPE.api_base) == ("stripe", "Stripe", "https://api.stripe.com")
    assert STRIPE.capabilities == {"webhook", "poll", "report_file", "balance_transactions"}
    for code in ("nobody", None, ""):
        with pytest.raises(FinanceError, match=r"choose one of .*stripe"):
            providers.get(code)


def test_secrets_have_one_name():
    for name in ("webhook_secret", "webhook", "signing_secret", "whsec"):
        assert STRIPE.secret_name(name) == "webhook_secret"
    for name in ("api_key", "secret_key", "api_secret"):
        assert STRIPE.secret_name(name) == "api_key"
    with pytest.raises(FinanceError, match="api_key, webhook_secret"):
        STRIPE.secret_name("password")


def test_acknowledge_and_headers():
    assert STRIPE.acknowledge()[0] == 200
    assert STRIPE.request_headers("sk_test_1") == {"Authorization": "Bearer sk_test_1"}


def test_an_adapter_without_capabilities_says_so():
    nobody = Adapter()
    assert nobody.detect_report(b"") is False
    for act in (
        lambda: nobody.verify(None, [], 0),
        lambda: nobody.envelope(None),
        lambda: nobody.parse(None),
        lambda: nobody.parse_report(b""),
        lambda: nobody.poll(None, None, None),
        lambda: nobody.fetch_settlement(None, ""),
        lambda: nobody.parse_settlement(b"", ""),
        lambda: nobody.request_headers(""),
        lambda: nobody.fetch(None, None),
        lambda: nobody.parse_fetched(None, b""),
    ):
        with pytest.raises(FinanceError, match="capabilities"):
            act()


def test_the_stripe_library_is_not_loaded_before_it_is_used():
    root = Path(__file__).resolve().parents[3]
    script = (
        "import sys; sys.path.insert(0, 'tests/pure'); import conftest\n"
        "from fc import providers; from fc.core.records import Request\n"
        "stripe = providers.get('stripe'); stripe.capabilities\n"
        "assert 'stripe' not in sys.modules, 'loaded too early'\n"
        "assert 'odoo' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True)
