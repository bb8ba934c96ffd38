"""Initials of names, and those of whom only initials are told: bà Sùng Thị M., ông ĐVT, Ng. T. Hoa."""

from __future__ import annotations

import re

from ...abbreviations import meaning
from ...context import Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import LETTERS, spell_letters
from ...reasons import LONE_LETTER, UNKNOWN, ambiguous
from ...rule import Answer, Guess, RuleMaker
from ...syllables import LOWER, UPPER, is_syllable
from .chat_letters import given_names
from .persons import FAMILY, FULL_NAME
from .titles import INITIAL, VOWELS, stands_after_name

rule = RuleMaker(Kind.PERSON)

_PERSONS = words_before("ông|bà|anh|chị|cô|cụ|già làng|nghệ nhân|em|cháu|nữ|cầu thủ|hoa hậu|đồng chí|đ/c")
_NO_LETTER = rf"(?![^\W\d_]|'[^\W\d_]|{INITIAL})"
_NAMED_ON = pattern(rf"[{UPPER}][{LOWER}]+(?: ?[(,;:-]| ?0\d|\.?(?:$|\n))")
_FAMILIES = pattern(rf"{FAMILY} $|(?<!\w)Ng\.$")
_CALENDARS = {"PL": "Phật lịch", "DL": "dương lịch", "ÂL": "âm lịch"}
_LETTERED = words_before(
    "lớp|tổ|ý|điểm|mục|khoản|hình|ô|phòng|đường|lô|tòa|nhà|khu|dãy|mẫu|biểu|nhóm|loại|hạng|tuyến|trạm|cột|trụ|ngõ|hẻm|căn|mục"
)
_NAMED_ONLY = words_before("ông|bà|anh|chị|cháu|bị can|bị cáo|nạn nhân|thẩm phán|luật sư|tên")


@rule(
    r"[Ôô]\. ?(?=(?:chánh|trưởng|phó|tổ trưởng|chủ|bí thư|giám đốc|quản|thủ|trùm|từ)(?!\w))",
    starts="word",
    unless=stands_after_name,
)
def mister_by_office(match: re.Match[str], context: Context) -> str:
    """Form of address before an office: liên hệ ô. chánh trương -> ông"""
    return "ông "


@rule(
    r"(?!BN|HS|HV|VĐV|TE|SV|LĐ|CN)[A-ZĐ]{2,5}"
    r"(?=, ?(?:nam|nữ|giới tính|sinh năm|SN|\d{1,2} tuổi)(?!\w)| \((?:SN:? ?\d|sinh năm|nam,|nữ,|\d{1,2} tuổi))",
    starts="word",
)
def initials(match: re.Match[str], context: Context) -> Answer:
    """Initials of somebody who is not named: bệnh nhân NTD, nữ, sinh năm 1989"""
    spoken = spell_letters(match[0])
    return Guess(spoken, ambiguous(match[0])) if match[0] in context.lexicon else spoken


@rule(
    r"(?!CT|PCT|BT|PBT|GĐ|PGĐ|HT|PHT|TP|PP|TT|TK|CN|CB|GV|HS|TS|BS|KS|NS|LS|BN|ND)[A-ZĐ]{2,4}(?![^\W_]|[./&-])",
    starts="word",
)
def initials_behind_form(match: re.Match[str], context: Context) -> Answer:
    """Initials behind a form of address: ông ĐVT, bà NTB: initials, whatever else the letters may stand for"""
    at = match.start()
    if match[0] in context.definitions or not context.adjoins(at, _NAMED_ONLY) or context.char(at - 1) != " ":
        return None  # Mai Thế Anh, SĐT: 09…
    if context.char(at - 2).isupper() or is_syllable(match[0]):  # in a headline
        return None
    entry = meaning(context, match[0], at, match.end()) if len(match[0]) > 3 else None
    if entry and entry.sure:  # nạn nhân CĐDC
        return None
    why = ambiguous(match[0]) if match[0] in context.lexicon else UNKNOWN
    return Guess(spell_letters(match[0]), why)


@rule(r"Ng\. ((?:[A-ZĐ]\. ?){1,3}|[A-ZĐ](?![^\W_]))(?![^\W\d_])", starts="word")
def family_name_and_initials(match: re.Match[str], context: Context) -> str:
    """Family name and initials: nghi phạm Ng. V. T. bỏ trốn -> Nguyễn vê tê"""
    behind = " " if match[0].endswith(" ") else ""
    return f"Nguyễn {spell_letters(re.sub('[. ]', '', match[1]))}{behind}"


@rule(rf"(?:Th|Ng|Tr|Ph)\. ?(?=([{UPPER}][{LOWER}]{{1,6}})(?![^\W_]))", starts="word", only_if=stands_after_name)
def middle_name_in_short(match: re.Match[str], context: Context) -> str | None:
    """Middle name of two letters: Bà Huỳnh Th. Mỹ -> tê hát"""
    return f"{spell_letters(match[0].rstrip('. '))} " if _goes_on(match, context) else None


def _goes_on(match: re.Match[str], context: Context) -> bool:
    """Whether a name goes on behind its initial: Ng. T. Hoa trực; not ông Trần T. Mời bà con"""
    return match[match.re.groups] in given_names() or not context.opens_sentence(match.end())


@rule(rf"([A-ZĐ])\. ?(?=([{UPPER}][{LOWER}]+))", starts="word")
def middle_initial(match: re.Match[str], context: Context) -> str | None:
    """Initial inside a name: Đặng T. Thu Hà, Ng. T. Hoa -> tê: a name goes on behind its initial"""
    at = match.start()
    family = _FAMILIES.search(context.text[max(0, at - 12) : at])
    if stands_after_name(match, context) and FULL_NAME.match(context.text, match.end()):  # Gioan B. Nguyễn Văn Đông
        return f"{LETTERS[match[1]]} "
    called = context.is_after(at, _PERSONS) and context.char(at - 1) == " "  # ông K. Minh
    if called and match[1] not in VOWELS and _NAMED_SO.match(context.text, match.end()):
        return f"{LETTERS[match[1]]} "
    rare = _NAMED_ON.match(context.text, match.end()) and stands_after_name(match, context)  # Lường V. Hùng (0343…)
    return f"{LETTERS[match[1]]} " if (family or rare) and _goes_on(match, context) else None


_NAMED_SO = pattern(rf"[{UPPER}][{LOWER}]+(?: ?[(,;:]|$|\n)")


@rule(r"([A-ZĐ]{1,2})\.(\d{1,4})(?![^\W_]|[.,/-]\d)", starts="word")
def letter_with_number(match: re.Match[str], context: Context) -> Answer:
    """Letter, dot and number.

    riêng Đ.12 Bản Lìm -> đê mười hai: no sentence ends there; sure only behind a thing with a number, phòng A.203
    """
    if match[1] in _CALENDARS and len(match[2]) == 4:
        return f"{_CALENDARS[match[1]]} {context.number(match[2])}"
    spoken = f"{spell_letters(match[1])} {context.numerals.code(match[2])}"
    return spoken if context.is_after(match.start(), _LETTERED) else Guess(spoken, UNKNOWN)


_MEASURED, _UNITS = pattern(r"(?<![\w.,/-])\d{2,4} $"), frozenset("VWMLKGCFH")  # 180 V


@rule(rf"([A-ZĐ]){_NO_LETTER}(?:\.(?= ?[{LOWER}(,]| [–-] | ?[A-ZĐ](?![^\W_])))?", starts="word")
def initial(match: re.Match[str], context: Context) -> Answer:
    """Initial behind a name: bà Sùng Thị M. -> mờ; a lone vowel is its own name: A Mú Sung; so is K of K Brễu"""
    highland = match[0] in ("K", "H") and re.match(
        rf"['’]? [{UPPER}][{LOWER}]", context.text[match.end() : match.end() + 4]
    )
    apart = highland and context.char(match.end()) in "'’"
    if match[1] in VOWELS or apart or (highland and context.is_after(match.start(), _PERSONS)):
        return None
    if _MEASURED.search(context.text, max(0, match.start() - 6), match.start()) and match[1] in _UNITS:
        return Guess(LETTERS[match[1]], LONE_LETTER)
    bracketed = match[0][-1] == "." and context.text.startswith(("(", " (", " - ", " – "), match.end())
    return f"{LETTERS[match[1]]}," if bracketed else LETTERS[match[1]]  # bà H. (55 tuổi)
