"""Writing so that a power cut leaves the old file or the new one, never half of one.

The only place in the package that opens a file for writing: whoever keeps something calls these. What the words mean
is not known here; nothing but the standard library and `errors` may come in.
"""

from __future__ import annotations

import grp
import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import get_ident
from typing import BinaryIO, Protocol

from ..errors import LoudspeakerError, Message, reason

Content = bytes | Callable[[BinaryIO], object]  # the bytes, or whoever writes them into an open file

GROUP = "loudspeaker"  # of the service
STALE_DRAFT = 3600.0  # seconds after which nobody can still be writing one


class System(Protocol):
    """The calls that decide what survives a power cut. `os` is one; the tests pass one that remembers the order."""

    def fsync(self, fd: int, /) -> None: ...

    def replace(self, src: Path, dst: Path, /) -> None: ...

    def unlink(self, path: Path, /) -> None: ...


class IsLink(LoudspeakerError):
    """A file of ours is a symbolic link, which could lead anywhere."""


class NotWritten(LoudspeakerError, OSError):
    """The disk would not take it: full, read-only or broken. What was there before is still there."""


def write_whole(path: Path, content: Content, system: System = os) -> None:
    """Put `content` under `path`, whole and on the disk when this returns; an older file is replaced at once.

    Raises `NotWritten`, and then `path` is as it was.
    """
    publish(draft(path, content, system), path, system)


def draft(path: Path, content: Content, system: System = os) -> Path:
    """Write `content`, fsynced, under a name beside `path` that nobody takes for a finished file."""
    name = path.with_name(f"{path.name}.{os.getpid()}-{get_ident()}.part")
    try:
        make_folder(path.parent, system)
        name.unlink(missing_ok=True)
        with name.open("xb") as file:  # anew: whatever somebody has put there, a link among it, is not written to
            _fill(file, content)
            file.flush()
            _keep_mode(file, path)
            system.fsync(file.fileno())
    except OSError as error:
        name.unlink(missing_ok=True)
        raise _not_written(path, error) from error
    except BaseException:
        name.unlink(missing_ok=True)
        raise
    return name


def publish(name: Path, path: Path, system: System = os) -> None:
    """Give a draft its real name, in the same folder."""
    try:
        system.replace(name, path)
        _sync_folder(path.parent, system)
    except OSError as error:
        name.unlink(missing_ok=True)
        raise _not_written(path, error) from error


def move(path: Path, target: Path, system: System = os) -> None:
    """Give a file another name in the same folder; one that is not there is no mistake."""
    if path.exists():
        system.replace(path, target)
        _sync_folder(path.parent, system)


def remove(path: Path, system: System = os) -> None:
    """Take a file away for good; one that is not there is no mistake."""
    try:
        system.unlink(path)
    except FileNotFoundError:
        return
    _sync_folder(path.parent, system)


def make_folder(folder: Path, system: System = os) -> None:
    """Make a folder and those above it, each on the disk before the next."""
    if folder.is_dir():
        return
    make_folder(folder.parent, system)
    folder.mkdir(exist_ok=True)
    share(folder)
    _sync_folder(folder.parent, system)


def make_private(folder: Path) -> None:
    """Make a folder that nobody but its owner may enter, or its group where it is a group's; mend one that is ours.

    A group's is whose group is the service's, or handed down (setgid). A sticky one (/tmp) is nobody's to close.
    """
    with suppress(OSError):  # whoever may not, only reads
        if not folder.exists():
            make_folder(folder.parent)
            folder.mkdir(mode=0o700, exist_ok=True)
            share(folder)
        found = folder.stat()
        shared = found.st_mode & stat.S_ISGID or found.st_gid == _service_group()
        wanted = 0o2770 if shared else 0o700
        ours = found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX
        if ours and stat.S_IMODE(found.st_mode) != wanted:
            folder.chmod(wanted)


def refuse_link(path: Path) -> None:
    """In the state folder nothing that somebody has put there may lead elsewhere. Raises `IsLink`."""
    if path.is_symlink():
        raise IsLink(Message("{file} is a symbolic link, which is not followed here: delete it", file=path))


def share(path: Path) -> None:
    """What is made in a group's folder (setgid, as the service's is) is the group's to write, whatever the umask.

    Else what a technician makes with sudo would lock the daemon out.
    """
    above = path.parent.stat().st_mode
    if above & stat.S_ISGID and above & stat.S_IWGRP:
        mode = path.stat().st_mode
        wanted = mode | (mode & stat.S_IRWXU) >> 3  # what the owner may, the group may
        if wanted != mode:  # the service's sandbox forbids to set the group's bit, even where it is set already
            path.chmod(wanted)


def may_write(path: Path) -> bool:
    """Could we write this file, or make it where it is not there yet?"""
    while not os.path.lexists(path) and path != path.parent:
        path = path.parent
    return os.access(path, os.W_OK)


def touch(path: Path, spare: float = 86_400.0) -> None:
    """Mark a file as used, at most once in `spare` seconds: a memory card wears out by being written to."""
    now = time.time()  # the clock that wrote the time stamp, right or wrong, and no other
    with suppress(OSError):  # whoever only asks what is there may not, and need not; or somebody took it away
        if abs(now - path.stat().st_mtime) > spare:
            os.utime(path)


def read_plain(path: Path, most: int) -> bytes | None:
    """The first `most` bytes of a plain file of ours; None of a link, of what is no file, or where there is none.

    In folders that others may write to, opening a pipe would wait for ever, and a link could lead to what has no end.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return _read(fd, most) if stat.S_ISREG(os.fstat(fd).st_mode) else None
        finally:
            os.close(fd)
    except OSError:  # a damaged card among them
        return None


def sha256_of(path: Path) -> str:
    """The hex digest of a file, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stale_drafts(folder: Path, now: float) -> Iterator[Path]:
    """Drafts that somebody began and will never finish."""
    for path in folder.rglob("*.part"):
        if abs(now - path.stat().st_mtime) > STALE_DRAFT:
            yield path


def _read(fd: int, most: int) -> bytes:
    with open(fd, "rb", closefd=False) as file:
        return file.read(most)


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
        share(Path(file.name))


def _sync_folder(folder: Path, system: System) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        system.fsync(fd)
    finally:
        os.close(fd)


def _not_written(path: Path, error: OSError) -> NotWritten:
    return NotWritten(Message("cannot write {path}: {error}", path=path, error=reason(error)))
