"""What kind of loudspeaker a programme is mastered for, as numbers (docs/decisions/0003-mastering-for-horns.md)."""

from __future__ import annotations

from dataclasses import dataclass, replace

Points = tuple[tuple[float, float], ...]

EARLY = "-early"  # what the name of a quieter twin ends in
QUIETER = 6.0  # LU


@dataclass(frozen=True, slots=True)
class Profile:
    """How to master: the band and tone of one kind of loudspeaker, how dense, how loud."""

    name: str
    rate: int  # frames a second to work at: enough for the band
    low: float  # Hz, where the band begins
    high: float  # Hz, where it ends
    tone: Points  # (Hz, dB), straight lines between
    threshold: float  # LU from the programme's own loudness, where compression begins
    ratio: float  # of compression
    density: float  # LU from the compressed loudness to the highest peak
    target: float = -16.0  # LUFS over the whole file
    ceiling: float = -1.0  # dBTP

    def quieter(self, by: float = QUIETER) -> Profile:
        """The same sound with less of it, for early hours: `by` LU below the target."""
        return replace(self, name=self.name + EARLY, target=self.target - by)


# A horn gives nothing below 300 Hz and above 6 kHz: what goes there only costs headroom.
HORN = Profile(
    name="horn",
    rate=16_000,
    low=280,
    high=6_000,
    tone=((1_000, 0), (2_500, 6), (4_000, 7)),
    threshold=-10,
    ratio=3,
    density=8,
)
INDOOR = Profile(
    name="indoor",
    rate=24_000,
    low=120,
    high=10_000,
    tone=((120, -2), (400, 0), (1_500, 0), (3_000, 3)),
    threshold=-8,
    ratio=2,
    density=9,
)
# The transmitter's own pre-emphasis already lifts the treble.
FM = Profile(
    name="fm",
    rate=32_000,
    low=60,
    high=14_000,
    tone=((1_000, 0), (3_000, 1)),
    threshold=-8,
    ratio=2,
    density=10,
)

PROFILES = {profile.name: profile for base in (HORN, INDOOR, FM) for profile in (base, base.quieter())}
