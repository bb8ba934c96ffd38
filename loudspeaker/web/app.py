"""The console as an ASGI application: the pages of all modules over one station."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ..errors import Message, NotFound
from .access import audit_pages, delegating, entrance, people, token_pages
from .access.accounts import Session
from .airing_pages import air_control, emergency, history, replaying, today
from .bulletin_pages import approving, bulletins, intake, listening, offer_pages, word_sounds, wording
from .console import Console
from .feeds import api, calendar_feed, metrics
from .guard import FEEDS
from .middleware import OwnRequests, ResponseHeaders
from .pages import Handler, PageRequest, make_page
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
from .site_app import ErrorHandlers, SiteApp

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


def create_app(console: Console) -> ASGIApp:
    """Every page and feed of the console. Raises `KeyError` for a route without a row in the tables of guard.py."""

    def page(request: Request, form: FormData, session: Session | None) -> PageRequest:
        return make_page(console, request, form, session and console.delegations.entitle(session))

    def look_anew(page: PageRequest, route: str) -> None:
        if route not in console.site.map.trials:
            console.shared_station.look_anew()  # whoever acts does so on what is there now

    return SiteApp(console.site, page, handlers(), feeds(), FEEDS, look_anew).create()


def create_authority_app(console: Console) -> ASGIApp:
    """What plain http answers on the network: the authority's certificate, for a phone to trust, and nothing else."""

    def send(request: Request) -> Response:
        return entrance.send_authority(make_page(console, request, FormData(), None))

    def refuse(request: Request, fault: Exception) -> Response:
        message = Message("only /ca.crt is here; the pages are at https")
        return PlainTextResponse(message.say(console.site.translate), 404)

    errors: ErrorHandlers = {HTTPException: refuse, NotFound: refuse}
    app = Starlette(routes=[Route("/ca.crt", send)], exception_handlers=errors)
    return ResponseHeaders(OwnRequests(app, console.site))


def handlers() -> dict[str, Handler]:
    """What answers each route, in the order of the modules."""
    return {name: handler for module in MODULES for name, handler in module.ROUTES.items()}


def feeds() -> dict[str, Callable[[PageRequest], Response]]:
    """What answers other programs, by route."""
    return {name: feed for module in FEED_MODULES for name, feed in module.FEEDS.items()}
