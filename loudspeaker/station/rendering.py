"""Renders the programmes of a station. Loads numpy, which takes memory: only for processes that end.

    python -m loudspeaker.station.rendering HOME STATE

The child process that makes what the daemon is asked for. On standard input two JSON objects in a list, recipe ->
`RenderJob`: what somebody waits for, and what is made behind everything else; on standard output a line of JSON for
each `RenderReport`. It ends with its parent.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from ..clock import SystemClock
from ..codec import decode, encode
from ..errors import LoudspeakerError, describe_os_error
from ..interfaces import Engine
from ..model.alert_preview import Wanted
from ..model.programme import CARRIED
from ..process import die_with_parent, make_way, skip_last_collection
from ..production.carried_voices import CarriedVoices
from ..production.renderer import ProgrammeRenderer
from ..production.specification import RenderJob, RenderReport
from ..store.clips import ClipStore
from ..store.programmes import ProgrammeStore
from ..store.received import ReceivedFiles
from ..synthesis.circuit_breaker import CircuitBreakers
from ..synthesis.fallback import FallbackChain
from ..synthesis.registry import load_engine
from .deliveries.membership import files_folder
from .paths import StationPaths


def open_renderer(
    paths: StationPaths, now: Callable[[], datetime], load_engine: Callable[[str], Engine], breakers: object = None
) -> ProgrammeRenderer:
    """A renderer for the cache in `paths`; `breakers` is the state of circuit breakers as it was kept in the log."""
    states = CircuitBreakers.from_state(breakers if isinstance(breakers, dict) else {})
    carried = CarriedVoices(ReceivedFiles(paths.received, "").blobs)

    def find_engine(name: str) -> Engine:
        return carried if name == CARRIED else load_engine(name)

    chain = FallbackChain(ClipStore(paths.clips), now, find_engine, states)
    return ProgrammeRenderer(files_folder(paths), chain, ProgrammeStore(paths.programmes))


def render_wanted(
    paths: StationPaths, wanted: Wanted, report: Callable[[RenderReport], None] = lambda report: None
) -> list[LoudspeakerError]:
    """Make what is wanted, in local voices, and `report` how far it is; returns what kept any of it from being made.

    The station is not opened, so circuit breakers of online voices are not asked.
    """
    renderer = open_renderer(paths, SystemClock().now, partial(load_engine, folder=paths.voices))
    failures = []
    for recipe, job in wanted.items():
        failure = _render_job(renderer, recipe, job, report)
        report(RenderReport(recipe, over=True, failure=encode(failure) if failure else None))
        failures += [failure] if failure else []
    return failures


def _render_job(
    renderer: ProgrammeRenderer, recipe: str, job: object, report: Callable[[RenderReport], None]
) -> LoudspeakerError | None:
    try:
        spec = decode(RenderJob, job).spec()
        renderer.render(spec, recipe, lambda done, total: report(RenderReport(recipe, done, total)))
    except LoudspeakerError as error:
        return error
    except OSError as error:  # a full disk, a folder that may not be written
        return LoudspeakerError(describe_os_error(error))
    return None


def main(home: str, state: str) -> None:
    die_with_parent()
    skip_last_collection()
    reports, sys.stdout = sys.stdout.buffer, sys.stderr  # what a library prints must not get between the reports

    def send(report: RenderReport) -> None:
        reports.write(json.dumps(encode(report)).encode() + b"\n")
        reports.flush()

    paths, (wanted, later) = StationPaths(Path(home), Path(state)), json.load(sys.stdin)
    render_wanted(paths, wanted, send)
    make_way()
    render_wanted(paths, later, send)


if __name__ == "__main__":
    main(*sys.argv[1:])
