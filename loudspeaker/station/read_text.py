"""`read`: what will be said, with or without a station around it. Works on bytes that anybody may pipe in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..config import bulletin_file, commune_file
from ..config.bulletin_edit import find_fences
from ..config.source import read_file
from ..errors import BadFile, Message, Problem
from ..model.bulletin import Part
from ..model.spoken_text import Doubt, Reading, ReadingSettings, SpokenPart
from ..text.reading import LeaveOut, read


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads text as one commune does, or as nobody in particular."""

    settings: ReadingSettings

    @classmethod
    def for_station(cls, home: Path) -> Reader:
        """With the readings of the station at `home`, if there is a sound one."""
        try:
            commune = commune_file.parse("commune.yaml", read_file(home, "commune.yaml"))
        except BadFile:
            return cls(ReadingSettings())
        return cls(commune.reading_settings)

    def read_line(self, data: bytes) -> str:
        """One line in, one line out; nothing is learnt across lines."""
        text = data.decode("utf-8", "replace").rstrip("\r\n")
        return " ".join(read(text, self.settings).spoken.split())

    def read_text(self, path: str, data: bytes, leave_out: LeaveOut | None = None) -> Reading:
        """A whole text; of a bulletin only what stands below its head. Places are those of the whole input.

        `leave_out` is asked which lines of a text that is no bulletin are not to be heard. `path` only names it. Raises
        `BadFile` for what is no text.
        """
        whole = data.decode("utf-8-sig", "replace").rstrip()
        begin = _body(whole)
        reading = read(whole[begin:], self.settings, None if begin else leave_out)
        lines = whole.count("\n", 0, begin)
        return reading._replace(
            doubts=tuple(doubt.shift(lines, begin) for doubt in reading.doubts),
            spans=tuple(
                span._replace(written=(span.written[0] + begin, span.written[1] + begin)) for span in reading.spans
            ),
        )

    def read_parts(self, path: str, data: bytes) -> tuple[SpokenPart, ...] | None:
        """What will be heard of a bulletin that is made of parts; None for any other text. Raises `BadFile`."""
        if b"\0" in data:
            raise BadFile([Problem(path, 0, Message("this is not a text file; save it as plain text (UTF-8)"))])
        try:
            bulletin = bulletin_file.parse("bulletins/x.md", data)  # whatever its name, it is read as a bulletin
        except BadFile:  # no bulletin, or a broken one: its text is read as it stands, and `check` tells its mistakes
            return None
        if len(bulletin.parts) == 1 and bulletin.parts[0].text == bulletin.text:
            return None
        return tuple(self._part(part) for part in bulletin.parts)

    def _part(self, part: Part) -> SpokenPart:
        if part.audio:
            return SpokenPart(recording=part.audio)
        reading = read(part.text or "", self.settings)
        doubts = (doubt.shift(part.line - 1) for doubt in reading.doubts)
        return SpokenPart(reading.spoken, doubts=tuple(doubts))


def doubt_problems(path: str, doubts: Sequence[Doubt]) -> list[Problem]:
    """The guesses as lines for people."""
    return [Problem(path, doubt.line, doubt.message()) for doubt in doubts]


def _body(whole: str) -> int:
    """Where the text begins behind a bulletin's head; 0 where there is none."""
    fences = find_fences(whole)
    return fences[1].end() if fences else 0
