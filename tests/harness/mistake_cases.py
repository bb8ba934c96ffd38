"""The cases of tests/data/mistakes.txt: what officers type, what is told of it, and what is proposed.

Imports nothing of the program: .ci/questions.py asks the same cases of any version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.paths import DATA


@dataclass
class MistakeCase:
    """One case: the file that it goes into, its lines, and what must be told: line, Vietnamese, English."""

    kind: str  # "entry", "head", "commune", "box", or "file PATH" for a whole file
    line: int  # of mistakes.txt
    body: str = ""
    told: list[tuple[int, str, str]] = field(default_factory=list)
    mends: list[tuple[str, str, bool]] = field(default_factory=list)  # old, new, is it named in the message?


def mistake_cases() -> Iterator[MistakeCase]:
    """All cases, in the order of the file."""
    case: MistakeCase | None = None
    for number, line in enumerate((DATA / "mistakes.txt").read_text("utf-8").split("\n"), 1):
        if line.startswith("=== KIND"):
            continue
        if line.startswith("=== "):
            if case:
                yield case
            case = MistakeCase(line.removeprefix("=== "), number)
        elif case and (match := re.fullmatch(r"--- (\d+): (.*)", line)):
            vietnamese, _, english = match[2].partition(" / ")
            case.told.append((int(match[1]), vietnamese, english))
        elif case and (match := re.fullmatch(r">>([>=]) (.*) -> (.*)", line)):
            case.mends.append((match[2].replace("\\n", "\n"), match[3].replace("\\n", "\n"), match[1] == ">"))
        elif case and not (case.told and (not line or line.startswith("# "))):
            case.body += line.translate({ord("⇥"): "\t", ord("⍽"): "\u00a0", ord("␢"): " "}) + "\n"
    if case:
        yield case
