"""What one value may look like: from the words of a file to a time, a date, a length. Knows no key and no file.

Each reader takes a single value as NFC text without outer blanks and raises `Mistake` with a sentence that shows
the value and how it is written. `17:30` is a time and never 1050; a bare number is never a length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import date
from typing import TypeVar
from urllib.parse import urlsplit

from ..errors import BadUsage, Message, bad_character
from ..model.request_checks import WRITTEN_YEARS
from ..yamlfile import Mistake, Section, nearest
from ..yamlfile.keys import fold
from ..yamlfile.section import MISSING
from . import loose
from .keywords import DAYS, WORDS

T = TypeVar("T")

MINUTE = 60
HOUR = 3600
DAY = 24 * HOUR

_ID = re.compile(r"[a-z0-9-]+")
_BULLETIN = re.compile(r"[a-z0-9-]+(?:@[a-z0-9-]+)?")  # one that came from elsewhere has its origin behind it
_TIME = re.compile(r"([0-9]{1,2})\s*(?::\s*([0-9]{2})|(?:h|g|giờ)\s*([0-9]{2})?)(?:\s*(?:p|phút))?", re.IGNORECASE)
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_OUR_DATE = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})")
_LENGTH = re.compile(
    r"(?:([0-9]+)\s*(?:h|giờ|tiếng))?\s*(?:([0-9]+)\s*(?:m|min|p|ph|phút))?\s*(?:([0-9]+(?:[.,][0-9]+)?)\s*(?:s|giây))?",
    re.IGNORECASE,
)
_INPUT = re.compile(r"(?:input|đầu vào)\s*:\s*(\S.*)", re.IGNORECASE)
_PHONE = re.compile(r"\+?[0-9][0-9 .()-]*")
_GAIN = re.compile(r"([+-]?[0-9]+(?:[.,][0-9]+)?)\s*db", re.IGNORECASE)
EXAMPLE_YEAR = 2026  # only to show how a date is written


def read_typed(read: Callable[[str], T], text: str) -> T:
    """A value that somebody has typed into a form, by a reader of this file. Raises `BadUsage`."""
    try:
        return read(text)
    except Mistake as mistake:
        raise BadUsage(mistake.message) from mistake


def words(text: str) -> str:
    """Any words at all, on one or several lines."""
    if not text:
        raise Mistake(MISSING)
    return text


def word(text: str) -> str:
    """Any words on one line, such as a name or a title."""
    if fault := bad_character(text):
        raise Mistake(Message("“{value}”: {fault}", value=text, fault=fault))
    return words(text)


def ident(text: str) -> str:
    """An id: small letters, digits and hyphens."""
    if _ID.fullmatch(text):
        return text
    if meant := slug(text):
        raise Mistake(Message("“{value}” is not an id (a–z, 0–9, -); did you mean “{meant}”?", value=text, meant=meant))
    raise Mistake(Message("“{value}” is not an id: small letters without marks, digits and “-”", value=text))


def file_id(path: str, top: Section) -> str:
    """The id that a file gives by its name; a name that gives none is a mistake of `top`."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    try:
        return ident(stem)
    except Mistake:
        top.add_problem(Message("the file's name must be an id, such as {meant}", meant=slug(stem) or "na-hoa"))
        return stem


def slug(text: str) -> str:
    """The id that a name would have.

    >>> slug("Thôn Nà Hoa")
    'thon-na-hoa'
    """
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in bare if not unicodedata.combining(c))).strip("-")


def one_of(names: Collection[str]) -> Callable[[str], str]:
    """A reader of one of `names`, which are people's own."""

    def read(text: str) -> str:
        if text in names:
            return text
        if meant := nearest(text, names):
            raise Mistake(Message("“{value}” is not known; did you mean “{meant}”?", value=text, meant=meant))
        raise Mistake(Message("“{value}” is not known; known are: {known}", value=text, known=", ".join(names) or "–"))

    return read


def reference(titles: Mapping[str, str] | None) -> Callable[[str], str]:
    """A reader of a bulletin's id. `titles` (id -> title) are those that there are, None where nobody knows.

    An id that leads nowhere passes: it costs only its own entry, and is told with all others that do.
    """

    def read(text: str) -> str:
        if _BULLETIN.fullmatch(text):
            return text
        if titles is None:
            return ident(text)
        stem = re.sub(r"^.*/|\.[A-Za-z]{2,4}$", "", text)
        if stem in titles and stem != text:
            raise Mistake(Message("“{value}” is a file and not an id; write {meant}", value=text, meant=stem))
        named = {fold(title): name for name, title in titles.items()}
        if meant := named.get(fold(text)):
            raise Mistake(Message("“{value}” is a title and not an id; write {meant}", value=text, meant=meant))
        if meant := nearest(text, titles) or named.get(nearest(text, named) or ""):
            raise Mistake(
                Message("“{value}” is not an id (a–z, 0–9, -); did you mean “{meant}”?", value=text, meant=meant)
            )
        known = ", ".join(titles) or "–"
        raise Mistake(Message("“{value}” is not the id of a bulletin; there are: {known}", value=text, known=known))

    return read


def choice(words: Mapping[str, T]) -> Callable[[str], T]:
    """A reader of one of `words`, or of a Vietnamese twin."""
    twins = {twin: plain for twin, plain in WORDS.items() if plain in words}
    first = {plain: twin for twin, plain in reversed(twins.items())}
    shown = ", ".join(f"{plain} ({first[plain]})" if plain in first else plain for plain in words)

    def read(text: str) -> T:
        folded = fold(text)
        if (plain := twins.get(folded, folded)) in words:
            return words[plain]
        if meant := nearest(folded, [*twins, *words]):
            raise Mistake(Message("“{value}” does not fit; did you mean “{meant}”?", value=text, meant=meant))
        raise Mistake(Message("“{value}” does not fit; choose one of: {known}", value=text, known=shown))

    return read


flag = choice({"yes": True, "no": False, "true": True, "false": False, "none": False})


def whole(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to `most`."""

    def read(text: str) -> int:
        if re.fullmatch(r"[0-9]{1,9}", text) and least <= int(text) <= most:
            return int(text)
        raise Mistake(
            Message("“{value}” must be a whole number from {least} to {most}", value=text, least=least, most=most)
        )

    return read


def weekday(text: str) -> int:
    """Monday 0 … Sunday 6. A bare number is the Vietnamese one: 2 is Monday."""
    if (number := DAYS.get(fold(text))) is not None:
        return number
    if span := loose.weekdays(text):
        message = Message("“{value}” is no weekday; write {meant}", value=text, meant=", ".join(span))
        raise Mistake(message, instead=span)
    if meant := nearest(text, [name for name in DAYS if len(name) > 1]):
        raise Mistake(Message("“{value}” is no weekday; did you mean “{meant}”?", value=text, meant=meant))
    raise Mistake(Message("“{value}” is no weekday; write 2, 3, 4, 5, 6, 7, CN or mon … sun", value=text))


def clock_time(text: str) -> int:
    """A time of day as seconds since midnight.

    >>> clock_time("17h30") == clock_time("17:30") == 63000
    True
    """
    seconds = _seconds(text)
    if seconds is not None and seconds < DAY:
        return seconds
    if span := loose.hours(text):
        message = Message("“{value}” is a span and no time; write when it begins: {meant}", value=text, meant=span[:5])
        raise Mistake(message)
    if meant := loose.clock_time(text):
        raise Mistake(Message("“{value}” is not a time; write {meant}", value=text, meant=meant))
    raise Mistake(Message("“{value}” is not a time; write it as 17:30 or 17h30", value=text))


def _seconds(text: str) -> int | None:
    """As `clock_time`, up to and with 24:00."""
    match = _TIME.fullmatch(text)
    if not match:
        return None
    hour, minute = int(match[1]), int(match[2] or match[3] or 0)
    seconds = hour * HOUR + minute * MINUTE
    return seconds if minute < 60 and seconds <= DAY else None


def hours(text: str) -> tuple[int, int]:
    """From one time to a later one, `16:30-18:30`; 24:00 is the end of the day."""
    ends = [_seconds(part.strip()) for part in re.split(r"\.\.|[-–—]", text)]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        if (meant := loose.hours(text)) and meant[:5] < meant[6:]:
            raise Mistake(Message("“{value}” is not a span of hours; write {meant}", value=text, meant=meant))
        raise Mistake(Message("“{value}” is not a span of hours; write it as 16:30-18:00", value=text))
    if ends[0] >= ends[1]:
        raise Mistake(Message("“{value}” ends before it begins; over midnight, write two spans", value=text))
    return ends[0], ends[1]


def day(text: str) -> date:
    """A date, `2021-07-05` or `5/7/2021`."""
    if match := _ISO_DATE.fullmatch(text):
        year, month, number = (int(part) for part in match.groups())
    elif match := _OUR_DATE.fullmatch(text):
        number, month, year = (int(part) for part in match.groups())
    else:
        raise _no_date(text)
    with suppress(ValueError):
        if year in WRITTEN_YEARS:
            return date(year, month, number)
    raise Mistake(Message("there is no such day as “{value}”", value=text))


def _no_date(text: str) -> Mistake:
    """What is wrong with words that are no date, and what to write where they could only mean one."""
    meant = loose.day(text)
    if meant is None:
        return Mistake(Message("“{value}” is not a date; write it as 2021-07-05 or 5/7/2021", value=text))
    dated = meant.count("/") == 2
    try:
        day(meant if dated else f"{meant}/{EXAMPLE_YEAR}")
    except Mistake:
        return Mistake(Message("there is no such day as “{value}”", value=text))
    if dated:
        return Mistake(Message("“{value}” is not a date; write {meant}", value=text, meant=meant))
    return Mistake(Message("“{value}” has no year; write it as {meant}", value=text, meant=f"{meant}/{EXAMPLE_YEAR}"))


def days(text: str) -> tuple[date, date]:
    """A date, or a range of dates `a..b`, as its first and last day."""
    first, last = _ends(text)
    if ".." not in text and (meant := loose.days(text)):
        raise _no_range(text, meant, days)
    span = day(first or text), day(last or text)
    if span[0] > span[1]:
        raise Mistake(Message("“{value}” ends before it begins", value=text))
    return span


def _no_range(text: str, meant: str, read: Callable[[str], object]) -> Mistake:
    """For a range that was written without “..”: what is wrong even so, or how it is written."""
    try:
        read(meant)
    except Mistake as mistake:
        return mistake
    return Mistake(Message("“{value}” is not a range of dates; write {meant}", value=text, meant=meant))


def validity(text: str) -> tuple[date | None, date | None]:
    """As `days`, open where an end is not written: `2021-07-05..`."""
    first, last = _ends(text)
    if ".." not in text and (meant := loose.days(text)):
        raise _no_range(text, meant, validity)
    if first and last:
        return days(text)
    return (day(first) if first else None), (day(last) if last else None)


def _ends(text: str) -> tuple[str, str]:
    first, dots, last = (part.strip() for part in text.partition(".."))
    return (first, last) if dots else (first, first)


def length(text: str) -> float:
    """A length of time in seconds: `30m`, `3s`, `1h30m`, `10 phút`."""
    match = _LENGTH.fullmatch(text)
    if not match or not any(match.groups()):
        if (meant := loose.length(text)) and (likely := _LENGTH.fullmatch(meant)) and any(likely.groups()):
            raise Mistake(Message("“{value}” is not a length of time; write {meant}", value=text, meant=meant))
        raise Mistake(Message("“{value}” is not a length of time; write it as 30m, 45s or 1h30m", value=text))
    hour, minute, second = (float((part or "0").replace(",", ".")) for part in match.groups())
    total = hour * HOUR + minute * MINUTE + second
    if total > DAY:
        raise Mistake(Message("“{value}” is longer than a day", value=text))
    return total


def gain(text: str) -> float:
    """Decibels, from -40dB to +20dB."""
    match = _GAIN.fullmatch(text.replace("−", "-"))
    if not match or not -40 <= (decibels := float(match[1].replace(",", "."))) <= 20:
        raise Mistake(Message("“{value}” is not a gain; write it as -3dB (from -40dB to 20dB)", value=text))
    return decibels


def relative_path(text: str) -> str:
    """A path that stays inside the station's folder, `recordings/a.m4a`."""
    parts = text.split("/")
    if not text or "\\" in text or ":" in text or any(part in ("", ".", "..") for part in parts):
        raise Mistake(
            Message("“{value}” must be a file inside the station's folder, such as recordings/a.mp3", value=text)
        )
    return text


def stream(text: str) -> str:
    """Where a stream comes from: an address, or an input of this box (`input:NAME`)."""
    if line := _INPUT.fullmatch(text):
        return f"input:{line[1]}"
    with suppress(ValueError):  # http://[ and http://host:99999
        place = urlsplit(text)
        if re.fullmatch(r"https?://\S+", text) and place.hostname and (place.port or 0) >= 0:
            if "@" in place.netloc:  # not repeated in the message: it would stand in every journal
                raise Mistake(
                    Message(
                        "a stream's address with a user name or a password in it is refused: everybody who gets this"
                        " file or reads the log would see it; ask the station for an address without one"
                    )
                )
            return text
        if "//" not in text and "." in (urlsplit(f"https://{text}").hostname or "") and " " not in text:
            meant = f"https://{text}"
            raise Mistake(Message("“{value}” is no stream; write {meant}", value=text, meant=meant))
    raise Mistake(
        Message("“{value}” is no stream; write an address (https://…) or an input of this box (input:NAME)", value=text)
    )


def phone(text: str) -> str:
    """A telephone number as people write it, `0912 345 678`: 3 to 15 digits."""
    if _PHONE.fullmatch(text) and 3 <= sum(map(str.isdigit, text)) <= 15:
        return text
    raise Mistake(Message("“{value}” is no telephone number; write it as 0912 345 678", value=text))


def voice(text: str) -> str:
    """ENGINE:VOICE; a program as a voice may have arguments."""
    if re.fullmatch(r"[a-z0-9_-]+:\S+|command:\S.*", text):
        return word(text)
    raise Mistake(Message("“{value}” is no voice; write ENGINE:VOICE, such as espeak:vi", value=text))


def runs_program(voice: str) -> bool:
    """Is this voice a program of the machine? Only box.yaml, which is never shared or sent, may name one."""
    return voice.startswith("command:")
