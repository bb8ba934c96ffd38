"""A box goes over to another commune, into which its own was merged: its log is closed, and a new one begins.

What was decided about its outputs and villages goes on there: a new station stays silent until it is commissioned, a
pause until it ends. Approvals do not: whoever approves in the new commune says so anew. The key of the box is closed
with its log, so that a hub does not take what it aired before for the new commune's. Loads `cryptography`.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ...config import commune_file
from ...config.keywords import KEYWORDS
from ...errors import BadUsage, Message
from ...model.asrun_record import Event
from ...store.asrun import AsRunLog, read_commune
from ...store.atomic import move_database, read_regular_file, rename, write_atomic
from ...trust.signed_documents import SCOPE
from ...yamlfile import put, quote
from ..deliveries.delivery import Deliveries
from ..deliveries.membership import read_membership
from ..paths import StationPaths
from ..restrictions import COMMISSION, CONFIRM_VILLAGE, EMPTY, JOINED_ALONE, MEMORY, SOFTEN
from .box_villages import played_villages, read_box_yaml
from .log_lives import close_life

COMMUNE, FRESH, MOST_BYTES = "commune.yaml", "moving.db", 1_000_000
MOVED = "moved"  # the event with which the new log begins: facts `commune` (that it was of), `life`, `by`
LASTING = (EMPTY, COMMISSION, SOFTEN, JOINED_ALONE, CONFIRM_VILLAGE)
OF_LATE = ("pause", "resume", "skip")  # no longer than `MEMORY`


@dataclass(frozen=True, slots=True)
class MovedBox:
    """What became of it. `life`: the folder of the closed log; `left`: the scope that it takes nothing from now."""

    before: str
    after: str
    life: Path
    left: str


def move_box(paths: StationPaths, commune: str, by: str, now: datetime, name: str = "") -> MovedBox:
    """Go over to the commune with this id, and, where one is given, this name. No daemon may be running.

    A box that takes signed files leaves them, and keeps the last ones until it joins anew.

    Raises `BadUsage` where it is no id, or the box is of that commune already, `BadFile`, `WriteError`, `LogUnusable`.
    """
    fresh = paths.log.with_name(FRESH)
    if not paths.log.exists():  # the power went just then
        move_database(fresh, paths.log)
    before = read_commune(paths.log)
    if not SCOPE.fullmatch(commune):
        raise BadUsage(Message("“{scope}” is no scope", scope=commune))
    if before is None:
        raise BadUsage(Message("this box has no log yet"))
    if before == commune:
        raise BadUsage(Message("this box is of {commune} already", commune=commune))
    left = _leave(paths, now)
    files, renamed = read_regular_file(paths.home / COMMUNE, MOST_BYTES) or b"", _renamed_commune(paths, commune, name)
    _begin_log(paths, fresh, commune, before, by, now)
    write_atomic(paths.home / COMMUNE, renamed)
    try:
        life = close_life(paths, played_villages(read_box_yaml(paths)), now)
    except BaseException:
        write_atomic(paths.home / COMMUNE, files)
        raise
    move_database(fresh, paths.log)
    rename(paths.box_key, life / paths.box_key.name)
    return MovedBox(before, commune, life, left)


def _leave(paths: StationPaths, now: datetime) -> str:
    """The scope from which it took signed files; "" for none."""
    membership = read_membership(paths)
    if membership is None:
        return ""
    Deliveries(paths, now, trusted=False).leave()
    paths.hub_settings.unlink(missing_ok=True)
    return membership.scope


def _renamed_commune(paths: StationPaths, commune: str, name: str) -> bytes:
    """The commune.yaml of the new one. Raises `BadFile`."""
    data = read_regular_file(paths.home / COMMUNE, MOST_BYTES) or b""
    data = put(COMMUNE, data, (), "id", commune, KEYWORDS).after
    data = put(COMMUNE, data, (), "commune", quote(name), KEYWORDS).after if name else data
    commune_file.parse(COMMUNE, data)
    return data


def _begin_log(paths: StationPaths, fresh: Path, commune: str, before: str, by: str, now: datetime) -> None:
    """The new log, beside the old one: whatever breaks off here, the old one goes on."""
    for suffix in ("", "-wal", "-shm"):
        Path(f"{fresh}{suffix}").unlink(missing_ok=True)
    with closing(AsRunLog.open(paths.log, before)) as old, closing(AsRunLog.open(fresh, commune)) as log:
        log.event(MOVED, "", now, commune=before, life=old.life(), by=by)
        for event in _find_lasting(old, now):
            log.event(event.kind, event.airing, event.at, **event.facts)


def _find_lasting(log: AsRunLog, now: datetime) -> list[Event]:
    """The decisions that stay in force, in the order in which they were made."""
    events = [event for kind in LASTING for event in log.events(kind)]
    events += [event for kind in OF_LATE for event in log.events(kind, since=now - MEMORY)]
    return sorted(events, key=lambda event: event.at)
