"""Random facts for the properties: few ids, groups, instants and currencies, so that they collide as often as
in life."""

from hypothesis import strategies as st

from fc.core.records import KINDS

from .facts_dsl import euro, fact

SIGNED = ("payout", "adjustment", "transfer", "fx")
RUNNING = ("capture", "refund", "authorize")
GROUPS = ("", "a", "b")


def movements(kinds=KINDS, currencies=("EUR", "USD"), groups=GROUPS):
    """One Movement of ``kinds``; two with the same kind and id may well disagree."""

    @st.composite
    def one(draw):
        kind = draw(st.sampled_from(kinds))
        return fact(
            kind,
            draw(st.sampled_from((-200, 0, 100, 250) if kind in SIGNED else (0, 100, 200, 250))),
            at=draw(st.integers(0, 4)),
            external_id=f"id{draw(st.integers(1, 4))}",
            currency=draw(st.sampled_from(currencies)),
            group=draw(st.sampled_from(groups)),
            cumulative=kind in RUNNING and draw(st.booleans()),
            counter=euro(draw(st.integers(-300, 300))) if kind == "fx" else None,
        )

    return one()


def facts(max_size=12, **options):
    """A list of Movements that may contradict each other in every way."""
    return st.lists(movements(**options), max_size=max_size)
