"""Lines in capitals, as headings are, in small letters, so that rules read them like any other line.

Only words and units change, letter for letter; abbreviations and Roman numerals keep their capitals.
"""

from __future__ import annotations

import re
import unicodedata

from .lazy_regex import pattern
from .lost_marks import is_toneless
from .syllables import has_marks, is_plain_syllable, is_syllable

_TONE = pattern("[\u0300\u0301\u0303\u0309\u0323]")  # no abbreviation has one
_WORD = pattern(r"(\d ?|/ ?)?([^\W\d_]+[²³]?)")
_BRACKETED = pattern(r"(\([^()]*\))")
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
_FEASTS = pattern(r"(?i)\b(?:OK OM BOK|SEN DOLTA|CHOL CHNAM THMAY)\b")  # of the Khmer; their words are no abbreviations
_SIGNATURE = pattern(r"(?:^|\s)[TK]$")  # T/L BAN THƯỜNG VỤ
_NAME_NEXT = pattern(r"(?:^|\W)[PQHXTÔB]\. ?$|[.;:] \d{1,2}[/.)] ?$")
# Before a Roman numeral; and before the two abbreviations that are common words as well.
_NUMBERED = ("thứ", "lần", "khóa", "khoá", "mục", "chương", "phần", "quý", "cấp", "hạng", "kỳ", "điều", "đợt", "lục")
_SORTS = ("lúa", "giống", "ngô", "lạc", "chè", "đậu", "lai")
_CENTRAL = ("ban", "hành", "đảng", "trị", "viện", "của", "các", "tổ chức")
_TU = (" PHÁP", " VẤN", " NHÂN", " TƯỞNG", " LIỆU", " THỤC", " GIA", " THẾ", " DUY", " CÁCH")
_REPAIRS = (" BỔ", " SỬA", " TẠO", " DƯỠNG", " HÀNH")  # behind TU; so do trùng tu and duy tu
_HIGHLAND = frozenset(("EA", "IA", "KRÔNG", "AYUN"))  # water, in names: EA LY, IA PA, KRÔNG BÚK
_WORDS = frozenset(("M", "KM", *_HIGHLAND))
_HIGHLAND_NAME = pattern(r"[BCDĐGHKLMNPRSTV]{1,3}[ĂÂÊÔƠ](?:[GKLRTCMNP]|NG|NH)")  # ĐĂK, KRÔNG
_BEHIND_HIGHLAND = pattern(r"(?<!\w)(?:EA|IA|KRÔNG|AYUN|BUÔN|PLEI|ĐẮK|ĐĂK|CƯ|CHƯ|KON)(?: [A-ZĐ]['’]?)? $")
_PART_OF_NAME = pattern(r"[BCDĐGHKLMNPRSTV]{1,3}[AEIOUĂÂÊÔƠƯ]{1,2}[A-ZĐ]{0,3}")  # KTUR, KLA
_NAME_BEHIND = pattern(r" [^\W\d_]{2,}")
_SHORT = frozenset(
    ("HU", "TU", "ĐU", "PIN", "IT", "VIP", "SIM", "VAT", "BOT", "EC", "UN", "CAND", "TAND")
)  # and could be syllables
_POLICE = (" XÃ", " HUYỆN", " TỈNH", " PHƯỜNG", " VIÊN", " THÔN", " KHU", " THÀNH")


def lower_headings(text: str) -> str:
    """The text with its lines in capitals in small letters; as long as before.

    GIẤY MỜI HỌP HĐND -> Giấy mời họp HĐND
    """
    lines = text.split("\n")
    return "\n".join(_lower_line(line) if _is_heading(line) else _lower_around_brackets(line) for line in lines)


def _lower_around_brackets(line: str) -> str:
    """A line that is in capitals but for what stands in brackets: BÁO CÁO NHANH (tính đến 15h) -> Báo cáo nhanh (…)"""
    parts = _BRACKETED.split(line)
    if len(parts) < 2 or not _is_heading(" ".join(parts[::2])):
        return line
    return "".join(_lower_line(part) if number % 2 == 0 else part for number, part in enumerate(parts))


def _is_heading(line: str) -> bool:
    """Whether a line is in capitals, and a word of it is certainly no abbreviation; or all are words without marks."""
    if not line.isupper():
        return False
    return any(has_marks(word) and is_syllable(word) for _, word in _WORD.findall(line)) or is_toneless(line)


def _lower_line(line: str) -> str:
    for letter in (_BETWEEN, _GRAMS, _DONG):  # 7H30, 1M65, 2TR5, 3X4; 10G; 85 NGÀN Đ/KG
        line = letter.sub(lambda match: match[0].lower(), line)
    pieces: list[str] = []
    end, first = 0, True
    for match in _WORD.finditer(line):
        word = match[2]
        if _is_unit(line, match):
            word = word.lower()
        elif _is_word(line, match):
            word = word.capitalize() if first or _NAME_NEXT.search(line[: match.start(2)]) else word.lower()
            first = False
        pieces += (line[end : match.start(2)], word)
        end = match.end()
    return _FEASTS.sub(lambda match: match[0].title(), "".join(pieces) + line[end:])


def _is_unit(line: str, match: re.Match[str]) -> bool:
    """Whether a word behind a number or a slash is a unit: 20 KG, Đ/KG."""
    before, letters = match[1] or "", match[2].lower()
    if not before or line[match.end() : match.end() + 1].isalnum():
        return False
    if before[0] != "/":
        return letters in _UNITS
    return letters in _PER and _SIGNATURE.search(line[: match.start()]) is None


def _is_word(line: str, match: re.Match[str]) -> bool:
    """Whether a word becomes small: one that is no abbreviation, no numeral, and as long when it is small."""
    letters, marked = match[2], has_marks(match[2])
    behind_digit = (match[1] or "")[-1:].isdecimal()
    if len(letters.lower()) != len(letters) or (behind_digit and not marked):
        return False
    lost = len(letters) > 3 and is_toneless(line) and is_plain_syllable(letters.lower())  # LUOI DIEN
    if _is_of_highland(letters, line, match):
        return True
    if not (is_syllable(letters) or (marked and _is_highland_name(letters)) or letters in _WORDS or lost):
        return False
    return marked or not (_stands_in_list(letters, line, match) or _is_abbreviation(line, match))


def _is_of_highland(letters: str, line: str, match: re.Match[str]) -> bool:
    """Whether a word belongs to the name of a place of the highlands: EA, KTUR of EA KTUR"""
    if letters in _HIGHLAND and _NAME_BEHIND.match(line, match.end()):
        return True
    return _PART_OF_NAME.fullmatch(letters) is not None and _BEHIND_HIGHLAND.search(line[: match.start(2)]) is not None


def _is_highland_name(letters: str) -> bool:
    """Whether a word is no Vietnamese syllable and no abbreviation: ĐẮK, ĐĂK, KRÔNG."""
    toned = _TONE.search(unicodedata.normalize("NFD", letters))
    return toned is not None or _HIGHLAND_NAME.fullmatch(letters) is not None


def _is_abbreviation(line: str, match: re.Match[str]) -> bool:
    """Whether a word without marks is an abbreviation, a letter, a Roman numeral, or the name of a sort: OM 5451."""
    letters, head, tail = match[2], line[: match.start()].lower().rstrip(" "), line[match.end() :]
    if letters == "CA":
        return tail.startswith(_POLICE)
    if letters == "TƯ" and not tail.startswith(_TU):
        return head.endswith(_CENTRAL) or re.search("[bcdđghklmnpqrstvx]{3}$", head) is not None
    if not set(letters) - set("IVX"):
        return len(letters) == 1 or head.endswith(_NUMBERED) or re.match(r" [^\W\d_]{2}", tail) is None
    if _is_area(letters, head, tail):
        return False
    chained = re.match(r"[-./&]?\d|[-./&][A-ZĐ]", tail) or line[: match.start()].endswith("&")  # CN&TY
    if len(letters) == 1 or chained or head.endswith(_SORTS):
        return True
    return letters in _SHORT and not _is_repair(letters, head, tail)


def _stands_in_list(letters: str, line: str, match: re.Match[str]) -> bool:
    """Whether a word that is an abbreviation too stands in a list beside one that can be no word: (THA, ĐTĐ, COPD)"""
    if letters == "THA" and _ILL.search(line) and not _SPARED.search(line[: match.end() + 7]):
        return True
    if letters not in _ALSO_WORDS:
        return False
    last, following = _LAST_ITEM.search(line[: match.start(2)]), _NEXT_ITEM.match(line, match.end())
    beside = [item[1] for item in (last, following) if item and item[1]]
    whole = last is not None and following is not None
    return whole and any(not is_syllable(item) for item in beside)


_ALSO_WORDS = frozenset(
    ("THA", "HA", "CA", "AN", "AT", "DA", "ĐA", "PA", "TA", "TE", "TI", "TY", "NGO", "VAC", "CAP", "CU")
)
_ILL = pattern(r"(?<!\w)(?:BỆNH|KHÁM|THUỐC|ĐTĐ|COPD|TBMMN)(?!\w)")  # THA is tăng huyết áp beside them
_SPARED = pattern(r"(?:VỊ|BUÔNG) THA(?!\w)|THA (?:THỨ|THIẾT|LA|TÙ|MẠNG)")
_JOINT = r"(?:, ?|; ?| ?[/+&-] ?| VÀ )"
_LAST_ITEM = pattern(rf"(?:(?<![^\W_])([A-ZĐ]{{2,6}}){_JOINT}|[(,:;/+&-] ?| VÀ |^)$")
_NEXT_ITEM = pattern(rf"{_JOINT}([A-ZĐ]{{2,6}})(?!\w)|()(?:[),.:;/+&]| -| VÀ |$)")


def _is_area(letters: str, head: str, tail: str) -> bool:
    """Whether M or KM is a unit: 2 TRIỆU M3."""
    squared = letters in ("M", "KM") and re.match(r"[23²³](?!\w)", tail)
    return bool(squared) and head.endswith(("triệu", "nghìn", "vạn", "ngàn"))


def _is_repair(letters: str, head: str, tail: str) -> bool:
    """Whether TU is a word: TU BỔ, TRÙNG TU."""
    return letters == "TU" and (tail.startswith(_REPAIRS) or head.endswith(("trùng", "duy")))
