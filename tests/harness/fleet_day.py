"""A hub's day without a network: what it serves and says at each hour; and a box with its agent, on a clock of its own.

The agent's core, its side of the box, the daemon's requests and the hub's intake of logs are the real ones. What lies
between them is a line that loses, delays and doubles, by the seed of its box.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from random import Random

from harness.alert_box import AlertBox, flood, order, sealed
from harness.hub_boxes import open_hub
from harness.office import NOW, SCOPE, Office, open_office
from harness.signing import STRANGER
from harness.station_harness import FakeRenderer, noiseless
from loudspeaker.clock import FakeClock
from loudspeaker.errors import Message, Unreachable
from loudspeaker.fleet.alert_carrier import alert_event, fetched_alert_event
from loudspeaker.fleet.box_side import BoxSide
from loudspeaker.fleet.courier import begin_courier
from loudspeaker.fleet.courier_steps import (
    Acknowledge,
    Action,
    AskForHealth,
    AskLogEnd,
    CheckTime,
    Connect,
    CourierEvent,
    Fetch,
    Fetched,
    HandOver,
    HangUp,
    HealthSaid,
    HubAnswers,
    HubsNamed,
    LateFilesTaken,
    LinkDown,
    LinkUp,
    LogHas,
    LogKnown,
    LogNotSent,
    LogRefused,
    LookAtLog,
    NotFetched,
    ProbeBroker,
    PublishReceipt,
    SendLog,
    Take,
    TakeLateFiles,
    TimeChecked,
    TimePassed,
    Verify,
)
from loudspeaker.fleet.scope_files import manifest_event
from loudspeaker.fleet.topics import TopicKind, document_path, document_topic
from loudspeaker.hub.boxes.box_registry import RegisteredBox
from loudspeaker.hub.hub import Hub
from loudspeaker.model.requests import LookAgain
from loudspeaker.station.box.log_request import read_piece_mark, read_wanted_piece
from loudspeaker.station.box.log_segment import LogFault, RefusedLog, sign_wanted_piece
from loudspeaker.station.deliveries.delivery import Deliveries
from loudspeaker.station.deliveries.fetched_answer import read_fetched_answer, read_mark
from loudspeaker.station.paths import StationPaths
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.trust.dsse import format_envelope, parse_envelope

BLINK = 0.001  # s, so that what is due is due, however it is rounded
FOR_EVER = NOW + timedelta(days=100)
EVENING = "Tin chiều"  # the title that the newest version gives
FORGED = 40  # the number of an alarm that one person and a stranger have signed
HOURS = """
  - {bulletin: tin-sang, at: [06:05, 17:30]}
  - {bulletin: tin-moi, at: 13:00}
"""


def clock_time(hour: int, minute: int = 0) -> datetime:
    """On the day that is played."""
    return NOW.replace(hour=hour, minute=minute)


ALARMS = (
    flood(17, issued=clock_time(9), until=clock_time(11), repeat=2, gap=5.0),
    flood(18, issued=clock_time(9, 5), until=clock_time(11), text="Cháy!", spoken="Cháy!"),
    order("end", 19, 18, form="stop", issued=clock_time(10), until=clock_time(11)),
    flood(20, issued=clock_time(15), until=clock_time(16, 30), text="Thử loa.", spoken="Thử loa.", drill=True),
    order("check", 21, issued=clock_time(16), until=clock_time(17)),
)


@dataclass(frozen=True)
class Publication:
    """What the hub serves in `folder` from `at` on, and what its broker keeps, alerts first and the bell last."""

    at: datetime
    folder: Path
    said: Sequence[tuple[TopicKind, int, bytes]]  # number of an alert, else 0
    passing: Sequence[tuple[TopicKind, int, bytes]] = ()  # by whoever has taken the broker over; it is not kept


@dataclass
class HubDay:
    """The commune's office, its hub, and all that they publish on the day."""

    folder: Path
    office: Office
    hub: Hub
    publications: list[Publication] = field(default_factory=list)

    @classmethod
    def open(cls, home: Path, folder: Path) -> HubDay:
        """Everything that is published from five in the morning on."""
        hub = open_hub(folder / "hub", FakeClock(NOW))
        office = open_office(home, folder)
        office.trust("hoa", "pao", hub=hub.key.public)
        day = cls(folder, office, hub)
        day.publish(NOW)
        for name in ("na-hoa", "suoi-trat"):
            office.write(f"schedules/{name}.yaml", f"village: {name}\nbroadcasts:{HOURS}")
        office.write("bulletins/tin-moi.md", "---\ntitle: Tin mới\n---\nChiều nay họp thôn.\n")
        day.publish(clock_time(7), "hoa")
        day.give(clock_time(9), 17, "hoa")
        day.give(clock_time(9, 4), 17, "hoa", "pao")
        day.give(clock_time(9, 5), 18, "pao", "ly")
        day.give(clock_time(10), 19, "ly")
        day.forge(clock_time(12))
        office.write("bulletins/tin-sang.md", f"---\ntitle: {EVENING}\n---\nNgày mai họp thôn.\n")
        day.publish(clock_time(14), "ly")
        day.give(clock_time(15), 20, "hoa", "ly")
        day.give(clock_time(16), 21, "hoa", "pao")
        return day

    def close(self) -> None:
        self.hub.close()

    def publish(self, at: datetime, *names: str) -> None:
        """With a new version, where people have signed one."""
        clock = self.hub.clock
        assert isinstance(clock, FakeClock)
        clock.advance_to(at)
        if names:
            self.office.publish(*names, now=at)
        self.hub.publish(self.office.stick, SCOPE)
        [bell] = self.hub.bells.look()
        folder = self.folder / f"{at:%H%M}"
        shutil.copytree(self.hub.paths.root / "v1", folder / "v1")
        own = folder / "v1" / SCOPE
        alerts = sorted(own.glob("alert/*.json"), key=lambda path: int(path.stem))
        said = [(TopicKind.ALERT, int(path.stem), path.read_bytes()) for path in alerts]
        said += [(TopicKind.MANIFEST, 0, (own / "manifest.json").read_bytes()), (TopicKind.BELL, 0, bell.raw)]
        self.publications.append(Publication(at, folder, said))

    def give(self, at: datetime, seq: int, *names: str) -> None:
        """An alert of `ALARMS`, with these signatures."""
        [alert] = [one for one in ALARMS if one.seq == seq]
        path = self.office.own / "alert" / f"{seq}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(sealed(alert, *names))
        self.publish(at)

    def forge(self, at: datetime) -> None:
        """Whoever has taken the broker over says an alarm, and a manifest, that nobody has signed who may."""
        alarm = flood(FORGED, issued=at, until=at + timedelta(hours=2), text="Vỡ đê!", spoken="Vỡ đê!")
        last = self.publications[-1]
        unsigned = parse_envelope((self.office.own / "manifest.json").read_bytes())
        manifest = STRANGER.sign(type(unsigned)(unsigned.payload_type, unsigned.payload))
        passing = (
            (TopicKind.ALERT, FORGED, sealed(alarm, "hoa", keys=(STRANGER,)).encode()),
            (TopicKind.MANIFEST, 0, format_envelope(manifest)),
        )
        self.publications.append(Publication(at, last.folder, last.said, passing))

    def as_of(self, now: datetime) -> Publication:
        return [one for one in self.publications if one.at <= now][-1]


@dataclass(frozen=True)
class Weather:
    """How bad a box's line is: shares of what fails, and how long the rest takes at most, in seconds."""

    connecting: float = 0.0
    fetching: float = 0.0
    sending: float = 0.0
    doubled: float = 0.1
    delay: float = 2.0
    drops: int = 0  # times a day that the connection breaks


GOOD, BAD = Weather(), Weather(0.3, 0.3, 0.3, 0.3, 45.0, 12)
BLOCKED = Weather(connecting=1.0, fetching=0.05, sending=0.05, delay=5.0)  # no MQTT


class DayBox(AlertBox):
    """A box whose log is on its disk, and whose broadcasts are prepared."""

    def begin(self) -> None:
        self.disk.close()
        self.disk = AsRunLog.open(self.home / ".state" / "asrun.db", SCOPE)
        super().begin()
        self._prepare()

    def look(self) -> None:
        """The daemon sees what was taken."""
        if self.requests.on_air.look():
            self._prepare()

    def _prepare(self) -> None:
        """As the child does it."""
        self.station.preparation.renderer = FakeRenderer(self.station.planner.programmes)  # type: ignore[assignment]
        self.station.preparation.prepare(None, 1, noiseless)
        self.requests.on_air.look()


class BoxAgent:
    """The agent of one box. Everything that it waits for comes at an instant of the box's clock."""

    def __init__(self, box: DayBox, registered: RegisteredBox, day: HubDay, weather: Weather, chance: Random) -> None:
        self.box, self.registered, self.day = box, registered, day
        self.weather, self.chance = weather, chance
        self.paths = StationPaths(box.home, box.home / ".state")
        self.side = BoxSide(self.paths, box.clock, str, pause=lambda seconds: None, ask_daemon=self.ask_daemon)
        self.daemon_there = True
        self.asked = False  # the daemon, since somebody has looked
        self.bells: dict[bytes, CourierEvent] = {}  # the last
        self.receipts: list[str] = []
        self.connections = self.failed = 0
        self.refused: list[str] = []  # logs that the hub has not believed
        self._due: list[tuple[datetime, int, Callable[[], object]]] = []
        self._numbers = count()
        for publication in day.publications:
            self.at(publication.at, partial(self._hear_of, publication))
        for _ in range(weather.drops):
            self.at(NOW + timedelta(hours=14 * chance.random()), self.drop)
        self.begin()

    def begin(self) -> None:
        """Start it, as systemd does; what it waited for is forgotten."""
        self.life = next(self._numbers)
        self.link = 0  # the number of the connection; 0 without
        self.messages: dict[int, bool] = {}
        self.courier = begin_courier(self.registered.id, "0.3", self.box.clock.monotonic())
        self.step(HubsNamed(("",)))
        self.step(self.side.holds())
        self.step(TimePassed())

    @property
    def wakes(self) -> datetime:
        """Then `run_due` is to be called."""
        return min(self._wakes, self._due[0][0]) if self._due else self._wakes

    def run_due(self) -> None:
        while self._due and self._due[0][0] <= self.box.clock.now():
            heappop(self._due)[2]()
        if self._wakes <= self.box.clock.now():
            self.step(TimePassed())

    def at(self, moment: datetime, do: Callable[[], object]) -> None:
        heappush(self._due, (moment, next(self._numbers), do))

    def later(self, do: Callable[[], object]) -> None:
        """After a delay of the line; never, where the agent ends before."""
        life = self.life
        delay = timedelta(seconds=self.weather.delay * self.chance.random() ** 3)
        self.at(self.box.clock.now() + delay, lambda: do() if self.life == life else None)

    def step(self, event: CourierEvent) -> None:
        self.courier, actions = self.courier.step(event, self.box.clock.monotonic())
        at = self.courier.wakes_at
        ahead = 0.0 if at is None else max(at - self.box.clock.monotonic(), 0.0) + BLINK
        self._wakes = FOR_EVER if at is None else self.box.clock.now() + timedelta(seconds=ahead)
        for action in actions:
            self._do(action)

    def drop(self) -> None:
        """The connection breaks: what is on its way is lost."""
        if self.link:
            self.link = 0
            self.step(LinkDown())

    # The broker.

    def _hear_of(self, publication: Publication) -> None:
        before = self.day.publications[max(self.day.publications.index(publication) - 1, 0)]
        for one in (*publication.passing, *publication.said):
            if one not in before.said:
                self._deliver(one)

    def _connect(self) -> None:
        if self.chance.random() < self.weather.connecting:
            self.failed += 1
            return self.step(LinkDown())
        self.connections += 1
        self.link = next(self._numbers) + 1
        self.step(LinkUp())
        for one in self.day.as_of(self.box.clock.now()).said:
            self._deliver(one)
        return None

    def _deliver(self, said: tuple[TopicKind, int, bytes]) -> None:
        for _ in range(2 if self.chance.random() < self.weather.doubled else 1):
            self.later(partial(self._hear, self.link, *said))

    def _hear(self, link: int, kind: TopicKind, seq: int, raw: bytes) -> None:
        """What was on its way on a connection that is gone is lost."""
        if not link or link != self.link:
            return
        if kind is TopicKind.ALERT:
            message = next(self._numbers)
            self.messages[message] = False
            self.step(alert_event(SCOPE, seq, raw, message))
        elif kind is TopicKind.MANIFEST:
            self.step(manifest_event(SCOPE, raw))
        else:
            self.step(self._open_bell(raw))

    def _open_bell(self, raw: bytes) -> CourierEvent:
        """One that comes again has not changed."""
        if raw not in self.bells:
            self.bells = {raw: self.side.open_bell(raw)}
        return self.bells[raw]

    # What the core wants done.

    def _do(self, action: Action) -> None:
        match action:
            case Connect():
                self.later(self._connect)
            case HangUp():
                self.drop()
            case Acknowledge(message):
                self.messages[message] = True
            case PublishReceipt(alert, answer):
                self.receipts.append(f"{alert} {answer.state if answer else 'failed'}")
            case LookAtLog():  # as `BoxSide.log_end`, which opens it each minute
                self.step(LogHas(self.box.disk.life(), self.box.disk.last_number()))
            case _:
                self.later(lambda: [self.step(event) for event in self._do_task(action)])

    def _do_task(self, action: Action) -> Iterator[CourierEvent]:
        match action:
            case HandOver():
                yield self.side.hand_over(action)
            case Fetch():
                yield from self._fetch(action)
            case Verify(scope, manifest):
                if manifest:
                    self._keep(document_path(scope, "manifest"), manifest)
                yield self.side.verify(scope)
            case Take(scope):
                ended = self.side.take(scope)
                yield from (self.side.holds(), ended)
            case TakeLateFiles():
                yield LateFilesTaken(answered=True)
            case AskForHealth():
                yield HealthSaid(())
            case AskLogEnd() | SendLog():
                yield from self._tell_log(action)
            case CheckTime(anyway):
                yield TimeChecked(vouched=True, asked=anyway)
            case ProbeBroker():
                yield HubAnswers(there=True)

    def _fetch(self, fetch: Fetch) -> Iterator[CourierEvent]:
        if self.chance.random() < self.weather.fetching:
            self.failed += 1
            yield NotFetched(fetch.path)
            return
        path, topic = self.day.as_of(self.box.clock.now()).folder / fetch.path, document_topic(fetch.path)
        if not path.is_file():
            (self.paths.fleet / fetch.path).unlink(missing_ok=True)
            yield NotFetched(fetch.path, gone=True)
            return
        raw = path.read_bytes()
        if topic and topic.kind is TopicKind.ALERT:
            yield fetched_alert_event(SCOPE, topic.seq, raw)
        elif topic and topic.kind is TopicKind.BELL:
            yield self._open_bell(raw)
        else:
            self._keep(fetch.path, raw)
        yield Fetched(fetch.path)

    def _keep(self, path: str, raw: bytes) -> None:
        target = self.paths.fleet / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(raw)

    def _tell_log(self, task: AskLogEnd | SendLog) -> Iterator[CourierEvent]:
        """The question or the answer may be lost."""
        if self.chance.random() < self.weather.sending:
            self.failed += 1
            yield LogNotSent()
            return
        size = 0
        try:
            known = self.day.hub.intake.end_of(self.registered.id, task.life).entries
            if isinstance(task, SendLog):
                piece = self.side.sign_log(task.after)
                for _ in range(2 if self.chance.random() < self.weather.doubled else 1):
                    known = self.day.hub.intake.accept(self.registered, piece).entries
                size = len(piece)
        except RefusedLog as error:
            if error.fault is not LogFault.GAP:
                self.refused.append(str(error))
            yield LogNotSent() if error.fault is LogFault.GAP else LogRefused()
            return
        except Unreachable:
            yield LogNotSent()
            return
        is_lost = self.chance.random() < self.weather.sending
        yield LogNotSent() if is_lost else LogKnown(task.life, known, size)

    # The daemon.

    def ask_daemon(self, _socket: Path, verb: str, **facts: object) -> object:
        """As its door answers; the children that it starts have ended when it does."""
        if not self.daemon_there:
            raise Unreachable(Message("the daemon is not running, or does not answer"))
        self.asked = True
        if verb != LookAgain.verb:
            return self.box.ask(verb, **facts)
        now = self.box.clock.now()
        if read_mark(self.paths.fetched_mark) != read_fetched_answer(self.paths.taken).mark:
            Deliveries(self.paths, now, trusted=True).take_fetched()
            self.box.look()
        if read_wanted_piece(self.paths.log_wanted).mark != read_piece_mark(self.paths.log_piece):
            sign_wanted_piece(self.paths, now)
        return None
