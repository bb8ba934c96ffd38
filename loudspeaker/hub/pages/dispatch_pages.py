"""Bản tin: what became of each: how often which village has heard it, and which has not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from ...errors import Message, NotFound
from ...model.enums import Level
from ...reports.outcome_words import VERDICTS
from ...station.deliveries.delivered_names import BulletinHead
from ..boxes.box_board import AiredBulletin, VillageCount
from .hub_page import HubPage, HubRoutes

LATELY = timedelta(days=30)
MOST_ASKED = 1_000  # times that a bulletin can be asked for


@dataclass(frozen=True, slots=True)
class Document:
    """A bulletin of an office, and what was heard of it lately."""

    id: str
    head: BulletinHead
    aired: AiredBulletin | None


@dataclass(frozen=True, slots=True)
class HeardCount:
    """One line of what became of a bulletin: a village, or a commune with its villages."""

    name: str
    address: str  # of more about it; "" where there is no more
    villages: int
    done: int  # that have heard it as often as was asked
    without: int  # of which no log has come
    times: int
    last: datetime | None
    missed: Sequence[tuple[Message, int]]  # what else came of it

    @property
    def less(self) -> int:
        return self.villages - self.done - self.without


def show_documents(page: HubPage) -> Response:
    """Bulletins that an office has published, and what else was heard there lately."""
    scope = page.office()
    names = page.hub.names(scope) if scope else None
    aired = page.hub.aired_bulletins(scope, page.now - LATELY) if scope else []
    by_id = {_own_id(bulletin.bulletin, scope): bulletin for bulletin in reversed(aired)}
    published = names.bulletins() if names else []
    documents = [Document(bulletin, _head(page, scope, bulletin), by_id.get(bulletin)) for bulletin in published]
    documents.sort(key=lambda document: (document.aired is None, document.head.title))
    return page.page("hub_documents.html", scope=scope, offices=_offices(page), documents=documents, days=LATELY.days)


def show_document(page: HubPage) -> Response:
    """How often each village has heard a bulletin; in a province each commune, with its villages behind it."""
    scope, bulletin = page.office(), page.path["bulletin"]
    times = _read_times(page.query.get("so-lan", "1"))
    counts = page.hub.report(scope, bulletin)
    communes = sorted({count.scope for count in counts})
    commune = page.query.get("xa", "") or (communes[0] if len(communes) == 1 else "")
    if commune and commune not in communes:
        raise NotFound(Message("{scope} has no villages here", scope=commune))
    return page.page(
        "hub_document.html",
        scope=scope,
        bulletin=bulletin,
        head=_head(page, scope, bulletin),
        asked=times,
        whole=_line("", "", counts, times),
        rows=_villages(page, counts, commune, times) if commune else _communes(page, counts, times),
        commune=page.hub.office_name(commune) if commune else "",
        is_one_of_many=bool(commune) and len(communes) > 1,
        may_be_heard=page.reaches("GET /lenh/phat") and _may_be_heard(page, scope, bulletin),
        at=page.now,
    )


def _is_commune(page: HubPage, scope: str) -> bool:
    return all(office.trust.parent != scope for office in page.offices())


def _may_be_heard(page: HubPage, scope: str, bulletin: str) -> bool:
    """Is it a commune's own, and no template of an alarm?"""
    files = page.hub.served_files(scope) if _is_commune(page, scope) else None
    bulletins = files.bulletins.values() if files else ()
    return any(own.id == bulletin and own.level is not Level.EMERGENCY for own in bulletins)


def _communes(page: HubPage, counts: Sequence[VillageCount], times: int) -> list[HeardCount]:
    """A line for each commune, those that have heard least first."""
    own = {scope: [count for count in counts if count.scope == scope] for scope in {count.scope for count in counts}}
    query = f"?cap={page.office()}&so-lan={times}"
    rows = [
        _line(page.hub.office_name(scope), f"/cong-van/{page.path['bulletin']}{query}&xa={scope}", villages, times)
        for scope, villages in own.items()
    ]
    return sorted(rows, key=lambda row: (row.done - row.villages, row.name))


def _villages(page: HubPage, counts: Sequence[VillageCount], commune: str, times: int) -> list[HeardCount]:
    """A line for each village of a commune, those that have not heard it first."""
    rows = [
        _line(page.hub.village_name(commune, count.village), "", [count], times)
        for count in counts
        if count.scope == commune
    ]
    return sorted(rows, key=lambda row: (row.done, row.times, row.name))


def _line(name: str, address: str, counts: Sequence[VillageCount], asked: int) -> HeardCount:
    times = sum(count.aired for count in counts)
    last = max((count.last for count in counts if count.last), default=None)
    words = {outcome.value: message for outcome, message in VERDICTS.items()}
    missed = [(words.get(outcome, Message(outcome)), number) for count in counts for outcome, number in count.missed]
    done = sum(count.aired >= asked for count in counts)
    without = sum(not count.logged for count in counts)
    return HeardCount(name, address, len(counts), done, without, times, last, missed if len(counts) == 1 else ())


def _head(page: HubPage, scope: str, bulletin: str) -> BulletinHead:
    names = page.hub.names(scope)
    return names.bulletin(bulletin) if names else BulletinHead(bulletin, "")


def _own_id(bulletin: str, scope: str) -> str:
    """The id of an office's own bulletin, whatever the communes below it call it."""
    return bulletin.removesuffix(f"@{scope}")


def _offices(page: HubPage) -> list[tuple[str, str]]:
    return [(office.scope, page.hub.office_name(office.scope)) for office in page.offices()]


def _read_times(text: str) -> int:
    """How often it was to be aired; once where that is no number."""
    return min(max(int(text), 1), MOST_ASKED) if text.isdecimal() and len(text) < 5 else 1


ROUTES: HubRoutes = {
    "GET /cong-van": show_documents,
    "GET /cong-van/{bulletin}": show_document,
}
