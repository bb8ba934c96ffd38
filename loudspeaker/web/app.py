"""The console as an ASGI application: the routes of all page modules behind what guards them, and nothing else."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ..errors import LoudspeakerError, Message, NotFound
from ..store.atomic import WriteError
from ..store.edits import EditLocked
from .access import audit_pages, delegating, entrance, people, token_pages
from .access.accounts import Account
from .access.console_database import ConsoleDamaged
from .airing_pages import air_control, emergency, history, replaying, today
from .bulletin_pages import approving, bulletins, intake, listening, offer_pages, word_sounds, wording
from .console import Console
from .feeds import api, calendar_feed, metrics
from .feeds.feed_requests import Feed, answer_feed, refuse_feed
from .guard import (
    DONE_ELSEWHERE,
    FEEDS,
    LARGEST_BODIES,
    MAY,
    MOST_BYTES,
    MOST_FIELDS,
    MOST_FILES,
    NEEDS,
    Task,
    is_own_token,
    may,
)
from .kept_form import keep_form
from .middleware import OwnRequests, RequestRate, ResponseHeaders, limit_body
from .pages import Handler, PageRequest, status_of
from .schedule_pages import entry_pages, sheet_pages, week, week_copy
from .setting_pages import (
    day_pages,
    equipment,
    file_mistakes,
    policy_pages,
    settings,
    stick_pages,
    voice_pages,
    voice_trials,
    word_pages,
)

ErrorHandlers = dict[Any, Callable[..., Any]]  # as Starlette takes them: by class of exception, or status
MODULES = (
    entrance,
    today,
    air_control,
    replaying,
    history,
    week,
    week_copy,
    sheet_pages,
    entry_pages,
    emergency,
    intake,
    bulletins,
    offer_pages,
    wording,
    word_sounds,
    listening,
    delegating,
    approving,
    settings,
    policy_pages,
    day_pages,
    word_pages,
    voice_pages,
    voice_trials,
    stick_pages,
    people,
    token_pages,
    audit_pages,
    equipment,
    file_mistakes,
)
FEED_MODULES = (api, calendar_feed, metrics)
logger = logging.getLogger(__name__)
A_YEAR = "public, max-age=31536000, immutable"
FIRST = "/bat-dau"  # the only page while nobody has a password
DOOR = "/vao"
LOGGED_OUT = Message("You are not logged in any more. What you typed is still in this page.")
TOO_OLD = Message("this page is too old: you have logged in again since. Nothing was changed yet.")
SOON_OVER = (WriteError, EditLocked)  # whoever sends the form again may have more luck
UNNOTED = frozenset({401, 429})  # nobody has logged in, or asks too often
API = "/api/"  # whose errors are JSON


def create_app(console: Console) -> ASGIApp:
    """Every page and feed of the console. Raises `KeyError` for a route without a row in the tables of guard.py."""
    rate = RequestRate(console.clock)
    routes = [Route("/static/{name}", partial(_send_asset, console))]
    for name, handler in handlers().items():
        method, path = name.split(" ")
        answer = partial(_answer, console, rate, name, NEEDS[name], handler)
        routes.append(Route(path, answer, methods=[method], name=name))
    for name, feed in feeds().items():
        method, path = name.split(" ")
        answer_program = partial(answer_feed, console, rate, FEEDS[name], feed)
        routes.append(Route(path, answer_program, methods=[method], name=name))
    fail = partial(_fail, console)
    errors: ErrorHandlers = {HTTPException: partial(_refuse, console), ConsoleDamaged: fail, 500: fail}
    app = Starlette(routes=routes, exception_handlers=errors)
    return ResponseHeaders(OwnRequests(GZipMiddleware(app, minimum_size=1000, compresslevel=6), console))


def create_authority_app(console: Console) -> ASGIApp:
    """What plain http answers on the network: the authority's certificate, for a phone to trust, and nothing else."""

    def send(request: Request) -> Response:
        return entrance.send_authority(PageRequest(console, request, FormData()))

    def refuse(request: Request, fault: Exception) -> Response:
        message = Message("only /ca.crt is here; the pages are at https")
        return PlainTextResponse(message.say(console.translate), 404)

    errors: ErrorHandlers = {HTTPException: refuse, NotFound: refuse}
    app = Starlette(routes=[Route("/ca.crt", send)], exception_handlers=errors)
    return ResponseHeaders(OwnRequests(app, console))


def handlers() -> dict[str, Handler]:
    """What answers each route, in the order of the modules."""
    return {name: handler for module in MODULES for name, handler in module.ROUTES.items()}


def feeds() -> dict[str, Feed]:
    """What answers other programs, by route."""
    return {name: feed for module in FEED_MODULES for name, feed in module.FEEDS.items()}


async def _answer(
    console: Console, rate: RequestRate, route: str, task: Task | None, handler: Handler, request: Request
) -> Response:
    """Read the form, see who asks and whether they may, have it done, and note who did what."""
    form = FormData()
    if request.method == "POST":
        whole = Request(request.scope, limit_body(request, LARGEST_BODIES.get(route, MOST_BYTES)))
        form = await whole.form(max_fields=MOST_FIELDS, max_files=MOST_FILES)
    try:
        decide = partial(_decide, console, rate, route, task, handler)
        answer = await run_in_threadpool(decide, request, form)
        return answer if isinstance(answer, Response) else await answer
    finally:
        await form.close()


def _decide(
    console: Console,
    rate: RequestRate,
    route: str,
    task: Task | None,
    handler: Handler,
    request: Request,
    form: FormData,
) -> Response | Awaitable[Response]:
    """All that one request takes, in one thread: each time that another one takes over, both wait for the others."""
    page = _see_who(console, request, form)
    if page.http.method == "POST" and route not in audit_pages.TRIALS:
        console.desk.look_anew()  # whoever acts does so on what is there now
    answer = _refusal(page, rate, task) or _carry_out(handler, page, task)
    if page.http.method == "POST" and isinstance(answer, Response):
        _note_act(page, route, answer.status_code)
    return answer


def _see_who(console: Console, request: Request, form: FormData) -> PageRequest:
    token = request.cookies.get(console.cookie, "")
    session = console.accounts.session(token) if token else None
    return PageRequest(console, request, form, session and console.delegations.entitle(session))


def _note_act(page: PageRequest, route: str, status: int) -> None:
    """What was done, or refused, into the console's own log; but for what strangers could fill the disk with."""
    act = audit_pages.act_of(route, page, status)
    if act is None or status in UNNOTED:
        return
    try:
        page.console.audit.add(act)
    except (sqlite3.Error, WriteError, ConsoleDamaged):  # a full disk: what was done is done, and told
        logger.exception("not in the log of acts: %s", act)


def _refusal(page: PageRequest, rate: RequestRate, task: Task | None) -> Response | None:
    """The answer to somebody who may not have what they ask for; None where they may."""
    wait = rate.wait(page.session.account.login if page.session else page.address)
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
        return page.error(403, message, missing=_people_who_may(page.console, task))
    if task in DONE_ELSEWHERE and (scope := page.console.desk.scope()):
        message = Message("this box takes its files signed from {scope}: change them there", scope=scope)
        return page.error(409, message)
    return None


def _show_the_door(page: PageRequest, task: Task) -> Response:
    if page.http.method == "POST":
        return keep_form(page, 401, LOGGED_OUT, task)
    if page.is_fragment or page.http.headers.get("accept") == "text/event-stream":
        return page.error(401, LOGGED_OUT)
    if page.console.accounts.is_empty():
        return RedirectResponse(FIRST, 303)
    asked = page.http.url.path
    return RedirectResponse(DOOR if asked == "/" else f"{DOOR}?den={asked}", 303)


def _carries_token(page: PageRequest) -> bool:
    token = page.text("form_token") or page.http.headers.get("x-form-token", "")
    return is_own_token(page.person, token)


def _people_who_may(console: Console, task: Task) -> list[Account]:
    return [one for one in console.accounts.accounts() if not one.locked and not MAY[task].isdisjoint(one.roles)]


def _carry_out(handler: Handler, page: PageRequest, task: Task | None) -> Response | Awaitable[Response]:
    try:
        answer = handler(page)
        return answer if isinstance(answer, Response) else _finish(answer, page, task)
    except Exception as error:
        return _tell(page, error, task)


async def _finish(answer: Awaitable[Response], page: PageRequest, task: Task | None) -> Response:
    """What an `async` handler answers in the end."""
    try:
        return await answer
    except Exception as error:
        return await run_in_threadpool(_tell, page, error, task)


def _tell(page: PageRequest, error: Exception, task: Task | None) -> Response:
    """The answer to somebody whose request could not be carried out."""
    status = status_of(error) if isinstance(error, LoudspeakerError) else 500
    if not isinstance(error, LoudspeakerError) or status == 500:
        return page.fault(error)
    if isinstance(error, SOON_OVER) and page.http.method == "POST":
        return keep_form(page, status, error, task)
    return page.error(status, error)


def _refuse(console: Console, request: Request, refusal: HTTPException) -> Response:
    """What the framework itself refuses: an unknown address, another method, a body that is too large."""
    page = _see_who(console, request, FormData())
    messages = {
        404: Message("there is no page at this address"),
        405: Message("this address takes no such request"),
        413: Message("what was sent is larger than is taken here"),
    }
    message = messages.get(refusal.status_code, Message("this cannot be read"))
    if request.url.path.startswith(API):
        return refuse_feed(console, refusal.status_code, message)
    response = page.error(refusal.status_code, message)
    response.headers.update(refusal.headers or {})
    return response


def _fail(console: Console, request: Request, fault: Exception) -> Response:
    """What fails before anybody is known, or behind the pages: a mistake of the program, a damaged console.db."""
    page = PageRequest(console, request, FormData())
    return page.error(status_of(fault), fault) if isinstance(fault, ConsoleDamaged) else page.fault(fault)


def _send_asset(console: Console, request: Request) -> Response:
    """A file of static/, packed where the browser takes that. Under its own version it is kept for a year."""
    asset = console.assets.get(request.path_params["name"])
    if asset is None:
        raise HTTPException(404)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    headers = {"Vary": "Accept-Encoding"}
    if packed:
        headers["Content-Encoding"] = "gzip"
    if request.query_params.get("v") == asset.version:
        headers["Cache-Control"] = A_YEAR
    return Response(asset.packed if packed else asset.plain, media_type=asset.kind, headers=headers)
