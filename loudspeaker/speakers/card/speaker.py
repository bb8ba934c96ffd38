"""A sound card as a `Speaker`: the daemon's side of the player process. No PortAudio is loaded in here.

One `Card` (one child process) for each sound card; each of its outputs is a `CardSpeaker` on one of its channels.
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
from datetime import datetime, timedelta
from time import monotonic  # the player's clock: both ends of the pipe must read the same one
from typing import IO, Any

from ...errors import DeviceGone, Message, SpeakerError
from ...interfaces import Clock, Playback, State
from ...sound.programme import Programme
from .. import integrity
from .mixer import Mixer

ANSWER = 0.3  # seconds that `arm` and `stop` wait for the player's word, at most
SILENCE = 0.75  # without a sign of life from a player whose card is open: three were missed
BIRTH = 6.0  # … and until the first word of a new one: a small board loads slowly
MERCY = 0.25  # … more, then it is frozen for good and ended
LOOK = 0.25  # … is looked for this often
RUNNING = (State.ARMED, State.PLAYING)

logger = logging.getLogger(__name__)


class Card:
    """The child process that owns one sound card. It is started when it is first needed, and again when it died.

    `news` holds the last word on each output; `changed` is notified of each new one. The `mixer` is seen to at the
    start and before each sequence, since a card that was plugged in again comes back with a volume of its own.
    """

    def __init__(
        self,
        name: str,
        channels: int,
        clock: Clock,
        wake: Callable[[], None] = lambda: None,
        mixer: Mixer | None = None,
    ) -> None:
        self.name = name
        self.channels = channels
        self.clock = clock
        self.wake = wake
        self.mixer = mixer
        self.news: dict[str, dict[str, Any]] = {}
        self.changed = threading.Condition()
        self._child: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None
        self._sent = 0  # commands; each word of the player tells how many it has seen
        self._due: float | None = None  # monotonic time by which the next word must come

    @property
    def beating(self) -> bool:
        """No word that was due is missing."""
        due = self._due  # read once: the listener's thread may clear it between two reads
        return due is None or monotonic() < due

    @property
    def frozen(self) -> bool:
        """It has been missing for so long that none will come."""
        due = self._due
        return due is not None and monotonic() >= due + MERCY

    def start(self) -> None:
        """Have a player ready, so that the first airing need not wait for one."""
        self._see_to_mixer()
        with self.changed:
            try:
                self._living()
            except DeviceGone as error:  # tried again with the first airing
                logger.error("%s", error)

    def arm(self, output: str, airing: str, **facts: object) -> None:
        self._see_to_mixer()
        with self.changed:
            self.news[output] = {"airing": airing, "state": State.ARMED, "frames": 0}
            self._send(do="arm", output=output, airing=airing, **facts)
            self.changed.wait_for(lambda: "output" in self.news[output], ANSWER)

    def stop(self, output: str, fade: float) -> None:
        with self.changed:
            if self._child is None:
                return  # it has died, and all that it played with it
            self._send(do="stop", output=output, fade=fade)
            self.changed.wait_for(lambda: self.news[output]["state"] not in RUNNING, ANSWER)

    def close(self) -> None:
        """End the player; it fades out what plays. By force where it does not listen."""
        with self.changed:
            child, self._child, self._due = self._child, None, None
            listener = self._listener
        if child and child.stdin and listener:
            child.stdin.close()
            listener.join(timeout=0.6)
            child.kill()
            listener.join(timeout=0.6)
        if self.mixer:
            self.mixer.close()

    def _see_to_mixer(self) -> None:
        if self.mixer:
            self.mixer.look()

    def _living(self) -> subprocess.Popen[bytes]:
        """The player, started where there is none. Raises `DeviceGone` where the system cannot start one."""
        if self._child is None:
            command = [sys.executable, "-m", "loudspeaker.speakers.card.player", self.name, str(self.channels)]
            try:
                child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
            except OSError as error:
                raise DeviceGone(sentence("unstarted", self.name, error.strerror or str(error))) from error
            self._child, self._sent, self._due = child, 0, monotonic() + BIRTH
            self._listener = threading.Thread(target=self._listen, args=[child], daemon=True)
            try:
                self._listener.start()
            except RuntimeError as error:  # the system has no thread left
                child.kill()
                self._child, self._listener, self._due = None, None, None
                raise DeviceGone(sentence("unstarted", self.name, str(error))) from error
        return self._child

    def _send(self, **command: object) -> None:
        child = self._living()
        assert child.stdin
        self._sent += 1
        self._due = max(self._due or 0.0, monotonic() + SILENCE)
        with suppress(OSError):  # it has died: the listener is about to say so
            child.stdin.write(json.dumps(command).encode() + b"\n")

    def _listen(self, child: subprocess.Popen[bytes]) -> None:
        """Take down what the player says until it ends; end it when it has fallen silent."""
        assert child.stdout
        try:
            for word in words(child.stdout, lambda: self._child is child and self.frozen):
                self._note(child, word)
        except (OSError, LookupError, TypeError, ValueError):  # no word of a player: it has lost its mind
            logger.exception("%s", self.name)
        frozen = child.poll() is None and self._child is child and self.frozen
        child.kill()
        self._mourn(child, "frozen" if frozen else "died")
        with child:  # wait for it and close its pipes: a player in the kernel's hands may never end
            pass

    def _note(self, child: subprocess.Popen[bytes], word: dict[str, Any]) -> None:
        with self.changed:
            if self._child is not child:
                return
            if "leaving" in word:  # it has given up its card: whatever comes next wants a new one
                self._child, self._due = None, None
                return
            at_rest = word.get("idle") and word["seen"] == self._sent
            self._due = None if at_rest else monotonic() + SILENCE
            for output, frames in word.get("heard", {}).items():
                self.news[output] = self.news[output] | {"frames": frames}  # a new value: others may be reading the old
            if "output" in word and word["airing"] == self.news[word["output"]]["airing"]:
                self.news[word["output"]] = word
                self.changed.notify_all()
        if "output" in word:
            self.wake()

    def _mourn(self, child: subprocess.Popen[bytes], fault: str) -> None:
        """The player has gone: so has what it played. The next command starts another."""
        with self.changed:
            if self._child is not child:
                return
            self._child, self._due = None, None
            for output, news in self.news.items():
                if news["state"] in RUNNING:
                    ended = monotonic()
                    self.news[output] = news | {"output": output, "state": State.FAILED, "fault": fault, "ended": ended}
            self.changed.notify_all()
        self.wake()


class CardSpeaker:
    """One channel of a sound card, as a `Speaker`. `gain` is the output's own, in dB."""

    lead = 2.5

    def __init__(self, card: Card, output: str, channel: int = 1, gain: float = 0.0) -> None:
        self.card = card
        self.output = output
        self.channel = channel
        self.gain = gain
        self._last = Playback()
        self._stopping = False
        self._fault = ""  # the player's word for what made the last sequence fail

    @property
    def beating(self) -> bool:
        return self.card.beating

    def arm(self, airing: str, sequence: Sequence[Programme], at: datetime, gain: float = 0.0) -> None:
        if self.poll().state in RUNNING and not self._stopping:
            raise SpeakerError(Message("This output is still playing."))
        integrity.check(sequence)
        due = monotonic() + (at - self.card.clock.now()).total_seconds()
        self._last, self._stopping, self._fault = Playback(State.ARMED, airing, via=self.card.name), False, ""
        self.card.arm(
            self.output,
            airing,
            channel=self.channel,
            due=due,
            gain=self.gain + gain,
            rate=sequence[0].rate,
            live=0 if sequence[0].sha256 else sequence[0].frames,
            paths=[str(programme.path) for programme in sequence],
        )
        if error := self.poll().error:
            raise self._kind(error)

    def stop(self, fade: float = 0.03) -> None:
        if self.poll().state in RUNNING:
            self._stopping = True
            self.card.stop(self.output, fade)

    def poll(self) -> Playback:
        news = self.card.news.get(self.output)
        if news and self._last.state in RUNNING:
            self._last = self._told(news)
        return self._last

    def close(self) -> None:
        self.card.close()

    def _told(self, news: dict[str, Any]) -> Playback:
        """The player's word as a playback. Moments are turned into wall time once, when they are first told."""
        state, self._fault = State(news["state"]), news.get("fault", "")
        started = news.get("started") if state is not State.ARMED else None
        return Playback(
            state,
            news["airing"],
            started_at=self._last.started_at or self._wall(started),
            ended_at=self._wall(news.get("ended")) if state not in RUNNING else None,
            frames=news["frames"],
            error=self._error(news),
            via=news.get("card", self.card.name),
        )

    def _wall(self, moment: float | None) -> datetime | None:
        return None if moment is None else self.card.clock.now() - timedelta(seconds=monotonic() - moment)

    def _error(self, news: dict[str, Any]) -> Message | None:
        return sentence(news["fault"], self.card.name, news.get("detail", "")) if "fault" in news else None

    def _kind(self, error: Message) -> SpeakerError:
        return DeviceGone(error) if self._fault in ("gone", "closed", "frozen", "died") else SpeakerError(error)


def words(pipe: IO[bytes], overdue: Callable[[], bool]) -> Iterator[dict[str, Any]]:
    """The lines that come out of `pipe`, until it ends or `overdue`."""
    unread = b""
    while not overdue():
        if not select.select([pipe], [], [], LOOK)[0]:
            continue
        read = os.read(pipe.fileno(), 1 << 16)
        if not read:
            return
        *whole, unread = (unread + read).split(b"\n")
        yield from map(json.loads, whole)


def sentence(fault: str, device: str, detail: str) -> Message:
    """What the player's word for a fault means to people."""
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
