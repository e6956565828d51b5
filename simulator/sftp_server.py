"""A bank's SFTP server on a loopback port: one user, one folder of this machine, and a host key that can be exchanged."""
from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import paramiko
from paramiko import SFTPAttributes, SFTPHandle, SFTPServer, SFTPServerInterface

HOST, USER, PASSWORD = "127.0.0.1", "company", "sftp-password"
_LOCK = threading.Lock()


class SftpBank:
    """``with SftpBank(folder) as bank``. ``signed_in`` counts who was let in; ``offered`` the passwords that were sent;
    ``cut_after``: break the connection off at that many file operations from now."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self.key = paramiko.RSAKey.generate(2048)
        self.user_key: paramiko.PKey | None = None
        self.signed_in, self.offered, self.cut_after = 0, [], None
        self.log: list[str] = []
        self._socket = socket.create_server((HOST, 0))
        self._running = True

    @property
    def port(self) -> int:
        return self._socket.getsockname()[1]

    @property
    def host_key(self) -> str:
        return f"{self.key.get_name()} {self.key.get_base64()}"

    def start(self) -> SftpBank:
        threading.Thread(target=self._serve, daemon=True, name="sftp").start()
        return self

    def stop(self) -> None:
        self._running = False
        self._socket.close()

    __enter__ = start

    def __exit__(self, *_error) -> None:
        self.stop()

    def note(self, what: str) -> None:
        """Note a file operation; raises when it is the one at which to break off."""
        with _LOCK:
            self.log.append(what)
            if self.cut_after is not None:
                self.cut_after -= 1
                if self.cut_after < 0:
                    self.cut_after = None
                    raise ConnectionAbortedError("told to break off")

    def _serve(self) -> None:
        while self._running:
            try:
                caller, _address = self._socket.accept()
            except OSError:
                return
            transport = paramiko.Transport(caller)
            transport.add_server_key(self.key)
            transport.set_subsystem_handler("sftp", SFTPServer, _files_for(self))
            try:
                transport.start_server(server=_Door(self))
            except (paramiko.SSHException, EOFError, OSError):
                # Who sees another host key goes at once, which may reset the connection.
                transport.close()


class _Door(paramiko.ServerInterface):
    def __init__(self, bank: SftpBank):
        self.bank = bank

    def get_allowed_auths(self, _username):
        return "password,publickey"

    def check_auth_password(self, username, password):
        self.bank.offered.append(password)
        return self._answer((username, password) == (USER, PASSWORD))

    def check_auth_publickey(self, username, key):
        return self._answer(username == USER and self.bank.user_key is not None and key == self.bank.user_key)

    def check_channel_request(self, kind, _number):
        return paramiko.OPEN_SUCCEEDED if kind == "session" else paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def _answer(self, good):
        self.bank.signed_in += good
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED


def _files_for(bank: SftpBank) -> type[SFTPServerInterface]:
    """The file operations that a connector needs, in ``bank``'s folder."""

    class Files(SFTPServerInterface):
        def _real(self, path):
            return bank.folder / self.canonicalize(path).lstrip("/")

        def list_folder(self, path):
            return self._tried("list", path, lambda real: [
                SFTPAttributes.from_stat(os.lstat(real / name), name) for name in sorted(os.listdir(real))])

        def stat(self, path):
            return self._tried("stat", path, lambda real: SFTPAttributes.from_stat(real.stat()))

        lstat = stat

        def mkdir(self, path, _attributes):
            return self._tried("mkdir", path, lambda real: real.mkdir() or paramiko.SFTP_OK)

        def remove(self, path):
            return self._tried("remove", path, lambda real: real.unlink() or paramiko.SFTP_OK)

        def rename(self, path, target):
            goal = self._real(target)
            if goal.exists():
                return paramiko.SFTP_FAILURE
            return self._tried("rename", path, lambda real: (real.rename(goal), paramiko.SFTP_OK)[1])

        def open(self, path, flags, _attributes):
            if flags & (os.O_WRONLY | os.O_RDWR):
                return self._tried("write", path, _writing)
            return self._tried("open", path, _handle)

        def _tried(self, what, path, act):
            bank.note(f"{what} {path}")
            try:
                return act(self._real(path))
            except OSError as error:
                return SFTPServer.convert_errno(error.errno)

    return Files


def _writing(real: Path) -> SFTPHandle:
    handle = SFTPHandle(os.O_WRONLY)
    handle.writefile = real.open("wb")
    handle.stat = lambda: SFTPAttributes.from_stat(os.fstat(handle.writefile.fileno()))
    return handle


def _handle(real: Path) -> SFTPHandle:
    handle = SFTPHandle(os.O_RDONLY)
    handle.readfile = real.open("rb")
    handle.stat = lambda: SFTPAttributes.from_stat(os.fstat(handle.readfile.fileno()))
    return handle
