"""Photographs of papers on which a bulletin was approved: in papers/, named by the SHA-256 by which the log means them.

What a file is tells its content, never its name; nothing of it is shown again before that was looked at anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ..errors import BadUsage, Message, NotFound
from ..model.request_checks import SHA256
from ..store.atomic import read_regular_file
from ..store.edits import ABSENT, FileEdit

FOLDER = "papers"
LARGEST = 10 << 20  # bytes: of a telephone's camera, and some more
MEDIA_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}  # by the suffix under which it is kept
BEGINNINGS = {".jpg": b"\xff\xd8\xff", ".png": b"\x89PNG\r\n\x1a\n"}


@dataclass(frozen=True, slots=True)
class PaperPhoto:
    """One photograph as it is kept."""

    data: bytes
    media_type: str


def keep_photo(home: Path, data: bytes) -> tuple[str, FileEdit | None]:
    """Its SHA-256, and the edit that keeps it below `home`; None where it is kept already.

    Raises `BadUsage` for what is too large, or no photograph.
    """
    if len(data) > LARGEST:
        raise BadUsage(Message("the photograph is too large: at most {most} MB", most=LARGEST >> 20))
    suffix = _suffix_of(data)
    if suffix is None:
        raise BadUsage(Message("this is no photograph; these are: JPEG, PNG, WebP"))
    sha256 = hashlib.sha256(data).hexdigest()
    path = f"{FOLDER}/{sha256}{suffix}"
    return sha256, None if (home / path).is_file() else FileEdit(path, ABSENT, data)


def is_kept(home: Path, sha256: str) -> bool:
    """Is there a photograph of this name? What is in it is not read."""
    return _find(home, sha256) is not None


def read_photo(home: Path, sha256: str) -> PaperPhoto:
    """The photograph that the log means. Raises `NotFound` where it is gone, or another by now."""
    path = _find(home, sha256)
    data = path and read_regular_file(path, LARGEST)
    suffix = _suffix_of(data) if data else None
    if not data or not suffix or hashlib.sha256(data).hexdigest() != sha256:
        raise NotFound(Message("the photograph is not there any more, or was changed"))
    return PaperPhoto(data, MEDIA_TYPES[suffix])


def _find(home: Path, sha256: str) -> Path | None:
    paths = [home / FOLDER / f"{sha256}{suffix}" for suffix in MEDIA_TYPES] if SHA256.fullmatch(sha256) else []
    return next((path for path in paths if path.is_file()), None)


def _suffix_of(data: bytes) -> str | None:
    """The kind of a photograph by its first bytes; None for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ".webp"
    return next((suffix for suffix, begins in BEGINNINGS.items() if data.startswith(begins)), None)
