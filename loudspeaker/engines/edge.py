"""Microsoft Edge's read-aloud voices: online, so only ahead of time. Texts leave this machine.

An extra: `make install VOICES=yes`. Vietnamese are `vi-VN-HoaiMyNeural` (a woman) and `vi-VN-NamMinhNeural` (a man).
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ..errors import BadRequest, EngineError, Message, NotAvailable, RateLimited, TryAgain
from .engine_text import sanitize_text
from .online import RateLimiter, run_with_deadline

if TYPE_CHECKING:
    from ..sound.clip import Clip

HOST = "speech.platform.bing.com"
VIETNAMESE = ("vi-VN-HoaiMyNeural", "vi-VN-NamMinhNeural")
SPACING = 1.0  # seconds between two requests
BYTES_A_TICK = 48_000 / 8 / 10_000_000  # MP3 of 48 kbit/s; ticks of 100 ns
SLACK = 5_000_000  # ticks: half a second, for times that are estimates
LONGEST = 30.0  # seconds for one sentence


class Edge:
    """Any voice of the service; the Vietnamese ones are listed."""

    name = "edge"
    online = True
    at_once = 1

    def __init__(
        self, longest: float = LONGEST, spacing: float = SPACING, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._longest = longest
        self._limiter = RateLimiter(spacing, pause)

    def fingerprint(self, voice: str) -> str:
        """The package's version; the service has none. Raises `BadRequest`, `NotAvailable`."""
        if not re.fullmatch(r"[a-z]{2,3}-[A-Z]{2}-\w+Neural", voice):
            raise BadRequest(Message("“{engine}” has no voice “{voice}”", engine=self.name, voice=voice))
        try:
            return f"edge-tts {version('edge-tts')}"
        except PackageNotFoundError as error:
            raise NotAvailable(Message("edge-tts is not installed: run “sudo make install VOICES=yes”")) from error

    def synthesize(self, text: str, voice: str) -> Clip:
        from .decoding import decode  # numpy, only while speaking

        self.fingerprint(voice)
        text = sanitize_text(text)
        self._limiter.acquire()
        try:
            return decode(run_with_deadline(self._longest, lambda: asyncio.run(self._receive(text, voice))))
        except EngineError:
            raise
        except Exception as error:
            raise _translate_error(error, self._longest) from error

    def voices(self) -> Sequence[str]:
        return VIETNAMESE if find_spec("edge_tts") else ()

    async def _receive(self, text: str, voice: str) -> bytes:
        """One sentence as MP3. Raises `TryAgain` where the end is missing."""
        from edge_tts import Communicate  # an extra, which need not be installed

        sound, ends = bytearray(), 0.0
        async with asyncio.timeout(self._longest):
            async for message in Communicate(text, voice, connect_timeout=8, receive_timeout=8).stream():
                if message["type"] == "audio":
                    sound += message["data"]
                else:
                    ends = max(ends, message["offset"] + message["duration"])
        # edge-tts takes a closed connection for the end, so the length is compared with the times of the words.
        if len(sound) < (ends - SLACK) * BYTES_A_TICK:
            raise TryAgain(Message("the sound breaks off at its end"))
        return bytes(sound)


def _translate_error(error: Exception, seconds: float) -> EngineError:
    """An exception of edge-tts or aiohttp as an `EngineError`."""
    if isinstance(error, TimeoutError):
        return TryAgain(Message("{host} took longer than {seconds:.0f} s", host=HOST, seconds=seconds))
    status = getattr(error, "status", None)
    if status == 429:
        return RateLimited(Message("{host} asks to be left alone", host=HOST))
    if status is not None:
        return TryAgain(Message("{host} answers {status}", host=HOST, status=status))
    return TryAgain(Message("{host} cannot be reached, or broke off", host=HOST))
