"""What the reason codes of banks mean, in words, and the safe action that each leads to.

No action pays again by itself: where paying again is right, it is a new instruction that is approved as any other.
"""

from typing import NamedTuple

from . import reason_codes

# action -> what the user is to do.
ACTIONS = {
    "correct_account": "Ask the other side for the right account, correct it, and make a new instruction.",
    "ask_payee": "Ask the other side before anything is paid or collected again.",
    "correct_order": "Correct what is wrong in the order, and make a new instruction.",
    "add_funds": "See that there is money on the account, then make a new instruction.",
    "retry_later": "Make a new instruction later; nothing has to be corrected.",
    "new_mandate": "Collect no more with this mandate; ask for a new one.",
    "correct_mandate": "Correct the mandate as the bank says.",
    "find_first": "Find the first payment and what became of it; it may have been paid already. Pay nothing again before.",
    "ask_bank": "Ask the bank; nothing in the reason says what is wrong.",
    "compliance": "Hand it to whoever is responsible for sanctions and fraud; pay nothing to this account before.",
    "confirm_payee": "The bank compared name and account: confirm the payee with them, then release or cancel the payment.",
    "nothing": "Nothing; it is as ordered.",
}


class Reason(NamedTuple):
    """``text``: what happened; ``action``: a key of ACTIONS; ``known``: whether the code is one of the tables."""

    code: str
    text: str
    action: str
    known: bool = True

    @property
    def advice(self):
        """What to do, in words."""
        return ACTIONS[self.action]


def _table(text):
    """code -> (text, action) of a table of `reason_codes`."""
    found, action = {}, ""
    for line in text.strip().splitlines():
        if line.endswith(":"):
            action = line[:-1]
            assert action in ACTIONS, action
            continue
        code, _space, words = line.strip().partition(" ")
        assert code not in found, code
        found[code] = words, action
    return found


TABLES = {
    "iso": _table(reason_codes.ISO), "nacha": _table(reason_codes.NACHA), "change": _table(reason_codes.CHANGES),
    "arudd": _table(reason_codes.ARUDD), "arucs": _table(reason_codes.ARUCS), "addacs": _table(reason_codes.ADDACS),
}  # fmt: skip


def reason(code, table="iso", text=""):
    """The `Reason` of a bank's ``code``; ``table``: a key of TABLES; ``text``: what the bank wrote beside it.

    A code that the table does not have is told as it is, with the bank's text, and leads to the bank.
    """
    known = TABLES[table].get(code)
    if known is None:
        beside = f" ({text})" if text else ""
        return Reason(code, f"the bank gives the reason {code or 'none'}{beside}", "ask_bank", False)
    words, action = known
    return Reason(code, f"{words} ({text})" if text else words, action)
