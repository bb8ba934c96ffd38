"""All that a plan depends on but its window: people's files as values, facts of bulletins, people's decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..model.airing import BulletinFacts, Restrictions, SessionWords
from ..model.box import Box
from ..model.broadcast import VillageSchedule
from ..model.commune import Commune


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
