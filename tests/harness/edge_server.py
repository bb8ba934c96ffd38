"""A stand-in for the service behind the engine `edge`: a web socket on this machine that answers well or in a bad way.

No tests here. Needs the extra `edge`, whose aiohttp it is made of.
"""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from harness.gtts_server import PORTAL, mp3
from harness.waiting import PATIENCE

if TYPE_CHECKING:
    from aiohttp import web

Answer = Callable[["web.Request"], Awaitable["web.StreamResponse"]]
needs_edge = pytest.mark.skipif(find_spec("edge_tts") is None, reason="the extra “edge” is not installed")


@contextmanager
def service(answer: Answer) -> Iterator[None]:
    """Answer instead of the service while the block runs."""
    begun: Future[int] = Future()
    over = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(serve(answer, begun, over)))
    thread.start()
    try:
        # edge-tts has no other way to be sent elsewhere than its constant.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                "edge_tts.communicate.WSS_URL", f"ws://127.0.0.1:{begun.result(PATIENCE)}/?TrustedClientToken=x"
            )
            yield
    finally:
        over.set()
        thread.join()


async def serve(answer: Answer, begun: Future[int], over: threading.Event) -> None:
    from aiohttp import web

    app = web.Application()
    app.router.add_get("/", answer)
    app.router.add_get("/login", portal)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    begun.set_result(int(runner.addresses[0][1]))
    await asyncio.to_thread(over.wait)
    assert runner.server
    lines = [caller.transport for caller in runner.server.connections]
    await runner.cleanup()
    for line in lines:  # whoever was not heard to the end may have gone without reading the rest
        if line:
            line.abort()
    await asyncio.sleep(0)


async def opened(request: web.Request) -> AsyncIterator[tuple[web.WebSocketResponse, str]]:
    """The socket, and the text that it is asked to say."""
    from aiohttp import web

    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.receive_str()
    yield socket, (await socket.receive_str()).partition("<prosody")[2].partition(">")[2].partition("<")[0]


def frame(sound: bytes) -> bytes:
    head = b"X-RequestId:0\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n"
    return len(head).to_bytes(2, "big") + head + sound


def saying(sound: Callable[[str], bytes]) -> Answer:
    """A whole answer around whatever sound."""

    async def answer(request: web.Request) -> web.StreamResponse:
        async for socket, text in opened(request):
            said = sound(text)
            for begins in range(0, len(said), 4_000):
                await socket.send_bytes(frame(said[begins : begins + 4_000]))
            await socket.send_str("Path:turn.end\r\n\r\n{}")
        return socket

    return answer


def status(code: int, **headers: str) -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        from aiohttp import web

        return web.Response(status=code, headers=headers)

    return answer


async def cut(request: web.Request) -> web.StreamResponse:
    """The times of the whole sentence, half of its sound, then the line drops."""
    async for socket, text in opened(request):
        sound = mp3(text)
        times = {"Offset": 0, "Duration": len(sound) * 8 * 10_000_000 // 48_000, "text": {"Text": text}}
        told = json.dumps({"Metadata": [{"Type": "SentenceBoundary", "Data": times}]})
        await socket.send_str(f"Path:audio.metadata\r\n\r\n{told}")
        await socket.send_bytes(frame(sound[: len(sound) // 2]))
        await socket.close()
    return socket


async def hang(request: web.Request) -> web.StreamResponse:
    async for _socket, _text in opened(request):
        await asyncio.sleep(5)
    raise AssertionError


async def drip(request: web.Request) -> web.StreamResponse:
    """A byte now and then."""
    async for socket, text in opened(request):
        for byte in mp3(text):
            await socket.send_bytes(frame(bytes([byte])))
            await asyncio.sleep(0.02)
    return socket


async def portal(_request: web.Request) -> web.StreamResponse:
    """A captive portal's page."""
    from aiohttp import web

    return web.Response(body=PORTAL, content_type="text/html")


def silence(_text: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.zeros(24_000 * 3, np.float32), 24_000, format="MP3")
    return file.getvalue()


well = saying(mp3)

FAULTS: dict[str, tuple[Answer, str]] = {
    # what the service does: what the person is told
    "a login page": (portal, "answers 200"),
    "a login elsewhere": (status(302, Location="/login"), "answers 200"),
    "nothing": (saying(lambda text: b""), "broke off"),
    "too many requests": (status(429), "asks to be left alone"),
    "a refusal": (status(403), "answers 403"),
    "a bad day": (status(503), "answers 503"),
    "a slow start": (hang, "took longer"),
    "a slow drip": (drip, "took longer"),
    "a cut line": (cut, "the sound"),
    "a cut sound": (saying(lambda text: mp3(text)[: len(mp3(text)) // 5]), "sound"),
    "silence": (saying(silence), "silent"),
    "garbage": (saying(lambda text: bytes(range(256)) * 40), "is not sound"),
}
