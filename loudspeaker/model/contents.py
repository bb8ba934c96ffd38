"""People's files as values, all of them together: as they were read, and as what a plan is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import Problem
from .airing import BulletinFacts, Restrictions, SessionWords
from .box import Box
from .broadcast import VillageSchedule
from .bulletin import Bulletin
from .commune import Commune


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that is sound in a station's folder, and what is not."""

    commune: Commune
    box: Box
    schedules: tuple[VillageSchedule, ...]
    bulletins: Mapping[str, Bulletin]
    broken: frozenset[str]  # ids of bulletins that are there but cannot be used
    revisions: Mapping[str, str]  # path -> SHA-256 of the bytes that were used
    problems: tuple[Problem, ...]
    received: tuple[VillageSchedule, ...] = ()  # of offices above the commune, each for all of its villages
    offices: Mapping[str, str] = field(default_factory=dict)  # scope -> what that office calls itself

    @property
    def voices(self) -> tuple[str, ...]:
        """engine:voice, in the order in which they are tried: this box's own, then the commune's."""
        return voices_in_order(self.commune, self.box)

    def office_name(self, scope: str) -> str:
        """What an office is called that has sent something; its scope where nobody has told."""
        return self.offices.get(scope, scope)


def voices_in_order(commune: Commune, box: Box) -> tuple[str, ...]:
    """engine:voice, each once: the box's own, then the commune's."""
    return tuple(dict.fromkeys((*box.voices, *commune.voices)))


@dataclass(frozen=True, slots=True)
class PlanInput:
    """What `plan` and `recheck` are asked about. Another one plans a change that is not saved."""

    commune: Commune
    box: Box
    schedules: Sequence[VillageSchedule]
    facts: Mapping[str, BulletinFacts]  # by the bulletin's id
    restrictions: Restrictions = field(default_factory=Restrictions)
    words: SessionWords = field(default_factory=SessionWords)
    most: int | None = None  # airings of one day that are planned; None: all
