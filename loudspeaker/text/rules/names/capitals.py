"""Words in capitals that are only words: CẤM LỬA inside a line, Lưu ý AN TOÀN. Abbreviations are `acronyms`."""

from __future__ import annotations

import re

from ....errors import Message
from ...context import Context
from ...kind import Kind
from ...rule import Answer, Guess, RuleMaker
from ...syllables import has_marks, is_syllable
from ...word_pairs import word_pairs

rule = RuleMaker(Kind.ACRONYM)


def _is_short_name(match: re.Match[str], context: Context) -> bool:
    """Whether letters belong to a name: OM of OM 5451 is a name, though it could be a word."""
    number = re.match(r"[ -]?\d{2}", context.text[match.end() : match.end() + 3])
    return number is not None or len(match[0]) == 2


def neighbours_of(context: Context, start: int, end: int) -> tuple[str, str]:
    """The words right before and after, with only blanks, commas or dashes between."""
    before = re.search(r"([^\W\d_]+)[ ,-]{1,3}$", context.text[max(0, start - 12) : start])
    after = re.match(r"[ ,-]{1,3}([^\W\d_]+)", context.text[end : end + 12])
    return (before[1] if before else "", after[1] if after else "")


def _is_shouted(word: str) -> bool:
    """Whether a word is one in capitals: GIÁM"""
    return word.isupper() and has_marks(word) and is_syllable(word)


def _makes_phrase(word: str, neighbours: tuple[str, str], context: Context) -> bool:
    """Whether a word in capitals makes a phrase with one beside it that is no abbreviation: Lưu ý AN TOÀN"""
    before, after = neighbours
    if word == "CA" and after.upper() in _POLICE:  # Đề nghị CA XÃ xử lý
        return False
    pairs = [(before, word)] if _is_word(before, context) else []
    pairs += [(word, after)] if _is_word(after, context) else []
    return any(_are_bound(one.lower(), other.lower()) for one, other in pairs)


_POLICE = frozenset(("XÃ", "PHƯỜNG", "TỈNH", "VIÊN", "HUYỆN"))


def _is_word(word: str, context: Context) -> bool:
    """Whether a word in capitals is no abbreviation: TOÀN, NINH"""
    return _is_shouted(word) or (word.isupper() and is_syllable(word) and word not in context.lexicon)


def _are_bound(one: str, other: str) -> bool:
    """Whether two words are often beside each other, and not by chance"""
    return word_pairs().pair_count(one, other) > 1 and word_pairs().attraction(one, other) > _BOUND


_BOUND = 2.0  # how strongly the words of a phrase are drawn to each other, as a logarithm


@rule(r"[^\W\d_]{2,12}(?![^\W\d_])", starts="word")
def capital_word(match: re.Match[str], context: Context) -> Answer:
    """A word in capitals that is no abbreviation.

    THÔNG BÁO VỀ VIỆC -> thông báo về việc; a word in capitals, not an abbreviation
    """
    word = match[0]
    if not word.isupper() or not is_syllable(word) or word in context.definitions:
        return None
    neighbours = neighbours_of(context, match.start(), match.end())
    short = not any(map(_is_shouted, neighbours)) and _is_short_name(match, context)
    if not has_marks(word) and (word in context.lexicon or short) and not _makes_phrase(word, neighbours, context):
        return None
    lonely = not has_marks(word) and len(word) < 4 and not any(neighbour.isupper() for neighbour in neighbours)
    return Guess(word.lower(), Message("unknown capitals, read as a word")) if lonely else word.lower()
