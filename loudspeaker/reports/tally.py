"""Counts what was planned and what was heard, per village and bulletin. Logs and a plan in, values out.

Only a log can show that something was heard: what no log covers is counted as such, and never as aired.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ..model.airing import Airing
from ..model.asrun_record import AsRunRecord
from ..model.enums import CORRECTION, ENDINGS, Expected, Level, Verdict, asked_kind
from ..model.refusal import Refusal, parse_refusal
from .log_export import BoxLog

WHOLE = {Verdict.AIRED, Verdict.AIRED_LATE}
HEARD = WHOLE | {Verdict.AIRED_PARTLY, Verdict.PRE_EMPTED, Verdict.STOPPED}
EXPECTED = {Expected.AIR, Expected.NOT_READY}  # whether another box is ready is not known on this one
Outcome = Verdict | Refusal
OUTPUT_TEST = "test"  # the broadcast's name of a test of the horns


class AiringKind(StrEnum):
    """What the airings of a line are to people, in the order of a village's lines."""

    EMERGENCY = "emergency"
    ALL_CLEAR = "all-clear"
    CORRECTION = "correction"  # of an alarm that was given by mistake
    DRILL = "drill"
    DRILL_END = "drill-end"  # the all-clear or correction of a drill
    BROADCAST = "broadcast"


@dataclass(slots=True)
class TallyLine:
    """The counts for one bulletin in one village, as one kind of airing."""

    village: str
    kind: AiringKind
    bulletin: str  # id; the broadcast's name for a stream; "" for an emergency's own words, or for nothing at all
    planned: int = 0
    aired: int = 0
    minutes: float = 0.0  # heard, whoever asked for it
    missed: Counter[Outcome] = field(default_factory=Counter)  # planned and not aired in full, or asked for in vain
    replays: int = 0  # that were heard
    emergencies: int = 0  # that were heard; what ends one is none, nor is a drill
    drills: int = 0  # that were heard; what ends one is none
    endings: int = 0  # all-clears and corrections that were heard, of drills too
    unlogged: int = 0  # planned, where no log tells what became of it
    logged: bool = True  # False: no log covers any of it

    def count(self, record: AsRunRecord) -> None:
        """Count one airing by its verdict."""
        heard = record.verdict in HEARD
        if self.kind is AiringKind.EMERGENCY:
            self.emergencies += heard
        elif self.kind is AiringKind.DRILL:
            self.drills += heard
        elif self.kind is not AiringKind.BROADCAST:
            self.endings += heard
        elif is_manual(record.id):
            self.replays += heard
        else:
            self.planned += 1
            self.aired += record.verdict in WHOLE
        if heard:
            self.minutes += minutes(record)
        if record.verdict not in (WHOLE if self._is_scheduled(record) else HEARD):
            self.missed[outcome(record)] += 1

    def _is_scheduled(self, record: AsRunRecord) -> bool:
        return self.kind is AiringKind.BROADCAST and not is_manual(record.id)

    def count_unlogged(self) -> None:
        """Count one airing that was planned, of which no log tells."""
        self.planned += 1
        self.unlogged += 1


def tally(
    box_logs: Sequence[BoxLog], records: Iterable[AsRunRecord], airings: Iterable[Airing], villages: Sequence[str]
) -> list[TallyLine]:
    """A line for each village, kind and bulletin, villages in the order given; at least one for each village.

    `records` are those to be counted, `airings` the plan of the same time, of which only what no log covers counts.
    """
    lines: dict[tuple[str, AiringKind, str], TallyLine] = {}

    def line(village: str, kind: AiringKind, bulletin: str) -> TallyLine:
        return lines.setdefault((village, kind, bulletin), TallyLine(village, kind, bulletin))

    for record in records:
        if record.broadcast != OUTPUT_TEST:
            line(record.village, kind_of(record), subject(record)).count(record)
    for airing in airings:
        if airing.expected in EXPECTED and not _is_covered(box_logs, airing):
            line(airing.village, AiringKind.BROADCAST, subject(airing)).count_unlogged()
    for village in set(villages) - {village for village, *_ in lines}:
        line(village, AiringKind.BROADCAST, "")
    logged = {village for log in box_logs for village in log.villages}
    for tallied in lines.values():
        tallied.logged = tallied.village in logged and (not tallied.planned or tallied.unlogged < tallied.planned)
    places = {village: place for place, village in enumerate(villages)}
    return sorted(lines.values(), key=lambda tallied: _rank(tallied, places))


def _rank(line: TallyLine, places: Mapping[str, int]) -> tuple[int, str, int, str]:
    kinds = list(AiringKind)
    return places.get(line.village, len(places)), line.village, kinds.index(line.kind), line.bulletin


def outcome(record: AsRunRecord) -> Outcome:
    """What became of one airing: its verdict, or where it was refused and the log tells it, by what."""
    return parse_refusal(record.refusal) or record.verdict


def kind_of(record: AsRunRecord) -> AiringKind:
    """What one airing was to people."""
    if record.level is not Level.EMERGENCY or not is_manual(record.id):  # one in a schedule is refused, and no alarm
        return AiringKind.BROADCAST
    if (kind := asked_kind(record.broadcast)) in ENDINGS:
        if record.drill:
            return AiringKind.DRILL_END
        return AiringKind.CORRECTION if kind == CORRECTION else AiringKind.ALL_CLEAR
    return AiringKind.DRILL if record.drill else AiringKind.EMERGENCY


def subject(what: AsRunRecord | Airing) -> str:
    """What it is about: the bulletin, else the stream's name; "" for an emergency in words of the moment."""
    return what.bulletin or ("" if is_manual(what.id) else what.broadcast)


def is_manual(airing: str) -> bool:
    """Did a person ask for this airing? Then its id has seconds."""
    return airing.rpartition("T")[2].count(":") == 2


def minutes(record: AsRunRecord) -> float:
    """Minutes from its first sample to its last."""
    if not (record.started_at and record.ended_at):
        return 0.0
    return (record.ended_at - record.started_at).total_seconds() / 60


def _is_covered(box_logs: Iterable[BoxLog], airing: Airing) -> bool:
    return any(box_log.covers(airing.village, airing.scheduled_at) for box_log in box_logs)
