"""What a station is made of, wired once, in one place. The verbs stand in the other files, on these parts."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..clock import SystemClock
from ..errors import BadFile, EngineError, Message, Problem
from ..interfaces import Clock, Engine
from ..model.box import Box
from ..model.bulletin import Bulletin
from ..model.commune import Commune
from ..production.reading_cache import ReadingCache, rules_revision
from ..store.asrun import UNWRITABLE, AsRunLog, LogDamaged, LogUnusable, move_aside
from ..store.atomic import is_writable, make_private_folder
from ..store.last_good import LastGoodVersions
from ..store.programmes import ProgrammeStore
from ..store.readings import ReadingStore
from .folder import Contents, Folder
from .naming import bulletin_id, village_id
from .paths import StationPaths
from .planner import Planner

if TYPE_CHECKING:
    from ..text.reading import Readings

DAMAGED = "log-damaged"  # an event of the log that took the place of a damaged one


class Parts:
    """One commune's parts on this machine, each made when it is first asked for. `say` is the translator."""

    def __init__(self, home: Path, state: Path, clock: Clock | None, say: Callable[[str], str]) -> None:
        self.paths = StationPaths(home, state)
        self.clock = clock or SystemClock()
        self.say = say
        if (home / "commune.yaml").exists():
            make_private_folder(state)  # else there is no station, and nothing to keep
        self.folder = Folder(home, LastGoodVersions(self.paths.last_good))
        self.contents = self._contents()
        self.clock = clock or SystemClock(self.commune.zone)
        self.reads = True  # what nobody has read yet is read in this process
        self._texts: ReadingCache | None = None
        self._engines: dict[str, Engine] = {}
        self._prints: dict[str, str | None] = {}

    @cached_property
    def log(self) -> AsRunLog:
        """A damaged log is set aside for somebody to look at: the village must not fall silent over it.

        Whoever may not write it reads it; the first entry then raises `LogUnusable`.
        """
        path = self.paths.log
        try:
            self.must_write()
        except LogUnusable:
            return AsRunLog.open_read_only(path, self.commune.id)
        try:
            return AsRunLog.open(path, self.commune.id)
        except LogDamaged:
            aside = move_aside(path, self.now())
            log = AsRunLog.open(path, self.commune.id)
            log.event(DAMAGED, "", self.now(), aside=aside.name)
            return log

    def renew_log(self) -> None:
        """The same for one that turns out damaged only later, in the hands of the daemon."""
        aside = self.log.replace_damaged(self.paths.log, self.now())
        self.log.event(DAMAGED, "", self.now(), aside=aside.name)

    def must_write(self) -> None:
        """Raises `LogUnusable` for whoever could not keep a log here."""
        if not (is_writable(self.paths.log) and is_writable(self.paths.state)):
            raise LogUnusable(UNWRITABLE)

    def close(self) -> None:
        """Let go of the log, where it was opened."""
        if "log" in self.__dict__:
            self.log.close()

    @cached_property
    def programmes(self) -> ProgrammeStore:
        return ProgrammeStore(self.paths.programmes)

    @cached_property
    def planner(self) -> Planner:
        return Planner(self.folder, self.contents, self.programmes, self.fingerprint, self.texts)

    @property
    def texts(self) -> ReadingCache:
        """What the texts of these files say; kept from one reading of the files to the next."""
        commune = self.commune
        revision = rules_revision(commune.region, commune.say, commune.abbrev, commune.names)
        if self._texts is None or (self._texts.rules_revision, self._texts.reads) != (revision, self.reads):
            store = ReadingStore(self.paths.readings)
            self._texts = ReadingCache(self.paths.home, store, partial(_own_words, commune), revision, self.reads)
        return self._texts

    @property
    def commune(self) -> Commune:
        return self.contents.commune

    @property
    def box(self) -> Box:
        return self.contents.box

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Mistakes in the files, which cost only what they are in."""
        return self.contents.problems

    def engine(self, name: str) -> Engine:
        """Raises `NotAvailable`."""
        if name not in self._engines:
            from ..synthesis import registry  # slow to load: it knows every plug-in

            self._engines[name] = registry.load_engine(name, self.paths.voices)
        return self._engines[name]

    def fingerprint(self, voice: str) -> str | None:
        """What the sound of a voice depends on; None where it is not installed."""
        if voice not in self._prints:
            from ..synthesis import registry

            try:
                spec = registry.Voice.parse(voice)
                self._prints[voice] = self.engine(spec.engine).fingerprint(spec.name)
            except EngineError:
                self._prints[voice] = None
        return self._prints[voice]

    def bulletin(self, name: str) -> Bulletin:
        """As its file is now, by its id, file or title. Raises `NotFound`, or `BadFile` where it is broken."""
        found = self.bulletin_id(name)
        if mistakes := self._mistakes(found):
            raise BadFile(mistakes)
        return self.contents.bulletins[found]

    def template(self, name: str) -> Bulletin:
        """For an emergency, which cannot wait until a broken file is mended: its last good version will do."""
        found = self.bulletin_id(name)
        if found not in self.contents.bulletins:
            raise BadFile(self._mistakes(found))
        return self.contents.bulletins[found]

    def _mistakes(self, bulletin: str) -> list[Problem]:
        return [problem for problem in self.problems if problem.path == f"bulletins/{bulletin}.md"]

    def bulletin_id(self, name: str) -> str:
        """Raises `NotFound`, `BadUsage`."""
        if name in self.contents.bulletins:
            return name
        titles = {one.id: one.title for one in self.contents.bulletins.values()}
        return bulletin_id(name, titles, self.contents.broken)

    def known_village(self, village: str) -> str:
        """The id of a village by its id or name. Raises `NotFound`, `BadUsage`."""
        names = {one: one for one in (*self.commune.villages, *self.box.plays)}
        names |= {schedule.id: schedule.name for schedule in self.contents.schedules}
        return village_id(village, names)

    def now(self) -> datetime:
        """In the commune's zone."""
        return self.clock.now().astimezone(self.commune.zone)

    def day(self, day: date | str | None) -> date:
        """A day as people name it; None is today."""
        if isinstance(day, date):
            return day
        return self.now().date() + timedelta(days=day == "tomorrow")

    def window(self, day: date | str | None, days: int) -> tuple[datetime, datetime]:
        """Midnight to midnight, in the commune's zone."""
        first = self.day(day)
        return self.midnight(first), self.midnight(first + timedelta(days=days))

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.commune.zone)

    def reload(self) -> None:
        """Read the files again."""
        self.contents = self._contents()
        self._prints.clear()
        self.__dict__.pop("planner", None)

    def _contents(self) -> Contents:
        if not (self.paths.home / "commune.yaml").exists() and not os.path.lexists(self.paths.home / "commune.yaml"):
            message = Message("there is no station in {home}; make one with “loudspeaker init”", home=self.paths.home)
            raise BadFile([Problem("commune.yaml", 0, message)])
        return self.folder.contents(self.clock.now())


def _own_words(commune: Commune) -> Readings:
    """The commune's own words; what reads by them is loaded only where something is read."""
    from .read_text import readings

    return readings(commune)
