"""The verdicts in a report, from several logs: in order of schedule, each airing once.

They are in a temporary database, which SQLite keeps on the disk where it grows: the airings of years do not fit into
a small machine's memory.
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


class RecordStore:
    """Of the records that are added, those which `accept` accepts. Each iteration reports its `progress`."""

    def __init__(self, accept: Callable[[AsRunRecord], bool], progress: Progress | None = None) -> None:
        self._accept = accept
        self._progress = progress
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("CREATE TABLE records (airing TEXT PRIMARY KEY, at REAL, entry TEXT) WITHOUT ROWID")
        self._database.execute("CREATE INDEX by_time ON records (at, airing)")

    def add(self, records: Iterable[AsRunRecord]) -> None:
        """Add the records of one log. Of an airing that is in several logs, the first record counts."""
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR IGNORE INTO records VALUES (?, ?, ?)", self._rows(records))
        self._database.execute("COMMIT")

    def __iter__(self) -> Iterator[AsRunRecord]:
        (total,) = self._database.execute("SELECT count(*) FROM records").fetchone()
        entries = self._database.execute("SELECT entry FROM records ORDER BY at, airing")
        for done, (entry,) in enumerate(entries, 1):
            yield record_of(json.loads(entry))
            if self._progress and (done % STRIDE == 0 or done == total):
                self._progress(done, total, "")

    def close(self) -> None:
        """Delete the database."""
        self._database.close()

    def _rows(self, records: Iterable[AsRunRecord]) -> Iterator[tuple[str, float, str]]:
        for record in records:
            if self._accept(record):
                yield record.id, record.scheduled_at.timestamp(), canonical_json(verdict_entry(record))
