"""Two numbers with a slash that are no date: 1/3 số hộ is a part, 20/25 hộ a count out of a whole."""

from __future__ import annotations

import re

from ....errors import Message
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import NUMBER
from ...rule import DATE_OR_PART, REACH, Answer, Guess, Rule, RuleMaker, Scene, words_after, words_before
from ..time.dates import COUNTED, WHOLES, guessed, numbered, part_of_time

rule = RuleMaker(Kind.FRACTION)

_VOTERS = words_after("đại biểu|cử tri|thành viên|đảng viên|hội viên|hộ dân")
_LEVELS = words_before("bậc|bậc thợ|hiệp|ván|cấp|mức|huyết áp|hạng|đạt|thị lực|điểm|lớp|tỷ lệ|tỉ lệ|kết quả|phiếu")
_CLASSES = pattern(r"lớp (?:\d{1,2}/\d{1,2}(?:,| và|, và) ){1,5}$")  # what stands before one more of them


_UNITS = r"kg|ha|m2|m3|đ(?!/)|mmHg|mmhg|mm|m|km|lít|ml|mg|l|g|kV|kVA|%|°C"


@rule(rf"({NUMBER}) ?/ ?({NUMBER})(?![\d/])(?: ?({_UNITS})(?![^\W_]))?")
def part(match: re.Match[str], scene: Scene) -> Answer:
    """1/3 số hộ -> một phần ba; 5/9 thôn -> năm trên chín; a bare 3/5 may be either, or a date"""
    above, below = match[1], match[2]
    end = match.end()
    points = match[3] == "đ" and _below(1001, below)
    unit = f" {'điểm' if points else scene.lexicon.units.get(match[3], match[3])}" if match[3] else ""
    whole = f"{scene.say(above)} trên {scene.say(below)}{unit}"
    share = f"{scene.say(above)} phần {scene.numerals.month(int(below))}{unit}" if _small(above, below) else ""
    if (above, below) == ("2", "3") and scene.continues(end, _VOTERS):
        return Guess(share, Message("this could be a part or a count"))
    half = share and part_of_time(scene, end)
    counted = (
        scene.continues(end, COUNTED)
        and not (half and above == "1")
        and not numbered(scene, end)
        and not (_below(32, above, below) and int(above) > int(below))
    )
    if re.fullmatch(r"[12]?\d,[123]?\d", above) and _below(13, below) and not unit:  # (1,28/9) may be two days
        return Guess(whole, DATE_OR_PART)
    if re.fullmatch("(?:19|20)\\d\\d", below) and not (unit or counted):
        return Guess(whole, DATE_OR_PART)
    if (
        counted
        or scene.after(end).startswith("=")
        or scene.before(match.start()).endswith(_LEVELS)
        or _CLASSES.search(scene.text[max(0, match.start() - REACH) : match.start()])
        or not _below(32, above, below)
    ):
        slip = scene.before(match.start()).endswith((" tháng", " ngày")) and not counted  # tháng 10/222, ngày 11/71984
        return Guess(whole, DATE_OR_PART) if slip else whole
    if share and (unit or scene.continues(end, WHOLES) or half):
        return share
    if unit:
        return whole
    at = match.start()
    date = "" if scene.follows(Kind.CODE, at, ", ") else guessed(scene, at, above, below)
    return Guess(date or share or whole, DATE_OR_PART)


def _below(limit: int, *numbers: str) -> bool:
    return all(number.isdecimal() and int(number) < limit for number in numbers)


def _small(above: str, below: str) -> bool:
    """Whether it is said as a part: one third, three quarters."""
    return _below(11, above, below) and 0 < int(above) < int(below) and above[0] != "0"


RULES: tuple[Rule, ...] = (part,)
