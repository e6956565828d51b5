"""What is wrong with payments that are to be written: everything is found and told at once, and nothing is written."""

from typing import NamedTuple

from ..core.errors import FinanceError

# How many problems the text of an error tells; all are in its ``problems``.
TOLD = 10


class Problem(NamedTuple):
    """``instruction``: its end-to-end id ("" for the file or batch), ``field`` what of it, ``code`` which rule,
    ``text``: what is wrong and what to do."""

    instruction: str
    field: str
    code: str
    text: str

    def __str__(self):
        return f"{self.instruction}: {self.text}" if self.instruction else self.text


class PaymentFileError(FinanceError, ValueError):
    """Payments that cannot be written as they are; ``problems`` holds all of them. No file was made."""

    def __init__(self, problems):
        self.problems = tuple(problems)
        told = "\n".join(str(problem) for problem in self.problems[:TOLD])
        more = f"\n... and {len(self.problems) - TOLD} more." if len(self.problems) > TOLD else ""
        super().__init__(f"No payment file was made. {told}{more}")


class Problems:
    """Collects problems while a file is written; ``instruction`` is the one that is written now."""

    def __init__(self):
        self.found = []
        self.instruction = ""

    def add(self, field, code, text):
        """One problem of the instruction that is written now."""
        self.found.append(Problem(self.instruction, field, code, text))

    def attempt(self, field, call, *arguments):
        """What ``call(*arguments)`` gives; "" if it raises a FinanceError, which becomes a problem."""
        try:
            return call(*arguments)
        except FinanceError as error:
            self.add(field, getattr(error, "code", "invalid"), str(error))
            return ""

    def refuse(self):
        """Raises PaymentFileError if there are any."""
        if self.found:
            raise PaymentFileError(self.found)
