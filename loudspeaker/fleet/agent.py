"""The process `loudspeaker-fleet`: does what the courier wants done, and tells it what comes in.

One thread asks the courier and talks to the broker; one waits for the hub's folder, one for the daemon, one sends the
log. Whatever goes wrong in a task is an event as well, so that nothing waits for it for ever.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from .. import VERSION
from ..clock import SystemClock
from ..errors import LoudspeakerError, Message, NotFound
from ..i18n import LANGUAGES, say_log_by, translator
from ..interfaces import Clock
from ..model.alert_answer import AlertState
from ..station.box.hub_contact import HubContact, keep_hub_contact
from ..station.box.log_segment import LogFault, RefusedLog
from ..station.paths import StationPaths
from ..store.atomic import WriteError
from ..store.received import DamagedFile
from .alert_carrier import fetched_alert_event
from .box_side import BoxSide
from .courier import begin_courier
from .courier_steps import (
    Acknowledge,
    Action,
    AskForHealth,
    AskLogEnd,
    BellDistrusted,
    BellRung,
    CheckTime,
    Connect,
    CourierEvent,
    DaemonAnswered,
    DaemonAway,
    Distrusted,
    Fetch,
    Fetched,
    HandOver,
    HangUp,
    HealthSaid,
    HubAnswers,
    LateFilesTaken,
    LogHas,
    LogKnown,
    LogNotSent,
    LogRefused,
    LookAtLog,
    NotFetched,
    ProbeBroker,
    PublishHealth,
    PublishPresence,
    PublishReceipt,
    SendLog,
    Subscribe,
    Take,
    TakeLateFiles,
    TakingEnded,
    TimeChecked,
    TimePassed,
    Verified,
    Verify,
)
from .https import HubFolder
from .hub_settings import HubSettings, read_hub_settings
from .log_sender import HubIntake
from .mqtt import Broker, probe_broker
from .said_files import SaidFiles
from .scope_files import manifest_event
from .topics import (
    MOST_SAID_BYTES,
    MOST_SAID_FILES,
    BoxHealth,
    Receipt,
    Topic,
    TopicKind,
    document_path,
    document_topic,
)

HOME = "/var/lib/loudspeaker"  # of a box
LOOK = 5.0  # s, between looks whether this box holds something else, by a stick
BLINK = 0.005  # s
CONTACT = 3600.0  # s, between notes that the hub was heard

logger = logging.getLogger(__name__)
QueuedTask = tuple[Callable[[], Iterable[CourierEvent]], CourierEvent]  # what to do; what is told where it fails


class TaskThread(Thread):
    """Carries out tasks one after another in a thread of its own."""

    def __init__(self, name: str, report: Callable[[CourierEvent], None]) -> None:
        super().__init__(name=name, daemon=True)
        self._report = report
        self._waiting: SimpleQueue[QueuedTask] = SimpleQueue()

    def send(self, do: Callable[[], Iterable[CourierEvent]], failed: CourierEvent) -> None:
        self._waiting.put((do, failed))

    def run(self) -> None:
        while True:
            do, failed = self._waiting.get()
            try:
                events = list(do())
            except Exception as error:
                logger.warning("%s: %s", self.name, error if isinstance(error, LoudspeakerError) else repr(error))
                events = [failed]
            for event in events:
                self._report(event)


class Agent:
    """Carries for one box, until `end` is called."""

    def __init__(self, paths: StationPaths, settings: HubSettings, clock: Clock, say: Callable[[str], str]) -> None:
        self._clock, self._say = clock, say
        self._box = BoxSide(paths, clock, say)
        self._hub, self._served_by = HubFolder(settings, paths.fleet), ""
        self._paths, self._settings = paths, settings
        self._contact_at = clock.monotonic()
        self._seen: object = ()
        self._bells: dict[str, BellRung] = {}  # the last that were fetched, by their paths
        self._said_files = SaidFiles(paths.fleet)
        self._events: SimpleQueue[CourierEvent | None] = SimpleQueue()
        self._broker = Broker(settings, self._events.put, self._hear)
        self._files, self._daemon, self._log = (
            TaskThread(name, self._events.put) for name in ("files", "daemon", "log")
        )
        self._courier = begin_courier(settings.user, VERSION, clock.monotonic())

    def run(self) -> None:
        self._files.start()
        self._daemon.start()
        self._log.start()
        event: CourierEvent | None = TimePassed()
        while event is not None:
            self._step(event)
            self._note_contact(event)
            if self._patience() <= 0.0:  # much may come in: what is due does not wait for a moment without
                self._step(TimePassed())
            self._look()
            event = self._wait()
        self._broker.close()
        self._hub.close()

    def end(self) -> None:
        """From any thread, or a signal."""
        self._events.put(None)

    def _step(self, event: CourierEvent) -> None:
        self._courier, actions = self._courier.step(event, self._clock.monotonic())
        for action in actions:
            self._do(action)

    def _patience(self) -> float:
        """Seconds until something is due."""
        wakes_at = self._courier.wakes_at
        return LOOK if wakes_at is None else min(wakes_at - self._clock.monotonic(), LOOK)

    def _wait(self) -> CourierEvent | None:
        try:
            return self._events.get(timeout=max(self._patience(), BLINK))
        except Empty:
            return TimePassed()

    def _look(self) -> None:
        """A stick, or the daemon's child, may have changed what this box holds, or found what is damaged."""
        seen = _stamp(self._paths.membership), _stamp(self._paths.taken)
        if seen != self._seen:
            self._seen = seen
            self._step(self._box.hubs(self._settings))
            self._step(self._box.holds())

    def _note_contact(self, event: CourierEvent) -> None:
        """For the doctor of this box; once an hour, since writing wears out a memory card."""
        now, by_broker = self._clock.monotonic(), self._courier.link.up
        if (by_broker or isinstance(event, Fetched)) and now >= self._contact_at:
            self._contact_at = now + CONTACT
            with suppress(WriteError):  # a full disk
                keep_hub_contact(self._paths, HubContact(self._settings.address, self._clock.now(), by_broker))

    def _do(self, action: Action) -> None:
        match action:
            case Connect(hub):
                self._broker.connect(hub, self._settings_of(hub))
            case HangUp():
                self._broker.hang_up()
            case Subscribe(filters, before):
                self._broker.subscribe(filters, before)
            case Acknowledge(message):
                self._broker.acknowledge(message)
            case PublishPresence(presence):
                self._broker.say_presence(presence)
            case PublishHealth():
                self._broker.say_health(self._health_of(action))
            case PublishReceipt():
                self._broker.say_receipt(self._receipt_of(action))
            case _:
                self._queue_task(action)

    def _queue_task(self, action: Action) -> None:
        """What takes its time: an event comes of it in the end."""
        match action:
            case HandOver(name):
                self._daemon.send(lambda: self._hand_over(action), DaemonAway(name))
            case AskForHealth():
                self._daemon.send(lambda: [self._box.health()], HealthSaid(None))
            case Fetch(path):
                self._files.send(lambda: self._fetch(action), NotFetched(path))
            case Verify(scope):
                self._files.send(lambda: [self._verify(action)], Distrusted(scope))
            case Take(scope):
                self._files.send(lambda: self._take(scope), TakingEnded(scope, answered=False))
            case TakeLateFiles():
                self._files.send(self._take_late_files, LateFilesTaken(answered=False))
            case LookAtLog():
                self._log.send(lambda: [self._box.log_end()], LogHas("", 0))
            case AskLogEnd() | SendLog():
                self._log.send(lambda: [self._tell_log(action)], LogNotSent())
            case CheckTime():
                self._log.send(lambda: [self._check_time(action)], TimeChecked(False))
            case ProbeBroker(hub):
                self._log.send(lambda: [HubAnswers(probe_broker(self._settings_of(hub)))], HubAnswers(False))

    def _fetch(self, fetch: Fetch) -> Iterable[CourierEvent]:
        """A piece of a file, a document for the folder, or a bell or alert, which the broker may bring as well."""
        path, topic, hub = fetch.path, document_topic(fetch.path), self._folder_of(fetch.hub)
        try:
            if topic and topic.kind is not TopicKind.MANIFEST:
                return [*self._read(path, topic), Fetched(path)]
            if fetch.sha256:
                return [Fetched(path, more=not hub.fetch_piece(path, fetch.bytes or 0, fetch.sha256))]
            hub.fetch_document(path)
            return [Fetched(path)]
        except DamagedFile as error:
            logger.warning("%s: %s", path, error)
            return [NotFetched(path, gone=True)]
        except NotFound:
            hub.forget_document(path)
            return [NotFetched(path, gone=True)]

    def _read(self, path: str, topic: Topic) -> Iterable[CourierEvent]:
        """A bell that is the one of before rings all the same: what it tells of may have changed."""
        content = self._hub.read_document(path)
        if topic.kind is TopicKind.ALERT:
            return [fetched_alert_event(topic.of, topic.seq, content)] if content else []
        if content is not None:
            self._bells.pop(path, None)
            self._bells[path] = self._box.open_bell(content)
        return [self._bells[path]] if path in self._bells else []

    def _hear(self, topic: Topic, raw: bytes) -> None:
        """A bell, a manifest or a file that the broker has brought; what does not come by it is fetched."""
        try:
            if topic.kind is TopicKind.BELL:
                self._events.put(self._box.open_bell(raw))
            elif topic.kind is TopicKind.FILE and len(raw) <= MOST_SAID_FILES:
                self._files.send(lambda: self._keep_file(raw), TimePassed())
            elif topic.kind is TopicKind.MANIFEST and 0 < len(raw) <= MOST_SAID_BYTES:
                self._events.put(manifest_event(topic.of, raw))
        except LoudspeakerError as error:
            if topic.kind is TopicKind.BELL:
                self._events.put(BellDistrusted(topic.of))
            logger.warning(
                "%s", Message("{topic}: this is not believed: {error}", topic=str(topic), error=error.message)
            )

    def _keep_file(self, content: bytes) -> Iterable[CourierEvent]:
        self._said_files.keep(content)
        return ()

    def _verify(self, task: Verify) -> CourierEvent:
        if task.manifest:
            self._hub.keep_document(document_path(task.scope, "manifest"), task.manifest)
        verified = self._box.verify(task.scope)
        if isinstance(verified, Verified):
            return replace(verified, files=self._said_files.lay_out(verified.files))
        return verified

    def _take(self, scope: str) -> Iterable[CourierEvent]:
        ended = self._box.take(scope)
        return [self._box.holds(), ended]

    def _take_late_files(self) -> Iterable[CourierEvent]:
        taken = LateFilesTaken(self._box.take_late_files())
        return [taken, self._box.holds(), *self._box.alerts_with_sound()]

    def _hand_over(self, alert: HandOver) -> Iterable[CourierEvent]:
        """The sound of one that waits for more signatures is fetched meanwhile; whatever becomes of that, it came."""
        answered = self._box.hand_over(alert)
        yield answered
        with suppress(LoudspeakerError, OSError):
            if isinstance(answered, DaemonAnswered) and self._box.note_alert(alert, answered):
                yield self._box.holds()

    def _tell_log(self, task: AskLogEnd | SendLog) -> CourierEvent:
        """Ask a hub how far it has the log, or send it more of that."""
        piece = self._box.sign_log(task.after) if isinstance(task, SendLog) else b""
        try:
            with closing(HubIntake.open(self._settings_of(task.hub))) as hub:
                return LogKnown(task.life, hub.send(piece) if piece else hub.ask_end(task.life), len(piece))
        except RefusedLog as error:
            logger.warning("%s", error)
            return LogNotSent() if error.fault is LogFault.GAP else LogRefused()

    def _check_time(self, check: CheckTime) -> CourierEvent:
        if not check.anyway and self._box.knows_time():
            return TimeChecked(True)
        with closing(HubIntake.open(self._settings_of(check.hub))) as hub:
            hub.connect()  # what that takes is not between question and answer
            return TimeChecked(self._box.check_time(hub.ask_time), asked=True)

    def _settings_of(self, hub: str) -> HubSettings:
        """Raises `BadUsage` for what is no hub."""
        return self._settings.other_hub(hub) if hub else self._settings

    def _folder_of(self, hub: str) -> HubFolder:
        """Another hub has other tags, and may have other files."""
        if hub != self._served_by:
            self._hub.close()
            self._hub, self._served_by = HubFolder(self._settings_of(hub), self._paths.fleet), hub
            self._bells.clear()
        return self._hub

    def _health_of(self, news: PublishHealth) -> BoxHealth:
        now, health = self._clock.now(), news.health
        return BoxHealth(VERSION, now, health.rows or (), health.looked_at, news.refused, health.box_yaml)

    def _receipt_of(self, news: PublishReceipt) -> Receipt:
        now, answer = self._clock.now(), news.answer
        if answer is None:
            return Receipt(news.alert, AlertState.FAILED, now, why=news.why)
        return Receipt(news.alert, answer.state, now, answer.airings, answer.first_sound, times=answer.times)


def _stamp(path: Path) -> object:
    """Changes with a file; None where there is none."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_ino


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point of `loudspeaker-fleet`: until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="loudspeaker-fleet", description=__doc__.partition("\n")[0])
    parser.add_argument("--home", type=Path, default=Path(os.environ.get("LOUDSPEAKER_HOME", HOME)))
    parser.add_argument("--state", type=Path, default=None)
    options = parser.parse_args(arguments)
    say = translator(os.environ.get("LOUDSPEAKER_LANG", LANGUAGES[0]))
    say_log_by(say)
    paths = StationPaths(options.home, options.state or options.home / ".state")
    try:
        agent = Agent(paths, read_hub_settings(paths), SystemClock(), say)
    except LoudspeakerError as error:
        logger.error("%s", error)
        return error.exit_code
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _signal, _frame: agent.end())
    agent.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
