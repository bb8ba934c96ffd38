"""Whom this box believes: the trust documents of its commune and of the offices above it. Loads `cryptography`.

Each is signed by the people of the one before it. One that was damaged on the disk of this box ends its chain there:
what would need it is not believed until a delivery has brought it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ...codec import decode
from ...errors import Message, Refused
from ...store.atomic import read_regular_file
from ...store.received import MOST_DOCUMENT_BYTES, ReceivedFiles
from ...trust.dsse import parse_envelope
from ...trust.faults import UntrustedDocument
from ...trust.floors import BoxTime, Floors, accept_trust
from ...trust.opening import follow_trust, iterate_trust, open_first_trust, read_unverified
from ...trust.signed_documents import TrustDocument
from ..paths import StationPaths
from .membership import FollowedScope, Membership, must_have_joined

DAMAGED = Message("the trust documents of this box are damaged: a delivery that has all of them mends them")
Keep = Callable[[int, bytes], object]  # the version of a trust document that was verified, and its envelope


@dataclass(frozen=True, slots=True)
class TrustChains:
    """The trust documents that a box has kept of those whom it follows."""

    paths: StationPaths
    membership: Membership

    def in_force(self) -> list[tuple[TrustDocument, Floors]]:
        """The trust document in force and what may still be accepted, of its commune and then of the offices above.

        Raises `Refused` where documents are damaged.
        """
        trusted = []
        for followed in self.membership.scopes:
            chain = self._walk(followed, self._parents(followed))
            if not chain:
                raise Refused(DAMAGED)
            floors = decode(Floors, followed.floors)
            _must_reach(chain[-1], floors)
            trusted.append((chain[-1], floors))
        return trusted

    def lengths(self) -> Mapping[str, int]:
        """Scope -> how many of its trust documents are here and follow each other, from the first on."""
        return {scope.scope: len(self._walk(scope, self._parents(scope))) for scope in self.membership.scopes}

    def follow(self, there: Path, followed: FollowedScope, time: BoxTime, keep: Keep) -> tuple[TrustDocument, Floors]:
        """Walk from the first trust document to the newest that is here or in the delivery's folder `there`.

        One that resets the scope is signed by the people of its parent instead. One that is damaged here is taken from
        `there`, too. Raises `UntrustedDocument`, `Refused`; those before it are kept.
        """
        parents, floors = self._parents(followed), decode(Floors, followed.floors)
        chain = self._walk(followed, parents)
        trust = chain[-1] if chain else _take_first(there, followed, keep)
        while (path := there / "trust" / f"{trust.version + 1}.json").exists():
            raw, was_here = read_document(path), trust.version < floors.trust
            trust = follow_trust(raw, trust, parents if was_here else parents[-1:])  # whose keys are those of today
            keep(trust.version, raw)
            if not was_here:
                floors = accept_trust(replace(floors, trust=trust.version - 1), trust, time)
        _must_reach(trust, floors)
        return trust, floors

    def parent(self, followed: FollowedScope) -> str | None:
        """The office above a scope, by its newest trust document."""
        documents = self._documents(followed.scope)
        return documents[-1].parent if documents else None

    def _parents(self, followed: FollowedScope) -> list[TrustDocument]:
        """The trust documents of the office above a scope, from the first on; none where the box has not joined it."""
        parent = self.parent(followed)
        return (
            self._documents(parent) if parent in {office.scope for office in self.membership.higher} and parent else []
        )

    def _documents(self, scope: str) -> list[TrustDocument]:
        """Those of a scope that this box has kept, each verified when it came; up to one that is damaged."""
        documents: list[TrustDocument] = []
        with suppress(UntrustedDocument):
            for raw in self._raw(scope):
                document = read_unverified(parse_envelope(raw))
                documents += [document] if isinstance(document, TrustDocument) else []
        return documents

    def _walk(self, followed: FollowedScope, parents: Sequence[TrustDocument]) -> list[TrustDocument]:
        """From the first trust document to the newest that is here, or to one that is damaged."""
        raw, chain = self._raw(followed.scope), list[TrustDocument]()
        if raw and hashlib.sha256(raw[0]).hexdigest() == followed.first_trust:
            with suppress(UntrustedDocument):
                for document in iterate_trust(raw, parents):
                    chain.append(document)
        return chain

    def _raw(self, scope: str) -> Sequence[bytes]:
        return ReceivedFiles(self.paths.received, scope).trust_documents()


def trust_in_force(paths: StationPaths) -> list[tuple[TrustDocument, Floors]]:
    """As `TrustChains.in_force`. Raises `BadUsage` for a box that has not joined, `Refused`."""
    return TrustChains(paths, must_have_joined(paths)).in_force()


def read_document(path: Path) -> bytes:
    """A signed document of a delivery. Raises `Refused` where there is none."""
    raw = None if path.is_symlink() else read_regular_file(path, MOST_DOCUMENT_BYTES)
    if raw is None:
        raise Refused(Message("there is no signed document {file}", file=path))
    return raw


def _take_first(there: Path, followed: FollowedScope, keep: Keep) -> TrustDocument:
    """The one that a person has compared, where it was damaged here. Raises `Refused`."""
    raw = read_document(there / "trust" / "1.json")
    if hashlib.sha256(raw).hexdigest() != followed.first_trust:
        raise Refused(DAMAGED)
    keep(1, raw)
    return open_first_trust(parse_envelope(raw))


def _must_reach(trust: TrustDocument, floors: Floors) -> None:
    """Raises `Refused` where what revokes a key is gone, or damaged."""
    if trust.version < floors.trust:
        raise Refused(DAMAGED)
