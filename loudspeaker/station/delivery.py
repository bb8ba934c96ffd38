"""Taking signed files from a folder, such as a stick: what a hub would serve, read the same way.

    v1/SCOPE/trust/1.json …    v1/SCOPE/manifest.json    v1/SCOPE/rules.json    v1/blob/SHA256

rules.json is the last manifest that the people of the rules have signed: by it a box that is new, or has missed some
versions, knows that the rules (commune.yaml) in a manifest of one officer are theirs.

All is verified before anything changes; what is refused leaves the version before in force. Loads `cryptography`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version as version_of
from pathlib import Path

from ..codec import decode, encode
from ..config.folder import Folder
from ..config.source import Source
from ..errors import BadUsage, Message, Refused
from ..store.atomic import FileSystem, read_regular_file
from ..store.received import MOST_DOCUMENT_BYTES, ReceivedFiles
from ..trust.dsse import parse_envelope
from ..trust.faults import UntrustedDocument
from ..trust.fingerprint import fingerprint
from ..trust.floors import Floors, accept_manifest, accept_trust, least_now
from ..trust.opening import open_document, open_first_trust, open_manifest, open_next_trust, read_unverified
from ..trust.signed_documents import SignedManifest, SigningRole, TrustDocument
from .membership import AcceptedManifest, Membership, copy_files_home, keep_membership, read_membership
from .paths import StationPaths
from .people_files import received_source

ROOT = "v1"


@dataclass(frozen=True, slots=True)
class FirstTrust:
    """The trust document by which a box would join, for somebody to compare with the sheet that was printed."""

    document: TrustDocument
    raw: bytes
    sha256: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class TakenDelivery:
    """What a delivery brought. `before`: the version that was in force, 0 for none."""

    scope: str
    before: int
    version: int
    files: int
    persons: tuple[str, ...]  # whose signatures count
    trust: int  # the version of the trust document in force
    changed: tuple[str, ...] = ()  # files that are new or another
    gone: tuple[str, ...] = ()

    @property
    def is_new(self) -> bool:
        return self.version != self.before

    def message(self) -> Message:
        """What came of it, in one sentence."""
        facts = {"scope": self.scope, "version": self.version}
        if not self.is_new:
            return Message("Nothing is new from {scope}: version {version} is in force.", **facts)
        return Message(
            "Version {version} of {scope} is in force: {count} files, signed by {persons}.",
            **facts,
            count=self.files,
            persons=", ".join(self.persons),
        )


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Takes deliveries for one box; `now` is this machine's time, `trusted` whether it is known to be right."""

    paths: StationPaths
    now: datetime
    trusted: bool
    system: FileSystem = os

    def first_trust(self, folder: Path, scope: str) -> FirstTrust:
        """The trust document that begins the chain. Raises `Refused` without one, `UntrustedDocument`."""
        raw = _read(folder / ROOT / scope / "trust" / "1.json")
        envelope = parse_envelope(raw)
        document = open_first_trust(envelope)
        if document.scope != scope or document.version != 1:
            raise Refused(Message("{file} is not the first trust document of {scope}", file="1.json", scope=scope))
        return FirstTrust(document, raw, hashlib.sha256(raw).hexdigest(), fingerprint(envelope.payload))

    def join(self, folder: Path, first: FirstTrust, by: str) -> TakenDelivery:
        """Take this commune's files from now on, the ones in `folder` first.

        Raises `BadUsage` for a box that has joined already, and as `take` does; then it has not joined.
        """
        if joined := read_membership(self.paths):
            raise BadUsage(
                Message("this box takes its files from {scope} already; first “fleet leave”", scope=joined.scope)
            )
        scope = first.document.scope
        received = self._received(scope)
        received.keep_trust(1, first.raw)
        floors = accept_trust(Floors(), first.document)
        start = Membership(scope, first.sha256, by, AcceptedManifest(0, {}), encode(floors))
        return self._take(folder, start, received)

    def take(self, folder: Path) -> TakenDelivery:
        """Take what is new in `folder`.

        Raises `BadUsage` for a box that has not joined, `UntrustedDocument` for what is not signed as it must be, is
        older than what is here or has ended, `DamagedFile`, `BadFile` for files that no station could use, `Refused`
        where some are missing. Then the version before stays in force.
        """
        membership = read_membership(self.paths)
        if membership is None:
            raise BadUsage(Message("this box has not joined: “loudspeaker fleet join FOLDER”"))
        return self._take(folder, membership, self._received(membership.scope))

    def leave(self) -> str:
        """Take people's own files again, beginning with the last that came; the scope that was left.

        Raises `BadUsage` for a box that has not joined, `WriteError`.
        """
        membership = read_membership(self.paths)
        if membership is None:
            raise BadUsage(Message("this box has not joined: “loudspeaker fleet join FOLDER”"))
        files = self._received(membership.scope).files(membership.accepted.version)
        copy_files_home(self.paths, files, membership.accepted.files)
        self.paths.membership.unlink()
        return membership.scope

    def _received(self, scope: str) -> ReceivedFiles:
        return ReceivedFiles(self.paths.received, scope, self.system)

    def _take(self, folder: Path, membership: Membership, received: ReceivedFiles) -> TakenDelivery:
        there = folder / ROOT / membership.scope
        floors = decode(Floors, membership.floors)
        trust, floors = self._follow_trust(there, membership, received, floors)
        raw = _read(there / "manifest.json")
        envelope, sha256 = parse_envelope(raw), hashlib.sha256(raw).hexdigest()
        opened = open_manifest(envelope, trust, _last_rules(there, received, trust))
        now = least_now(floors, self.now, self.trusted)
        floors = accept_manifest(floors, opened.document, sha256, now, version_of("loudspeaker"))
        manifest = opened.document
        accepted = AcceptedManifest(manifest.version, {path: file.sha256 for path, file in manifest.files.items()})
        if manifest.version != membership.accepted.version:
            _fetch(folder / ROOT / "blob", received, manifest)
            self._switch(received, raw, membership.scope, accepted)
        keep_membership(self.paths, replace(membership, accepted=accepted, floors=encode(floors)), self.system)
        received.sweep(manifest.version)
        before = membership.accepted
        return TakenDelivery(
            membership.scope,
            before.version,
            manifest.version,
            len(accepted.files),
            tuple(sorted(opened.persons)),
            trust.version,
            tuple(sorted(path for path, sha in accepted.files.items() if before.files.get(path) != sha)),
            tuple(sorted(before.files.keys() - accepted.files.keys())),
        )

    def _follow_trust(
        self, there: Path, membership: Membership, received: ReceivedFiles, floors: Floors
    ) -> tuple[TrustDocument, Floors]:
        """Walk from the first trust document to the newest that is here or in `there`, each signed by the one before.

        Raises `UntrustedDocument`; those before it are kept.
        """
        known = received.trust_documents()
        if not known or hashlib.sha256(known[0]).hexdigest() != membership.first_trust:
            raise Refused(Message("the trust documents of this box are damaged: join anew"))
        trust = open_first_trust(parse_envelope(known[0]))
        for raw in known[1:]:
            trust = open_next_trust(parse_envelope(raw), trust)
        while (path := there / "trust" / f"{trust.version + 1}.json").exists():
            raw = _read(path)
            trust = open_next_trust(parse_envelope(raw), trust)
            received.keep_trust(trust.version, raw)
            floors = accept_trust(replace(floors, trust=trust.version - 1), trust)
        if trust.version < floors.trust:  # somebody has taken away what revokes a key
            raise Refused(Message("the trust documents of this box are damaged: join anew"))
        return trust, floors

    def _switch(self, received: ReceivedFiles, raw: bytes, scope: str, accepted: AcceptedManifest) -> None:
        """Put the files on the disk; none that no station could be made of. Raises `BadFile`, `WriteError`."""
        received.lay_out(accepted.version, accepted.files)
        source = received_source(self.paths, scope, accepted)
        Folder([source], box=Source(self.paths.home)).contents(self.now)
        received.keep_manifest(raw)


def _last_rules(there: Path, received: ReceivedFiles, trust: TrustDocument) -> SignedManifest | None:
    """The newer of the manifest in force and of the one that set the rules; None where there is neither.

    Of rules.json nothing is believed where those who signed it may not sign rules any more: then the next change of a
    box that has missed it must be signed by those who may.
    """
    manifests = []
    with suppress(UntrustedDocument, Refused):
        envelope = parse_envelope(_read(there / "rules.json"))
        manifests.append(open_document(SignedManifest, envelope, trust, SigningRole.RULES).document)
    if raw := received.manifest():  # it was verified when it came; who signed it may have lost the role since
        document = read_unverified(parse_envelope(raw))
        manifests += [document] if isinstance(document, SignedManifest) else []
    return max(manifests, key=lambda manifest: manifest.version, default=None)


def _fetch(blobs: Path, received: ReceivedFiles, manifest: SignedManifest) -> None:
    """Bring the files that are not here yet. Raises `Refused` where one is missing, `DamagedFile`."""
    sizes: Mapping[str, int] = {file.sha256: file.bytes for file in manifest.files.values()}
    for sha256 in received.missing(tuple(sizes)):
        path = blobs / sha256
        if path.is_symlink() or not path.is_file():
            names = [name for name, file in manifest.files.items() if file.sha256 == sha256]
            raise Refused(Message("{file} is named in the manifest and does not lie in the folder", file=names[0]))
        with path.open("rb") as content:
            received.keep_blob(sha256, sizes[sha256], content)


def _read(path: Path) -> bytes:
    """A signed document of a folder. Raises `Refused` where there is none."""
    raw = None if path.is_symlink() else read_regular_file(path, MOST_DOCUMENT_BYTES)
    if raw is None:
        raise Refused(Message("there is no signed document {file}", file=path))
    return raw
