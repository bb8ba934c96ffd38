"""A hub's addresses: the folder of signed files, enrolment, and the logs of boxes. Whatever is wrong is told as JSON.

    GET  /v1/SCOPE/{bell,manifest,rules}.json  /v1/SCOPE/{trust,alert}/N.json  /v1/blob/SHA256    for everybody
    POST /v1/join            a request to join (`fleet/joining.py`); the sealed answer
    GET  /v1/box/BOX/log?life=HASH    {"next": N, "head": "HASH"}: how far the log is known here
    POST /v1/box/BOX/log     a piece of the log (`station/box/log_segment.py`); the same, 409 where it is not believed
    POST /v1/box/BOX/time    a nonce (`station/box/hub_time.py`); what time it is, signed with it
    anything else            the pages for people (`hub_site.py`)

A box logs in by its id and password (Basic). Files need no log-in: their words are for the whole commune to hear.
"""

from __future__ import annotations

import base64
import binascii
import logging
import re
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from ..codec import encode
from ..errors import LoudspeakerError, Message, Refused
from ..fleet.joining import MOST_REQUEST_BYTES
from ..station.box.log_segment import MOST_SENT, RefusedLog
from ..store.atomic import WriteError
from ..trust.signed_documents import DIGEST, ROOT, SCOPE
from ..web.middleware import RequestRate, ResponseHeaders, limit_body
from .boxes.box_registry import RegisteredBox
from .boxes.log_intake import LogEnd
from .hub import Hub
from .served_files import ServedFiles

Handler = Callable[[Hub, RequestRate, Request], Awaitable[Response]]
BLOB = re.compile(rf"blob/{DIGEST.pattern}")
DOCUMENT = re.compile(rf"{SCOPE.pattern}/(bell|manifest|rules|(trust|alert)/[1-9]\d*)\.json")
FOR_EVER = "public, max-age=31536000, immutable"  # a blob is named by its content
ASK_AGAIN = "no-cache"  # is it still the same?
MOST_NONCE_BYTES = 100
MOST_GUESSES = 20  # failed log-ins and requests to join of one address, within `web.middleware.SPAN`
logger = logging.getLogger(__name__)


class TooManyGuesses(Refused):
    """An address has asked too often for what it may not have."""


def create_hub_app(hub: Hub, pages: ASGIApp | None = None) -> ASGIApp:
    """All addresses of a hub; `pages` answers those that are not its own."""
    guesses = RequestRate(hub.clock, MOST_GUESSES)
    files = ServedFiles(hub.paths.root / ROOT)
    routes = [
        Route("/v1/join", partial(_answer, hub, guesses, _join), methods=["POST"]),
        Route("/v1/box/{box}/log", partial(_answer, hub, guesses, _tell_end), methods=["GET"]),
        Route("/v1/box/{box}/log", partial(_answer, hub, guesses, _take_log), methods=["POST"]),
        Route("/v1/box/{box}/time", partial(_answer, hub, guesses, _tell_time), methods=["POST"]),
        Route("/v1/{path:path}", partial(_send_file, files), methods=["GET"]),
    ]
    mounted = [Mount("/", pages)] if pages else []
    return ResponseHeaders(Starlette(routes=[*routes, *mounted]))


async def _answer(hub: Hub, guesses: RequestRate, handler: Handler, request: Request) -> Response:
    """What a handler answers, or why it does not."""
    try:
        return await handler(hub, guesses, request)
    except LoudspeakerError as error:
        if isinstance(error, WriteError):
            logger.error("%s", error)
        return JSONResponse({"error": encode(error)}, _status_of(error))


def _status_of(error: LoudspeakerError) -> int:
    statuses = {TooManyGuesses: 429, WriteError: 503, RefusedLog: 409}
    return next((status for kind, status in statuses.items() if isinstance(error, kind)), 403)


async def _send_file(files: ServedFiles, request: Request) -> Response:
    """A file of the folder; nothing else that may lie there, such as half of one."""
    path = request.path_params["path"]
    is_blob = BLOB.fullmatch(path)
    if not (is_blob or DOCUMENT.fullmatch(path)):
        raise HTTPException(404)
    response = await files.answer(path, request)
    response.headers["Cache-Control"] = FOR_EVER if is_blob else ASK_AGAIN
    return response


async def _join(hub: Hub, guesses: RequestRate, request: Request) -> Response:
    _count_guess(guesses, request)
    body = await Request(request.scope, limit_body(request, MOST_REQUEST_BYTES)).body()
    answer = await run_in_threadpool(hub.join, body)
    return Response(answer, media_type="application/octet-stream")


async def _tell_end(hub: Hub, guesses: RequestRate, request: Request) -> Response:
    box = await run_in_threadpool(_authenticate, hub, guesses, request)
    end = await run_in_threadpool(hub.intake.end_of, box.id, request.query_params.get("life", ""))
    return JSONResponse(_end(end))


async def _take_log(hub: Hub, guesses: RequestRate, request: Request) -> Response:
    box = await run_in_threadpool(_authenticate, hub, guesses, request)  # before a stranger's bytes are read
    body = await Request(request.scope, limit_body(request, MOST_SENT)).body()
    return JSONResponse(_end(await run_in_threadpool(hub.intake.accept, box, body)))


async def _tell_time(hub: Hub, guesses: RequestRate, request: Request) -> Response:
    box = await run_in_threadpool(_authenticate, hub, guesses, request)
    nonce = await Request(request.scope, limit_body(request, MOST_NONCE_BYTES)).body()
    return Response(hub.tell_time(box, nonce), media_type="application/json")


def _end(end: LogEnd) -> dict[str, object]:
    return {"next": end.entries + 1, "head": end.head}


def _authenticate(hub: Hub, guesses: RequestRate, request: Request) -> RegisteredBox:
    """The box of the address, which has logged in. Raises `Refused`, `TooManyGuesses`."""
    name, password = _credentials(request)
    try:
        if name != request.path_params["box"]:
            raise Refused(Message("a box asks for itself only"))
        return hub.registry.authenticate(name, password)
    except Refused:
        _count_guess(guesses, request)
        raise


def _credentials(request: Request) -> tuple[str, str]:
    """Name and password of HTTP Basic (RFC 7617); "" where there are none."""
    kind, _, packed = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(packed, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, password


def _count_guess(guesses: RequestRate, request: Request) -> None:
    """Raises `TooManyGuesses`."""
    if guesses.wait(request.client.host if request.client else ""):
        raise TooManyGuesses(Message("please wait a moment and try again"))
