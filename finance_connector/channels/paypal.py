"""PayPal Payouts: one call for all payments of an order, to addresses, telephone numbers or PayPal ids.

Source: PayPal's documents of Payouts (v1). PayPal refuses a batch id that it has seen within thirty days, and then tells where
the first one is; it cannot be asked for a batch by our id.
"""

from datetime import datetime, timezone

from ..core.authorization import basic, bearer
from ..core.money import Money
from ..providers.paypal import payout_items
from .base import FILE, Refused, Sent, Telling, tellings
from .json_api import ApiChannel

_WHOLE = frozenset(("HUF", "JPY", "TWD"))
_MOST = 15_000
_PAGE = 1000
_TAKEN = frozenset(("PENDING", "PROCESSING", "SUCCESS", "NEW"))


class PayPalChannel(ApiChannel):
    """See `base.ChannelAdapter`."""

    code = "paypal"
    label = "PayPal"
    capabilities = frozenset({"send", "follow"})
    unit = FILE
    secret_names = {"api_key": "Client id and secret, as id:secret"}
    api_bases = {"test": "https://api-m.sandbox.paypal.com", "live": "https://api-m.paypal.com"}
    unverified = (
        "A batch without answer cannot be looked up by our id: a person looks it up in PayPal. Sent again within thirty days, "
        "it is refused by PayPal as a duplicate.",
    )

    def problem(self, payout):
        if payout.amount.currency in _WHOLE and payout.amount.minor % _unit(payout.amount.currency):
            return f"PayPal pays whole amounts of {payout.amount.currency} only, not {payout.amount}."
        return "" if payout.account.strip() else "The payee has no address, telephone number or id at PayPal; enter one."

    def look(self, way):
        self._bearer(way)
        return "PayPal let us in."

    def send(self, way, parcel):
        if len(parcel.payouts) > _MOST:
            raise Refused(f"PayPal takes {_MOST} payments at once; make several orders.")
        content = {
            "sender_batch_header": {"sender_batch_id": parcel.key, "email_subject": "Payment"},
            "items": [_item(one) for one in parcel.payouts],
        }
        sent = {**self._bearer(way), "PayPal-Request-Id": parcel.key}
        try:
            told = self.ask(way, "POST", "/v1/payments/payouts", sent, json=content)
        except _Duplicate as error:
            return Sent(error.reference)
        header = told.get("batch_header") or {}
        name = header.get("payout_batch_id", "")
        status = header.get("batch_status", "")
        return Sent(name, (Telling("receive", name, status, "file"),) if status in _TAKEN else ())

    def follow(self, way, parcel):
        bearer, page, told_so_far, now = self._bearer(way), 1, [], datetime.now(timezone.utc)
        while True:
            params = {"page": page, "page_size": _PAGE}
            told = self.ask(way, "GET", f"/v1/payments/payouts/{parcel.reference}", bearer, params=params)
            items = told.get("items") or ()
            told_so_far += [one for item in items if (one := payout_items.news(item, now)) and one.end_to_end_id]
            if len(items) < _PAGE:
                return tellings(told_so_far)
            page += 1

    def refusal(self, told, error):
        told = told or {}
        details = told.get("details") or [{}]
        if any("already exists" in str(one.get("issue", "")) for one in details):
            links = [link.get("href", "") for link in told.get("links") or ()]
            return _Duplicate(links[0].rsplit("/", 1)[-1] if links else "")
        said = "; ".join(filter(None, (told.get("message"), *(str(one.get("issue", "")) for one in details))))
        return Refused(said or str(error), tuple(filter(None, (told.get("name"),))))

    def _bearer(self, way):
        wanted = {"grant_type": "client_credentials"}
        told = self.ask(way, "POST", "/v1/oauth2/token", basic(way.secrets["api_key"]), data=wanted)
        return bearer(told.get("access_token", ""))


class _Duplicate(Refused):
    """PayPal has the batch from an earlier try."""

    def __init__(self, reference):
        self.reference = reference
        super().__init__("PayPal has this batch already.")


def _unit(currency):
    """How many minor units a whole amount has."""
    return Money.from_decimal("1", currency).minor


def _item(one):
    kind = "EMAIL" if "@" in one.account else "PHONE" if one.account.startswith("+") else "PAYPAL_ID"
    value = one.amount.to_decimal()
    return {
        "recipient_type": kind, "receiver": one.account, "sender_item_id": one.end_to_end_id, "note": one.text,
        "amount": {"currency": one.amount.currency, "value": str(int(value) if one.amount.currency in _WHOLE else value)},
    }  # fmt: skip
