"""The pages of a station: what they have beside those of any site (`site_pages.py`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from ..store.edits import FileEdit
from .access.accounts import Session
from .console import Console
from .shared_station import AirState
from .site_pages import SitePage


@dataclass(frozen=True, slots=True)
class PageRequest(SitePage):
    """One request of one person at a station's console."""

    console: Console

    @property
    def air(self) -> AirState:
        return self.console.shared_station.air()

    def office_name(self, scope: str) -> str:
        """What an office above the commune is called."""
        return self.console.shared_station.contents().office_name(scope)

    def save(self, *edits: FileEdit) -> None:
        """Save files of the station, all or none, in the name of whoever asks. Raises as `apply_edits` does."""
        account = self.person.account
        self.console.shared_station.save(edits, account.name, account.login)

    def note_saved(self, edits: Sequence[FileEdit]) -> None:
        """Have it noted in the log that whoever asks has saved these files."""
        account = self.person.account
        self.console.shared_station.note_saved(edits, account.name, account.login)


def make_page(console: Console, request: Request, form: FormData, session: Session | None) -> PageRequest:
    """What somebody asks of the console of a station."""
    return PageRequest(console.site, request, form, session, console)


Handler = Callable[[PageRequest], Response | Awaitable[Response]]
Routes = Mapping[str, Handler]
Feeds = Mapping[str, Callable[[PageRequest], Response]]  # what programs are answered, by route
