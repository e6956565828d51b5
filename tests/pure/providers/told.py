"""Short forms: what the adapter says of an event, as plain values that a test can compare."""

import os
from datetime import datetime, timezone
from pathlib import Path

import pytest

from fc.core.records import Request
from fc.providers import get
from simulator import stripe_objects as stripe

STRIPE = get("stripe")
T0 = 1_790_000_000
FILES = Path(__file__).parent / "files"


def moment(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc)


def read(event_type, resource, at=T0, **fields):
    """`Parsed` of an event of ``event_type`` about ``resource``."""
    event = stripe.event(event_type, resource, at, fields.pop("event_id", "evt_1"), **fields)
    return STRIPE.parse(Request(stripe.encode(event)))


def facts(parsed):
    """The facts of ``parsed`` without their instants: {(kind, external id): (amount, currency, group,
    payment)}."""
    found = {}
    for fact in parsed.movements:
        key = fact.kind, fact.external_id
        assert key not in found, f"{key} is told twice in one message"
        found[key] = (fact.amount.minor, fact.amount.currency, fact.group, fact.transaction_key)
    return found


def amounts(parsed):
    """{(kind, external id): minor units}."""
    return {key: value[0] for key, value in facts(parsed).items()}


def corpus(name):
    """The path of file ``name`` of the corpus; skips the test, saying so, where there is none."""
    folder = Path(os.environ.get("FC_CORPUS") or Path(__file__).resolve().parents[4] / "shared" / "corpus")
    path = folder / name
    if not path.exists():
        pytest.skip(f"{name} is not in the corpus folder {folder}; set FC_CORPUS to try it")
    return path
