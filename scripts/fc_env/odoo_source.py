"""Decides where Odoo 19 comes from: ODOO_DIR when set, else Debian's package unpacked into the cache."""
from __future__ import annotations

import dataclasses
import os
import re
import shutil
import tempfile
from pathlib import Path

from . import apt_mirror, paths
from .apt_mirror import Mirror, PrivateApt
from .steps import SetupError, Step, check_disk, key_of, require_program, say

SUITE = "sid"
# Odoo's package and those that files of its web client are links to.
PACKAGES = [
    "odoo-19", "libjs-jquery", "libjs-underscore", "libjs-jquery-form", "fonts-roboto-unhinted",
    "fonts-inconsolata", "fonts-montserrat", "fonts-ocr-b",
]
# The web client needs the icons of Font Awesome 4; sid carries 7, these suites still have 4.
ICON_PACKAGE = "fonts-font-awesome"
ICON_SUITES = ("trixie", "bookworm")
LAYOUT = 1
# Debian's package leaves it out although the web client's bundle names it: every page would log an error.
PLACEHOLDER = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclasses.dataclass(frozen=True)
class Odoo:
    """A usable Odoo: what goes on PYTHONPATH, its addons folders, and an identity for templates."""

    python_path: Path
    addons: tuple[Path, ...]
    identity: str


def ensure() -> Odoo:
    """Return the Odoo to use, fetching it first when needed. Raises SetupError."""
    given = os.environ.get("ODOO_DIR")
    return _existing(Path(given).expanduser().absolute()) if given else _private()


def _existing(folder: Path) -> Odoo:
    for home in (folder, folder.parent):
        release = home / "odoo" / "release.py"
        if release.is_file() and (home == folder or folder.name == "odoo"):
            version = re.search(r"^version_info = \((\d+), (\d+)", release.read_text(), re.MULTILINE)
            if not version or version[1] != "19":
                found = ".".join(version.groups()) if version else "of an unknown version"
                raise SetupError(f"ODOO_DIR={folder} is Odoo {found}, and Odoo 19.0 is needed.")
            # The log of a checkout grows whenever another version is checked out.
            log = home / ".git" / "logs" / "HEAD"
            return _odoo(home, f"{home} {version[0]} {log.stat().st_size if log.exists() else ''}")
    raise SetupError(
        f"ODOO_DIR={folder} holds no Odoo: a folder with odoo/release.py is expected "
        "(a source checkout with odoo-bin, or the folder that contains the package 'odoo').")


def _odoo(home: Path, identity: str) -> Odoo:
    addons = tuple(path for path in (home / "odoo" / "addons", home / "addons") if path.is_dir())
    return Odoo(home, addons, identity)


def _private() -> Odoo:
    step = Step(1, "odoo", "Odoo 19 (Debian's package, private copy)")
    key = key_of(SUITE, PACKAGES, ICON_PACKAGE, ICON_SUITES, LAYOUT)
    home = paths.odoo_root() / "usr/lib/python3/dist-packages"
    if not step.done(key, home / "odoo" / "release.py"):
        for program, package in (("apt-get", "apt"), ("apt-config", "apt"), ("dpkg-deb", "dpkg")):
            require_program(program, package, "it fetches Odoo (or set ODOO_DIR=/path/of/an/odoo-19)")
        check_disk()
        with step.work(key):
            _fetch_and_unpack(step)
    return _odoo(home, f"debian {key}")


def _fetch_and_unpack(step: Step) -> None:
    debs = paths.cache_root() / "debs"
    mirror = _download_odoo(step, debs)
    _download_icons(step, mirror, debs)
    step.note("unpacking")
    root = Path(tempfile.mkdtemp(prefix="odoo.part.", dir=paths.cache_root()))
    root.chmod(0o755)
    for deb in sorted(debs.glob("*.deb")):
        step.run(["dpkg-deb", "-x", deb, root], f"{deb.name} could not be unpacked:")
    _keep_links_inside(root)
    placeholder = root / "usr/lib/python3/dist-packages" / PLACEHOLDER
    if not placeholder.exists():
        placeholder.parent.mkdir(parents=True, exist_ok=True)
        placeholder.write_text("/* not part of Debian's package: no background blur in calls */\n")
    shutil.rmtree(paths.odoo_root(), ignore_errors=True)
    root.rename(paths.odoo_root())
    shutil.rmtree(debs)
    shutil.rmtree(paths.cache_root() / "apt", ignore_errors=True)
    for left in paths.cache_root().glob("odoo.part.*"):
        shutil.rmtree(left, ignore_errors=True)


def _download_odoo(step: Step, debs: Path) -> Mirror:
    """Download Odoo and its companions from the first mirror that serves them; return that mirror."""
    problems = []
    for mirror in apt_mirror.system_mirrors():
        try:
            step.note(f"reading the index of the suite '{SUITE}'")
            mirror = _with_current_key(step, mirror)
            step.note("downloading about 130 MB")
            PrivateApt(step, mirror, SUITE).download(PACKAGES, debs)
            return mirror
        except SetupError as error:
            problems.append(str(error))
    raise SetupError(
        "Odoo 19 could not be fetched with the system's apt mirror:\n" + "\n".join(problems) +
        "\nCheck the network (and the proxy in apt's configuration). Where the mirror is not Debian's, set "
        "FC_APT_SOURCE='deb [signed-by=/path/key.gpg] MIRROR sid main', or ODOO_DIR=/path/of/an/odoo-19.")


def _with_current_key(step: Step, mirror: Mirror) -> Mirror:
    """Update the index; when the suite is signed with a newer key than the system has, get the newer keyring
    from the suites that the system's key does verify, so that the chain of trust has no gap."""
    try:
        PrivateApt(step, mirror, SUITE).update()
        return mirror
    except SetupError as error:
        if "NO_PUBKEY" not in str(error) and "public key is not available" not in str(error):
            raise
        last_problem = error
    step.note("the suite's key is newer than the system's keyring: fetching one from a verified suite")
    for suite in mirror.suites:
        folder = Path(tempfile.mkdtemp(dir=paths.cache_root() / "apt"))
        try:
            apt = PrivateApt(step, mirror, suite)
            apt.update()
            apt.download(["debian-archive-keyring"], folder)
            deb = next(folder.glob("*.deb"))
            step.run(["dpkg-deb", "-x", deb, folder], "the keyring could not be unpacked")
            keyring = next((folder / "usr/share/keyrings").glob("debian-archive-keyring.*"))
            newer = dataclasses.replace(mirror, options=(("signed-by", str(keyring)),))
            PrivateApt(step, newer, SUITE).update()
            return newer
        except (SetupError, StopIteration) as error:
            last_problem = error
    raise SetupError(
        f"No keyring verifies the suite '{SUITE}': update the package debian-archive-keyring. {last_problem}")


def _download_icons(step: Step, mirror: Mirror, debs: Path) -> None:
    for suite in dict.fromkeys((*ICON_SUITES, *mirror.suites, SUITE)):
        try:
            apt = PrivateApt(step, mirror, suite)
            apt.update()
            apt.download([ICON_PACKAGE], debs)
            return
        except SetupError:
            continue
    say("      the icon font could not be fetched: the web client will show boxes in place of icons")


def _keep_links_inside(root: Path) -> None:
    """Rewrite absolute links of the packages into relative ones: they stay inside the private root."""
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = Path(folder, name)
            if path.is_symlink() and os.readlink(path).startswith("/"):
                inside = root / os.readlink(path).lstrip("/")
                path.unlink()
                path.symlink_to(os.path.relpath(inside, folder))
