"""Rules become airings: a pure function of files, facts and a window. No clock is read here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from .airing import Airing, BulletinFacts, Marks, SessionWords
from .box import Box
from .broadcasts import VillageSchedule
from .commune import Commune

NO_MARKS = Marks()
NO_WORDS = SessionWords()


def plan(
    commune: Commune,
    box: Box,
    schedules: Iterable[VillageSchedule],
    facts: Mapping[str, BulletinFacts],
    begins: datetime,
    ends: datetime,
    marks: Marks = NO_MARKS,
    words: SessionWords = NO_WORDS,
) -> list[Airing]:
    """Every airing scheduled from `begins` up to, but not including, `ends`, in order; refused ones too."""
    raise NotImplementedError
