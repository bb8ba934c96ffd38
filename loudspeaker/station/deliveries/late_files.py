"""Files that come behind their manifest: sound that may come later, and what was damaged on the disk of this box.

They are taken whenever they lie in a delivery, and never waited for. A box says the words of a sound with its own voice
until it is here, and again where it is damaged; any other damaged file is not read, and costs only what is in it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ...clock import vouchers
from ...config.source import Source
from ...errors import LoudspeakerError
from ...model.airing import Airing
from ...model.bulletin import CarriedSound
from ...store.received import ReceivedFiles, is_whole
from ...trust.signed_documents import ROOT
from ..box.hub_contact import read_hub_time
from ..paths import StationPaths
from .fetched_answer import NeededSounds
from .membership import AcceptedManifest, FollowedScope, must_have_joined

if TYPE_CHECKING:
    from ..station import Station

AHEAD = 7  # days of the plan that are looked at

logger = logging.getLogger(__name__)


class LateFile(NamedTuple):
    """A file of the manifest in force that is not here (any more)."""

    path: str
    sha256: str
    bytes: int


def take_late_files(received: ReceivedFiles, accepted: AcceptedManifest, folder: Path) -> list[str]:
    """Take what the manifest in force lacks here and that lies in the delivery `folder`; the paths of what was damaged.

    What is missing or damaged there, too, or does not fit on the disk, costs only itself.
    """
    damaged = [file.path for file in _find_damaged(received, accepted) if _take(received, accepted, file, folder)]
    for sound in accepted.sounds.values():
        with suppress(OSError):
            received.discard_damaged(accepted.version, sound.path, sound.sha256)
        if not (received.files(accepted.version) / sound.path).is_file():
            _take(received, accepted, LateFile(sound.path, sound.sha256, sound.bytes), folder)
    return damaged


def _take(received: ReceivedFiles, accepted: AcceptedManifest, file: LateFile, folder: Path) -> bool:
    """Is it here now?"""
    try:
        if not received.fetch_blob(folder / ROOT / "blob", file.sha256, file.bytes):
            return False
        received.lay_out_late(accepted.version, file.path, file.sha256)
    except (LoudspeakerError, OSError) as error:
        logger.warning("%s: %s", file.path, error)
        return False
    return True


def _find_damaged(received: ReceivedFiles, accepted: AcceptedManifest) -> Iterator[LateFile]:
    """What must be here and is not the file any more that was signed; all are read.

    Of a manifest that was taken before sizes were kept, none: it waits for the next one.
    """
    folder = received.files(accepted.version)
    for path, size in accepted.sizes.items():
        if not is_whole(folder / path, accepted.files[path]):
            yield LateFile(path, accepted.files[path], size)


def damaged_files(paths: StationPaths, scopes: Sequence[FollowedScope]) -> Mapping[str, int]:
    """SHA-256 -> bytes of what is damaged on the disk of this box, of the manifests in force."""
    damaged: dict[str, int] = {}
    for followed in scopes:
        for file in _find_damaged(ReceivedFiles(paths.received, followed.scope), followed.accepted):
            logger.warning("%s: %s is damaged on the disk of this box", followed.scope, file.path)
            damaged[file.sha256] = file.bytes
    return damaged


def lacking_sounds(paths: StationPaths, followed: FollowedScope) -> Iterator[tuple[str, CarriedSound]]:
    """Bulletin and sound of what has not come (yet) of the manifest in force of a scope."""
    received = ReceivedFiles(paths.received, followed.scope)
    for bulletin, sound in followed.accepted.sounds.items():
        if not (received.files(followed.accepted.version) / sound.path).is_file():
            yield bulletin, sound


def needed_sounds(paths: StationPaths, open_station: Callable[[], Station]) -> NeededSounds:
    """The sounds that have not come, by the next airing of their bulletins; no station is opened where all have come.

    Raises `BadUsage` for a box that has not joined.
    """
    joined = must_have_joined(paths)
    lacking = {
        _bulletin_id(path, followed.scope if followed.scope != joined.scope else ""): sound.sha256
        for followed in joined.scopes
        for path, sound in lacking_sounds(paths, followed)
    }
    due: dict[str, datetime] = {}
    midnight = None
    if lacking:
        with suppress(LoudspeakerError):  # files that cannot be planned: the order is only a convenience
            station = open_station()
            now, (begins, ends) = station.clock.now(), station.clock.window(None, AHEAD)
            for airing in sorted(station.airings.between(begins, ends), key=_when):
                if airing.bulletin in lacking and airing.scheduled_at >= now:
                    due.setdefault(lacking[airing.bulletin], airing.scheduled_at)
            if vouchers(now, station.files.box.clock_trusted, hub=read_hub_time(paths)):
                midnight = begins
    order = tuple(dict.fromkeys((*due, *lacking.values())))
    return NeededSounds(order, due if midnight else {}, midnight)


def _when(airing: Airing) -> datetime:
    return airing.scheduled_at


def _bulletin_id(path: str, origin: str) -> str:
    """As `Source.id` names it."""
    return Source(Path(), origin).id(Path(path).stem)
