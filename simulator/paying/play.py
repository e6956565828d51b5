"""Plays one world of payments out from beginning to end, on the clock of the world, and says whether it holds."""

from __future__ import annotations

import tempfile
import traceback
from collections import Counter
from pathlib import Path

from freezegun import freeze_time

from simulator.play.host import Host
from simulator.script import Operation

from . import check, script
from .player import PayingPlayer
from .world import PayingWorld


def play(host: Host, world: PayingWorld, prefix: int | None) -> dict:
    """Play the script of ``world``, or its first operations, and calm days after them; the verdict."""
    drawn = script.write(world)
    operations = drawn if prefix is None else drawn[:prefix]
    verdict = {"operations": len(drawn), "log": [str(operation) for operation in operations[-40:]]}
    # The door of the bank is a thread, which waits on the real clock.
    with tempfile.TemporaryDirectory() as root, freeze_time(script.at(world, 0, 8).replace(tzinfo=None)) as clock:
        folder = Path(root) / "out"
        folder.mkdir()
        player = PayingPlayer(host, world, clock, folder)
        try:
            wrong = _wrong(player, operations)
        except Exception as error:
            wrong = [f"{type(error).__name__}: {error}", *traceback.format_exc().splitlines()[-12:]]
        finally:
            player.close()
        return verdict | {"holds": not wrong, "wrong": wrong, "told": _told(player, operations)}


def _wrong(player: PayingPlayer, operations: list[Operation]) -> list[str]:
    player.play(operations)
    player.finish(script.MOST_CLOSING_DAYS)
    wrong = check.differences(player)
    if wrong:
        return wrong
    before = check.everything(player)
    player.deliver_everything()
    player.play([Operation("work", player.now())])
    after = check.everything(player)
    return [
        *(f"gone after everything was told again: {row}" for row in before - after),
        *(f"new after everything was told again: {row}" for row in after - before),
    ]


def _told(player: PayingPlayer, operations: list[Operation]) -> str:
    states = Counter(one.state for one in player.bank.payments)
    payments = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none"
    crashes = ", ".join(f"{number} {kind}" for kind, number in sorted(player.crashes.items())) or "no crash"
    style = player.world.style
    return (
        f"{len(player.world.bills)} bills, payments: {payments}; {len(operations)} operations, {style['reached']}, "
        f"{style['answers']}, {crashes}"
    )
