"""One request of a person at a hub's pages, and what these know of offices."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from ..errors import LoudspeakerError
from ..trust.faults import UntrustedDocument
from ..web.site_pages import SitePage, status_of
from .box_board import BoxBoard
from .hub import Hub
from .incidents import IncidentBook
from .published_files import PublishedScope


@dataclass(frozen=True, slots=True)
class HubPage(SitePage):
    """One request of one person at a hub."""

    hub: Hub

    @property
    def board(self) -> BoxBoard:
        return self.hub.board()

    @property
    def incidents(self) -> IncidentBook:
        return IncidentBook(self.hub.database, self.site.translate)

    @property
    def now(self) -> datetime:
        return self.hub.clock.now()

    def local(self, moment: datetime | None) -> datetime | None:
        """The same instant by the hub's own clock."""
        return moment.astimezone(self.now.tzinfo) if moment else None

    def offices(self) -> list[PublishedScope]:
        """All that publish here, offices before those below them."""
        return sorted(self.hub.published(), key=lambda one: (one.trust.parent is not None, one.scope))

    def office(self) -> str:
        """The scope that is asked about (`cap`); the highest where none is, "" where none publishes here.

        Raises `NotFound`.
        """
        known = [one.scope for one in self.offices()]
        asked = self.query.get("cap", "")
        return self.board.scopes(asked)[0] if asked else next(iter(known), "")


def status_of_refusal(error: LoudspeakerError | None) -> int:
    """The status code of a page that tells what is wrong with what somebody has sent, a signature too; or nothing."""
    if error is None:
        return 200
    return 422 if isinstance(error, UntrustedDocument) else status_of(error)


HubRoutes = Mapping[str, Callable[[HubPage], Response | Awaitable[Response]]]
