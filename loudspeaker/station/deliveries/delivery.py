"""Taking signed files from a folder, such as a stick: what a hub would serve, read the same way.

    v1/SCOPE/trust/1.json …    v1/SCOPE/manifest.json    v1/SCOPE/rules.json    v1/blob/SHA256

rules.json is the last manifest that the people of the rules have signed: by it a box that is new, or has missed some
versions, knows that the rules (commune.yaml) in a manifest of one officer are theirs.

All is verified before anything changes; what is refused leaves the version before in force. Loads `cryptography`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ... import VERSION
from ...codec import encode
from ...config.folder import Folder
from ...config.source import Source
from ...errors import BadUsage, LoudspeakerError, Message, Refused, describe_os_error
from ...store.atomic import FileSystem, read_regular_file
from ...store.received import MOST_DOCUMENT_BYTES, ReceivedFiles
from ...trust.dsse import parse_envelope
from ...trust.fingerprint import fingerprint
from ...trust.floors import BoxTime, Floors, accept_manifest, accept_trust
from ...trust.opening import find_rules, last_rules, open_first_trust, open_manifest
from ...trust.signed_documents import ROOT, SignedFile, TrustDocument
from ..paths import StationPaths
from ..people_files import open_folder, received_source
from .fetched_answer import LATE_FILES, FetchedAnswer, NeededSounds, keep_fetched_answer, read_fetched_answer, read_mark
from .late_files import damaged_files, take_late_files
from .membership import (
    AcceptedManifest,
    FollowedScope,
    Membership,
    copy_files_home,
    keep_membership,
    must_have_joined,
    read_membership,
)
from .trust_chains import TrustChains, read_document
from .verified_manifest import VerifiedManifest, files_for_commune


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
    mended: tuple[str, ...] = ()  # files that were damaged on this box

    @property
    def is_new(self) -> bool:
        return self.version != self.before

    def message(self) -> Message:
        """What came of it, in one sentence."""
        facts = {"scope": self.scope, "version": self.version}
        if self.mended:
            return Message(
                "Version {version} of {scope} is in force; {count} damaged files of this box are whole again.",
                **facts,
                count=len(self.mended),
            )
        if not self.is_new:
            return Message("Nothing is new from {scope}: version {version} is in force.", **facts)
        return Message(
            "Version {version} of {scope} is in force: {count} files, signed by {persons}.",
            **facts,
            count=self.files,
            persons=", ".join(self.persons),
        )


@dataclass(frozen=True, slots=True)
class RefusedDelivery:
    """A delivery of which nothing was taken, and why."""

    scope: str
    why: LoudspeakerError

    def message(self) -> Message:
        return Message("NOT TAKEN from {scope}: {why}", scope=self.scope, why=self.why.message)


@dataclass(frozen=True, slots=True)
class LackingFiles:
    """Files that a manifest names and that are not here: SHA-256 -> bytes. `alert`: the newest that it knows of."""

    files: Mapping[str, int]
    alert: int


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Takes deliveries for one box; `now` is this machine's time, `trusted` whether it is known to be right.

    `before_joining` is called with the scope just before a box that has joined nobody takes its first files: when they
    are all here and verified. What it raises keeps the box from joining.
    """

    paths: StationPaths
    now: datetime
    trusted: bool
    system: FileSystem = os
    before_joining: Callable[[str], object] = lambda scope: None

    @property
    def time(self) -> BoxTime:
        return BoxTime(self.now, self.trusted)

    def first_trust(self, folder: Path, scope: str) -> FirstTrust:
        """The trust document that begins the chain. Raises `Refused` without one, `UntrustedDocument`."""
        raw = read_document(folder / ROOT / scope / "trust" / "1.json")
        envelope = parse_envelope(raw)
        document = open_first_trust(envelope)
        if document.scope != scope or document.version != 1:
            raise Refused(Message("{file} is not the first trust document of {scope}", file="1.json", scope=scope))
        return FirstTrust(document, raw, hashlib.sha256(raw).hexdigest(), fingerprint(envelope.payload))

    def join(self, folder: Path, first: FirstTrust, by: str) -> TakenDelivery:
        """Take this commune's files from now on, the ones in `folder` first; or those of an office above it, too.

        Raises `BadUsage` for a box that has joined already and whose commune is not below that office, nor names it in
        its rules, and as `take` does; then it has not joined.
        """
        scope, joined = first.document.scope, read_membership(self.paths)
        origins = open_folder(self.paths, stand_in=False).contents(self.now).commune.origins if joined else ()
        if joined and scope not in self._may_be_joined(joined, origins):
            raise _taken_already(joined)
        start = replace(self._begin(first), named=scope in origins)
        own = Membership(scope, start.first_trust, by, start.accepted, start.floors)
        return self._take(folder, joined.follow(start) if joined else own, start)

    def _may_be_joined(self, joined: Membership, origins: Collection[str]) -> set[str]:
        """Whose files a box that has joined may take, too: of the next office above it, and of whom its rules name."""
        chains, known = TrustChains(self.paths, joined), {scope.scope for scope in joined.scopes}
        above = {chains.parent(scope) for scope in joined.scopes if not scope.named}
        return {scope for scope in (*above, *origins) if scope} - known - {joined.scope}

    def follow(self, folder: Path, first: FirstTrust, commune: str, by: str) -> TakenDelivery:
        """Take the bulletins of an office above `commune`, whose own files people go on editing here.

        Raises `BadUsage` for a station that takes signed files already, or where that office is the commune itself,
        and as `take` does; then it follows nobody.
        """
        if joined := read_membership(self.paths):
            raise _taken_already(joined)
        if first.document.scope == commune:
            raise BadUsage(Message("{scope} is this commune itself: its boxes join it, “fleet join”", scope=commune))
        start, nothing = self._begin(first), AcceptedManifest(0, {})
        return self._take(folder, Membership(commune, "", by, nothing, {}, edited_here=True).follow(start), start)

    def _begin(self, first: FirstTrust) -> FollowedScope:
        """A scope of which nothing was taken yet but whom to believe."""
        self._received_files(first.document.scope).keep_trust(1, first.raw)
        floors = encode(accept_trust(Floors(), first.document, self.time))
        return FollowedScope(first.document.scope, first.sha256, AcceptedManifest(0, {}), floors)

    def scopes(self, folder: Path) -> list[str]:
        """The scopes whose files this box takes and of which something lies in `folder`; its own where none does.

        Raises `BadUsage` for a box that has not joined.
        """
        followed = [scope.scope for scope in must_have_joined(self.paths).scopes]
        return [scope for scope in followed if (folder / ROOT / scope).is_dir()] or followed[:1]

    def take(self, folder: Path, scope: str | None = None) -> TakenDelivery:
        """Take what is new in `folder` of a scope, of the own commune where none is named.

        Raises `BadUsage` for a box that has not joined, `UntrustedDocument` for what is not signed as it must be, is
        older than what is here or has ended, `DamagedFile`, `BadFile` for files that no station could use, `Refused`
        where some are missing. Then the version before stays in force.
        """
        membership = must_have_joined(self.paths)
        meant = scope or membership.scopes[0].scope
        return self._take(folder, membership, next(scope for scope in membership.scopes if scope.scope == meant))

    def leave(self) -> str:
        """Take people's own files again, beginning with the last that came; the scope that was left.

        Raises `BadUsage` for a box that has not joined, `WriteError`.
        """
        membership = must_have_joined(self.paths)
        left = membership.scopes[0]
        if not membership.edited_here:
            files = self._received_files(left.scope).files(left.accepted.version)
            copy_files_home(self.paths, files, left.accepted.files)
        self.paths.membership.unlink()
        return left.scope

    def _received_files(self, scope: str) -> ReceivedFiles:
        return ReceivedFiles(self.paths.received, scope, self.system)

    def take_fetched(self, needed: Callable[[], NeededSounds] = NeededSounds) -> FetchedAnswer:
        """Take what the agent has fetched of each scope, and answer to its mark. Raises `BadUsage`, `WriteError`.

        `needed` tells when the sounds that are lacking then are needed.
        """
        mark = read_mark(self.paths.fetched_mark)
        if mark.startswith(LATE_FILES):
            self._take_late_files()
            answer = FetchedAnswer(mark, read_fetched_answer(self.paths.taken).refused)
        else:
            answer = self._take_each(mark)
        damaged = damaged_files(self.paths, must_have_joined(self.paths).scopes)
        answer = replace(answer, damaged=damaged, sounds=needed())
        keep_fetched_answer(self.paths.taken, answer, self.system)
        return answer

    def mend(self) -> bool:
        """Take what the agent has fetched in place of files that were damaged here; was there any?

        What is damaged still is told to the agent: whoever calls this is no child that answers to a mark, but wants to
        open a station that cannot be opened. Raises `BadUsage` for a box that has not joined, `WriteError`.
        """
        mended = self._take_late_files()
        damaged = damaged_files(self.paths, must_have_joined(self.paths).scopes)
        answer = replace(read_fetched_answer(self.paths.taken), damaged=damaged)
        keep_fetched_answer(self.paths.taken, answer, self.system)
        return mended

    def _take_late_files(self) -> bool:
        """Was anything damaged that is whole now?"""
        scopes = must_have_joined(self.paths).scopes
        mended = [
            take_late_files(self._received_files(scope.scope), scope.accepted, self.paths.fleet) for scope in scopes
        ]
        return any(mended)

    def _take_each(self, mark: str) -> FetchedAnswer:
        """What is refused of what the agent has fetched."""
        refused: dict[str, Message] = {}
        unwritten: list[str] = []
        for scope in self.scopes(self.paths.fleet):
            try:
                self.take(self.paths.fleet, scope)
            except (LoudspeakerError, OSError) as error:
                refused[scope] = error.message if isinstance(error, LoudspeakerError) else describe_os_error(error)
                if isinstance(error, OSError):  # a disk that is full or broken, `WriteError` among them
                    unwritten.append(scope)
        return FetchedAnswer(mark, refused, unwritten=tuple(unwritten))

    def lacking(self, folder: Path, scope: str) -> LackingFiles:
        """What `take` would need besides the documents in `folder`.

        Nothing changes. Raises as `take`, but for the files themselves.
        """
        membership = must_have_joined(self.paths)
        verified = self._verify(folder, membership, scope, keep=lambda version, raw: None)
        sizes = {file.sha256: file.bytes for file in verified.required.values()}
        missing = self._received_files(scope).missing(tuple(sizes))
        return LackingFiles({sha256: sizes[sha256] for sha256 in missing}, verified.opened.document.alert_seq)

    def _verify(
        self, folder: Path, membership: Membership, scope: str, keep: Callable[[int, bytes], object]
    ) -> VerifiedManifest:
        """The manifest of a scope in `folder`; trust documents on the way to it are given to `keep`, one by one.

        Raises `UntrustedDocument`, `Refused`.
        """
        followed = next(followed for followed in membership.scopes if followed.scope == scope)
        there, received = folder / ROOT / scope, self._received_files(scope)
        trust, floors = TrustChains(self.paths, membership).follow(there, followed, self.time, keep)
        raw = read_document(there / "manifest.json")
        rules = read_regular_file(there / "rules.json", MOST_DOCUMENT_BYTES)
        opened = open_manifest(parse_envelope(raw), trust, last_rules(rules, received.manifest(), trust))
        sha256 = hashlib.sha256(raw).hexdigest()
        floors = accept_manifest(floors, opened.document, sha256, self.time, VERSION)
        files = opened.document.files
        if scope != membership.scope:
            files = files_for_commune(opened.document, membership.scope)
        return VerifiedManifest(raw, opened, trust, floors, files)

    def _take(self, folder: Path, membership: Membership, followed: FollowedScope) -> TakenDelivery:
        received = self._received_files(followed.scope)
        verified = self._verify(folder, membership, followed.scope, received.keep_trust)
        manifest, before, accepted = verified.opened.document, followed.accepted, verified.accepted
        if manifest.version != before.version:
            _fetch(folder / ROOT / "blob", received, verified.required)
            self._keep_rules(folder, received, verified)
            self._switch(received, verified.raw, followed.scope == membership.scope, accepted)
        elif received.manifest() != verified.raw:  # it was damaged here
            received.keep_manifest(verified.raw)
        if read_membership(self.paths) is None:
            self.before_joining(followed.scope)
        known = membership.follow(replace(followed, accepted=accepted, floors=encode(verified.floors)))
        keep_membership(self.paths, known, self.system)
        if followed.scope == membership.scope and any(office.named for office in known.higher):
            origins = open_folder(self.paths, stand_in=False).contents(self.now).commune.origins
            keep_membership(self.paths, known.drop_unnamed(origins), self.system)
        mended = take_late_files(received, accepted, folder)
        received.sweep(manifest.version)
        return TakenDelivery(
            followed.scope,
            before.version,
            manifest.version,
            len(accepted.files),
            tuple(sorted(verified.opened.persons)),
            verified.trust.version,
            tuple(sorted(path for path, sha in accepted.files.items() if before.files.get(path) != sha)),
            tuple(sorted(before.files.keys() - accepted.files.keys())),
            tuple(mended),
        )

    def _keep_rules(self, folder: Path, received: ReceivedFiles, verified: VerifiedManifest) -> None:
        """Keep what has set the rules beside the manifest: by it another hub can be begun from this box."""
        carried = read_regular_file(folder / ROOT / received.scope / "rules.json", MOST_DOCUMENT_BYTES)
        if rules := find_rules((verified.raw, carried), verified.opened.document, verified.trust):
            received.keep_rules(rules)

    def _switch(self, received: ReceivedFiles, raw: bytes, own: bool, accepted: AcceptedManifest) -> None:
        """Put the files on the disk; none that no station could be made of. Raises `BadFile`, `WriteError`."""
        received.lay_out(accepted.version, accepted.files)
        if own:
            source = received_source(self.paths, received.scope, accepted)
            Folder([source], box=Source(self.paths.home)).contents(self.now)
        received.keep_manifest(raw)


def _taken_already(joined: Membership) -> BadUsage:
    scope = joined.scopes[0].scope
    return BadUsage(Message("this box takes its files from {scope} already; first “fleet leave”", scope=scope))


def _fetch(blobs: Path, received: ReceivedFiles, files: Mapping[str, SignedFile]) -> None:
    """Bring the files that are not here yet. Raises `Refused` where one is missing, `DamagedFile`."""
    for name, file in files.items():
        if not received.fetch_blob(blobs, file.sha256, file.bytes):
            raise Refused(Message("{file} is named in the manifest and does not lie in the folder", file=name))


def alert_folder(folder: Path, scope: str) -> Path:
    """Where the alerts of a scope lie in a delivery: v1/SCOPE/alert/17.json."""
    return folder / ROOT / scope / "alert"
