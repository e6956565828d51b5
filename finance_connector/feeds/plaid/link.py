"""Plaid's consent: the owner signs in on Plaid's own page (Hosted Link), and a connection (Item) with an access token results.

A connection that needs the owner again is renewed in place (update mode): its id, its token and its cursors stay.
"""

from ...core.errors import PayloadError
from ..base import Consent, ConsentEnded, ConsentRequest, FeedAccount
from ..values import child, instant, items, text
from .client import ask_object

_LABEL = "Plaid"


def start(call, settings, state):
    """See `base.FeedAdapter.start_consent`."""
    separator = "&" if "?" in settings.return_url else "?"
    body = {
        "client_name": "Odoo",
        "country_codes": [settings.country or "US"],
        "language": settings.language,
        "user": {"client_user_id": state[:16]},
        "hosted_link": {"completion_redirect_uri": f"{settings.return_url}{separator}state={state}"},
    }
    if settings.webhook_url:
        body["webhook"] = settings.webhook_url
    if settings.consent:
        body["access_token"] = None
    else:
        body["products"] = ["transactions"]
    told = ask_object(call, "/link/token/create", body)
    if not text(told.get("hosted_link_url")).startswith("https://") or not text(told.get("link_token")):
        raise PayloadError("Plaid gave no page to send the owner to; check that Hosted Link is enabled for the account.")
    return ConsentRequest(told["hosted_link_url"], told["link_token"])


def finish(call, settings, reference):
    """See `base.FeedAdapter.finish_consent`; what the owner did is asked of Plaid, not taken from the browser."""
    if settings.consent:
        return consent(call, settings)
    told = ask_object(call, "/link/token/get", {"link_token": reference})
    tokens = [
        text(added.get("public_token"))
        for session in items(told, "link_sessions", _LABEL)
        for added in items(child(session, "results"), "item_add_results", _LABEL)
    ]
    if not any(tokens):
        raise ConsentEnded("The owner did not finish the connection at Plaid. Ask for the consent again.")
    exchanged = ask_object(call, "/item/public_token/exchange", {"public_token": tokens[-1]})
    access, item_id = text(exchanged.get("access_token")), text(exchanged.get("item_id"))
    if not access or not item_id:
        raise PayloadError("Plaid gave no access token; ask for the consent again.")
    listed = ask_object(call, "/accounts/get", {"access_token": access})
    return Consent(
        item_id, _valid_until(child(listed, "item")), tuple(_account(one) for one in items(listed, "accounts", _LABEL)),
        secrets={"access_token": access},
    )  # fmt: skip


def consent(call, settings):
    """See `base.FeedAdapter.consent`."""
    try:
        told = ask_object(call, "/accounts/get", {"access_token": None})
    except ConsentEnded as error:
        return Consent(settings.consent, ended=str(error))
    item = child(told, "item")
    accounts = tuple(_account(one) for one in items(told, "accounts", _LABEL))
    return Consent(settings.consent, _valid_until(item), accounts, ended=text(child(item, "error").get("error_code")))


def _account(told):
    balances = child(told, "balances")
    return FeedAccount(
        external_id=text(told.get("account_id")),
        currency=text(balances.get("iso_currency_code")) or text(balances.get("unofficial_currency_code")),
        key=text(told.get("persistent_account_id")) or text(told.get("account_id")),
        # Plaid shows the last digits only; they do not name an account.
        number="",
        name=" ".join(filter(None, (text(told.get("name")), text(told.get("mask"))))),
    )


def _valid_until(item):
    return instant(item.get("consent_expiration_time"), "consent_expiration_time", _LABEL)
