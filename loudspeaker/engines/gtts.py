"""Google Translate's voice: online, so only ahead of time; better than the embedded one. Texts leave this machine.

The package gTTS knows the languages, splits long texts and makes the requests. We send them ourselves, because it sends
without a time limit and without checking the certificate: whoever controls the network could replace the words.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from ..errors import BadRequest, Message, NotAvailable, TryAgain
from .rate_limit import RateLimiter
from .sanitize import sanitize_text

if TYPE_CHECKING:
    from ..sound.clip import Clip

PATH = "/_/TranslateWebserverUi/data/batchexecute"
SPACING = 1.0  # seconds between two requests
LONGEST = 20.0  # seconds for one request
# In the answer: the call's name, then a JSON text inside a JSON text.
SPEECH = re.compile(rb'"jQ1olc",("(?:[^"\\]|\\.)*"|null)')


class Gtts:
    """A language of Google Translate, such as `vi`."""

    name = "gtts"
    online = True
    at_once = 1

    def __init__(
        self,
        service: str = "https://translate.google.com",
        longest: float = LONGEST,
        spacing: float = SPACING,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = service + PATH
        self._longest = longest
        self._limiter = RateLimiter(spacing, pause)

    def fingerprint(self, voice: str) -> str:
        """The package's version, for it splits the texts; the service has none. Raises `BadRequest`, `NotAvailable`."""
        if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,4})?", voice):
            raise BadRequest(Message("“{engine}” has no voice “{voice}”", engine=self.name, voice=voice))
        try:
            return f"gTTS {version('gTTS')}"
        except PackageNotFoundError as error:
            raise NotAvailable(Message("gTTS is not installed")) from error

    def synthesize(self, text: str, voice: str) -> Clip:
        import numpy as np

        from ..sound.clip import Clip
        from .decoding import decode

        parts = [decode(self._speech(body)) for body in self._bodies(sanitize_text(text), voice)]
        return Clip(parts[0].rate, np.concatenate([part.samples for part in parts]))

    def voices(self) -> Sequence[str]:
        try:
            from gtts.lang import tts_langs
        except ImportError:
            return ()
        return sorted(tts_langs())

    def _bodies(self, text: str, voice: str) -> list[str]:
        """The requests for `text`, one for each hundred letters or so. Raises `BadRequest`."""
        from gtts.tts import gTTS

        if voice not in self.voices():
            raise BadRequest(Message("“{engine}” has no voice “{voice}”", engine=self.name, voice=voice))
        try:
            return list(gTTS(text, lang=voice, lang_check=False).get_bodies())
        except AssertionError as error:  # gTTS raises it where nothing is left after its cleaning
            raise BadRequest(Message("there is nothing to say in “{text}”", text=text)) from error

    def _speech(self, body: str) -> bytes:
        from gtts.tts import gTTS

        from .http import post

        self._limiter.acquire()
        return _extract_mp3(post(self._url, body, gTTS.GOOGLE_TTS_HEADERS, self._longest))


def _extract_mp3(answer: bytes) -> bytes:
    """The MP3 inside the service's answer; the beginning of any other answer, for `decode` to describe.

    Raises:
        BadRequest: the service has no sound for this text.
        TryAgain: the answer has another form.
    """
    match = SPEECH.search(answer)
    if match is None:
        return answer[:1000]
    if match[1] == b"null":
        raise BadRequest(Message("the service has no sound for this text"))
    try:
        return base64.b64decode(json.loads(json.loads(match[1]))[0], validate=True)
    except (ValueError, TypeError, LookupError, binascii.Error) as error:
        raise TryAgain(Message("the service's answer cannot be understood; is there a newer version?")) from error
