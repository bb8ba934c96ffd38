"""PortAudio, as little of it as is needed: find a card by its name, run a stream on it. For processes that end.

Importing this loads PortAudio; the daemon must not.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

import sounddevice  # type: ignore[import-untyped]
from sounddevice import PortAudioError

from ..stream_guard import StreamGuard
from .render import Renderer

LATENCY = 0.05  # seconds of buffer: a pre-emption waits for it, and a busy machine was seen to pause for 38 ms
PRE_ROLL = 0.05  # seconds of silence first: a busy machine was seen to lose up to the first 18 ms of a new stream
DEFAULT = "auto"


__all__ = ["AmbiguousCard", "CardNotFound", "CardStream", "PortAudioError", "find_card", "list_cards", "terminate"]


class CardNotFound(Exception):
    """There is no such card now."""


class AmbiguousCard(Exception):
    """More than one card goes by that name; the message lists them."""


@dataclass(frozen=True, slots=True)
class CardInfo:
    """A card that can play, as PortAudio knows it."""

    index: int
    name: str
    channels: int  # for output


def list_cards() -> list[CardInfo]:
    """The cards that can play, as PortAudio found them when it was last started."""
    cards = [(card["index"], card["name"], card["max_output_channels"]) for card in sounddevice.query_devices()]
    return [CardInfo(*card) for card in cards if card[-1]]


def find_card(name: str) -> CardInfo:
    """The card called `name`, wholly or in part; `auto` is the system's default.

    Raises `CardNotFound` or `AmbiguousCard`: never another card instead.
    """
    if name == DEFAULT:
        matches = [card for card in list_cards() if card.index == sounddevice.default.device[1]]
    else:
        exact = [card for card in list_cards() if card.name == name]
        matches = exact or [card for card in list_cards() if name.casefold() in card.name.casefold()]
    if not matches:
        raise CardNotFound(name)
    if len(matches) > 1:
        raise AmbiguousCard(", ".join(card.name for card in matches))
    return matches[0]


class CardStream:
    """A running stream on the card called `name`: `rate` frames a second, at least `channels` where the card has them.

    PortAudio lists the machine's cards only when it starts, so it is started for each stream and ended after it: a
    card that was plugged in meanwhile is found, and the memory goes back. `latencies` are those of earlier streams, by
    their `setup`.

    Raises `CardNotFound`, `AmbiguousCard` or `PortAudioError`.
    """

    def __init__(self, name: str, rate: int, channels: int, latencies: Mapping[str, Sequence[float]]) -> None:
        raise_priority(10)  # the threads of a sound server's library are started in here
        terminate()
        sounddevice._initialize()
        card = find_card(name)
        self.card = card.name
        self._priority_raised = False
        # The default is whichever card the system chooses.
        self._stream_guard = None if name == DEFAULT else StreamGuard()
        try:
            self._stream = sounddevice.RawOutputStream(
                samplerate=rate,
                channels=max(1, min(max(channels, 2), card.channels)),
                dtype="int16",
                device=card.index,
                latency=LATENCY,
                callback=self._render_block,
            )
            self.renderer = Renderer(rate, self._stream.channels, latencies.get(self.setup, ()), round(PRE_ROLL * rate))
            self._stream.start()
        except PortAudioError:
            self._close_stream_guard()
            raise

    @property
    def setup(self) -> str:
        """What its latency depends on, as far as it is known here: streams that are alike in it have the same."""
        return f"{self.card}, {self._stream.samplerate:.0f} Hz, {1000 * self._stream.latency:.1f} ms"

    @property
    def active(self) -> bool:
        return bool(self._stream.active)

    @property
    def has_moved(self) -> bool:
        """A sound server has given it another card."""
        return self._stream_guard is not None and self._stream_guard.has_moved

    def close(self) -> None:
        """End the stream and PortAudio. May hang for ever where the card or its server is dead."""
        self._close_stream_guard()
        self._stream.abort()
        self._stream.close()
        terminate()

    def _close_stream_guard(self) -> None:
        if self._stream_guard:
            self._stream_guard.close()

    def _render_block(self, out: Any, frames: int, time: Any, status: sounddevice.CallbackFlags) -> None:
        now = monotonic()
        if not self._priority_raised:
            self._priority_raised = True
            raise_priority(20)
        if status.output_underflow:
            self.renderer.dac_clock.report_underrun()
        # Only this difference is to be trusted: which clock PortAudio reads depends on how it was built.
        self.renderer.render(memoryview(out), now, time.outputBufferDacTime - time.currentTime)


def terminate() -> None:
    """End PortAudio, as often as it was started."""
    while sounddevice._initialized:
        sounddevice._terminate()


def raise_priority(priority: int) -> None:
    """Schedule this thread, and those that it will start, before the rest of the machine, where that is allowed."""
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
