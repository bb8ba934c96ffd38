"""Signs between things: dashes, slashes, bullets, plus and ampersand; and whatever sign nobody else has read."""

from __future__ import annotations

import re

from ...errors import Message
from ..numerals import NUMBER
from ..rules import REACH, Answer, Guess, Rule, Scene, reads, words_after, words_before
from ..syllables import LOWER, UPPER, is_syllable

_AMOUNTS = frozenset(
    ("dates", "periods", "months", "times", "money", "quantities", "rates", "numbers", "fractions", "ordinals")
)
_SPOKEN = {
    "&": "và", "%": "phần trăm", "‰": "phần nghìn", "@": "a còng", "°": "độ", "€": "ơ rô", "$": "đô la",
    "£": "bảng Anh",
    "=": "bằng", "≥": "lớn hơn hoặc bằng", "≤": "nhỏ hơn hoặc bằng", "±": "cộng trừ", "≈": "khoảng",
    "½": "một phần hai", "¼": "một phần tư", "¾": "ba phần tư", "²": "vuông", "³": "khối", "√": "căn", "∆": "đen ta",
}  # fmt: skip
_UNIT = r"°?[A-Za-zµđĐ%‰]{1,5}[23²³]?(?![^\W_])|/"
_UNTIL = re.compile(r" ?(?:(?:hiện )?nay(?!\w)|[<≤] ?\d)")  # 2020 - nay, 12-<18 tuổi
_DATED = re.compile(r" ?(?:ngày \d|\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d(?!\d))")
_OF_YEAR = re.compile(r" ?năm (?:19|20)\d\d(?!\d)")
_DAYS = re.compile(r"[Nn]gày \d{1,2} ?\+ ?\d{1,2}[./]\d")  # ngày 05+06/9
_THING = re.compile(rf" ([{LOWER}]{{2,7}})(?!\w)")
_SPANS = frozenset(
    ("giờ", "phút", "ngày", "tuần", "tháng", "năm", "tuổi", "đồng", "nghìn", "ngàn", "triệu", "tỷ", "độ")
)
_YEAR = re.compile(r" ?(?:19|20)\d\d(?![\d./-])")
_COLD = words_before("từ|đến|dưới|khoảng|ở|tới|xuống|là|và")
_DEGREES = re.compile(r" ?\d{1,3}(?:[.,]\d)? ?(?:°|độ)")  # từ - 80 độ C đến -60°C
_WEEKDAYS = words_before("thứ hai|thứ ba|thứ tư|thứ năm|thứ sáu|thứ bảy")
_MILESTONE = re.compile(r" ?[Kk][Mm] ?\d")
_NUMBERED = r" ?\(?(?:\d|(?:tháng|ngày|thứ|tuần|quý|năm|lớp|cấp|mùng|gần|trên|hơn|dưới) \d)"
_LAST_DAYS = words_after("thứ |chủ nhật|cn|sáu|bảy")
_PAUSES = frozenset("|;•")
_SILENT = frozenset('-–—.,;:!?"“”…·、。《》„')
_MARKUP = frozenset("*_#^\\[]{}<>~`'\"|•")


@reads(r"\./\.?(?![\w.])", starts="sign")
def full_stop(match: re.Match[str], scene: Scene) -> Answer:
    """thực hiện./. -> the end"""
    return "."


@reads(rf"\.(?=[{LOWER}]{{2,9}}(?![^\W_]))", starts="sign")
def joined(match: re.Match[str], scene: Scene) -> Answer:
    """m3/ngày.đêm -> ngày đêm"""
    start, end = match.span()
    before = re.search(rf"[{LOWER}]{{2,7}}$", scene.text[max(0, start - 8) : start])
    after = re.match(rf"[{LOWER}]{{2,7}}", scene.text[end : end + 8])
    return " " if before and after and is_syllable(before[0]) and is_syllable(after[0]) else "."


@reads(rf"\.(?=[{UPPER}])", starts="sign")
def ended(match: re.Match[str], scene: Scene) -> Answer:
    """8 địa phương.Ngày 04/03 -> a full stop, where the blank was forgotten; none in V.League"""
    initial = re.search(r"(?<![^\W_])[A-ZĐ]$", scene.text[max(0, match.start() - 2) : match.start()])
    return " " if initial else ". "


@reads(r"[-=]{1,3}>|➔", starts="sign")
def arrow(match: re.Match[str], scene: Scene) -> Answer:
    """8 -> 10h: until; 150mg/lần => chọn gói: a pause"""
    if scene.begins_line(match.start()):
        return ""
    number = scene.text[match.end() : match.end() + 2].strip()[:1].isdecimal()
    return " đến " if number and _amount_before(scene, match.start()) else ","


@reads(r"-{1,200}", starts="sign")
def dash(match: re.Match[str], scene: Scene) -> Answer:
    """A dash: bullet, minus, until, pause, or part of a word"""
    start, end = match.span()
    before, after = scene.char(start - 1), scene.char(end)
    if scene.begins_line(start) and (before != "-" and not after.isdecimal()):
        return ""
    if scene.before(start).endswith(" covid") and scene.text[end : end + 3].strip()[:2] == "19":
        return " "
    if _codes_until(scene, start, end):
        return " đến "
    if scene.last.kind == "times" and scene.last.end > start - 2 and _DATED.match(scene.text, end):
        return ","  # 09:09 - 12/01/2021
    if _UNTIL.match(scene.text, end) and _amount_before(scene, start):
        return " đến "
    if scene.before(start).endswith(_COLD) and _DEGREES.match(scene.text, end):
        return "âm "
    counting = re.match(_NUMBERED, scene.text[end : end + 9].lower())
    if scene.follows("phones", start) and after.isdecimal():
        return ","
    if scene.last.spoken.startswith("ki lô mét") and _MILESTONE.match(scene.text, end):
        return " đến "
    if scene.last.end > start - 2 and scene.last.spoken.endswith(("phút bắc", "giây bắc")):
        return ","
    if scene.last.kind == "ordinals" and _YEAR.match(scene.text, end):
        return ","  # lần thứ 12 - 2024
    if _OF_YEAR.match(scene.text, end) and not re.search(r"\d{4} ?$", scene.text[max(0, start - 5) : start]):
        return ","  # đợt 2 - năm 2014
    if counting and _amount_before(scene, start):
        return " đến " if _alike(scene, end) else " "
    if after.isdecimal() and before in ("", *' \n("“'):
        year = re.match(r"(?:19|20)\d\d(?!\d)", scene.text[end : end + 5])  # Mậu Tuất -2018
        return "" if year or scene.before(start).endswith((" bắc", " nam")) else "âm "
    if scene.before(start).endswith(_WEEKDAYS) and scene.continues(end, _LAST_DAYS):
        return " đến "
    return _between_words(scene, start, end, before, after)


def _codes_until(scene: Scene, start: int, end: int) -> bool:
    """BN3153- BN3164, lớp 1A1 - 1A5: a rising number behind the same letters"""
    first = re.search(r"(?<!\w)(\d{0,2}[A-ZĐ]{1,4})(\d{1,5}) ?$", scene.text[max(0, start - 12) : start])
    last = re.match(r" ?(\d{0,2}[A-ZĐ]{1,4})(\d{1,5})(?!\w)", scene.text[end : end + 12])
    return first is not None and last is not None and first[1] == last[1] and int(first[2]) < int(last[2])


def _amount_before(scene: Scene, at: int) -> bool:
    """Whether a number of some kind has just been read, with at most its noun between."""
    gap = scene.text[scene.last.end : at] if at - scene.last.end < 14 else "?"
    counted = scene.last.kind in _AMOUNTS and scene.last.end > 0
    return counted and re.fullmatch(r"[“”\"]? ?(?:(?:tháng )?[^\W\d_]{1,6} ?)?", gap) is not None


def _alike(scene: Scene, end: int) -> bool:
    """Whether the number behind a dash counts the same thing: 15cm-25cm does, 180kVA-22/0,4kV does not."""
    following = re.match(rf" ?({NUMBER}) ?({_UNIT})?", scene.text[end : end + REACH])
    things = (
        _THING.match(scene.text, scene.last.end),
        _THING.match(scene.text, end + following.end(1)) if following else None,
    )
    if all(things) and scene.last.kind == "numbers":  # phong trào 3 sạch - 5 không
        first, second = (thing[1] for thing in things if thing)
        return first == second or first in _SPANS or second in _SPANS
    if scene.last.kind != "quantities" or following is None:
        return True
    unit = scene.lexicon.units.get(following[2] or "")
    behind = scene.char(end + following.end())
    return not following[0].endswith("/") and behind != "(" and (unit is None or scene.last.spoken.endswith(unit))


def _between_words(scene: Scene, start: int, end: int, before: str, after: str) -> str:
    if before.isalpha() and after.isalpha():
        return " " if after.isupper() else "-"
    if before == " " and after == " ":
        return "" if scene.char(start - 2) in ":;,." else _pause(scene, start, end)
    return " " if before.isalnum() or after.isalnum() else ""


def _pause(scene: Scene, start: int, end: int) -> str:
    """Lưu ý - mang theo -> a comma; two names that are one, nothing."""
    return "" if _both_names(scene, start, end) else ","


def _both_names(scene: Scene, start: int, end: int) -> bool:
    """Bà Rịa - Vũng Tàu: two names that are one"""
    previous = re.search(r"([^\W\d_]+) $", scene.text[max(0, start - 10) : start])
    return previous is not None and previous[1].istitle() and scene.char(end + 1).isupper()


@reads(r"/{1,200}", starts="sign")
def slash(match: re.Match[str], scene: Scene) -> Answer:
    """thôn/bản -> thôn, bản; 0963.851.919 / 0966.851.919 are two numbers"""
    following = scene.text[match.end() : match.end() + 2].strip()[:1]
    if scene.follows("phones", match.start()) and (following.isdecimal() or following == "("):
        return ","
    if scene.char(match.start() - 1) == ")" and following == "(":
        return " chia "  # BMI = (…)/(…)
    return ", " if scene.char(match.start() - 1).isalnum() and following.isalnum() else " "


@reads(r"\+{1,200}", starts="sign")
def plus(match: re.Match[str], scene: Scene) -> Answer:
    """A bullet at the beginning of a line, and inside one that begins with it; else “cộng”"""
    start, end = match.span()
    if _another_bullet(scene, start, end):
        return "" if scene.char(start - 2) in ".;:," else ";"
    if scene.char(end).isdecimal() and scene.char(start - 1) in "( " and not scene.begins_line(start):
        return "cộng "
    if _DAYS.search(scene.text[max(0, start - 10) : end + 5]):
        return " và "
    if scene.text[end : end + 3].strip(" (")[:1].isdecimal() and scene.char(start - 2).isdecimal():
        return " cộng "  # 2.000.000 + (35.000 * 26)
    if scene.begins_line(start) or not scene.text[end : end + 2].strip()[:1].isalnum():
        return "" if not scene.char(start - 1).isalnum() else "cộng"
    before = scene.text[max(0, start - 2) : start].strip()[-1:]
    return " cộng " if before.isalnum() or (before == ")" and scene.char(end + 1).isdecimal()) else ""


def _another_bullet(scene: Scene, start: int, end: int) -> bool:
    """+ Lần 1: 7kg/sào + Lần 2: 8kg/sào, pasted into one line; - Tuyến 9 (…) + Chuyến đầu: …"""
    if not re.match(rf" [{UPPER}][{LOWER}]", scene.text[end : end + 3]) or scene.char(start - 1) != " ":
        return False
    line = scene.text.rfind("\n", 0, start) + 1
    first = scene.text[line : line + 8].lstrip()[:1]
    previous = re.search(r"[^\W\d_]+ $", scene.text[max(0, start - 10) : start])
    listed = first in "-*•" and not (previous and previous[0].istitle())  # - Toán + Văn are added
    return first == "+" or (listed and re.match(rf" [^\W\d_]+ [{LOWER}]", scene.text[end : end + 12]) is not None)


@reads(r"[<>]=? ?(?=\d)", starts="sign")
def compared(match: re.Match[str], scene: Scene) -> Answer:
    """>38,5°C -> trên ba mươi tám phẩy năm"""
    more = "trên " if match[0][0] == ">" else "dưới "
    return {"=": "từ " if more == "trên " else "không quá "}.get(match[0].strip()[1:2], more)


@reads(r"[~≈] ?(?=\d)", starts="sign")
def about(match: re.Match[str], scene: Scene) -> Answer:
    """~50 hộ -> khoảng năm mươi hộ"""
    return "khoảng "


@reads(r"'", starts="sign")
def apostrophe(match: re.Match[str], scene: Scene) -> Answer:
    """Ea H'leo keeps it"""
    inside = scene.char(match.start() - 1).isalpha() and scene.char(match.end()).isalpha()
    return "'" if inside else " "


@reads(r"[\u2190-\u2bff\U0001f000-\U0001faff]{2,200}", starts="sign")
def pictures(match: re.Match[str], scene: Scene) -> Answer:
    """A row of emoji is one doubt, not many"""
    return Guess(" ", Message("the sign “{sign}” has no reading and is left out", sign=match[0][:4]))


@reads(r"[^\w\s]|[½¼¾²³](?![^\W\d_])", starts="sign")
def sign(match: re.Match[str], scene: Scene) -> Answer:
    """Everything else: said by name, taken for markup, or left out with a doubt"""
    symbol = match[0]
    if symbol == "%" and scene.before(match.start()).endswith(" phần trăm"):  # tỷ lệ phần trăm (%)
        return ""
    if symbol in "½¼¾" and scene.last.kind == "numbers" and not scene.text[scene.last.end : match.start()].strip():
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


@reads(r"\(([+-])\)", starts="sign")
def tested(match: re.Match[str], scene: Scene) -> Answer:
    """Rh(-), HIV (+) -> âm, dương"""
    spoken = {"-": " âm", "+": " dương"}[match[1]]
    if scene.before(match.start()).endswith(
        (" tăng", " giảm", " gạch", " gạch ngang", " dấu trừ", " dấu cộng")
    ):  # Giá tăng (+), giảm (-): said already
        return ""
    return spoken if scene.char(match.start() - 1).isalnum() or scene.char(match.start() - 2).isalnum() else None


@reads(r"</?[a-z]{1,10}\d? ?/?>", starts="sign")
def tag(match: re.Match[str], scene: Scene) -> Answer:
    """(gồm 3 ao<br />: what a page is made with"""
    return Guess(" ", Message("a mark of a web page, left out"))


@reads(r"\*(?= ?\d)", starts="sign")
def product(match: re.Match[str], scene: Scene) -> Answer:
    """35.000 * 26 ngày -> nhân"""
    at = match.start()
    adjoining = scene.last.end and not scene.text[scene.last.end : at].strip()
    reckoned = "=" in scene.text[max(0, at - REACH) : at + REACH] or re.search(
        r"\(\d[\d.,]* ?$", scene.text[max(0, at - 16) : at]
    )
    return " nhân " if adjoining and reckoned else None


@reads(r"\[\d{1,3}\]", starts="sign")
def footnote(match: re.Match[str], scene: Scene) -> Answer:
    """tăng 6,73%[1]: said to nobody"""
    return Guess("", Message("a footnote mark, left out"))


@reads(r"_{1,200}", starts="sign")
def underline(match: re.Match[str], scene: Scene) -> Answer:
    """PTKTXH_ ANQP -> a pause"""
    return ", " if scene.char(match.start() - 1).isalnum() and scene.char(match.end()) == " " else " "


RULES: tuple[Rule, ...] = (
    *(tested, full_stop, joined, ended, arrow, dash, slash, plus, compared, about),
    *(apostrophe, underline, tag, product, footnote, pictures, sign),
)
