"""Looks over the files that a hub serves: one that a disk has damaged is set aside, and brought again from a copy.

A copy is a folder (drafts, a backup, a mirror, a stick) or another hub that a trust document names; what it has counts
only where it is what was signed. What nobody has is missing: boxes ask again, people are told, any stick brings it.
"""

from __future__ import annotations

import http.client
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from ...errors import LoudspeakerError
from ...fleet.https import HubFolder
from ...fleet.hub_settings import HubSettings
from ...fleet.topics import blob_path
from ...store.atomic import make_folder, write_atomic
from ...store.received import DamagedFile, copy_verified, is_whole
from ...trust.signed_documents import ROOT, SignedFile
from ..boxes.broker_accounts import HUB_USER
from ..published_files import PublishedScope

SET_ASIDE = "damaged"  # the folder of what was damaged
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ServedBlob:
    """A file that is named in manifests: of each its scope and its path there."""

    sha256: str
    size: int
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BlobFinding:
    """A file that was damaged or missing; was it brought again?"""

    blob: ServedBlob
    is_healed: bool


@dataclass(slots=True)
class BlobFindings:
    """What was damaged and is whole again, by scope and path: people are told of it once."""

    healed: list[tuple[str, str]] = field(default_factory=list)

    def note(self, findings: Iterable[BlobFinding]) -> None:
        self.healed += [name for finding in findings if finding.is_healed for name in finding.blob.names]

    def take(self) -> list[tuple[str, str]]:
        """All of it; it is not told again."""
        healed, self.healed = self.healed, []
        return healed


Copy = Callable[[ServedBlob, Path], bool]  # brings a file to a path; False where it has none that is whole


def scrub_blobs(root: Path, published: Sequence[PublishedScope], copies: Sequence[Copy]) -> list[BlobFinding]:
    """Read every file that is served, and heal what is damaged or missing from the first copy that has it.

    Raises `WriteError`, `OSError`.
    """
    findings = []
    for blob in list_blobs(published):
        path = root / ROOT / "blob" / blob.sha256
        if is_whole(path, blob.sha256):
            continue
        if path.exists():
            make_folder(root / SET_ASIDE)
            path.replace(root / SET_ASIDE / blob.sha256)
        elif not blob.names:
            continue
        is_healed = any(copy(blob, path) for copy in copies)
        names = ", ".join("/".join(name) for name in blob.names)
        logger.warning("%s (%s) was damaged or missing: %s", blob.sha256, names, "healed" if is_healed else "no copy")
        findings.append(BlobFinding(blob, is_healed))
    return findings


def list_blobs(published: Sequence[PublishedScope]) -> list[ServedBlob]:
    """All files that are named there. What may come later has a name only where somebody waits for it."""
    sizes: dict[str, int] = {}
    names: dict[str, list[tuple[str, str]]] = {}
    for scope, path, file in _files_of(published):
        sizes[file.sha256] = file.bytes
        names.setdefault(file.sha256, []).extend([] if file.lazy else [(scope, path)])
    return [ServedBlob(sha256, size, tuple(names[sha256])) for sha256, size in sizes.items()]


def find_missing(root: Path, published: Sequence[PublishedScope]) -> list[tuple[str, str]]:
    """Scope and path of the files that should lie there and do not."""
    named = [named_file for named_file in _files_of(published) if not named_file[2].lazy]
    return [(scope, path) for scope, path, file in named if not (root / ROOT / "blob" / file.sha256).is_file()]


def _files_of(published: Sequence[PublishedScope]) -> Iterator[tuple[str, str, SignedFile]]:
    for office in published:
        for path, file in office.manifest.files.items() if office.manifest else ():
            yield office.scope, path, file


def folder_copy(folder: Path) -> Copy:
    """A delivery, a backup or a mirror."""

    def bring(blob: ServedBlob, target: Path) -> bool:
        source = folder / ROOT / "blob" / blob.sha256
        if source.is_symlink() or not source.is_file():
            return False
        with suppress(DamagedFile), source.open("rb") as content:
            write_atomic(target, lambda out: copy_verified(content, out, blob.sha256, blob.size))
            return True
        return False

    return bring


def hub_copy(address: str, authority: str, folder: Path) -> Copy:
    """Another hub with a certificate of this authority; what comes is written below `folder` first."""

    def bring(blob: ServedBlob, target: Path) -> bool:
        settings = HubSettings(address, HUB_USER, "", authority).other_hub(address)
        make_folder(folder)
        with TemporaryDirectory(dir=folder) as name, closing(HubFolder(settings, Path(name))) as other:
            try:
                while not other.fetch_piece(blob_path(blob.sha256), blob.size, blob.sha256):
                    pass
            except (LoudspeakerError, OSError, http.client.HTTPException) as error:
                logger.info("%s has no copy of %s: %s", address, blob.sha256, error)
                return False
            return folder_copy(Path(name))(blob, target)

    return bring
