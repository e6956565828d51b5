"""Adapters by their code: which there are, and how each is loaded when it is first asked for."""

from importlib import import_module

from .errors import FinanceError


class Registry:
    """The adapters of a package.

    ``package``: its name. ``kind``: what an adapter is of, for people. ``adapters``: code -> (module in the package, class),
    in the order in which they are offered.
    """

    def __init__(self, package, kind, adapters):
        self._package, self._kind, self._adapters = package, kind, adapters
        self._loaded = {}

    def codes(self):
        """The codes of all adapters, in their order."""
        return list(self._adapters)

    def get(self, code):
        """The adapter with ``code``. Raises FinanceError for a code that no adapter has."""
        if code not in self._loaded:
            if code not in self._adapters:
                raise FinanceError(f"There is no {self._kind} {code!r}; choose one of {', '.join(self._adapters)}.")
            module, name = self._adapters[code]
            self._loaded[code] = getattr(import_module(module, self._package), name)()
        return self._loaded[code]
