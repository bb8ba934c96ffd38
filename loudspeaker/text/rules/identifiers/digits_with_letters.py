"""Codes and counts that begin with digits: 5G, lớp 12C3, 45HS, 4c, Hugo 95 SP. Other codes are `codes`."""

from __future__ import annotations

import re

from ....errors import Message
from ...abbreviations import meaning
from ...context import REACH, Context
from ...cues import words_after
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import NUMBER, spell_digits, spell_letters
from ...reasons import ambiguous
from ...rule import Answer, Guess, RuleMaker
from ...syllables import LOWER, is_syllable
from .codes import GAPS, NUMBERED, spell_parts

rule = RuleMaker(Kind.CODE)

_FORMULATIONS = "EC|SC|WP|WG|SL|SP|SG|OD|GR|DF|FS|ND|BTN|BHN|WDG|EW|ME|SE|DD"


@rule(r"(\d{2,4})([A-Z])(\d{6,12})(?!\w)")
def bank_account(match: re.Match[str], context: Context) -> str:
    """Account with a letter inside: STK: 711A12345678, digit by digit"""
    return f"{spell_digits(match[1])} {spell_letters(match[2])} {spell_digits(match[3])}"


@rule(r"\d{1,4}(?:[A-ZĐ]{1,3}\d{0,3}){1,2}(?![^\W_])")
def digits_and_letters(match: re.Match[str], context: Context) -> Answer:
    """Digits and letters in turn.

    5K -> năm ca; lớp 12C3 -> mười hai xê ba; one letter without a cue may be a unit that somebody made up
    """
    counted = re.fullmatch(r"(\d+)([A-ZĐ]{2,4})", match[0])
    amount = _read_count(counted[1], counted[2], match.end(), context) if counted else None
    if amount:  # 1000SMS, 45HS
        return amount
    if seats := _seats(match, context):
        return seats
    spoken = spell_parts(match[0], context)
    if context.is_after(match.start(), NUMBERED) or context.follows(Kind.CODE, match.start(), *GAPS):
        return spoken
    return spoken if _KNOWN_SHAPE.fullmatch(match[0]) else Guess(spoken, _BY_LETTER)


_KNOWN_SHAPE = pattern(  # networks, classes and pesticides are known by their shape
    rf"\d[GK]|\d{{3,4}}[GK]|(?:[1-9]|1[0-2])[A-IKLMNTXĐ]\d{{1,2}}|\d{{1,4}}(?:{_FORMULATIONS})|\d{{2}}[A-Z]\d"
)
_SEATED = pattern(r" (?:xe|xe khách|ô tô|ghế|giường|giường nằm)$")


def _seats(match: re.Match[str], context: Context) -> Answer:
    """Seats of a car in a line of capitals: XE 45C -> bốn mươi lăm chỗ"""
    seated = re.fullmatch(r"(4|5|7|9|12|16|24|29|3[0458]|4[0157])C", match[0])
    if seated is None or not _SEATED.search(context.before(match.start())):
        return None
    return Guess(f"{context.number(seated[1])} chỗ", _BY_LETTER)


_BY_LETTER = Message("a number with a letter, and no word says what it is")
_HEADS = {
    "con": words_after("bò|trâu|gà|vịt|lợn|heo|dê|ngan|ngỗng|chó|mèo|ngựa|cừu|thỏ|nghé|bê|cua|ếch|ngao"),
    "cây": words_after("keo|cam|bưởi|chuối|mít|xoài|ổi|chè|tràm|bạch đàn|quế|cau|dừa|đào|quất|mai|sầu riêng|cà phê|bơ"),
}
_NO_COUNTERS = frozenset(
    words_after("chết|chưa|có|còn|các|cho|của|cùng|cần|cấp|chính|chủ|bị|bán|báo|được|đã|đang|đến|đi|đạt")
)
_BRAND = pattern(r"[A-Z][A-Za-z]{3,15}(?: [A-Z][A-Za-z]+)? $")


@rule(r"(\d{1,3}(?:\.\d{3})?)([a-dđ])(?![^\W_])")
def number_with_letter(match: re.Match[str], context: Context) -> Guess:
    """A number with a small letter: hồ Đak Mi 4c -> bốn xê; 50c behind “30 con/kg”, 3c bò -> con; 5c keo -> cây"""
    for unit, things in _HEADS.items():
        if match[2] == "c" and context.is_before(match.end(), things):
            return Guess(f"{context.number(match[1])} {unit}", _BY_LETTER)
    ahead = context.text[max(0, match.start() - 20 * REACH) : match.start()]
    counted = re.findall(rf"\d ({match[2]}[{LOWER}]{{1,5}})(?![^\W_])", ahead)
    if counted and is_syllable(counted[-1]) and counted[-1] not in _NO_COUNTERS:
        return Guess(f"{context.number(match[1])} {counted[-1]}", Message("taken for what was counted before"))
    return Guess(
        f"{context.number(match[1])} {spell_letters(match[2].upper())}",
        _BY_LETTER,
    )


@rule(rf"({NUMBER}) ({_FORMULATIONS})(?![^\W_])")
def formulation(match: re.Match[str], context: Context) -> str | None:
    """Strength of a pesticide behind its brand.

    Hugo 95 SP, Tango 800 WG -> chín mươi lăm ét pê, …: how a pesticide is made up
    """
    branded = _BRAND.search(context.text[max(0, match.start() - 34) : match.start()])
    return f"{context.number(match[1])} {spell_letters(match[2])}" if branded else None


@rule(rf"({NUMBER})([A-ZĐ]{{2,4}})(?![^\W_])")
def number_and_letters(match: re.Match[str], context: Context) -> Answer:
    """A number with letters: thuốc 1.8EC -> một phẩy tám e xê; mỗi lớp 45HS"""
    letters = f"{context.number(match[1])} {spell_letters(match[2])}"
    return _read_count(match[1], match[2], match.end(), context) or letters


def _read_count(number: str, letters: str, end: int, context: Context) -> Answer:
    """Count of persons or things.

    45HS -> bốn mươi lăm học sinh, 1000SMS; two letters of another kind are rather a name: 2PN, 0.75TP
    """
    if letters == "TV" and context.before(end - len(letters + number)).endswith(" tnhh"):
        return f"{context.number(number)} thành viên"
    if re.fullmatch(_FORMULATIONS, letters) or (len(letters) == 2 and letters not in _PEOPLE):
        return None
    entry = meaning(context, letters, end - len(letters), end)
    if entry is None or not (entry.sure or letters in _PEOPLE):
        return None
    spoken = f"{spell_digits(number) if number[0] == '0' else context.number(number)} {entry.reading}"
    return spoken if entry.sure else Guess(spoken, ambiguous(letters))


_PEOPLE = frozenset(("HS", "SV", "GV", "TE", "LĐ", "DN", "NV", "CB", "NĐ"))
