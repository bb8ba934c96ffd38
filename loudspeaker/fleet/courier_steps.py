"""What comes in to the courier, and what it wants done: all that the agent's edges and its core say to each other.

Instants are the agent's monotonic clock, in seconds. An alert is named by the SHA-256 of its envelope: with one
signature more it is another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..model.alert_answer import AlertAnswer
from ..model.board import HealthRow
from ..trust.signed_documents import Heads
from .topics import HeldVersions, Presence

# What comes in.


@dataclass(frozen=True, slots=True)
class HubsNamed:
    """Where this box may be served, in this order: its own hub, which is "", and others that the people have signed."""

    hubs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkUp:
    """The broker of this hub has let us in."""

    hub: str = ""


@dataclass(frozen=True, slots=True)
class HubAnswers:
    """The broker that was knocked at is there again, or not."""

    there: bool


@dataclass(frozen=True, slots=True)
class LinkDown:
    """The connection is gone, or could not be made. What was not acknowledged comes again on the next one."""


@dataclass(frozen=True, slots=True)
class HubBorn:
    """A hub has begun anew: it wants to know who is there."""


@dataclass(frozen=True, slots=True)
class BellRung:
    """What is newest of some scopes, by a hub; `issued`: by its clock."""

    heads: Mapping[str, Heads]
    issued: datetime | None = None


@dataclass(frozen=True, slots=True)
class ManifestCame:
    """A manifest that the broker has brought: an envelope, which nobody here has verified. `version`: by its word."""

    scope: str
    version: int
    envelope: bytes


@dataclass(frozen=True, slots=True)
class AlertCame:
    """An envelope, which nobody here has verified. `message`: the one to be acknowledged, if any.

    `issued`: by its word, where it was fetched.
    """

    name: str
    scope: str
    seq: int
    envelope: str
    message: int | None = None
    issued: datetime | None = None


@dataclass(frozen=True, slots=True)
class DaemonAnswered:
    """The daemon has done what an alert (its name) says, or so much of it."""

    name: str
    answer: AlertAnswer


@dataclass(frozen=True, slots=True)
class DaemonRefused:
    """The daemon will not do it, or cannot now (`passing`). `silent`: it is an old one, which nobody need hear of."""

    name: str
    why: str
    passing: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True)
class DaemonMaking:
    """Its sound is being made: to be asked again."""

    name: str


@dataclass(frozen=True, slots=True)
class DaemonAway:
    """The daemon did not answer: nobody knows whether it was done."""

    name: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """All of a file is here, by its path. `more`: so far only a piece of it."""

    path: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class NotFetched:
    """A file could not be fetched. `gone`: the hub has none of this name, or another one than was signed."""

    path: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Verified:
    """The documents of a scope are signed as they must be. `files`: SHA-256 -> bytes, of what is not here yet.

    `alert`: the number of the newest alert that the manifest knows of.
    """

    scope: str
    files: Mapping[str, int]
    alert: int = 0


@dataclass(frozen=True, slots=True)
class Distrusted:
    """They are not: no file that they name is fetched. `again`: another hub is asked for them first."""

    scope: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class BellDistrusted:
    """The broker has brought a bell of this scope that is not signed as it must be."""

    scope: str


@dataclass(frozen=True, slots=True)
class TakingEnded:
    """What was fetched is taken or refused (`Holds` says which), unless the daemon is away, or the disk has no room."""

    scope: str
    answered: bool
    has_room: bool = True


@dataclass(frozen=True, slots=True)
class WantedFile:
    """A sound that has not come yet; or, which is `urgent`, that of an alarm, or a file that was damaged here.

    `due`: when it is heard next, as far as that is known.
    """

    bytes: int
    urgent: bool = False
    due: float | None = None


@dataclass(frozen=True, slots=True)
class Holds:
    """What this box holds now of each scope that it follows, and why it has not taken the newest of one.

    `late`: files that come behind their manifest, by their SHA-256; what is needed first is at the front. `midnight`:
    when the commune's day has begun; None where this box does not know what time it is. `decided`: alerts with which
    the daemon is done, by its log, so that an agent that has just begun need not fetch them.
    """

    held: Mapping[str, HeldVersions]
    refused: Mapping[str, str] = field(default_factory=dict)
    late: Mapping[str, WantedFile] = field(default_factory=dict)
    midnight: float | None = None
    decided: Mapping[str, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LateFilesTaken:
    """The daemon has taken what came behind its manifest, and looked for damage; or is away (not `answered`)."""

    answered: bool


@dataclass(frozen=True, slots=True)
class HealthSaid:
    """What the daemon's doctor has found, and box.yaml. `rows` None: the daemon did not answer."""

    rows: tuple[HealthRow, ...] | None
    looked_at: datetime | None = None
    box_yaml: str = ""


@dataclass(frozen=True, slots=True)
class LogHas:
    """This box's log: the hash of its first entry, by which it is known, "" without one; the number of its last."""

    life: str
    last: int


@dataclass(frozen=True, slots=True)
class LogKnown:
    """The hub has that log up to this entry. `sent`: bytes that went for that."""

    life: str
    entries: int
    sent: int = 0


@dataclass(frozen=True, slots=True)
class LogNotSent:
    """The hub was not reached, or has another end than was thought; or there was no piece to be sent."""


@dataclass(frozen=True, slots=True)
class LogRefused:
    """The hub does not believe this log."""


@dataclass(frozen=True, slots=True)
class TimeChecked:
    """Somebody vouches for this box's time now, or nobody does. `asked`: the hub was, and not only who vouches."""

    vouched: bool
    asked: bool = False


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing has come in."""


CourierEvent = (
    HubsNamed | HubAnswers | LinkUp | LinkDown | HubBorn | BellRung | BellDistrusted | ManifestCame | AlertCame
    | DaemonAnswered | DaemonRefused | DaemonMaking | DaemonAway
    | Fetched | NotFetched | Verified | Distrusted | TakingEnded | Holds | LateFilesTaken | HealthSaid | TimePassed
    | LogHas | LogKnown | LogNotSent | LogRefused | TimeChecked
)  # fmt: skip

# What is to be done.


@dataclass(frozen=True, slots=True)
class Connect:
    """Connect to the broker of a hub: `LinkUp` or `LinkDown` comes of it."""

    hub: str = ""


@dataclass(frozen=True, slots=True)
class ProbeBroker:
    """See whether the broker of a hub is there: `HubAnswers` comes of it."""

    hub: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """Give up the connection that is being made."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Ask the broker for what is said under these names; no more for those `before`, lest it come twice."""

    filters: tuple[str, ...]
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishPresence:
    """Say that this box is there, and what it holds."""

    presence: Presence


@dataclass(frozen=True, slots=True)
class PublishHealth:
    """Say how this box is."""

    health: HealthSaid
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PublishReceipt:
    """Say how far an alert has come."""

    alert: str  # its id
    answer: AlertAnswer | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Tell the broker that a message need not come again."""

    message: int


@dataclass(frozen=True, slots=True)
class HandOver:
    """Hand an envelope to the daemon, which verifies it: `DaemonAnswered` or one of its kin comes of it."""

    name: str
    envelope: str


@dataclass(frozen=True, slots=True)
class Fetch:
    """Fetch a file of the hub's folder, or its next piece. `bytes`, `sha256`: of one whose content is known."""

    path: str
    bytes: int | None = None
    sha256: str = ""
    hub: str = ""


@dataclass(frozen=True, slots=True)
class Verify:
    """Verify the documents of a scope that were fetched: `Verified` or `Distrusted` comes of it.

    `manifest`: the envelope of one that was not, which is kept beside them first.
    """

    scope: str
    manifest: bytes = b""


@dataclass(frozen=True, slots=True)
class Take:
    """Have the daemon take what was fetched of a scope: `TakingEnded` comes of it."""

    scope: str


@dataclass(frozen=True, slots=True)
class TakeLateFiles:
    """Have the daemon take what came behind its manifest, and look for damage: `LateFilesTaken` comes of it."""


@dataclass(frozen=True, slots=True)
class AskForHealth:
    """Ask the daemon how the box is: `HealthSaid` comes of it."""


@dataclass(frozen=True, slots=True)
class LookAtLog:
    """See how far this box's log goes: `LogHas` comes of it."""


@dataclass(frozen=True, slots=True)
class AskLogEnd:
    """Ask a hub how far it has a log: `LogKnown` or `LogNotSent` comes of it."""

    life: str
    hub: str = ""


@dataclass(frozen=True, slots=True)
class SendLog:
    """Send what follows this entry of a log, or a good part of it: `LogKnown` or one of its kin comes of it."""

    life: str
    after: int
    hub: str = ""


@dataclass(frozen=True, slots=True)
class CheckTime:
    """See that somebody vouches for the time, else, or `anyway`, ask a hub: `TimeChecked` comes of it."""

    anyway: bool
    hub: str = ""


Action = (
    Connect | ProbeBroker | HangUp | Subscribe | PublishPresence | PublishHealth | PublishReceipt | Acknowledge
    | HandOver | Fetch | Verify | Take | TakeLateFiles | AskForHealth | LookAtLog | AskLogEnd | SendLog | CheckTime
)  # fmt: skip
