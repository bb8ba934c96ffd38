"""Short forms of reservoirs and rivers, where a text tells of their water: đạt 68% DT, MN lúc 7h, 75% DTTK."""

from __future__ import annotations

import re

from ...context import REACH, Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...reasons import ambiguous
from ...rule import Answer, Guess, RuleMaker
from ...syllables import LOWER, UPPER

rule = RuleMaker(Kind.ACRONYM)

_OF_WATER = (
    "mực nước", "hồ chứa", "xả lũ", "lưu lượng", "cửa xả", "xả tràn", "qua tràn", "hạ lưu", "thượng lưu", "tích nước",
    "m3 s", "q xả", "qxả", "dung tích", "mndbt", "hồ thủy lợi", "hồ thủy điện", "đập", "báo động", "lượng mưa",
)  # fmt: skip
_PARTS = {"TK": " thiết kế", "HI": " hữu ích", "TB": " toàn bộ", "C": " chết", "": ""}
_LAKE = pattern(rf"(?<!\w)[Hh]ồ (?!Chí|Thị|Văn)[{UPPER}][{LOWER}]")
_SCHOOLS = words_before("trường|các trường|lớp|bậc|cấp|giáo viên|gv|trẻ|các bậc|ngành|bậc học|cấp học")
_VOLUME = pattern(
    r" ?(?:\(|:|=|còn|đạt|hiện|hồ|nước)? ?(?:(?:\d[\d.,]* ?)?%|(?:\d[\d.,]* ?)?(?:tr|triệu|tỷ|nghìn)?\.? ?m[3³])"
)
_LEVEL = pattern(
    r" ?[(:=]? ?(?:(?:hồ|sông|hạ lưu|thượng lưu|dâng|chết|lũ|lúc|cao|thấp|xuống|lên|hiện|tại|ngày|đo|max|TK)(?!\w)|"
    r"c?m\)|[+-]?\d[\d.,]* ?c?m(?!\w))"
)


@rule(r"DT(TK|HI|TB|C)?(?![^\W_])", starts="word")
def volume_of_reservoir(match: re.Match[str], context: Context) -> Answer:
    """Volume of a reservoir: hồ đạt 68% DT, DT 45tr m3 -> dung tích; certain where two words of water are told"""
    told = match[1] or context.char(match.start() - 2) == "%" or _VOLUME.match(context.text, match.end())
    if not told or (not match[1] and _tells_of_fields(match, context)):
        return None
    return _say(f"dung tích{_PARTS[match[1] or '']}", match, context)


def _tells_of_fields(match: re.Match[str], context: Context) -> bool:
    """Whether the sentence tells of crops, which have an area: đã thu hoạch 70% DT lúa"""
    before = _SENTENCE_END.split(context.text[max(0, match.start() - 3 * REACH) : match.start()])[-1]
    behind = _SENTENCE_END.split(context.text[match.end() : match.end() + REACH])[0]
    return _FIELDS.search(before + behind) is not None


_SENTENCE_END = pattern(r"[.;] |\n")
_FIELDS = pattern(
    r"(?i)(?<!\w)(?:lúa|màu|hoa màu|gieo|cấy|sạ|thu hoạch|gặt|trồng|tưới|rau|ngô|lạc|mía|sắn|cây|ha|sào|ruộng|rừng|"
    r"ngập úng|canh tác|dự toán|ngân sách|kinh phí)(?!\w)"
)


@rule(r"MN(?![^\W_])", starts="word", unless_after=_SCHOOLS)
def level_of_water(match: re.Match[str], context: Context) -> Answer:
    """Level of the water: MN lúc 7h: 105,2m, MN (m) -> mực nước; trường MN is a school"""
    return _say("mực nước", match, context) if _LEVEL.match(context.text, match.end()) else None


@rule(r"Q ?(?=(?:xả|về|đến|vào|qua tràn|tràn|chạy máy|phát điện|hạ lưu)(?: [^\W\d_]+){0,2} ?[:=]? ?\d)", starts="word")
def discharge(match: re.Match[str], context: Context) -> str:
    """Discharge of a reservoir: Q xả 45 m3/s, Qvề 320 m3/s -> lưu lượng xả, lưu lượng về"""
    return "lưu lượng "


def _say(spoken: str, match: re.Match[str], context: Context) -> Answer:
    """Words for a short form where the text tells of water; a guess where only one word does"""
    if match[0] in context.definitions:
        return None
    words = context.memory.count_words(_OF_WATER)
    words += _LAKE.search(context.text, max(0, match.start() - 3 * REACH), match.start()) is not None
    return spoken if words > 1 else Guess(spoken, ambiguous(match[0])) if words else None
