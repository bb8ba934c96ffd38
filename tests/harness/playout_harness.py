"""A stage for playout tests: fake clock, memory speakers and log, a desk that has everything ready. No tests here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from loudspeaker.clock import FakeClock
from loudspeaker.errors import Message
from loudspeaker.model.airing import Airing, Occurrence
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.enums import Expected, Level
from loudspeaker.model.programme import Programme
from loudspeaker.playout.clock_trust import ClockWatch
from loudspeaker.playout.controller import Controller
from loudspeaker.playout.item import ManualRequest, RunningOrder
from loudspeaker.playout.memory_log import MemoryLog
from loudspeaker.speakers.memory import MemorySpeaker

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
RATE = 8_000
OCCURRENCE = {field.name for field in fields(Occurrence)}
Held = TypeVar("Held", Airing, AsRunRecord)


def at(text: str) -> datetime:
    """`17:30` or `17:30:05` of the day that all these tests play on, or a full date."""
    return datetime.fromisoformat(text if "T" in text else f"2026-11-24T{text}").replace(tzinfo=ZONE)


def programme(key: str = "bluezone", duration: float = 60.0) -> Programme:
    return Programme(key, Path(f"{key}.wav"), RATE, round(duration * RATE), "0" * 64, "tone:hum")


def airing(when: str, duration: float = 60.0, **changes: object) -> Airing:
    """An airing of the bulletin `bluezone` in na-hoa, as a plan gives it."""
    moment = at(when)
    village, broadcast = str(changes.pop("village", "na-hoa")), str(changes.get("bulletin", "bluezone"))
    name = f"{village}/{broadcast}/{moment:%Y-%m-%dT%H:%M}"
    first = Airing(
        Occurrence(name, village, "horn", broadcast, broadcast, Level.ROUTINE, moment, broadcast),
        starts_at=moment,
        ends_at=moment + timedelta(seconds=duration),
        duration=duration,
        duration_source="prepared",
        expected=Expected.AIR,
        why=None,
    )
    return changed(first, **changes)


def changed(value: Held, **changes: object) -> Held:
    """The same airing or record with other values, those of its occurrence among them."""
    about = {name: changes.pop(name) for name in OCCURRENCE & changes.keys()}
    return replace(value, occurrence=replace(value.occurrence, **about), **changes)  # type: ignore[arg-type]


class FakeStation:
    """Everything is ready and allowed, unless a test says otherwise."""

    def __init__(self) -> None:
        self.missing: dict[str, Message] = {}  # bulletin -> why
        self.forbid: Callable[[Airing, datetime, datetime], Message | None] = lambda airing, begins, ends: None
        self.version = ""

    def ready(self, airing: Airing) -> Sequence[Programme] | Message:
        name = str(airing.bulletin)
        found = programme(name + self.version, airing.duration)
        return self.missing.get(name) or [replace(found, sha256="") if airing.stream else found]

    def softer(self, airing: Airing) -> float:
        return 0.0

    def instead(self, airing: Airing) -> Programme | None:
        return programme(str(airing.fallback), 60.0)

    def permits(self, airing: Airing, begins: datetime, ends: datetime) -> Message | None:
        return self.forbid(airing, begins, ends)

    def revision(self, airing: Airing) -> str:
        return "r1" + self.version

    def say(self, message: Message) -> str:
        return str(message)


class PlayoutHarness:
    """A station without files: `begin` is also what happens after a crash, with the same log and new speakers."""

    def __init__(self, *airings: Airing, now: str = "17:00", outputs: Sequence[str] = ("horn",)):
        self.clock = FakeClock(at(now))
        self.log: Any = MemoryLog()
        self.desk: Any = FakeStation()  # a test may put its own in place of either
        self.outputs = outputs
        self.airings = airings
        self.vouchers = frozenset({"network"})
        self.heard: list[tuple[str, datetime, float]] = []  # airing, when, seconds
        self.begin()

    def begin(self, alone: bool = False) -> None:
        """Start the station; whatever ran before is dead."""
        self.speakers = {output: MemorySpeaker(self.clock) for output in self.outputs}
        self.controller = Controller(self.log, self.speakers, self.desk, alone)
        self.watch = ClockWatch(self.log)
        self._collected = dict.fromkeys(self.outputs, 0)
        self._plan: tuple[object, RunningOrder] | None = None
        self.running = True

    def kill(self) -> None:
        """The power goes: nothing is said to anybody, and the sound ends."""
        for speaker in self.speakers.values():
            speaker.stop(0)
        self._collect()
        self.running = False

    def restart(self, after: float = 0.0) -> None:
        self.kill()
        self.clock.advance(after)
        self.begin()
        self.step()

    def step(self) -> datetime:
        now = self.clock.now()
        try:
            trust = self.watch.look(now, self.clock.monotonic(), self.vouchers)
            return self.controller.step(now, self.order(now), trust)
        finally:
            self._collect()

    def replan(self) -> None:
        """Something that the plan depends on has changed: the next running order is another object."""
        self._plan = None

    def order(self, now: datetime) -> RunningOrder:
        """The same object as long as nothing has changed, as a station gives it."""
        window = self.controller.window(now)
        key = (window, self.airings)
        if self._plan is None or self._plan[0] != key:
            begins, ends = window
            inside = tuple(airing for airing in self.airings if begins <= airing.scheduled_at < ends)
            self._plan = key, RunningOrder(begins, ends, inside)
        return self._plan[1]

    def until(self, moment: str | datetime) -> None:
        """Run until then, waking when the controller wants to and at least once a second while something is on air."""
        end = at(moment) if isinstance(moment, str) else moment
        while self.clock.now() < end:
            wake = self.step()
            self.clock.advance_to(min(wake, end))
        self.step()

    def verdicts(self) -> dict[str, str]:
        return {record.id: str(record.verdict) for record in self.records()}

    def records(self) -> list[AsRunRecord]:
        return list(self.log.rows(at("1970-01-01T00:00"), at("2100-01-01T00:00")))

    def record(self, airing: Airing) -> AsRunRecord:
        return next(record for record in self.records() if record.id == airing.id)

    def kinds(self, airing: str = "") -> list[str]:
        return [event.kind for event in self.log.events(airing=airing)]

    def order_now(self, *airings: Airing, **facts: object) -> None:
        for airing in airings:
            self.controller.submit(ManualRequest(airing, "chị Hoa", **facts), self.clock.now())  # type: ignore[arg-type]

    def _collect(self) -> None:
        for output, speaker in self.speakers.items():
            for take, playback in speaker.played[self._collected[output] :]:
                if playback.frames and playback.started_at:
                    self.heard.append((take.airing, playback.started_at, playback.frames / RATE))
            self._collected[output] = len(speaker.played)
