"""The sound that is kept: how much there is, verifying it, and sweeping what is not needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from ..model.airing import Airing
from ..model.programme import Voice
from ..playout.item import request_from_facts
from ..playout.journal import PlayoutJournal
from ..production.specification import ProgrammeSpec
from ..station.station import Station
from ..store.clips import ClipStore, clip_key

BUDGET = 2_000_000_000  # bytes of sound that are kept


@dataclass(frozen=True, slots=True)
class CacheSize:
    """Bytes of clips and programmes, and how many programmes there are."""

    clips: int
    programmes: int
    programme_bytes: int


def measure_cache(station: Station) -> CacheSize:
    programmes = [programme for _, programme in station.planner.programmes.all()]
    size = sum(programme.path.stat().st_size for programme in programmes)
    return CacheSize(ClipStore(station.paths.clips).total_bytes(), len(programmes), size)


def verify_cache(station: Station) -> tuple[int, int]:
    """How many programmes are sound, and how many damaged files were removed."""
    clips, programmes = ClipStore(station.paths.clips), station.planner.programmes
    damaged = clips.damaged_keys()
    for key in damaged:
        clips.discard(key)
    stored = list(programmes.all())
    torn = [recipe for recipe, programme in stored if not programmes.is_intact(programme)]
    for recipe in torn:
        programmes.discard(recipe)
    return len(stored) - len(torn), len(damaged) + len(torn)


def sweep_cache(station: Station, budget: int = BUDGET) -> int:
    """Bytes freed; never what the coming 48 hours need, what a daemon has planned on a good clock, or an alarm."""
    airings = station.airings.between(*station.clock.window(None, 3))
    coming = [airing for airing in airings if airing.output]
    orders = set(station.preparation.specs_of([*coming, *_accepted_plan(station)]))
    recipes = {station.planner.recipe(order) for order in orders} | _alarms_said_again(station)
    keys = {key for order in orders for key in _clip_keys(station, order)}
    now = station.clock.now().timestamp()
    return station.planner.programmes.sweep(budget, recipes, now) + ClipStore(station.paths.clips).sweep(
        budget, keys, now
    )


def _alarms_said_again(station: Station) -> set[str]:
    """The recipes of alarms with a cadence: their sound is made once."""
    requests = station.log.events("asked", since=station.clock.now() - timedelta(days=2))
    again = [event for event in requests if event.facts.get("again_until")]
    needed = {programme.path for event in again for programme in request_from_facts(event.facts).programmes}
    return {recipe for recipe, programme in station.planner.programmes.all() if programme.path in needed}


def _accepted_plan(station: Station) -> Iterator[Airing]:
    """What is to come by the daemon's last good time: today may be any day by the clock."""
    airings, _ = PlayoutJournal(station.log).kept_plan() or ([], None)
    bulletins = station.files.contents.bulletins
    yield from (airing for airing in airings if airing.stream or airing.bulletin in bulletins)


def _clip_keys(station: Station, order: ProgrammeSpec) -> Iterator[str]:
    for speech in order.speeches:
        for voice in map(Voice.parse, speech.voices):
            if fingerprint := station.planner.voices.fingerprint(str(voice)):
                yield from (clip_key(voice.engine, fingerprint, voice.name, u.text) for u in speech.utterances)
