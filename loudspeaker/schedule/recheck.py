"""Policy once more, at air: may this sound now, for everybody who would hear it? Plans nothing, moves nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from ..errors import Message
from ..model.airing import Airing, BulletinFacts, Marks
from ..model.box import Box
from ..model.broadcast import Broadcast
from ..model.commune import Commune
from ..model.enums import Refusal
from ..model.refusal import Reason
from .admission import Today
from .channels import calendar, channel
from .occurrences import Wish
from .open_hours import open_hours
from .quota import Stretch, exceeded


def permit(
    commune: Commune,
    box: Box,
    facts: Mapping[str, BulletinFacts],
    marks: Marks,
    airing: Airing,
    begins: datetime,
    ends: datetime,
    others: Sequence[Stretch] = (),
) -> Message | None:
    """Why `airing` may not sound from `begins` to `ends` (aware); None where it may.

    `others` is what else of this day counts, from when to when: each session and its minutes.
    """
    begins = begins.astimezone(commune.zone)
    moments = calendar(commune, begins.date())
    heard = channel(commune, airing.output, box.heard().get(airing.output, [airing.village]))
    today = Today(
        begins.date(),
        heard.policy,
        open_hours(heard.policy, begins.date(), commune.days),
        moments.silences(heard, marks),
        {},  # a skip is an order about one airing, not a rule
        moments.name,
        commune.streams,
        airing.output if airing.output in marks.uncommissioned else "",
    )
    denial = today.screen(
        _wish(airing, facts, (begins - moments.midnight).total_seconds(), (ends - begins).total_seconds())
    )
    if denial:
        return denial.why
    why = exceeded(heard.policy, others, (begins, ends))
    return why and Reason(Refusal.POLICY, why)


def _wish(airing: Airing, facts: Mapping[str, BulletinFacts], at: float, duration: float) -> Wish:
    broadcast = Broadcast(airing.broadcast, airing.bulletin, (), stream=airing.stream)
    known = facts.get(airing.bulletin) if airing.bulletin else None
    return Wish(0, int(at), 0, 0, airing.village, broadcast, known, airing.level, duration)
