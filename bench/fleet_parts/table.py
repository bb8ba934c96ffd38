"""The table that `fleet.py` prints, and what is read of processes for it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Plan:
    """How often everything is done, and by how many boxes."""

    boxes: int = 10_000
    alarms: int = 30
    manifests: int = 10
    crowd_alarms: int = 5
    mutants: int = 100_000


QUICK = Plan(boxes=200, alarms=6, manifests=3, crowd_alarms=2, mutants=2_000)


def row(what: str, measured: str, must: str = "", kept: bool | None = None, ratio: float | None = None) -> None:
    """Print a line of the table; `ratio`: how many times the baseline's it is."""
    beside = "" if ratio is None else f"{ratio:7.1f} ×"
    verdict = "" if kept is None else "ok" if kept else "NOT MET"
    print(f"{what:50} {measured:>46} {must:>14} {beside:>10} {verdict}", flush=True)


def spread_of(values: Sequence[float]) -> str:
    return f"median {median(values):.0f}, worst {max(values):.0f} ms"


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def seconds_of(process: int) -> float:
    """Of a processor, that a process has had so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(process: int) -> float:
    """The proportional set size of a process, MiB."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
