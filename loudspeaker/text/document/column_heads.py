"""What is said of the head of a column before one of its cells: nothing, the head, or part of it.

“Ngày gặt” before 23/9 is “gặt ngày”; “Ca sáng (5h-11h)” has a pause behind its bracket; “Ghi chú” is never said.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..casing import lower_headings
from ..lazy_regex import pattern
from ..numerals import DOWN_SIGNS, UP_SIGNS
from ..syllables import UPPER, is_syllable
from .arrangement import TextPiece
from .cell_kinds import FACTS, CellKind, kind_of
from .cells import Cell

AMOUNT = pattern(
    r"(?P<bound>(?i:trên|dưới|từ|đến|khoảng|hơn|gần|[<>≤≥~])? ?)"
    rf"(?P<sign>(?:[-+–−]|[{UP_SIGNS}{DOWN_SIGNS}]\ufe0f?)? ?)"
    r"(?P<number>\d[\d.,]*(?: ?[-–] ?\d[\d.,]*)?)(?P<per> ?/ ?[^\W\d][^\d]*)?(?P<note> \([^()]*\))?"
)
MOMENT = pattern(r"\d{1,2}/\d{1,2}(?:/\d{4})?|(?:19|20)\d\d|\d{1,2}(?:[hg](?:\d\d)?|:\d\d)")  # 10/3, 2025, 7h
LAST_MOMENT = pattern(  # Dự báo 15/3
    r"(?<![\d/.,-])(?P<day>\d{1,2}/\d{1,2}(?:/\d{4})?)$|^(?P<year>(?:19|20)\d\d)$|^(?P<hour>\d{1,2}(?:[hg](?:\d\d)?|:\d\d))$"
)
_DAY_LIST = pattern(r"\d{1,2}(?: ?[;,] ?\d{1,2})+(?:/\d{1,2}(?:/\d{4})?)?")
_DAYS_HEAD = pattern(r"(?i)ngày(?! (?:công|phép|nghỉ|tuổi|nằm|điều trị|giường|người|làm|đêm))\D*")
_DECIMAL = pattern(r"(?P<one>\d{1,2}),(?P<other>\d{1,2})")
_MEASURE = pattern(r"\d[\d.,]*(?: ?[-–] ?\d[\d.,]*)? ?(?:[kcm]?m[23²³]?|kg|tấn|tạ|lít|ha|%|con|hộ|người|ca|suất)")
_DIGIT = pattern(r"\W*\d")
_LETTERS = pattern(r"[^\W\d_]+")
_WORD = pattern(r"[^\W\d_]{3}|\d ?(?:đ(?!/c)|k|tr|kg|ha|m)\b")
_TOTAL = pattern(r"(?i)(?:tổng(?: cộng| số)?|cộng)(?!\w)")
_CLASS = pattern(  # a head that is said before a name, a number or a date, and not before other words
    r"(?i)(?:thôn|bản|ấp|tổ|tổ dân phố|khu|khu phố|khóm|xóm|làng|buôn|sóc|phum|xã|phường|đội|ngày|tháng|năm|tuần|lớp|"
    r"bậc|hạng|loại|cấp|quý|đợt|tuyến|khu dân cư|kdc|tdp|kp|ngõ|ngách|hẻm)(?!\w)"
)
_BETWEEN_NAMES = frozenset((",", "-", "&", "và", "đến"))
_REMARKS = pattern(
    r"(?i)(?:ghi chú|nội dung(?: [^\W\d_]+){0,2}|họ (?:và )?tên|họ tên|ý kiến|chi tiết|cặp đấu|đội ?[-–] ?đội|cặp)"
)
_LETTER, _LONG = pattern(r"[A-ZĐ]"), 8
_DOCTOR, _TITLED = pattern(r"(?i)bác sĩ|bác sỹ|bs"), pattern(r"(?:PGS|TS|ThS|BS)")  # BSCKI Vàng A Dế
_LAND = pattern(r"(?i)loại đất|mục đích(?: sử dụng(?: đất)?| sd đất| sdđ)?")
_LAND_CODES = pattern(r"[A-ZĐ]{3}(?:[ +,;&/-]+[A-ZĐ]{3})*")  # ONT+CLN are said with their “đất”
_WHEN = pattern(r"(?i)(?:thời gian|tg|thời điểm|giờ|ngày giờ|ngày, giờ|khung giờ|buổi)")
_MOMENT_WORD = r"(?:thứ|ngày(?: tháng)?|tháng|giờ|buổi|thời gian|tg|lúc)"
_MOMENT_WORDS = rf"{_MOMENT_WORD}(?:(?: ?[,/&+;–-] ?| và | |\n){_MOMENT_WORD}){{1,3}}"  # Ngày, giờ; Thứ/ngày
_MOMENT_HEAD = pattern(rf"(?i){_MOMENT_WORDS}")
_BOUND_OF_MOMENTS = pattern(rf"(?i)(?P<bound>từ|đến|tới) {_MOMENT_WORDS}")
_TELLS_WHEN = pattern(r"(?i)(?<!\w)(?:thời gian|tg|thời điểm|giờ|ngày|buổi|lịch|lúc|khi)(?!\w)")
_CLOCK_HEAD, CLOCK = (
    pattern(r"(?i)(?:^|(?<!tính)(?<!chấm)(?<!báo)(?<!bấm)(?<!canh)(?<!đổi)\s+)giờ$"),
    pattern(r"(?:từ )?\d{1,2} ?(?:[:hg]|giờ)"),
)
_DAY_BEHIND = pattern(r"(?i)(?<=\S) ngày$")
_SANCTION = pattern(r"(?i)(?:tước|phạt|cấm|đình chỉ|tịch thu|cảnh cáo|nhắc nhở|hết chỗ|hết hàng)(?!\w)")
_PART_OF_DAY = pattern(r"(?i)(?:sáng|trưa|chiều|tối|đêm)(?: ngày)?")
_BOUND = pattern(r"(?i)(?:từ|đến|tới)(?: giờ| lúc| ngày)?")
BOUNDS = pattern(r"(?i)từ(?: giờ| ngày)?(?: ?(?:[-–/,…]|\.{2,3}) ?| )đến(?: giờ| ngày)?")
_BARE_WEEKDAY = pattern(r"(?i)hai|ba|tư|năm|sáu|bảy")
_NAMES_ITSELF = pattern(r"(?i)tên|họ|ai")
_FROM = pattern(r"(?i)(?:từ|đến|tới|trước|sau|hết|chậm nhất)(?!\w)")
_WEEKDAY = pattern(r"(?i)(?:thứ |chủ nhật|cn(?!\w)|t[2-7](?!\w)|sáng |trưa |chiều |tối |đêm |rạng sáng |hôm |cả ngày)")
_DAY_AND_OTHER = pattern(r"(?i)ngày,(?! ?(?:tháng|năm))")
_DATE = pattern(r"\d{1,2}(?: ?[-–] ?\d{1,2})?[/.-]\d{1,2}(?:[/.-]\d{4})?(?!\d)")
_DAY_HEAD = pattern(r"(?i)ngày (?P<event>[^\W\d_]+(?: [^\W\d_]+){0,3})")
_UNKNOWN = pattern(r"(?i)(?:không|chưa) (?:ghi|rõ)(?!\w)")
_TWO_NAMES = pattern(rf"[{UPPER}]\w+ [{UPPER}]")  # Xứ đồng, Đồng Quan
_PARENTS = pattern(r"(?i)(?P<first>\s+ông) ?[(/,] ?bà\)?$")
_ADDRESSED = pattern(r"(?i)(?:ông|bà|ô\.|b\.) ?")
_COUNTED = pattern(r"(?P<what>[^/()]*[^/() ]) ?/ ?(?P<group>(?:lớp|nhóm|tổ|đội|phòng|xe|bàn|máy|ca|bàn|đoàn)(?!\w))")
_EITHER = pattern(r"\s*(?:\([^()\d]+\)|/ ?[^\W\d][^/\d]*)$")
_SPANS_WITH_NUMBER = frozenset(("tuần", "tháng", "quý", "đợt", "kỳ"))
_NUMBER_AND_DAYS = pattern(r"\d{1,2} ?\(")  # Tuần: 1 (04-08/01)
_NUMBER_BEHIND = pattern(r"(?i)(?<=\S) số$")
_COUNTED_OR_NUMBERED = pattern(  # whose number is its own with a number behind it: thứ sáu, 4; km 46
    r"(?i)(?<!\w)(?:thứ (?:[2-7]|hai|ba|tư|năm|sáu|bảy)(?: ?[,&–-] ?(?:thứ )?\w+)?|chủ nhật|cn|t[2-7]|km)$"
    r"|(?<![^\W_])[IV]{1,3}$"  # BĐ I-II-III
)
_LISTED_DAYS = pattern(r"(?:T[2-7]|CN|[Tt]hứ (?:\d|hai|ba|tư|năm|sáu|bảy)|[Cc]hủ nhật)(?!\w)")
_SEVERAL = pattern(r",? [-–+&] (?=[^\W\d])|[,;] ?(?=[^\W\d])")  # Họ tên - Chức vụ; Thời gian, địa điểm
_BIRTHDAY = pattern(r"(?i)ngày,? ?(?:tháng|th\.?)(?:,|,? và)? ?năm sinh|ngày(?:[,/]? ?(?:tháng|năm))? sinh")
_YEAR = pattern(r"(?:19|20)\d\d")
_NUMBERED_HEAD = pattern(  # Thang, Tổ máy
    r"(?!(?i:mã|tên|số|giống|xe|thuốc|ký|thời|thứ tự|tình|trưa|tối|trực|thu|thi|tiêm|tập)(?!\w))"
    r"[^\W\d_]{2,6}(?: [^\W\d_]{2,5})?"
)
_LETTER_AND_NUMBER = pattern(r"[A-ZĐ]\.?\d{1,2}(?![\w/])(?!,? ?[(-]? ?\d{1,2}[/.-]\d)")  # not T6 18/12
_DECIDING, _SHORT_FORM = pattern(r"(?i)giải|hạng|trường|bệnh|hướng|vụ|khoa|phòng"), pattern(r"[A-ZĐ]{2,3}")
_TELEPHONE = pattern(r"(?i) ?(?:[-–/,+&]|và|\() ?(?:số )?(?:s?đt|điện thoại|sđt liên hệ|phone|tel)\.?\)?$")
_BOTH_WAYS = pattern(  # Tăng/giảm so với hôm qua; Tăng (+), giảm (-)
    r"(?i)(?:tăng|giảm|[+±-])(?:[ /,;(]{1,3}(?:tăng|giảm|[+-])\)?){0,3} ?"
)


def needs_head(text: str) -> bool:
    """Whether a cell holds a bare number, a day or an hour: of what, only the head tells."""
    return AMOUNT.fullmatch(text) is not None or (_DIGIT.match(text) is not None and not _WORD.search(text))


def spoken_head(head: Cell, cell: Cell, kind: CellKind, first: bool, change: bool) -> Iterator[TextPiece]:
    """A head as it is said before one of its cells, with a blank behind it; nothing where the cell needs none.

    `kind`: what the column holds; `first`: nothing is said of the row before; `change`: the cell tells by how much
    something went up or down.
    """
    if not head.text:  # but for its unit: (m2)
        return
    text = head.text if change else _first_of_two(head.text, cell.text)
    if not text or _is_unsaid(text, cell.text, kind, first):
        return
    if words := _mother(head.text, cell.text) or _in_other_words(text, cell.text):
        yield TextPiece.put_in(words, cell.start)
        return
    text = _without_repetition(in_small_letters(text), cell.text)
    dated = _DAY_HEAD.fullmatch(text) if _DATE.match(cell.text) and kind is not CellKind.NUMBER else None
    if dated and first:  # Ngày khám: 23/11
        yield TextPiece.put_in("ngày ", cell.start)
        return
    cut = dated.start("event") if dated else _ways_end(text, cell.text) if change else 0
    if text[cut:]:
        yield from _copied_head(head, text, cut)
        yield TextPiece.put_in(" ngày " if dated else _link(text, cell.text), head.start + len(text))


_EARLIER = pattern(r"(?:đợt|tháng|tuần|hôm|kỳ|vụ|năm|lần|quý|phiên)(?!\w)")


def _ways_end(head: str, text: str) -> int:
    """How much of a head only tells that its cells go up or down; nothing where a cell without a sign needs it."""
    both = _BOTH_WAYS.match(head)
    needed = both is not None and both[0].strip().isalpha() and text[:1].isdecimal()  # Giảm: 17%
    return both.end() if both and not needed else 0


def _is_unsaid(head: str, text: str, kind: CellKind, first: bool) -> bool:
    """Whether a cell is said without its head."""
    if head.lower() == "thứ" and _BARE_WEEKDAY.fullmatch(text):
        return False
    if first and _takes_name(head, text, kind):
        return False
    return _is_needless(head, text, first) or _is_odd(text, kind, first)


def _takes_name(head: str, text: str, kind: CellKind) -> bool:
    """Whether a head is one word that belongs before a name or a day: Sông, Lam; Thứ, Hai"""
    if _NAMES_ITSELF.fullmatch(head) or not head.isalpha() or text.lower().startswith(head.lower()):
        return False
    if _DECIDING.fullmatch(head) and _SHORT_FORM.fullmatch(text):  # ĐB below Giải
        return True
    if _LETTER.fullmatch(text):  # A below Ca
        return len(head) < _LONG
    return head.lower() != "thứ" and kind is CellKind.NAME and not (_CLASS.match(text) or _TOTAL.match(text))


def _is_odd(text: str, kind: CellKind, first: bool) -> bool:
    """Whether a cell holds a phrase where others hold a word and its number: Khám bù cho em vắng, below Khối lớp"""
    return not first and kind is CellKind.LABEL and text.count(" ") > 2 and kind_of(text) is CellKind.WORDS


_MOMENTS = {"day": "ngày ", "year": "năm ", "hour": "lúc "}


def _copied_head(head: Cell, text: str, cut: int) -> Iterator[TextPiece]:
    """The letters of a head from `cut` on; HV/lớp is học viên một lớp, Dự báo 15/3 is dự báo ngày 15/3."""
    if cut and _EARLIER.match(text, cut):  # +/- đợt 1
        yield TextPiece.put_in("so với ", head.start + cut)
    counted = _COUNTED.fullmatch(text)
    if counted:
        end = counted.end("what")
        yield TextPiece(text[:end], head.start, head.start + end, is_head=True)
        yield TextPiece.put_in(" một ", head.start + end)
        cut = counted.start("group")
    moment = LAST_MOMENT.search(text, cut)
    word = _MOMENTS[moment.lastgroup or ""] if moment else ""
    if moment and not text[cut : moment.start()].lower().endswith(word):
        yield TextPiece(text[cut : moment.start()], head.start + cut, head.start + moment.start(), is_head=True)
        yield TextPiece.put_in(word, head.start + moment.start())
        cut = moment.start()
    yield TextPiece(text[cut:], head.start + cut, head.start + len(text), is_head=True)


def _mother(head: str, text: str) -> str:
    """What is said for “Con ông (bà)” before a woman's name: con bà; nothing where it is none."""
    parents = _PARENTS.search(head)
    return (
        f"{in_small_letters(head[: parents.start()])} bà "
        if parents and " Thị " in text and not _ADDRESSED.match(text)
        else ""
    )


def _in_other_words(head: str, text: str) -> str:
    """What is said for a head of days instead of itself, if anything: các ngày before 7; 14, sinh ngày."""
    if is_day_list(text, head):
        return "các ngày "  # and not: ngày thu các ngày
    days = _MOMENT_HEAD.fullmatch(head) or _DAY_AND_OTHER.match(head)
    if days and _DATE.match(text):  # Ngày, giờ: 27/8, 7g00; Ngày, chuyến: 10/11, 5h30
        return "ngày "
    if _BIRTHDAY.fullmatch(head) and (_DATE.match(text) or _YEAR.fullmatch(text)):
        return "sinh năm " if _YEAR.fullmatch(text) else "sinh ngày "
    return ""


def is_day_list(text: str, head: str) -> bool:
    """Whether a cell lists days of a month below a head of days: 7; 14, and not 22,5 below Ngày công"""
    if not _DAY_LIST.fullmatch(text) or not _DAYS_HEAD.fullmatch(head):
        return False
    decimal = _DECIMAL.fullmatch(text)
    return decimal is None or 0 < int(decimal["one"]) < int(decimal["other"])


def _first_of_two(head: str, text: str) -> str:
    """A head without its second half: Con ông (bà) before “bà Hiên” is Con; nothing of Thôn (nơi ở) before a name.

    Nor is anything said of a head of several things, Thời gian, địa điểm, before words that tell what they are.
    """
    if _COUNTED.fullmatch(head):
        return head
    if bound := _BOUND_OF_MOMENTS.fullmatch(head):
        return bound["bound"]  # Từ ngày, giờ: 22h 5/8
    parents, either = _PARENTS.search(head), _EITHER.search(head)
    if parents:
        return head[: parents.start() if _ADDRESSED.match(text) else parents.end("first")]
    if either is None:
        return "" if _tells_of_several(head, text) else head
    return "" if not needs_head(text) and either[0].strip("() ").islower() else head[: either.start()]


def _tells_of_several(head: str, text: str) -> bool:
    """Whether a head is of several things of which a cell tells by itself which it is; not T2 - T6, Sân 5 T7, CN"""
    clock = CLOCK.match(text) is not None
    if (clock and _WEEKDAY.match(head)) or _LISTED_DAYS.search(head):
        return False
    if clock:
        told = _TELLS_WHEN.search(head) is not None
    else:
        told = not (needs_head(text) or _MEASURE.fullmatch(text) or head[0].isdecimal())
    return told and _SEVERAL.search(_TELEPHONE.sub("", head)) is not None


def _without_repetition(head: str, text: str) -> str:
    """A head without “giờ” before an hour, without its telephone, and without the word that its cell begins with.

    Nothing of it is said before words that begin so: Loại đất, Đất ở nông thôn.
    """
    head = _TELEPHONE.sub("", _CLOCK_HEAD.sub("", head) if CLOCK.match(text) else head)
    head = _DAY_BEHIND.sub("", head) if _WEEKDAY.match(text) else head  # Tối ngày: T6 18/12
    if _repeats(head, text):
        return ""
    if _NUMBER_BEHIND.search(head) and text.isalpha() and len(text) > 2:  # Thang số: hàng
        head = _NUMBER_BEHIND.sub("", head)
    overlap = _overlap(head, text)
    return "" if overlap and not needs_head(text[overlap:].lstrip()) else head[: len(head) - overlap].rstrip()


def _repeats(head: str, text: str) -> bool:
    """Whether a cell has the last word of its head, or begins with one before: So với BĐ, Dưới BĐ2; Khối lớp, Khối 1

    Of several things a cell with an amount has one: Cây, lúa: 12ha lúa
    """
    *others, last = head.lower().split() or [""]
    words = _LETTERS.findall(text.lower())
    if _DIGIT.match(text) and "," in head:
        return not {*_LETTERS.findall(head.lower())}.isdisjoint(words[1:])
    if not (others and words) or _DIGIT.match(text):
        return False
    short = text.partition(" ")[0].isupper() and not head.isupper()  # Ca 3, CA xã
    return (words[0] in others and not short) or last in words[1:]


def _link(head: str, text: str) -> str:
    """What stands between a head and its cell: a pause behind a day, an hour, a bracket or a number, Điểm B1."""
    bare = text[:1].isdecimal() and "+" not in text  # not Km 12+050
    if (bare and _COUNTED_OR_NUMBERED.search(head)) or LAST_MOMENT.search(head):
        return ": "
    if head[-1].isalpha() and any(map(str.isdecimal, head)):  # 3 tháng: 2,5; Dưới 2 tuổi: 5 ml
        return ": "
    if kind_of(head) in FACTS or kind_of(head) is CellKind.WEEKDAY:  # 19h-1h, T7
        return ", "
    return " " if head[-1].isalpha() or head[-2:] in ("m2", "m3", "m²", "m³") else ", "


def _is_needless(head: str, text: str, first: bool) -> bool:
    """Whether a cell is said without its head: a remark, an hour, the first of a row, but for “thôn” before names."""
    if head.lower() in _SPANS_WITH_NUMBER and _NUMBER_AND_DAYS.match(text):
        return False
    if _CLASS.fullmatch(head):
        return not _is_name(text) or any(words.match(text) for words in (_CLASS, _WEEKDAY, _FROM))
    if _PART_OF_DAY.fullmatch(head) and _WEEKDAY.match(text):  # Tối: T2 07/12
        return False
    if _is_moment(head, text):
        return True
    if _DECIDING.fullmatch(head) and _SHORT_FORM.fullmatch(text):
        return False
    if (_REMARKS.fullmatch(head) and not needs_head(text)) or _tells_itself(head, text):
        return True
    return first and not _DIGIT.match(text)


def _is_moment(head: str, text: str) -> bool:
    """Whether a cell says by itself when something is: CN below Thứ, dự phòng below Từ, 03/6 - 05/6 below Từ - đến."""
    if head.lower() == "thứ":
        return kind_of(text) is CellKind.WEEKDAY and not text[:1].isdecimal()
    if _MOMENT_HEAD.fullmatch(head) and (CLOCK.match(text) or _WEEKDAY.match(text)):
        return True
    if _WHEN.fullmatch(head):
        return bool(CLOCK.match(text) or _WEEKDAY.match(text)) or not _DIGIT.match(text)
    unnumbered = _BOUND.fullmatch(head) is not None and not any(map(str.isdecimal, text))
    return unnumbered or BOUNDS.fullmatch(head) is not None


def _tells_itself(head: str, text: str) -> bool:
    """Whether a cell is said by itself whatever its head: “tước 22 tháng” below Trừ điểm, ONT below Loại đất."""
    land = _LAND.fullmatch(head) is not None and _LAND_CODES.fullmatch(text) is not None
    doctor = _DOCTOR.match(head) is not None and _TITLED.match(text) is not None
    reached = head.lower() == "đạt" and text in ("Đ", "K", "KĐ", "CĐ")
    counted = _SIDE.match(head) is not None and _COUNT_OF_SIDES.fullmatch(text) is not None
    return land or doctor or reached or counted or _SANCTION.match(text) is not None


_SIDE = pattern(r"(?i)(?:các )?(?:đội|vđv|đoàn|đơn vị|lực lượng|thành phần|đối tượng)(?!\w)")
_COUNT_OF_SIDES = pattern(
    r"\d{1,4} (?:đoàn|đội|vđv|vận động viên|đơn vị|cặp|câu lạc bộ|CLB|thôn|trường|lớp)(?!\w).*"
)  # 24 đoàn


def _is_name(text: str) -> bool:
    """Whether a cell holds a name, a number or a date, and is no total."""
    words = text.split()
    named = all(word.lstrip("(")[:1].isupper() or word[0].isdecimal() or word in _BETWEEN_NAMES for word in words)
    return (named or _UNKNOWN.match(text) is not None) and not _TOTAL.match(text)


def without_short_head(head: Cell, cell: Cell) -> Cell:
    """A cell without the abbreviation of its head, which is said before it: Tiểu khu, TK 214; Chiều ngày, CN 20/12"""
    words = _LETTERS.findall(head.text)
    short = "".join(word[0] for word in words).upper() + " "
    if len(words) < 2 or not cell.text.startswith(short) or _WEEKDAY.match(cell.text):
        return cell
    if _CHAIR.match(head.text) or _CAPITALS.match(cell.text, len(short)):  # Chủ trì: CT UBND xã
        return cell
    return Cell(cell.text[len(short) :], cell.start + len(short), cell.column + len(short))


_CHAIR, _CAPITALS = pattern(r"(?i)chủ (?:trì|tọa|toạ)"), pattern(r"[A-ZĐ]{2,}(?!\w)")
_WEEKDAY_AND_MOMENT = pattern(r"T[2-7],? (?:\d{1,2}[hg:/]|(?:sáng|chiều|tối)(?!\w))")


def with_head_for_letter(head: Cell, cell: Cell) -> str:
    """The text of a cell with the word of its head for the letter before its numbers: Thang, T1 -> thang 1"""
    word = _NUMBERED_HEAD.fullmatch(head.text)
    if not word or not _LETTER_AND_NUMBER.match(cell.text) or cell.text[0] != word[0][0]:
        return cell.text
    if _WEEKDAY_AND_MOMENT.match(cell.text):  # Tháo: T2 9h
        return cell.text
    if not is_syllable(head.text.partition(" ")[0].lower()):  # TBA
        return cell.text
    letter = pattern(rf"(?<![^\W_]){word[0][0]}\.?(?=\d{{1,2}}(?![\w/]))")
    return letter.sub(f"{word[0].lower()} ", cell.text)


def in_small_letters(head: str) -> str:
    """A head as it stands inside a sentence: in small letters, but for abbreviations."""
    small = lower_headings(head)
    return small[0].lower() + small[1:] if small[1:2].islower() or not small[1:2].strip() else small


def _overlap(head: str, text: str) -> int:
    """The letters of the last word of a head that the cell begins with: Người thứ, Thứ nhất."""
    last = head.rpartition(" ")[2]
    return len(last) if text.lower().startswith(f"{last.lower()} ") and not _TWO_NAMES.match(text) else 0
