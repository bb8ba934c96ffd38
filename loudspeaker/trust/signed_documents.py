"""What is signed: trust document, manifest, alert and bell, as values whose every field was checked.

Each is a JSON object; its `type` stands in the envelope's payload type too. Instants are ISO 8601 with an offset, sizes
bytes, hashes SHA-256 in hexadecimal. A *scope* is a commune, a province or the country; a document belongs to one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from ..errors import Message, bad_character
from .faults import Fault, UntrustedDocument, require
from .public_keys import PublicKey

ROOT = "v1"  # of a folder with signed documents, on a stick or at a hub: v1/SCOPE/manifest.json …
SCOPE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DIGEST = re.compile("[0-9a-f]{64}")
HUB = re.compile(r"(?P<host>[A-Za-z0-9.-]{1,253})(:(?P<https>\d{1,5})(:(?P<mqtt>\d{1,5}))?)?")
VERSION_NAME = re.compile(r"\d{1,4}(\.\d{1,4}){1,2}")
# What people may edit of a commune, its sound, and the words as they are to be spoken.
FILE = re.compile(
    r"commune\.yaml|(bulletins/[a-z0-9-]+\.md|schedules/[a-z0-9-]+\.yaml|(audio|recordings|speech)/[^/]+)"
)
SOUNDS = "audio/"  # what words sound like, spoken elsewhere
EVERY_VILLAGE = "*"
MOST_REPEATS, LONGEST_GAP = 100, 3600.0  # of an alert; seconds
SHORTEST_CADENCE = 60.0  # seconds
LONGEST_ALERT = timedelta(hours=24)
MOST_ALERT_BYTES, MOST_ALERT_SOUND = 4_000, 2_000_000
MOST_PORT = 65_535
MOST_FILES, MOST_FILE_BYTES = 5_000, 500_000_000


class SigningRole(StrEnum):
    """What a key may sign."""

    TRUST = "trust"  # the next trust document
    CONTENT = "content"  # manifests
    RULES = "rules"  # manifests that change commune.yaml
    EMERGENCY = "emergency"  # alerts
    HUB = "hub"  # bells; nothing that sounds


class AlertEnd(StrEnum):
    """How an end ends its alarms; the words are those of `model.enums.Ending`."""

    CLEAR = "clear"  # with the all-clear
    MISTAKE = "mistake"  # with a correction: they were given by mistake
    STOP = "stop"  # they are said no more; the danger stands


class AlertKind(StrEnum):
    """What an alert wants."""

    ALERT = "alert"
    UPDATE = "update"  # replaces those of `references`
    END = "end"  # of those of `references`, with their own all-clear
    CHECK = "check"  # everything up to the made sound, and no sound
    STOP = "stop"  # silence now, routine too
    PLAY = "play"  # an approved bulletin, within policy

    @property
    def is_alarm(self) -> bool:
        """Does it say something that goes before all else?"""
        return self in (AlertKind.ALERT, AlertKind.UPDATE)


def _check_head(scope: str, *numbers: int) -> None:
    require(bool(SCOPE.fullmatch(scope)), Message("“{scope}” is no scope", scope=scope))
    require(min(numbers, default=0) >= 0, Message("a number in it is below zero"))


def _check_words(*words: str) -> None:
    for text in words:
        require(bad_character(text, lines=True) is None, Message("a character in it may not stand in words"))


@dataclass(frozen=True, slots=True)
class RoleKeys:
    """Who may sign as something, and how many persons must."""

    keys: tuple[str, ...]  # ids
    threshold: int


@dataclass(frozen=True, slots=True)
class BoxKey:
    """The key by which a box signs its logs and its health."""

    id: str
    public: str  # base64, Ed25519


@dataclass(frozen=True, slots=True)
class TrustDocument:
    """Whose signatures a scope believes; versions follow each other without a gap."""

    document_type: ClassVar[str] = "trust"
    scope: str
    version: int
    issued: datetime
    keys: tuple[PublicKey, ...]
    roles: Mapping[SigningRole, RoleKeys]
    parent: str | None = None
    boxes: tuple[BoxKey, ...] = ()
    revoked_boxes: tuple[str, ...] = ()
    hubs: tuple[str, ...] = ()  # HOST, HOST:PORT or HOST:PORT:PORT (of its files, of its broker), tried in turn
    reset: bool = False  # signed by the parent's trust role alone: all keys of this scope are lost

    def __post_init__(self) -> None:
        _check_head(self.scope, self.version - 1)
        people = {key.id: key.person for key in self.keys}
        require(len(people) == len(self.keys), Message("a key stands in it twice"))
        require(SigningRole.TRUST in self.roles, Message("nobody may sign the next trust document"))
        for role, group in self.roles.items():
            require(set(group.keys) <= set(people), Message("{role}: a key is not in it", role=role))
            persons = {people[key] for key in group.keys}
            require(
                1 <= group.threshold <= len(persons),
                Message(
                    "{role}: {count} persons cannot be {threshold}",
                    role=role,
                    count=len(persons),
                    threshold=group.threshold,
                ),
            )
        require(self.parent is None or bool(SCOPE.fullmatch(self.parent)), Message("its parent is no scope"))
        for hub in self.hubs:
            require(is_hub_address(hub), Message("“{address}” is no address of a hub", address=hub))
        require(not self.reset or self.parent is not None, Message("there is no parent who could reset it"))

    def keys_of(self, role: SigningRole) -> tuple[PublicKey, ...]:
        """The keys that may sign as `role`; none where nobody may."""
        group = self.roles.get(role)
        return tuple(key for key in self.keys if group and key.id in group.keys)

    def threshold(self, role: SigningRole) -> int:
        """How many persons must sign as `role`. Raises `UntrustedDocument` where nobody may."""
        group = self.roles.get(role)
        if group is None:
            raise UntrustedDocument(
                Message("in {scope} nobody may sign as {role}", scope=self.scope, role=role), Fault.UNSIGNED
            )
        return group.threshold


@dataclass(frozen=True, slots=True)
class Approval:
    """Whose signatures say that these words may be spoken."""

    digest: str
    signatures: tuple[Mapping[str, object], ...] = ()  # as an envelope has them, over `approval_envelope`


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A file of a manifest, by its content. `lazy`: it may come later; heeded of the sound of a bulletin alone."""

    sha256: str
    bytes: int
    lazy: bool = False
    speech: str | None = None  # of a bulletin: the file with its words as they are to be spoken
    audio: str | None = None  # of a bulletin: the file with those words, spoken
    voice: str | None = None  # of sound
    approved: Approval | None = None

    def __post_init__(self) -> None:
        require(bool(DIGEST.fullmatch(self.sha256)), Message("a hash in it is no SHA-256"))
        require(0 <= self.bytes <= MOST_FILE_BYTES, Message("a file in it is too large"))


@dataclass(frozen=True, slots=True)
class ManifestDecision:
    """What somebody decided for all boxes; one that was logged by its id is not done again."""

    id: str
    do: str
    by: str
    village: str | None = None
    airing: str | None = None
    until: datetime | None = None
    why: str = ""

    def __post_init__(self) -> None:
        require(self.do in ("skip", "pause", "resume"), Message("“{what}” cannot be decided", what=self.do))
        require((self.airing is None) == (self.do != "skip"), Message("a skip names its airing, nothing else does"))
        require((self.village is None) == (self.do == "skip"), Message("a pause names its village"))
        _check_words(self.id, self.by, self.why)


@dataclass(frozen=True, slots=True)
class SignedManifest:
    """All files of a scope, by their hashes: a signed list of what lies in a folder."""

    document_type: ClassVar[str] = "manifest"
    scope: str
    version: int
    prev: str | None  # SHA-256 of the envelope of the version before
    issued: datetime
    files: Mapping[str, SignedFile]
    expires: datetime | None = None
    needs: str = "0.1"  # the version of the program that understands it
    alert_seq: int = 0  # of the newest alert when it was made
    decisions: tuple[ManifestDecision, ...] = ()
    dispatches: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_head(self.scope, self.version - 1, self.alert_seq)
        require(self.prev is None or bool(DIGEST.fullmatch(self.prev)), Message("a hash in it is no SHA-256"))
        require(
            bool(VERSION_NAME.fullmatch(self.needs)),
            Message("“{needs}” is no version of this program", needs=self.needs),
        )
        require(len(self.files) <= MOST_FILES, Message("more than {most} files", most=MOST_FILES))
        for path, file in self.files.items():
            require(is_file_name(path), Message("“{path}” is no file of a station", path=path))
            for other in (file.speech, file.audio):
                require(other is None or other in self.files, Message("“{path}” is not in it", path=str(other)))
            require(
                file.audio is None or file.audio.startswith(SOUNDS), Message("“{path}” is no sound", path=file.audio)
            )
        require(
            len({part.id for part in self.decisions}) == len(self.decisions), Message("a decision stands in it twice")
        )


@dataclass(frozen=True, slots=True)
class SignedSound:
    """The words of an alert as somebody else's voice has spoken them, by content. No alert waits for it."""

    sha256: str
    bytes: int

    def __post_init__(self) -> None:
        require(bool(DIGEST.fullmatch(self.sha256)), Message("a hash in it is no SHA-256"))
        require(0 < self.bytes <= MOST_ALERT_SOUND, Message("a file in it is too large"))


@dataclass(frozen=True, slots=True)
class Cadence:
    """An alert that is said again, day and night, until an end, an update or `until`, its last instant."""

    every: float  # seconds, from one beginning to the next
    until: datetime

    def __post_init__(self) -> None:
        require(SHORTEST_CADENCE <= self.every <= LONGEST_ALERT.total_seconds(), Message("it is said too often"))


@dataclass(frozen=True, slots=True)
class Alert:
    """One alarm, or its end; `issued` in whole seconds names its airings, whatever way and however often it comes."""

    document_type: ClassVar[str] = "alert"
    id: str
    seq: int
    scope: str
    kind: AlertKind
    villages: tuple[str, ...]
    issued: datetime
    until: datetime
    text: str | None = None
    spoken: str | None = None  # `text` as it is to be spoken
    bulletin: str | None = None
    approved: str | None = None  # digest of the spoken words of `bulletin`
    references: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()  # communes, of a province's alert
    drill: bool = False
    repeat: int = 1
    gap: float = 0.0  # seconds
    again: Cadence | None = None
    audio: SignedSound | None = None
    form: AlertEnd = AlertEnd.CLEAR  # of an end

    def __post_init__(self) -> None:
        _check_head(self.scope, self.seq - 1)
        require(self.id == f"{self.scope}/{self.seq}", Message("its id is not its number"))
        require(self.issued.microsecond == 0, Message("an alert is given on a whole second"))
        require(self.issued < self.until <= self.issued + LONGEST_ALERT, Message("an alert lasts at most a day"))
        require(bool(self.villages), Message("it is for no village"))
        require(1 <= self.repeat <= MOST_REPEATS and 0 <= self.gap <= LONGEST_GAP, Message("it is said too often"))
        _check_words(*filter(None, (self.text, self.spoken, *self.villages, *self.references, *self.audience)))
        self._check_kind()

    def _check_kind(self) -> None:
        words = (self.text is not None) + (self.bulletin is not None)
        if self.kind.is_alarm:
            require(words == 1, Message("an alert has a text or a bulletin"))
            require((self.text is None) == (self.spoken is None), Message("a text stands with how it is spoken"))
            require((self.bulletin is None) == (self.approved is None), Message("a bulletin stands with its digest"))
        elif self.kind is AlertKind.PLAY:
            require(self.bulletin is not None and self.text is None, Message("what is played is a bulletin"))
        else:
            require(words == 0, Message("this says nothing by itself"))
        for more in (self.audio, self.again):
            require(more is None or self.kind.is_alarm, Message("this says nothing by itself"))
        require(self.again is None or not self.drill, Message("a drill is given once, and not again and again"))
        refers = self.kind in (AlertKind.UPDATE, AlertKind.END)
        require(bool(self.references) == refers, Message("an update or an end names what it is of"))
        own = re.compile(rf"{self.scope}/[1-9]\d{{0,17}}")
        require(all(map(own.fullmatch, self.references)), Message("it refers to what is no alert of its scope"))


@dataclass(frozen=True, slots=True)
class Heads:
    """The newest that a hub has of one scope."""

    trust: int
    manifest: int
    alert: int


@dataclass(frozen=True, slots=True)
class Bell:
    """What is newest, and what time it is, by the hub. It makes nothing sound."""

    document_type: ClassVar[str] = "bell"
    scope: str
    issued: datetime
    heads: Mapping[str, Heads]
    nonce: str = ""  # a box's own, when it has asked for the time

    def __post_init__(self) -> None:
        _check_head(
            self.scope, *(number for head in self.heads.values() for number in (head.trust, head.manifest, head.alert))
        )


@dataclass(frozen=True, slots=True)
class LogHead:
    """How far a box's as-run log goes, by the box's own key: evidence, and nothing that is heard.

    `life`: the hash of the log's first entry, by which another box's log is not taken for this one's.
    """

    document_type: ClassVar[str] = "log-head"
    scope: str  # its commune
    box: str
    issued: datetime
    entries: int
    head: str  # the hash of the last entry
    life: str
    public: str  # base64, Ed25519: the key that has signed this, for the commune's next trust document

    def __post_init__(self) -> None:
        _check_head(self.scope, self.entries)
        _check_words(self.box)


def is_hub_address(text: str) -> bool:
    """May a hub be there?"""
    match = HUB.fullmatch(text)
    return match is not None and all(int(port or 0) <= MOST_PORT for port in match.group("https", "mqtt"))


def is_file_name(path: str) -> bool:
    """May a manifest carry a file of this name?"""
    return (
        bool(FILE.fullmatch(path))
        and bad_character(path) is None
        and unicodedata.is_normalized("NFC", path)
        and not path.rpartition("/")[2].startswith(".")
    )
