"""`make install` below a folder of its own, with stand-ins on PATH for whatever would touch the machine.

They write down how they were called. Restarting is tried against a socket that answers as a daemon does.
"""

from __future__ import annotations

import os
import pty
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from harness.fake_daemon import FakeDaemon
from harness.paths import ROOT
from harness.stand_ins import RECORD, StandIns

pytestmark = pytest.mark.waits

UNITS = ("loudspeaker.service", "loudspeaker-web.service", "loudspeaker-web.socket", "loudspeaker-fleet.service")
STICK = "loudspeaker-stick@.service", "loudspeaker-stick@sda1.service"  # as it lies there, and for one stick
QUIET = "0.2"  # seconds that a restart waits here

# The environment that is made: pip only writes down what it is asked, the program is that of this checkout.
VENV = (
    RECORD
    + """
for folder in "$@"; do :; done
mkdir -p "$folder/bin"
cat >"$folder/bin/python" <<EOF
#!/bin/sh
case "\\$1 \\$2" in
    "-m pip")
        echo "pip \\$*" >>"$CALLS"
        for one in "\\$@"; do [ ! -d "\\$one" ] || (cd "\\$one" && find . -type f) >>"$CALLS.tree"; done;;
    *) exec "$PYTHON" "\\$@";;
esac
EOF
printf '#!/bin/sh\\nexec "%s" -m loudspeaker "$@"\\n' "$PYTHON" >"$folder/bin/loudspeaker"
chmod +x "$folder/bin/python" "$folder/bin/loudspeaker"
"""
)
STAND_INS = {
    "python3": VENV,
    "id": 'case "$*" in -u) echo 0;; -nG*) echo "$2" adm;; *) exit 0;; esac\n',
    "getent": "exit 0\n",
    "apt-get": RECORD + 'case "$*" in *python3-lgpio*) exit ${LGPIO:-0};; esac\n',
    "systemctl": RECORD + 'case "$1" in is-active) exit ${ACTIVE:-3};; restart) exit ${RESTART:-0};; esac\n',
    **dict.fromkeys(("groupadd", "useradd", "usermod", "userdel", "chown"), RECORD),
}


class Machine:
    """A folder that stands for the whole machine."""

    def __init__(self, folder: Path) -> None:
        self.root, self.stand_ins = folder / "root", StandIns(folder / "bin", STAND_INS)
        self.calls = self.stand_ins.calls
        self.station, self.program = self.root / "var/lib/loudspeaker", self.root / "opt/loudspeaker"
        self.root.mkdir()

    def boot(self) -> None:
        (self.root / "run/systemd/system").mkdir(parents=True)

    def run(self, script: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return self.stand_ins.run(
            [str(ROOT / "deploy" / script)],
            **{"DESTDIR": str(self.root), "PYTHON": sys.executable, "PYTHONPATH": str(ROOT), **environ},
        )

    def called(self, name: str) -> list[str]:
        return self.stand_ins.called(name)


@pytest.fixture
def machine() -> Iterator[Machine]:
    with TemporaryDirectory() as folder:  # a short one: the path of a socket may have 107 bytes
        yield Machine(Path(folder))


def test_a_fresh_install_puts_everything_in_its_place(machine: Machine) -> None:
    done = machine.run("install.sh", SUDO_USER="hoa")

    assert done.returncode == 0, done.stderr
    for name in ("README.md", "NOTICE", "LICENSE", "docs/hardware.md", ".venv/bin/loudspeaker"):
        assert (machine.program / name).exists(), name
    for unit in (*UNITS, STICK[0]):
        assert (machine.root / "etc/systemd/system" / unit).exists(), unit
    assert (machine.root / "etc/udev/rules.d/60-loudspeaker-stick.rules").exists()
    assert os.readlink(machine.root / "usr/local/bin/loudspeaker") == "/opt/loudspeaker/.venv/bin/loudspeaker"
    assert "nghiệm thu" in done.stdout
    assert machine.called("systemctl") == ["systemctl enable loudspeaker"]  # begins when the machine does


def test_only_what_has_a_hash_is_installed_and_nothing_comes_from_the_checkouts_left_overs(machine: Machine) -> None:
    stray = ROOT / "build" / "lib" / "loudspeaker" / "left_over.py"
    made = [folder for folder in stray.parents if not folder.exists()]
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_text("raise SystemExit('from an older build')\n")
    before = {path.name for path in ROOT.iterdir()}
    try:
        assert machine.run("install.sh").returncode == 0
    finally:
        stray.unlink()
        for folder in made:  # a developer's own build stays
            folder.rmdir()

    pip = machine.called("pip")
    assert len(pip) == 3
    assert all("--require-hashes" in line for line in pip[:2])
    assert "build.txt" in pip[0]
    assert "runtime.txt" in pip[1]
    assert "--no-deps --no-build-isolation" in pip[2]
    assert str(ROOT) not in pip[2]
    tree = Path(f"{machine.calls}.tree").read_text()
    assert "./loudspeaker/daemon/loop.py" in tree
    assert "left_over" not in tree
    assert {path.name for path in ROOT.iterdir()} <= before


def test_whoever_installs_is_added_to_the_group_and_told_to_log_in_again(machine: Machine) -> None:
    done = machine.run("install.sh", SUDO_USER="hoa")

    assert "usermod -aG loudspeaker hoa" in machine.called("usermod")
    assert "đăng nhập lại" in done.stdout
    assert "sudo usermod -aG loudspeaker" in machine.run("install.sh").stdout  # as root nobody is known


def test_a_package_for_the_pins_that_cannot_be_had_is_told(machine: Machine) -> None:
    done = machine.run("install.sh", LGPIO="100")

    assert done.returncode == 0
    assert "python3-lgpio" in done.stderr
    assert "python3-lgpio" not in machine.run("install.sh").stderr


def test_the_station_is_the_groups_to_edit(machine: Machine) -> None:
    machine.run("install.sh")

    for folder in (machine.station, machine.station / "bulletins", machine.station / "schedules"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o2770, folder
    assert stat.S_IMODE((machine.station / "commune.yaml").stat().st_mode) & 0o667 == 0o660
    unit = (ROOT / "deploy/loudspeaker.service").read_text()
    assert "StateDirectoryMode=2770" in unit  # systemd sets it at every start


def test_an_update_keeps_the_station_and_the_voices_and_takes_the_old_program_away(machine: Machine) -> None:
    machine.run("install.sh", VOICES="yes")
    assert "voices.txt" in machine.called("pip")[1]
    first = (machine.program / ".venv").resolve()
    (first / "lib/python3.11/site-packages/piper").mkdir(parents=True)
    (machine.station / "commune.yaml").write_text("commune: Xã Thử\nid: xa-thu\n")
    first = first.rename(first.with_name("env-20200101-000000"))  # an update comes later than the same second
    (machine.program / ".venv").unlink()
    (machine.program / ".venv").symlink_to(first.name)

    assert machine.run("install.sh").returncode == 0

    assert "voices.txt" in machine.called("pip")[1]
    assert (machine.station / "commune.yaml").read_text() == "commune: Xã Thử\nid: xa-thu\n"
    assert not first.exists()
    assert (machine.program / ".venv/bin/loudspeaker").exists()


def test_the_service_is_enabled_and_restarted_where_systemd_runs(machine: Machine) -> None:
    machine.boot()
    house = (
        FakeDaemon(machine.station / ".state/control.sock")
        if (machine.station / ".state").mkdir(parents=True)
        else None
    )
    assert house is None
    house = FakeDaemon(machine.station / ".state/control.sock")
    house.answers["status"] = []
    try:
        done = machine.run("install.sh")
    finally:
        house.close()

    assert done.returncode == 0, done.stderr
    assert machine.called("systemctl") == [
        *("systemctl enable loudspeaker", "systemctl daemon-reload", "systemctl restart loudspeaker"),
        "systemctl try-restart loudspeaker-fleet",
    ]
    assert "bản mới đang chạy" in done.stdout


def test_a_restart_that_fails_is_told_and_keeps_the_old_program(machine: Machine) -> None:
    machine.boot()
    old = machine.program / "env-20200101-000000"
    old.mkdir(parents=True)

    done = machine.run("install.sh", RESTART="1")

    assert done.returncode == 1
    assert "journalctl" in done.stderr
    assert old.exists()


def test_uninstalling_keeps_the_station(machine: Machine) -> None:
    machine.boot()
    machine.run("install.sh", RESTART="1")

    done = machine.run("uninstall.sh")

    assert done.returncode == 0
    assert machine.called("systemctl") == [
        "systemctl disable --now loudspeaker loudspeaker-web.socket loudspeaker-fleet loudspeaker-hub"
        " loudspeaker-hub-broker.path",
        "systemctl stop loudspeaker-web",
        "systemctl daemon-reload",
    ]
    assert not machine.program.exists()
    assert not list((machine.root / "etc/systemd/system").glob("loudspeaker*"))
    assert not list((machine.root / "etc/udev/rules.d").iterdir())
    assert not (machine.root / "usr/local/bin/loudspeaker").is_symlink()
    assert (machine.station / "commune.yaml").exists()
    assert "/var/lib/loudspeaker" in done.stdout


# When an update takes effect.


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[FakeDaemon]:
    (tmp_path / "s").mkdir()
    house = FakeDaemon(tmp_path / "s" / "control.sock")
    yield house
    house.close()


def turn(title: str, phase: str, seconds: float) -> dict[str, str]:
    """A row of `status`, `seconds` from now: to be made in the test, since a long run has old parameters by then."""
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    return {"id": f"na-hoa/{title}", "at": at.isoformat(), "phase": phase, "title": title}


def restart(machine: Machine, socket: Path, answer: str | None = None, verb: str = "restart") -> tuple[int, str]:
    """Exit status and what was said; with an answer, somebody sits at a terminal."""
    machine.calls.write_text("")
    environ = {**os.environ, "PATH": machine.stand_ins.path, "CALLS": str(machine.calls)}
    command = [sys.executable, str(ROOT / "deploy/between_airings.py"), verb, str(socket), QUIET]
    if answer is None:
        done = subprocess.run(
            command, env={**environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    done = subprocess.run(
        command, env={**environ, "PYTHONPATH": str(ROOT)}, stdin=theirs, capture_output=True, text=True
    )
    os.close(ours)
    os.close(theirs)
    return done.returncode, done.stdout + done.stderr


RESTARTED = ["systemctl restart loudspeaker"]


@pytest.mark.parametrize("coming", [[], [("Tin trưa", "planned", 3600), ("Tin chiều", "prepared", 600)]])
def test_in_a_gap_an_update_takes_effect_at_once(
    machine: Machine, daemon: FakeDaemon, coming: list[tuple[str, str, float]]
) -> None:
    daemon.answers["status"] = [turn(*one) for one in coming]

    status, said = restart(machine, daemon.path)

    assert (status, machine.called("systemctl")) == (0, RESTARTED)
    assert "bản mới đang chạy" in said


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("Tin trưa", "on air", -20), "đang phát “Tin trưa”"),
        (("Lũ quét", "between", -20), "đang phát “Lũ quét”"),  # an alarm that is said again
        (("Tin trưa", "planned", 20), "sắp phát “Tin trưa”"),
    ],
)
def test_nothing_on_the_air_is_cut_off_by_an_update(
    machine: Machine, daemon: FakeDaemon, row: tuple[str, str, float], why: str
) -> None:
    daemon.answers["status"] = [turn(*row)]

    status, said = restart(machine, daemon.path)

    assert (status, machine.called("systemctl")) == (1, [])
    assert why in said
    assert "systemctl restart loudspeaker" in said  # what is left to do


def test_the_end_of_an_airing_is_waited_for(machine: Machine, daemon: FakeDaemon) -> None:
    rows = iter([[turn("Tin trưa", "on air", -20)]])
    daemon.door._carry_out = lambda do, args, uid: next(rows, [])  # type: ignore[attr-defined]
    global QUIET
    before, QUIET = QUIET, "30"
    try:
        status, said = restart(machine, daemon.path)
    finally:
        QUIET = before

    assert (status, machine.called("systemctl")) == (0, RESTARTED)
    assert said.index("đang phát") < said.index("bản mới đang chạy")


@pytest.mark.parametrize(
    ("answer", "status", "calls"), [("có", 0, RESTARTED), ("c", 0, RESTARTED), ("", 1, []), ("k", 1, [])]
)
def test_somebody_at_a_terminal_is_asked(
    machine: Machine, daemon: FakeDaemon, answer: str, status: int, calls: list[str]
) -> None:
    daemon.answers["status"] = [turn("Tin trưa", "on air", -20)]

    found, said = restart(machine, daemon.path, answer)

    assert (found, machine.called("systemctl")) == (status, calls)
    assert "cắt ngang buổi phát?" in said


def test_whoever_only_stops_it_needs_a_longer_gap(machine: Machine, daemon: FakeDaemon) -> None:
    """A package's files are exchanged before it begins anew."""
    daemon.answers["status"] = [turn("Tin trưa", "prepared", 100)]

    assert restart(machine, daemon.path, verb="stop")[0] == 1
    assert restart(machine, daemon.path)[0] == 0
    daemon.answers["status"] = [turn("Tin trưa", "prepared", 200)]
    assert restart(machine, daemon.path, verb="stop")[0] == 0
    assert machine.called("systemctl") == ["systemctl stop loudspeaker"]


def test_a_daemon_that_does_not_answer_is_not_taken_for_one_that_is_quiet(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACTIVE", "0")

    status, said = restart(machine, tmp_path / "nobody.sock")

    assert status == 1
    assert "không trả lời" in said
    assert RESTARTED[0] not in machine.called("systemctl")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_understands_every_line_of_the_service(tmp_path: Path) -> None:
    units, program = tmp_path / "etc/systemd/system", tmp_path / "opt/loudspeaker/.venv/bin"
    units.mkdir(parents=True)
    program.mkdir(parents=True)
    for name in ("loudspeaker", "loudspeaker-fleet", "python3"):
        (program / name).write_text("#!/bin/sh\n")
        (program / name).chmod(0o755)
    for unit in (*UNITS, STICK[0]):
        shutil.copy(ROOT / "deploy" / unit, units)
    for name in ("sysinit", "basic", "shutdown", "multi-user", "sound", "sockets", "network-online"):
        (units / f"{name}.target").write_text("[Unit]\nDescription=stand-in\n")
    (tmp_path / "bin").mkdir()
    shutil.copy(program / "python3", tmp_path / "bin" / "sh")
    loads = "[Unit]\nDescription=stand-in\n[Service]\nType=oneshot\nExecStart=/opt/loudspeaker/.venv/bin/python3 %i\n"
    (units / "modprobe@.service").write_text(loads)

    done = subprocess.run(
        ["systemd-analyze", "verify", f"--root={tmp_path}", "--man=no", *UNITS, STICK[1]],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "unit", ["loudspeaker.service", "loudspeaker-web.service", "loudspeaker-fleet.service", STICK[0]]
)
def test_a_system_call_that_is_not_allowed_fails_and_does_not_kill(unit: str) -> None:
    """Libraries make some that they can do without: OpenBLAS, in all that makes sound, asks for mbind."""
    lines = (ROOT / "deploy" / unit).read_text().splitlines()

    assert any(line.startswith("SystemCallFilter=") for line in lines)
    assert "SystemCallErrorNumber=EPERM" in lines


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_the_service_may_make_every_system_call_that_the_program_makes() -> None:
    """One that is not allowed fails; these it cannot do without."""
    listed = subprocess.run(["systemd-analyze", "syscall-filter"], capture_output=True, text=True, check=True).stdout
    groups: dict[str, set[str]] = {}
    name = ""
    for line in listed.splitlines():
        if line.startswith("@"):
            groups[name := line.strip()] = set()
        elif line.startswith("    ") and not line.strip().startswith("#"):
            groups[name].add(line.strip())

    def calls(names: list[str]) -> set[str]:
        plain = {one for one in names if not one.startswith("@")}
        return plain.union(*(calls(sorted(groups[one])) for one in names if one.startswith("@")))

    allowed: set[str] = set()
    for words in re.findall(r"^SystemCallFilter=(.*)$", (ROOT / "deploy/loudspeaker.service").read_text(), re.M):
        if words.startswith("~"):
            allowed -= calls(words[1:].split())
        else:
            allowed |= calls(words.split())

    # The socket for the group, the clock's state, the player's priority and core, a child's niceness and its end.
    needed = {"chown", "lchown", "fchownat", "fchmod", "sched_setscheduler", "sched_setaffinity", "setpriority"}
    needed |= {"adjtimex", "clock_adjtime", "prctl", "prlimit64", "flock", "fsync"}
    assert needed <= allowed | groups["@default"]
    assert "ProtectClock=yes" not in (ROOT / "deploy/loudspeaker.service").read_text()  # it refuses the clock's state
