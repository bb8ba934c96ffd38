"""Voices that only say what came signed as sound: a file of a manifest, each of whose utterances is a stream by itself.

The file is Ogg with one Opus stream behind the other (chained, RFC 3533 and RFC 7845 §3), so that any player plays it.
A stream's title is the words that it says, its album the cache key of the clip that it was made from. What is not in
the file cannot be said so: then the next voice of the bulletin says all of it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import soundfile

from ..errors import BadRequest, Message, NotAvailable
from ..ffmpeg import encode_opus
from ..model.programme import CARRIED
from ..sound.clip import Clip

PAGE, HEADER, FIRST = b"OggS", 27, 0x02  # of Ogg: a page's mark, bytes of its header, flag of a stream's first one
DAMAGED = Message("the sound that came signed is damaged")


class SpokenUtterance(NamedTuple):
    """An utterance and the cache key of its clip."""

    text: str
    key: str


Encoder = Callable[[Clip, str, str, int], bytes]  # as `encode_opus`
SoundFormat = Callable[[Iterable[tuple[SpokenUtterance, Clip]]], bytes]  # as `format_sound`


@dataclass(slots=True)
class CarriedVoices:
    """An engine, whose voices are named as `CarriedSound.name` does; `folder` holds the files by their hashes."""

    folder: Path
    name: str = CARRIED
    online: bool = False
    at_once: int = 2
    _read: dict[str, Mapping[str, bytes]] = field(default_factory=dict)

    def fingerprint(self, voice: str) -> str:
        return voice.rpartition("/")[2]

    def synthesize(self, text: str, voice: str) -> Clip:
        streams = self._streams(self.fingerprint(voice))
        if text not in streams:
            raise BadRequest(Message("these words are not in the sound that came signed"))
        try:
            samples, rate = soundfile.read(io.BytesIO(streams[text]), dtype="float32")
        except soundfile.SoundFileError:
            raise NotAvailable(DAMAGED) from None
        return Clip(rate, samples)

    def voices(self) -> Sequence[str]:
        return ()

    def _streams(self, begin: str) -> Mapping[str, bytes]:
        """What the file whose hash begins so says, by its words. Raises `NotAvailable`."""
        if begin not in self._read:
            path = next(self.folder.glob(f"{begin}*"), None)
            data = path.read_bytes() if path else b""
            if path is None or hashlib.sha256(data).hexdigest() != path.name:
                raise NotAvailable(DAMAGED if path else Message("the sound that came signed is not here"))
            self._read[begin] = {said.text: stream for said, stream in _utterances(data)}
        return self._read[begin]


def format_sound(said: Iterable[tuple[SpokenUtterance, Clip]], encode: Encoder = encode_opus) -> bytes:
    """A file that says these; always the same bytes by the same encoder. Raises `LoudspeakerError`."""
    streams = (encode(clip, one.text, one.key, number) for number, (one, clip) in enumerate(said))
    return b"".join(streams)


def read_utterances(data: bytes) -> list[SpokenUtterance]:
    """What a file says, in order. Raises `NotAvailable` where it is damaged."""
    return [said for said, _stream in _utterances(data)]


def _utterances(data: bytes) -> Iterator[tuple[SpokenUtterance, bytes]]:
    for stream in _split(data):
        try:
            with soundfile.SoundFile(io.BytesIO(stream)) as sound:
                yield SpokenUtterance(sound.title, sound.album), stream
        except soundfile.SoundFileError:
            raise NotAvailable(DAMAGED) from None


def _split(data: bytes) -> Iterator[bytes]:
    """The streams of a chained file. Raises `NotAvailable` for what is none."""
    begins = at = 0
    while at < len(data):
        header = data[at : at + HEADER]
        if len(header) < HEADER or not header.startswith(PAGE):
            raise NotAvailable(DAMAGED)
        if header[5] & FIRST and at > begins:
            yield data[begins:at]
            begins = at
        segments = data[at + HEADER : at + HEADER + header[26]]
        at += HEADER + len(segments) + sum(segments)
    if begins < at:
        yield data[begins:]
