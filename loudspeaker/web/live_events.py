"""Pages that are open, told when something has changed: one look a second for all of them, as server-sent events.

An event only says that the page is out of date; the page then asks for its part anew, as after a press of a button.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress

from starlette.concurrency import run_in_threadpool

from ..errors import LoudspeakerError, Message

LOOK = 1.0  # s between two looks, while somebody listens
SPREAD = 1.0  # s in which everybody is told: pages that ask at once keep each other, and whoever works, waiting
ALIVE = 15.0  # s of silence, after which a comment keeps the connection open
MOST = 30  # pages that listen
AGAIN = 3_000  # ms until a browser that lost us tries again

logger = logging.getLogger(__name__)


class TooManyListeners(LoudspeakerError):
    """There are `MOST` pages that listen; another one has to look by itself."""


class LiveEvents:
    """`look` returns text that changes with what pages show; whoever listens is told each new one, in turn.

    What changes while they are told is told with the next look. `wait` lets so many seconds pass.
    """

    def __init__(self, look: Callable[[], str], wait: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._look = look
        self._wait = wait
        self._listeners: set[asyncio.Queue[str | None]] = set()
        self._last = ""
        self._poller: asyncio.Task[None] | None = None

    async def listen(self) -> AsyncGenerator[str, None]:
        """Events in their wire format, until `close`. Raises `TooManyListeners`."""
        if len(self._listeners) >= MOST:
            raise TooManyListeners(Message("too many pages are open; this one looks every half minute"))
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._listeners.add(queue)
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll())
        try:
            yield f"retry: {AGAIN}\n\n"
            while True:
                event = None
                with suppress(TimeoutError):
                    event = await asyncio.wait_for(queue.get(), ALIVE)
                    if event is None:
                        return
                yield event or ": alive\n\n"
        finally:
            self._listeners.discard(queue)
            if not self._listeners and self._poller:
                self._poller.cancel()
                self._poller = None

    def close(self) -> None:
        """Let everybody go: the process ends, or nobody looks any more."""
        for queue in self._listeners:
            queue.put_nowait(None)

    async def _poll(self) -> None:
        """Look until the last listener has gone. Where a look fails all are let go: a browser comes again by itself."""
        try:
            await self._tell_changes()
        except Exception:
            logger.exception("live events")
            self.close()

    async def _tell_changes(self) -> None:
        self._last = await run_in_threadpool(self._look)
        while True:
            await self._wait(LOOK)
            seen = await run_in_threadpool(self._look)
            if seen != self._last:
                self._last = seen
                await self._tell(f"event: now\ndata: {seen}\n\n")

    async def _tell(self, event: str) -> None:
        """One after the other, within `SPREAD` seconds."""
        listeners = tuple(self._listeners)
        for queue in listeners:
            queue.put_nowait(event)
            await self._wait(SPREAD / len(listeners))
