"""Two numbers with a slash that are no date: 1/3 số hộ is a part, 20/25 hộ a count out of a whole."""

from __future__ import annotations

import re

from ...errors import Message
from ..numerals import NUMBER
from ..rules import Answer, Guess, Rule, Scene, reads, words_after, words_before

_WHOLES = words_after("số |diện tích|dân số|tổng|quãng|chiều|khối lượng|thời gian|quỹ|nhu cầu")
_LEVELS = words_before("cấp|mức|huyết áp|hạng|đạt|thị lực|điểm|lớp|tỷ lệ|tỉ lệ|kết quả|phiếu")


@reads(rf"({NUMBER}) ?/ ?({NUMBER})(?![\d/])(?: ?(kg|ha|m2|m3|mmHg|mm|m|km|lít|ml|mg|l|g|kV|kVA|%|°C)(?![^\W_]))?")
def part(match: re.Match[str], scene: Scene) -> Answer:
    """1/3 -> một phần ba; 14/14 -> mười bốn trên mười bốn; huyết áp 140/90 mmHg"""
    unit = scene.lexicon.units.get(match[3] or "", match[3] or "")
    words = f"{_parted(match, scene)} {unit}".rstrip()
    if _like_date(match[1], match[2]) and not match[3] and not scene.after(match.end())[:1].isalpha():
        return Guess(words, Message("this could be a date or a part of a whole"))
    return words


def _parted(match: re.Match[str], scene: Scene) -> str:
    above, below = match[1], match[2]
    most = 10 if scene.after(match.end()).startswith(_WHOLES) or not scene.after(match.end())[:1].islower() else 5
    small = above.isdecimal() and below.isdecimal() and 0 < int(above) < int(below) <= most and above[0] != "0"
    if small and not scene.before(match.start()).endswith(_LEVELS):
        return f"{scene.say(above)} phần {scene.numerals.month(int(below))}"
    return f"{scene.say(above)} trên {scene.say(below)}"


def _like_date(day: str, month: str) -> bool:
    return day.isdecimal() and month.isdecimal() and 1 <= int(day) <= 31 and 1 <= int(month) <= 12


RULES: tuple[Rule, ...] = (part,)
