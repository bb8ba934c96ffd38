"""box.yaml as a value: which village is heard through which output of this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Relay:
    """The switch of an amplifier; seconds."""

    pin: int  # GPIO (BCM) number
    active_high: bool = True
    warm_up: float = 3.0
    hold: float = 60.0  # stays on after the last sound


@dataclass(frozen=True, slots=True)
class Output:
    """One channel of a sound card with its amplifier (đường loa)."""

    name: str
    device: str = "auto"
    channel: int = 1  # from 1
    gain: float = 0.0  # dB
    relay: Relay | None = None
    profile: str = "horn"
    loudness: float | None = None  # LUFS; None: the profile's own
    proof: str | None = None  # an input that hears what the horns say


@dataclass(frozen=True, slots=True)
class Box:
    """One machine (thiết bị) with its outputs."""

    plays: Mapping[str, str] = field(default_factory=dict)  # village -> output
    outputs: Mapping[str, Output] = field(default_factory=dict)
    clock_trusted: bool = False  # True: the time is someone else's business
