"""A hub's database that cannot be used is left as it is found, and closed."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from loudspeaker.errors import LoudspeakerError
from loudspeaker.hub.hub_database import STEPS, HubDatabase
from loudspeaker.store.atomic import WriteError


def open_files() -> set[str]:
    """Paths of all files that this process has open."""
    return {os.readlink(entry) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()}


def test_a_newer_versions_database_is_refused_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    with closing(sqlite3.connect(path)) as newer:
        newer.execute(f"PRAGMA user_version = {len(STEPS) + 1}")

    with pytest.raises(LoudspeakerError, match="newer version"):
        HubDatabase.open(path)
    assert str(path) not in open_files()


def test_what_is_no_database_is_told_so_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    path.write_text("no database, but some lines of text that somebody has put here by mistake " * 20)

    with pytest.raises(WriteError, match="cannot be used"):
        HubDatabase.open(path)
    assert str(path) not in open_files()
