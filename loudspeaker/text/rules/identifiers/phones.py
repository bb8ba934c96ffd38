"""Telephone numbers in any grouping, and the short ones: digit by digit, with a pause where it is written."""

from __future__ import annotations

import re

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import spell_digits
from ...rule import Answer, Guess, RuleMaker

rule = RuleMaker(Kind.PHONE)

_STRONG = words_before(
    "điện thoại|số điện thoại|đz nóng|sđt|đt|số đt|hotline|đường dây nóng|tổng đài|số máy|zalo|di động|máy bàn|fax|"
    "đầu số|gọi số|bấm số|số khẩn cấp|tin nhắn gởi|tin nhắn gửi|nhắn tin gửi|nhắn tin đến|nhắn tin tới|"
    "đường dây hỗ trợ|tổng đài hỗ trợ|đường dây tư vấn|tổng đài tư vấn|"
    "gọi đến số|gọi tới số|số nóng|đtdđ|tel|số nội bộ|nội bộ|máy lẻ|số máy lẻ|nhánh|"
    "đuôi|số đuôi|số cuối|cuộc gọi rác|gọi rác|tin nhắn rác|tin rác|số hotline|gửi tới|gửi đến số|tổng đài số|viber"
)
_WEAK = words_before(
    "gọi|gọi đến|gọi tới|gọi ngay|cc|tai nạn|có cháy|khi cháy|xảy ra cháy|"
    "liên hệ|liên hệ số|qua số|theo số|báo|alo|gọi điện|cấp cứu|báo cháy|gọi cho|"
    "liên lạc|bấm|cứu hỏa|chữa cháy|cảnh sát|công an|cứu nạn|cứu hộ|trẻ em|trung tâm|chỉ huy|pccc|"
    "đến số|tới số|vào số|báo số"
)
_ALARMS = (" gọi ", " báo cháy", " cháy rừng", " cấp cứu", " khẩn cấp", " cứu nạn", " cứu hộ", " bảo vệ trẻ em")
_DIALLED = ("số máy", "điện thoại", " đt ", " đt:", "fax", "bấm ", "trực ban", "sđt", "liên hệ", "hotline")
_PLOTS = words_before("thửa|thửa số|tờ|lô|phòng|khoảnh|tiểu khu|cột|số nhà|trang|thửa đất số")
_LINES = ("tổng đài ", "đường dây ", "hotline ", "số điện thoại ")  # … về phòng, chống mua bán người 111
_DUTY = pattern(r"\b(?:máy|máy trực|trực ban|điện thoại|đt)\b[^.;]{0,40}: $")
_OLD = pattern(r"\b(?:đt|điện thoại|số máy)(?:: | [^.;:\d]{0,25}:? )$")
_ASKED = pattern(r" ?[-–(] ?(?:đ/c|đồng chí|gặp|anh|chị|ông|bà) ")  # 3.755.015 - đ/c Hùng
_COUNTED = (
    "đường|phố|ngõ|hẻm|đ|đồng|triệu|nghìn|ha|kg|m|m2|km|người|hộ|lần|em|cuộc|lượt|trẻ|con|ca|vụ|cháu|học sinh|tin|thôn|"
    "xã|đơn|suất|cây|usd|USD|vnđ|VNĐ|vnd|VND|đô la|điểm|tổ|phiếu|đại biểu|đảng viên|hồ sơ|phương tiện|xe"
)
_GAPS = (", ", " hoặc ", "/", " - ", " và ", "-", " / ", "; ", "/ ", " – ")


_NO_DATE = r"(?!\d{1,2}([-./])\d{1,2}(?:\1(?:19|20)\d{2}(?!\d)| - \d{1,2}[-./]\d{1,2}[-./]))"
_AREA = (
    r"(?:0(?=[. ]\d{3}[. ]\d{3}[. ]\d{3}(?!\d))|\(0\d{1,4}\)|\(84[- ]\d{2,3}\)|"
    r"\(?\+84\)?(?: ?\(0\))?|84(?=[ .-]\d)|0\d{1,4}|1[89]00)"
)
_GROUPS = r"(?:(?:[ .-]{0,2}| \. | - (?=[1-9]))\d{1,7}+){1,6}+"


@rule(r"\*(\d{2,4}(?:\*\d{1,15}){0,3})#", starts="sign")
def service_code(match: re.Match[str], context: Context) -> str:
    """Code that is keyed in: bấm *101# -> sao một không một thăng"""
    return " ".join(f"sao {spell_digits(part)}" for part in match[1].split("*")) + " thăng"


@rule(rf"11[1-5](?:(?:, ?| ?/ ?| ?- ?|; ?)11[1-9])+(?![\d.,]\d|\d| ?(?:{_COUNTED})(?!\w))", unless_after=_PLOTS)
def emergency_numbers(match: re.Match[str], context: Context) -> str | None:
    """Emergency numbers in a list.

    113,114,115: three numbers to call, and no hundred millions; “có 113, 114 hộ” counts
    """
    return ", ".join(map(spell_digits, re.findall(r"\d+", match[0])))


@rule(
    r"11[1-5](?= ?[(:-]? ?(?:[Cc]ông an|[Cc]ảnh sát|[Cc]ứu h(?:ỏa|oả)|[Cc]hữa cháy|[Cc]ấp cứu|PCCC|[Cc]ứu nạn|"
    r"[Tt]ổng đài)(?!\w)| là (?:số|tổng đài|đường dây)(?!\w)| ?[/-] ?0\d{2,3}[. ]?\d)"
)
def emergency_number(match: re.Match[str], context: Context) -> str | None:
    """Emergency number before its service: 113 (Công an), 114 (Cứu hỏa), 115 (Cấp cứu)"""
    return None if context.is_after(match.start(), (" có", " tổng số")) else spell_digits(match[0])


@rule(r"(?:[23]\d{3}\.\d{3}|[2-8]\.\d{6}|[2-9]\d\d\.\d{3}(?= ?[,;(]|\.?$))(?!\d|[.,]\d)")
def local_line(match: re.Match[str], context: Context) -> str | None:
    """Line of a town: theo số 3856.789: no amount has four digits before a point"""
    at = match.start()
    if len(match[0]) == 7:  # six digits, of before 2008
        return spell_groups(match[0]) if _OLD.search(_sentence_before(context, at)) else None
    cued = context.is_after(at, (" số", *_STRONG, *_WEAK)) or context.follows(Kind.PHONE, at, *_GAPS)
    return spell_groups(match[0]) if cued or _DUTY.search(_sentence_before(context, at)) else None


@rule(r"\+(\d{2,6}(?: \d{2,4})?)(?![\d.]\d|\d)", starts="sign")
def country_code(match: re.Match[str], context: Context) -> str | None:
    """Code of a country: số lạ đầu +855, +63 -> cộng tám năm năm, …; Moldova (+373)"""
    ahead = context.text[max(0, match.start() - REACH) : match.start()]
    named = re.search(r"[A-Z]\w+ \($", ahead) and context.char(match.end()) == ")" and len(match[1]) > 1
    cued = re.search(r"\b(?:đầu|(?:đầu số|số lạ đầu|mã|mã quốc gia|mã vùng)\b[^;()]*) $", ahead.lower())
    return f"cộng {spell_groups(match[1])}" if named or cued else None


@rule(r"\(?0\d{1,4}\)? ?\(\d{2,4}\)[ .-]?\d{3,4}(?:[ .-]\d{2,4})?(?!\w|[.,/]\d)", starts="number sign")
def number_with_brackets(match: re.Match[str], context: Context) -> str | None:
    """Brackets inside of a number: 0263 (3822) 456, 0912(345)678 -> không hai sáu ba, ba tám hai hai, bốn năm sáu"""
    return _digits(match, 9 if context.is_after(match.start(), _STRONG) else 10)


@rule(_NO_DATE + _AREA + _GROUPS + r"(?: ?[xX*]{2,4})?(?!\d|/(?! ?[^\W\d_]))(?!\w)", starts="number sign")
def phone_number(match: re.Match[str], context: Context) -> Answer:
    """Telephone number.

    0214.3840.001 -> không hai một bốn, ba tám bốn không, không không một; 84.000-134.000 is a price
    """
    if match[0].startswith("84") and not context.is_after(match.start(), _STRONG + _WEAK):
        return None
    cued = context.is_after(match.start(), _STRONG) or context.follows(Kind.PHONE, match.start(), *_GAPS)
    spoken = _digits(match, 9 if cued else 10)
    return Guess(spoken, _TOO_MANY) if spoken and _MOBILE_AND_MORE.fullmatch(re.sub(r"\D", "", match[0])) else spoken


_MOBILE_AND_MORE = pattern(r"0[35789]\d{9}")  # a mobile telephone has ten digits
_TOO_MANY = Message("a telephone number with too many digits?")


@rule(
    r"(?:\+84 ?\d{0,3}|0\d{1,4}|1[89]00)(?:[ .-]?\d{1,4}){0,2}+(?:[ .-]?[xX*]{2,4}){1,3}(?:[ .-]?\d{2,4}){0,2}(?!\w)",
    starts="number sign",
)
def masked_number(match: re.Match[str], context: Context) -> str | None:
    """Number with hidden digits: 0977.xxx.123 -> không chín bảy bảy, ích ích ích, một hai ba"""
    return f"cộng {spell_groups(match[0])}" if match[0][0] == "+" else _digits(match)


@rule(r"[Ee]xt\.?:? ?(\d{2,5})(?![^\W_]|[.,]\d)", starts="word")
def extension(match: re.Match[str], context: Context) -> str | None:
    """Extension of a telephone: 0263.3822456 ext 105 -> máy lẻ một không năm"""
    called = context.follows(Kind.PHONE, match.start(), ", ", " - ", " (")
    return f"máy lẻ {spell_digits(match[1])}" if called else None


@rule(_AREA + _GROUPS + r"(?= ?/ ?[0(])", starts="number sign")
def first_of_two(match: re.Match[str], context: Context) -> str | None:
    """First of two numbers with a slash: 02613.544859/ 0963201818"""
    return _digits(match)


@rule(r"0\d{2,3} ?/ ?[2-9]\d{2,3}[ .]?\d{3,4}(?!\d|[./]\d)")
def area_with_slash(match: re.Match[str], context: Context) -> str | None:
    """Area set apart by a slash: 0239/386.1155"""
    return _digits(match)


@rule(
    r"(?:\(0\d{1,4}\)|0\d{2,4}|1[89]00)(?:[ .-]{0,2}| - )\d{1,4}(?:[ .]?\d{2,4}){1,3}(?= ?[-–/] ?\d)",
    starts="number sign",
)
def first_of_row(match: re.Match[str], context: Context) -> str | None:
    """First of several numbers.

    0912.345.678-0987.654.321; (0256) 3.822.456 - 3822457, where the second has the area of the first
    """
    return _digits(match)


@rule(
    r"(\d{3,8}(?:[ .]\d{2,4}){0,3}|\d{2}[ .]\d{3}[ .]\d{3}|\d(?:[ .]\d{3}){2}|\d[.]\d{7})(?![\d%])"
    rf"(?![.,]\d|/\d(?!\d{{3}}))(?! ?(?:{_COUNTED})(?![^\W_]))"
)
def short_number(match: re.Match[str], context: Context) -> str | None:
    """Short or local number behind a cue: gọi 114 -> gọi một một bốn; tổng đài 1022"""
    words = context.before(match.start())
    if words.endswith(_STRONG) or _is_text_message(words) or context.follows(Kind.PHONE, match.start(), *_GAPS):
        return spell_groups(match[1])
    called = _is_line(match, context) or _is_service(match[1], words) or _is_urgent(match, context)
    return spell_groups(match[1]) if called else None


@rule(r"0\d{2,4}\.\d{3,4}(?![\d,])|0\d{3}\.\d{1,2}(?![\d,])")
def short_of_digits(match: re.Match[str], context: Context) -> Answer:
    """Number that begins with 0 and may lack digits: 0214.113"""
    return Guess(spell_groups(match[0]), Message("a telephone number with too few digits?"))


def _digits(match: re.Match[str], least: int = 10) -> str | None:
    """The digits, where there are as many as a number has; before 2008 some had nine: 054.831353"""
    written = _TRUNK.sub("0", match[0])
    digits = re.sub(r"\D", "", written)
    length = len(digits) + len(re.findall(r"[xX*]", written))
    if written != match[0] and written[0] == "0" and least <= length <= 11:
        return spell_groups(written)
    if digits.startswith("84"):
        plus = "cộng " if "+" in match[0][:2] else ""
        return plus + spell_groups(match[0]) if 11 <= length <= 13 else None
    if digits.startswith(("1800", "1900")):
        return spell_groups(match[0]) if 6 <= length <= 10 else None
    if length == 9 and digits.startswith("069"):  # lines of the army and the police
        return spell_groups(match[0])
    return spell_groups(match[0]) if least <= length <= 11 or (length == 9 and "(" in match[0]) else None


_TRUNK = pattern(r"^\(?\+84\)? ?\(0\) ?")  # +84 (0)912 345 678 is dialled either with 84 or with 0
_LINE = pattern(r"[2-8][ .]\d{3}[ .]\d{3}")
_LINE_OR_TWO = pattern(r"[2-8]\d?[ .]\d{3}[ .]\d{3}")
_SERVICE = pattern(r"1[89]00")
_SERVICE_LINE = pattern(r"1[89]00\d{4}")
_URGENT = pattern(r"11[1-9]|108\d?|1022|156|15[67]|1[89]\d{6}")
_POSTS = words_before("cột|cột số|trụ|trụ số|cột mốc|mốc|km")  # đường dây từ cột 01 đến cột 118
_MESSAGE = pattern(r" soạn(?: tin)? [^\W_]+$")


def _is_line(match: re.Match[str], context: Context) -> bool:
    """Whether it has the digits of a line, and words speak of calling: liên hệ 3.755.015; số máy trực: 3.812.115"""
    if not _LINE_OR_TWO.fullmatch(match[1]):
        return False
    at, sentence = match.start(), _sentence_before(context, match.start())
    if _DUTY.search(sentence):
        return True
    if not _LINE.fullmatch(match[1]):
        return False
    called = context.is_after(at, _WEAK) or _ASKED.match(context.text, match.end()) is not None
    return called or any(cue in sentence for cue in (*_LINES, *_DIALLED))


def _is_service(written: str, words: str) -> bool:
    """Whether it is a number of a service.

    soạn VNN 1409 gửi 1409; các đầu số 1800; 18008098, which no amount begins with; 1022; gọi 9090
    """
    if _SERVICE.fullmatch(written) and words.endswith((" đầu", " đầu số")):
        return True
    if _SERVICE_LINE.fullmatch(written) or written == "1022" or _MESSAGE.search(words):
        return True
    return len(written) == 4 and words.endswith((" gọi", " hoặc gọi", " bấm", " tin nhắn", " tin nhắn đến"))


def _is_urgent(match: re.Match[str], context: Context) -> bool:
    """Whether it is a number that everybody knows, beside words of calling; từ số 1 đến số 111 are houses"""
    words = context.before(match.start())
    if not _URGENT.fullmatch(match[1]) or " từ số " in words or words.endswith(_POSTS):
        return False
    if words.endswith(_WEAK) or (match[1] < "116" and any(cue in words for cue in _ALARMS)):
        return True
    sentence = _sentence_before(context, match.start())
    return any(cue in sentence for cue in _LINES)


def _sentence_before(context: Context, at: int) -> str:
    """What stands before `at` in its sentence, lower case."""
    return " " + re.split(r"[.!?]\s|\n", context.text[max(0, at - 3 * REACH) : at].lower())[-1]


def _is_text_message(words: str) -> bool:
    """Whether a text message is asked for: soạn TTHC … gửi 8151"""
    return words.endswith((" gửi", " gởi", " gửi tới", " gửi đến")) and any(
        w in words for w in (" soạn", " cú pháp", " tin nhắn", " nhắn", " dk ")
    )


def spell_groups(written: str) -> str:
    """The digits as written, a comma where the writer left a gap; ten in a row as 4, 3, 3."""
    groups = re.findall(r"\d+|[xX*]+", written)
    if len(groups) == 1 and len(groups[0]) == 10:
        groups = [groups[0][:4], groups[0][4:7], groups[0][7:]]
    return ", ".join(spell_digits(group) if group.isdecimal() else " ".join(["ích"] * len(group)) for group in groups)
