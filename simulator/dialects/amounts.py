"""How amounts are written as decimal texts, by all dialects alike."""
from __future__ import annotations

from simulator.world.profile import DECIMALS


def major(amount: int, currency: str) -> str:
    """Minor units of ISO 4217 as a decimal text with the decimals of the currency."""
    decimals = DECIMALS.get(currency, 2)
    sign, digits = "-" if amount < 0 else "", f"{abs(amount):0{decimals + 1}d}"
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"
