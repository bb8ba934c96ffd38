"""Is this version slower than an older one? Benches of both in turns, in the same minutes, each with its own code.

    python bench/beside.py [--rounds 3] [--revision d8e3140] [playout commands urgent]

The older version is checked out into a folder that goes when all is done, and runs with the packages that are installed
here. Of each line that both print, every figure: its median over the rounds before, its median now, and their ratio;
one that only one of them prints is told as it is. By default it is the commit before the rebuilding.
"""

from __future__ import annotations

import argparse
import configparser
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
BEFORE_REBUILDING = "d8e3140"
# A bench by its own package, whatever the interpreter would find first.
RUN = (
    "import runpy, sys; tree, script = sys.argv[1:]; sys.argv[:] = [script]; "
    "sys.path[:0] = [tree + '/bench', tree]; runpy.run_path(script, run_name='__main__')"
)
NUMBER = re.compile(r"(?<![\w.-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w-])")

Figures = Mapping[str, Sequence[Sequence[float]]]  # by a line without its numbers: the numbers of each round


@contextmanager
def checked_out(revision: str) -> Iterator[Path]:
    """A folder with that revision, its engines and speakers found by the entry points of its own setup.cfg."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(tree), revision], check=True)
        try:
            settings = configparser.ConfigParser()
            settings.read(tree / "setup.cfg", encoding="utf-8")
            facts = tree / "loudspeaker-0.dist-info"
            facts.mkdir()
            (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: loudspeaker\nVersion: 0\n")
            points = settings["options.entry_points"].items()
            (facts / "entry_points.txt").write_text("\n".join(f"[{group}]{names}\n" for group, names in points))
            if (tree / ".ci" / "messages.py").exists():
                subprocess.run([sys.executable, ".ci/messages.py"], cwd=tree, check=True, stdout=subprocess.DEVNULL)
            subprocess.run([sys.executable, "-m", "compileall", "-q", str(tree / "loudspeaker")], check=False)
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def play(tree: Path, bench: str) -> str:
    """What a bench of that version prints. Raises `CalledProcessError`."""
    environ = {**os.environ, "PYTHONPATH": str(tree)}  # of the commands that it starts
    command = [sys.executable, "-c", RUN, str(tree), str(tree / "bench" / f"{bench}.py")]
    return subprocess.run(command, cwd=tree, env=environ, stdout=subprocess.PIPE, text=True, check=True).stdout


def collect(outputs: Sequence[str]) -> Figures:
    """The figures of several rounds, by the words of their lines."""
    found: dict[str, list[list[float]]] = defaultdict(list)
    for output in outputs:
        for line in filter(str.strip, output.splitlines()):
            numbers = [float(number.replace(",", "")) for number in NUMBER.findall(line)]
            found[" ".join(NUMBER.sub("#", line).split())].append(numbers)
    return found


def compare(before: Figures, now: Figures) -> Iterator[str]:
    """A line for each line of the benches: every figure before and now."""
    for words in dict.fromkeys([*before, *now]):
        if words not in before or words not in now:
            which, figures = ("before", before) if words in before else ("now", now)
            yield f"only {which}: {_fill(words, [f'{one:g}' for one in _medians(figures[words])])}"
        else:
            pairs = zip(_medians(before[words]), _medians(now[words]), strict=True)
            yield _fill(words, [_pair(old, new) for old, new in pairs])


def _medians(rounds: Sequence[Sequence[float]]) -> list[float]:
    return [median(column) for column in zip(*rounds, strict=True)]


def _pair(old: float, new: float) -> str:
    """The same number needs no ratio: it is a count, or a budget."""
    if old == new:
        return f"{new:g}"
    return f"[{old:g} → {new:g}, × {new / old:.2f}]" if old else f"[{old:g} → {new:g}]"


def _fill(words: str, figures: Sequence[str]) -> str:
    left = iter(figures)
    return re.sub("#", lambda _: next(left), words)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("benches", nargs="*", default=["playout", "commands", "urgent"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--revision", default=BEFORE_REBUILDING)
    given = parser.parse_args()
    with checked_out(given.revision) as tree:
        for bench in given.benches:
            before, now = [], []
            for number in range(given.rounds):
                order = [(before, tree), (now, ROOT)]
                for outputs, version in order if number % 2 else reversed(order):
                    outputs.append(play(version, bench))
            print(f"== {bench}, {given.rounds} rounds of {given.revision} and of this version", flush=True)
            print("\n".join(compare(collect(before), collect(now))), flush=True)


if __name__ == "__main__":
    main()
