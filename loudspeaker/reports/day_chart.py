"""A day as a picture: a lane for each village, a block for each airing, as SVG. Airings in, text out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..model.airing import Airing
from ..plaintext import escape_xml

LEFT, WIDTH, TOP, LANE = 150, 960, 46, 44  # px
SHORTEST = 3.0  # px: ten seconds of a day would be too thin to be seen
COLOURS = {"air": "#2a7de1", "refused": "#d64545", "displaced": "#d64545", "skipped": "#9aa5b1", "not-ready": "#e09f3e"}


def draw_day(airings: Sequence[Airing], translate: Callable[[str], str]) -> str:
    """The picture of all days of `airings`, folded onto one day; empty lanes are not drawn."""
    villages = list(dict.fromkeys(airing.village for airing in airings))
    height = TOP + LANE * len(villages) + 12
    first, last = _hours(airings)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 30} {height}" '
        'font-family="sans-serif" font-size="13">'
        f'<rect width="100%" height="100%" fill="#fff"/><text x="{LEFT}" y="16" fill="#52606d">{_title(airings)}</text>'
    )
    parts = [*_grid(first, last, height), *_lanes(villages), *_blocks(airings, villages, first, last, translate)]
    return "\n".join([head, *parts, "</svg>\n"])


def _hours(airings: Sequence[Airing]) -> tuple[int, int]:
    hours = [_hour(airing) for airing in airings] or [6.0, 18.0]
    return int(min(hours)), min(int(max(hours)) + 2, 25)


def _hour(airing: Airing) -> float:
    moment = airing.starts_at or airing.scheduled_at
    return moment.hour + moment.minute / 60 + moment.second / 3600


def _x(hour: float, first: int, last: int) -> float:
    return LEFT + WIDTH * (hour - first) / (last - first)


def _title(airings: Sequence[Airing]) -> str:
    days = sorted({airing.scheduled_at.date() for airing in airings})
    return " – ".join(f"{day:%d/%m/%Y}" for day in dict.fromkeys((*days[:1], *days[-1:])))


def _grid(first: int, last: int, height: int) -> Iterator[str]:
    for hour in range(first, last + 1):
        x = _x(hour, first, last)
        yield f'<line x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{height - 8}" stroke="#e4e7eb"/>'
        yield f'<text x="{x:.1f}" y="{TOP - 12}" text-anchor="middle" fill="#52606d">{hour % 24}h</text>'


def _lanes(villages: Sequence[str]) -> Iterator[str]:
    for lane, village in enumerate(villages):
        yield f'<text x="12" y="{TOP + LANE * lane + 26}" fill="#1f2933">{escape_xml(village)}</text>'


def _blocks(
    airings: Sequence[Airing], villages: Sequence[str], first: int, last: int, translate: Callable[[str], str]
) -> Iterator[str]:
    for airing in airings:
        x, y = _x(_hour(airing), first, last), TOP + LANE * villages.index(airing.village) + 6
        width = max(WIDTH * round(airing.duration, 3) / 3600 / (last - first), SHORTEST)
        why = f": {airing.why.say(translate)}" if airing.why else ""
        tip = escape_xml(f"{airing.scheduled_at:%H:%M} {airing.title}{why}")
        yield (
            f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{LANE - 14}" rx="2" '
            f'fill="{COLOURS[airing.expected]}"><title>{tip}</title></rect>'
        )
