"""What may still be accepted of a scope: nothing older than what was, and nothing after its end.

A box may have no clock that can be trusted. What it knows for certain is the highest instant that a verified document
has named: it cannot be earlier than that. So a clock that is slow revives no document that has ended. Where the clock
is known to be right, no document makes it later than it is: an office's PC that is years ahead ends nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ..errors import Message
from .faults import Fault, UntrustedDocument
from .signed_documents import Alert, Bell, SignedManifest, TrustDocument

WINDOW = 64  # alerts: two may overtake each other on their way (RFC 4303, section 3.4.3, has the same for packets)


@dataclass(frozen=True, slots=True)
class Floors:
    """The highest that was accepted of one scope, as it is kept through every start."""

    trust: int = 0
    manifest: int = 0
    manifest_sha256: str = ""  # of its envelope
    alert: int = 0
    instant: datetime | None = None  # it is not earlier than this

    def at_instant(self, instant: datetime) -> Floors:
        """These floors when it is known to be `instant` or later."""
        return self if self.instant and self.instant >= instant else replace(self, instant=instant)


@dataclass(frozen=True, slots=True)
class BoxTime:
    """What a box knows of the time: its machine's clock, and whether that is known to be right."""

    machine: datetime
    trusted: bool

    def least_now(self, floors: Floors) -> datetime:
        """The instant by which documents end: the machine's clock where it can be trusted, never before the floor.

        Where nothing is known, the machine's clock.
        """
        if floors.instant is None:
            return self.machine
        return max(self.machine, floors.instant) if self.trusted else floors.instant

    def raise_instant(self, floors: Floors, issued: datetime) -> Floors:
        """`floors` behind a document that was issued then, by a clock that may be wrong itself."""
        return floors.at_instant(min(issued, self.machine) if self.trusted else issued)


def accept_trust(floors: Floors, document: TrustDocument, time: BoxTime) -> Floors:
    """The floors with this trust document. Raises `UntrustedDocument` where it is not the next one."""
    if document.version != floors.trust + 1:
        raise UntrustedDocument(
            Message(
                "trust document {version} does not follow {current}", version=document.version, current=floors.trust
            ),
            Fault.STALE,
        )
    return time.raise_instant(replace(floors, trust=document.version), document.issued)


def accept_manifest(floors: Floors, document: SignedManifest, sha256: str, time: BoxTime, program: str) -> Floors:
    """The floors with this manifest; the same again changes nothing.

    `sha256`: of its envelope; `program`: our version. Raises `UntrustedDocument`.
    """
    if document.version < floors.manifest:
        raise UntrustedDocument(
            Message("version {version} is older than {current}", version=document.version, current=floors.manifest),
            Fault.STALE,
        )
    if document.version == floors.manifest and sha256 != floors.manifest_sha256:
        raise UntrustedDocument(
            Message(
                "two centres have sent two different versions {version}; the one that was first stays",
                version=document.version,
            ),
            Fault.FORKED,
        )
    if document.expires is not None and document.expires <= time.least_now(floors):
        raise UntrustedDocument(Message("it ended at {instant}", instant=document.expires.isoformat()), Fault.EXPIRED)
    if _numbers(document.needs) > _numbers(program):
        raise UntrustedDocument(
            Message("it needs version {needs} of this program", needs=document.needs), Fault.TOO_NEW
        )
    return time.raise_instant(replace(floors, manifest=document.version, manifest_sha256=sha256), document.issued)


def accept_alert(floors: Floors, document: Alert, time: BoxTime) -> Floors:
    """The floors with this alert, which may have been overtaken by others. Whether it was heard, only the log knows.

    Raises `UntrustedDocument` where it has ended, or is older than the window.
    """
    if document.seq <= floors.alert - WINDOW:
        raise UntrustedDocument(
            Message("version {version} is older than {current}", version=document.seq, current=floors.alert),
            Fault.STALE,
        )
    if document.until <= time.least_now(floors):
        raise UntrustedDocument(Message("it ended at {instant}", instant=document.until.isoformat()), Fault.EXPIRED)
    return time.raise_instant(replace(floors, alert=max(floors.alert, document.seq)), document.issued)


def accept_bell(floors: Floors, document: Bell, time: BoxTime) -> Floors:
    """The floors with the time that a hub has signed; an older bell changes nothing."""
    return time.raise_instant(floors, document.issued)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
