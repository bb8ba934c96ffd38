"""What the agent's user may write of a station, by the unit that starts it; and who shares the cache of sounds.

The directives are read from the unit as it is shipped and are done by hand: a mount namespace, a user and a group.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from harness.killed_process import NEVER, run_until_killed
from harness.office import NOW, join_box, open_office
from harness.small_disk import CLONE_NEWNS

from loudspeaker.clock import FakeClock
from loudspeaker.station.station import Station

UNIT = Path(__file__).parents[2] / "deploy" / "loudspeaker-fleet.service"
STATION = "/var/lib/loudspeaker"
GROUP, DAEMON, AGENT, CONSOLE, STRANGER = 61_000, 61_001, 61_002, 61_003, 61_004
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="becomes other users: run as root")


def directives(name: str) -> list[str]:
    lines = (line.partition("=") for line in UNIT.read_text(encoding="utf-8").splitlines())
    return [word for key, _, value in lines if key == name for word in value.split()]


def here(home: Path, name: str) -> Iterator[Path]:
    """The paths of a directive, in this station."""
    for word in directives(name):
        assert word.startswith(f"-{STATION}/"), word
        yield home / word.removeprefix(f"-{STATION}/")


@pytest.fixture
def station(home: Path, tmp_path: Path) -> Path:
    """As `make_station` and `share_station` (deploy/common.sh) leave it, joined and prepared by the daemon's user."""
    join_box(home, open_office(home, tmp_path))
    (home / ".state" / "fleet").mkdir(exist_ok=True)
    prepare(home)  # what is imported on the way may lie where nobody else may look
    shutil.rmtree(home / "audio_cache")
    for path in (home, *home.rglob("*")):
        os.chown(path, DAEMON, GROUP)
        path.chmod(0o2770 if path.is_dir() else 0o660)
    for folder in tmp_path.parents[: len(tmp_path.parents) - 2]:
        folder.chmod(folder.stat().st_mode | 0o011)  # pytest's own are for root alone
    tmp_path.chmod(0o777)
    as_user(DAEMON, lambda: prepare(home))
    return home


def as_user(user: int, act: Callable[[], object], group: int = GROUP) -> None:
    """In a process of its own. Raises `AssertionError` with what went wrong there."""

    def become() -> None:
        os.setgroups([])
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
        os.umask(0o007)
        act()

    assert run_until_killed(become, NEVER) is not None


def prepare(home: Path) -> None:
    with closing(Station.open(home, clock=FakeClock(NOW))) as opened:
        opened.preparation.prepare(None, 1, lambda done, total, what: None)


def sounds(home: Path) -> list[Path]:
    return [path for path in (home / "audio_cache").rglob("*") if path.is_file()]


def places(home: Path) -> list[Path]:
    return [home, *(path for path in home.rglob("*") if not path.is_socket())]


def try_to_write(path: Path) -> bool:
    """A file by its content, a folder by a file in it."""
    try:
        if path.is_dir():
            (path / "agent").write_bytes(b"x")
        else:
            path.open("r+b").close()
    except OSError:
        return False
    return True


def shut_in(home: Path, closed: Path) -> None:
    """What the unit says of the file system; `closed` is a file that nobody may open."""
    assert directives("ProtectSystem") == ["strict"]
    assert ctypes.CDLL(None).unshare(CLONE_NEWNS) == 0

    def mount(*words: str) -> None:
        subprocess.run(["mount", *words], check=True)

    mount("--make-rprivate", "/")
    mount("--bind", str(home), str(home))
    for path in here(home, "ReadWritePaths"):
        mount("--bind", str(path), str(path))
    mount("-o", "remount,bind,ro", str(home))
    for path in here(home, "InaccessiblePaths"):
        mount("--bind", str(closed), str(path))


def test_the_agent_can_write_its_own_folder_and_nothing_else_of_a_station(station: Path, tmp_path: Path) -> None:
    key, written, closed = station / ".state" / "box.key", tmp_path / "written", tmp_path / "closed"
    for path, mode in ((key, 0o660), (written, 0o666), (closed, 0)):
        path.touch()
        path.chmod(mode)

    def attempt() -> None:
        shut_in(station, closed)
        os.setgroups([])
        os.setresgid(GROUP, GROUP, GROUP)
        os.setresuid(AGENT, AGENT, AGENT)
        found = [str(path.relative_to(station)) for path in places(station) if try_to_write(path)]
        written.write_text(json.dumps([found, os.access(key, os.R_OK)]))

    assert run_until_killed(attempt, NEVER) is not None
    found, reads_key = json.loads(written.read_text())
    assert found
    assert all(path.startswith(".state/fleet") for path in found), found
    assert not reads_key
    assert sounds(station)
    assert len(places(station)) > 40


def test_whoever_prepares_sound_shares_it_with_the_group_and_with_nobody_else(station: Path) -> None:
    before = sounds(station)
    assert before
    assert {path.stat().st_gid for path in before} == {GROUP}
    assert not any(path.stat().st_mode & 0o007 for path in (station / "audio_cache").rglob("*"))

    def replace_all() -> None:
        for path in before:
            assert path.read_bytes()
            path.unlink()
        prepare(station)

    as_user(CONSOLE, replace_all)
    assert {path.stat().st_uid for path in sounds(station)} == {CONSOLE}
    as_user(DAEMON, replace_all)
    with pytest.raises(AssertionError, match="PermissionError"):
        as_user(STRANGER, lambda: before[0].read_bytes(), group=STRANGER)
