"""Who is there, what boxes hold, and what was aired of a bulletin where: what people ask a hub.

Only a log that is whole up to what its box has signed is counted (`log_intake.py`). A village has heard a bulletin
where any of its boxes aired it; an airing that two boxes have in their logs counts once, as the one that was heard.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import PurePosixPath

from ...codec import decode
from ...errors import Message, NotFound
from ...fleet.topics import TopicKind
from ...model.alert_answer import AlertState
from ...model.asrun_record import AsRunRecord
from ...model.board import HealthRow, HealthSubject
from ...reports.log_export import BoxLog
from ...reports.records import RecordStore
from ...reports.tally import HEARD, Outcome, TallyLine, tally
from ...store.entries import record_of
from ...trust.signed_documents import EVERY_VILLAGE, Alert
from ..hub_database import HubDatabase, instant_of, text_of
from ..published_files import PublishedScope, scopes_below
from .box_registry import BoxRegistry, RegisteredBox

# One row a box, whatever it has said: who it is, its presence, its health, how far its log has come.
BOXES = f"""
SELECT box.*, presence.at AS since, json_extract(presence.body, '$.on') AS there,
    json_extract(presence.body, '$.software') AS software,
    json_extract(presence.body, '$.held."' || box.scope || '".manifest') AS manifest,
    (SELECT json_group_array(json(value)) FROM json_each(health.body, '$.rows')
     WHERE json_extract(value, '$.wrong') IS NOT NULL) AS wrong, json_extract(health.body, '$.refused') AS refused,
    log.entries AS entries, log.issued AS log_until, refused_log.why AS log_fault,
    refused_log.fault AS fault
FROM box
LEFT JOIN said AS presence ON presence.box = box.id AND presence.kind = '{TopicKind.PRESENCE}'
LEFT JOIN said AS health ON health.box = box.id AND health.kind = '{TopicKind.HEALTH}'
LEFT JOIN (SELECT box, entries, max(issued) AS issued FROM life GROUP BY box) AS log ON log.box = box.id
LEFT JOIN refused_log ON refused_log.box = box.id
"""
HEARD_HERE = ", ".join(f"'{verdict.value}'" for verdict in sorted(HEARD))
LOG_LATE = timedelta(days=1)  # after which a box whose presence nobody tells is not known to be there


class BoxCondition(StrEnum):
    """What is told of a box in one word: the gravest that is wrong with it."""

    REVOKED = "revoked"
    NEVER_THERE = "never-there"
    SILENT = "silent"
    LOG_REFUSED = "log-refused"
    UNWELL = "unwell"  # something keeps it from airing anything, as it says itself
    UNCONFIRMED = "unconfirmed"  # nobody has confirmed that it is in the right village: it airs alarms only
    BEHIND = "behind"  # it holds an older version than is published
    WELL = "well"


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
    wrong: tuple[HealthRow, ...]  # what it says of itself that is not well
    refused: Mapping[str, str]  # scope -> why it has not taken the newest of it, as it says itself
    fault: str  # what is wrong with its log (`LogFault`); "" where an older version has noted it
    replaces: str = ""  # the box whose place it has taken

    def condition(self, now: datetime) -> BoxCondition:
        """The gravest that is wrong with it. Without a broker nobody tells presence: then its log does."""
        wrong = {
            BoxCondition.REVOKED: self.revoked,
            BoxCondition.NEVER_THERE: self.since is None and self.log_until is None,
            BoxCondition.SILENT: not self._is_there(now),
            BoxCondition.LOG_REFUSED: bool(self.log_fault),
            BoxCondition.UNWELL: any(row.serious for row in self.wrong),
            BoxCondition.UNCONFIRMED: any(row.about == HealthSubject.VILLAGE for row in self.wrong),
            BoxCondition.BEHIND: self.since is not None and self.manifest < self.newest,
        }
        return next((condition for condition, is_so in wrong.items() if is_so), BoxCondition.WELL)

    def is_meant(self, alert: Alert) -> bool:
        """Is any of its villages among those that an alert is for?"""
        is_of_audience = not alert.audience or self.scope in alert.audience
        return is_of_audience and (EVERY_VILLAGE in alert.villages or not set(self.villages).isdisjoint(alert.villages))

    def silent_since(self) -> datetime:
        """Since when nobody knows that it is there."""
        if self.since is not None:
            return self.since
        return self.log_until + LOG_LATE if self.log_until else datetime.min.replace(tzinfo=UTC)

    def _is_there(self, now: datetime) -> bool:
        if self.since is None:
            return self.log_until is not None and now - self.log_until < LOG_LATE
        return self.on


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
class AiredBulletin:
    """What was heard of a bulletin: in how many villages, how often, when last. `bulletin`: as boxes call it."""

    bulletin: str
    title: str
    villages: int
    airings: int
    last: datetime


@dataclass(frozen=True, slots=True)
class AlertReach:
    """How many boxes have told that they came to each state of an alert; `first`: when the first of them did."""

    alert: str
    first: datetime
    states: Mapping[AlertState, int]


@dataclass(frozen=True, slots=True)
class BoxBoard:
    """Answers from a hub's database; `published` are the scopes whose files are served."""

    database: HubDatabase
    registry: BoxRegistry
    published: tuple[PublishedScope, ...]

    def boxes(self, scope: str | None = None) -> list[BoxRow]:
        """Those of a scope and of the communes below it, or all."""
        below = self.scopes(scope) if scope else None
        which = f"WHERE box.scope IN ({_marks(below)})" if below else ""
        return self._find_boxes(f"{which} ORDER BY box.scope, box.id", *(below or ()))

    def box(self, ident: str) -> BoxRow:
        """One of them. Raises `NotFound`."""
        return self._find_boxes("WHERE box.id = ?", self.registry.box(ident).id)[0]

    def box_files(self) -> Mapping[str, tuple[str, ...]]:
        """What boxes of each scope play, as each has told last: their box.yaml; not of those that were revoked."""
        rows = self.database.rows(
            "SELECT scope, coalesce(nullif(json_extract(said.body, '$.box_yaml'), ''), box_yaml) AS text FROM box"
            f" LEFT JOIN said ON said.box = box.id AND said.kind = '{TopicKind.HEALTH}'"
            " WHERE revoked IS NULL ORDER BY box.id"
        )
        files: dict[str, list[str]] = {}
        for row in rows:
            if row["text"]:
                files.setdefault(row["scope"], []).append(row["text"])
        return {scope: tuple(texts) for scope, texts in files.items()}

    def last_message(self, box: str, kind: TopicKind) -> bytes | None:
        """The last that a box has said of this kind."""
        row = self.database.row("SELECT body FROM said WHERE box = ? AND kind = ?", box, kind.value)
        return row["body"].encode() if row else None

    def scopes(self, scope: str) -> list[str]:
        """A scope and those below it, nearest first. Raises `NotFound`."""
        if scope not in {office.scope for office in self.published}:
            raise NotFound(Message("{scope} has published nothing at this hub yet", scope=scope))
        return scopes_below(self.published, scope)

    def report(self, scope: str, bulletin: str) -> list[VillageCount]:
        """How often a bulletin of a scope was aired in each village, its own and those below it. Raises `NotFound`."""
        return [count for below in self.scopes(scope) for count in self._count(below, name_at(below, bulletin, scope))]

    def aired_bulletins(self, scope: str, since: datetime) -> list[AiredBulletin]:
        """What was heard of each bulletin in a scope and below it, what was heard last first. Raises `NotFound`."""
        below = self.scopes(scope)
        rows = self.database.rows(
            "SELECT bulletin, max(json_extract(entry, '$.facts.title')) AS title, max(at) AS last,"
            " count(DISTINCT box.scope || '/' || village) AS villages,"
            " count(DISTINCT box.scope || '/' || airing) AS airings"
            f" FROM verdict JOIN box ON box.id = verdict.box WHERE at >= ? AND box.scope IN ({_marks(below)})"
            f" AND bulletin IS NOT NULL AND verdict.verdict IN ({HEARD_HERE}) GROUP BY bulletin ORDER BY last DESC",
            text_of(since),
            *below,
        )
        return [
            AiredBulletin(row["bulletin"], row["title"] or "", row["villages"], row["airings"], instant_of(row["last"]))
            for row in rows
        ]

    def alerts(self, scope: str, boxes: Collection[str] | None = None) -> list[AlertReach]:
        """How far boxes (by their ids; None: all) have come with each alert of a scope, the newest first."""
        only = "" if boxes is None else f"AND box IN ({_marks(boxes)})"
        rows = self.database.rows(
            f"SELECT alert, state, count(*) AS boxes, min(at) AS first FROM receipt WHERE alert GLOB ? {only}"
            " GROUP BY alert, state ORDER BY first",
            f"{scope}/*",
            *(boxes or ()),
        )
        states: dict[str, dict[AlertState, int]] = {}
        first: dict[str, datetime] = {}
        for row in rows:
            first.setdefault(row["alert"], instant_of(row["first"]))
            states.setdefault(row["alert"], {})[AlertState(row["state"])] = row["boxes"]
        return [AlertReach(alert, first[alert], states[alert]) for alert in reversed(states)]

    def signed_since(self, scope: str) -> Mapping[str, datetime]:
        """Since when alerts of a scope lie here signed as they must be; by the SHA-256 of what was signed."""
        rows = self.database.rows("SELECT sha256, at FROM signed_alert WHERE scope = ?", scope)
        return {row["sha256"]: instant_of(row["at"]) for row in rows}

    def receipts(self, alert: str) -> Mapping[str, Mapping[AlertState, datetime]]:
        """To which states each box has come with an alert, and when it told so; by the box's id."""
        states: dict[str, dict[AlertState, datetime]] = {}
        for row in self.database.rows("SELECT box, state, at FROM receipt WHERE alert = ? ORDER BY at", alert):
            states.setdefault(row["box"], {})[AlertState(row["state"])] = instant_of(row["at"])
        return states

    def times_said(self, alert: str) -> Mapping[str, int]:
        """How often each box has said an alert so far, by its id; of those that count."""
        query = "SELECT box, max(json_extract(body, '$.times')) AS times FROM receipt WHERE alert = ? GROUP BY box"
        return {row["box"]: row["times"] for row in self.database.rows(query, alert) if row["times"]}

    def _find_boxes(self, which: str, *values: str) -> list[BoxRow]:
        """Those of a query's end."""
        newest = {office.scope: office.heads.manifest for office in self.published}
        named = {(office.scope, box.public) for office in self.published for box in office.trust.boxes}
        return [_box_row(row, newest, named) for row in self.database.rows(f"{BOXES} {which}", *values)]

    def _count(self, scope: str, bulletin: str) -> Iterator[VillageCount]:
        """The villages of one commune, in order."""
        boxes = self.registry.boxes(scope)
        logs = [log for box in boxes for log in self._logs(box)]
        villages = sorted(
            {*find_schedules(self.published, scope), *(village for box in boxes for village in box.villages)}
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
            f" ORDER BY verdict.verdict NOT IN ({HEARD_HERE}), at",
            *(scope, bulletin),
        )
        return (record_of(json.loads(row["entry"])) for row in rows)

    def _logs(self, box: RegisteredBox) -> Iterator[BoxLog]:
        """The lives of a box's log."""
        rows = self.database.rows(
            "SELECT life.*, (SELECT min(at) FROM verdict WHERE verdict.box = life.box AND verdict.life = life.life)"
            " AS begins FROM life WHERE box = ? ORDER BY issued",
            box.id,
        )
        for row in rows:
            begins = instant_of(row["begins"]) if row["begins"] else None
            ends = instant_of(row["issued"])
            yield BoxLog(box.id, box.scope, frozenset(box.villages), begins, ends, row["entries"], row["head"])


def _box_row(row: sqlite3.Row, newest: dict[str, int], named: Collection[tuple[str, str]]) -> BoxRow:
    """`newest`: the version that each scope has published; `named`: scopes and keys of boxes in trust documents."""
    return BoxRow(
        row["id"],
        row["public"],
        row["name"],
        row["scope"],
        tuple(json.loads(row["villages"])),
        bool(row["there"]),
        instant_of(row["since"]) if row["since"] else None,
        row["software"] or "",
        row["manifest"] or 0,
        newest.get(row["scope"], 0),
        row["entries"] or 0,
        instant_of(row["log_until"]) if row["log_until"] else None,
        row["log_fault"] or "",
        (row["scope"], row["public"]) in named,
        row["revoked"] is not None,
        decode(tuple[HealthRow, ...], json.loads(row["wrong"])),
        json.loads(row["refused"] or "{}"),
        row["fault"] or "",
        row["replaces"],
    )


def name_at(commune: str, bulletin: str, origin: str) -> str:
    """What a commune's boxes call a bulletin of `origin`.

    >>> name_at("ban-may", "bao-so-5", "lao-cai")
    'bao-so-5@lao-cai'
    """
    return bulletin if commune == origin or "@" in bulletin else f"{bulletin}@{origin}"


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))


def find_schedules(published: Sequence[PublishedScope], scope: str) -> Iterator[str]:
    """The villages for which a commune has a schedule; those of an office above communes are named by these."""
    if any(office.trust.parent == scope for office in published):
        return
    for office in published:
        if office.scope == scope and office.manifest:
            paths = map(PurePosixPath, office.manifest.files)
            yield from (path.stem for path in paths if path.parent.name == "schedules")


def _add_up(scope: str, village: str, lines: Sequence[TallyLine], last: datetime | None) -> VillageCount:
    """One village's lines, such as of what was scheduled and what somebody asked for, as one."""
    heard = sum(line.aired + line.replays + line.emergencies for line in lines)
    missed = sum((line.missed for line in lines), Counter[Outcome]())
    counts = tuple(sorted((outcome.value, count) for outcome, count in missed.items()))
    minutes = sum(line.minutes for line in lines)
    return VillageCount(scope, village, heard, minutes, last, counts, any(line.logged for line in lines))
