"""Files that no person wrote: refused with a sentence, at once, and without taking the machine's memory."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loudspeaker.errors import BadFile
from loudspeaker.schedule import box, broadcasts, commune
from loudspeaker.script import bulletin

PARSERS = {
    "commune.yaml": commune.parse,
    "box.yaml": box.parse,
    "schedules/x.yaml": broadcasts.parse,
    "bulletins/x.md": bulletin.parse,
}
MB = 1_000_000
HOSTILE = {
    "too big": b"a: b\n" * MB,
    "zeros": b"\0" * 1000,
    "a program": b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 10,
    "latin-1": "commune: Xã\n".encode("latin-1"),
    "utf-16": "commune: Xã\n".encode("utf-16"),
    "control characters": b"commune: \x07\x1b[2J\n",
    "deep lists": b"a: " + b"[" * 900_000,
    "deep blocks": b"- " * 450_000,
    "deep mappings": b"{a: " * 220_000,
    "many values": b"[a," * 3 + b"a," * 490_000 + b"]]]",
    "many keys": b"".join(b"k%d: v\n" % number for number in range(90_000)),
    "many unknown keys": b"".join(b"k%d: v\n" % number for number in range(24_000)),
    "laughs": b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n",
    "a merge": b"a: &a {b: c}\nd: {<<: *a}\n",
    "objects": b"commune: !!python/object/apply:os.system [echo]\n",
    "a long word": b"commune: " + b"a" * 999_000,
    "a long key": b"a" * 999_000 + b": b",
    "an open quote": b'commune: "' + b"a" * 999_000,
    "comments": b"#\n" * 499_000,
    "nothing": b"",
    "only blanks": b" \n" * 1000,
    "a list": b"- a\n- b\n",
    "a word": b"hello",
    "directives": b"%YAML 9.9\n---\na: b\n",
    "half a file": b"commune: X\nid: x\npolicy: {hours: [05:30-06",
}


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
        bulletin.parse("bulletins/x.md", b"---\n" + HOSTILE[kind] + b"\n---\nA\n")


def test_no_hostile_file_costs_two_seconds_or_200_megabytes() -> None:
    code = (
        "import resource\n"
        "from tests.test_hostile_files import *\n"
        "for path, parse in PARSERS.items():\n"
        "    for data in HOSTILE.values():\n"
        "        try: parse(path, data)\n"
        "        except BadFile as refused: refused.say()\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert int(done.stdout) < 200_000 + _base()


def _base() -> int:
    """Kilobytes of the test's own imports (pytest, hypothesis), which a command does not load."""
    return min(60_000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


@settings(max_examples=200, deadline=None)
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


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(PARSERS)), st.lists(st.sampled_from([*WORDS, "commune", "broadcasts", "at", "17:30"])))
def test_no_yaml_makes_a_parser_stumble(path: str, words: list[str]) -> None:
    try:
        PARSERS[path](path, "".join(words).encode())
    except BadFile as refused:
        refused.say()
