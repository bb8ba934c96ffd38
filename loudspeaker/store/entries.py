"""Records and events as entries of the log, and back. Values only; no storage may come in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..codec import decode, encode
from ..model.asrun_record import AsRunRecord, Event

Entry = Mapping[str, Any]  # kind, airing, at, facts: what is chained

VERDICT = "verdict"


def event_entry(event: Event) -> Entry:
    return {"kind": event.kind, "airing": event.airing, "at": event.at, "facts": event.facts}


def verdict_entry(record: AsRunRecord) -> Entry:
    """A record as one flat object; id and time of its occurrence are the entry's own `airing` and `at`."""
    facts = encode(record)
    facts |= facts.pop("occurrence")
    return {"kind": VERDICT, "airing": facts.pop("id"), "at": facts.pop("scheduled_at"), "facts": facts}


def event_of(entry: Entry) -> Event:
    """An event as it was written, but that times among its facts are ISO text now.

    Raises `KeyError`, `TypeError` or `ValueError` where the entry is no event.
    """
    if not isinstance(entry["facts"], dict):
        raise TypeError("no facts")
    return Event(entry["kind"], entry["airing"], decode(datetime, entry["at"]), entry["facts"])


def record_of(entry: Entry) -> AsRunRecord:
    """A record as it was written; facts that only a newer version knows are left out. Raises as `event_of` does."""
    facts = {**entry["facts"], "id": entry["airing"], "scheduled_at": entry["at"]}
    return decode(AsRunRecord, {**facts, "occurrence": facts})
