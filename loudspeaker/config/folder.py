"""The station's folder as values: everything people edit, read safely, with every mistake in it.

A broken file costs only itself: the last good version of it stands in (promise 11), or it is left out. What the values
mean together is told by `schedule/lint.py`; nothing is written here but what the port `LastGood` keeps.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from ..errors import BadFile, Message, Problem, reason
from ..model.box import Box
from ..model.contents import Contents, voices_in_order
from ..yamlfile.tree import MOST_BYTES
from . import box_file, bulletin_file, commune_file, schedule_file

ID = re.compile(r"[a-z0-9-]+")
NOT_PLAIN = Message("this is not a plain file")
STANDS_IN = Message("until it is mended, the last good version of this file is used")


class LastGood(Protocol):
    """Keeps the last good version of each file, by its path below the station's folder (`store/last_good.py`)."""

    def remember(self, path: str, data: bytes) -> None:
        """`data` is good: the version to fall back on from now on. Raises `OSError`."""

    def last_good(self, path: str, now: datetime) -> bytes | None:
        """What to use in place of a file that is broken `now`; None where there is none, or none any more."""

    def forget(self, path: str) -> None:
        """The file was deleted. Raises `OSError`."""


@dataclass(frozen=True, slots=True)
class Read:
    """One file: its value (None where nothing sound is left), what is wrong with it, the hash of what was used."""

    value: Any
    problems: tuple[Problem, ...] = ()
    revision: str = ""
    draft: Any = None  # what could be understood of a broken file: only to tell what else is wrong with it


Parser = Callable[[str, bytes], Any]


@dataclass(slots=True)
class Folder:
    """Reads `home` again and again; a file is parsed only when it has changed."""

    home: Path
    last_good: LastGood | None = None  # None: mistakes are only told, nothing stands in (`check`)
    _kept: dict[str, tuple[object, Read, BadFile | None]] = field(default_factory=dict)  # file state, value, mistakes

    def contents(self, now: datetime) -> Contents:
        """Raises `BadFile` where commune.yaml or box.yaml cannot be used and no good version of it is left."""
        reads = self.survey(now)
        ours, here = reads["commune.yaml"], reads["box.yaml"]
        problems = [problem for read in reads.values() for problem in read.problems]
        problems += ours.value.mistakes if ours.value else ()
        if ours.value is None or here.value is None:
            raise BadFile(problems)
        return Contents(
            commune=ours.value,
            box=here.value,
            schedules=tuple(read.value for path, read in reads.items() if path.startswith("schedules/") and read.value),
            bulletins={r.value.id: r.value for p, r in reads.items() if p.startswith("bulletins/") and r.value},
            broken=frozenset(Path(p).stem for p, r in reads.items() if p.startswith("bulletins/") and not r.value),
            revisions={path: read.revision for path, read in reads.items()},
            problems=tuple(problems),
        )

    def survey(self, now: datetime) -> dict[str, Read]:
        """Every file of the folder by its path, the broken ones too."""
        reads: dict[str, Read] = {}
        ours = reads["commune.yaml"] = self._read("commune.yaml", commune_file.parse, now)
        here = self._read("box.yaml", box_file.parse, now) if self._there("box.yaml") else Read(Box())
        reads["box.yaml"] = here
        known = voices_in_order(ours.value, here.value) if ours.value and here.value else None
        paths = self._paths("bulletins", ".md")
        titles = {Path(path).stem: Path(path).stem for path in paths}
        parse = partial(bulletin_file.parse, voices=known, titles=titles)
        for path in paths:
            reads[path] = self._read(path, parse, now, known)
        titles = {name: getattr(_either(reads[f"bulletins/{name}.md"]), "title", name) for name in titles}
        named = getattr(_either(ours), "days", None)  # an entry may name the commune's own days
        schedule = partial(schedule_file.parse, named=named, titles=titles)
        for path in self._paths("schedules", ".yaml"):
            reads[path] = self._read(path, schedule, now, ours.revision)
        self._forget(reads)
        return reads

    def state(self, recordings: Iterable[str]) -> object:
        """Changes whenever any file may have changed; of `recordings` only those that are named."""
        paths = ["commune.yaml", "box.yaml", *self._paths("bulletins", ".md"), *self._paths("schedules", ".yaml")]
        paths += recordings
        return tuple((path, stamp_of(self.home / path)) for path in paths)

    def recording_state(self, path: str) -> object:
        """Changes with a sound file below the folder; None where there is none."""
        found = self.home / path
        return stamp_of(found) if found.is_file() and _inside(found, self.home) else None

    def _read(self, path: str, parse: Parser, now: datetime, besides: object = None) -> Read:
        stamp = stamp_of(self.home / path), besides
        before = self._kept.get(path)
        if before and before[0] == stamp:
            error = before[2]
            read = before[1] if error is None else self._stand_in(path, parse, now, error, before[1])
        else:
            read, error = self._fresh(path, parse, now)
        self._kept[path] = stamp, read, error
        return read

    def _fresh(self, path: str, parse: Parser, now: datetime) -> tuple[Read, BadFile | None]:
        try:
            data = take(self.home, path)
            value = parse(path, data)
        except BadFile as error:
            return self._stand_in(path, parse, now, error), error
        if self.last_good:
            with suppress(OSError):  # a state folder that may not be written: there is no last good version, no more
                self.last_good.remember(path, data)
        return Read(value, revision=hashlib.sha256(data).hexdigest()), None

    def _stand_in(self, path: str, parse: Parser, now: datetime, error: BadFile, before: Read | None = None) -> Read:
        """The last good version, as long as it may stand in; `before` is what stood in until now."""
        problems = error.problems
        data = self.last_good.last_good(path, now) if self.last_good else None
        if data is None:
            return Read(None, problems, draft=error.draft)
        if before and before.value is not None and before.revision == hashlib.sha256(data).hexdigest():
            return before
        told = Problem(path, 0, STANDS_IN)
        try:
            return Read(parse(path, data), (*problems, told), hashlib.sha256(data).hexdigest())
        except BadFile:  # it was good for an earlier version of this program
            return Read(None, problems, draft=error.draft)

    def _forget(self, reads: Mapping[str, Read]) -> None:
        """A deletion withdraws at once."""
        for path in [path for path in self._kept if path.endswith((".md", ".yaml")) and path not in reads]:
            del self._kept[path]
            if self.last_good:
                with suppress(OSError):
                    self.last_good.forget(path)

    def _paths(self, folder: str, suffix: str) -> list[str]:
        try:
            return sorted(f"{folder}/{name}" for name in list_names(self.home / folder) if name.endswith(suffix))
        except OSError as error:
            told = Message("the folder cannot be read: {error}", error=reason(error))
            raise BadFile([Problem(folder, 0, told)]) from error

    def _there(self, path: str) -> bool:
        return os.path.lexists(self.home / path)


def _either(read: Read) -> Any:
    return read.value or read.draft


def take(home: Path, path: str) -> bytes:
    """The bytes of one of people's files. Raises `BadFile` for what is no plain, small file inside the folder."""
    found = home / path
    if message := _foul(home, found):
        raise BadFile([Problem(path, 0, message)])
    try:
        fd = os.open(found, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if stat.S_ISREG(os.fstat(fd).st_mode):  # it may have been exchanged since
                with open(fd, "rb", closefd=False) as file:
                    return file.read(MOST_BYTES + 1)
        finally:
            os.close(fd)
    except OSError as error:
        raise BadFile([Problem(path, 0, _unreadable(error))]) from error
    raise BadFile([Problem(path, 0, NOT_PLAIN)])


def _foul(home: Path, path: Path) -> Message | None:
    try:
        state = path.stat()
    except FileNotFoundError:
        return Message("there is no such file")
    except OSError as error:
        return _unreadable(error)
    if not stat.S_ISREG(state.st_mode):
        return NOT_PLAIN
    if not _inside(path, home):
        return Message("this is a link that leads out of the station's folder; copy the file here instead")
    if state.st_size > MOST_BYTES:
        return Message("the file is larger than 1 MB; it can hardly be meant")
    if path.suffix == ".md" and not ID.fullmatch(path.stem):
        return Message("a bulletin's file name may hold only a-z, 0-9 and “-”: its name is its id")
    return None if os.access(path, os.R_OK) else Message("the file may not be read; check its owner and rights")


def _unreadable(error: OSError) -> Message:
    return Message("the file cannot be read: {error}", error=reason(error))


def _inside(path: Path, home: Path) -> bool:
    return path.resolve().is_relative_to(home.resolve())


def stamp_of(path: Path) -> object:
    try:
        state = path.stat()
    except (OSError, ValueError):
        return None
    return state.st_mtime_ns, state.st_ctime_ns, state.st_size, state.st_ino


def list_names(folder: Path) -> Iterator[str]:
    names: list[str] = []
    with suppress(FileNotFoundError, NotADirectoryError):  # no folder, or no longer
        names = os.listdir(folder)
    yield from (name for name in names if not name.startswith("."))
