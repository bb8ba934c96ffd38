"""Changes of people's files before they are saved, and their saving.

bulletin_editing  bulletins          schedule_editing  schedules          commune_editing  commune.yaml
what_if           what a change does to the plan and to approvals
bulletin_export   a bulletin as a sound file, with its picture (numpy)
"""

from __future__ import annotations

from collections.abc import Callable

from ...store.asrun import AsRunLog
from ..commune_clock import CommuneClock
from ..paths import StationPaths
from ..people_files import StationFiles
from ..planner import Planner
from .bulletin_editing import BulletinEditing
from .commune_editing import CommuneEditing
from .schedule_editing import ScheduleEditing


class Editing:
    """What is done with people's files, with a face for each kind of them. `log` opens the station's log."""

    def __init__(
        self,
        paths: StationPaths,
        files: StationFiles,
        clock: CommuneClock,
        planner: Planner,
        log: Callable[[], AsRunLog],
    ) -> None:
        self.bulletins = BulletinEditing(paths, files, planner, log)
        self.schedules = ScheduleEditing(paths, files, clock, planner, log)
        self.commune = CommuneEditing(paths, files, clock, planner, log)
