"""The time in the commune's zone, its days, and moments as people name them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from ..errors import BadUsage, Message
from ..interfaces import Clock
from ..model.request_checks import check_instant

Day = date | str | None  # "tomorrow"; None and "today" are today


class CommuneClock:
    """A `Clock` that shows the commune's time. `zone` returns the zone: an edit of commune.yaml may change it."""

    def __init__(self, clock: Clock, zone: Callable[[], ZoneInfo]) -> None:
        self._clock = clock
        self._zone = zone

    def now(self) -> datetime:
        """Wall time, aware, in the commune's zone."""
        return self._clock.now().astimezone(self._zone())

    def monotonic(self) -> float:
        """Seconds that no step of the wall clock changes."""
        return self._clock.monotonic()

    def day(self, day: Day) -> date:
        """The date of a day as people name it."""
        if isinstance(day, date):
            return day
        return self.now().date() + timedelta(days=day == "tomorrow")

    def window(self, day: Day, days: int) -> tuple[datetime, datetime]:
        """`days` whole days, from midnight up to, but not including, midnight."""
        first = self.day(day)
        return self.midnight(first), self.midnight(first + timedelta(days=days))

    def midnight(self, day: date) -> datetime:
        """The instant at which `day` begins."""
        return datetime.combine(day, time(), self._zone())

    def resolve(self, words: str) -> datetime:
        """The moment that is meant by `18:30` (today or, if past, tomorrow), by `+7200` (seconds from now) or ISO text.

        Raises `BadUsage`.
        """
        now = self.now()
        if re.fullmatch(r"\+[0-9]{1,9}", words):
            return now + timedelta(seconds=int(words))
        if re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", words):
            at = datetime.combine(now.date(), time.fromisoformat(words), now.tzinfo)
            return at if at > now else at + timedelta(days=1)
        return parse_instant(words, self._zone())

    def resolve_future(self, words: str) -> datetime:
        """The same, of a moment that is still to come. Raises `BadUsage`."""
        moment = self.resolve(words)
        if moment <= self.now():
            raise BadUsage(Message("{until} is past", until=f"{moment:%H:%M %d/%m/%Y}"))
        return moment


def parse_instant(text: str, zone: tzinfo) -> datetime:
    """An ISO time, in `zone` where it names none. Raises `BadUsage`."""
    moment = check_instant(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
