"""Tables, times and progress on a terminal. rich is imported only when something is drawn."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from gettext import gettext as _

from ..errors import LoudspeakerError
from ..plaintext import escape
from . import rooms
from .terminal import print_json, put, tell

Progress = Callable[[int, int, str], None]


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> None:
    """One table on stdout."""
    if not rows:
        tell(empty)
        return
    rows = [[escape(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        _show_aligned([columns, *rows])
        return
    from rich import box, console, table  # slow to load, for a terminal alone

    drawn = table.Table(*columns, box=box.SIMPLE, pad_edge=False)
    for row in rows:
        drawn.add_row(*row)
    console.Console(highlight=False, markup=False).print(drawn)


def _show_aligned(rows: Sequence[Sequence[str]]) -> None:
    """Plain columns for a file or a pipe, where nothing may be cut off."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        put("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def hour(moment: datetime | None) -> str:
    return f"{moment:%H:%M:%S}" if moment else "–"


def day_hour(moment: datetime) -> str:
    return f"{moment:%d/%m %H:%M}"


def seconds(value: float) -> str:
    minutes, rest = divmod(round(value), 60)
    return f"{minutes}:{rest:02d}"


@contextmanager
def json_progress() -> Iterator[Progress]:
    """A line of JSON on stdout for each step, for the program that has started this one; of a failure the last one."""
    try:
        yield lambda done, total, what: print_json({"done": done, "total": total}, indent=None)
    except LoudspeakerError as error:
        print_json({"failure": rooms.codec.encode(error)}, indent=None)
        raise


@contextmanager
def show_progress(task: str | None = None) -> Iterator[Progress]:
    """A bar on stderr while something long is done; plain silence where stderr is no terminal.

    `task` names it where whoever reports the progress does not; None is preparing.
    """
    if not sys.stderr.isatty():
        yield lambda done, total, what: None
        return
    from rich import console, progress  # as above

    columns = (
        progress.TextColumn("{task.description}"),
        *(progress.BarColumn(), progress.MofNCompleteColumn(), progress.TimeRemainingColumn()),
    )
    with progress.Progress(*columns, console=console.Console(stderr=True), transient=True) as bar:
        usual = task or _("Preparing")
        row = bar.add_task(usual, total=None)

        def advance(done: int, total: int, what: str) -> None:
            bar.update(row, completed=done, total=total, description=what or usual)

        yield advance
