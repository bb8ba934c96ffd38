"""A programme as a file for people: WAV, FLAC, or an MP3 that carries its title and date. Nothing is mastered again."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import LoudspeakerError, Message
from ..sound.compose import Mark
from ..sound.programme import Programme
from ..store.atomic import write_atomic
from .pictures import write_picture

# Good enough for speech in a horn's band. By quality, because LAME makes what has a constant rate 0.4 dB quieter.
MP3_QUALITY = ["-q:a", "5"]


def write(programme: Programme, path: Path, title: str, day: date) -> None:
    """Write `programme` as its name's ending says, whole or not at all. Raises `LoudspeakerError`."""
    kinds = {".wav": _wav, ".flac": _flac, ".mp3": _mp3}
    write_atomic(path, kinds[path.suffix.lower()](programme, title, day))


def _wav(programme: Programme, title: str, day: date) -> bytes:
    return programme.path.read_bytes()


def _flac(programme: Programme, title: str, day: date) -> bytes:
    import soundfile

    from ..sound.flac import write_flac

    samples, rate = soundfile.read(programme.path, dtype="int16")
    file = io.BytesIO()
    write_flac(file, rate, [samples])
    return file.getvalue()


def _mp3(programme: Programme, title: str, day: date) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydub imports audioop, which Python 3.11 and 3.12 complain about
        from pydub import AudioSegment
        from pydub.exceptions import CouldntEncodeError

    with TemporaryDirectory() as folder:
        draft = Path(folder) / "programme.mp3"
        tags = {"title": title, "date": day.isoformat(), "artist": "loudspeaker"}
        try:
            with programme.path.open("rb") as file:
                AudioSegment.from_wav(file).export(draft, "mp3", parameters=MP3_QUALITY, tags=tags).close()
        except (FileNotFoundError, CouldntEncodeError) as error:
            raise LoudspeakerError(
                Message("an MP3 needs ffmpeg: sudo apt install ffmpeg ({error})", error=error)
            ) from error
        return draft.read_bytes()


def draw(programme: Programme, marks: Sequence[Mark], path: Path, title: str) -> None:
    """The programme as a picture (.svg, .png) with the sentences under it."""
    from ..sound.picture import picture
    from ..sound.wav import read_wav

    with programme.path.open("rb") as file:
        clip = read_wav(file)
    write_picture(picture(clip, marks, title, programme.loudness), path)
