"""Print what a file of deploy/constraints/ asks for on one Python and one machine, with the hashes, without conditions.

pip takes wheels for another Python (`--python-version`) but judges conditions by the Python that it runs on.

    lock_for.py 3.11 aarch64 deploy/constraints/runtime.txt [WITHOUT…]     WITHOUT: packages that are left out
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement


def entries(text: str) -> Iterator[tuple[Requirement, list[str]]]:
    """Every requirement of such a file, with its hashes as pip's options."""
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith("#"):
            yield Requirement(line.partition("--hash")[0].strip()), re.findall(r"--hash=\S+", line)


def holds(requirement: Requirement, python: str, machine: str) -> bool:
    """Is it wanted on this Python ("3.11") and machine ("aarch64"), under Linux?"""
    system = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
    here = {**system, "python_version": python, "python_full_version": f"{python}.0", "platform_machine": machine}
    return requirement.marker is None or requirement.marker.evaluate(here)


def main(python: str, machine: str, path: str, *without: str) -> None:
    for requirement, hashes in entries(Path(path).read_text(encoding="utf-8")):
        if holds(requirement, python, machine) and requirement.name not in without:
            print(f"{requirement.name}{requirement.specifier}", *hashes)


if __name__ == "__main__":
    main(*sys.argv[1:])
