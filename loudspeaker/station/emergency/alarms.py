"""Which alarms still stand, and how each would be ended. By the log alone, so that a restart changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...model.airing import Airing
from ...model.board import StandingAlarm
from ...model.enums import ALARM, ALERT, ALL_CLEAR, CADENCE, CORRECTION, ENDINGS, Ending, asked_kind
from ...playout import deadlines
from ...playout.item import is_said_again, request_from_facts
from ...playout.ports import Log
from ...production import specifications as said

MEMORY = timedelta(hours=25)  # an alert lasts at most a day


@dataclass(frozen=True, slots=True)
class Closing:
    """Alarms that end alike: with the same words, of a text or a bulletin, or with none."""

    form: Ending
    drill: bool
    text: str | None
    bulletin: str | None
    alarms: Sequence[Airing]

    @property
    def kind(self) -> str:
        """The kind of airing with which its words are aired."""
        return CORRECTION if self.form is Ending.MISTAKE else ALL_CLEAR


def standing(log: Log, now: datetime) -> list[Airing]:
    """The alarms of the last 24 hours that were not cleared, corrected or replaced since, the oldest first."""
    alarms: dict[str, Airing] = {}
    for event in log.events("asked", since=now - deadlines.CEILING):
        request = request_from_facts(event.facts)
        airing = request.airing
        kind, ended = asked_kind(airing.broadcast), request.ends
        if kind == ALARM:
            alarms[airing.id] = airing
        elif kind in ENDINGS and not ended:  # older logs do not name what was ended: all of its village
            ended = tuple(alarm.id for alarm in alarms.values() if alarm.village == airing.village)
        alarms = {name: alarm for name, alarm in alarms.items() if name not in ended}
    return list(alarms.values())


def has_cadence(log: Log) -> bool:
    """Can a signed alert in the log still be repeated? By the last step of any alert, not by the clock."""
    events = log.events(ALERT)
    return any(CADENCE in event.facts for event in events if events[-1].at - event.at < MEMORY)


def standing_alarm(alarm: Airing, repeats: bool) -> StandingAlarm:
    """A standing alarm as it is shown."""
    return StandingAlarm(alarm.id, alarm.village, alarm.bulletin, alarm.title, alarm.drill, alarm.scheduled_at, repeats)


def repeats(log: Log, alarm: Airing, now: datetime) -> bool:
    """Is it still to be aired, once more or at all?"""
    if log.events("end", alarm.id):
        return False
    asked = log.events("asked", alarm.id)
    again = any(is_said_again(request_from_facts(event.facts), event.at, now) for event in asked)
    return again or log.verdict_of(alarm.id) is None


def closings(alarms: Iterable[Airing], form: Ending | None) -> list[Closing]:
    """How these end. Where no form is chosen: with its all-clear after a template, else the repeats stop and no more.

    Whoever gave an alarm in words of the moment has to say themselves that it is over.
    """
    together: dict[tuple[Ending, bool, str | None, str | None], list[Airing]] = {}
    for alarm in alarms:
        chosen = form or (Ending.CLEAR if alarm.bulletin else Ending.STOP)
        words = (None, None) if chosen is Ending.STOP else closing_words(chosen, alarm.fallback, alarm.drill)
        together.setdefault((chosen, alarm.drill, *words), []).append(alarm)
    return [Closing(*how, ended) for how, ended in together.items()]


def closing_words(form: Ending, clear: str | None, drill: bool) -> tuple[str, str | None]:
    """A text, and the bulletin that is said instead of it: `clear`, where the alarm's template names one.

    The end of a drill says nothing of a flood that has passed.
    """
    if form is Ending.MISTAKE:
        return said.DRILL_MISTAKEN if drill else said.MISTAKEN, None
    return (said.DRILL_OVER, None) if drill else (said.ALL_CLEAR, clear)
