"""Numbers with the letter T: tons, months or years of age, by the words around: 45t, xe 3,5T, kỳ hạn 12T."""

from __future__ import annotations

import re

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import NUMBER
from ...rule import Answer, Guess, RuleMaker
from ...syllables import LOWER, UPPER

rule = RuleMaker(Kind.QUANTITY)
_LOADED = words_before(
    "xe|tải|tải trọng|trọng tải|trọng lượng|cẩu|khối lượng|sản lượng|cầu|chở tối đa|chở được|sức chở|"
    "chở quá|phà|sà lan|trạm cân"
)
_PEOPLE = words_before(
    "bé|cháu|trẻ|te|nct|bệnh nhi|bệnh nhân|em|ông|bà|anh|chị|nam|nữ|học sinh|mẫu giáo|mg|bn|thanh niên|người|cụ|"
    "chị em|sn|"
    "đối tượng|bị can|bị cáo|nạn nhân|nghi phạm|tài xế|lái xe|con nhỏ|con dưới|nam nữ|lao động"
)
_CHILDREN = words_before("bé|te|trẻ|trẻ em|bệnh nhi|con nhỏ|con dưới|mẫu giáo|mg")  # 24-36t are months
_OLDEST_CHILD, _OLDEST_IN_MONTHS = 18, 72
_HOUSES = words_before("nhà|khu nhà|dãy nhà|nhà cấp 4|nhà văn hóa")  # of so many storeys
_TERMS = words_before(
    "lần trước|cách lần|kỳ hạn|kỳ|thời hạn|lãi|lãi suất|hạn vay|gửi tiết kiệm|vay|bảo hành|trả góp|ân hạn|"
    "hạn dùng|hạn sử dụng|hsd"
)
_NAMED_BEFORE = pattern(rf"[{UPPER}][{LOWER}]+, $")  # Hồ Ngọc Hân, 14t
_LATER = words_before("sau|cách|cách nhau|cứ|định kỳ|nhắc lại sau")  # mũi 2: sau 6T
_PLACES = (
    "sông|suối|cầu|chợ|ấp|thôn|xóm|bản|làng|xã|phường|kênh|kinh|rạch|phà|đường|bến|đò|hòn|đảo|cù lao|cồn|núi|đồi|đèo|"
    "dốc|cống|đập|hồ|kho|khu|vàm|giồng|ngã ba|ngã tư|trạm|nhà máy|mỏ"
)
_NO_CUES = pattern(r" (?:yêu cầu|bà con)(?!\w)")  # which speak of no bridge and of nobody's age
_NAMED_AFTER_PERSON = pattern(  # sông Bé, cầu Ông Bố, ấp Bà Phủng, where nobody is told of
    rf"(?i:{_PLACES}) (?:[{UPPER}][{LOWER}]* ){{0,2}}(?:Bé|Ông|Bà|Cô|Cháu|Anh|Em|Cụ|Nam|Nữ|Trẻ)(?![^\W_])"
)
_PER_TIME = pattern(r"/ ?(?:buổi|ngày|tuần|tháng|ca)(?!\w)")  # học 2t/buổi: lessons, hours, or tons
_TONS = Message("this could be tons, months or years of age")
_REACHED = words_after("đạt|ước|tăng|giảm|của|so với|so cùng|cả nước|toàn tỉnh|năm")  # xuất khẩu 8T đạt …


@rule(r"(\d{1,2})[tT](?:/((?:19|20)\d\d)(?!\d)|(?= (?:đầu|cuối|năm)))")
def months(match: re.Match[str], context: Context) -> Answer:
    """Months written T: thu 9T/2026, 6T đầu năm -> tháng"""
    year = f" năm {context.number(match[2])}" if match[2] else ""
    return f"{context.number(match[1])} tháng{year}"


def _certain_unit(match: re.Match[str], context: Context) -> str:
    """Unit that the words around decide: tuổi, tấn or tháng, else nothing"""
    words = _without_places(_NO_CUES.sub("", context.before(match.start())), match, context)
    if _is_months_of_child(match, words):
        return ""
    if _is_age(match, context, words):
        return "tuổi"
    loaded, aged = _last_place(_LOADED, words), _last_place(_PEOPLE, words)
    if _is_load(match, context, loaded, aged):
        return "tấn"
    if any(cue in words for cue in _TERMS):
        return "tháng"
    if words.endswith(_HOUSES) and match[1].isdecimal():
        return "tầng"
    return "tuổi" if aged >= 0 and _years(match) < 120 and not _reaches(match, context) else ""


def _without_places(words: str, match: re.Match[str], context: Context) -> str:
    """The words before without names of places that have a word of persons in them: sông Bé -> sông"""
    for place in _NAMED_AFTER_PERSON.findall(context.text[max(0, match.start() - REACH) : match.start()]):
        words = words.replace(place.lower(), place.lower().split(" ")[0])
    return words


def _is_load(match: re.Match[str], context: Context, loaded: int, aged: int) -> bool:
    """Whether tons are told: 3,5T, 2t/ha, xe 5t; not học 2t/buổi, which may be lessons or hours"""
    few = _PER_TIME.match(context.text, match.end()) and 0 < _years(match) < _FEWEST_TONS and loaded < 0
    return not few and ("," in match[1] or context.char(match.end()) == "/" or loaded > aged)


_FEWEST_TONS = 10  # that are told by the day, beside lessons


def _last_place(cues: tuple[str, ...], words: str) -> int:
    """Where the last of some cues ends in the words before, or -1: xăng xe 300k, con nhỏ dưới 6t is about the child"""
    ends = (words.rfind(cue) + len(cue) for cue in cues if cue in words)
    return max((end for end in ends if not words[end : end + 1].isalpha()), default=-1)  # not chịu of chị


def _is_months_of_child(match: re.Match[str], words: str) -> bool:
    """Whether a child is told of who would be too old in years: trẻ 24-36t"""
    oldest = int(match[2] or match[1]) if (match[2] or match[1]).isdecimal() else 0
    return _OLDEST_CHILD < oldest <= _OLDEST_IN_MONTHS and 0 <= _last_place(_PEOPLE, words) == _last_place(
        _CHILDREN, words
    )


def _is_age(match: re.Match[str], context: Context, words: str) -> bool:
    """Whether an age is told: (19t); cháu 5T; cụ Bùi Thị Mùi (78T)"""
    at, closed = match.start(), context.char(match.end()) == ")" and match[1].isdecimal()  # not P.115 (2,5t)
    if words.endswith(_PEOPLE) or (closed and match[0][-1] == "t" and context.char(at - 1) == "("):
        return True
    return closed and _PERSON.search(context.text[max(0, at - 10) : at]) is not None


_PERSON = pattern(rf"[{UPPER}][{LOWER}]+ \($")


def _likely_unit(match: re.Match[str], context: Context) -> str:
    """Unit where no word decides: xuất khẩu 8T đạt … -> tháng; 45t -> tuổi; else tấn"""
    if _reaches(match, context) or (match[1].isdecimal() and context.is_after(match.start(), _LATER)):
        return "tháng"
    if _is_months_of_child(match, context.before(match.start())):
        return "tháng"
    youngest = 3 if match[2] or _NAMED_BEFORE.search(context.text[max(0, match.start() - 12) : match.start()]) else 14
    return "tuổi" if "t" in match[0] and youngest < _years(match) < 110 else "tấn"


def _reaches(match: re.Match[str], context: Context) -> bool:
    """Whether months are followed by a result: xuất khẩu 8T đạt …"""
    return match[1].isdecimal() and int(match[1]) <= 12 and context.is_before(match.end(), _REACHED)


def _years(match: re.Match[str]) -> int:
    return int(match[1]) if match[1].isdecimal() else 0


@rule(r"(\d{1,2})t(\d{1,2})th(?![^\W_])")
def retirement(match: re.Match[str], context: Context) -> str:
    """Age in years and months: nghỉ hưu lúc 61t3th -> sáu mươi mốt tuổi ba tháng"""
    return f"{context.number(match[1])} tuổi {context.number(match[2])} tháng"


@rule(r"(\d{1,2})(?: ?- ?(\d{1,2}))? t(?=[.,;)]|$)")
def years_of_age(match: re.Match[str], context: Context) -> str | None:
    """Years of age: trẻ em < 6 t. -> tuổi"""
    cued = any(cue in context.before(match.start()) for cue in _PEOPLE) or context.char(match.start() - 1) == "("
    return f"{context.number_range(match[1], match[2])} tuổi" if cued else None


@rule(rf"({NUMBER})(?:t? ?- ?(\d{{1,4}}))?[tT](?![^\W_])")
def tons_or_years(match: re.Match[str], context: Context) -> Answer:
    """Tons, years of age or months: xe trên 3,5T -> tấn; trẻ 2t-5t, ông A, 45t -> tuổi; kỳ hạn 12T -> tháng"""
    spoken = context.number_range(match[1], match[2])
    certain = _certain_unit(match, context)
    return f"{spoken} {certain}" if certain else Guess(f"{spoken} {_likely_unit(match, context)}", _TONS)
