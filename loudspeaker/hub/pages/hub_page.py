"""One request of a person at a hub's pages, and what these know of offices."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from ...errors import LoudspeakerError, Message
from ...trust.faults import UntrustedDocument
from ...web.site_pages import SitePage, status_of
from ..published_files import PublishedScope
from ..scoped_hub import ScopedHub


@dataclass(frozen=True, slots=True)
class HubPage(SitePage):
    """One request of one person at a hub."""

    hub: ScopedHub

    @property
    def scopes(self) -> frozenset[str] | None:
        return self.hub.scopes

    @property
    def owner(self) -> str:
        """Their own office; for whoever sees all the highest one."""
        own = self.session.account.scope if self.session else ""
        return self.hub.office_name(own) if own else self.site.subject.name()

    @property
    def heading(self) -> Message:
        return heading(self.owner)

    def account_scopes(self) -> Sequence[tuple[str, str | Message]]:
        """All, for whoever sees all; each office that is theirs."""
        offices = [(office.scope, self.hub.office_name(office.scope)) for office in self.offices()]
        own = self.person.account.scope
        first: list[tuple[str, str | Message]] = [] if own else [("", Message("everything at this hub"))]
        return [*first, *(offices or ([(own, own)] if own else []))]

    @property
    def now(self) -> datetime:
        return self.hub.now()

    def local(self, moment: datetime | None) -> datetime | None:
        """The same instant by the hub's own clock."""
        return moment.astimezone(self.now.tzinfo) if moment else None

    def offices(self) -> list[PublishedScope]:
        """All of theirs that publish here, offices before those below them."""
        return self.hub.published_scopes()

    def office(self) -> str:
        """The scope that is asked about (`cap`); the highest where none is, "" where none publishes here.

        Raises `NotFound`.
        """
        known = [office.scope for office in self.offices()]
        chosen = self.query.get("cap", "")
        return self.hub.scopes_of(chosen)[0] if chosen else next(iter(known), "")


def heading(office: str) -> Message:
    """What stands above the pages of a hub, or of an office at it."""
    return Message("Hub of {name}", name=office) if office else Message("Hub")


def status_of_refusal(error: LoudspeakerError | None) -> int:
    """The status code of a page that tells what is wrong with what somebody has sent, a signature too; or nothing."""
    if error is None:
        return 200
    return 422 if isinstance(error, UntrustedDocument) else status_of(error)


HubRoutes = Mapping[str, Callable[[HubPage], Response | Awaitable[Response]]]
