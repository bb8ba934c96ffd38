"""The other online voice, against a local server that speaks the same protocol. Needs the extra `edge`."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from online_voice import PORTAL, mp3

from loudspeaker.engines.conformance import LONG, SHORT, faults
from loudspeaker.engines.edge import VIETNAMESE, Edge
from loudspeaker.errors import BadRequest, NotAvailable, RateLimited, TryAgain

if TYPE_CHECKING:
    from aiohttp import web

VOICE = VIETNAMESE[0]
needs_edge = pytest.mark.skipif(find_spec("edge_tts") is None, reason="the extra “edge” is not installed")


@pytest.fixture
def edge() -> Edge:
    return Edge(longest=1.0, spacing=0, pause=lambda _seconds: None)


@contextmanager
def service(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> Iterator[None]:
    """Answer instead of the service; edge-tts has no other way to be sent elsewhere than its constant."""

    begun: Future[int] = Future()
    over = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(serve(answer, begun, over)))
    thread.start()
    monkeypatch.setattr("edge_tts.communicate.WSS_URL", f"ws://127.0.0.1:{begun.result(5)}/?TrustedClientToken=x")
    try:
        yield
    finally:
        over.set()
        thread.join()


async def serve(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]], begun: Future[int], over: threading.Event
) -> None:
    from aiohttp import web

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    begun.set_result(int(runner.addresses[0][1]))
    await asyncio.to_thread(over.wait)
    await runner.cleanup()


async def opened(request: web.Request) -> AsyncIterator[tuple[web.WebSocketResponse, str]]:
    from aiohttp import web

    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.receive_str()
    yield socket, (await socket.receive_str()).partition("<prosody")[2].partition(">")[2].partition("<")[0]


def frame(sound: bytes) -> bytes:
    head = b"X-RequestId:0\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n"
    return len(head).to_bytes(2, "big") + head + sound


async def well(request: web.Request) -> web.StreamResponse:
    async for socket, text in opened(request):
        sound = mp3(text)
        for begins in range(0, len(sound), 4_000):
            await socket.send_bytes(frame(sound[begins : begins + 4_000]))
        await socket.send_str("Path:turn.end\r\n\r\n{}")
    return socket


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


async def nothing(request: web.Request) -> web.StreamResponse:
    async for socket, _text in opened(request):
        await socket.send_str("Path:turn.end\r\n\r\n{}")
    return socket


async def hang(request: web.Request) -> web.StreamResponse:
    async for _socket, _text in opened(request):
        await asyncio.sleep(5)
    raise AssertionError


async def portal(_request: web.Request) -> web.StreamResponse:
    from aiohttp import web

    return web.Response(body=PORTAL, content_type="text/html")


def status(code: int) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(_request: web.Request) -> web.StreamResponse:
        from aiohttp import web

        return web.Response(status=code)

    return answer


def test_without_the_package_the_engine_says_what_to_install(edge: Edge) -> None:
    if find_spec("edge_tts"):
        pytest.skip("the extra is installed")

    assert list(edge.voices()) == []
    with pytest.raises(NotAvailable, match=r"pip install loudspeaker\[edge\]"):
        edge.synthesize(SHORT, VOICE)


def test_a_voice_that_cannot_be_is_refused(edge: Edge) -> None:
    with pytest.raises(BadRequest):
        edge.fingerprint("HoaiMy")


@needs_edge
def test_a_good_service_keeps_the_contract(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    with service(monkeypatch, well):
        assert faults(edge, VOICE) == []


@needs_edge
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (cut, "breaks off"),
        (nothing, "broke off"),
        (hang, "took longer"),
        (portal, "answers 200"),
        (status(503), "answers 503"),
        (status(403), "answers 403"),
    ],
    ids=["cut", "nothing", "hangs", "portal", "503", "403"],
)
def test_a_fault_is_a_passing_one(
    edge: Edge,
    monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]],
    why: str,
) -> None:
    with service(monkeypatch, answer), pytest.raises(TryAgain, match=why):
        edge.synthesize(LONG, VOICE)


@needs_edge
def test_a_request_too_many_is_told(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    with service(monkeypatch, status(429)), pytest.raises(RateLimited):
        edge.synthesize(SHORT, VOICE)
