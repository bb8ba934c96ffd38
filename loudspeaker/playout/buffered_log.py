"""A log in front of another: what the disk does not take now is kept in memory and written later, in its order.

A full card must not silence the village, and a verdict must not get lost half way. Storage stays behind `Log`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from ..errors import LoudspeakerError
from ..model.asrun_record import AsRunRecord, Event
from ..model.enums import Verdict
from .memory_log import MemoryLog
from .ports import Log


class BufferedLog:
    """Keeps the contract of `Log`, but not on the disk at once: `trouble` is what keeps entries from it."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._waiting: deque[Callable[[], None]] = deque()
        self._memory = MemoryLog()  # what is waiting, for whoever asks meanwhile
        self.trouble: LoudspeakerError | None = None

    def flush(self) -> None:
        """Write what waits, in its order, as far as it goes."""
        while self._waiting:
            try:
                self._waiting[0]()
            except LoudspeakerError as error:
                self.trouble = error
                return
            except Exception:  # it will never be written: it must not keep all that follows from the disk
                self._waiting.popleft()
                raise
            self._waiting.popleft()
        if self.trouble:
            self.trouble, self._memory = None, MemoryLog()

    def event(self, kind: str, airing: str, at: datetime, /, **facts: object) -> None:
        if not self._write(partial(self._log.event, kind, airing, at, **facts)):
            self._memory.event(kind, airing, at, **facts)

    def verdict(self, record: AsRunRecord) -> None:
        if self.verdict_of(record.id):
            raise ValueError(f"{record.id} has a verdict already")
        if not self._write(partial(self._log.verdict, record)):
            self._memory.verdict(record)

    def remember(self, key: str, value: object) -> None:
        if not self._write(partial(self._log.remember, key, value)):
            self._memory.remember(key, value)

    def verdict_of(self, airing: str) -> Verdict | None:
        return self._memory.verdict_of(airing) or self._log.verdict_of(airing)

    def events(
        self, kind: str | None = None, airing: str | None = None, since: datetime | None = None
    ) -> Sequence[Event]:
        return [*self._log.events(kind, airing, since), *self._memory.events(kind, airing, since)]

    def rows(self, begins: datetime, ends: datetime) -> Sequence[AsRunRecord]:
        rows = [*self._log.rows(begins, ends), *self._memory.rows(begins, ends)]
        return sorted(rows, key=lambda record: record.scheduled_at)

    def recall(self, key: str) -> object:
        waiting = self._memory.recall(key)
        return self._log.recall(key) if waiting is None else waiting

    def _write(self, entry: Callable[[], None]) -> bool:
        """Write it after all that waits. False where it has to wait, too."""
        self._waiting.append(entry)
        self.flush()
        return not self._waiting
