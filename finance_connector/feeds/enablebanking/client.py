"""Which calls are made to Enable Banking: signing in, the consent (a session of at most 180 days), and the entries of a window.

Each call is signed by a token of our own (RS256; the key id is the application's). A poll lists the whole window of days again,
because banks book late and give entries no id that could be relied on.
"""

from datetime import timedelta

from ...core.authorization import bearer
from ...core.errors import PayloadError, ProviderUnavailable
from .. import pages
from ..base import CallsUsedUp, Consent, ConsentEnded, ConsentRequest, FeedAccount, Pull
from ..jws import sign_rs256
from ..values import child, instant, items, text

API_BASE = "https://api.enablebanking.com"
_LABEL = "Enable Banking"
TOKEN_SECONDS = 3600
# The longest time that the law allows without asking the owner again; a bank may make it shorter.
CONSENT_DAYS = 180
# What a bank gives at least when it refuses a longer window (PSD2: 90 days without the owner).
SHORT_LOOK_BACK = timedelta(days=89)
_ENDED = {
    "EXPIRED_SESSION": "it has expired",
    "CLOSED_SESSION": "it was closed",
    "REVOKED_SESSION": "it was taken back at the bank",
    "SESSION_DOES_NOT_EXIST": "it does not exist",
    "ACCESS_DENIED": "the bank denies access",
    "ASPSP_PSU_ACTION_REQUIRED": "the bank wants the owner to act",
}
_RATE_LIMIT = "ASPSP_RATE_LIMIT_EXCEEDED"
_WINDOW = "WRONG_TRANSACTIONS_PERIOD"
# Session status -> why the consent cannot be used; "" when it can.
_STATUSES = {
    "AUTHORIZED": "",
    "CANCELLED": "it was cancelled",
    "CLOSED": "it was closed",
    "EXPIRED": "it has expired",
    "INVALID": "it is invalid",
    "REVOKED": "it was taken back at the bank",
    "PENDING_AUTHORIZATION": "the owner has not allowed it yet",
    "RETURNED_FROM_BANK": "it was not finished",
}


def headers(settings, private_key, now):
    """The HTTP headers of a call: a bearer token that is valid for an hour (at most a day is accepted)."""
    issued = int(now.timestamp())
    claims = {"iss": "enablebanking.com", "aud": "api.enablebanking.com", "iat": issued, "exp": issued + TOKEN_SECONDS}
    header = {"typ": "JWT", "alg": "RS256", "kid": settings.application}
    return bearer(sign_rs256(private_key, header, claims))


def is_counted(path, params):
    """Whether the bank counts the call: the further pages of an answer are the same access to the account."""
    return path.endswith("/transactions") and "continuation_key" not in (params or {})


def start_consent(call, settings, state, now):
    """See `base.FeedAdapter.start_consent`."""
    until = now + timedelta(days=CONSENT_DAYS)
    asked = {
        "access": {"valid_until": until.isoformat(timespec="seconds")},
        "aspsp": {"name": settings.bank, "country": settings.country},
        "psu_type": "business" if settings.business else "personal",
        "redirect_url": settings.return_url,
        "state": state,
        "language": settings.language,
    }
    told = _object(call, "POST", "/auth", body=asked)
    if not text(told.get("url")).startswith("https://"):
        raise PayloadError(f"{_LABEL} gave no address to send the owner to; check the bank's name and country.")
    return ConsentRequest(told["url"], text(told.get("authorization_id")))


def finish_consent(call, answer):
    """See `base.FeedAdapter.finish_consent`; the bank sends the owner back with a `code`, or with an `error`."""
    code = text(answer.get("code"))
    if not code:
        why = text(answer.get("error_description")) or text(answer.get("error")) or "no code came back"
        raise ConsentEnded(f"The bank gave no consent: {why:.200}. Ask for it again.")
    told = _object(call, "POST", "/sessions", body={"code": code})
    accounts = tuple(_account(one) for one in items(told, "accounts", _LABEL))
    reference = text(told.get("session_id"))
    if not reference or not accounts:
        raise PayloadError(f"{_LABEL} opened a session without id or accounts; ask for the consent again.")
    return Consent(reference, _valid_until(told), accounts)


def consent(call, settings):
    """See `base.FeedAdapter.consent`."""
    try:
        told = _object(call, "GET", f"/sessions/{settings.consent}")
    except ConsentEnded as error:
        return Consent(settings.consent, ended=str(error))
    status = text(told.get("status"))
    if status not in _STATUSES:
        return Consent(settings.consent, _valid_until(told), ended=f"Its status is {status!r}, which is not known.")
    return Consent(settings.consent, _valid_until(told), ended=_STATUSES[status])


def poll(call, account, since, now, max_pages):
    """See `base.FeedAdapter.poll`: all pages of the window from ``since`` to today.

    When the bank refuses so long a window, the shorter one that it has to give is asked for, and the days before are a gap.
    """
    today, gap = now.date(), None
    since = min(since, today - timedelta(days=1))
    try:
        found = _window(call, account, since, today, max_pages)
    except ProviderUnavailable as error:
        shorter = today - SHORT_LOOK_BACK
        if pages.refusal(error, "error") != _WINDOW or since >= shorter:
            raise
        gap, since = (since, shorter - timedelta(days=1)), shorter
        found = _window(call, account, since, today, max_pages)
    asked = {"feed": "enablebanking", "account": account.external_id, "from": since, "until": today}
    yesterday = today - timedelta(days=1)
    return Pull(pages.pack(asked, found), {"until": today.isoformat()}, covered=(since, yesterday), gap=gap)


def _window(call, account, since, until, max_pages):
    found, key, keys = [], None, set()
    while True:
        params = {"date_from": since.isoformat(), "date_to": until.isoformat()}
        if key:
            params["continuation_key"] = key
        content = _ask(call, "GET", f"/accounts/{account.external_id}/transactions", params=params)
        found.append(content)
        # An empty page says nothing: only a missing key is the end.
        key = text(pages.as_object(content, _LABEL).get("continuation_key"))
        if not key:
            return found
        if key in keys:
            raise PayloadError(f"{_LABEL} gives the same page of {account.number} again and again; ask again later.")
        if len(found) >= max_pages:
            raise PayloadError(
                f"{_LABEL} has more than {max_pages} pages for {account.number} since {since}. Nothing of them was taken: "
                f"raise the limit “Pages of a pull”, or start later."
            )
        keys.add(key)


def _ask(call, method, path, **more):
    """The answer, as bytes. Raises ConsentEnded and CallsUsedUp where the refusal means that."""
    try:
        return call(method, path, **more)
    except ProviderUnavailable as error:
        code = pages.refusal(error, "error")
        if code in _ENDED:
            raise ConsentEnded(f"The bank's consent cannot be used: {_ENDED[code]}. Renew it.") from error
        if code == _RATE_LIMIT or error.status == 429:
            raise CallsUsedUp(
                "The bank allows no more calls today. It is asked again when it does; a pull by a person may still work.",
                error.retry_after,
            ) from error
        raise


def _object(call, method, path, **more):
    return pages.as_object(_ask(call, method, path, **more), _LABEL)


def _account(told):
    number = child(told, "account_id")
    return FeedAccount(
        external_id=text(told.get("uid")),
        currency=text(told.get("currency")),
        key=text(told.get("identification_hash")),
        number=text(number.get("iban")) or text(child(number, "other").get("identification")),
        name=text(told.get("name")) or text(told.get("details")),
    )


def _valid_until(told):
    return instant(child(told, "access").get("valid_until"), "access.valid_until", _LABEL)
