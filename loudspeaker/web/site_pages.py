"""One request of a person and how it is answered: a page or a fragment of one, another address, an error.

A page module offers `ROUTES`: what it answers, as "GET /lich" or "POST /luot/{id:path}/bo", by the function that does.
Such a function takes a page and runs in a thread of the pool; one that is `async` runs in the loop, must not wait there
for a file or the daemon, and answers no POST, whose act is noted in that thread. Whatever `LoudspeakerError` it raises
becomes an error page.

A `SitePage` is all that the pages of a station and those of a hub have alike; each has a kind of its own beside it.
"""

from __future__ import annotations

import logging
import secrets
import unicodedata
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..errors import (
    BadFile,
    BadUsage,
    BeingRead,
    LoudspeakerError,
    Message,
    NotAvailable,
    NotFound,
    Refused,
    Unreachable,
)
from ..store.atomic import WriteError
from ..store.edits import EditLocked
from .access.access_tokens import NoToken, WrongToken
from .access.accounts import Session
from .access.console_database import ConsoleDamaged
from .access.login_tries import TooManyTries
from .access.seen_people import SeenPeople
from .guard import Task, may
from .live_events import TooManyListeners
from .site import Entries, Site

logger = logging.getLogger(__name__)

# What an error means to a browser; the first class that fits.
STATUS: Mapping[type[LoudspeakerError], int] = {
    TooManyTries: 429,
    NoToken: 401,
    WrongToken: 403,
    EditLocked: 503,
    ConsoleDamaged: 503,
    TooManyListeners: 503,
    BeingRead: 503,
    Unreachable: 503,
    WriteError: 507,
    NotFound: 404,
    NotAvailable: 422,
    Refused: 409,
    BadUsage: 422,
    BadFile: 422,
    LoudspeakerError: 500,
}
TITLES: Mapping[int, Message] = {
    401: Message("Please log in again"),
    403: Message("This is not yours to do"),
    404: Message("There is nothing here"),
    405: Message("This cannot be done here"),
    409: Message("Somebody was first"),
    413: Message("This is too large"),
    421: Message("This is not the address of this machine"),
    422: Message("Something is not right yet"),
    429: Message("A little too fast"),
    500: Message("The program has made a mistake"),
    503: Message("This cannot be done just now"),
    507: Message("The disk is full"),
}


@dataclass(frozen=True, slots=True)
class SitePage:
    """One request of one person; `session` is None before they have logged in."""

    site: Site
    http: HttpRequest
    form: FormData
    session: Session | None

    @property
    def path(self) -> Mapping[str, Any]:
        """The parts of the address that the route names."""
        return self.http.path_params

    @property
    def query(self) -> Mapping[str, str]:
        """What stands behind the “?” of the address."""
        return self.http.query_params

    @property
    def is_fragment(self) -> bool:
        """Does htmx ask, for a part of the page that is open?"""
        return self.http.headers.get("hx-request") == "true"

    @property
    def in_zalo(self) -> bool:
        """Is the page open in the browser within Zalo, which takes no files and no microphone?"""
        return "zalo" in self.http.headers.get("user-agent", "").lower()

    @property
    def address(self) -> str:
        """The IP address of whoever asks; one of IPv4 as such, though the socket is for both (RFC 4291, 2.5.5.2)."""
        return self.http.client.host.removeprefix("::ffff:") if self.http.client else ""

    @property
    def person(self) -> Session:
        """Who asks, on a page that only people who have logged in reach."""
        assert self.session
        return self.session

    @property
    def scopes(self) -> frozenset[str] | None:
        """The offices whose things whoever asks sees; None: all. A station has no others than its own."""
        return None

    @property
    def people(self) -> SeenPeople:
        """The accounts that whoever asks sees."""
        return SeenPeople(self.site.accounts, self.scopes)

    @property
    def owner(self) -> str:
        """Whose pages these are."""
        return self.site.subject.name()

    def account_scopes(self) -> Sequence[tuple[str, str | Message]]:
        """The scopes, and their names, that whoever asks may give an account; none at a station."""
        return ()

    @property
    def form_token(self) -> str:
        """What each form must carry; "" before somebody has logged in."""
        return self.session.form_token if self.session else ""

    def must_be_proved(self) -> None:
        """Raises `Refused` where the password was not typed within the last minutes."""
        if not self.person.proved:
            raise Refused(Message("type your password once more first; nothing was changed"))

    def may(self, task: str) -> bool:
        """May whoever asks do this (a `Task`), and is it done here?"""
        if self.session is None or not may(self.session.account.roles, Task(task)):
            return False
        return self.site.subject.done_elsewhere(Task(task)) is None

    def reaches(self, route: str) -> bool:
        """Is there this route ("GET /duyet"), and may this person take it?"""
        task = self.site.map.needs.get(route)
        return task is not None and self.may(task)

    def entries(self, pages: Entries) -> list[tuple[str, Message]]:
        """Those of these pages (address, name) that exist and that this person may see."""
        return [(address, name) for address, name in pages if self.reaches(f"GET {address}")]

    def navigation(self) -> list[tuple[str, Message]]:
        return self.entries(self.site.map.navigation)

    def text(self, name: str) -> str:
        """One field of the form on one line: NFC, without blanks around it; "" where it is missing."""
        value = self.form.get(name, "")
        return "" if isinstance(value, UploadFile) else unicodedata.normalize("NFC", value).strip()

    def exact_text(self, name: str) -> str:
        """One field exactly as it was typed, such as a password."""
        value = self.form.get(name, "")
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """All fields of this name, such as boxes that were ticked."""
        return tuple(value for value in self.form.getlist(name) if isinstance(value, str))

    def page(self, template: str, status: int = 200, /, **facts: object) -> Response:
        """A page or a fragment; `page` is this request in its template."""
        html = self.site.templates.get_template(template).render(page=self, site=self.site, **facts)
        return HTMLResponse(html, status)

    def go(self, address: str) -> Response:
        """Send the browser on to one of our own pages, after a form that was sent by itself or by htmx."""
        if self.is_fragment:
            return Response(status_code=204, headers={"HX-Redirect": address})
        return RedirectResponse(address, 303)

    def error(self, status: int, message: Message | LoudspeakerError, **facts: object) -> Response:
        """An error page, or for htmx a notice at the top of the page that is open, whose form stays as it is."""
        number = secrets.token_hex(3)
        logger.info("%s: %s %s %s: %s", number, status, self.http.method, self.http.url.path, message)
        return self._error_page(status, number, message=message, **facts)

    def fault(self, fault: Exception) -> Response:
        """An error page for a mistake of the program: the log has it, the page only its number."""
        number = secrets.token_hex(3)
        logger.error("%s: %s %s", number, self.http.method, self.http.url.path, exc_info=fault)
        return self._error_page(
            500, number, message=Message("Nothing was lost. Please tell the technician the number.")
        )

    def _error_page(self, status: int, number: str, **facts: object) -> Response:
        facts = {"status": status, "number": number, "title": TITLES.get(status, TITLES[500]), "missing": (), **facts}
        if self.is_fragment:
            response = self.page("error_notice.html", status, **facts)
            response.headers.update({"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"})
            return response
        if self.session:
            try:
                return self.page("error.html", status, **facts)
            except Exception:
                logger.exception("%s: the error page itself", number)
        return self.page("error_bare.html", status, **facts)


def status_of(error: LoudspeakerError) -> int:
    """The status code of an error."""
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


SiteHandler = Callable[[SitePage], Response | Awaitable[Response]]
SiteRoutes = Mapping[str, SiteHandler]  # of pages that a station and a hub have alike
