"""A document's fingerprint as eight syllables that two people can compare by telephone: 80 bits of its SHA-256.

Sixteen onsets × sixteen rimes × four tones, 1,024 Vietnamese syllables of ten bits each.

What sounds alike in a part of the country is left out (n beside l, ch beside tr, x beside s, d and gi, an beside ang,
hỏi beside ngã), and so are the rimes of words that nobody says aloud in an office.
"""

from __future__ import annotations

import hashlib
import unicodedata

ONSETS = ("b", "c", "đ", "g", "h", "kh", "l", "m", "nh", "ng", "ph", "r", "s", "t", "th", "v")
RIMES = ("a", "am", "ang", "ao", "au", "o", "om", "ong", "ơ", "ơi", "ơm", "ui", "um", "ung", "ưa", "ưng")
TONES = ("", "\u0300", "\u0301", "\u0323")  # ngang, huyền, sắc, nặng
SYLLABLES, BITS = 8, 10


def fingerprint(payload: bytes) -> str:
    """Eight syllables for these bytes.

    >>> fingerprint(b"")
    'tháo sao hau phom vum mà hới rựa'
    """
    number = int.from_bytes(hashlib.sha256(payload).digest()[: SYLLABLES * BITS // 8])
    parts = [number >> BITS * place & 2**BITS - 1 for place in reversed(range(SYLLABLES))]
    return " ".join(map(_syllable, parts))


def _syllable(number: int) -> str:
    """One of the 1,024."""
    rest, tone = divmod(number, len(TONES))
    onset, rime = divmod(rest, len(RIMES))
    vowel, tail = RIMES[rime][0], RIMES[rime][1:]
    return unicodedata.normalize("NFC", ONSETS[onset] + vowel + TONES[tone] + tail)
