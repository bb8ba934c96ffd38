"""A hub's folder, kept a second time: a backup by which it comes back, and a mirror of what it serves.

A backup holds keys and passwords, a mirror only what everybody may read. What never changes (blobs, pieces of logs) is
copied once. Databases come first: what they know of files is then among those that are copied.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..errors import LoudspeakerError, Message, NotFound, Refused
from ..store.atomic import WriteError, commit_draft, make_folder, remove, sync_folder, write_atomic, write_draft
from ..trust.signed_documents import ROOT
from .drafts.alert_numbers import doubt_numbers
from .hub_database import HubDatabase
from .hub_paths import HubPaths
from .published_files import BELL, MANIFEST, RULES, list_scopes, read_published

OWN_FILES = ("hub.key", "notices.json", "broker/hub.password")
FOLDERS = ("tls", "logs", ROOT)
NEVER_CHANGED = ("logs", f"{ROOT}/blob")
PRIVATE = 0o700
LAST = (RULES, MANIFEST, BELL)  # of a scope, in this order: what comes later names only what is there


@dataclass(frozen=True, slots=True)
class CopyResult:
    """How many files were new or others now, and how many there are; what was `refused`, and why."""

    new: int
    all: int
    refused: tuple[Message, ...] = ()


def back_up(paths: HubPaths, target: Path) -> CopyResult:
    """Copy a hub that may be running to the folder `target`. Raises `WriteError`, `LoudspeakerError`."""
    _refuse_itself(paths.root, target)
    make_folder(target)
    with suppress(OSError):  # a stick with FAT has no such thing
        target.chmod(PRIVATE)
    databases = [path for path in (paths.database, paths.people) if path.is_file()]
    for path in databases:
        _copy_database(path, target / path.name)
    copied = [copy_file(paths.root / name, target / name, is_kept(name)) for name in _files(paths.root)]
    return CopyResult(sum(copied) + len(databases), len(copied) + len(databases))


def restore(source: Path, paths: HubPaths, now: datetime) -> CopyResult:
    """Put a backup in the place of a hub that is not there: from `now` on boxes know better which alerts there were.

    Raises `NotFound`, `Refused`, `WriteError`.
    """
    if not (source / paths.database.name).is_file():
        raise NotFound(Message("{folder} is no backup of a hub", folder=source))
    if paths.database.exists():
        raise Refused(Message("there is a hub in {folder} already: restore it into an empty folder", folder=paths.root))
    for name in (paths.database.name, paths.people.name):
        if (source / name).is_file():
            _check_database(source / name)
    databases = [name for name in (paths.people.name, paths.database.name) if (source / name).is_file()]
    copied = [copy_file(source / name, paths.root / name) for name in _files(source)]
    if paths.people.name in databases:
        copy_file(source / paths.people.name, paths.people)
    _restore_database(source, paths, now)  # last: while it is missing, all of it can be done again
    return CopyResult(len(copied) + len(databases), len(copied) + len(databases))


def _restore_database(source: Path, paths: HubPaths, now: datetime) -> None:
    """The hub's own, in doubt of its numbers before it is in its place. Raises `WriteError`."""
    draft = paths.database.with_suffix(".restored")
    for left in paths.root.glob(f"{draft.name}*"):  # by a power cut
        remove(left)
    copy_file(source / paths.database.name, draft)
    with closing(HubDatabase.open(draft)) as database:
        doubt_numbers(database, now)
    commit_draft(draft, paths.database)


def mirror(root: Path, target: Path) -> CopyResult:
    """Copy what is served, verified, to the folder `target`, such as one that a web server serves.

    A scope whose signatures do not hold stays there as it is. Raises `NotFound` where nothing is served, `WriteError`.
    """
    _refuse_itself(root, target)
    scopes = list_scopes(root)
    if not scopes:
        raise NotFound(Message("nothing has been published at this hub yet"))
    names: list[str] = []
    refused = []
    for scope in scopes:
        try:
            published = read_published(root, scope)
        except LoudspeakerError as error:
            refused.append(Message("{scope}: {why}", scope=scope, why=error.message))
            continue
        own = root / ROOT / scope
        files = published.manifest.files.values() if published.manifest else ()
        blobs = (f"{ROOT}/blob/{file.sha256}" for file in files)
        names += [name for name in blobs if (root / name).is_file()]
        names += [str(path.relative_to(root)) for path in sorted(own.glob("*/*.json"))]
        names += [f"{ROOT}/{scope}/{name}" for name in LAST if (own / name).is_file()]
    copied = [copy_file(root / name, target / name, is_kept(name)) for name in dict.fromkeys(names)]
    return CopyResult(sum(copied), len(copied), tuple(refused))


def is_kept(name: str) -> bool:
    """Does a file of this name never change?"""
    return name.startswith(NEVER_CHANGED)


def _files(root: Path) -> Iterator[str]:
    """All files of a hub but its databases, documents behind what they name."""
    yield from (name for name in OWN_FILES if (root / name).is_file())
    paths = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*")) if path.is_file()]
    names = [path.relative_to(root) for path in paths if not path.is_symlink()]
    yield from map(str, sorted(names, key=lambda name: LAST.index(name.name) if name.name in LAST else -1))


def copy_file(source: Path, target: Path, is_kept: bool = False) -> bool:
    """Copy a file where it is another one there; whether it was. Raises `WriteError`."""
    size = source.stat().st_size
    if target.is_file() and target.stat().st_size == size and (is_kept or target.read_bytes() == source.read_bytes()):
        return False
    with source.open("rb") as content:
        write_atomic(target, lambda out: shutil.copyfileobj(content, out))
    try:
        target.chmod(source.stat().st_mode & 0o777)
    except OSError as error:
        raise WriteError(Message("cannot write {path}: {error}", path=target, error=str(error))) from error
    return True


def _copy_database(source: Path, target: Path) -> None:
    """As it is at one moment, whoever writes to it. Raises `WriteError`."""
    draft = write_draft(target, b"")
    try:
        with closing(sqlite3.connect(source)) as database, closing(sqlite3.connect(draft)) as copy:
            database.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file
    except sqlite3.Error as error:
        draft.unlink(missing_ok=True)
        raise WriteError(Message("cannot write {path}: {error}", path=target, error=str(error))) from error
    commit_draft(draft, target)
    sync_folder(target.parent)


def _check_database(path: Path) -> None:
    """Raises `LoudspeakerError` where it is damaged."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            is_sound = database.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    except sqlite3.Error:
        is_sound = False
    if not is_sound:
        raise LoudspeakerError(Message("{file} in the backup is damaged", file=path.name))


def _refuse_itself(root: Path, target: Path) -> None:
    """Raises `Refused` where one lies in the other."""
    hub, other = root.resolve(), target.resolve()
    if hub.is_relative_to(other) or other.is_relative_to(hub):
        raise Refused(Message("{folder} lies in the hub’s own folder, or the hub in it", folder=target))
