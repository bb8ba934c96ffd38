"""What the plans of all communes come to, bulletin by bulletin: in how many it is heard when, and in which not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ...errors import LoudspeakerError, Message
from ...model.enums import Level
from ...station.deliveries.commune_outlook import BulletinOutlook, CommuneOutlook

EVENING = 17  # o’clock: from then on what is left of today is tonight
LEVELS: Mapping[Level, Message] = {
    Level.ROUTINE: Message("routine"),
    Level.PRIORITY: Message("priority"),
    Level.EMERGENCY: Message("emergency level"),
}


@dataclass(frozen=True, slots=True)
class DayCount:
    """In how many communes a bulletin is heard first on a day, and between which instants; None: in none."""

    day: Message
    communes: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class CommuneGap:
    """A commune in which a bulletin is not heard everywhere: in how many villages it is, and why not in others."""

    name: str
    heard: int
    villages: int
    reason: Message | LoudspeakerError


@dataclass(frozen=True, slots=True)
class BulletinSummary:
    """One bulletin in all communes: each counts where it is heard first, or as one that only chooses."""

    title: str
    level: Message
    communes: int
    days: Sequence[DayCount]
    silent: Sequence[CommuneGap]  # it is heard in none of their villages
    partial: Sequence[CommuneGap]
    offered: int
    later: date | None  # its first day, where that is none of those that were planned
    waits: bool  # it goes before routine, and is not heard everywhere today


def summarize(outlooks: Mapping[str, CommuneOutlook], names: Mapping[str, str], now: datetime) -> list[BulletinSummary]:
    """What has priority first; `names`: what people call the communes."""
    ids = dict.fromkeys(ident for outlook in outlooks.values() for ident in outlook.bulletins)
    summaries = [_summarize_one(ident, outlooks, names, now) for ident in ids]
    return sorted(summaries, key=lambda summary: (not summary.days, summary.title))


def find_faults(outlooks: Mapping[str, CommuneOutlook], names: Mapping[str, str]) -> list[CommuneGap]:
    """The communes of which nobody can tell."""
    return [CommuneGap(names[scope], 0, 0, outlook.fault) for scope, outlook in outlooks.items() if outlook.fault]


def _summarize_one(
    ident: str, outlooks: Mapping[str, CommuneOutlook], names: Mapping[str, str], now: datetime
) -> BulletinSummary:
    known = {scope: outlook.bulletins[ident] for scope, outlook in outlooks.items() if ident in outlook.bulletins}
    planned = {scope: outlook for scope, outlook in known.items() if outlook.is_planned}
    level = max((outlook.level for outlook in known.values()), key=lambda outlook: outlook.rank)
    days = _count_days(planned.values(), now)
    gaps = list(_find_gaps(planned, outlooks, names))
    return BulletinSummary(
        next(iter(known.values())).title,
        LEVELS[level],
        len(outlooks),
        days,
        [gap for gap in gaps if not gap.heard],
        [gap for gap in gaps if gap.heard],
        sum(outlook.offered for outlook in known.values()),
        min((outlook.later for outlook in known.values() if outlook.later), default=None),
        level is Level.PRIORITY and any(day.communes < len(outlooks) for day in days[:1]),
    )


def _count_days(planned: Collection[BulletinOutlook], now: datetime) -> list[DayCount]:
    """Today and tomorrow, without one that adds nothing; none where nothing is planned on them."""
    begins = [outlook.begins.astimezone(now.tzinfo) for outlook in planned if outlook.begins]
    today, tomorrow = (_count_day(begins, now, number) for number in (0, 1))
    both = [today] if today.communes and not tomorrow.communes else [today, tomorrow]
    return both if planned else []


def _count_day(begins: Sequence[datetime], now: datetime, number: int) -> DayCount:
    """`number`: of days from now on."""
    day = now.date() + timedelta(days=number)
    today = Message("tonight") if now.hour >= EVENING else Message("in the rest of today")
    own = [instant for instant in begins if instant.date() == day]
    return DayCount(Message("tomorrow") if number else today, len(own), min(own, default=None), max(own, default=None))


def _find_gaps(
    planned: Mapping[str, BulletinOutlook], outlooks: Mapping[str, CommuneOutlook], names: Mapping[str, str]
) -> Iterator[CommuneGap]:
    for scope, outlook in planned.items():
        villages = outlooks[scope].villages
        if outlook.villages < villages:
            reason = outlook.reason or Message("nothing of it is scheduled for them")
            yield CommuneGap(names[scope], outlook.villages, villages, reason)
