"""The station's folders as values: everything people edit, read safely, with every mistake in it.

A broken file costs only itself: the last good version of it stands in (promise 11), or it is left out. What the values
mean together is told by `schedule/lint.py`; nothing is written here but what the port `LastGood` keeps.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Generic, NamedTuple, Protocol, TypeVar, cast

from ..errors import BadFile, Message, Problem
from ..model.box import Box
from ..model.broadcast import Broadcast, VillageSchedule
from ..model.bulletin import Bulletin
from ..model.commune import Commune
from ..model.contents import Contents, voices_in_order
from ..model.day_set import NamedDay
from ..model.enums import ApprovalRule
from . import box_file, bulletin_file, commune_file, schedule_file, spoken_bulletin
from .source import Source, file_stamp, is_inside

COMMUNE = "commune.yaml"
RECEIVED_WAIT = 1800.0  # seconds that an entry from an office above the commune may wait, where it says nothing
STANDS_IN = Message("until it is mended, the last good version of this file is used")

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Parser = Callable[[str, bytes], T]


class LastGood(Protocol):
    """Keeps the last good version of each file, by its path below the station's folder (`store/last_good.py`)."""

    def remember(self, path: str, data: bytes) -> None:
        """`data` is good: the version to fall back on from now on. Raises `OSError`."""

    def last_good(self, path: str, now: datetime) -> bytes | None:
        """What to use in place of a file that is broken `now`; None where there is none, or none any more."""

    def until(self, path: str, now: datetime) -> datetime | None:
        """When the version of a file that is broken `now` may stand in no more; None where there is none any more."""

    def forget(self, path: str) -> None:
        """The file was deleted. Raises `OSError`."""


@dataclass(frozen=True, slots=True)
class ReadLastGood:
    """The last good versions, read only: for a caller that tries out other files, and must not change what is kept."""

    kept: LastGood

    def remember(self, path: str, data: bytes) -> None: ...

    def last_good(self, path: str, now: datetime) -> bytes | None:
        return self.kept.last_good(path, now)

    def until(self, path: str, now: datetime) -> datetime | None:
        return self.kept.until(path, now)

    def forget(self, path: str) -> None: ...


@dataclass(frozen=True, slots=True)
class LoadedFile(Generic[T_co]):
    """One file: its value (None where nothing sound is left), what is wrong with it, the hash of what was used."""

    value: T_co | None
    problems: tuple[Problem, ...] = ()
    revision: str = ""
    draft: T_co | None = None  # what could be understood of a broken file: only to tell what else is wrong with it

    @property
    def understood(self) -> T_co | None:
        """What the file says, as far as it can be understood."""
        return self.value or self.draft


@dataclass(frozen=True, slots=True)
class Survey:
    """Every file of a station, the broken ones too."""

    commune: LoadedFile[Commune]
    box: LoadedFile[Box]
    bulletins: Mapping[str, LoadedFile[Bulletin]]  # by id
    schedules: Mapping[str, LoadedFile[VillageSchedule]]  # by name
    revisions: Mapping[str, str]  # name -> SHA-256 of the bytes that were used
    offices: Mapping[str, str]  # above the commune: scope -> what it calls itself

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with each file by itself."""
        files: tuple[LoadedFile[object], ...] = (
            self.commune,
            self.box,
            *self.bulletins.values(),
            *self.schedules.values(),
        )
        return [problem for loaded in files for problem in loaded.problems]

    def contents(self) -> Contents:
        """What is sound. Raises `BadFile` where commune.yaml or box.yaml is not."""
        problems = [*self.problems, *(self.commune.value.mistakes if self.commune.value else ())]
        if self.commune.value is None or self.box.value is None:
            raise BadFile(problems)
        schedules = [loaded.value for loaded in self.schedules.values() if loaded.value]
        return Contents(
            commune=self.commune.value,
            box=self.box.value,
            schedules=tuple(schedule for schedule in schedules if not schedule.origin),
            received=tuple(schedule for schedule in schedules if schedule.origin),
            bulletins={name: loaded.value for name, loaded in self.bulletins.items() if loaded.value},
            broken=frozenset(name for name, loaded in self.bulletins.items() if not loaded.value),
            revisions=self.revisions,
            problems=tuple(problems),
            offices=self.offices,
        )


class _Kept(NamedTuple):
    """What was made of a file when it was read last."""

    stamp: object  # the state of the file, and what else its value depends on
    loaded: LoadedFile[object]
    error: BadFile | None


@dataclass(slots=True)
class Folder:
    """Reads `sources`, the commune's own first, again and again; a file is parsed only when it has changed.

    box.yaml is this box's own, whatever else comes signed: it is read from `box`, where that is another folder.
    """

    sources: Sequence[Source]
    last_good: LastGood | None = None  # None: mistakes are only told, nothing stands in (`check`)
    _kept: dict[str, _Kept] = field(default_factory=dict)  # by name
    box: Source | None = None

    @property
    def home(self) -> Path:
        """The folder with the commune's own files."""
        return self.sources[0].folder

    @property
    def box_source(self) -> Source:
        return self.box or self.sources[0]

    def contents(self, now: datetime) -> Contents:
        """Raises `BadFile` where commune.yaml or box.yaml cannot be used and no good version of it is left."""
        contents = self.survey(now).contents()
        rule = contents.commune.approval_rule(now.astimezone(contents.commune.zone).date())
        return contents if rule is not ApprovalRule.TWO else _without_approvals_of_one(contents)

    def suppose(self, edits: Mapping[str, bytes | None], now: datetime) -> Contents:
        """What the files would give with these edits, by path (None: the file is deleted). Nothing is kept of it.

        Raises `BadFile` with what is wrong with a file that is edited, and as `contents` does.
        """
        own = replace(self.sources[0], edits=edits)
        kept = {name: loaded for name, loaded in self._kept.items() if name not in edits}
        last_good = ReadLastGood(self.last_good) if self.last_good else None
        supposed = Folder([own, *self.sources[1:]], last_good, kept, self.box).contents(now)
        if problems := [problem for problem in supposed.problems if problem.path in edits]:
            raise BadFile(problems)
        return supposed

    def as_they_are(self) -> Folder:
        """The same files, for which no last good version stands in. What is sound need not be read again."""
        return Folder(self.sources, None, {name: kept for name, kept in self._kept.items() if not kept.error}, self.box)

    def survey(self, now: datetime) -> Survey:
        """Read what has changed. Raises `BadFile` where a folder cannot be read."""
        own = self.sources[0]
        commune = self._load(own, COMMUNE, commune_file.parse, now)
        there = os.path.lexists(self.box_source.folder / "box.yaml")
        box = self._load(self.box_source, "box.yaml", box_file.parse, now) if there else LoadedFile(Box())
        bulletins = self._bulletins(
            now, voices_in_order(commune.value, box.value) if commune.value and box.value else None
        )
        titles = {id: loaded.understood.title if loaded.understood else id for id, loaded in bulletins.values()}
        schedules = self._schedules(now, commune.understood.days if commune.understood else None, titles)
        files: dict[str, LoadedFile[object]] = {COMMUNE: commune, "box.yaml": box, **schedules}
        files |= {name: loaded for name, (_, loaded) in bulletins.items()}
        above = {source.origin: source for source in self.sources[1:] if COMMUNE in (source.expected or ())}
        self._forget({*files, *(source.name(COMMUNE) for source in above.values())})
        revisions = {name: loaded.revision for name, loaded in files.items()}
        offices = {origin: self._office(source, now) for origin, source in above.items()}
        return Survey(commune, box, dict(bulletins.values()), schedules, revisions, offices)

    def _office(self, source: Source, now: datetime) -> str:
        """What an office above the commune calls itself: nothing else of its rules holds here, mistakes neither."""
        office = self._load(source, COMMUNE, commune_file.parse, now).understood
        return office.name if office else source.origin

    def _bulletins(self, now: datetime, voices: Sequence[str] | None) -> dict[str, tuple[str, LoadedFile[Bulletin]]]:
        """By name, each with its id; they may name `voices`."""
        paths = [(source, path) for source in self.sources for path in source.paths("bulletins", ".md")]
        ids = {source.name(path): source.id(Path(path).stem) for source, path in paths}
        titles = {id: id for id in ids.values()}  # what they are called nobody knows yet

        return {
            (name := source.name(path)): (
                ids[name],
                self._load(
                    source,
                    path,
                    partial(_parse_bulletin, source, path, voices, titles),
                    now,
                    (voices, source.until, source.words_revision(path), source.approved.get(path), source.sound(path)),
                ),
            )
            for source, path in paths
        }

    def _schedules(
        self, now: datetime, named: Mapping[str, NamedDay] | None, titles: Mapping[str, str]
    ) -> dict[str, LoadedFile[VillageSchedule]]:
        """By name; their entries may name the commune's days and bulletins by id."""
        return {
            source.name(path): self._load(source, path, partial(_parse_schedule, source, named, titles), now, named)
            for source in self.sources
            for path in source.paths("schedules", ".yaml")
        }

    def state(self, recordings: Iterable[str]) -> object:
        """Changes whenever any file may have changed; of `recordings` only those that are named."""
        paths = [f"{self.home}/{name}" for name in (COMMUNE, *recordings)]
        paths.append(f"{self.box_source.folder}/box.yaml")
        for source in self.sources:
            paths += [f"{source.folder}/{path}" for path in source.paths("bulletins", ".md")]
            paths += [f"{source.folder}/{path}" for path in source.paths("schedules", ".yaml")]
            paths += [f"{source.folder}/{sound.path}" for sound in source.sounds.values()]
        return tuple((path, file_stamp(path)) for path in paths)

    def recording_state(self, path: str) -> object:
        """Changes with a sound file below the folder; None where there is none."""
        file = self.home / path
        return file_stamp(file) if file.is_file() and is_inside(file, self.home) else None

    def _load(
        self, source: Source, path: str, parse: Parser[T], now: datetime, besides: object = None
    ) -> LoadedFile[T]:
        """The file as it was read last, where neither it nor what its value depends on `besides` has changed."""
        name, stamp = source.name(path), (file_stamp(f"{source.folder}/{path}"), besides)
        before = self._kept.get(name)
        if before and before.stamp == stamp:
            loaded, error = cast("LoadedFile[T]", before.loaded), before.error
            loaded = self._stand_in(name, parse, now, error, loaded) if error and self.last_good else loaded
        else:
            loaded, error = self._parse(source, path, parse, now)
        self._kept[name] = _Kept(stamp, loaded, error)
        return loaded

    def _parse(
        self, source: Source, path: str, parse: Parser[T], now: datetime
    ) -> tuple[LoadedFile[T], BadFile | None]:
        name = source.name(path)
        try:
            data = source.read(path)
            value = parse(name, data)
        except BadFile as error:
            if source.expected is not None:  # another version of what was signed is not what was signed
                return LoadedFile(None, error.problems), error
            return self._stand_in(name, parse, now, error), error
        if self.last_good and source.expected is None:
            with suppress(OSError):  # a state folder that may not be written: there is no last good version, no more
                self.last_good.remember(name, data)
        return LoadedFile(value, revision=hashlib.sha256(data).hexdigest()), None

    def _stand_in(
        self, name: str, parse: Parser[T], now: datetime, error: BadFile, before: LoadedFile[T] | None = None
    ) -> LoadedFile[T]:
        """The last good version, as long as it may stand in; `before` is what stood in until now."""
        broken = LoadedFile(None, error.problems, draft=cast("T | None", error.draft))
        data = self.last_good.last_good(name, now) if self.last_good else None
        if data is None:
            return broken
        revision = hashlib.sha256(data).hexdigest()
        if before and before.value is not None and before.revision == revision:
            return before
        try:
            return LoadedFile(parse(name, data), (*error.problems, Problem(name, 0, STANDS_IN)), revision)
        except BadFile:  # it was good for an earlier version of this program
            return broken

    def _forget(self, there: Iterable[str]) -> None:
        """A deletion withdraws at once."""
        for name in self._kept.keys() - set(there):
            del self._kept[name]
            if self.last_good:
                with suppress(OSError):
                    self.last_good.forget(name)


def _parse_bulletin(
    source: Source, path: str, voices: Sequence[str] | None, titles: Mapping[str, str], name: str, data: bytes
) -> Bulletin:
    bulletin = bulletin_file.parse(name, data, voices, titles)
    if sound := source.sound(path):
        bulletin = replace(bulletin, sound=sound)
    if approved := source.approved.get(path):
        bulletin = replace(bulletin, approved=replace(approved, valid_until=bulletin.valid_until))
    if source.origin:
        until = min(filter(None, (bulletin.valid_until, source.until)), default=None)
        clear = bulletin.all_clear and source.id(bulletin.all_clear)
        bulletin = replace(bulletin, id=source.id(bulletin.id), all_clear=clear, valid_until=until)
    elif path not in source.speech:
        return bulletin
    try:
        words = source.read(source.speech.get(path, ""))
        return spoken_bulletin.with_signed_words(bulletin, words, recordings=not source.origin)
    except BadFile as error:  # whatever is wrong with its words is wrong with it
        raise BadFile([Problem(name, 0, error.message)]) from error


def _without_approvals_of_one(contents: Contents) -> Contents:
    """The contents without approvals given by the only person who signed the delivery that carries them."""
    bulletins = {
        name: replace(bulletin, approved=None) if bulletin.approved and not bulletin.approved.by_another else bulletin
        for name, bulletin in contents.bulletins.items()
    }
    return replace(contents, bulletins=bulletins)


def _parse_schedule(
    source: Source, named: Mapping[str, NamedDay] | None, titles: Mapping[str, str], name: str, data: bytes
) -> VillageSchedule:
    if not source.origin:
        return schedule_file.parse(name, data, named, titles)
    schedule = schedule_file.parse(name, data, named, titles, RECEIVED_WAIT)
    broadcasts = tuple(_name_by_source(source, broadcast) for broadcast in schedule.broadcasts)
    return replace(schedule, broadcasts=broadcasts, origin=source.origin)


def _name_by_source(source: Source, broadcast: Broadcast) -> Broadcast:
    return replace(
        broadcast,
        name=source.id(broadcast.name),
        bulletin=broadcast.bulletin and source.id(broadcast.bulletin),
        fallback=broadcast.fallback and source.id(broadcast.fallback),
        last=min(filter(None, (broadcast.last, source.until)), default=None),
    )
