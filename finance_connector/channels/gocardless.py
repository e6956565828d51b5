"""GoCardless: each collection is a payment by a mandate that GoCardless has.

Source: the official library (`gocardless_pro`: Payments, Mandates, Idempotency keys). A payment is found again among those of its
mandate by the end-to-end id in its metadata. GoCardless tells the debtor of it.
"""

from ..core.errors import PayloadError, ProviderUnavailable, UnknownStatus
from ..core.money import iso_exponent
from ..core.records import Fetch
from ..providers.gocardless import client, collections, lives
from ..providers.reading import mapping, objects, text
from .base import ABSENT, PAYMENT, PRESENT, UNSURE, Found, Refused, Sent, Telling, tellings
from .json_api import ApiChannel, read_object

CURRENCIES = frozenset("AUD CAD DKK EUR GBP NZD SEK USD".split())
_PAGE, _PAGES, _DESCRIPTION = 500, 20, 100
_ACTIVE = frozenset(("pending_customer_approval", "pending_submission", "submitted", "active"))


class GoCardlessChannel(ApiChannel):
    """See `base.ChannelAdapter`."""

    code = "gocardless"
    label = "GoCardless"
    capabilities = frozenset({"send", "probe", "follow"})
    unit = PAYMENT
    formats = ("collections",)
    secret_names = {"api_key": "Access token that may write"}
    api_bases = {"test": "https://api-sandbox.gocardless.com", "live": "https://api.gocardless.com"}
    unverified = (
        "A day that is sooner than GoCardless can collect with the mandate is not sent: it collects as soon as it can, which is "
        "later.",
    )

    def problem(self, payout):
        if payout.amount.currency not in CURRENCIES:
            return f"GoCardless does not collect in {payout.amount.currency}."
        return "" if payout.mandate.isalnum() else "The mandate has no id at GoCardless."

    def look(self, way):
        told = self.ask(way, "GET", "/creditors", _headers(way), params={"limit": 1})
        names = ", ".join(text(one, "name") or "" for one in objects(told, "creditors"))
        return f"GoCardless let us in ({names})."

    def send(self, way, parcel):
        (one,) = parcel.payouts
        mandate = mapping(self.ask(way, "GET", f"/mandates/{one.mandate}", _headers(way)), "mandates")
        if mandate.get("status") not in _ACTIVE:
            raise Refused(
                f"The mandate {one.mandate} is {mandate.get('status')} at GoCardless.", ("mandate_is_inactive",), final=True
            )
        content = {
            "amount": one.amount.to_units(iso_exponent(one.amount.currency)), "currency": one.amount.currency,
            "description": one.text[:_DESCRIPTION], "metadata": {collections.NAME: one.end_to_end_id},
            "links": {"mandate": one.mandate},
        }  # fmt: skip
        if one.day >= (text(mandate, "next_possible_charge_date") or ""):
            content["charge_date"] = one.day
        sent = {**_headers(way), "Idempotency-Key": parcel.key}
        try:
            told = mapping(self.ask(way, "POST", "/payments", sent, json={"payments": content}), "payments")
        except ProviderUnavailable as error:
            known = _conflicting(error)
            if not known:
                raise
            return Sent(known)
        return Sent(told.get("id", ""), _taken(told))

    def probe(self, way, parcel):
        (one,) = parcel.payouts
        params = {"mandate": one.mandate, "limit": _PAGE}
        for _page in range(_PAGES):
            told = self.ask(way, "GET", "/payments", _headers(way), params=params)
            for row in objects(told, "payments"):
                if text(mapping(row, "metadata"), collections.NAME) == one.end_to_end_id:
                    return Found(PRESENT, f"GoCardless has it as {row['id']}.", row["id"], _taken(row))
            after = mapping(mapping(told, "meta"), "cursors").get("after")
            if not after:
                return Found(ABSENT, f"GoCardless knows nothing of {one.end_to_end_id}.")
            params["after"] = after
        return Found(UNSURE, "It is not among the newest payments of the mandate; look for it in GoCardless' dashboard.")

    def follow(self, way, parcel):
        def call(method, path, params):
            return way.call(method, self.base(way) + path, _headers(way), params=params)

        wanted = Fetch("payment", parcel.reference)
        try:
            return tellings(lives.parse(wanted, client.fetch(call, wanted)).news)
        except (PayloadError, UnknownStatus) as error:
            raise ProviderUnavailable(str(error), outcome="failed") from error

    def refusal(self, told, error):
        said = mapping(told or {}, "error")
        codes = tuple(filter(None, (text(one, "reason") or text(one, "field") for one in objects(said, "errors"))))
        why = "; ".join(filter(None, (text(one, "message") for one in objects(said, "errors")))) or text(said, "message")
        return Refused(why or str(error), codes[:1], final=True)


def _headers(way):
    return client.headers(way.secrets["api_key"])


def _taken(told):
    return (Telling("receive", told["id"]),) if told.get("id") else ()


def _conflicting(error):
    """The payment that an earlier try with the same key made; None for any other failure."""
    cause = error.__cause__
    if error.status != 409 or not isinstance(cause, ProviderUnavailable):
        return None
    for one in objects(mapping(read_object(cause.body) or {}, "error"), "errors"):
        if one.get("reason") == "idempotent_creation_conflict":
            return text(mapping(one, "links"), "conflicting_resource_id")
    return None
