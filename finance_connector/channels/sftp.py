"""A bank's SFTP server that takes payment files: a pinned host key, an upload under a hidden name, and one rename.

As in a folder of this machine, the hidden file tells afterwards whether the rename happened.
"""

from contextlib import contextmanager

from ..core.errors import ProviderUnavailable
from ..feeds import sftp
from .base import ABSENT, PRESENT, ChannelAdapter, Found, Sent

_feed = sftp.SftpAdapter()
# Not to be tried again by itself, like a refused sign-in.
_KEY_DIFFERS = 495


class SftpChannel(ChannelAdapter):
    """See `base.ChannelAdapter`; the server and its key are those of `feeds.sftp`."""

    code = "sftp"
    label = "SFTP"
    capabilities = frozenset({"send", "probe"})
    needs = ("host", "user", "host_key", "folder")
    secret_names = _feed.secret_names

    def _missing_secrets(self, _settings, held):
        return [] if set(held) & set(self.secret_names) else ["password"]

    def look(self, way):
        with _opened(way) as folder:
            waiting = len(folder.waiting())
        return f"{way.settings.host} let us in. {waiting} files lie in {way.settings.folder}."

    def stage(self, way, parcel):
        with _opened(way) as folder:
            folder.put(_hidden(parcel), parcel.content)

    def send(self, way, parcel):
        with _opened(way) as folder:
            try:
                folder.publish(_hidden(parcel), parcel.filename)
            except Exception as error:
                text = f"{way.settings.host} gave no answer to the rename of {parcel.filename} ({error}). It is looked for."
                raise ProviderUnavailable(text, outcome="unknown") from error
        return Sent(reference=parcel.filename)

    def probe(self, way, parcel):
        with _opened(way) as folder:
            if folder.has(parcel.filename):
                return Found(PRESENT, f"{parcel.filename} lies on the server.", parcel.filename)
            if folder.has(_hidden(parcel)):
                return Found(ABSENT, f"{_hidden(parcel)} still has its hidden name, so nobody has taken it.")
        return Found(PRESENT, f"{parcel.filename} was put on the server and taken from there.", parcel.filename)


@contextmanager
def _opened(way):
    """The folder of payment files on the server."""
    settings = way.settings
    server = sftp.Server(settings.host, settings.port, settings.user, settings.host_key, settings.folder, sftp.LEAVE)
    try:
        with _feed.opened(server, way.secrets) as folder:
            yield folder
    except sftp.HostKeyDiffers as error:
        raise ProviderUnavailable(str(error), status=_KEY_DIFFERS) from error


def _hidden(parcel):
    return f".{parcel.filename}.part"
