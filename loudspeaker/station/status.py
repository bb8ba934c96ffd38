"""The station at one glance: what is on the air, what comes next, and what is wrong. Values; asks nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from ..model.enums import Expected
from .devices import Ailment
from .preparation import Row

NEXT = 5  # airings


@dataclass(frozen=True, slots=True)
class Status:
    """`running`: does the daemon answer? `next` are rows as of `plan`."""

    running: bool
    on: tuple[Row, ...]
    next: tuple[Row, ...]
    wrong: tuple[Ailment, ...]

    def row(self, say: Callable[[str], str]) -> Row:
        problems = [ailment.told(say) for ailment in self.wrong]
        return {"on": list(self.on), "next": list(self.next), "problems": problems}


def to_come(planned: Iterable[Row], now: datetime, on: Iterable[Row]) -> tuple[Row, ...]:
    """The first of `planned` that this box is still to air, without those that are on the air already."""
    heard = {row["id"] for row in on}
    waiting = [row for row in planned if row["verdict"] is None and row["expected"] == Expected.AIR and row["output"]]
    later = [row for row in waiting if row["id"] not in heard and datetime.fromisoformat(row["starts_at"]) > now]
    return tuple(sorted(later, key=lambda row: datetime.fromisoformat(row["starts_at"])))[:NEXT]
