"""The number of the next alert, where a hub may be an older copy of itself: boxes know better which were given.

A box does no second alert of a number that it knows. A hub that comes from a backup, that has taken over another one's
boxes, or that was away for longer than it is silent otherwise (a copy of its whole machine, perhaps) is *in doubt* for
a day. Boxes tell with their presence, as soon as they have the broker, which alert is the newest that they know; the
next number follows that. Where most have not told yet, and an alert cannot wait, some numbers are left out. What a
broker has kept of them may be older than the last alert: it is not as if they had told.

One box is not believed far: what it tells counts as long as it is not much higher than what most tell.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from ...errors import LoudspeakerError
from ...fleet.topics import TopicKind
from ...trust.dsse import parse_envelope
from ...trust.floors import WINDOW
from ...trust.opening import read_unverified_as
from ...trust.signed_documents import Bell
from ..hub_database import HubDatabase, instant_of, text_of
from ..published_files import BELL, list_scopes, read_scope_document

LEFT_OUT = 32  # numbers; boxes look for each of them once, so no more than may have been given since the backup
LASTS = timedelta(days=1)  # … until logs have told (`boxes/log_intake.py`), for which boxes ask once a day
AWAY = timedelta(hours=2)  # bells are signed each hour


def doubt_numbers(database: HubDatabase, now: datetime) -> None:
    """From now on, for a day, boxes are asked first. Raises `WriteError`."""
    with database.change() as connection:
        connection.execute("DELETE FROM doubt")
        connection.execute("INSERT INTO doubt VALUES (?)", (text_of(now),))


def notice_absence(root: Path, database: HubDatabase, now: datetime) -> None:
    """The same where the last bell was signed long ago, or is still to come. Raises `WriteError`."""
    rung = [bell.issued for scope in list_scopes(root) if (bell := _read_bell(root, scope))]
    if rung and not timedelta(0) <= now - max(rung) <= AWAY:
        doubt_numbers(database, now)


def in_doubt(database: HubDatabase, now: datetime) -> datetime | None:
    """Since when the hub is; None where it is not."""
    row = database.row("SELECT at FROM doubt")
    since = instant_of(row["at"]) if row else None
    return since if since and now - since <= LASTS else None


def last_number(database: HubDatabase, scope: str, known: int, last: datetime | None, now: datetime) -> int:
    """The number that the next alert of a scope follows, where `known` is the highest known here.

    `last`: when the newest that is served was given.
    """
    if (since := in_doubt(database, now)) is None:
        return known
    answers = _newest_numbers(database, scope, since)
    numbers = [answer.number for answer in answers if answer.number is not None]
    highest = max(known, highest_credible(numbers) if numbers else 0)
    most_have_answered = sum(answer.is_new and answer.number is not None for answer in answers) * 2 > len(answers)
    is_left_out = last is not None and last >= since  # by one that was given meanwhile
    return highest if most_have_answered or is_left_out else highest + LEFT_OUT


def highest_credible(numbers: Collection[int]) -> int:
    """The highest of these that is not much higher than what most have told."""
    middle = sorted(numbers)[len(numbers) // 2]
    return max(number for number in numbers if number < middle + WINDOW)


class NewestNumber(NamedTuple):
    """The newest alert that a box knew when it told so, None by an older agent; `is_new`: that was since the doubt."""

    number: int | None
    is_new: bool


def _newest_numbers(database: HubDatabase, scope: str, since: datetime) -> list[NewestNumber]:
    """By each box of this scope that is there, or was when something was last heard of it."""
    rows = database.rows(
        "SELECT json_extract(body, ?) AS number, heard >= ? AS is_new FROM said"
        " WHERE kind = ? AND json_extract(body, '$.on') AND json_type(body, ?) IS NOT NULL",
        f'$.alerts."{scope}"',
        text_of(since),
        TopicKind.PRESENCE.value,
        f'$.held."{scope}"',
    )
    return [NewestNumber(row["number"] if isinstance(row["number"], int) else None, row["is_new"]) for row in rows]


def _read_bell(root: Path, scope: str) -> Bell | None:
    with suppress(LoudspeakerError):
        if raw := read_scope_document(root, scope, BELL):
            return read_unverified_as(Bell, parse_envelope(raw))
    return None
