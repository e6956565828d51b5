"""A bank that takes payment files by POST. What it answers to a question for the file decides after a call without answer."""


from ..core.authorization import basic, bearer
from ..core.errors import ProviderUnavailable
from .base import ABSENT, PRESENT, UNSURE, ChannelAdapter, Found, Refused, Sent

_MISSING = frozenset((404, 410))
# The call itself is wrong, and not its content: another sign-in, another address.
_OF_THE_CALL = frozenset((401, 403, 404, 405, 407, 408, 425, 429))
_ANSWERS = (b"urn:iso:std:iso:20022:tech:xsd:pain.002",)
_FILES = (*_ANSWERS, b"urn:iso:std:iso:20022:tech:xsd:camt.05", b"urn:iso:std:iso:20022:tech:xsd:pacs.004")
_HEAD = 4096
_TOLD = 300


class HttpChannel(ChannelAdapter):
    """See `base.ChannelAdapter`. ``url`` takes the file as body; ``probe_url`` answers 2xx or 404, ``answers_url`` the bank's
    answer or 404."""

    code = "http"
    label = "HTTP API of the bank"
    capabilities = frozenset({"send", "probe", "answers"})
    needs = ("url",)
    absence_is_proof = False
    secret_names = {"token": "Bearer token", "password": "Password"}

    def _missing_secrets(self, settings, held):
        wanted = {"bearer": "token", "basic": "password"}.get(settings.sign_in)
        return [] if wanted is None or wanted in held else [wanted]

    def look(self, way):
        if not way.settings.probe_url:
            return "There is no address to ask, so nothing was tried."
        self._asked(way, "NONE", "NONE")
        return "The bank answered."

    def send(self, way, parcel):
        settings = way.settings
        headers = {"Content-Type": settings.content_type, **_signed_in(way)}
        if settings.key_header:
            headers[settings.key_header] = parcel.key
        try:
            answer = way.call("POST", settings.url, headers, data=parcel.content)
        except ProviderUnavailable as error:
            if error.outcome == "failed" and 400 <= error.status < 500 and error.status not in _OF_THE_CALL:
                raise Refused(f"{error} {_said(error.body)}".strip()) from error
            raise
        return Sent(answer=answer if any(mark in answer[:_HEAD] for mark in _ANSWERS) else b"")

    def probe(self, way, parcel):
        if not way.settings.probe_url:
            return Found(UNSURE, "No address is set at which the bank can be asked for a file; ask it otherwise.")
        if self._asked(way, parcel.message_id, parcel.names[0] if parcel.names else ""):
            return Found(PRESENT, f"The bank knows {parcel.message_id}.")
        return Found(ABSENT, f"The bank does not know {parcel.message_id}.")

    def _asked(self, way, message_id, end_to_end_id):
        """Whether the bank knows the file."""
        return _got(way, way.settings.probe_url, message_id, end_to_end_id) is not None

    def answers(self, way, parcel):
        if not way.settings.answers_url:
            return ()
        body = _got(way, way.settings.answers_url, parcel.message_id, parcel.names[0] if parcel.names else "")
        if not (body or b"").strip():
            return ()
        if not any(mark in body[:_HEAD] for mark in _FILES):
            raise ProviderUnavailable(f"The answer to {parcel.message_id} is no file of a bank: {_said(body)}", outcome="failed")
        return (body,)


def _got(way, address, message_id, end_to_end_id):
    """What the bank has at ``address``; None when there is nothing."""
    url = address.replace("{message_id}", message_id).replace("{end_to_end_id}", end_to_end_id)
    try:
        return way.call("GET", url, _signed_in(way))
    except ProviderUnavailable as error:
        if error.status in _MISSING:
            return None
        raise


def _signed_in(way):
    """The headers that say who we are."""
    settings, secrets = way.settings, way.secrets
    if settings.sign_in == "bearer":
        return bearer(secrets["token"])
    if settings.sign_in == "basic":
        return basic(f"{settings.user}:{secrets['password']}")
    return {}


def _said(body):
    """The beginning of what the bank says of a refusal, as text."""
    return body.decode("utf-8", "replace")[:_TOLD].strip()
