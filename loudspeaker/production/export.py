"""Export a finished programme to a file for people: WAV, FLAC, or MP3 with title and date."""

from __future__ import annotations

import io
import warnings
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import soundfile

from ..errors import LoudspeakerError, Message
from ..model.programme import Programme
from ..sound.flac import write_flac
from ..store.atomic import write_atomic

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pydub imports audioop, which Python 3.11 and 3.12 complain about
    from pydub import AudioSegment, exceptions

# Enough for speech in a horn's band. Variable bit rate, because LAME lowers a constant bit rate by 0.4 dB.
MP3_QUALITY = ["-q:a", "5"]


def export_programme(programme: Programme, path: Path, title: str, day: date) -> None:
    """Write `programme` in the format of the file's name (.wav, .flac, .mp3). Raises `LoudspeakerError`."""
    kinds = {".wav": _to_wav, ".flac": _to_flac, ".mp3": _to_mp3}
    write_atomic(path, kinds[path.suffix.lower()](programme, title, day))


def _to_wav(programme: Programme, title: str, day: date) -> bytes:
    return programme.path.read_bytes()


def _to_flac(programme: Programme, title: str, day: date) -> bytes:
    samples, rate = soundfile.read(programme.path, dtype="int16")
    file = io.BytesIO()
    write_flac(file, rate, [samples])
    return file.getvalue()


def _to_mp3(programme: Programme, title: str, day: date) -> bytes:
    with TemporaryDirectory() as folder:
        draft = Path(folder) / "programme.mp3"
        tags = {"title": title, "date": day.isoformat(), "artist": "loudspeaker"}
        try:
            with programme.path.open("rb") as file:
                AudioSegment.from_wav(file).export(draft, "mp3", parameters=MP3_QUALITY, tags=tags).close()
        except (FileNotFoundError, exceptions.CouldntEncodeError) as error:
            raise LoudspeakerError(
                Message("an MP3 needs ffmpeg: sudo apt install ffmpeg ({error})", error=error)
            ) from error
        return draft.read_bytes()
