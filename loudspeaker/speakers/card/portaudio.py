"""PortAudio, as little of it as is needed: find a card by its name, run a stream on it. For the player process only.

Importing this loads PortAudio; the daemon must not.
"""

from __future__ import annotations

import os
from contextlib import suppress
from time import monotonic
from typing import Any

import sounddevice  # type: ignore[import-untyped]
from sounddevice import PortAudioError

from .dac_clock import Habit
from .render import Deck
from .sink_guard import Leash

LATENCY = 0.05  # seconds of buffer: a pre-emption waits for it, and a busy machine was seen to pause for 38 ms
DEFAULT = "auto"


__all__ = ["NoCard", "PortAudioError", "Running", "Unclear", "cards", "find", "release"]


class NoCard(Exception):
    """There is no such card now."""


class Unclear(Exception):
    """More than one card goes by that name."""


def cards() -> list[dict[str, Any]]:
    """The cards that can play, as PortAudio found them when it was last started."""
    return [card for card in sounddevice.query_devices() if card["max_output_channels"]]


def find(name: str) -> dict[str, Any]:
    """The card called `name`, wholly or in part; `auto` is the system's default.

    Raises `NoCard` or `Unclear`: never another card instead.
    """
    if name == DEFAULT:
        found = [card for card in cards() if card["index"] == sounddevice.default.device[1]]
    else:
        whole = [card for card in cards() if card["name"] == name]
        found = whole or [card for card in cards() if name.casefold() in card["name"].casefold()]
    if not found:
        raise NoCard(name)
    if len(found) > 1:
        raise Unclear(", ".join(card["name"] for card in found))
    return found[0]


class Running:
    """A stream that plays a deck on the card called `name`. Raises `NoCard`, `Unclear` or `PortAudioError`.

    PortAudio looks at the machine's cards only when it starts, so it is started for each stream and ended after it:
    a card that was plugged in meanwhile is found, and the memory goes back.
    """

    def __init__(self, name: str, rate: int, channels: int, known: Habit) -> None:
        hurry(10)  # the threads of a sound server's library are started in here
        release()
        sounddevice._initialize()
        card = find(name)
        self.card: str = card["name"]
        self._hurried = False
        self._stream = sounddevice.RawOutputStream(
            samplerate=rate,
            channels=max(1, min(max(channels, 2), card["max_output_channels"])),
            dtype="int16",
            device=card["index"],
            latency=LATENCY,
            callback=self._block,
        )
        self.deck = Deck(rate, self._stream.channels, known)
        self._stream.start()
        self._leash = None if name == DEFAULT else Leash()  # the default card is whichever the system likes best

    @property
    def active(self) -> bool:
        return bool(self._stream.active)

    @property
    def moved(self) -> bool:
        """A sound server has given it another card."""
        return self._leash is not None and self._leash.moved

    def close(self) -> None:
        """May hang for ever where the card or its server is dead."""
        if self._leash:
            self._leash.let_go()
        self._stream.abort()
        self._stream.close()
        release()

    def _block(self, out: Any, frames: int, time: Any, status: Any) -> None:
        now = monotonic()
        if not self._hurried:
            self._hurried = True
            hurry(20)
        if status.output_underflow:
            self.deck.anchor.ran_dry()
        # Only this difference is to be trusted: which clock PortAudio reads depends on how it was built.
        self.deck.render(memoryview(out), now, time.outputBufferDacTime - time.currentTime)


def release() -> None:
    """End PortAudio, as often as it was started."""
    while sounddevice._initialized:
        sounddevice._terminate()


def hurry(priority: int) -> None:
    """Put this thread, and those that it will start, before the rest of the machine, where that is allowed."""
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
