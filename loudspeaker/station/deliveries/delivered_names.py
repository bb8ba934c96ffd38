"""What people call the commune, villages and bulletins of a delivery, by its files; each file is read once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TypeVar

from ...config import bulletin_file, commune_file, schedule_file
from ...errors import BadFile, Message
from ...model.commune import Commune, Contact
from ...schedule.open_hours import open_hours
from ...store.atomic import read_regular_file
from ...trust.signed_documents import ROOT, SignedManifest
from .membership import MOST_BYTES

MOST_KEPT = 20_000  # files whose names are remembered
NO_BOX = Message("no box plays this village")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BulletinHead:
    """What a bulletin is called, and the dispatch that it is from; "" where it names none."""

    title: str
    source: str


@dataclass(frozen=True, slots=True)
class DeliveredNames:
    """The names in one manifest, whose blobs lie in the folder `root`."""

    root: Path
    manifest: SignedManifest

    def commune(self) -> str:
        """What the commune is called; its scope where its file cannot be read."""
        commune = self._commune()
        return commune.name if commune else self.manifest.scope

    def villages(self) -> tuple[str, ...]:
        """The ids of its villages: those of its file, in that order, and others for which it has a schedule."""
        commune, paths = self._commune(), map(PurePosixPath, sorted(self.manifest.files))
        scheduled = [path.stem for path in paths if path.parent.name == "schedules"]
        return tuple(dict.fromkeys((*(commune.villages if commune else ()), *scheduled)))

    def contact(self, village: str) -> Contact | None:
        """Whom to telephone in a village; None where nobody has told."""
        commune = self._commune()
        return commune.contacts.get(village) if commune else None

    def village(self, village: str) -> str:
        """What a village is called; its id where nobody has told."""
        return self._name(f"schedules/{village}.yaml", _read_village) or village

    def bulletin(self, bulletin: str) -> BulletinHead:
        """The head of a bulletin (its id); its id for a title where there is none any more."""
        return self._name(f"bulletins/{bulletin}.md", _read_bulletin) or BulletinHead(bulletin, "")

    def bulletins(self) -> list[str]:
        """The ids of all bulletins."""
        paths = map(PurePosixPath, sorted(self.manifest.files))
        return [path.stem for path in paths if path.parent.name == "bulletins"]

    def is_open(self, village: str, now: datetime) -> bool:
        """Is it within the hours of a village's policy? True where nobody has told which these are."""
        commune = self._commune()
        if commune is None:
            return True
        local = now.astimezone(commune.zone)
        second = local.hour * 3600 + local.minute * 60 + local.second
        spans = open_hours(commune.policy_of(village, local.date()), local.date(), commune.days)
        return any(begins <= second < ends for begins, ends in spans)

    def _commune(self) -> Commune | None:
        return self._name("commune.yaml", _read_commune)

    def _name(self, path: str, read: Callable[[Path, str], T]) -> T | None:
        file = self.manifest.files.get(path)
        return read(self.root / ROOT / "blob" / file.sha256, path) if file else None


@lru_cache(MOST_KEPT)
def _read_commune(blob: Path, path: str) -> Commune | None:
    return _read(blob, lambda data: commune_file.parse(path, data))


@lru_cache(MOST_KEPT)
def _read_village(blob: Path, path: str) -> str | None:
    return _read(blob, lambda data: schedule_file.parse(path, data, None).name)


@lru_cache(MOST_KEPT)
def _read_bulletin(blob: Path, path: str) -> BulletinHead | None:
    def head(data: bytes) -> BulletinHead:
        bulletin = bulletin_file.parse(path, data)
        return BulletinHead(bulletin.title, bulletin.source)

    return _read(blob, head)


def _read(blob: Path, parse: Callable[[bytes], T]) -> T | None:
    """None for a file that is not here, or has mistakes: then nobody knows its name."""
    try:
        data = read_regular_file(blob, MOST_BYTES)
        return parse(data) if data is not None else None
    except BadFile:
        return None
