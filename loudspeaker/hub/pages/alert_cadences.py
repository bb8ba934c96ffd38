"""How often an alarm is said again, and until when: the two fields of its form at the hub."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from ...errors import BadUsage, Message
from ...trust.signed_documents import Alert, Cadence
from .hub_page import HubPage

CADENCES: Mapping[int, Message] = {  # minutes from one beginning to the next
    0: Message("no"),
    30: Message("every {minutes} minutes", minutes=30),
    60: Message("every hour"),
    **{hours * 60: Message("every {hours} hours", hours=hours) for hours in (2, 3, 4, 6)},
}


def typed_cadence(page: HubPage, before: Alert | None) -> Mapping[str, str]:
    """How often it is said again, in minutes, and until when: as it was typed, else as that before it."""
    known = before.again if before and page.http.method == "GET" else None
    again = str(round(known.every / 60)) if known else page.text("again")
    until = f"{page.local(known.until):%H:%M}" if known else page.text("until")
    return {"again": again or "0", "until": until}


def read_cadence(page: HubPage) -> Cadence | None:
    """Raises `BadUsage`."""
    again, typed = page.text("again") or "0", page.text("until")
    if again not in map(str, CADENCES):
        raise BadUsage(Message("it is not said again so often"))
    if again == "0":
        return None
    try:
        until = datetime.combine(page.now.date(), time.fromisoformat(typed), page.now.tzinfo)
    except ValueError as error:
        raise BadUsage(Message("say until when it is said again, such as 18:00")) from error
    return Cadence(int(again) * 60.0, until if until > page.now else until + timedelta(days=1))
