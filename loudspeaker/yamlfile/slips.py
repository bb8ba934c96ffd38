"""Slips of typing that YAML either cannot read or reads as something else: bullets, tabs, signs of a word processor.

Each has one certain remedy. It is applied to the text in memory so that the rest of the file can be judged too, and
the slip is told in place of the many sentences that would follow from it. Nobody's file is written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple, TypeVar

from ..errors import BadFile, Message, Problem
from .keys import Keywords
from .section import MOST_PROBLEMS
from .tree import decode_text

LONGEST, LONGEST_LINE = 100_000, 1_000  # characters: no person types more, and every line is tried on every pattern
FENCE = "---"

T = TypeVar("T")

_BLANKS = "\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff"
_BULLETS = "•●○◦▪■□·∙*+–—➢➤❖✓✔→\uf0b7\uf0a7\uf02d"
_WIDE = "\uff01-\uff5e\u3001\u3002"  # signs, digits and letters twice as wide, of Chinese and Japanese keyboards
_BLOCK = re.compile(r"^(?P<indent>[ ]*)[^#\n]*[:-][ ]+[|>][+-]?[0-9]?[ ]*$")


class Slip(NamedTuple):
    """One pattern, what is wrong where it is found, and how the line should have been written."""

    pattern: re.Pattern[str]
    message: Message
    mend: Callable[[re.Match[str]], str]
    shifts: bool = False  # the lines that hang below it move with it
    indents: bool = False  # how far it is to be indented only the lines above can tell


def _replacement(text: str) -> Callable[[re.Match[str]], str]:
    return lambda match: match.expand(text)


@cache
def _slips(keywords: Keywords) -> tuple[Slip, ...]:
    """In this order: what stands at the head of a line is put right before keys are looked for behind it.

    Made when the first broken file is met: the patterns take longer to compile than a sound file to read.
    """
    words = sorted({*keywords.keys, *keywords.keys.values()}, key=len, reverse=True)
    key = "(?:" + "|".join(re.escape(word).replace(r"\ ", r"[ ]+") for word in words) + ")"
    last = "(?:" + "|".join(_alone(word, words) for word in words) + ")"
    head = r"^(?P<head>[ ]*(?:-[ ]+)?\{?[ ]*)"
    return (
        Slip(
            re.compile(rf"^[ \t]*-?[ \t{_BLANKS}]*[{_BLANKS}][ \t{_BLANKS}]*"),
            Message(
                "the blank at the head of this line is not a plain one (it comes from Word or a web page); type it anew"
            ),
            lambda match: re.sub(rf"[{_BLANKS}]", " ", match[0]),
        ),
        Slip(
            re.compile(r"^[ ]*(?:-[ ]*)?\t[ \t]*"),
            Message("a tab stands here; indent with blanks"),
            lambda match: "- " if "-" in match[0] else "",
            indents=True,
        ),
        Slip(
            re.compile(rf"^([ ]*)[{_BULLETS}][ \t{_BLANKS}]*(?=\{{|{key}[ ]*:)", re.IGNORECASE),
            Message("a bullet stands at the head of this line; write “- ” instead"),
            lambda match: match[1] + "-" + " " * max(1, len(match[0]) - len(match[1]) - 1),
        ),
        Slip(
            re.compile(rf"^([ ]*)-(?=\{{|{key}[ ]*:)", re.IGNORECASE),
            Message("a blank is missing after the “-”"),
            _replacement(r"\1- "),
            shifts=True,
        ),
        Slip(
            re.compile(rf"^[^#\"“]*[{_WIDE}].*$"),
            Message("a full-width sign of another keyboard stands here; write : , {{ }} [ ] - as plain signs"),
            lambda match: re.sub(r":(?=[^\s\d])", ": ", unicodedata.normalize("NFKC", match[0])),
        ),
        Slip(
            re.compile(rf"{head}(?P<key>{key})[ ]*:(?=[^ \t:])[{_BLANKS}]*", re.IGNORECASE),
            Message("a blank is missing after “{key}:”"),
            _replacement(r"\g<head>\g<key>: "),
        ),
        Slip(
            re.compile(
                rf"{head}(?P<key>{key})(?:[ ]*[=;][ ]*|[ ]+)(?=[^\s:=;,}}])"
                r"(?!(?:[^\s:,]+[ ]+){0,3}[^\s:,]*:(?:\s|$))",
                re.IGNORECASE,
            ),
            Message("a “:” is missing after “{key}”"),
            _replacement(r"\g<head>\g<key>: "),
        ),
        Slip(
            re.compile(rf"^(?P<head>[ ]*)(?P<key>{key})[ ]*$", re.IGNORECASE),
            Message("a “:” is missing after “{key}”"),
            _replacement(r"\g<head>\g<key>:"),
        ),
        Slip(
            re.compile(rf"^(?P<before>[^\"#]*\{{[^\"#{{}}]*[^\s,{{\[])[ ]+(?P<key>{last})[ ]*:[ ]", re.IGNORECASE),
            Message("a “,” is missing before “{key}”"),
            _replacement(r"\g<before>, \g<key>: "),
        ),
    )


def _alone(word: str, words: Sequence[str]) -> str:
    """A pattern of a key that is not the end of a longer one: “khoảng” but not “trong khoảng”."""
    longer = {other.removesuffix(f" {word}") for other in words if other.endswith(f" {word}")}
    return "".join(f"(?<!{re.escape(head)} )" for head in sorted(longer)) + re.escape(word).replace(r"\ ", r"[ ]+")


def mend(text: str, keywords: Keywords, first_line: int = 1) -> tuple[str, list[tuple[int, Message]]]:
    """The text as it was meant, and each slip with its line."""
    slips: list[tuple[int, Message]] = []
    lines = text.split("\n")
    for number in _structural(lines):
        for slip in _slips(keywords):
            match = slip.pattern.match(lines[number])
            if match is None:
                continue
            facts = {"key": match["key"]} if "key" in slip.pattern.groupindex else {}
            slips.append((first_line + number, Message(slip.message.template, **facts)))
            lines[number] = slip.mend(match) + lines[number][match.end() :]
            if slip.shifts:
                _shift(lines, number)
            if slip.indents:
                lines[number] = " " * _indent(lines, number) + lines[number]
    return "\n".join(lines), slips


def _shift(lines: list[str], number: int) -> None:
    """Move what hangs below an entry as far as its first key was moved."""
    dash = lines[number].index("-")
    for below in range(number + 1, len(lines)):
        if lines[below].strip() and len(lines[below]) - len(lines[below].lstrip(" ")) <= dash:
            return
        lines[below] = f" {lines[below]}" if lines[below].strip() else lines[below]


def _indent(lines: list[str], number: int) -> int:
    """Where a line begins that has a tab for its indent: below what it belongs to."""
    above = [line for line in lines[:number] if line.strip() and not line.lstrip().startswith("#")]
    if not above:
        return 0
    entry = re.match(r"[ ]*(?:-[ ]+)?", above[-1])
    assert entry
    if above[-1].rstrip().endswith(":"):
        return len(entry[0]) + 2
    if not lines[number].startswith("-"):
        return len(entry[0])
    dashes = [len(line) - len(line.lstrip(" ")) for line in above if line.lstrip(" ").startswith("-")]
    return dashes[-1] if dashes else 0


def _structural(lines: list[str]) -> Iterator[int]:
    """The lines that are structure: not comments, and not words that hang below a “|” or “>”."""
    block: int | None = None
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip(" "))
        if not line.strip() or len(line) > LONGEST_LINE or (block is not None and indent > block):
            continue
        block = None
        if line.lstrip().startswith("#"):
            continue
        if match := _BLOCK.match(line):
            block = len(match["indent"])
        yield number


def parse_file(
    path: str, data: bytes, parse: Callable[[str, bytes], T], keywords: Keywords, head_only: bool = False
) -> T:
    """What `parse` makes of a file; slips in it are told by their own names, and not what follows from them.

    A file without mistakes is parsed once and not looked at here. The `BadFile` carries what could be understood.
    """
    try:
        return parse(path, data)
    except BadFile as error:
        first = error
    mended, slips = _mend_file(path, data, keywords, head_only)
    if not slips:
        raise first
    problems = [Problem(path, line, message) for line, message in slips]
    try:
        draft: object = parse(path, mended.encode())
    except BadFile as error:
        if not set(first.problems) - set(error.problems):
            raise first from None  # it made nothing better: these lines are meant as they are
        problems += error.problems
        draft = error.draft
    raise BadFile(sorted(problems, key=lambda problem: problem.line)[:MOST_PROBLEMS], draft) from None


def _mend_file(path: str, data: bytes, keywords: Keywords, head_only: bool) -> tuple[str, list[tuple[int, Message]]]:
    try:
        text = decode_text(path, data)
    except BadFile:
        return "", []
    if len(text) > LONGEST:
        return text, []
    if not head_only:
        return mend(text, keywords)
    lines = text.split("\n")
    fences = [number for number, line in enumerate(lines) if line.rstrip() == FENCE][:2]
    if len(fences) < 2:
        return text, []
    head, slips = mend("\n".join(lines[1 : fences[1]]), keywords, 2)
    return "\n".join([*lines[:1], head, *lines[fences[1] :]]), slips
