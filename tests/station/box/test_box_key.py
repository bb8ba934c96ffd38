"""The key by which a box signs: one for ever, and nobody's but the service's."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from loudspeaker.errors import Refused
from loudspeaker.station.box.box_key import open_box_key
from loudspeaker.station.paths import StationPaths

pytestmark = pytest.mark.waits

OPEN = """
import os, sys; from pathlib import Path
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.box.box_key import open_box_key
os.setgroups([]), os.setuid(int(sys.argv[1]))  # behind the imports: others may not enter where Python lies
print(open_box_key(StationPaths(Path(), Path("state"))).public.id)
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be somebody else")


@pytest.fixture
def paths(tmp_path: Path) -> StationPaths:
    """The state folder of a service, which its group may write to, and beside it what everybody may enter."""
    state = tmp_path / "state"
    state.mkdir()
    state.chmod(0o2770)
    return StationPaths(tmp_path, state)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_its_owners_alone_in_a_folder_of_a_group_too(paths: StationPaths) -> None:
    key = open_box_key(paths)

    assert mode(paths.box_key) == 0o600
    assert open_box_key(paths).public == key.public


def test_one_that_an_older_version_has_left_to_the_group_is_taken_back(paths: StationPaths) -> None:
    key = open_box_key(paths)
    paths.box_key.chmod(0o660)

    assert open_box_key(paths).public == key.public
    assert mode(paths.box_key) == 0o600


def test_one_that_cannot_be_read_is_not_replaced_by_another(paths: StationPaths, tmp_path: Path) -> None:
    open_box_key(paths)
    paths.box_key.rename(tmp_path / "elsewhere")
    paths.box_key.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(Refused, match="sudo"):
        open_box_key(paths)


def open_as(uid: int, paths: StationPaths) -> subprocess.CompletedProcess[str]:
    """What a process of that user prints; of a group that may write to the folder."""
    paths.home.chmod(0o755)
    return subprocess.run(
        [sys.executable, "-c", OPEN, str(uid)], cwd=paths.home, capture_output=True, text=True, check=False
    )


@as_root
def test_root_makes_it_for_the_service(paths: StationPaths) -> None:
    os.chown(paths.state, 65_533, 0)
    key = open_box_key(paths)

    assert paths.box_key.stat().st_uid == 65_533
    assert open_as(65_533, paths).stdout.strip() == key.public.id


@as_root
def test_whoever_else_may_write_to_the_folder_makes_none_and_reads_none(paths: StationPaths) -> None:
    os.chown(paths.state, 65_533, 0)
    first = open_as(65_534, paths)
    assert not paths.box_key.exists()
    key = open_box_key(paths)
    second = open_as(65_534, paths)

    assert all("do this again with sudo" in done.stderr for done in (first, second))
    assert open_box_key(paths).public == key.public
