"""A sound card as a `Speaker`: the daemon's side of the player process. No PortAudio is loaded in here.

One `PlayerProcess` for each sound card; each of its outputs is a `CardSpeaker` on one of its channels.
"""

from __future__ import annotations

import json
import logging
import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic  # the player's clock: both ends of the pipe must read the same one
from typing import IO

from ...errors import DeviceGone, Message, SpeakerError
from ...interfaces import Clock, Playback, State
from ...model.programme import Programme
from .. import integrity
from .latency_history import LatencyHistory
from .messages import (
    ArmCommand,
    Command,
    Idle,
    KeepAlive,
    LatencyReport,
    Leaving,
    OutputReport,
    PlayerReport,
    StopCommand,
    decode_report,
    encode,
)
from .mixer import Mixer

REPLY_TIMEOUT = 0.3  # seconds that `arm` and `stop` wait for the player's report, at most
KEEP_ALIVE_TIMEOUT = 0.75  # … without a report from a player whose card is open: three keep-alives were missed
START_TIMEOUT = 6.0  # … until the first report of a new one: a small board loads slowly, and while it is busy
START_DOUBLINGS = 2  # … slower still: after each that reported nothing the next has twice as long, up to so often
KILL_DELAY = 0.25  # … after a timeout: then it is frozen for good and killed
POLL_INTERVAL = 0.25  # … between two looks for that
LEAD = 2.5  # seconds
FIRST_LEAD = 5.0  # … on a card that nobody knows yet: the first reports of a stream are the worst, and all there is
RUNNING = (State.ARMED, State.PLAYING)
DEVICE_FAULTS = ("gone", "closed", "frozen", "died")

logger = logging.getLogger(__name__)


class PlayerProcess:
    """The child process that owns one sound card. It is started when it is first needed, and again when it died.

    `reports` holds the last report on each output; `reported` is notified of each new one, and `wake` is called from
    the listener's thread. The `mixer` is set at the start and before each sequence, since a card that was plugged in
    again comes back with a volume of its own. Each new player is told the `history` of latencies, and adds to it.
    """

    def __init__(
        self,
        name: str,
        channels: int,
        clock: Clock,
        wake: Callable[[], None] = lambda: None,
        mixer: Mixer | None = None,
        history: LatencyHistory | None = None,
    ) -> None:
        self.name = name
        self.channels = channels
        self.clock = clock
        self.wake = wake
        self.mixer = mixer
        self.history = history or LatencyHistory()
        self.reports: dict[str, OutputReport] = {}
        self.reported = threading.Condition()
        self._child: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None
        self._sent = 0  # commands; `Idle` tells how many the player has seen
        self._mute_starts = 0  # players that were started since one has reported anything
        self._due: float | None = None  # monotonic time by which the next report must come

    @property
    def responsive(self) -> bool:
        """No report is overdue."""
        due = self._due  # read once: the listener's thread may clear it between two reads
        return due is None or monotonic() < due

    @property
    def frozen(self) -> bool:
        """A report has been overdue for so long that none will come."""
        due = self._due
        return due is not None and monotonic() >= due + KILL_DELAY

    def start(self) -> None:
        """Have a player ready, so that the first airing need not wait for one."""
        self._apply_mixer()
        with self.reported:
            try:
                self._ensure_child()
            except DeviceGone as error:  # tried again with the first airing
                logger.error("%s", error)

    def arm(self, command: ArmCommand) -> None:
        """Send a sequence and wait for the player's report. Raises `DeviceGone` where no player can be started."""
        self._apply_mixer()
        output = command.output
        with self.reported:
            self.reports[output] = OutputReport(output, command.airing, State.ARMED, 0, confirmed=False)
            self._send(command)
            self.reported.wait_for(lambda: self.reports[output].confirmed, REPLY_TIMEOUT)

    def stop(self, output: str, fade: float) -> None:
        """Fade out what plays for `output` over `fade` seconds and wait for the player's report."""
        with self.reported:
            if self._child is None:
                return  # it has died, and all that it played with it
            self._send(StopCommand(output, fade))
            self.reported.wait_for(lambda: self.reports[output].state not in RUNNING, REPLY_TIMEOUT)

    def close(self) -> None:
        """End the player; it fades out what plays. Killed where it does not listen."""
        with self.reported:
            child, self._child, self._due = self._child, None, None
            listener = self._listener
        if child and child.stdin and listener:
            child.stdin.close()
            listener.join(timeout=0.6)
            child.kill()
            listener.join(timeout=0.6)
        if self.mixer:
            self.mixer.close()

    def _apply_mixer(self) -> None:
        if self.mixer:
            self.mixer.apply()

    def _ensure_child(self) -> subprocess.Popen[bytes]:
        """The player, started where there is none. Raises `DeviceGone` where the system cannot start one."""
        if self._child is None:
            facts = (self.name, str(self.channels), json.dumps(self.history.all()))
            command = [sys.executable, "-m", "loudspeaker.speakers.card.player", *facts]
            try:
                child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
            except OSError as error:
                raise DeviceGone(fault_message("unstarted", self.name, error.strerror or str(error))) from error
            timeout = START_TIMEOUT * 2 ** min(self._mute_starts, START_DOUBLINGS)
            self._child, self._sent, self._due = child, 0, monotonic() + timeout
            self._mute_starts += 1
            self._listener = threading.Thread(target=self._listen, args=[child], daemon=True)
            try:
                self._listener.start()
            except RuntimeError as error:  # the system has no thread left
                child.kill()
                self._child, self._listener, self._due = None, None, None
                raise DeviceGone(fault_message("unstarted", self.name, str(error))) from error
        return self._child

    def _send(self, command: Command) -> None:
        child = self._ensure_child()
        assert child.stdin
        self._sent += 1
        self._due = max(self._due or 0.0, monotonic() + KEEP_ALIVE_TIMEOUT)
        with suppress(OSError):  # it has died: the listener is about to notice
            child.stdin.write(encode(command))

    def _listen(self, child: subprocess.Popen[bytes]) -> None:
        """Take in what the player reports until it ends; kill it when it is frozen."""
        assert child.stdout
        try:
            for line in read_lines(child.stdout, lambda: self._child is child and self.frozen):
                self._take_in(child, decode_report(line))
        except (OSError, LookupError, TypeError, ValueError):  # no player's report: it is out of order
            logger.exception("%s", self.name)
        frozen = child.poll() is None and self._child is child and self.frozen
        child.kill()
        self._mark_dead(child, "frozen" if frozen else "died")
        with child:  # wait for it and close its pipes: a player in the kernel's hands may never end
            pass

    def _take_in(self, child: subprocess.Popen[bytes], report: PlayerReport) -> None:
        if isinstance(report, Leaving):  # it has given up its card, and told before what became of all that it played
            self._mark_dead(child, "gone")
            return
        with self.reported:
            if self._child is not child:
                return
            self._mute_starts = 0
            at_rest = isinstance(report, Idle) and report.commands == self._sent
            self._due = None if at_rest else monotonic() + KEEP_ALIVE_TIMEOUT
            if isinstance(report, KeepAlive):
                for output, frames in report.progress.items():  # new values: others may be reading the old
                    self.reports[output] = replace(self.reports[output], frames=frames)
            elif isinstance(report, OutputReport) and report.airing == self.reports[report.output].airing:
                self.reports[report.output] = report
                self.reported.notify_all()
        if isinstance(report, OutputReport):
            self.wake()
        elif isinstance(report, LatencyReport):
            self.history.update(report.setup, report.latencies)

    def _mark_dead(self, child: subprocess.Popen[bytes], fault: str) -> None:
        """The player has ended, or is about to, and with it what it played. The next command starts another."""
        with self.reported:
            if self._child is not child:
                return
            self._child, self._due = None, None
            now = monotonic()
            for output, report in self.reports.items():
                if report.state in RUNNING:
                    failed = replace(report, state=State.FAILED, fault=fault, ended=now, confirmed=True)
                    self.reports[output] = failed
            self.reported.notify_all()
        self.wake()


class CardSpeaker:
    """One channel of a sound card, counted from 1, as a `Speaker`. `gain` is the output's own, in dB."""

    def __init__(
        self, player: PlayerProcess, output: str, channel: int = 1, gain: float = 0.0, lead: float = LEAD
    ) -> None:
        self.lead = lead
        self.player = player
        self.output = output
        self.channel = channel
        self.gain = gain
        self._last = Playback()
        self._stopping = False
        self._fault = ""  # the player's word for what made the last sequence fail

    @property
    def responsive(self) -> bool:
        return self.player.responsive

    def arm(self, airing: str, sequence: Sequence[Programme], at: datetime, gain: float = 0.0) -> None:
        if self.poll().state in RUNNING and not self._stopping:
            raise SpeakerError(Message("This output is still playing."))
        integrity.check(sequence)
        due = monotonic() + (at - self.player.clock.now()).total_seconds()
        self._last, self._stopping, self._fault = Playback(State.ARMED, airing, via=self.player.name), False, ""
        first = sequence[0]
        command = ArmCommand(
            self.output,
            airing,
            channel=self.channel,
            due=due,
            gain=self.gain + gain,
            rate=first.rate,
            live=first.frames if first.live else 0,
            paths=[str(programme.path) for programme in sequence],
        )
        self.player.arm(command)
        if error := self.poll().error:
            raise DeviceGone(error) if self._fault in DEVICE_FAULTS else SpeakerError(error)

    def stop(self, fade: float = 0.03) -> None:
        if self.poll().state in RUNNING:
            self._stopping = True
            self.player.stop(self.output, fade)

    def poll(self) -> Playback:
        report = self.player.reports.get(self.output)
        if report and self._last.state in RUNNING:
            self._last = self._playback(report)
        return self._last

    def close(self) -> None:
        self.player.close()

    def _playback(self, report: OutputReport) -> Playback:
        """The report as a playback. Moments are turned into wall time once, when they are first reported."""
        self._fault = report.fault
        started = report.started if report.state is not State.ARMED else None
        return Playback(
            report.state,
            report.airing,
            started_at=self._last.started_at or self._wall_time(started),
            ended_at=self._wall_time(report.ended) if report.state not in RUNNING else None,
            frames=report.frames,
            error=fault_message(report.fault, self.player.name, report.detail) if report.fault else None,
            via=report.card or self.player.name,
        )

    def _wall_time(self, moment: float | None) -> datetime | None:
        return None if moment is None else self.player.clock.now() - timedelta(seconds=monotonic() - moment)


def read_lines(pipe: IO[bytes], overdue: Callable[[], bool]) -> Iterator[bytes]:
    """The lines that come out of `pipe`, until it ends or `overdue`."""
    unread = b""
    while not overdue():
        if not select.select([pipe], [], [], POLL_INTERVAL)[0]:
            continue
        data = os.read(pipe.fileno(), 1 << 16)
        if not data:
            return
        *lines, unread = (unread + data).split(b"\n")
        yield from lines


def fault_message(fault: str, device: str, detail: str) -> Message:
    """The sentence for the player's word for a fault."""
    match fault:
        case "gone":
            return Message("The sound card “{device}” is not there.", device=device)
        case "unclear":
            return Message("Several sound cards are called “{device}”: {names}.", device=device, names=detail)
        case "closed":
            return Message("The sound card “{device}” cannot be opened: {reason}.", device=device, reason=detail)
        case "frozen":
            return Message("The sound card “{device}” does not answer any more.", device=device)
        case "channels":
            return Message("The sound card “{device}” has only {count} channels.", device=device, count=detail)
        case "rate":
            return Message("The sound card “{device}” is playing at another sample rate.", device=device)
        case "file":
            return Message("A sound file cannot be played: {reason}.", reason=detail)
        case "unstarted":
            return Message(
                "The player of the sound card “{device}” cannot be started: {reason}.", device=device, reason=detail
            )
        case "library":
            return Message("PortAudio is not installed. Install the package libportaudio2.")
    return Message("The player of the sound card “{device}” has died.", device=device)
