"""What box and hub say to each other over MQTT 5, and where they find files: names, and messages as values.

    ls/1/scope/SCOPE/bell        hub   a `Bell`, signed by the hub; retained
    ls/1/scope/SCOPE/file        hub   a file that is new with a manifest, where all of those together are short
    ls/1/scope/SCOPE/manifest    hub   the manifest, signed by people, unless it is too long; retained
    ls/1/scope/SCOPE/alert/17    hub   an `Alert`, signed by people; retained until it ends (expiry of the message)
    ls/1/hub/birth               hub   `HubBirth`; retained. Boxes announce themselves anew when it changes
    ls/1/box/BOX/presence        box   `Presence`; retained, and as the will of its connection
    ls/1/box/BOX/health          box   `BoxHealth`; retained
    ls/1/box/BOX/receipt         box   `Receipt`

    v1/SCOPE/bell.json           the same bell as a file, for boxes that reach no broker
    v1/SCOPE/{trust/4,manifest,rules,alert/17}.json    v1/blob/SHA256    as on a stick (station/deliveries/delivery.py)

All at QoS 1. Bell, manifest and alert are DSSE envelopes, byte for byte the file of the same name; what boxes say, and
birth, are JSON objects, in which a reader passes over names that it does not know. BOX is the box's id, and the name by
which it logs in. A bell comes behind what it tells of, so that thousands of boxes need not come for that one by one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from ..codec import UNREADABLE, decode, encode
from ..errors import BadUsage, Message
from ..model.alert_answer import AlertState
from ..model.board import HealthRow
from ..trust.signed_documents import ROOT

T = TypeVar("T")
QOS = 1
ALL_BOXES = "ls/1/box/+/+"  # what a hub subscribes to
MOST_MESSAGE_BYTES = 1_000_000
# Of a manifest, and of all files that are new with one: what is longer is fetched, lest an alert wait behind it on a
# poor line, or boxes be told what they do not use of another scope's.
MOST_SAID_BYTES, MOST_SAID_FILES = 64 << 10, 16 << 10
# Mosquitto walks through all who have subscribed to a filter whenever one more does so: of ten thousand boxes that come
# back at once it would do little else for 20 s. So each box writes its filters in one of eight ways that mean the same.
FORMS = 8
BOX_ID = re.compile(r"b-[0-9a-z]{4,32}")
NAME = re.compile(
    r"ls/1/(?:hub/(?P<hub>birth)"
    r"|scope/(?P<scope>[a-z0-9]+(?:-[a-z0-9]+)*)/(?:(?P<newest>bell|manifest|file)|(?P<alert>alert)/(?P<seq>[1-9]\d{0,17}))"
    rf"|box/(?P<box>{BOX_ID.pattern})/(?P<own>presence|health|receipt))"
)


class TopicKind(StrEnum):
    """What is said there."""

    BELL = "bell"
    MANIFEST = "manifest"
    FILE = "file"
    ALERT = "alert"
    BIRTH = "birth"
    PRESENCE = "presence"
    HEALTH = "health"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic. `of`: a scope, the box of what a box says, "" of what the hub says of itself; `seq`: of an alert."""

    kind: TopicKind
    of: str = ""
    seq: int = 0

    def __str__(self) -> str:
        """Its name at the broker.

        >>> str(Topic(TopicKind.ALERT, "ban-may", 17))
        'ls/1/scope/ban-may/alert/17'
        """
        if self.kind is TopicKind.BIRTH:
            return "ls/1/hub/birth"
        if self.kind in (TopicKind.BELL, TopicKind.MANIFEST, TopicKind.FILE, TopicKind.ALERT):
            return f"ls/1/scope/{self.of}/{self.kind}" + (f"/{self.seq}" if self.kind is TopicKind.ALERT else "")
        return f"ls/1/box/{self.of}/{self.kind}"


def parse_topic(name: str) -> Topic | None:
    """The topic of this name; None for one that is not known here."""
    match = NAME.fullmatch(name)
    if match is None:
        return None
    kind = match["hub"] or match["newest"] or match["alert"] or match["own"]
    return Topic(TopicKind(kind), match["scope"] or match["box"] or "", int(match["seq"] or 0))


def document_topic(path: str) -> Topic | None:
    """Under which topic a file of the hub's folder is said as well; None for one that is not.

    >>> document_topic("v1/ban-may/alert/17.json") == Topic(TopicKind.ALERT, "ban-may", 17)
    True
    """
    return parse_topic(f"ls/1/scope/{path.removeprefix(f'{ROOT}/').removesuffix('.json')}")


def box_subscriptions(scopes: tuple[str, ...], form: int = 0) -> tuple[str, ...]:
    """What a box that follows these scopes subscribes to, in one of the `FORMS`.

    Alerts first, bells last: one that comes before what it tells of would have each box fetch that by HTTPS.
    """
    kinds = ("alert/+", TopicKind.FILE, TopicKind.MANIFEST, TopicKind.BELL)
    of_scopes = [f"ls/1/scope/{scope}/{kind}" for kind in kinds for scope in scopes]
    return tuple(_write_filter(topic, form) for topic in (*of_scopes, str(Topic(TopicKind.BIRTH))))


def _write_filter(topic: str, form: int) -> str:
    """Of the first levels, which are the same in all topics of a kind, some as a wildcard: the bits of `form`.

    >>> [_write_filter("ls/1/hub/birth", form) for form in (0, 5)]
    ['ls/1/hub/birth', '+/1/+/birth']
    """
    levels = topic.split("/")
    return "/".join("+" if form >> number & 1 else level for number, level in enumerate(levels))


def retain_handling(subscription: str) -> int:
    """When what is retained comes (MQTT 5, 3.8.3.1): 0, each time that a box subscribes; 1, with a new session only.

    The latter for manifests, which are long: what was said while a box was away, its session keeps for it.

    >>> [retain_handling(one) for one in box_subscriptions(("ban-may",), form=7)]
    [0, 0, 1, 0, 0]
    """
    return int(subscription.endswith(f"/{TopicKind.MANIFEST}"))


def document_path(scope: str, name: str) -> str:
    """A document of a scope in the hub's folder.

    >>> document_path("ban-may", "trust/4")
    'v1/ban-may/trust/4.json'
    """
    return f"{ROOT}/{scope}/{name}.json"


def blob_path(sha256: str) -> str:
    """A file by its content in the hub's folder."""
    return f"{ROOT}/blob/{sha256}"


@dataclass(frozen=True, slots=True)
class HeldVersions:
    """What a box has taken of one scope. `sha256`: of the manifest's envelope."""

    trust: int = 0
    manifest: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Presence:
    """Is a box there, and what does it hold of each scope? As a will, nothing is known but that it has gone.

    `alerts`: the number of the newest alert that it knows, by scope; 0 for none.
    """

    on: bool
    software: str = ""
    held: Mapping[str, HeldVersions] = field(default_factory=dict)
    alerts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BoxHealth:
    """How a box is: what its doctor found, and why it has not taken the newest of a scope. Sentences are Vietnamese."""

    software: str
    at: datetime  # by the box's clock
    rows: tuple[HealthRow, ...] = ()
    looked_at: datetime | None = None  # by the doctor
    refused: Mapping[str, str] = field(default_factory=dict)  # scope -> why
    box_yaml: str = ""  # what it plays; so it can be set up anew, and its plan be computed


@dataclass(frozen=True, slots=True)
class Receipt:
    """How far a box has come with an alert (its id). `first_sound`: ms from its coming to the first sample.

    `times`: how often it was said so far, of one that is said again and again.
    """

    alert: str
    state: AlertState  # FAILED: refused, or not done so far
    at: datetime  # by the box's clock
    airings: tuple[str, ...] = ()
    first_sound: float | None = None
    why: str = ""  # it has failed, in Vietnamese
    times: int = 0


@dataclass(frozen=True, slots=True)
class HubBirth:
    """A hub has begun: another instant than before."""

    at: datetime


def format_message(message: Presence | BoxHealth | Receipt | HubBirth) -> bytes:
    """The message as JSON; `parse_message` gives it back."""
    return json.dumps(encode(message), ensure_ascii=False, separators=(",", ":")).encode()


def parse_message(kind: type[T], raw: bytes) -> T:
    """The message in these bytes, which nobody has signed. Raises `BadUsage`."""
    try:
        if len(raw) > MOST_MESSAGE_BYTES:
            raise ValueError("too long")
        return decode(kind, json.loads(raw.decode()))  # of UTF-8 alone: the hub keeps it as text
    except UNREADABLE as error:
        raise BadUsage(Message("a message that cannot be read: {error}", error=str(error))) from error
