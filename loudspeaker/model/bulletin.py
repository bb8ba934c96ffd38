"""A bulletin as it stands in its file: what its head says, and its written text or recordings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from .enums import Level
from .programme import carried_voice
from .spoken_text import Utterance


def split_origin(name: str) -> tuple[str, str]:
    """A name of a bulletin or broadcast, and the office above the commune that has sent it; "" for the commune's own.

    >>> split_origin("bao-so-5@lao-cai")
    ('bao-so-5', 'lao-cai')
    """
    local, _, origin = name.partition("@")
    return local, origin


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a bulletin: words (`text`) or a recording (`audio`), never both.

    `line` is where `text` begins in the file, so that doubts in it can be shown to their place.
    """

    text: str | None = None
    audio: str | None = None  # path below the station's folder
    language: str | None = None
    voices: tuple[str, ...] = ()  # instead of the commune's
    line: int = 0
    spoken: tuple[Utterance, ...] | None = None  # the signed words of `text`, heard as they stand; None: it is read


@dataclass(frozen=True, slots=True)
class CarriedApproval:
    """An approval that came signed with its bulletin, from where that is written. `digest` binds what is approved."""

    digest: str
    by: tuple[str, ...]  # names of the approvers whose signatures hold
    scope: str  # whose people they are
    at: datetime  # when what carries it was issued
    by_another: bool = False  # did a person other than the only approver sign the delivery that carries it?
    valid_until: date | None = None  # that the bulletin itself names: where it is heard it may end before


@dataclass(frozen=True, slots=True)
class CarriedSound:
    """A file of a bulletin's words as `voice` (engine:voice) spoke them elsewhere; signed, and here or still to come.

    It stands in for that voice only, and as a voice of its own: what it cannot say, the next voice says.
    """

    path: str  # below the folder of its manifest
    sha256: str
    bytes: int
    voice: str

    @property
    def name(self) -> str:
        """As engine:voice; told by the hash of the file."""
        return carried_voice(self.sha256, self.voice)

    def put_first(self, voices: tuple[str, ...]) -> tuple[str, ...]:
        """These voices with it right before its own; unchanged where that is none of them."""
        if self.voice not in voices:
            return voices
        at = voices.index(self.voice)
        return (*voices[:at], self.name, *voices[at:])


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One bulletin (bản tin) as it stands in its file. Text is NFC; `gap` is in seconds."""

    id: str  # the stem of the file
    title: str
    level: Level = Level.ROUTINE
    valid_from: date | None = None
    valid_until: date | None = None
    source: str = ""
    repeat: int = 1
    gap: float = 3.0
    parts: tuple[Part, ...] = ()
    voices: tuple[str, ...] = ()
    all_clear: str | None = None  # the bulletin that ends this emergency
    text: str = ""
    text_line: int = 1  # where the text begins in the file
    path: str = ""
    approved: CarriedApproval | None = None
    speech: str = ""  # SHA-256 of the file with its signed words; "" where the box reads the text itself
    sound: CarriedSound | None = None  # only where its file is here
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)  # key of the head -> its line


def alarm_templates(bulletins: Iterable[Bulletin]) -> list[Bulletin]:
    """Emergency bulletins by title, but for those that end another."""
    emergencies = [bulletin for bulletin in bulletins if bulletin.level is Level.EMERGENCY]
    endings = {bulletin.all_clear for bulletin in emergencies}
    return sorted(
        (bulletin for bulletin in emergencies if bulletin.id not in endings), key=lambda bulletin: bulletin.title
    )
