"""Counts what was planned and what was heard, per village and bulletin. Pure: journals and a plan in, values out.

Only a log can say that something was heard: what no log covers is counted as such, and never as aired.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ..model.airing import Airing
from ..model.asrun_record import CORRECTION, ENDINGS, AsRunRecord
from ..model.enums import Expected, Level, Refusal, Verdict
from ..model.refusal import known
from .log_export import Journal

WHOLE = {Verdict.AIRED, Verdict.AIRED_LATE}
HEARD = WHOLE | {Verdict.AIRED_PARTLY, Verdict.PRE_EMPTED, Verdict.STOPPED}
PROMISED = {Expected.AIR, Expected.NOT_READY}  # whether another box is ready is not known on this one
Outcome = Verdict | Refusal
TRIAL = "test"  # the broadcast's name of a test of the horns


class Kind(StrEnum):
    """What the airings of a line are to people, in the order of the lines of a village."""

    EMERGENCY = "emergency"
    ALL_CLEAR = "all-clear"
    CORRECTION = "correction"  # of an alarm that was given by mistake
    DRILL = "drill"
    DRILL_END = "drill-end"  # the all-clear or correction of a drill
    BROADCAST = "broadcast"


@dataclass(slots=True)
class Line:
    """One bulletin in one village, as one kind of airing."""

    village: str
    kind: Kind
    bulletin: str  # id; the broadcast's name for a stream; "" for an emergency's own words, or for nothing at all
    planned: int = 0
    aired: int = 0
    minutes: float = 0.0  # heard, whoever asked for it
    missed: Counter[Outcome] = field(default_factory=Counter)  # planned and not aired in full, or asked for in vain
    by_hand: int = 0  # replays that were heard
    emergencies: int = 0  # that were heard; what ends one is none, nor is a drill
    drills: int = 0  # that were heard; what ends one is none
    endings: int = 0  # all-clears and corrections that were heard, of drills too
    unlogged: int = 0  # planned, where no log tells what became of it
    logged: bool = True  # False: no log covers any of it

    def count(self, record: AsRunRecord) -> None:
        heard = record.verdict in HEARD
        if self.kind is Kind.EMERGENCY:
            self.emergencies += heard
        elif self.kind is Kind.DRILL:
            self.drills += heard
        elif self.kind is not Kind.BROADCAST:
            self.endings += heard
        elif by_hand(record.id):
            self.by_hand += heard
        else:
            self.planned += 1
            self.aired += record.verdict in WHOLE
        if heard:
            self.minutes += minutes(record)
        if record.verdict not in (WHOLE if self._scheduled(record) else HEARD):
            self.missed[outcome(record)] += 1

    def _scheduled(self, record: AsRunRecord) -> bool:
        return self.kind is Kind.BROADCAST and not by_hand(record.id)

    def count_unlogged(self) -> None:
        self.planned += 1
        self.unlogged += 1


def tally(
    journals: Sequence[Journal], records: Iterable[AsRunRecord], airings: Iterable[Airing], villages: Sequence[str]
) -> list[Line]:
    """A line for each village, kind and bulletin, villages in the order given; at least one for each village.

    `records` are those to be counted, `airings` the plan of the same time, of which only what no journal covers counts.
    """
    lines: dict[tuple[str, Kind, str], Line] = {}

    def line(village: str, kind: Kind, bulletin: str) -> Line:
        return lines.setdefault((village, kind, bulletin), Line(village, kind, bulletin))

    for record in records:
        if record.broadcast != TRIAL:
            line(record.village, kind_of(record), subject(record)).count(record)
    for airing in airings:
        if airing.expected in PROMISED and not _covered(journals, airing):
            line(airing.village, Kind.BROADCAST, subject(airing)).count_unlogged()
    for village in set(villages) - {village for village, *_ in lines}:
        line(village, Kind.BROADCAST, "")
    known = {village for journal in journals for village in journal.villages}
    for found in lines.values():
        found.logged = found.village in known and (not found.planned or found.unlogged < found.planned)
    places, kinds = {village: at for at, village in enumerate(villages)}, list(Kind)
    return sorted(
        lines.values(),
        key=lambda one: (places.get(one.village, len(places)), one.village, kinds.index(one.kind), one.bulletin),
    )


def outcome(record: AsRunRecord) -> Outcome:
    """What became of one airing; of what was refused, by what, where its log tells."""
    return known(record.refusal) or record.verdict


def kind_of(record: AsRunRecord) -> Kind:
    """What one airing was to people."""
    if record.level is not Level.EMERGENCY or not by_hand(record.id):  # one in a schedule is refused, and no alarm
        return Kind.BROADCAST
    if record.broadcast in ENDINGS:
        if record.drill:
            return Kind.DRILL_END
        return Kind.CORRECTION if record.broadcast == CORRECTION else Kind.ALL_CLEAR
    return Kind.DRILL if record.drill else Kind.EMERGENCY


def subject(what: AsRunRecord | Airing) -> str:
    """What it was about: the bulletin, else the stream's name; nothing for an emergency's own words."""
    return what.bulletin or ("" if by_hand(what.id) else what.broadcast)


def by_hand(airing: str) -> bool:
    """Airings that a person asked for have seconds in their id."""
    return airing.rpartition("T")[2].count(":") == 2


def minutes(record: AsRunRecord) -> float:
    """How long it was heard."""
    if not (record.started_at and record.ended_at):
        return 0.0
    return (record.ended_at - record.started_at).total_seconds() / 60


def _covered(journals: Iterable[Journal], airing: Airing) -> bool:
    return any(journal.covers(airing.village, airing.scheduled_at) for journal in journals)
