"""What goes wrong on the way, and how often: composable, and drawn from the seed. What is right stays right (INV-4)."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random

# What may become of a run of the scheduled actions, at one of its commit points or statements:
# a kill before or after a commit, the server's own refusals, a connection that is cut, an error of the code.
AT_COMMITS = ("kill_before_commit", "kill_after_commit", "disconnect")
CRASHES = (*AT_COMMITS, "serialization", "deadlock", "error")
# What the provider's API may answer instead: (status, Retry-After), or a connection that is cut.
ANSWERS = ("", "", "", "429", "500", "cut", "mutate")
# Calls that must be refused, whatever they carry.
REFUSED = ("forged", "stale", "future", "unsigned", "corrupt")
# Calls that are right although they look odd: clocks that differ by some minutes, and a fact told under a second event id.
ODD = ("behind", "ahead", "twin")


@dataclass(frozen=True)
class Faults:
    """Shares are probabilities for one message, file or run."""

    duplicate: float = 0.08
    drop: float = 0.05
    late: float = 0.25
    latest_hours: int = 96
    forge: float = 0.03
    odd: float = 0.05
    truncate: float = 0.05
    overlap: float = 0.3
    renumber: float = 0.1
    report_share: float = 0.6
    rounds: int = 5
    crash: float = 0.5
    two_workers: float = 0.3
    poll_share: float = 0.6
    disturb_api: float = 0.6

    @classmethod
    def draw(cls, rng: Random) -> Faults:
        """Some worlds are calm, some have one kind of trouble, some have all of it."""
        if rng.random() < 0.15:
            return NONE
        return cls(
            duplicate=rng.choice((0, 0.05, 0.25)), drop=rng.choice((0, 0.04, 0.2)), late=rng.choice((0.05, 0.3, 0.9)),
            latest_hours=rng.choice((2, 48, 300)), forge=rng.choice((0, 0.03)), odd=rng.choice((0, 0.1)),
            truncate=rng.choice((0, 0.1)), overlap=rng.choice((0, 0.5)), renumber=rng.choice((0, 0.2)),
            report_share=rng.choice((0, 0.5, 1)),
            rounds=rng.randint(1, 6),
            crash=rng.choice((0, 0.5, 1)), two_workers=rng.choice((0, 0.5)), poll_share=rng.choice((0.2, 0.8)))

    def held_back(self, rng: Random, always: bool = False) -> timedelta:
        """How late a delivery is; most are on time."""
        if always or rng.random() < self.late:
            return timedelta(seconds=rng.randint(0, self.latest_hours * 3600))
        return timedelta(seconds=rng.randint(1, 20))

    def signatures(self, rng: Random) -> list[str]:
        """How a message is presented before it comes rightly: what must be refused."""
        return [rng.choice(REFUSED)] if rng.random() < self.forge else []

    def oddity(self, rng: Random) -> str:
        """What is odd about the right call itself."""
        return rng.choice(ODD) if rng.random() < self.odd else ""

    def answer(self, rng: Random) -> str:
        return rng.choice(ANSWERS) if rng.random() < self.disturb_api else ""


NONE = Faults(
    duplicate=0, drop=0, late=0, forge=0, odd=0, truncate=0, overlap=0, renumber=0, report_share=0.5, rounds=2,
    crash=0, two_workers=0,
    poll_share=0.5, disturb_api=0)
