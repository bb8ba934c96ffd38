"""Build the specification of a programme from a bulletin or a text, with the commune's readings and voices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..model.bulletin import Bulletin, Part
from ..model.spoken_text import Utterance
from .reading_cache import ReadingCache
from .specification import Lead, ProgrammeSpec, RecordingSpec, SpeechSpec, SpokenWords

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
class SpecBuilder:
    """Builds specifications for one commune."""

    texts: ReadingCache
    voices: tuple[str, ...]
    state: Callable[[str], object]  # of a file below the station's folder: changes with it, None where there is none

    def for_bulletin(self, bulletin: Bulletin) -> ProgrammeSpec:
        """For a bulletin, with its repeats and the built-in chime."""
        voices = self._voices(bulletin)
        return ProgrammeSpec(
            pieces=tuple(self._piece(bulletin, part) for part in bulletin.parts),
            repeat=bulletin.repeat,
            gap=bulletin.gap,
            reminder=self.texts.speech(REMINDER, voices) if bulletin.repeat > 1 else None,
        )

    def for_text(self, text: str, lead: Lead = Lead.NONE) -> ProgrammeSpec:
        """For a text of the station itself: opening, closing."""
        return ProgrammeSpec((self.texts.speech(text, self.voices),), lead)

    def for_urgent_text(self, text: str, lead: Lead = Lead.NONE) -> ProgrammeSpec:
        """For a text of the moment, read in this process: an alarm, a test of an output."""
        return ProgrammeSpec((self.speech(text),), lead)

    def for_spoken_words(self, words: tuple[Utterance, ...]) -> ProgrammeSpec:
        """For words that are spoken as they stand."""
        return ProgrammeSpec((SpokenWords(words, self.voices).speech(),))

    def speech(self, text: str) -> SpeechSpec:
        """A text of the moment as a part of a programme, read in this process."""
        return self.texts.read_now(text, self.voices)

    def recording(self, path: str) -> RecordingSpec:
        return self.texts.recording(path, self.state(path))

    def _piece(self, bulletin: Bulletin, part: Part) -> SpeechSpec | RecordingSpec:
        if part.audio:
            return self.recording(part.audio)
        voices = self._voices(bulletin, part.voices)
        if part.spoken is not None:
            return SpokenWords(part.spoken, voices).speech()
        return self.texts.speech(part.text or "", voices, part.line)

    def _voices(self, bulletin: Bulletin, own: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Who may speak a bulletin, or a part of it with voices of its `own`."""
        voices = own or bulletin.voices or self.voices
        return bulletin.sound.put_first(voices) if bulletin.sound else voices
