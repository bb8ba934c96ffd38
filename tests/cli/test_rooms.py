"""What commands load: each module when it is first asked for, and `--help` none of them."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from loudspeaker.cli import rooms


def test_what_is_loaded_on_demand_is_what_mypy_knows() -> None:
    tree = ast.parse(Path(rooms.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    imported = [node for node in block.body if isinstance(node, ast.ImportFrom)]

    names = {one.name: f"..{node.module or ''}.{one.name}" for node in imported for one in node.names}
    assert {name: path.replace("...", "..") for name, path in names.items()} == rooms.MODULES
    assert all(getattr(rooms, name).__name__ == f"loudspeaker{path[1:]}" for name, path in rooms.MODULES.items())


def test_help_loads_none_of_them() -> None:
    code = "import sys; from loudspeaker.cli import cli, rooms; print([n for n in rooms.MODULES if n in vars(rooms)])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_whoever_opens_a_station_loads_no_rules_of_reading() -> None:
    code = "import sys, loudspeaker.station; print('loudspeaker.text.rules' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
