"""Which speaker an output of box.yaml gets: by entry points `loudspeaker.speakers`, ours and strangers' alike.

An entry point is a function that takes the outputs of its kind and a `Setting`, and gives a speaker for each. The
first word of `device:` chooses it (`file`, `memory`, a plug-in's name); anything else is the name of a sound card.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from ..errors import DeviceGone
from ..interfaces import Clock, Playback, Speaker
from ..sound.programme import Programme
from .amplifier import Amplified, Amplifier, switch
from .card.alsa import address
from .card.mixer import Mixer, OriginalVolumes, restore
from .card.speaker import CardSpeaker, PlayerProcess
from .file import FileSpeaker
from .memory import MemorySpeaker
from .proof import InputEar, Proved

GROUP = "loudspeaker.speakers"
CARD = "portaudio"
AUTO = "auto"


class Relay(Protocol):
    """The switch of an amplifier; seconds."""

    @property
    def pin(self) -> int: ...
    @property
    def active_high(self) -> bool: ...
    @property
    def warm_up(self) -> float: ...
    @property
    def hold(self) -> float: ...


class Output(Protocol):
    """What is asked of an output of box.yaml."""

    @property
    def name(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def channel(self) -> int: ...
    @property
    def gain(self) -> float: ...
    @property
    def relay(self) -> Relay | None: ...
    @property
    def proof(self) -> str | None: ...
    @property
    def mixer(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Setting:
    """What speakers share: the time, the folder for sound that goes into files, and whom to tell when there is news.

    `originals` keep how a mixer was before; without them no mixer is touched.
    """

    clock: Clock
    folder: Path
    wake: Callable[[], None] = lambda: None
    originals: OriginalVolumes | None = None


Opener = Callable[[Sequence[Output], Setting], Mapping[str, Speaker]]


def open_speakers(outputs: Sequence[Output], setting: Setting) -> dict[str, Speaker]:
    """A speaker for each output, by its name. Opens no card yet: who is not there says so when it is armed."""
    kinds: dict[str, list[Output]] = defaultdict(list)
    known = entry_points(group=GROUP)
    for output in outputs:
        word = output.device.partition(":")[0]
        kinds[word if word in known.names else CARD].append(output)
    if setting.originals:
        restore(setting.originals, {address(output.device) for output in outputs if output.mixer is not None})
    speakers: dict[str, Speaker] = {}
    for kind, members in kinds.items():
        opener: Opener = known[kind].load()
        speakers |= opener(members, setting)
    speakers |= {name: Proved(speakers[name], InputEar(ear)) for name, ear in _ears(outputs)}
    return speakers | dict(_amplified(outputs, speakers, setting))


def _ears(outputs: Sequence[Output]) -> Iterator[tuple[str, str]]:
    for output in outputs:
        if output.proof:
            yield output.name, output.proof


def _amplified(
    outputs: Sequence[Output], speakers: Mapping[str, Speaker], setting: Setting
) -> Iterator[tuple[str, Speaker]]:
    """The speakers with a relay before them; those that name the same pin have the same amplifier."""
    amplifiers: dict[int, Amplifier] = {}
    for output in outputs:
        if relay := output.relay:
            if relay.pin not in amplifiers:
                device = switch(relay.pin, relay.active_high)
                amplifiers[relay.pin] = Amplifier(device, setting.clock, relay.warm_up, relay.hold)
            yield output.name, Amplified(speakers[output.name], amplifiers[relay.pin], output.name)


def open_cards(outputs: Sequence[Output], setting: Setting) -> dict[str, Speaker]:
    """One player for each card, whose outputs are its channels."""
    cards: dict[str, PlayerProcess] = {}
    for device in {output.device for output in outputs}:
        members = [output for output in outputs if output.device == device]
        channels = max(output.channel for output in members)
        cards[device] = PlayerProcess(device, channels, setting.clock, setting.wake, _mixer(members, setting))
        cards[device].start()
    return {output.name: _on_card(output, cards[output.device], setting) for output in outputs}


def _mixer(outputs: Sequence[Output], setting: Setting) -> Mixer | None:
    """That of a card, where one of its outputs wants it at some volume."""
    wanted = next((output.mixer for output in outputs if output.mixer is not None), None)
    if wanted is None or setting.originals is None:
        return None
    return Mixer(address(outputs[0].device), wanted, setting.originals)


def _on_card(output: Output, card: PlayerProcess, setting: Setting) -> Speaker:
    speaker = CardSpeaker(card, output.name, output.channel, output.gain)
    return Auto(speaker, _file(output, setting)) if output.device == AUTO else speaker


def open_files(outputs: Sequence[Output], setting: Setting) -> dict[str, Speaker]:
    return {output.name: _file(output, setting) for output in outputs}


def _file(output: Output, setting: Setting) -> FileSpeaker:
    return FileSpeaker(setting.clock, setting.folder, output.name, output.gain)


def open_memory(outputs: Sequence[Output], setting: Setting) -> dict[str, Speaker]:
    return {output.name: MemorySpeaker(setting.clock) for output in outputs}


class Auto:
    """`device: auto`: the default card, and a file where there is none. Asked anew for each sequence."""

    def __init__(self, card: Speaker, file: Speaker) -> None:
        self.card = card
        self.file = file
        self.lead = card.lead
        self._now = card

    @property
    def responsive(self) -> bool:
        return self.card.responsive

    def arm(self, airing: str, sequence: Sequence[Programme], at: datetime, gain: float = 0.0) -> None:
        try:
            self._now = self.card
            self.card.arm(airing, sequence, at, gain)
        except DeviceGone:
            self._now = self.file
            self.file.arm(airing, sequence, at, gain)

    def stop(self, fade: float = 0.03) -> None:
        self._now.stop(fade)

    def poll(self) -> Playback:
        return self._now.poll()

    def close(self) -> None:
        self.file.close()
        self.card.close()
