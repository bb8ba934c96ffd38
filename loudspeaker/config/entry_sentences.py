"""One entry of a schedule in a sentence: on which days, at which times, from when until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

from ..errors import Message
from ..yamlfile import Mistake
from ..yamlfile.keys import fold
from . import values
from .day_values import MONTH_END
from .keywords import WORDS
from .schedule_entries import Entry

WEEKDAYS = (
    Message("Monday"),
    Message("Tuesday"),
    Message("Wednesday"),
    Message("Thursday"),
    Message("Friday"),
    Message("Saturday"),
    Message("Sunday"),
)


# From which second of the day on it is which part of it, as people say it.
PARTS_OF_DAY = (
    (0, Message("night")),
    (5 * 3600, Message("morning")),
    (10 * 3600 + 1800, Message("noon")),
    (14 * 3600, Message("afternoon")),
    (18 * 3600 + 1800, Message("evening")),
    (21 * 3600, Message("night")),
)


def part_of_day(seconds: int) -> Message:
    """Which part of the day that is, `seconds` after midnight."""
    return next(name for begins, name in reversed(PARTS_OF_DAY) if begins <= seconds)


def describe_entry(entry: Entry) -> Message:
    """When an entry is aired, in words. It is sound; what it holds that cannot be said otherwise stands as written."""
    return _join([_days(entry), _times(entry), *_bounds(entry)])


def clock_words(text: str) -> Message:
    """A time of day as people write it in their language: 17:30, 17h30."""
    try:
        seconds = values.clock_time(text)
    except Mistake:
        return Message("{text}", text=text)
    return clock_message(seconds)


def clock_message(seconds: int) -> Message:
    """A time of day, `seconds` after midnight, as people write it in their language."""
    return Message("{hour}:{minute}", hour=seconds // 3600, minute=f"{seconds // 60 % 60:02}")


def spoken_clock(seconds: int) -> Message:
    """The same as people say it, so that nobody takes the evening for the morning: 5 giờ 28 chiều."""
    hour, minute = (seconds // 3600 - 1) % 12 + 1, seconds // 60 % 60
    if not minute:
        return Message("{hour} o'clock, {part}", hour=hour, part=part_of_day(seconds))
    return Message("{hour} {minute}, {part}", hour=hour, minute=minute, part=part_of_day(seconds))


def _days(entry: Entry) -> Message:
    parts = []
    if "days" in entry:
        parts.append(Message("on {days}", days=_join([_weekday(text) for text in entry["days"]])))
    if "lunar" in entry:
        parts.append(Message("on the lunar days {days}", days=_join([_lunar(text) for text in entry["lunar"]])))
    if "monthdays" in entry:
        parts.append(Message("on the days {days} of each month", days=", ".join(entry["monthdays"])))
    if "on" in entry:
        parts.append(Message("on {days}", days=_join([_date(text) for text in entry["on"]])))
    return _join(parts) if parts else Message("every day")


def _weekday(text: str) -> Message:
    try:
        return WEEKDAYS[values.weekday(text)]
    except Mistake:
        return Message("{text}", text=text)  # a named day


def _lunar(text: str) -> Message:
    if WORDS.get(fold(text), text) == MONTH_END:
        return Message("the last of the month")
    return Message("{text}", text=text)


def _times(entry: Entry) -> Message:
    if "at" in entry:
        return Message("at {times}", times=_join([clock_words(text) for text in entry["at"]]))
    begins, _, ends = entry["between"][0].partition("-")
    return Message(
        "every {step} from {begins} to {ends}",
        step=Message("{count} minutes", count=round(values.length(entry["every"][0]) / values.MINUTE)),
        begins=clock_words(begins.strip()),
        ends=clock_words(ends.strip()),
    )


def _bounds(entry: Entry) -> Iterator[Message]:
    if "weeks" in entry:
        yield Message("each {count} weeks", count=entry["weeks"][0])
    if "from" in entry:
        yield Message("from {day} on", day=_date(entry["from"][0]))
    if "until" in entry:
        yield Message("until {day}", day=_date(entry["until"][0]))
    if "except" in entry:
        yield Message("but not on {days}", days=_join([_date(text) for text in entry["except"]]))


def _date(text: str) -> Message:
    """A date as people write it; anything else, such as a named day, as it stands."""
    try:
        day = values.day(text)
    except Mistake:
        return Message("{text}", text=text)
    return Message("{day}/{month}/{year}", day=day.day, month=day.month, year=day.year)


def _join(parts: Sequence[Message]) -> Message:
    return reduce(lambda first, rest: Message("{first}, {rest}", first=first, rest=rest), parts)
