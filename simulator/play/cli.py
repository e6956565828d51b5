"""`make sim`: plays worlds by seed and says of each whether it holds; for one that does not, how to play it again and
the shortest beginning of its script that already fails."""
from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from simulator.paying.world import NAME as PAYMENTS_OUT
from simulator.script import PERMUTED_EVERY
from simulator.world import ProfileError
from simulator.world.profiles import PROFILES

REPOSITORY = Path(__file__).resolve().parents[2]
# A world that takes longer to play once has hung: it fails.
SEED_SECONDS = 300
WORKERS = 2
PROCESS = "simulator.play.one"


def main() -> int:
    """Play the worlds that were asked for; return 0 if all of them hold."""
    options = _options()
    sys.path.insert(0, str(REPOSITORY / "scripts"))
    from fc_env.cli import prepare

    from . import setup

    try:
        odoo, variables = prepare()
        os.environ.update(variables)
        template = setup.EMPTY_COMPANIES.template(odoo)
        jobs = _jobs(options)
    except (ProfileError, RuntimeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    began, deadline = time.monotonic(), time.monotonic() + options.minutes * 60
    played = failed = 0

    def play(job):
        return None if options.minutes and time.monotonic() > deadline else _play(template, *job)

    with ThreadPoolExecutor(WORKERS) as pool:
        for verdict in pool.map(play, jobs):
            if verdict:
                print(verdict[0], flush=True)
                played, failed = played + 1, failed + (not verdict[1])
    left_out = f", {len(jobs) - played} left out for lack of time" if played < len(jobs) else ""
    minutes = (time.monotonic() - began) / 60
    print(f"{played} worlds in {minutes:.1f} minutes: {played - failed} hold, {failed} do not{left_out}", flush=True)
    return 1 if failed or not played else 0


def _options():
    parser = argparse.ArgumentParser(prog="make sim")
    parser.add_argument("--seeds", type=int, default=int(os.environ.get("SEEDS") or 10), help="how many new seeds")
    parser.add_argument("--first", type=int, help="the first of them; a random number otherwise, which is printed")
    parser.add_argument("--minutes", type=float, default=0, help="begin no world after so many minutes; 0: no limit")
    parser.add_argument("--seed", type=int, action="append", default=[], help="play this one")
    parser.add_argument("--profile", choices=[*PROFILES, PAYMENTS_OUT, "all"], default=os.environ.get("PROFILE") or "all")
    options = parser.parse_args()
    if os.environ.get("SEED"):
        options.seed = [int(seed) for seed in os.environ["SEED"].split(",")]
    return options


def _jobs(options) -> list[tuple[str, int]]:
    names = list(PROFILES) if options.profile == "all" else [options.profile]
    if options.seed:
        return [(name, seed) for seed in options.seed for name in names]
    first = secrets.randbelow(10**8) if options.first is None else options.first
    print(f"{options.seeds} worlds from seed {first} on", flush=True)
    # The default profile is every second world; the others take turns.
    others = [name for name in names if name != "default"] or names
    chosen = [names[0] if index % 2 == 0 else others[index // 2 % len(others)] for index in range(options.seeds)]
    return [(name, first + index) for index, name in enumerate(chosen)]


def _play(template: str, profile: str, seed: int) -> tuple[str, bool]:
    """Play one world in a process of its own; the line to print, and whether it holds."""
    verdict = run_one(template, profile, seed)
    if verdict.get("holds"):
        return f"ok    {profile} {seed}: {verdict['told']}", True
    lines = [f"FAIL  {profile} {seed}: {verdict.get('told', '')}", *(f"      {line}" for line in verdict["wrong"][:20])]
    lines.append(f"      again: SEED={seed} PROFILE={profile} make sim")
    if os.environ.get("SHRINK") != "0" and verdict.get("operations"):
        lines += _shrink(template, profile, seed, verdict["operations"])
    return "\n".join(lines), False


def _shrink(template: str, profile: str, seed: int, count: int) -> list[str]:
    """The shortest beginning of the script that fails, by halving; what is cut off is made up for by the closing."""
    fails, holds = count, -1
    while fails - holds > 1:
        middle = (fails + holds) // 2
        if run_one(template, profile, seed, middle).get("holds"):
            holds = middle
        else:
            fails = middle
    verdict = run_one(template, profile, seed, fails)
    log = [f"      the first {fails} of {count} operations are enough; the last of them:"]
    log += [f"        {line}" for line in verdict.get("log", [])[-12:]]
    return log + [f"      with them alone: {line}" for line in verdict.get("wrong", [])[:5]]


def run_one(template: str, profile: str, seed: int, prefix: int | None = None, **variables: str) -> dict:
    """Play a world in a process of its own and return its verdict; one that does not end in time fails."""
    limit = SEED_SECONDS * (2 if prefix is None and seed % PERMUTED_EVERY == 0 else 1)
    command = [sys.executable, "-m", PROCESS, template, profile, str(seed), *([] if prefix is None else [str(prefix)])]
    path = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "scripts"), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": path, **variables})
    try:
        out, err = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return {"holds": False, "wrong": [f"it did not end within {limit} seconds"]}
    try:
        return json.loads(out.splitlines()[-1])
    except (IndexError, ValueError):
        return {"holds": False, "wrong": ["the run broke off:", *err.splitlines()[-15:]]}


if __name__ == "__main__":
    sys.exit(main())
