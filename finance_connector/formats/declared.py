"""What each format can say and prove, for people: the matrix of capabilities. A test compares it with what the readers do."""

from dataclasses import dataclass

from .records import BALANCES, ONE_BALANCE, RUNNING_BALANCE, TOTALS, UNPROVEN

_NO_FILE = "No bank's own file was at hand: it is read as its published description says."
_CODA_1 = (
    "Version 1 is refused by name: only version 2 is published, and neither a description of the fields of version 1 nor a file "
    "of it was at hand. The banks of Febelfin send version 2 on request."
)


@dataclass(frozen=True, slots=True)
class Declared:
    """``proofs``: what may vouch for a statement of it (`StatementHeader.proof`), the best first; ``provisional``: it only
    announces; ``says_account`` and ``says_currency``: else the bank journal must be chosen; ``unverified``: sentences."""

    label: str
    proofs: tuple
    provisional: bool = False
    says_account: bool = True
    says_currency: bool = True
    unverified: tuple = ()


FORMATS = {
    "camt.053": Declared("CAMT.053 (01 to 14)", (BALANCES,)),
    "camt.052": Declared("CAMT.052", (TOTALS, UNPROVEN), provisional=True),
    "camt.054": Declared("CAMT.054", (TOTALS, UNPROVEN), provisional=True),
    "mt940": Declared("MT940", (BALANCES,)),
    "mt942": Declared("MT942", (TOTALS, UNPROVEN), provisional=True, unverified=(_NO_FILE,)),
    "bai2": Declared("BAI2", (BALANCES, TOTALS, ONE_BALANCE, UNPROVEN)),
    "ofx": Declared("OFX, QFX", (ONE_BALANCE, UNPROVEN), unverified=(_NO_FILE,)),
    "qif": Declared("QIF", (ONE_BALANCE, UNPROVEN), says_account=False, says_currency=False, unverified=(_NO_FILE,)),
    "coda": Declared("CODA", (BALANCES,), unverified=(_NO_FILE, _CODA_1)),
    "cfonb120": Declared("CFONB120", (BALANCES,), unverified=(_NO_FILE,)),
    "norma43": Declared("Norma 43", (BALANCES,), unverified=(_NO_FILE,)),
}
_TABLE = "What a column means is what the profile says that people made and approved."
FORMATS |= {
    name: Declared(name.upper(), (RUNNING_BALANCE, UNPROVEN), says_account=False, says_currency=False, unverified=(_TABLE,))
    for name in ("csv", "xlsx", "xls")
}
