"""A folder from which the bank's software takes payment files.

The file is first written under a hidden name, which such software leaves alone, and brought to the disk. The one act is a rename.
Hence the hidden file tells afterwards whether it happened, even when the bank has already taken the file away.
"""

import contextlib
import os
from pathlib import Path

from ..core.errors import ProviderUnavailable
from .base import ABSENT, PRESENT, ChannelAdapter, Found, Sent


class FolderChannel(ChannelAdapter):
    """See `base.ChannelAdapter`; ``folder`` is absolute, and inside what the server allows."""

    code = "folder"
    label = "Folder"
    capabilities = frozenset({"send", "probe"})
    needs = ("folder",)

    def look(self, way):
        folder = way.settings.folder
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise ProviderUnavailable(f"The folder {folder} is not there, or may not be written. Make it, and allow it.")
        return f"The folder {folder} can be written."

    def stage(self, way, parcel):
        part, _final = _places(way, parcel)
        try:
            with contextlib.suppress(FileNotFoundError):
                part.unlink()
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o640)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(parcel.content)
                stream.flush()
                os.fsync(stream.fileno())
            _keep(part.parent)
        except OSError as error:
            raise ProviderUnavailable(
                f"{parcel.filename} cannot be written into {part.parent} ({error.strerror}). Nothing was sent; it is tried again."
            ) from error

    def send(self, way, parcel):
        part, final = _places(way, parcel)
        try:
            if final.exists():
                raise FileExistsError(f"{final.name} is there already")
            part.rename(final)
            _keep(part.parent)
        except OSError as error:
            raise ProviderUnavailable(
                f"{parcel.filename} was not surely put into {part.parent} ({error}). It is looked for before anything else.",
                outcome="unknown",
            ) from error
        return Sent(reference=final.name)

    def probe(self, way, parcel):
        part, final = _places(way, parcel)
        try:
            os.scandir(part.parent).close()
            if final.exists():
                return Found(PRESENT, f"{final.name} lies in the folder.", final.name)
            if part.exists():
                return Found(ABSENT, f"{part.name} still has its hidden name, so nobody has taken it.")
        except OSError as error:
            raise ProviderUnavailable(f"The folder {part.parent} cannot be read ({error.strerror}).") from error
        return Found(PRESENT, f"{final.name} was put into the folder and taken from there.", final.name)


def _places(way, parcel):
    """(the hidden file, the file as the bank sees it)."""
    folder = Path(way.settings.folder)
    return folder / f".{parcel.filename}.part", folder / parcel.filename


def _keep(folder):
    """Bring the names in ``folder`` to the disk, so that they outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
