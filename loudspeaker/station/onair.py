"""The verbs of the air: play, urgent, stop, skip, pause. Through the daemon where it runs, else by our own hand."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..errors import BadUsage, LoudspeakerError, Message, Refused, Unreachable
from ..script.reading import Doubt
from ..studio.order import ALL_CLEAR, Order
from ..vocabulary import Level
from . import planner, words
from .planning import Progress, Row
from .record import Recording, row

if TYPE_CHECKING:  # what is on the air is loaded only by who goes on the air
    from .live import Live
    from .service import Service

LONGEST = timedelta(minutes=62)  # a manual replay never takes longer
BLINK = 0.02  # s
LOOK = 0.1  # s, between looks at what the daemon has written


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


class OnAir(Recording):
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

    def moment(self, asked: Any) -> datetime | None:
        """A time as people give it: an hour (today or tomorrow), a length from now, or a full date."""
        now = self.now()
        if asked is None or isinstance(asked, datetime):
            return asked if asked is None or asked.tzinfo else asked.replace(tzinfo=self.commune.zone)
        if isinstance(asked, timedelta):
            return now + asked
        hour, minute = asked
        at = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        return at if at > now else at + timedelta(days=1)

    def play(
        self, bulletin: str, villages: Sequence[str], by: str, override: str | None, progress: Progress
    ) -> list[Row]:
        """A manual replay; returns its rows once it is over. `override` is the reason for breaking policy."""
        found = self.bulletin(bulletin)
        if found.level is Level.EMERGENCY:
            raise Refused(Message("an emergency is aired with “urgent”, not with “play”"))
        orders = [self.planner.order(found, self.box.plays[village]) for village in villages]
        self._must(self.make(orders, progress))
        return self._done("play", bulletin=bulletin, villages=list(villages), by=by, override=override or "")

    def compose_urgent(self, text: str | None, bulletin: str | None, villages: Sequence[str], drill: bool) -> Call:
        """Show before it is said. Raises `BadUsage` for a bulletin that is no emergency, `NotFound`."""
        if bulletin and self.bulletin(bulletin).level is not Level.EMERGENCY:
            raise BadUsage(Message("“{bulletin}” is not of level emergency; use “play”", bulletin=bulletin))
        order = self.call(text, bulletin, self.box.plays[villages[0]], drill)
        sounding = {self.box.plays[village] for village in villages}
        heard = tuple(village for village, output in self.box.plays.items() if output in sounding)
        return Call(text, bulletin, drill, heard, order.spoken, order.doubts)

    def urgent(self, call: Call, repeat: int, gap: float, until: datetime | None, by: str) -> list[Row]:
        """An emergency now, in the first local voice: its rows once it is on the air."""
        outputs = [self.box.plays[village] for village in call.villages]
        said = [self.call(call.text, call.bulletin, output, call.drill) for output in outputs]
        self._must(self.make(said, noiseless))
        self.make(self._clears(call, outputs), noiseless)
        return self._done(
            "urgent",
            text=call.text,
            bulletin=call.bulletin,
            villages=list(call.villages),
            repeat=repeat,
            gap=gap,
            until=until.isoformat() if until else None,
            drill=call.drill,
            by=by,
            recipe=self.planner.recipe(said[0]),
        )

    def ask(self, verb: str, **facts: Any) -> Any:
        """What the daemon answers. Raises `Unreachable`."""
        from .. import control

        return control.ask(self.socket, verb, **facts)

    def end_urgent(self, by: str) -> list[Row]:
        """The all-clear of what is on the air, or of the last 24 hours. Raises `Refused` where there is none."""
        rows = self._done("end_urgent", by=by)
        if not rows:
            raise Refused(Message("no emergency is on the air, and none of the last 24 hours waits for its all-clear"))
        return rows

    def stop(self, villages: Sequence[str], why: str, by: str) -> list[Row]:
        """Fade out what is on the air. Raises `Unreachable`."""
        return self._followed(self.ask("stop", villages=list(villages), why=why, by=by))

    def skip(self, airing: str | None, why: str | None, by: str, undo: bool = False) -> str:
        """Leave one airing out, or take that back (None: the last skip); its id. Raises `Refused` where it is over."""
        found = self.find(airing or self._skipped_last())
        if self.log.verdict_of(found.id):
            raise Refused(Message("{airing} is over already", airing=found.id))
        self.log.event("skip", found.id, self.now(), by=by, why=why or "", undo=undo)
        return found.id

    def _skipped_last(self) -> str:
        skipped = list(planner.marks(self.log, self.now() - planner.MEMORY).skips)
        if not skipped:
            raise Refused(Message("nothing was skipped"))
        return skipped[-1]

    def pause(self, village: str, until: datetime | None, why: str, by: str) -> datetime:
        self.known_village(village)
        assert until
        if until <= self.now():
            raise BadUsage(Message("{until} is past", until=f"{until:%H:%M %d/%m/%Y}"))
        self.log.event("pause", "", self.now(), village=village, until=until.isoformat(), why=why, by=by)
        return until

    def resume(self, village: str, by: str) -> None:
        self.known_village(village)
        self.log.event("resume", "", self.now(), village=village, by=by)

    def rehearse(self, begins: date, ends: date) -> list[Row]:
        """Days at full speed through the same code; the rows that the log would have."""
        first, last = self.midnight(self.day(begins)), self.midnight(self.day(ends) + timedelta(days=1))
        if last <= first:
            raise BadUsage(Message("the last day lies before the first"))
        from .live import rehearsed

        return [{**row(record, self.local), "hash": None} for record in rehearsed(self, first, last)]

    # Through the daemon, or without it.

    def welcome(self, bulletin: str) -> None:
        """Get the day and a greeting ready, and show the day. In processes that end: the daemon stays light."""
        self.bulletin(bulletin)
        subprocess.run(self.command("prepare", "--also", bulletin), check=False)
        subprocess.run(self.command("plan"), check=False)

    def service(self, wake: Callable[[], None], welcome: str | None) -> Service:
        """What the daemon runs; `wake` is called from any thread when a speaker has news."""
        from .live import speakers
        from .service import Service

        return Service(self, speakers(self, wake), welcome)

    def _done(self, verb: str, **facts: Any) -> list[Row]:
        try:
            ids = self.ask(verb, **facts)
            return self._begun(ids) if verb == "urgent" else self._followed(ids)
        except Unreachable:
            from .live import by_hand

            with by_hand(self) as live:
                ids = getattr(live, verb)(**facts)
                self._run(live, ids)
            return self._rows(ids)

    def _run(self, live: Live, ids: Sequence[str]) -> None:
        while not all(map(self.log.verdict_of, ids)):
            wait = (live.step() - self.clock.now()).total_seconds()
            time.sleep(min(max(wait, 0.0), BLINK))

    def _followed(self, ids: Sequence[str]) -> list[Row]:
        """Wait for the daemon's verdicts."""
        self._wait(lambda: all(map(self.log.verdict_of, ids)))
        return self._rows(ids)

    def _begun(self, ids: Sequence[str]) -> list[Row]:
        """Wait until all are on the air (or over): whoever gave the alarm needs the terminal back to end it."""
        self._wait(lambda: all(self.log.verdict_of(one) or self.log.events("on-air", one) for one in ids))
        rows = self._rows(ids)
        over = {row["id"] for row in rows}
        return rows + [{"id": one, "verdict": "on-air", "why": None} for one in ids if one not in over]

    def _wait(self, until: Callable[[], bool]) -> None:
        latest = self.now() + LONGEST
        while not until() and self.now() < latest:
            self._alive()
            time.sleep(LOOK)

    def _alive(self) -> None:
        try:
            self.ask("status")
        except Unreachable as error:
            went = Message("the daemon went away; what was asked for is taken up again when it comes back")
            raise Unreachable(went) from error

    def _rows(self, ids: Sequence[str]) -> list[Row]:
        since = self.now() - timedelta(days=2)
        return [self.row(record) for record in self.log.rows(since, self.now() + timedelta(days=1)) if record.id in ids]

    def _clears(self, call: Call, outputs: Sequence[str]) -> list[Order]:
        """The all-clears, made beforehand so that the end need not wait for them."""
        clear = self.bulletin(call.bulletin).all_clear if call.bulletin else None
        return [self.call(ALL_CLEAR, clear, output, False) for output in outputs]

    @staticmethod
    def _must(failed: dict[Order, Message]) -> None:
        for message in failed.values():
            raise LoudspeakerError(message)
