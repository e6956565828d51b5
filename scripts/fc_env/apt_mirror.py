"""Decides which Debian mirror to ask: the one that the system's own apt configuration names, with its key.

Everything happens in a private apt state under the cache folder; the system's configuration is only read.
"""
from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .steps import SetupError, Step

DEBIAN_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
KEPT_OPTIONS = ("signed-by", "trusted", "check-valid-until")
# Hooks belong to the system's own updates; Dir:: is set below; signatures are checked whatever the system
# allows; indexes beside the packages' own are of no use here.
DROPPED_SETTINGS = re.compile(
    r"^(Dir|APT::Update::|APT::Sandbox|APT::Default-Release|APT::Get::AllowUnauthenticated|DPkg::|Unattended|"
    r"Acquire::Allow|Acquire::IndexTargets|Binary)", re.IGNORECASE)


@dataclass(frozen=True)
class Mirror:
    """A place that serves Debian suites, as the system's sources name it."""

    uri: str
    options: tuple[tuple[str, str], ...]
    suites: tuple[str, ...]

    def line(self, suite: str) -> str:
        """Return the one-line source of a suite's main component."""
        options = " ".join(f"{name}={value}" for name, value in self.options)
        return f"deb {f'[{options}] ' if options else ''}{self.uri} {suite} main\n"


def system_mirrors() -> list[Mirror]:
    """Return the Debian mirrors that the system's apt uses, best first.

    FC_APT_SOURCE, a one-line source, replaces them. Raises SetupError when there is none.
    """
    override = os.environ.get("FC_APT_SOURCE")
    configured = (mirror for path in _source_files() for mirror in _parse_file(path))
    found = _parse_line(override) if override else list(configured)
    usable = [mirror for mirror in found if not re.search("security|^cdrom", mirror.uri)]
    merged: dict[str, Mirror] = {}
    for mirror in usable:
        known = merged.get(mirror.uri)
        suites = (known.suites if known else ()) + mirror.suites
        merged[mirror.uri] = Mirror(mirror.uri, mirror.options, tuple(dict.fromkeys(suites)))
    if not merged:
        raise SetupError(
            "The apt configuration of this system names no Debian mirror, so Odoo 19 can not be fetched. "
            "Set ODOO_DIR=/path/of/an/odoo-19, or "
            "FC_APT_SOURCE='deb [signed-by=/path/key.gpg] MIRROR sid main'.")
    return sorted(merged.values(), key=lambda mirror: "/debian" not in mirror.uri)


def _source_files() -> list[Path]:
    etc = Path("/etc/apt")
    files = [etc / "sources.list"] if (etc / "sources.list").exists() else []
    folder = etc / "sources.list.d"
    return files + sorted(folder.glob("*.sources")) + sorted(folder.glob("*.list"))


def _parse_file(path: Path) -> list[Mirror]:
    try:
        text = path.read_text(errors="replace")
    except OSError:
        return []
    if path.suffix == ".sources":
        return [mirror for stanza in re.split(r"\n\s*\n", text) for mirror in _parse_stanza(stanza)]
    return [mirror for line in text.splitlines() for mirror in _parse_line(line)]


def _parse_line(line: str) -> list[Mirror]:
    """Parse `deb [options] uri suite component...` (sources.list(5)); any other line gives nothing."""
    match = re.match(r"\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]+)", line)
    if not match or "main" not in match[4].split():
        return []
    options = dict(part.split("=", 1) for part in (match[1] or "").split() if "=" in part)
    return [_mirror(match[2], (match[3],), options)]


def _parse_stanza(stanza: str) -> list[Mirror]:
    """Parse one deb822 stanza (sources.list(5)); a disabled one, or one of sources only, gives nothing."""
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line[0].isspace():
            fields[name] = f"{fields.get(name, '')}\n{line.strip()}"
        else:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    if fields.get("enabled", "yes").lower() in ("no", "false"):
        return []
    if "deb" not in fields.get("types", "").split() or "main" not in fields.get("components", "").split():
        return []
    suites = tuple(fields.get("suites", "").split())
    return [_mirror(uri, suites, fields) for uri in fields.get("uris", "").split()]


def _mirror(uri: str, suites: tuple[str, ...], raw: dict[str, str]) -> Mirror:
    options = {name: raw[name] for name in KEPT_OPTIONS if raw.get(name)}
    key = options.get("signed-by", "")
    if "BEGIN PGP" in key:
        lines = ["" if line == "." else line for line in key.strip().splitlines()]
        stored = paths.cache_root() / "apt" / f"key-{paths.short_hash(key)}.asc"
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_text("\n".join(lines) + "\n")
        options["signed-by"] = str(stored)
    elif not key and Path(DEBIAN_KEYRING).exists():
        options["signed-by"] = DEBIAN_KEYRING
    elif key:
        options["signed-by"] = ",".join(key.split())
    return Mirror(uri, tuple(options.items()), tuple(suite for suite in suites if not suite.endswith("/")))


class PrivateApt:
    """An apt with its own sources, lists, cache and state; needs no root and leaves the system's alone."""

    def __init__(self, step: Step, mirror: Mirror, suite: str):
        self.step = step
        self.suite = suite
        self.home = paths.cache_root() / "apt" / paths.short_hash(mirror.line(suite))
        for folder in ("state/lists/partial", "cache/archives/partial"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        (self.home / "state/status").touch()
        (self.home / "sources.list").write_text(mirror.line(suite))
        dump = step.run(["apt-config", "dump"], "apt-config failed")
        kept = [line for line in dump.splitlines() if not DROPPED_SETTINGS.match(line)]
        own = [
            f'Dir::Etc::sourcelist "{self.home}/sources.list";', 'Dir::Etc::sourceparts "/dev/null";',
            'Dir::Etc::main "/dev/null";', 'Dir::Etc::parts "/dev/null";',
            'Dir::Etc::preferences "/dev/null";', 'Dir::Etc::preferencesparts "/dev/null";',
            f'Dir::State "{self.home}/state";',
            f'Dir::State::status "{self.home}/state/status";', f'Dir::Cache "{self.home}/cache";',
            'APT::Sandbox::User "root";', 'APT::Update::Error-Mode "any";', 'Acquire::Retries "3";',
        ]
        (self.home / "apt.conf").write_text("\n".join(kept + own) + "\n")
        self.env = {**os.environ, "APT_CONFIG": str(self.home / "apt.conf"), "LC_ALL": "C"}

    def update(self) -> None:
        """Fetch the suite's signed index. Raises SetupError with apt's own words."""
        self.step.run(
            ["apt-get", "-q", "update"],
            f"apt could not read the suite '{self.suite}' of the system's mirror:", env=self.env)

    def download(self, packages: list[str], folder: Path) -> None:
        """Download packages by name into a folder; apt checks each against the signed index, and resumes."""
        folder.mkdir(parents=True, exist_ok=True)
        self.step.run(
            ["apt-get", "-q", "download", *packages],
            f"apt could not download {', '.join(packages)} from the suite '{self.suite}':",
            env=self.env, cwd=folder)
