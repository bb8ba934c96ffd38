"""A manifest that may be taken, and what of it is for the boxes of a commune. Loads `cryptography`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ...errors import Message, Refused
from ...model.bulletin import CarriedApproval, CarriedSound
from ...trust.faults import UntrustedDocument
from ...trust.floors import Floors
from ...trust.opening import Opened, find_approvers
from ...trust.signed_documents import SignedFile, SignedManifest, TrustDocument
from ..people_files import is_for_commune
from .membership import AcceptedManifest, CarriedDecision


@dataclass(frozen=True, slots=True)
class VerifiedManifest:
    """A manifest that is signed as it must be, and not older than what is here; `files` are those for this box."""

    raw: bytes
    opened: Opened[SignedManifest]
    trust: TrustDocument
    floors: Floors  # with it
    files: Mapping[str, SignedFile]

    @property
    def required(self) -> Mapping[str, SignedFile]:
        """Without the sounds that may come later."""
        late = {file.audio for file in self.files.values() if file.audio and self.files[file.audio].lazy}
        return {path: file for path, file in self.files.items() if path not in late}

    @property
    def accepted(self) -> AcceptedManifest:
        """The record of it that is written when all its files have come."""
        return AcceptedManifest(
            self.opened.document.version,
            {path: file.sha256 for path, file in self.required.items()},
            {path: file.speech for path, file in self.files.items() if file.speech},
            self.opened.document.expires,
            dict(find_carried_approvals(self.opened, self.trust)),
            tuple(
                CarriedDecision(
                    decision.id,
                    decision.do,
                    decision.by,
                    decision.village,
                    decision.airing,
                    decision.until,
                    decision.why,
                )
                for decision in self.opened.document.decisions
            ),
            dict(self._find_sounds()),
            {path: file.bytes for path, file in self.required.items()},
        )

    def _find_sounds(self) -> Iterator[tuple[str, CarriedSound]]:
        """Of bulletins, by their path; one of which nobody says who speaks is none."""
        for path, file in self.files.items():
            sound = self.files[file.audio] if file.audio else None
            if file.audio and sound and sound.voice:
                yield path, CarriedSound(file.audio, sound.sha256, sound.bytes, sound.voice)


def files_for_commune(manifest: SignedManifest, commune: str) -> Mapping[str, SignedFile]:
    """What boxes of a commune take of the manifest of an office above it: bulletins with words and sound, schedules.

    Its commune.yaml tells what it calls itself.

    Raises `Refused` where words are missing, or where it would be in force for ever.
    """
    if manifest.expires is None:
        raise Refused(Message("it names no day on which it ends, as one for other offices must"))
    bulletins = {path: file for path, file in manifest.files.items() if path.startswith("bulletins/")}
    for path, file in bulletins.items():
        if file.speech is None:
            raise Refused(Message("{file} comes without its words as they are to be spoken", file=path))
    sounds = {file.audio for file in bulletins.values()}
    return {
        path: file
        for path, file in manifest.files.items()
        if path in sounds or is_for_commune(path, commune, manifest.scope)
    }


def find_carried_approvals(
    opened: Opened[SignedManifest], trust: TrustDocument
) -> Iterator[tuple[str, CarriedApproval]]:
    """The approvals in a manifest that those have signed who may, by bulletin; others are none."""
    manifest, names = opened.document, {key.person: key.name for key in trust.keys}
    for path, file in manifest.files.items():
        if file.approved:
            approvers: frozenset[str] = frozenset()
            with suppress(UntrustedDocument):
                approvers = find_approvers(manifest.scope, Path(path).stem, file.approved, trust)
            if approvers:
                by = tuple(names[person] for person in sorted(approvers))
                by_another = len(approvers | opened.persons) > 1
                yield path, CarriedApproval(file.approved.digest, by, manifest.scope, manifest.issued, by_another)
