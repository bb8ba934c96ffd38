"""What stands around all pages: headers on every answer, only our own host names and forms, not too many requests."""

from __future__ import annotations

from collections import deque
from threading import Lock

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as AsgiMessage

from ..errors import Message
from ..interfaces import Clock
from .origin_checks import HEADERS, is_own_form, is_own_host
from .site import Site

MOST_REQUESTS, SPAN = 100, 10.0  # of one session, or of one address without any, within so many seconds
MOST_PEOPLE = 1_000  # whose requests are counted


class ResponseHeaders:
    """Adds `HEADERS` to every answer, an error's too. What an answer says for itself stays."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: AsgiMessage) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class OwnRequests:
    """Refuses what asks for another host (421), and forms of other pages (403)."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        if refusal := self._refuse(scope, headers):
            status, message = refusal
            await PlainTextResponse(message.say(self._site.translate), status)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refuse(self, scope: Scope, headers: Headers) -> tuple[int, Message] | None:
        host = headers.get("host", "")
        if not is_own_host(host, self._site.hosts):
            return 421, Message("This is not the address of this machine")
        if not is_own_form(scope["method"], headers, f"{scope['scheme']}://{host}"):
            return 403, Message("this form came from another page; nothing was changed")
        return None


def limit_body(request: Request, most: int) -> Receive:
    """What receives the body of a request, and raises `HTTPException` (413) once it is longer than `most` bytes."""
    received = 0

    async def receive() -> AsgiMessage:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > most:
            raise HTTPException(413)
        return message

    if int(request.headers.get("content-length", "0")) > most:
        raise HTTPException(413)
    return receive


class RequestRate:
    """Counts the requests of each session or address (by any key) within `SPAN` seconds. Safe for several threads."""

    def __init__(self, clock: Clock, most: int = MOST_REQUESTS) -> None:
        self._clock = clock
        self._most = most
        self._times: dict[str, deque[float]] = {}
        self._lock = Lock()

    def wait(self, key: str) -> float:
        """0 where one more may be answered, which is then counted; else the seconds until one may."""
        with self._lock:
            now = self._clock.monotonic()
            times = self._times.setdefault(key, deque())
            while times and times[0] <= now - SPAN:
                times.popleft()
            if len(times) >= self._most:
                return times[0] + SPAN - now
            times.append(now)
            if len(self._times) > MOST_PEOPLE:
                self._times = {known: past for known, past in self._times.items() if past and past[-1] > now - SPAN}
            return 0.0
