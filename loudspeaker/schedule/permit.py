"""Policy once more, at air: may this sound now, for everybody who would hear it? The plan has asked before; time has passed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ..errors import Message
from .airing import Airing, BulletinFacts, Marks
from .box import Box
from .broadcasts import Broadcast, VillageSchedule
from .channels import Channel, calendar
from .commune import Commune
from .hours import open_hours, strictest
from .screening import Today
from .wishes import Wish


def permit(
    commune: Commune,
    box: Box,
    facts: Mapping[str, BulletinFacts],
    marks: Marks,
    airing: Airing,
    begins: datetime,
    ends: datetime,
) -> Message | None:
    """Why `airing` may not sound from `begins` to `ends` (aware); None where it may."""
    begins = begins.astimezone(commune.zone)
    moments = calendar(commune, begins.date())
    channel = _channel(commune, box, airing)
    today = Today(
        begins.date(),
        channel.policy,
        open_hours(channel.policy, begins.date(), commune.days),
        moments.silences(channel, marks),
        {},  # a skip is an order about one airing, not a rule
        moments.name,
    )
    denial = today.screen(
        _wish(airing, facts, (begins - moments.midnight).total_seconds(), (ends - begins).total_seconds())
    )
    return denial.why if denial else None


def _channel(commune: Commune, box: Box, airing: Airing) -> Channel:
    """The output with all villages on it, whether or not they have a schedule."""
    heard = [village for village, output in box.plays.items() if output == airing.output] or [airing.village]
    policy = strictest(frozenset(commune.policy_of(village) for village in heard))
    return Channel(airing.output, tuple((0, VillageSchedule(village, village, ())) for village in heard), policy)


def _wish(airing: Airing, facts: Mapping[str, BulletinFacts], at: float, duration: float) -> Wish:
    broadcast = Broadcast(airing.broadcast, airing.bulletin, (), stream=airing.stream)
    known = facts.get(airing.bulletin) if airing.bulletin else None
    return Wish(0, int(at), 0, 0, airing.village, broadcast, known, airing.level, duration)
