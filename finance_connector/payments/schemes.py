"""The payment schemes of ISO 20022 files: what each takes and how it is marked in the file.

Sources: EPC implementation guidelines (SCT, SCT Inst, SDD Core and B2B), SIX Swiss Payment Standards, CBPR+ usage
guidelines (international). Banks differ in what they take beyond; their answer has the last word.
"""

from typing import NamedTuple

from ..core.payment_text import BACS, SEPA, SWIFT, SWISS

SLEV, SHAR, DEBT, CRED = "SLEV", "SHAR", "DEBT", "CRED"
# EPC rulebooks: the largest amount of one payment, in minor units.
SEPA_LIMIT = 99_999_999_999


class Scheme(NamedTuple):
    """``characters``: a key of `payment_text.CHARACTERS`. ``service_level``, ``local_instrument``, ``priority``: how the file
    marks it. ``charge_bearers``: allowed ones, the usual one first. ``currencies``: None takes all. ``sepa_only``: accounts
    are IBANs of SEPA countries. ``needs_agent``: the bank of the payee must be told. ``needs_address``: town and country
    of the payee must be told. ``name_limit``: characters of names. ``both_remittances``: text beside a reference."""

    name: str
    characters: str
    service_level: str = ""
    local_instrument: str = ""
    priority: str = ""
    charge_bearers: tuple = (SLEV,)
    currencies: frozenset | None = None
    sepa_only: bool = False
    needs_agent: bool = False
    needs_address: bool = False
    name_limit: int = 70
    both_remittances: bool = False
    largest: int = 10**17


_EURO = frozenset(("EUR",))
_ABROAD = {"charge_bearers": (SHAR, DEBT, CRED), "needs_agent": True, "needs_address": True, "name_limit": 140}
TRANSFER_SCHEMES = {
    "sepa": Scheme("SEPA credit transfer", SEPA, "SEPA", currencies=_EURO, sepa_only=True, largest=SEPA_LIMIT),
    "sepa_instant": Scheme(
        "SEPA instant credit transfer", SEPA, "SEPA", "INST", currencies=_EURO, sepa_only=True, largest=SEPA_LIMIT
    ),
    "urgent": Scheme(
        "urgent payment (TARGET)", SEPA, "URGP", priority="HIGH", charge_bearers=(SHAR, DEBT, CRED), needs_agent=True,
        currencies=_EURO,
    ),
    "swiss": Scheme(
        "Swiss payment", SWISS, charge_bearers=("", SLEV), currencies=frozenset(("CHF", "EUR")), needs_address=True,
        both_remittances=True,
    ),
    "international": Scheme("international payment", SWIFT, **_ABROAD),
    "international_urgent": Scheme("urgent international payment", SWIFT, "URGP", priority="HIGH", **_ABROAD),
}  # fmt: skip
# Both instruments of the SEPA direct debit.
COLLECTION_SCHEME = Scheme("SEPA direct debit", SEPA, "SEPA", currencies=_EURO, sepa_only=True, largest=SEPA_LIMIT)
BACS_SCHEME = Scheme("Bacs payment", BACS, currencies=frozenset(("GBP",)), largest=2_000_000_000)
# By the API of the provider that has the mandates, whatever scheme they are of.
GOCARDLESS_SCHEME = Scheme("GoCardless", SEPA)
COLLECTION_SCHEMES = {"sdd": COLLECTION_SCHEME, "bacs_debit": BACS_SCHEME, "gocardless": GOCARDLESS_SCHEME}
INSTRUMENTS = ("CORE", "B2B")
SEQUENCES = ("FRST", "RCUR", "OOFF", "FNAL")
