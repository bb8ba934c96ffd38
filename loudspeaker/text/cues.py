"""Cues: words that decide a reading by standing right before a place or right behind it, and how they are compared."""

from __future__ import annotations

from collections.abc import Iterator

from .lazy_regex import pattern
from .syllables import LOWER

_SIGN = pattern(r"[(“\"/*•&'\\^~#_|{}<>=+@$€£°±≥≤§-]")
_TIGHT = pattern(r"[,;:.\n](?=[^\W\d])")  # 11h30,ngày 6; địa phương.Ngày 04/03; a line that begins with Ngày
_TYPED = {"trc": "trước", "đc": "được", "vs": "với"}  # in a hurry
_NOT_PLAIN = pattern(rf"[^{LOWER} |]| (?=\||$)|(?<![^ |])(?:{'|'.join(_TYPED)})(?![^|])")  # as they would be compared
_TONES = {  # where the tone mark stands today, and where it stood
    "ủy": "uỷ",
    "óa": "oá",
    "òa": "oà",
    "ỏa": "oả",
    "õa": "oã",
    "ọa": "oạ",
    "ỏe": "oẻ",
    "úy": "uý",
    "ùy": "uỳ",
    "ụy": "uỵ",
}


def words_before(cues: str) -> tuple[str, ...]:
    """Cues that stand right before a place, “ngày|sáng nay”, each whole: for `context.is_after`."""
    plain = _NOT_PLAIN.search(cues) is None
    return tuple(f" {cue}" for cue in spellings(cues)) if plain else tuple(map(beside, spellings(cues)))


def words_after(cues: str) -> tuple[str, ...]:
    """Cues that stand right behind a place: for `context.is_before`."""
    return tuple(spellings(cues))


def beside(words: str) -> str:
    """Words as they are compared where they stand before a place: lower case, a blank in front, no signs at the end."""
    words = _TIGHT.sub(lambda sign: f"{sign[0]} ", _SIGN.sub(" ", f" {words.lower()}").rstrip(" .,:%\n"))
    head, _, last = words.rpartition(" ")
    return f"{head} {_TYPED[last]}" if last in _TYPED else words


def spellings(cues: str) -> Iterator[str]:
    """“ủy ban|xã” -> ủy ban, uỷ ban, xã: people set the tone mark in the new and in the old place."""
    tones = [(new, old) for new, old in _TONES.items() if new in cues]
    for cue in cues.split("|"):
        yield cue
        for new, old in tones:
            if new in cue:
                yield cue.replace(new, old)


def either_case(cues: str) -> str:
    """A pattern for cues that may begin with a capital: “thôn|TDP” -> [Tt]hôn|TDP."""
    return "|".join(f"[{cue[0].upper()}{cue[0]}]{cue[1:]}" if cue[0].islower() else cue for cue in cues.split("|"))
