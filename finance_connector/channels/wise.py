"""Wise: quote, recipient and transfer are made first, which moves nothing; funding the transfer is the one act that pays.

Source: Wise's API reference (quotes v3, accounts v1, transfers v1, funding v3). A transfer is named by an id of ours, so that
making it again gives the same one; afterwards its state says whether it was funded.
"""

from ..core.authorization import bearer
from ..core.instruction_intent import uetr
from .base import ABSENT, PAYMENT, PRESENT, UNSURE, Found, Refused, Sent, Telling
from .json_api import ApiChannel

_UNFUNDED = frozenset(("incoming_payment_waiting",))
_FUNDED = frozenset((
    "incoming_payment_initiated", "processing", "funds_converted", "outgoing_payment_sent", "charged_back", "bounced_back",
    "funds_refunded",
))  # fmt: skip
# What a state says became of the payment, beside that it was funded.
_BECAME = {
    "outgoing_payment_sent": "execute", "funds_refunded": "reject", "charged_back": "reject", "cancelled": "reject",
    "bounced_back": "hold",
}  # fmt: skip
_LATER = frozenset(("balance.payment-option-unavailable", "transfer.insufficient_funds"))


class WiseChannel(ApiChannel):
    """See `base.ChannelAdapter`; ``profile`` is the number of the profile that pays."""

    code = "wise"
    label = "Wise"
    capabilities = frozenset({"send", "probe", "follow"})
    unit = PAYMENT
    needs = ("profile",)
    secret_names = {"api_key": "API token"}
    api_bases = {"test": "https://api.sandbox.transferwise.tech", "live": "https://api.transferwise.com"}
    unverified = (
        "Accounts that must confirm each payment at Wise (strong customer authentication) refuse the funding; confirm it there.",
        "Accounts of the payee are IBANs, or British ones with a sort code.",
    )

    def problem(self, payout):
        return "" if _recipient(payout) else f"{payout.account} is no IBAN, and has no sort code; enter that at the payee."

    def look(self, way):
        self.ask(way, "GET", f"/v2/profiles/{way.settings.profile}", _headers(way))
        return f"Wise let us in, to profile {way.settings.profile}."

    def stage(self, way, parcel):
        """Make the transfer without money: its number at Wise."""
        (one,) = parcel.payouts
        profile, currency = way.settings.profile, one.amount.currency
        quote = self.ask(
            way, "POST", f"/v3/profiles/{profile}/quotes", _headers(way),
            json={"sourceCurrency": currency, "targetCurrency": currency, "targetAmount": str(one.amount.to_decimal()),
                  "payOut": "BANK_TRANSFER", "preferredPayIn": "BALANCE"},
        )  # fmt: skip
        recipient = self.ask(
            way, "POST", "/v1/accounts", _headers(way),
            json={"profile": profile, "accountHolderName": one.payee, "currency": currency, **_recipient(one)},
        )  # fmt: skip
        made = self.ask(
            way, "POST", "/v1/transfers", _headers(way),
            json={"targetAccount": recipient["id"], "quoteUuid": quote["id"], "customerTransactionId": uetr(parcel.key),
                  "details": {"reference": one.text or one.end_to_end_id}},
        )  # fmt: skip
        return Sent(str(made["id"]))

    def send(self, way, parcel):
        path = f"/v3/profiles/{way.settings.profile}/transfers/{parcel.reference}/payments"
        told = self.ask(way, "POST", path, _headers(way), json={"type": "BALANCE"})
        if told.get("status") != "COMPLETED":
            code = str(told.get("errorCode") or told.get("status") or "")
            raise Refused(f"Wise did not fund transfer {parcel.reference}: {code}.", (code,), final=code not in _LATER)
        return Sent(parcel.reference, (Telling("accept", parcel.reference),))

    def follow(self, way, parcel):
        state = self._state(way, parcel)
        return (Telling(_BECAME[state], f"{parcel.reference}/{state}", state),) if state in _BECAME else ()

    def _state(self, way, parcel):
        return str(self.ask(way, "GET", f"/v1/transfers/{parcel.reference}", _headers(way)).get("status"))

    def probe(self, way, parcel):
        state = self._state(way, parcel)
        if state in _UNFUNDED:
            return Found(ABSENT, f"Transfer {parcel.reference} waits for its money.")
        if state in _FUNDED:
            return Found(PRESENT, f"Transfer {parcel.reference} is funded ({state}).", parcel.reference)
        return Found(UNSURE, f"Transfer {parcel.reference} is {state}; look it up at Wise.")


def _headers(way):
    return bearer(way.secrets["api_key"])


def _recipient(one):
    """How Wise is told the account; None for one that is neither an IBAN nor British."""
    number = "".join(one.account.split()).upper()
    if number[:2].isalpha() and number[2:4].isdigit():
        return {"type": "iban", "details": {"legalType": "BUSINESS", "IBAN": number}}
    code = one.bank.replace("-", "").replace(" ", "")
    if one.amount.currency == "GBP" and len(code) == 6 and code.isdigit() and number.isdigit():
        return {"type": "sort_code", "details": {"legalType": "BUSINESS", "sortCode": code, "accountNumber": number}}
    return None
