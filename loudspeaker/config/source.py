"""A folder with people's files, read safely: plain, small files inside it, and nothing else.

Opening one cannot keep anybody waiting (a pipe) or lead out of the folder (a link).
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ..errors import BadFile, Message, Problem, reason
from ..model.bulletin import CarriedApproval, CarriedSound
from ..yamlfile.tree import MOST_BYTES

ID = re.compile(r"[a-z0-9-]+")
NOT_PLAIN = Message("this is not a plain file")


@dataclass(frozen=True, slots=True)
class Source:
    """A folder with people's files: the station's own, or what came signed from `origin`.

    Ids from elsewhere are `ID@ORIGIN`. Of what came signed, only the files of `expected` (path -> SHA-256) are read,
    each only with exactly these bytes, and no older version stands in; None where people edit the files. The files of
    `edits` are read as they are there (None: as if they were deleted).
    """

    folder: Path
    origin: str = ""
    expected: Mapping[str, str] | None = None
    edits: Mapping[str, bytes | None] = field(default_factory=dict)
    speech: Mapping[str, str] = field(default_factory=dict)  # bulletin -> file with its words as they are to be spoken
    until: date | None = None  # the last day on which its bulletins may be heard
    approved: Mapping[str, CarriedApproval] = field(default_factory=dict)  # of bulletins, by their path
    sounds: Mapping[str, CarriedSound] = field(default_factory=dict)  # the same

    def name(self, path: str) -> str:
        """What a file of this source is called in messages, and by the values that are read from it."""
        return f"received/{self.origin}/{path}" if self.origin else path

    def id(self, local: str) -> str:
        """The id of what is called `local` here; one that names another origin stays."""
        return f"{local}@{self.origin}" if self.origin and local and "@" not in local else local

    def words_revision(self, bulletin: str) -> str:
        """The SHA-256 of the signed words of a bulletin, by its path; "" where it has none."""
        return (self.expected or {}).get(self.speech.get(bulletin, ""), "")

    def sound(self, bulletin: str) -> CarriedSound | None:
        """The sound of a bulletin, by its path; None where it has none, or its file has not come (yet)."""
        sound = self.sounds.get(bulletin)
        return sound if sound and (self.folder / sound.path).is_file() else None

    def paths(self, folder: str, suffix: str) -> list[str]:
        """The files of `folder` that end in `suffix`, in order. Raises `BadFile` where it cannot be read."""
        if self.expected is not None:
            return sorted(path for path in self.expected if path.startswith(f"{folder}/") and path.endswith(suffix))
        try:
            paths = {f"{folder}/{name}" for name in list_names(self.folder / folder)} - self.edits.keys()
            paths |= {path for path, data in self.edits.items() if data is not None and path.startswith(f"{folder}/")}
            return sorted(path for path in paths if path.endswith(suffix))
        except OSError as error:
            message = Message("the folder cannot be read: {error}", error=reason(error))
            raise BadFile([Problem(self.name(folder), 0, message)]) from error

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises `BadFile` where they cannot be used, whatever is in them."""
        if (edited := self.edits.get(path)) is not None:
            return edited
        data = read_file(self.folder, path, self.name(path))
        if self.expected is not None and hashlib.sha256(data).hexdigest() != self.expected.get(path):
            raise BadFile([Problem(self.name(path), 0, Message("this is not the file that was signed"))])
        return data


def read_file(folder: Path, path: str, name: str = "") -> bytes:
    """The bytes of one of people's files, which messages call `name`.

    Raises `BadFile` for what is no plain, small file inside the folder.
    """
    file, name = os.path.join(folder, path), name or path
    if message := _unusable(folder, file):
        raise BadFile([Problem(name, 0, message)])
    try:
        fd = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if stat.S_ISREG((state := os.fstat(fd)).st_mode):  # it may have been exchanged since
                with open(fd, "rb", closefd=False) as opened:  # room for a whole megabyte costs more than the reading
                    return opened.read(min(state.st_size or MOST_BYTES, MOST_BYTES) + 1)
        finally:
            os.close(fd)
    except OSError as error:
        raise BadFile([Problem(name, 0, _unreadable(error))]) from error
    raise BadFile([Problem(name, 0, NOT_PLAIN)])


def _unusable(folder: Path, path: str) -> Message | None:
    """Why a file is not read at all."""
    try:
        state = os.stat(path)
    except FileNotFoundError:
        return Message("there is no such file")
    except OSError as error:
        return _unreadable(error)
    if not stat.S_ISREG(state.st_mode):
        return NOT_PLAIN
    if not is_inside(path, folder):
        return Message("this is a link that leads out of the station's folder; copy the file here instead")
    if state.st_size > MOST_BYTES:
        return Message("the file is larger than 1 MB; it can hardly be meant")
    stem, suffix = os.path.splitext(os.path.basename(path))
    if suffix == ".md" and not ID.fullmatch(stem):
        return Message("a bulletin's file name may hold only a-z, 0-9 and “-”: its name is its id")
    return None if os.access(path, os.R_OK) else Message("the file may not be read; check its owner and rights")


def _unreadable(error: OSError) -> Message:
    return Message("the file cannot be read: {error}", error=reason(error))


def is_inside(path: Path | str, folder: Path) -> bool:
    """Does `path` lie in `folder`, links followed? It is asked of each file at each start."""
    return _lies_below(os.fspath(path), os.path.join(folder, "")) or os.path.realpath(path).startswith(
        os.path.join(os.path.realpath(folder), "")
    )


def _lies_below(path: str, folder: str) -> bool:
    """Does `path` begin with `folder`, and is nothing behind that a link? Most do: no link above them matters then."""
    names = path.removeprefix(folder).split("/")
    if not path.startswith(folder) or ".." in names:
        return False
    steps = (folder + "/".join(names[: count + 1]) for count in range(len(names)))
    return not any(map(os.path.islink, steps))


def file_stamp(path: Path | str) -> object:
    """Changes with the file or folder at `path`; None where there is none."""
    try:
        state = os.stat(path)
    except (OSError, ValueError):
        return None
    return state.st_mtime_ns, state.st_ctime_ns, state.st_size, state.st_ino


def list_names(folder: Path) -> Iterator[str]:
    """The names in `folder` that do not begin with a dot; none where there is no folder. Raises `OSError`."""
    names: list[str] = []
    with suppress(FileNotFoundError, NotADirectoryError):  # no folder, or no longer
        names = os.listdir(folder)
    yield from (name for name in names if not name.startswith("."))
