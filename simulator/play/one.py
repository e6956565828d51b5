"""Plays one world in this process and prints the verdict as JSON: what `simulator.play.cli` starts for every seed."""
from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable

from fc_env import database
from simulator import script
from simulator.faults import REFUSED
from simulator.paying import world as paying
from simulator.paying.play import play as play_payments
from simulator.world import World
from simulator.world.profiles import PROFILES

from . import check, host
from .dump import whatever_order
from .player import Player


def main(template: str, profile: str, seed: int, prefix: int | None) -> dict:
    """The verdict: whether it ``holds``, what is ``wrong``, and what was ``told``."""
    began = time.monotonic()
    if profile == paying.NAME:
        verdict = on_copy(template, lambda odoo: play_payments(odoo, paying.PayingWorld(seed), prefix))
        return verdict | {"seconds": round(time.monotonic() - began, 1)}
    verdict = on_copy(template, lambda odoo: play(odoo, World(seed, PROFILES[profile]), prefix))
    if verdict["holds"] and prefix is None and seed % script.PERMUTED_EVERY == 0:
        other = on_copy(template, lambda odoo: play(odoo, World(seed, PROFILES[profile]), None, "/permuted"))
        wrong = other["wrong"] or permuted(verdict["books"], other["books"])
        verdict |= {"holds": not wrong, "wrong": wrong, "told": f"{verdict['told']}; again in another order: {other['told']}",
                    # A beginning of one order says nothing about the other.
                    "operations": 0}
    verdict.pop("books", None)
    return verdict | {"seconds": round(time.monotonic() - began, 1)}


def on_copy(template: str, work: Callable[[host.Host], dict]) -> dict:
    """What ``work`` returns for an Odoo on a copy of ``template``, which goes afterwards."""
    name = f"{database.PREFIX}sim_{os.getpid()}"
    database.drop(name, missing_ok=True)
    database.clone(template, name)
    try:
        odoo = host.start(name)
        try:
            return work(odoo)
        finally:
            odoo.close()
    finally:
        database.drop(name)


def play(odoo: host.Host, world: World, prefix: int | None, order: str = "") -> dict:
    """Play a script of ``world``, or its first operations; the verdict, with the ``books`` if it holds."""
    player = Player(odoo, world)
    try:
        drawn = script.write(world, player.spoken, order=order)
        operations = drawn.operations if prefix is None else drawn.operations[:prefix]
        verdict = {"operations": len(drawn.operations), "log": [str(operation) for operation in operations[-40:]]}
        try:
            player.play(operations + script.closing(world, player.spoken))
            wrong = check.differences(player, drawn.expected_of(operations))
            if not wrong:
                before = check.everything(player)
                player.play([*again(operations), script.Operation("settle", world.end + script.LAST)])
                wrong = check.changed(before, check.everything(player))
                verdict["books"] = whatever_order(odoo)
        except Exception as error:
            wrong = [f"{type(error).__name__}: {error}", *traceback.format_exc().splitlines()[-8:]]
        count = sum(map(len, player.messages))
        crashes = ", ".join(f"{number} {kind}" for kind, number in sorted(player.crashes.items())) or "no crash"
        told = f"{count} messages, {len(operations)} operations, {crashes}"
        return verdict | {"holds": not wrong, "wrong": wrong, "told": told}
    finally:
        player.close()


def permuted(books: list[str], other: list[str]) -> list[str]:
    """In what the books of two orders of the same messages differ."""
    one, two = Counter(books), Counter(other)
    return [*(f"only in the first order: {line}" for line in (one - two).elements()),
            *(f"only in the other order: {line}" for line in (two - one).elements())]


def again(operations: list) -> list:
    """What the outside may well send a second time: everything that was right."""
    return [operation for operation in operations
            if operation.kind in ("webhook", "report", "statement") and operation.how not in (*REFUSED, "truncated")]


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else None)))
