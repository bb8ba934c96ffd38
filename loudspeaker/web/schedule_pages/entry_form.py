"""The form of an entry of a schedule: fields as they are typed become entries, and an entry becomes fields. Pure.

What an entry may hold is decided where schedules are read; here only what a form has and a file has not is looked at:
times that may be meant otherwise, several bulletins one behind the other, days that are ticked in a calendar.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from math import ceil
from types import MappingProxyType

from ...config import values
from ...config.day_values import MONTH_END
from ...config.schedule_entries import Entry
from ...errors import Message
from ...model.lunar import Lunar, lunar
from ...yamlfile import Mistake

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
NIGHT = (5 * HOUR, 21 * HOUR)  # before and after these a time is asked about
FAR = 400  # days that are looked through for lunar ones
WEEKS = 6  # of a month as a calendar shows it
WEEKDAYS = ("2", "3", "4", "5", "6", "7", "CN")  # as in files
TICKED_LUNAR = ("1", "14", "15", "30", MONTH_END)  # days of the lunar month that have a box of their own
A_RELAY = "tiep-song"  # the name of an entry that relays a station without a name
OWN = {"bulletin", "at", "days", "lunar", "on", "from", "until", "except", "repeat", "stream", "for", "fallback"}
NO_STATIONS: Mapping[str, str] = MappingProxyType({})
_TIME = re.compile(r"(\d{1,2})\s*(?:[:hg]|giờ)\s*(\d{1,2})?\s*(?:p|phút)?", re.IGNORECASE)
_BARE = re.compile(r"(\d{1,2})(\d{2})?")


class FieldError(Exception):
    """What is wrong with one field of a form."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class AskBack(FieldError):
    """A time that may be meant otherwise than it is `written`: which of `times` (seconds since midnight) is it?"""

    def __init__(self, written: str, times: Sequence[int], message: Message) -> None:
        super().__init__("at", message)
        self.written = written
        self.times = tuple(times)


@dataclass(frozen=True, slots=True)
class EntryForm:
    """The fields, as they were typed and ticked."""

    villages: tuple[str, ...] = ()
    content: str = "bulletin"  # or "stream"
    bulletins: tuple[str, ...] = ()  # ids, in the order in which they are aired
    stream: str = ""
    length: str = ""
    fallback: str = ""
    at: str = ""
    sure: str = ""  # what stood in `at` when a person was asked and meant it
    days: str = "daily"  # or "weekly", "lunar", "dates"
    weekdays: tuple[str, ...] = ()  # as in files: 2 … 7, CN
    lunar: tuple[str, ...] = ()  # days of the lunar month that are ticked
    lunar_more: str = ""
    dates: tuple[str, ...] = ()  # ISO
    first: str = ""
    last: str = ""
    named: tuple[str, ...] = ()  # named days that are left out
    left_out: str = ""  # other days that are
    repeat: str = ""
    kept: Entry = field(default_factory=dict)  # keys that have no field

    @property
    def is_timed_otherwise(self) -> bool:
        """Has the entry its times from other keys than `at`?"""
        return "every" in self.kept


def form_of_entry(village: str, entry: Entry, named: Sequence[str]) -> EntryForm:
    """The form of an entry that is there; `named` are the commune's named days."""
    left_out = entry.get("except", [])
    moons = entry.get("lunar", [])
    return EntryForm(
        villages=(village,),
        content="stream" if "stream" in entry else "bulletin",
        bulletins=tuple(entry.get("bulletin", ())),
        stream=_text(entry, "stream"),
        length=_text(entry, "for"),
        fallback=_text(entry, "fallback"),
        at=", ".join(entry.get("at", ())),
        sure=", ".join(entry.get("at", ())),
        days=next((name for name, key in _KINDS.items() if key in entry), "daily"),
        weekdays=tuple(entry.get("days", ())),
        lunar=tuple(day for day in moons if day in TICKED_LUNAR),
        lunar_more=", ".join(day for day in moons if day not in TICKED_LUNAR),
        dates=tuple(entry.get("on", ())),
        first=_text(entry, "from"),
        last=_text(entry, "until"),
        named=tuple(day for day in left_out if day in named),
        left_out=", ".join(day for day in left_out if day not in named),
        repeat=_text(entry, "repeat"),
        kept={key: texts for key, texts in entry.items() if key not in OWN},
    )


_KINDS = {"weekly": "days", "lunar": "lunar", "dates": "on"}


def _text(entry: Entry, key: str) -> str:
    return ", ".join(entry.get(key, ()))


def read_form(text: Callable[[str], str], texts: Callable[[str], tuple[str, ...]], kept: Entry) -> EntryForm:
    """The fields of a form that was sent; `kept` are the keys of the entry that have no field."""
    return EntryForm(
        villages=texts("village"),
        content=text("content") or "bulletin",
        bulletins=tuple(name for name in texts("bulletin") if name),
        stream=text("stream_other") or text("stream"),
        length=_in_minutes(text("length")),
        fallback=text("fallback"),
        at=text("at"),
        sure=text("sure"),
        days=text("days") or "daily",
        weekdays=texts("weekday"),
        lunar=texts("lunar"),
        lunar_more=text("lunar_more"),
        dates=tuple(sorted(set(texts("date")))),
        first=text("first"),
        last=text("last"),
        named=texts("named"),
        left_out=text("left_out"),
        repeat=text("repeat"),
        kept=kept,
    )


def _in_minutes(text: str) -> str:
    """A length as people type it: a number alone means minutes."""
    return f"{text} phút" if text.isdecimal() else text


def entries_of_form(
    form: EntryForm, length: Callable[[str, int | None], float], stations: Mapping[str, str] = NO_STATIONS
) -> list[Entry]:
    """The entries that a form asks for, one for each bulletin: the second begins when the first has ended.

    `length` is the seconds that a bulletin takes, read so often (None: as often as it says); `stations` are what those
    that are relayed are called, by address. Raises `FieldError`.
    """
    if not form.villages:
        raise FieldError("village", Message("choose the villages that are to hear it"))
    shared = _shared_keys(form)
    times = [] if form.is_timed_otherwise else read_times(form.at, form.sure)
    if form.content == "stream":
        relay = {"stream": form.stream, "for": form.length, "fallback": form.fallback}
        if not form.stream or not form.length:
            raise FieldError("stream", Message("give the station that is relayed, and for how long"))
        called = form.kept.get("name") or [values.slug(stations.get(form.stream, "")) or A_RELAY]
        return [{**form.kept, "name": called, **_filled_fields(relay), **_at(times), **shared}]
    if not form.bulletins:
        raise FieldError("bulletin", Message("choose what is to be aired"))
    repeat = int(form.repeat) if form.repeat.isdecimal() else None
    entries: list[Entry] = []
    behind, other_keys = 0, form.kept
    for name in form.bulletins:
        own_times = _at([at + behind for at in times])
        own_keys = {"bulletin": [name], **own_times, **shared, **_filled_fields({"repeat": form.repeat})}
        entries.append({**other_keys, **own_keys})
        other_keys = {key: texts for key, texts in other_keys.items() if key != "name"}
        behind += ceil(length(name, repeat) / MINUTE) * MINUTE
    return entries


def _shared_keys(form: EntryForm) -> Entry:
    """The days of an entry. Raises `FieldError` where a kind of days is chosen and none of them."""
    keys: Entry = {}
    chosen: list[str] = {
        "daily": [],
        "weekly": list(form.weekdays),
        "lunar": [*form.lunar, *split_list(form.lunar_more)],
        "dates": list(form.dates),
    }.get(form.days, [])
    if form.days in _KINDS:
        if not chosen:
            raise FieldError("days", Message("choose the days"))
        keys[_KINDS[form.days]] = chosen
    keys |= _filled_fields({"from": form.first, "until": form.last})
    if left_out := [*form.named, *split_list(form.left_out)]:
        keys["except"] = left_out
    return keys


def _filled_fields(fields: Mapping[str, str]) -> Entry:
    return {key: [value] for key, value in fields.items() if value}


def _at(times: Sequence[int]) -> Entry:
    return {"at": list(map(write_time, times))} if times else {}


def write_time(at: int) -> str:
    """A time, in seconds since midnight, as it stands in files and in the field."""
    return f"{at // HOUR:02}:{at // MINUTE % 60:02}"


def must_lie_ahead(entries: Sequence[Entry], today: date) -> None:
    """Raises `FieldError` for entries, which are sound, whose days are all past."""
    for entry in entries:
        for key, name in (("on", "days"), ("until", "last")):
            days = [_last_day(text) for text in entry.get(key, ())]
            if days and None not in days and max(day for day in days if day) < today:
                raise FieldError(name, Message("this day is past"))


def _last_day(text: str) -> date | None:
    """The last day of a date or a range of dates; None for a named day."""
    try:
        return values.days(text)[1]
    except Mistake:
        return None


def split_list(text: str) -> list[str]:
    """What stands between commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def read_times(text: str, sure: str = "") -> list[int]:
    """Times as they are typed, in seconds since midnight: 17h30, 17:30, 1730, 17h, one or several.

    Raises `AskBack` for one that may be meant otherwise, unless it stands in `sure`, `FieldError` for what is no time.

    >>> read_times("17h28, 1105")
    [62880, 39900]
    """
    meant = set(split_list(sure))
    times = [_read_time(part, part in meant) for part in split_list(text)]
    if not times:
        raise FieldError("at", Message("give the time"))
    return times


def _read_time(text: str, sure: bool) -> int:
    match = _TIME.fullmatch(text) or _BARE.fullmatch(text)
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (24, 0)
    bare = _BARE.fullmatch(text)
    if bare and len(text) == 3:  # 530: half past five, of the morning or of the evening
        hour, minute = int(text[0]), int(text[1:])
    if hour > 23 or minute > 59:
        raise FieldError("at", Message("“{value}” is not a time; write 17h30 or 17:30", value=text))
    at = hour * HOUR + minute * MINUTE
    if sure:
        return at
    if bare and hour < 12 and len(text) < 4:
        raise AskBack(text, [at, at + DAY // 2], Message("“{value}”: in the morning or in the afternoon?", value=text))
    if not NIGHT[0] <= at < NIGHT[1]:
        likely = (at + DAY // 2) % DAY
        raise AskBack(text, [likely, at], Message("“{value}” is at night. Is that what you mean?", value=text))
    return at


def weekday_boxes(written: Sequence[str]) -> list[str]:
    """What stands for each weekday from Monday on: as it is `written`, where it is, else as in Vietnamese files.

    >>> weekday_boxes(["mon", "CN"])
    ['mon', '3', '4', '5', '6', '7', 'CN']
    """
    boxes = list(WEEKDAYS)
    for text in written:
        with suppress(Mistake):
            boxes[values.weekday(text)] = text
    return boxes


# A calendar to choose days in.


@dataclass(frozen=True, slots=True)
class PickerCell:
    """A day in the calendar; `eve` is giao thừa, the last day of the lunar year."""

    day: date
    lunar: Lunar
    eve: bool
    chosen: bool
    open: bool  # may it still be chosen?
    outside: bool  # of the month that is shown


def picker_weeks(month: date, chosen: Sequence[str], today: date) -> list[list[PickerCell]]:
    """Six weeks, from the Monday on or before the first of `month`."""
    first = month.replace(day=1)
    begins = first - timedelta(days=first.weekday())
    ticked = set(chosen)
    days = [begins + timedelta(days=number) for number in range(7 * WEEKS)]
    cells = [
        PickerCell(
            day,
            lunar(day),
            lunar(day + timedelta(days=1))[:3] == (1, False, 1),
            day.isoformat() in ticked,
            day >= today,
            day.month != month.month,
        )
        for day in days
    ]
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def days_ahead(days: Callable[[date], bool], today: date, most: int) -> list[date]:
    """The first of the days to come, within `FAR`, that are among `days`."""
    ahead = (today + timedelta(days=number) for number in range(FAR))
    return list(islice(filter(days, ahead), most))


def short_lunar_months(today: date, months: int = 12) -> Iterator[tuple[int, date]]:
    """The lunar months to come that have no day 30: their numbers, and the day on which they end."""
    day = today
    while months:
        now, following = lunar(day), lunar(day + timedelta(days=1))
        if following.day == 1:
            months -= 1
            if now.day == 29:
                yield now.month, day
        day += timedelta(days=1)
