"""What is wrong with the files taken together: names that lead nowhere, clashes and breaches of policy to come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from heapq import merge

from ..errors import Message, Problem
from ..model.airing import Airing
from ..model.box import Box
from ..model.broadcast import Broadcast, VillageSchedule
from ..model.commune import Commune
from ..model.day_set import DaySet
from ..model.enums import Expected
from ..yamlfile import nearest
from .admission import format_date

HORIZON = 731  # days
# What else is expected is reported elsewhere (not ready), or was decided by people (skipped).
REPORTED = {Expected.AIR, Expected.REFUSED, Expected.DISPLACED}


def missing_bulletins(schedules: Iterable[VillageSchedule], bulletins: Collection[str]) -> Iterator[Problem]:
    """Entries that name a bulletin that does not exist."""
    for schedule in schedules:
        for broadcast in schedule.broadcasts:
            for name in (broadcast.bulletin, broadcast.fallback):
                if name is not None and name not in bulletins:
                    yield Problem(schedule.path, broadcast.line, no_bulletin(name, bulletins))


def no_bulletin(name: str, bulletins: Collection[str]) -> Message:
    """That there is no such bulletin, with the most similar one of `bulletins` where one is similar."""
    if meant := nearest(name, bulletins):
        return Message("there is no bulletin “{bulletin}”; did you mean “{meant}”?", bulletin=name, meant=meant)
    return Message("there is no bulletin “{bulletin}”", bulletin=name)


def unknown_villages(commune: Commune, box: Box, schedules: Iterable[VillageSchedule]) -> Iterator[Problem]:
    """Villages that one file has and another has not: one was changed and the other forgotten."""
    if not commune.villages:
        return
    schedules = list(schedules)
    for schedule in schedules:
        if schedule.id not in commune.villages:
            yield Problem(schedule.path, 0, _stranger(schedule.id, commune.villages))
    silent = [village for village in commune.villages if village not in box.plays]
    for village in box.plays:
        if village not in commune.villages:
            yield Problem("box.yaml", box.lines.get(village, 0), _stranger(village, silent or commune.villages))
    scheduled = {schedule.id for schedule in schedules if schedule.broadcasts}
    forgotten = [village for village in silent if village in scheduled]
    if forgotten and len(silent) * 2 < len(commune.villages):  # else it is another box that plays them
        names = ", ".join(forgotten)
        yield Problem(
            "box.yaml",
            0,
            Message("no output of this box plays {villages}; is it in “plays” of another box?", villages=names),
        )


def _stranger(village: str, known: Collection[str]) -> Message:
    if meant := nearest(village, known):
        return Message(
            "“{village}” is not among the villages of commune.yaml; did you mean “{meant}”?",
            village=village,
            meant=meant,
        )
    names = ", ".join(known)
    return Message("“{village}” is not among the villages of commune.yaml: {known}", village=village, known=names)


def why_never(
    broadcast: Broadcast, today: date, valid: tuple[date | None, date | None] = (None, None)
) -> Message | None:
    """Why an entry will not be aired on any day from `today` on; None where it will be, or where `valid` is past.

    `valid` are the days of its bulletin.
    """
    if valid[1] and valid[1] < today:
        return None
    if next(_falls(broadcast, today), None) is None:
        return _over(broadcast, today) or Message("no day of the coming two years fits all that is asked of it")
    first = next(_falls(broadcast, max(today, valid[0] or today)), None)
    if first is None or (valid[1] and first > valid[1]):
        ends = {"first": _format_day(valid[0]), "last": _format_day(valid[1])}
        return Message("its bulletin is valid only from {first} to {last}, and this entry falls on no such day", **ends)
    named = broadcast.days.dates if broadcast.days else ()
    if lost := sorted(day for day in named if day >= today and not broadcast.falls_on(day)):
        return Message("{days}: other keys of this entry leave out this day", days=", ".join(map(_format_day, lost)))
    return None


def _falls(broadcast: Broadcast, since: date) -> Iterator[date]:
    """The days from `since` on, or from its own first one, as far as the horizon; named dates beyond it, too."""
    first = max(since, broadcast.first or since)
    named = broadcast.days or DaySet()
    far = sorted(day for day in (*named.dates, *(end for ends in named.ranges for end in ends)) if day >= first)
    near = (first + timedelta(days=count) for count in range(HORIZON))
    return filter(broadcast.falls_on, merge(far, near))


def _over(broadcast: Broadcast, today: date) -> Message | None:
    """That all its days are past, where it names days or an end."""
    last = broadcast.last
    if broadcast.days and not (broadcast.days.weekdays or broadcast.days.lunar):
        named = [*broadcast.days.dates, *(ends for _, ends in broadcast.days.ranges)]
        last = min(last or max(named), max(named)) if named else last
    if last is None or last >= today:
        return None
    return Message(
        "all its days are past, the last was {day}; remove the entry, or give it new days", day=_format_day(last)
    )


def _format_day(day: date | None) -> str:
    return format_date(day) if day else "…"


def broken_plans(schedules: Iterable[VillageSchedule], airings: Iterable[Airing]) -> Iterator[Problem]:
    """What will not go as written: one line for each entry of a file and reason, with the first time and how often."""
    places: dict[tuple[str, str], tuple[str, int]] = {}
    for schedule in schedules:  # the commune's own before what it was sent
        for entry in schedule.broadcasts:
            places.setdefault((schedule.id, entry.name), (schedule.path, entry.line))
    alike: dict[tuple[str, int, str], list[Airing]] = {}
    for airing in airings:
        if airing.why is not None and airing.expected in REPORTED:
            place = places.get((airing.village, airing.broadcast), ("", 0))
            alike.setdefault((*place, airing.why.template), []).append(airing)
    for (path, line, _), same in alike.items():
        yield Problem(path, line, _first(same))


def _first(same: list[Airing]) -> Message:
    at = same[0].scheduled_at
    when = f"{at:%H:%M} {at.day}/{at.month}/{at.year}"
    if len(same) == 1:
        return Message("{when}: {why}", when=when, why=same[0].why)
    return Message(
        "{when}, and {count} more times in these days: {why}", when=when, count=len(same) - 1, why=same[0].why
    )
