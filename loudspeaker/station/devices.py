"""What box.yaml, commune.yaml and the schedules name outside this program, looked at one by one, for `doctor`.

Nothing is changed and nothing is heard. Pins can be had by one process only: where a daemon has them, it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..errors import LoudspeakerError, Message
from ..model.box import Box, Output
from ..model.contents import Contents
from .preparation import Row

Pins = Mapping[str, str]  # pin -> what is wrong with it


@dataclass(frozen=True, slots=True)
class Ailment:
    """One thing that was looked at: fine, or what is wrong and what to do."""

    what: Message
    wrong: Message | None = None
    serious: bool = False

    def say(self, say: Callable[[str], str]) -> str:
        mark = "✗" if self.serious else "!" if self.wrong else "✓"
        return f"{mark} {self.told(say)}"

    def told(self, say: Callable[[str], str]) -> str:
        """Without its mark."""
        return self.what.say(say) + (f": {self.wrong.say(say)}" if self.wrong else "")

    def row(self, say: Callable[[str], str]) -> Row:
        wrong = self.wrong.say(say) if self.wrong else None
        return {"what": self.what.say(say), "wrong": wrong, "serious": self.serious}


def equipment(contents: Contents, held: Pins | None) -> Iterator[Ailment]:
    """All of it; `held` is what a daemon says of its pins, None where none runs."""
    for output in contents.box.outputs.values():
        yield from _beside(output, running=held is not None)
    yield from _pins(contents.box, held)
    yield from _streams(contents)


def _beside(output: Output, running: bool) -> Iterator[Ailment]:
    if output.mixer is not None:
        yield Ailment(Message("mixer of {output}", output=output.name), _mixer(output.device, output.mixer, running))
    if output.proof:
        from ..speakers.proof import probe_input

        what = Message("proof input {input} of {output}", input=output.proof, output=output.name)
        reason = probe_input(output.proof)
        wrong = Message("nothing is heard by it ({reason}); “arecord -l” lists the inputs", reason=reason)
        yield Ailment(what, wrong if reason else None)


def _mixer(device: str, percent: float, running: bool) -> Message | None:
    """A daemon has set it; without one it is enough that it answers."""
    from ..speakers.card import mixer
    from ..speakers.card.alsa import address

    try:
        if running:
            return mixer.verify(address(device), percent)
        mixer.read(address(device))
    except LoudspeakerError as error:
        return error.message
    return None


def _pins(box: Box, held: Pins | None) -> Iterator[Ailment]:
    relays = {output.relay.pin: output.relay.active_high for output in box.outputs.values() if output.relay}
    if not relays and box.stop_button is None:
        return
    from ..speakers.pins import probe_pins

    wrong = probe_pins(relays, box.stop_button) if held is None else held
    for pin in relays:
        names = ", ".join(name for name, output in box.outputs.items() if output.relay and output.relay.pin == pin)
        unusable = _unusable(wrong.get(str(pin)))
        yield Ailment(Message("relay of {output} (pin {pin})", output=names, pin=pin), unusable, unusable is not None)
    if box.stop_button is not None:
        what = Message("stop button (pin {pin})", pin=box.stop_button)
        yield Ailment(what, _unusable(wrong.get(str(box.stop_button))))


def _unusable(reason: str | None) -> Message | None:
    from ..speakers.pins import PRESSED

    if reason == PRESSED:
        return Message("it is pressed: its contact is stuck, or its wires touch")
    if not reason:
        return None
    return Message("it cannot be used ({reason}): install python3-lgpio, join the group gpio", reason=reason)


def _streams(contents: Contents) -> Iterator[Ailment]:
    """Lines into the box, and the stations that commune.yaml names."""
    from ..speakers.streams import probe

    urls = {one.stream for schedule in contents.schedules for one in schedule.broadcasts if one.stream}
    for url in sorted(urls):
        if url.startswith("input:"):
            yield Ailment(Message("line {url}", url=url), probe.probe_input(url))
    for host in contents.commune.streams:
        leading = [url for url in urls if urlsplit(url).hostname == host]
        yield Ailment(Message("stream host {host}", host=host), probe.probe_host(host, leading))
