"""What letters and bare numbers in a cell stand for below its head: S below Buổi, 22-6 below Giờ, A. Sáu below Tên."""

from __future__ import annotations

from ..lazy_regex import pattern
from ..numerals import spell_digits, spell_letters
from ..syllables import LOWER, UPPER

# not Ca A, Ca B, Ca C
_HALF_DAY_HEAD = pattern(r"(?i)(?:buổi|ca|mẻ|phiên|thời gian|giờ)(?!\w)|(?:T[2-7]|CN|thứ (?:[2-7]|\w+)|chủ nhật)$")
_HALF_DAYS = {"S": "sáng", "C": "chiều", "T": "tối", "Đ": "đêm"}
_HALF_DAY = pattern(r"(?P<one>[SCTĐ])(?: ?[+,;&/-] ?(?P<other>[SCTĐ]))?")
_DAYS_HEAD = pattern(r"(?i)(?:buổi|ca|thời gian|thời điểm|giờ|ngày|thứ|lịch|lúc)(?!\w)")
_HALF_OF_DAY = pattern(r"(?P<half>[SCTĐ]) (?=(?:T[2-7]|CN|\d{1,2}/\d{1,2}|(?i:thứ|ngày|chủ nhật))(?!\w))")
_CLOCK_HEAD = pattern(
    r"(?i)(?:khung )?giờ(?: (?:đi|đến|về|tới|chạy|bắt đầu|kết thúc|xuất (?:phát|bến)|khởi hành|học|thi|khám|họp|lễ|"
    r"trực|tiêm|làm việc|mở cửa|đóng cửa|vào|ra|bơm|cắt|cấp|xả|đóng|mở))?|(?:từ|đến) giờ"
)
_CLOCKS = pattern(
    r"(?P<one>\d{1,2})(?:[.:](?P<minutes>[0-5]\d))?(?: ?[-–] ?(?P<other>\d{1,2})(?:[.:](?P<more>[0-5]\d))?)?"
)
_HOURS_HEAD = pattern(r"(?i)(?:(?:khung |từ |đến )?giờ|thời gian|lúc|mở cửa|đóng cửa|khởi hành)(?!\w)")
_SOUTHERN = pattern(r"\d{1,2}g(?:[0-5]\d)?(?: ?(?:[-–]|đến|,|và) ?\d{1,2}g(?:[0-5]\d)?){0,3}")  # 7g, 7g30 - 10g
_LAST_HOUR = 24
_PERSONS_HEAD = pattern(
    r"(?i)họ(?: và|,)? tên(?!\w)|(?:tên(?: (?:người|hộ|chủ|cán bộ)(?!\w).*)?|hộ|chủ(?: (?:hộ|trì|nhà|nhiệm))?|ông|bà)$|"
    r"(?:người|đại diện|lãnh đạo|phụ trách|giáo viên|gv|gvcn|trưởng|bí thư|liên hệ|cán bộ|đầu mối)(?!\w)"
)
_TEACHERS_HEAD = pattern(r"(?i)(?:giáo viên|gv|gvcn|thầy|cô)(?!\w)")
_PERSON = pattern(rf"(?P<letter>[ABCTÔ](?=\.)|[abcô])\.? ?(?=[{UPPER}][{LOWER}]{{1,6}}(?![^\W\d_]))")
_CALLED = {"A": "anh", "B": "bà", "C": "chị", "Ô": "ông"}
_TAUGHT = {"A": "anh", "C": "cô", "T": "thầy"}
_SUBJECT_HEAD = pattern(r"(?i)môn(?!\w)")
_SUBJECTS = {"T": "Toán", "V": "Văn", "A": "Anh", "L": "Lý", "H": "Hóa", "TV": "Tiếng Việt", "NN": "ngoại ngữ"}
_CODE_HEAD = pattern(r"(?i)(?:mã|ký hiệu|số hiệu|sbd|số báo danh)(?!\w)")
_LETTERS_AND_NUMBER = pattern(r"(?P<letters>[A-ZĐ]{1,2})(?P<number>\d{1,3})")
_ROWS_HEAD = pattern(r"(?i)(?:hàng|dãy|khu|lô|nhà|tổ|block|tòa|toà)(?: (?:ghế|nhà|lô))?")
_ROWS = pattern(r"(?P<first>[A-ZĐ]) ?[-–] ?(?P<last>[A-ZĐ])")
_RHESUS_HEAD = pattern(r"(?i)(?:yếu tố )?Rh(?:esus)?")
_RHESUS = {"+": "dương", "(+)": "dương", "-": "âm", "–": "âm", "(-)": "âm"}
_AS_ABOVE = frozenset(("nt", "//", '"', "”", "“", "''", "〃"))


def words_for(text: str, head: str) -> str:
    """The words for a whole cell of letters or bare numbers; nothing where they are not known."""
    if text.strip(".-–").lower() in _AS_ABOVE:
        return "như trên"
    if tells_sign(text, head):
        return _RHESUS[text]
    return _half_days(text, head) or _clocks(text, head) or _rows(text, head) or _subject_or_code(text, head)


def tells_sign(text: str, head: str) -> bool:
    """Whether a sign by itself tells something, and not that nothing is there: - below Rh"""
    return text in _RHESUS and _RHESUS_HEAD.fullmatch(head) is not None


def _rows(text: str, head: str) -> str:
    """From row to row of seats: A - C below Hàng"""
    rows = _ROWS.fullmatch(text) if _ROWS_HEAD.fullmatch(head) else None
    return f"{rows['first']} đến {rows['last']}" if rows and rows["first"] < rows["last"] else ""


def opening(text: str, head: str) -> tuple[str, int] | None:
    """The word for a letter that opens a cell, and where that ends: S 7/12 below Lịch; A. Sáu, c Tư below Họ tên

    C. Lan and T. Ba below GVCN teach.
    """
    if (half := _HALF_OF_DAY.match(text)) and _DAYS_HEAD.match(head):
        return _HALF_DAYS[half["half"]], half.end()
    called = _PERSON.match(text) if _PERSONS_HEAD.match(head) else None
    words = _TAUGHT if _TEACHERS_HEAD.match(head) else _CALLED
    word = words.get(called["letter"].upper()) if called else None
    return (word, called.end()) if called and word else None


def _half_days(text: str, head: str) -> str:
    """Halves of a day in letters, below a head that asks when: S, S-C"""
    halves = _HALF_DAY.fullmatch(text) if _HALF_DAY_HEAD.match(head) else None
    return " và ".join(_HALF_DAYS[half] for half in halves.groups() if half) if halves else ""


def _clocks(text: str, head: str) -> str:
    """Hours without their sign, or with that of grams, below a head that has it: 22-6, 10.30, 7g - 10g"""
    if _SOUTHERN.fullmatch(text) and _HOURS_HEAD.match(head):
        return text.replace("g", "h")
    hours = _CLOCKS.fullmatch(text) if _CLOCK_HEAD.fullmatch(head) else None
    if hours is None or not (hours["minutes"] or hours["other"]):
        return ""
    if any(int(hour) > _LAST_HOUR for hour in (hours["one"], hours["other"]) if hour):
        return ""
    until = f"-{hours['other']}h{hours['more'] or ''}" if hours["other"] else ""
    return f"{hours['one']}h{hours['minutes'] or ''}{until}"


def _subject_or_code(text: str, head: str) -> str:
    """A code below a head of codes, letter by letter, or a subject of a school in short: Q01; T below Môn"""
    if _SUBJECT_HEAD.match(head):
        return _SUBJECTS.get(text, "")
    code = _LETTERS_AND_NUMBER.fullmatch(text) if _CODE_HEAD.match(head) else None
    if code is None:
        return ""
    number = code["number"]
    return f"{spell_letters(code['letters'])} {spell_digits(number) if number[0] == '0' else number}"
