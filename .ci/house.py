"""Count what is held about the shape of the code, and print it beside its limits. Development only.

    python .ci/house.py [--each]        with --each: the places that were counted

tests/test_architecture.py holds the limits.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple, TypeGuard

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "loudspeaker"
SMALL = 40  # lines: a shorter module is part of another one's subject, or has a reason
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.IfExp, ast.ExceptHandler, ast.Assert, ast.comprehension)


class Place(NamedTuple):
    """Where something stands, and what it is."""

    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.what}"


@dataclass(frozen=True)
class Module:
    """One source file, read once."""

    path: Path
    source: str
    tree: ast.Module

    @classmethod
    def read(cls, path: Path) -> Module:
        source = path.read_text(encoding="utf-8")
        return cls(path, source, ast.parse(source))

    @cached_property
    def lines(self) -> list[str]:
        return self.source.splitlines()

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All of the tree."""
        return list(ast.walk(self.tree))

    def place(self, node: ast.stmt | ast.expr, what: str) -> Place:
        return Place(self.path, node.lineno, what)


def modules(package: Path = PACKAGE) -> list[Module]:
    return [Module.read(path) for path in sorted(package.rglob("*.py"))]


def functions(module: Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in module.nodes if isinstance(node, FUNCTIONS)]


def inner_imports(module: Module) -> list[Place]:
    """Imports inside functions, each once however deep it stands."""
    inside = [range(node.lineno, (node.end_lineno or 0) + 1) for node in functions(module)]
    imports = sorted(filter(is_import, module.nodes), key=lambda node: node.lineno)
    return [module.place(node, ast.unparse(node)) for node in imports if any(node.lineno in lines for lines in inside)]


def is_import(node: ast.AST) -> TypeGuard[ast.Import | ast.ImportFrom]:
    return isinstance(node, ast.Import | ast.ImportFrom)


def unexplained(module: Module) -> list[Place]:
    """Imports inside functions without a comment on their line or on that above."""
    return [place for place in inner_imports(module) if "#" not in "".join(module.lines[place.line - 2 : place.line])]


def anys(module: Module) -> list[Place]:
    """Where `Any` stands as a type; an import of the name is none."""
    nodes = (node for node in module.nodes if isinstance(node, ast.Name) and node.id == "Any")
    return [module.place(node, module.lines[node.lineno - 1].strip()) for node in nodes]


def small_modules(module: Module) -> list[Place]:
    lines = len(module.lines)
    return [Place(module.path, lines, "lines")] if lines < SMALL and not module.path.stem.startswith("__") else []


def docstrings(module: Module) -> set[int]:
    """The numbers of the lines that docstrings take."""
    homes = (node for node in module.nodes if isinstance(node, (ast.Module, ast.ClassDef, *FUNCTIONS)))
    first = (home.body[0] for home in homes if home.body and ast.get_docstring(home, clean=False) is not None)
    return {line for node in first for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def code_lines(module: Module) -> set[int]:
    """The numbers of the lines that hold code: neither blank, nor only a comment, nor a docstring."""
    plain = {number for number, line in enumerate(module.lines, 1) if line.strip() and line.strip()[0] != "#"}
    texts = (node for node in module.nodes if isinstance(node, (ast.Constant, ast.JoinedStr)))
    inside = {line for node in texts for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    return (plain | inside) - docstrings(module)


def function_lines(module: Module) -> list[int]:
    """Code lines in the body of each function."""
    code = code_lines(module)
    return [
        sum(line in code for line in range(node.body[0].lineno, (node.end_lineno or 0) + 1))
        for node in functions(module)
    ]


def lengths(known: Iterable[Module]) -> tuple[int, int]:
    """Code lines of a function: the median, and what nine of ten do not exceed."""
    found = [lines for module in known for lines in function_lines(module)]
    return round(median(found)), round(quantiles(found, n=10)[-1])


def complexity(function: ast.AST) -> int:
    """Cyclomatic complexity, `and` and `or` counted; functions inside it count for themselves."""
    found, waiting = 1, list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if isinstance(node, (*FUNCTIONS, ast.Lambda)):
            continue
        found += isinstance(node, BRANCHES) + len(getattr(node, "ifs", ()))
        found += len(node.values) - 1 if isinstance(node, ast.BoolOp) else 0
        found += len(node.cases) if isinstance(node, ast.Match) else 0
        waiting += ast.iter_child_nodes(node)
    return found


def most_complex(module: Module) -> Iterator[tuple[int, Place]]:
    for node in functions(module):
        yield complexity(node), module.place(node, node.name)


# What is counted place by place, and how many there may be.
COUNTED: Sequence[tuple[str, Callable[[Module], list[Place]], int]] = (
    ("imports inside functions", inner_imports, 40),
    ("… of them without a reason", unexplained, 0),
    ("`Any` as a type", anys, 30),
    (f"modules under {SMALL} lines", small_modules, 15),
)
LONGEST_MODULE, MOST_COMPLEX, MEDIAN_LINES, NINTH_LINES = 400, 15, 5, 12


def places(count: Callable[[Module], list[Place]], known: Iterable[Module]) -> list[Place]:
    return [place for module in known for place in count(module)]


def main() -> None:
    known = modules()
    for name, count, most in COUNTED:
        found = places(count, known)
        row(name, len(found), most)
        if "--each" in sys.argv:
            print(*(f"    {place}" for place in found), sep="\n")
    longest = max(known, key=lambda module: len(module.lines))
    row(f"longest module, {longest.path.relative_to(ROOT)}", len(longest.lines), LONGEST_MODULE)
    most, where = max(pair for module in known for pair in most_complex(module))
    row(f"largest complexity, {where}", most, MOST_COMPLEX)
    middle, ninth = lengths(known)
    row("code lines of a function, median", middle, MEDIAN_LINES)
    row("code lines of a function, nine of ten", ninth, NINTH_LINES)
    web = PACKAGE / "web"
    row("code lines without web", sum(len(code_lines(module)) for module in known if web not in module.path.parents))


def row(name: str, found: int, most: int | None = None) -> None:
    print(f"{name:60} {found:6}" + (f"   at most {most}" if most is not None else ""))


if __name__ == "__main__":
    main()
