"""A stand-in for the online voice's service: an HTTP server on this machine that answers well or in a bad way."""

from __future__ import annotations

import base64
import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

import numpy as np
import soundfile

from harness.http_server import http_server
from loudspeaker.engines.tone import Tone

Answer = Callable[[BaseHTTPRequestHandler, str], None]
PORTAL = b"<!DOCTYPE html><html><body>Please log in to Free WiFi</body></html>"


@dataclass
class GttsService:
    """What it heard, and how it answers."""

    answer: Answer
    url: str = ""
    heard: list[str] = field(default_factory=list)


@contextmanager
def service(answer: Answer) -> Iterator[GttsService]:
    """A `GttsService` that runs while the block does."""
    told = GttsService(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = asked(self.rfile.read(int(self.headers["Content-Length"])))
            told.heard.append(text)
            told.answer(self, text)

        def log_message(self, *_arguments: object) -> None:
            pass

    with http_server(Handler) as told.url:
        yield told


def asked(body: bytes) -> str:
    """The text in a request that gTTS worded."""
    [[[_name, inner, *_rest]]] = json.loads(parse_qs(body.decode())["f.req"][0])
    return str(json.loads(inner)[0])


def mp3(text: str) -> bytes:
    clip = Tone().synthesize(text, "low")
    file = io.BytesIO()
    soundfile.write(file, clip.samples, clip.rate, format="MP3")
    return file.getvalue()


def envelope(sound: bytes) -> bytes:
    inner = json.dumps([base64.b64encode(sound).decode()])
    rows = json.dumps([["wrb.fr", "jQ1olc", inner, None, None, None, "generic"], ["di", 61]], separators=(",", ":"))
    return f')]}}\'\n\n{len(rows)}\n{rows}\n26\n[["e",4,null,null,140]]\n'.encode()


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in ({"Content_Length": str(len(body))} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def well(handler: BaseHTTPRequestHandler, text: str) -> None:
    send(handler, 200, envelope(mp3(text)))


def portal(handler: BaseHTTPRequestHandler, _text: str) -> None:
    """A captive portal's page, with the status of a good answer."""
    send(handler, 200, PORTAL, Content_Type="text/html")


def elsewhere(handler: BaseHTTPRequestHandler, _text: str) -> None:
    send(handler, 302, b"", Location="http://portal.example/login")


def empty(handler: BaseHTTPRequestHandler, _text: str) -> None:
    send(handler, 200, b"")


def counted(handler: BaseHTTPRequestHandler, _text: str) -> None:
    send(handler, 429, b"slow down", Retry_After="7200")


def busy(handler: BaseHTTPRequestHandler, _text: str) -> None:
    send(handler, 503, b"later")


def drip(handler: BaseHTTPRequestHandler, text: str) -> None:
    """A byte now and then, for ever."""
    try:
        handler.send_response(200)
        handler.end_headers()
        for byte in envelope(mp3(text)):
            handler.wfile.write(bytes([byte]))
            threading.Event().wait(0.02)
    except OSError:
        pass


def drip_headers(handler: BaseHTTPRequestHandler, _text: str) -> None:
    """A server that never comes to the point."""
    try:
        for _ in range(1_000):
            handler.wfile.write(b"H")
            threading.Event().wait(0.02)
    except OSError:
        pass


def cut(handler: BaseHTTPRequestHandler, text: str) -> None:
    """Half of a good answer, then the line drops."""
    answer = envelope(mp3(text))
    send(handler, 200, answer[: len(answer) // 2], Content_Length=str(len(answer)))


def cut_without_length(handler: BaseHTTPRequestHandler, text: str) -> None:
    answer = envelope(mp3(text))
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(answer[: len(answer) // 2])


def cut_sound(handler: BaseHTTPRequestHandler, text: str) -> None:
    """A whole answer around a fifth of the sound."""
    sound = mp3(text)
    send(handler, 200, envelope(sound[: len(sound) // 5]))


def silence(handler: BaseHTTPRequestHandler, text: str) -> None:
    file = io.BytesIO()
    soundfile.write(file, np.zeros(24_000 * 3, np.float32), 24_000, format="MP3")
    send(handler, 200, envelope(file.getvalue()))


def garbage(handler: BaseHTTPRequestHandler, _text: str) -> None:
    send(handler, 200, envelope(bytes(range(256)) * 40))


FAULTS: dict[str, tuple[Answer, str]] = {
    # what the service does: what the person is told
    "a login page": (portal, "a web page"),
    "a login elsewhere": (elsewhere, "sends us elsewhere"),
    "nothing": (empty, "nothing at all"),
    "too many requests": (counted, "asks to be left alone"),
    "a bad day": (busy, "answers 503"),
    "a slow drip": (drip, "took longer"),
    "a slow drip of headers": (drip_headers, "took longer"),
    "a cut line": (cut, "broke off"),
    "a cut line without a length": (cut_without_length, "is not sound"),
    "a cut sound": (cut_sound, "sound"),
    "silence": (silence, "silent"),
    "garbage": (garbage, "is not sound"),
}
