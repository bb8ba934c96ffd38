"""Recordings that test servers stream, and what a receiver makes of them."""

from __future__ import annotations

import shutil
import subprocess
import time
from array import array
from pathlib import Path

import pytest

from harness.waiting import PATIENCE, wait_for
from loudspeaker.errors import Message
from loudspeaker.speakers.card.prebuffer import LivePrebuffer
from loudspeaker.speakers.streams.receiver import Receiver

RATE = 8000
needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")


def make_recordings(folder: Path) -> None:
    """Three quiet seconds of a tone as MP3, and as a HLS folder; and of another tone."""
    tone, other = (["-f", "lavfi", "-i", f"sine=f={hertz}:d=3", "-af", "volume=-12dB"] for hertz in (600, 700))
    quiet = ["ffmpeg", "-nostdin", "-loglevel", "error"]
    subprocess.run([*quiet, *tone, str(folder / "tone.mp3")], check=True)
    subprocess.run([*quiet, *other, str(folder / "other.mp3")], check=True)
    hls = ["-c:a", "aac", "-f", "hls", "-hls_time", "1", "-hls_list_size", "0"]
    subprocess.run([*quiet, *tone, *hls, str(folder / "tone.m3u8")], check=True)


def receive(receiver: Receiver, frames: int) -> array[int]:
    """What a speaker would hear: `frames` samples, with no gap where nothing has come yet."""
    prebuffer = LivePrebuffer(str(receiver.programme.path), receiver.programme.rate, receiver.programme.frames)
    heard, ends = array("h"), time.monotonic() + PATIENCE
    while len(heard) < frames and time.monotonic() < ends and not prebuffer.ended:
        prebuffer.fill()
        piece = memoryview(array("h", bytes(2 * RATE)))
        heard.extend(piece[: prebuffer.take(piece)])
        time.sleep(0.01)
    prebuffer.close()
    return heard


def failure_of(receiver: Receiver) -> str:
    """Why there is no sound, once that is known."""
    try:
        wait_for(lambda: isinstance(receiver.poll(), Message))
        return str(receiver.poll())
    finally:
        receiver.close()
