"""On the air without a daemon: a command opens the outputs itself until all that it was asked for is over.

Meanwhile it has the control socket, so that `stop` and `urgent --end` reach it and nobody else opens the same card.
"""

from __future__ import annotations

import logging
import os
import selectors
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from ..errors import LoudspeakerError
from ..model.envelope import Envelope
from ..model.requests import AskOutcome, EndUrgent, Outcome, Request, Stop, Urgent
from ..station.station import Station
from ..store.asrun import LogUnusable
from .control_socket import ControlSocket
from .on_air import OnAir, speakers, stop_button
from .requests import INTERRUPTED, Requests
from .signals import interruptions

logger = logging.getLogger(__name__)

BLINK = 0.02  # s
MOST_FAULTS = 500  # one after the other, a `BLINK` apart: then nothing will come of it any more
RETRY = timedelta(seconds=1)  # after a log that takes nothing; the controller keeps what it has to write


def run_in_foreground(
    station: Station, envelope: Envelope, waits: Callable[[str, str], object] = lambda airing, why: None
) -> Sequence[Outcome]:
    """Do it, and tell what became of it once everything is over; an interruption stops the sound and says so.

    `waits` is told again and again of each airing, by id, that cannot start yet, and why.

    Raises `Refused` where somebody else is on the air by now.
    """
    assert station.log  # makes the folder, where there is none
    with (
        selectors.DefaultSelector() as selector,
        _open_outputs(station, selector) as (requests, control_socket),
        interruptions() as interrupted,
    ):
        _make_sound(station, requests, envelope.request)
        ids = requests.handle(replace(envelope, uid=os.getuid()))
        assert isinstance(ids, list)
        faults: list[Exception] = []
        while requests.controller.open_items():
            if interrupted and interrupted.pop():
                requests.stop(Stop((), requests.on_air.say(INTERRUPTED)), envelope.by or "")
            wait = (_step(requests.on_air, faults) - requests.on_air.now()).total_seconds()
            for key, events in selector.select(min(max(wait, 0.0), BLINK)):
                key.data(events)
            control_socket.tend()
            for airing, why in requests.hindrances().items():
                waits(airing, why)
        return requests.outcome(AskOutcome(tuple(ids)))


def _make_sound(station: Station, requests: Requests, request: Request) -> None:
    """Make what a daemon was to make that has gone since. Raises `LoudspeakerError` where an alarm cannot be said."""
    if isinstance(request, Urgent | EndUrgent):
        failures = station.preparation.make(requests.missing_sound(request), lambda done, total, what: None)
        for failure in failures.values() if isinstance(request, Urgent) else ():
            raise LoudspeakerError(failure)


@contextmanager
def _open_outputs(station: Station, selector: selectors.BaseSelector) -> Iterator[tuple[Requests, ControlSocket]]:
    """The outputs, and the control socket that keeps others out."""
    opened: list[Requests] = []
    control_socket = ControlSocket(
        station.paths.socket, selector, lambda do, args, uid: opened[0].carry_out(do, args, uid)
    )
    with closing(control_socket):
        outputs, button = speakers(station), stop_button(station)
        on_air = OnAir(station, outputs, station.clock, station.log, alone=True, button=button)
        with closing(on_air):
            opened.append(Requests(on_air))
            try:
                yield opened[0], control_socket
            finally:
                control_socket.shut()  # whoever comes now must not wait for an answer until the outputs are closed


def _step(on_air: OnAir, faults: list[Exception]) -> datetime:
    """Do what is due; `faults` are those since it last went well."""
    try:
        again = on_air.step()
    except LogUnusable:  # a full disk must not cut off what is on the air
        return on_air.now() + RETRY
    except Exception as error:  # nor a fault of one output what the others play
        if not faults:
            logger.exception("%r", error)
        faults.append(error)
        if len(faults) > MOST_FAULTS:
            raise
        return on_air.now() + RETRY
    faults.clear()
    return again
