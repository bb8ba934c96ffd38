"""Which words stand beside each other in Vietnamese announcements, and the marks that text typed without them had.

A line without marks is read by a model of pairs of words: of all ways to put marks on its syllables each form is given
the share of the ways that have it (forward-backward, as in a hidden Markov model), and a syllable gets the marks of
its likeliest form where that is nearly certain; else it stays as typed. The table is lexicon/word_pairs.tsv.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from .lazy_regex import pattern
from .lexicon import rows
from .syllables import is_plain_syllable, without_marks

EDGE = "."  # a sign, or the edge of a line
_NUMBER = "0"
_CERTAIN = 0.6  # share of a form that is taken
_TOKEN = pattern(r"[^\W\d_]+|\d[\d.,:/-]*|[^\w\s]")
_ALONE = pattern(r"(?<![\w.@/:-])[A-Za-z]+(?![\w@/-]|[.:]\w)")
_DONG = pattern(r"(?<=\d)d(?!\w)|(?<=\dtr)d(?!\w)|(?<=\d )d(?![\w.])")  # 25.000d, 3trd
_UNSEEN = 0.1  # how often a word stands for which that is not in the table
_MOST_FORMS = 12


def tokens(line: str) -> Iterator[tuple[str, int]]:
    """The words of a line in small letters and where each begins; a number is “0”, a sign is EDGE."""
    for match in _TOKEN.finditer(line):
        word = match[0]
        yield (word.lower() if word[0].isalpha() else _NUMBER if word[0].isdecimal() else EDGE), match.start()


class WordPairs:
    """How often words stand, alone and behind each other; a line of the table is parted when it is first needed."""

    def __init__(self, lines: Iterable[Sequence[str]]) -> None:
        self._lines = {word: (int(count), following) for word, count, following in lines}
        self._following: dict[str, tuple[Mapping[str, int], float, float]] = {}
        self._total = sum(count for count, _ in self._lines.values())
        self._forms: dict[str, list[str]] = {}
        for word in self._lines:  # the most frequent first
            self._forms.setdefault(without_marks(word), []).append(word)

    def forms(self, bare: str) -> Sequence[str]:
        """The words that are written so without marks, the most frequent first; itself where none is known."""
        return self._forms.get(bare, [bare])[:_MOST_FORMS]

    def likelihood(self, first: str, second: str) -> float:
        """How likely `second` stands behind `first`: its share there, and where little is known its share anywhere."""
        following, behind, known = self._parts(first)
        anywhere = (self._lines[second][0] if second in self._lines else _UNSEEN) / self._total
        return (following.get(second, 0) / behind * known if behind else 0.0) + (1 - known) * anywhere

    def _parts(self, word: str) -> tuple[Mapping[str, int], float, float]:
        """What stands behind a word, how often anything of the table does, and how far that is to be believed."""
        if word not in self._following:
            count, listed = self._lines.get(word, (0, ""))
            pairs = dict(_parted(listed))
            seen = float(sum(pairs.values()))
            # As Witten and Bell smooth: a word with many different ones behind it may have yet another.
            known = seen / (max(seen, count) + len(pairs) + 1)
            self._following[word] = (pairs, seen, known)
        return self._following[word]

    def restore(self, line: str) -> str:
        """A line that was typed without marks, with those that are certain; as long as before."""
        found = list(tokens(line))
        if not found:
            return line
        chain = [(EDGE,), *(self.forms(word) if word.isalpha() else (word,) for word, _ in found), (EDGE,)]
        letters = list(_DONG.sub("đ", line))
        for (word, at), shares in zip(found, self._shares(chain), strict=True):
            best = max(shares, key=shares.__getitem__)
            if shares[best] >= _CERTAIN and len(best) == len(word) and _is_restorable(line, word, at):
                old = line[at : at + len(word)]
                letters[at : at + len(word)] = (
                    new.upper() if letter.isupper() else new for letter, new in zip(old, best, strict=True)
                )
        return "".join(letters)

    def _shares(self, chain: Sequence[Sequence[str]]) -> Iterator[Mapping[str, float]]:
        """For each place of a chain but its ends, its forms and their shares."""
        forward = [{form: 1.0 for form in chain[0]}]
        for forms in chain[1:]:
            ways = {
                form: sum(share * self.likelihood(before, form) for before, share in forward[-1].items())
                for form in forms
            }
            forward.append(_normalize(ways))
        behind = {form: 1.0 for form in chain[-1]}
        shares: list[Mapping[str, float]] = []
        for at in range(len(chain) - 2, 0, -1):
            behind = _normalize(
                {
                    form: sum(share * self.likelihood(form, after) for after, share in behind.items())
                    for form in chain[at]
                }
            )
            shares.append(_normalize({form: forward[at][form] * behind[form] for form in chain[at]}))
        return reversed(shares)


def _is_restorable(line: str, word: str, at: int) -> bool:
    """Whether a word is a syllable by itself: no abbreviation in capitals, no part of an address or a code."""
    whole = _ALONE.match(line, at)
    shouted = len(word) > 1 and line[at : at + len(word)].isupper() and not line.isupper()
    return whole is not None and not shouted and is_plain_syllable(word)


def _parted(listed: str) -> Iterator[tuple[str, int]]:
    for pair in listed.split("|") if listed else ():
        word, count = pair.split(" ")
        yield word, int(count)


def _normalize(shares: Mapping[str, float]) -> dict[str, float]:
    whole = sum(shares.values()) or 1.0
    return {form: share / whole for form, share in shares.items()}


@lru_cache(maxsize=1)
def word_pairs() -> WordPairs:
    """The table, loaded when it is first needed."""
    return WordPairs(rows("word_pairs.tsv"))
