"""The child process that owns one sound card: it plays what the daemon arms, and ends with the daemon.

    python -m loudspeaker.speakers.card.player CARD CHANNELS

One JSON line each way. In: `{"do": "arm", …}`, `{"do": "stop", …}`. Out: one line for each output whose state changed,
and a sign of life every quarter of a second while the card is open. When the card or its server dies, stopping and
closing a stream can hang for ever: then this process says so and leaves, or its parent ends it.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import select
import signal
import sys
import wave
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from ...interfaces import State
from .dac_clock import Habit, habit
from .prebuffer import Live, Tape
from .track import Track

if TYPE_CHECKING:
    from .portaudio import Running

TICK = 0.03  # seconds between looks at what plays
HASTE = 0.005  # … and at what is to stop, because something urgent may be waiting for its end
BEAT = 0.25  # … between signs of life
LINGER = 1.0  # the card stays open this long after the last sample
RENEWAL = 0.4  # it takes this long to open the card and to learn its pace
STARTING = 2.5  # a card may take this long to ask for its first blocks
FROZEN = 0.5  # … and may then go without asking for this long, far more than three blocks
SETTLED = 12  # blocks
FADE = 0.03  # seconds
PR_SET_PDEATHSIG = 1  # linux/prctl.h
FINAL = (State.DONE, State.STOPPED, State.FAILED)


class Fault(Exception):
    """Why something cannot be played: a word that the parent has a sentence for, and the detail."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail


class Player:
    """The card's owner. Commands come in by `obey`; `tend` is called again and again while the card is open."""

    def __init__(self, card: str, channels: int) -> None:
        self.card = card
        self.channels = channels
        self.running: Running | None = None
        self.tracks: dict[str, Track] = {}  # by output
        self.habits: defaultdict[int, Habit] = defaultdict(habit)  # of the card, by rate
        self._seen = 0  # commands
        self._told: dict[str, State] = {}
        self._blocks = 0
        self._asked_at = self._beat_at = self._idle_at = 0.0

    @property
    def pause(self) -> float | None:
        """Seconds until `tend` wants to be called; None: not before the next command."""
        if any(track.stopping for track in self.tracks.values()):
            return HASTE
        return TICK if self.running else None

    def obey(self, command: dict[str, Any]) -> None:
        self._seen += 1
        output = str(command["output"])
        if command["do"] == "arm":
            try:
                self._arm(output, command)
            except Fault as fault:
                self._refuse(output, command["airing"], fault)
        elif self.running and output in self.tracks:
            self.tracks[output].stop(round(command["fade"] * self.running.deck.rate))
        if not self.running:
            self.rest()

    def rest(self) -> None:
        """Say that no card is open, so that no further word is to be expected."""
        tell(idle=True, seen=self._seen)

    def tend(self) -> None:
        """Read ahead, say what has changed, notice a frozen card, let go of an idle one."""
        if not self.running:
            return
        now = monotonic()
        self._watch(self.running, now)
        for output, track in self.tracks.items():
            with suppress(Fault):  # what could be read is played, and the frames tell
                fill(track.tape)
            self._report(output, track, now)
        self._beat(self.running, now)
        self._linger(self.running, now)
        self._renew(now)

    def leave(self) -> None:
        """The daemon wants no more: fade out what plays and end."""
        if self.running and any(track.end is None for track in self.tracks.values()):
            for track in self.tracks.values():
                track.stop(round(FADE * self.running.deck.rate))
            sleep(FADE + 0.1)
        os._exit(0)  # closing could hang

    def _arm(self, output: str, command: dict[str, Any]) -> None:
        rate, channel = int(command["rate"]), int(command["channel"])
        deck = self._open(rate).deck
        if channel > deck.channels:
            raise Fault("channels", str(deck.channels))
        tape = taped(command)
        track = Track(command["airing"], channel - 1, tape, float(command["due"]), self.tracks.get(output))
        self.tracks[output] = track
        deck.tracks.append(track)
        self._told.pop(output, None)
        self._report(output, track, monotonic())

    def _open(self, rate: int) -> Running:
        if self.running and self.running.deck.rate == rate:
            return self.running
        if any(track.end is None for track in self.tracks.values()):
            raise Fault("rate")
        self._close()
        return self._start(rate)

    def _start(self, rate: int) -> Running:
        self.running = opened(self.card, rate, self.channels, self.habits[rate])
        self._blocks, self._asked_at = 0, monotonic()
        return self.running

    def _close(self) -> None:
        if self.running:
            self.tracks.clear()
            self.running.close()
            self.running = None

    def _report(self, output: str, track: Track, now: float) -> None:
        state = track.state(now)
        if self._told.get(output) != state:
            self._told[output] = state
            self._tell(output, track, state, now)

    def _refuse(self, output: str, airing: str, fault: Fault) -> None:
        tell(output=output, airing=airing, state=State.FAILED, frames=0, fault=fault.kind, detail=fault.detail)

    def _tell(self, output: str, track: Track, state: State, now: float, **more: str) -> None:
        assert self.running
        tell(
            output=output,
            airing=track.airing,
            state=state,
            frames=track.heard(now, self.running.deck.rate),
            started=track.started_at,
            ended=now if state is State.FAILED else track.ended_at,
            card=self.running.card,
            **more,
        )

    def _beat(self, running: Running, now: float) -> None:
        if now - self._beat_at >= BEAT:
            self._beat_at = now
            tell(heard={output: track.heard(now, running.deck.rate) for output, track in self.tracks.items()})

    def _linger(self, running: Running, now: float) -> None:
        if any(track.state(now) not in FINAL for track in self.tracks.values()):
            self._idle_at = now
        running.deck.sweep(now)
        if now - self._idle_at > LINGER:
            self._close()
            self.rest()

    def _renew(self, now: float) -> None:
        """A card that ran dry tells wrong times for long: open it anew as soon as there is time for it."""
        if self.running and self.running.deck.anchor.dry and self.running.deck.waiting(until=now + RENEWAL):
            deck = self.running.deck
            self.running.close()
            self.running = None
            with suppress(Fault):  # the card has gone: no sign of life will come, and the daemon draws its conclusion
                self._start(deck.rate).deck.take_over(deck)

    def _watch(self, running: Running, now: float) -> None:
        if running.deck.blocks != self._blocks:
            self._blocks, self._asked_at = running.deck.blocks, now
        patience = FROZEN if self._blocks > SETTLED else STARTING
        if running.moved:
            self._give_up(now, "gone")
        if now - self._asked_at > patience or not running.active:
            self._give_up(now, "frozen")

    def _give_up(self, now: float, fault: str) -> None:
        for output, track in self.tracks.items():
            if track.state(now) not in FINAL:
                self._tell(output, track, State.FAILED, now, fault=fault)
        tell(leaving=True)
        os._exit(1)


def opened(card: str, rate: int, channels: int, known: Habit) -> Running:
    """The card's stream, or a `Fault` with the reason."""
    try:
        from . import portaudio
    except OSError as error:  # sounddevice is there, PortAudio is not
        raise Fault("library", str(error)) from error
    try:
        return portaudio.Running(card, rate, channels, known)
    except portaudio.NoCard as error:
        raise Fault("gone") from error
    except portaudio.Unclear as error:
        raise Fault("unclear", str(error)) from error
    except portaudio.PortAudioError as error:
        raise Fault("closed", str(error)) from error


def taped(command: dict[str, Any]) -> Tape:
    """What a command wants to be played, or a `Fault`."""
    paths, rate, gain = command["paths"], command["rate"], command["gain"]
    try:
        tape = Live(paths[0], rate, command["live"], gain) if command["live"] else Tape(paths, rate, gain)
    except OSError as error:
        raise Fault("file", str(error)) from error
    fill(tape)
    return tape


def fill(tape: Tape) -> None:
    try:
        tape.fill()
    except (OSError, EOFError, ValueError, wave.Error) as error:
        raise Fault("file", str(error)) from error


def tell(**facts: object) -> None:
    """One line to the daemon. Where nobody listens any more there is nothing left to do."""
    try:
        os.write(1, json.dumps(facts).encode() + b"\n")
    except OSError:
        os._exit(1)


def lines(player: Player) -> Iterator[dict[str, Any]]:
    """The daemon's commands as they come; between them the player is tended. Ends when the daemon does."""
    unread = b""
    while True:
        ready, _, _ = select.select([0], [], [], player.pause)
        if ready:
            read = os.read(0, 1 << 16)
            if not read:
                return
            *whole, unread = (unread + read).split(b"\n")
            yield from map(json.loads, whole)
        player.tend()


def settle() -> None:
    """Make this process one that ends with its parent, ends for nobody else, and comes before others."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in (signal.SIGINT, signal.SIGTERM):  # the daemon decides when to fade
        signal.signal(number, signal.SIG_IGN)
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, -11)
    sys.setswitchinterval(0.0005)  # the card's thread must not wait for the reading one


def warm_up() -> None:
    """Load PortAudio now, not when there is a hurry, and end it again: at rest it holds no card and less memory."""
    with suppress(OSError):  # not installed: the first airing says so
        from .portaudio import release

        release()
    gc.freeze()


def main() -> None:
    settle()
    warm_up()
    player = Player(sys.argv[1], int(sys.argv[2]))
    player.rest()
    for command in lines(player):
        player.obey(command)
    player.leave()


if __name__ == "__main__":
    main()
