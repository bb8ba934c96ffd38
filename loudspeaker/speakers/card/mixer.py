"""The mixer of a sound card: set to the volume that box.yaml asks for, and restored at the end.

`amixer` reaches whatever PortAudio can play on: ALSA's cards, and a sound server through ALSA's plug-in. The original
volume is on the disk before it is changed, so that after a kill -9 nobody takes ours for the one to restore.
"""

from __future__ import annotations

import logging
import re
import subprocess
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from statistics import mean

from ...codec import decode
from ...errors import LoudspeakerError, Message

CONTROLS = ("Master", "Speaker", "PCM", "Headphone", "Digital")  # of a card as a whole, the likeliest first
TIMEOUT = 1.0  # seconds: a dead sound server does not answer at all
NEAR = 5.0  # percent: a mixer has steps
NOTE = "mixers"  # the key under which the original volumes are remembered


class MixerError(LoudspeakerError):
    """The mixer cannot be read or set."""


@dataclass(frozen=True, slots=True)
class MixerState:
    """A playback control as it stands: `levels` are the mixer's own steps, one a channel."""

    control: str  # as amixer names it
    levels: tuple[int, ...]
    on: bool | None  # None: it cannot be muted
    percent: float = 0.0  # as alsamixer shows it; not remembered


class OriginalVolumes:
    """How each mixer was before it was first changed, by card, until it is restored.

    `recall` and `remember` keep small JSON values over a restart, by key.
    """

    def __init__(self, recall: Callable[[str], object], remember: Callable[[str, object], None]) -> None:
        self._recall = recall
        self._remember = remember
        self._lock = threading.Lock()

    def cards(self) -> list[str]:
        """The cards whose mixers are to be restored."""
        return list(self._all())

    def get(self, card: str) -> MixerState | None:
        """The original of a card, None where its mixer was not changed."""
        original = self._all().get(card)
        return decode(MixerState, original) if original else None

    def keep(self, card: str, state: MixerState) -> None:
        """Remember `state`, unless an earlier one is kept. Raises what keeps it from the disk."""
        with self._lock:
            if card not in (kept := self._all()):
                original = {"control": state.control, "levels": state.levels, "on": state.on}
                self._remember(NOTE, kept | {card: original})

    def forget(self, card: str) -> None:
        """The mixer was restored."""
        with self._lock:
            originals = self._all()
            if originals.pop(card, None):
                self._remember(NOTE, originals)

    def _all(self) -> dict[str, object]:
        originals = self._recall(NOTE)
        return originals if isinstance(originals, dict) else {}


class Mixer:
    """The mixer of one card, by ALSA's name for it. `percent` None: it is only restored.

    A fault is logged once, and costs no sound.
    """

    def __init__(self, card: str, percent: float | None, originals: OriginalVolumes) -> None:
        self.card = card
        self.percent = percent
        self.originals = originals
        self._requested = threading.Event()
        self._busy = threading.Lock()
        self._last_warning = ""

    def apply(self) -> None:
        """Set its volume, in a thread of its own; where that is under way already, once more after it."""
        self._requested.set()
        if self._busy.acquire(blocking=False):
            try:
                threading.Thread(target=self._work, daemon=True).start()
            except RuntimeError as error:  # the system has no thread left: the next call may find one
                self._busy.release()
                logging.getLogger(__name__).warning("%s", error)

    def close(self) -> None:
        """Restore it, once. What cannot be restored now is kept for the next start."""
        self.percent = None
        if self._busy.acquire(timeout=TIMEOUT):
            self._do(self._restore)

    def _work(self) -> None:
        self._requested.clear()
        self._do(self._set)
        if self._requested.is_set():
            self.apply()

    def _do(self, action: Callable[[], None]) -> None:
        try:
            action()
        except LoudspeakerError as error:
            if str(error) != self._last_warning:
                logging.getLogger(__name__).warning("%s", error)
            self._last_warning = str(error)
        finally:
            self._busy.release()

    def _set(self) -> None:
        if (percent := self.percent) is None:
            return self._restore()
        state = read(self.card)
        if abs(state.percent - percent) < 1 and state.on is not False:
            return
        self.originals.keep(self.card, state)
        write(self.card, state.control, f"{percent:g}%", None if state.on is None else True)
        if deviation := verify(self.card, percent):
            raise MixerError(deviation)

    def _restore(self) -> None:
        if original := self.originals.get(self.card):
            write(self.card, original.control, ",".join(map(str, original.levels)), original.on)
            self.originals.forget(self.card)


def restore(originals: OriginalVolumes, wanted: Collection[str]) -> None:
    """Restore the mixers that an earlier run has left changed and that are not `wanted` any more."""
    for card in originals.cards():
        if card not in wanted:
            Mixer(card, None, originals).apply()


def verify(card: str, percent: float) -> Message | None:
    """What is wrong with a mixer that was set to `percent`, None where nothing is. Raises `MixerError`."""
    state = read(card)
    if abs(state.percent - percent) <= NEAR and state.on is not False:
        return None
    facts = {"card": card, "wanted": f"{percent:g}", "found": f"{state.percent:.0f}"}
    return Message("The mixer of “{card}” was set to {wanted} %, but stands at {found} %.", **facts)


def read(card: str) -> MixerState:
    """The state of the card's likeliest control. Raises `MixerError` where it has none, or does not answer."""
    controls = {state.control.split("'")[1]: state for state in parse_controls(_amixer(card, "scontents"))}
    for control in (*CONTROLS, *controls):
        if control in controls:
            return controls[control]
    raise MixerError(Message("The sound card “{card}” has no mixer.", card=card))


def write(card: str, control: str, volume: str, on: bool | None) -> None:
    """Set a control to `volume`, in percent or one level a channel. Raises `MixerError`."""
    switch = [] if on is None else ["unmute" if on else "mute"]
    _amixer(card, "sset", control, "playback", volume, *switch)


def parse_controls(listing: str) -> Iterator[MixerState]:
    """The playback controls in the output of `amixer scontents`."""
    for part in listing.split("Simple mixer control ")[1:]:
        channels = re.findall(r": Playback (-?\d+) \[(\d+)%\](?: \[[^]]*dB\])?(?: \[(on|off)\])?", part)
        if channels:
            switches = [switch == "on" for *_, switch in channels if switch]
            levels = tuple(int(level) for level, *_ in channels)
            percent = mean(int(percent) for _, percent, _ in channels)
            yield MixerState(part.splitlines()[0], levels, all(switches) if switches else None, percent)


def _amixer(card: str, *arguments: str) -> str:
    """Percents are on the scale of loudness (-M), as in alsamixer; a card's own steps may be negative (--)."""
    command = ["amixer", "-M", "-D", card, "--", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=True)
    except FileNotFoundError as error:
        raise MixerError(Message("amixer is not installed. Install the package alsa-utils.")) from error
    except subprocess.TimeoutExpired as error:
        raise MixerError(Message("The mixer of “{card}” does not answer.", card=card)) from error
    except subprocess.CalledProcessError as error:
        reason = (error.stderr.strip().splitlines() or [""])[-1]
        raise MixerError(Message("The mixer of “{card}” cannot be set: {reason}", card=card, reason=reason)) from error
    return done.stdout
