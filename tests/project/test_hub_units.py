"""The hub's units: systemd understands them, and they name what there is."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from harness.paths import ROOT

from loudspeaker.cli.hub_commands import hub

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

    assert {"serve", "invite", "publish", "broker", "boxes", "key"} <= called <= set(hub.commands)


def test_mosquitto_is_told_of_the_file_that_the_hub_writes() -> None:
    watched = re.search(r"^PathChanged=(.*)$", (FOLDER / "loudspeaker-hub-broker.path").read_text(), re.M)
    folder = re.search(r"^StateDirectory=(.*)$", (FOLDER / "loudspeaker-hub.service").read_text(), re.M)

    assert watched
    assert folder
    assert watched[1] == f"/var/lib/{folder[1]}/broker/passwords"
