"""How far an alert comes, village by village: where it is to be heard, where it was, and where not and why.

A village has heard an alarm where a box that plays it has told so, or has it in its log as heard; a log that says
otherwise goes before what a box has told. Who has called a village has told it, which is a word and no airing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from ...errors import Message
from ...fleet.topics import Receipt, parse_message
from ...model.alert_answer import AlertState
from ...model.commune import Contact
from ...model.enums import ALARM, Verdict
from ...reports.outcome_words import VERDICTS
from ...reports.tally import HEARD
from ...station.deliveries.delivered_names import NO_BOX, DeliveredNames
from ...trust.signed_documents import EVERY_VILLAGE, Alert
from ..hub_database import HubDatabase, instant_of, text_of
from .box_board import BoxCondition, BoxRow

TROUBLES: Mapping[BoxCondition, Message] = {
    BoxCondition.NEVER_THERE: Message("its box has never been connected"),
    BoxCondition.UNWELL: Message("its box cannot air anything"),
}
# Of several boxes that play a village the first that is in one of these conditions is asked.
BEST = (
    *(BoxCondition.WELL, BoxCondition.BEHIND, BoxCondition.LOG_REFUSED, BoxCondition.UNWELL),
    *(BoxCondition.NEVER_THERE, BoxCondition.SILENT, BoxCondition.REVOKED),
)
LASTING = timedelta(days=1)  # after an alert was given, until its last airing at the latest
# Why a village has not heard it, by how far its box has come.
STATES: Mapping[AlertState, Message] = {
    AlertState.GIVEN: Message("its box is about to air it"),
    AlertState.PREPARED: Message("its box has got no second signature yet"),
    AlertState.ENDED: Message("it ended before the box aired it"),
    AlertState.STOPPED: Message("it was stopped at the box"),
    AlertState.ELSEWHERE: Message("its box says that it plays other villages"),
}


@dataclass(frozen=True, slots=True)
class VillageCall:
    """Somebody has called a village, and says that it knows."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VillageReach:
    """One village of an alert. `reason`: why it has not heard it, or will not as things are; None: it has, or will."""

    scope: str
    village: str
    commune: str
    name: str
    contact: Contact | None
    aired: bool
    reason: Message | str | None
    call: VillageCall | None = None


@dataclass(frozen=True, slots=True)
class AlertAudience:
    """Whom an alert is for: communes by their names in files, where they have published any, and all boxes of them."""

    alert: Alert
    communes: Mapping[str, DeliveredNames | None]
    boxes: Sequence[BoxRow]

    def villages(self) -> Iterator[tuple[str, str, list[BoxRow]]]:
        """Commune, village, and the boxes that play it."""
        by_scope: dict[str, list[BoxRow]] = {}
        for box in self.boxes:
            if not box.revoked:
                by_scope.setdefault(box.scope, []).append(box)
        for scope, names in self.communes.items():
            boxes = by_scope.get(scope, [])
            played = [village for box in boxes for village in box.villages]
            for village in dict.fromkeys((*(names.villages() if names else ()), *played)):
                if EVERY_VILLAGE in self.alert.villages or village in self.alert.villages:
                    yield scope, village, [box for box in boxes if village in box.villages]

    def expect(self, now: datetime) -> list[VillageReach]:
        """What would come of it as boxes are now."""
        return [
            self._reach(scope, village, False, _find_trouble(boxes, now) or self._refuse_drill(scope, village, now))
            for scope, village, boxes in self.villages()
        ]

    def _refuse_drill(self, scope: str, village: str, now: datetime) -> Message | None:
        """Why a drill would not be given there now."""
        names = self.communes[scope]
        if self.alert.drill and names and not names.is_open(village, now):
            return Message("a drill is given in the hours of the policy only, which are not now")
        return None

    def _reach(
        self, scope: str, village: str, aired: bool, reason: Message | str | None, call: VillageCall | None = None
    ) -> VillageReach:
        names = self.communes[scope]
        commune = names.commune() if names else scope
        name, contact = (names.village(village), names.contact(village)) if names else (village, None)
        return VillageReach(scope, village, commune, name, contact, aired, reason, call)

    def find(self, database: HubDatabase, now: datetime) -> list[VillageReach]:
        """What has come of it."""
        calls, heard = _read_calls(database, self.alert), _BoxWords.read(database, self.alert, now.tzinfo)
        reached = []
        for scope, village, boxes in self.villages():
            aired = heard.is_aired(village, boxes)
            reason = None if aired else heard.explain(village, boxes, now)
            reached.append(self._reach(scope, village, aired, reason, calls.get((scope, village))))
        return reached


@dataclass(frozen=True, slots=True)
class _BoxWords:
    """What boxes have told of an alert, by their ids, and what their logs say of it, by box and village."""

    states: Mapping[str, Sequence[AlertState]]
    failed: Mapping[str, str]  # why, in the box's own words
    logged: Mapping[tuple[str, str], Verdict]

    @classmethod
    def read(cls, database: HubDatabase, alert: Alert, zone: tzinfo | None) -> _BoxWords:
        return cls(*_read_receipts(database, alert), _read_verdicts(database, alert, zone))

    def is_aired(self, village: str, boxes: Sequence[BoxRow]) -> bool:
        return any(self._has_aired(village, box.box) for box in boxes)

    def _has_aired(self, village: str, box: str) -> bool:
        verdict = self.logged.get((box, village))
        return verdict in HEARD if verdict else AlertState.AIRED in self.states.get(box, ())

    def explain(self, village: str, boxes: Sequence[BoxRow], now: datetime) -> Message | str:
        """Why none of a village's boxes has aired it."""
        logged = [self.logged[box.box, village] for box in boxes if (box.box, village) in self.logged]
        failed = [self.failed[box.box] for box in boxes if box.box in self.failed]
        reached = {state for box in boxes for state in self.states.get(box.box, ())}
        words = [words for state, words in STATES.items() if state in reached]
        reasons: list[Message | str] = [*(VERDICTS[verdict] for verdict in logged), *filter(None, failed), *words]
        return next(iter(reasons), None) or _find_trouble(boxes, now) or Message("its box has not answered")


def _find_trouble(boxes: Sequence[BoxRow], now: datetime) -> Message | None:
    """Why a village would not hear anything now; None where one of its boxes is there and well."""
    if not boxes:
        return NO_BOX
    box = min(boxes, key=lambda box: BEST.index(box.condition(now)))
    return _box_trouble(box, now)


def _box_trouble(box: BoxRow, now: datetime) -> Message | None:
    condition = box.condition(now)
    if condition is BoxCondition.SILENT:
        since = box.silent_since().astimezone(now.tzinfo)
        return Message("its box is silent since {at}", at=f"{since:%H:%M %d/%m}")
    return TROUBLES.get(condition)


def _read_receipts(database: HubDatabase, alert: Alert) -> tuple[Mapping[str, Sequence[AlertState]], Mapping[str, str]]:
    """The states of each box, and why it has failed, in its own words."""
    states: dict[str, list[AlertState]] = {}
    failed: dict[str, str] = {}
    for row in database.rows("SELECT box, state, body FROM receipt WHERE alert = ? ORDER BY at", alert.id):
        state = AlertState(row["state"])
        states.setdefault(row["box"], []).append(state)
        if state is AlertState.FAILED:
            failed[row["box"]] = parse_message(Receipt, row["body"].encode()).why
    return states, failed


def _read_verdicts(database: HubDatabase, alert: Alert, zone: tzinfo | None) -> Mapping[tuple[str, str], Verdict]:
    """By box and village, what its log says of the alert; that it was heard goes before all else."""
    stamp = f"{alert.issued.astimezone(zone):%Y-%m-%dT%H:%M:%S}"
    own = f"%/{ALARM}@{alert.scope}/{stamp}"
    rows = database.rows(
        "SELECT box, village, verdict FROM verdict WHERE at >= ? AND at <= ? AND airing LIKE ?",
        *(text_of(alert.issued - LASTING), text_of(alert.issued + LASTING), own),
    )
    verdicts: dict[tuple[str, str], Verdict] = {}
    for row in rows:
        key, verdict = (row["box"], row["village"]), Verdict(row["verdict"])
        if verdicts.get(key) not in HEARD:
            verdicts[key] = verdict
    return verdicts


def _read_calls(database: HubDatabase, alert: Alert) -> Mapping[tuple[str, str], VillageCall]:
    rows = database.rows("SELECT * FROM village_told WHERE alert = ?", alert.id)
    return {(row["scope"], row["village"]): VillageCall(row["name"], instant_of(row["at"])) for row in rows}


def note_call(database: HubDatabase, alert: Alert, scope: str, village: str, call: VillageCall) -> None:
    """Keep that somebody has called a village; who was first stays. Raises `WriteError`."""
    values = alert.id, scope, village, text_of(call.at), call.name
    with database.change() as connection:
        connection.execute("INSERT OR IGNORE INTO village_told VALUES (?, ?, ?, ?, ?)", values)
