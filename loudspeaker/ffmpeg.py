"""Sound files of any kind to plain samples, by ffmpeg.

The samples come in a stream: whole segments of a library would hold half an hour in a gigabyte. ffprobe and ffmpeg may
open the one local file that is named, in a container that cannot name others, and never take its name for an option.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .errors import BadFile, LoudspeakerError, Message, Problem
from .sound.clip import Clip

Pcm = npt.NDArray[np.int16]

FULL_SCALE = 32_768
LONGEST = 2 * 3600  # seconds
BLOCK = 1 << 20  # bytes
# Containers that can name other files (playlists) are not among these.
CONTAINERS = "aac,aiff,amr,asf,caf,flac,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,ogg,wav"
CONFINED = ("-v", "error", "-format_whitelist", CONTAINERS, "-protocol_whitelist", "file")
PROBE_SECONDS = 30.0
OPUS_RATE, OPUS_BITS = 24_000, "24k"  # Hz, bits a second: speech, as no village hears the difference to more
RATES = range(1_000, 400_000)  # frames a second


def decode_file(path: Path, rate: int) -> Clip:
    """A sound file as mono samples at `rate`. Raises `BadFile`."""
    return as_clip(decode_pcm(path, rate), rate)


def as_clip(samples: Pcm, rate: int) -> Clip:
    """16-bit samples as a clip."""
    return Clip(rate, samples.astype(np.float32) / np.float32(FULL_SCALE))


def decode_pcm(path: Path, rate: int, longest: float = LONGEST) -> Pcm:
    """A sound file as mono 16-bit samples at `rate`, at most `longest` seconds of it. Raises `BadFile`."""
    command = ["ffmpeg", "-nostdin", *CONFINED, "-i", f"file:{path}"]
    command += ["-map", "0:a:0", "-t", str(longest), "-ac", "1", "-ar", str(rate), "-f", "s16le", "-"]
    try:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as decoder:
            assert decoder.stdout
            samples = bytearray()  # grows in place, and numpy looks at it without a copy
            while block := decoder.stdout.read(BLOCK):
                samples += block
    except FileNotFoundError as error:
        raise _bad(path, Message("ffmpeg is not installed; run: sudo apt install ffmpeg")) from error
    if not samples:
        raise _bad(path, Message("this is no sound file, or it is damaged"))
    return np.frombuffer(samples, np.int16)


def native_rate(path: Path) -> int:
    """The rate at which a sound file was recorded, in frames a second. Raises `BadFile`."""
    command = ["ffprobe", *CONFINED, "-select_streams", "a:0", "-show_entries", "stream=sample_rate"]
    command += ["-of", "default=noprint_wrappers=1:nokey=1", "-i", f"file:{path}"]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PROBE_SECONDS, check=False
        )
    except FileNotFoundError as error:
        raise _bad(path, Message("ffmpeg is not installed; run: sudo apt install ffmpeg")) from error
    except subprocess.TimeoutExpired:
        raise _bad(path, Message("this is no sound file, or it is damaged")) from None
    rate = done.stdout.strip()
    if not rate.isdigit() or int(rate) not in RATES:
        raise _bad(path, Message("this is no sound file, or it is damaged"))
    return int(rate)


def encode_opus(clip: Clip, title: str, album: str, number: int) -> bytes:
    """An Ogg file with one Opus stream of this number, with these tags; always the same by the same ffmpeg.

    Raises `LoudspeakerError` where there is no ffmpeg, or none that knows Opus.
    """
    command = ["ffmpeg", "-v", "error", "-f", "f32le", "-ar", str(clip.rate), "-ac", "1", "-i", "-"]
    command += ["-ar", str(OPUS_RATE), "-c:a", "libopus", "-b:a", OPUS_BITS, "-flags", "+bitexact"]
    command += ["-fflags", "+bitexact", "-metadata", f"title={title}", "-metadata", f"album={album}"]
    command += ["-serial_offset", str(number), "-f", "ogg", "-"]
    try:
        done = subprocess.run(command, input=clip.samples.tobytes(), capture_output=True, check=False)
    except FileNotFoundError as error:
        raise LoudspeakerError(Message("ffmpeg is not installed; run: sudo apt install ffmpeg")) from error
    if done.returncode or not done.stdout:
        why = done.stderr.decode(errors="replace").strip()
        raise LoudspeakerError(Message("the sound could not be compressed: {error}", error=why))
    return done.stdout


def _bad(path: Path, message: Message) -> BadFile:
    return BadFile([Problem(path.name, 0, message)])
