"""Which speaker an output of box.yaml gets: by entry points `loudspeaker.speakers`, ours and plug-ins' alike.

An entry point is a function that takes the outputs of its kind and a `SpeakerContext`, and gives a speaker for each,
by the output's name. The first word of `device:` chooses it (`file`, `memory`, a plug-in's name); anything else is the
name of a sound card.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import entry_points
from pathlib import Path

from ..errors import DeviceGone
from ..interfaces import Clock, Playback, Speaker
from ..model.box import Output
from ..model.programme import Programme
from .amplifier import Amplifier, AmplifierSpeaker
from .card.alsa import address
from .card.latency_history import LatencyHistory
from .card.mixer import Mixer, OriginalVolumes, restore
from .card.speaker import FIRST_LEAD, LEAD, CardSpeaker, PlayerProcess
from .file import FileSpeaker
from .memory import MemorySpeaker
from .pins import RelaySwitch
from .proof import LevelMeter, ProofSpeaker

GROUP = "loudspeaker.speakers"
CARD = "portaudio"
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class SpeakerContext:
    """What speakers share: the time, the folder for sound that goes into files, and whom to call when there is news.

    `originals` keep how a mixer was before; without them no mixer is touched. `latencies` are those of the cards.
    """

    clock: Clock
    folder: Path
    wake: Callable[[], None] = lambda: None  # called from any thread
    originals: OriginalVolumes | None = None
    latencies: LatencyHistory = field(default_factory=LatencyHistory)


Opener = Callable[[Sequence[Output], SpeakerContext], Mapping[str, Speaker]]


def open_speakers(outputs: Sequence[Output], context: SpeakerContext) -> dict[str, Speaker]:
    """A speaker for each output, by its name. Opens no card yet: one that is not there is an error when it is armed."""
    kinds: dict[str, list[Output]] = defaultdict(list)
    known = entry_points(group=GROUP)
    for output in outputs:
        word = output.device.partition(":")[0]
        kinds[word if word in known.names else CARD].append(output)
    if context.originals:
        restore(context.originals, {address(output.device) for output in outputs if output.mixer is not None})
    speakers: dict[str, Speaker] = {}
    for kind, members in kinds.items():
        opener: Opener = known[kind].load()
        speakers |= opener(members, context)
    for output in outputs:
        if output.proof:
            speakers[output.name] = ProofSpeaker(speakers[output.name], LevelMeter(output.proof))
    return speakers | dict(_amplifier_speakers(outputs, speakers, context))


def _amplifier_speakers(
    outputs: Sequence[Output], speakers: Mapping[str, Speaker], context: SpeakerContext
) -> Iterator[tuple[str, Speaker]]:
    """The speakers with a relay before them; those that name the same pin have the same amplifier."""
    amplifiers: dict[int, Amplifier] = {}
    for output in outputs:
        if relay := output.relay:
            if relay.pin not in amplifiers:
                switch = RelaySwitch(relay.pin, relay.active_high)
                amplifiers[relay.pin] = Amplifier(switch, context.clock, relay.warm_up, relay.hold)
            yield output.name, AmplifierSpeaker(speakers[output.name], amplifiers[relay.pin], output.name)


def open_cards(outputs: Sequence[Output], context: SpeakerContext) -> dict[str, Speaker]:
    """One player for each card, whose outputs are its channels."""
    players: dict[str, PlayerProcess] = {}
    for device in {output.device for output in outputs}:
        members = [output for output in outputs if output.device == device]
        channels = max(output.channel for output in members)
        mixer = _mixer(members, context)
        players[device] = PlayerProcess(device, channels, context.clock, context.wake, mixer, context.latencies)
        players[device].start()
    return {output.name: _card_speaker(output, players[output.device], context) for output in outputs}


def _mixer(outputs: Sequence[Output], context: SpeakerContext) -> Mixer | None:
    """That of a card, where one of its outputs asks for a volume."""
    percent = next((output.mixer for output in outputs if output.mixer is not None), None)
    if percent is None or context.originals is None:
        return None
    return Mixer(address(outputs[0].device), percent, context.originals)


def _card_speaker(output: Output, player: PlayerProcess, context: SpeakerContext) -> Speaker:
    name = "" if output.device == AUTO else output.device  # which card the system will choose is not known here
    lead = LEAD if context.latencies.knows(name) else FIRST_LEAD
    speaker = CardSpeaker(player, output.name, output.channel, output.gain, lead)
    return AutoSpeaker(speaker, _file_speaker(output, context)) if output.device == AUTO else speaker


def open_files(outputs: Sequence[Output], context: SpeakerContext) -> dict[str, Speaker]:
    """A file a day for each output."""
    return {output.name: _file_speaker(output, context) for output in outputs}


def _file_speaker(output: Output, context: SpeakerContext) -> FileSpeaker:
    return FileSpeaker(context.clock, context.folder, output.name, output.gain)


def open_memory(outputs: Sequence[Output], context: SpeakerContext) -> dict[str, Speaker]:
    """The stand-in, for demonstrations."""
    return {output.name: MemorySpeaker(context.clock) for output in outputs}


class AutoSpeaker:
    """`device: auto`: the default card, and a file where there is none. Decided anew for each sequence."""

    def __init__(self, card: Speaker, file: Speaker) -> None:
        self.card = card
        self.file = file
        self.lead = card.lead
        self._current = card

    @property
    def responsive(self) -> bool:
        return self.card.responsive

    def arm(self, airing: str, sequence: Sequence[Programme], at: datetime, gain: float = 0.0) -> None:
        try:
            self._current = self.card
            self.card.arm(airing, sequence, at, gain)
        except DeviceGone:
            self._current = self.file
            self.file.arm(airing, sequence, at, gain)

    def stop(self, fade: float = 0.03) -> None:
        self._current.stop(fade)

    def poll(self) -> Playback:
        return self._current.poll()

    def close(self) -> None:
        try:
            self.file.close()
        finally:
            self.card.close()
