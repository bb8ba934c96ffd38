"""The verdicts that a report tells of, from several logs: in order of schedule, each airing once.

They lie in a temporary database, which SQLite keeps on the disk where it grows: the airings of years fit into no
small machine's memory.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator

from ..model.asrun_record import AsRunRecord
from ..store.asrun import Progress
from ..store.entries import record_of, verdict_entry
from ..store.hash_chain import canonical_json

STRIDE = 500  # airings between two reports of progress


class Records:
    """Of all that is added, what is `wanted`. May be gone through as often as needed; `progress` is told each time."""

    def __init__(self, wanted: Callable[[AsRunRecord], bool], progress: Progress | None = None) -> None:
        self._wanted = wanted
        self._progress = progress
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("CREATE TABLE records (airing TEXT PRIMARY KEY, at REAL, entry TEXT) WITHOUT ROWID")
        self._database.execute("CREATE INDEX by_time ON records (at, airing)")

    def add(self, records: Iterable[AsRunRecord]) -> None:
        """Take up what is wanted of one log. Of an airing that several logs tell of, the first record counts."""
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR IGNORE INTO records VALUES (?, ?, ?)", self._rows(records))
        self._database.execute("COMMIT")

    def __iter__(self) -> Iterator[AsRunRecord]:
        (total,) = self._database.execute("SELECT count(*) FROM records").fetchone()
        found = self._database.execute("SELECT entry FROM records ORDER BY at, airing")
        for done, (entry,) in enumerate(found, 1):
            yield record_of(json.loads(entry))
            if self._progress and (done % STRIDE == 0 or done == total):
                self._progress(done, total, "")

    def close(self) -> None:
        self._database.close()

    def _rows(self, records: Iterable[AsRunRecord]) -> Iterator[tuple[str, float, str]]:
        for record in records:
            if self._wanted(record):
                yield record.id, record.scheduled_at.timestamp(), canonical_json(verdict_entry(record))
