"""Which calls are made to Plaid for entries: the state of the connection first, then what changed since the cursor.

Plaid answers from what it fetched itself, some times a day. While it cannot reach the bank it goes on answering, with nothing
new; so the connection's own state is asked first, and says until when the answer is complete (INV-13).
"""

from datetime import timedelta

from ...core.errors import PayloadError, ProviderUnavailable
from .. import pages
from ..base import CallsUsedUp, ConsentEnded, NotReady, Pull
from ..values import child, instant, text

API_BASES = {"test": "https://sandbox.plaid.com", "live": "https://production.plaid.com"}
_LABEL = "Plaid"
PAGE_SIZE = 500
# How often one poll begins anew because the entries changed while they were read.
RESTARTS = 3
_MUTATION = "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION"
_ENDED = {
    "ITEM_LOGIN_REQUIRED": "the bank wants the owner to sign in again",
    "ITEM_NOT_FOUND": "the connection was removed",
    "ACCESS_NOT_GRANTED": "the owner does not allow this access",
    "INVALID_ACCESS_TOKEN": "its access token is not valid",
    "USER_PERMISSION_REVOKED": "it was taken back",
    "NO_ACCOUNTS": "the owner shares no account any more",
}
_RATE_LIMITS = {"RATE_LIMIT", "RATE_LIMIT_EXCEEDED", "TRANSACTIONS_SYNC_LIMIT", "ITEM_GET_LIMIT", "TRANSACTIONS_LIMIT"}
_NOT_READY = "PRODUCT_NOT_READY"
# How much of the history Plaid has fetched; anything but the last is not all of it.
_WHOLE_HISTORY = "HISTORICAL_UPDATE_COMPLETE"
_STILL_EMPTY = "NOT_READY"
# The first fetch of a connection brings this much; the older entries follow.
_FIRST_FETCH = timedelta(days=30)


def with_credentials(settings, secrets, body):
    """``body`` with who we are, and with our connection's token where `access_token` is None."""
    told = {"client_id": settings.application, "secret": secrets.get("secret", ""), **(body or {})}
    if told.get("access_token", "") is None:
        told["access_token"] = secrets.get("access_token", "")
    return told


def poll(call, account, since, cursor, max_pages):
    """See `base.FeedAdapter.poll`: every change after ``cursor``, read to its end.

    A change while the pages are read makes Plaid refuse the next one: then all are read again from the first.
    """
    state = item_state(call)
    before = (cursor or {}).get("cursor", "")
    for attempt in range(RESTARTS + 1):
        try:
            found, after, status = _changes(call, account, before, max_pages)
            break
        except ProviderUnavailable as error:
            if pages.refusal(error, "error_code") != _MUTATION or attempt == RESTARTS:
                raise
    if status == _STILL_EMPTY:
        raise NotReady("Plaid has fetched nothing from the bank yet. It is asked again later.")
    updated = instant(child(child(state, "status"), "transactions").get("last_successful_update"), "last update", _LABEL)
    if updated is None:
        raise NotReady("Plaid does not say that it ever reached the bank for entries. It is asked again later.")
    until = updated.date() - timedelta(days=1)
    first = since if status in (_WHOLE_HISTORY, "") else max(since, updated.date() - _FIRST_FETCH)
    asked = {"feed": "plaid", "account": account.external_id, "from": first, "start": account.start, "until": until}
    return Pull(
        pages.pack(asked, found),
        {"cursor": after},
        covered=(first, until) if first <= until else None,
    )


def item_state(call):
    """The answer of `/item/get`. Raises ConsentEnded when the connection is broken, ProviderUnavailable when the bank is."""
    told = ask_object(call, "/item/get", {"access_token": None})
    error = child(child(told, "item"), "error")
    code = text(error.get("error_code"))
    if code in _ENDED:
        raise _ended(code)
    if code:
        raise ProviderUnavailable(
            f"Plaid cannot reach the bank: {code}. It tries again by itself; until then there are no new entries."
        )
    return told


def ask_object(call, path, body):
    """The answer of Plaid as an object. Raises ConsentEnded, CallsUsedUp, NotReady where the refusal means that."""
    return pages.as_object(_ask(call, path, body), _LABEL)


def _changes(call, account, before, max_pages):
    """(pages, cursor after them, how much history Plaid has) of everything after cursor ``before``."""
    found, cursor = [], before
    while True:
        body = {
            "access_token": None,
            "count": PAGE_SIZE,
            "options": {"account_id": account.external_id, "include_original_description": True},
        }
        if cursor:
            body["cursor"] = cursor
        content = _ask(call, "/transactions/sync", body)
        found.append(content)
        told = pages.as_object(content, _LABEL)
        after = told.get("next_cursor")
        if type(after) is not str or type(told.get("has_more")) is not bool:
            raise PayloadError("Plaid's answer has no next_cursor or has_more; ask again later.")
        if not told["has_more"]:
            return found, after, text(told.get("transactions_update_status"))
        if after == cursor:
            raise PayloadError("Plaid says that there is more but its cursor does not move; ask again later.")
        if len(found) >= max_pages:
            raise PayloadError(
                f"Plaid has more than {max_pages} pages of changes for {account.number or account.name}. Nothing of them "
                f"was taken: raise the limit “Pages of a pull”."
            )
        cursor = after


def _ask(call, path, body):
    try:
        return call("POST", path, body=body)
    except ProviderUnavailable as error:
        code = pages.refusal(error, "error_code")
        if code in _ENDED:
            raise _ended(code) from error
        if code in _RATE_LIMITS or error.status == 429:
            raise CallsUsedUp("Plaid allows no more calls for now. It is asked again later.", error.retry_after) from error
        if code == _NOT_READY:
            raise NotReady("Plaid is still fetching the entries from the bank. It is asked again later.") from error
        raise


def _ended(code):
    return ConsentEnded(f"The connection to the bank is broken: {_ENDED[code]}. Renew the consent.")
