"""The hub's units: systemd understands them, and they name what there is."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from harness.paths import ROOT
from harness.stand_ins import RECORD, StandIns

from loudspeaker.cli import HUB_COMMANDS

FOLDER = ROOT / "deploy" / "hub"
UNITS = sorted(path.name for path in FOLDER.glob("loudspeaker-*"))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_understands_every_line_of_the_hubs_units(tmp_path: Path) -> None:
    units = tmp_path / "etc/systemd/system"
    units.mkdir(parents=True)
    for program in ("opt/loudspeaker/.venv/bin/loudspeaker-hub", "bin/systemctl"):
        path = tmp_path / program
        path.parent.mkdir(parents=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    for unit in UNITS:
        shutil.copy(FOLDER / unit, units)
    for name in ("sysinit", "basic", "shutdown", "multi-user", "network-online", "paths"):
        (units / f"{name}.target").write_text("[Unit]\nDescription=stand-in\n")
    (units / "mosquitto.service").write_text("[Unit]\nDescription=stand-in\n[Service]\nExecStart=/bin/systemctl\n")

    command = ["systemd-analyze", "verify", f"--root={tmp_path}", "--man=no", *UNITS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_units_and_the_sample_call_commands_that_there_are() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in FOLDER.iterdir())
    called = set(re.findall(r"loudspeaker-hub ([a-z]+)", text))

    assert {"serve", "invite", "publish", "broker", "boxes", "key"} <= called <= HUB_COMMANDS.keys()


def test_mosquitto_is_told_of_the_file_that_the_hub_writes() -> None:
    watched = re.search(r"^PathChanged=(.*)$", (FOLDER / "loudspeaker-hub-broker.path").read_text(), re.M)
    folder = re.search(r"^StateDirectory=(.*)$", (FOLDER / "loudspeaker-hub.service").read_text(), re.M)

    assert watched
    assert folder
    assert watched[1] == f"/var/lib/{folder[1]}/broker/passwords"


PROGRAMS = {
    "id": "echo ${SELF:-0}\n",
    "getent": 'exit "${KNOWN:-2}"\n',
    "mosquitto": "exit 0\n",
    "setpriv": 'shift 5; exec "$@"\n',
    "loudspeaker-hub": RECORD + '[ "$1" != broker ] || { echo "listener 8883"; exit "${FAILS:-0}"; }\n',
    **dict.fromkeys(("groupadd", "useradd", "usermod", "systemctl"), RECORD),
}


@pytest.fixture
def machine(tmp_path: Path) -> StandIns:
    return StandIns(tmp_path / "bin", PROGRAMS)


def switch_on(machine: StandIns, *names: str, **environ: str) -> subprocess.CompletedProcess[str]:
    root = machine.folder.with_name("root")
    return machine.run(["bash", str(FOLDER / "switch_on.sh"), *names], DESTDIR=str(root), **environ)


def test_one_command_switches_the_hub_on(machine: StandIns) -> None:
    done = switch_on(machine, "loa.vn", "10.0.0.7")

    assert done.returncode == 0, done.stderr
    assert machine.called("loudspeaker-hub") == [
        "loudspeaker-hub broker --name loa.vn --name 10.0.0.7",
        "loudspeaker-hub link",
    ]
    assert (machine.folder.with_name("root") / "etc/mosquitto/conf.d/loudspeaker.conf").read_text() == "listener 8883\n"
    assert machine.called("usermod") == ["usermod --append mosquitto --groups=loudspeaker-hub"]
    assert machine.called("systemctl") == [
        "systemctl daemon-reload",
        "systemctl restart mosquitto",
        "systemctl enable --now loudspeaker-hub.service loudspeaker-hub-broker.path",
        "systemctl restart loudspeaker-hub.service",
    ]
    assert len(machine.called("useradd")) == 1
    assert switch_on(machine, "loa.vn", KNOWN="0").returncode == 0
    assert machine.called("useradd") == []


@pytest.mark.parametrize(("names", "environ"), [((), {}), (("loa.vn",), {"SELF": "1000"}), (("a",), {"FAILS": "1"})])
def test_where_it_cannot_be_switched_on_nothing_is_started(
    machine: StandIns, names: tuple[str, ...], environ: dict[str, str]
) -> None:
    assert switch_on(machine, *names, **environ).returncode != 0
    assert machine.called("systemctl") == []
    assert not (machine.folder.with_name("root") / "etc/mosquitto/conf.d/loudspeaker.conf").exists()
