"""The airings of one station: what is planned, and what became of them by the log."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from ..codec import decode
from ..errors import BadUsage, Message, NotFound, Refused
from ..model.airing import Airing, Occurrence, OfOccurrence, airing_from_facts
from ..model.asrun_record import AsRunRecord
from ..model.enums import Expected
from ..model.refusal import Refusal, kind_of
from ..model.request_checks import YEARS
from ..store.asrun import AsRunLog, Progress
from ..store.hash_chain import BrokenChain
from .commune_clock import CommuneClock, Day
from .log_file import DAMAGED
from .people_files import StationFiles
from .planner import Planner
from .restrictions import MEMORY, skips, standing_pauses

NEXT = 5  # airings


@dataclass(frozen=True, slots=True)
class PlannedAiring(OfOccurrence):
    """An airing as the plan is now, and what became of it, where that is known."""

    airing: Airing
    record: AsRunRecord | None = None

    @property
    def occurrence(self) -> Occurrence:  # type: ignore[override]
        return self.airing.occurrence

    @property
    def refusal(self) -> Refusal | str | None:
        """Which kind of reason it is or was refused for; None where it is not, or where an older log does not tell."""
        return (self.record.refusal or None) if self.record else kind_of(self.airing.why)


@dataclass(frozen=True, slots=True)
class BrokenEntry:
    """The first entry of the log that is not what was written, and its airing, as far as that can be told."""

    number: int
    airing: str | None
    why: Message


@dataclass(frozen=True, slots=True)
class ChainState:
    """The last hash of the log's chain, how many entries it has, and where it is broken, if it is."""

    head: str
    entries: int
    broken: BrokenEntry | None = None


@dataclass(frozen=True, slots=True)
class StationAirings:
    """The airings of one station. `log` opens its log."""

    files: StationFiles
    clock: CommuneClock
    planner: Planner
    log: Callable[[], AsRunLog]

    def between(self, begins: datetime, ends: datetime) -> list[Airing]:
        """Every airing of the window, refused ones too."""
        return self.planner.plan(begins, ends, self.log())

    def plan(self, day: Day = None, days: int = 1, village: str | None = None) -> list[PlannedAiring]:
        """The plan of these days in order, refused airings too. Raises `NotFound` for a village nobody knows."""
        airings = self.between(*self.clock.window(day, days))
        if village:
            village = self.files.village_id(village)
            airings = [airing for airing in airings if airing.village == village]
        if not airings:
            return []
        last = airings[-1].scheduled_at + timedelta(seconds=1)
        records = {record.id: record for record in self.log().rows(airings[0].scheduled_at, last)}
        return [PlannedAiring(airing, records.get(airing.id)) for airing in airings]

    def coming(self, on: Collection[str] = ()) -> tuple[PlannedAiring, ...]:
        """What this box airs next, today or tomorrow, without those whose ids are in `on`."""
        return self._ahead(Expected.AIR, on)

    def unready(self) -> tuple[PlannedAiring, ...]:
        """What this box should air next, today or tomorrow, and for which something is missing as yet."""
        return self._ahead(Expected.NOT_READY, ())

    def _ahead(self, expected: Expected, on: Collection[str]) -> tuple[PlannedAiring, ...]:
        now = self.clock.now()
        waiting = [
            (planned.airing.starts_at or planned.scheduled_at, number, planned)
            for number, planned in enumerate(self.plan(None, 2))
            if planned.record is None and planned.output and planned.id not in on
            if planned.airing.expected is expected
        ]
        return tuple(planned for at, _number, planned in sorted(waiting) if at > now)[:NEXT]

    def records(self, day: Day = None, days: int = 1) -> list[AsRunRecord]:
        """What became of the airings of these days, in order of schedule."""
        return list(self.iterate_records(day, days))

    def iterate_records(self, day: Day = None, days: int = 1) -> Iterator[AsRunRecord]:
        """The same, one at a time: of a year there may be a hundred thousand."""
        return map(self._with_title, self.log().records(*self.clock.window(day, days)))

    def _with_title(self, record: AsRunRecord) -> AsRunRecord:
        """The record with its title: older ones have it only in what was asked for, where somebody did."""
        asked = [] if record.title or not record.by else self.log().events("asked", record.id)
        if not asked:
            return record
        return record.with_title(airing_from_facts(decode(dict[str, object], asked[0].facts["airing"])).title)

    def verify(self, progress: Progress | None = None) -> ChainState:
        """Check every entry of the log."""
        log = self.log()
        try:
            return ChainState(log.verify(progress), log.count())
        except BrokenChain as error:
            broken = BrokenEntry(error.number, self._airing_of(error.number), error.message)
            return ChainState(log.head(), log.count(), broken)

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
        day = _day_of(airing)
        for planned in self.between(*self.clock.window(day, 1)) if day else ():
            if planned.id == airing:
                return planned
        raise NotFound(Message("there is no airing “{airing}” in the plan; see “loudspeaker plan”", airing=airing))

    def last_skip(self) -> str:
        """The id of the airing that was left out last. Raises `Refused` where none was."""
        skipped = list(skips(self.log(), self.clock.now() - MEMORY))
        if not skipped:
            raise Refused(Message("nothing was skipped"))
        return skipped[-1]

    def paused_villages(self) -> list[str]:
        """The villages that are kept quiet now."""
        return sorted({pause.village for pause in standing_pauses(self.log(), self.clock.now())})

    def record(self, airing: str) -> AsRunRecord | None:
        """What became of an airing, by its id; None where that is not known yet."""
        day = _day_of(airing)
        records = self.log().rows(*self.clock.window(day, 1)) if day else ()
        return next((record for record in records if record.id == airing), None)

    def look_up(self, airing: str) -> tuple[str, Airing | None, AsRunRecord | None]:
        """The id of an airing (or of a row of today's plan), and its record, or as it is planned while it has none.

        Raises `NotFound` where neither plan nor log knows it.
        """
        if airing.isdecimal():
            airing = self.find(airing).id
        record = self.record(airing)
        planned = None
        if record is None:
            with suppress(NotFound):
                planned = self.find(airing)
            if planned is None and not self.log().events(airing=airing):
                self.find(airing)  # raises
        return airing, planned, record

    def report(
        self,
        month: str | None,
        source: str | None,
        logs: Sequence[Path],
        output: Path,
        translate: Callable[[str], str],
        begins: Day = None,
        ends: Day = None,
        progress: Progress | None = None,
    ) -> Message:
        """Per village and bulletin, as .xlsx or .csv: of a month, of days, or of a dispatch.

        `begins` and `ends` are the first and the last day; without a last one today is. Returns since when it counts.
        Raises `BadUsage`.
        """
        from ..reports import report  # loads what writes workbooks

        period = report.month_days(month) if month else None
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
        return report.write_report(data, period, source, logs, output, translate, progress)


def _day_of(airing: str) -> date | None:
    """The day that an airing's id names; None where it names none."""
    try:
        day = datetime.fromisoformat(airing.rpartition("/")[2]).date()
    except ValueError:
        return None
    return day if YEARS[0] <= day.year <= YEARS[1] else None
