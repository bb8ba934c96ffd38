"""Addresses: số nhà 12/5, QL1A, Km 12+500."""

from __future__ import annotations

import re

from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...numerals import LETTERS, spell_digits, spell_letters
from ...reasons import DATE_OR_NUMBERS, LONE_LETTER
from ...rule import Answer, Guess, RuleMaker, after_variety
from ...syllables import LOWER, UPPER

rule = RuleMaker(Kind.ADDRESS)

_HOUSE = words_before("số nhà|nhà số|ngõ|ngách|hẻm|kiệt|nhà|địa chỉ số|địa chỉ|hẻm số|ngõ số|đ/c|số cũ|số mới")
_HOME_SINCE = pattern(r" (?:hôm|bữa|ngày|dịp|lúc|khi|hồi)(?: [^\W\d_]+){1,2} nhà$")  # từ hôm dọn nhà 16/11: a day
_NO_DAY = words_before(
    "số nhà|nhà số|ngách|hẻm|kiệt|hẻm số|ngõ số|lớp|cột mốc|mốc số|cột|cột số|cột điện|cột điện số|trụ|trụ số|trụ điện|"
    "thửa|thửa số|khoảnh|lô|số cũ|số mới|"
    "số nhà cũ|số nhà mới"
)
_NAME = pattern(rf" [{UPPER}][{LOWER}]")
_STREET_NAME = pattern(  # 8/3 Kha Vạn Cân, Phường Thủ Đức
    rf"(?: [{UPPER}][{LOWER}]+){{1,4}}, ?(?:P\.|[Pp]hường|Q\.|[Qq]uận|[Tt]hị trấn|TP)"
)
_COUNTED = words_after("ngày|tuần|tháng|giờ|người|hộ|%|lần")
_SHARES = frozenset("/:%")
_CROPS = pattern(rf"(?:{cue_list('crops_before_code')})(?: [^\W\d_]+){{0,3}} [^.;]*$")  # giống thuần BC15, KM18
_STREET = words_after("đường|phố|ngõ|hẻm|ngách|kiệt|khu phố")
_HAMLETS = words_after("khóm|ấp|thôn|xóm|tổ|khu|tdp|kp|phường|tổ dân phố")


@rule(r"(\d{1,4}[A-Za-zĐ]?)((?:/\d{1,4}[A-ZĐ]?){1,4})(?![\d/]|[^\W_])")
def house_number(match: re.Match[str], context: Context) -> Answer:
    """Number of a house with a slash: số nhà 12/5 ngõ 3 -> mười hai trên năm; Số 12/3, hẻm 45; số 12/3A"""
    words = context.before(match.start())
    if (words.endswith(" lớp") and counts_up(match[0])) or (words.endswith(" nhà") and _HOME_SINCE.search(words)):
        return None
    if not (_is_numbered_house(match, context, words) or is_house(context, match.start(), match.end())):
        return None
    spoken = " trên ".join(_house_part(number, context) for number in match[0].split("/"))
    return Guess(spoken, DATE_OR_NUMBERS) if _may_be_day(match, context, words) else spoken


def _is_numbered_house(match: re.Match[str], context: Context, words: str) -> bool:
    """Whether a word of houses stands before, or a street behind: hẻm 12/5, số 12/3A, 45/2 đường Lê Lợi"""
    numbered = words.endswith(" số")
    named = words.endswith(_HOUSE) or (numbered and match[0][-1].isalpha())
    comma = numbered and context.text[match.end() : match.end() + 1] == ","
    street = context.is_before(match.end() + comma, _STREET) and not words.endswith((" ngày", " sáng", " chiều"))
    branched = numbered and re.fullmatch(r"(?:3[2-9]|[4-9]\d|\d{3})/\d{1,3}/\d{1,3}", match[0])  # no day: số 45/12/3
    way = _PART_OF_WAY.match(context.text, match.start())  # đi 1/3 đường
    return bool(named or (street and not way) or branched)


_PART_OF_WAY = pattern(rf"(?:1/[2-5]|2/[35]|3/[45]) đường(?! (?:[{UPPER}\d]|số|liên|tỉnh|quốc))")


def _may_be_day(match: re.Match[str], context: Context, words: str) -> bool:
    """Whether something is done to the house, so that its day may be told: dọn nhà 5/12, tan lớp 5/12"""
    dated = _DAY_AND_MONTH.fullmatch(match[0]) is not None and _DONE_TO.search(words) is not None
    street = context.text[match.end() : match.end() + 2]
    return dated and not street[1:].isupper() and not context.is_before(match.end(), _STREET)


_DAY_AND_MONTH = pattern(r"(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])")
_DONE_TO = pattern(
    r" (?:dọn|dời|về|ở|sửa|cất|xây|dựng|khởi công|làm|nhận|trả|mượn|thuê|mua|bán|giao|bàn giao|khánh thành|nhà|"
    r"tan|khai giảng|mở|nghỉ|họp|dạy|bốc|chia|cắm|đo|đào|đổ|bê tông|cấm|dọn dẹp|lấp|nâng|tráng|rời|tới|vô) "
    r"(?:nhà|hẻm|ngõ|ngách|lô|thửa|mốc|cột mốc|lớp|kiệt)$"
)


def counts_up(written: str) -> bool:
    """Whether three numbers or more count on, 1/2/3, as neither houses nor days do."""
    numbers = written.split("/")
    first = int(numbers[0]) if numbers[0].isdecimal() else 0
    return len(numbers) > 2 and numbers == [str(first + i) for i in range(len(numbers))]


_HOUSES = pattern(r" (?:ngõ|ngách|hẻm|kiệt|số nhà|nhà số)(?: \d+(?:/\d+)*,?){1,5} và$")  # ngõ 12, 14 và 18/3


def is_house(context: Context, start: int, end: int) -> bool:
    """Whether a number with a slash belongs to a house or a class, whatever day it looks like: hẻm 30/4, lớp 8/3."""
    words = context.before(start)
    if words.endswith(_NO_DAY) or _HOUSES.search(words):
        return True
    last = context.previous
    if last.kind is Kind.ADDRESS and context.text[last.end : start] in (" đến ", " tới "):  # cột 12/5 đến 12/9
        return True
    if words.endswith((" số", " nhà")):
        return context.is_before(end, (*_STREET, *_HAMLETS)) or _NAME.match(context.text, end) is not None
    return _STREET_NAME.match(context.text, end) is not None


def _house_part(written: str, context: Context) -> str:
    """Part of the number of a house: 12A -> mười hai a"""
    digits = re.match(r"\d+", written)
    assert digits is not None
    letter = written[digits.end() :]
    return context.number(digits[0]) + (f" {spell_letters(letter)}" if letter else "")


@rule(rf"F\.? ?(?=\d{{1,2}}(?:(?:,| -) ?(?:Q|TP|T\.)| [{UPPER}][{LOWER}]+ [{UPPER}]))", starts="word")
def ward_f(match: re.Match[str], context: Context) -> str | None:
    """Ward written F: F12, Q Bình Thạnh; chợ Phạm Văn Hai, F4 Tân Bình -> phường …"""
    listed = context.text[match.start() - 2 : match.start()] == ", "
    return "phường " if listed or re.match(r"\d{1,2}(?:,| -)", context.text[match.end() : match.end() + 4]) else None


@rule(r"[Pp]\.? ?(\d{1,2}),? ?[Qq]\.? ?(\d{1,2})(?![\w/]|[.,]\d)", starts="word")
def ward_and_district(match: re.Match[str], context: Context) -> str:
    """Ward and district: Dương Bá Trạc, P1, Q8 -> phường một, quận tám"""
    return f"phường {context.number(match[1])}, quận {context.number(match[2])}"


@rule(r"P ?(\d{1,2})(?![^\W_]|[.,/]\d)", starts="word")
def ward_of_area(match: re.Match[str], context: Context) -> Answer:
    """Wards of an area: cúp điện KV P3, P4 -> phường ba, phường bốn"""
    listed = context.follows(Kind.ADDRESS, match.start(), ", ", " và ", " - ", "; ", "-", ",")
    more = listed and context.previous.spoken.startswith("phường")
    if not (more or context.adjoins(match.start(), _AREAS)):
        return None
    return Guess(f"phường {context.number(match[1])}", LONE_LETTER)


_AREAS = words_before("kv|khu vực|các kv|địa bàn|các phường")


@rule(r"[Pp] ?(\d{1,2})(?=, ?(?:Q\.?|[Qq]uận|TP\.?|[Tt]hành phố) ?[^\W_]| TP)", starts="word")
def ward_before_district(match: re.Match[str], context: Context) -> str:
    """Ward before its district or town: Hai Bà Trưng, p12, quận 1; P5 TP.HCM -> phường mười hai"""
    return f"phường {context.number(match[1])}"


@rule(r"[Nn]g\. ?(\d{1,3}(?:/\d{1,3})*[A-Z]?)(?![\d/]|[^\W_])", starts="word")
def lane(match: re.Match[str], context: Context) -> Guess:
    """Lane in short: ng. 5 phố Hàng Bột -> ngõ, or a lane of a lane"""
    return Guess(f"ngõ {' trên '.join(_house_part(number, context) for number in match[1].split('/'))}", LONE_LETTER)


@rule(r"P\.? ?(\d{1,3})(?![^\W_]|[.,/]\d)", starts="word", only_after=(" phòng",))
def room(match: re.Match[str], context: Context) -> str:
    """Number of a room behind its word, as below the head Phòng: phòng P.2 -> hai"""
    return context.number(match[1])


@rule(r"P\.?(\d{3,4})(?![^\W_]|[.,/-]\d)", starts="word")
def room_of_floor(match: re.Match[str], context: Context) -> str | None:
    """Room behind its floor: tầng 3, P305 -> phòng ba trăm linh năm"""
    return f"phòng {context.number(match[1])}" if _FLOOR.search(context.before(match.start())) else None


_FLOOR = pattern(r" (?:tầng|lầu) \d{1,2},? ?$")


@rule(r"P\.?(\d{3,4})(?=,? (?:chung cư|tòa|toà|nhà|CC|khu|tầng|CT\d))", starts="word")
def flat(match: re.Match[str], context: Context) -> str:
    """Flat of a building: P203 chung cư Đầm Nấm -> phòng hai trăm linh ba"""
    return f"phòng {context.number(match[1])}"


@rule(rf"K(\d{{1,3}})((?:/\d{{1,3}}){{1,3}})(?= (?:đường |[{UPPER}][{LOWER}]))", starts="word")
def alley(match: re.Match[str], context: Context) -> str:
    """House in an alley: K45/12 đường Núi Thành -> kiệt bốn mươi lăm trên mười hai"""
    return "kiệt " + " trên ".join(map(context.number, (match[1] + match[2]).split("/")))


@rule(r"K\. ?(?=\d{1,2}(?![\d/.,]|[^\W_]))", starts="word")
def block(match: re.Match[str], context: Context) -> Guess:
    """Block of a town in short: Sinh quán: K. 3, thị trấn -> khối, in other provinces khu or khóm"""
    return Guess("khối ", LONE_LETTER)


@rule(r"đ\. ?(?=số \d|QL|TL|ĐT)|Đ\. ?(?=\d{1,2}/\d{1,2}(?![\d/])|CMT)", starts="word")
def street_of_day(match: re.Match[str], context: Context) -> str:
    """Street that is named after a day: Đ.30/4, Đ. CMT8 -> đường"""
    return "đường "


@rule(rf"[Đđ]\. ?(?=(?:Ng\. ?)?[{UPPER}][{LOWER}]+ [{UPPER}][{LOWER}])", starts="word")
def street(match: re.Match[str], context: Context) -> str | None:
    """Street written Đ.: 477 Đ. Sư Vạn Hạnh -> đường"""
    numbered = re.search(
        r"(?:\d[A-Z]?,?|trên|tại|ở|dọc|giao|với) $", context.text[max(0, match.start() - 6) : match.start()]
    )
    return "đường " if numbered or context.begins_line(match.start()) else None


@rule(r"CT\.?(\d{2})(?!\d|[.,]\d)", starts="word", only_after=(" cao tốc",))
def expressway(match: re.Match[str], context: Context) -> str:
    """Expressway: cao tốc CT.08 -> xê tê không tám"""
    return f"{spell_letters('CT')} {spell_digits(match[1])}"


_STREET_BEFORE = (" đường", " đg")
_ALONG = words_after("đoạn|km|qua|đi|từ")
_OR_TELEPHONE = pattern(r" (?:hoặc|-) \(?0\d")


def _is_road(match: re.Match[str], context: Context) -> bool:
    """Whether a road is meant.

    Not so: giống sắn HL23; ĐT 090 1234567 and ĐT 115 hoặc 0225… are telephones; ĐH5 without “đường”; TL 5%
    """
    at, end, kind, number = match.start(), match.end(), match[1], match[2]
    if context.after_variety(at) or (number[0] == "0" and not (match[0][2] == "." and len(number) == 2)):
        return False
    if kind == "DT":
        return context.adjoins(at, _STREET_BEFORE) or _runs_along(context, end, number)
    if kind in ("TL", "HL"):
        return not _is_share(context, end)
    if kind[0] != "Đ":
        return True
    if _is_telephone(match, context):
        return False
    named = (
        "." in match[0]
        or context.adjoins(at, (*_STREET_BEFORE, " tuyến"))
        or context.follows(Kind.ADDRESS, at, ", ", " và ", "; ")
    )
    return named or (kind != "ĐX" and len(number) == 3)


def _is_telephone(match: re.Match[str], context: Context) -> bool:
    """Whether a telephone is told: cấp cứu, ĐT 115; ĐT 113 hoặc 0225…; not ĐT 112 đoạn qua xã"""
    if match[1] != "ĐT" or _OR_TELEPHONE.match(context.text, match.end()):
        return match[1] == "ĐT"
    at, short = match.start(), " " in match[0] and match[2] in ("111", "112", "113", "114", "115")
    ended = context.char(at - 2) in ",;:(-" and context.after(match.end())[:1] in ("", *".,;)\n")
    return short and not context.adjoins(at, _STREET_BEFORE) and (ended or context.is_after(at, _CALLING))


_CALLING = words_before("gọi|cấp cứu|cứu hỏa|báo|liên hệ|công an|cảnh sát|số|hotline|đường dây nóng|khẩn cấp|alo|trực")


def _runs_along(context: Context, end: int, number: str) -> bool:
    """Whether a stretch of a road is told: DT177 đoạn Km23 - Km31"""
    return len(number) == 3 and context.is_before(end, _ALONG)


def _is_share(context: Context, end: int) -> bool:
    """Whether TL is a share: TL 5%, TL 3-4, TL 5 ngày; but TL522 - UBND xã is a road"""
    return context.char(end) == "-" or context.after(end)[:1] in _SHARES or context.is_before(end, _COUNTED)


@rule(
    r"(QL|TL|ĐT|DT|HL|ĐH|ĐX|Ql|Tl)[ .-]{0,2}(\d{1,3})([A-ZĐ](?![^\W_])|(?![\d.,]\d|[^\W_]| \d{3}| ?%))",
    starts="word",
    only_if=_is_road,
)
def road(match: re.Match[str], context: Context) -> str:
    """Road with a number.

    QL1A -> quốc lộ một A; ĐT.155 -> đường tỉnh một trăm năm mươi lăm; tuyến đường ĐH5 -> huyện năm
    """
    letter = f" {spell_letters(match[3])}" if match[3] else ""
    if context.is_after(match.start(), _SAID):  # tỉnh lộ ĐT.725
        return f"{context.number(match[2])}{letter}"
    kind = _ROADS[match[1].upper()]
    if context.adjoins(match.start(), _STREET_BEFORE) and not context.is_after(match.start(), _PART_OF_ROAD):
        kind = kind.removeprefix("đường ")
    return f"{kind} {context.numerals.code(match[2])}{letter}"


_PART_OF_ROAD = words_before("mặt đường|lòng đường|nền đường|lề đường|tim đường|vỉa đường")  # mặt đường đường tỉnh
_SAID = words_before("quốc lộ|tỉnh lộ|hương lộ|đường tỉnh|đường huyện|huyện lộ")
_ROADS = {
    "QL": "quốc lộ",
    "TL": "tỉnh lộ",
    "ĐT": "đường tỉnh",
    "DT": "đường tỉnh",
    "ĐX": "đường xã",
    "HL": "hương lộ",
    "ĐH": "đường huyện",
}


_MODEL = words_before("nông thôn mới|ntm|kdc|khu dân cư|vườn")  # khu dân cư NTM KM 2: kiểu mẫu


@rule(
    r"[Kk][Mm] ?(\d{1,4}|\d\.\d{3})(?: ?\+ ?(\d{1,3})| ?[-–] ?(\d{1,4})(?![\d/+:-]|[.,]\d|[^\W_]| [^\W\d_]{1,6} ?\d|"
    r" (?:hộ|người|nhà|xe|cây|cột|m|km|ha|giờ|phút|ngày|biển|cái|chiếc)(?!\w)))?(?![\d.,]\d|[^\W_]| ?%| tặng(?!\w))",
    starts="word",
    unless=after_variety,
)
def milestone(match: re.Match[str], context: Context) -> str | None:
    """Milestone of a road: tại Km34+210 -> ki lô mét ba mươi tư cộng hai trăm mười; km 71 - 74 -> … đến bảy mươi tư"""
    crops = match[0][:2] == "KM" and _CROPS.search(context.text[max(0, match.start() - 3 * REACH) : match.start()])
    if crops or context.is_after(match.start(), _MODEL):
        return None
    if match[3]:
        rising = match[1].isdecimal() and int(match[1]) < int(match[3])
        return f"ki lô mét số {context.number_range(match[1], match[3])}" if rising else None
    metres = f" cộng {context.number(match[2])}" if match[2] else ""
    return f"ki lô mét {'' if match[2] else 'số '}{context.number(match[1])}{metres}"


@rule(r"[-–](?= ?\d{1,4} ?\+ ?\d{1,3}(?![\d/]|[.,]\d|[^\W_]))", starts="sign")
def dash_between_milestones(match: re.Match[str], context: Context) -> str | None:
    """A dash between two milestones, the second without its word: Km3+200 - 4+100 -> đến"""
    along = context.previous.spoken.startswith("ki lô mét") and context.previous.end >= match.start() - 1
    return " đến " if along else None


@rule(
    r"[KH] ?(\d{1,4}) ?\+ ?(\d{1,3})(?:( ?[-–] ?)(?:[KH]|[Kk][Mm]) ?(\d{1,4}) ?\+ ?(\d{1,3}))?(?![^\W_])", starts="word"
)
def dike_section(match: re.Match[str], context: Context) -> str | None:
    """Milestone or section of a dike: đê K85+700 - K86+100 -> ca tám mươi lăm cộng bảy trăm đến …"""
    spoken = f"{LETTERS[match[0][0]]} {context.number(match[1])} cộng {context.number(match[2])}"
    if not match[3]:
        return spoken
    return f"{spoken} đến {LETTERS[match[0][0]]} {context.number(match[4])} cộng {context.number(match[5])}"


_BESIDE = words_before("bên|gương|tay|chân|mắt|tai|má|vai")


@rule(r"[PX](?=[:,;)]|$|\n)", starts="word", only_after=(" ubnd", " hđnd", " công an", " trạm y tế", " đảng ủy"))
def ward_or_commune(match: re.Match[str], context: Context) -> str:
    """Ward or commune behind its office: gọi UBND P: 0251… -> phường"""
    return "phường" if match[0] == "P" else "xã"


_SIDES = {"B": "bắc", "N": "nam", "Đ": "đông", "T": "tây"}


@rule(
    r"[BNĐT](?![^\W_]|\.\w)(?: ?[-–] ?([BNĐT])(?![^\W_]))?", starts="word", only_after=(" phía", " hướng", " về phía")
)
def side(match: re.Match[str], context: Context) -> str:
    """Side of the sky, or from one to another: bãi ngoài đê, phía B -> bắc; chạy hướng B - N -> bắc nam"""
    return _SIDES[match[0][0]] + (f" {_SIDES[match[1]]}" if match[1] else "")


@rule(r"[PT](?![^\W_]|\.\w)", starts="word", only_after=_BESIDE)
def hand(match: re.Match[str], context: Context) -> str:
    """Right or left: vỡ đèn bên P -> phải; sẹo tay T -> trái"""
    return "phải" if match[0] == "P" else "trái"


@rule(r"/ ?(tờ|thửa|khoảnh|tiểu khu)((?: (?:bản đồ|BĐ))?(?: số)?) ?(?=\d)", starts="sign")
def plot_and_sheet(match: re.Match[str], context: Context) -> str | None:
    """Slash between a plot of land and its sheet: thửa 12, 13/tờ 5 -> tờ bản đồ số năm; khoảnh 3/tiểu khu 125"""
    if not _PLOT.search(context.before(match.start())):
        return None
    whole = "tờ bản đồ số" if match[1] == "tờ" else f"{match[1]}{match[2]}"
    return f", {whole} "


_PLOT = pattern(r" (?:thửa|tờ|lô|khoảnh)(?: đất| bản đồ| bđ)?(?: số)?:? \d[\d, -]*[a-z]?$")
