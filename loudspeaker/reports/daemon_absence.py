"""Was a daemon at work at some moment? By the log: each start tells until when the run before it had lived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..playout.ports import Log
from ..playout.states import moment

ALIVE = timedelta(minutes=2)  # a heartbeat is written every minute


@dataclass(frozen=True, slots=True)
class Absence:
    """No daemon from `since` (None: there was none before) to `until` (None: there is none yet)."""

    since: datetime | None
    until: datetime | None
    left: bool = False  # the run before was told to end


def absence(log: Log, at: datetime, now: datetime) -> Absence | None:
    """When no daemon was at work around `at`; None where one was. Raises `LookupError` where the log cannot tell."""
    starts = log.events("began")
    later = next((start for start in starts if start.at > at), None)
    if later:
        since = moment(later.facts["since"])
        return _absence_since(log, since, at, later.at) if since is None or since < at else None
    beat = moment(log.recall("heartbeat"))
    if beat is None:
        return Absence(None, None)
    if beat < at and now - beat > ALIVE:
        return _absence_since(log, beat, at, None)
    if not starts:  # written by a version that did not note its starts
        raise LookupError
    return None


def _absence_since(log: Log, since: datetime | None, at: datetime, until: datetime | None) -> Absence:
    """A daemon that was told to end knows when; of any other the last heartbeat is known."""
    left = [event.at for event in log.events("left") if since and since <= event.at <= at]
    return Absence(left[-1], until, left=True) if left else Absence(since, until)
