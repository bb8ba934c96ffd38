"""Judge the reading of whole documents: are they said line by line as an announcer says them? No rule may come in.

A document is NAME.txt with NAME.gold.jsonl (tests/data/documents/README.md). What was heard is a list of sentences,
each a list of phrases: a sentence ends with a full stop's pause, a phrase with a shorter one. A line is right where one
sentence says its words, with a pause wherever the line must have one and no full stop inside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import takewhile
from pathlib import Path
from typing import Any

from harness.scoring import Form, canonical, choices

PAUSE = "\ue0ff"  # stands in canonical text where a short pause is heard; no mark of scoring.py uses it
FULL_STOP = 0.8  # seconds of silence at which a sentence has ended
SHORT_PAUSE = re.compile(r"[,;:](?= |$)")  # within an utterance
FACTS = {"date", "time", "phone", "money", "name"}  # whatever else is wrong, these must not be wrong in silence

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

    @cached_property
    def parts(self) -> tuple[tuple[Form, ...], ...]:
        """What may be said between the pauses that it must have."""
        return tuple(map(_forms, (self.required or self.optional).split(" , ")))

    @cached_property
    def vocabulary(self) -> set[str]:
        """Every word that the pattern has, canonical."""
        return set(canonical(re.sub(r"[()|]", " ", self.required or self.optional)).split())

    def expressions(self, heard: str) -> list[str]:
        """For each part those of its forms that may be in `heard`; all of a line's forms take too long to compile.

        Empty where a part has none: then the line is not said there, and nothing need be compiled.
        """
        found = [[form for form in forms if form.may_be_in(heard)] for forms in self.parts]
        if not all(found):
            return []
        return [f"(?:{'|'.join(dict.fromkeys(form.expression for form in part))})" for part in found]

    def is_found_in(self, stream: str) -> bool:
        """Whether its words are said somewhere in canonical text in which no pause is marked."""
        parts = self.expressions(stream)
        return bool(parts) and re.search("(?<= )" + "".join(parts), stream) is not None


@cache
def _forms(pattern: str) -> tuple[Form, ...]:
    return tuple(dict.fromkeys(map(Form.of, choices(pattern))))


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
            Line(row["line"], row.get("optional", ""), row["from"], row["to"], frozenset(row["tags"]), "join" in row)
            for row in rows
        )
        return cls(name, text, lines)

    @cached_property
    def required(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.required)

    def only_optional(self, text: str) -> bool:
        """Whether a sentence says optional lines and nothing else, in any order."""
        each = [found for line in self.lines if line.optional and (found := _expression([line], text))]
        return bool(each) and re.fullmatch(f"(?:{'|'.join(each)})+", text) is not None


@dataclass(frozen=True)
class Judgement:
    """What became of one required line."""

    line: Line
    heard: str  # the sentence that took its place, "" where none did
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

    def silent(self, marked: Iterable[int]) -> list[Judgement]:
        """Lines with a fact in them whose words are wrong, and none of whose written lines is in `marked`."""
        lines = set(marked)
        return [
            judgement
            for judgement in self.judgements
            if not judgement.words_right
            and judgement.line.tags & FACTS
            and not lines & set(range(judgement.line.first, judgement.line.last + 1))
        ]


def load(folder: Path) -> list[Document]:
    """The documents of a folder, by name."""
    return [_document(path) for path in sorted(folder.glob("*.txt"))]


def _document(path: Path) -> Document:
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


def score(document: Document, heard: Sequence[Sentence]) -> Score:
    """Pair the sentences with the required lines, in order, so that most lines are right and fewest sentences extra.

    Sentences that only say optional lines are nobody's fault. A line that may be joined to those before it is also
    right where one sentence says them all.
    """
    texts = [text for sentence in heard if (text := heard_text(sentence))]
    stream = canonical(" ".join(phrase for sentence in heard for phrase in sentence))
    judgements: list[Judgement] = []
    extra: list[str] = []
    for text, lines, right in _paired(document, texts):
        if text and not lines:
            extra.append(text)
        judgements += [Judgement(line, text, right, right or line.is_found_in(stream)) for line in lines]
    return Score(document, tuple(judgements), tuple(extra))


Pair = tuple[str, tuple[Line, ...], bool]  # a sentence or "", the lines that it took the place of, is it right?


def _paired(document: Document, texts: Sequence[str]) -> list[Pair]:
    """The best way through sentences and lines, found from their ends; sentences of optional lines are left out."""
    lines = document.required
    free = [document.only_optional(text) for text in texts]
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
                ways.append((0.01 * _likeness(texts[at], lines[number]), pair, (at + 1, number + 1)))
                ways += [
                    (len(group), (texts[at], group, True), (at + 1, number + len(group)))
                    for group in _groups(lines, number)
                    if (said := _expression(group, texts[at])) and re.fullmatch(said, texts[at])
                ]
            scored = [(value + best[end][0], pair, end) for value, pair, end in ways]
            best[at, number] = max(scored, key=lambda way: way[0]) if scored else (0, None, (at, number))
    pairs, here = [], (0, 0)
    while here != (len(texts), len(lines)):
        _, pair, here = best[here]
        pairs += [pair] if pair else []
    return pairs


def _likeness(text: str, line: Line) -> float:
    """The share of a sentence's words that also stand in the line: tells which line a wrong sentence was meant for."""
    words = set(text.split())
    return len(words & line.vocabulary) / len(words)


def _groups(lines: Sequence[Line], number: int) -> list[tuple[Line, ...]]:
    """The line of this number by itself, and with as many behind it as may be joined."""
    joined = len(list(takewhile(lambda line: line.join, lines[number + 1 :])))
    return [tuple(lines[number : number + 1 + more]) for more in range(joined + 1)]


def _expression(lines: Iterable[Line], text: str) -> str:
    """For `text` of `heard_text`: lines behind each other, a pause between their parts, one allowed behind any word.

    "" where one of the lines is certainly not said in it.
    """
    bare = " " + text.replace(f"{PAUSE} ", "")
    found = [line.expressions(bare) for line in lines]
    if not all(found):
        return ""
    parts = [f"{PAUSE} ".join(parts).replace(r"\ ", rf"\ (?:{PAUSE} )?") for parts in found]
    return "".join(f"{part}(?:{PAUSE} )?" for part in parts)
