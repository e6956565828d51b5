"""Connects a company to its provider, as an administrator does it in the screens: by the public API."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fc_env.rpc import Rpc

WEBHOOK_SECRET = "whsec_made_up_0123456789abcdef"
API_KEY = "sk_test_made_up_0123456789abcdef"


@dataclass(frozen=True)
class Connection:
    """A provider connection: its record, and where its webhooks go."""

    provider_id: int
    journal_id: int
    webhook_url: str


def connect(rpc: Rpc, api_base: str, name: str, **values) -> Connection:
    """Make the connection, or take the one that an earlier run made; the server may have another port since."""
    rpc.call("ir.config_parameter", "set_param", key="web.base.url", value=rpc.url)
    known = rpc.search_read("finance.provider", [["name", "=", name]], ["state"])
    if known:
        provider, state = known[0]["id"], known[0]["state"]
    else:
        values = {"name": name, "code": "stripe", "environment": "test", **values}
        provider, state = rpc.call("finance.provider", "create", vals_list=[values])[0], "draft"
    rpc.call("finance.provider", "write", [provider], vals={"api_base": api_base})
    if state == "draft":
        rpc.call("finance.provider", "set_secret", [provider], name="webhook_secret", value=WEBHOOK_SECRET)
        rpc.call("finance.provider", "action_activate", [provider])
    row = rpc.call("finance.provider", "read", [provider], fields=["webhook_url", "journal_id"])[0]
    return Connection(provider, row["journal_id"][0], row["webhook_url"])


def enter_api_key(rpc: Rpc, connection: Connection) -> None:
    """Give the connection the key with which it may ask the provider; from then on it polls."""
    rpc.call("finance.provider", "set_secret", [connection.provider_id], name="api_key", value=API_KEY)
