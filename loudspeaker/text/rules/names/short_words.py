"""Words of which only the beginning is written: T.thôn, Đ.ký, p.học, Đ.úy, T.Anh."""

from __future__ import annotations

import re

from ...abbreviations import word_before
from ...context import Context
from ...cues import words_before
from ...kind import Kind
from ...numerals import LETTERS
from ...reasons import LONE_LETTER, UNKNOWN
from ...rule import Answer, Guess, RuleMaker
from ...syllables import LOWER, UPPER, has_marks, is_syllable
from ...word_pairs import word_pairs

rule = RuleMaker(Kind.TITLE)

_PER = "ngày|lần|tháng|năm|người|hộ|kg|lít|buổi|ha|con|tuần|giờ"  # vitamin A/ngày
_SHORTEST = 3  # letters of a plain syllable that one letter is put before
_OFTEN = 5  # times that a word stood before the rest
_SURE = 0.9  # share of a word among those that begin alike
_LETTERED = words_before("vitamin|loại|hạng|nhóm|bảng|khối|mục|điểm|lớp|tổ|khu|lô|phòng|cột")
_RANK = {"Th": "thiếu", "Tr": "trung", "Đ": "đại"}
_CALLED = words_before("thầy|cô|bác|ông|bà|anh|chị|chú|dì|em|cháu|bé|bạn|mẹ|bố|ba|má|nguyễn|trần|lê|phạm")
_OF_SCHOOLS = ("lớp", "học sinh", "phụ huynh", "hs", "ph", "trường", "môn", "học", "toán", "văn", "lk")


@rule(r"(Th|Tr|Đ)[/.](tá|úy|uý)(?![^\W_])", starts="word")
def rank(match: re.Match[str], context: Context) -> str:
    """Rank in the army: Th/tá Vàng Mí Sính, Đ.úy Vinh -> thiếu tá, đại úy"""
    return f"{_RANK[match[1]]} {match[2]}"


@rule(
    rf"([A-Za-zĐđ]|[CKNPT][hr])([./])(?!(?:{_PER})(?!\w))([{LOWER}]{{2,6}})(?![^\W_]|\.\w)",
    starts="word",
)
def word_in_short(match: re.Match[str], context: Context) -> Answer:
    """A word of which the beginning is written: T.thôn, Đ.ký, p.học, T/úy -> what most often stands before the rest"""
    letters, sign, rest = match.groups()
    if context.char(match.start() - 1) not in ("", *' \n("“-:,') or context.is_after(match.start(), _LETTERED):
        return None
    likeliest, share = _likeliest(letters.lower(), rest, word_before(context, match.start()))
    if not likeliest:
        return Guess(f"{LETTERS[letters[0].upper()]} {rest}", UNKNOWN) if sign == "/" and letters[0].isupper() else None
    spoken = f"{likeliest} {rest}"
    return spoken if share > _SURE else Guess(spoken, LONE_LETTER)


def _likeliest(letters: str, rest: str, before: str) -> tuple[str, float]:
    """The word that stands before the rest most often and its share of those that begin so, whatever is before them"""
    known = word_pairs().before(letters, rest) if is_syllable(rest) else {}
    weights = {word: seen * word_pairs().likelihood(before, word) for word, seen in known.items()}
    word = max(weights, key=weights.__getitem__, default="")
    if not weights or known[word] < _OFTEN or weights[word] * 2 <= sum(weights.values()):
        return "", 0.0
    return word, known[word] / sum(known.values())


@rule(rf"([bcdđghklmnpqstvBCDĐGHKLMNPQSTV])([bcdđghkmnpqstvx][{LOWER}]{{1,5}})(?![^\W_]|[.@/_-]\w)", starts="word")
def word_run_together(match: re.Match[str], context: Context) -> Answer:
    """A word and the first letter of the one before: bcáo, hsinh, tgian -> báo cáo, học sinh"""
    letter, rest = match.groups()
    if not is_syllable(rest) or is_syllable(match[0]) or not _may_be_run_together(match, context):
        return None
    likeliest, _ = _likeliest(letter.lower(), rest, word_before(context, match.start()))
    if likeliest:
        return Guess(f"{likeliest} {rest}", UNKNOWN)
    return Guess(match[0], UNKNOWN) if has_marks(rest) else None


def _may_be_run_together(match: re.Match[str], context: Context) -> bool:
    """Whether a word is none that is known, no village such as Hnông and no spa, and stands by itself, unlike 4mđến"""
    if match[1].isupper():
        follows = context.char(match.end()) == " " and context.char(match.end() + 1).islower()
        if not (follows and context.begins_sentence(match.start())):
            return False
    known = match[0] in context.lexicon or context.char(match.start() - 1).isalnum()
    return not known and (len(match[2]) >= _SHORTEST or has_marks(match[2]))


@rule(r"(?:T|Tr)\. (?=(?:thôn|bản|ấp|xóm|khu|buôn|làng|trạm|ban|tiểu khu)(?!\w))", starts="word")
def head_of_village(match: re.Match[str], context: Context) -> str:
    """Head of a village in short, with a blank: yêu cầu các T. thôn -> trưởng"""
    return "trưởng "


@rule(r"C\.[tT]y(?![^\W\d_])|Th\.ký(?!\w)|Đ/[Tt]hoại", starts="word")
def office_in_short(match: re.Match[str], context: Context) -> str:
    """Company, secretary or telephone in short: C.ty 28 -> công ty; Th.ký Loan; Đ/thoại"""
    return {"T": "thư ký", "Đ": "điện thoại"}.get(match[0][0], "công ty")


@rule(rf"T\. ?(Anh|Việt|Pháp|Hàn|Nhật)(?! ?[{UPPER}])(?![^\W_])", starts="word")
def language(match: re.Match[str], context: Context) -> Answer:
    """A language: T.Anh liên kết -> tiếng Anh, certain where a text tells of school; cô T.Anh is somebody"""
    if context.is_after(match.start(), _CALLED):
        return f"{LETTERS['T']} {match[1]}"
    words = f"tiếng {match[1]}"
    return words if context.memory.count_words(_OF_SCHOOLS) else Guess(words, LONE_LETTER)
