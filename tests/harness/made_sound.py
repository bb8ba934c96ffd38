"""Sound that was made by an earlier test of this process: a programme of the same recipe is copied, not rendered again.

An utterance that is sent to boxes is compressed once, too. For tests of what becomes of sound; a recipe is the hash of
all that determines it, unless a voice fails.
"""

from __future__ import annotations

import atexit
import hashlib
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from loudspeaker.codec import decode
from loudspeaker.ffmpeg import encode_opus
from loudspeaker.model.alert_preview import Wanted
from loudspeaker.model.programme import Programme
from loudspeaker.production.carried_voices import format_sound
from loudspeaker.production.renderer import ProgrammeRenderer
from loudspeaker.production.specification import ProgrammeSpec, RenderJob
from loudspeaker.sound.clip import Clip
from loudspeaker.station import Station
from loudspeaker.store.programmes import ProgrammeFacts, ProgrammeStore


@cache
def kept_programmes() -> ProgrammeStore:
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    return ProgrammeStore(Path(folder.name))


def copy_programme(recipe: str, source: ProgrammeStore, target: ProgrammeStore) -> Programme | None:
    """None where `source` has none of this recipe."""
    one = source.find(recipe)
    if one is None:
        return None
    facts = (one.key, one.rate, one.frames, one.voice, one.doubts, one.loudness, source.marks(recipe))
    return target.put(recipe, one.path.read_bytes(), ProgrammeFacts(*facts))


class SavingRenderer:
    """Stands in for a station's `ProgrammeRenderer`, and asks it for what no test has had made yet."""

    def __init__(self, renderer: ProgrammeRenderer) -> None:
        self._renderer = renderer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._renderer, name)

    def render(
        self, spec: ProgrammeSpec, recipe: str, progress: Callable[[int, int], None] = lambda done, total: None
    ) -> Programme:
        if known := copy_programme(recipe, kept_programmes(), self._renderer.programmes):
            return known
        made = self._renderer.render(spec, recipe, progress)
        copy_programme(recipe, self._renderer.programmes, kept_programmes())
        return made


def save_rendering(station: Station) -> None:
    """From now on the station copies what an earlier test has had made."""
    station.preparation.renderer = SavingRenderer(station.preparation.renderer)  # type: ignore[assignment]


def make_sound(station: Station, wanted: Wanted) -> None:
    """As `Client.make`: whoever gives an alarm has its sound made."""
    renderer = SavingRenderer(station.preparation.renderer)
    for recipe, job in wanted.items():
        renderer.render(decode(RenderJob, job).spec(), recipe)


_compressed: dict[tuple[bytes, int, str, str, int], bytes] = {}


def encode_once(clip: Clip, title: str, album: str, number: int) -> bytes:
    """As `encode_opus`, which starts a program: the same bytes for the same sound."""
    key = hashlib.sha256(clip.samples.tobytes()).digest(), clip.rate, title, album, number
    if key not in _compressed:
        _compressed[key] = encode_opus(clip, title, album, number)
    return _compressed[key]


format_sound_once = partial(format_sound, encode=encode_once)
