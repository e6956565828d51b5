"""Stripe: a transfer to a connected account (``acct_…``), or a payout to an external account of ours (``ba_…``, ``card_…``).

Source: Stripe's API reference (Transfers, Payouts, Idempotent requests). What was sent is found again by the transfer group, and
for payouts, which have none, by the end-to-end id in the metadata.
"""

from datetime import datetime, timezone

from ..core.authorization import bearer
from ..core.errors import MoneyError
from ..providers.stripe import ordered
from ..providers.stripe.amounts import exponent
from .base import ABSENT, PAYMENT, PRESENT, UNSURE, Found, Refused, Sent, Telling, tellings
from .json_api import ApiChannel

_PAGE, _PAGES = 100, 10
# Nothing is wrong with the payment: it can be sent as it is when there is money again.
_LATER = frozenset(("balance_insufficient", "insufficient_funds"))
_PAYOUT_TARGETS = ("ba_", "card_")
# Of these a payout must be a whole amount, although charges have cents.
_WHOLE = frozenset(("HUF", "TWD"))


class StripeChannel(ApiChannel):
    """See `base.ChannelAdapter`."""

    code = "stripe"
    label = "Stripe"
    capabilities = frozenset({"send", "probe", "follow"})
    unit = PAYMENT
    secret_names = {"api_key": "Secret or restricted key"}
    api_bases = dict.fromkeys(("test", "live"), "https://api.stripe.com")
    unverified = (
        "Payouts have no name of ours at Stripe but their metadata, which is searched in the newest thousand of them.",
    )

    def problem(self, payout):
        if not payout.account.startswith(("acct_", *_PAYOUT_TARGETS)):
            return f"{payout.account} is no account at Stripe (acct_…, ba_… or card_…); enter that at the payee."
        try:
            units = payout.amount.to_units(exponent(payout.amount.currency))
        except MoneyError as error:
            return str(error)
        if exponent(payout.amount.currency) == 3 and units % 10:
            return f"Stripe takes no thousandths of {payout.amount.currency}: {payout.amount} has to end with 0."
        if payout.account.startswith(_PAYOUT_TARGETS) and payout.amount.currency in _WHOLE and units % 100:
            return f"Stripe pays out whole amounts of {payout.amount.currency} only, not {payout.amount}."
        return ""

    def look(self, way):
        told = self.ask(way, "GET", "/v1/balance", _headers(way))
        return f"Stripe let us in ({'live' if told.get('livemode') else 'test'})."

    def send(self, way, parcel):
        (one,) = parcel.payouts
        key = way.secrets["api_key"]
        if way.settings.environment == "test" and "_live_" in key[:10]:
            raise Refused("The channel is a test, and its key is a live one. Nothing was sent; set a test key.")
        content = {
            "amount": one.amount.to_units(exponent(one.amount.currency)), "currency": one.amount.currency.lower(),
            "destination": one.account, "description": one.text, f"metadata[{ordered.NAME}]": one.end_to_end_id,
        }  # fmt: skip
        path = "/v1/payouts"
        if not one.account.startswith(_PAYOUT_TARGETS):
            path, content["transfer_group"] = "/v1/transfers", one.end_to_end_id
        told = self.ask(way, "POST", path, {**_headers(way), "Idempotency-Key": parcel.key}, data=content)
        return Sent(told.get("id", ""), _tellings(told))

    def probe(self, way, parcel):
        (one,) = parcel.payouts
        if not one.account.startswith(_PAYOUT_TARGETS):
            told = self.ask(way, "GET", "/v1/transfers", _headers(way), params={"transfer_group": one.end_to_end_id, "limit": 1})
            return _found(told.get("data", []), one)
        params = {"limit": _PAGE}
        for _page in range(_PAGES):
            told = self.ask(way, "GET", "/v1/payouts", _headers(way), params=params)
            rows = told.get("data", [])
            known = [row for row in rows if (row.get("metadata") or {}).get("end_to_end_id") == one.end_to_end_id]
            if known or not told.get("has_more") or not rows:
                return _found(known, one)
            params = {"limit": _PAGE, "starting_after": rows[-1]["id"]}
        return Found(UNSURE, "It is not among the newest thousand payouts; look for it in Stripe's dashboard.")

    def follow(self, way, parcel):
        (one,) = parcel.payouts
        kind = "payouts" if one.account.startswith(_PAYOUT_TARGETS) else "transfers"
        told = self.ask(way, "GET", f"/v1/{kind}/{parcel.reference}", _headers(way))
        read = ordered.payout_news if kind == "payouts" else ordered.transfer_news
        return tellings(read(told, datetime.now(timezone.utc)))

    def refusal(self, told, error):
        said = (told or {}).get("error") or {}
        code = said.get("code") or said.get("type") or ""
        return Refused(f"{said.get('message') or error}", (code,) if code else (), final=code not in _LATER)


def _headers(way):
    return bearer(way.secrets["api_key"])


def _tellings(told):
    """What Stripe says of what it took; money that moved is told by `follow`."""
    if told.get("status") in ("failed", "canceled"):
        return (Telling("reject", told["id"], told.get("failure_message") or told["status"]),)
    return (Telling("accept", told["id"]),) if told.get("id") else ()


def _found(rows, one):
    if not rows:
        return Found(ABSENT, f"Stripe knows nothing of {one.end_to_end_id}.")
    return Found(PRESENT, f"Stripe has it as {rows[0]['id']}.", rows[0]["id"], _tellings(rows[0]))
