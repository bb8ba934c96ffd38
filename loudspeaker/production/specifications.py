"""How a bulletin or a text becomes an order: read as this commune reads, for its voices. No samples, no numpy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..model.bulletin import Bulletin, Part
from .specification import Lead, Order, Recording, Speech
from .texts import Texts

REMINDER = "Xin nhắc lại."
DRILL = "Đây là diễn tập."
ALL_CLEAR = "Thông báo: tình huống khẩn cấp đã kết thúc. Kính mời bà con trở lại sinh hoạt bình thường."
DRILL_OVER = (
    "Thông báo: buổi diễn tập báo động đã kết thúc. Không có tình huống nguy hiểm nào xảy ra. "
    "Kính mời bà con trở lại sinh hoạt bình thường."
)
MISTAKEN = (
    "Xin đính chính: lời báo động đã phát trước đó là do nhầm lẫn. Hiện không có tình huống nguy hiểm nào xảy ra. "
    "Chúng tôi thành thật xin lỗi bà con."
)
DRILL_MISTAKEN = (
    "Xin đính chính: lời báo động diễn tập đã phát trước đó là do nhầm lẫn. "
    "Hiện không có tình huống nguy hiểm nào xảy ra. Chúng tôi thành thật xin lỗi bà con."
)


@dataclass(frozen=True, slots=True)
class Desk:
    """How this commune has its bulletins read: its texts and voices, and the state of its sound files."""

    texts: Texts
    voices: tuple[str, ...]
    state: Callable[[str], object]  # of a file below the station's folder, None where there is none

    def bulletin(self, bulletin: Bulletin) -> Order:
        """The order for one bulletin, with its chime and repeats."""
        voices = bulletin.voices or self.voices
        return Order(
            pieces=tuple(self._piece(bulletin, part) for part in bulletin.parts),
            repeat=bulletin.repeat,
            gap=bulletin.gap,
            reminder=self.texts.speech(REMINDER, voices) if bulletin.repeat > 1 else None,
        )

    def words(self, text: str, lead: Lead = Lead.NONE) -> Order:
        """The order for words of the station itself: opening, closing."""
        return Order((self.texts.speech(text, self.voices),), lead)

    def at_once(self, text: str, lead: Lead = Lead.NONE) -> Order:
        """The order for a few words of the moment: an urgent text, a trial."""
        return Order((self.speech(text),), lead)

    def speech(self, text: str) -> Speech:
        """A few words of the moment."""
        return self.texts.at_once(text, self.voices)

    def recording(self, path: str) -> Recording:
        return self.texts.recording(path, self.state(path))

    def _piece(self, bulletin: Bulletin, part: Part) -> Speech | Recording:
        if part.audio:
            return self.recording(part.audio)
        return self.texts.speech(part.text or "", part.voices or bulletin.voices or self.voices, part.line)
