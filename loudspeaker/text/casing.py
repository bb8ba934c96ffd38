"""Lines in capitals, as headings are, put into small letters, so that they are read like any other line.

Only words and units change, letter for letter; abbreviations and Roman numerals stay. No rule of reading comes in.
"""

from __future__ import annotations

import re

from .lazy_regex import pattern
from .syllables import has_marks, is_syllable

_WORD = re.compile(r"(\d ?|/ ?)?([^\W\d_]+[²³]?)")
_UNITS = frozenset(
    ("m", "m²", "m³", "km²", "cm", "mm", "km", "kg", "ha", "ml", "mg", "tr", "trđ", "đ", "mmhg", "mmol",
     "v", "kv", "h", "p")
)  # fmt: skip
_PER = frozenset((*_UNITS, "s", "l"))
_BETWEEN = pattern(
    r"(?<=\d)(?:[HG](?=[0-5]\d(?:\D|$))|M(?=\d{1,2}(?:\D|$))|TR(?=\d{1,3}(?:\D|$))|KG?(?=\d(?:\D|$))|X(?=\d))"
)
_GRAMS = pattern(r"(?<=\d)G(?!\w)(?<![2345]G)")  # 4G and 5G are networks
_DONG = pattern(r"(?<=(?:NGÀN|GHÌN|RIỆU) )Đ(?!\w)")
# Before a Roman numeral; and before the two abbreviations that are common words as well.
_NUMBERED = ("thứ", "lần", "khóa", "khoá", "mục", "chương", "phần", "quý", "cấp", "hạng", "kỳ", "điều", "đợt", "lục")
_SORTS = ("lúa", "giống", "ngô", "lạc", "chè", "đậu", "lai")
_CENTRAL = ("ban", "hành", "đảng", "trị", "viện", "của", "các", "tổ chức")
_TU = (" PHÁP", " VẤN", " NHÂN", " TƯỞNG", " LIỆU", " THỤC", " GIA", " THẾ", " DUY", " CÁCH")
_REPAIRS = (" BỔ", " SỬA", " TẠO", " DƯỠNG", " HÀNH")  # behind TU; so do trùng tu and duy tu
_SHORT = frozenset(("HU", "TU", "ĐU", "PIN", "IT", "VIP", "SIM", "VAT", "BOT", "EC", "UN"))  # and could be syllables
_POLICE = (" XÃ", " HUYỆN", " TỈNH", " PHƯỜNG", " VIÊN", " THÔN", " KHU", " THÀNH")


def quiet(text: str) -> str:
    """The text with its lines in capitals made small; as long as before: GIẤY MỜI HỌP HĐND -> Giấy mời họp HĐND."""
    lines = text.split("\n")
    if not any(map(str.isupper, lines)):
        return text
    return "\n".join(_lowered(line) if _loud(line) else line for line in lines)


def _loud(line: str) -> bool:
    """Whether a line is in capitals, and a word of it is certainly no abbreviation."""
    return line.isupper() and any(has_marks(word) and is_syllable(word) for _, word in _WORD.findall(line))


def _lowered(line: str) -> str:
    first = True
    for small in (_BETWEEN, _GRAMS, _DONG):  # 7H30, 1M65, 2TR5, 3X4; 10G; 85 NGÀN Đ/KG
        line = small.sub(lambda match: match[0].lower(), line)

    def lowered(match: re.Match[str]) -> str:
        nonlocal first
        before, letters = match[1] or "", match[2]
        small = letters.lower()
        unit = small in _PER if before[:1] == "/" else small in _UNITS
        signed = before[:1] == "/" and re.search(r"(?:^|\s)[TK]$", line[: match.start()])  # T/L BAN THƯỜNG VỤ
        if before and unit and not signed and not line[match.end() : match.end() + 1].isalnum():
            return before + small
        word = (is_syllable(letters) or letters in ("M", "KM")) and (has_marks(letters) or not _other(line, match))
        if not word or len(small) != len(letters) or (before[-1:].isdecimal() and not has_marks(letters)):
            return match[0]
        named = first or re.search(r"(?:^|\W)[PQHXTÔB]\. ?$|[.;:] \d{1,2}[/.)] ?$", line[: match.start(2)])
        first = False
        return before + (small.capitalize() if named else small)

    return _WORD.sub(lowered, line)


def _other(line: str, match: re.Match[str]) -> bool:
    """Whether a word without marks is an abbreviation, a letter, a Roman numeral, or the name of a sort: OM 5451."""
    letters, head, tail = match[2], line[: match.start()].lower().rstrip(" "), line[match.end() :]
    if letters == "CA":
        return tail.startswith(_POLICE)
    if letters == "TƯ" and not tail.startswith(_TU):
        return head.endswith(_CENTRAL) or re.search("[bcdđghklmnpqrstvx]{3}$", head) is not None
    if not set(letters) - set("IVX"):
        return len(letters) == 1 or head.endswith(_NUMBERED) or re.match(r" [^\W\d_]{2}", tail) is None
    if letters in ("M", "KM") and re.match(r"[23²³](?!\w)", tail) and head.endswith(("triệu", "nghìn", "vạn", "ngàn")):
        return False
    if len(letters) == 1 or re.match(r"[-./&]?\d|[-./&][A-ZĐ]", tail) or head.endswith(_SORTS):
        return True
    repairs = letters == "TU" and (tail.startswith(_REPAIRS) or head.endswith(("trùng", "duy")))
    return letters in _SHORT and not repairs
