"""An ASGI application of pages: every route behind what guards it, and nothing else."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Generic, TypeVar

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ..errors import LoudspeakerError, Message
from ..store.atomic import WriteError
from ..store.edits import EditLocked
from .access.access_tokens import TokenUse
from .access.accounts import Account, Session
from .access.audit_pages import act_of
from .access.console_database import ConsoleDamaged
from .feeds.feed_requests import answer_feed, refuse_feed
from .guard import MOST_BYTES, MOST_FIELDS, MOST_FILES, Task, is_own_token, may
from .kept_form import keep_form
from .middleware import OwnRequests, RequestRate, ResponseHeaders, limit_body
from .site import Site
from .site_pages import SitePage, status_of

P = TypeVar("P", bound=SitePage)
ErrorHandlers = dict[Any, Callable[..., Any]]  # as Starlette takes them: by class of exception, or status
Answer = Response | Awaitable[Response]
Endpoint = Callable[[Request], Awaitable[Response]]
A_YEAR = "public, max-age=31536000, immutable"
FIRST = "/bat-dau"  # the only page while nobody has a password
DOOR = "/vao"
LOGGED_OUT = Message("You are not logged in any more. What you typed is still in this page.")
TOO_OLD = Message("this page is too old: you have logged in again since. Nothing was changed yet.")
SOON_OVER = (WriteError, EditLocked)  # whoever sends the form again may have more luck
UNNOTED = frozenset({401, 429})  # nobody has logged in, or asks too often
API = "/api/"  # whose errors are JSON
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SiteApp(Generic[P]):
    """The application of a site. `make_page` makes what its handlers take; `prepare` is called before a form is
    carried out, with its route.
    """

    site: Site
    make_page: Callable[[Request, FormData, Session | None], P]
    handlers: Mapping[str, Callable[[P], Answer]]
    feeds: Mapping[str, Callable[[P], Response]] = field(default_factory=dict)
    tokens: Mapping[str, TokenUse | None] = field(default_factory=dict)  # which one each feed asks for
    prepare: Callable[[P, str], object] = lambda page, route: None

    def create(self) -> ASGIApp:
        """Every page and feed. Raises `KeyError` for a route without a row in the site's tables."""
        rate, needs = RequestRate(self.site.clock), self.site.map.needs
        answers: dict[str, Endpoint] = {}
        for name, handler in self.handlers.items():
            answers[name] = partial(self._answer, rate, name, needs[name], handler)
        for name, feed in self.feeds.items():
            answers[name] = partial(self._answer_program, rate, self.tokens[name], feed)
        errors: ErrorHandlers = {HTTPException: self._refuse, ConsoleDamaged: self._fail, 500: self._fail}
        routes = [Route("/static/{name}", self._send_asset), *_routes(tuple(answers))]
        app = Starlette(routes=routes, exception_handlers=errors)
        app.state.answers = answers
        return ResponseHeaders(OwnRequests(GZipMiddleware(app, minimum_size=1000, compresslevel=6), self.site))

    async def _answer(
        self, rate: RequestRate, route: str, task: Task | None, handler: Callable[[P], Answer], request: Request
    ) -> Response:
        """Read the form, see who asks and whether they may, have it done, and note who did what."""
        form = FormData()
        if request.method == "POST":
            most = self.site.map.largest_bodies.get(route, MOST_BYTES)
            whole = Request(request.scope, limit_body(request, most))
            form = await whole.form(max_fields=MOST_FIELDS, max_files=MOST_FILES)
        try:
            answer = await run_in_threadpool(self._decide, rate, route, task, handler, request, form)
            return answer if isinstance(answer, Response) else await answer
        finally:
            await form.close()

    async def _answer_program(
        self, rate: RequestRate, use: TokenUse | None, feed: Callable[[P], Response], request: Request
    ) -> Response:
        page = self.make_page(request, FormData(), None)
        return await run_in_threadpool(answer_feed, page, rate, use, partial(feed, page))

    def _decide(
        self,
        rate: RequestRate,
        route: str,
        task: Task | None,
        handler: Callable[[P], Answer],
        request: Request,
        form: FormData,
    ) -> Answer:
        """All that one request takes, in one thread: each time that another takes over, both wait for the others."""
        page = self._see_who(request, form)
        if page.http.method == "POST":
            self.prepare(page, route)
        answer = _refusal(page, rate, task) or _carry_out(partial(handler, page), page, task)
        if page.http.method == "POST" and isinstance(answer, Response):
            _note_act(page, route, answer.status_code)
        return answer

    def _see_who(self, request: Request, form: FormData) -> P:
        token = request.cookies.get(self.site.cookie, "")
        return self.make_page(request, form, self.site.accounts.session(token) if token else None)

    def _refuse(self, request: Request, refusal: HTTPException) -> Response:
        """What the framework itself refuses: an unknown address, another method, a body that is too large."""
        page = self._see_who(request, FormData())
        messages = {
            404: Message("there is no page at this address"),
            405: Message("this address takes no such request"),
            413: Message("what was sent is larger than is taken here"),
        }
        message = messages.get(refusal.status_code, Message("this cannot be read"))
        if request.url.path.startswith(API):
            return refuse_feed(self.site, refusal.status_code, message)
        response = page.error(refusal.status_code, message)
        response.headers.update(refusal.headers or {})
        return response

    def _fail(self, request: Request, fault: Exception) -> Response:
        """What fails before anybody is known, or behind the pages: a mistake of the program, a damaged console.db."""
        page = self.make_page(request, FormData(), None)
        return page.error(status_of(fault), fault) if isinstance(fault, ConsoleDamaged) else page.fault(fault)

    def _send_asset(self, request: Request) -> Response:
        """A file of static/, packed where the browser takes that. Under its own version it is kept for a year."""
        asset = self.site.assets.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        packed = "gzip" in request.headers.get("accept-encoding", "")
        headers = {"Vary": "Accept-Encoding"}
        if packed:
            headers["Content-Encoding"] = "gzip"
        if request.query_params.get("v") == asset.version:
            headers["Cache-Control"] = A_YEAR
        return Response(asset.packed if packed else asset.plain, media_type=asset.kind, headers=headers)


@cache
def _routes(names: tuple[str, ...]) -> list[Route]:
    """Compiled once for all sites of a process: each asks the application that it stands in for the answer."""
    return [_route(name) for name in names]


def _route(name: str) -> Route:
    method, path = name.split(" ")

    async def answer(request: Request) -> Response:
        endpoint: Endpoint = request.app.state.answers[name]
        return await endpoint(request)

    return Route(path, answer, methods=[method], name=name)


def _note_act(page: SitePage, route: str, status: int) -> None:
    """What was done, or refused, into the site's own log; but for what strangers could fill the disk with."""
    act = act_of(route, page, status)
    if act is None or status in UNNOTED:
        return
    try:
        page.site.audit.add(act)
    except (sqlite3.Error, WriteError, ConsoleDamaged):  # a full disk: what was done is done, and told
        logger.exception("not in the log of acts: %s", act)


def _refusal(page: SitePage, rate: RequestRate, task: Task | None) -> Response | None:
    """The answer to somebody who may not have what they ask for; None where they may."""
    wait = rate.wait(page.session.token if page.session else page.address)
    if wait:
        refusal = page.error(429, Message("please wait a moment and try again"))
        refusal.headers["Retry-After"] = str(int(wait) + 1)
        return refusal
    if task is None:
        return None
    if page.session is None:
        return _show_the_door(page, task)
    if page.http.method == "POST" and not _carries_token(page):
        return keep_form(page, 403, TOO_OLD, task)
    if not may(page.session.account.roles, task):
        message = Message("Your account does not have the right to do this. These people have it:")
        return page.error(403, message, missing=_people_who_may(page, task))
    if elsewhere := page.site.subject.done_elsewhere(task):
        return page.error(409, elsewhere)
    return None


def _show_the_door(page: SitePage, task: Task) -> Response:
    if page.http.method == "POST":
        return keep_form(page, 401, LOGGED_OUT, task)
    if page.is_fragment or page.http.headers.get("accept") == "text/event-stream":
        return page.error(401, LOGGED_OUT)
    if page.site.accounts.is_empty():
        return RedirectResponse(FIRST, 303)
    path = page.http.url.path
    return RedirectResponse(DOOR if path == "/" else f"{DOOR}?den={path}", 303)


def _carries_token(page: SitePage) -> bool:
    token = page.text("form_token") or page.http.headers.get("x-form-token", "")
    return is_own_token(page.person, token)


def _people_who_may(page: SitePage, task: Task) -> list[Account]:
    active = (account for account in page.people.accounts() if not account.locked)
    return [account for account in active if may(account.roles, task)]


def _carry_out(handle: Callable[[], Answer], page: SitePage, task: Task | None) -> Answer:
    try:
        answer = handle()
        return answer if isinstance(answer, Response) else _finish(answer, page, task)
    except Exception as error:
        return _tell(page, error, task)


async def _finish(answer: Awaitable[Response], page: SitePage, task: Task | None) -> Response:
    """What an `async` handler answers in the end."""
    try:
        return await answer
    except Exception as error:
        return await run_in_threadpool(_tell, page, error, task)


def _tell(page: SitePage, error: Exception, task: Task | None) -> Response:
    """The answer to somebody whose request could not be carried out."""
    status = status_of(error) if isinstance(error, LoudspeakerError) else 500
    if not isinstance(error, LoudspeakerError) or status == 500:
        return page.fault(error)
    if isinstance(error, SOON_OVER) and page.http.method == "POST":
        return keep_form(page, status, error, task)
    return page.error(status, error)
