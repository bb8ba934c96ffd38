"""A reading rule: a pattern, the neighbours that it needs, and the words for it.

    rule = RuleMaker(Kind.TIME)

    @rule(r"(\\d{1,2})h(\\d{2})", unless_after=_ROADS)
    def clock(match, context):              8h30 -> tám giờ ba mươi phút
        return f"{context.number(match[1])} giờ {context.number(match[2])} phút"

A rule is tried at the beginning of a number, a word or a sign. Its function gives the words, a `Guess` (words and the
reason to doubt them) or None, and then the next rule is tried. Patterns are bounded, so that reading takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from ..errors import Message
from .context import Context, Token
from .kind import Kind
from .lazy_regex import pattern


class Guess(NamedTuple):
    """Words that may be wrong, and why."""

    spoken: str
    why: Message


Answer = str | Guess | None
Words = Callable[[re.Match[str], Context], Answer]
Guard = Callable[[re.Match[str], Context], bool]
Cues = tuple[str, ...]


class Rule:
    """What to say for a pattern of `kind` behind one of the cues `only_after`, if any, where all `guards` hold.

    `starts` are number, word, sign or bracket.
    """

    __slots__ = ("_guards", "_words", "kind", "only_after", "pattern", "source", "starts")

    def __init__(
        self,
        kind: Kind,
        source: str,
        words: Words,
        starts: str,
        only_after: Cues = (),
        guards: Sequence[Guard] = (),
    ) -> None:
        self.kind = kind
        self.starts = _starts(starts)
        self.source = source
        self.pattern = pattern(source)
        self._words = words
        self.only_after = only_after
        self._guards = guards

    def read(self, match: re.Match[str], context: Context) -> Token | None:
        """What this rule says for a match of its pattern behind a cue of `only_after`, which whoever matches has asked.

        None where a guard fails or its function has no answer.
        """
        for guard in self._guards:
            if not guard(match, context):
                return None
        answer = self._words(match, context)
        if answer is None:
            return None
        spoken, why = answer if isinstance(answer, Guess) else (answer, None)
        return Token(match.start(), match.end(), spoken, why, self.kind)


@cache
def _starts(starts: str) -> frozenset[str]:
    return frozenset(starts.split())


class RuleMaker:
    """The decorator that makes rules of one kind: `rule = RuleMaker(Kind.DATE)` at the head of their file.

    It keeps them as `rules`, in the order in which they are tried: that of the file.
    """

    __slots__ = ("kind", "rules")

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.rules: list[Rule] = []

    def __call__(
        self,
        source: str,
        starts: str = "number",
        *,
        only_after: Cues = (),
        unless_after: Cues = (),
        only_before: Cues = (),
        unless_before: Cues = (),
        only_if: Guard | None = None,
        unless: Guard | None = None,
    ) -> Callable[[Words], Rule]:
        """Make a rule of a function.

        `source` is a regular expression, `starts` what a match can begin with: number, word, sign, bracket, with blanks
        between.
        The rest are guards: `…_after` are cues right before the match (`words_before`), `…_before` cues right behind it
        (`words_after`), `only_if` and `unless` ask of match and context. The function is called where all of them hold.
        """
        guards = [
            *([_not_after(unless_after)] if unless_after else []),
            *_guards_behind(only_before, unless_before),
            *([only_if] if only_if else []),
            *([_not(unless)] if unless else []),
        ]

        def make(words: Words) -> Rule:
            made = Rule(self.kind, source, words, starts, only_after, guards)
            self.rules.append(made)
            return made

        return make


def at_line_start(match: re.Match[str], context: Context) -> bool:
    """Whether only bullets and blanks stand before a match on its line."""
    return context.begins_line(match.start())


def after_variety(match: re.Match[str], context: Context) -> bool:
    """Whether a plant's name stands before a match: giống lúa VND95 is no money."""
    return context.after_variety(match.start())


def near_number(match: re.Match[str], context: Context) -> bool:
    """Whether a number was read at most three words before a match: 9%/n."""
    return context.near_number(match.start())


def in_brackets(match: re.Match[str], context: Context) -> bool:
    """Whether a bracket opens right before a match: độ mặn (g/l)."""
    return context.char(match.start() - 1) == "("


def _not_after(cues: Cues) -> Guard:
    return lambda match, context: not context.is_after(match.start(), cues)


def _guards_behind(only: Cues, unless: Cues) -> Iterator[Guard]:
    if only:
        yield lambda match, context: context.is_before(match.end(), only)
    if unless:
        yield lambda match, context: not context.is_before(match.end(), unless)


def _not(guard: Guard) -> Guard:
    return lambda match, context: not guard(match, context)
