"""A day as a picture: a lane for each village, a block for each airing, as SVG. Rows of `plan --json` in, text out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from ..plaintext import escape_xml

Row = dict[str, Any]
LEFT, WIDTH, TOP, LANE = 150, 960, 46, 44  # px
SHORTEST = 3.0  # px: ten seconds of a day would be too thin to be seen
COLOURS = {"air": "#2a7de1", "refused": "#d64545", "displaced": "#d64545", "skipped": "#9aa5b1", "not-ready": "#e09f3e"}


def svg(rows: Sequence[Row]) -> str:
    """The picture of all days of `rows`, folded onto one day; empty lanes are not drawn."""
    villages = list(dict.fromkeys(row["village"] for row in rows))
    height = TOP + LANE * len(villages) + 12
    first, last = _hours(rows)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 30} {height}" '
        'font-family="sans-serif" font-size="13">'
        f'<rect width="100%" height="100%" fill="#fff"/><text x="{LEFT}" y="16" fill="#52606d">{_title(rows)}</text>'
    )
    parts = [*_grid(first, last, height), *_lanes(villages), *_blocks(rows, villages, first, last)]
    return "\n".join([head, *parts, "</svg>\n"])


def _hours(rows: Sequence[Row]) -> tuple[int, int]:
    hours = [_hour(row) for row in rows] or [6.0, 18.0]
    return int(min(hours)), min(int(max(hours)) + 2, 25)


def _hour(row: Row) -> float:
    moment = datetime.fromisoformat(row["starts_at"] or row["scheduled_at"])
    return moment.hour + moment.minute / 60 + moment.second / 3600


def _x(hour: float, first: int, last: int) -> float:
    return LEFT + WIDTH * (hour - first) / (last - first)


def _title(rows: Sequence[Row]) -> str:
    days = sorted({datetime.fromisoformat(row["scheduled_at"]).date() for row in rows})
    return " – ".join(f"{day:%d/%m/%Y}" for day in dict.fromkeys((*days[:1], *days[-1:])))


def _grid(first: int, last: int, height: int) -> Iterator[str]:
    for hour in range(first, last + 1):
        x = _x(hour, first, last)
        yield f'<line x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{height - 8}" stroke="#e4e7eb"/>'
        yield f'<text x="{x:.1f}" y="{TOP - 12}" text-anchor="middle" fill="#52606d">{hour % 24}h</text>'


def _lanes(villages: Sequence[str]) -> Iterator[str]:
    for lane, village in enumerate(villages):
        yield f'<text x="12" y="{TOP + LANE * lane + 26}" fill="#1f2933">{escape_xml(village)}</text>'


def _blocks(rows: Sequence[Row], villages: Sequence[str], first: int, last: int) -> Iterator[str]:
    for row in rows:
        x, y = _x(_hour(row), first, last), TOP + LANE * villages.index(row["village"]) + 6
        width = max(WIDTH * row["duration_s"] / 3600 / (last - first), SHORTEST)
        tip = escape_xml(f"{row['scheduled_at'][11:16]} {row['title']}" + (f": {row['why']}" if row["why"] else ""))
        yield (
            f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{LANE - 14}" rx="2" '
            f'fill="{COLOURS[row["expected"]]}"><title>{tip}</title></rect>'
        )
