"""`make chaos`: a storm on a real server and a PostgreSQL of its own, and what must hold after it."""
from __future__ import annotations

import argparse
import os
import secrets
import time
from datetime import datetime, timedelta, timezone
from random import Random

from fc_env import database, paths
from fc_env.cli import prepare
from fc_env.odoo_server import OdooServer
from fc_env.postgres import Embedded
from fc_env.rpc import Rpc
from simulator.connection import API_KEY
from simulator.play import check, host, setup
from simulator.play.books import api_key
from simulator.play.player import Player
from simulator.script import Operation, closing
from simulator.world import World
from simulator.world.profiles import PROFILES

from .kills import Killer
from .storm import Storm

# The scheduled actions of the server must have worked off what came in within this time after the storm, by themselves.
WORKED_OFF_SECONDS = 150
_WAITING = "SELECT count(*) FROM finance_message WHERE state IN ('received', 'failed') AND source != 'file'"
_WHY = {
    "messages": """SELECT state, attempts, count(*), max(next_attempt_at - (now() AT TIME ZONE 'UTC'))::text,
                       max(left(error, 200))
                     FROM finance_message WHERE source != 'file' GROUP BY state, attempts""",
    "scheduled action": """SELECT cron_name, active, failure_count, (nextcall - (now() AT TIME ZONE 'UTC'))::text FROM ir_cron
                            WHERE starts_with(cron_name, 'Finance')""",
    "connection": """SELECT pid, application_name, state, wait_event, (now() - xact_start)::text, left(query, 120)
                       FROM pg_stat_activity WHERE datname = current_database()""",
}


def main() -> int:
    """Let one storm blow; return 0 if everything holds after it."""
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("SECONDS") or 120))
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED") or secrets.randbelow(10**8)))
    parser.add_argument("--profile", choices=list(PROFILES), default=os.environ.get("PROFILE") or "default")
    options = parser.parse_args()
    odoo, variables = prepare()
    os.environ.update(variables)
    cluster = Embedded("chaos")
    # Killing the server that all commands use would disturb whatever else works on it.
    os.environ.update(cluster.ensure_running().variables)
    os.environ["ODOO_DATA_DIR"] = str(paths.data_dir())
    try:
        wrong = storm(setup.EMPTY_COMPANIES.template(odoo), cluster, options)
    finally:
        cluster.stop()
    for line in wrong[:80]:
        print(f"      {line}")
    print("everything holds" if not wrong else f"{len(wrong)} differences; the same storm: SEED={options.seed} make chaos")
    return 1 if wrong else 0


def storm(template: str, cluster: Embedded, options) -> list[str]:
    """Let the storm blow on a copy of ``template``; returns everything that is not as it must be."""
    name = f"{database.PREFIX}chaos_{os.getpid()}"
    database.drop(name, missing_ok=True)
    database.clone(template, name)
    _checkpoint()
    # Long enough ago that a bank line which nothing explains is told, so recent that the provider still lists its events.
    until = datetime.now(timezone.utc).date() - timedelta(days=6)
    odoo = host.start(name)
    player = Player(odoo, World(options.seed, PROFILES[options.profile], until=until))
    # What polling finds would hide that a webhook was acknowledged and lost: the first merchant has no key until that is known.
    _forget_key(odoo, player.places[0]["provider"])
    server = OdooServer(name, workers=2, cron_threads=2)
    server.log.unlink(missing_ok=True)
    try:
        for api in player.apis:
            api.set_now(player.world.end)
        with server:
            rng = Random(f"chaos/{options.seed}")
            killer = Killer(server, cluster, rng)
            blown = Storm(player, Rpc(server.url, name, _api_key(odoo)), killer, options.seconds, rng)
            blown.blow()
            odoo.reconnect()
            wrong = [*blown.wrong, *_worked_off(player, killer)]
        print(f"seed {options.seed}: {len(blown.acknowledged)} messages taken; answers "
              f"{_told(blown.answers)}; killed {_told(blown.killed)}", flush=True)
        wrong += lost(player, blown)
        _enter_key(odoo, player.places[0]["provider"])
        return wrong + books(player)
    finally:
        player.close()
        odoo.close()
        database.drop(name)


def lost(player: Player, blown: Storm) -> list[str]:
    """Messages that were answered with success and are not here."""
    here = {(row[0], row[1]) for row in player.host.rows("SELECT provider_id, external_id FROM finance_message")}
    return [f"acknowledged and lost: {key} of merchant {merchant}" for merchant, key in sorted(blown.acknowledged)
            if (player.places[merchant]["provider"], key) not in here]


def books(player: Player) -> list[str]:
    """Whether the books are the truth, and stay so when everything is sent again."""
    world = player.world
    player.play(closing(world, player.spoken))
    wrong = check.differences(player, [])
    if wrong:
        return wrong
    before = check.everything(player)
    everything = [Operation("webhook", world.end, number, (index,))
                  for number, messages in enumerate(player.messages) for index in range(len(messages))]
    player.play([*everything, Operation("settle", world.end)])
    return check.changed(before, check.everything(player))


def _checkpoint() -> None:
    """Make the copy of the database withstand a crash.

    PostgreSQL writes ahead the next 32 values of a sequence and counts them in its page. A copied page brings the count
    with it but not what was written ahead, so that after a crash the sequence would give the same values again; the first
    value after a checkpoint is always written.
    """
    connection = database.connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
    finally:
        connection.close()


def _worked_off(player: Player, killer: Killer) -> list[str]:
    """Wait for the server's own scheduled actions; what they leave undone is wrong. A server which ends only now, because
    it missed the database that was killed last, is started again as in the storm."""
    deadline = time.monotonic() + WORKED_OFF_SECONDS
    revived = 0
    while (waiting := player.host.rows(_WAITING)[0][0]) and time.monotonic() < deadline:
        time.sleep(0.5)
        revived += killer.revive()
    if not waiting:
        return []
    return [f"{waiting} messages still wait {WORKED_OFF_SECONDS} s after the storm: the scheduled actions do not run",
            f"the server was started again {revived} times in this time, and {'runs' if killer.server.running else 'has ended'}",
            *(f"{what}: {row}" for what, query in _WHY.items() for row in player.host.rows(query)),
            *killer.server.log_tail(30).splitlines()]


def _api_key(odoo: host.Host) -> str:
    with odoo.registry.cursor() as cursor:
        return api_key(odoo.environment(cursor))


def _forget_key(odoo: host.Host, provider: int) -> None:
    with odoo.registry.cursor() as cursor:
        secrets = odoo.environment(cursor)["finance.provider.secret"]
        secrets.search([("provider_id", "=", provider), ("name", "=", "api_key")]).unlink()


def _enter_key(odoo: host.Host, provider: int) -> None:
    with odoo.registry.cursor() as cursor:
        odoo.environment(cursor)["finance.provider"].browse(provider).set_secret("api_key", API_KEY)
    odoo.registry.clear_all_caches()


def _told(counts) -> str:
    return ", ".join(f"{number} x {what}" for what, number in sorted(counts.items()))
