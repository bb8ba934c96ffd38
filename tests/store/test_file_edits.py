"""Edits of people's files: all or none, one editor at a time, and nobody's work is lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from harness.power_cut import FullDisk, RecordingDisk, restarted

from loudspeaker.errors import BadUsage
from loudspeaker.store.atomic import WriteError
from loudspeaker.store.edits import (
    ABSENT,
    JOURNAL,
    LOCK,
    EditConflict,
    EditLocked,
    FileEdit,
    apply_edits,
    finish_edits,
    revision_of,
)

OLD, NEW = b"old" * 1_000, b"new" * 2_000
SCHEDULE, BULLETIN, GONE = "schedules/na-hoa.yaml", "bulletins/Thông báo.md", "bulletins/cu.md"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    for name in (SCHEDULE, BULLETIN, GONE):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(OLD)
    return folder


@pytest.fixture
def disk(home: Path) -> Iterator[RecordingDisk]:
    disk = RecordingDisk(home)
    for folder in (home, home / "schedules", home / "bulletins"):  # what there was before is on the disk
        for path in folder.iterdir():
            fd = os.open(path, os.O_RDONLY)
            disk.fsync(fd)
            os.close(fd)
        fd = os.open(folder, os.O_RDONLY)
        disk.fsync(fd)
        os.close(fd)
    disk.worlds.clear()
    yield disk
    disk.close()


def edit(home: Path, name: str, after: bytes | None = NEW) -> FileEdit:
    return FileEdit(name, revision_of(home / name), after)


def contents(home: Path) -> dict[str, bytes]:
    """Of people's files: no lock, no journal, no draft."""
    files = (path for path in home.rglob("*") if path.is_file() and path.suffix in (".yaml", ".md"))
    return {str(path.relative_to(home)): path.read_bytes() for path in files}


BEFORE = {SCHEDULE: OLD, BULLETIN: OLD, GONE: OLD}
AFTER = {SCHEDULE: NEW, BULLETIN: NEW, "bulletins/moi.md": NEW}


def everything(home: Path) -> list[FileEdit]:
    """Two files changed, one made, one deleted."""
    return [edit(home, SCHEDULE), edit(home, BULLETIN), edit(home, "bulletins/moi.md"), edit(home, GONE, None)]


def test_files_are_changed_made_and_deleted_together(home: Path) -> None:
    apply_edits(home, everything(home), "Hoa")

    assert contents(home) == AFTER
    assert sorted(path.name for path in home.rglob("*") if path.name.startswith(".") or ".part" in path.name) == [LOCK]


def test_a_power_cut_at_any_instant_leaves_all_old_files_or_all_new_ones(
    home: Path, disk: RecordingDisk, tmp_path: Path
) -> None:
    apply_edits(home, everything(home), "Hoa", system=disk)
    found = []
    for folder in restarted(disk.worlds, tmp_path / "after"):
        finish_edits(folder)
        found.append(contents(folder))

    assert [one for one in found if one not in (BEFORE, AFTER)] == []
    assert (BEFORE in found, AFTER in found) == (True, True)
    assert [contents(folder) for folder in restarted(disk.now(), tmp_path / "after")] == [AFTER] * 2


def test_what_a_cut_interrupted_is_finished_before_the_next_edit(
    home: Path, disk: RecordingDisk, tmp_path: Path
) -> None:
    apply_edits(home, everything(home), "Hoa", system=disk)
    for folder in restarted([world for world in disk.worlds if Path(JOURNAL) in world], tmp_path / "after"):
        with pytest.raises(EditConflict):
            apply_edits(folder, [FileEdit(SCHEDULE, revision_of(tmp_path / "nowhere"), OLD)], "Lan")
        assert contents(folder) in (BEFORE, AFTER)


def test_what_somebody_else_has_saved_meanwhile_stays(home: Path) -> None:
    mine = everything(home)
    (home / BULLETIN).write_bytes(b"by hand")
    with pytest.raises(EditConflict, match="Thông báo") as error:
        apply_edits(home, mine, "Hoa")

    assert error.value.paths == [BULLETIN]
    assert contents(home) == {**BEFORE, BULLETIN: b"by hand"}


@pytest.mark.parametrize("name", [SCHEDULE, "bulletins/moi.md"])
def test_a_file_that_was_made_or_deleted_meanwhile_is_a_conflict(home: Path, name: str) -> None:
    mine = [edit(home, name)]
    path = home / name
    path.unlink() if path.exists() else path.write_bytes(b"another")
    with pytest.raises(EditConflict):
        apply_edits(home, mine, "Hoa")


@pytest.mark.parametrize("fails", range(1, 5))
def test_a_full_disk_changes_nothing(home: Path, fails: int) -> None:
    with pytest.raises(WriteError):
        apply_edits(home, everything(home), "Hoa", system=FullDisk(fails))

    assert contents(home) == BEFORE
    assert not list(home.rglob("*.part"))
    apply_edits(home, everything(home), "Hoa")
    assert contents(home) == AFTER


def add_line(home: str, person: int) -> int:
    """Append twenty lines as a person does who looks again after each conflict; how many conflicts there were."""
    conflicts = done = 0
    while done < 20:
        path = Path(home) / SCHEDULE
        revision, content = revision_of(path), path.read_bytes()
        try:
            apply_edits(Path(home), [FileEdit(SCHEDULE, revision, content + b"%d %d\n" % (person, done))], str(person))
            done += 1
        except EditConflict:
            conflicts += 1
    return conflicts


def test_of_many_who_save_at_once_nobody_loses_a_line(home: Path) -> None:
    (home / SCHEDULE).write_bytes(b"")
    with get_context("fork").Pool(4) as pool:
        pool.starmap(add_line, [(str(home), person) for person in range(4)])
    lines = (home / SCHEDULE).read_text().splitlines()

    assert sorted(lines) == sorted(f"{person} {number}" for person in range(4) for number in range(20))


def test_who_waits_too_long_is_told_who_is_saving(home: Path) -> None:
    def save(by: str, after: bytes) -> str:
        try:
            apply_edits(home, [FileEdit("cho.md", ABSENT, after)], by, patience=0.0)
        except EditLocked as error:
            return str(error)
        return ""

    class Slow(FullDisk):
        def fsync(self, fd: int) -> None:
            answers.append(save("Lan", b"mine"))

    answers: list[str] = []
    with ThreadPoolExecutor(1) as pool:
        pool.submit(apply_edits, home, [edit(home, SCHEDULE)], "Chị Hoa", 0.0, Slow(9)).result()

    assert set(answers) == {"Chị Hoa is saving just now; try again"}
    assert save("Lan", b"mine") == ""


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../ngoai.md", "bulletins/../../x", "a\0b", "loi/x.md"])
def test_no_edit_leads_out_of_the_folder(home: Path, tmp_path: Path, name: str) -> None:
    (home / "loi").symlink_to(tmp_path)
    with pytest.raises(BadUsage):
        apply_edits(home, [FileEdit(name, ABSENT, NEW)], "Hoa")


@pytest.mark.parametrize("journal", ["{", "5", "[1]", '[["a"]]', '{"a": "b"}', '[[null, "bulletins/hop.md"]]'])
def test_a_journal_that_is_not_ours_is_put_away(home: Path, journal: str) -> None:
    (home / JOURNAL).write_text(journal)
    finish_edits(home)

    assert not (home / JOURNAL).exists()
    assert contents(home) == BEFORE
