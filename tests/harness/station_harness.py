"""A whole station on a fake clock: real files, plan, policy and log, what people ask comes through its door.

Only three things stand in: the clock, the speakers, and the renderer, which makes silence of the right length.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from harness.random_files import ALARM, ALL_CLEAR, LENGTHS, OUTPUTS, VILLAGES, hearers
from harness.small_commune import at
from loudspeaker.clock import FakeClock
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.programme import Programme
from loudspeaker.playout.controller import NAP
from loudspeaker.playout.item import PlayoutItem
from loudspeaker.production.specification import ProgrammeSpec
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.store.programmes import ProgrammeFacts, ProgrammeStore
from loudspeaker.synthesis.circuit_breaker import CircuitBreakers

RATE = 8_000
WORDS, URGENT = 5.0, 12.0  # seconds of a session's words, of an emergency
ROUND = time(2, 30)  # when the child that prepares runs, beside its runs after an edit
AHEAD = 2  # days that it prepares
WHOLE = 0.1  # s that may be lacking


def noiseless(done: int, total: int, what: str) -> None:
    """Progress that nobody watches."""


class HeardPlayback(NamedTuple):
    """One playback, as an ear at the horns hears it."""

    airing: str
    output: str
    began: datetime
    seconds: float
    length: float  # of all that was to be heard
    words: str
    since: float  # when it began, by the clock that nobody sets

    @property
    def ended(self) -> datetime:
        return self.began + timedelta(seconds=self.seconds)

    @property
    def whole(self) -> bool:
        return self.seconds >= self.length - WHOLE


class FakeRenderer:
    """Stands in for `ProgrammeRenderer`: as much sound as the words say; a programme is known by its words."""

    def __init__(self, programmes: ProgrammeStore) -> None:
        self._programmes = programmes
        self.chain = SimpleNamespace(breakers=CircuitBreakers())

    def render(self, order: ProgrammeSpec, recipe: str, _advance: Callable[[int, int], None]) -> Programme:
        words = order.spoken_text.lower()
        length = next((seconds for word, seconds in LENGTHS.items() if f" {word} " in words), WORDS)
        length = URGENT if order.lead == "attention" else length
        facts = ProgrammeFacts(words, RATE, round(length * RATE), voice="tone:low")
        return self._programmes.put(recipe, recipe.encode(), facts)


class StationHarness:
    """The station, and what was heard of it. It lives through power cuts: files and log stay.

    `rest`: so long it sleeps at most where it wants to be woken after a nap only and nothing is due for longer.
    """

    def __init__(self, home: Path, files: Mapping[str, str], now: datetime, rest: timedelta = NAP) -> None:
        self.home = home
        self.rest = rest
        self.clock = FakeClock(now)
        self.log = AsRunLog(sqlite3.connect(":memory:", isolation_level=None), "xa-thu", None)
        self.vouchers = frozenset({"network"})
        self.heard: list[HeardPlayback] = []
        self.unready: list[tuple[datetime, datetime]] = []  # from an edit to the next run of the child that prepares
        self._edited: datetime | None = None
        self.write(files)
        self.begin()

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".draft~")
            draft.write_text(text.lstrip("\n"), encoding="utf-8")
            draft.replace(path)

    def begin(self) -> None:
        """Start the station, as its daemon does."""
        self.speakers = {output: MemorySpeaker(self.clock) for output in OUTPUTS}
        self.station = Station.open(self.home, clock=self.clock, log=self.log)
        self.station.preparation.renderer = FakeRenderer(self.station.planner.programmes)  # type: ignore[assignment]
        self.live = Requests(
            OnAir(self.station, self.speakers, self.clock, self.log, lambda now, trusted: self.vouchers)
        )
        self._collected = dict.fromkeys(OUTPUTS, 0)
        self.running = True
        self.live.on_air.look()
        self.edited()

    def kill(self) -> None:
        """The power goes: nothing is said to anybody, and the sound ends."""
        for speaker in self.speakers.values():
            speaker.stop(0)
        self._collect()
        self.running = False

    def close(self) -> None:
        self.log.close()

    def step(self) -> datetime:
        try:
            return self.live.on_air.step()
        finally:
            self._collect()

    def look(self) -> None:
        """The daemon looks every other second."""
        self.live.on_air.look()
        self.step()

    def edited(self) -> None:
        """Something may have to be prepared."""
        self._edited = self._edited or self.clock.now()

    def prepare(self) -> None:
        """A run of the child that prepares; the daemon notices."""
        self.station.preparation.prepare(None, AHEAD, noiseless)
        if self._edited:
            self.unready.append((self._edited, self.clock.now()))
        self._edited = None
        self.look()

    def lose_the_cache(self) -> None:
        shutil.rmtree(self.home / "audio_cache", ignore_errors=True)
        self.edited()

    def until(self, moment: datetime) -> None:
        """Run until then, waking when the station wants to; once a day the child prepares."""
        now = self.clock.now()
        rest = datetime.combine(now.date(), ROUND, now.tzinfo)
        while rest <= now:
            rest += timedelta(days=1)
        while self.clock.now() < moment:
            wake = self.step()
            self.clock.advance_to(min(self._oversleep(wake), moment, rest))
            if self.clock.now() >= rest:
                self.prepare()
                rest += timedelta(days=1)
        self.step()

    def _oversleep(self, wake: datetime) -> datetime:
        """When it is woken that wants to be at `wake`."""
        now = self.clock.now()
        if self.rest == NAP or wake < now + NAP:
            return wake
        return max(wake, min([now + self.rest, *(item.ripe - NAP for item in self.open())]))

    def ask(self, verb: str, **facts: Any) -> Any:
        """Through the door."""
        return self.live.carry_out(verb, facts, 1000)

    def alarm(self, village: str, plays: int, gap: float, until: datetime | None) -> list[str]:
        """For all who hear the horns of a village."""
        output = VILLAGES[village]
        self._make(self.station.alerts.alert_spec(None, ALARM, output, False))
        facts = {"text": None, "bulletin": ALARM, "villages": hearers(output), "repeat": plays, "gap": gap}
        found: list[str] = self.ask("urgent", **facts, until=until and until.isoformat(), drill=False, by="chị Hoa")
        return found

    def all_clear(self) -> list[str]:
        for output in OUTPUTS:
            self._make(self.station.alerts.alert_spec(None, ALL_CLEAR, output, False))
        found: list[str] = self.ask("end_urgent", by="anh Páo")
        return found

    def replay(self, bulletin: str, village: str) -> list[str]:
        self._make(self.station.planner.bulletin_spec(self.station.files.bulletin(bulletin), VILLAGES[village]))
        found: list[str] = self.ask("play", bulletin=bulletin, villages=[village], by="chị Hoa")
        return found

    def approve(self, bulletin: str) -> None:
        digest = self.station.preparation.preview(bulletin).digest
        self.ask("approve", bulletin=bulletin, digest=digest, by="chủ tịch")

    def open(self) -> list[PlayoutItem]:
        return self.live.controller.open_items()

    def records(self) -> list[AsRunRecord]:
        return list(self.log.rows(at("1970-01-02T00:00"), at("2100-01-01T00:00")))

    def verdicts(self) -> dict[str, str]:
        return {record.id: str(record.verdict) for record in self.records()}

    def _make(self, order: ProgrammeSpec) -> None:
        """As whoever asks has had it made."""
        self.station.preparation.make([order], noiseless)

    def _collect(self) -> None:
        for output, speaker in self.speakers.items():
            for take, playback in speaker.played[self._collected[output] :]:
                if playback.frames and playback.started_at:
                    words = " ".join(programme.key for programme in take.sequence)
                    heard = playback.frames / RATE
                    self.heard.append(
                        HeardPlayback(
                            take.airing, output, playback.started_at, heard, take.duration, words, take.begins
                        )
                    )
            self._collected[output] = len(speaker.played)
