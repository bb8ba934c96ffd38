"""How a bulletin or a text becomes an order: read as this commune reads, for its voices. No samples, no numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..script.bulletin import Bulletin, Part
from ..script.reading import Doubt, Readings, read
from ..script.sentences import utterances
from .order import Lead, Order, Recording, Speech

REMINDER = "Xin nhắc lại."
DRILL = "Đây là diễn tập."
ALL_CLEAR = "Thông báo: tình huống khẩn cấp đã kết thúc. Kính mời bà con trở lại sinh hoạt bình thường."


@dataclass(frozen=True, slots=True)
class Desk:
    """How this commune has its bulletins read: its own readings, voices and the digests of its files."""

    readings: Readings
    voices: tuple[str, ...]
    digest: Callable[[str], str]  # of a file below the station's folder, "" where there is none

    def bulletin(self, bulletin: Bulletin) -> Order:
        """The order for one bulletin, with its chime and repeats."""
        pieces, doubts = zip(*(self._piece(bulletin, part) for part in bulletin.parts), strict=True)
        return Order(
            pieces=tuple(pieces),
            repeat=bulletin.repeat,
            gap=bulletin.gap,
            reminder=self.speech(REMINDER, bulletin.voices) if bulletin.repeat > 1 else None,
            doubts=tuple(doubt for some in doubts for doubt in some),
        )

    def words(self, text: str, lead: Lead = Lead.NONE) -> Order:
        """The order for words of the station itself: opening, closing, an urgent text."""
        reading = read(text, self.readings)
        return Order((Speech(utterances(reading.spoken), self.voices),), lead, doubts=reading.doubts)

    def speech(self, text: str, voices: Sequence[str] = ()) -> Speech:
        return Speech(utterances(read(text, self.readings).spoken), tuple(voices) or self.voices)

    def recording(self, path: str) -> Recording:
        return Recording(path, self.digest(path))

    def _piece(self, bulletin: Bulletin, part: Part) -> tuple[Speech | Recording, tuple[Doubt, ...]]:
        if part.audio:
            return self.recording(part.audio), ()
        reading = read(part.text or "", self.readings)
        doubts = tuple(doubt._replace(line=doubt.line + part.line - 1) for doubt in reading.doubts)
        voices = part.voices or bulletin.voices or self.voices
        return Speech(utterances(reading.spoken), voices), doubts
