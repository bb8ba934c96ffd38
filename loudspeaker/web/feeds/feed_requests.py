"""What other programs are answered: a token is asked for, errors are JSON, and nothing is ever changed.

A feed takes a `PageRequest` of nobody, and runs in a thread of the pool.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from ...errors import LoudspeakerError, Message
from ...json_output import write_json
from ..access.access_tokens import TokenUse
from ..access.accounts import TooManyTries
from ..console import LOCAL, Console
from ..guard import is_own_host
from ..middleware import RequestRate
from ..pages import PageRequest, status_of

logger = logging.getLogger(__name__)

Feed = Callable[[PageRequest], Response]
Feeds = Mapping[str, Feed]  # by their routes
JSON = "application/json"
ANYBODY_HERE = frozenset({"GET /metrics"})  # without a token, where it is this machine that asks


async def answer_feed(
    console: Console, rate: RequestRate, use: TokenUse | None, feed: Feed, request: Request
) -> Response:
    """The answer to a program, or why there is none; `use` None: no token is asked for."""
    return await run_in_threadpool(_answer, PageRequest(console, request, FormData()), rate, use, feed)


def _answer(page: PageRequest, rate: RequestRate, use: TokenUse | None, feed: Feed) -> Response:
    try:
        if wait := rate.wait(page.address):
            raise TooManyTries(Message("please wait a moment and try again"), wait)
        if use is not None and not _is_here(page):
            page.console.tokens.find(_secret(page, use), use, page.path.get("thon", ""))
        return feed(page)
    except LoudspeakerError as error:
        return _refuse(page, error)
    except Exception:
        number = secrets.token_hex(3)
        logger.exception("%s: %s", number, page.http.url.path)
        return refuse_feed(page.console, 500, Message("Number for the technician: {number}", number=number))


def _secret(page: PageRequest, use: TokenUse) -> str:
    """What stands behind `Bearer`; phones' calendars can only be given an address, and have it there."""
    if use is TokenUse.CALENDAR and "k" in page.query:
        return page.query["k"]
    scheme, _, secret = page.http.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _is_here(page: PageRequest) -> bool:
    """Does this machine ask for what it may read without a token? Who comes through a proxy asks for another host."""
    route = f"GET {page.http.url.path}"
    return route in ANYBODY_HERE and page.address in LOCAL and is_own_host(page.http.headers.get("host", ""), LOCAL)


def _refuse(page: PageRequest, error: LoudspeakerError) -> Response:
    status = status_of(error)
    response = refuse_feed(page.console, status, error)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="loudspeaker"'
    if isinstance(error, TooManyTries):
        response.headers["Retry-After"] = str(int(error.retry_after) + 1)
    return response


def refuse_feed(console: Console, status: int, message: Message | LoudspeakerError) -> Response:
    """An error as JSON."""
    error = {"error": message.say(console.translate)}
    return Response(write_json(error, console.translate), status, media_type=JSON)
