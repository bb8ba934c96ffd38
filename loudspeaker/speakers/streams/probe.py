"""Would it come? What a stream needs, tried out for a person before its airing. No sound is kept."""

from __future__ import annotations

import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from ...errors import Message
from .proxy import PORTS, Unreached, reach, system_trust
from .receiver import FAULTS
from .sources import Input

RATE = 8000


def line(url: str) -> Message | None:
    """Why nothing comes in by `input:NAME`."""
    source = Input(url.partition(":")[2], RATE)
    try:
        heard = next(source.blocks(), None)
        fault = None if heard else source.fault()
    except FileNotFoundError:
        fault = {"fault": "ffmpeg"}
    return Message(FAULTS[fault["fault"]], url=url, detail=fault.get("detail", "")) if fault else None


def host(name: str, urls: Collection[str]) -> Message | None:
    """Why `name` does not answer where the `urls` lead to it, at the first that fails; without any, is it known?"""
    try:
        if not urls:
            socket.getaddrinfo(name, None)
        for place in map(urlsplit, sorted(urls)):
            trust = system_trust() if place.scheme == "https" else None
            reach(name, place.port or PORTS[place.scheme], trust).close()
    except Unreached as error:
        return Message(FAULTS[error.fault], detail=name)
    except OSError:
        return Message(FAULTS["unreached"], detail=name)
    return None
