"""Write the table of what each reading rule can begin with, by which few rules are tried at a place. Development only.

A pattern becomes an automaton in which nothing counts that could only make a match rarer: what must not follow, what
stands before, what an earlier group had. So the table may allow too much, but never too little.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT)]

from loudspeaker.text.rule_index import CLASSES, MOST_DIGITS, OTHER, Beginning, key_of  # noqa: E402
from loudspeaker.text.rules import ORDER  # noqa: E402

TABLE = ROOT / "loudspeaker" / "text" / "lexicon" / "beginnings.tsv"
HEAD = """\
# Quy tắc	Số chữ số đứng đầu	Chữ hoặc dấu đầu tiên	Chữ hoặc dấu thứ hai
# Tính từ các mẫu của quy tắc bằng .ci/beginnings.py; không sửa bằng tay.
"""
_DIGITS = frozenset("0123456789")
_PASSED = _DIGITS | {" "}  # between the letters and signs that are looked at
_MOST_COPIES = 8  # of what a pattern repeats; from then on it may repeat for ever
parser = importlib.import_module("re._parser")


class Letters(NamedTuple):
    """What one place of a match may hold: digits and blanks, and classes of other letters and signs."""

    passed: frozenset[str]
    classes: frozenset[str]


ANYTHING = Letters(_PASSED, frozenset((*CLASSES.values(), OTHER)))


@cache
def letters_of(items: tuple, either_case: bool) -> Letters:
    """What a character class may be, by its parts."""
    parts = [(str(op), value) for op, value in items]
    denied = bool(parts) and parts[0][0] == "NEGATE"
    parts = parts[denied:]

    def allows(letter: str) -> bool:
        spellings = {letter, letter.lower(), letter.upper()} if either_case else {letter}
        return any(_is_of(part, ord(one)) for part in parts for one in spellings if len(one) == 1) != denied

    classes = {CLASSES[letter] for letter in CLASSES if allows(letter)}
    if denied or either_case or any(_leaves_list(part) for part in parts):
        classes.add(OTHER)
    return Letters(frozenset(filter(allows, _PASSED)), frozenset(classes))


def _is_of(part: tuple, letter: int) -> bool:
    op, value = part
    if op == "LITERAL":
        return value == letter
    if op == "RANGE":
        return value[0] <= letter <= value[1]
    name = str(value)
    held = {"DIGIT": str.isdecimal, "SPACE": str.isspace, "WORD": lambda one: one.isalnum() or one == "_"}
    return held[name.rpartition("_")[2]](chr(letter)) != ("NOT" in name)


def _leaves_list(part: tuple) -> bool:
    """Whether a part of a character class has letters that are not listed."""
    op, value = part
    if op == "CATEGORY":
        return str(value) != "CATEGORY_DIGIT"  # all others are made plain digits before
    first, last = (value, value) if op == "LITERAL" else value
    return any(chr(letter) not in CLASSES and chr(letter) not in _PASSED for letter in range(first, last + 1))


class Automaton:
    """What a pattern matches, as states with edges: what they need, or None, and where they lead."""

    def __init__(self, source: str) -> None:
        self.edges: list[list[tuple[Letters | None, int]]] = [[]]
        self.end = self._add(parser.parse(source), 0, False, True)
        self.edges[self.end].append((ANYTHING, self.end))  # whatever follows a match

    def beginning(self) -> Beginning:
        """What matches can begin with."""
        first = self._pass({0})
        second = self._pass({to for state in first for needs, to in self.edges[state] if needs and needs.classes})
        return Beginning(self._counts(), self._classes(first), self._classes(second))

    def _counts(self) -> str:
        """How many digits a match can begin with, behind which something else stands."""
        states, counts = self._go({0}, frozenset()), ""
        for count in range(MOST_DIGITS):
            needed = [needs for state in states for needs, _ in self.edges[state] if needs]
            if self.end in states or any(needs.classes or " " in needs.passed for needs in needed):
                counts += str(count)
            states = self._go(
                {to for state in states for needs, to in self.edges[state] if needs and needs.passed & _DIGITS},
                frozenset(),
            )
        return counts + (str(MOST_DIGITS) if states else "")

    def _classes(self, states: set[int]) -> str:
        """The letters and signs that may stand next; nothing where a match may have ended before."""
        classes = {one for state in states for needs, _ in self.edges[state] if needs for one in needs.classes}
        return "" if self.end in states or classes == ANYTHING.classes else "".join(sorted(classes))

    def _pass(self, states: set[int]) -> set[int]:
        """Where `states` lead over digits and blanks."""
        return self._go(states, _PASSED)

    def _go(self, states: set[int], passed: frozenset[str]) -> set[int]:
        """Where `states` lead over nothing, or over letters of `passed`."""
        found, todo = set(states), list(states)
        while todo:
            for needs, to in self.edges[todo.pop()]:
                if to not in found and (needs is None or needs.passed & passed):
                    found.add(to)
                    todo.append(to)
        return found

    def _step(self, state: int, needs: Letters | None) -> int:
        self.edges.append([])
        self.edges[state].append((needs, len(self.edges) - 1))
        return len(self.edges) - 1

    def _add(self, parts: Iterable[tuple], state: int, either_case: bool, is_last: bool) -> int:
        """Add parts of a pattern behind a state; return where they lead. `is_last`: nothing of the pattern follows."""
        parts = list(parts)
        for number, (op, value) in enumerate(parts):
            state = self._add_part(str(op), value, state, either_case, is_last and number == len(parts) - 1)
        return state

    def _add_part(self, op: str, value: object, state: int, either_case: bool, is_last: bool) -> int:
        if op in ("LITERAL", "NOT_LITERAL", "IN", "ANY"):
            return self._step(state, _needs(op, value, either_case))
        if op == "SUBPATTERN":
            return self._add(value[3], state, either_case or bool(value[1] & re.IGNORECASE), is_last)
        if op == "ATOMIC_GROUP":
            return self._add(value, state, either_case, is_last)
        if op == "BRANCH":
            return self._join(self._add(way, self._step(state, None), either_case, is_last) for way in value[1])
        if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            return self._repeat(value, state, either_case)
        if op == "GROUPREF":
            return self._loop(self._step(state, None), ANYTHING)
        if op == "ASSERT" and value[0] > 0 and is_last:  # what must follow a match
            return self._add(value[1], state, either_case, is_last)
        if op in ("AT", "ASSERT", "ASSERT_NOT"):
            return state
        raise NotImplementedError(op)

    def _join(self, ends: Iterable[int]) -> int:
        """A state to which several lead."""
        first, *others = ends
        joined = self._step(first, None)
        for end in others:
            self.edges[end].append((None, joined))
        return joined

    def _loop(self, state: int, needs: Letters) -> int:
        self.edges[state].append((needs, state))
        return state

    def _repeat(self, repeat: tuple[int, int, Iterable[tuple]], state: int, either_case: bool) -> int:
        """Some copies of parts, the later ones left out or not; more than a few may be any number."""
        least, most, parts = repeat
        for _ in range(min(least, _MOST_COPIES)):
            state = self._add(parts, state, either_case, False)
        if most > _MOST_COPIES:
            begin = self._step(state, None)
            self.edges[self._add(parts, begin, either_case, False)].append((None, begin))
            return self._step(begin, None)
        ends = [state]
        for _ in range(least, most):
            ends.append(self._add(parts, ends[-1], either_case, False))
        return self._join(ends)


def _needs(op: str, value: object, either_case: bool) -> Letters:
    if op == "ANY":
        return ANYTHING
    literal = (("LITERAL", value),)
    return letters_of(
        tuple(value) if op == "IN" else literal if op == "LITERAL" else (("NEGATE", None), *literal), either_case
    )


def table() -> str:
    """The table, a row for each pattern."""
    beginnings = {key_of(rule.source): Automaton(rule.source).beginning() for rule in ORDER}
    return HEAD + "".join(f"{key}\t{begins.row()}\n" for key, begins in beginnings.items())


if __name__ == "__main__":
    TABLE.write_text(table(), "utf-8")
