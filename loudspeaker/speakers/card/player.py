"""The child process that owns one sound card: it plays what the daemon arms, and ends with the daemon.

    python -m loudspeaker.speakers.card.player CARD CHANNELS LATENCIES

LATENCIES are those of earlier streams as JSON: lists of seconds by set-up (`CardStream.setup`).

Commands come in on standard input and reports go out on standard output (`messages`). When the card or its server
dies, stopping and closing a stream can hang for ever: then this process reports it and exits, or its parent kills it.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
import wave
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING

from ...interfaces import State
from ...process import die_with_parent
from ..stream_guard import has_server, load_pulsectl
from .dac_clock import EARLIER
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
    decode_command,
    encode,
)
from .prebuffer import LivePrebuffer, Prebuffer
from .track import Track

if TYPE_CHECKING:
    from .portaudio import CardStream

TICK = 0.03  # seconds between ticks while the card is open
STOP_TICK = 0.005  # … and while something is to stop, because something urgent may be waiting for its end
KEEP_ALIVE = 0.25  # … between keep-alives
LINGER = 1.0  # the card stays open this long after the last sample
REOPENING = 0.4  # it takes this long to open the card and to learn its pace
START_TIMEOUT = 2.5  # a card may take this long to request its first blocks
BLOCK_TIMEOUT = 0.5  # … and may then make no request for this long, far more than three blocks
START_BLOCKS = 12
FADE = 0.03  # seconds
FINAL = (State.DONE, State.STOPPED, State.FAILED)


class PlayerFault(Exception):
    """Why something cannot be played: a word that the daemon has a sentence for, and the detail."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail


class Player:
    """The card's owner. Commands come in by `handle`; `tick` is called again and again while the card is open."""

    def __init__(self, card: str, channels: int, latencies: Mapping[str, Sequence[float]]) -> None:
        self.card = card
        self.channels = channels
        self.stream: CardStream | None = None
        self.tracks: dict[str, Track] = {}  # by output
        self.latencies = dict(latencies)  # of the last streams, by their set-up
        self._commands = 0
        self._last_states: dict[str, State] = {}
        self._faults: dict[str, PlayerFault] = {}  # by output: why its track could not be read to its end
        self._blocks = 0
        self._block_at = self._alive_at = self._idle_at = 0.0
        self._seen_at = 0.0  # the card was there

    @property
    def pause(self) -> float | None:
        """Seconds until `tick` is to be called; None: not before the next command."""
        if any(track.is_stopping for track in self.tracks.values()):
            return STOP_TICK
        return TICK if self.stream else None

    def handle(self, command: Command) -> None:
        """Carry out a command of the daemon."""
        self._commands += 1
        match command:
            case ArmCommand(output, airing):
                try:
                    self._arm(command)
                except PlayerFault as fault:
                    send(OutputReport(output, airing, State.FAILED, 0, fault=fault.kind, detail=fault.detail))
            case StopCommand(output, fade) if self.stream and output in self.tracks:
                self.tracks[output].stop(round(fade * self.stream.renderer.rate))
        if not self.stream:
            self.report_idle()

    def report_idle(self) -> None:
        """Report that no card is open, so that no keep-alive is due."""
        send(Idle(self._commands))

    def tick(self) -> None:
        """Read ahead, report what has changed, exit where the card is frozen, close an idle one."""
        if not self.stream:
            return
        now = monotonic()
        self._check_card(self.stream, now)
        for output, track in self.tracks.items():
            try:
                fill(track.prebuffer)
            except PlayerFault as fault:  # what was read is heard to its end
                track.prebuffer.give_up()
                self._faults[output] = fault
            self._report_change(output, track, now)
        self._send_keep_alive(self.stream, now)
        self._close_if_idle(self.stream, now)
        self._reopen_after_underrun(now)

    def shut_down(self) -> None:
        """Fade out what plays and exit."""
        if self.stream and any(track.end is None for track in self.tracks.values()):
            for track in self.tracks.values():
                track.stop(round(FADE * self.stream.renderer.rate))
            sleep(FADE + 0.1)
        os._exit(0)  # closing could hang

    def _arm(self, command: ArmCommand) -> None:
        renderer = self._open(command.rate).renderer
        if command.channel > renderer.channels:
            raise PlayerFault("channels", str(renderer.channels))
        prebuffer = open_prebuffer(command)
        track = Track(command.airing, command.channel - 1, prebuffer, command.due, self.tracks.get(command.output))
        self.tracks[command.output] = track
        renderer.tracks.append(track)
        self._last_states.pop(command.output, None)
        self._faults.pop(command.output, None)
        self._report_change(command.output, track, monotonic())

    def _open(self, rate: int) -> CardStream:
        if self.stream and self.stream.renderer.rate == rate:
            return self.stream
        now = monotonic()
        if any(track.state(now) not in FINAL for track in self.tracks.values()):
            raise PlayerFault("rate")
        self._close()
        return self._start(rate)

    def _start(self, rate: int) -> CardStream:
        self.stream = open_stream(self.card, rate, self.channels, self.latencies)
        self._blocks = 0
        self._block_at = self._seen_at = monotonic()
        return self.stream

    def _close(self) -> None:
        if self.stream:
            now = monotonic()
            for output, track in self.tracks.items():  # what has ended since the last tick
                self._report_change(output, track, now)
            self.tracks.clear()
            self._close_stream(self.stream)

    def _close_stream(self, stream: CardStream) -> None:
        """Close the card and remember what its stream has found."""
        stream.close()
        self.stream = None
        if (latency := stream.renderer.dac_clock.latency) is not None:
            latencies = [*self.latencies.get(stream.setup, ()), latency][-EARLIER:]
            self.latencies[stream.setup] = latencies
            send(LatencyReport(stream.setup, latencies))

    def _report_change(self, output: str, track: Track, now: float) -> None:
        state = track.state(now)
        fault = self._faults.get(output) if state is State.DONE else None
        state = State.FAILED if fault else state
        if self._last_states.get(output) != state:
            self._last_states[output] = state
            self._report(output, track, state, now, fault)

    def _report(self, output: str, track: Track, state: State, now: float, fault: PlayerFault | None = None) -> None:
        assert self.stream
        frames = track.progress(now, self.stream.renderer.rate)
        ended, why = now if state is State.FAILED else track.ended_at, (fault.kind, fault.detail) if fault else ()
        send(OutputReport(output, track.airing, state, frames, track.started_at, ended, self.stream.card, *why))

    def _send_keep_alive(self, stream: CardStream, now: float) -> None:
        if now - self._alive_at >= KEEP_ALIVE:
            self._alive_at = now
            rate = stream.renderer.rate
            send(KeepAlive({output: track.progress(now, rate) for output, track in self.tracks.items()}))

    def _close_if_idle(self, stream: CardStream, now: float) -> None:
        if any(track.state(now) not in FINAL for track in self.tracks.values()):
            self._idle_at = now
        stream.renderer.drop_finished(now)
        if now - self._idle_at > LINGER:
            self._close()
            self.report_idle()

    def _reopen_after_underrun(self, now: float) -> None:
        """After an underrun a card reports wrong times for long: open it anew as soon as there is time for it."""
        renderer = self.stream.renderer if self.stream else None
        if self.stream and renderer and renderer.dac_clock.underrun and renderer.is_idle(until=now + REOPENING):
            self._close_stream(self.stream)
            with suppress(PlayerFault):  # the card has gone: the daemon will miss the keep-alives
                self._start(renderer.rate).renderer.take_over(renderer)

    def _check_card(self, stream: CardStream, now: float) -> None:
        if stream.renderer.blocks != self._blocks:
            self._blocks, self._block_at = stream.renderer.blocks, now
        timeout = BLOCK_TIMEOUT if self._blocks > START_BLOCKS else START_TIMEOUT
        if stream.has_moved:
            self._fail(now, PlayerFault("gone"))
        if now - self._block_at > timeout or not stream.active:
            self._fail(now, PlayerFault("frozen"))
        self._seen_at = now

    def _fail(self, now: float, fault: PlayerFault) -> None:
        """Report what becomes of all tracks and exit. What was not over while the card was there is not whole."""
        for output, track in self.tracks.items():
            if track.state(self._seen_at) in FINAL:
                self._report_change(output, track, now)
            else:
                self._report(output, track, State.FAILED, self._seen_at, fault)
        send(Leaving())
        os._exit(1)


def open_stream(card: str, rate: int, channels: int, latencies: Mapping[str, Sequence[float]]) -> CardStream:
    """A running stream on the card. Raises `PlayerFault`."""
    try:
        from . import portaudio  # here, because a machine may have no PortAudio
    except OSError as error:  # sounddevice is there, PortAudio is not
        raise PlayerFault("library", str(error)) from error
    try:
        return portaudio.CardStream(card, rate, channels, latencies)
    except portaudio.CardNotFound as error:
        raise PlayerFault("gone") from error
    except portaudio.AmbiguousCard as error:
        raise PlayerFault("unclear", str(error)) from error
    except portaudio.PortAudioError as error:
        raise PlayerFault("closed", str(error)) from error


def open_prebuffer(command: ArmCommand) -> Prebuffer:
    """What a command wants to be played, with its first seconds read. Raises `PlayerFault`."""
    paths, rate, gain = command.paths, command.rate, command.gain
    try:
        prebuffer = LivePrebuffer(paths[0], rate, command.live, gain) if command.live else Prebuffer(paths, rate, gain)
    except OSError as error:
        raise PlayerFault("file", str(error)) from error
    fill(prebuffer)
    return prebuffer


def fill(prebuffer: Prebuffer) -> None:
    """Read ahead. Raises `PlayerFault`."""
    try:
        prebuffer.fill()
    except (OSError, EOFError, ValueError, wave.Error) as error:
        raise PlayerFault("file", str(error) or "EOF") from error  # `wave` has no words for it


def send(report: PlayerReport) -> None:
    """One line to the daemon. Where nobody listens any more there is nothing left to do."""
    try:
        os.write(1, encode(report))
    except OSError:
        os._exit(1)


def read_commands(player: Player) -> Iterator[Command]:
    """The daemon's commands as they come; between them the player ticks. Ends when the daemon does."""
    unread = b""
    while True:
        ready, _, _ = select.select([0], [], [], player.pause)
        if ready:
            data = os.read(0, 1 << 16)
            if not data:
                return
            *lines, unread = (unread + data).split(b"\n")
            yield from map(decode_command, lines)
        player.tick()


def set_up_process() -> None:
    """Make this process one that ends with its parent, ignores signals meant for it, and is scheduled before others."""
    die_with_parent()
    for number in (signal.SIGINT, signal.SIGTERM):  # the daemon decides when to fade
        signal.signal(number, signal.SIG_IGN)
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, -11)
    sys.setswitchinterval(0.0005)  # the card's thread must not wait for the reading one


def preload() -> None:
    """Load libraries now, not when there is a hurry; end PortAudio again: at rest it holds no card and less memory."""
    with suppress(OSError):  # not installed: the first airing reports it
        from .portaudio import terminate  # here, because a machine may have no PortAudio

        terminate()
    if has_server():
        load_pulsectl()
    gc.freeze()


def main() -> None:
    set_up_process()
    preload()
    card, channels, latencies = sys.argv[1:]
    player = Player(card, int(channels), json.loads(latencies))
    player.report_idle()
    for command in read_commands(player):
        player.handle(command)
    player.shut_down()


if __name__ == "__main__":
    main()
