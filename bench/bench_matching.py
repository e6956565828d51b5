"""Matching, the pure engine: rows (bank lines and open items) a second on one core, as the number of rows grows.

Most lines name their invoice among other words, some only an order, some nothing but the payer. Target: at least 30,000 rows a
second, flat from 5,000 rows a side on.
"""

import gc
import os
import random
import time
from datetime import date, timedelta

import tests.pure.conftest  # noqa: F401  makes the pure rooms importable as fc
from fc.core.matching import MATCHED, Candidate, Line, match
from fc.core.money import Money

SIZES = tuple(int(size) for size in os.environ.get("SIZES", "5000 50000 200000").split())
PARTNERS = 5000
DAY = date(2026, 3, 1)


def _problem(count):
    """Lines and open items, each line with one right answer."""
    rng = random.Random(count)
    lines, candidates = [], []
    for number in range(count):
        amount, day, partner = Money(rng.randint(100, 5_000_000), "EUR"), DAY + timedelta(number % 60), number % PARTNERS
        references = f"INV/2026/{number:07}", f"S{number:06}"
        candidates.append(Candidate(f"i:{number}", "invoice", amount, references, partner, day, name=f"Customer {partner}"))
        drawn = rng.random()
        text = f"Payment {references[0]} thank you" if drawn < 0.8 else references[1] if drawn < 0.9 else "thanks"
        lines.append(Line(number, amount, day, text=text, partner_id=partner if drawn >= 0.9 else None))
    rng.shuffle(lines)
    return lines, candidates


def run():
    """Print rows a second for each size, and how much slower the largest is than the smallest."""
    rates = []
    for size in SIZES:
        lines, candidates = _problem(size)
        gc.collect()
        began = time.process_time()
        matches = match(lines, candidates)
        rates.append(2 * size / (time.process_time() - began))
        matched = len(matches.in_state(MATCHED))
        print(f"   {size:9,} a side: {rates[-1]:9,.0f} rows/s (target 30,000), {matched / size:.2%} matched", flush=True)
    print(f"   the largest at {rates[-1] / rates[0]:.2f} of the rate of the smallest (flat is 1)")
