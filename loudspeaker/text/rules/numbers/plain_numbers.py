"""Whatever digits are left: as a number, or digit by digit where they are too many."""

from __future__ import annotations

import re

from ....errors import Message
from ...context import Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...numerals import NUMBER, spell_digits
from ...reasons import APART, COMMA, DATE_OR_NUMBER
from ...rule import Answer, Guess, RuleMaker, in_brackets
from ...syllables import LOWER, is_syllable
from ..time.calendar_words import Day, as_day

rule = RuleMaker(Kind.NUMBER)

_COUNTED = (
    "người|hộ|khẩu|nhân khẩu|lượt|trẻ|học sinh|cử tri|phiếu|liều|bao|cây|hội viên|công|suất|cái|chiếc|thẻ|lao động|"
    "đảng viên|đoàn viên|hồ sơ|gốc"
)
_AMOUNTS = words_after(f"{_COUNTED}|con|tấn|ha|m2|m3|kg|đồng|usd|lít|doanh nghiệp|tài khoản")
_BANKS = words_after(cue_list("banks"))
_MONTHS = 12
_DAY = pattern(r"(?:^|[^\d]) ngày$")
_LINKS = words_after("tại|ở|là|và|từ|đến|tới|các|bà con|mời|họp|khai mạc|tập trung|có mặt")
_CALLS = pattern(r" (?:gọi|báo|cháy|cấp cứu|công an|số|đường dây|tổng đài|trẻ em|liên hệ|hotline|lh|đt|khẩn cấp)(?!\w)")
_AT_HEAD = words_after("ở đầu|đứng đầu|ở trước|đứng trước|phía trước|đằng trước|ở cuối|ở giữa")
_LAST_DIGITS = words_before(
    "số cuối|chữ số cuối|số đuôi|có đuôi|đuôi số|số cuối là|tận cùng là|số tận cùng|số cuối cùng là"
)
_TYPED = words_before("mã|số|bấm|nhập|gõ|quay|phím|thêm|chữ số|đuôi")
_HOURS = words_after("giờ|h|g|-|–|đến|tới|phút|:")  # 00 giờ, từ 00 đến 6 giờ
_EXTENSIONS = words_before("số lẻ|máy lẻ|số máy lẻ|nội bộ|số nội bộ|nhánh|số nhánh|phím nhánh|số ghế|số bàn")
_HEADS = (" đầu số ", " mã ", " mã vùng ")
_LINES = words_before(
    "tuyến|tuyến số|tuyến xe|tuyến xe số|tuyến buýt|tuyến buýt số|xe buýt|xe buýt số|xe bus|xe bus số|buýt số|xe số"
)
_CARS = words_after("xe|chiếc|cái|km|tuyến|lượt|đường|mương|kênh")


@rule(r"0\d{3,5}(?: \d{2,4}){1,4}(?=…|\.{3})|00\d{3,4}(?: \d{2,4}){2,4}(?!\d|[.,/]\d)")
def groups_behind_nought(match: re.Match[str], context: Context) -> str:
    """Groups of digits behind a nought, which no amount has.

    The number of a telephone that goes by satellite, 00870 773 116 258, or the first digits of others, 0247 109...
    """
    return ", ".join(map(spell_digits, match[0].split(" ")))


@rule(r"0\d{4,29}(?![\d])(?![.,]\d)")
def padded_number(match: re.Match[str], context: Context) -> Answer:
    """Long number with a nought in front: a name, not an amount"""
    return Guess(spell_digits(match[0]), _no_cue())


@rule(r"(\d{10,15})(?![\d])(?![.,]\d)")
def long_number(match: re.Match[str], context: Context) -> Answer:
    """Ten digits or more without a separator: an amount only if it ends with 000"""
    if match[1].endswith("000"):
        return context.number(match[1])
    return Guess(spell_digits(match[1]), _no_cue())


@rule(r"(\d{7,9})(?![\d])(?![.,]\d)")
def ungrouped_number(match: re.Match[str], context: Context) -> Answer:
    """Number of seven to nine digits: 1250000 is an amount; 8011042 is more likely the number of something"""
    if match[1].endswith("000"):
        return context.number(match[1])
    amount = context.is_before(match.end(), _AMOUNTS)
    return Guess(context.number(match[1]) if amount else spell_digits(match[1]), _no_cue())


@rule(r"(?!(?:19|20)\d\d )\d{4} \d{2,5}(?: \d{2,5}){1,4}(?!\d|[.,/]\d)")
def groups_of_digits(match: re.Match[str], context: Context) -> Answer:
    """Groups of digits as accounts have them: CK: 3751 0101 2345 67: no amount is written so"""
    return Guess(", ".join(map(spell_digits, match[0].split(" "))), _no_cue())


@rule(rf"([1-9]\d{{0,2}}(?:[ ,]\d{{3}}){{1,3}})(?= (?:{_COUNTED})(?![^\W_]))")
def spaced_number(match: re.Match[str], context: Context) -> Answer:
    """Number with blanks for thousands: dân số 10 021 người, 13,816 hộ; “tổ 5 120 người” are two numbers"""
    spoken = context.number(re.sub("[ ,]", "", match[1]))
    if "," in match[1] or re.search(" 0", match[1]) or not context.after_label(match.start()):
        return spoken
    return Guess(spoken, APART)


@rule(rf"([1-9]\d{{0,2}} 0\d{{2}})(?= [{LOWER}])")
def broken_number(match: re.Match[str], context: Context) -> Answer:
    """Number with a blank before a nought: cấp được 3 052 thẻ: no number begins with 0"""
    return Guess(context.number(match[1].replace(" ", "")), APART)


@rule(r"(?:[12]?\d|3[01])\.(?:0?[1-9]|1[0-2])(?![\d]|[.,/]\d)(?= |[,;).:-]|$)")
def number_with_point(match: re.Match[str], context: Context) -> Answer:
    """Number that may be a date: 13.8 with no unit: decimals have a comma in Vietnamese"""
    day = Day(*match[0].split("."))
    if day.possible() and day.day > _MONTHS and context.begins_line(match.start()) and context.char(match.end()) == ":":
        return Guess(as_day(context, match.start(), day.words(context.numerals)), DATE_OR_NUMBER)  # - 27.11: tiệm vàng
    return Guess(context.number(match[0]), DATE_OR_NUMBER)


@rule(r"(?!\d{1,3}(?:\.\d{3})+(?!\d|\.\d))\d{3,10}(?:\.\d{1,10}){2,5}(?!\d|,\d)")
def digits_with_points(match: re.Match[str], context: Context) -> Answer:
    """Groups of digits with points: 320.20000.341527: dots, but not after every third digit"""
    spoken = ", ".join(map(spell_digits, match[0].split(".")))
    return spoken if context.is_before(match.end(), _BANKS) else Guess(spoken, _no_cue())


@rule(r"\d{2,5}(?!\d|[.,/-]\d)", only_after=_LAST_DIGITS)
def last_digits(match: re.Match[str], context: Context) -> Answer:
    """The last digits of a number: các số có 3 số cuối 127, biển số đuôi 45 -> one by one"""
    return spell_digits(match[0])


@rule(r"9999(?!\d|[.,]\d)")
def fineness(match: re.Match[str], context: Context) -> Answer:
    """Fineness of gold: vàng 9999, vàng nhẫn 24K 9999: four nines"""
    golden = re.search(r" (?:vàng|nhẫn|chỉ)(?: [^\W\d_]+){0,3}(?: 24k)?$", context.before(match.start()))
    return spell_digits(match[0]) if golden else None


@rule(r"0\d{1,3}(?!\d|[.,]\d|/)")
def leading_noughts(match: re.Match[str], context: Context) -> Answer:
    """Number with a nought in front: đầu số 024, 03 -> digit by digit; 02 con are two"""
    spoken, words = spell_digits(match[0]), context.before(match.start())
    if context.is_before(match.end(), _AT_HEAD) or (match[0] == "00" and _is_typed(match, context)):
        return spoken  # số có 00 ở đầu
    if len(match[0]) == 2:
        named = match[0] == "06" and words.endswith((" đề án", " tổ công tác"))  # everybody says không sáu
        named = named or (words.endswith(_LINES) and not context.is_before(match.end(), _CARS))
        return spoken if named or words.endswith((" đầu số", *_EXTENSIONS)) else None
    return spoken if any(cue in words for cue in _HEADS) else Guess(spoken, _no_cue())


def _is_typed(match: re.Match[str], context: Context) -> bool:
    """Whether digits are typed: bấm 00, mã 00: two digits; 00 giờ and 00 ca are none"""
    words, end = context.before(match.start()), match.end()
    cued = words.endswith(_TYPED) and not words.endswith(" tổng số")
    return (cued or not context.after(end)[:1].isalpha()) and not context.is_before(end, _HOURS)


@rule(rf"({NUMBER})\+(?= [^\W\d_])")
def more_than(match: re.Match[str], context: Context) -> str:
    """Number with a plus behind it: 1.100+ HTX -> hơn một nghìn một trăm; hệ 9+"""
    if context.is_after(match.start(), (" hệ", " lớp", " khóa")):
        return f"{context.number(match[1])} cộng"
    return f"hơn {context.number(match[1])}"


@rule(r"l(\d{1,2})(?= ?(?:cm|kg|m|ha|ngày|%|giờ|h|người|hộ)(?!\w))", starts="word")
def letter_for_digit(match: re.Match[str], context: Context) -> Answer:
    """Number that begins with the letter l instead of a 1: ≥ l0 cm"""
    return Guess(context.number(f"1{match[1]}"), Message("the letter l, taken for a 1"))


@rule(r"[1-9]\d?,[1-9]\d?(?=\))", only_if=in_brackets)
def pair_in_brackets(match: re.Match[str], context: Context) -> Guess:
    """Two numbers alone in brackets, or one with decimals: Hiền (3,4)"""
    return Guess(context.number(match[0]), _TWO_OR_ONE)


@rule(NUMBER)
def number(match: re.Match[str], context: Context) -> Answer:
    """Number: 1.005 -> một nghìn không trăm linh năm; ngày 207 is a slip for 20/7, 4mđến hides a unit"""
    spoken = context.number(match[0])
    if (
        re.fullmatch("11[1-5]", match[0])
        and _CALLS.search(context.before(match.start()))
        and _counts_nothing(match, context)
    ):
        return Guess(spoken, Message("a number to call, or a count"))
    if match[0].count(".") > 1 and context.is_after(match.start(), _ACCOUNTS):  # số tài khoản 1.234.567.890
        return Guess(spell_digits(match[0]), _no_cue())
    if _is_beyond_month(match, context):
        return Guess(spoken, Message("no month has such a day"))
    if _may_be_moment(match, context):
        return Guess(spoken, DATE_OR_NUMBER)
    if _THREE_BEHIND.fullmatch(match[0]):  # at a price of 5,600: a comma for thousands
        return Guess(context.number(match[0].replace(",", ".") if match[0].endswith("00") else match[0]), COMMA)
    if _touches_letters(match, context):
        return Guess(spoken, Message("a number and a word without a blank between them"))
    return _two_or_one(match, context) or spoken


def _two_or_one(match: re.Match[str], context: Context) -> Guess | None:
    """Two numbers with a comma, or one with decimals: phòng 12,14 are rather two, cấp gió 6,7 may be either"""
    pair = _PAIR.fullmatch(match[0])
    if pair is None or int(pair[2]) <= int(pair[1]) or not _may_be_two(match, context):
        return None
    if context.is_after(match.start(), _IN_ROWS):
        return Guess(f"{context.number(pair[1])}, {context.number(pair[2])}", _TWO_OR_ONE)
    return Guess(context.number(match[0]), _TWO_OR_ONE) if int(pair[2]) == int(pair[1]) + 1 else None


def _may_be_moment(match: re.Match[str], context: Context) -> bool:
    """Whether a number with a point may be a day or an hour: 05.2, họp 7.30; no decimal has a point"""
    if "." not in match[0]:
        return False
    hour = re.fullmatch(r"(\d{1,2})\.[0-5]\d", match[0])
    return bool(re.fullmatch(r"0\d\.\d+", match[0]) or (hour and int(hour[1]) < 25 and _counts_nothing(match, context)))


_ACCOUNTS = words_before("tài khoản|số tài khoản|stk|tk|số tk|tài khoản số|mã|mã số|số thẻ|số hiệu|serial|seri")
_THREE_BEHIND = pattern(r"[1-9]\d{0,2},\d{3}")


def _touches_letters(match: re.Match[str], context: Context) -> bool:
    """Whether letters that no rule knows stand right behind a number; 5người is a word behind it, 3x4 two sides"""
    glued = _GLUED.match(context.text, match.end())
    return glued is not None and (len(glued[0]) == 1 or glued[0].isupper() or not is_syllable(glued[0]))


_GLUED = pattern(r"(?![xX]\d)[^\W\d_]{1,8}")
_TWO_OR_ONE = Message("two numbers, or one with decimals")
_PAIR = pattern(r"([1-9]|[12]\d),([1-9]|[123]\d)")
_IN_ROWS = words_before(
    "phòng|ca|phiên|tuần|tầng|bàn|đợt|mũi|buổi|ghế|kho|cổng|trang|dãy|cửa|vòng|nhóm|đội|câu|bước|máy"
)
_MEASURED = words_before(
    "điểm|hệ số|ph|khoảng|trên|dưới|gần|hơn|từ|đến|tới|gấp|tăng|giảm|chỉ|đạt|còn|là|x|nhân|bằng|công|lên|xuống|tb|"
    "trung bình|bình quân|chỉ số|kết quả|mặn|oxy|do|clo|tỷ lệ|tỉ lệ|dài|rộng|cao|sâu|dày|nặng|lãi suất"
)


def _may_be_two(match: re.Match[str], context: Context) -> bool:
    """Whether nothing is counted and nothing measured"""
    return not context.after(match.end())[:1].isalnum() and not context.is_after(match.start(), _MEASURED)


def _is_beyond_month(match: re.Match[str], context: Context) -> bool:
    """Whether a day is told that no month has: ngày 35 họp, ngày 207; ngày 40 lượt is a count"""
    if _DAY.search(context.before(match.start())) is None:
        return False
    beyond = re.fullmatch(r"3[2-9]|[4-9]\d", match[0]) and _counts_nothing(match, context)
    return bool(beyond or re.fullmatch(r"\d{3,4}", match[0]))


def _counts_nothing(match: re.Match[str], context: Context) -> bool:
    """Whether nothing is counted.

    7.30 with nothing behind it that it counts: decimals have a comma, hours may have a point
    """
    following = context.after(match.end())
    return not following[:1].isalnum() or context.is_before(match.end(), _LINKS)


@rule(r"\d+")
def endless_digits(match: re.Match[str], context: Context) -> Answer:
    """More digits than a number can have: one by one"""
    return Guess(spell_digits(match[0]), _no_cue())


def _no_cue() -> Message:
    """Why a long number is doubtful"""
    return Message("a long number, and no word says what it is")
