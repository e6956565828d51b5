"""What the adapters of providers' APIs share: answers as JSON, and refusals in the provider's words."""

import json

from ..core.errors import ProviderUnavailable
from .base import ChannelAdapter, Refused

# The call is wrong, or comes at the wrong time; the payment itself was not judged.
_OF_THE_CALL = frozenset((401, 403, 408, 409, 425, 429))
_TOLD = 300


class ApiChannel(ChannelAdapter):
    """See `base.ChannelAdapter`; ``url`` of the settings stands in for the API in tests."""

    formats = ("payouts",)

    def base(self, way):
        """Where the API is called."""
        return (way.settings.url or self.api_bases[way.settings.environment]).rstrip("/")

    def ask(self, way, method, path, headers, **content):
        """The answer as a dict. Raises Refused for what the provider judged, ProviderUnavailable for everything else."""
        try:
            body = way.call(method, self.base(way) + path, headers, **content)
        except ProviderUnavailable as error:
            if error.outcome == "failed" and 400 <= error.status < 500 and error.status not in _OF_THE_CALL and method != "GET":
                raise self.refusal(read_object(error.body), error) from error
            if error.status == 409:
                # The same key is being worked on at this moment.
                raise ProviderUnavailable(str(error), outcome="unknown", status=409) from error
            raise
        told = read_object(body)
        if told is None:
            text = f"{self.label} answered {path} with something that is no JSON object."
            raise ProviderUnavailable(text, outcome="failed" if method == "GET" else "unknown")
        return told

    def refusal(self, told, error):
        """The `Refused` that a refusing answer is. ``told``: its JSON, or None."""
        return Refused(f"{error} {json.dumps(told)[:_TOLD] if told else ''}".strip(), final=True)


def read_object(body):
    """The JSON object in ``body``; None when it is none."""
    try:
        told = json.loads(body)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None
