"""Setting up for the first time takes minutes: it says what it is doing, step by step and package by package."""

from __future__ import annotations

import subprocess
from pathlib import Path

from harness.paths import ROOT


def test_setting_up_tells_its_steps_and_every_package(tmp_path: Path) -> None:
    command = ["make", "-n", f"VENV={tmp_path}/venv", "READY=" + str(tmp_path / "ready"), str(tmp_path / "ready")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()

    steps = [line for line in lines if any(f"{step}/3 " in line for step in (1, 2, 3))]
    assert len(steps) == 3, done.stdout + done.stderr
    (packages,) = [line for line in lines if "pip install" in line and "test.txt" in line]
    assert " -q " not in packages
