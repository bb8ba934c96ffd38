"""Sound of bulletins that may come behind its manifest: taken whenever it lies in a delivery, and never waited for.

A box says the same words with its own voice until it is here, and again where it is damaged.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from ..errors import LoudspeakerError
from ..model.bulletin import CarriedSound
from ..store.received import ReceivedFiles
from ..trust.signed_documents import ROOT
from .membership import AcceptedManifest, FollowedScope
from .paths import StationPaths

logger = logging.getLogger(__name__)


def take_sounds(received: ReceivedFiles, accepted: AcceptedManifest, folder: Path) -> int:
    """Take the sounds of the manifest in force that lie in the delivery `folder` and are not here yet; how many came.

    What is missing or damaged there, or does not fit on the disk, costs only itself.
    """
    taken = 0
    for sound in accepted.sounds.values():
        try:
            received.discard_damaged(accepted.version, sound.path, sound.sha256)
            taken += _take(received, accepted.version, sound, folder / ROOT / "blob" / sound.sha256)
        except (LoudspeakerError, OSError) as error:
            logger.warning("%s: %s", sound.path, error)
    return taken


def _take(received: ReceivedFiles, version: int, sound: CarriedSound, source: Path) -> bool:
    """Is it new? Raises `DamagedFile`, `WriteError`, `OSError`."""
    if (received.files(version) / sound.path).is_file():
        return False
    if received.missing([sound.sha256]):
        if source.is_symlink() or not source.is_file():
            return False
        with source.open("rb") as content:
            received.keep_blob(sound.sha256, sound.bytes, content)
    received.lay_out_late(version, sound.path, sound.sha256)
    return True


def lacking_sounds(paths: StationPaths, followed: FollowedScope) -> Iterator[tuple[str, CarriedSound]]:
    """Bulletin and sound of what has not come (yet) of the manifest in force of a scope."""
    received = ReceivedFiles(paths.received, followed.scope)
    for bulletin, sound in followed.accepted.sounds.items():
        if not (received.files(followed.accepted.version) / sound.path).is_file():
            yield bulletin, sound
