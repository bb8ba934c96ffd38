"""Skips, pauses and their ends that came signed with the commune's manifest: each is carried out once on each box.

They stand in the log as decisions that were made at the box do, with `via`: the scope and the id by which they came. So
what somebody at the box decides behind them stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ...errors import LoudspeakerError, NotFound
from ...model.envelope import Envelope
from ...model.requests import Pause, Request, Resume, Skip
from ..decisions import DECISIONS, Decisions
from ..station import Station
from .membership import CarriedDecision, read_membership


def carry_out_decisions(station: Station) -> Mapping[str, LoudspeakerError]:
    """Carry out the decisions not yet carried out. Those about an airing that is not planned yet are tried again.

    Returns “scope/id” -> why that decision failed. Raises `LogUnusable`, and as `read_membership` does.
    """
    membership, failures = read_membership(station.paths), dict[str, LoudspeakerError]()
    if membership is None or membership.edited_here:
        return failures
    memory = f"decisions of {membership.scope}"
    known = station.log.recall(memory)
    stored = known if isinstance(known, list) else []
    done = [decision.id for decision in membership.accepted.decisions if decision.id in stored]
    for decision in membership.accepted.decisions:
        name = f"{membership.scope}/{decision.id}"
        if decision.id in done or not _is_for(station, decision):
            continue
        try:
            _carry_out(station, decision, name)
        except LoudspeakerError as error:
            failures[name] = error
            if isinstance(error, NotFound):
                continue
        done.append(decision.id)  # that it is over, or that there is nothing to be ended, holds once and for all
    if sorted(done) != sorted(stored):
        station.log.remember(memory, done)
    return failures


def _is_for(station: Station, decision: CarriedDecision) -> bool:
    """Is it about a village that this box plays, and not over?"""
    village = decision.village or (decision.airing or "").partition("/")[0]
    return village in station.files.box.plays and not _is_over(decision, station.clock.now())


def _is_over(decision: CarriedDecision, now: datetime) -> bool:
    return decision.until is not None and decision.until <= now


def _carry_out(station: Station, decision: CarriedDecision, name: str) -> None:
    """Raises as the decision does."""
    if any(event.facts.get("via") == name for event in station.log.events(decision.do)):
        return  # the power went before it was remembered
    request = _request(decision)
    DECISIONS[type(request)](Decisions(station), request, Envelope(request, decision.by, via=name))


def _request(decision: CarriedDecision) -> Request:
    if decision.do == Skip.verb:
        return Skip(decision.airing or "", decision.why)
    if decision.do == Pause.verb:
        return Pause(decision.village or "", decision.until.isoformat() if decision.until else "", decision.why)
    return Resume(decision.village or "")
