"""What a reading rule can see: the text around a place, and what was read just before it."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import Message
from .cues import beside, either_case, words_before
from .document.abbreviation_memory import AbbreviationMemory
from .document.list_levels import ListLevels, find_levels
from .kind import Kind
from .lazy_regex import pattern
from .lexicon import Lexicon, cue_list
from .numerals import Numerals
from .syllables import LOWER, UPPER

REACH = 40  # how many letters before and after a place a rule may look at
LINE_REACH = 25 * REACH  # of the line it stands on: time stays linear where a megabyte is one line
_ENDED = pattern(r"[.!?;…] *\n")  # no word counts over a line's end and a full stop
_SENTENCE = pattern(rf"[{UPPER}][{LOWER}]+ [{LOWER}]{{2}}|[A-ZĐ]{{2,5}}:")
_VILLAGE = pattern(rf"(?:{either_case(cue_list('villages_with_name'))})(?: [{UPPER}][{LOWER}]+){{1,3}} $")
_LABELS = words_before(cue_list("things_with_number"))
_MEASURES = words_before("mật số|hệ số|chỉ số|dân số|tỷ số|tỉ số|tổng số|doanh số|tần số")
_VARIETIES = words_before(cue_list("varieties"))
_NAMED_SORT = pattern(rf" (?:giống(?: [^\W\d_]+){{1,2}}|lúa (?:{cue_list('rice_crops')}))$")  # giống khoai tây VT2
_NAMED_CROP = pattern(rf"(?!Giống)(?<![^\W_])[{UPPER}][{LOWER}]+ [{UPPER}][{LOWER}]+[ ,;:(-]*$")  # Hòa Lạc, QL21
_SORTS = pattern(rf"\b(?!N[gG][ôÔ] [{UPPER}])(?i:{cue_list('crops_in_lists')}) ")  # Ngô Thị Đẹp is nobody's maize
_COUNTS = frozenset((Kind.RATE, Kind.QUANTITY, Kind.TEMPERATURE, Kind.MONEY, Kind.NUMBER, Kind.RANGE, Kind.FRACTION))


class Token(NamedTuple):
    """One stretch of the text, [start, end) in letters, the words for it and the reason to doubt them, if any.

    `word_start`: where the written word begins that it is a piece of, if it is not the first piece; else -1.
    """

    start: int
    end: int
    spoken: str
    why: Message | None
    kind: Kind
    word_start: int = -1


class Context:
    """A text while it is read: its words around a place, what was read just before, and what rules look up.

    `definitions` are the abbreviations that the text itself explains: abbreviation -> its words.
    """

    __slots__ = (
        "_after",
        "_after_at",
        "_before",
        "_before_at",
        "definitions",
        "levels",
        "lexicon",
        "memory",
        "numerals",
        "previous",
        "text",
    )

    def __init__(self, text: str, numerals: Numerals, lexicon: Lexicon, definitions: dict[str, str]) -> None:
        self.text = text
        self.numerals = numerals
        self.lexicon = lexicon
        self.definitions = definitions
        self.levels: ListLevels = find_levels(text)
        self.memory = AbbreviationMemory(text)
        self.previous = Token(0, 0, "", None, Kind.NOTHING)
        self._before, self._before_at = "", -1
        self._after, self._after_at = "", -1

    def before(self, at: int) -> str:
        """The words before `at`, lower case, with a blank in front and no signs at the end: “ gọi số”."""
        if at != self._before_at:
            ahead = self.text[max(0, at - REACH) : at]
            self._before = beside(_ENDED.split(ahead)[-1] if "\n" in ahead else ahead)
            self._before_at = at
        return self._before

    def adjoins(self, at: int, cues: tuple[str, ...]) -> bool:
        """Whether one of `cues` stands right before `at`, with no sign between: đường ĐT639, but not đường (ĐT639."""
        last = self.char(at - 1) if self.char(at - 1) != " " else self.char(at - 2)
        return last.isalnum() and self.before(at).endswith(cues)

    def is_after(self, at: int, cues: str | tuple[str, ...]) -> bool:
        """Whether one of `cues`, each with a blank in front, stands right before `at` (signs between do not count)."""
        return self.before(at).endswith(cues)

    def after(self, at: int) -> str:
        """What follows `at`, lower case, without leading blanks."""
        if at != self._after_at:
            self._after = self.text[at : at + REACH].lower().lstrip(" ")
            self._after_at = at
        return self._after

    def is_before(self, at: int, cues: tuple[str, ...]) -> bool:
        """Whether one of `cues` follows `at` as a whole word: “tổ” is not the beginning of “tổng”."""
        text = self.after(at)
        if not text.startswith(cues):
            return False
        ends = (len(cue) for cue in cues if text.startswith(cue))
        return not all(text[end - 1].isalnum() and text[end : end + 1].isalnum() for end in ends)

    def char(self, at: int) -> str:
        """The letter at `at`, or nothing outside of the text."""
        return self.text[at] if 0 <= at < len(self.text) else ""

    def line_before(self, at: int, reach: int = LINE_REACH) -> str:
        """What stands before `at` on its line, its last `reach` letters."""
        return self.text[max(0, at - reach) : at].rpartition("\n")[2]

    def line_behind(self, at: int, reach: int = LINE_REACH) -> str:
        """What stands from `at` on on its line, its first `reach` letters."""
        return self.text[at : at + reach].partition("\n")[0]

    def begins_line(self, at: int) -> bool:
        """Whether only bullets and blanks stand before `at` on its line."""
        line = self.line_before(at, 8)
        return not line.strip(" -+*•\"“'/") and (len(line) < 8)

    def begins_sentence(self, at: int) -> bool:
        """Whether a line begins at `at`, or a sentence behind another."""
        return self.begins_line(at) or self.text[max(0, at - 2) : at] in (". ", "! ", "? ")

    def follows(self, kind: Kind, at: int, *gaps: str) -> bool:
        """Whether the stretch read just before is of this kind, with only one of `gaps` between."""
        return (
            self.previous.kind is kind
            and self.previous.end > at - 16
            and self.text[self.previous.end : at].lower() in ("", " ", *gaps)
        )

    def near_number(self, at: int, words: int = 3) -> bool:
        """Whether a number was read at most a few words before `at`, with no pause between."""
        gap = self.text[self.previous.end : at] if at - self.previous.end <= REACH else ","
        counted = self.previous.kind in _COUNTS or (
            self.previous.kind is Kind.DATE and "tháng" not in self.previous.spoken
        )
        return counted and gap.count(" ") <= words and not any(c in ",;:!?()\n" for c in gap)

    def after_variety(self, at: int) -> bool:
        """Whether a plant's name stands at `at`, or one more of them: sắn HN5, KM140 is no milestone."""
        words = self.before(at)
        more = self.follows(Kind.CODE, at, ", ", " và ") and any(cue + " " in words for cue in _VARIETIES)
        variety = words.endswith(_VARIETIES) and not _NAMED_CROP.search(self.text[max(0, at - REACH) : at])
        return more or variety or _NAMED_SORT.search(words) is not None or self._sorts(at)

    def _sorts(self, at: int) -> bool:
        """Whether `at` goes on a list of varieties: các giống lúa Bắc thơm số 7, Đài thơm 8, T10."""
        head = self.text[max(0, at - 3 * REACH) : at]
        sentence = re.split(r"[!?\n]|\.\s", head)[-1]
        goes_on = sentence.lower().endswith((", ", ": ", " và ", " như ", " gồm "))
        return goes_on and _SORTS.search(sentence) is not None

    def after_label(self, at: int) -> bool:
        """Whether a thing that has a number stands right before, so that one number more may follow: tổ 5 120 người."""
        words = self.before(at)
        return (words.endswith(_LABELS) and not words.endswith(_MEASURES)) or self.after_village(at)

    def opens_sentence(self, at: int) -> bool:
        """Whether a small word follows one with a capital: Mời bà con, and not Nguyễn Văn Hùng."""
        return _SENTENCE.match(self.text, at) is not None

    def after_village(self, at: int) -> bool:
        """Whether a village's name stands right before, which may have a number: thôn Phú Lộc 2."""
        return _VILLAGE.search(self.text[max(0, at - REACH) : at]) is not None

    def number(self, written: str) -> str:
        """A written number in words."""
        return self.numerals.number(written)

    def number_range(self, first: str, last: str | None) -> str:
        """Two written numbers as “a đến b”, or the first alone where the range has no end."""
        return f"{self.number(first)} đến {self.number(last)}" if last else self.number(first)
