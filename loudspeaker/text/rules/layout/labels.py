"""List labels: 1. 1) 1/ 1.1. a) II- at the beginning of a line, and a) b) inside it. Bullets are separators."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

from ....errors import Message
from ...context import Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...numerals import LETTERS, roman
from ...reasons import LOST_END
from ...rule import Answer, Guess, RuleMaker, at_line_start
from ...syllables import LOWER, UPPER
from ..names.persons import PAIR, heads_account, is_at_work, is_called_alone

rule = RuleMaker(Kind.LABEL)

_SECTIONS = words_before("mục|tiểu mục|điều|khoản|phần|điểm|phụ lục|chương|bảng|hình|biểu|tiêu chí|chỉ tiêu|lớp")
_MARKS = words_before(
    "thời điểm|khởi điểm|cao điểm|trọng điểm|địa điểm|quan điểm|ưu điểm|"
    "tổng điểm|số điểm|mức điểm|đạt điểm|được điểm|tổng số điểm|trung bình điểm"
)  # 25.75 is one
_HEADING = pattern(rf"[./]? ?[{UPPER}]{{2,}} [{UPPER}]{{2,}}")
_NAME = pattern(r"League|[^\W\d_]+ ?(?:-|/|$|\n)")  # V.League; V.SƠN - Đ.LAM below a report
_LABEL = pattern(r"(?:^|[^\w(])(?:[^\W\d_]|\d{1,2})\)\W*$")  # one label right behind another: a) “b)
_NUMBERED = words_before(cue_list("villages_with_section"))
_STREET = pattern(rf"(?: ?Ng\.)?(?: ?[{UPPER}][{LOWER}]+){{2,4}} (?:\(|đoạn|từ |nối dài|dài|rộng)| ?\d{{1,2}}/\d|CMT")
_PLACE = pattern(  # no office, and no heading
    r" ?(?!(?:Ban(?! Mê)|Bộ|Các|Chi|Công|Đảng|Địa|Điểm|Đoàn|Đội|Họp|Hội(?! An)|Hợp|Khu|Mặt|Nhà|Nội|Phòng|Quỹ|Sở|Thành|"
    r"Thời|Tổ|Trạm|Trung|Trường(?! Chinh| Sa)|Trưởng|Ủy|Uỷ|Văn|Viện|Xã|Ông|Bà|Anh|Chị)(?!\w))"
    rf"[{UPPER}][{LOWER}]*(?: [{UPPER}][{LOWER}]+){{1,2}}(?! [{UPPER}][{LOWER}]*[.:])"
)
_CODE = pattern(r"\d{1,4}(?![\d.)/-])")
_SECOND_POINT = pattern(rf"(?:[;.,]|\n) ?2\. ?[^\W\d]|^[^\n]*[)\w] 2\. ?[{UPPER}]|^[^;\n]*; ?\d{{1,2}}\. ?[{UPPER}]")
_COUNTING = words_before("thứ|lần|tháng|ngày|quý|lớp|số|mức|hạng|kỳ|năm|đợt|cấp")
_TURNS = words_before("ca|khóm|buôn|giải|bảng|cụm")
_COUNTED = "hộ|người|suất|em|con|cháu|cụ|bộ|lượt|phiếu|đồng|ngàn|nghìn|triệu|tỷ|kg|tấn|ha|m2|học sinh|đại biểu"
_BREAKS = frozenset(("", *"\n.,;:!?-+*•|/"))


@lru_cache(maxsize=4)
def _has_label(text: str, label: str) -> bool:
    """Whether the whole text has a label; looked for once a text, so that reading stays linear."""
    return label in text


def _stands_at_start(match: re.Match[str], context: Context) -> bool:
    """Whether a label can stand here: “b)” behind a pause is one, “(b)”, “(tổ 5)” and “lớp 5 b)” are not."""
    at = match.start()
    head = context.text[max(0, at - 60) : at].rstrip(" '\"\\^~#_{}<>&=@$")
    paused = head[-1:] in _BREAKS or context.follows(Kind.LABEL, at) or _LABEL.search(head) is not None
    return paused and not _is_in_brackets(context.text, at)


def _is_in_brackets(text: str, at: int) -> bool:
    """Whether a bracket that was opened on this line is still open: (gồm tổ 1, tổ 2 và b)."""
    opened, closed, line = (_last_place(text, sign, at) for sign in "()\n")
    return opened > max(closed, line)


def _last_place(text: str, sign: str, at: int) -> int:
    """The last place of a sign before `at`, or -1"""
    places = _places(text, sign)
    before = bisect_left(places, at)
    return places[before - 1] if before else -1


@lru_cache(maxsize=8)
def _places(text: str, sign: str) -> list[int]:
    """Where a sign stands in the whole text; looked for once a text, so that reading stays linear."""
    return [match.start() for match in re.finditer(re.escape(sign), text)]


@rule(
    r"(\d{1,2}(?:\.\d{1,2}){0,3})"
    rf"(?:\.\)|\.-|[.)]|/(?! ?\d|Giêng|Chạp)|(?=\s?-\s[{UPPER}])|-(?=[{UPPER}]))(?=\s*[^\d\s]|\s+\S|\s*$)",
    only_if=at_line_start,
)
def line_number(match: re.Match[str], context: Context) -> str | None:
    """Number at the beginning of a line: 1. Đề nghị -> Một, đề nghị; 2.1. Mục tiêu -> hai chấm một"""
    if context.levels.points and match[1].isdecimal() and int(match[1]):
        return f"thứ {context.numerals.ordinal(int(match[1]))},"
    return " chấm ".join(context.number(number) for number in match[1].split(".")) + ","


@rule(rf"(\d{{1,2}})\.(?= ?[{UPPER}])")
def number_inside_line(match: re.Match[str], context: Context) -> str | None:
    """Number of an item that stands on the line of the one before: 1. Chào cờ (hát) 2. Khen thưởng -> …; hai, …"""
    number, at = int(match[1]), match.start()
    line = context.line_before(at)
    if context.after_label(at) or context.is_after(at, _COUNTING):
        return None
    if number < 2 or not re.search(rf"(?:^|[\s;(]){number - 1}\. ?[{UPPER}]", line) or line[-1:] not in (" ", ")"):
        return None
    ended = line.rstrip(" ")[-1:] in (".", ";", ":", ",")
    return f"{'' if ended else '; '}{context.number(match[1])},"


@rule(rf"(\d{{1,2}})\)(?= ?[{UPPER}][{LOWER}])")
def number_with_bracket_inside_line(match: re.Match[str], context: Context) -> str | None:
    """Number of an item behind the one before: 1) Hộ ông Lai 2) Hộ bà Gấm -> một, …; hai, …"""
    at, previous = match.start(), int(match[1]) - 1
    line = context.line_before(at)
    listed = previous > 0 and re.search(rf"(?:^|[\s;:,]){previous}\) ?[{UPPER}]", line) is not None
    return f"; {context.number(match[1])}," if listed and re.search(r"[^\W\d_] $", line) else None


@rule(r"(\d{1,2})/(?= [^\W\d])")
def number_with_slash(match: re.Match[str], context: Context) -> str | None:
    """Number of one of several on a line: BGK: 1/ NSND Nhình; 2/ đ/c Tặng -> một, …; hai, …"""
    at, other = match.start(), int(match[1]) - 1 or 2
    line = context.line_before(at) + context.line_behind(at)
    listed = re.search(rf"(?:^|[:;.,(] ?){other}/ ", line) is not None
    return (
        f"{context.number(match[1])}," if listed and context.text[max(0, at - 2) : at].strip()[-1:] in _BREAKS else None
    )


@rule(
    r"([Đđ]iều|ĐIỀU|[Cc]hương|CHƯƠNG|[Pp]hần|PHẦN|[Mm]ục|MỤC|[Bb]ài|BÀI|[Bb]ước|BƯỚC) "
    r"(\d{1,3}|[IVX]{1,6})(?: ?[.:]|(?= - ))(?=\s*[^\W\d_])",
    starts="word",
    only_if=at_line_start,
)
def article(match: re.Match[str], context: Context) -> str | None:
    """Article or chapter at the beginning of a line: Điều 1. Tặng Giấy khen -> Điều một, tặng giấy khen; Bước 1. Ghi"""
    number = context.number(match[2]) if match[2].isdecimal() else context.numerals.cardinal(roman(match[2]) or 0)
    return f"{match[1].capitalize()} {number}," if match[2].isdecimal() or roman(match[2]) else None


@rule(
    r"(\d{1,2}(?:\.\d{1,2}){1,3})(?!\d|[.,/-]\d| ?(?:%|h(?!\w)|âl|ÂL|âm lịch)| (?:triệu|tỷ|nghìn|tấn|điểm|ha|km)(?!\w))"
)
def section_number(match: re.Match[str], context: Context) -> str | None:
    """Number of a section: Mục 1.2, Điều 8.2; 1.2 Nội dung at the beginning of a line -> một chấm hai"""
    heading = context.begins_line(match.start()) and re.match(
        rf" [{UPPER}]", context.text[match.end() : match.end() + 2]
    )
    words = context.before(match.start())
    if context.char(match.start() - 1) == "(":  # ở mức 991 điểm (3.3, ngay trước Tết)
        return None
    if words.endswith(" lớp") and context.char(match.end()) == ".":  # vào lớp 1.3. Hồ sơ: two lines
        return None
    if not (heading or (words.endswith(_SECTIONS) and not words.endswith(_MARKS))):
        return None
    return " chấm ".join(context.number(number) for number in match[1].split("."))


@rule(rf"(\d{{1,2}}(?:\.\d{{1,2}}){{1,2}})\.(?= ?[{UPPER}])")
def inner_section_number(match: re.Match[str], context: Context) -> Answer:
    """Number of a section inside a line: gồm: 1.1. Đơn xin cấp đổi. 1.2. Giấy chứng nhận -> một chấm một, …"""
    spoken = " chấm ".join(context.number(number) for number in match[1].split(".")) + ","
    ahead = context.text[max(0, match.start() - 2) : match.start()]
    if ahead.isalpha():  # tuyển sinh1.1. Hình thức: a line's end was lost in copying
        return ". " + spoken
    if context.is_after(match.start(), _NUMBERED):  # vào lớp 1.3. Hồ sơ: one of the points ends a sentence
        first, *rest = match[1].split(".")
        return Guess(f"{context.number(first)}. {' chấm '.join(map(context.number, rest))},", LOST_END)
    return spoken if ahead in (": ", ". ", "; ") else None


@rule(rf"B([1-9])(?:[./](?= ?[{UPPER}][{LOWER}])|(?=: ?[^\W\d_]))", starts="word")
def step(match: re.Match[str], context: Context) -> Answer:
    """Step of an instruction: B1: Mở ứng dụng; B2: Nhập mã -> bước một, bước hai; certain where B1 and B2 open lines"""
    spoken = f"bước {context.number(match[1])}" + ("" if context.char(match.end()) == ":" else ",")
    if context.begins_line(match.start()) and all(_has_label(context.text, f"\n{label}") for label in ("B2", "B3")):
        return spoken
    if _has_steps(context.text):
        return spoken
    capital = context.text[match.end() : match.end() + 3].lstrip(": ")[:1].isupper()
    opens = (context.begins_line(match.start()) or context.char(match.start() - 2) in ";.") and capital
    return Guess(spoken, Message("steps, or names with a letter")) if opens else None


@lru_cache(maxsize=4)
def _has_steps(text: str) -> bool:
    """Whether three steps or more stand one behind the other: B1: mở ứng dụng, B2: nhập mã, B3: bấm nút"""
    return _STEPS.search(text) is not None


_STEPS = pattern(
    r"(?<![^\W_])B1 ?[:./] ?[^\W\d_][^\n]{2,200}(?:[,;.] ?|[-–>]+ ?|\n[-+• ]*)B2 ?[:./] ?[^\W\d_][^\n]{2,200}"
    r"(?:[,;.] ?|[-–>]+ ?|\n[-+• ]*)B3 ?[:./]"
)


@rule(rf"(\d{{1,2}}):(?=\d{{1,2}}[hg]\d|\d{{1,3}}(?:[.,]\d{{1,3}})?(?:%| ?(?:{_COUNTED})(?!\w)))")
def number_before_colon(match: re.Match[str], context: Context) -> str | None:
    """A number, a colon and what is counted.

    Thôn 1:12 hộ, đợt 1:40%, ca 1:17h15, where the blank behind a colon was forgotten
    """
    cued = context.after_label(match.start()) or context.is_after(match.start(), _TURNS)
    return f"{context.number(match[1])}:" if cued else None


@rule(r"(\d{1,2})[)](?=\s|[^\W\d_])", only_if=_stands_at_start)
def inner_number(match: re.Match[str], context: Context) -> str | None:
    """Number with a bracket inside a line: gồm: 1) thóc; 2) ngô"""
    return context.number(match[1]) + ","


@rule(rf"(\d{{1,2}})\.(?= ?[{UPPER}][{LOWER}])")
def inner_point(match: re.Match[str], context: Context) -> str | None:
    """Number with a point inside a line: Nội dung: 1. Bàn làm đường; 2. Thu quỹ -> một, …; hai, …"""
    ahead = context.text[max(0, match.start() - 2) : match.start()]
    first = ahead == ": " and match[1] == "1" and _SECOND_POINT.search(context.text[match.end() : match.end() + 400])
    pause = "," if context.char(match.end()) == " " else ", "
    return context.number(match[1]) + pause if first or ahead == "; " else None


@rule(r"([ivx]{1,5})(?=\))", starts="word")
def roman_in_brackets(match: re.Match[str], context: Context) -> str | None:
    """Small Roman number in brackets: (i) … (ii) … -> một, hai"""
    value = roman(match[1])
    listed = context.char(match.start() - 1) == "(" and (len(match[1]) > 1 or _has_label(context.text, "(ii)"))
    return context.numerals.cardinal(value) if value and listed else None


@rule(r"ND ?(\d{1,2})(?=[.:/)]| [-–])", starts="word", only_if=at_line_start)
def matter(match: re.Match[str], context: Context) -> str:
    """Matter of a meeting: ND1: bình xét -> nội dung một"""
    return f"nội dung {context.number(match[1])}"


@rule(r"([ivx]{1,5})\)", starts="word", only_if=_stands_at_start)
def roman_with_bracket(match: re.Match[str], context: Context) -> str | None:
    """Small Roman number with a bracket: i) thu gom; ii) phân loại -> một, …"""
    value = roman(match[1])
    listed = _has_label(context.text, "ii)") and not _has_label(context.text, "h)")
    return context.numerals.cardinal(value) + "," if value and listed else None


@rule(r"([A-Za-zĐđ])[)]", starts="word", only_if=_stands_at_start)
def bracket_letter(match: re.Match[str], context: Context) -> str | None:
    """Letter with a bracket: b) Thời hạn -> bê, thời hạn"""
    if match[1] == "I" and context.levels.parts:
        return None
    item = context.levels.items and match[1].islower() and context.begins_line(match.start())
    return f"{'ý ' if item else ''}{LETTERS[match[1].upper()]},"


@rule(
    rf"([a-hđA-DĐ])(?:,(?= ?[{UPPER}])|(?<=[a-hđ]),(?= \d)|(?<=[a-hđ])-(?= ?[{UPPER}]| )|(?<=[A-DĐ])-(?= ?[{UPPER}])|"
    rf"\.(?=[\s\d{UPPER}½¼¾²³ØøΦφ]|[^\w.]|[a-zđ][)/])|/(?=\s))",
    starts="word",
    only_if=at_line_start,
)
def line_letter(match: re.Match[str], context: Context) -> str | None:
    """Letter at the beginning of a line.

    a. Đối tượng, at the beginning of a line; Đ. Trần Phú (đoạn từ …) is a street, h. Lạc Dương a district
    """
    if match[1] in "Đđh" and _is_place(match, context):
        return None
    if match[1] in "ABCEabceô" and _opens_with_person(match, context):
        return None
    if match[0][-1] == "-" and not (context.levels.items if match[1].islower() else context.levels.divisions):
        return None
    coded = match[1].isupper() and _CODE.match(context.text, match.end())  # Đ.12 Bản Lìm
    if coded:
        return None
    if match[1].isupper():
        return f"{'phần ' if context.levels.divisions else ''}{LETTERS[match[1]]},"
    return f"{'ý ' if context.levels.items else ''}{LETTERS[match[1].upper()]},"


def _is_place(match: re.Match[str], context: Context) -> bool:
    """Whether a street or a district is named, and no level of a list: Đ. Trần Phú cấm xe, h. Lạc Dương họp"""
    if match[1] == "Đ" and _STREET.match(context.text, match.end()):
        return True
    listed = context.levels.items if match[1].islower() else context.levels.divisions
    return not listed and match[0][-1] == "." and _PLACE.match(context.text, match.end()) is not None


def _opens_with_person(match: re.Match[str], context: Context) -> bool:
    """Whether who is called or paid stands behind the letter: A. Tư: 0912 345 678; A. Thắng + c. Lành; a. Nam trực"""
    if match[0].endswith(".") and (is_at_work(match, context) or is_called_alone(match, context)):
        return True
    if match[1].islower():
        return False
    paired = match[1] != "B" and PAIR.match(context.text, match.end() + 1) is not None
    return paired or (match[0].endswith(".") and heads_account(context.text, match.end()))


@rule(
    rf"([IVX]{{1,6}}) ?(?:\.(?:\d{{1,2}})\.?|\.-|[.)/]|,(?=[{UPPER}])|\s?-(?=\s|[{UPPER}]))"
    rf"(?![vV](?![^\W_]))(?=\s|[{UPPER}]|$)",
    starts="word",
)
def roman_part(match: re.Match[str], context: Context) -> str | None:
    """Roman number of a part.

    III/ TỔ CHỨC THỰC HIỆN -> Ba, tổ chức thực hiện; also where the heading was run into a line
    """
    value = roman(match[1])
    commune = match[1] == "X" and context.text[match.end() : match.end() + 3].strip()[1:2].islower()
    if not value or commune or (match[0] in ("V.", "V-") and _NAME.match(context.text, match.end())):
        return None
    section = re.search(r"\d+", match[0])
    if not context.begins_line(match.start()):
        return None if section else _part_in_line(match, value, context)
    pause = "," if context.char(match.end()).isspace() else ", "
    part = "phần " if context.levels.parts and not section else ""
    return part + context.numerals.cardinal(value) + (f" chấm {context.number(section[0])}" if section else "") + pause


def _part_in_line(match: re.Match[str], value: int, context: Context) -> str | None:
    """Roman number of a heading that was run into a line: 01 bộ. V. THỜI HẠN GIẢI QUYẾT"""
    headed = context.char(match.start() - 1) == " " and match[1] != "X" and _HEADING.match(context.text, match.end())
    stop = "" if context.char(match.start() - 2) in ".:;,!?" else ". "
    return f"{stop}{context.numerals.cardinal(value)}," if headed else None
