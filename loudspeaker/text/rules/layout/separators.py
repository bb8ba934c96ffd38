"""Signs between things: slashes, bullets, plus and ampersand, and whatever sign nobody else has read."""

from __future__ import annotations

import re

from ....errors import Message
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import NUMBER
from ...rule import REACH, Answer, Guess, Rule, RuleMaker, Scene, words_after, words_before
from ...syllables import LOWER, UPPER, is_syllable

rule = RuleMaker(Kind.SEPARATOR)

_SPOKEN = {
    "&": "và", "%": "phần trăm", "‰": "phần nghìn", "@": "a còng", "°": "độ", "€": "ơ rô", "$": "đô la",
    "£": "bảng Anh",
    "=": "bằng", "≥": "lớn hơn hoặc bằng", "≤": "nhỏ hơn hoặc bằng", "±": "cộng trừ", "≈": "khoảng",
    "½": "một phần hai", "¼": "một phần tư", "¾": "ba phần tư", "²": "vuông", "³": "khối", "√": "căn", "∆": "đen ta",
}  # fmt: skip
_THINGS = r"tuổi|độ|người|con|hộ|cây|điểm|lần|ngày|tháng|năm|giờ|phút|triệu|nghìn|tỷ|đồng|mét|tạ|tấn|sào|lít|phiếu|chỗ"
_DAYS = pattern(r"[Nn]gày \d{1,2} ?\+ ?\d{1,2}[./]\d")  # ngày 05+06/9
_TOLD = (" tăng", " giảm", " gạch", " gạch ngang", " dấu trừ", " dấu cộng")
_PROPORTION = pattern(rf"[Tt](?:ỷ|ỉ) (?:lệ|số) [{LOWER}]+$")  # tỷ lệ chết/mắc
_SAMPLES = words_before("mẫu|test|kết quả|xét nghiệm|pcr")
_PAUSES = frozenset("|;•")
_SILENT = frozenset('-–—.,;:!?"“”…·、。《》„')
_PRIZES = words_before("cờ|giấy khen|giấy chứng nhận|huy chương|cúp|quà")
_JOINED = words_after(
    "ông|bà|anh|chị|cô|chú|vợ|chồng|con|hội|đoàn|trạm y tế|công an|ban|giấy chứng nhận|giấy khen|cờ|quà"
)
_MARKUP = frozenset("*_#^\\[]{}<>~`'\"|•")


@rule(r"\./\.?(?![\w.])", starts="sign")
def full_stop(match: re.Match[str], scene: Scene) -> Answer:
    """thực hiện./. -> the end"""
    return "."


@rule(rf"\.(?=[{LOWER}]{{2,9}}(?![^\W_]))", starts="sign")
def joined(match: re.Match[str], scene: Scene) -> Answer:
    """m3/ngày.đêm -> ngày đêm; 16 giờ 30.phút"""
    start, end = match.span()
    before = re.search(rf"[{LOWER}]{{2,7}}$|\d$", scene.text[max(0, start - 8) : start])
    after = re.match(rf"[{LOWER}]{{2,7}}", scene.text[end : end + 8])
    words = before and after and is_syllable(after[0]) and (before[0].isdecimal() or is_syllable(before[0]))
    return " " if words else "."


@rule(rf"\.(?=[{UPPER}])", starts="sign")
def ended(match: re.Match[str], scene: Scene) -> Answer:
    """8 địa phương.Ngày 04/03 -> a full stop, where the blank was forgotten; none in V.League"""
    initial = re.search(r"(?<![^\W_])[A-ZĐ]$", scene.text[max(0, match.start() - 2) : match.start()])
    return " " if initial else ". "


@rule(r"/{1,200}", starts="sign")
def slash(match: re.Match[str], scene: Scene) -> Answer:
    """thôn/bản -> thôn, bản; 0963.851.919 / 0966.851.919 are two numbers"""
    following = scene.text[match.end() : match.end() + 2].strip()[:1]
    if scene.follows(Kind.PHONE, match.start()) and (following.isdecimal() or following == "("):
        return ";"  # groups have commas: the border of two numbers must be heard
    if _PROPORTION.search(scene.text[max(0, match.start() - REACH) : match.start()]):
        return " trên "
    if scene.char(match.start() - 1) == ")" and following == "(":
        return " chia "  # BMI = (…)/(…)
    return ", " if scene.char(match.start() - 1).isalnum() and following.isalnum() else " "


@rule(r"\+{1,200}", starts="sign")
def plus(match: re.Match[str], scene: Scene) -> Answer:
    """A bullet at the beginning of a line, and inside one that begins with it; else “cộng”"""
    start, end = match.span()
    if _another_bullet(scene, start, end):
        return "" if scene.char(start - 2) in ".;:," else ";"
    opens = scene.begins_line(start)
    if scene.char(end).isdecimal() and scene.char(start - 1) in "( " and not opens:
        return "cộng "
    if _links_things(scene, start, end):
        return " và "
    if scene.text[end : end + 3].strip(" (")[:1].isdecimal() and scene.char(start - 2).isdecimal():
        return " cộng "  # 2.000.000 + (35.000 * 26)
    if opens or not scene.text[end : end + 2].strip()[:1].isalnum():
        return "" if not scene.char(start - 1).isalnum() else "cộng"
    if scene.before(start).endswith(_PRIZES):  # cờ + 2.000.000đ
        return " và "
    if _alike(scene, start, end):
        return ","
    return " cộng " if _is_term(scene, start, end) else ""


def _links_things(scene: Scene, start: int, end: int) -> bool:
    """T7+CN, ngày 05+06/9, ông Nhu + bà Rớt: one and the other"""
    if scene.text.startswith("CN", end) and scene.last.kind is Kind.ORDINAL:
        return True
    persons = scene.continues(end, _JOINED) and not scene.begins_line(start) and scene.char(start - 2).isalnum()
    return persons or _DAYS.search(scene.text[max(0, start - 10) : end + 5]) is not None


def _is_term(scene: Scene, start: int, end: int) -> bool:
    """Whether something that can be added stands before: Toán + Văn, 5% + 2%, (…) + 3"""
    before = scene.text[max(0, start - 2) : start].strip()[-1:]
    return before.isalnum() or before == "%" or (before == ")" and scene.char(end + 1).isdecimal())


def _alike(scene: Scene, start: int, end: int) -> bool:
    """xóm 5 + xóm 6: two of one sort, which nobody adds up"""
    one = re.search(r"(?<![^\W_])([^\W\d_]+) \d{1,3} $", scene.text[max(0, start - 16) : start])
    return one is not None and re.match(rf" {one[1]} \d", scene.text[end : end + 16]) is not None


def _another_bullet(scene: Scene, start: int, end: int) -> bool:
    """+ Lần 1: 7kg/sào + Lần 2: 8kg/sào, pasted into one line; - Tuyến 9 (…) + Chuyến đầu: …"""
    if not re.match(rf" [{UPPER}][{LOWER}]", scene.text[end : end + 3]) or scene.char(start - 1) != " ":
        return False
    line = scene.text.rfind("\n", 0, start) + 1
    first = scene.text[line : line + 8].lstrip()[:1]
    previous = re.search(r"[^\W\d_]+ $", scene.text[max(0, start - 10) : start])
    listed = first in "-*•" and not (previous and previous[0].istitle())  # - Toán + Văn are added
    return first == "+" or (listed and re.match(rf" [^\W\d_]+ [{LOWER}]", scene.text[end : end + 12]) is not None)


@rule(
    rf">= ?({NUMBER}) ?(°C|độ ?C|°|%|[A-Za-zđ]{{1,3}}[23²³]?(?![^\W_])|(?:{_THINGS})(?!\w))(?: (đồng|năm tuổi))?"
    r"(?! ?[/-])",
    starts="sign",
)
def at_least(match: re.Match[str], scene: Scene) -> Answer:
    """sốt >= 38 độ C -> từ ba mươi tám độ xê trở lên"""
    unit = scene.lexicon.units.get(match[2].replace("độ", "°").replace(" ", ""), match[2])
    if unit == match[2] and not re.fullmatch(_THINGS, unit):
        return None
    more = "" if scene.continues(match.end(), ("trở lên",)) else " trở lên"
    return f"từ {scene.say(match[1])} {unit}{f' {match[3]}' if match[3] else ''}{more}"


@rule(r"[<>]=(?! ?\d)|=<|[<>]=? ?(?=\d|BĐ|cấp \d|mức \d|báo động)", starts="sign")
def compared(match: re.Match[str], scene: Scene) -> Answer:
    """>38,5°C -> trên ba mươi tám phẩy năm; (< BĐI 0,60 m)"""
    if "=" in match[0]:
        return "lớn hơn hoặc bằng " if ">" in match[0] else "không quá "
    return "trên " if match[0][0] == ">" else "dưới "


@rule(r"[~≈] ?(?=\d)", starts="sign")
def about(match: re.Match[str], scene: Scene) -> Answer:
    """~50 hộ -> khoảng năm mươi hộ"""
    return "khoảng "


@rule(r"'", starts="sign")
def apostrophe(match: re.Match[str], scene: Scene) -> Answer:
    """Ea H'leo keeps it"""
    inside = scene.char(match.start() - 1).isalpha() and scene.char(match.end()).isalpha()
    return "'" if inside else " "


@rule(r"[\u2190-\u2bff\U0001f000-\U0001faff]{2,200}", starts="sign")
def pictures(match: re.Match[str], scene: Scene) -> Answer:
    """A row of emoji is one doubt, not many"""
    return Guess(" ", Message("the sign “{sign}” has no reading and is left out", sign=match[0][:4]))


@rule(r"[^\w\s]|[½¼¾¹²³⁴-⁹]", starts="sign")
def sign(match: re.Match[str], scene: Scene) -> Answer:
    """Everything else: said by name, taken for markup, or left out with a doubt"""
    symbol = match[0]
    if symbol == "#" and scene.before(match.start()).endswith(" phím"):
        return " thăng "
    if symbol == "%" and scene.before(match.start()).endswith(" phần trăm"):  # tỷ lệ phần trăm (%)
        return ""
    if symbol in "½¼¾" and scene.last.kind is Kind.NUMBER and not scene.text[scene.last.end : match.start()].strip():
        return f" và {_SPOKEN[symbol]} "  # 1 ½ gói
    if symbol in _SPOKEN:
        return f" {_SPOKEN[symbol]} "
    if symbol in "()":
        return symbol
    if symbol in _MARKUP or symbol in _SILENT:
        return "," if symbol in _PAUSES and not scene.begins_line(match.start()) else _gap(match, scene)
    return Guess(" ", Message("the sign “{sign}” has no reading and is left out", sign=symbol))


def _gap(match: re.Match[str], scene: Scene) -> str:
    """A blank where markup kept two things apart; nothing beside a blank or inside a bracket: (*phát*)."""
    before, after = scene.char(match.start() - 1), scene.char(match.end())
    closing = after == ")" and scene.text[match.start() - 2 : match.start()].isalpha()
    return "" if before in ("", *" \n(") or after in ("", *" \n") or closing else " "


@rule(r"\(([+-])\)", starts="sign")
def tested(match: re.Match[str], scene: Scene) -> Answer:
    """Rh(-), HIV (+) -> âm, dương"""
    tested = " tính" if scene.before(match.start()).endswith(_SAMPLES) else ""
    spoken = {"-": " âm", "+": " dương"}[match[1]] + tested
    if scene.before(match.start()).endswith(_TOLD):  # Giá tăng (+), giảm (-): said already
        return ""
    return spoken if scene.char(match.start() - 1).isalnum() or scene.char(match.start() - 2).isalnum() else None


@rule(r"</?[a-z]{1,10}\d? ?/?>", starts="sign")
def tag(match: re.Match[str], scene: Scene) -> Answer:
    """(gồm 3 ao<br />: what a page is made with"""
    return Guess(" ", Message("a mark of a web page, left out"))


@rule(r"\*(?= ?\d)", starts="sign")
def product(match: re.Match[str], scene: Scene) -> Answer:
    """35.000 * 26 ngày -> nhân"""
    at = match.start()
    adjoining = scene.last.end and not scene.text[scene.last.end : at].strip()
    reckoned = "=" in scene.text[max(0, at - REACH) : at + REACH] or re.search(
        r"\(\d[\d.,]* ?$", scene.text[max(0, at - 16) : at]
    )
    return " nhân " if adjoining and reckoned else None


@rule(r"\[\d{1,3}\]", starts="sign")
def footnote(match: re.Match[str], scene: Scene) -> Answer:
    """tăng 6,73%[1]: said to nobody"""
    return Guess("", Message("a footnote mark, left out"))


@rule(r"_{1,200}", starts="sign")
def underline(match: re.Match[str], scene: Scene) -> Answer:
    """PTKTXH_ ANQP -> a pause"""
    return ", " if scene.char(match.start() - 1).isalnum() and scene.char(match.end()) == " " else " "


RULES: tuple[Rule, ...] = (
    *(tested, full_stop, joined, ended, slash, plus, at_least, compared, about),
    *(apostrophe, underline, tag, product, footnote, pictures, sign),
)
