"""What other programs are answered: a token is asked for, errors are JSON, and nothing is ever changed.

A feed takes a page of nobody, and runs in a thread of the pool.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from http import HTTPStatus

from starlette.responses import Response

from ...errors import LoudspeakerError, Message
from ...json_output import write_json
from ..access.access_tokens import TokenUse
from ..access.login_tries import TooManyTries
from ..middleware import RequestRate
from ..origin_checks import is_own_host
from ..site import LOCAL, Site
from ..site_pages import SitePage, status_of

logger = logging.getLogger(__name__)

JSON = "application/json"
ANYBODY_HERE = frozenset({"GET /metrics"})  # without a token, where it is this machine that asks


def answer_feed(page: SitePage, rate: RequestRate, use: TokenUse | None, feed: Callable[[], Response]) -> Response:
    """The answer to a program, or why there is none; `use` None: no token is asked for."""
    try:
        if wait := rate.wait(page.address):
            raise TooManyTries(Message("please wait a moment and try again"), wait)
        if use is not None and not _is_here(page):
            page.site.tokens.find(_secret(page, use), use, page.path.get("thon", ""))
        return feed()
    except LoudspeakerError as error:
        return _refuse(page, error)
    except Exception:
        number = secrets.token_hex(3)
        logger.exception("%s: %s", number, page.http.url.path)
        return refuse_feed(page.site, 500, Message("Number for the technician: {number}", number=number))


def _secret(page: SitePage, use: TokenUse) -> str:
    """What stands behind `Bearer`; phones' calendars can only be given an address, and have it there."""
    if use is TokenUse.CALENDAR and "k" in page.query:
        return page.query["k"]
    scheme, _, secret = page.http.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _is_here(page: SitePage) -> bool:
    """Does this machine ask for what it may read without a token? Who comes through a proxy asks for another host."""
    route = f"GET {page.http.url.path}"
    return route in ANYBODY_HERE and page.address in LOCAL and is_own_host(page.http.headers.get("host", ""), LOCAL)


def _refuse(page: SitePage, error: LoudspeakerError) -> Response:
    status = status_of(error)
    response = refuse_feed(page.site, status, error)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="loudspeaker"'
    if isinstance(error, TooManyTries):
        response.headers["Retry-After"] = str(int(error.retry_after) + 1)
    return response


def refuse_feed(site: Site, status: int, message: Message | LoudspeakerError) -> Response:
    """An error as JSON."""
    error = {"error": message.say(site.translate)}
    return Response(write_json(error, site.translate), status, media_type=JSON)
