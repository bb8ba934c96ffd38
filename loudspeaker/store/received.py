"""What came signed from elsewhere, as it came: trust documents, manifests, and files by their hashes.

    received/blobs/SHA256             a file, by its content
    received/SCOPE/trust/4.json       the trust documents of a scope, every one since the first
    received/SCOPE/v000043/…          the files of one manifest under their names: hard links to the blobs
    received/SCOPE/alert/17.opus      the sound of an alert
    received/SCOPE/manifest.json      the manifest in force
    received/SCOPE/rules.json         the last one that the people of the rules have signed

A manifest is kept when all its files are on the disk, so that after a power cut it names no file that is not there.
Nothing here knows who signed: that is asked before (trust/).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import Message, Refused
from .atomic import FileSystem, make_folder, read_regular_file, sha256_of, sync_folder, write_atomic

MOST_DOCUMENT_BYTES = 1_000_000
PIECE = 1 << 18  # bytes
SHA256 = re.compile("[0-9a-f]{64}")
VERSION = re.compile(r"v(\d{6,})")


class DamagedFile(Refused):
    """A file that came is not the one that was signed. Nothing was kept of it."""


@dataclass(frozen=True, slots=True)
class ReceivedFiles:
    """What the scope with this id has sent, under `folder`, whose blobs all scopes share."""

    folder: Path
    scope: str
    system: FileSystem = os

    @property
    def blobs(self) -> Path:
        return self.folder / "blobs"

    @property
    def own(self) -> Path:
        """What is this scope's."""
        return self.folder / self.scope

    def trust_documents(self) -> list[bytes]:
        """The envelopes of its trust documents, from the first on without a gap."""
        return read_trust_documents(self.own / "trust")

    def keep_trust(self, version: int, raw: bytes) -> None:
        """Keep the envelope of a trust document that was verified. Raises `WriteError`."""
        write_atomic(self.own / "trust" / f"{version}.json", raw, self.system)

    def manifest(self) -> bytes | None:
        """The envelope of the manifest in force; None before the first."""
        return read_regular_file(self.own / "manifest.json", MOST_DOCUMENT_BYTES)

    def files(self, version: int) -> Path:
        """The folder with the files of that version."""
        return self.own / f"v{version:06}"

    def has(self, sha256: str) -> bool:
        """Has a file with this hash come? By its name alone: its content is verified when it is read."""
        return (self.blobs / sha256).is_file()

    def missing(self, hashes: Collection[str]) -> list[str]:
        """Which of these files have not come yet, or are damaged: all that are here are read."""
        return [sha256 for sha256 in dict.fromkeys(hashes) if not is_whole(self.blobs / sha256, sha256)]

    def keep_blob(self, sha256: str, size: int, content: BinaryIO) -> None:
        """Keep a file of this hash and size. Raises `DamagedFile` for another one, `WriteError`, `OSError`."""
        if not SHA256.fullmatch(sha256):
            raise DamagedFile(Message("“{name}” is no hash of a file", name=sha256[:80]))
        write_atomic(self.blobs / sha256, lambda out: copy_verified(content, out, sha256, size), self.system)

    def fetch_blob(self, blobs: Path, sha256: str, size: int) -> bool:
        """Keep a file from the folder `blobs` of a delivery, unless it is here; False where it does not lie there.

        One that was damaged here is replaced.

        Raises `DamagedFile`, `WriteError`, `OSError`.
        """
        if not self.missing([sha256]):
            return True
        source = blobs / sha256
        if source.is_symlink() or not source.is_file():
            return False
        with source.open("rb") as content:
            self.keep_blob(sha256, size, content)
        return True

    def lay_out(self, version: int, files: Mapping[str, str]) -> None:
        """Put the files of a verified manifest (path → hash) under their names, in a folder of their own.

        Raises `WriteError`, `OSError`.
        """
        folder = self.files(version)
        shutil.rmtree(folder, ignore_errors=True)  # left by a power cut
        make_folder(folder, self.system)
        for path, sha256 in files.items():
            make_folder((folder / path).parent, self.system)
            os.link(self.blobs / sha256, folder / path)
        for inner in sorted({(folder / path).parent for path in files}):
            sync_folder(inner, self.system)

    def lay_out_late(self, version: int, path: str, sha256: str) -> None:
        """Put a file that has come behind its manifest under its name, in place of a damaged one.

        Raises `WriteError`, `OSError`.
        """
        self._link(self.files(version) / path, sha256)

    def discard_damaged(self, version: int, path: str, sha256: str) -> None:
        """Delete a file that is not the one any more that was kept, so that it is missing. Raises `OSError`."""
        laid_out = self.files(version) / path
        if laid_out.is_file() and not is_whole(laid_out, sha256):
            for damaged in (laid_out, self.blobs / sha256):
                damaged.unlink(missing_ok=True)

    def keep_alert_sound(self, seq: int, sha256: str, most: int) -> None:
        """Keep a file that has come for the alert of this number, and of no more than `most` alerts, the newest.

        Raises `WriteError`, `OSError`.
        """
        folder = self.own / "alert"
        self._link(folder / f"{seq}.opus", sha256)
        sounds = sorted(folder.glob("*.opus"), key=lambda path: int(path.stem))
        for path in sounds[:-most]:
            path.unlink()

    def keep_manifest(self, raw: bytes) -> None:
        """Keep the envelope of a manifest whose files are laid out. Raises `WriteError`."""
        write_atomic(self.own / "manifest.json", raw, self.system)

    def keep_rules(self, raw: bytes) -> None:
        """Keep the envelope of a manifest that set the rules, and was verified. Raises `WriteError`."""
        if read_regular_file(self.own / "rules.json", MOST_DOCUMENT_BYTES) != raw:
            write_atomic(self.own / "rules.json", raw, self.system)

    def sweep(self, current: int) -> None:
        """Delete the versions before the last one, and blobs that no version of any scope names. Raises `OSError`."""
        versions = sorted(number for number in self._versions() if number < current)
        for number in versions[:-1]:
            shutil.rmtree(self.files(number))
        for blob in self.blobs.iterdir():
            if SHA256.fullmatch(blob.name) and blob.stat().st_nlink == 1:
                self.system.unlink(blob)

    def _link(self, target: Path, sha256: str) -> None:
        """Put a blob under a name of its own, in place of another file there. Raises `WriteError`, `OSError`."""
        blob = self.blobs / sha256
        if target.is_file() and target.samefile(blob):
            return
        make_folder(target.parent, self.system)
        draft = target.with_name(f"{target.name}.part")
        draft.unlink(missing_ok=True)  # left by a power cut
        os.link(blob, draft)
        self.system.replace(draft, target)
        sync_folder(target.parent, self.system)

    def _versions(self) -> Iterator[int]:
        for path in self.own.iterdir():
            if match := VERSION.fullmatch(path.name):
                yield int(match[1])


def read_trust_documents(folder: Path) -> list[bytes]:
    """The envelopes in a folder `trust/`, from the first on without a gap; `parse_envelope` refuses too long ones."""
    documents: list[bytes] = []
    while (raw := read_regular_file(folder / f"{len(documents) + 1}.json", MOST_DOCUMENT_BYTES + 1)) is not None:
        documents.append(raw)
    return documents


def is_whole(path: Path, sha256: str) -> bool:
    """Is this a plain file with the content of this hash? One that cannot be read is not."""
    try:
        return path.is_file() and not path.is_symlink() and sha256_of(path) == sha256
    except OSError:  # of a damaged memory card
        return False


def copy_verified(content: BinaryIO, out: BinaryIO, sha256: str, size: int) -> None:
    """Copy at most `size` bytes, and find out whether they are the ones that were signed. Raises `DamagedFile`."""
    hashed, left = hashlib.sha256(), size + 1
    while left and (piece := content.read(min(PIECE, left))):
        hashed.update(piece)
        out.write(piece)
        left -= len(piece)
    if left != 1 or hashed.hexdigest() != sha256:
        raise DamagedFile(Message("a file that came is damaged, or not the one that was signed"))
