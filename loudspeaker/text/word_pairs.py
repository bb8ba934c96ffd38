"""Which words stand beside each other in Vietnamese announcements, and the marks that text typed without them had.

A line without marks is read by a model of pairs of words: of all ways to put marks on its syllables each form is given
the share of the ways that have it (forward-backward, as in a hidden Markov model), and a syllable gets the marks that
it has in the likeliest way (Viterbi) where their share is large; else it stays as typed. The table is
lexicon/word_pairs.tsv.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from math import log

from .lazy_regex import pattern
from .lexicon import rows
from .person_names import PersonNames
from .syllables import is_plain_syllable, without_marks

EDGE = "."  # a sign, or the edge of a line
NUMBER = "0"
_CERTAIN = 0.4  # share of a form that is taken
_TOKEN = pattern(r"[^\W\d_]+|\d[\d.,:/-]*|[^\w\s]")
_ALONE = pattern(r"(?<![\w.@/:-])[A-Za-z]+(?![\w@/-]|[.:]\w)")
_DONG = pattern(r"(?<=\d)d(?!\w)|(?<=\dtr)d(?!\w)|(?<=\d )d(?![\w.])")  # 25.000d, 3trd
_UNITS = "khẩu|tháng|người|năm|ngày|hộ|buổi|lượt|cây|sào|mẫu|tấn|tạ|lít|chuyến|suất|giờ|vụ"
_MARKED_UNITS = {without_marks(unit): unit for unit in _UNITS.split("|")}
_PER = pattern(rf"(?<=[\ddđ%kr])(?:/(?:{'|'.join(_MARKED_UNITS)}))+(?!\w)")  # 8.000d/khau/thang
_UNSEEN = 0.1  # how often a word stands for which that is not in the table
_MOST_FORMS = 12
_OFTEN, _BOUND = 3, 2.0  # how often words of a phrase stood together, and how strongly they are drawn to each other
_LINKS = frozenset(
    re.findall(
        r"\w+",
        "từ đến tới của và các những tại ở trong ngoài là thì mà có không được bị cho với về theo khi nếu do để đã "
        "đang sẽ ngày tháng năm tuần giờ phút thứ số lần mỗi một hai ba bốn sáu bảy tám chín mười này đó rất ra vào",
    )
)


def tokens(line: str) -> Iterator[tuple[str, int]]:
    """The words of a line in small letters and where each begins; a number is “0”, a sign is EDGE."""
    for match in _TOKEN.finditer(line):
        word = match[0]
        yield (word.lower() if word[0].isalpha() else NUMBER if word[0].isdecimal() else EDGE), match.start()


class WordPairs:
    """How often words stand, alone and behind each other; a line of the table is parted when it is first needed."""

    def __init__(self, lines: Iterable[Sequence[str]], names: PersonNames | None = None) -> None:
        self._names = names or PersonNames(())
        self._lines = {word: (int(count), following) for word, count, following in lines}
        self._phrases: dict[str, Mapping[str, float]] = {}
        self._following: dict[str, tuple[Mapping[str, int], float, float]] = {}
        self._total = sum(count for count, _ in self._lines.values())

    @cached_property
    def _forms(self) -> dict[str, list[str]]:
        forms: dict[str, list[str]] = {}
        for word in self._lines:  # the most frequent first
            forms.setdefault(without_marks(word), []).append(word)
        return forms

    def pair_count(self, first: str, second: str) -> int:
        """How often `second` stood right behind `first`; 0 where that was chance."""
        return self._parts(first)[0].get(second, 0)

    def attraction(self, first: str, second: str) -> float:
        """How many times likelier `second` is behind `first` than anywhere, as a logarithm."""
        return log(self.likelihood(first, second) / self._share(second))

    def phrases(self, initials: str) -> Mapping[str, float]:
        """Phrases with these small initials, each word drawn to the next, and how likely they are, as a logarithm."""
        if initials not in self._phrases:
            first = (word for word in self._lines if word[0] == initials[0] and tells(word))
            chains: dict[tuple[str, ...], float] = {(word,): log(self._share(word)) for word in first}
            for letter in initials[1:]:
                chains = {
                    (*chain, word): likely + log(self.likelihood(chain[-1], word))
                    for chain, likely in chains.items()
                    for word in self._bound(chain[-1], letter)
                }
            self._phrases[initials] = {" ".join(chain): likely for chain, likely in chains.items()}
        return self._phrases[initials]

    def _bound(self, first: str, letter: str) -> Iterator[str]:
        """The words with a first letter that make a phrase with the word before."""
        for word, seen in self._parts(first)[0].items():
            if word[0] == letter and seen >= _OFTEN and tells(word) and self.attraction(first, word) > _BOUND:
                yield word

    def before(self, letters: str, second: str) -> Mapping[str, int]:
        """The words with these first letters that stood right before `second`, and how often."""
        words = (word for word in self._lines if word.startswith(letters) and word.isalpha())
        return {word: seen for word in words if (seen := self.pair_count(word, second))}

    def forms(self, bare: str) -> Sequence[str]:
        """The words that are written so without marks, the most frequent first; itself where none is known."""
        return self._forms.get(bare, [bare])[:_MOST_FORMS]

    def likelihood(self, first: str, second: str) -> float:
        """How likely `second` stands behind `first`: its share there, and where little is known its share anywhere."""
        following, behind, known = self._parts(first)
        return (following.get(second, 0) / behind * known if behind else 0.0) + (1 - known) * self._share(second)

    def _share(self, word: str) -> float:
        """Which share of all words a word is."""
        return (self._lines[word][0] if word in self._lines else _UNSEEN) / self._total

    def _parts(self, word: str) -> tuple[Mapping[str, int], float, float]:
        """What stands behind a word, how often anything of the table does, and how far that is to be believed."""
        if word not in self._following:
            count, listed = self._lines.get(word, (0, ""))
            pairs = dict(_parse_pairs(listed))
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
        named = self._names.forms(line, found)
        forms = [named.get(at) or (self.forms(word) if word.isalpha() else (word,)) for word, at in found]
        chain = [(EDGE,), *forms, (EDGE,)]
        letters = list(_PER.sub(_mark_units, _DONG.sub("đ", line)))
        for (word, at), best, shares in zip(found, self._likeliest(chain), self._shares(chain), strict=True):
            certain = at in named or shares[best] >= _CERTAIN
            if certain and len(best) == len(word) and _is_restorable(line, word, at):
                old = line[at : at + len(word)]
                letters[at : at + len(word)] = (
                    new.upper() if letter.isupper() else new for letter, new in zip(old, best, strict=True)
                )
        return "".join(letters)

    def is_name(self, line: str) -> bool:
        """Whether all words of a line without marks are somebody's name: Do Thi Hoai"""
        found = list(tokens(line))
        return bool(found) and len(self._names.forms(line, found)) == len(found)

    def _likeliest(self, chain: Sequence[Sequence[str]]) -> Sequence[str]:
        """The forms of the likeliest way through a chain, without its ends (Viterbi)."""
        ways = {form: (0.0, [form]) for form in chain[0]}
        for forms in chain[1:]:
            ways = {
                form: max(
                    (cost + log(self.likelihood(before, form)), [*way, form]) for before, (cost, way) in ways.items()
                )
                for form in forms
            }
        return max(ways.values())[1][1:-1]

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


def _mark_units(match: re.Match[str]) -> str:
    """What an amount is paid for, with its marks: 8.000d/khau/thang -> /khẩu/tháng"""
    return "/".join(_MARKED_UNITS.get(unit, unit) for unit in match[0].split("/"))


def tells(word: str) -> bool:
    """Whether a word says what a thing is: it is no number and no word like “của”."""
    return len(word) > 1 and word.isalpha() and word not in _LINKS


def _parse_pairs(listed: str) -> Iterator[tuple[str, int]]:
    for pair in listed.split("|") if listed else ():
        word, count = pair.split(" ")
        yield word, int(count)


def _normalize(shares: Mapping[str, float]) -> dict[str, float]:
    whole = sum(shares.values()) or 1.0
    return {form: share / whole for form, share in shares.items()}


@lru_cache(maxsize=1)
def word_pairs() -> WordPairs:
    """The table, loaded when it is first needed."""
    return WordPairs(rows("word_pairs.tsv"), PersonNames(rows("person_names.tsv")))
