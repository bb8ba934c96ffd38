"""Whatever comes through the control socket of a real daemon: it lives, answers, and says nothing of a traceback."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from harness.daemon_process import running_daemon

from loudspeaker.codec import known_fields
from loudspeaker.daemon.protocol import ask
from loudspeaker.model.envelope import REQUESTS, SENDERS

LINES, CROWDS = 20_000, 20  # hostile lines; crowds of a thousand idle callers
CROWD = 1015
WORDS = [
    *("", "\0", "\ud800", "\udcf4", "a\nb", "\x1b]0;x\x07", "\u202e", "../../etc/passwd", "na-hoa", "nhac", "+7200"),
    *("9999-12-31T23:59:59", "0001-01-01T00:00:00+14:00", "9" * 5000, "x" * 9000, "na-hoa/x/9999-12-31T06:05"),
]


def value(chance: random.Random, depth: int = 0) -> Any:
    """Any value of JSON."""
    kinds = [*WORDS, None, True, False, 0, -1, 10**400, 1e400, -0.0, float("nan")]
    if depth < 4 and chance.random() < 0.3:
        inner = [value(chance, depth + 1) for _ in range(chance.randrange(4))]
        return inner if chance.random() < 0.5 else {str(chance.choice(WORDS)): one for one in inner}
    if depth == 0 and chance.random() < 0.02:
        deep: Any = "a"
        for _ in range(chance.choice([40, 900])):
            deep = [deep]
        return deep
    return chance.choice(kinds)


def line(chance: random.Random) -> bytes:
    """A request with something wrong in it, or no request."""
    if chance.random() < 0.1:
        return bytes(chance.randrange(256) for _ in range(chance.randrange(200))).replace(b"\n", b"") + b"\n"
    do = chance.choice(sorted(REQUESTS))
    names = [*(field.name for field in known_fields(REQUESTS[do])), *SENDERS[:1]]
    args: Any = {name: value(chance) for name in names if chance.random() < 0.95}
    request: Any = {"v": 1, "do": do, "args": args}
    if chance.random() < 0.1:
        request[chance.choice(["v", "do", "args", "\ud800"])] = value(chance)
    said = json.dumps(request).encode()
    if chance.random() < 0.1:
        at = chance.randrange(len(said))
        said = said[:at] + bytes([chance.randrange(1, 256)]) + said[at + 1 :]
    return said.replace(b"\n", b"") + b"\n"


def answer(path: Path, said: bytes) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(30)
        caller.connect(str(path))
        caller.sendall(said)
        told: dict[str, Any] = json.loads(caller.makefile("rb").readline())
    return told


def test_hostile_lines_and_crowds_end_nothing_and_keep_nobody_waiting(home: Path, tmp_path: Path, full: bool) -> None:
    (home / "box.yaml").write_text(
        "plays: {na-hoa: a, suoi-trat: b}\noutputs: {a: {device: memory}, b: {device: memory}}\n", encoding="utf-8"
    )
    chance, answers = random.Random(13), Counter[str]()
    lines, crowds = (LINES, CROWDS) if full else (400, 1)
    with running_daemon(home, tmp_path / "told") as (process, path):
        for number in range(lines):
            told = answer(path, line(chance))
            assert told["v"] == 1
            answers[told["failed"]["kind"] if "failed" in told else "done"] += 1
            assert process.poll() is None, number
        for _ in range(crowds):
            with ExitStack() as idle:
                for _ in range(CROWD):
                    caller = idle.enter_context(socket.socket(socket.AF_UNIX))
                    caller.connect(str(path))
                    if chance.random() < 0.5:
                        with_half = caller.send
                        try:
                            with_half(b'{"v": 1, "do":')
                        except BrokenPipeError:
                            continue  # it had to make room already
                assert isinstance(ask(path, "status"), list)
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(30) == 0
    print(f"{lines} hostile lines: {dict(answers)}; {crowds} crowds of {CROWD} idle callers")
    assert answers["BadUsage"] > lines / 2, answers
    assert "Traceback" not in (tmp_path / "told").read_text(encoding="utf-8")
