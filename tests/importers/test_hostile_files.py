"""Files that no person wrote: refused with a sentence, at once, and without taking the machine's memory."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

import pytest
from harness.hostile_files import HOSTILE, PARSERS
from harness.paths import TESTS
from hypothesis import given, settings
from hypothesis import strategies as st

from loudspeaker.config import bulletin_file
from loudspeaker.errors import BadFile

pytestmark = pytest.mark.waits

# Gives hostile files to their parsers, and prints what each was told and the kernel's high water mark since exec in kB:
# getrusage would count the parent's memory, too.
PARSE_ALL = """
import json, pathlib, re, sys
from harness.hostile_files import HOSTILE, PARSERS, hostile_files
from loudspeaker.errors import BadFile
told = {}
for path, kind in hostile_files(full="full" in sys.argv):
    try:
        told[f"{path}, {kind}"] = (path, repr(PARSERS[path](path, HOSTILE[kind])))
    except BadFile as refused:
        told[f"{path}, {kind}"] = (path, [problem.say() for problem in refused.problems[:100]])
most = re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]
print(json.dumps([told, int(most)]))
"""


@cache
def told_of_all(full: bool) -> tuple[dict[str, tuple[str, list[str] | str]], int]:
    """By parser and kind: the path and the sentences, or the value that was read; and what memory it took, in kB."""
    command = [sys.executable, "-c", PARSE_ALL, *(["full"] if full else [])]
    done = subprocess.run(command, capture_output=True, text=True, cwd=TESTS)
    assert done.returncode == 0, done.stderr
    told, most = json.loads(done.stdout)
    return told, most


@pytest.mark.sampled
def test_a_hostile_file_gets_a_sentence(full: bool) -> None:
    told, _ = told_of_all(full)

    assert len(told) == len(HOSTILE) * (len(PARSERS) if full else 2)
    assert {what: value for what, (_, value) in told.items() if isinstance(value, str) or not value} == {}
    for what, (path, sentences) in told.items():
        wrong = [one for one in sentences if not one.startswith(path) or len(one) >= 400 or "\n" in one]
        assert wrong == [], what


@pytest.mark.sampled
def test_no_hostile_file_costs_200_megabytes(full: bool) -> None:
    assert told_of_all(full)[1] < 200_000


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_head_of_a_bulletin_is_guarded_too(kind: str) -> None:
    with pytest.raises(BadFile):
        bulletin_file.parse("bulletins/x.md", b"---\n" + HOSTILE[kind] + b"\n---\nA\n")


@settings(max_examples=2 * settings.default.max_examples, deadline=None)
@given(st.sampled_from(sorted(PARSERS)), st.binary(max_size=300))
def test_no_bytes_make_a_parser_stumble(path: str, data: bytes) -> None:
    try:
        PARSERS[path](path, data)
    except BadFile as refused:
        refused.say()


WORDS = [
    "a",
    ":",
    " ",
    "\n",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    '"',
    "'",
    "#",
    "&",
    "*",
    "!",
    "|",
    ">",
    "?",
    "%",
    "---",
    "\t",
]


@settings(max_examples=3 * settings.default.max_examples, deadline=None)
@given(st.sampled_from(sorted(PARSERS)), st.lists(st.sampled_from([*WORDS, "commune", "broadcasts", "at", "17:30"])))
def test_no_yaml_makes_a_parser_stumble(path: str, words: list[str]) -> None:
    try:
        PARSERS[path](path, "".join(words).encode())
    except BadFile as refused:
        refused.say()
