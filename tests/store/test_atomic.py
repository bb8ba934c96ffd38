"""Files that survive: whole or not at all, and the last good version of what people edit."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from loudspeaker.store.asrun import AsRunLog
from loudspeaker.store.atomic import WriteError, make_private_folder, stale_drafts, write_atomic
from loudspeaker.store.last_good import LastGoodVersions

NOW = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)


def test_a_file_is_replaced_as_a_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deep" / "lich.yaml"
    write_atomic(path, b"old")
    path.chmod(0o640)
    write_atomic(path, b"new")

    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(path.parent.iterdir()) == [path]


@pytest.fixture
def narrow() -> Iterator[None]:
    """The umask of somebody who thinks of nobody else."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_mode & 0o777 for path in folder.rglob("*")}


@pytest.mark.usefixtures("narrow")
def test_what_is_made_in_a_groups_folder_is_the_groups_to_write(tmp_path: Path) -> None:
    tmp_path.chmod(0o2770)

    write_atomic(tmp_path / "clips" / "ab" / "cd.flac", b"sound")
    AsRunLog.open(tmp_path / ".state" / "asrun.db", "ban-may").close()

    assert modes(tmp_path) == {
        **{"clips": 0o770, "clips/ab": 0o770, "clips/ab/cd.flac": 0o660},
        **{".state": 0o770, ".state/asrun.db": 0o660, ".state/ballast": 0o660},
    }


def test_the_service_need_not_set_the_groups_bit_which_its_sandbox_forbids(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RestrictSUIDSGID refuses a mode with that bit even where it is set already; UMask=0007 has given all the rest."""
    tmp_path.chmod(0o2770)
    change = os.chmod

    def sandboxed(path: Path, mode: int, **how: bool) -> None:
        if mode & stat.S_ISGID:
            raise PermissionError(1, "Operation not permitted", str(path))
        change(path, mode, **how)

    monkeypatch.setattr(os, "chmod", sandboxed)
    before = os.umask(0o007)
    try:
        write_atomic(tmp_path / "clips" / "ab" / "cd.flac", b"sound")
        make_private_folder(tmp_path / ".state")
    finally:
        os.umask(before)

    assert modes(tmp_path) == {".state": 0o770, "clips": 0o770, "clips/ab": 0o770, "clips/ab/cd.flac": 0o660}


@pytest.mark.usefixtures("narrow")
def test_what_is_made_in_nobody_elses_folder_stays_as_its_maker_wants_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)

    write_atomic(tmp_path / "clips" / "cd.flac", b"sound")

    assert modes(tmp_path) == {"clips": 0o700, "clips/cd.flac": 0o600}


def test_a_writer_that_fails_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    def fail(file: BinaryIO) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    path = tmp_path / "chuong-trinh.wav"
    write_atomic(path, b"old")
    with pytest.raises(KeyboardInterrupt):
        write_atomic(path, fail)

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_told_in_words(tmp_path: Path) -> None:
    def full(file: BinaryIO) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(WriteError, match="the disk is full"):
        write_atomic(tmp_path / "x.wav", full)

    assert list(tmp_path.iterdir()) == []


def test_a_draft_that_nobody_finished_is_found_after_an_hour(tmp_path: Path) -> None:
    forgotten = tmp_path / "x.wav.1-1.part"
    forgotten.write_bytes(b"half")
    written = forgotten.stat().st_mtime

    assert list(stale_drafts(tmp_path, written + 60)) == []
    assert list(stale_drafts(tmp_path, written + 3601)) == [forgotten]


def test_a_broken_edit_keeps_the_last_good_version_for_two_days(tmp_path: Path) -> None:
    LastGoodVersions(tmp_path).remember("schedules/na-hoa.yaml", b"good")
    after_restart = LastGoodVersions(tmp_path)

    assert after_restart.last_good("schedules/na-hoa.yaml", NOW) == b"good"
    assert after_restart.last_good("schedules/na-hoa.yaml", NOW + timedelta(hours=48)) == b"good"
    assert after_restart.last_good("schedules/na-hoa.yaml", NOW + timedelta(hours=48, seconds=1)) is None


def test_the_two_days_begin_anew_once_the_file_was_good_again(tmp_path: Path) -> None:
    accepted = LastGoodVersions(tmp_path)
    accepted.remember("a.yaml", b"good")
    accepted.last_good("a.yaml", NOW)
    accepted.remember("a.yaml", b"good")

    assert accepted.last_good("a.yaml", NOW + timedelta(days=30)) == b"good"


def test_a_deleted_file_is_forgotten_at_once(tmp_path: Path) -> None:
    accepted = LastGoodVersions(tmp_path)
    accepted.remember("bulletins/bluezone.md", b"good")
    accepted.last_good("bulletins/bluezone.md", NOW)
    accepted.forget("bulletins/bluezone.md")

    assert accepted.last_good("bulletins/bluezone.md", NOW) is None
    assert os.listdir(tmp_path) == []


class FullDisk:
    """A system on which nothing more can be written; deleting goes."""

    def fsync(self, fd: int) -> None:
        raise OSError(28, "No space left on device")

    def replace(self, src: Path, dst: Path) -> None:
        raise OSError(28, "No space left on device")

    def unlink(self, path: Path) -> None:
        os.unlink(path)


def test_on_a_full_disk_a_good_edit_is_taken_and_the_older_text_never_comes_back(tmp_path: Path) -> None:
    LastGoodVersions(tmp_path).remember("a.yaml", b"old")
    full = LastGoodVersions(tmp_path, FullDisk())
    assert full.last_good("a.yaml", NOW) == b"old"

    full.remember("a.yaml", b"new")
    assert full.last_good("a.yaml", NOW) is None


def test_a_file_that_never_was_good_has_no_good_version(tmp_path: Path) -> None:
    assert LastGoodVersions(tmp_path).last_good("box.yaml", NOW) is None


@pytest.mark.parametrize("told", [b"\xff\xfe", b"no time", b"2026-11-24T05:00:00", b"9" * 10_000, b""])
def test_two_days_begin_anew_where_their_beginning_cannot_be_read(tmp_path: Path, told: bytes) -> None:
    accepted = LastGoodVersions(tmp_path / "accepted")
    accepted.remember("commune.yaml", b"good")
    (tmp_path / "accepted" / "commune.yaml.broken-since").write_bytes(told)

    assert accepted.last_good("commune.yaml", NOW) == b"good"
    assert accepted.last_good("commune.yaml", NOW + timedelta(hours=49)) is None


def test_a_pipe_or_a_folder_in_place_of_a_last_good_version_holds_nobody_up(tmp_path: Path) -> None:
    accepted = LastGoodVersions(tmp_path / "accepted")
    accepted.remember("commune.yaml", b"good")
    (good,) = (tmp_path / "accepted").iterdir()
    good.unlink()
    os.mkfifo(good)
    assert accepted.last_good("commune.yaml", NOW) is None
    accepted.remember("commune.yaml", b"good")
    assert accepted.last_good("commune.yaml", NOW) == b"good"

    good.unlink()
    good.mkdir()
    open_files = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        assert accepted.last_good("commune.yaml", NOW) is None
        accepted.remember("commune.yaml", b"good")
        accepted.forget("commune.yaml")
    assert len(os.listdir("/proc/self/fd")) == open_files
