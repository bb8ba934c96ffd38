"""Whose signed files this box takes: then its own bulletins and schedules are not read, and box.yaml still is.

What was accepted is written down here, in a file that only the station itself writes: replacing it is the step from one
version to the next, and opening a station checks no signature again, only that each file is the one that was signed.
Loads nothing of what reads these files: whoever only makes sound does without.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from ...codec import UNREADABLE, decode, encode
from ...errors import BadUsage, Message, Refused
from ...model.bulletin import CarriedApproval, CarriedSound
from ...store.atomic import FileSystem, read_regular_file, write_atomic
from ...store.received import ReceivedFiles
from ..paths import StationPaths

AGENT = "loudspeaker-fleet"  # the user as which the agent runs
MOST_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class CarriedDecision:
    """What somebody has decided for all boxes, as it came signed: `do` is the verb of a request."""

    id: str
    do: str
    by: str
    village: str | None = None
    airing: str | None = None
    until: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class AcceptedManifest:
    """The version in force, and its files by their hashes."""

    version: int
    files: Mapping[str, str]
    speech: Mapping[str, str] = field(default_factory=dict)  # bulletin -> file with its words as they are to be spoken
    expires: datetime | None = None
    approved: Mapping[str, CarriedApproval] = field(default_factory=dict)  # of bulletins, by their path
    decisions: tuple[CarriedDecision, ...] = ()
    sounds: Mapping[str, CarriedSound] = field(default_factory=dict)  # of bulletins, by their path; here or not (yet)
    sizes: Mapping[str, int] = field(default_factory=dict)  # bytes of `files`; none by older versions of this program


@dataclass(frozen=True, slots=True)
class FollowedScope:
    """A scope whose files this box takes. `first_trust`: SHA-256 of the trust document that a person has compared.

    `floors` are those of `trust.floors`, as JSON.
    """

    scope: str
    first_trust: str
    accepted: AcceptedManifest
    floors: Mapping[str, object]
    named: bool = False  # by the rules of the box's own commune (`origins`), not by being an office above it


@dataclass(frozen=True, slots=True)
class Membership:
    """A box of one commune, as `FollowedScope` says, and the offices above it whose bulletins it takes, too.

    Another commune that its rules name, such as of one that shares an FM transmitter, counts among these.

    With `edited_here` the commune's own files are those that people edit on it, and only the others come signed.
    """

    scope: str
    first_trust: str
    by: str
    accepted: AcceptedManifest
    floors: Mapping[str, object]
    higher: tuple[FollowedScope, ...] = ()  # province, then country
    edited_here: bool = False

    @property
    def scopes(self) -> tuple[FollowedScope, ...]:
        """All whose files it takes, its own commune first, where that is one of them."""
        if self.edited_here:
            return self.higher
        return FollowedScope(self.scope, self.first_trust, self.accepted, self.floors), *self.higher

    def follow(self, one: FollowedScope) -> Membership:
        """The same with what is known of one scope now."""
        if one.scope == self.scope:
            return replace(self, accepted=one.accepted, floors=one.floors)
        if one.scope not in {other.scope for other in self.higher}:
            return replace(self, higher=(*self.higher, one))
        return replace(self, higher=tuple(one if other.scope == one.scope else other for other in self.higher))

    def drop_unnamed(self, origins: Collection[str]) -> Membership:
        """The same without those whom its rules named before, and do not name any more."""
        return replace(
            self, higher=tuple(office for office in self.higher if not office.named or office.scope in origins)
        )


def read_membership(paths: StationPaths) -> Membership | None:
    """None for a box that takes the files that people edit on it. Raises `Refused` where nobody can tell."""
    raw = read_regular_file(paths.membership, MOST_BYTES)
    if raw is None:
        return None
    try:
        return decode(Membership, json.loads(raw))
    except UNREADABLE:
        message = Message("{file} is damaged: join anew with “loudspeaker fleet join”", file=paths.membership)
        raise Refused(message) from None


def keep_membership(paths: StationPaths, membership: Membership, system: FileSystem = os) -> None:
    """From now on these files are read. Raises `WriteError`."""
    write_atomic(paths.membership, json.dumps(encode(membership), ensure_ascii=False).encode(), system)


def must_have_joined(paths: StationPaths) -> Membership:
    """Whose files it takes. Raises `BadUsage` for a box that takes people's own, `Refused` where nobody can tell."""
    membership = read_membership(paths)
    if membership is None:
        raise BadUsage(Message("this box has not joined: “loudspeaker fleet join FOLDER”"))
    return membership


def files_folder(paths: StationPaths) -> Path:
    """Where the commune's files lie: people's own, or what came signed. Raises `Refused`."""
    membership = read_membership(paths)
    if membership is None or membership.edited_here:
        return paths.home
    return ReceivedFiles(paths.received, membership.scope).files(membership.accepted.version)


def signed_scope(paths: StationPaths) -> str:
    """Whose signed files are this station's own; "" where people edit them here. Raises `Refused`."""
    membership = read_membership(paths)
    return membership.scope if membership and not membership.edited_here else ""


def must_be_edited_here(paths: StationPaths) -> None:
    """Raises `Refused` where bulletins and schedules come signed, so that nothing written here would be read."""
    if scope := signed_scope(paths):
        raise Refused(Message("this box takes its files signed from {scope}: change them there", scope=scope))


def copy_files_home(paths: StationPaths, folder: Path, files: Mapping[str, str]) -> None:
    """The last files that came become people's own, in place of what lies there. Raises `WriteError`."""
    for path in files:
        content = read_regular_file(folder / path, MOST_BYTES * 50)
        if content is not None:
            write_atomic(paths.home / path, content)
