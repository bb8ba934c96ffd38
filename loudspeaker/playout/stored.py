"""Airings and requests as the plain values that the log keeps ("asked", and the running order), and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from ..errors import Message
from ..model.airing import Airing, Occurrence
from ..model.enums import Expected, Level
from ..model.programme import Programme
from ..model.refusal import Reason, known
from .item import ManualRequest
from .states import moment

Facts = dict[str, Any]
_OCCURRENCE = tuple(field.name for field in fields(Occurrence))
_AIRING = tuple(field.name for field in fields(Airing) if field.name != "occurrence")
_MOMENTS = ("scheduled_at", "starts_at", "ends_at")
_PROGRAMME = tuple(field.name for field in fields(Programme))


def airing_facts(airing: Airing) -> Facts:
    """An airing as plain values. Called for thousands at once, so only what is not plain yet is looked at."""
    facts = {name: getattr(airing.occurrence, name) for name in _OCCURRENCE}
    facts |= {name: getattr(airing, name) for name in _AIRING}
    for name in _MOMENTS:
        facts[name] = facts[name] and facts[name].isoformat()
    facts["why"] = _plain(airing.why)
    return facts


def airing_from_facts(facts: Mapping[str, Any]) -> Airing:
    """An airing as it was. Raises `KeyError`, `TypeError` or `ValueError` where these are not an airing's facts."""
    known = dict(facts) | {name: moment(facts[name]) for name in _MOMENTS}
    known |= {"level": Level(facts["level"]), "expected": Expected(facts["expected"]), "why": _message(facts["why"])}
    if known["scheduled_at"] is None:
        raise ValueError("an airing has a time")
    occurrence = Occurrence(**{name: known[name] for name in _OCCURRENCE if name in known})
    return Airing(occurrence, **{name: known[name] for name in _AIRING if name in known})


def request_facts(request: ManualRequest, airing: Airing) -> Facts:
    """A request, of its airings this one only: each has an entry of its own."""
    programmes = [{name: _plain(getattr(programme, name)) for name in _PROGRAMME} for programme in request.programmes]
    return {
        "airing": airing_facts(airing),
        "by": request.by,
        "programmes": programmes,
        "plays": request.plays,
        "gap": request.gap,
        "until": _plain(request.until),
        "override": request.override,
        "ends": list(request.ends),
    }


def request_from_facts(facts: Mapping[str, Any]) -> ManualRequest:
    """A request as it was, with one airing. Raises as `airing_from_facts` does."""
    return ManualRequest(
        (airing_from_facts(facts["airing"]),),
        facts["by"],
        _programmes(facts["programmes"]),
        facts["plays"],
        facts["gap"],
        moment(facts["until"]),
        facts["override"],
        tuple(facts.get("ends", ())),
    )


def _programmes(stored: Iterable[Mapping[str, Any]]) -> tuple[Programme, ...]:
    return tuple(Programme(**{**facts, "path": Path(facts["path"])}) for facts in stored)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Message):
        kind = {"kind": value.kind} if isinstance(value, Reason) else {}
        return kind | {"template": value.template, "facts": {name: _plain(fact) for name, fact in value.facts.items()}}
    return value if isinstance(value, (int, float, str, type(None))) else str(value)


def _message(stored: Any) -> Message | None:
    if stored is None:
        return None
    facts = {name: _message(fact) if isinstance(fact, dict) else fact for name, fact in stored["facts"].items()}
    message, kind = Message(stored["template"], **facts), known(stored.get("kind", ""))
    return Reason(kind, message) if kind else message
