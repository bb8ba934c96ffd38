"""ALSA's names for what box.yaml and schedules call by a part of a card's name. Opens no card."""

from __future__ import annotations

import re
from pathlib import Path

CARDS = Path("/proc/asound/cards")


def address(device: str, known: str | None = None) -> str:
    """That of a card; `known` is what /proc/asound/cards says.

    A card is called by its id, which does not change with the order of plugging in; what is no card is a name from
    ALSA's own configuration, as it is for PortAudio.
    """
    if device == "auto":
        return "default"
    if known is None:
        known = CARDS.read_text() if CARDS.exists() else ""
    found = re.findall(r"^ *(\d+) \[(\S+) *\]: \S+ - (.+)$", known, re.MULTILINE)
    wanted = device.casefold()
    names = [name for number, name, title in found if wanted in title.casefold() or f"(hw:{number}," in wanted]
    return f"hw:CARD={names[0]}" if len(names) == 1 else device


def input_address(device: str, known: str | None = None) -> str:
    """That of an input, at whatever rate and with as many channels as are asked for."""
    found = address(device, known)
    return f"plug{found}" if found.startswith("hw:") else found
