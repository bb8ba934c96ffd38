"""The mixer of a sound card: brought to the volume that box.yaml asks for, and put back as it was found.

`amixer` reaches whatever PortAudio can play on: ALSA's cards, and a sound server through ALSA's plug-in. What was found
is on the disk before it is changed, so that after a kill -9 nobody takes our volume for the one to put back.
"""

from __future__ import annotations

import logging
import re
import subprocess
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from statistics import mean
from typing import Any, Protocol

from ...errors import LoudspeakerError, Message

CONTROLS = ("Master", "Speaker", "PCM", "Headphone", "Digital")  # of a card as a whole, the likeliest first
PATIENCE = 1.0  # seconds: a dead sound server does not answer at all
NEAR = 5.0  # percent: a mixer has steps
KEPT = "mixers"  # in the notes: what each was like before


class Unset(LoudspeakerError):
    """The mixer cannot be read or set."""


class Notes(Protocol):
    """What survives a restart: small JSON values."""

    def recall(self, key: str) -> object: ...
    def remember(self, key: str, value: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Volume:
    """A playback control as it stands: `levels` are the mixer's own steps, one a channel."""

    control: str  # as amixer names it
    levels: tuple[int, ...]
    percent: float  # as alsamixer shows it
    on: bool | None  # None: it cannot be muted


class Originals:
    """How each mixer was found, by card, until it is put back."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._lock = threading.Lock()

    def all(self) -> dict[str, Any]:
        kept = self._notes.recall(KEPT)
        return kept if isinstance(kept, dict) else {}

    def keep(self, card: str, found: Volume) -> None:
        """Before it is changed for the first time. Raises what keeps it from the disk."""
        with self._lock:
            if card not in (kept := self.all()):
                original = {"control": found.control, "levels": found.levels, "on": found.on}
                self._notes.remember(KEPT, kept | {card: original})

    def forget(self, card: str) -> None:
        with self._lock:
            kept = self.all()
            if kept.pop(card, None):
                self._notes.remember(KEPT, kept)


class Mixer:
    """The mixer of one card, by ALSA's name for it. `percent` None: it is only put back.

    What goes wrong is told once, and costs no sound.
    """

    def __init__(self, card: str, percent: float | None, originals: Originals) -> None:
        self.card = card
        self.percent = percent
        self.originals = originals
        self._asked = threading.Event()
        self._at_work = threading.Lock()
        self._told = ""

    def look(self) -> None:
        """See to its volume, in a thread of its own; where that is under way already, once more after it."""
        self._asked.set()
        if self._at_work.acquire(blocking=False):
            try:
                threading.Thread(target=self._answer, daemon=True).start()
            except RuntimeError as error:  # the system has no thread left: the next look may find one
                self._at_work.release()
                logging.getLogger(__name__).warning("%s", error)

    def close(self) -> None:
        """Put it back as it was found, once. What cannot be put back now is kept for the next start."""
        self.percent = None
        if self._at_work.acquire(timeout=PATIENCE):
            self._do(self._put_back)

    def _answer(self) -> None:
        self._asked.clear()
        self._do(self._set)
        if self._asked.is_set():
            self.look()

    def _do(self, action: Callable[[], None]) -> None:
        try:
            action()
        except LoudspeakerError as error:
            if str(error) != self._told:
                logging.getLogger(__name__).warning("%s", error)
            self._told = str(error)
        finally:
            self._at_work.release()

    def _set(self) -> None:
        if (percent := self.percent) is None:
            return self._put_back()
        found = read(self.card)
        if abs(found.percent - percent) < 1 and found.on is not False:
            return
        self.originals.keep(self.card, found)
        write(self.card, found.control, f"{percent:g}%", None if found.on is None else True)
        if astray := amiss(self.card, percent):
            raise Unset(astray)

    def _put_back(self) -> None:
        if original := self.originals.all().get(self.card):
            write(self.card, original["control"], ",".join(map(str, original["levels"])), original["on"])
            self.originals.forget(self.card)


def put_back(originals: Originals, wanted: Collection[str]) -> None:
    """The mixers that an earlier run has left changed and that are not `wanted` any more."""
    for card in originals.all():
        if card not in wanted:
            Mixer(card, None, originals).look()


def amiss(card: str, percent: float) -> Message | None:
    """What is wrong with a mixer that was set to `percent`. Raises `Unset`."""
    now = read(card)
    if abs(now.percent - percent) <= NEAR and now.on is not False:
        return None
    facts = {"card": card, "wanted": f"{percent:g}", "found": f"{now.percent:.0f}"}
    return Message("The mixer of “{card}” was set to {wanted} %, but stands at {found} %.", **facts)


def read(card: str) -> Volume:
    """Where the card's volume stands. Raises `Unset` where it has none, or does not answer."""
    found = {volume.control.split("'")[1]: volume for volume in volumes(_amixer(card, "scontents"))}
    for control in (*CONTROLS, *found):
        if control in found:
            return found[control]
    raise Unset(Message("The sound card “{card}” has no mixer.", card=card))


def write(card: str, control: str, volume: str, on: bool | None) -> None:
    """Set a control to `volume`, in percent or one level a channel. Raises `Unset`."""
    switch = [] if on is None else ["unmute" if on else "mute"]
    _amixer(card, "sset", control, "playback", volume, *switch)


def volumes(told: str) -> Iterator[Volume]:
    """The playback controls in what `amixer scontents` says."""
    for part in told.split("Simple mixer control ")[1:]:
        channels = re.findall(r": Playback (-?\d+) \[(\d+)%\](?: \[[^]]*dB\])?(?: \[(on|off)\])?", part)
        if channels:
            switches = [switch == "on" for *_, switch in channels if switch]
            levels = tuple(int(level) for level, *_ in channels)
            percent = mean(int(percent) for _, percent, _ in channels)
            yield Volume(part.splitlines()[0], levels, percent, all(switches) if switches else None)


def _amixer(card: str, *words: str) -> str:
    """Percents are what an ear makes of them (-M), as in alsamixer; a card's own steps may be negative (--)."""
    command = ["amixer", "-M", "-D", card, "--", *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    except FileNotFoundError as error:
        raise Unset(Message("amixer is not installed. Install the package alsa-utils.")) from error
    except subprocess.TimeoutExpired as error:
        raise Unset(Message("The mixer of “{card}” does not answer.", card=card)) from error
    except subprocess.CalledProcessError as error:
        reason = (error.stderr.strip().splitlines() or [""])[-1]
        raise Unset(Message("The mixer of “{card}” cannot be set: {reason}", card=card, reason=reason)) from error
    return done.stdout
