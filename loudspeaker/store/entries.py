"""Records and events as entries of the log, and back. Values only; no storage may come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from ..model.airing import Occurrence
from ..model.asrun_record import AsRunRecord, Event
from ..model.enums import Level, Verdict

Entry = Mapping[str, Any]  # kind, airing, at, facts: what is chained

VERDICT = "verdict"


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:  # it could be compared with no other
        raise ValueError(f"{text} has no offset")
    return found


_AT_THE_TOP = {"id", "scheduled_at"}  # of an occurrence: the entry's own `airing` and `at`
_OCCURRENCE = {field.name for field in fields(Occurrence)} - _AT_THE_TOP
_RECORD = {field.name for field in fields(AsRunRecord)} - {"occurrence"}
_READ = {"level": Level, "verdict": Verdict, "started_at": _moment, "ended_at": _moment}


def event_entry(event: Event) -> Entry:
    return {"kind": event.kind, "airing": event.airing, "at": event.at, "facts": event.facts}


def verdict_entry(record: AsRunRecord) -> Entry:
    facts = {name: getattr(record.occurrence, name) for name in _OCCURRENCE}
    facts |= {name: getattr(record, name) for name in _RECORD}
    return {"kind": VERDICT, "airing": record.id, "at": record.scheduled_at, "facts": facts}


def event_of(entry: Entry) -> Event:
    """An event as it was written, but that times among its facts are ISO text now.

    Raises `KeyError`, `TypeError` or `ValueError` where the entry is no event.
    """
    if not isinstance(entry["facts"], dict):
        raise TypeError("no facts")
    return Event(entry["kind"], entry["airing"], _moment(entry["at"]), entry["facts"])


def record_of(entry: Entry) -> AsRunRecord:
    """A record as it was written; facts that only a newer version knows are left out. Raises as `event_of` does."""
    facts = {name: _read(name, value) for name, value in entry["facts"].items()}
    about = {name: facts[name] for name in facts.keys() & _OCCURRENCE}
    occurrence = Occurrence(entry["airing"], scheduled_at=_moment(entry["at"]), **about)
    return AsRunRecord(occurrence, **{name: facts[name] for name in facts.keys() & _RECORD})


def _read(name: str, value: Any) -> Any:
    return _READ[name](value) if name in _READ and value is not None else value
