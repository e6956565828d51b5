"""The typed errors of the pure rooms: each says what happened, to what, and what to do next, in text that can be stored."""


def storable(text):
    """``text`` without what no database column holds: NUL, and halves of a character."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


class FinanceError(Exception):
    """Base of every error that a pure room raises on purpose; its text is fit to be shown to a user."""


class MoneyError(FinanceError, ValueError):
    """An amount that cannot be represented exactly in its currency, or a sum over two currencies."""


class PayloadError(FinanceError, ValueError):
    """A signed payload whose content cannot be understood: not the provider's documented shape."""


class UnknownStatus(FinanceError):
    """A status, reason or category that the adapter has never seen.

    It is raised per message, never guessed around: the message stays, an exception names ``field`` and ``value``.
    """

    def __init__(self, provider, field, value, subject):
        self.provider, self.field, self.value, self.subject = provider, field, value, subject
        super().__init__(
            f"{provider} reported {field} {value!r} for {subject}, which this version does not know. "
            f"The message is kept; update the connector, or map the value, then replay the message."
        )


class ProviderUnavailable(FinanceError):
    """A call to the provider did not succeed; ``retry_after`` in seconds when the provider said when to come back.

    ``status`` is the HTTP status, 0 when there was no answer.
    ``outcome`` is ``failed`` when the provider surely did nothing, ``unknown`` when it may have acted. ``body``: of the
    refusal, in which many APIs say what they mean; never part of the text.
    """

    def __init__(self, message, outcome="failed", retry_after=None, status=0, body=b""):
        self.outcome, self.retry_after, self.status, self.body = outcome, retry_after, status, body
        super().__init__(message)
