"""An emergency before it is aired: for whom, until when, in which words. The daemon does this for a command that asks.

It is read here, and made by whoever asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta, tzinfo

from ..errors import BadUsage, BeingRead, EngineError, LoudspeakerError, Message, Problem
from ..studio.desk import ALL_CLEAR
from ..studio.order import BEING_READ, Order
from ..vocabulary import Level
from . import words
from .call import Call, Wanted
from .planning import Planning

EMBEDDED = "espeak:vi"
MOST_LETTERS = 4_000  # of a text of the moment: it is read at once, while everything else waits


class Calling(Planning):
    """What is said in an emergency."""

    def hearers(self, villages: Collection[str], everywhere: bool) -> tuple[str, ...]:
        """The villages that are meant. Raises `NotFound`, `BadUsage`."""
        if everywhere:
            villages = self.box.plays
        if not villages:
            raise BadUsage(Message("say for whom: --village VILLAGE, or --all"))
        for village in villages:
            self.known_village(village)
            if village not in self.box.plays:
                raise BadUsage(
                    Message("this box plays nothing for “{village}”; see `plays:` in box.yaml", village=village)
                )
        return tuple(dict.fromkeys(villages))

    def moment(self, asked: str) -> datetime:
        """`18:30` is today or, if past, tomorrow; `+7200` is seconds from now; else it is ISO. Raises `BadUsage`."""
        now = self.now()
        if re.fullmatch(r"\+\d{1,9}", asked):
            return now + timedelta(seconds=int(asked))
        if re.fullmatch(r"\d\d:\d\d", asked):
            at = datetime.combine(now.date(), time.fromisoformat(asked), now.tzinfo)
            return at if at > now else at + timedelta(days=1)
        return instant(asked, self.commune.zone)

    def ahead(self, asked: str) -> datetime:
        """A time that is still to come. Raises `BadUsage`."""
        moment = self.moment(asked)
        if moment <= self.now():
            raise BadUsage(Message("{until} is past", until=f"{moment:%H:%M %d/%m/%Y}"))
        return moment

    def compose(
        self,
        text: str | None,
        bulletin: str | None,
        villages: Collection[str],
        everywhere: bool,
        drill: bool,
        until: str | None,
    ) -> Call:
        """Show before it is said; `until` as for `moment`. Raises `BadUsage`, `NotFound`."""
        if text:
            must_be_short(text)
        outputs = self.sounding(self.hearers(villages, everywhere))
        ends = self.ahead(until).isoformat() if until else None
        if bulletin and self.template(bulletin).level is not Level.EMERGENCY:
            raise BadUsage(Message("“{bulletin}” is not of level emergency; use “play”", bulletin=bulletin))
        orders = {output: self.call(text, bulletin, output, drill) for output in outputs}
        order = next(iter(orders.values()))
        if any(order.unread for order in orders.values()):
            raise BeingRead(BEING_READ)
        if not order.heard:
            raise BadUsage(Message("nothing in this can be said"))
        clears: list[Order] = []
        with suppress(LoudspeakerError):  # an alarm does not fail over the words that end it
            clears += self.clears(bulletin, outputs)
        return Call(
            text,
            bulletin,
            drill,
            ends,
            villages=[village for village, output in self.box.plays.items() if output in orders],
            spoken=order.spoken,
            doubts=[words.doubtful(doubt) for doubt in order.doubts],
            mistakes=[_mistake(problem) for problem in self.problems],
            recipes={output: self.planner.recipe(order) for output, order in orders.items()},
            wanted=self.told(orders.values()),
            clears=self.told(clears),
        )

    def call(self, text: str | None, bulletin: str | None, output: str, drill: bool) -> Order:
        """What an emergency says once: a bulletin, or a text of the moment."""
        if bulletin:
            order = self.planner.order(self.template(bulletin), output, repeat=1)
        else:
            order = self.planner.urgent(text or "", output)
        return (self.planner.drilled(order) if drill else order).spoken_by(self.local_voices())

    def local_voices(self) -> tuple[str, ...]:
        """Voices that need no network: an emergency does not wait for one."""
        named = [voice for voice in self.commune.voices if self._local(voice)]
        return tuple(named) or (EMBEDDED,)

    def clears(self, bulletin: str | None, outputs: Iterable[str]) -> list[Order]:
        """The all-clears, made while the alarm is heard, so that its end need not wait for them."""
        clear = self.template(bulletin).all_clear if bulletin else None
        return [self.call(ALL_CLEAR, clear, output, False) for output in outputs]

    def sounding(self, villages: Sequence[str]) -> list[str]:
        """The outputs that these are heard on, as far as this box still plays for them."""
        return list(dict.fromkeys(self.box.plays[village] for village in villages if village in self.box.plays))

    def told(self, orders: Iterable[Order]) -> Wanted:
        """What of these is still to be made, or was made in a lesser voice."""
        read = [order for order in orders if not order.unread]
        return {self.planner.recipe(order): order.told() for order in read if self._wanted(order)}

    def _local(self, voice: str) -> bool:
        from ..engines.registry import Voice

        try:
            return not self.engine(Voice.parse(voice).engine).online
        except EngineError:
            return False


def must_be_short(text: str) -> None:
    """Raises `BadUsage`."""
    if len(text) > MOST_LETTERS:
        raise BadUsage(
            Message(
                "the text has {letters} letters, more than {most}: make it a bulletin, or cut it",
                letters=len(text),
                most=MOST_LETTERS,
            )
        )


def instant(text: str, zone: tzinfo) -> datetime:
    """An ISO time as it comes through the door, in `zone` where it names none. Raises `BadUsage`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadUsage(Message("“{time}” is not a time; write 2026-11-24T18:30:00", time=text)) from error
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _mistake(problem: Problem) -> Message:
    return Message("{file}: {reason}", file=problem.place, reason=problem.message)
