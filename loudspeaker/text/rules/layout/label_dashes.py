"""A dash between the number of something and what is told of it: loại 3 - 15k, giải 2 - 3tr5, tổ 4 - 19h.

Between two amounts a dash means “until”: xe 2 - 3 tấn, vé 20 - 25k. What decides is how much larger the second is, and
whether the text numbers more things of that name so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

from ....errors import Message
from ...context import Context
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...rule import Answer, Guess, RuleMaker

rule = RuleMaker(Kind.LABEL)

_NAMES = f"{cue_list('labels_before_dash')}|{cue_list('times_before_dash')}|tuổi"
_ALSO_MEASURED = frozenset(
    f"{cue_list('labels_also_measured')}|{cue_list('times_before_dash')}".split("|")
)  # vé 2 - 3k, lương tháng 5 - 7 triệu
_NO_NAME = frozenset(cue_list("no_labels").split("|"))  # mỗi lần 1 - 2 viên, tổng số 5 - 7 triệu
_AHEAD = pattern(rf"(?i)(?:(?<!\w)([^\W_]+) )?(?<!\w)({_NAMES}) $")
_ENDS = tuple(f"{name} " for name in _NAMES.split("|"))
_NUMBERED = pattern(rf"(?i)(?<!\w)({_NAMES}) (\d{{1,3}}) ?- ?\d")
_LONGEST = 24  # letters of a name and the word before it
_PRICE = pattern(
    r" ?(?:(?:k|K|TR|Tr|TRIỆU|Đ|n|ng|tr|trđ|triệu|tỷ|tỉ|nghìn|ngàn|đ|đồng|vnđ|VNĐ)(?![^\W\d_])|(?:tr|k)\d)"
)
_HOUR = pattern(r"(?:[hHg:][0-5]\d(?!\d)|[hHg](?!\w)| ?giờ(?!\w))")
_COUNTED = pattern(rf" ?(?:{cue_list('counted_behind_label')}|%)(?!\w)")
_MOST = 9  # a number that is no range's end, where what stands behind it is ten times as much
_TIMES_AS_MUCH = 10
_LEVELS = frozenset(("mức", "ca"))  # also what is measured: mức 5 - 7 triệu, ca 6 - 14h
_MOST_LEVELS = 3
_FACTOR = frozenset("xX")  # 15 ô 5x6 - 1tr8
_PRICE_OF = pattern(r" (?:lương|giá|thuê|mua|bán)(?: [^\W\d_]+){0,2}$")  # thuê phòng 2 - 3 triệu
_NUMBER_OR_AMOUNT = Message("the number of something, or a range")


@rule(r"(\d{1,3})( - ?| ?- |-)(?=(\d(?:[\d.,]*\d)?))")
def number_before_amount(match: re.Match[str], context: Context) -> Answer:
    """The number of something, before what it gets: loại 3 - 15k -> ba, mười lăm nghìn"""
    name = _name(match, context)
    if name is None:
        return None
    spoken = f"{context.number(match[1])},"
    if _HOUR.match(match.string, match.end(3)):
        if match[2] == "-":
            return _before_tight_hour(name, spoken, context)
        return spoken if _may_have_hours(name, match, context) else None
    if _PRICE.match(match.string, match.end(3)):
        return _before_price(name, spoken, match, context)
    counted = _COUNTED.match(match.string, match.end(3)) and (match[2] != "-" or _is_one_of_several(name, context))
    return spoken if counted and _is_number_of(name, match, context) else None


def _name(match: re.Match[str], context: Context) -> str | None:
    """What has the number, in small letters; nothing for a factor and a village; None where nothing is numbered"""
    at = match.start()
    if context.char(at - 1) in _FACTOR or context.after_village(at):
        return ""
    words = context.text[max(0, at - _LONGEST) : at]
    ahead = _AHEAD.search(words) if words.lower().endswith(_ENDS) else None
    if ahead is None:
        return None
    each = ahead[1] is not None and (ahead[1].isdecimal() or ahead[1].lower() in _NO_NAME)
    return None if each else ahead[2].lower()


def _before_tight_hour(name: str, spoken: str, context: Context) -> Answer:
    """The number of a place or a group of people before its hour: tổ 1-7h, tổ 2-8h; chốt 6-18h is open as long"""
    if name not in _PLACES:
        return None
    return spoken if _is_one_of_several(name, context) else Guess(spoken, _NUMBER_OR_AMOUNT)


_PLACES = frozenset(("thôn", "tổ", "ấp", "xóm", "bản", "khu", "đội", "nhóm", "khóm", "buôn", "làng", "khối", "lớp"))


def _may_have_hours(name: str, match: re.Match[str], context: Context) -> bool:
    """Whether an hour may be told of it: tổ 4 - 19h; ca 6 - 14h lasts from six, 16h ngày 02 - 11h ngày 03 until"""
    if name == "ngày" and context.previous.kind is Kind.TIME and context.previous.end > match.start() - _LONGEST:
        return False
    return name not in _LEVELS or int(match[1]) <= _MOST_LEVELS


def _before_price(name: str, spoken: str, match: re.Match[str], context: Context) -> str | None:
    """Number before an amount of money, where that can be no range"""
    if _is_number_of(name, match, context):
        return spoken
    range_of_sums = match[2] == "-" and int(match[1]) > _MOST  # tại vườn 75-80 ngàn
    return None if name in _ALSO_MEASURED or range_of_sums else spoken


def _is_number_of(name: str, match: re.Match[str], context: Context) -> bool:
    """Whether no range is told: the number behind is smaller or much larger, or things of that name are numbered"""
    first, last = int(match[1]), float(re.sub(r"[.,](?=\d{3}(?!\d))", "", match[3].rstrip(".,")).replace(",", "."))
    much = 0 < first <= _MOST and last >= first * _TIMES_AS_MUCH
    return last <= first or much or _is_one_of_several(name, context)


def _is_one_of_several(name: str, context: Context) -> bool:
    """Whether the text numbers more things of that name before a dash: thôn 3-25 hộ, thôn 4-18 hộ"""
    return len(_numbers(context.text).get(name, ())) > 1


@lru_cache(maxsize=4)
def _numbers(text: str) -> dict[str, set[str]]:
    """The numbers that stand before a dash in a text, by the name of what has them: giải -> 1, 2, 3"""
    numbers: dict[str, set[str]] = defaultdict(set)
    for name, number in _NUMBERED.findall(text):
        numbers[name.lower()].add(number)
    return numbers


@rule(r"(\d)(?: - ?| ?- )(\d{1,3}(?:,\d)?) ?(k|tr|triệu|nghìn|ngàn)(?![^\W\d_])")
def number_or_range(match: re.Match[str], context: Context) -> Answer:
    """One number and a sum, or two sums: vé loại 1 - 2 triệu đồng -> một, hai triệu"""
    name = _name(match, context)
    if name is None or name in _LEVELS or _PRICE_OF.search(context.before(match.start())):
        return None
    scale = "triệu" if match[3].startswith("tr") else context.numerals.thousand
    return Guess(f"{context.number(match[1])}, {context.number(match[2])} {scale}", _NUMBER_OR_AMOUNT)
