"""What the outside sends in the demo, and in which order: copies, several at a time, and nothing in its right order."""
from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

from simulator import delivery, stripe_objects

from .card_events import CardEvents
from .connection import WEBHOOK_SECRET

SHUFFLE_SEED = 19
AT_ONCE = 4
# Which events Stripe delivers more than once, and how often in all.
COPIES = {"evt_demo_anna_1": 3, "evt_demo_bruno_3": 2, "evt_demo_po_2": 2}


def posts(cards: CardEvents) -> list[dict]:
    """The events as they are delivered: all but the one that never is, with copies, shuffled by a fixed seed."""
    quiet = cards.undelivered()
    sent = [event for event in cards.events if event["id"] not in quiet for _copy in range(COPIES.get(event["id"], 1))]
    random.Random(SHUFFLE_SEED).shuffle(sent)
    return sent


def send(url: str, events: list[dict]) -> list[int]:
    """Deliver the events, a few at the same time; return the HTTP statuses in the order of the events."""
    def one(event: dict) -> int:
        return delivery.deliver(url, stripe_objects.encode(event), WEBHOOK_SECRET)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, events))
