"""Officers at the console of a small commune: its application without a network, and people who are logged in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.types import ASGIApp

from harness.site_client import SiteClient
from loudspeaker.codec import encode
from loudspeaker.interfaces import Clock
from loudspeaker.model.board import Board, BoardAiring
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.access.passwords import PasswordHashes
from loudspeaker.web.app import create_app
from loudspeaker.web.console import Console, console_paths, open_console

HOST = "http://127.0.0.1:8080"
PASSWORD = "mưa rơi trên ngói đỏ"
QUICK = PasswordHashes(rounds=1, memory=8)  # nobody guesses here
FROM_HERE = {"sec-fetch-site": "same-origin"}
HTMX = {"hx-request": "true"}


def board_of(at: datetime, *on: BoardAiring, **more: Any) -> Any:
    """A board as a daemon sends it: a good clock, nothing to come, no alarm; `more` changes it."""
    plain = Board(at, on, (), (), (), True, None, {}, "", 0)
    return encode(replace(plain, **more))


@dataclass
class Officer:
    """One person at a browser; `client` follows no redirect. A form that is posted carries the session's token."""

    console: Console
    client: SiteClient

    @property
    def token(self) -> str:
        session = self.console.site.accounts.session(self.client.cookies.get(self.console.site.cookie, ""))
        return session.form_token if session else ""

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=headers)

    def post(self, path: str, /, **fields: Any) -> Any:
        return self.client.post(path, data={"form_token": self.token, **fields})

    def upload(self, path: str, name: str, data: bytes) -> Any:
        """Send a file, and wait until it has been read: the page that shows it, or the refusal."""
        answer = self.client.post(path, data={"form_token": self.token}, files={"file": (name, data)})
        if answer.status_code != HTTPStatus.SEE_OTHER:
            return answer
        page = self.get(answer.headers["location"])
        while "refresh" in page.headers:
            self.console.jobs.wait(1)
            page = self.get(answer.headers["location"])
        return page

    def post_by_htmx(self, path: str, /, **fields: Any) -> Any:
        return self.client.post(path, data={"form_token": self.token, **fields}, headers=HTMX)


@dataclass
class Officers:
    """The console of one station and everybody at it: `officer(Role.EDIT)` is one of that role.

    `portal` is the event loop of their requests; without one each of them begins and ends a loop and its threads.
    """

    console: Console
    portal: BlockingPortal | None = None
    host: str = HOST
    app: ASGIApp | None = None
    _known: dict[tuple[str, tuple[Role, ...]], Officer] = field(default_factory=dict)

    @cached_property
    def _app(self) -> ASGIApp:
        return self.app or create_app(self.console)

    def stranger(self) -> Officer:
        """Somebody who has not logged in."""
        client = SiteClient(self._app, self.host, self.portal, raises=False, headers=FROM_HERE)
        return Officer(self.console, client)

    def officer(self, *roles: Role, scope: str = "") -> Officer:
        """Somebody with these roles, logged in; their login is that of the roles, and at a hub of their office."""
        if (scope, roles) not in self._known:
            login = "".join(role.value for role in roles) + scope.replace("-", "")
            code = self.console.site.accounts.add(login, f"Chị {login.title()}", roles, scope)
            self.console.site.accounts.use_link(code, PASSWORD, "127.0.0.1")
            officer = self.stranger()
            session = self.console.site.accounts.log_in(login, PASSWORD, "127.0.0.1", "test")
            officer.client.cookies.set(self.console.site.cookie, session.token, urlsplit(self.host).hostname or "")
            self._known[scope, roles] = officer
        return self._known[scope, roles]


@contextmanager
def officers_of(home: Path, clock: Clock, language: str = "vi") -> Iterator[Officers]:
    """The console of the station in `home`."""
    console = open_console(console_paths(home, home / ".state"), clock=clock, language=language, hashes=QUICK)
    try:
        with start_blocking_portal() as portal:
            yield Officers(console, portal)
    finally:
        console.close()
