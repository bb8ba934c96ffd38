"""Persons: who is called a. Hùng or Ô. Y Thông. Their births: `birth_years`. Initials of names are `initials`."""

from __future__ import annotations

import re
from functools import lru_cache

from ...context import REACH, Context
from ...cues import words_before
from ...document.list_levels import count_letters
from ...kind import Kind
from ...lazy_regex import pattern
from ...reasons import LONE_LETTER
from ...rule import Answer, Guess, RuleMaker, at_line_start
from ...syllables import LOWER, UPPER, is_syllable
from .chat_letters import LETTERED, given_names, is_chat
from .titles import CALLING, stands_after_name

rule = RuleMaker(Kind.PERSON)

_CALLED = {"a": "anh", "c": "chị", "b": "bà", "e": "em", "ô": "ông"}
_WHO = r"(?:- [^:\n\d]{2,30}|\([^()\n]{2,30}\))"  # A. Thắng - thợ điện; A. Quyết (tổ trưởng TDP 5)
_UPLAND = r"(?:[YAKH][ '’](?=[A-ZĐ]))?"  # Y Nguyên, A Lử, K'Brểu
_NAME_AND_PHONE = (
    rf"{_UPLAND}(?:[{UPPER}][{LOWER}]+ ?){{1,4}}(?:[{LOWER}]{{2,7}} ){{0,3}}{_WHO}?[:,(–-]? ?\(?(?:S?ĐT|s?đt)?:? ?0\d"
)
_CALLED_TOO = pattern(
    rf"(?:^|[ (:\n])(?:[acbeôACÔ]\. ?|(?:anh|chị|ông|bà|cô) )[{UPPER}][{LOWER}]{{1,6}}(?:,| và|, và| ?[+&]) $"
)
PAIR = pattern(rf"[{UPPER}][{LOWER}]{{1,6}} ?(?:[+&,]|và) ?[acbeôAC]\. ?[{UPPER}]")  # A. Thắng + c. Lành
_LETTERS = pattern(  # a. Quy. may be two letters, a. Hai may have been a. II
    rf"[{UPPER}][{LOWER}]+\.(?!$|\n)|(?:Một|Hai|Ba|Bốn|Năm|Sáu|Bảy|Tám|Chín|Mười)(?!\w)"
)
_TITLES = words_before(
    "bác sĩ|giáo sư|tiến sĩ|thạc sĩ|nhạc sĩ|nhà văn|nhà khoa học|ông|bà|anh|chị|cầu thủ|huấn luyện viên"
)
_ASKED = words_before("gặp|hỏi|liên hệ|lh|gọi|gọi cho|alo|đăng ký")
_KIN = words_before("con|vợ|chồng|nhà|cháu|bố|mẹ|gia đình|gđ|với|cho|gửi|nhờ|cùng|của|bác|là|thay|do|và|hoặc|báo")
_AMONG = words_before("gồm|gồm có|gồm cả|là|có|mời|trừ|trực")
_DEALT_WITH = words_before("với|cho|gặp|nhờ|hỏi|gọi|báo|tiền|giúp|thưa|bên|chỗ|cùng|do")
_CALLED_SO = pattern(rf"(?<!\w)(?:[Aa]nh|[Cc]hị|[Ôô]ng|[Bb]à|[Cc]hú|[Cc]ô|[Bb]ác) [{UPPER}][{LOWER}]")  # elsewhere
_HEADS = pattern(
    r"(?:Khoản|Điều|Mục|Điểm|Khoảnh|Lô|Tổ|Phần|Chương|Bảng|Biểu|Phụ|Bệnh|Phát|Mời|Đề|Kính|Thời|Địa|Nội)(?!\w)"
)
_HIGHLANDER = pattern(rf"(?<![^\W_])(?:Y|[Oo]ng A|[Ôô]ng A|[Aa]nh A|[Cc]ụ A|già làng A) [{UPPER}][{LOWER}]")
FAMILY = (
    r"(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Lò|Vàng|Giàng|Hà|Cao|Đinh|Trương|Mai|"
    r"Tòng|Lương|Đoàn|Trịnh|Ng\.)"
)
_FULL_NAME = rf"{FAMILY} [{UPPER}][{LOWER}]+ [{UPPER}]"
FULL_NAME, _FULL_NAME_AHEAD = pattern(_FULL_NAME), pattern(rf"(?<!\w){_FULL_NAME}[{LOWER}]* $")
_FAMILY_NAME = pattern(rf"{FAMILY} [{UPPER}]")


def parts_persons(context: Context, start: int, end: int) -> bool:
    """Whether a sign at [start, end) stands between two persons.

    Phan Văn Lưu - Hồ Thị Sáu, Lê Văn Hùng - Nguyễn Nam; Lê Lợi - Nguyễn Trãi may be a corner of two streets
    """
    if FULL_NAME.match(context.text, end + 1):
        return True
    ahead = context.text[max(0, start - REACH) : start]
    return _FAMILY_NAME.match(context.text, end + 1) is not None and _FULL_NAME_AHEAD.search(ahead) is not None


@rule(rf"[Ôô](?:\.,? ?|[,/] ?| )[Bb](?:\. ?| )(?=[{UPPER}]|các |tổ |thôn )", starts="word")
def mister_and_missis(match: re.Match[str], context: Context) -> str:
    """Forms of address for either: Mời Ô.B. Hoàng Văn Ba; Kính gửi: Ô., B. Hội viên"""
    return "ông bà "


@rule(r"[Ôô](?=,? (?:bà|và bà)(?!\w))", starts="word")
def mister_beside_missis(match: re.Match[str], context: Context) -> str:
    """The same in one letter beside the other word: Ô, bà Nguyễn Văn Ba"""
    return "ông"


@rule(rf"Ô\.(?= ?[{UPPER}])", starts="word", unless=stands_after_name)
def mister(match: re.Match[str], context: Context) -> str:
    """Form of address for a man: Ô. Y Thông, Ô. K'Brểu -> ông, also before a name of one letter"""
    return "ông"


@rule(r"Ô (?=[^\W\d_])", starts="word")
def mister_without_dot(match: re.Match[str], context: Context) -> str | None:
    """The same without its dot: Ô Lý Văn A, sinh 1960 -> ông; Ô tô, Ô Môn are none"""
    return "ông " if FULL_NAME.match(context.text, match.end()) else None


def heads_account(text: str, at: int) -> bool:
    """Whether a name stands at `at`, and a telephone or an amount right behind it: Tư: 0912…; Thu thủ quỹ: 200.000đ"""
    found = _ACCOUNT.match(text, at)
    if found is None or _HEADS.match(text, found.start(1)) or _ACCOUNTS.match(text, found.start(1)):
        return False
    return all(is_syllable(word) for word in found[1].split())


_ACCOUNTS = pattern(  # what a telephone or an amount is told for, and no name
    r"(?:Liên hệ|Điện|Đường|Tổng|Trực|Giá|Học|Lệ|Mức|Phí|Tiền|Thu (?:phí|tiền)|Giải|Nhất|Nhì|Vé|Số|Hỗ|Chi|Đóng|Nộp|Quỹ|"
    r"Gói|Hộ|Người|Trẻ|Nước|Rác|Bán|Mua|Cho|Vay|Phạt|Khen)(?!\w)"
)
_ACCOUNT = pattern(
    rf" ?((?:[{UPPER}][{LOWER}]{{1,6}} ?){{1,4}})(?:(?:[{LOWER}]{{2,7}}|[A-ZĐ]{{2,6}}) ?){{0,3}}{_WHO}?[:,(–-]? ?"
    r"\(?(?:(?:S?ĐT|s?đt):? ?)?(?:0\d|\d{1,3}(?:k|tr|\.\d{3}) ?(?:đ|đồng)?(?!\w))"
)


_WORK = (
    "gọi|hẹn|hỏi|đăng ký|nợ|xin|gửi|đi|thu|làm|nhận|báo|lo|phụ trách|tổng hợp|nấu|mua|"
    "gom|chở|trực|bán|nộp|hát|dẫn|cầm|giữ|quét|dọn|đón|đưa|ở|là|nhờ"
)
_AT_WORK = pattern(rf" ?(?!Thu |Công |Phát |Phân )([{UPPER}][{LOWER}]{{1,5}}) (?:{_WORK})(?!\w)")


def is_at_work(match: re.Match[str], context: Context) -> bool:
    """Whether somebody does something behind a letter that is no level of a list: A. Nam trực đêm nay"""
    listed = context.levels.items if match[1].islower() else context.levels.divisions
    if listed or _HEADS.match(context.text, match.end() + (context.char(match.end()) == " ")):
        return False
    found = _AT_WORK.match(context.text, match.end())
    return found is not None and found[1] in given_names()


_NO_NAME = "(?!(?:Thu|Công|Phát|Phân|Ban|Liên|Đăng|Thông|Hoa màu|Hội|Điện|Hồng|Quang|Định) )"
_ALONE = pattern(rf" ?(?:{FAMILY} [{UPPER}][{LOWER}]|{_NO_NAME}([{UPPER}][{LOWER}]{{1,5}})(?: [{LOWER}]|, | -))")


def is_called_alone(match: re.Match[str], context: Context) -> bool:
    """Whether a name stands behind the only letter at the head of a line: c. Hương kế toán; a list has a. and b."""
    if count_letters(context.text) > 1:
        return False
    found = _ALONE.match(context.text, match.end())
    return found is not None and (found[1] is None or found[1] in given_names())


@rule(rf"([ABCEÔabceô])\.? ?(?=[{UPPER}])", starts="word", only_if=at_line_start)
def person_at_head(match: re.Match[str], context: Context) -> Guess | None:
    """Form of address at the head of a line: C. Hiền KT: 0912… -> chị; a letter of a list looks the same"""
    if "." not in match[0]:
        alone = match[1].islower() and match[0][-1] == " " and is_called_alone(match, context)
        return Guess(_CALLED[match[1]] + " ", LONE_LETTER) if alone else None
    named = (
        is_at_work(match, context)
        or is_called_alone(match, context)
        or (match[1].isupper() and heads_account(context.text, match.end()))
    )
    return Guess(_CALLED[match[1].lower()] + " ", LONE_LETTER) if named else None


@rule(rf"Ng(?:\. ?| )(?=[{UPPER}][{LOWER}]|[A-ZĐ](?:\. ?| )[{UPPER}][{LOWER}])", starts="word")
def family_name(match: re.Match[str], context: Context) -> str:
    """Family name in short: đường Ng. Trãi, Ng.Thị Minh Khai -> Nguyễn"""
    return "Nguyễn "


@rule(rf"([aceôAC])(?:\. ?| )(?=[{UPPER}][{LOWER}]{{1,6}}(?:\)| -|,))", starts="word")
def form_behind_phone(match: re.Match[str], context: Context) -> Answer:
    """Form of address behind a telephone number.

    0888886789 (a Cường) -> anh Cường; (A Cường), (A.Cường) may be his name
    """
    if not context.follows(Kind.PHONE, match.start(), " (", "("):
        return None
    spoken = _CALLED[match[1].lower()] + " "
    return spoken if match[1].islower() else Guess(spoken, LONE_LETTER)


@rule(rf"([acbeôACE])\. ?(?={_UPLAND}[{UPPER}][{LOWER}]{{1,6}})", starts="word")
def form_of_address(match: re.Match[str], context: Context) -> Answer:
    """Form of address with a dot: liên hệ a. Hùng 0978…, c. Lan 0987… -> anh Hùng …, chị Lan …"""
    spoken = _CALLED[match[1].lower()]
    if match[1] == "ô" or context.is_after(match.start(), CALLING) or _is_named(match, context):
        return spoken
    within = _word_before(match.start(), context)
    if within is not None:
        return _called_within(match, context, within)
    listed = _opens_entry(match.start(), context) and (match[1].islower() or _is_in_roll(match, context))
    called = match[0][-1] == "." or not context.opens_sentence(match.end())  # …, c.Loan thu
    return Guess(spoken, LONE_LETTER) if listed and called else None


def _called_within(match: re.Match[str], context: Context, within: str) -> Guess | None:
    """The same behind a word, `within`: nhà trọ c. Loan; a letter as it is where a sentence may end behind it"""
    if match[1] == "E":  # khuẩn E.Coli
        return None
    lettered = _LETTERS.match(context.text[match.end() :][:9])
    ended = lettered or (match[0].endswith(" ") and context.opens_sentence(match.end()))
    called = within.lower() in (within, "hộ", "nhà") and not ended and not context.is_after(match.start(), _TITLES)
    return Guess(_CALLED[match[1].lower()] if called else match[0], LONE_LETTER)


def _is_in_roll(match: re.Match[str], context: Context) -> bool:
    """Whether a capital stands before a given name alone, and nobody is of the highlands: A.Hòa lo loa"""
    name = _GIVEN.match(context.text, match.end())
    named = name is not None and name[1] in given_names()
    return named and not count_letters(context.text) and not has_highlanders(context.text)


_GIVEN = pattern(rf"([{UPPER}][{LOWER}]{{1,6}})(?: [{LOWER}]| ?[-–:,;()]|$|\n)")


def _opens_entry(at: int, context: Context) -> bool:
    """Whether a bracket, a sign or the number of a line stands before: BĐVH xã (c.Diễm); 1. a. Hùng: 200k"""
    ahead = context.text[max(0, at - 8) : at]
    signed = ahead.rstrip(" ").endswith("(") or ahead[-2:-1] in (";", ",", ":", "-", "–", "+")
    return signed or _POINT.search(ahead) is not None


_POINT = pattern(r"(?:^|\n|[;:,] ?|^.{0,4} )\d{1,2}[.)/] $")


def _is_named(match: re.Match[str], context: Context) -> bool:
    """Whether a telephone follows, or somebody else is named beside: a. Hùng 0978…, A. Thắng + c. Lành"""
    at, end = match.span()
    if re.match(_NAME_AND_PHONE, context.text[end : end + 2 * REACH]) or PAIR.match(context.text, end):
        return True
    return _CALLED_TOO.search(context.text[max(0, at - 20) : at]) is not None


def _word_before(at: int, context: Context) -> str | None:
    """The word right before `at` as it is spoken, UBND -> dân; none behind a sign that is not."""
    last, spoken = context.previous, context.previous.spoken.rstrip(" ")
    if context.text[last.end : at] in (" ", "") and spoken[-1:].isalpha():
        return spoken.split(" ")[-1]
    within = re.search(r"([^\W\d_]+) $", context.text[max(0, at - 12) : at])
    if within is None:
        return None
    return within[1].lower() if len(within[1]) > 1 and within[1].isupper() else within[1]


@rule(rf"([aceô]) (?=[{UPPER}][{LOWER}]{{1,6}})", starts="word", only_after=_ASKED)
def form_without_dot(match: re.Match[str], context: Context) -> str:
    """Form of address without a dot: liên hệ a Tuấn, gặp c Lan -> anh, chị"""
    return f"{_CALLED[match[1]]} "


@rule(rf"([acbeô]) (?=[{UPPER}][{LOWER}]{{1,6}}(?![^\W\d_]))", starts="word")
def form_in_passing(match: re.Match[str], context: Context) -> Answer:
    """Form of address without a dot elsewhere: thôn Đông (c Hằng 0982…), con ô Dũng, ủng hộ: ô Chiến 5tr -> chị, ông"""
    at, spoken = match.start(), f"{_CALLED[match[1]]} "
    if context.is_after(at, _DEALT_WITH) and context.char(at - 1) == " ":  # đóng cho c Xoan kế toán
        return spoken
    chat = is_chat(context.text)
    if (match[1] in "ac" or (match[1] == "e" and chat)) and _is_called(match, context):
        called = chat or _calls_people(context.text)
        return spoken if called else Guess(spoken, LONE_LETTER)
    lone = match[1] in "ace" and _is_within(match, context)
    if lone and chat:
        return spoken
    return _read_by_neighbours(match, context, spoken) or (Guess(match[0], LONE_LETTER) if lone else None)


@rule(r"([acbeô])\.? ?(?=[A-ZĐ](?![^\W_]|[.&/-][^\W_]))", starts="word")
def form_before_initial(match: re.Match[str], context: Context) -> Answer:
    """Form of address before a letter for a name: họp tại nhà a Q -> anh"""
    at = match.start()
    if not context.is_after(at, (*_KIN, *_DEALT_WITH, *CALLING)) or context.char(at - 1) != " ":
        return None
    spoken = f"{_CALLED[match[1]]} "
    return spoken if is_chat(context.text) else Guess(spoken, LONE_LETTER)


@lru_cache(maxsize=4)
def _calls_people(text: str) -> bool:
    """Whether a text calls somebody in full anywhere: anh Nam, bà Sáu"""
    return _CALLED_SO.search(text) is not None


def _read_by_neighbours(match: re.Match[str], context: Context, spoken: str) -> Answer:
    """The same by the words beside: con ô Dũng, ủng hộ: ô Chiến 5tr"""
    at = match.start()
    bracketed = context.char(at - 1) == "(" and context.follows(Kind.PHONE, at, " (", "(")
    if (
        match[1] != "ô" and not bracketed and context.opens_sentence(match.end())
    ):  # nhà a Bệnh viện, a Phát quang bụi rậm
        return None
    if context.is_after(at, _KIN):
        return spoken
    named = match[1] == "ô" or re.match(_NAME_AND_PHONE, context.text[match.end() : match.end() + 2 * REACH])
    if named or _opens_item(context, at) or context.is_after(at, _AMONG):
        return spoken if named else Guess(spoken, LONE_LETTER)
    return None


@rule(rf"([AC]) (?=[{UPPER}][{LOWER}]{{1,6}}(?![^\W\d_])[^\d\n;]{{0,24}}0\d{{2}})", starts="word")
def form_in_capitals(match: re.Match[str], context: Context) -> Guess | None:
    """Form of address in capitals, with a telephone near: đăng ký: A Đại (tổ trật tự) 0973…; C Nhàn thu phí: 0388…"""
    named = match[1] == "A" and has_highlanders(context.text)  # A Ngưn and Y Hồng are names
    called = _opens_item(context, match.start()) and not named
    return Guess(f"{_CALLED[match[1].lower()]} ", LONE_LETTER) if called else None


@lru_cache(maxsize=4)
def has_highlanders(text: str) -> bool:
    """Whether a text names people of the highlands, where a man is A Ngưn and a woman Y Hồng."""
    return _HIGHLANDER.search(text) is not None


@rule(
    rf"([AC]) (?=([{UPPER}][{LOWER}]{{1,6}}) (?:{_WORK})(?!\w))",
    starts="word",
)
def person_at_work(match: re.Match[str], context: Context) -> Guess | None:
    """Form of address in capitals, where somebody does something: 25k/hộ. C Nga đi thu -> chị; A Páo is a name"""
    if match[1] == "A" and (match[2] not in given_names() or has_highlanders(context.text)):
        return None
    ahead = context.text[max(0, match.start() - 2) : match.start()]
    opens = ahead.strip() in ("", ".", ",", ";", ":", "!") or ahead[-1:] == "\n"
    return Guess(f"{_CALLED[match[1].lower()]} ", LONE_LETTER) if opens else None


@rule(rf"([ABCEÔ]) (?=([{UPPER}][{LOWER}]{{1,6}})([^.;\n]{{0,24}}))", starts="word")
def form_in_row_of_people(match: re.Match[str], context: Context) -> Guess | None:
    """Form of address in a row of people or before an age: Ô Tám, B Chín, A Mười; C Hà tổ 2: 200k; E Bin 5 tuổi"""
    aged = re.match(r" (?:SN )?\d{1,2} tuổi", match[3])
    named = match[2] in given_names() and (_BESIDE.match(match[3]) or _ROW.search(context.text[: match.start()][-16:]))
    upland = match[1] == "A" and has_highlanders(context.text)
    if upland or not (aged or named) or not _opens_item(context, match.start()) or count_letters(context.text):
        return None
    return Guess(f"{_CALLED[match[1].lower()]} ", LONE_LETTER)


_BESIDE = pattern(  # what is told of somebody in a row
    rf"(?:, ?| và |; ?| ?[+&-] ?)[ABCÔacbô][. ] ?[{UPPER}][{LOWER}]|"
    r"(?: (?:tổ|thôn|xóm|ấp|bản) [^:;,]{1,12})? ?[:–-] ?\d"
)
_ROW = pattern(rf"(?:^|[\W])[ABCÔ] [{UPPER}][{LOWER}]{{1,6}}(?:, ?| và |; ?| ?[+&-] ?)$")


def _is_within(match: re.Match[str], context: Context) -> bool:
    """Whether a word stands before a letter and a name, and none of those that have letters: nhà trọ c Loan nộp rồi"""
    at = match.start()
    within = context.char(at - 1) == " " and context.char(at - 2).isalpha()
    return within and not _HEADS.match(context.text, match.end()) and not context.adjoins(at, LETTERED)


def _is_called(match: re.Match[str], context: Context) -> bool:
    """Whether a small letter stands before a name in a list of people, behind a word of people, or a day: T2 a Nam."""
    at = match.start()
    ahead = context.text[max(0, at - 12) : at]
    listed = (
        ahead[-2:] in (", ", "; ")
        or _SOMETIME.search(ahead)
        or (context.is_after(at, (*_KIN, *_AMONG)) and context.char(at - 1) == " " and context.char(at - 2).isalpha())
    )
    return bool(listed) and _HEADS.match(context.text, match.end()) is None


_SOMETIME = pattern(r"(?<![^\W_])(?:[Tt][2-7]|[Tt]hứ [2-7]|CN|\d{1,2}[hg](?:\d\d)?|\d{1,2}/\d{1,2}) $")  # T2 a Nam trực


def _opens_item(context: Context, at: int) -> bool:
    """Whether a line begins at `at`, or a sign that parts things stands before."""
    ahead = context.text[max(0, at - 3) : at]
    return ahead[-2:].strip()[-1:] in ("", *",:;(-.!") or ahead == " / "


_ROLL = pattern(r"(?m)^(?:Ông|Bà|Anh|Chị|Cô) ")  # a list of people, each on a line


@rule(
    rf"([AC]) (?=[{UPPER}][{LOWER}]{{1,6}}(?: (?:con|vợ|chồng|nhà|ở)(?!\w)| ?[(:]))",
    starts="word",
    only_if=at_line_start,
)
def form_in_list(match: re.Match[str], context: Context) -> Guess | None:
    """Form of address in a list of people: A Trường con ông Lập, below Bà Nhài -> anh"""
    return Guess(f"{_CALLED[match[1].lower()]} ", LONE_LETTER) if _has_roll(context.text) else None


@lru_cache(maxsize=4)
def _has_roll(text: str) -> bool:
    return _ROLL.search(text) is not None
