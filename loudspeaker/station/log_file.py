"""The as-run log of an open station: opened for writing, or only read, and replaced where it is damaged.

Whether this process may write it, `StationPaths.unwritable` tells without opening anything.
"""

from __future__ import annotations

from datetime import datetime

from ..store.asrun import AsRunLog, LogDamaged, LogUnusable
from ..store.atomic import move_database_aside
from .paths import StationPaths

DAMAGED = "log-damaged"  # an event of the log that took the place of a damaged one


def open_log(paths: StationPaths, commune: str, now: datetime) -> AsRunLog:
    """The log of the commune with this id; read only where this user may not write. Raises `LogUnusable`, `Refused`.

    A damaged log is set aside for somebody to look at: the village must not fall silent over it.
    """
    if paths.unwritable:
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
    """Raises `LogUnusable` where this user may not write the log."""
    if paths.unwritable:
        raise LogUnusable(paths.unwritable)
