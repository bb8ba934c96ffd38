"""Where a sentence ends: `sentences` cuts written text, in which TP. and 1.500 end none, `utterances` spoken text.

A spoken sentence that is too long for the engines is cut where a speaker would take a breath.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..model.spoken_text import Utterance
from .lazy_regex import pattern
from .syllables import LOWER, UPPER
from .unwrapping import unwrap_lines

LIMIT = 220  # characters an engine takes at once without losing its breath
# Seconds, longer than a distant horn's echo takes to come back, 0.2 to 0.35 s (docs/decisions/0004).
_PAUSES = {"\n": 1.2, ".": 0.8, "!": 0.8, "?": 0.8, "…": 0.8, ":": 0.45, ";": 0.45, ",": 0.3}
_LONGEST = 60  # letters looked back over at a full stop

_STOP = pattern(r"((?<![.!?…])[.!?…]+[\"”’)\]]*)(\s+)(?=[\"“‘(\[•*+-]*\s*[^\W\d_]|[\"“(]*\d|[-+•*]\s)|\n\s*")
# Before a full stop these are not the end: titles, single letters, list labels.
_TITLE = pattern(
    r"(?:^|[\s(“\"])(?:TP|Tp|tp|TX|Tx|TT|Tt|ThS|Ths|TS|PGS|GS|BS|Bs|KS|Ks|LS|CN|TM|KT|TL|TUQ|Đ/c|đ/c|[PQHXTFpqhx]|Ts|CT|St|Mr|Mrs)$"
)
_DIGITS = pattern(r"(?: (?:không|một|hai|ba|bốn|năm|sáu|bảy|tám|chín)){2},$")
_LABEL = pattern(
    r"(?:^|\n|[.;:]\s|[Mm]ục |[Đđ]iều |[Pp]hần |[Kk]hoản )\s*(?:\d{1,2}(?:\.\d{1,2})*|[a-zđA-Z]|[IVX]{1,5})$"
)
_NAME = pattern(rf"[{UPPER}][{LOWER}]+ [A-ZĐ]$")


def sentences(text: str) -> list[str]:
    """The sentences of a written text, without the blanks between: ["TP. Lào Cai có mưa to.", "Bà con chú ý."]."""
    return [" ".join(piece.split()) for piece, _ in _pieces(unwrap_lines(text)) if piece.strip()]


def utterances(spoken: str, limit: int = LIMIT) -> tuple[Utterance, ...]:
    """Sentences of a spoken text, none longer than `limit` characters, each with the pause its punctuation asks for."""
    lines: list[Utterance] = []
    for piece, gap in _pieces(spoken):
        parts = [part for part in _breaths(" ".join(piece.split()), limit) if any(c.isalnum() for c in part)]
        lines += [Utterance(part, _pause(part)) for part in parts[:-1]]
        if parts:
            lines.append(Utterance(parts[-1], max(_pause(parts[-1]), _PAUSES["\n"] if "\n" in gap else _PAUSES["."])))
    return tuple(lines)


def places(spoken: str, lines: Iterable[Utterance]) -> Iterator[tuple[int, int]]:
    """Where each of its utterances, in order, stands in a spoken text, [from, to)."""
    letters = [at for at, letter in enumerate(spoken) if not letter.isspace()]
    packed, at = "".join(spoken.split()), 0
    for line in lines:
        words = "".join(line.text.split())
        at = packed.index(words, at)
        yield letters[at], letters[at + len(words) - 1] + 1
        at += len(words)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Each sentence and the blanks behind it."""
    begin = 0
    for match in _STOP.finditer(text):
        end = match.end(1) if match[1] else match.start()
        if match[1] and "\n" not in match[2] and not _ends_sentence(text, match):
            continue
        yield text[begin:end], text[end : match.end()]
        begin = match.end()
    yield text[begin:], "\n"


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    """Whether a full stop is one: not behind a title, an initial or a label, and not before a small letter."""
    head = text[max(0, match.start() - _LONGEST) : match.start()]
    following = text[match.end() : match.end() + 3].lstrip('"“‘( ')[:1]
    if match[1] != ".":
        return ("…" not in match[1] and ".." not in match[1]) or following.isupper()
    if _NAME.search(head):
        return following.isupper() and not _TITLE.search(head)
    if _TITLE.search(head) or _is_label(head):
        return False
    return not following.islower()


def _is_label(head: str) -> bool:
    """Whether `head` ends with the label of a list: 1.2, b, IV."""
    match = _LABEL.search(head)
    return match is not None and (match.start() > 0 or len(head) < _LONGEST)


def _pause(part: str) -> float:
    return _PAUSES.get(part.rstrip('"”’) ')[-1:], _PAUSES[","])


def _breaths(sentence: str, limit: int) -> Iterator[str]:
    """Cut at clause boundaries, the strongest first; where there is none, between words."""
    begin = 0
    while len(sentence) - begin > limit:
        end = begin + _boundary(sentence[begin : begin + limit], limit)
        yield sentence[begin:end].strip()
        begin = end + (sentence[end] == " ")
    yield sentence[begin:].strip()


def _ends_of(signs: str, window: str) -> Iterator[int]:
    """Where one of `signs` ends a clause of `window`."""
    return (at + 1 for at, letter in enumerate(window[:-1]) if letter in signs and window[at + 1] == " ")


def _may_stop(window: str, at: int) -> bool:
    """Whether a speaker may stop here: neither inside a bracket behind a colon nor between the digits of a number."""
    inside = window.count("(", 0, at) > window.count(")", 0, at)
    return not (window[at - 1] == ":" and inside) and _DIGITS.search(f" {window[:at]}") is None


def _boundary(window: str, limit: int) -> int:
    """Where to cut `window`, of `limit` letters: behind a sign, else before a conjunction, else between words."""
    for signs in (".!?;:", ",)", "-–"):
        at = max((at for at in _ends_of(signs, window) if _may_stop(window, at)), default=0)
        if at > limit // 4:
            return at
    for word in (" (", " để ", " hoặc ", " nhưng ", " mà ", " thì ", " về việc ", " theo ", " của ", " tại ", " và "):
        at = window.rfind(word)
        if at > limit // 3:
            return at
    at = window.rfind(" ")
    return at if at > 0 else limit
