"""What is asked of a station before anything is heard: offers that are declined, voices, the right village.

Values as those of `requests.py`, which says how a new one is made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from ..errors import BadUsage, Message
from .requests import Request

PIPER_VOICE = re.compile(r"[a-z]{2,3}_[A-Z]{2}-[A-Za-z0-9_]+-[a-z_]+")  # it becomes a word of a command line


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DeclineOffer(Request):
    """The commune does not air what an office above it offers, as `digest` says that it was shown, and why.

    Or it takes that back.
    """

    verb: ClassVar[str] = "decline_offer"
    offer: str  # its name: ID@ORIGIN
    digest: str
    why: str
    undo: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ConfirmVillage(Request):
    """Somebody on site has heard the spoken test of a box that has joined by itself: it is in the right village."""

    verb: ClassVar[str] = "confirm_village"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class InstallVoice(Request):
    """Have a piper voice installed whose SHA-256 is known here. What becomes of it, `AskInstallation` tells.

    From the net, or from files that somebody has put onto the box (`StationPaths.voice_files`).
    """

    verb: ClassVar[str] = "install_voice"
    voice: str
    from_box: bool = False

    def __post_init__(self) -> None:
        Request.__post_init__(self)
        if not PIPER_VOICE.fullmatch(self.voice):
            raise BadUsage(
                Message("“{voice}” is not a piper voice; they look like vi_VN-vais1000-medium", voice=self.voice)
            )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AskInstallation(Request):
    """How far the voice is that somebody had installed last: a `VoiceInstallation`."""

    verb: ClassVar[str] = "installation"
