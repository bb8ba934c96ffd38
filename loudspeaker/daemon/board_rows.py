"""The station on the air at a glance, as a `Board`: every page that shows it asks once a second, so it is cheap."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta, tzinfo
from itertools import islice

from ..model.alert_answer import PreparedAlert
from ..model.board import Board, BoardAiring
from ..model.enums import Expected
from ..playout.item import PlayoutItem
from ..playout.states import Phase
from ..station.emergency.alarms import repeats, standing, standing_alarm
from ..station.restrictions import standing_pauses
from .on_air import OnAir

NEXT = 12  # airings that come


def board(on_air: OnAir, prepared: tuple[PreparedAlert, ...] = ()) -> Board:
    """Raises `LogUnusable`."""
    now, log, files = on_air.now(), on_air.controller.log, on_air.station.files
    items = on_air.controller.open_items()
    hearers = {output: tuple(villages) for output, villages in files.box.hearers().items()}
    alarms = [alarm for alarm in standing(log, now) if files.box.plays.get(alarm.village) in on_air.speakers]
    return Board(
        at=now,
        on=tuple(_row(item, hearers) for item in items if is_heard(item)),
        next=tuple(islice((_row(item, hearers) for item in items if _comes(item)), NEXT)),
        alarms=tuple(standing_alarm(alarm, repeats(log, alarm, now)) for alarm in alarms),
        pauses=tuple(standing_pauses(log, now)),
        trusted=on_air.last_trust.believed,
        clock=on_air.last_trust.why,
        gone=on_air.controller.gone_outputs(),
        files=_digest(files.contents.revisions),
        log=on_air.station.log.last_number(),
        prepared=prepared,
    )


def status_row(item: PlayoutItem, zone: tzinfo) -> dict[str, object]:
    """What is on or comes, as `AskStatus` is answered."""
    airing, started = item.airing, item.state.on_air
    programmes = item.request.programmes if item.request else ()
    lasts = timedelta(seconds=programmes[0].duration if programmes else airing.duration)
    again = item.request is not None and item.request.plays > 1  # how long it will be heard nobody can tell
    return {
        **{"id": airing.id, "at": item.target.isoformat(), "phase": item.state.phase, "title": airing.title},
        **{"on": is_heard(item), "village": airing.village, "output": airing.output, "level": airing.level},
        "drill": airing.drill,
        "started_at": started and started.astimezone(zone).isoformat(),
        "ends_at": (started + lasts).astimezone(zone).isoformat() if started and not again else None,
    }


def is_heard(item: PlayoutItem) -> bool:
    """Is it on the air, or between two plays?"""
    return item.state.phase is Phase.ON_AIR or bool(item.state.plays)


def _comes(item: PlayoutItem) -> bool:
    """Is it still to be heard, as things are?"""
    decided = item.ending or item.gone or item.airing.expected is not Expected.AIR
    return not decided and not is_heard(item)


def _row(item: PlayoutItem, hearers: Mapping[str, tuple[str, ...]]) -> BoardAiring:
    airing, state = item.airing, item.state
    duration = state.started.get("duration") if is_heard(item) else None
    requested = sum(programme.duration for programme in item.request.programmes) if item.request else 0.0
    return BoardAiring(
        id=airing.id,
        village=airing.village,
        villages=hearers.get(airing.output, (airing.village,)),
        output=airing.output,
        bulletin=airing.bulletin,
        title=airing.title,
        level=airing.level,
        drill=airing.drill,
        at=item.target,
        seconds=float(duration) if isinstance(duration, int | float) else requested or airing.duration,
        waits=state.hindrance[1] if state.hindrance and not is_heard(item) else None,
        begun=state.on_air.astimezone(item.target.tzinfo) if state.on_air and state.phase is Phase.ON_AIR else None,
        play=min(state.plays + 1, _plays(item)),
        plays=_plays(item),
    )


def _plays(item: PlayoutItem) -> int:
    return item.request.plays if item.request else 1


def _digest(revisions: Mapping[str, str]) -> str:
    lines = "\n".join(f"{name} {revision}" for name, revision in sorted(revisions.items()))
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()
