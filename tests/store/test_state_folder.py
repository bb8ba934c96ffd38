"""The state folder: nobody else's to read, and nothing that somebody has put there leads elsewhere."""

from __future__ import annotations

import os
import stat
import sys
import wave
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from loudspeaker.model.programme import Programme
from loudspeaker.speakers import day_file
from loudspeaker.speakers.stream_recorder import StreamRecorder
from loudspeaker.station import Station
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.store.atomic import SymlinkError, make_private_folder, write_atomic
from loudspeaker.store.last_good import LastGoodVersions

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("made", [None, 0o755, 0o777, 0o500])
def test_it_is_private_however_it_was_made(home: Path, tmp_path: Path, made: int | None) -> None:
    state = tmp_path / "state"
    if made is not None:
        state.mkdir()
        state.chmod(made)

    with closing(Station.open(home, state)) as station:
        assert station.log

    assert mode(state) == 0o700


@pytest.mark.parametrize("made", [0o2755, 0o2777, 0o2770])
def test_a_groups_is_the_groups(tmp_path: Path, made: int) -> None:
    state = tmp_path / "state"
    state.mkdir()
    state.chmod(made)

    make_private_folder(state)

    assert mode(state) == 0o2770


def test_one_made_in_a_groups_folder_is_the_groups(tmp_path: Path) -> None:
    tmp_path.chmod(0o2770)

    make_private_folder(tmp_path / "state")

    assert mode(tmp_path / "state") == 0o2770


def test_what_everybody_uses_is_not_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)

    make_private_folder(tmp_path)

    assert mode(tmp_path) == 0o1777


@pytest.mark.parametrize("name", ["asrun.db", "asrun.db-wal", "asrun.db-shm"])
def test_a_log_that_is_a_link_is_refused_and_what_it_leads_to_untouched(home: Path, tmp_path: Path, name: str) -> None:
    state, elsewhere = tmp_path / "state", tmp_path / "elsewhere"
    state.mkdir()
    elsewhere.write_bytes(b"mine")
    (state / name).symlink_to(elsewhere)

    with pytest.raises(SymlinkError, match="symbolic link"):
        AsRunLog.open(state / "asrun.db", "xa-thu")
    with pytest.raises(SymlinkError):
        AsRunLog.open_read_only(state / "asrun.db", "xa-thu")

    assert elsewhere.read_bytes() == b"mine"


def test_a_draft_is_not_written_through_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere := tmp_path / "elsewhere").write_bytes(b"mine")
    monkeypatch.setattr("loudspeaker.store.atomic.get_ident", lambda: 7)
    (tmp_path / f"x.{os.getpid()}-7.part").symlink_to(elsewhere)

    write_atomic(tmp_path / "x", b"new")

    assert elsewhere.read_bytes() == b"mine"
    assert (tmp_path / "x").read_bytes() == b"new"


def test_last_good_versions_are_neither_read_nor_written_through_a_link(tmp_path: Path) -> None:
    (elsewhere := tmp_path / "elsewhere").mkdir()
    kept = LastGoodVersions(tmp_path / "accepted")
    kept.folder.symlink_to(elsewhere)
    kept.remember("commune.yaml", b"good")
    assert list(elsewhere.iterdir()) == []

    kept.folder.unlink()
    kept.remember("commune.yaml", b"good")
    (good,) = kept.folder.iterdir()
    good.unlink()
    good.symlink_to(home_of_somebody := tmp_path / "secret")
    home_of_somebody.write_bytes(b"secret")
    assert kept.last_good("commune.yaml", NOW) is None


def sound(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(1600))
    return path


@pytest.mark.parametrize("name", [".day.flac.lock", ".day.flac.draft"])
def test_a_days_recording_is_not_written_through_a_link(tmp_path: Path, name: str) -> None:
    (elsewhere := tmp_path / "elsewhere").write_bytes(b"mine")
    (folder := tmp_path / "aired").mkdir()
    (folder / name).symlink_to(elsewhere)

    try:
        day_file.append(folder / "day.flac", [sound(tmp_path / "a.wav")], 800)
    except OSError:
        assert name.endswith("lock")

    assert elsewhere.read_bytes() == b"mine"


def test_a_folder_of_recordings_that_is_a_link_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere := tmp_path / "elsewhere").mkdir()
    (tmp_path / "aired").symlink_to(elsewhere)
    monkeypatch.setattr(os, "nice", lambda _: None)
    arguments = [str(tmp_path / "aired" / "day.flac"), "800", "0.0", str(sound(tmp_path / "a.wav"))]
    monkeypatch.setattr(sys, "argv", ["day", *arguments])

    with pytest.raises(SystemExit, match=r"day\.flac"):
        day_file.main()

    assert list(elsewhere.iterdir()) == []


def test_a_stream_is_not_recorded_through_a_link(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (elsewhere := tmp_path / "elsewhere").write_bytes(b"mine")
    (tmp_path / "a.reel").symlink_to(elsewhere)

    StreamRecorder(Programme("stream:x", tmp_path / "pipe", 8000, 8000, ""), tmp_path / "a.reel").close()

    assert elsewhere.read_bytes() == b"mine"
    assert not (tmp_path / "a.reel").is_symlink()
