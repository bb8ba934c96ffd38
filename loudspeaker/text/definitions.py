"""What a text tells of its own words: abbreviations that it defines in brackets, and probable typing errors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ..errors import Message
from .lazy_regex import pattern
from .syllables import LOWER, UPPER, is_syllable

ANY_FIGURE = "#"  # behind letters: with any number behind them

_DEFINED = pattern(r"\((?:[^()\n]{0,30}?(?:là|tắt|:) ?:? ?[\"“]?)?([A-ZĐ][A-ZĐƯ&-]{1,14})[\"”]?\)")
_EXPLAINED = pattern(r"(?<![^\W_])([A-ZĐƯ]{2,8}) \(([^()\n\d]{3,80})\)")  # VK (Việt kiều)
_WORDS_BEHIND = (  # GQVL: giải quyết việc làm
    r"(?<![^\W_])(?P<first>[A-ZĐƯ]{2,8}(?: ?& ?[A-ZĐƯ]{1,8})?) ?(?::|=|là) ?"
    r"(?P<words>[^\W\d_][^()\n\d;,.:]{4,70})(?=[;,.)\n]|$)"
)
_WORDS_AHEAD = (  # Trạm biến áp viết tắt là TBA
    r"(?P<before>[^\W\d_][^()\n\d;,.:]{4,70}?) (?:được )?(?:viết tắt|gọi tắt)(?: là|:) "
    r"(?P<last>[A-ZĐƯ&]{2,12})(?![^\W_])"
)
_WITH_WORDS_BEHIND, _WITH_WORDS = pattern(_WORDS_BEHIND), pattern(f"{_WORDS_BEHIND}|{_WORDS_AHEAD}")
_LEGEND_HEAD = pattern(  # Chữ viết tắt: …; Ký hiệu dùng trong bảng: …
    r"(?i)(?<![^\W_])(?:(?P<told>viết tắt|ký hiệu|kí hiệu|quy ước|chú giải)|ghi chú|chú thích)(?: [^\n:;(]{1,30})? ?:"
)
_KEY = r"[A-ZĐƯ]{1,8}\d{0,2}(?![^\W_])"
_SIGN = r"(?: ?[:=] ?| - | là |-(?![A-ZĐƯ]))"
_ENTRY = pattern(  # LĐ - lãnh đạo; M1, M2: mùng 1, mùng 2
    rf"(?<![^\W_])(?P<keys>{_KEY}(?:, ?{_KEY}){{0,5}})(?P<sign>{_SIGN})"
    rf"(?P<values>[^\W\d_][^;:=().\n]{{1,60}}?) ?(?=[;().\n]|, ?{_KEY}(?:{_SIGN}|,)|$)"
)
_LONGEST_LEGEND = 800
_MOST_WORDS = 7  # that an abbreviation of a legend stands for
_FIGURE = pattern(r"(?P<letters>[A-ZĐƯ]+)(?P<figure>\d{1,2})")
_PLACE_WORDS = 6  # of a place that stands between a name and its abbreviation
_CONNECTORS = frozenset(("và", "của", "các", "về", "cho", "trên", "-", "&", "tại"))
_UNREAD = pattern(r"[^\w ,-]|[\d_]|[A-ZĐƯ]{2}|\b[B-DF-HJ-NP-TV-XZĐ]\b")  # would have to be read itself
_WORD = pattern(r"[^\W\d_]+")
_NAMED = pattern(rf"[{UPPER}][{LOWER}]+ [{UPPER}][{LOWER}]+ [{UPPER}][{LOWER}]+ $")
_FOREIGN = pattern(r"(?<![\w.@/-])[^\W\d_]{5,24}(?![\w@]|\.\w|-\w)")


def find_definitions(text: str) -> dict[str, str]:
    """Abbreviation -> the words before its brackets, in them or in a legend.

    dịch tả lợn châu Phi (DTLCP); VK (Việt kiều); Chữ viết tắt: HS: hộ sinh; M1: mùng 1 (“M#” -> mùng)
    """
    definitions: dict[str, str] = {}
    for written, words in _in_brackets(text):
        definitions.setdefault(written, words)
    for match in (_WITH_WORDS if "tắt" in text else _WITH_WORDS_BEHIND).finditer(text):
        found = match.groupdict()
        last = found.get("last")
        told = (found["words"] or found["before"]).strip()
        words = _expansion(told, re.sub(r"[& -]", "", last or found["first"]))
        if words and (last or (words == told and not _is_name(words))):
            definitions.setdefault(last or found["first"], words)
    for match in _EXPLAINED.finditer(text) if "(" in text else ():
        if _expansion(match[2], match[1]) == match[2]:
            definitions.setdefault(match[1], match[2])
    return definitions | dict(_legend(text)) if ":" in text else definitions


def _in_brackets(text: str) -> Iterator[tuple[str, str]]:
    """Abbreviations in brackets and the words before them; no name of a person: BS Lưu Tấn Đạt (TĐ)"""
    for match in _DEFINED.finditer(text) if "(" in text else ():
        head, letters = text[max(0, match.start() - 120) : match.start()], re.sub(r"[&-]", "", match[1])
        words = _expansion(head, letters) or _named_expansion(head, letters)
        if words and not (len(letters) == 2 and _is_name(words) and _NAMED.search(head)):
            yield match[1], words


def _legend(text: str) -> Iterator[tuple[str, str]]:
    """What lines that explain abbreviations tell, whatever their initials: HS: hộ sinh; M1, M2 - mùng 1, mùng 2.

    Of a key with a figure whose words end with it, “M1: mùng 1”, the letters are explained for every figure: (M, mùng).
    Below a mere “Ghi chú:” half of the words must have the initials of their keys, unlike “BTC: chuẩn bị nước”.
    """
    until = 0  # no line is looked through twice
    for head in _LEGEND_HEAD.finditer(text):
        if head.start() < until:
            continue
        entries, likely = list[tuple[str, str]](), 0
        until = head.end()
        for number, line in enumerate(text[head.end() : head.end() + _LONGEST_LEGEND].split("\n")):
            found = list(_ENTRY.finditer(line))
            if not found and (number or line.strip()):
                break
            until += len(line) + 1
            for entry in found:
                entries += _pairs(entry)
                likely += "=" in entry["sign"] or bool(_expansion(entry["values"], entry["keys"]))
        if head["told"] or 0 < len(entries) <= 2 * likely:
            yield from filter(None, (_definition(key, words) for key, words in entries))


def _pairs(entry: re.Match[str]) -> Iterator[tuple[str, str]]:
    """The keys of one entry of a legend, each with its words."""
    keys = re.split(", ?", entry["keys"])
    values = re.split(", ?", entry["values"])
    return zip(keys, values, strict=False) if len(keys) <= len(values) else iter(())


def _definition(key: str, words: str) -> tuple[str, str] | None:
    """A key of a legend and its words as they are said; None where they would have to be read, or are a name."""
    figure, told = _FIGURE.fullmatch(key), words.strip()
    if figure and told.endswith(f" {figure['figure']}"):
        key, told = figure["letters"] + ANY_FIGURE, told.removesuffix(f" {figure['figure']}")
    named = told.istitle() and " " in told
    if named or _UNREAD.search(told) or told.count(" ") >= _MOST_WORDS or not told.isprintable():
        return None
    return key, told[0].lower() + told[1:] if told[1:].islower() else told


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
