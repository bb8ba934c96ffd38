"""A week of planned airings as a table: a row for each session of the policy, a column for each day. Pure.

What is aired at the same time with the same words and has the same outcome is one line, whichever villages hear it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ...config.entry_sentences import WEEKDAYS, clock_message, part_of_day
from ...errors import Message
from ...model.airing import Airing, about_words
from ...model.bulletin import split_origin
from ...model.commune import Policy
from ...model.enums import Expected, Verdict
from ...model.lunar import Lunar, lunar
from ...model.refusal import Refusal
from ...reports.outcome_words import FULLY_HEARD, outcome_word
from ...station.airings import PlannedAiring
from ..templating import clock, minutes, village_name

DAYS = 7
WRONG = ("bad", "warn")  # kinds of a `WeekOutcome` that is not as planned
PAST = "past"  # … of which nothing is known
CROWDED = 300  # lines of a week: more of them nobody reads at once, and only one day is shown line by line
NO_VERDICT_YET = timedelta(minutes=30)  # an airing that was due so long ago has its verdict by then

SHORT = (
    Message("Mon"),
    Message("Tue"),
    Message("Wed"),
    Message("Thu"),
    Message("Fri"),
    Message("Sat"),
    Message("Sun"),
)

Hours = tuple[int, int]  # seconds since midnight


@dataclass(frozen=True, slots=True)
class WeekOutcome:
    """What became or will become of an airing: a sign, a class of the style sheet, and the words that say it."""

    mark: str = ""
    kind: str = ""
    word: Message | None = None
    why: str | Message = ""


ShownAiring = tuple[PlannedAiring, WeekOutcome]


@dataclass(frozen=True, slots=True)
class WeekLine:
    """What is aired at one time, for all who hear it; `villages` are their names."""

    airings: tuple[PlannedAiring, ...]
    villages: str
    outcome: WeekOutcome

    @property
    def first(self) -> PlannedAiring:
        return self.airings[0]

    @property
    def at(self) -> str:
        return clock(self.first.scheduled_at)

    @property
    def title(self) -> str:
        return self.first.title

    @property
    def length(self) -> Message | str:
        """Minutes and seconds; of an estimate it is said that it is one."""
        airing = self.first.airing
        return minutes(airing.duration) if airing.duration_source == "prepared" else about_words(airing.duration)

    @property
    def entry_address(self) -> str:
        """Where its entry is altered; "" for what another office has scheduled."""
        return "" if "@" in self.first.broadcast else f"/lich/muc/{self.first.village}/{self.first.broadcast}"

    @property
    def story_address(self) -> str:
        """Where it is told what became of it."""
        return f"/luot/{self.first.id}"

    @property
    def origin(self) -> str:
        """The office above the commune that has sent it; "" for the commune's own."""
        return split_origin(self.first.broadcast)[1] or split_origin(self.first.bulletin or "")[1]


@dataclass(frozen=True, slots=True)
class DayCell:
    """What lies in one session on one day; `used` are the minutes of the quota, on the output where they are most."""

    lines: tuple[WeekLine, ...]
    used: float
    count: int  # airings
    wrong: int  # those of them that are not heard as planned
    unknown: int  # airings by the schedule, where the log has nothing about any of them; else 0


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session of the policy, or (without hours) all that lies in none."""

    name: Message
    hours: Hours | None
    cells: tuple[DayCell, ...]

    @property
    def span(self) -> Message | str:
        """From when to when it lies."""
        if self.hours is None:
            return ""
        return Message("{begins}–{ends}", begins=clock_message(self.hours[0]), ends=clock_message(self.hours[1]))


@dataclass(frozen=True, slots=True)
class WeekDay:
    """A column of the table: how many airings there are, and how many of them are not heard as planned."""

    day: date
    name: Message
    lunar: Lunar
    count: int
    wrong: int

    @property
    def short(self) -> Message:
        """Its weekday where there is little room."""
        return SHORT[self.day.weekday()]


@dataclass(frozen=True, slots=True)
class WeekTable:
    """A week, from Monday on; `quota` are the minutes that a session may have."""

    days: tuple[WeekDay, ...]
    rows: tuple[SessionRow, ...]
    quota: float

    @property
    def wrong(self) -> int:
        """Airings that are not heard as planned."""
        return sum(day.wrong for day in self.days)

    @property
    def wrong_lines(self) -> list[tuple[WeekDay, WeekLine]]:
        """What is not heard as planned, day by day."""
        cells = [(day, row.cells[number]) for number, day in enumerate(self.days) for row in self.rows]
        return [(day, line) for day, cell in cells for line in cell.lines if line.outcome.kind in WRONG]

    @property
    def has_unknown(self) -> bool:
        """Is there something that is past, and of which nothing is known?"""
        return any(line.outcome.kind == PAST for row in self.rows for cell in row.cells for line in cell.lines)

    @property
    def is_crowded(self) -> bool:
        """Are there more lines than anybody reads at once?"""
        return sum(len(cell.lines) for row in self.rows for cell in row.cells) > CROWDED

    @property
    def is_empty(self) -> bool:
        return not any(day.count for day in self.days)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_table(
    planned: Sequence[PlannedAiring], monday: date, policy: Policy, now: datetime, names: Mapping[str, str]
) -> WeekTable:
    """The table of the week from `monday` on; `planned` are its airings, `names` what villages are called, by id."""
    days = [monday + timedelta(days=number) for number in range(DAYS)]
    places: dict[tuple[Hours | None, date], list[ShownAiring]] = {}
    for entry in planned:
        place = session_of(entry.airing, policy), entry.scheduled_at.date()
        places.setdefault(place, []).append((entry, outcome_of(entry, now)))
    sessions = [*policy.hours, *([None] if any(hours is None for hours, _ in places) else [])]
    rows = [
        SessionRow(
            part_of_day(hours[0]) if hours else Message("out of hours"),
            hours,
            tuple(_cell(places.get((hours, day), ()), names) for day in days),
        )
        for hours in sessions
    ]
    columns = [_day(day, [row.cells[number] for row in rows]) for number, day in enumerate(days)]
    return WeekTable(tuple(columns), tuple(rows), policy.minutes_per_session)


def outcome_of(planned: PlannedAiring, now: datetime) -> WeekOutcome:
    """In words that need no colour: past airings by their verdict, those to come by what is expected."""
    airing, record = planned.airing, planned.record
    if record:
        heard = Verdict(record.verdict) in FULLY_HEARD
        word = outcome_word(record.verdict, planned.refusal)
        return WeekOutcome("✓", "good", word) if heard else WeekOutcome("✗", "bad", word, record.why)
    if airing.scheduled_at < now - NO_VERDICT_YET:
        return WeekOutcome("", PAST)
    if airing.expected is Expected.AIR:
        return WeekOutcome("▲", "warn", None, airing.why) if airing.why else WeekOutcome()
    word = outcome_word(airing.expected, planned.refusal)
    if planned.refusal is Refusal.APPROVAL:  # its reason names a command
        return WeekOutcome("✗", "bad", word)
    mark, kind = ("▲", "warn") if airing.expected is Expected.NOT_READY else ("✗", "bad")
    return WeekOutcome(mark, kind, word, airing.why or "")


def session_of(airing: Airing, policy: Policy) -> Hours | None:
    """The session of the policy in which it is to begin."""
    at = airing.scheduled_at.hour * 3600 + airing.scheduled_at.minute * 60
    return next((hours for hours in policy.hours if hours[0] <= at < hours[1]), None)


def _cell(placed: Sequence[ShownAiring], names: Mapping[str, str]) -> DayCell:
    groups: dict[object, tuple[list[PlannedAiring], WeekOutcome]] = {}
    for planned, outcome in sorted(placed, key=lambda pair: (pair[0].scheduled_at, pair[0].title)):
        alike = planned.scheduled_at, planned.title, planned.bulletin, outcome.mark, outcome.word, str(outcome.why)
        groups.setdefault(alike, ([], outcome))[0].append(planned)
    return DayCell(
        tuple(
            WeekLine(tuple(same), ", ".join(village_name(planned.village, names) for planned in same), outcome)
            for same, outcome in groups.values()
        ),
        minutes_used(planned.airing for planned, _outcome in placed),
        len(placed),
        sum(outcome.kind in WRONG for _planned, outcome in placed),
        len(placed) if all(outcome.kind == PAST for _planned, outcome in placed) else 0,
    )


def minutes_used(airings: Iterable[Airing]) -> float:
    """Minutes that these take of a session's quota, on the output where it is most; what is shared counts once."""
    outputs: dict[str, set[tuple[datetime, datetime]]] = {}
    for airing in airings:
        if airing.expected is Expected.AIR and airing.starts_at and airing.ends_at:
            outputs.setdefault(airing.output or airing.village, set()).add((airing.starts_at, airing.ends_at))
    sums = [sum((ends - begins).total_seconds() for begins, ends in spans) for spans in outputs.values()]
    return max(sums, default=0.0) / 60


def _day(day: date, cells: Sequence[DayCell]) -> WeekDay:
    count, wrong = sum(cell.count for cell in cells), sum(cell.wrong for cell in cells)
    return WeekDay(day, WEEKDAYS[day.weekday()], lunar(day), count, wrong)
