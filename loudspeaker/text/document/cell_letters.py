"""What letters and bare numbers in a cell stand for below its head: S below Buổi, 22-6 below Giờ, A. Sáu below Tên."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import Message
from ..lazy_regex import pattern
from ..numerals import spell_digits, spell_letters
from ..reasons import LONE_LETTER
from ..syllables import LOWER, UPPER
from .cell_kinds import CellKind, kind_of

# not Ca A, Ca B, Ca C
_HALF_DAY_HEAD = pattern(r"(?i)(?:buổi|ca|mẻ|phiên|thời gian|giờ)(?!\w)|(?:T[2-7]|CN|thứ (?:[2-7]|\w+)|chủ nhật)$")
_HALF_DAYS = {"S": "sáng", "C": "chiều", "T": "tối", "Đ": "đêm"}
_HALF_DAY = pattern(r"(?P<one>[SCTĐ])(?: ?[+,;&/-] ?(?P<other>[SCTĐ]))?")
_DAYS_HEAD = pattern(r"(?i)(?:buổi|ca|thời gian|thời điểm|giờ|ngày|thứ|lịch|lúc)(?!\w)")
_HALF_OF_DAY = pattern(r"(?P<half>[SCTĐ]) (?=(?:T[2-7]|CN|\d{1,2}/\d{1,2}|(?i:thứ|ngày|chủ nhật))(?!\w))")
_DAY_AND_HALF = pattern(r"(?P<day>\d{1,2}/\d{1,2}(?:/\d{4})?) ?[(-] ?(?P<half>[scSC])\)?")
_HOURS_HEAD = pattern(r"(?i)(?:(?:khung |từ |đến )?giờ|thời gian|lúc|mở cửa|đóng cửa|khởi hành)(?!\w)")
_SOUTHERN = pattern(r"\d{1,2}g(?:[0-5]\d)?(?: ?(?:[-–]|đến|,|và) ?\d{1,2}g(?:[0-5]\d)?){0,3}")  # 7g, 7g30 - 10g
_PERSONS_HEAD = pattern(
    r"(?i)họ(?: và|,)? tên(?!\w)|(?:tên(?: (?:người|hộ|chủ|cán bộ)(?!\w).*)?|hộ|chủ(?: (?:hộ|trì|nhà|nhiệm))?|ông|bà)$|"
    r"(?:người|đại diện|lãnh đạo|phụ trách|giáo viên|gv|gvcn|trưởng|bí thư|liên hệ|cán bộ|đầu mối|giám thị|trực|"
    r"trọng tài|thủ quỹ|kế toán)(?!\w)"
)
_CALLED_PERSON = pattern(rf"[ABCÔ]\. ?[{UPPER}][{LOWER}]{{1,6}}(?: [{UPPER}][{LOWER}]{{1,6}}){{0,3}}")
_TEACHERS_HEAD = pattern(r"(?i)(?:giáo viên|gv|gvcn|thầy|cô)(?!\w)")
_PERSON = pattern(rf"(?P<letter>[ABCTÔ](?=\.)|[abcô])\.? ?(?=[{UPPER}][{LOWER}]{{1,6}}(?![^\W\d_]))")
_CALLED = {"A": "anh", "B": "bà", "C": "chị", "Ô": "ông"}
_TAUGHT = {"A": "anh", "C": "cô", "T": "thầy"}
_SUBJECT_HEAD = pattern(r"(?i)môn(?!\w)")
_SUBJECTS = {"T": "Toán", "V": "Văn", "A": "Anh", "L": "Lý", "H": "Hóa", "TV": "Tiếng Việt", "NN": "ngoại ngữ"}
_CODE_HEAD = pattern(r"(?i)(?:mã|ký hiệu|số hiệu|sbd|số báo danh|số đăng ký|(?:số )?tàu(?: cá)?$)(?!\w)")
_LETTERS_AND_NUMBER = pattern(r"(?P<letters>[A-ZĐ]{1,5})(?P<sign>[-. ]?)(?P<number>\d{1,12})")
_LONGEST_NUMBER = 3  # digits of a code that are said as one number
_ROWS_HEAD = pattern(r"(?i)(?:hàng|dãy|khu|lô|nhà|tổ|block|tòa|toà)(?: (?:ghế|nhà|lô))?")
_ROWS = pattern(r"(?P<first>[A-ZĐ]) ?[-–] ?(?P<last>[A-ZĐ])")
_RHESUS_HEAD = pattern(r"(?i)(?:yếu tố )?Rh(?:esus)?")
_RHESUS = {"+": "dương", "(+)": "dương", "-": "âm", "–": "âm", "(-)": "âm"}
_AGE_HEAD, _AGE = pattern(r"(?i)(?:độ |lứa )?tuổi"), pattern(r"(?P<number>\d{1,3}(?: ?- ?\d{1,3})?) ?(?P<unit>t|th)")
_ROAD = pattern(r"(?P<road>(?:[Tt]uyến )?(?i:đường|cầu|cống|kênh|hẻm|ngõ|nhánh)) T(?P<number>[2-7])")  # no weekday
_PARTLY_AS_ABOVE = pattern(r"(?P<own>[^/]{1,24}[^/ ]) ?[/,;] ?(?:nt|NT|//)")
_PILLS = pattern(r"[1-4]/[2-4] ?v")
_PLACE_HEAD = pattern(
    r"(?i)(?:nơi|chỗ) (?:ở|cư trú)|địa chỉ(?: .*)?|thường trú|trú quán|quê quán|hộ khẩu|địa điểm|nơi|ở"
)
_WEEKDAY = pattern(r"T[2-7]")
_REACHED = {"Đ": "đạt", "K": "không đạt", "KĐ": "không đạt", "CĐ": "chưa đạt"}
_AS_ABOVE = frozenset(("nt", "//", '"', "”", "“", "''", "〃"))


def is_as_above(text: str) -> bool:
    """Whether a cell only tells that it is as the one above: nt, //"""
    return text.strip(".-–").lower() in _AS_ABOVE


def words_for(text: str, head: str) -> str:
    """The words for a whole cell of letters or bare numbers; nothing where they are not known."""
    if is_as_above(text):
        return "như trên"
    if partly := _PARTLY_AS_ABOVE.fullmatch(text):  # 9C/ nt
        return f"{partly['own']}, như trên"
    if _PLACE_HEAD.fullmatch(head) and _WEEKDAY.fullmatch(text):
        return f"{text[0]}.{text[1:]}"  # which is marked: nobody knows whether thôn, tổ or another
    if road := _ROAD.fullmatch(text):
        return f"{road['road']} T.{road['number']}"
    if head.lower() == "đạt" and text in _REACHED:
        return _REACHED[text]
    if short := _age_or_pills(text, head):
        return short
    if tells_sign(text, head):
        return _RHESUS[text]
    return (
        _half_days(text, head)
        or _southern_hours(text, head)
        or _with_half_day(text)
        or _rows(text, head)
        or _subject_or_code(text, head)
    )


def _age_or_pills(text: str, head: str) -> str:
    """An age with its unit in short below one of ages, 3t, 18-24th; half a pill, 1/2 v"""
    age = _AGE.fullmatch(text) if _AGE_HEAD.fullmatch(head) else None
    if age:
        return f"{age['number']} {'tháng' if age['unit'] == 'th' else 'tuổi'}"
    return f"{text.rstrip(' v')} viên" if _PILLS.fullmatch(text) else ""


def tells_sign(text: str, head: str) -> bool:
    """Whether a sign by itself tells something, and not that nothing is there: - below Rh"""
    return text in _RHESUS and _RHESUS_HEAD.fullmatch(head) is not None


def _rows(text: str, head: str) -> str:
    """From row to row of seats: A - C below Hàng"""
    rows = _ROWS.fullmatch(text) if _ROWS_HEAD.fullmatch(head) else None
    return f"{rows['first']} đến {rows['last']}" if rows and rows["first"] < rows["last"] else ""


def opening(text: str, head: str, forms: frozenset[str] = frozenset()) -> tuple[str, int, Message | None] | None:
    """The word for a letter that opens a cell, where that ends, and why it is only a guess, if it is one.

    S 7/12 below Lịch; A. Sáu, c Tư below Họ tên, or in a column in which letters of `forms` stand before names; C. Lan
    and T. Ba below GVCN teach. A capital may be the first letter of a name, where no others stand beside it.
    """
    if (half := _HALF_OF_DAY.match(text)) and _DAYS_HEAD.match(head):
        return _HALF_DAYS[half["half"]], half.end(), None
    called = _PERSON.match(text) if forms or _PERSONS_HEAD.match(head) else None
    words = _TAUGHT if _TEACHERS_HEAD.match(head) else _CALLED
    word = words.get(called["letter"].upper()) if called else None
    why = LONE_LETTER if called and called["letter"] in "ACT" and len(forms) < 2 else None
    return (word, called.end(), why) if called and word else None


def forms_of_address(texts: Sequence[str]) -> frozenset[str]:
    """The letters before the names of a column of persons: A. Cừ, C. Lựu, Đinh Tư; none where it holds other things."""
    called = [text for text in texts if _CALLED_PERSON.fullmatch(text)]
    others = (kind_of(text) for text in texts if text not in called)
    named = len(called) > 1 and all(kind in (CellKind.NAME, CellKind.NOTHING) for kind in others)
    return frozenset(text[0] for text in called if named)


def _half_days(text: str, head: str) -> str:
    """Halves of a day in letters, below a head that asks when: S, S-C"""
    halves = _HALF_DAY.fullmatch(text) if _HALF_DAY_HEAD.match(head) else None
    return " và ".join(_HALF_DAYS[half] for half in halves.groups() if half) if halves else ""


def _southern_hours(text: str, head: str) -> str:
    """Hours with the sign of grams, below a head that has them: 7g - 10g"""
    return text.replace("g", "h") if _SOUTHERN.fullmatch(text) and _HOURS_HEAD.match(head) else ""


def _with_half_day(text: str) -> str:
    """A day with the letter of its half: 7/12 (s)"""
    day = _DAY_AND_HALF.fullmatch(text)
    return f"{day['day']}, {_HALF_DAYS[day['half'].upper()]}" if day else ""


def _subject_or_code(text: str, head: str) -> str:
    """A code below a head of codes, letter by letter, or a subject of a school in short: Q01; T below Môn"""
    if _SUBJECT_HEAD.match(head):
        return _SUBJECTS.get(text, "")
    code = _LETTERS_AND_NUMBER.fullmatch(text) if _CODE_HEAD.match(head) else None
    if code is None:
        return ""
    number = code["number"]
    digits = number[0] == "0" or len(number) > _LONGEST_NUMBER
    return f"{spell_letters(code['letters'])} {spell_digits(number) if digits else number}"
