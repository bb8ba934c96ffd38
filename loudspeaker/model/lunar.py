"""The lunar calendar of Vietnam, computed from the instants of new moons and of the sun's longitude. Pure arithmetic.

The rules are the official ones (Hồ Ngọc Đức, “Computing the Vietnamese lunar calendar”): a month begins on the day,
by the clock of UTC+7, on which the moon is new; month 11 holds the winter solstice; where thirteen months lie between
two solstice months, the first in which the sun enters no new sign (no trung khí) is a leap month.

New moons: J. Meeus, “Astronomical Algorithms”, 2nd edition, chapter 49. Longitude of the sun: P. Bretagnon and
J.-L. Simon, “Planetary Programs and Tables from −4000 to +2800” (1986), aberration and nutation after Meeus, chapters
22 and 25. ΔT: L. V. Morrison, F. R. Stephenson, C. Y. Hohenkerk and M. Zawilski (2021) and the IERS. `bench/lunar.py`
compares the instants with a JPL ephemeris; docs/decisions/0008-the-lunar-calendar.md has the figures.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from functools import lru_cache
from math import cos, floor, fmod, radians, sin
from typing import NamedTuple

# Days by which Vietnam's clock is ahead of Greenwich, whatever `timezone:` says: the calendar is national.
ZONE = 7 / 24
J2000 = 2451545.0
CENTURY = 36525.0
SYNODIC = 29.530588861  # days from one mean new moon to the next
FIRST_NEW_MOON = 2451550.09766  # the mean new moon of 6 January 2000, which Meeus numbers 0
ORDINAL = 1721424.5  # Julian date of the midnight (UTC) that begins day 0 of `date.toordinal`


class Lunar(NamedTuple):
    """A day of the lunar year; sorts in the order of the calendar, a leap month after its twin."""

    month: int
    leap: bool
    day: int


@lru_cache(maxsize=4096)
def lunar(day: date) -> Lunar:
    """The lunar day of a solar one.

    >>> lunar(date(2026, 4, 26))
    Lunar(month=3, leap=False, day=10)
    """
    number = day.toordinal()
    year = day.year if number >= _months(day.year)[0] else day.year - 1
    starts = _months(year)
    place = bisect_right(starts, number) - 1
    leap = _leap(year)
    month = place - (leap is not None and place >= leap)
    return Lunar((month + 10) % 12 + 1, place == leap, number - starts[place] + 1)


@lru_cache(maxsize=64)
def _months(year: int) -> tuple[int, ...]:
    """First days (ordinals) of the months from month 11 of the solstice of `year` up to the next month 11."""
    first, following = _solstice_moon(year), _solstice_moon(year + 1)
    return tuple(_first_day(moon) for moon in range(first, following))


@lru_cache(maxsize=64)
def _leap(year: int) -> int | None:
    """Which of `_months(year)` is the leap month, from 0; None in a year of twelve months."""
    starts = (*_months(year), _first_day(_solstice_moon(year + 1)))
    if len(starts) == 13:
        return None
    signs = [_sign(start) for start in starts]
    return next(place for place in range(1, 13) if signs[place] == signs[place + 1])


@lru_cache(maxsize=64)
def _solstice_moon(year: int) -> int:
    """The number of the new moon that begins month 11, the month in which the winter solstice of `year` falls."""
    last = 365 * year + year // 4 - year // 100 + year // 400  # the ordinal of 31 December; of years 0 and 10000, too
    moon = floor((last + ORDINAL - FIRST_NEW_MOON) / SYNODIC) + 1
    while _first_day(moon) > last or _sign(_first_day(moon)) >= 9:  # the sun stands past 270° as the month begins
        moon -= 1
    return moon


@lru_cache(maxsize=256)
def _first_day(moon: int) -> int:
    """The day (ordinal) by the clock of Vietnam on which a new moon falls."""
    return floor(new_moon(moon) + ZONE - ORDINAL)


def _sign(day: int) -> int:
    """Which twelfth of the ecliptic the sun is in as `day` (an ordinal) begins in Vietnam: 0 from 0° to 30°, …"""
    return int(sun_longitude(day + ORDINAL - ZONE) // 30)


def new_moon(number: int) -> float:
    """Julian date (UT) of new moon `number`, counted from that of 6 January 2000; 17 s off at most, 1968–2100."""
    t = number * SYNODIC / CENTURY
    e = 1 - 0.002516 * t - 0.0000074 * t * t
    sun = 2.5534 + 29.10535670 * number - 0.0000014 * t * t
    moon = 201.5643 + 385.81693528 * number + 0.0107582 * t * t + 0.00001238 * t**3
    latitude = 160.7108 + 390.67050284 * number - 0.0016118 * t * t - 0.00000227 * t**3
    node = 124.7746 - 1.56375588 * number + 0.0020672 * t * t
    instant = FIRST_NEW_MOON + SYNODIC * number + 0.00015437 * t * t - 0.00000015 * t**3
    for size, suns, moons, latitudes in PERIODIC:
        instant += size * e ** abs(suns) * sin(radians(suns * sun + moons * moon + 2 * latitudes * latitude))
    instant -= 0.00017 * sin(radians(node))
    for size, start, step in PLANETARY:
        bend = -0.009173 * t * t if start == 299.77 else 0.0
        instant += size * sin(radians(start + step * number + bend))
    return instant - delta_t(instant) / 86400


def sun_longitude(moment: float) -> float:
    """Apparent longitude of the sun at a Julian date (UT), in degrees from 0 up to 360; 3″ off at most, 1968–2100."""
    t = (moment + delta_t(moment) / 86400 - J2000) / CENTURY
    longitude = 282.7771834 + 36000.76953744 * t
    longitude += 0.000005729577951308232 * sum(size * sin(radians(at + speed * t)) for size, at, speed in SUN)
    longitude += 0.0000974 * cos(radians(177.63 + 35999.01848 * t)) - 0.005575  # aberration
    longitude += -0.004778 * sin(radians(125.04 - 1934.136 * t)) - 0.0003667 * sin(radians(200.93 + 72001.539 * t))
    return fmod(fmod(longitude, 360) + 360, 360)


def delta_t(moment: float) -> float:
    """Seconds by which the uniform time of the formulas is ahead of the clock (TT − UT) at a Julian date."""
    decades = 10 + (moment - J2000) / 3652.5
    place = min(max(int(decades), 0), len(DELTA_T) - 2)
    share = min(max(decades - place, 0.0), 1.0)
    return DELTA_T[place] + share * (DELTA_T[place + 1] - DELTA_T[place])


# Meeus, chapter 49, new moon: days, multiples of the sun's and the moon's anomaly, of twice the argument of latitude.
# fmt: off
PERIODIC = (
    (-0.40720, 0, 1, 0), (0.17241, 1, 0, 0), (0.01608, 0, 2, 0), (0.01039, 0, 0, 1), (0.00739, -1, 1, 0),
    (-0.00514, 1, 1, 0), (0.00208, 2, 0, 0), (-0.00111, 0, 1, -1), (-0.00057, 0, 1, 1), (0.00056, 1, 2, 0),
    (-0.00042, 0, 3, 0), (0.00042, 1, 0, 1), (0.00038, 1, 0, -1), (-0.00024, -1, 2, 0), (-0.00007, 2, 1, 0),
    (0.00004, 0, 2, -1), (0.00004, 3, 0, 0), (0.00003, 1, 1, -1), (0.00003, 0, 2, 1), (-0.00003, 1, 1, 1),
    (0.00003, -1, 1, 1), (-0.00002, -1, 1, -1), (-0.00002, 1, 3, 0), (0.00002, 0, 4, 0),
)
# The same chapter's corrections by the planets: days, degrees at new moon 0, degrees for each new moon.
PLANETARY = (
    (0.000325, 299.77, 0.107408), (0.000165, 251.88, 0.016321), (0.000164, 251.83, 26.651886),
    (0.000126, 349.42, 36.412478), (0.000110, 84.66, 18.206239), (0.000062, 141.74, 53.303771),
    (0.000060, 207.14, 2.453732), (0.000056, 154.84, 7.306860), (0.000047, 34.52, 27.261239),
    (0.000042, 207.19, 0.121824), (0.000040, 291.34, 1.844379), (0.000037, 161.72, 24.198154),
    (0.000035, 239.56, 25.513099), (0.000023, 331.55, 3.592518),
)
# Bretagnon and Simon: 10⁻⁷ radians, degrees at J2000, degrees for each century.
SUN = (
    (403406, 270.54861, 0.9287892), (195207, 340.19128, 35999.1376958), (119433, 63.91854, 35999.4089666),
    (112392, 331.2622, 35998.7287385), (3891, 317.843, 71998.20261), (2819, 86.631, 71998.4403),
    (1721, 240.052, 36000.35726), (660, 310.26, 71997.4812), (350, 247.23, 32964.4678), (334, 260.87, -19.441),
    (314, 297.82, 445267.1117), (268, 343.14, 45036.884), (242, 166.79, 3.1008), (234, 81.53, 22518.4434),
    (158, 3.5, -19.9739), (132, 132.75, 65928.9345), (129, 182.95, 9038.0293), (114, 162.03, 3034.7684),
    (99, 29.8, 33718.148), (93, 266.4, 3034.448), (86, 249.2, -2280.773), (78, 157.6, 29929.992),
    (72, 257.8, 31556.493), (68, 185.1, 149.588), (64, 69.9, 9037.75), (46, 8, 107997.405), (38, 197.1, -4444.176),
    (37, 250.4, 151.771), (32, 65.3, 67555.316), (29, 162.7, 31556.08), (28, 341.5, -4561.54),
    (27, 291.6, 107996.706), (27, 98.5, 1221.655), (25, 146.7, 62894.167), (24, 110, 31437.369), (21, 5.2, 14578.298),
    (21, 342.6, -31931.757), (20, 230.9, 34777.243), (18, 256.1, 1221.999), (17, 45.3, 62894.511),
    (14, 242.9, -4442.039), (13, 115.2, 107997.909), (13, 151.8, 119.066), (13, 285.3, 16859.071), (12, 53.3, -4.578),
    (10, 126.6, 26895.292), (10, 205.7, -39.127), (10, 85.9, 12297.536), (10, 146.1, 90073.778),
)
# TT − UT in seconds at the beginning of 1900, 1910, … 2200: measured up to 2025, from then on the long-term parabola.
DELTA_T = (
    -2.0, 11.1, 21.6, 24.4, 24.4, 28.9, 33.1, 39.9, 50.5, 56.9, 63.8, 66.1, 69.4, 69.1, 69.7, 71.4,
    74.2, 78.1, 83.0, 88.9, 95.9, 104.0, 113.0, 123.1, 134.2, 146.3, 159.4, 173.4, 188.5, 204.6, 221.6,
)
# fmt: on
