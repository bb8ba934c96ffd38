"""Sound of bulletins that may come behind its manifest: taken whenever it lies in a delivery, and never waited for.

A box says the same words with its own voice until it is here, and again where it is damaged.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..config.source import Source
from ..errors import LoudspeakerError
from ..model.airing import Airing
from ..model.bulletin import CarriedSound
from ..store.received import ReceivedFiles
from ..trust.signed_documents import ROOT
from .membership import AcceptedManifest, FollowedScope, must_have_joined
from .paths import StationPaths

if TYPE_CHECKING:
    from .station import Station

AHEAD = 7  # days of the plan that are looked at

logger = logging.getLogger(__name__)


def take_sounds(received: ReceivedFiles, accepted: AcceptedManifest, folder: Path) -> None:
    """Take the sounds of the manifest in force that lie in the delivery `folder` and are not here yet.

    What is missing or damaged there, or does not fit on the disk, costs only itself.
    """
    for sound in accepted.sounds.values():
        try:
            received.discard_damaged(accepted.version, sound.path, sound.sha256)
            _take(received, accepted.version, sound, folder / ROOT / "blob")
        except (LoudspeakerError, OSError) as error:
            logger.warning("%s: %s", sound.path, error)


def _take(received: ReceivedFiles, version: int, sound: CarriedSound, blobs: Path) -> None:
    """Raises `DamagedFile`, `WriteError`, `OSError`."""
    is_laid_out = (received.files(version) / sound.path).is_file()
    if not is_laid_out and received.fetch_blob(blobs, sound.sha256, sound.bytes):
        received.lay_out_late(version, sound.path, sound.sha256)


def lacking_sounds(paths: StationPaths, followed: FollowedScope) -> Iterator[tuple[str, CarriedSound]]:
    """Bulletin and sound of what has not come (yet) of the manifest in force of a scope."""
    received = ReceivedFiles(paths.received, followed.scope)
    for bulletin, sound in followed.accepted.sounds.items():
        if not (received.files(followed.accepted.version) / sound.path).is_file():
            yield bulletin, sound


def order_lacking(paths: StationPaths, open_station: Callable[[], Station]) -> list[str]:
    """SHA-256 of all that has not come, by the next airing of its bulletin; no station is opened where all has come.

    Raises `BadUsage` for a box that has not joined.
    """
    joined = must_have_joined(paths)
    lacking = {
        _bulletin_id(path, followed.scope if followed.scope != joined.scope else ""): sound.sha256
        for followed in joined.scopes
        for path, sound in lacking_sounds(paths, followed)
    }
    heard: list[str | None] = []
    if lacking:
        with suppress(LoudspeakerError):  # files that cannot be planned: the order is only a convenience
            station = open_station()
            coming = station.airings.between(*station.clock.window(None, AHEAD))
            now = station.clock.now()
            heard = [one.bulletin for one in sorted(coming, key=_when) if one.scheduled_at >= now]
    return [lacking[name] for name in dict.fromkeys((*heard, *lacking)) if name in lacking]


def _when(airing: Airing) -> datetime:
    return airing.scheduled_at


def _bulletin_id(path: str, origin: str) -> str:
    """As `Source.id` names it."""
    return Source(Path(), origin).id(Path(path).stem)
