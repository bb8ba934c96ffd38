"""An as-run log in memory: for rehearsals, demos and tests. Ships beside the real one; nothing is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime

from ..model.asrun_record import AsRunRecord, Event
from ..model.enums import Verdict


class MemoryLog:
    """Keeps `Log`'s contract without a disk; what is remembered passes through JSON, as it would on one."""

    def __init__(self) -> None:
        self.records: dict[str, AsRunRecord] = {}
        self.happened: list[Event] = []
        self._kinds: dict[str, list[Event]] = {}
        self._airings: dict[str, list[Event]] = {}
        self._days: dict[date, list[AsRunRecord]] = {}  # by when they were due, in UTC
        self._memory: dict[str, str] = {}

    def event(self, kind: str, airing: str, at: datetime, /, **facts: object) -> None:
        event = Event(kind, airing, at, json.loads(json.dumps(facts)))
        self.happened.append(event)
        self._kinds.setdefault(kind, []).append(event)
        self._airings.setdefault(airing, []).append(event)

    def verdict(self, record: AsRunRecord) -> None:
        if record.id in self.records:
            raise ValueError(f"{record.id} has a verdict already")
        self.records[record.id] = record
        self._days.setdefault(record.scheduled_at.astimezone(UTC).date(), []).append(record)

    def verdict_of(self, airing: str) -> Verdict | None:
        record = self.records.get(airing)
        return record.verdict if record else None

    def events(
        self, kind: str | None = None, airing: str | None = None, since: datetime | None = None
    ) -> Sequence[Event]:
        candidates = self.happened
        if airing is not None:
            candidates = self._airings.get(airing, [])
        elif kind is not None:
            candidates = self._kinds.get(kind, [])
        return [
            event
            for event in candidates
            if (kind is None or event.kind == kind)
            and (airing is None or event.airing == airing)
            and (since is None or event.at >= since)
        ]

    def rows(self, begins: datetime, ends: datetime) -> Sequence[AsRunRecord]:
        first, last = begins.astimezone(UTC).date(), ends.astimezone(UTC).date()
        near = (record for day, records in self._days.items() if first <= day <= last for record in records)
        due = (record for record in near if begins <= record.scheduled_at < ends)
        return sorted(due, key=lambda record: (record.scheduled_at, record.id))

    def remember(self, key: str, value: object) -> None:
        self._memory[key] = json.dumps(value)

    def recall(self, key: str) -> object:
        return json.loads(self._memory[key]) if key in self._memory else None
