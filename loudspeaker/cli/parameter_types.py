"""The kinds of words a command takes: a day, a moment, a length of time, ids that the shell can complete."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from gettext import gettext as _
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from ..errors import LoudspeakerError, bad_character
from . import rooms
from .app import option
from .command_context import CommandContext, default_home


class DayType(click.ParamType):
    """`2026-11-24`, `24/11/2026`, `today`, `tomorrow`."""

    name = "day"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date | str:
        if isinstance(value, date) or value in RELATIVE:
            return RELATIVE.get(value, value) if isinstance(value, str) else value
        if (match := re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?)", value)) or (
            match := re.fullmatch(r"(\d\d?)[/.-](\d\d?)[/.-](\d{4})", value)
        ):
            first, middle, last = map(int, match.groups())
            year, day = (first, last) if first > 31 else (last, first)
            with suppress(ValueError):
                if year in rooms.request_checks.WRITTEN_YEARS:
                    return date(year, middle, day)
        self.fail(_("“{value}” is not a day; write 2026-11-24 or 24/11/2026").format(value=value), param, ctx)


RELATIVE = {"today": "today", "tomorrow": "tomorrow", "hôm nay": "today", "ngày mai": "tomorrow"}


class MomentType(click.ParamType):
    """`18:30`, `18h30` (today or, if past, tomorrow), `2026-11-24T18:30`, or a length from now: `2h` is two hours.

    Only the station knows which moment that is; what it is told is `18:30`, ISO, or `+7200`.
    """

    name = "moment"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            if match := re.fullmatch(r"(\d\d?)[:h](\d\d)", value):
                return f"{time(int(match[1]), int(match[2])):%H:%M}"
            if re.fullmatch(r"[\d.]+\s*[^\W\d]+", value):
                return f"+{length(value).total_seconds():.0f}"
            return datetime.fromisoformat(value).isoformat()
        except ValueError:
            self.fail(_("“{value}” is not a time; write 18:30, 2026-11-24T18:30 or 2h").format(value=value), param, ctx)


UNITS = {"s": 1, "giây": 1, "m": 60, "min": 60, "phút": 60, "h": 3600, "giờ": 3600, "d": 86400, "ngày": 86400}


def length(value: str) -> timedelta:
    """`30s`, `10 phút`, `2h`. Raises `ValueError`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(\w*)", unicodedata.normalize("NFC", value))
    if not match or (match[2] or "s") not in UNITS:
        raise ValueError(value)
    try:
        return timedelta(seconds=float(match[1]) * UNITS[match[2] or "s"])
    except OverflowError:
        raise ValueError(value) from None


class LengthType(click.ParamType):
    """A length of time."""

    name = "length"

    def convert(self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        try:
            return value if isinstance(value, timedelta) else length(value)
        except ValueError:
            self.fail(_("“{value}” is not a length of time; write 30s, 10m or 2h").format(value=value), param, ctx)


Names = Callable[[CommandContext], Iterable[str]]


class IdType(click.ParamType):
    """An id out of the station's files or plan, or what the station knows for one; the shell completes it."""

    def __init__(self, name: str, names: Names) -> None:
        self.name = name
        self.names = names

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            names = sorted(set(self.names(context_of(ctx))))
        except (LoudspeakerError, OSError):  # no station here, or one that cannot be read: nothing can be offered
            return []
        # What could not be given to a command is not offered: a shell would print it as it is.
        return [CompletionItem(name) for name in names if name.startswith(incomplete) and not bad_character(name)]


def context_of(ctx: click.Context) -> CommandContext:
    """Where the command stands. While a shell completes, no command is run that could have said so."""
    if context := ctx.find_object(CommandContext):
        return context
    parameters = ctx.find_root().params
    home = parameters.get("home") or default_home()
    return CommandContext(home, parameters.get("state") or home / ".state")


def bulletin_ids(context: CommandContext) -> Iterable[str]:
    return (path.stem for path in (context.home / "bulletins").glob("*.md"))


def village_ids(context: CommandContext) -> Iterable[str]:
    return rooms.naming.known_villages(context.home)


def output_names(context: CommandContext) -> Iterable[str]:
    return rooms.naming.known_outputs(context.home)


def airing_ids(context: CommandContext) -> Iterable[str]:
    """Of today's plan."""
    station = rooms.station.Station.open(context.home, context.state)
    try:
        return [planned.id for planned in station.airings.plan()]
    finally:
        station.close()


class BulletinType(IdType):
    """A bulletin's id, file or title. A path is meant as this process sees it, which may not be the daemon's."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        path = Path(value)
        context = ctx.find_object(CommandContext) if ctx else None
        if context is None or path.suffix != ".md" or not path.is_file():
            return value
        if path.resolve().parent != (context.home / "bulletins").resolve():
            self.fail(_("{file} is not in this station's folder “bulletins”").format(file=value), param, ctx)
        return path.stem


DAY = DayType()
MOMENT = MomentType()
LENGTH = LengthType()
BULLETIN = BulletinType("bulletin", bulletin_ids)
VILLAGE = IdType("village", village_ids)
AIRING = IdType("airing", airing_ids)
OUTPUT = IdType("output", output_names)

in_village = option(
    *("--village", "villages"),
    type=VILLAGE,
    multiple=True,
    metavar="VILLAGE",
    help="A village's id or name; may be repeated.",
)

bulletins = click.argument("bulletins", nargs=-1, required=True, type=BULLETIN, metavar="BULLETIN…")

__all__ = ["AIRING", "BULLETIN", "DAY", "LENGTH", "MOMENT", "OUTPUT", "VILLAGE", "_", "bulletins", "in_village"]
