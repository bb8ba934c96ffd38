"""The files of the package as .ci/house.py reads them: once for all tests of a process that look at the code."""

from __future__ import annotations

import ast
import runpy
from functools import cache
from pathlib import Path
from typing import Any

from harness.paths import ROOT

HOUSE = runpy.run_path(str(ROOT / ".ci" / "house.py"))  # counts what tests hold of the code, and prints it for anybody


@cache
def modules() -> list[Any]:
    """The package's files."""
    return list(HOUSE["modules"]())


@cache
def _by_path() -> dict[Path, Any]:
    return {module.path: module for module in modules()}


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    """All of a file's tree, whether it is of the package or not."""
    module = _by_path().get(path) or HOUSE["Module"].read(path)
    nodes: list[ast.AST] = module.nodes
    return nodes
