"""What a tuner can receive: a station on the network, an input of this box. ffmpeg decodes and levels it.

Nothing is kept and nothing is judged in here. A try lasts as long as sound comes; after one that gave none, `fault`
says why.
"""

from __future__ import annotations

import os
import re
import select
import subprocess
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from threading import Thread

from ..card.alsa import input_address
from .proxy import Gate

BLOCK = 0.1  # seconds
STALL = 8.0  # … without any sound

# A horn's level, whatever the station sends: as loud as our own programmes, and never above full scale.
LEVEL = "highpass=f=120,loudnorm=I=-16:TP=-1.5:LRA=7,alimiter=limit=0.87:level=disabled"

# All that a stream from elsewhere may open: the network, and that only by the gate, which verifies certificates.
NETWORK = ["-protocol_whitelist", "http,https,httpproxy,tcp,tls,crypto,hls", "-rw_timeout", str(int(STALL * 1e6))]

Fault = Mapping[str, str]  # a word that the parent has a sentence for, and its detail


def ffmpeg(source: Sequence[str], rate: int, **world: str) -> subprocess.Popen[bytes]:
    """Decode `source` into mono 16-bit samples on its standard output."""
    sound = ["-vn", "-af", LEVEL, "-ac", "1", "-ar", str(rate), "-f", "s16le", "-"]
    command = ["ffmpeg", "-nostdin", "-nostats", "-hide_banner", "-loglevel", "warning", *source, *sound]
    world = {name: value for name, value in os.environ.items() if name != "no_proxy"} | world
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, bufsize=0, env=world)


def blocks(process: subprocess.Popen[bytes], rate: int) -> Iterator[bytes]:
    """What it decodes, a tenth of a second at a time, until it ends or stalls."""
    assert process.stdout
    size, unread = 2 * int(BLOCK * rate), b""
    while select.select([process.stdout], [], [], STALL)[0]:
        read = os.read(process.stdout.fileno(), size)
        if not read:
            return
        unread += read
        while len(unread) >= size:
            yield unread[:size]
            unread = unread[size:]


def heard(process: subprocess.Popen[bytes], rate: int, words: deque[bytes]) -> Iterator[bytes]:
    """The blocks of one try, to whose end it lives; what it says of itself goes to `words`."""
    words.clear()
    with process:
        assert process.stderr
        listener = Thread(target=words.extend, args=(process.stderr,), daemon=True)
        listener.start()
        try:
            yield from blocks(process, rate)
        finally:
            process.kill()
            listener.join()


class Input:
    """What comes into this box by a line: a receiver, a microphone. A card has one at a time."""

    def __init__(self, name: str, rate: int) -> None:
        self._source = ["-f", "alsa", "-i", input_address(name)]
        self._rate = rate
        self._words: deque[bytes] = deque(maxlen=50)

    def blocks(self) -> Iterator[bytes]:
        return heard(ffmpeg(self._source, self._rate), self._rate, self._words)

    def fault(self) -> Fault:
        found = re.search(rb"cannot open audio device .*\((.+)\)", b"".join(self._words))
        return {"fault": "input", "detail": found[1].decode()} if found else {"fault": "soundless"}


class Station:
    """What is at an address, through the gate; and after a try that gave nothing, why."""

    def __init__(self, url: str, rate: int, hosts: list[str]) -> None:
        self._source = [*NETWORK, "-i", url]
        self._rate = rate
        self._gate = Gate(hosts)
        self._words: deque[bytes] = deque(maxlen=50)

    def blocks(self) -> Iterator[bytes]:
        self._gate.fault = None
        return heard(ffmpeg(self._source, self._rate, http_proxy=self._gate.address), self._rate, self._words)

    def fault(self) -> Fault:
        if fault := self._gate.fault:  # read once: the gate's threads set it
            return fault
        found = re.search(rb"HTTP error (\d{3})", b"".join(self._words))
        return {"fault": "answer", "detail": found[1].decode()} if found else {"fault": "soundless"}
