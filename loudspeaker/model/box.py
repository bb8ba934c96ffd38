"""One machine with its outputs: which village is heard through which channel of which sound card."""

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
    early: int = 0  # seconds since local midnight: what is due before is mastered by the profile's quieter twin
    loudness: float | None = None  # LUFS; None: the profile's own
    proof: str | None = None  # an input that hears what the horns say
    mixer: float | None = None  # percent, of the whole card; None: its mixer is not touched


@dataclass(frozen=True, slots=True)
class Box:
    """One machine (thiết bị) with its outputs."""

    plays: Mapping[str, str] = field(default_factory=dict)  # village -> output
    outputs: Mapping[str, Output] = field(default_factory=dict)
    voices: tuple[str, ...] = ()  # engine:voice, tried before the commune's; the only ones that may be programs
    clock_trusted: bool = False  # True: the time is someone else's business
    stop_button: int | None = None  # GPIO (BCM) number
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)  # village -> where box.yaml names it

    def hearers(self) -> dict[str, list[str]]:
        """Output -> all villages that hear it."""
        hearers: dict[str, list[str]] = {}
        for village, output in self.plays.items():
            hearers.setdefault(output, []).append(village)
        return hearers
