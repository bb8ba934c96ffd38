"""A box that has joined a commune, and takes signed alerts: on a clock that tests move, with power that can go.

Only three things stand in: the clock, the speakers, and what makes the sound.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from harness.office import NOW, SCOPE, Office, join_box, open_office
from harness.signing import PEOPLE, make_alert
from harness.station_harness import FakeRenderer
from loudspeaker.clock import FakeClock
from loudspeaker.codec import decode
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.errors import BeingMade, LoudspeakerError, Message
from loudspeaker.model.alert_answer import AlertAnswer
from loudspeaker.model.asrun_record import Event
from loudspeaker.playout.controller import NAP
from loudspeaker.production.specification import RenderJob
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.trust.dsse import format_envelope
from loudspeaker.trust.key_file import SigningKey
from loudspeaker.trust.opening import seal
from loudspeaker.trust.signed_documents import Alert, AlertEnd, AlertKind

RATE = 8_000
WHOLE = 0.05  # s that may be lacking
OUTPUTS = ("a", "b")
BOX = "plays: {na-hoa: a, suoi-trat: b}\noutputs: {a: {device: memory}, b: {device: memory}}\nclock: trusted\n"


def open_alert_office(home: Path, folder: Path) -> Office:
    """The office of a commune with hours, whose box in `home` takes signed alerts."""
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8") + "policy: {hours: [05:00-21:00]}\n", encoding="utf-8")
    office = open_office(home, folder)
    join_box(home, office)
    return office


class PowerCut(BaseException):
    """The power goes: nothing in the program catches it."""


class CutLog:
    """A log whose power can go: at the beginning of a write, or right behind it, counted in half writes."""

    def __init__(self, log: AsRunLog) -> None:
        self._log = log
        self.left: int | None = None  # half writes until then

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def event(self, kind: str, airing: str, at: datetime, /, **facts: object) -> None:
        self._write(self._log.event, kind, airing, at, **facts)

    def verdict(self, record: Any) -> None:
        self._write(self._log.verdict, record)

    def remember(self, key: str, value: object) -> None:
        self._write(self._log.remember, key, value)

    def _write(self, write: Any, *values: Any, **facts: Any) -> None:
        self._halve()
        write(*values, **facts)
        self._halve()

    def _halve(self) -> None:
        if self.left is None:
            return
        if self.left == 0:
            self.left = None
            raise PowerCut
        self.left -= 1


class FakeJobs:
    """Stands in for `RenderJobs`: makes silence of the right length; whoever asks first is told to ask again."""

    def __init__(self, station: Station) -> None:
        self._renderer = FakeRenderer(station.planner.programmes)
        self._fresh: set[str] = set()
        self.broken: LoudspeakerError | None = None
        self.made: list[str] = []  # words

    def start(self, wanted: Mapping[str, object], later: Mapping[str, object] | None = None) -> bool:
        for recipe, job in {**wanted, **(later or {})}.items() if not self.broken else ():
            spec = decode(RenderJob, job).spec()
            self._renderer.render(spec, recipe, lambda done, total: None)
            self.made.append(spec.spoken_text)
            self._fresh.add(recipe)
        return True

    def must_be_over(self, recipes: Iterable[str]) -> None:
        if fresh := self._fresh & set(recipes):
            self._fresh -= fresh
            raise BeingMade(Message("its sound is being made: {done} of {total} sentences", done=0, total=1))

    def has_failed(self, recipe: str) -> bool:
        return self.broken is not None

    def take_failure(self, recipe: str) -> LoudspeakerError | None:
        return self.broken

    def collect(self) -> bool:
        return bool(self._fresh)


class AlertBox:
    """The box. It lives through power cuts: files and log stay. `nap`: how long it sleeps where nothing is due."""

    def __init__(
        self,
        home: Path,
        now: datetime = NOW,
        make_jobs: Callable[[Station], Any] = FakeJobs,
        nap: timedelta = NAP,
    ) -> None:
        self.home = home
        self._nap = nap
        self._make_jobs = make_jobs
        self.clock = FakeClock(now)
        self.vouchers = frozenset({"box"})
        self.disk = AsRunLog(sqlite3.connect(":memory:", isolation_level=None), SCOPE, None)
        self.played: list[tuple[str, datetime, bool]] = []  # airing, when it began, was it whole?
        self.restarts = 0
        self.begin()

    def begin(self) -> None:
        """Start it, as its daemon does."""
        self.log = CutLog(self.disk)
        self.station = Station.open(self.home, clock=self.clock, log=self.disk)
        self.speakers = {output: MemorySpeaker(self.clock) for output in OUTPUTS}
        self.jobs = self._make_jobs(self.station)
        on_air = OnAir(
            self.station, self.speakers, self.clock, self.log, lambda now, trusted: self.vouchers, nap=self._nap
        )
        self.requests = Requests(on_air, jobs=self.jobs)
        on_air.look()
        on_air.step()

    def restart(self) -> None:
        """The power goes and comes back."""
        for speaker in self.speakers.values():
            speaker.stop(0)
        self._collect()
        self.restarts += 1
        self.begin()

    def close(self) -> None:
        self.disk.close()

    def deliver(self, alert: Alert, *names: str, keys: Iterable[SigningKey] = ()) -> AlertAnswer:
        """Hand it over with these signatures, and ask again while its sound is made."""
        return self.hand_over(sealed(alert, *names, keys=keys))

    def hand_over(self, envelope: str) -> AlertAnswer:
        while True:
            try:
                return decode(AlertAnswer, self.ask("alert", envelope=envelope))
            except BeingMade:
                self.run(0)

    def ask(self, verb: str, **facts: Any) -> Any:
        return self.requests.carry_out(verb, facts, 1000)

    def run(self, seconds: float) -> None:
        until = self.clock.now() + timedelta(seconds=seconds)
        wake = self._step()
        while self.clock.now() < until:
            self.clock.advance_to(min(wake, until))
            wake = self._step()
        self._collect()

    def _step(self) -> datetime:
        """As the daemon's service does it."""
        return self.requests.step()

    def heard(self, village: str = "na-hoa") -> list[str]:
        """Kinds of all that was heard whole there, in order."""
        self._collect()
        return [name.split("/")[1] for name, _, whole in self.played if whole and name.startswith(f"{village}/")]

    def steps(self) -> list[Event]:
        return list(self.disk.events("alert"))

    def _collect(self) -> None:
        for speaker in self.speakers.values():
            for take, playback in speaker.played:
                if playback.started_at and playback.frames:
                    whole = playback.frames / RATE >= take.duration - WHOLE
                    self.played.append((take.airing, playback.started_at, whole))
            speaker.played.clear()


def sealed(alert: Alert, *names: str, keys: Iterable[SigningKey] = ()) -> str:
    """The envelope with the signatures of these people, as it is handed over."""
    envelope = seal(alert)
    for key in (*(PEOPLE[name] for name in names), *keys):
        envelope = key.sign(envelope)
    return format_envelope(envelope).decode().strip()


def flood(seq: int = 17, **changed: object) -> Alert:
    """An alarm of this commune, given now."""
    given = {"scope": SCOPE, "issued": NOW, "until": NOW + timedelta(hours=2), **changed}
    return make_alert(seq, **given)


def order(kind: str, seq: int, *references: int, form: str = "clear", **changed: object) -> Alert:
    """One that says nothing by itself."""
    named = tuple(f"{SCOPE}/{one}" for one in references)
    given = {"kind": AlertKind(kind), "references": named, "form": AlertEnd(form), "text": None, "spoken": None}
    return flood(seq, **given, **changed)
