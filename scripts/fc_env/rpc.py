"""Calls an Odoo server from outside by its public API: POST /json/2/<model>/<method> with an API key."""
from __future__ import annotations

import json
import urllib.error
import urllib.request

TIMEOUT_SECONDS = 300


class RpcError(Exception):
    """Odoo refused or failed a call: the HTTP ``status`` and the ``name`` of Odoo's exception."""

    def __init__(self, what: str, status: int, name: str, message: str):
        self.status, self.name, self.message = status, name, message
        super().__init__(f"{what} answered {status}: {message}")


class Rpc:
    """A user's door to the models of one database."""

    def __init__(self, url: str, database: str, key: str):
        self.url, self.database, self.key = url, database, key

    def call(self, model: str, method: str, ids: list[int] | tuple = (), **arguments):
        """Call a public method, return its decoded result. Raises RpcError; OSError when nobody answers."""
        body = json.dumps({**({"ids": list(ids)} if ids else {}), **arguments}).encode()
        request = urllib.request.Request(  # noqa: S310 - the address is the server that was started here
            f"{self.url}/json/2/{model}/{method}", data=body, method="POST", headers={
                "Authorization": f"Bearer {self.key}", "Content-Type": "application/json",
                "X-Odoo-Database": self.database})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise _refusal(f"{model}.{method}", error) from None

    def search_read(self, model: str, domain: list, fields: list[str], order: str = "id") -> list[dict]:
        """Return the records that match, with these fields."""
        return self.call(model, "search_read", domain=domain, fields=fields, order=order)

    def count(self, model: str, domain: list) -> int:
        """Return how many records match."""
        return self.call(model, "search_count", domain=domain)

    def xmlid(self, xmlid: str) -> int:
        """Return the id that an external id names."""
        module, name = xmlid.split(".", 1)
        rows = self.search_read("ir.model.data", [["module", "=", module], ["name", "=", name]], ["res_id"])
        if not rows:
            raise LookupError(f"There is no record {xmlid} in the database {self.database}.")
        return rows[0]["res_id"]


def _refusal(what: str, error: urllib.error.HTTPError) -> RpcError:
    text = error.read().decode(errors="replace")
    try:
        told = json.loads(text)
    except ValueError:
        told = {}
    if not isinstance(told, dict):
        told = {}
    return RpcError(what, error.code, told.get("name", ""), told.get("message") or text[:500])
