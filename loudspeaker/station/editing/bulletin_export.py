"""A bulletin as a sound file, to be heard or sent round before it airs. Loads numpy: only for processes that end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...errors import BadUsage, LoudspeakerError, Message
from ...model.programme import Programme
from ...production.export import export_programme
from ...reports.picture_file import check_picture_name
from ...reports.programme_picture import draw_programme
from ..preparation import Preparation, Progress

SUFFIXES = (".wav", ".flac", ".mp3")


@dataclass(frozen=True, slots=True)
class BulletinExport:
    """Where a bulletin is written: WAV, FLAC or MP3 by the ending of `output`.

    `voice` (engine:voice) speaks instead of the bulletin's, `picture` is drawn with its sentences.
    """

    output: Path
    voice: str | None = None
    picture: Path | None = None

    def write(self, preparation: Preparation, bulletin: str, progress: Progress) -> Programme:
        """Raises `BadUsage`, `NotFound`, `BadFile`, `LoudspeakerError` where it cannot be made."""
        if self.output.suffix.lower() not in SUFFIXES:
            raise BadUsage(Message("{file}: the name must end in .wav, .flac or .mp3", file=self.output))
        if self.picture:
            check_picture_name(self.picture)
        files, planner = preparation.files, preparation.planner
        chosen = files.bulletin(bulletin)
        spec = planner.bulletin_spec(chosen, files.outputs()[0]).with_voices((self.voice,) if self.voice else ())
        if message := preparation.make([spec], progress).get(spec):
            raise LoudspeakerError(message)
        programme = planner.find_programme(spec)
        assert programme
        export_programme(programme, self.output, chosen.title, preparation.clock.now().date())
        if self.picture:
            draw_programme(programme, preparation.renderer.marks(spec), self.picture, chosen.title)
        return programme
