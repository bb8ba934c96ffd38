"""The verbs of the air: play, urgent, stop, skip, pause. Through the daemon where it runs, else by our own hand."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..errors import BadUsage, LoudspeakerError, Message, Refused, Unreachable
from ..script.reading import Doubt
from ..studio.order import ALL_CLEAR, Order
from ..vocabulary import Level
from . import planner, words
from .decisions import alarmed, paused
from .errands import UNFINISHED, Errands
from .planning import Progress, Row
from .record import row

if TYPE_CHECKING:  # what is on the air is loaded only by who goes on the air
    from .service import Service


@dataclass(frozen=True, slots=True)
class Call:
    """An emergency before it is aired: what will be said, every guess in it, who will hear it."""

    text: str | None
    bulletin: str | None
    drill: bool
    villages: tuple[str, ...]
    spoken: str
    guesses: tuple[Doubt, ...]

    @property
    def doubts(self) -> list[Message]:
        return [words.doubtful(guess) for guess in self.guesses]


def noiseless(done: int, total: int, what: str) -> None:
    """Progress that nobody watches."""


class OnAir(Errands):
    """What is on the air, now."""

    def hearers(self, villages: Collection[str], everywhere: bool) -> tuple[str, ...]:
        """The villages that are meant. Raises `NotFound`, `BadUsage`."""
        if everywhere:
            return tuple(self.box.plays)
        if not villages:
            raise BadUsage(Message("say for whom: --village VILLAGE, or --all"))
        for village in villages:
            self.known_village(village)
            if village not in self.box.plays:
                raise BadUsage(
                    Message("this box plays nothing for “{village}”; see `plays:` in box.yaml", village=village)
                )
        return tuple(dict.fromkeys(villages))

    def moment(self, asked: Any) -> datetime:
        """A time as people give it: an hour (today or tomorrow), a length from now, or a full date."""
        now = self.now()
        if isinstance(asked, datetime):
            return asked if asked.tzinfo else asked.replace(tzinfo=self.commune.zone)
        if isinstance(asked, timedelta):
            return now + asked
        hour, minute = asked
        at = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        return at if at > now else at + timedelta(days=1)

    def ahead(self, asked: Any) -> datetime:
        """A time that is still to come. Raises `BadUsage`."""
        moment = self.moment(asked)
        if moment <= self.now():
            raise BadUsage(Message("{until} is past", until=f"{moment:%H:%M %d/%m/%Y}"))
        return moment

    def play(
        self, bulletin: str, villages: Sequence[str], by: str, override: str | None, progress: Progress
    ) -> list[Row]:
        """A manual replay; returns its rows once it is over. `override` is the reason for breaking policy."""
        found = self.bulletin(bulletin)
        if found.level is Level.EMERGENCY:
            raise Refused(Message("an emergency is aired with “urgent”, not with “play”"))
        outputs, now = [self.box.plays[village] for village in villages], self.now()
        orders = [self.planner.heard(self.planner.order(found, output), output, now) for output in outputs]
        self._must(self.make(orders, progress))
        return self._aired("play", bulletin=bulletin, villages=list(villages), by=by, override=override or "")

    def compose_urgent(self, text: str | None, bulletin: str | None, villages: Sequence[str], drill: bool) -> Call:
        """Show before it is said. Raises `BadUsage` for a bulletin that is no emergency, `NotFound`."""
        if bulletin and self.template(bulletin).level is not Level.EMERGENCY:
            raise BadUsage(Message("“{bulletin}” is not of level emergency; use “play”", bulletin=bulletin))
        order = self.call(text, bulletin, self.box.plays[villages[0]], drill)
        if not order.heard:
            raise BadUsage(Message("nothing in this can be said"))
        sounding = {self.box.plays[village] for village in villages}
        heard = tuple(village for village, output in self.box.plays.items() if output in sounding)
        return Call(text, bulletin, drill, heard, order.spoken, order.doubts)

    def make_urgent(self, call: Call) -> dict[str, str]:
        """Have an emergency's sound made, in the first local voice: output -> the recipe of its programme."""
        outputs = self._sounding(call.villages)
        orders = {output: self.call(call.text, call.bulletin, output, call.drill) for output in outputs}
        self._must(self.make(orders.values(), noiseless))
        return {output: self.planner.recipe(order) for output, order in orders.items()}

    def urgent(self, call: Call, repeat: int, gap: float, until: datetime | None, by: str) -> list[Row]:
        """An emergency now: its rows once it is on the air."""
        return self._begun(
            "urgent",
            lambda: self._make_clears(call.bulletin, call.villages),
            text=call.text,
            bulletin=call.bulletin,
            villages=list(call.villages),
            repeat=repeat,
            gap=gap,
            until=until.isoformat() if until else None,
            drill=call.drill,
            by=by,
            recipes=self.make_urgent(call),
        )

    def end_urgent(self, by: str) -> list[Row]:
        """The all-clear of what is on the air, or of the last 24 hours. Raises `Refused` where there is none."""
        with suppress(LoudspeakerError):  # who may not read the log leaves this to the daemon
            for village, alarm in alarmed(self.log, self.now()).items():
                self._make_clears(alarm.bulletin, [village])
        rows = self._aired("end_urgent", by=by)
        if not rows:
            raise Refused(Message("no emergency is on the air, and none of the last 24 hours waits for its all-clear"))
        return rows

    def stop(self, villages: Sequence[str], why: str, by: str) -> list[Row]:
        """Fade out what is on the air. Raises `Unreachable`."""
        return self._followed(self.ask("stop", villages=list(villages), why=why, by=by), UNFINISHED, [], by)

    def skip(self, airing: str | None, why: str | None, by: str, undo: bool = False) -> str:
        """Leave one airing out, or take that back (None: the last skip); its id. Raises `Refused` where it is over."""
        found = self.find(airing or self._skipped_last()).id
        self._decided("skip", airing=found, why=why or "", by=by, undo=undo)
        return found

    def _skipped_last(self) -> str:
        skipped = list(planner.marks(self.log, self.now() - planner.MEMORY).skips)
        if not skipped:
            raise Refused(Message("nothing was skipped"))
        return skipped[-1]

    def pause(self, village: str, until: datetime, why: str, by: str) -> None:
        """Keep a village quiet until then. Raises `BadUsage` where it is past, `NotFound`."""
        self._decided("pause", village=village, until=until.isoformat(), why=why, by=by)

    def resume(self, village: str | None, by: str) -> Sequence[str]:
        """End the pause of one village, or of all; whose it was. Raises `Refused` where none is paused, `NotFound`."""
        villages = [village] if village else sorted(paused(self.log, self.now()))
        if not villages:
            raise Refused(Message("no village is paused"))
        for one in villages:
            self._decided("resume", village=one, by=by)
        return villages

    def approve(self, bulletin: str, by: str) -> str:
        """Bind the bulletin's words and recordings; the digest that was approved."""
        digest = self.planner.order(self.bulletin(bulletin)).approval()
        self._decided("approve", bulletin=bulletin, digest=digest, by=by)
        return digest

    def rehearse(self, begins: date, ends: date) -> list[Row]:
        """Days at full speed through the same code; the rows that the log would have."""
        first, last = self.midnight(self.day(begins)), self.midnight(self.day(ends) + timedelta(days=1))
        if last <= first:
            raise BadUsage(Message("the last day lies before the first"))
        from .live import rehearsed

        return [{**row(record, self.local), "hash": None} for record in rehearsed(self, first, last)]

    # The daemon.

    def may_run(self) -> None:
        """Raises `Refused` where a daemon runs already, `LogUnusable` for whoever could not keep its log."""
        self.must_write()
        with suppress(Unreachable):
            self.ask("status")
            raise Refused(Message("a daemon is running already on {folder}", folder=self.state))

    def welcome(self, bulletin: str) -> None:
        """Get the day and a greeting ready, and show the day. In processes that end: the daemon stays light."""
        self.bulletin(bulletin)
        subprocess.run(self.command("prepare", "--also", bulletin), check=False)
        subprocess.run(self.command("plan"), check=False)

    def service(self, wake: Callable[[], None], welcome: str | None) -> Service:
        """What the daemon runs; `wake` is called from any thread when a speaker or the stop button has news."""
        from .live import speakers, stop_button
        from .service import Service

        return Service(self, speakers(self, wake), welcome, stop_button(self, wake))

    def _make_clears(self, bulletin: str | None, villages: Sequence[str]) -> None:
        """The all-clears, made while the alarm is heard, so that its end need not wait for them."""
        clear = self.template(bulletin).all_clear if bulletin else None
        self.make((self.call(ALL_CLEAR, clear, output, False) for output in self._sounding(villages)), noiseless)

    def _sounding(self, villages: Sequence[str]) -> list[str]:
        """The outputs that these are heard on, as far as this box still plays for them."""
        return list(dict.fromkeys(self.box.plays[village] for village in villages if village in self.box.plays))

    @staticmethod
    def _must(failed: dict[Order, Message]) -> None:
        for message in failed.values():
            raise LoudspeakerError(message)
