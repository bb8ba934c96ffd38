"""ALSA's names for the cards that box.yaml and schedules call by a part of their name. Opens no card."""

from __future__ import annotations

import re
from pathlib import Path

CARDS = Path("/proc/asound/cards")


def address(device: str, listing: str | None = None) -> str:
    """ALSA's name for the card called `device`; `listing` is the content of /proc/asound/cards.

    A card is named by its id, which does not change with the order of plugging in; what is no card is a name from
    ALSA's own configuration, as it is for PortAudio.
    """
    if device == "auto":
        return "default"
    if listing is None:
        listing = CARDS.read_text() if CARDS.exists() else ""
    cards = re.findall(r"^ *(\d+) \[(\S+) *\]: \S+ - (.+)$", listing, re.MULTILINE)
    name = device.casefold()
    ids = [
        ident
        for number, ident, title in cards
        if name in title.casefold() or name.startswith(f"{title.casefold()}: ") or f"(hw:{number}," in name
    ]
    return f"hw:CARD={ids[0]}" if len(ids) == 1 else device


def input_address(device: str, listing: str | None = None) -> str:
    """The same for an input, at whatever rate and with as many channels as are requested."""
    name = address(device, listing)
    return f"plug{name}" if name.startswith("hw:") else name
