"""Policy once more, at air (docs/promises.md, 6): may this sound now, for everybody who would hear it?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..errors import Message
from ..model.airing import Airing
from ..model.enums import Refusal
from ..model.refusal import Reason
from .admission import RULES, output_day
from .channels import calendar, channel
from .occurrences import Candidate
from .plan_input import PlanInput
from .quota import Stretch, check_quota


def recheck(
    given: PlanInput, airing: Airing, begins: datetime, ends: datetime, others: Sequence[Stretch] = ()
) -> Message | None:
    """Why `airing` may not sound from `begins` to `ends` (aware); None where it may.

    `others` is what else of this day counts, from when to when: each session and its minutes. Whether the airing was
    skipped is not asked: a skip is an order about one airing, not a rule.
    """
    begins = begins.astimezone(given.commune.zone)
    today = calendar(given.commune, begins.date())
    hearers = given.box.hearers().get(airing.output, [airing.village])
    output = output_day(given, channel(given.commune, airing.output, hearers), today)
    at, duration = int((begins - today.midnight).total_seconds()), (ends - begins).total_seconds()
    facts = given.facts.get(airing.bulletin) if airing.bulletin else None
    if rejection := output.reject(Candidate(airing.occurrence, airing.stream, facts, at, duration), RULES):
        return rejection.why
    why = check_quota(output.policy, others, (begins, ends))
    return why and Reason(Refusal.POLICY, why)
