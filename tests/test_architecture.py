"""Which room may import which, what pure rooms may not import, and names that mean one thing.

The table is the one of docs/architecture.md; a change here is an architectural decision.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from harness.package_modules import HOUSE, modules, nodes_of
from harness.paths import ROOT

PACKAGE = ROOT / "loudspeaker"
GROUND = {"codec", "errors", "model", "plaintext"}
EDGES = {"interfaces", "sound", "process", *GROUND}

# room -> the rooms it may import. A room is a file or a folder right under loudspeaker/.
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    "__main__": {"cli"},
    "plaintext": set(),
    "errors": {"plaintext"},
    "model": {"codec", "errors", "plaintext"},
    "clock": {"interfaces", "errors"},
    "process": set(),
    "yamlfile": {"errors"},
    "i18n": {"errors"},
    "ffmpeg": {"errors", "sound"},
    "config": {"yamlfile", *GROUND},
    "text": GROUND,
    "schedule": {"yamlfile", *GROUND},
    "sound": {"errors", "plaintext"},
    "interfaces": {"errors", "sound", "model"},
    "playout": {"schedule", "interfaces", *GROUND},
    "engines": EDGES,
    "synthesis": {"engines", "store", *EDGES},
    "speakers": EDGES,
    "store": EDGES,
    "importers": {"config", "ffmpeg", "store", "text", "schedule", "yamlfile", *EDGES},
    "reports": {"store", "text", "schedule", "yamlfile", "playout", *EDGES},
    "codec": {"errors"},
    "json_output": {"maintenance", "station", *GROUND},  # only the types of what it is given
    "trust": {"codec", "errors"},
    "production": {"ffmpeg", "text", "synthesis", "store", *EDGES},
    "station": {
        *("clock", "config", "model", "playout", "reports", "schedule"),
        *("text", "store", "synthesis", "production", "trust", "yamlfile"),
        *EDGES,
    },
    "maintenance": {
        *("clock", "config", "importers", "model", "playout", "schedule", "sound", "speakers", "station", "store"),
        *("production", "synthesis", "text", "yamlfile", *EDGES),
    },
    "daemon": {
        *(
            "clock",
            "config",
            "i18n",
            "model",
            "playout",
            "production",
            "reports",
            "schedule",
            "speakers",
            "station",
            "store",
        ),
        *("synthesis", "trust", *EDGES),
    },
    "fleet": {"clock", "daemon", "i18n", "interfaces", "station", "store", "trust", *GROUND},
    "web": {
        *("clock", "config", "daemon", "i18n", "importers", "interfaces", "reports", "station", "store", "text"),
        *("json_output", "yamlfile", *GROUND),
    },
    "hub": {
        *("clock", "fleet", "reports", "station", "store", "trust", "web", "interfaces"),
        *GROUND,
    },
    "cli": {
        "clock",
        "hub",
        "codec",
        "store",
        "trust",
        "station",
        "maintenance",
        "daemon",
        "fleet",
        "importers",
        "json_output",
        "production",
        "reports",
        "synthesis",
        "model",
        "i18n",
        "interfaces",
        "errors",
        "plaintext",
        "web",
    },
}
PURE = {
    "config",
    "text",
    "schedule",
    "sound",
    "playout",
    "errors",
    "model",
    "plaintext",
    "yamlfile",
    "interfaces",
    "trust",
}
# The agent's core; the rest of fleet/ does what it wants done.
PURE_CORE = (
    "courier",
    "courier_steps",
    "broker_link",
    "alert_carrier",
    "file_carrier",
    "scope_files",
    "late_carrier",
    "announcer",
    "log_carrier",
    "joining",
    "topics",
)
# They read people's files; the rest of config/ is given their bytes.
IMPURE = {PACKAGE / "config" / "folder.py", PACKAGE / "config" / "source.py"}
WORLD = {"os", "time", "subprocess", "socket", "threading", "random", "logging", "multiprocessing", "tempfile"}
HEAVY = ("numpy", "soundfile", "soxr", "pydub", "gtts", "rich", "openpyxl", "mammoth", "pypdf")

FILES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imported(path: Path) -> frozenset[str]:
    """Absolute dotted names of all that a file imports, wherever in the file it stands."""
    package = list(path.relative_to(ROOT).parts[:-1])
    names: set[str] = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            names |= {f"{module}.{alias.name}" for alias in node.names} if module == "loudspeaker" else {module}
    return frozenset(names)


def of_each(paths: Iterable[Path], wrong: Callable[[Path], Collection[str]]) -> dict[str, Collection[str]]:
    """What is wrong, by file. One test for all files: a test for each would cost more than what is looked at."""
    return {str(path.relative_to(ROOT)): found for path in paths if (found := wrong(path))}


def test_a_room_imports_only_what_it_may() -> None:
    def forbidden(path: Path) -> set[str]:
        rooms = {name.split(".")[1] for name in imported(path) if name.startswith("loudspeaker.")}
        return rooms - {room(path), "VERSION"} - MAY_IMPORT[room(path)]  # the program's version is everybody's

    assert of_each(FILES, forbidden) == {}


def test_pure_rooms_do_not_touch_the_world() -> None:
    core = [PACKAGE / "fleet" / f"{name}.py" for name in PURE_CORE]
    pure = [*core, *(path for path in FILES if room(path) in PURE and path not in IMPURE)]

    assert of_each(pure, lambda path: {name.split(".")[0] for name in imported(path)} & WORLD) == {}


# Of rooms with parts for one process only, what the console may use.
FOR_THE_CONSOLE = {
    "loudspeaker.daemon.board_client",
    "loudspeaker.store.atomic",
    "loudspeaker.store.edits",
    "loudspeaker.store.hash_chain",  # pure
    "loudspeaker.store.log_follower",
}


def test_the_console_asks_the_daemon_and_writes_only_by_edits() -> None:
    def other(path: Path) -> set[str]:
        used = {name for name in imported(path) if name.startswith(("loudspeaker.daemon", "loudspeaker.store"))}
        return used - FOR_THE_CONSOLE

    assert of_each((path for path in FILES if room(path) == "web"), other) == {}


def test_every_file_says_what_it_is() -> None:
    def silent(path: Path) -> bool:
        module = nodes_of(path)[0]
        assert isinstance(module, ast.Module)
        return bool(path.read_text(encoding="utf-8").strip()) and not ast.get_docstring(module)

    assert [str(path) for path in FILES if silent(path)] == []


def test_a_room_that_lists_its_files_lists_all_of_them() -> None:
    def unlisted(path: Path) -> set[str]:
        module = nodes_of(path)[0]
        assert isinstance(module, ast.Module)
        listing = ast.get_docstring(module) or ""
        own = {other.stem for other in path.parent.glob("*.py")} - {"__init__", "__main__"}
        gone = {f"{name} is gone" for name in re.findall(r"^ *(\w+)\.py  ", listing, re.MULTILINE) if name not in own}
        left_out = own - set(re.findall(r"\w+", listing))
        return gone | left_out if 2 * len(left_out) < len(own) else set()  # else it lists no files

    assert of_each(PACKAGE.rglob("__init__.py"), unlisted) == {}


# Processes that stay.
LASTING = (
    "speakers.card.player",
    "daemon.loop",
    "daemon.service",
    "web.app",
    "web.serve",
    "fleet.agent",
    "hub.hub_process",
)


def test_the_daemon_the_player_and_the_console_never_load_the_heavy_parts() -> None:
    look = f"print(name, [heavy for heavy in {HEAVY} if heavy in sys.modules])"
    code = f"import sys, importlib\nfor name in {LASTING}: importlib.import_module('loudspeaker.' + name); {look}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"{name} []" for name in LASTING]


def test_no_two_rooms_import_each_other() -> None:
    for name, allowed in MAY_IMPORT.items():
        assert not [other for other in allowed if name in MAY_IMPORT[other]], f"{name} and another import each other"


def test_no_file_imports_itself_by_way_of_others_not_even_for_its_types_or_later() -> None:
    paths = [*FILES, *(ROOT / "bench").glob("*_parts/*.py")]
    files = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}

    def used(name: str, path: Path) -> set[str]:
        package = name if path.stem == "__init__" else name.rpartition(".")[0]
        found: set[str] = set()
        for node in nodes_of(path):
            if isinstance(node, ast.ImportFrom):
                base = ".".join(package.split(".")[: 1 - node.level or None]) if node.level else ""
                module = ".".join(filter(None, [base, node.module]))
                found |= {f"{module}.{alias.name}" for alias in node.names} | {module}
        return {module for module in found & files.keys() if not name.startswith(f"{module}.")} - {name}

    TopologicalSorter({name: used(name, path) for name, path in files.items()}).prepare()  # raises CycleError


# File stems that name one thing, seen from several rooms: at most ten, each with its reason.
SEEN_FROM_TWO_ROOMS = {
    "app": "the application of a shell: click's in cli/, Starlette's in web/",
    "requests": "what people ask the daemon for: model/ has the values, daemon/ their handlers",
    "workbook": "an .xlsx workbook: read in importers/, written in reports/",
    "worker": "the child process of its room",
}


def standing_twice(names: Iterable[str]) -> set[str]:
    return {name for name, count in Counter(names).items() if count > 1}


def test_a_class_name_means_one_thing() -> None:
    nodes = (node for path in FILES for node in nodes_of(path))
    assert not standing_twice(node.name for node in nodes if isinstance(node, ast.ClassDef))


def test_a_file_name_means_one_thing() -> None:
    twice = standing_twice(path.stem for path in FILES if not path.stem.startswith("__"))
    assert twice == SEEN_FROM_TWO_ROOMS.keys()
    assert len(SEEN_FROM_TWO_ROOMS) <= 10


def test_a_test_module_imports_no_other() -> None:
    def tests(path: Path) -> list[str]:
        return re.findall(r"^\s*(?:from|import) (test_\w+)", path.read_text("utf-8"), re.MULTILINE)

    assert of_each(sorted((ROOT / "tests").rglob("*.py")), tests) == {}, "share it in tests/harness/"


ASK_THE_TIME = {
    "clock.py",
    "cli/airing_views.py",  # what a person sees is that person's time
    "store/atomic.py",  # compares with time stamps of files, which the same clock wrote
}


def test_whoever_needs_the_time_is_given_a_clock() -> None:
    def asked(path: Path) -> set[str]:
        calls = {ast.unparse(node.func) for node in nodes_of(path) if isinstance(node, ast.Call)}
        return calls & {"datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.time", "time.time_ns"}

    assert of_each([path for path in FILES if str(path.relative_to(PACKAGE)) not in ASK_THE_TIME], asked) == {}


def test_a_test_module_has_a_name_of_its_own() -> None:
    assert not standing_twice(path.name for path in (ROOT / "tests").rglob("test_*.py")), "pytest takes one of them"


# Past participles that do not end in -ed; a verb that looks alike (put, read, set, run, cut) is an imperative.
PARTICIPLES = {
    *("begun", "born", "broken", "brought", "built", "chosen", "done", "drawn", "fallen", "felt", "found", "given"),
    *("gone", "grown", "heard", "held", "hidden", "kept", "known", "led", "lost", "made", "meant", "met", "paid"),
    *("said", "seen", "sent", "shown", "sold", "sought", "spoken", "taken", "thought", "told", "understood", "won"),
    "written",
}
VERBS_IN_ED = {"feed", "need", "proceed", "seed", "speed"}


def test_a_function_is_named_by_an_imperative_or_a_noun() -> None:
    def participles(path: Path) -> list[str]:
        functions = (node for node in nodes_of(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        return [node.name for node in functions if is_participle(node.name.strip("_")) and not is_property(node)]

    def is_participle(name: str) -> bool:
        return (
            name.removeprefix("un") in PARTICIPLES
            or name in PARTICIPLES
            or (name.endswith("ed") and "_" not in name and name not in VERBS_IN_ED)
        )

    def is_property(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        return any("property" in ast.unparse(one) for one in function.decorator_list)

    assert of_each(FILES, participles) == {}


@pytest.mark.parametrize(("name", "count", "most"), HOUSE["COUNTED"], ids=[row[0] for row in HOUSE["COUNTED"]])
def test_there_is_no_more_of_it_than_agreed(name: str, count: Callable[[object], list[object]], most: int) -> None:
    found = HOUSE["places"](count, modules())
    assert len(found) <= most, "\n".join(map(str, found))


def test_no_module_is_too_long() -> None:
    most = HOUSE["LONGEST_MODULE"]
    assert not [str(module.path) for module in modules() if len(module.lines) > most], f"more than {most} lines"


def test_no_function_is_too_complex() -> None:
    most = HOUSE["MOST_COMPLEX"]
    assert not [str(place) for module in modules() for found, place in HOUSE["most_complex"](module) if found > most]


def test_functions_are_short() -> None:
    median, ninth = HOUSE["lengths"](modules())
    assert median <= HOUSE["MEDIAN_LINES"]
    assert ninth <= HOUSE["NINTH_LINES"]
