"""Write the table of what each reading rule can begin with, by which few rules are tried at a place. Development only.

A pattern becomes an automaton in which little counts that could only make a match rarer: of what must not follow one
sign at its end, nothing of what stands before, nor what an earlier group had. So the table may allow too much, but
never too little.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT)]

from loudspeaker.text.rule_index import (  # noqa: E402
    BLANK,
    CLASSES,
    DIGIT,
    END,
    MOST_DIGITS,
    MOST_LETTERS,
    OTHER_LETTER,
    OTHER_SIGN,
    Beginning,
    key_of,
)
from loudspeaker.text.rules import ORDER  # noqa: E402

TABLE = ROOT / "loudspeaker" / "text" / "lexicon" / "beginnings.tsv"
HEAD = """\
# Quy tắc	Số chữ số đứng đầu	Chữ số đầu	Số chữ cái đứng đầu	Ngay sau đó	Chữ hoặc dấu đầu tiên	Thứ hai
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


ANYTHING = Letters(_PASSED, frozenset((*CLASSES.values(), OTHER_LETTER, OTHER_SIGN, END)))
_ENDS = ANYTHING.classes | {DIGIT, BLANK}
_LETTERS = frozenset((OTHER_LETTER, *(one for one in CLASSES.values() if one.isalnum())))


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
    if denied:
        classes |= _UNLISTED - {_WHOLE.get(str(value)) for _, value in parts}
    else:
        classes.update(*map(_unlisted, parts), {OTHER_LETTER} if either_case else ())
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


_UNLISTED = frozenset((OTHER_LETTER, OTHER_SIGN))
_WHOLE = {"CATEGORY_WORD": OTHER_LETTER, "CATEGORY_NOT_WORD": OTHER_SIGN}  # have all of one kind, and none of the other


def _unlisted(part: tuple) -> frozenset[str]:
    """What a part of a character class may have of letters and signs that are not listed."""
    op, value = part
    if op == "CATEGORY":  # all other digits are made plain ones before
        whole = _WHOLE.get(str(value))
        return frozenset(whole) if whole else frozenset() if str(value) == "CATEGORY_DIGIT" else _UNLISTED
    first, last = (value, value) if op == "LITERAL" else value
    letters = (chr(letter) for letter in range(first, last + 1))
    unlisted = (letter for letter in letters if letter not in CLASSES and letter not in _PASSED)
    return frozenset(OTHER_LETTER if letter.isalnum() else OTHER_SIGN for letter in unlisted)


class Automaton:
    """What a pattern matches, as states with edges: what they need, or None, and where they lead."""

    def __init__(self, source: str) -> None:
        self.edges: list[list[tuple[Letters | None, int]]] = [[]]
        self.end = self._add(parser.parse(source), 0, False, True)
        self.edges[self.end].append((ANYTHING, self.end))  # whatever follows a match

    def beginning(self) -> Beginning:
        """What matches can begin with."""
        first = self._pass({0})
        second = self._pass(self._follow(first, lambda needs: bool(needs.classes)))
        letters, behind = self._word()
        lead = {one for needs in self._needed(self._go({0})) for one in needs.passed & _DIGITS}
        behind |= self._number_ends() if lead else set()
        possible = (_ENDS - {DIGIT} if lead else frozenset()) | (_ENDS - _LETTERS if letters else frozenset())
        return Beginning(
            self._counts(),
            "" if len(lead) == len(_DIGITS) else "".join(sorted(lead)),
            letters,
            "" if behind >= possible else "".join(sorted(behind)),
            self._classes(first),
            self._classes(second),
        )

    def _word(self) -> tuple[str, set[str]]:
        """How many letters a match can begin with, and what stands right behind them."""
        states, counts, behind = self._go({0}), "", set[str]()
        for count in range(1, MOST_LETTERS + 1):
            states = self._follow(states, _is_letter)
            ends = self._ends(self._run(states, _is_letter) if count == MOST_LETTERS else states) - _LETTERS
            counts += str(count) if ends else ""
            behind |= ends
        return counts, behind

    def _number_ends(self) -> set[str]:
        """What stands right behind the digits that a match can begin with."""
        return self._ends(self._run(self._follow(self._go({0}), _is_digit), _is_digit))

    def _run(self, states: set[int], is_part: Callable[[Letters], bool]) -> set[int]:
        """`states`, and where they lead over any number of letters of one kind."""
        while not (more := self._follow(states, is_part)) <= states:
            states = states | more
        return states

    def _follow(self, states: set[int], is_next: Callable[[Letters], bool]) -> set[int]:
        """Where `states` lead over one letter."""
        return self._go({to for state in states for needs, to in self.edges[state] if needs and is_next(needs)})

    def _needed(self, states: set[int]) -> Iterator[Letters]:
        return (needs for state in states for needs, _ in self.edges[state] if needs)

    def _ends(self, states: set[int]) -> set[str]:
        """What can stand next, as the column `behind` has it."""
        ends: set[str] = set()
        for needs in self._needed(states):
            ends |= needs.classes
            ends |= {BLANK} if BLANK in needs.passed else set()
            ends |= {DIGIT} if needs.passed & _DIGITS else set()
        return ends

    def _counts(self) -> str:
        """How many digits a match can begin with, behind which something else stands."""
        states, counts = self._go({0}), ""
        for count in range(MOST_DIGITS):
            if any(needs.classes or BLANK in needs.passed for needs in self._needed(states)):
                counts += str(count)
            states = self._follow(states, _is_digit)
        return counts + (str(MOST_DIGITS) if states else "")

    def _classes(self, states: set[int]) -> str:
        """The letters and signs that may stand next; nothing where a match may have ended before."""
        classes = {one for needs in self._needed(states) for one in needs.classes}
        return "" if self.end in states or classes == ANYTHING.classes else "".join(sorted(classes))

    def _pass(self, states: set[int]) -> set[int]:
        """Where `states` lead over digits and blanks."""
        return self._go(states, _PASSED)

    def _go(self, states: set[int], passed: frozenset[str] = frozenset()) -> set[int]:
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
        denied = [value for op, value in takewhile(_denies, reversed(parts))] if is_last else []
        for number, (op, value) in enumerate(parts[: len(parts) - len(denied)]):
            state = self._add_part(str(op), value, state, either_case, is_last and number == len(parts) - 1)
        return self._step(state, _left_by(denied, either_case)) if denied else state

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
    """What one place of a match may hold; `NOT_` before an operation turns it round."""
    if op == "ANY":
        return ANYTHING
    items = tuple(value) if op.endswith("IN") else (("LITERAL", value),)
    if op.startswith("NOT_"):
        items = items[1:] if str(items[0][0]) == "NEGATE" else (("NEGATE", None), *items)
    return letters_of(items, either_case)


def _is_letter(needs: Letters) -> bool:
    return bool(needs.classes & _LETTERS)


def _is_digit(needs: Letters) -> bool:
    return bool(needs.passed & _DIGITS)


def _denies(part: tuple) -> bool:
    """Whether a part of a pattern says what must not follow."""
    return str(part[0]) == "ASSERT_NOT" and part[1][0] > 0


def _left_by(denied: Iterable[tuple], either_case: bool) -> Letters:
    """What may follow a match behind which something must not: only single letters and signs of that count."""
    passed, classes = ANYTHING
    for _, parts in denied:
        for way in parts[0][1][1] if len(parts) == 1 and str(parts[0][0]) == "BRANCH" else [parts]:
            if len(way) == 1 and str(way[0][0]) in ("LITERAL", "IN"):
                left = _needs("NOT_" + str(way[0][0]), way[0][1], either_case)
                passed, classes = passed & left.passed, classes & left.classes
    return Letters(passed, classes | {END})


def table() -> str:
    """The table, a row for each pattern."""
    beginnings = {key_of(rule.source): Automaton(rule.source).beginning() for rule in ORDER}
    return HEAD + "".join(f"{key}\t{begins.row()}\n" for key, begins in beginnings.items())


if __name__ == "__main__":
    TABLE.write_text(table(), "utf-8")
