"""Who is there, what boxes hold, and what was aired of a bulletin where: what people ask a hub.

Only a log that is whole up to what its box has signed is counted (`log_intake.py`). A village has heard a bulletin
where any of its boxes aired it; an airing that two boxes have in their logs counts once, as the one that was heard.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from ..errors import Message, NotFound
from ..fleet.topics import HeldVersions, Presence, TopicKind, parse_message
from ..model.asrun_record import AsRunRecord
from ..reports.log_export import BoxLog
from ..reports.records import RecordStore
from ..reports.tally import HEARD, Outcome, TallyLine, tally
from ..store.entries import record_of
from .box_registry import BoxRegistry, RegisteredBox
from .hub_database import HubDatabase, instant_of
from .published_files import PublishedScope

NOWHERE = HeldVersions()


@dataclass(frozen=True, slots=True)
class BoxRow:
    """One box as the hub knows it."""

    box: str
    public: str  # its key, for a trust document of its commune
    name: str
    scope: str
    villages: tuple[str, ...]
    on: bool
    since: datetime | None  # of its presence, or of its absence; None: it was never there
    software: str
    manifest: int  # the version of its commune's that it holds, 0 for none
    newest: int  # that is published
    entries: int  # of its log, that are here
    log_until: datetime | None
    log_fault: str  # why its log was last not believed
    confirmed: bool  # it stands in its commune's trust document
    revoked: bool


@dataclass(frozen=True, slots=True)
class VillageCount:
    """How often a bulletin was aired in a village. `last`: when it was heard last; `missed`: what else came of it."""

    scope: str
    village: str
    aired: int
    minutes: float
    last: datetime | None
    missed: tuple[tuple[str, int], ...]
    logged: bool  # False: of this village no log has come


@dataclass(frozen=True, slots=True)
class BoxBoard:
    """Answers from a hub's database; `published` are the scopes whose files are served."""

    database: HubDatabase
    registry: BoxRegistry
    published: tuple[PublishedScope, ...]

    def boxes(self, scope: str | None = None) -> list[BoxRow]:
        """Those of a scope and of the communes below it, or all."""
        below = self.scopes(scope) if scope else None
        return [self._row(box) for box in self.registry.boxes() if below is None or box.scope in below]

    def scopes(self, scope: str) -> list[str]:
        """A scope and those below it. Raises `NotFound`."""
        if scope not in {one.scope for one in self.published}:
            raise NotFound(Message("{scope} has published nothing at this hub yet", scope=scope))
        found = [scope]
        for one in self.published:  # offices come before those below them
            if one.trust.parent in found and one.scope not in found:
                found.append(one.scope)
        return found

    def report(self, scope: str, bulletin: str) -> list[VillageCount]:
        """How often a bulletin of a scope was aired in each village, its own and those below it. Raises `NotFound`."""
        return [count for one in self.scopes(scope) for count in self._count(one, name_at(one, bulletin, scope))]

    def _count(self, scope: str, bulletin: str) -> Iterator[VillageCount]:
        """The villages of one commune, in order."""
        boxes = self.registry.boxes(scope)
        logs = [log for box in boxes for log in self._logs(box)]
        villages = sorted(
            {*_find_schedules(self.published, scope), *(village for box in boxes for village in box.villages)}
        )
        with closing(RecordStore(lambda record: True)) as records:
            records.add(self._records(scope, bulletin))
            lines = tally(logs, records, [], villages)
            last = {record.village: record.started_at for record in records if record.verdict in HEARD}
        for village in villages:
            yield _add_up(scope, village, [line for line in lines if line.village == village], last.get(village))

    def _records(self, scope: str, bulletin: str) -> Iterable[AsRunRecord]:
        """Of each airing that several boxes have logged the one first that was heard."""
        rows = self.database.rows(
            "SELECT entry FROM verdict JOIN box ON box.id = verdict.box WHERE box.scope = ? AND bulletin = ?"
            f" ORDER BY verdict.verdict NOT IN ({', '.join('?' * len(HEARD))}), at",
            *(scope, bulletin, *(verdict.value for verdict in HEARD)),
        )
        return (record_of(json.loads(row["entry"])) for row in rows)

    def _logs(self, box: RegisteredBox) -> Iterator[BoxLog]:
        """The lives of a box's log."""
        rows = self.database.rows("SELECT * FROM life WHERE box = ? ORDER BY issued", box.id)
        for row in rows:
            first = self.database.row("SELECT min(at) FROM verdict WHERE box = ? AND life = ?", box.id, row["life"])
            begins = instant_of(first[0]) if first and first[0] else None
            ends = instant_of(row["issued"])
            yield BoxLog(box.id, box.scope, frozenset(box.villages), begins, ends, row["entries"], row["head"])

    def _row(self, box: RegisteredBox) -> BoxRow:
        presence, since = self._presence(box)
        log = max(self._logs(box), key=lambda one: one.ends, default=None)
        fault = self.database.row("SELECT why FROM refused_log WHERE box = ?", box.id)
        own = next((one for one in self.published if one.scope == box.scope), None)
        return BoxRow(
            box.id,
            box.public,
            box.name,
            box.scope,
            box.villages,
            presence.on,
            since,
            presence.software,
            presence.held.get(box.scope, NOWHERE).manifest,
            own.heads.manifest if own else 0,
            log.entries if log else 0,
            log.ends if log else None,
            fault["why"] if fault else "",
            bool(own and any(one.public == box.public for one in own.trust.boxes)),
            box.revoked is not None,
        )

    def _presence(self, box: RegisteredBox) -> tuple[Presence, datetime | None]:
        row = self.database.row("SELECT * FROM said WHERE box = ? AND kind = ?", box.id, TopicKind.PRESENCE.value)
        if row is None:
            return Presence(False), None
        return parse_message(Presence, row["body"].encode()), instant_of(row["at"])


def name_at(commune: str, bulletin: str, origin: str) -> str:
    """What a commune's boxes call a bulletin of `origin`.

    >>> name_at("ban-may", "bao-so-5", "lao-cai")
    'bao-so-5@lao-cai'
    """
    return bulletin if commune == origin or "@" in bulletin else f"{bulletin}@{origin}"


def _find_schedules(published: Iterable[PublishedScope], scope: str) -> Iterator[str]:
    """The villages for which a commune has a schedule."""
    for one in published:
        if one.scope == scope and one.manifest:
            paths = map(PurePosixPath, one.manifest.files)
            yield from (path.stem for path in paths if path.parent.name == "schedules")


def _add_up(scope: str, village: str, lines: Sequence[TallyLine], last: datetime | None) -> VillageCount:
    """One village's lines, such as of what was scheduled and what somebody asked for, as one."""
    heard = sum(line.aired + line.replays + line.emergencies for line in lines)
    missed = sum((line.missed for line in lines), Counter[Outcome]())
    counts = tuple(sorted((outcome.value, count) for outcome, count in missed.items()))
    minutes = sum(line.minutes for line in lines)
    return VillageCount(scope, village, heard, minutes, last, counts, any(line.logged for line in lines))
