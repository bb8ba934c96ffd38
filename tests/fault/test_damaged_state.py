"""What lies in the state folder and in audio_cache is damaged under a real daemon: what was edited after is planned."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from harness.daemon_process import running_daemon
from harness.waiting import wait_for

from loudspeaker.cli import cli
from loudspeaker.daemon.protocol import ask

Damage = Callable[[Path], None]
ENTRIES = [
    b'{"kind":"approve","airing":"","at":"2026-11-24T01:00:00+07:00","facts":7}',
    b'{"kind":"skip","airing":"x","at":"2026-11-24T01:00:00","facts":{"why":"x"}}',
    b'{"kind":"asked","airing":"x","at":"2026-11-24T01:00:00+07:00","facts":{"by":"\xff"}}',
    b'{"kind":"verdict","airing":"x","at":"2026-11-24T01:00:00+07:00","facts":{"verdict":"sung"}}',
]


def entries(state: Path) -> None:
    with closing(sqlite3.connect(state / "asrun.db", timeout=20)) as database, database:
        for entry in ENTRIES:
            database.execute("INSERT INTO entries (entry, hash) VALUES (CAST(? AS TEXT), '')", (entry,))


def pages(state: Path) -> None:
    path = state / "asrun.db"
    with closing(sqlite3.connect(path, timeout=20)) as database:
        for number in range(2000):
            entry = json.dumps(
                {"kind": "edit", "airing": f"x/{number}", "at": "2026-11-24T01:00:00+07:00", "facts": {}}
            )
            database.execute("INSERT INTO entries (entry, hash) VALUES (?, '')", (entry,))
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        for at in range(16 * 4096, path.stat().st_size, 4096):
            file.seek(at)
            file.write(b"\x5a" * 4096)


def pipes(state: Path) -> None:
    for path in [path for path in (*state.rglob("*"), *(state.parent / "audio_cache").rglob("*")) if path.is_file()]:
        if not path.name.startswith(("asrun", "daemon")):
            path.unlink()
            os.mkfifo(path)


def endless(state: Path) -> None:
    for path in [*(state / "accepted").iterdir(), *(state.parent / "audio_cache").rglob("*.json")]:
        path.unlink()
        path.symlink_to("/dev/zero")


def numbers(state: Path) -> None:
    for path in (state.parent / "audio_cache").rglob("*.json"):
        path.write_text(json.dumps({**json.loads(path.read_bytes()), "frames": "x", "rate": None}))


DAMAGES = (entries, pages, pipes, endless, numbers)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_the_daemon_goes_on_and_starts_again(home: Path, tmp_path: Path, damage: Damage, full: bool) -> None:
    if not full and damage not in (entries, pages):
        pytest.skip("--runs=full")
    (home / "box.yaml").write_text(
        "plays: {na-hoa: a}\noutputs: {a: {device: memory}}\nclock: trusted\n", encoding="utf-8"
    )
    CliRunner().invoke(cli, ["--home", str(home), "prepare", "--date", "tomorrow"])
    for number in range(2):
        with running_daemon(home, tmp_path / "told") as (process, path):
            wait(path, "")
            if number == 0:
                damage(home / ".state")
            edit(home, f"sau-{number}")
            wait(path, f"sau-{number}")
            os.kill(process.pid, signal.SIGTERM)
            assert process.wait(30) == 0
        assert "Traceback" not in (tmp_path / "told").read_text(encoding="utf-8")


def edit(home: Path, name: str) -> None:
    schedule = home / "schedules" / "na-hoa.yaml"
    text = schedule.read_text(encoding="utf-8").rstrip()
    schedule.write_text(f"{text}\n  - {{name: {name}, bulletin: nhac, at: 17:20}}\n", encoding="utf-8")


def wait(path: Path, name: str) -> None:
    """Until the daemon has it in hand."""
    wait_for(lambda: any(f"/{name}" in turn["id"] for turn in ask(path, "status")))  # type: ignore[attr-defined]
