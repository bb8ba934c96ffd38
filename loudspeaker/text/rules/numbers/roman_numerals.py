"""Roman numerals, after the words that have them: Mục II, lần thứ XIV, cấp IV, V."""

from __future__ import annotations

import re
from itertools import pairwise

from ....errors import Message
from ...context import REACH, Context
from ...cues import either_case, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...numerals import LETTERS, roman
from ...rule import Answer, Guess, RuleMaker
from ...syllables import LOWER, UPPER

rule = RuleMaker(Kind.ROMAN)

_CUES = words_before(
    "chương|mục|phần|điều|khoản|phụ lục|khóa|khoá|thế kỷ|thế kỉ|quý|cấp|hạng|loại|quân khu|sư đoàn|trung đoàn|quí|"
    "giai đoạn|đợt|kỳ|kì|lễ|thánh lễ|"
    "tập|bảng|nhóm|vùng|khu vực|báo động|thứ|lần|giải|đại hội|quốc hội|bậc|cấp độ|mức|quân đoàn|bước|học kỳ|học kì|"
    "đại hội đảng|lục quân|sĩ quan lục quân|khu|chuyên khoa|biểu|mẫu|mức độ|đoạn|tiểu mục|bđ|ck|hk|tuần|trại|số|năm|tk|"
    "cụm|chi bộ|nguyện vọng|giáo đoàn|dinh|chúa nhật|ron 95"
)
_FIRST = words_before(cue_list("places_with_first"))  # V and X may be letters there
_NAMED = pattern(rf"[{UPPER}][{LOWER}]+ $")
_PLACE = pattern(rf"(?:{either_case(cue_list('places_with_second'))})(?: [{UPPER}][{LOWER}]+){{1,4}} $")
_COMMUNE = pattern(rf"\. ?[{UPPER}][{LOWER}]")
_HEADING = pattern(rf" [{UPPER}][{LOWER}]+ ")  # I Vị trí địa lý
_ROW = pattern(r"(?:, ?| và |-)(?:II|III|IV|VI)(?![^\W_])")
_GAPS = (", ", " và ", "-", " - ", "; ", "/", " đến ", ",", " hoặc ")
_TAKEN = Message("taken for a Roman numeral")
# Words that no reading ends with: what is said must not be read again.
_SMALL_CUES = words_before("chương|mục|phần|phụ lục|thế kỷ|thế kỉ|khóa|khoá|đoạn|khoản|thứ")


def _is_commune(match: re.Match[str], context: Context) -> bool:
    """Whether “X.” stands for a commune: X. Bát Xát"""
    return context.char(match.end() - 1) == "X" and _COMMUNE.match(context.text, match.end()) is not None


@rule(r"Q\.?(I{1,3}|IV)(?![^\W_])(?:[/-]((?:19|20)\d{2})(?!\d))?", starts="word")
def quarter(match: re.Match[str], context: Context) -> Answer:
    """Quarter of a year: QII/2025 -> quý hai năm …"""
    year = f" năm {context.number(match[2])}" if match[2] else ""
    return f"quý {context.numerals.month(roman(match[1]))}{year}"


@rule(
    r"[IVX]{1,5}(?: ?- ?[IVX]{1,5}){1,3}(?![^\W_]|'[^\W\d_]|\.[A-ZĐ])(?:/((?:19|20)\d{2})(?!\d))?",
    starts="word",
    unless=_is_commune,
)
def numeral_range(match: re.Match[str], context: Context) -> Answer:
    """Numerals with dashes: cấp IV-V -> bốn đến năm; nhóm II-III-IV -> hai, ba, bốn"""
    values = [roman(part.strip()) for part in match[0].partition("/")[0].split("-")]
    if not all(first < last for first, last in pairwise([0, *values])):
        return None
    until = " đến quý " if context.is_after(match.start(), " quý") else " đến "
    numbers = map(context.numerals.cardinal, values)
    year = f" năm {context.number(match[1])}" if match[1] else ""
    spoken = (until if len(values) == 2 else ", ").join(numbers) + year
    return spoken if year or context.is_after(match.start(), _CUES) else Guess(spoken, _TAKEN)


@rule(r"([IVX]{1,4}) ?[/.-] ?((?:19|20)\d{2})(?!\d)", starts="word")
def numeral_of_year(match: re.Match[str], context: Context) -> Answer:
    """Numeral and year: quý III/2026, quí I/ 2015, quý II.2018 -> ba năm …"""
    value = roman(match[1])
    if match[0][len(match[1])] != "/" and not context.is_after(match.start(), (" quý", " quí")):
        return None
    return f"{context.numerals.cardinal(value)} năm {context.number(match[2])}" if value else None


@rule(r"[IVX]{1,4}(?: ?\+ ?[IVX]{1,4}){1,5}(?![^\W_])", starts="word")
def sum_of_numerals(match: re.Match[str], context: Context) -> Answer:
    """Sum of numerals: Tổng cộng (I+II) -> một cộng hai"""
    values = [roman(part.strip()) for part in match[0].split("+")]
    return " cộng ".join(map(context.numerals.cardinal, values)) if all(values) else None


@rule(rf"[IVX]{{2,6}}(?=[{LOWER}]{{2,7}}(?!\w))", starts="word", only_after=_CUES)
def numeral_before_word(match: re.Match[str], context: Context) -> Answer:
    """Numeral without a blank behind it: khóa VIIIdiễn ra -> tám diễn ra"""
    value = roman(match[0])
    if not value:
        return None
    return Guess(context.numerals.cardinal(value) + " ", Message("a number and a word without a blank between them"))


@rule(
    r"([IVX]{1,5})([a-d])(?![^\W_])",
    starts="word",
    only_after=(" chương", " mục", " phần", " phụ lục"),
)
def numeral_with_letter(match: re.Match[str], context: Context) -> Answer:
    """Numeral with a letter: Chương VIIa -> bảy a"""
    value = roman(match[1])
    return f"{context.numerals.cardinal(value)} {LETTERS[match[2].upper()]}" if value else None


@rule(
    r"([IVXLCDM]{1,12})(?![^\W_]|'[^\W\d_]|\.[A-ZĐ]|-[A-Z][a-z]| (?:THỊ|VĂN|Thị|Văn)(?!\w))",
    starts="word",
    unless=_is_commune,
)
def numeral(match: re.Match[str], context: Context) -> Answer:
    """Roman numeral: Đại hội lần thứ XIV -> mười bốn; thứ I -> nhất"""
    value, at = roman(match[1]), match.start()
    if not value or match[1] in ("C", "D", "L", "M"):
        return None
    if set(match[1]) - set("IVX") and match[1] in context.lexicon:  # khu DC is no khu 600
        return None
    words = context.before(at)
    if words.endswith(" thứ"):
        return context.numerals.ordinal(value)
    if words.endswith(_CUES) or context.follows(Kind.ROMAN, at, *_GAPS):
        return context.numerals.cardinal(value)
    if _ROW.match(context.text, match.end()):
        return context.numerals.cardinal(value)
    if len(match[1]) > 1 and not set(match[1]) - set("IVX"):
        return Guess(context.numerals.cardinal(value), _TAKEN)
    return _numeral_of_name(match, context)


def _numeral_of_name(match: re.Match[str], context: Context) -> Answer:
    """Numeral of a place or a heading: phường Hải An I -> một: a place that has a second one"""
    ahead = context.text[max(0, match.start() - REACH) : match.start()]
    if match[1] == "I" and context.is_after(match.start(), _FIRST):
        return "một"
    if match[1] in "IV" and context.begins_line(match.start()) and _HEADING.match(context.text, match.end()):
        return Guess(f"{context.numerals.cardinal(roman(match[1]))},", _TAKEN)
    person = ahead.endswith((" Văn ", " Thị "))  # ông Lò Văn I
    if match[1] != "I" or person or not (_NAMED.search(ahead) or _stands_after_firm(ahead)):
        return None
    return "một" if _PLACE.search(ahead) else Guess("một", _TAKEN)


def _stands_after_firm(ahead: str) -> bool:
    """Whether a firm stands before: Công ty Bảo trì đường bộ I"""
    return _FIRM.search(ahead) is not None


_FIRM = pattern(rf"(?:{either_case(cue_list('firms_with_second'))}) [^,;:.()]*[{LOWER}]{{2}} $")


@rule(
    r"(?!x\. ?\d)([ivx]{1,12})(?= ?(?:$|\n|[^\w\s]|(?:mục|chương|phần|khoản|điều|phụ lục)\b))(?![^\W_])",
    starts="word",
    only_after=_SMALL_CUES,
    unless_after=(" giai đoạn",),
)
def small_numeral(match: re.Match[str], context: Context) -> Answer:
    """Numeral in small letters: phần ix -> phần chín, only where nothing else can follow"""
    value = roman(match[1])
    words = context.before(match.start())
    if not value:
        return None
    return context.numerals.ordinal(value) if words.endswith(" thứ") else context.numerals.cardinal(value)


@rule(
    r"(i{2,3}|iv|vi{2,3}|ix|x(?:i{2,3}|iv|v|ix|x[ivx]{0,3}))(?:/((?:19|20)\d{2}))?(?![^\W_])",
    starts="word",
    only_after=_CUES,
)
def small_numeral_of_year(match: re.Match[str], context: Context) -> Answer:
    """Numeral in small letters, and its year: quý iv/2025, học kỳ ii: written small, where no syllable can be meant"""
    value = roman(match[1].upper())
    if not value:
        return None
    return context.numerals.cardinal(value) + (f" năm {context.number(match[2])}" if match[2] else "")
