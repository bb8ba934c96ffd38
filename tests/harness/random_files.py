"""What people write in a random month: as text for the station, and read by hand for the oracle. No tests in here.

Nothing of the product says here what a file means: days, hours, nights and quiet days are read once more, in a few
lines. Entries and rules are drawn by hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from harness.small_commune import ZONE
from loudspeaker.model.enums import Level

EVER = datetime.min.replace(tzinfo=ZONE)
FIRST, DAYS = date(2026, 11, 1), 30
VILLAGES = {"na-hoa": "horn", "suoi-trat": "horn", "ban-pho": "second"}
OUTPUTS = tuple(dict.fromkeys(VILLAGES.values()))
LENGTHS = {"ngắn": 20.0, "vừa": 60.0, "khá": 100.0, "dài": 400.0}  # a bulletin's own word -> seconds
BULLETINS = {"tin-ngan": "ngắn", "tin-vua": "vừa", "tin-kha": "khá", "tin-dai": "dài"}
ALARM, ALL_CLEAR = "lu-quet", "het-lu"
VERSES = ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")  # a new one for each edit of a bulletin
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY = (date(2026, 11, 14), date(2026, 11, 15))
MOON = (date(2026, 11, 9), date(2026, 11, 23))  # mùng một and rằm of the tenth month
NIGHT = (time(5), time(21))  # policy needs `allow_night` before and after
WAIT = {1: timedelta(minutes=1), 10: timedelta(minutes=10)}


@dataclass(frozen=True)
class DueAiring:
    """One airing as the files say it."""

    id: str
    village: str
    bulletin: str
    level: Level
    scheduled_at: datetime
    wait: timedelta = timedelta(0)

    @property
    def output(self) -> str:
        return VILLAGES[self.village]


@dataclass(frozen=True)
class Entry:
    """One broadcast of a schedule; `first` and `last` count the days of the month from 0."""

    name: str
    bulletin: str
    times: tuple[str, ...]
    level: Level
    wait: int  # minutes
    first: int
    last: int
    weekdays: tuple[str, ...] = ()  # all
    moon: bool = False
    holiday: bool = True

    @property
    def text(self) -> str:
        days = f", days: [{', '.join(self.weekdays)}]" if self.weekdays else ""
        moon = ", lunar: [1, 15]" if self.moon else ""
        holiday = "" if self.holiday else ", except: [le]"
        span = f"from: {FIRST + timedelta(self.first)}, until: {FIRST + timedelta(self.last)}"
        times = ", ".join(self.times)
        told = f"name: {self.name}, bulletin: {self.bulletin}, at: [{times}], level: {self.level}, wait: {self.wait}m"
        return f"  - {{{told}, {span}{days}{moon}{holiday}}}\n"

    def falls_on(self, day: date) -> bool:
        return (
            self.first <= (day - FIRST).days <= self.last
            and (not self.weekdays or WEEKDAYS[day.weekday()] in self.weekdays)
            and (not self.moon or day in MOON)
            and (self.holiday or day not in HOLIDAY)
        )


@dataclass(frozen=True)
class Rules:
    """The policy of the commune, and hours of its own for suoi-trat, which shares the horns of na-hoa."""

    hours: tuple[tuple[str, str], ...] = (("05:00", "06:30"), ("10:45", "11:30"), ("16:30", "18:30"))
    own: tuple[tuple[str, str], ...] | None = None
    night: bool = False
    weekdays: tuple[str, ...] = ()  # all
    quiet: bool = False  # on the holiday
    sessions: int = 9
    minutes: int = 45
    approval: bool = False

    @property
    def text(self) -> str:
        lines = [f"hours: {_listed(self.hours)}", f"allow_night: {str(self.night).lower()}"]
        lines += [f"sessions_per_day: {self.sessions}", f"minutes_per_session: {self.minutes}"]
        lines += ["approval: required"] if self.approval else []
        lines += [f"days: [{', '.join(self.weekdays)}]"] if self.weekdays else []
        lines += ["quiet: [le]"] if self.quiet else []
        lines += [f"villages: {{suoi-trat: {{hours: {_listed(self.own)}}}}}"] if self.own else []
        return "".join(f"  {line}\n" for line in lines)

    def allow(self, output: str, begins: datetime, ends: datetime) -> bool:
        """May sound be heard on an output from `begins` to `ends`, whoever of its villages is asked?"""
        spans = [self.own if village == "suoi-trat" and self.own else self.hours for village in hearers(output)]
        return all(self._open(hours, begins, ends) for hours in spans)

    def _open(self, hours: tuple[tuple[str, str], ...], begins: datetime, ends: datetime) -> bool:
        while begins < ends:
            closes = max((until for since, until in self._spans(hours, begins) if since <= begins), default=begins)
            if closes <= begins:
                return False
            begins = closes
        return True

    def _spans(self, hours: tuple[tuple[str, str], ...], at: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = at.date()
        quiet = (self.quiet and day in HOLIDAY) or (self.weekdays and WEEKDAYS[day.weekday()] not in self.weekdays)
        for first, last in () if quiet else hours:
            since, until = _moment(day, first), _moment(day, last)
            if not self.night:
                since, until = max(since, _moment(day, "05:00")), min(until, _moment(day, "21:00"))
            if until > at:
                yield since, until


@dataclass
class RandomFiles:
    """All that lies in the folder: what the people meant, whatever the station makes of it."""

    rules: Rules = Rules()
    entries: dict[str, tuple[Entry, ...]] = field(default_factory=lambda: dict.fromkeys(VILLAGES, ()))
    verses: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BULLETINS, 0))  # how often it was rewritten
    until: dict[str, int] = field(default_factory=dict)  # bulletin -> the last day it is valid on

    def files(self) -> dict[str, str]:
        schedules = {f"schedules/{village}.yaml": self._schedule(village) for village in VILLAGES}
        bulletins = {f"bulletins/{bulletin}.md": self._bulletin(bulletin) for bulletin in BULLETINS}
        return {"commune.yaml": COMMUNE + self.rules.text, "box.yaml": BOX} | EMERGENCIES | schedules | bulletins

    def said(self, bulletin: str) -> str:
        """The words of a bulletin as it is now."""
        return f"tin {BULLETINS[bulletin]} lần {VERSES[self.verses[bulletin] % len(VERSES)]}"

    def valid(self, bulletin: str, day: date) -> bool:
        return bulletin not in self.until or day <= FIRST + timedelta(self.until[bulletin])

    def airings(self, after: datetime = EVER) -> list[DueAiring]:
        """Everything that the schedules ask for after an instant, in order."""
        days = [FIRST + timedelta(number) for number in range(max(0, (after.date() - FIRST).days), DAYS)]
        found = [
            DueAiring(f"{village}/{one.name}/{day}T{at}", village, one.bulletin, one.level, moment, WAIT[one.wait])
            for village, entries in self.entries.items()
            for one in entries
            for day in days
            if one.falls_on(day)
            for at in one.times
            if (moment := _moment(day, at)) > after
        ]
        return sorted(found, key=lambda one: one.scheduled_at)

    def _schedule(self, village: str) -> str:
        return "broadcasts:\n" + ("".join(entry.text for entry in self.entries[village]) or "  []\n")

    def _bulletin(self, bulletin: str) -> str:
        valid = f"valid: {FIRST}..{FIRST + timedelta(self.until[bulletin])}\n" if bulletin in self.until else ""
        return f"---\ntitle: {bulletin}\n{valid}---\n{self.said(bulletin).capitalize()}.\n"


COMMUNE = f"""
commune: Xã Thử
id: xa-thu
voices: [tone:low]
villages: [{", ".join(VILLAGES)}]
opening: Mở máy.
closing: Tắt máy.
days: {{le: {{dates: [{HOLIDAY[0]}..{HOLIDAY[1]}]}}}}
policy:
"""
BOX = f"""
plays: {{{", ".join(f"{village}: {output}" for village, output in VILLAGES.items())}}}
outputs: {{{", ".join(f"{output}: {{device: memory}}" for output in OUTPUTS)}}}
clock: checked
"""
EMERGENCIES = {
    f"bulletins/{ALARM}.md": f"---\ntitle: Lũ quét\nlevel: emergency\nall_clear: {ALL_CLEAR}\n---\nNước dâng!\n",
    f"bulletins/{ALL_CLEAR}.md": "---\ntitle: Hết lũ\nlevel: emergency\n---\nNguy cơ đã qua.\n",
}


def hearers(output: str) -> list[str]:
    return [village for village, where in VILLAGES.items() if where == output]


def _listed(hours: tuple[tuple[str, str], ...]) -> str:
    return f"[{', '.join(f'{first}-{last}' for first, last in hours)}]"


def _moment(day: date, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime.combine(day, time(), ZONE) + timedelta(hours=hour, minutes=minute)


def _named(entries: list[Entry]) -> tuple[Entry, ...]:
    """Two of one village may not share a name."""
    return tuple(replace(entry, name=f"muc-{number}") for number, entry in enumerate(entries))


TIMES = ("04:50", "05:10", "06:00", "06:25", "11:00", "11:25", "17:30", "17:31", "17:33", "17:35", "20:56", "23:57")
ENTRY = st.builds(
    Entry,
    name=st.just(""),
    bulletin=st.sampled_from([*BULLETINS]),
    times=st.lists(st.sampled_from(TIMES), min_size=1, max_size=2, unique=True).map(tuple),
    level=st.sampled_from([Level.ROUTINE, Level.ROUTINE, Level.PRIORITY]),
    wait=st.sampled_from([*WAIT]),
    first=st.integers(0, DAYS // 2),
    last=st.integers(DAYS // 2, DAYS - 1),
    weekdays=st.sampled_from([(), (), ("mon", "wed", "sat"), ("sun",)]),
    moon=st.sampled_from([False, False, False, True]),
    holiday=st.booleans(),
)
ENTRIES = st.lists(ENTRY, max_size=4).map(_named)
HOURS = st.sampled_from(
    [
        Rules.hours,
        Rules.hours,
        (("05:30", "06:30"), ("10:45", "11:30"), ("16:30", "18:30")),
        (("04:00", "12:00"), ("12:00", "23:00")),
        (("00:00", "24:00"),),
        (("17:00", "17:32"), ("17:32", "18:00")),
    ]
)
RULES = st.builds(
    Rules,
    hours=HOURS,
    own=st.none() | HOURS,
    night=st.booleans(),
    weekdays=st.sampled_from([(), (), (), ("mon", "tue", "wed", "thu", "fri")]),
    quiet=st.booleans(),
    sessions=st.sampled_from([9, 9, 3, 1]),
    minutes=st.sampled_from([45, 45, 8]),
    approval=st.sampled_from([False, False, False, True]),
)
BOOK: st.SearchStrategy[Mapping[str, tuple[Entry, ...]]] = st.fixed_dictionaries(dict.fromkeys(VILLAGES, ENTRIES))
