"""What a text tells of its own words: abbreviations that it defines in brackets, and probable typing errors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ..errors import Message
from .lazy_regex import pattern
from .syllables import is_syllable

_DEFINED = pattern(r"\((?:[^()\n]{0,30}?(?:là|tắt|:) ?:? ?[\"“]?)?([A-ZĐ][A-ZĐƯ&-]{1,14})[\"”]?\)")
_EXPLAINED = pattern(r"(?<![^\W_])([A-ZĐƯ]{2,8}) \(([^()\n\d]{3,80})\)")  # VK (Việt kiều)
_LEGEND = pattern(  # GQVL: giải quyết việc làm; Trạm biến áp viết tắt là TBA
    r"(?<![^\W_])(?P<first>[A-ZĐƯ]{2,8}(?: ?& ?[A-ZĐƯ]{1,8})?) ?(?::|=|là) ?"
    r"(?P<words>[^\W\d_][^()\n\d;,.:]{4,70})(?=[;,.)\n]|$)"
    r"|(?P<before>[^\W\d_][^()\n\d;,.:]{4,70}?) (?:được )?(?:viết tắt|gọi tắt)(?: là|:) "
    r"(?P<last>[A-ZĐƯ&]{2,12})(?![^\W_])"
)
_PLACE_WORDS = 6  # of a place that stands between a name and its abbreviation
_CONNECTORS = frozenset(("và", "của", "các", "về", "cho", "trên", "-", "&", "tại"))
_UNREAD = pattern(r"[^\w ,-]|[\d_]|[A-ZĐƯ]{2}|\b[B-DF-HJ-NP-TV-XZĐ]\b")  # would have to be read itself
_WORD = pattern(r"[^\W\d_]+")
_FOREIGN = pattern(r"(?<![\w.@/-])[^\W\d_]{5,24}(?![\w@]|\.\w|-\w)")


def find_definitions(text: str) -> dict[str, str]:
    """Abbreviation -> the words before its brackets, or in them: “dịch tả lợn châu Phi (DTLCP)”, “VK (Việt kiều)”."""
    definitions: dict[str, str] = {}
    for match in _DEFINED.finditer(text):
        head, letters = text[max(0, match.start() - 120) : match.start()], re.sub(r"[&-]", "", match[1])
        words = _expansion(head, letters) or _named_expansion(head, letters)
        if words:
            definitions.setdefault(match[1], words)
    for match in _LEGEND.finditer(text):
        letters = re.sub(r"[& -]", "", match["first"] or match["last"])
        told = (match["words"] or match["before"]).strip()
        words = _expansion(told, letters)
        if words and (match["last"] or (words == told and not _is_name(words))):
            definitions.setdefault(match["first"] or match["last"], words)
    for match in _EXPLAINED.finditer(text):
        if _expansion(match[2], match[1]) == match[2]:
            definitions.setdefault(match[1], match[2])
    return definitions


def _is_name(words: str) -> bool:
    """Whether somebody's name follows two letters, KT: Kiều Trang, which are no short form of it."""
    return words.count(" ") == 1 and words.istitle()


def _named_expansion(head: str, letters: str) -> str:
    """The same for a name with its place behind it: Ban công tác Mặt trận thôn (BCTMT)."""
    for _ in range(_PLACE_WORDS if len(letters) > 2 else 0):
        head = head.rstrip().rpartition(" ")[0]
        words = _expansion(head, letters)
        if words[:1].isupper():
            return words
    return ""


def _expansion(head: str, letters: str) -> str:
    """The last words of `head` whose first letters are `letters`; words like “và” may stand between."""
    clause = re.split(r"[.;:!?()\n]", head)[-1]
    words = list(_WORD.finditer(clause))
    at = len(words)
    for letter in reversed(letters):
        at -= 1
        while at >= 0 and words[at][0][0].upper() != letter and words[at][0].lower() in _CONNECTORS:
            at -= 1
        if at < 0 or words[at][0][0].upper() != letter:
            return ""
    phrase = clause[words[at].start() :].strip()
    foreign = phrase.isascii() and not all(is_syllable(word[0].lower()) for word in words[at:])
    if foreign or _UNREAD.search(phrase):  # RDA (Recommended Dietary Allowance): nobody says that for RDA
        return ""
    return phrase.replace(" - ", ", ") if len(letters) > 1 and phrase.upper() != phrase else ""


def find_near_misses(text: str) -> Iterator[tuple[int, int, Message]]:
    """(start, end, why) of foreign words one letter away from another that this text has more often, or earlier.

    Words are compared through what is left of them when one letter goes, so that time stays linear.
    """
    places: dict[str, list[re.Match[str]]] = {}
    for match in _FOREIGN.finditer(text):
        word = match[0].lower()
        if not is_syllable(word):
            places.setdefault(word, []).append(match)
    if len(places) < 2:
        return
    counts = Counter({word: len(matches) for word, matches in places.items()})
    order = sorted(counts, key=lambda word: (-counts[word], places[word][0].start()))
    known: dict[str, str] = {}
    for word in order:
        shorter = {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}
        other = next((known[key] for key in sorted(shorter) if key in known), None)
        if other is not None and _is_one_letter_apart(word, other):
            model = places[other][0][0]
            yield from (
                (m.start(), m.end(), Message("one letter away from “{word}”, which this text also has", word=model))
                for m in places[word]
            )
        else:
            known.update(dict.fromkeys(shorter, word))


def _is_one_letter_apart(word: str, other: str) -> bool:
    """Whether one letter was left out, put in, changed, or swapped with its neighbour."""
    head = 0
    while head < min(len(word), len(other)) and word[head] == other[head]:
        head += 1
    rest, others = word[head:], other[head:]
    if rest == others:
        return False
    return (
        rest[1:] == others
        or rest == others[1:]
        or rest[1:] == others[1:]
        or (rest[:2] == others[1::-1] and rest[2:] == others[2:])
    )
