"""`read`: what will be said, with or without a station around it. Works on bytes that anybody may pipe in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BadFile, Message, Problem
from ..schedule import commune
from ..schedule.commune import Commune
from ..script.reading import Doubt, Reading, Readings, Span, doubtful, read
from .folder import take

Row = dict[str, Any]
FENCE = "---"


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads text as one commune does, or as nobody in particular."""

    readings: Readings

    @classmethod
    def of(cls, home: Path) -> Reader:
        """With the readings of the station at `home`, if there is a sound one."""
        try:
            found = commune.parse("commune.yaml", take(home, "commune.yaml"))
        except BadFile:
            return cls(Readings())
        return cls(readings(found))

    def line(self, data: bytes) -> str:
        """One line in, one line out; nothing is learnt across lines."""
        text = data.decode("utf-8", "replace").rstrip("\r\n")
        return " ".join(read(text, self.readings).spoken.split())

    def text(self, path: str, data: bytes) -> Reading:
        """A whole text; of a bulletin only what stands below its head. Places are those of the whole input.

        `path` only names it. Raises `BadFile` for what is no text.
        """
        if b"\0" in data:
            raise BadFile([Problem(path, 0, Message("this is not a text file; save it as plain text (UTF-8)"))])
        whole = data.decode("utf-8-sig", "replace").rstrip()
        begin = _body(whole)
        reading = read(whole[begin:], self.readings)
        lines = whole.count("\n", 0, begin)
        return reading._replace(
            doubts=tuple(doubt._replace(line=doubt.line + lines) for doubt in reading.doubts),
            spans=tuple(
                span._replace(written=(span.written[0] + begin, span.written[1] + begin)) for span in reading.spans
            ),
        )


def readings(commune: Commune) -> Readings:
    """The commune's own words."""
    return Readings(commune.say, commune.abbrev, commune.names, "south" if commune.region == "south" else "north")


def row(reading: Reading, say: Callable[[str], str]) -> Row:
    """As `read --json` prints it."""
    return {
        "spoken": reading.spoken,
        "doubts": [doubt_row(doubt, say) for doubt in reading.doubts],
        "spans": [span_row(span) for span in reading.spans],
    }


def doubt_row(doubt: Doubt, say: Callable[[str], str]) -> Row:
    return {
        "written": doubt.written,
        "spoken": doubt.spoken,
        "why": doubt.why.say(say),
        "line": doubt.line,
        "column": doubt.column,
    }


def span_row(span: Span) -> Row:
    return {"written": list(span.written), "spoken": list(span.spoken)}


def doubts(path: str, found: Sequence[Doubt]) -> list[Problem]:
    """The guesses as lines for people."""
    return [Problem(path, doubt.line, doubtful(doubt)) for doubt in found]


def _body(whole: str) -> int:
    """Where the text begins behind a bulletin's head; 0 where there is none."""
    if not whole.startswith(FENCE):
        return 0
    end = whole.find(f"\n{FENCE}", len(FENCE))
    line = whole.find("\n", end + 1) if end >= 0 else -1
    return line + 1 if line >= 0 else 0
