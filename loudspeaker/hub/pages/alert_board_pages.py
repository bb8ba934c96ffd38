"""Lệnh khẩn at the hub: which alerts there are, how far each has come, and in which villages nobody has heard it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from ...errors import Message, NotFound
from ...model.alert_answer import AlertState
from ...station.signing.alert_packing import alert_lines, cadence_line
from ...trust.signed_documents import Alert
from ..boxes.alert_villages import VillageReach
from ..boxes.box_board import AlertReach, BoxRow
from .cosigners import find_waiting
from .hub_page import HubPage, HubRoutes

# How far a box has come with an alert, the furthest first.
STEPS: Mapping[AlertState, Message] = {
    AlertState.AIRED: Message("has been heard"),
    AlertState.CHECKED: Message("the silent check went well"),
    AlertState.STOPPED: Message("was stopped"),
    AlertState.GIVEN: Message("comes next"),
    AlertState.PREPARED: Message("is prepared, and waits for the second signature"),
    AlertState.ENDED: Message("has ended"),
    AlertState.ELSEWHERE: Message("is for none of its villages"),
    AlertState.FAILED: Message("could not be done so far"),
}


@dataclass(frozen=True, slots=True)
class AlertRow:
    """A signed alert and how far boxes have come with it. `document`: None where its file is not here."""

    alert: str
    title: str
    document: Alert | None
    reach: AlertReach | None
    boxes: int  # that it is for
    missing: int  # signatures, before it is aired

    @property
    def is_alarm(self) -> bool:
        return self.document is not None and self.document.kind.is_alarm

    @property
    def number(self) -> int:
        return int(self.alert.rpartition("/")[2])

    def count(self, state: AlertState) -> int:
        """How many boxes have come so far."""
        return self.reach.states.get(state, 0) if self.reach else 0


@dataclass(frozen=True, slots=True)
class ReachSummary:
    """The villages of an alarm: how many have heard it; the others, those that nobody has called first."""

    villages: Sequence[VillageReach]

    @property
    def aired(self) -> int:
        return sum(village.aired for village in self.villages)

    @property
    def silent(self) -> list[VillageReach]:
        """By commune, those in which most is missing first."""
        silent = [village for village in self.villages if not village.aired]
        counts = Counter(village.scope for village in silent)
        return sorted(silent, key=lambda row: (row.call is not None, -counts[row.scope], row.commune, row.name))

    @property
    def calls(self) -> int:
        """How many of the others somebody has called."""
        return sum(village.call is not None for village in self.silent)


def show_alerts(page: HubPage) -> Response:
    """The signed alerts of an office, the newest first; of one above theirs, as far as it is for theirs."""
    scope = _asked_office(page)
    offices = [(office, page.hub.office_name(office)) for office in page.hub.alert_scopes()]
    return page.page(
        "hub_alerts.html",
        scope=scope,
        offices=offices,
        is_own=page.hub.sees(scope),
        is_commune=all(office.trust.parent != scope for office in page.offices()),
        alerts=_alerts(page, scope) if scope else [],
        steps=STEPS,
    )


def show_alert(page: HubPage) -> Response:
    """How far each village and box has come with an alert, those that have not aired it first. Raises `NotFound`."""
    row = _find_row(page)
    scope = page.path["scope"]
    is_given = row.is_alarm and not row.missing
    reach = ReachSummary(page.hub.alert_villages(row.document)) if row.document and is_given else None
    if page.is_fragment and reach:
        return page.page("hub_alert_part.html", reach=reach)
    served = page.hub.served_alert(scope, row.number) if row.missing else None
    waiting = find_waiting(page, served) if served else None
    facts = {"scope": scope, "alert": row, "boxes": _boxes(page, row), "steps": STEPS, "reach": reach}
    again = cadence_line(row.document, page.now.tzinfo) if row.document else None
    facts |= {"again": again, "said": page.hub.times_said(row.alert) if again else {}}
    is_own = page.hub.sees(scope)
    office = page.hub.office_name(scope)
    return page.page("hub_alert.html", **facts, waiting=waiting, is_own=is_own, office=office)


def note_called(page: HubPage) -> Response:
    """Keep the word of whoever has called a village. Raises `NotFound`."""
    row = _find_row(page)
    scope, _, village = page.text("village").partition("/")
    if row.document is None:
        raise _unknown_alert(page)
    page.hub.note_call(row.document, scope, village, page.person.account.name)
    return page.go(f"/lenh/{row.alert}")


def _asked_office(page: HubPage) -> str:
    """The office that is asked about (`cap`), one above theirs, too. Raises `NotFound`."""
    chosen = page.query.get("cap", "")
    return chosen if chosen in page.hub.alert_scopes() else page.office()


def _find_row(page: HubPage) -> AlertRow:
    """The alert of the address. Raises `NotFound`."""
    scope, number = page.path["scope"], page.path["number"]
    row = next((alert for alert in _alerts(page, scope) if str(alert.number) == number), None)
    if row is None:
        raise _unknown_alert(page)
    return row


def _unknown_alert(page: HubPage) -> NotFound:
    alert = f"{page.path['scope']}/{page.path['number']}"
    return NotFound(Message("there is no alert {alert} here", alert=alert))


def _boxes(page: HubPage, row: AlertRow) -> list[tuple[BoxRow, str, AlertState | None, datetime | None]]:
    """Each box that it is for, with its commune, its furthest step and when it came there; those without one first."""
    receipts, furthest = page.hub.receipts(row.alert), list(STEPS)
    boxes = []
    for box in page.hub.alert_boxes(page.path["scope"]):
        states = receipts.get(box.box, {})
        if not box.revoked and (states or _is_for(row.document, box)):
            step = next((state for state in furthest if state in states), None)
            boxes.append((box, page.hub.office_name(box.scope), step, page.local(states.get(step)) if step else None))
    return sorted(boxes, key=lambda line: (-1 if line[2] is None else -furthest.index(line[2]), line[1], line[0].name))


def _alerts(page: HubPage, scope: str) -> list[AlertRow]:
    signed = page.hub.alerts(scope)
    documents = {opened.document.id: opened.document for opened in signed}
    missing = {opened.document.id: opened.missing for opened in signed}
    is_own = page.hub.sees(scope)
    reached = {reach.alert: reach for reach in page.hub.alert_reach(scope) if is_own or reach.alert in documents}
    boxes = [box for box in page.hub.alert_boxes(scope) if not box.revoked]
    rows = [
        AlertRow(
            alert,
            _alert_title(page, documents.get(alert)),
            documents.get(alert),
            reached.get(alert),
            sum(_is_for(documents.get(alert), box) for box in boxes),
            missing.get(alert, 0),
        )
        for alert in {**documents, **reached}
    ]
    return sorted(rows, key=lambda row: row.number, reverse=True)


def _is_for(alert: Alert | None, box: BoxRow) -> bool:
    """For all that anybody knows of it."""
    return alert is None or box.is_meant(alert)


def _alert_title(page: HubPage, alert: Alert | None) -> str:
    if alert is None:
        return ""
    if alert.bulletin:
        return page.hub.alert_head(alert).title
    return alert.text or alert_lines(alert)[0].say(page.site.translate)


ROUTES: HubRoutes = {
    "GET /lenh": show_alerts,
    "GET /lenh/{scope}/{number}": show_alert,
    "POST /lenh/{scope}/{number}/da-goi": note_called,
}
