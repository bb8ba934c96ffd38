"""New entries of a log that another process writes, for a reader who need not be allowed to write it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ..model.asrun_record import AsRunRecord, Event
from .asrun import AsRunLog
from .entries import VERDICT, event_of, record_of


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """One entry with its number in the log (from 1) and its hash in the chain."""

    number: int
    entry: Event | AsRunRecord
    hash: str


class LogFollower:
    """Follows the log at `path`, of the commune with that id, from behind entry number `after`.

    Nothing is written, and nothing is kept open between two looks: a log that was set aside and begun anew is followed
    from its first entry.
    """

    def __init__(self, path: Path, commune: str, after: int = 0) -> None:
        self._path = path
        self._commune = commune
        self._after = after
        self._file = self._identify()

    def new_entries(self) -> Iterator[LoggedEntry]:
        """What was appended since the last call, the oldest first. Raises `LogUnusable`; call again later.

        An entry that is damaged is left out: `AsRunLog.verify` finds it.
        """
        file = self._identify()
        if file is None:
            return
        if self._file not in (None, file):
            self._after = 0
        self._file = file
        with closing(AsRunLog.open_read_only(self._path, self._commune)) as log:
            for number, text, digest in log.entries(after=self._after):
                self._after = number
                if entry := _decode(text):
                    yield LoggedEntry(number, entry, digest)

    def follow(self, wait: Callable[[], bool]) -> Iterator[LoggedEntry]:
        """Every entry, old and new. `wait` returns when it is time to look again; False ends it."""
        while True:
            yield from self.new_entries()
            if not wait():
                return

    def _identify(self) -> int | None:
        """Which file it is; None where there is none."""
        try:
            return self._path.stat().st_ino
        except FileNotFoundError:
            return None


def _decode(text: str) -> Event | AsRunRecord | None:
    try:
        stored = json.loads(text)
        return record_of(stored) if stored["kind"] == VERDICT else event_of(stored)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
