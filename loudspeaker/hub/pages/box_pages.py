"""Máy: communes and how their boxes are, the boxes of one, one box; and what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from ...errors import BadUsage, LoudspeakerError, Message
from ...fleet.topics import BoxHealth, parse_message
from ...web.site_pages import status_of
from ..boxes.box_board import BoxCondition, BoxRow
from ..watch.incidents import Incident, IncidentKind
from .hub_page import HubPage, HubRoutes

# A word for each condition, and how it looks: as a class of console.css.
CONDITIONS: Mapping[BoxCondition, tuple[Message, str]] = {
    BoxCondition.SILENT: (Message("is silent"), "bad"),
    BoxCondition.LOG_REFUSED: (Message("its log is not believed"), "bad"),
    BoxCondition.UNWELL: (Message("cannot air anything"), "bad"),
    BoxCondition.UNCONFIRMED: (Message("right village not confirmed"), "warn"),
    BoxCondition.BEHIND: (Message("has not taken the newest version"), "warn"),
    BoxCondition.NEVER_THERE: (Message("has never been connected"), "warn"),
    BoxCondition.WELL: (Message("is well"), "good"),
    BoxCondition.REVOKED: (Message("was revoked"), "small"),
}
MOST_INCIDENTS = 100
TROUBLES = (BoxCondition.SILENT, BoxCondition.LOG_REFUSED, BoxCondition.UNWELL)


@dataclass(frozen=True, slots=True)
class CommuneBoxes:
    """A commune at a glance."""

    scope: str
    name: str
    counts: Mapping[BoxCondition, int]

    @property
    def boxes(self) -> int:
        return sum(self.counts.values())

    @property
    def troubled(self) -> int:
        return sum(self.counts.get(condition, 0) for condition in TROUBLES)


@dataclass(frozen=True, slots=True)
class ShownBox:
    """A box with the names of its villages."""

    row: BoxRow
    condition: BoxCondition
    commune: str
    villages: Sequence[str]

    @property
    def name(self) -> str:
        return self.row.name or self.row.box


def show_board(page: HubPage) -> Response:
    """All communes, those with troubles first; where there is one only, its boxes."""
    rows = page.hub.boxes()
    scopes = sorted({row.scope for row in rows})
    if len(scopes) == 1:
        return _show_boxes(page, scopes[0], rows)
    communes = [_commune(page, scope, [row for row in rows if row.scope == scope]) for scope in scopes]
    communes.sort(key=lambda commune: (-commune.troubled, commune.name))
    template = "hub_communes_part.html" if page.is_fragment else "hub_communes.html"
    return page.page(template, communes=communes, counts=_count(page, rows), words=CONDITIONS, at=page.now)


def show_commune(page: HubPage) -> Response:
    """The boxes of one commune. Raises `NotFound`."""
    scope = page.path["scope"]
    return _show_boxes(page, scope, [row for row in page.hub.boxes(scope) if row.scope == scope])


def show_box(page: HubPage, error: LoudspeakerError | None = None) -> Response:
    """One box, with what it says of itself. Raises `NotFound`."""
    row = page.hub.box(page.path["box"])
    message = page.hub.health(row.box)
    health = parse_message(BoxHealth, message) if message else None
    status = status_of(error) if error else 200
    return page.page("hub_box.html", status, box=_box_line(page, row), health=health, error=error, words=CONDITIONS)


def revoke_box(page: HubPage) -> Response:
    """Done where the box was ticked that says so. Raises `NotFound`, `Refused`."""
    page.must_be_proved()
    box = page.path["box"]
    if not page.text("sure"):
        return show_box(page, BadUsage(Message("tick the box first: a box that was revoked has to join again")))
    page.hub.revoke(box)
    return page.go(f"/may/{box}")


def show_incidents(page: HubPage) -> Response:
    """What stands and what was, the latest first."""
    incidents = [(incident, _address(incident)) for incident in page.hub.incidents(MOST_INCIDENTS)]
    return page.page("hub_incidents.html", incidents=incidents)


def _address(incident: Incident) -> str:
    """Where there is more about it; "" where there is no more."""
    if not incident.about:
        return ""
    if incident.kind in (IncidentKind.MISSED_ALERT, IncidentKind.MISSED_CHECK):
        return f"/lenh/{incident.about}"
    if incident.kind in (IncidentKind.BAD_VERSION, IncidentKind.DAMAGED_FILE):
        return "/"
    return f"/may/{incident.about}"


def _show_boxes(page: HubPage, scope: str, rows: Sequence[BoxRow]) -> Response:
    worst = list(CONDITIONS)
    boxes = sorted((_box_line(page, row) for row in rows), key=lambda box: (worst.index(box.condition), box.name))
    facts = {"scope": scope, "name": page.hub.office_name(scope), "boxes": boxes, "counts": _count(page, rows)}
    template = "hub_boxes_part.html" if page.is_fragment else "hub_boxes.html"
    return page.page(template, **facts, words=CONDITIONS, at=page.now)


def _commune(page: HubPage, scope: str, rows: Sequence[BoxRow]) -> CommuneBoxes:
    return CommuneBoxes(scope, page.hub.office_name(scope), _count(page, rows))


def _count(page: HubPage, rows: Iterable[BoxRow]) -> Mapping[BoxCondition, int]:
    """How many boxes are how, in the order in which it is told."""
    counts = Counter(row.condition(page.now) for row in rows)
    return {condition: counts[condition] for condition in CONDITIONS if counts[condition]}


def _box_line(page: HubPage, row: BoxRow) -> ShownBox:
    villages = [page.hub.village_name(row.scope, village) for village in row.villages]
    return ShownBox(row, row.condition(page.now), page.hub.office_name(row.scope), villages)


ROUTES: HubRoutes = {
    "GET /": show_board,
    "GET /xa/{scope}": show_commune,
    "GET /may/{box}": show_box,
    "POST /may/{box}/thu-hoi": revoke_box,
    "GET /su-co": show_incidents,
}
