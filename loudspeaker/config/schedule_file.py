"""schedules/*.yaml: the broadcasts of one village, each a predicate over days with its times.

A rule is checked once, here; asking “does it fall on this day?” cannot fail. No time is planned here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import reduce
from operator import or_

from ..errors import Message
from ..model.broadcast import Broadcast, VillageSchedule
from ..model.day_set import NO_DAYS, DaySet, NamedDay, any_of
from ..model.enums import Level
from ..yamlfile import Mistake, Section, decode_text, document, nearest, parse_file
from ..yamlfile.keys import fold
from . import values
from .day_values import date_or_named_day, date_or_range, lunar_days
from .keywords import DAYS, KEYWORDS

KEYS = ("village", "broadcasts")
ENTRY_KEYS = (
    *("bulletin", "name", "at", "every", "between", "from", "until", "days", "lunar", "monthdays", "weeks", "on"),
    *("except", "stream", "for", "fallback", "level", "wait", "gain", "repeat"),
)
LEVELS = {"routine": Level.ROUTINE, "priority": Level.PRIORITY, "emergency": Level.EMERGENCY}


WAIT = 600.0  # seconds that an entry may be put off, where it says nothing


def parse(
    path: str,
    data: bytes,
    named: Mapping[str, NamedDay] | None = NO_DAYS,
    titles: Mapping[str, str] | None = None,
    wait: float = WAIT,
) -> VillageSchedule:
    """Read one village's schedule. Raises `BadFile` with every mistake in it.

    `named` are the commune's named days, `titles` those of bulletins by id; None where nobody knows them: only known
    names can be proposed. An entry may be put off for `wait` seconds where it says nothing else.
    """
    return parse_file(path, data, lambda path, data: _read(path, data, named, titles, wait), KEYWORDS)


def _read(
    path: str, data: bytes, named: Mapping[str, NamedDay] | None, titles: Mapping[str, str] | None, wait: float
) -> VillageSchedule:
    top = document(path, decode_text(path, data), KEYWORDS, KEYS)
    if "broadcasts" not in top:
        top.add_problem(Message("“{key}” is missing", key=top.spelling("broadcasts")))
    entries = top.get_sections("broadcasts", ENTRY_KEYS)
    broadcasts = tuple(_broadcast(entry, named, values.reference(titles), wait) for entry in entries)
    _check_names(entries, broadcasts)
    schedule = VillageSchedule(
        id=(village := values.file_id(path, top)),
        name=top.get("village", values.word, village),
        broadcasts=broadcasts,
        path=path,
    )
    top.raise_problems(schedule)
    return schedule


def _broadcast(
    entry: Section, named: Mapping[str, NamedDay] | None, reference: Callable[[str], str], wait: float
) -> Broadcast:
    _check_source(entry)
    _check_together(entry)
    bulletin = entry.get("bulletin", reference, None)
    weekdays, some_days = _days(entry, named)
    lunar = entry.get_list("lunar", lunar_days)
    monthdays = entry.get_list("monthdays", values.whole(1, 31))
    excluded = entry.get_list("except", date_or_named_day(named))
    return Broadcast(
        name=entry.get("name", values.ident, bulletin or ""),
        bulletin=bulletin,
        times=_times(entry),
        line=entry.line,
        first=entry.get("from", values.day, None),
        last=entry.get("until", values.day, None),
        weekdays=weekdays,
        days=some_days,
        lunar=reduce(or_, lunar) if lunar else None,
        monthdays=frozenset(monthdays) if monthdays else None,
        weeks=entry.get("weeks", values.whole(1, 52), 1),
        excluded=any_of(excluded) if excluded else None,
        stream=entry.get("stream", values.stream, None),
        length=entry.get("for", values.length, None),
        fallback=entry.get("fallback", reference, None),
        level=entry.get("level", scheduled_level, None),
        wait=entry.get("wait", values.length, wait),
        gain=entry.get("gain", values.gain, 0.0),
        repeat=entry.get("repeat", values.whole(1, 10), None),
    )


def scheduled_level(text: str) -> Level:
    """`routine` or `priority`: an emergency is never scheduled."""
    level = values.choice(LEVELS)(text)
    if level is Level.EMERGENCY:
        raise Mistake(Message("an emergency cannot be scheduled; it is aired by hand with “urgent”"))
    return level


def _days(entry: Section, named: Mapping[str, NamedDay] | None) -> tuple[frozenset[int] | None, DaySet | None]:
    """`days` and `on`. Weekdays alone are kept as such, because they are asked for most often."""
    reader = date_or_named_day(named)
    weekly = entry.get_list("days", lambda text: _week_item(text, named))
    on = entry.get_list("on", reader)
    either = any_of(weekly) if weekly else None
    if either is None or either == DaySet(weekdays=either.weekdays):
        return (either.weekdays if either else None), (any_of(on) if on else None)
    if on:
        message = Message(
            "named days and “{on}” do not go together; put the named days into “{on}”", on=entry.spelling("on")
        )
        entry.add_problem(message, "days")
    return None, either


def _week_item(text: str, named: Mapping[str, NamedDay] | None) -> DaySet:
    if named and text in named and fold(text) not in DAYS:
        return named[text].days
    try:
        return DaySet(weekdays=frozenset({values.weekday(text)}))
    except Mistake as mistake:
        if mistake.instead or not (meant := _meant_day(text, named)):
            raise
        raise meant from None


def _meant_day(text: str, named: Mapping[str, NamedDay] | None) -> Mistake | None:
    """For what is no weekday: a date belongs to another key, and a named day may be misspelt or not known at all."""
    with suppress(Mistake):
        date_or_range(text)
        return Mistake(Message("“{value}” is a date and no weekday; dates go into “on” (ngày)", value=text))
    if named is None and values.slug(text) == text and not nearest(text, [day for day in DAYS if len(day) > 1]):
        return None
    if named and (meant := nearest(text, named)):
        return Mistake(Message("“{value}” is no weekday; did you mean “{meant}”?", value=text, meant=meant))
    return None


def _times(entry: Section) -> tuple[int, ...]:
    """When on a day it is aired: the times of `at`, or every so often between two times, the second one included."""
    if "at" in entry:
        times = entry.get_list("at", values.clock_time) or ()
        if len(set(times)) < len(times):
            entry.add_problem(Message("a time stands here twice"), "at")
        return tuple(sorted(times))
    step = entry.get("every", _step, 0)
    begins, ends = entry.get("between", values.hours, (0, 0))
    return tuple(range(begins, min(ends, values.DAY - 1) + 1, step)) if step else ()


def _step(text: str) -> int:
    """Whole minutes, because an airing's id has minutes and no seconds."""
    seconds = values.length(text)
    if seconds < values.MINUTE or seconds % values.MINUTE:
        raise Mistake(Message("“{value}” must be whole minutes, at least one", value=text))
    return int(seconds)


def _check_source(entry: Section) -> None:
    """A broadcast has a bulletin or a stream, and what belongs to the one only stands beside it."""
    if ("bulletin" in entry) == ("stream" in entry):
        either = {key: entry.spelling(key) for key in ("bulletin", "stream")}
        entry.add_problem(Message("an entry needs either “{bulletin}” or “{stream}”", **either))
    if "stream" in entry:
        for key in ("name", "for"):
            if key not in entry:
                entry.add_problem(Message("a stream needs “{key}”", key=entry.spelling(key)))
        if "repeat" in entry:
            entry.add_problem(Message("a stream cannot have “{key}”", key=entry.spelling("repeat")), "repeat")
        return
    for key in ("for", "fallback"):
        if key in entry:
            entry.add_problem(Message("only a stream can have “{key}”", key=entry.spelling(key)), key)


def _check_together(entry: Section) -> None:
    """Keys that need or exclude one another."""
    if ("at" in entry) == ("every" in entry):
        either = {key: entry.spelling(key) for key in ("at", "every", "between")}
        entry.add_problem(Message("an entry needs either “{at}” or “{every} … {between}”", **either))
    elif ("every" in entry) != ("between" in entry):
        both = {key: entry.spelling(key) for key in ("every", "between")}
        entry.add_problem(Message("“{every}” and “{between}” belong together", **both))
    if "weeks" in entry and "from" not in entry:
        both = {"weeks": entry.spelling("weeks"), "first": entry.spelling("from")}
        entry.add_problem(Message("“{weeks}” needs “{first}”: weeks are counted from that one", **both), "weeks")
    first, last = entry.peek("from", values.day), entry.peek("until", values.day)
    if first and last and last < first:
        both = {"last": entry.spelling("until"), "first": entry.spelling("from")}
        entry.add_problem(Message("“{last}” lies before “{first}”", **both), "until")


def _check_names(entries: list[Section], broadcasts: tuple[Broadcast, ...]) -> None:
    """An airing's id is made of its broadcast's name, so no two may share one."""
    seen: Counter[str] = Counter()
    for entry, broadcast in zip(entries, broadcasts, strict=True):
        seen[broadcast.name] += 1
        if broadcast.name and seen[broadcast.name] == 2:
            names = {"name": broadcast.name, "key": entry.spelling("name")}
            entry.add_problem(Message("a second broadcast is called “{name}”; give this one a “{key}”", **names))
