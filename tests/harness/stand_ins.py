"""Programs that stand on PATH in place of those that would touch the machine, and write down how they were called."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

RECORD = """#!/bin/sh
printf '%s' "$(basename "$0")" >>"$CALLS"
for one in "$@"; do printf ' %s' "$one" >>"$CALLS"; done
echo >>"$CALLS"
"""


class StandIns:
    """A folder of programs: name -> what a shell does in its place. Who owns a file cannot be given away by a test."""

    def __init__(self, folder: Path, programs: Mapping[str, str]) -> None:
        self.folder, self.calls = folder, folder.with_name("calls")
        folder.mkdir()
        self.calls.touch()
        for name, text in {**programs, "install": INSTALL}.items():
            (folder / name).write_text(text if text.startswith("#!") else f"#!/bin/sh\n{text}")
            (folder / name).chmod(0o755)

    def run(
        self, command: Sequence[str], stdin: int = subprocess.DEVNULL, /, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """Run it with these programs first, no terminal unless one is given; earlier calls are forgotten."""
        self.calls.write_text("")
        return subprocess.run(
            command,
            env={"PATH": self.path, "CALLS": str(self.calls), "HOME": str(self.folder), **environ},
            stdin=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def path(self) -> str:
        return f"{self.folder}:{os.environ['PATH']}"

    def called(self, name: str) -> list[str]:
        return [line for line in self.calls.read_text().splitlines() if line.startswith(f"{name} ")]


INSTALL = (
    '#!/bin/bash\nfor one; do shift; case $one in -o|-g) skip=1;; *) [ -n "$skip" ] || set -- "$@" "$one"; '
    f'skip=;; esac; done\nexec {shutil.which("install")} "$@"\n'
)
