"""All that can be swapped, on one page: Engine, Speaker, Clock.

To write a plug-in, implement one of these, name it in the entry points `loudspeaker.engines` or
`loudspeaker.speakers`, and run the conformance check (`loudspeaker.engines.conformance`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .errors import Message
    from .model.programme import Programme
    from .sound.clip import Clip


class Engine(Protocol):
    """Turns text into sound."""

    name: str
    online: bool  # texts leave this machine
    at_once: int  # how many sentences it may be given at the same time

    def fingerprint(self, voice: str) -> str:
        """Change whenever the same text would sound different: it keys the cache. Cheap, never the network.

        Raises `NotAvailable` where the engine or the voice is not installed, `BadRequest` for an unknown voice.
        """

    def synthesize(self, text: str, voice: str) -> Clip:
        """Speak one sentence of spoken text (NFC). Called from several threads, at most `at_once`.

        Raises one of the four kinds of `EngineError`; whatever else comes out is a bug of the engine.
        """

    def voices(self) -> Sequence[str]:
        """The names that can be spoken with here and now; empty where the engine is not installed."""


class State(StrEnum):
    """Where a playback stands. From `ARMED` on it ends in exactly one of the last three."""

    IDLE = "idle"
    ARMED = "armed"
    PLAYING = "playing"
    DONE = "done"  # the last sample has left
    STOPPED = "stopped"  # on request; `frames` were heard
    FAILED = "failed"  # the device; `frames` were heard


@dataclass(frozen=True, slots=True)
class Playback:
    """What one output is doing, or did last."""

    state: State = State.IDLE
    airing: str = ""  # the id given to `arm`
    started_at: datetime | None = None  # when the first sample left
    ended_at: datetime | None = None
    frames: int = 0  # that have left the card, over all programmes of the sequence
    error: Message | None = None
    via: str = ""  # the card or file it went to
    to_file: bool = False
    heard: bool | None = None  # by the proof input; None: nobody listened


class Speaker(Protocol):
    """One output of this box. Plays one sequence at a time; never blocks for longer than it takes to say so.

    Its owner calls `poll` from one thread; a `wake` callable given to the constructor is called, from any thread,
    when there is news.
    """

    lead: float  # seconds ahead of its time that a sequence wants to be armed: the card's, the amplifier's

    @property
    def responsive(self) -> bool:
        """False while a report of its player is overdue: the player is frozen, and about to be replaced."""

    def arm(self, airing: str, sequence: Sequence[Programme], at: datetime, gain: float = 0.0) -> None:
        """Get ready so that the first sample of `sequence` leaves at `at` (now, if past). `gain` is in dB.

        Checks each file's hash first. Raises `DeviceGone` where the card is not there, `SpeakerError` else.
        """

    def stop(self, fade: float = 0.03) -> None:
        """Fade out over `fade` seconds and end as `STOPPED`; an armed one ends with 0 frames."""

    def poll(self) -> Playback:
        """What has become of the last sequence armed. A dead or frozen card shows here as `FAILED`."""

    def close(self) -> None:
        """Let go of the card, by force where it hangs."""


EARLIEST = datetime(2024, 1, 1, tzinfo=UTC)  # this program is younger: no source makes an earlier time true


class Clock(Protocol):
    """The time; passed to all code that needs it (`loudspeaker.clock` has two implementations)."""

    def now(self) -> datetime:
        """Wall time, aware, in UTC or any zone."""

    def monotonic(self) -> float:
        """Seconds that no step of the wall clock changes."""
