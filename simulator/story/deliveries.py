"""What the outside sends in the story, and in which order: copies, and nothing in its right order."""
from __future__ import annotations

import random

from .card_events import CardEvents

SHUFFLE_SEED = 19
# Which events Stripe delivers more than once, and how often in all.
COPIES = {"evt_demo_anna_1": 3, "evt_demo_bruno_3": 2, "evt_demo_po_2": 2}


def posts(cards: CardEvents) -> list[dict]:
    """The events as they are delivered: all but the one that never is, with copies, shuffled by a fixed seed."""
    quiet = cards.undelivered()
    sent = [event for event in cards.events if event["id"] not in quiet for _copy in range(COPIES.get(event["id"], 1))]
    random.Random(SHUFFLE_SEED).shuffle(sent)
    return sent
