"""A client of an application without a network: a request changes threads once, with Starlette's own eight times."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import httpx2
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.types import ASGIApp

ELSEWHERE = ("testclient", 50_000)  # whence a request comes: host, port


class SiteTransport(httpx2.BaseTransport):
    """Has each request answered to its end in the event loop of `portal`; without one it begins and ends a loop."""

    def __init__(self, app: ASGIApp, portal: BlockingPortal | None, came_from: tuple[str, int], raises: bool) -> None:
        self.portal = portal
        self.app = httpx2.ASGITransport(app, raise_app_exceptions=raises, client=came_from)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        with nullcontext(self.portal) if self.portal else start_blocking_portal() as portal:
            return portal.call(self._answer, request)

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self.app.handle_async_request(request)
        body = b"".join([part async for part in answer.stream])  # type: ignore[union-attr]
        return httpx2.Response(answer.status_code, headers=answer.headers.raw, stream=httpx2.ByteStream(body))


class SiteClient(httpx2.Client):
    """A client of `app` at the address `host`. Faults of the program are raised, or answered with 500."""

    def __init__(
        self,
        app: ASGIApp,
        host: str = "http://testserver",
        portal: BlockingPortal | None = None,
        came_from: tuple[str, int] = ELSEWHERE,
        raises: bool = True,
        **options: Any,
    ) -> None:
        self.app = app
        super().__init__(base_url=host, transport=SiteTransport(app, portal, came_from, raises), **options)
