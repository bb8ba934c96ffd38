"""A power cut as a value: what may be on the disk at every instant of some writing; and a full disk. Stand-ins only.

What was not fsynced may be lost, and names may outlive the content they were given to: both are tried.
"""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Callable, Iterator
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_void_p, string_at
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from stat import S_ISDIR
from typing import Generic, TypeVar

World = dict[Path, bytes]  # what a restart finds
T = TypeVar("T")


class FullDisk:
    """A disk that is full from the n-th file on."""

    replace, unlink = staticmethod(os.replace), staticmethod(os.unlink)

    def __init__(self, fails: int) -> None:
        self._left = fails

    def fsync(self, fd: int) -> None:
        self._left -= not S_ISDIR(os.fstat(fd).st_mode)
        if self._left <= 0:
            raise OSError(28, "No space left on device")


@dataclass
class RecordingDisk:
    """A `store.atomic.FileSystem` that does what it is told under `root` and keeps every world a cut could leave."""

    root: Path
    worlds: list[World] = field(default_factory=list)
    _contents: dict[int, bytes] = field(default_factory=dict)  # inode -> as last fsynced
    _names: dict[Path, int] = field(default_factory=dict)  # as last fsynced in their folder
    _open: list[int] = field(default_factory=list)  # an inode that is held is not given away again

    def fsync(self, fd: int) -> None:
        self._cut()
        if S_ISDIR(os.fstat(fd).st_mode):
            self._keep_names(Path(os.readlink(f"/proc/self/fd/{fd}")))
        else:
            held = os.open(f"/proc/self/fd/{fd}", os.O_RDONLY)
            self._open.append(held)
            self._contents[os.fstat(held).st_ino] = os.pread(held, 1 << 30, 0)
        self._cut()

    def replace(self, src: Path, dst: Path) -> None:
        self._cut()
        os.replace(src, dst)
        self._cut()

    def unlink(self, path: Path) -> None:
        self._cut()
        os.unlink(path)
        self._cut()

    def now(self) -> list[World]:
        """The worlds that a cut at this instant could leave."""
        there = {path: path.stat().st_ino for path in self.root.rglob("*") if path.is_file()}
        return [self._world(self._reachable()), self._world(there)]

    def close(self) -> None:
        for fd in self._open:
            os.close(fd)

    def _cut(self) -> None:
        self.worlds += self.now()

    def _keep_names(self, folder: Path) -> None:
        self._names = {path: inode for path, inode in self._names.items() if path.parent != folder}
        self._names |= {path: path.stat().st_ino for path in folder.iterdir()}

    def _reachable(self) -> dict[Path, int]:
        def kept(path: Path) -> bool:
            return path == self.root or (path in self._names and kept(path.parent))

        return {path: inode for path, inode in self._names.items() if kept(path) and not path.is_dir()}

    def _world(self, names: dict[Path, int]) -> World:
        return {path.relative_to(self.root): self._contents.get(inode, b"") for path, inode in names.items()}


def restarted(worlds: list[World], folder: Path) -> Iterator[Path]:
    """Each of the worlds, laid out under `folder` for somebody to start in."""
    for world in worlds:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for path, content in world.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        yield folder


# SQLite: its own way of writing, with one word changed (sqlite3.h: sqlite3_vfs, sqlite3_io_methods).

SYNC = CFUNCTYPE(c_int, c_void_p, c_int)
OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))


class Methods(Structure):
    _fields_ = (("version", c_int), ("before", c_void_p * 4), ("sync", c_void_p), ("after", c_void_p * 13))


class File(Structure):
    _fields_ = (("methods", POINTER(Methods)),)


class Vfs(Structure):
    _fields_ = (
        *(("version", c_int), ("file_size", c_int), ("longest_path", c_int), ("next", c_void_p), ("name", c_char_p)),
        *(("data", c_void_p), ("open", c_void_p), ("rest", c_void_p * 15)),
    )


class RecordingVfs:
    """SQLite's own file system under another name, which tells which file was synced, and when a cut may come."""

    def __init__(self, name: str, synced: Callable[[Path], None], cut: Callable[[], None]) -> None:
        self._library = ctypes.CDLL("libsqlite3.so.0")
        self._library.sqlite3_vfs_find.restype = POINTER(Vfs)
        self._library.sqlite3_vfs_find.argtypes = (c_char_p,)
        real = self._library.sqlite3_vfs_find(None).contents
        self._vfs = Vfs.from_buffer_copy(real)
        self._vfs.name = name.encode()
        self._kept: list[object] = []  # what C points to must not be collected
        real_open = OPEN(real.open)

        def opened(vfs: int, path: int, file: int, flags: int, out: object) -> int:
            code = real_open(vfs, path, file, flags, out)
            if code == 0 and path:  # a pointer, because SQLite goes on using what it points to
                self._watch(File.from_address(file), Path(string_at(path).decode()), synced, cut)
            return code

        self._open = OPEN(opened)
        self._vfs.open = ctypes.cast(self._open, c_void_p)
        self._library.sqlite3_vfs_register(ctypes.byref(self._vfs), 0)

    def close(self) -> None:
        self._library.sqlite3_vfs_unregister(ctypes.byref(self._vfs))

    def _watch(self, file: File, path: Path, synced: Callable[[Path], None], cut: Callable[[], None]) -> None:
        methods = Methods.from_buffer_copy(file.methods.contents)
        real_sync = SYNC(methods.sync)

        def sync(file: int, flags: int) -> int:
            cut()
            code = real_sync(file, flags)
            synced(path)
            cut()
            return code

        hook = SYNC(sync)
        methods.sync = ctypes.cast(hook, c_void_p)
        file.methods = ctypes.pointer(methods)
        self._kept += [methods, hook, real_sync]


def _unchanged(before: bytes, after: bytes) -> int:
    """How many bytes of `before` come ahead of the first that is another one `after`; all where none is."""
    same, other = 0, min(len(before), len(after))
    if before[:other] == after[:other]:
        return len(before)
    while other - same > 1:  # bytes: so many are the same, so many are not
        middle = (same + other) // 2
        if before[same:middle] == after[same:middle]:
            same = middle
        else:
            other = middle
    return same


@dataclass
class RecordingDatabase(Generic[T]):
    """What a cut could leave of the SQLite database at `path`, while it is used through `uri`.

    `look` tells what else is true at the instant of a cut: what has been promised, what has been heard.
    """

    path: Path
    look: Callable[[], T]
    name: str = "power-cut"
    _synced: dict[Path, bytes] = field(default_factory=dict)
    _seen: dict[tuple[tuple[bytes, ...], T], None] = field(default_factory=dict)  # what was left, what was true

    def __post_init__(self) -> None:
        self._vfs = RecordingVfs(self.name, self._keep, self.cut)
        self._files = (self.path, Path(f"{self.path}-wal"))

    @property
    def uri(self) -> str:
        return f"file:{self.path}?vfs={self.name}"

    def cut(self) -> None:
        """The power may go now, too."""
        self._seen |= dict.fromkeys(product(product(*(self._left(path) for path in self._files)), [self.look()]))

    def worlds(self) -> Iterator[tuple[World, T]]:
        """Every world that a cut could leave, with what was true when it came."""
        for left, told in self._seen:
            yield {Path(path.name): data for path, data in zip(self._files, left, strict=True) if data}, told

    def close(self) -> None:
        self._vfs.close()

    def _keep(self, path: Path) -> None:
        self._synced[path] = path.read_bytes()

    def _left(self, path: Path) -> set[bytes]:
        """Only what was synced, all that was written, or only the first or only the last half of what is new."""
        synced, written = self._synced.get(path, b""), path.read_bytes() if path.exists() else b""
        same = _unchanged(synced, written)
        middle = (same + len(written)) // 2
        first = written[:middle] + synced[middle:]
        last = synced[:middle].ljust(middle, b"\0") + written[middle:]
        return {synced, written, first, last}
