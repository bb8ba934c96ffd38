"""How long the commands take that people type all day, as whole processes, beside click's hello world in the same run.

Budgets: `loudspeaker --help` 100 ms, `loudspeaker plan` of the sample 250 ms. With bytecode, as pip and `make` leave
it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HELLO = "import click\n@click.command()\ndef main():\n    print('hello')\nmain()\n"
RUNS = 15
ENVIRON = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, env=ENVIRON)
    return time.perf_counter() - begin


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "xa"
        own = [sys.executable, "-m", "loudspeaker"]
        subprocess.run([*own, "init", str(home)], stderr=subprocess.DEVNULL, check=True)
        commands = {
            "click's hello world": [sys.executable, "-c", HELLO],
            "loudspeaker --help": [*own, "--help"],
            "loudspeaker plan": [*own, "--home", str(home), "plan"],
            "loudspeaker read (a line)": [*own, "read", str(home / "bulletins" / "nhac-lai.md")],
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for command in commands.values():  # bytecode and the system's file cache
            seconds(command)
        for _ in range(RUNS):  # in turn, so that a machine's bad moment hits all alike
            for name, command in commands.items():
                taken[name].append(seconds(command))
    base = statistics.median(taken["click's hello world"])
    for name, times in taken.items():
        median = statistics.median(times)
        best = min(times)
        print(f"{name:28} median {1000 * median:6.0f} ms   best {1000 * best:6.0f} ms   ratio {median / base:5.2f}")


if __name__ == "__main__":
    main()
