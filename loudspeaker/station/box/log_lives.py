"""Lives of a box's log: one that is closed stays readable beside the one that goes on.

    .state/lives/COMMUNE-20251001T0630/log.jsonl    as `log --export` writes it and `report` reads it
    .state/lives/COMMUNE-20251001T0630/head.json    its end, signed by the box
    .state/lives/COMMUNE-20251001T0630/asrun.db     the log itself

A log is of one commune for ever, since its hashes begin with the commune's id: a box that goes to another one begins
a new log. Nobody may have the old one open meanwhile. Loads `cryptography`.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from datetime import datetime
from pathlib import Path

from ...errors import BadUsage, Message
from ...reports.log_export import export_log
from ...store.asrun import AsRunLog, read_commune
from ...store.atomic import move_database, write_atomic
from ...trust.dsse import format_envelope
from ...trust.opening import seal
from ...trust.signed_documents import LogHead
from ..paths import StationPaths
from ..restrictions import COMMISSION
from .box_key import open_box_key

FOLDER, EXPORT, HEAD = "lives", "log.jsonl", "head.json"


def lives_folder(paths: StationPaths) -> Path:
    """The folder of closed logs."""
    return paths.state / FOLDER


def is_blank(paths: StationPaths) -> bool:
    """Does the log say of nothing that was planned, heard or commissioned, as that of a box nobody has set up yet?"""
    commune = read_commune(paths.log)
    if commune is None:
        return True
    with closing(AsRunLog.open_read_only(paths.log, commune)) as log:
        return log.begins() is None and not log.events(COMMISSION)


def begin_life(paths: StationPaths, scope: str, now: datetime) -> None:
    """Close the log of a box that nobody has set up yet, where it is another commune's: its own begins then.

    Raises `Refused` for any other log of another commune.
    """
    if read_commune(paths.log) in (None, scope):
        return
    if not is_blank(paths):
        AsRunLog.open_read_only(paths.log, scope).close()  # which is refused, and says why
    close_life(paths, (), now)


def close_life(paths: StationPaths, villages: Collection[str], now: datetime) -> Path:
    """Close the log of the commune that this box has been of; the folder in which it can be read. A new one may begin.

    `villages`: ids of those that the box has played. Raises `BadUsage` where there is no log, `WriteError`,
    `LogUnusable`; then it is as before.
    """
    commune = read_commune(paths.log)
    if commune is None:
        raise BadUsage(Message("this box has no log yet"))
    key, folder = open_box_key(paths), lives_folder(paths) / f"{commune}-{now:%Y%m%dT%H%M%S}"
    with closing(AsRunLog.open(paths.log, commune)) as log:
        written = export_log(log, villages, now, folder / EXPORT)
        head = LogHead(commune, key.public.person, now, written.entries, written.head, log.life(), key.public.public)
    write_atomic(folder / HEAD, format_envelope(key.sign(seal(head))))
    move_database(paths.log, folder / paths.log.name)
    return folder
