"""The station as the daemon runs it: on the air, with everything slow or heavy in child processes that end."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from ..errors import LoudspeakerError, Message, Refused, Unreachable
from ..interfaces import Speaker
from ..model.asrun_record import AsRunRecord
from ..model.requests import Play
from ..plaintext import escape
from ..playout.ports import Log
from ..reports.explain import added_reason, verdict_meaning
from ..speakers.pins import StopButton
from ..station.deliveries.carried_decisions import carry_out_decisions
from ..station.log_file import must_be_writable, renew_log
from ..station.station import Station
from ..store.asrun import LogDamaged, LogUnusable
from ..store.edits import finish_edits
from . import protocol
from .agent_access import work_for_agent
from .children import Children
from .examination import Examination
from .on_air import OnAir, speakers, stop_button
from .read_ahead import PrepareAhead, ReadAhead
from .render_jobs import RenderJobs
from .requests import Requests
from .voice_installing import VoiceInstaller

logger = logging.getLogger(__name__)

TOLD_VOID = "void approvals"  # what was told of them: bulletin -> when it was approved
WARM_UP = "Lúc 8h30 ngày 05/7, UBND xã họp."


class Service:
    """What the loop runs (a `loop.LoopPort`)."""

    def __init__(
        self,
        station: Station,
        speakers: Mapping[str, Speaker],
        welcome: str | None = None,
        button: StopButton | None = None,
        translate: Callable[[str], str] = str,
        children: Children | None = None,
    ) -> None:
        self.station = station
        self._translate = translate
        self._opened = station.clock.now()
        self._missed: list[AsRunRecord] = []  # of before that, to be told together
        self._mistakes = station.files.problems  # as far as they are told: by whoever opened the station
        station.reload(reads=False)  # the children do
        station.planner.texts.read(WARM_UP)  # what reads an alarm's own words is loaded before there is one
        log = AnnouncingLog(station.log, self._take_verdict)
        self.on_air = OnAir(station, speakers, station.clock, log, button=button)
        self._jobs = RenderJobs(station.paths)
        self._children = children or Children(station.paths.command_line)
        self._examination = Examination(self._children, station.clock)
        voices = VoiceInstaller(station.paths, self._children)
        sweep = partial(self.sweep, everything=True)
        self.requests = Requests(self.on_air, self.look, self._examination.latest, self._jobs, sweep, voices=voices)
        self._read_ahead = ReadAhead(station, self._children)
        self._prepare_ahead = PrepareAhead(self._children, self.on_air.files_and_decisions)
        self._agent_work = work_for_agent(station.paths, self._children, station.clock)
        self._told_decisions: set[str] = set()
        self._left = False
        if welcome:
            why = Message("a greeting at the start of “make run”").say(translate)
            villages = tuple(village for village, output in station.files.box.plays.items() if output in speakers)
            self.requests.play(Play(welcome, villages, override=why), "loudspeaker")

    def carry_out(self, verb: str, arguments: Mapping[str, object], uid: int) -> object:
        return self.requests.carry_out(verb, arguments, uid)

    def prepare_ahead(self) -> None:
        """Each ten minutes, and after every change."""
        self._read_ahead.retry()
        self._carry_out_decisions()  # of an airing that was not planned before
        self._prepare_ahead.start()

    def look(self) -> bool:
        self._children.collect()
        self._jobs.collect()
        self._prepare_ahead.look()
        for work in self._agent_work:
            work.look()
        try:
            changed = self.on_air.look()
        except LogDamaged:
            renew_log(self.station.log, self.station.paths, self.on_air.now())
            raise
        if changed:
            self._carry_out_decisions()
            self._read_ahead.look()
            self._complain()
            self._tell_void()
        return self._read_ahead.read() or changed

    def _carry_out_decisions(self) -> None:
        """What came signed with the files; they are taken up at the next look. What cannot be done is told once."""
        with suppress(LogUnusable, Refused):  # a full disk, a damaged membership: tried again
            for name, error in carry_out_decisions(self.station).items():
                if name not in self._told_decisions:
                    self._told_decisions.add(name)
                    print(f"{name}: {error.say(self._translate)}", file=sys.stderr, flush=True)

    def _tell_void(self) -> None:
        """Each approval that an edit has voided, once and for all: a restart does not tell it again."""
        announced = self.on_air.log.recall(TOLD_VOID)
        announced = dict(announced) if isinstance(announced, dict) else {}
        void = self.station.planner.void_approvals(self.on_air.log)
        fresh = {name: event for name, event in void if announced.get(name) != event.at.isoformat()}
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
                self.on_air.log.remember(
                    TOLD_VOID, announced | {name: event.at.isoformat() for name, event in fresh.items()}
                )

    def readiness(self) -> None:
        """The child says on stderr, which is the journal, what of tomorrow is not ready."""
        self._children.start("prepare", "--date", "tomorrow")

    def sweep(self, everything: bool = False) -> None:
        self._children.start("cache", "sweep", *(["--all"] if everything else []))

    def healthy(self) -> bool:
        return all(speaker.responsive for speaker in self.on_air.speakers.values())

    def leave(self) -> bool:
        now = self.on_air.now()
        if not self._left:
            self._left = True
            self.on_air.controller.leave(now)
        self.step()
        return self.on_air.controller.quiet

    def close(self) -> None:
        self._children.terminate()  # they end while the sound does
        self._jobs.terminate()
        try:
            self.on_air.close()
        finally:
            self._children.wait()
            self._jobs.wait()
            self._examination.close()

    def _announce(self, record: AsRunRecord) -> None:
        """A line for each verdict: for a terminal, or the journal."""
        at = (record.started_at or record.scheduled_at).astimezone(self.station.files.commune.zone)
        what = f"{record.id} “{record.title}”" if record.title else record.id
        what = self.on_air.say(Message("{what} (drill)", what=what)) if record.drill else what
        became = self.on_air.say(verdict_meaning(record, self._translate))
        line = f"{at:%H:%M:%S} {what}: {became}"
        why = added_reason(became, record.why)
        print(escape(f"{line} ({why})" if why else line), file=sys.stderr, flush=True)

    def _take_verdict(self, record: AsRunRecord) -> None:
        """Tell a verdict at once; what was due before the start and was not heard waits to be told together."""
        if record.started_at is None and record.scheduled_at < self._opened:
            self._missed.append(record)
        else:
            self._announce(record)

    def step(self) -> datetime:
        try:
            wake = self.requests.step()
        except LogDamaged:  # which is told, and what is to be written waits until the next step
            renew_log(self.station.log, self.station.paths, self.on_air.now())
            raise
        missed, self._missed = sorted(self._missed, key=lambda record: record.scheduled_at), []
        if len(missed) == 1:
            self._announce(missed[0])
        elif missed:
            ends = [
                record.scheduled_at.astimezone(self.station.files.commune.zone) for record in (missed[0], missed[-1])
            ]
            first, last = (f"{end:%H:%M %d/%m}" for end in ends)
            message = Message(
                "{count} airings of before the start, {first} to {last}, were not aired; see “loudspeaker log”",
                count=len(missed),
                first=first,
                last=last,
            )
            print(self.on_air.say(message), file=sys.stderr, flush=True)
        return wake

    def _complain(self) -> None:
        """Each mistake in people's files once, when it comes: it costs only itself, but somebody should know."""
        before, self._mistakes = self._mistakes, self.station.files.problems
        for problem in self._mistakes:
            if problem not in before:
                print(problem.say(self._translate), file=sys.stderr, flush=True)


def must_be_free(station: Station) -> None:
    """Raises `Refused` where a daemon runs already, `LogUnusable` where this user may not write its log."""
    must_be_writable(station.paths)
    with suppress(Unreachable):
        protocol.ask(station.paths.socket, "status")
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
    _finish_edits(station)
    greeting = welcome and station.files.bulletin(welcome).id
    return Service(station, speakers(station, wake), greeting, stop_button(station, wake), translate)


def _finish_edits(station: Station) -> None:
    """Do what a power cut has kept an editor from; whatever is in the way, the air does not wait for it."""
    try:
        finish_edits(station.paths.home)
    except (LoudspeakerError, OSError) as error:
        logger.warning("%s: %s", station.paths.home, error)


class AnnouncingLog:
    """A log that passes each verdict on once it is on the disk."""

    def __init__(self, log: Log, announce: Callable[[AsRunRecord], None]) -> None:
        self._log = log
        self._announce = announce

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def verdict(self, record: AsRunRecord) -> None:
        self._log.verdict(record)
        try:
            self._announce(record)
        except (OSError, ValueError) as error:  # nobody reads, or a word that cannot be shown: it is in the log
            logger.warning("%s: %r", record.id, error)
