"""The sound that a request waits for: found where it was made, else made by the daemon's children."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from ..codec import encode
from ..errors import BeingRead, LoudspeakerError, Message
from ..model.programme import Programme
from ..production.specification import NOT_READ_YET, ProgrammeSpec
from ..station.station import Station
from .render_jobs import RenderJobs


@dataclass(frozen=True, slots=True)
class RequestSound:
    """The sound that requests to one daemon need. Without `jobs` nothing is made: the caller has made it before."""

    station: Station
    jobs: RenderJobs | None
    postponed: list[Callable[[], Iterable[ProgrammeSpec]]] = field(default_factory=list)

    def must_be_over(self, recipes: Iterable[str]) -> None:
        """Raises `BeingMade` while any of these is being made."""
        if self.jobs and self.jobs.collect():
            self.jobs.must_be_over(recipes)

    def await_made(self, specs: Iterable[ProgrammeSpec]) -> None:
        """Begin to make the sound of these that is missing. Raises `BeingMade` until that has ended, well or not."""
        missing = [spec for spec in specs if not self.station.planner.find_programme(spec)]
        if not self.jobs or not missing:
            return
        wanted = {self.station.planner.recipe(spec): encode(spec.job()) for spec in missing}
        self.jobs.collect()
        self.jobs.must_be_over(wanted)
        if not any(map(self.jobs.has_failed, wanted)) and self.jobs.start(wanted):
            self.jobs.must_be_over(wanted)

    def start_making(self, specs: Iterable[ProgrammeSpec]) -> None:
        """Have made what of these nobody has made yet, and wait for nothing."""
        wanted = self.station.alerts.missing_sound(specs)
        if self.jobs and wanted:
            self.jobs.start(wanted)

    def make_later(self, specs: Callable[[], Iterable[ProgrammeSpec]]) -> None:
        """Have these made behind all else, when what is to be heard now has begun: finding them takes its time, too."""
        self.postponed.append(specs)

    def start_postponed(self) -> None:
        """Begin with what was left for later. It fails alone: nobody waits for it."""
        while self.postponed:
            with suppress(LoudspeakerError):
                wanted = self.station.alerts.missing_sound(self.postponed.pop(0)())
                if self.jobs and wanted:
                    self.jobs.start({}, wanted)

    def find_made(self, spec: ProgrammeSpec) -> Programme:
        """What was made by this. Raises `BeingRead`, and what kept it from being made."""
        if spec.unread:
            raise BeingRead(NOT_READ_YET)
        programme = self.station.planner.find_programme(spec)
        if programme is None:
            failure = self.jobs and self.jobs.take_failure(self.station.planner.recipe(spec))
            raise failure or LoudspeakerError(Message("its sound has not been made"))
        return programme
