"""The verbs of what happened: the log's rows, its chain, the story of one airing, reports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from ..errors import BadUsage, Message, NotFound, Refused
from ..model.airing import Airing
from ..model.asrun_record import AsRunRecord
from ..playout.stored import request_from_facts
from ..store.hash_chain import BrokenChain
from . import planner
from .alerts import Calling
from .commune_clock import YEARS, Day
from .decisions import paused
from .log_file import DAMAGED
from .preparation import Progress

Row = dict[str, Any]


class Recording(Calling):
    """What happened."""

    def rows(self, day: Day = None, days: int = 1) -> list[Row]:
        """As `log --json` shows them."""
        return [self.row(record) for record in self.log.rows(*self.clock.window(day, days))]

    def row(self, record: AsRunRecord) -> Row:
        return {**row(self._titled(record), self.local), "hash": self.log.hash_of(record.id)}

    def _titled(self, record: AsRunRecord) -> AsRunRecord:
        """The record with its title: older ones have it only in what was asked for, where somebody did."""
        asked = [] if record.title or not record.by else self.log.events("asked", record.id)
        return record.with_title(request_from_facts(asked[0].facts).airings[0].title) if asked else record

    def local(self, moment: datetime | None) -> str | None:
        return moment.astimezone(self.files.commune.zone).isoformat(timespec="milliseconds") if moment else None

    def verify(self, progress: Progress | None = None) -> Row:
        """The chain's head, its length, and the first entry that is not what was written, if there is one."""
        broken = None
        try:
            head = self.log.verify(progress)
        except BrokenChain as error:
            head = self.log.head()
            broken = {"row": error.number, "airing": self._airing_of(error.number), "why": error.say(self.say)}
        return {"head": head, "rows": self.log.count(), "broken": broken}

    def _airing_of(self, number: int) -> str | None:
        """Which airing an entry is about, as far as it can still be told."""
        try:
            return json.loads(self.log.entry(number) or "")["airing"] or None
        except (ValueError, KeyError, TypeError):
            return None

    def damage(self) -> Message | None:
        """Was there another log before this one?"""
        for event in self.log.events(DAMAGED):
            return Message(
                "an older log was damaged and lies in {file}; show it to a technician", file=event.facts["aside"]
            )
        return None

    def find(self, airing: str) -> Airing:
        """An airing by its id, or by its row in today's plan. Raises `NotFound`."""
        if airing.isdecimal():
            today = self.airings(*self.clock.window(None, 1))
            row = int(airing[:9])  # no plan is longer, and Python reads no number of thousands of digits
            if 1 <= row <= len(today):
                return today[row - 1]
            raise NotFound(Message("today's plan has no row {number}", number=airing))
        day = self._day_of(airing)
        found = [one for one in self.airings(*self.clock.window(day, 1)) if one.id == airing] if day else []
        if not found:
            raise NotFound(Message("there is no airing “{airing}” in the plan; see “loudspeaker plan”", airing=airing))
        return found[0]

    def last_skip(self) -> str:
        """The id of the airing that was left out last. Raises `Refused` where none was."""
        skipped = list(planner.skips(self.log, self.clock.now() - planner.MEMORY))
        if not skipped:
            raise Refused(Message("nothing was skipped"))
        return skipped[-1]

    def paused(self) -> list[str]:
        """The villages that are kept quiet now."""
        return sorted(paused(self.log, self.clock.now()))

    def record(self, airing: str) -> AsRunRecord | None:
        """Its verdict, where it has one."""
        day = self._day_of(airing)
        return (
            next((one for one in self.log.rows(*self.clock.window(day, 1)) if one.id == airing), None) if day else None
        )

    def story(self, airing: str) -> list[Message]:
        """What became of an airing and why, sentence by sentence. Raises `NotFound`."""
        if airing.isdecimal():
            airing = self.find(airing).id
        record = self.record(airing)
        planned = None if record else self._in_plan(airing)
        if not (record or planned or self.log.events(airing=airing)):
            self.find(airing)  # which says that it is not there
        from . import explain

        return explain.told(airing, planned, self.log, record, self.clock.now(), self.files.commune.zone, self.say)

    def _in_plan(self, airing: str) -> Airing | None:
        with suppress(NotFound):
            return self.find(airing)
        return None

    def _day_of(self, airing: str) -> Any:
        try:
            day = datetime.fromisoformat(airing.rpartition("/")[2]).date()
        except ValueError:
            return None
        return day if YEARS[0] <= day.year <= YEARS[1] else None

    def export_log(self, path: Path, progress: Progress | None = None) -> None:
        """The whole log as JSON lines, to be merged elsewhere."""
        from ..reports import exported

        exported.write(self.log, self.files.box.plays, self.clock.now(), path, progress)

    def report(
        self,
        month: str | None,
        source: str | None,
        logs: Sequence[Path],
        output: Path,
        begins: Day = None,
        ends: Day = None,
        progress: Progress | None = None,
    ) -> Message:
        """Per village and bulletin, as .xlsx or .csv: of a month, of days, or of a dispatch.

        `begins` and `ends` are the first and the last day; without a last one today is. Returns since when it counts.
        Raises `BadUsage`.
        """
        from ..reports import report

        period = report.days_of(month) if month else None
        if begins is not None:
            period = self.clock.day(begins), self.clock.day(ends)
            if period[1] < period[0]:
                raise BadUsage(Message("the last day lies before the first"))
        contents = self.files.contents
        data = report.ReportData(
            contents.commune,
            contents.box,
            contents.schedules,
            contents.bulletins,
            self.log,
            self.clock.now(),
            self.airings,
        )
        return report.write(data, period, source, logs, output, self.say, progress)


def row(record: AsRunRecord, local: Any) -> Row:
    """One record, with times as text."""
    return {
        "id": record.id,
        "village": record.village,
        "output": record.output,
        "broadcast": record.broadcast,
        "bulletin": record.bulletin,
        "title": record.title,
        "revision": record.revision,
        "programme": record.programme,
        "level": record.level,
        "drill": record.drill,
        "scheduled_at": local(record.scheduled_at),
        "started_at": local(record.started_at),
        "ended_at": local(record.ended_at),
        "verdict": record.verdict,
        "refusal": record.refusal or None,
        "why": record.why,
        "via": record.via,
        "voice": record.voice,
        "frames": record.frames,
        "by": record.by,
    }
