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
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType
from typing import TYPE_CHECKING

from ..errors import BadRequest, Message, NotAvailable, TryAgain
from .engine_text import sanitize_text
from .online import RateLimiter

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
        from . import decoding, http  # numpy and requests, only while speaking

        def answer(body: str) -> bytes:
            self._limiter.acquire()
            return _extract_mp3(http.post(self._url, body, headers, self._longest))

        bodies, headers = self._requests(sanitize_text(text), voice)
        return decoding.decode_joined(map(answer, bodies))

    def voices(self) -> Sequence[str]:
        try:
            return sorted(_load_package().lang.tts_langs())
        except ImportError:
            return ()

    def _requests(self, text: str, voice: str) -> tuple[Sequence[str], Mapping[str, str]]:
        """The bodies of the requests for `text`, one for each hundred letters or so, and their headers.

        Raises `BadRequest`.
        """
        if voice not in self.voices():
            raise BadRequest(Message("“{engine}” has no voice “{voice}”", engine=self.name, voice=voice))
        gTTS = _load_package().gTTS
        try:
            return gTTS(text, lang=voice, lang_check=False).get_bodies(), gTTS.GOOGLE_TTS_HEADERS
        except AssertionError as error:  # gTTS raises it where nothing is left after its cleaning
            raise BadRequest(Message("there is nothing to say in “{text}”", text=text)) from error


def _load_package() -> ModuleType:
    import gtts.lang  # loads requests; the daemon asks for fingerprints

    package: ModuleType = gtts
    return package


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
