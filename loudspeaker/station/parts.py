"""What a station is made of, wired once, in one place. The verbs stand in the other files, on these parts."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..clock import SystemClock
from ..config.folder import Folder
from ..interfaces import Clock
from ..model.commune import Commune
from ..production.reading_cache import ReadingCache, rules_revision
from ..store.asrun import AsRunLog
from ..store.atomic import make_private_folder
from ..store.last_good import LastGoodVersions
from ..store.programmes import ProgrammeStore
from ..store.readings import ReadingStore
from .commune_clock import CommuneClock
from .log_file import open_log
from .paths import StationPaths
from .people_files import StationFiles
from .planner import Planner
from .voice_engines import VoiceEngines

if TYPE_CHECKING:
    from ..model.spoken_text import ReadingSettings


class Parts:
    """One commune's parts on this machine, each made when it is first asked for. `say` is the translator."""

    def __init__(self, home: Path, state: Path, clock: Clock | None, say: Callable[[str], str]) -> None:
        self.say = say
        if (home / "commune.yaml").exists():
            make_private_folder(state)  # else there is no station, and nothing to keep
        machine = clock or SystemClock()
        self.paths = StationPaths(home, state)
        self.files = StationFiles(Folder(home, LastGoodVersions(self.paths.last_good)), machine)
        self.clock = CommuneClock(machine, lambda: self.files.commune.zone)
        self.voices = VoiceEngines(self.paths.voices)
        self.reads = True  # what nobody has read yet is read in this process
        self._texts: ReadingCache | None = None
        self._planner: Planner | None = None

    @cached_property
    def log(self) -> AsRunLog:
        return open_log(self.paths, self.files.commune.id, self.clock.now())

    def close(self) -> None:
        """Let go of the log, where it was opened."""
        if "log" in self.__dict__:
            self.log.close()

    @cached_property
    def programmes(self) -> ProgrammeStore:
        return ProgrammeStore(self.paths.programmes)

    @property
    def planner(self) -> Planner:
        """Of the files as they were read last."""
        if self._planner is None:
            files = self.files
            self._planner = Planner(files.folder, files.contents, self.programmes, self.voices.fingerprint, self.texts)
        return self._planner

    @property
    def texts(self) -> ReadingCache:
        """What the texts of these files say; kept from one reading of the files to the next."""
        commune = self.files.commune
        revision = rules_revision(commune.region, commune.say, commune.abbrev, commune.names)
        if self._texts is None or (self._texts.rules_revision, self._texts.reads) != (revision, self.reads):
            store = ReadingStore(self.paths.readings)
            self._texts = ReadingCache(self.paths.home, store, partial(_own_words, commune), revision, self.reads)
        return self._texts

    def reload(self) -> None:
        """Read the files again."""
        self.files.reload()
        self.voices.look_again()
        self._planner = None


def _own_words(commune: Commune) -> ReadingSettings:
    """The commune's own words; what reads by them is loaded only where something is read."""
    from .read_text import readings

    return readings(commune)
