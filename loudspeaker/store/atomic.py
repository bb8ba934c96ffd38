"""Atomic writes: after a power cut there is the old file or the new one, never half of one."""

from __future__ import annotations

import grp
import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import get_ident
from typing import BinaryIO, Protocol

from ..errors import LoudspeakerError, Message, reason

Content = bytes | Callable[[BinaryIO], object]  # the bytes, or a function that writes them into an open file

GROUP = "loudspeaker"  # of the service
PRIVATE = 0o600
STALE_DRAFT = 3600.0  # seconds after which no process can still be writing a draft


class FileSystem(Protocol):
    """The calls that decide what survives a power cut: `os`, or one of the tests that records their order."""

    def fsync(self, fd: int, /) -> None: ...

    def replace(self, src: Path, dst: Path, /) -> None: ...

    def unlink(self, path: Path, /) -> None: ...


class SymlinkError(LoudspeakerError):
    """A file of the state folder is a symbolic link, which could lead anywhere."""


class WriteError(LoudspeakerError, OSError):
    """The disk is full, read-only or broken. The older file is still there."""


def write_atomic(path: Path, content: Content, system: FileSystem = os) -> None:
    """Write `content` to `path`, replacing an older file in one step; it is on the disk when this returns.

    Raises `WriteError`; then `path` is unchanged.
    """
    commit_draft(write_draft(path, content, system), path, system)


def write_private(path: Path, content: bytes, owner: os.stat_result | None = None) -> None:
    """As `write_atomic`, for the eyes of one user only, from the first byte on: `owner`’s, where root writes.

    Raises `WriteError`; then `path` is unchanged.
    """
    commit_draft(_write_draft(path, content, os, lambda file: _give_away(file, owner), PRIVATE), path)


def write_draft(path: Path, content: Content, system: FileSystem = os) -> Path:
    """Write `content`, fsynced, beside `path` under a name that ends in `.part`; that name. Raises `WriteError`."""
    return _write_draft(path, content, system, lambda file: _keep_mode(file, path))


def _write_draft(
    path: Path, content: Content, system: FileSystem, share: Callable[[BinaryIO], object], mode: int = 0o666
) -> Path:
    """`share` says who may read it, which is nobody before but by `mode` (and the umask)."""
    name = path.with_name(f"{path.name}.{os.getpid()}-{get_ident()}.part")
    try:
        make_folder(path.parent, system)
        name.unlink(missing_ok=True)
        # Never into a file or link that somebody has put there.
        with open(name, "xb", opener=lambda file, flags: os.open(file, flags, mode)) as file:
            _fill(file, content)
            file.flush()
            share(file)
            system.fsync(file.fileno())
    except OSError as error:
        discard_draft(name)
        raise _write_error(path, error) from error
    except BaseException:
        discard_draft(name)
        raise
    return name


def commit_draft(name: Path, path: Path, system: FileSystem = os) -> None:
    """Rename a draft to `path`, in the same folder. Raises `WriteError`; then the draft is deleted."""
    try:
        system.replace(name, path)
        sync_folder(path.parent, system)
    except OSError as error:
        discard_draft(name)
        raise _write_error(path, error) from error


def discard_draft(draft: Path) -> None:
    """Delete a draft of which nothing will come, as far as its disk is there: a stick may have been pulled."""
    with suppress(OSError):
        draft.unlink()


def rename(path: Path, target: Path, system: FileSystem = os) -> None:
    """Rename a file within its folder; does nothing where it does not exist. Raises `OSError`."""
    if path.exists():
        system.replace(path, target)
        sync_folder(path.parent, system)


def move_database_aside(path: Path, now: datetime) -> Path:
    """Rename a damaged SQLite database with the files beside it, for a person to look at; its new path.

    A new one can begin then: a write-ahead log that was left behind would be taken for its own. Raises `OSError`.
    """
    aside = path.with_name(f"{path.stem}.damaged-{now:%Y%m%dT%H%M%S}{path.suffix}")
    move_database(path, aside)
    return aside


def move_database(path: Path, target: Path) -> None:
    """Rename a SQLite database with the files beside it. Raises `OSError`."""
    for suffix in ("", "-wal", "-shm"):
        rename(Path(f"{path}{suffix}"), Path(f"{target}{suffix}"))


def databases_aside(path: Path) -> list[Path]:
    """What `move_database_aside` has made of the database at `path`, the oldest first."""
    return sorted(path.parent.glob(f"{path.stem}.damaged-*{path.suffix}"))


def remove(path: Path, system: FileSystem = os) -> None:
    """Delete a file, on the disk when this returns; does nothing where it does not exist. Raises `OSError`."""
    try:
        system.unlink(path)
    except FileNotFoundError:
        return
    sync_folder(path.parent, system)


def make_folder(folder: Path, system: FileSystem = os) -> None:
    """Make a folder and its parents, each on the disk before the next. Raises `OSError`."""
    if folder.is_dir():
        return
    make_folder(folder.parent, system)
    folder.mkdir(exist_ok=True)
    share_with_group(folder)
    sync_folder(folder.parent, system)


def make_private_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter, or its group where it is shared; correct the mode of one we own.

    A folder is shared if its group is the service's or inherited (setgid). A sticky folder (/tmp) is left as it is.
    """
    with suppress(OSError):  # a process without permission only reads
        if not folder.exists():
            make_folder(folder.parent)
            inherits = folder.parent.stat().st_mode & stat.S_ISGID
            folder.mkdir(mode=0o770 if inherits else 0o700, exist_ok=True)  # the service may not set it behind that
            share_with_group(folder)
        state = folder.stat()
        shared = state.st_mode & stat.S_ISGID or state.st_gid == _service_group()
        wanted = 0o2770 if shared else 0o700
        ours = state.st_uid == os.geteuid() and not state.st_mode & stat.S_ISVTX
        if ours and stat.S_IMODE(state.st_mode) != wanted:
            folder.chmod(wanted)


def refuse_link(path: Path) -> None:
    """Raises `SymlinkError` for a symbolic link: no file of the state folder may lead elsewhere."""
    if path.is_symlink():
        raise SymlinkError(Message("{file} is a symbolic link, which is not followed here: delete it", file=path))


def share_with_group(path: Path) -> None:
    """Give the group the owner's rights on what is made in a shared folder (setgid), whatever the umask.

    Otherwise the daemon could not write a file that a technician has made with sudo.
    """
    parent = path.parent.stat().st_mode
    if parent & stat.S_ISGID and parent & stat.S_IWGRP:
        mode = path.stat().st_mode
        wanted = mode | (mode & stat.S_IRWXU) >> 3
        if wanted != mode:  # the service's sandbox forbids chmod with the group's bit, even where it is set already
            path.chmod(wanted)


def mark_used(path: Path, spare: float = 86_400.0) -> None:
    """Set a file's time to now, at most once in `spare` seconds, because writing wears out a memory card."""
    now = time.time()  # of the clock that wrote the time stamp, right or wrong
    with suppress(OSError):  # a process that only reads need not; or another has deleted it
        if abs(now - path.stat().st_mtime) > spare:
            os.utime(path)


def read_regular_file(path: Path, most: int) -> bytes | None:
    """The first `most` bytes of a regular file; None for anything else, a link among it, and where there is none.

    In folders that others may write to, opening a pipe would wait for ever, and a link could lead to an endless file.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return _read_bytes(fd, most, state.st_size) if stat.S_ISREG((state := os.fstat(fd)).st_mode) else None
        finally:
            os.close(fd)
    except OSError:  # of a damaged memory card, too
        return None


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file as hex digits, read in blocks. Raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stale_drafts(folder: Path, now: float) -> Iterator[Path]:
    """Drafts older than `STALE_DRAFT`, by `now` in seconds since 1970."""
    for path in folder.rglob("*.part"):
        if abs(now - path.stat().st_mtime) > STALE_DRAFT:
            yield path


def _read_bytes(fd: int, most: int, size: int) -> bytes:
    """Room for `most` bytes costs more than reading a small file; the kernel's own files tell no size."""
    with open(fd, "rb", closefd=False) as file:
        return file.read(min(size + 1 if size else most, most))


def _service_group() -> int | None:
    try:
        return grp.getgrnam(GROUP).gr_gid
    except KeyError:
        return None


def _fill(file: BinaryIO, content: Content) -> None:
    if isinstance(content, bytes):
        file.write(content)
    else:
        content(file)


def _keep_mode(file: BinaryIO, path: Path) -> None:
    if path.exists():
        os.fchmod(file.fileno(), path.stat().st_mode & 0o7777)
    else:
        share_with_group(Path(file.name))


def _give_away(file: BinaryIO, owner: os.stat_result | None) -> None:
    if owner and os.geteuid() == 0:
        os.fchown(file.fileno(), owner.st_uid, owner.st_gid)


def sync_folder(folder: Path, system: FileSystem = os) -> None:
    """Put the names in a folder on the disk. Raises `OSError`."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        system.fsync(fd)
    finally:
        os.close(fd)


def _write_error(path: Path, error: OSError) -> WriteError:
    return WriteError(Message("cannot write {path}: {error}", path=path, error=reason(error)))
