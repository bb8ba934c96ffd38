"""The verbs of what happened: the log's rows, its chain, the story of one airing, reports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ..errors import BadUsage, Message, NotFound, Refused
from ..model.airing import Airing
from ..model.asrun_record import AsRunRecord
from ..model.enums import Expected
from ..playout.stored import request_from_facts
from ..store.asrun import AsRunLog, Progress
from ..store.hash_chain import BrokenChain
from . import planner
from .commune_clock import YEARS, CommuneClock, Day
from .log_file import DAMAGED
from .people_files import StationFiles
from .planner import Planner

Row = dict[str, Any]
NEXT = 5  # airings


@dataclass(frozen=True, slots=True)
class StationAirings:
    """The airings of one station: what is planned, and what became of them. `log` opens its log."""

    files: StationFiles
    clock: CommuneClock
    planner: Planner
    log: Callable[[], AsRunLog]
    say: Callable[[str], str]

    def between(self, begins: datetime, ends: datetime) -> list[Airing]:
        """Every airing of the window, refused ones too."""
        return self.planner.plan(begins, ends, self.log())

    def plan(self, day: Day = None, days: int = 1, village: str | None = None) -> list[Row]:
        """Rows as `plan --json` shows them; `day` None is today. Raises `NotFound` for a village nobody knows."""
        airings = self.between(*self.clock.window(day, days))
        if village:
            village = self.files.village_id(village)
            airings = [airing for airing in airings if airing.village == village]
        return planner.rows(airings, self.log(), self.say)

    def coming(self, on: Sequence[Row] = ()) -> tuple[Row, ...]:
        """What this box airs next, today or tomorrow; rows as of `plan`, without those in `on`."""
        return to_come(self.plan(None, 2), self.clock.now(), on)

    def rows(self, day: Day = None, days: int = 1) -> list[Row]:
        """As `log --json` shows them."""
        return [self.row(record) for record in self.log().rows(*self.clock.window(day, days))]

    def row(self, record: AsRunRecord) -> Row:
        return {**row(self._titled(record), self.local), "hash": self.log().hash_of(record.id)}

    def _titled(self, record: AsRunRecord) -> AsRunRecord:
        """The record with its title: older ones have it only in what was asked for, where somebody did."""
        asked = [] if record.title or not record.by else self.log().events("asked", record.id)
        return record.with_title(request_from_facts(asked[0].facts).airings[0].title) if asked else record

    def local(self, moment: datetime | None) -> str | None:
        return moment.astimezone(self.files.commune.zone).isoformat(timespec="milliseconds") if moment else None

    def verify(self, progress: Progress | None = None) -> Row:
        """The chain's head, its length, and the first entry that is not what was written, if there is one."""
        broken = None
        try:
            head = self.log().verify(progress)
        except BrokenChain as error:
            head = self.log().head()
            broken = {"row": error.number, "airing": self._airing_of(error.number), "why": error.say(self.say)}
        return {"head": head, "rows": self.log().count(), "broken": broken}

    def _airing_of(self, number: int) -> str | None:
        """Which airing an entry is about, as far as it can still be told."""
        try:
            return json.loads(self.log().entry(number) or "")["airing"] or None
        except (ValueError, KeyError, TypeError):
            return None

    def damage(self) -> Message | None:
        """Was there another log before this one?"""
        for event in self.log().events(DAMAGED):
            return Message(
                "an older log was damaged and lies in {file}; show it to a technician", file=event.facts["aside"]
            )
        return None

    def find(self, airing: str) -> Airing:
        """An airing by its id, or by its row in today's plan. Raises `NotFound`."""
        if airing.isdecimal():
            today = self.between(*self.clock.window(None, 1))
            row = int(airing[:9])  # no plan is longer, and Python reads no number of thousands of digits
            if 1 <= row <= len(today):
                return today[row - 1]
            raise NotFound(Message("today's plan has no row {number}", number=airing))
        day = self._day_of(airing)
        found = [one for one in self.between(*self.clock.window(day, 1)) if one.id == airing] if day else []
        if not found:
            raise NotFound(Message("there is no airing “{airing}” in the plan; see “loudspeaker plan”", airing=airing))
        return found[0]

    def last_skip(self) -> str:
        """The id of the airing that was left out last. Raises `Refused` where none was."""
        skipped = list(planner.skips(self.log(), self.clock.now() - planner.MEMORY))
        if not skipped:
            raise Refused(Message("nothing was skipped"))
        return skipped[-1]

    def paused(self) -> list[str]:
        """The villages that are kept quiet now."""
        now = self.clock.now()
        pauses = planner.pauses(self.log(), now - planner.MEMORY)
        return sorted({pause.village for pause in pauses if pause.begins <= now < pause.until})

    def record(self, airing: str) -> AsRunRecord | None:
        """Its verdict, where it has one."""
        day = self._day_of(airing)
        return (
            next((one for one in self.log().rows(*self.clock.window(day, 1)) if one.id == airing), None)
            if day
            else None
        )

    def explain(self, airing: str) -> list[Message]:
        """What became of an airing and why, sentence by sentence. Raises `NotFound`."""
        if airing.isdecimal():
            airing = self.find(airing).id
        record = self.record(airing)
        planned = None if record else self._in_plan(airing)
        if not (record or planned or self.log().events(airing=airing)):
            self.find(airing)  # which says that it is not there
        from ..reports.explain import told

        return told(airing, planned, self.log(), record, self.clock.now(), self.files.commune.zone, self.say)

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

    def export(self, path: Path, progress: Progress | None = None) -> None:
        """The whole log as JSON lines, to be merged elsewhere."""
        from ..reports import exported

        exported.write(self.log(), self.files.box.plays, self.clock.now(), path, progress)

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
            self.log(),
            self.clock.now(),
            self.between,
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


def to_come(planned: Iterable[Row], now: datetime, on: Iterable[Row]) -> tuple[Row, ...]:
    """The first of `planned` that this box is still to air, without those that are on the air already."""
    heard = {row["id"] for row in on}
    waiting = [row for row in planned if row["verdict"] is None and row["expected"] == Expected.AIR and row["output"]]
    later = [row for row in waiting if row["id"] not in heard and datetime.fromisoformat(row["starts_at"]) > now]
    return tuple(sorted(later, key=lambda row: datetime.fromisoformat(row["starts_at"])))[:NEXT]
