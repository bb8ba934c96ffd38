"""What commands load: each module when it is first asked for, and `--help` no more than it names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import pytest

import loudspeaker.cli as cli_package
from loudspeaker.cli import rooms

pytestmark = pytest.mark.waits


def test_what_is_loaded_on_demand_is_what_mypy_knows() -> None:
    tree = ast.parse(Path(rooms.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    imported = [node for node in block.body if isinstance(node, ast.ImportFrom)]

    names = {one.name: f"..{node.module or ''}.{one.name}" for node in imported for one in node.names}
    assert {name: path.replace("...", "..") for name, path in names.items()} == rooms.MODULES
    assert all(getattr(rooms, name).__name__ == f"loudspeaker{path[1:]}" for name, path in rooms.MODULES.items())


def loaded_by(*words: str) -> set[str]:
    """The modules of the package that a command has loaded when it is over."""
    code = "import sys; from loudspeaker.cli import main\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    return {name for name in done.stderr.split() if name.startswith("loudspeaker.")}


def families(modules: Iterable[str]) -> set[str]:
    return {name.rpartition(".")[2] for name in modules if re.fullmatch(r"loudspeaker\.cli\.\w+_commands?", name)}


def test_each_command_stands_in_the_table_with_the_module_that_has_it() -> None:
    tables = (cli_package.COMMANDS, cli_package.FLEET_COMMANDS, cli_package.HUB_COMMANDS, cli_package.WEB_COMMANDS)
    named = [(where, name) for table in tables for name, where in table.items() if isinstance(where, str)]
    modules = {where: import_module(f"loudspeaker.cli.{where}").COMMANDS for where, _ in named}

    assert sorted(named) == sorted((where, command.name) for where, all_ in modules.items() for command in all_)


def test_help_loads_the_families_that_it_names_and_nothing_that_commands_work_with() -> None:
    loaded = loaded_by("--help")

    assert families(loaded) == {where for where in cli_package.COMMANDS.values() if isinstance(where, str)}
    outside = {name for name in loaded if not name.startswith("loudspeaker.cli")}
    assert outside == {"loudspeaker.errors", "loudspeaker.i18n", "loudspeaker.plaintext"}


def test_a_command_loads_its_own_family() -> None:
    assert families(loaded_by("log", "--help")) == {"log_commands", "plan_commands"}
    assert families(loaded_by("web", "lock", "--help")) == {"web_commands", "web_account_commands"}
    assert families(loaded_by("fleet", "speak", "--help")) == {"speaking_commands", "signing_commands"}


def test_plan_loads_what_only_looks(tmp_path: Path) -> None:
    """Not what edits, gives alarms, asks the daemon to do something or reads texts."""
    home = tmp_path / "xa"
    assert loaded_by("init", str(home))
    loaded_by("--home", str(home), "plan")  # texts are read the first time

    loaded = loaded_by("--home", str(home), "plan")

    assert families(loaded) == {"plan_commands"}
    unused = (
        "station.editing",
        "station.emergency",
        "daemon.client",
        "model.requests",
        "model.board",
        "playout.item",
        "text.rules",
    )
    assert {f"loudspeaker.{name}" for name in unused} & loaded == set()
    assert "loudspeaker.daemon.protocol" in loaded
    assert len(loaded) <= 110


def test_whoever_opens_a_station_loads_no_rules_of_reading() -> None:
    code = "import sys, loudspeaker.station; print('loudspeaker.text.rules' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def test_an_alarm_loads_nothing_of_the_station_or_of_the_board() -> None:
    code = "from loudspeaker.cli import rooms; rooms.client, rooms.outcome_words; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    unused = ("model.board", "model.airing", "model.asrun_record", "station.station", "json_output")
    assert {f"loudspeaker.{name}" for name in unused} & set(done.stdout.split()) == set()
