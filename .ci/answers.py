"""Snapshot of what the program answers, to hold a rebuilding of the package against. Development only.

    .venv/bin/python .ci/answers.py record FOLDER [--python PATH] [--only KIND …]
    .venv/bin/python .ci/answers.py compare FOLDER [--python PATH] [--only KIND …]

`record` writes FOLDER/questions (questions.py: texts, stations, old logs) and FOLDER/answers (what the program in the
venv of PATH says of them; default: this Python's). `compare` asks the same questions again and prints a unified diff;
it ends with 1 where anything differs. Questions are kept with their answers, so that tests and data may move meanwhile.

The program is reached from outside only: command line and files. Nothing of it is imported. Its clock stands still
(libfaketime), paths of this machine are taken out, JSON is one sorted row a line: two recordings of one program are
the same byte for byte. Sound is compared by name (the cache key) and by hash.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import questions

NOW = "2026-11-23 22:00:00"  # UTC: 05:00 on the 24th in Vietnam
FIRST_DAY, LATER_DAY, REST = "2026-11-24", "2027-11-25", 34  # `plan` takes up to 366 days: 400 in two parts
AT_ONCE = 2
PATIENCE = 300.0  # seconds for one command
LIBRARIES = "*/faketime/libfaketimeMT.so.1"

Rows = list[str]


class Program:
    """The program in one venv, with the clock standing at `NOW`."""

    def __init__(self, python: Path) -> None:
        """Raises `SystemExit` where libfaketime or the program is not there."""
        library = next(Path("/usr/lib").glob(LIBRARIES), None)
        if library is None:
            raise SystemExit("libfaketime is not installed: apt install libfaketime")
        self._python = str(python.absolute())  # not resolved: a venv's Python is a link
        faked = {"LD_PRELOAD": str(library), "FAKETIME": NOW, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LOUDSPEAKER"))}
        self._environment = {**kept, **faked, "TZ": "UTC", "COLUMNS": "120", "NO_COLOR": "1", "LANG": "C.UTF-8"}
        where = "import importlib.util; print(importlib.util.find_spec('loudspeaker').origin)"
        found = subprocess.run([self._python, "-c", where], cwd="/", capture_output=True, text=True, check=False)
        if found.returncode:
            raise SystemExit(f"{python} has no loudspeaker")
        print(f"asking {found.stdout.strip()}", file=sys.stderr)

    def run(self, folder: Path, *arguments: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of one command given in `folder`, whose path is taken out."""
        done = subprocess.run(
            ["nice", self._python, "-m", "loudspeaker", *arguments],
            **{"cwd": folder, "env": {**self._environment, "PYTHONSAFEPATH": "1"}, "timeout": PATIENCE},
            **{"capture_output": True, "stdin": subprocess.DEVNULL, "check": False},
        )
        paths = sorted({str(folder), str(folder.resolve()), os.path.realpath(folder.parent)}, key=len, reverse=True)
        out, err = (text.decode(errors="surrogateescape") for text in (done.stdout, done.stderr))
        for path in paths:
            out, err = out.replace(path, "<folder>"), err.replace(path, "<folder>")
        return done.returncode, out, err

    def tell(self, folder: Path, *arguments: str, writes: str = "") -> Rows:
        """The command and all that it says, as lines: stdout, then `! stderr`, then `> ` and what it `writes`."""
        code, out, err = self.run(folder, *arguments)
        try:
            rows = json_rows(json.loads(out)) if "--json" in arguments else out.splitlines()
        except ValueError:
            rows = out.splitlines()
        rows = [f"$ {' '.join(arguments)} -> {code}", *rows, *(f"! {line}" for line in err.splitlines())]
        if writes and (folder / writes).exists():
            rows += [f"> {line}" for line in (folder / writes).read_text(encoding="utf-8-sig").splitlines()]
        return [*rows, ""]


class Task(NamedTuple):
    """One file of answers, and what writes it: called with the program, a copy of its question, that folder's files."""

    name: str
    question: str
    ask: Callable[[Program, Path], Rows]


def json_rows(document: Any) -> Rows:
    rows = document if isinstance(document, list) else [document]
    return [json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows]


# Readings.


def read_paragraphs(program: Program, folder: Path) -> Rows:
    """Each paragraph of texts.txt: read with what the others define (spoken, doubts, spans), then alone."""
    written = (folder / "texts.txt").read_text(encoding="utf-8")
    paragraphs = written.removesuffix("\n").split("\n\n")
    code, out, err = program.run(folder, "--home", "home", "read", "--json", "texts.txt")
    if code:
        return [f"read --json -> {code}", out, err]
    told = json.loads(out)
    (folder / "lines.txt").write_text("\n".join(paragraphs) + "\n", encoding="utf-8")
    code, alone, err = program.run(folder, "--home", "home", "read", "--each-line", "lines.txt")
    if code or alone.count("\n") != len(paragraphs):
        return [f"read --each-line -> {code}, {alone.count(chr(10))} of {len(paragraphs)} lines", alone, err]
    rows: list[dict[str, Any]] = [
        {"written": one, "alone": said, "spans": [], "doubts": []}
        for one, said in zip(paragraphs, alone.splitlines(), strict=True)
    ]
    starts = [0]
    for one in paragraphs:
        starts.append(starts[-1] + len(one) + 2)
    number = 0
    for span in told["spans"]:  # by what is written and said there: places would change for all that follows
        begin, end = span["written"]
        parts, said = written[begin:end].split("\n\n"), told["spoken"][slice(*span["spoken"])].split("\n\n")
        while number + 1 < len(paragraphs) and begin >= starts[number + 1]:
            number += 1
        if len(parts) != len(said):  # one that does not keep paragraphs apart is shown whole
            parts, said = ["\n\n".join(parts)], ["\n\n".join(said)]
        for further, (one, other) in enumerate(zip(parts, said, strict=True)):
            if (one or other) and number + further < len(rows):
                rows[number + further]["spans"].append([one, other])
    for doubt in told["doubts"]:
        row = rows[min((doubt["line"] - 1) // 2, len(rows) - 1)]  # a paragraph is a line and a blank one
        row["doubts"].append({**doubt, "line": 1})
    for row in rows:
        row["together"] = "".join(other for _, other in row["spans"])
        row["spans"] = [span for span in row["spans"] if span[0] != span[1]]
    return json_rows(rows)


def read_documents(program: Program, folder: Path) -> Rows:
    rows: Rows = []
    for file in sorted(folder.glob("*.*")):
        rows += program.tell(folder, "--home", "home", "read", "--json", file.name)
        if file.suffix == ".md":
            rows += program.tell(folder, "--home", "home", "--lang", "en", "read", file.name)
    return rows


# Stations.


def check(program: Program, folder: Path) -> Rows:
    return program.tell(folder, "--lang", "en", "check") + program.tell(folder, "check", "--json", "--days", "60")


def plan(program: Program, folder: Path) -> Rows:
    rows = program.tell(folder, "plan", "--json", "--date", FIRST_DAY, "--days", "366")
    return rows + program.tell(folder, "plan", "--json", "--date", LATER_DAY, "--days", str(REST))


def views(program: Program, folder: Path) -> Rows:
    """The same station as people are shown it."""
    rows: Rows = []
    for language in ("vi", "en"):
        rows += program.tell(folder, "--lang", language, "plan", "--date", FIRST_DAY, "--days", "7")
        rows += program.tell(folder, "--lang", language, "plan", "--date", FIRST_DAY, "--message")
        rows += program.tell(folder, "--lang", language, "why", "1")
    rows += program.tell(folder, "rehearse", "--json", "--from", FIRST_DAY, "--to", "2026-11-27")
    rows += program.tell(folder, "plan", "--date", FIRST_DAY, "--picture", "day.svg", writes="day.svg")
    rows += program.tell(folder, "export", "-o", "sheet.xlsx")
    return rows + sheet_rows(folder / "sheet.xlsx")


def sheet_rows(path: Path) -> Rows:
    """The XML of a workbook's sheets, a tag a line."""
    if not path.exists():
        return ["no sheet"]
    with zipfile.ZipFile(path) as packed:
        parts = sorted(name for name in packed.namelist() if name.startswith(("xl/worksheets/", "xl/sharedStrings")))
        return [line for name in parts for line in packed.read(name).decode().replace("><", ">\n<").splitlines()]


def status(program: Program, folder: Path) -> Rows:
    return program.tell(folder, "status", "--json") + program.tell(folder, "--lang", "en", "status")


def intake(program: Program, folder: Path) -> Rows:
    """A new station by `init`, and a dispatch taken into it."""
    rows = program.tell(folder, "init", "new")
    rows += files(folder / "new")
    rows += program.tell(folder, "--home", "new", "import", "letter.txt")
    for made in sorted((folder / "new" / "bulletins").glob("*letter*")):
        rows += [made.name, *made.read_text(encoding="utf-8").splitlines()]
    return rows


# Sound.


def sound(program: Program, folder: Path) -> Rows:
    """The cache after `prepare`: its file names are its keys, so the same names mean that old sound is found again."""
    rows = program.tell(folder, "prepare", "--json", "--date", FIRST_DAY, "--days", "2")
    rows += files(folder / "audio_cache")
    rows += program.tell(folder, "render", "quet-ma-qr", "-o", "one.wav")
    return rows + files(folder, "one.wav")


def files(folder: Path, pattern: str = "**/*") -> Rows:
    """Hash and name of every file; of JSON, its text."""
    found = sorted(path for path in folder.glob(pattern) if path.is_file() and ".state" not in path.parts)
    return [f"{hash_of(path)} {path.relative_to(folder)}" for path in found]


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# Old logs.


def log(program: Program, folder: Path) -> Rows:
    """What is told of an old log: tests/data/old-logs/*/told.txt is this answer."""
    days = ("--date", folder.name, "--days", "366")
    rows = program.tell(folder, "log", "--verify") + program.tell(folder, "log", "--json", *days)
    code, out, _ = program.run(folder, "log", "--json", *days)
    for airing in [row["id"] for row in json.loads(out)] if code == 0 else []:
        rows += program.tell(folder, "why", airing)
    for language in ("vi", "en"):
        rows += program.tell(folder, "--lang", language, "log", *days)
    span = ("--from", folder.name, "--to", "2026-12-31")
    rows += program.tell(folder, "report", *span, "-o", "report.csv", writes="report.csv")
    rows += program.tell(folder, "log", "--export", "log.jsonl")
    head, _, entries = (folder / "log.jsonl").read_text(encoding="utf-8").partition("\n")
    return [*rows, head, f"{hashlib.sha256(entries.encode()).hexdigest()} of {len(entries.splitlines())} entries"]


ASKED: dict[str, tuple[Callable[[Program, Path], Rows], ...]] = {
    "reading": (read_paragraphs,),
    "documents": (read_documents,),
    "station": (check, plan, views),
    "silent": (status,),
    "mistakes": (check,),
    "intake": (intake,),
    "sound": (sound,),
    "log": (log,),
}


def tasks(asked: Path, only: Sequence[str]) -> Iterator[Task]:
    """Every question is a folder: questions/KIND/NAME."""
    for folder in sorted(path for path in asked.glob("*/*") if path.is_dir() and path.parent.name in only):
        for ask in ASKED[folder.parent.name]:
            yield Task(f"{folder.parent.name}/{folder.name}.{ask.__name__}.txt", str(folder), ask)


def answer(program: Program, asked: Path, answers: Path, only: Sequence[str]) -> None:
    """Write every answer below `answers`. Each question is asked in a copy of its own: commands write files."""

    def one(task: Task) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / Path(task.question).name
            shutil.copytree(task.question, folder)
            rows = task.ask(program, folder)
        path = answers / task.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(rows) + "\n", encoding="utf-8", errors="surrogateescape")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, tasks(asked, only)))  # raises what went wrong


def difference(before: Path, after: Path, only: Sequence[str]) -> Iterator[str]:
    names = {str(path.relative_to(top)) for top in (before, after) for path in top.glob("*/*.txt")}
    for name in sorted(name for name in names if name.partition("/")[0] in only):
        old, new = lines(before / name), lines(after / name)
        yield from difflib.unified_diff(old, new, f"before/{name}", f"after/{name}", n=1, lineterm="")


def lines(path: Path) -> Sequence[str]:
    return path.read_text(encoding="utf-8", errors="surrogateescape").split("\n") if path.exists() else []


def main() -> int:
    parser = argparse.ArgumentParser(description="What the program answers, recorded and compared.")
    parser.add_argument("verb", choices=("record", "compare"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="of the venv that is asked")
    parser.add_argument("--only", nargs="+", choices=sorted(ASKED), default=sorted(ASKED), metavar="KIND")
    given = parser.parse_args()
    program, asked, answers = Program(given.python), given.folder / "questions", given.folder / "answers"
    if given.verb == "record":
        if given.folder.exists() and any(given.folder.iterdir()):
            raise SystemExit(f"{given.folder} is not empty: a snapshot is never written over")
        questions.write(asked)
        answer(program, asked, answers, given.only)
        return 0
    if not answers.is_dir():
        raise SystemExit(f"{given.folder} holds no snapshot")
    with tempfile.TemporaryDirectory() as scratch:
        answer(program, asked, Path(scratch), given.only)
        found = list(difference(answers, Path(scratch), given.only))
    sys.stdout.writelines(line + "\n" for line in found)
    print(f"{len(found)} lines of difference" if found else "the same answers", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
