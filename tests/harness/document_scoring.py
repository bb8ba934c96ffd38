"""Judge the reading of whole documents: are they said line by line as an announcer says them? No rule may come in.

A document is NAME.txt with NAME.gold.jsonl (tests/data/documents/README.md). What was heard is a list of sentences,
each a list of phrases: a sentence ends with a full stop's pause, a phrase with a shorter one. A line is right where one
sentence says its words, with a pause wherever the line must have one and no full stop inside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, takewhile
from pathlib import Path
from typing import Any

from harness.scoring import Form, canonical, certain_words, choices, ends_of, likely_choices, possible_words

PAUSE = "\ue0ff"  # stands in canonical text where a short pause is heard; no mark of scoring.py uses it
FULL_STOP = 0.8  # seconds of silence at which a sentence has ended
SHORT_PAUSE = re.compile(r"[,;:](?= |$)")  # within an utterance
BLANK = re.compile(" (?=[^ ])")
FACTS = {"date", "time", "phone", "money", "name"}  # whatever else is wrong, these must not be wrong in silence
DIGIT_NAMES = "không một mốt hai ba bốn tư năm lăm sáu bảy tám chín mười mươi linh trăm nghìn triệu tỷ phẩy rưỡi"
NUMBER_WORDS = tuple(f"{word} " for word in canonical(DIGIT_NAMES).split())

Sentence = Sequence[str]  # its phrases


@dataclass(frozen=True)
class Line:
    """One line of a gold file: what must be said, or may be said, and which written lines it comes from."""

    required: str
    optional: str
    first: int  # written line, from 1
    last: int
    tags: frozenset[str]
    join: bool  # may be said in one sentence with the line before
    facts: tuple[str, ...] | None = None  # patterns of each fact in it, in order; None where only tags tell of them

    @cached_property
    def parts(self) -> Sequence[str]:
        """Patterns of what may be said between the pauses that it must have."""
        return (self.required or self.optional).split(" , ")

    @cached_property
    def possible_words(self) -> frozenset[str]:
        """No other words are in it, canonical."""
        return possible_words(self.required or self.optional)

    @cached_property
    def certain_words(self) -> frozenset[str]:
        """Those that it has whatever is chosen, canonical."""
        return certain_words(self.required or self.optional)

    @cached_property
    def vocabulary(self) -> set[str]:
        """Every word that the pattern has, canonical."""
        return set(canonical(re.sub(r"[()|]", " ", self.required or self.optional)).split())

    def is_found_in(self, stream: str) -> bool:
        """Whether its words are said somewhere in canonical text, with whatever pauses."""
        starts = {match.end() for match in BLANK.finditer(stream)}
        return any(_ends(self, stream, starts, starts, forms_of) for forms_of in FORMS)

    def has_wrong_fact(self, heard: str) -> bool:
        """Whether a fact is not said in a text of `heard_text`, of a line whose words are not all right.

        Where only tags tell of facts, any of them counts as wrong.
        """
        if self.facts is None:
            return bool(self.tags & FACTS)
        return not any(_says_facts(self.facts, heard, forms_of) for forms_of in FORMS)


def _all_forms(pattern: str, heard: str) -> tuple[Form, ...]:
    return _forms_of(pattern)


def _likely_forms(pattern: str, heard: str) -> Iterable[Form]:
    """A few of them: thousands need not be made for a line that is said."""
    return map(Form.of, likely_choices(pattern, f" {heard}"))


@cache
def _forms_of(pattern: str) -> tuple[Form, ...]:
    return tuple(dict.fromkeys(map(Form.of, choices(pattern))))


FormsOf = Callable[[str, str], Iterable[Form]]  # of a pattern, to be looked for in canonical text
FORMS: tuple[FormsOf, ...] = (_likely_forms, _all_forms)  # what the first does not find, the last may


def _ends(line: Line, heard: str, starts: set[int], pauses: Container[int], forms_of: FormsOf) -> set[int]:
    """Where a line may end in canonical text, if it is said from one of the words at `starts` on.

    `pauses`: the words before which a short pause is heard, one of them before each of its parts but the first.
    """
    for number, pattern in enumerate(line.parts):
        begins = {start for start in starts if start in pauses} if number else starts
        starts = ends_of(tuple(forms_of(pattern, heard)), heard, begins) if begins else set()
    return starts


def _says_facts(facts: Iterable[str], heard: str, forms_of: FormsOf) -> bool:
    """Whether a text of `heard_text` says these facts in order, none of them as a part of a longer number."""
    bare, pauses = split_pauses(heard)
    words = [0, *(match.end() for match in BLANK.finditer(bare))]
    numbers = {start for start in words if bare.startswith(NUMBER_WORDS, start)}
    inside = {word for word, before in zip(words[1:], words, strict=False) if {word, before} <= numbers} - pauses
    begins = set(words) - inside
    for fact in facts:
        ends = ends_of(tuple(forms_of(fact, bare)), bare, begins) - inside
        if not ends:
            return False
        begins = {start for start in begins if start >= min(ends)}
    return True


@dataclass(frozen=True)
class Document:
    """A written text and its lines as an announcer says them."""

    name: str
    text: str
    lines: tuple[Line, ...]

    @classmethod
    def of(cls, name: str, text: str, rows: Iterable[Mapping[str, Any]]) -> Document:
        """From the rows of a gold file."""
        lines = tuple(
            Line(
                row["line"],
                row.get("optional", ""),
                row["from"],
                row["to"],
                frozenset(row["tags"]),
                "join" in row,
                tuple(row["facts"]) if "facts" in row else None,
            )
            for row in rows
        )
        return cls(name, text, lines)

    @cached_property
    def required(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.required)

    def only_optional(self, text: str) -> bool:
        """Whether a sentence says optional lines and nothing else, in any order."""
        said = set(text.split()) <= self._optional_words
        return said and any(_says_only(text, self._optional, forms_of) for forms_of in FORMS)

    @cached_property
    def _optional(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.optional)

    @cached_property
    def _optional_words(self) -> Set[str]:
        return _possible_words(self._optional)


@dataclass(frozen=True)
class Judgement:
    """What became of one required line."""

    line: Line
    heard: str  # the sentence that took its place, "" where none did
    near: str  # that sentence with those beside it that took the place of no line; all around it where none did
    right: bool  # in words and cut
    words_right: bool  # its words were said, maybe across sentences


@dataclass(frozen=True)
class Score:
    """All required lines of a document, and the sentences that no line asked for."""

    document: Document
    judgements: tuple[Judgement, ...]
    extra: tuple[str, ...]

    @property
    def right(self) -> int:
        return sum(judgement.right for judgement in self.judgements)

    def unmarked(self, marked: Iterable[int]) -> list[Judgement]:
        """Lines whose words are wrong, none of whose written lines is in `marked`."""
        lines = set(marked)
        return [
            judgement
            for judgement in self.judgements
            if not judgement.words_right and not lines & set(range(judgement.line.first, judgement.line.last + 1))
        ]

    def silent(self, marked: Iterable[int]) -> list[Judgement]:
        """Those of `unmarked` in which a fact is wrong."""
        return [one for one in self.unmarked(marked) if one.line.has_wrong_fact(one.near)]


def load(folder: Path) -> list[Document]:
    """The documents of a folder, by name."""
    return [load_one(path) for path in paths_of(folder)]


def paths_of(folder: Path) -> list[Path]:
    """Where the texts of a folder's documents are, by name."""
    return sorted(folder.glob("*.txt"))


def load_one(path: Path) -> Document:
    """The document of a text, with the lines of the gold file beside it."""
    rows = map(json.loads, path.with_suffix(".gold.jsonl").read_text("utf-8").splitlines())
    return Document.of(path.stem, path.read_text("utf-8"), rows)


def heard_sentences(utterances: Iterable[tuple[str, float]]) -> list[Sentence]:
    """Sentences as they are heard, from texts and the silence behind each in seconds."""
    found: list[Sentence] = []
    phrases: list[str] = []
    for text, pause in utterances:
        phrases += [phrase for phrase in SHORT_PAUSE.split(text) if phrase.strip()]
        if pause >= FULL_STOP and phrases:
            found.append(phrases)
            phrases = []
    return [*found, phrases] if phrases else found


def heard_text(sentence: Sentence) -> str:
    """Canonical text with a mark behind each phrase but the last."""
    phrases = [text[1:] for phrase in sentence if (text := canonical(phrase)).strip()]
    return f"{PAUSE} ".join(phrases)


def split_pauses(text: str) -> tuple[str, frozenset[int]]:
    """A text of `heard_text` without its pauses, and where the words begin before which they are."""
    phrases = text.split(f"{PAUSE} ")
    return "".join(phrases), frozenset(accumulate(map(len, phrases[:-1])))


def score(document: Document, heard: Sequence[Sentence]) -> Score:
    """Pair the sentences with the required lines, in order, so that most lines are right and fewest sentences extra.

    Sentences that only say optional lines are nobody's fault. A line that may be joined to those before it is also
    right where one sentence says them all.
    """
    texts = [text for sentence in heard if (text := heard_text(sentence))]
    stream = canonical(" ".join(phrase for sentence in heard for phrase in sentence))
    judgements: list[Judgement] = []
    extra: list[str] = []
    pairs = _paired(document, texts)
    for number, (text, lines, right) in enumerate(pairs):
        if text and not lines:
            extra.append(text)
        near = _said_near(pairs, number)
        judgements += [Judgement(line, text, near, right, right or line.is_found_in(stream)) for line in lines]
    return Score(document, tuple(judgements), tuple(extra))


Pair = tuple[str, tuple[Line, ...], bool]  # a sentence or "", the lines that it took the place of, is it right?


def _said_near(pairs: Sequence[Pair], number: int) -> str:
    """What a pair says, with the sentences beside it that took no line's place; with its neighbours if it has none."""
    own = pairs[number][0]

    def beside(others: Sequence[Pair]) -> list[str]:
        free = list(takewhile(lambda pair: not (pair[0] and pair[1]), others))
        return [text for text, _, _ in others[: len(free) + (not own)] if text]

    before = beside(pairs[:number][::-1])
    return f"{PAUSE} ".join([*before[::-1], *([own] if own else []), *beside(pairs[number + 1 :])])


def _paired(document: Document, texts: Sequence[str]) -> list[Pair]:
    """The best way through sentences and lines, found from their ends; sentences of optional lines are left out."""
    lines = document.required
    free = [document.only_optional(text) for text in texts]
    words = [set(text.split()) for text in texts]
    groups = [[_with_words(group) for group in _groups(lines, number)] for number in range(len(lines))]
    # (sentence, line) -> lines right from there on, less a little for each extra sentence; the pair; where to go on
    best: dict[tuple[int, int], tuple[float, Pair | None, tuple[int, int]]] = {}
    for at in range(len(texts), -1, -1):
        for number in range(len(lines), -1, -1):
            ways: list[tuple[float, Pair | None, tuple[int, int]]] = []
            if number < len(lines):
                ways.append((0, ("", (lines[number],), False), (at, number + 1)))
            if at < len(texts):
                ways.append(
                    (0, None, (at + 1, number)) if free[at] else (-0.01, (texts[at], (), False), (at + 1, number))
                )
            if at < len(texts) and number < len(lines):
                pair = (texts[at], (lines[number],), False)
                ways.append((0.01 * _likeness(words[at], lines[number]), pair, (at + 1, number + 1)))
                ways += [
                    (len(group), (texts[at], group, True), (at + 1, number + len(group)))
                    for group, certain, possible in groups[number]
                    if certain <= words[at] <= possible and any(_says(texts[at], group, forms_of) for forms_of in FORMS)
                ]
            scored = [(value + best[end][0], pair, end) for value, pair, end in ways]
            best[at, number] = max(scored, key=lambda way: way[0]) if scored else (0, None, (at, number))
    pairs, here = [], (0, 0)
    while here != (len(texts), len(lines)):
        _, pair, here = best[here]
        pairs += [pair] if pair else []
    return pairs


def _likeness(words: Set[str], line: Line) -> float:
    """The share of a sentence's words that also stand in the line: tells which line a wrong sentence was meant for."""
    return len(words & line.vocabulary) / len(words)


def _groups(lines: Sequence[Line], number: int) -> list[tuple[Line, ...]]:
    """The line of this number by itself, and with as many behind it as may be joined."""
    joined = len(list(takewhile(lambda line: line.join, lines[number + 1 :])))
    return [tuple(lines[number : number + 1 + more]) for more in range(joined + 1)]


def _with_words(lines: tuple[Line, ...]) -> tuple[tuple[Line, ...], Set[str], Set[str]]:
    """Lines, the words that they certainly have, and all that they may have: for others no form need be made."""
    return lines, frozenset().union(*(line.certain_words for line in lines)), _possible_words(lines)


def _possible_words(lines: Iterable[Line]) -> Set[str]:
    return {PAUSE}.union(*(line.possible_words for line in lines))


def _says(text: str, lines: Iterable[Line], forms_of: FormsOf) -> bool:
    """Whether these lines behind each other are all that is said, a pause between the parts of each."""
    bare, pauses = split_pauses(text)
    found = {0}
    for line in lines:
        found = _ends(line, bare, found, pauses, forms_of)
    return len(bare) in found


def _says_only(text: str, lines: Sequence[Line], forms_of: FormsOf) -> bool:
    """Whether some of these lines, in any order, are all that is said."""
    bare, pauses = split_pauses(text)
    reached, begins = {0}, {0}
    while begins:
        begins = {end for line in lines for end in _ends(line, bare, begins, pauses, forms_of)} - reached
        reached |= begins
    return len(bare) in reached
