"""The as-run log of an open station: opened for writing, or only read, and replaced where it is damaged."""

from __future__ import annotations

from datetime import datetime

from ..errors import Message
from ..store.asrun import UNWRITABLE, AsRunLog, LogDamaged, LogUnusable
from ..store.atomic import is_writable, move_database_aside
from .paths import StationPaths

DAMAGED = "log-damaged"  # an event of the log that took the place of a damaged one


def open_log(paths: StationPaths, commune: str, now: datetime) -> AsRunLog:
    """The log of the commune with this id; only followed for whoever may not write it. Raises `LogUnusable`, `Refused`.

    A damaged log is set aside for somebody to look at: the village must not fall silent over it.
    """
    if why_unwritable(paths):
        return AsRunLog.follow(paths.log, commune)
    try:
        return AsRunLog.open(paths.log, commune)
    except LogDamaged:
        aside = move_database_aside(paths.log, now)
        log = AsRunLog.open(paths.log, commune)
        log.event(DAMAGED, "", now, aside=aside.name)
        return log


def renew_log(log: AsRunLog, paths: StationPaths, now: datetime) -> None:
    """Set aside a log that turned out to be damaged only after it was opened, and go on with a new one."""
    aside = log.replace_damaged(paths.log, now)
    log.event(DAMAGED, "", now, aside=aside.name)


def must_be_writable(paths: StationPaths) -> None:
    """Raises `LogUnusable` for whoever could not keep a log here."""
    if why := why_unwritable(paths):
        raise LogUnusable(why)


def why_unwritable(paths: StationPaths) -> Message | None:
    """Why somebody could not keep a log here; None for whoever can."""
    return None if is_writable(paths.log) and is_writable(paths.state) else UNWRITABLE
