"""Files that no person wrote, for test_hostile_files.py. Imports no test tool, so that memory can be measured."""

from __future__ import annotations

from collections.abc import Iterator

from loudspeaker.config import box_file, bulletin_file, commune_file, schedule_file

PARSERS = {
    "commune.yaml": commune_file.parse,
    "box.yaml": box_file.parse,
    "schedules/x.yaml": schedule_file.parse,
    "bulletins/x.md": bulletin_file.parse,
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
    "many unknown keys": b"".join(b"k%d: v\n" % number for number in range(9_000)),
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


def hostile_files(full: bool) -> Iterator[tuple[str, str]]:
    """A path of PARSERS with a kind: all of them, or each kind as a bulletin and as one of the others, in turn."""
    *others, bulletin = PARSERS
    for number, kind in enumerate(HOSTILE):
        for path in [*(others if full else [others[number % len(others)]]), bulletin]:
            yield path, kind
