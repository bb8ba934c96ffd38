"""Edits of people's files: several at once, all or none, and only of what the editor has seen.

Two editors never write at the same time (a lock beside the files), and none writes over what somebody else has saved
meanwhile (the revisions that they have seen). A power cut leaves all old files or all new ones: the new ones lie beside
the old ones as drafts before a journal names them, and whoever edits or starts next does what the journal says.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ..codec import UNREADABLE, decode
from ..errors import BadUsage, Message, Refused
from .atomic import (
    FileSystem,
    commit_draft,
    discard_draft,
    read_regular_file,
    remove,
    share_with_group,
    sync_folder,
    write_atomic,
    write_draft,
)

LOCK, JOURNAL = ".edit-lock", ".edit-journal"
PATIENCE = 3.0  # seconds that an editor waits for another
POLL = 0.02  # seconds
LARGEST = 100_000_000  # bytes of a file of people's
ABSENT = ""  # the revision of a file that does not exist


@dataclass(frozen=True, slots=True)
class FileEdit:
    """What a file shall hold; the editor has seen it with `revision`."""

    path: str  # below the station's folder
    revision: str  # as `revision_of` gave it
    after: bytes | None  # None: the file is deleted

    @property
    def revision_after(self) -> str:
        """The revision of the file when this is written."""
        return content_revision(self.after)


class EditConflict(Refused):
    """Somebody else has changed `paths` since the editor has seen them. Nothing was written."""

    def __init__(self, message: Message, paths: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.paths = list(paths)


class EditLocked(Refused):
    """Somebody else is saving, and has not finished in time. Nothing was written."""


def revision_of(path: Path) -> str:
    """The SHA-256 of a file's content, `ABSENT` where there is none."""
    return content_revision(read_regular_file(path, LARGEST))


def content_revision(content: bytes | None) -> str:
    """The SHA-256 of what a file holds, `ABSENT` for one that does not exist."""
    return ABSENT if content is None else hashlib.sha256(content).hexdigest()


def apply_edits(
    home: Path, edits: Sequence[FileEdit], by: str, patience: float = PATIENCE, system: FileSystem = os
) -> None:
    """Write all the files or none; a second editor who waits is told that `by` is saving.

    Raises `EditConflict`, `EditLocked`, `WriteError`, and `BadUsage` for a path that leads out of the folder.
    """
    paths = [_inside(home, edit.path) for edit in edits]
    with _edit_lock(home, by, patience):
        _finish_journal(home, system)
        changed = [edit.path for edit, path in zip(edits, paths, strict=True) if revision_of(path) != edit.revision]
        if changed:
            raise EditConflict(Message("somebody else has saved {files} meanwhile", files=", ".join(changed)), changed)
        _write_all(home, list(zip(paths, edits, strict=True)), system)


def finish_edits(home: Path, system: FileSystem = os) -> None:
    """Finish what a power cut has interrupted. Raises `EditLocked`, `WriteError`."""
    if (home / JOURNAL).exists():
        with _edit_lock(home, "", PATIENCE):
            _finish_journal(home, system)


def _write_all(home: Path, edits: Sequence[tuple[Path, FileEdit]], system: FileSystem) -> None:
    """First everything that may fail for want of room, then the journal, then the names."""
    drafts: dict[Path, Path] = {}
    try:
        for path, edit in edits:
            if edit.after is not None:
                drafts[path] = write_draft(path, edit.after, system)
        for folder in {draft.parent for draft in drafts.values()}:  # no journal may outlive the names that it tells of
            sync_folder(folder, system)
        steps = [[_name(home, drafts.get(path)), edit.path] for path, edit in edits]
        if len(steps) > 1:
            write_atomic(home / JOURNAL, json.dumps(steps).encode(), system)
    except BaseException:
        for draft in drafts.values():
            discard_draft(draft)
        raise
    _do_steps(home, steps, system)
    if len(steps) > 1:
        remove(home / JOURNAL, system)


def _finish_journal(home: Path, system: FileSystem) -> None:
    """What a journal names is done; it was written whole or not at all."""
    journal = read_regular_file(home / JOURNAL, LARGEST)
    if journal is not None:
        with suppress(*UNREADABLE):  # not ours: somebody has put a file there
            _do_steps(home, decode(tuple[tuple[str, str], ...], json.loads(journal)), system)
        remove(home / JOURNAL, system)


def _do_steps(home: Path, steps: Sequence[Sequence[str]], system: FileSystem) -> None:
    """Rename each draft to its path; a step that was done already has no draft any more."""
    for draft, name in steps:
        path = _inside(home, name)
        if not draft:
            remove(path, system)
        elif (home / draft).exists():
            commit_draft(_inside(home, draft), path, system)


@contextmanager
def _edit_lock(home: Path, by: str, patience: float) -> Iterator[None]:
    """Only one editor at a time. The lock goes with the process that holds it. Raises `EditLocked`."""
    path = home / LOCK
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o660)
    try:
        with suppress(OSError):  # another's file
            share_with_group(path)
        _take_lock(fd, patience)
        os.ftruncate(fd, 0)
        os.pwrite(fd, by.encode()[:200], 0)
        yield
    finally:
        os.close(fd)


def _take_lock(fd: int, patience: float) -> None:
    ends = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= ends:
                holder = os.pread(fd, 200, 0).decode(errors="replace") or "?"
                raise EditLocked(Message("{name} is saving just now; try again", name=holder)) from None
            time.sleep(POLL)


def _inside(home: Path, name: str) -> Path:
    """The path of a file below the folder. Raises `BadUsage` for one elsewhere."""
    path = home / name
    if not name or "\0" in name or path.is_absolute() != home.is_absolute() or ".." in Path(name).parts:
        raise BadUsage(Message("{path} is not a file of the station", path=name))
    if home.resolve() not in path.parent.resolve().parents and path.parent.resolve() != home.resolve():
        raise BadUsage(Message("{path} is not a file of the station", path=name))
    return path


def _name(home: Path, draft: Path | None) -> str:
    return str(draft.relative_to(home)) if draft else ""
