"""Files on a bank's SFTP server: a pinned host key, atomic pick-up and giving, and nothing deleted before it is committed.

A file is taken by a rename into the folder ``taken`` (a rename is one step: no other reader has it too), read there, and put
away only when the caller says that it is committed. What lies in ``taken`` after a crash is found again. The library (paramiko,
LGPL) is loaded when a server is first asked.
"""

import base64
import hashlib
import hmac
import socket
import stat
from contextlib import contextmanager
from io import StringIO
from typing import NamedTuple

from ..core.errors import FinanceError, ProviderUnavailable
from .base import FeedAdapter

TAKEN, DONE, REJECTED = "taken", "done", "rejected"
MOVE, DELETE, LEAVE = "move", "delete", "leave"
TIMEOUT_SECONDS = 30
_UNFINISHED = (".part", ".filepart", ".tmp", ".temp", ".writing")


class HostKeyDiffers(FinanceError):
    """The server has another key than the pinned one: nothing was sent to it."""


class Server(NamedTuple):
    """Where the files are. ``host_key``: as `ssh-keyscan` tells it ("ssh-ed25519 AAAA…"), or its fingerprint ("SHA256:…")."""

    host: str
    port: int
    user: str
    host_key: str
    folder: str = "."
    after: str = MOVE


class Waiting(NamedTuple):
    """A file that is there: ``path`` on the server, and what changes while it is still written."""

    name: str
    path: str
    size: int
    changed: int


class SftpAdapter(FeedAdapter):
    """See `base.FeedAdapter`; it brings files instead of entries, by `opened`."""

    code = "sftp"
    label = "SFTP"
    capabilities = frozenset({"files"})
    secret_names = {"password": "Password", "ssh_key": "Private key of the user (OpenSSH or PEM)"}

    @contextmanager
    def opened(self, server, secrets):
        """The `Folder` on ``server``, closed afterwards. Raises HostKeyDiffers, ProviderUnavailable."""
        paramiko = _library()
        try:
            connection = socket.create_connection((server.host, server.port), timeout=TIMEOUT_SECONDS)
        except OSError as error:
            raise ProviderUnavailable(f"{server.host}:{server.port} cannot be reached ({error}). It is asked again.") from error
        transport = paramiko.Transport(connection)
        try:
            transport.start_client(timeout=TIMEOUT_SECONDS)
            _require_pinned(transport.get_remote_server_key(), server)
            _sign_in(paramiko, transport, server, secrets)
            client = paramiko.SFTPClient.from_transport(transport)
            client.get_channel().settimeout(TIMEOUT_SECONDS)
            yield Folder(client, server)
        except (paramiko.SSHException, EOFError, OSError) as error:
            said = str(error) or type(error).__name__
            raise ProviderUnavailable(f"{server.host} broke off ({said}). Nothing is lost; it is asked again.") from error
        finally:
            transport.close()


class Folder:
    """The folder of a `Server` and what may be done with its files. Raises OSError, which `opened` turns into our own."""

    def __init__(self, client, server):
        self._client, self._server = client, server
        self._root = server.folder.rstrip("/") or "/"

    def waiting(self):
        """The files that are there, by name: those taken before and not put away, then the new ones. Folders, links, hidden and
        unfinished files are left alone."""
        taken = [] if self._server.after == LEAVE else self._files(f"{self._root}/{TAKEN}")
        return taken + self._files(self._root)

    def settled(self, before):
        """(files that have not changed since the last look, what to remember for the next). ``before``: that of the last look.

        A file whose size or time changes is still being written; one that was taken is whole.
        """
        found, seen = [], {}
        for one in self.waiting():
            seen[one.path] = [one.size, one.changed]
            if self._is_taken(one.path) or (before or {}).get(one.path) == seen[one.path]:
                found.append(one)
        return found, seen

    def take(self, one, most):
        """(path, content) of a `Waiting` file that is ours from now on. Raises FinanceError for more than ``most`` bytes."""
        if one.size > most:
            raise FinanceError(f"{one.name} has {one.size:,} bytes, more than {most:,}; it stays where it is. Split it.")
        path = one.path
        if self._server.after != LEAVE and not self._is_taken(path):
            path = self._free(TAKEN, one.name)
            self._client.rename(one.path, path)
        with self._client.open(path, "rb") as remote:
            content = remote.read(most + 1)
        if len(content) != self._client.stat(path).st_size:
            raise ProviderUnavailable(f"{one.name} changed while it was read. It is read again.")
        return path, content

    def put_away(self, path, good):
        """The file at ``path`` is committed: move it to ``done`` or ``rejected``, or delete it if it is good and that is wanted.
        One that is no longer there was put away before."""
        if self._server.after == LEAVE:
            return
        try:
            if good and self._server.after == DELETE:
                self._client.remove(path)
            else:
                self._client.rename(path, self._free(DONE if good else REJECTED, path.rsplit("/", 1)[-1]))
        except FileNotFoundError:
            return

    def put(self, name, content):
        """Write ``content`` as ``name``, replacing what was there, and see that all of it arrived."""
        path = f"{self._root}/{name}"
        with self._client.open(path, "wb") as remote:
            remote.write(content)
        if self._client.stat(path).st_size != len(content):
            raise ProviderUnavailable(f"{name} did not arrive whole. It is written again.")

    def publish(self, hidden, name):
        """Give the file ``hidden`` its ``name``: one step, and refused by the server when there is one of that name."""
        self._client.rename(f"{self._root}/{hidden}", f"{self._root}/{name}")

    def has(self, name):
        """Whether there is a file ``name``."""
        try:
            self._client.stat(f"{self._root}/{name}")
        except FileNotFoundError:
            return False
        return True

    def _files(self, folder):
        try:
            listed = self._client.listdir_attr(folder)
        except FileNotFoundError:
            if folder == self._root:
                raise
            return []
        return [
            Waiting(told.filename, f"{folder}/{told.filename}", told.st_size or 0, told.st_mtime or 0)
            for told in sorted(listed, key=lambda told: (told.st_mtime or 0, told.filename))
            if stat.S_ISREG(told.st_mode or 0) and not told.filename.startswith(".")
            and not told.filename.lower().endswith(_UNFINISHED)
        ]  # fmt: skip

    def _is_taken(self, path):
        return path.startswith(f"{self._root}/{TAKEN}/")

    def _free(self, folder, name):
        """A path for ``name`` in ``folder`` under which nothing is yet; the folder is made if need be."""
        place = f"{self._root}/{folder}"
        try:
            held = set(self._client.listdir(place))
        except FileNotFoundError:
            self._client.mkdir(place)
            held = set()
        stem, dot, suffix = name.rpartition(".")
        number, path = 1, name
        while path in held:
            number += 1
            path = f"{stem}-{number}{dot}{suffix}" if stem else f"{name}-{number}"
        return f"{place}/{path}"


def fingerprint(key):
    """The SHA-256 fingerprint of a public key (bytes), as OpenSSH writes it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def _require_pinned(key, server):
    offered, pinned = fingerprint(key.asbytes()), server.host_key.split()
    if not pinned:
        raise HostKeyDiffers(
            f"No host key is pinned for {server.host}. It offers {key.get_name()} {offered}: compare that with what the bank "
            f"told you, and enter it."
        )
    if pinned[0].startswith("SHA256:"):
        same = hmac.compare_digest(pinned[0].rstrip("=").encode(), offered.encode())
    else:
        same = len(pinned) > 1 and pinned[:2] == [key.get_name(), key.get_base64()]
    if not same:
        raise HostKeyDiffers(
            f"{server.host} has another host key than the pinned one: it offers {key.get_name()} {offered}. Nothing was sent. "
            f"Ask the bank whether it changed its key; if not, somebody stands between."
        )


def _sign_in(paramiko, transport, server, secrets):
    try:
        if secrets.get("ssh_key"):
            transport.auth_publickey(server.user, _private_key(paramiko, secrets["ssh_key"]))
        else:
            transport.auth_password(server.user, secrets.get("password", ""))
    except paramiko.AuthenticationException as error:
        raise ProviderUnavailable(
            f"{server.host} does not let {server.user} in. Check the user, and set the password or key anew.", status=401
        ) from error
    if not transport.is_authenticated():
        raise ProviderUnavailable(f"{server.host} asks for more than the password or key of {server.user}.", status=401)


def _private_key(paramiko, text):
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(StringIO(text))
        except (paramiko.SSHException, ValueError):
            continue
    raise FinanceError("The private key cannot be read: give it as OpenSSH or PEM text, without a password.")


def _library():
    try:
        import paramiko
    except ImportError as error:
        raise FinanceError("SFTP needs the Python library paramiko on the server: pip install paramiko.") from error
    return paramiko
