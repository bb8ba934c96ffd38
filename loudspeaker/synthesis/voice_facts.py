"""What is known of voices without hearing them: how they sound, their size and licence, and what a Pi pays for them.

Facts of voices that nobody could hear while this was written say so. Sizes are of what is stored on the box.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import Message
from ..model.programme import Voice


@dataclass(frozen=True, slots=True)
class VoiceFacts:
    """About one voice; `megabytes` of what has to be installed for it, None where that is not known."""

    sounds: Message
    licence: str
    cost: Message  # of a Raspberry Pi 4
    megabytes: float | None = None


_NO_LOAD = Message("hardly any computing; needs the internet")
_PIPER_COLLECTION = "MIT (MODEL_CARD)"
_NEURAL = Message("computes in less time than it speaks (on a Pi not measured here)")

_FACTS = {
    "espeak:vi": VoiceFacts(Message("a robot: clear, but tiring"), "GPL-3.0", Message("hardly any computing"), 19),
    "gtts:vi": VoiceFacts(Message("a woman, natural"), "Google", _NO_LOAD, 0),
    "edge:vi-VN-HoaiMyNeural": VoiceFacts(Message("a woman, natural"), "Microsoft", _NO_LOAD, 0),
    "edge:vi-VN-NamMinhNeural": VoiceFacts(Message("a man, natural"), "Microsoft", _NO_LOAD, 0),
    "piper:vi_VN-vais1000-medium": VoiceFacts(
        Message("a woman of the north, near to natural (not heard here)"), _PIPER_COLLECTION, _NEURAL, 63
    ),
    "piper:vi_VN-25hours_single-low": VoiceFacts(
        Message("a man, duller: 16 kHz (not heard here)"), _PIPER_COLLECTION, _NEURAL, 63
    ),
    "piper:vi_VN-vivos-x_low": VoiceFacts(
        Message("65 people, rough: 16 kHz (not heard here)"), _PIPER_COLLECTION, _NEURAL
    ),
    "tone": VoiceFacts(Message("a tone for each word, to try things out"), "", Message("nothing"), 0),
    "command": VoiceFacts(Message("whatever the program says"), "", Message("what the program takes")),
}
OFFERED = tuple(Voice.parse(name) for name in _FACTS if name.startswith("piper:"))  # one command away


def facts_of(voice: Voice) -> VoiceFacts | None:
    """What is known of a voice, by its name or by its engine's; None where nothing is."""
    return _FACTS.get(str(voice)) or _FACTS.get(voice.engine)
