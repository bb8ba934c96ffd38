"""Words such as 7tr350 or 8g-11kg that several rules read piece by piece: marked where no such word is known.

5.900đ/con, 11h30-14h30 and 1+2 are made of pieces; in others no rule saw the whole, so that a piece may be misread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..errors import Message
from .context import Token
from .kind import Kind
from .lazy_regex import pattern
from .reasons import APART
from .syllables import LOWER, UPPER

_LINKS = frozenset((Kind.DASH, Kind.SEPARATOR, Kind.RATE))
_RATES = frozenset((Kind.MONEY, Kind.QUANTITY))  # what may be told per something
_DAYS = frozenset((Kind.DATE, Kind.PERIOD))
_NUMBERED = frozenset((Kind.CODE, Kind.ROMAN))
_RANGED = frozenset(
    (
        Kind.TIME,
        Kind.DATE,
        Kind.PERIOD,
        Kind.PHONE,
        Kind.ADDRESS,
        Kind.MONEY,
        Kind.QUANTITY,
        Kind.TEMPERATURE,
        Kind.COORDINATE,
        Kind.ORDINAL,
    )
)  # alike on both sides of a dash or a slash
_PIECES = Message("a word made of pieces, and no rule knows the whole")
_DIGIT = pattern(r"\d")
_REACH = 30  # letters looked at in front of a telephone number
_CALLED = pattern(  # a name, which no number should run into
    rf"(?:(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Tt]hầy|[Ee]m|[Cc]hú|[Bb]ác|Đ/c|đ/c) |\b[acôACÔ]\. ?|"
    rf"[{UPPER}][{LOWER}]+ )[{UPPER}][{LOWER}]+ $"
)
_BEGINS = pattern(rf" [{UPPER}][{LOWER}]")
_PURPOSE = pattern(r" (?:để|khi|nếu|trước|trong giờ|gặp)(?!\w)")
_OF_PERSONS = frozenset((Kind.PHONE, Kind.MONEY))
_SPELT = frozenset((Kind.PHONE, Kind.IDENTITY, Kind.PLATE))  # digit by digit
_NUMBERS = frozenset((Kind.NUMBER, Kind.CODE))
_APART = {  # what needs a pause behind it: Ri6 62-65; NPK 16-16-8 890k; lớp 6-9 120 em
    Kind.CODE: (Kind.NUMBER, Kind.RANGE),
    Kind.SCORE: (Kind.NUMBER, Kind.RANGE, Kind.MONEY, Kind.QUANTITY),
    Kind.RANGE: (Kind.NUMBER, Kind.RANGE),
}
_LONGEST_SAID = 8  # letters of a number; a longer one is read digit by digit, or has an end that is no tens
_OPEN = pattern(r"(?<!\w)(?:mười|mươi|trăm)$")  # a number that a digit behind it would go on
_NAMED = frozenset((Kind.NUMBER, Kind.CODE, Kind.ACRONYM, Kind.RANGE, Kind.QUANTITY))  # khu 3, VTV1, tổ 5-6
_COUNTED_IN_TENS = frozenset((Kind.TIME, Kind.SCORE, Kind.MONEY, Kind.QUANTITY))
_DIGIT_ALONE = pattern(r"(?<!\w)(?:một|mốt|hai|ba|bốn|tư|năm|lăm|sáu|bảy|tám|chín)$")
_SCALE = pattern(r"(?<!\w)(?:nghìn|ngàn|triệu|tỷ|tỉ)$")
_COUNTS = pattern(
    r" (?!(?:trăm|nghìn|ngàn|triệu|đồng|rưỡi|một|mỗi)(?!\w))[^\W\d_]{2}"
)  # 1 tỷ 200 triệu, 3 triệu 5 are one sum
_GROUPED = pattern(r"\d{1,3}(?:\.\d{3})+(?![\d.])")
_PLACED = pattern(  # giải ba 700.000; cầu Nghìn 21h is no thousand and twenty-one
    r"(?:(?i:giải|hạng|đồng|[,;(/:.]|thưởng) ?(?i:nhất|nhì|ba|tư)|(?<=[^\W\d_] )(?:Trăm|Nghìn|Ngàn|Vạn)) $"
)
_YEAR = pattern(r"(?<!\d)(?:19|20)\d\d(?= )")
_YEAR_BEHIND = pattern(r"(?:19|20)\d\d(?!\d)")
_NAMED_NUMBER = pattern(  # anh Mười 5 giờ is no fifteen, anh Năm 5 bao no fifty-five
    r"(?<!\w)(?:M(?:ườ|ươ)i|(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Cc]hú|[Bb]ác|[Dd]ì|[Cc]ậu|[Mm]ợ|[Tt]hím|[Ee]m) "
    r"(?:Hai|Ba|Tư|Năm|Sáu|Bảy|Tám|Chín)) $"
)
_CLOSING = pattern(r"(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười)(?!\w)")
_PAUSED = frozenset(("+", ">", "<", "=", "±", "≥", "≤", "≈"))


def mark_composites(text: str, tokens: Iterable[Token]) -> Iterator[Token]:
    """The tokens of `text` in order, with a doubt for one that is glued to another in a word that nobody knows.

    A glued one tells where that word begins. An amount right behind a thing with a number begins with a comma.
    """
    last: Token | None = None  # the latest that holds a letter or a digit
    for token in tokens:
        if not _has_letters(text, token):
            yield token
            continue
        spoken = _with_pauses(text, last, token)
        if spoken != token.spoken:
            token = token._replace(spoken=spoken)
        if last is not None and _is_glued(text, last, token):
            apart = token.start - last.end == 1 and text[last.end] == " "
            begin = last.start if last.word_start < 0 else last.word_start
            token = token._replace(why=token.why or (APART if apart else _PIECES), word_start=begin)
        yield token
        last = token


_FOLLOWED = {Kind.TIME: _BEGINS, Kind.PHONE: _PURPOSE}  # 5h30 Tiếp âm đài tỉnh; 0365… để lập biên bản


def _with_pauses(text: str, last: Token | None, token: Token) -> str:
    """The words for a token with a comma before and behind them where they would run into others."""
    called = token.kind in _OF_PERSONS and _CALLED.search(text, max(0, token.start - _REACH), token.start)
    ahead = (
        called  # chị Thảo 0862…
        or (last is not None and token.kind is Kind.PHONE and _tells_office(text, last, token))  # HT 0968…
        or (last is not None and _needs_pause(text, last, token))  # trên BĐ3 0,32m
        or (text[token.start].isdecimal() and _PLACED.search(text, max(0, token.start - 12), token.start))
        or (_CLOSING.match(token.spoken) and _NAMED_NUMBER.search(text, max(0, token.start - 10), token.start))
    )
    followed = _FOLLOWED.get(token.kind)
    behind = followed is not None and followed.match(text, token.end)
    return f"{', ' if ahead else ''}{token.spoken}{',' if behind else ''}"


def _tells_office(text: str, one: Token, other: Token) -> bool:
    """Whether what was read right before is somebody's office: hiệu trưởng, phó bí thư."""
    return text[one.end : other.start] == " " and one.kind is Kind.ACRONYM and one.spoken.endswith(_OFFICES)


_OFFICES = (
    "trưởng",
    "phó",
    "bí thư",
    "chủ tịch",
    "giám đốc",
    "chủ nhiệm",
    "kế toán",
    "thủ quỹ",
    "thư ký",
    "chuyên viên",
)


def _needs_pause(text: str, one: Token, other: Token) -> bool:
    """Whether an amount stands right behind a thing with a number, or an hour behind a day: trên BĐ3 0,32m."""
    if text[one.end : other.start] != " ":
        return False
    if text[other.start].isdecimal() and _sounds_as_one(text, one, other):
        return True
    if one.kind in _DAYS and other.kind is Kind.TIME:  # Sáng CN 15/3 6h ra quân
        return True
    amount = other.kind in _RATES and text[other.start].isdecimal()
    sum_ = one.kind is Kind.ROMAN and text[other.start].isdecimal() and not _YEAR_BEHIND.match(text, other.start)
    return (one.kind in _NUMBERED and amount) or sum_


def _sounds_as_one(text: str, one: Token, other: Token) -> bool:
    """Whether two numbers would be heard as one: tháng 10 8 hộ as eighteen, 0912 345 678 7h with one digit more."""
    if not _has_digits(text, one):
        return False
    if one.kind in _SPELT or (one.kind in _NUMBERS and one.end - one.start > _LONGEST_SAID):
        return True
    if _YEAR.match(text, max(0, one.end - 4)) or other.kind in _APART.get(one.kind, ()):
        return True
    if _SCALE.search(one.spoken):  # bò 20tr 2 con
        counts = other.kind is not Kind.NUMBER or _COUNTS.match(text, other.end) is not None
        return counts and other.kind is not Kind.MONEY
    if one.kind in _NAMED and other.kind in _COUNTED_IN_TENS and _DIGIT_ALONE.search(one.spoken):  # khu 3 20h
        return _CLOSING.match(other.spoken) is not None
    return _OPEN.search(one.spoken) is not None and _CLOSING.match(other.spoken) is not None


def _has_letters(text: str, token: Token) -> bool:
    return any(map(str.isalnum, text[token.start : token.end]))


def _is_glued(text: str, one: Token, other: Token) -> bool:
    """Whether the two stand in one word with a digit on both sides, and not in one of the usual ways."""
    if other.start - one.end > 2 or other.kind in _LINKS:
        return False
    sign = text[one.end : other.start]
    if sign == " " and one.kind is other.kind is Kind.NUMBER:
        return True
    if sign.strip(' ,;:()“”"\n') != sign or not (_has_digits(text, one) and _has_digits(text, other)):
        return False
    if sign in _PAUSED or one.kind is other.kind is Kind.CODE or _is_weekday_of_date(sign, one, other):
        return False
    if sign == "/" and one.kind in _RATES:
        return False
    if not sign:  # 7h/12/9 and 6,7/5 took the sign along
        return text[one.end - 1] not in "/, -:"
    return not (one.kind is other.kind and one.kind in _RANGED)


def _is_weekday_of_date(sign: str, one: Token, other: Token) -> bool:
    """Whether a day of the week and its date stand beside a dash: T2-03/8"""
    weekday = one.kind is Kind.ORDINAL and one.spoken.lower().startswith("thứ ")
    return sign == "-" and weekday and other.kind is Kind.DATE


def _has_digits(text: str, token: Token) -> bool:
    return _DIGIT.search(text, token.start, token.end) is not None
