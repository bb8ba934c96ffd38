"""The commune's own words: longest first, whole words only, over everything else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .letters import Letters
from .rules import Said
from .syllables import UPPER


class OwnWords:
    """`say`, `abbrev` and `names` of a commune, ready to be found in a text.

    A key in small letters also fits at the beginning of a sentence; one with capitals fits as it is written.
    A reading is a key of itself, so that it is left alone when it is read again.
    """

    def __init__(self, words: Sequence[tuple[str, str]]) -> None:
        given = {Letters(key).text.strip(): value for key, value in words}
        readings = dict.fromkeys(given.values()) | given
        self._readings = {key: value or key for key, value in readings.items() if key}
        keys = sorted(self._readings, key=len, reverse=True)
        self._pattern = re.compile(rf"(?:{'|'.join(map(_key, keys))})(?!\w)") if keys else None

    def found(self, text: str) -> Sequence[Said]:
        """Every own word in `text`, in order."""
        if self._pattern is None:
            return ()
        return [self._said(match) for match in self._pattern.finditer(text)]

    def _said(self, match: re.Match[str]) -> Said:
        written = match[0]
        reading = self._readings.get(written) or self._readings[written[0].lower() + written[1:]]
        return Said(match.start(), match.end(), reading, None, "own")


def _key(key: str) -> str:
    """A key as a pattern; in small letters it may begin a sentence, but never a name: “Ca Văn Lan” is not “ca”."""
    escaped = re.escape(key)
    if not key[0].isalpha():
        return rf"(?<!\w){escaped}"
    if not key.islower():
        return rf"(?<![^\W\d]){escaped}"
    return rf"(?<![^\W\d])(?:{escaped}|{re.escape(key[0].upper() + key[1:])}(?! [{UPPER}]))"
