"""One commune's station on this machine: its parts, wired here and nowhere else."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ..clock import SystemClock
from ..interfaces import Clock
from ..store.asrun import AsRunLog
from ..store.atomic import make_private_folder
from .airings import StationAirings
from .commune_clock import CommuneClock
from .log_file import open_log
from .paths import StationPaths
from .people_files import StationFiles, find_sources, open_folder
from .planner import Planner
from .preparation import Preparation
from .voice_engines import VoiceEngines

if TYPE_CHECKING:
    from .editing import Editing
    from .emergency.alerts import Alerts


class Station:
    """The parts of one station, each with a face of its own. What takes long is made when it is first asked for."""

    def __init__(
        self, paths: StationPaths, clock: Clock | None = None, log: AsRunLog | None = None, writes: bool = True
    ) -> None:
        """Read people's files. `log` stands in for the one in `paths`, which is only read where not `writes`.

        Raises `BadFile`.
        """
        if (paths.home / "commune.yaml").exists():
            make_private_folder(paths.state)  # else there is no station, and nothing to keep
        machine = clock or SystemClock()
        self.paths = paths
        self.files = StationFiles(open_folder(paths), machine)
        self.clock = CommuneClock(machine, lambda: self.files.commune.zone)
        self._voices = VoiceEngines(paths.voices)
        self._log = log
        self._writes = writes

    @classmethod
    def open(
        cls,
        home: Path,
        state: Path | None = None,
        *,
        clock: Clock | None = None,
        log: AsRunLog | None = None,
        writes: bool = True,
    ) -> Self:
        """The station with its files in `home` and its log in `state` (home/.state). Raises `BadFile`."""
        return cls(StationPaths(home, state or home / ".state"), clock, log, writes)

    @property
    def log(self) -> AsRunLog:
        """The as-run log, opened when it is first asked for. Raises `LogUnusable`, `Refused` where it is another's."""
        if self._log is None and not self._writes:
            self._log = AsRunLog.open_read_only(self.paths.log, self.files.commune.id)
        elif self._log is None:
            self._log = open_log(self.paths, self.files.commune.id, self.clock.now())
        return self._log

    @cached_property
    def planner(self) -> Planner:
        return Planner(self.paths, self.files, self._voices)

    @cached_property
    def preparation(self) -> Preparation:
        return Preparation(self.paths, self.files, self.clock, self._voices, self.planner, lambda: self.log)

    @cached_property
    def alerts(self) -> Alerts:
        from .emergency.alerts import Alerts  # whoever only looks or edits does without

        return Alerts(self.files, self.clock, self._voices, self.planner, lambda: self.log)

    @cached_property
    def airings(self) -> StationAirings:
        return StationAirings(self.files, self.clock, self.planner, lambda: self.log)

    @cached_property
    def editing(self) -> Editing:
        from .editing import Editing  # whoever only looks does without, and so does an alarm

        return Editing(self.paths, self.files, self.clock, self.planner, lambda: self.log)

    def reload(self, reads: bool | None = None) -> None:
        """Read the files again. Raises `BadFile`; what was read before then stays.

        `reads`: are texts that nobody has read yet read in this process? As before, where nothing is said.
        """
        self.files.folder.sources = find_sources(self.paths)
        self.files.reload()
        self._voices.look_again()
        self.planner.take_up(reads)

    def close(self) -> None:
        """Let go of the log, where it was opened; it is opened again when it is next asked for."""
        log, self._log = self._log, None
        if log:
            log.close()
