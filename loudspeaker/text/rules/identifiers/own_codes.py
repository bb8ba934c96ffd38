"""Codes that the document itself explains or counts: M1 of a legend, mùng một; M2 beside a sample M1, no area."""

from __future__ import annotations

import re
from functools import lru_cache

from ....errors import Message
from ...context import Context
from ...cues import words_before
from ...definitions import ANY_FIGURE
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import spell_letters
from ...rule import Answer, Guess, RuleMaker

rule = RuleMaker(Kind.CODE)

_FIRST = pattern(r"(?<![^\W_])M1(?![^\W_]|[.,/]\d)")
_EXPLAINING = " :=-"  # between a code and its words in a legend
_ALONE = pattern(r" ?(?:[;:,/()+\n-]|\.(?![^\W_])|$)")


@rule(r"([A-ZĐ]{1,3})(\d{1,2})(?![^\W_]|[.,/-]\d)", starts="word")
def own_code(match: re.Match[str], context: Context) -> Answer:
    """Letters and a figure that a legend explains, or a sample: M1, M2 -> mùng một, mùng hai; mẫu M1, M2 -> mờ hai"""
    letters, figure = match[1], context.numerals.code(match[2])
    words = context.definitions.get(match[0])
    if words and not context.text[match.end() :][: len(words) + 4].lstrip(_EXPLAINING).lower().startswith(words):
        return words
    every = context.definitions.get(letters + ANY_FIGURE)
    if every and not words:
        return f"{every} {figure}"
    if letters == "L" and _counts_grades(context.text):
        return f"loại {figure}"
    if letters != "M" or not _counts_samples(context.text):
        return None
    return _day_of_new_year(match, context) or f"{spell_letters(letters)} {figure}"


def _day_of_new_year(match: re.Match[str], context: Context) -> Guess | None:
    """Who is on duty at Tết: M1, M2 of a text that tells of it -> mùng một, and doubtful; mố M1 is none"""
    told = context.memory.count_words(("tết", "nguyên đán", "giao thừa")) and int(match[2]) < _ELEVENTH
    if not told or context.is_after(match.start(), _BUILT_THINGS):
        return None
    return Guess(f"mùng {context.number(match[2])}", _DAY_OR_CODE)


_ELEVENTH = 11  # day of a month, the first without “mùng”
_BUILT_THINGS = words_before("mố|trụ|cầu|cống|cọc|lô|ô|tổ|máy|điểm|trạm|cột|mộ|hàng|dãy|nhà|phòng|mẫu|loại|cỡ|số|xe")
_DAY_OR_CODE = Message("a day of the new year, or a code")


@rule(r"([A-ZĐ])(?![^\W_])", starts="word")
def own_letter(match: re.Match[str], context: Context) -> str | None:
    """One letter that a legend explains, where it stands by itself: S, C -> sáng, chiều; not “bác sĩ Hà S”"""
    words = context.definitions.get(match[0])
    ahead = context.text[max(0, match.start() - 2) : match.start()].strip(" ")
    alone = (not ahead or ahead[-1] in ";:,/()+\n-") and _ALONE.match(context.text, match.end())
    explaining = context.after(match.end())[:1] in (":", "=", "-")
    return words if words and alone and not explaining else None


@lru_cache(maxsize=4)
def _counts_grades(text: str) -> bool:
    """Whether a text has an L1 and an L2, and prices: the grades of what is bought or sold, L1 198, L2 176"""
    grades = {match[0] for match in _GRADE.finditer(text)}
    return len(grades) > 1 and _PRICED.search(text) is not None


_GRADE = pattern(r"(?<![^\W_])L[12](?![^\W_]|[.,/-]\d)")
_PRICED = pattern(r"(?i)(?:\d ?(?:đ|k|ng)|đồng|ngàn|nghìn) ?/ ?(?:kg|tạ|yến|con|quả|trái|bó|cây|chục|thùng|bao)(?!\w)")


@lru_cache(maxsize=4)
def _counts_samples(text: str) -> bool:
    """Whether a text has an M1, which is no unit, so that M2 and M3 are none either."""
    return _FIRST.search(text) is not None
