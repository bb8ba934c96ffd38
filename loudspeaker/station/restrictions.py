"""What people decided that means less sound, by the log: skips, pauses, outputs and villages that nobody has confirmed.

A station made empty keeps silent until a person has tried each of its outputs. One whose log does not say that it was
made empty was there before, and is commissioned.
A box that has joined by itself, from a stick, keeps silent until a person who has heard its spoken test confirms that
it is in the right village; any other box was set up by somebody who knew.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..model.airing import Restrictions, StandingPause
from ..model.asrun_record import Event
from ..playout.ports import Log
from ..playout.states import moment

MEMORY = timedelta(days=62)  # how far back skips and pauses are looked for; none reaches further ahead
EMPTY = "made-empty"  # the event with which `init --empty` begins a log
SOFTEN = "soften"  # an output is softer from then on: facts `output`, `decibels`, `by`
JOINED_ALONE = "joined-alone"  # the box has joined by itself, from a stick: facts `by`, `commune`
CONFIRM_VILLAGE = "confirm-village"  # a person's word that it is in the right village: fact `by`
COMMISSION = "commission"  # a person's word that an output was heard: facts `output`, `by`


def restrictions(log: Log, outputs: Iterable[str], since: datetime) -> Restrictions:
    """All of them that reach beyond `since`; `outputs` are this box's."""
    return Restrictions(
        skips(log, since), tuple(pauses(log, since)), uncommissioned_outputs(log, outputs), awaits_village(log)
    )


def mark_empty(log: Log, now: datetime) -> None:
    """Begin the log of a station that is to keep silent until it is commissioned."""
    log.event(EMPTY, "", now)


def uncommissioned_outputs(log: Log, outputs: Iterable[str]) -> frozenset[str]:
    """Those of `outputs` that may not air what is planned yet."""
    if not log.events(EMPTY):
        return frozenset()
    return frozenset(outputs) - {str(event.facts["output"]) for event in log.events(COMMISSION)}


def awaits_village(log: Log) -> bool:
    """Has the box joined by itself, and nobody confirmed yet that it is in the right village?"""
    joined = log.events(JOINED_ALONE)
    return bool(joined) and len(joined) > len(log.events(CONFIRM_VILLAGE))


def softer(log: Log, output: str) -> float:
    """By how many dB people have made an output softer than the technician has set it."""
    chosen = [event.facts.get("decibels") for event in log.events(SOFTEN) if event.facts.get("output") == output]
    return float(chosen[-1]) if chosen and isinstance(chosen[-1], int) else 0.0


def skips(log: Log, since: datetime) -> dict[str, str]:
    """Airing id -> why; those that were not taken back."""
    standing: dict[str, str] = {}
    for event in log.events("skip", since=since):
        if event.facts.get("undo"):
            standing.pop(event.airing, None)
        else:
            standing[event.airing] = str(event.facts.get("why", ""))
    return standing


def pauses(log: Log, since: datetime) -> Iterable[StandingPause]:
    resumes = log.events("resume", since=since)
    for event in log.events("pause", since=since):
        village = str(event.facts.get("village", ""))
        try:
            until = moment(event.facts.get("until")) or event.at
        except ValueError:  # damaged: nobody knows until when
            continue
        ends = min([until, *(resume.at for resume in resumes if _ends(resume, event))])
        yield StandingPause(village, event.at, ends, str(event.facts["why"]))


def _ends(resume: Event, pause: Event) -> bool:
    """By what it named; an older log names nothing, and by its times the clock may have been set in between."""
    if resume.facts.get("village") != pause.facts.get("village"):
        return False
    named = resume.facts.get("pauses")
    return pause.at.isoformat() in named if isinstance(named, list) else resume.at >= pause.at


def standing_pauses(log: Log, now: datetime) -> list[StandingPause]:
    """The pauses that keep a village quiet now."""
    return [pause for pause in pauses(log, now - MEMORY) if pause.begins <= now < pause.until]
