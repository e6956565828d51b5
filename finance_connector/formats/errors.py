"""The one error of the formats room: what is wrong in a file, on which line, and what to do about it."""

from ..core.errors import FinanceError

DEFAULT_ADVICE = "Nothing of the file was taken over; fetch the file again from the bank."

# The order in which the context is told: from the outside of the file to the inside.
_CONTEXT_LABELS = (
    ("member", "file {} of the archive"),
    ("account", "account {}"),
    ("statement", "statement {}"),
    ("entry", "entry {}"),
    ("bank_id", "bank reference {}"),
)

# With which a reason begins that names no place.
_WORDS = ("a ", "no ", "the ", "there ")


class FormatError(FinanceError, ValueError):
    """A file that cannot be trusted, or not be read at all; no other exception leaves ``formats``.

    ``line``: line in the file, counted from 1 (None: the file as a whole). ``reason``: what is wrong, with
    the figures. ``context``: where that is, by the keys ``member`` ``account`` ``statement`` ``entry``
    ``bank_id``; it matters because many banks write the whole file on one line. ``advice``: what to do
    next. ``str()`` is all of it, fit for a user.
    """

    def __init__(self, line, reason, advice=DEFAULT_ADVICE, **context):
        self.line, self.reason, self.advice, self.context = line, reason, advice, context
        super().__init__(line, reason)

    def within(self, **context):
        """The same error with more context; what an inner room said already stays. Returns ``self``."""
        self.context = {**{key: value for key, value in context.items() if value}, **self.context}
        return self

    def __str__(self):
        places = [f"line {self.line}"] if self.line else []
        places += [label.format(self.context[key]) for key, label in _CONTEXT_LABELS if key in self.context]
        where = f"{', '.join(places)}: " if places else ""
        said = f"{where}{self.reason} {self.advice}".strip()
        # The name of a file keeps its spelling.
        return f"{said[:1].upper()}{said[1:]}" if where or said.startswith(_WORDS) else said
