"""The story of one airing, as `why` tells it. No tests in here."""

from __future__ import annotations

from collections.abc import Callable

from loudspeaker.reports.explain import explain_airing
from loudspeaker.station import Station


def tell_story(station: Station, airing: str, translate: Callable[[str], str] = str) -> list[str]:
    """Its sentences. Raises `NotFound`."""
    found, now, zone = station.airings.look_up(airing), station.clock.now(), station.files.commune.zone
    return [sentence.say(translate) for sentence in explain_airing(*found, station.log, now, zone, translate)]
