"""The station as the daemon runs it: on the air, with everything slow or heavy in child processes that end."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from ..errors import Message, Refused, Unreachable
from ..interfaces import Speaker
from ..model.asrun_record import AsRunRecord
from ..model.requests import Play
from ..plaintext import escape
from ..playout.ports import Log
from ..reports.explain import added_reason, verdict_meaning
from ..speakers.button import StopButton
from ..station.log_file import must_be_writable, renew_log
from ..station.station import Station
from ..store.asrun import LogDamaged, LogUnusable
from . import control_socket
from .on_air import speakers, stop_button
from .requests import Asked

logger = logging.getLogger(__name__)

AHEAD = "2"  # days
READ_AHEAD = "read-ahead"
TOLD_VOID = "void approvals"  # what was told of them: bulletin -> when it was approved
SHORT = 4_000  # letters, read within a tenth of a second
WARM_UP = "Lúc 8h30 ngày 05/7, UBND xã họp."
BRIEFLY = 0.1  # s
GONE = 0.5  # s: a child that was told to end has ended


class Service(Asked):
    """What `daemon.Station` asks for."""

    def __init__(
        self,
        station: Station,
        speakers: Mapping[str, Speaker],
        welcome: str | None,
        button: StopButton | None = None,
        translate: Callable[[str], str] = str,
    ) -> None:
        self._translate = translate
        self._opened = station.clock.now()
        self._missed: list[AsRunRecord] = []  # of before that, to be told together
        self._mistakes = (
            station.files.problems
        )  # of people's files, as far as they are told: by whoever opened the station
        station.reload(reads=False)  # the children do
        station.planner.texts.read(WARM_UP)  # what reads an alarm's own words is loaded before there is one
        super().__init__(station, speakers, station.clock, Told(station.log, self._ended), button=button)
        self._left = False
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._unread: list[str] = []  # texts and recordings, when last looked
        self._asked: set[tuple[str, str]] = set()  # the same when the child that reads was last started
        if welcome:
            why = Message("a greeting at the start of “make run”").say(translate)
            villages = tuple(village for village in station.files.box.plays if self._heard(village))
            self.play(Play(welcome, villages, override=why), "loudspeaker")

    def prepare_ahead(self) -> None:
        """Quietly, as often as it is done: what is not ready is said in the evening."""
        self._asked = set()
        self._start("prepare", "--days", AHEAD, told=subprocess.DEVNULL)

    def look(self) -> bool:
        for child in self._children.values():
            child.poll()  # an ended one goes away
        try:
            changed = super().look()
        except LogDamaged:
            renew_log(self.station.log, self.station.paths, self.now())
            raise
        if changed:
            self._unread = self.station.planner.unread_sources()
            self._complain()
            self._tell_void()
        return self._read() or changed

    def _tell_void(self) -> None:
        """Each approval that an edit has voided, once and for all: a restart does not tell it again."""
        told = self.log.recall(TOLD_VOID)
        told = dict(told) if isinstance(told, dict) else {}
        void = self.station.planner.void_approvals(self.log)
        fresh = {name: event for name, event in void if told.get(name) != event.at.isoformat()}
        for name, event in fresh.items():
            at = f"{event.at.astimezone(self.station.files.commune.zone):%H:%M %d/%m/%Y}"
            message = Message(
                "“{bulletin}” was edited since {by} approved it ({at}): it must be approved again",
                bulletin=name,
                by=event.facts.get("by", ""),
                at=at,
            )
            print(message.say(self._translate), file=sys.stderr, flush=True)
        if fresh:
            with suppress(LogUnusable):  # a full disk: then it is told again after a restart
                self.log.remember(TOLD_VOID, told | {name: event.at.isoformat() for name, event in fresh.items()})

    def _read(self) -> bool:
        """Have read what nobody has read yet, in a child. True if anything was read here.

        What a child was asked for in vain (a full disk) is read here after all, as far as it is short: the village must
        not fall silent over it.
        """
        asked = {self._version(one) for one in self._unread}
        child = self._children.get(READ_AHEAD)
        running = child is not None and child.poll() is None
        if asked - self._asked:
            if (
                child and running
            ):  # it reads what was wanted before: what it has read is kept, and the short comes first
                child.terminate()
                with suppress(subprocess.TimeoutExpired):
                    child.wait(timeout=BRIEFLY)
                running = child.poll() is None
            if not running:
                self._asked = asked
                self._start(READ_AHEAD, told=subprocess.DEVNULL)  # mistakes of files are told once, by the daemon
            return False
        if not asked or running:
            return False
        texts = self.station.planner.written_texts()
        short = next((text for text in texts if text in self._unread and len(text) <= SHORT), None)
        if short is None:
            return False
        self.station.planner.texts.read_and_keep(short)
        self.station.reload()
        self._unread.remove(short)
        return True

    def _version(self, unread: str) -> tuple[str, str]:
        """A text by these words of the commune, or a recording as it is now."""
        if unread in self.station.planner.sound_files():
            return unread, repr(self.station.files.folder.recording_state(unread))
        return unread, self.station.planner.texts.rules_revision

    def readiness(self) -> None:
        """The child says on stderr, which is the journal, what of tomorrow is not ready."""
        self._start("prepare", "--date", "tomorrow")

    def sweep(self) -> None:
        self._start("cache", "sweep")

    def healthy(self) -> bool:
        return all(speaker.responsive for speaker in self.speakers.values())

    def leave(self) -> bool:
        now = self.now()
        if not self._left:
            self._left = True
            self.controller.leave(now)
        self.step()
        return self.controller.quiet

    def close(self) -> None:
        for child in self._children.values():
            child.terminate()  # they end while the sound does
        try:
            super().close()
        finally:
            for child in self._children.values():
                with suppress(subprocess.TimeoutExpired):
                    child.wait(timeout=GONE)

    def _tell(self, record: AsRunRecord) -> None:
        """A line for each verdict: for a terminal, or the journal."""
        at = (record.started_at or record.scheduled_at).astimezone(self.station.files.commune.zone)
        what = f"{record.id} “{record.title}”" if record.title else record.id
        what = self.say(Message("{what} (drill)", what=what)) if record.drill else what
        became = self.say(verdict_meaning(record, self._translate))
        line = f"{at:%H:%M:%S} {what}: {became}"
        why = added_reason(became, record.why)
        print(escape(f"{line} ({why})" if why else line), file=sys.stderr, flush=True)

    def _ended(self, record: AsRunRecord) -> None:
        """Tell a verdict at once; what was due before the start and was not heard waits to be told together."""
        if record.started_at is None and record.scheduled_at < self._opened:
            self._missed.append(record)
        else:
            self._tell(record)

    def step(self) -> datetime:
        try:
            wake = super().step()
        except LogDamaged:  # which is told, and what is to be written waits until the next step
            renew_log(self.station.log, self.station.paths, self.now())
            raise
        missed, self._missed = sorted(self._missed, key=lambda record: record.scheduled_at), []
        if len(missed) == 1:
            self._tell(missed[0])
        elif missed:
            ends = [
                record.scheduled_at.astimezone(self.station.files.commune.zone) for record in (missed[0], missed[-1])
            ]
            first, last = (f"{end:%H:%M %d/%m}" for end in ends)
            told = Message(
                "{count} airings of before the start, {first} to {last}, were not aired; see “loudspeaker log”",
                count=len(missed),
                first=first,
                last=last,
            )
            print(self.say(told), file=sys.stderr, flush=True)
        return wake

    def _complain(self) -> None:
        """Each mistake in people's files once, when it comes: it costs only itself, but somebody should know."""
        before, self._mistakes = self._mistakes, self.station.files.problems
        for problem in self._mistakes:
            if problem not in before:
                print(problem.say(self._translate), file=sys.stderr, flush=True)

    def _heard(self, village: str) -> bool:
        return self.station.files.box.plays[village] in self.speakers

    def _start(self, *command: str, told: int | None = None) -> None:
        """One child of a kind at a time, behind everything else that this machine does."""
        running = self._children.get(command[0])
        if running and running.poll() is None:
            return
        self._children[command[0]] = subprocess.Popen(
            self.station.paths.command_line(*command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=told,
            preexec_fn=_humble,
        )


def must_be_free(station: Station) -> None:
    """Raises `Refused` where a daemon runs already, `LogUnusable` for whoever could not keep its log."""
    must_be_writable(station.paths)
    with suppress(Unreachable):
        control_socket.ask(station.paths.socket, "status")
        raise Refused(Message("a daemon is running already on {folder}", folder=station.paths.state))
    try:
        station.log.recall("heartbeat")
    except LogDamaged:
        renew_log(station.log, station.paths, station.clock.now())


def prepare_welcome(station: Station, bulletin: str) -> None:
    """Get the day and a greeting ready, and show the day. In processes that end: the daemon stays light."""
    station.files.bulletin(bulletin)
    subprocess.run(station.paths.command_line("prepare", "--also", bulletin), check=False)
    subprocess.run(station.paths.command_line("plan"), check=False)


def open_service(
    station: Station, wake: Callable[[], None], welcome: str | None = None, translate: Callable[[str], str] = str
) -> Service:
    """What the daemon runs; `wake` is called from any thread when a speaker or the stop button has news.

    `translate` is for what it says on stderr, which is the journal.
    """
    greeting = welcome and station.files.bulletin(welcome).id
    return Service(station, speakers(station, wake), greeting, stop_button(station, wake), translate)


class Told:
    """A log that passes each verdict on once it is on the disk."""

    def __init__(self, log: Log, tell: Callable[[AsRunRecord], None]) -> None:
        self._log = log
        self._tell = tell

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def verdict(self, record: AsRunRecord) -> None:
        self._log.verdict(record)
        try:
            self._tell(record)
        except (OSError, ValueError) as error:  # nobody reads, or a word that cannot be shown: it is in the log
            logger.warning("%s: %r", record.id, error)


def _humble() -> None:
    os.nice(10)
