"""Bells: the hub signs what is newest and what time it is, whenever what is published changes, and once an hour.

A folder that was restored from an older backup, or into which somebody has put something else, is not told of: what
was published before is known by its numbers (`trust.floors`) and hashes.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ..codec import decode, encode
from ..errors import LoudspeakerError
from ..fleet.topics import MOST_SAID_FILES
from ..interfaces import Clock
from ..trust.floors import Floors
from ..trust.key_file import SigningKey
from .hub_database import HubDatabase, text_of
from .published_files import (
    PublishedScope,
    accept_published,
    find_scopes,
    read_new_files,
    read_published,
    read_rung_version,
    sign_bell,
    stamp_of,
    write_bell,
)

AGAIN = 3600.0  # s: a bell is a voucher of the time, too
logger = logging.getLogger(__name__)
Stamp = Mapping[str, tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class RungBell:
    """The bell of a scope as it was signed last (an envelope), and what lay there then.

    `is_known`: a process before this one has rung for the same manifest. `files`: contents of short ones that are new.
    """

    raw: bytes
    published: PublishedScope
    is_known: bool = False
    files: tuple[bytes, ...] = ()


Tell = Callable[[RungBell], object]


class BellRinger:
    """Rings for the scopes of the served folder `root`."""

    def __init__(self, root: Path, database: HubDatabase, key: SigningKey, clock: Clock) -> None:
        self._root = root
        self._database = database
        self._key = key
        self._clock = clock
        self._seen: dict[str, tuple[Stamp, float]] = {}  # scope -> what was there, and when it was looked at
        self._rung: dict[str, RungBell] = {}

    def look(self, scopes: Collection[str] | None = None, tell: Tell = lambda bell: None) -> list[RungBell]:
        """Ring for every scope that has changed, or was not rung for an hour; these bells. Only `scopes`, if given.

        Boxes are told (`tell`) as soon as a bell is signed: no alarm waits until it is on the disk, or for a full one.
        """
        changing = [scope for scope in find_scopes(self._root) if scopes is None or scope in scopes]
        return [bell for scope in changing if (bell := self._look_at(scope, tell))]

    def rung(self) -> list[RungBell]:
        """The last bell of each scope."""
        return list(self._rung.values())

    def _look_at(self, scope: str, tell: Tell) -> RungBell | None:
        stamp, now = stamp_of(self._root, scope), self._clock.monotonic()
        before, at = self._seen.get(scope, ({}, 0.0))
        if stamp == before and now - at < AGAIN:
            return None
        self._seen[scope] = stamp, now
        try:
            return self._ring(scope, tell)
        except LoudspeakerError as error:  # the others are rung all the same
            logger.warning("%s: %s", scope, error)
            return None

    def _ring(self, scope: str, tell: Tell) -> RungBell:
        now, published = self._clock.now(), read_published(self._root, scope)
        floors = accept_published(read_floors(self._database, scope), published, now)
        bell = RungBell(sign_bell(published, self._key, now), published, self._is_known(published))
        files = tuple(self._read_new_files(published))
        self._rung[scope] = bell  # without files: who connects later fetches what it lacks
        tell(replace(bell, files=files))
        keep_floors(self._database, scope, floors)
        _note_alerts(self._database, published, now)
        write_bell(self._root, scope, bell.raw)
        return replace(bell, files=files)

    def _is_known(self, published: PublishedScope) -> bool:
        before = self._rung.get(published.scope)
        if before is None:
            return read_rung_version(self._root, published.scope) == published.heads.manifest
        return before.is_known and before.published.sha256 == published.sha256

    def _read_new_files(self, published: PublishedScope) -> Iterator[bytes]:
        before = self._rung.get(published.scope)
        if before and before.published.manifest and published.manifest:
            yield from read_new_files(self._root, before.published.manifest, published.manifest, MOST_SAID_FILES)


def read_floors(database: HubDatabase, scope: str) -> Floors:
    """The highest that was published of a scope."""
    row = database.row("SELECT floors FROM scope WHERE id = ?", scope)
    return decode(Floors, json.loads(row["floors"])) if row else Floors()


def keep_floors(database: HubDatabase, scope: str, floors: Floors) -> None:
    """Nothing below this is published any more. Raises `WriteError`."""
    if floors != read_floors(database, scope):
        with database.change() as connection:
            stored = json.dumps(encode(floors))
            connection.execute("INSERT OR REPLACE INTO scope VALUES (?, ?)", (scope, stored))


def _note_alerts(database: HubDatabase, published: PublishedScope, now: datetime) -> None:
    """From now on boxes are expected to answer those that are signed as they must be. Raises `WriteError`."""
    signed = {alert.opened.sha256 for alert in published.alerts if not alert.opened.missing}
    known = database.rows("SELECT sha256 FROM signed_alert WHERE scope = ?", published.scope)
    if signed != {row["sha256"] for row in known}:
        with database.change() as connection:
            rows = [(sha256, published.scope, text_of(now)) for sha256 in signed]
            connection.executemany("INSERT OR IGNORE INTO signed_alert VALUES (?, ?, ?)", rows)
            gone = [(row["sha256"],) for row in known if row["sha256"] not in signed]
            connection.executemany("DELETE FROM signed_alert WHERE sha256 = ?", gone)
