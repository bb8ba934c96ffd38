"""box.yaml: which village is heard through which output of this machine. Opens no device."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import yaml

from ..errors import Message
from ..model.box import Box, Output, Relay
from ..yamlfile import Mistake, Section, decode_text, document, parse_file
from ..yamlfile.keys import fold
from . import values
from .keywords import KEYWORDS, WORDS

KEYS = ("plays", "outputs", "voices", "clock", "stop_button")
OUTPUT_KEYS = ("device", "channel", "gain", "relay", "profile", "early", "loudness", "proof", "mixer")
RELAY_KEYS = ("pin", "active", "warm_up", "hold")
PIN = values.whole(0, 27)  # GPIO (BCM) number
PROFILES = ("horn", "indoor", "fm", "horn-early", "indoor-early", "fm-early")  # those of sound/profiles.py


def parse(path: str, data: bytes) -> Box:
    """Read box.yaml. Raises `BadFile` with every mistake in it."""
    return parse_file(path, data, _read, KEYWORDS)


def _read(path: str, data: bytes) -> Box:
    top = document(path, decode_text(path, data), KEYWORDS, KEYS)
    outputs = _outputs(top)
    plays = top.get_section("plays", ())
    box = Box(
        plays=plays.get_mapping(values.ident, values.one_of(outputs)) if plays else {},
        outputs=outputs,
        voices=top.get_list("voices", values.voice) or (),
        clock_trusted=top.get("clock", values.choice({"checked": False, "trusted": True}), False),
        stop_button=_button(top, outputs),
        lines={village: plays.line_of(village) for village in plays} if plays else {},
    )
    top.raise_problems(box)
    return box


def _outputs(top: Section) -> dict[str, Output]:
    section = top.get_section("outputs", ())
    if section is None:
        return {}
    for name in section:
        section.check(name, values.ident)
    outputs: dict[str, Output] = {}
    for name in section:
        entry = section.get_section(name, OUTPUT_KEYS)
        outputs[name] = _output(name, entry) if entry else Output(name)
        if entry and not _agree(outputs.values(), outputs[name]):
            entry.add_problem(Message("two outputs of one sound card want its mixer at different volumes"), "mixer")
    return outputs


def _agree(outputs: Iterable[Output], new: Output) -> bool:
    """All outputs on the channels of one card share its mixer."""
    wanted = {other.mixer for other in outputs if other.device == new.device}
    return new.mixer is None or wanted <= {None, new.mixer}


def _output(name: str, entry: Section) -> Output:
    return Output(
        name,
        device=entry.get("device", device, "auto"),
        channel=entry.get("channel", values.whole(1, 64), 1),
        gain=entry.get("gain", values.gain, 0.0),
        relay=_relay(entry.get_section("relay", RELAY_KEYS)),
        profile=entry.get("profile", values.choice({name: name for name in PROFILES}), "horn"),
        early=entry.get("early", values.clock_time, 0),
        loudness=entry.get("loudness", loudness, None),
        proof=entry.get("proof", values.word, None),
        mixer=entry.get("mixer", percent, None),
    )


def _relay(entry: Section | None) -> Relay | None:
    if entry is None:
        return None
    return Relay(
        pin=entry.require("pin", PIN, 0),
        active_high=entry.get("active", values.choice({"high": True, "low": False}), True),
        warm_up=entry.get("warm_up", values.length, 3.0),
        hold=entry.get("hold", values.length, 60.0),
    )


def _button(top: Section, outputs: Mapping[str, Output]) -> int | None:
    entry = top.get_section("stop_button", ("pin",))
    if entry is None:
        return None
    pin = entry.require("pin", PIN, None)
    if pin in {output.relay.pin for output in outputs.values() if output.relay}:
        entry.add_problem(Message("pin {pin} switches a relay already", pin=pin), "pin")
    return pin


def device(text: str) -> str:
    """The name of a sound card, or `auto` for the default one."""
    if text.isdigit():
        raise Mistake(Message("“{value}” is a number; cards change their numbers, write the card's name", value=text))
    return "auto" if text in ("auto", "tự động") else values.word(text)


def loudness(text: str) -> float:
    """A level of the file in LUFS, `-16` or `-16 LUFS`."""
    match = re.fullmatch(r"([-–−][0-9]+(?:[.,][0-9]+)?)\s*(?:lufs)?", text, re.IGNORECASE)
    if not match or not -40 <= (level := -float(match[1][1:].replace(",", "."))) <= -8:
        raise Mistake(Message("“{value}” is no loudness; write it as -16 LUFS (from -40 to -8)", value=text))
    return level


def percent(text: str) -> float:
    """The volume of a mixer, `80%`."""
    match = re.fullmatch(r"([0-9]+(?:[.,][0-9]+)?)\s*%", text)
    if not match or not 1 <= (volume := float(match[1].replace(",", "."))) <= 100:
        raise Mistake(Message("“{value}” is no volume of a mixer; write it as 80% (from 1% to 100%)", value=text))
    return volume


def relays(data: bytes) -> Iterator[Relay]:
    """The relays of a box.yaml that may be broken; nothing of a file that is no YAML."""
    with suppress(yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError):
        for output in _english(yaml.safe_load(data))["outputs"].values():
            if relay := output.get("relay"):
                active = fold(str(relay.get("active", "high")))
                yield Relay(int(relay["pin"]), WORDS.get(active, active) == "high")


def _english(value: Any) -> Any:
    """The same with English keys."""
    if isinstance(value, dict):
        return {KEYWORDS.keys.get(fold(str(key)), key): _english(inner) for key, inner in value.items()}
    return value
