"""Whether a stream would come: what it needs, tried for a person before its airing. No sound is kept."""

from __future__ import annotations

import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from ...errors import Message
from .proxy import PORTS, HostUnreachable, connect, system_tls
from .receiver import FAULTS
from .sources import LineInput

RATE = 8000


def probe_input(url: str) -> Message | None:
    """Why nothing comes in by `input:NAME`, None where something does."""
    source = LineInput(url.partition(":")[2], RATE)
    try:
        fault = None if next(source.blocks(), None) else source.fault()
    except FileNotFoundError:
        fault = {"fault": "ffmpeg"}
    return Message(FAULTS[fault["fault"]], url=url, detail=fault.get("detail", "")) if fault else None


def probe_host(name: str, urls: Collection[str]) -> Message | None:
    """Why the host `name` does not answer where the `urls` lead to it, at the first that fails.

    Without any it is only looked up. None where nothing is wrong.
    """
    try:
        if not urls:
            socket.getaddrinfo(name, None)
        for url in map(urlsplit, sorted(urls)):
            tls = system_tls() if url.scheme == "https" else None
            connect(name, url.port or PORTS[url.scheme], tls).close()
    except HostUnreachable as error:
        return Message(FAULTS[error.fault], detail=name)
    except OSError:
        return Message(FAULTS["unreached"], detail=name)
    return None
