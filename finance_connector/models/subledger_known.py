"""What providers tell beside the facts (names, references, dates): the newest word per field wins, in any order (INV-4)."""

from functools import lru_cache


@lru_cache(maxsize=8_192)
def stamp_of(instant):
    """An aware UTC ``instant`` as it is stored: ISO 8601 without zone. The facts of a row share one, so it is kept."""
    return instant.replace(tzinfo=None).isoformat()


def payment_facts(infos):
    """field -> [instant, value] of `core.records.PaymentInfo` records."""
    facts = {}
    for info in infos:
        stamp = stamp_of(info.occurred_at)
        values = {
            "amount": str(info.amount.to_decimal()) if info.amount else None,
            "currency": info.amount.currency if info.amount else None,
            "reference": info.reference,
            "customer_name": info.customer_name,
            "customer_email": info.customer_email,
            "customer_key": info.customer_key,
            "description": info.description,
            "occurred_at": stamp,
        }
        told = {name: [stamp, value] for name, value in values.items() if value is not None}
        facts = merge_known(facts, told) if facts else told
    return facts


def settlement_facts(infos):
    """field -> [instant, value] of `core.records.SettlementInfo` records."""
    facts = {}
    for info in infos:
        stamp = stamp_of(info.occurred_at)
        values = {
            "amount": str(info.amount.to_decimal()),
            "occurred_at": stamp,
            "arrival_date": info.arrival_date.isoformat() if info.arrival_date else None,
            "automatic": info.automatic,
            "itemizable": True if info.itemizable else None,
            "method": info.method or None,
            "trace": info.trace,
            "descriptor": info.descriptor,
            "failure": info.failure,
            "complete": True if info.complete else None,
        }
        facts = merge_known(facts, {name: [stamp, value] for name, value in values.items() if value is not None})
    return facts


def merge_known(known, facts):
    """The union of two such dicts: per field the newest instant, then the greater value."""
    merged = dict(known or {})
    for name, candidate in facts.items():
        merged[name] = _newer(merged.get(name), candidate)
    return merged


def known_values(known):
    """field -> value."""
    return {name: value for name, (_stamp, value) in (known or {}).items()}


def _newer(one, other):
    if one is None:
        return other
    return max(one, other, key=lambda pair: (pair[0], str(pair[1])))
