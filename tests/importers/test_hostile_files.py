"""Files that no person wrote: refused with a sentence, at once, and without taking the machine's memory."""

from __future__ import annotations

import subprocess
import sys

import pytest
from harness.hostile_files import HOSTILE, PARSERS
from harness.paths import TESTS
from hypothesis import given, settings
from hypothesis import strategies as st

from loudspeaker.config import bulletin_file
from loudspeaker.errors import BadFile


@pytest.mark.parametrize("path", PARSERS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_gets_a_sentence(path: str, kind: str) -> None:
    with pytest.raises(BadFile) as refused:
        PARSERS[path](path, HOSTILE[kind])

    sentences = [problem.say() for problem in refused.value.problems[:100]]
    assert all(sentence.startswith(path) and len(sentence) < 400 and "\n" not in sentence for sentence in sentences)


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_head_of_a_bulletin_is_guarded_too(kind: str) -> None:
    with pytest.raises(BadFile):
        bulletin_file.parse("bulletins/x.md", b"---\n" + HOSTILE[kind] + b"\n---\nA\n")


def test_no_hostile_file_costs_200_megabytes() -> None:
    # The kernel's high water mark since exec: getrusage would count the parent's memory, too.
    code = (
        "import re, pathlib\n"
        "from harness.hostile_files import HOSTILE, PARSERS\n"
        "from loudspeaker.errors import BadFile\n"
        "for path, parse in PARSERS.items():\n"
        "    for data in HOSTILE.values():\n"
        "        try: parse(path, data)\n"
        "        except BadFile as refused: refused.say()\n"
        "print(re.search(r'VmHWM:\\s+(\\d+)', pathlib.Path('/proc/self/status').read_text())[1])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=TESTS)

    assert int(done.stdout) < 200_000


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
