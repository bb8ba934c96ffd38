"""What box.yaml, commune.yaml and the schedules name outside this program, looked at one by one, for `doctor`.

Nothing is changed and nothing is heard. Pins can be had by one process only: where a daemon has them, it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..errors import LoudspeakerError, Message
from ..model.board import HealthSubject
from ..model.box import Box, Output
from ..model.contents import Contents
from ..speakers.card import mixer
from ..speakers.card.alsa import address
from ..speakers.pins import PRESSED, probe_pins
from ..speakers.proof import probe_input
from ..speakers.streams import probe

Pins = Mapping[str, str]  # pin -> what is wrong with it


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that was looked at: fine where `wrong` is None, else what is wrong and what to do about it."""

    what: Message
    wrong: Message | None
    about: HealthSubject
    serious: bool = False


def check_devices(contents: Contents, pins: Pins | None) -> Iterator[HealthCheck]:
    """All of them; `pins` is what a running daemon says of those that it holds, None where none runs."""
    for output in contents.box.outputs.values():
        yield from _output_checks(output, running=pins is not None)
    yield from _pin_checks(contents.box, pins)
    yield from _stream_checks(contents)


def _output_checks(output: Output, running: bool) -> Iterator[HealthCheck]:
    if output.mixer is not None:
        fault = _mixer_fault(output.device, output.mixer, running)
        yield HealthCheck(Message("mixer of {output}", output=output.name), fault, HealthSubject.CARD)
    if output.proof:
        what = Message("proof input {input} of {output}", input=output.proof, output=output.name)
        reason = probe_input(output.proof)
        wrong = Message("nothing is heard by it ({reason}); “arecord -l” lists the inputs", reason=reason)
        yield HealthCheck(what, wrong if reason else None, HealthSubject.CARD)


def _mixer_fault(device: str, percent: float, running: bool) -> Message | None:
    """A daemon has set it; without one it is enough that it answers."""
    try:
        if running:
            return mixer.verify(address(device), percent)
        mixer.read(address(device))
    except LoudspeakerError as error:
        return error.message
    return None


def _pin_checks(box: Box, held: Pins | None) -> Iterator[HealthCheck]:
    relays = {output.relay.pin: output.relay.active_high for output in box.outputs.values() if output.relay}
    if not relays and box.stop_button is None:
        return
    wrong = probe_pins(relays, box.stop_button) if held is None else held
    for pin in relays:
        names = ", ".join(name for name, output in box.outputs.items() if output.relay and output.relay.pin == pin)
        unusable = _pin_fault(wrong.get(str(pin)))
        what = Message("relay of {output} (pin {pin})", output=names, pin=pin)
        yield HealthCheck(what, unusable, HealthSubject.PIN, unusable is not None)
    if box.stop_button is not None:
        what = Message("stop button (pin {pin})", pin=box.stop_button)
        yield HealthCheck(what, _pin_fault(wrong.get(str(box.stop_button))), HealthSubject.PIN)


def _pin_fault(reason: str | None) -> Message | None:
    if reason == PRESSED:
        return Message("it is pressed: its contact is stuck, or its wires touch")
    if not reason:
        return None
    return Message("it cannot be used ({reason}): install python3-lgpio, join the group gpio", reason=reason)


def _stream_checks(contents: Contents) -> Iterator[HealthCheck]:
    """Lines into the box, and the stations that commune.yaml names."""
    urls = {
        broadcast.stream
        for schedule in (*contents.schedules, *contents.received)
        for broadcast in schedule.broadcasts
        if broadcast.stream
    }
    for url in sorted(urls):
        if url.startswith("input:"):
            yield HealthCheck(Message("line {url}", url=url), probe.probe_input(url), HealthSubject.STREAM)
    for host in contents.commune.streams:
        leading = [url for url in urls if urlsplit(url).hostname == host]
        fault = probe.probe_host(host, leading)
        yield HealthCheck(Message("stream host {host}", host=host), fault, HealthSubject.STREAM)
