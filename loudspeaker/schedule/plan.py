"""Rules become airings: a pure function of files, facts and a window. No clock is read here.

Every day of an output is planned by itself, so windows compose: plan(a, c) == plan(a, b) + plan(b, c). Only where
policy lets an airing run over midnight are the nights before planned with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from operator import itemgetter

from ..model.airing import Airing, BulletinFacts, Marks, SessionWords
from ..model.box import Box
from ..model.broadcast import VillageSchedule
from ..model.commune import Commune
from ..model.enums import Expected
from .admission import Today
from .channels import Calendar, Channel, calendar, channels, schedules_of
from .crowd import limits
from .occurrences import Limit, Wish, slots, wishes
from .open_hours import DAY, around_the_clock, open_hours, without
from .sessions import allot
from .timeline import Denial, Frame, Share, Timeline

NO_MARKS = Marks()
NO_WORDS = SessionWords()
NIGHTS_BACK = 7  # how far a chain of airings that run over midnight is followed


def plan(
    commune: Commune,
    box: Box,
    schedules: Iterable[VillageSchedule],
    facts: Mapping[str, BulletinFacts],
    begins: datetime,
    ends: datetime,
    marks: Marks = NO_MARKS,
    words: SessionWords = NO_WORDS,
    most: int | None = None,
) -> list[Airing]:
    """Every airing scheduled from `begins` up to, but not including, `ends`, in order; refused ones too.

    `begins` and `ends` are aware. The order is that of time, then of `villages:`, then of the file. `words` are
    what a session is opened and closed with; they are part of its first and last airing. Of a day with more than
    `most` airings, those that are due first are planned.
    """
    heard = list(channels(commune, box, schedules))
    planner = Planner(commune, facts, marks, words, heard, most)
    found: list[Airing] = []
    for day in _days(begins.astimezone(commune.zone), ends.astimezone(commune.zone)):
        today = [entry for channel in heard for entry in planner.day(channel, day)]
        found += [airing for *_, airing in sorted(today, key=_order)]
    return [airing for airing in found if begins <= airing.scheduled_at < ends]


def _days(begins: datetime, ends: datetime) -> Iterator[date]:
    """Every day of which something lies in the window."""
    day = begins.date()
    while datetime.combine(day, time(), ends.tzinfo) < ends:
        yield day
        day += timedelta(days=1)


_order = itemgetter(0, 1, 2)


@dataclass(slots=True)
class Planner:
    """What is known whatever the day and the output."""

    commune: Commune
    facts: Mapping[str, BulletinFacts]
    marks: Marks
    words: SessionWords
    channels: Sequence[Channel] = ()
    most: int | None = None  # airings on a day
    _limits: dict[tuple[date, bool], Mapping[int, Limit]] = field(default_factory=dict)
    _calendars: dict[date, Calendar] = field(default_factory=dict)

    def day(self, channel: Channel, day: date) -> Iterator[tuple[int, int, int, Airing]]:
        """All airings of a channel on a day, each behind what it is to be sorted by."""
        moments = self.calendar(day)
        for wish, fate in self.fates(channel, day, NIGHTS_BACK):
            yield wish.at, wish.village_order, wish.file_order, _airing(channel.output, moments, wish, fate)

    def calendar(self, day: date) -> Calendar:
        if day not in self._calendars:
            self._calendars[day] = calendar(self.commune, day)
        return self._calendars[day]

    def fates(self, channel: Channel, day: date, nights: int) -> Iterator[tuple[Wish, Share | Denial]]:
        """What becomes of every wish of a channel on a day; looks back `nights` for what runs over midnight."""
        today = self._today(channel, day)
        admitted = []
        for wish in self._wishes(channel, day):
            if denial := today.screen(wish):
                yield wish, denial
            else:
                admitted.append(wish)
        before = self._before(channel, day, nights) if admitted else None
        asked = slots(admitted)
        for slot, fate in zip(asked, allot(asked, lambda: _timeline(today, before), self._frame(day)), strict=True):
            for wish in slot.wishes:
                yield wish, fate

    def _wishes(self, channel: Channel, day: date) -> Iterator[Wish]:
        if self.most is None:
            return wishes(channel.schedules, day, self.facts)
        key = day, bool(channel.output)  # villages that another box plays take no room from this one's
        if key not in self._limits:
            self._limits[key] = limits(schedules_of(self.channels, key[1]), day, self.most)
        return wishes(channel.schedules, day, self.facts, self._limits[key])

    def _today(self, channel: Channel, day: date) -> Today:
        moments = self.calendar(day)
        hours = open_hours(channel.policy, day, self.commune.days)
        silences = moments.silences(channel, self.marks)
        closed = channel.output in self.marks.uncommissioned
        return Today(
            day,
            channel.policy,
            hours,
            silences,
            self.marks.skips,
            moments.name,
            self.commune.streams,
            channel.output if closed else "",
        )

    def _before(self, channel: Channel, day: date, nights: int) -> Share | None:
        """What of the evening before still sounds on `day`."""
        if not nights or not around_the_clock(channel.policy):
            return None
        evening = day - timedelta(days=1)
        asked = self._wishes(channel, evening)
        words = self._frame(evening).around(opens=True, closes=True)
        if all(wish.at + wish.broadcast.wait + wish.duration + words <= DAY for wish in asked):
            return None
        shares = [fate for _, fate in self.fates(channel, evening, nights - 1) if isinstance(fate, Share)]
        latest = max(shares, key=lambda share: share.ends, default=None)
        if latest is None or latest.ends <= DAY:
            return None
        return replace(latest, begins=latest.begins - DAY, ends=latest.ends - DAY)

    def _frame(self, day: date) -> Frame:
        tune = self.words.tune if self.calendar(day).music else 0.0
        return Frame(self.words.opening + tune, self.words.closing)


def _timeline(today: Today, before: Share | None) -> Timeline:
    policy = today.policy
    hours = without(today.open, today.silences)
    return Timeline(hours, policy.sessions_per_day, policy.minutes_per_session * 60, before)


def _airing(output: str, moments: Calendar, wish: Wish, fate: Share | Denial) -> Airing:
    broadcast, facts = wish.broadcast, wish.facts
    aired = fate if isinstance(fate, Share) else None
    heard = aired.slot.wishes[0].broadcast if aired else broadcast  # a neighbour's, where the sound is shared
    return Airing(
        id=moments.name(wish),
        village=wish.village,
        output=output,
        broadcast=broadcast.name,
        bulletin=broadcast.bulletin,
        title=facts.title if facts else broadcast.name,
        level=wish.level,
        scheduled_at=moments.moment(wish.at),
        starts_at=moments.moment(aired.begins) if aired else None,
        ends_at=moments.moment(aired.ends) if aired else None,
        duration=aired.ends - aired.begins if aired else wish.duration,
        duration_source=facts.duration_source if facts else "estimated",
        expected=fate.expected if isinstance(fate, Denial) else Expected.AIR,
        why=fate.why,
        stream=broadcast.stream,
        fallback=broadcast.fallback,
        length=broadcast.length,
        opens=aired is not None and aired.opens,
        closes=aired is not None and aired.closes,
        chime=moments.chime,
        music=moments.music,
        gain=heard.gain,
        repeat=heard.repeat,
        wait=heard.wait,
    )
