"""What people ask of a station on the air: replays, emergencies, tests, less sound. As methods, or through the door.

No sound is made here: whoever asks has had it made. Answers come at once; what becomes of it, `outcome` tells.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from ..errors import BadUsage, BeingRead, LoudspeakerError, Message, NotFound, bad_character
from ..model.airing import Airing, Occurrence
from ..model.asrun_record import ALARM, ALL_CLEAR, CORRECTION
from ..model.bulletin import Bulletin
from ..model.enums import Ending, Expected, Level
from ..model.programme import Programme
from ..playout.item import ManualRequest, PlayoutItem
from ..playout.states import Phase
from ..production.specification import NOT_READ_YET, ProgrammeSpec
from ..speakers.amplifier import AmplifierSpeaker
from ..speakers.pins import pin_faults
from ..station.alarms import Closing, standing
from ..station.alerts import ending, must_be_short, of_one_kind
from ..station.commune_clock import parse_instant
from ..station.decisions import DECISIONS, Decisions
from ..store.asrun import LogUnusable
from .on_air import Live

# By the annotations of the verbs: what comes as JSON.
KINDS: Mapping[str, Callable[[Any], bool]] = {
    "str": lambda value: isinstance(value, str),
    "str | None": lambda value: value is None or isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "bool | None": lambda value: value is None or isinstance(value, bool),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "float": lambda value: (
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
    ),  # no NaN
    "Collection[str]": lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
    "Collection[str] | None": lambda value: value is None or KINDS["Collection[str]"](value),
    "Mapping[str, str] | None": lambda value: (
        value is None or (isinstance(value, dict) and all(isinstance(one, str) for one in value.values()))
    ),
}
RECIPE = re.compile("[0-9a-f]{64}")  # a SHA-256; it becomes the name of a file
MOST_PLAYS, LONGEST_GAP = 100, 3600.0  # of an alarm; seconds
VERBS = {
    *("play", "compose", "urgent", "compose_end", "end_urgent", "stop", "interrupt", "test", "confirm_clock"),
    *("status", "outcome", "pins"),
}

INTERRUPTED = Message("the command that played it was interrupted")


class Asked(Live):
    """A station on the air that people talk to."""

    def step(self) -> datetime:
        try:
            if self.button and self.button.take_press():
                self.stop((), self.say(Message("somebody pressed it at the box")), self.say(Message("stop button")))
        finally:
            again = super().step()  # a broken button must not keep the next airing from being heard
        return again

    def carry_out(self, do: str, args: dict[str, Any], uid: int) -> object:
        """What came through the door. Raises `BadUsage` for what is no verb, or has the wrong arguments."""
        if do not in VERBS | DECISIONS:
            raise BadUsage(Message("the daemon knows no “{verb}”", verb=do))
        verb = getattr(Decisions(self.station) if do in DECISIONS else self, do)
        try:
            _check(verb, args)
        except TypeError as error:
            raise BadUsage(Message("“{verb}” cannot be done so: {error}", verb=do, error=error)) from error
        if "by" in args:
            with suppress(LogUnusable):  # a full disk must not keep an alarm from being heard
                self.log.event("request", "", self.now(), do=do, by=args["by"], uid=uid)
        if do in DECISIONS or do in {"compose", "compose_end"} or args.get("bulletin") or args.get("output"):
            self.look()  # whoever asks means the files as they are: no older ones will do
        answer = verb(**args)
        if do in DECISIONS:
            self.look()  # at once, not when it is next looked for
        return answer

    def play(self, bulletin: str, villages: Collection[str], by: str, override: str = "") -> list[str]:
        """A replay now. Its sound must have been made; the ids of its airings."""
        found = self.station.files.bulletin(bulletin)
        now = self._free("play", villages)
        airings = [self._replay(found, village, now) for village in villages]
        return self._take(ManualRequest(tuple(airings), by, plays=1, override=override))

    def urgent(
        self,
        text: str | None,
        bulletin: str | None,
        villages: Collection[str],
        repeat: int,
        gap: float,
        until: str | None,
        drill: bool,
        by: str,
        recipes: Mapping[str, str] | None = None,
    ) -> list[str]:
        """An emergency now; `until` is ISO text. Its sound must have been made.

        Its maker may name the `recipes`, by output: which voice spoke is then none of our business.
        """
        if not 1 <= repeat <= MOST_PLAYS or not 0 <= gap <= LONGEST_GAP:
            raise BadUsage(Message("an alarm is said 1 to {most} times, at most an hour apart", most=MOST_PLAYS))
        must_be_short(text or "")
        if not all(map(RECIPE.fullmatch, (recipes or {}).values())):
            raise BadUsage(Message("a recipe of sound is 64 hexadecimal digits"))
        bulletin = self.station.files.template(bulletin).id if bulletin else None
        self.station.alerts.must_be_filled(text, bulletin)
        title = self.station.files.template(bulletin).title if bulletin else text or ""
        clear = self.station.files.template(bulletin).all_clear if bulletin else None
        end, now = parse_instant(until, self.station.files.commune.zone) if until else None, self._free(ALARM, villages)
        said: dict[str, Programme] = {}
        requests = []
        for village in villages:
            alarm = self._occurrence(ALARM, now, village, title, Level.EMERGENCY, bulletin, drill)
            if alarm.output not in said:
                made = self.station.planner.programmes.find((recipes or {}).get(alarm.output, ""))
                said[alarm.output] = made or self._made(self.station.alerts.call(text, bulletin, alarm.output, drill))
            airing = _at_once(alarm, fallback=clear)
            requests.append(ManualRequest((airing,), by, (said[alarm.output],), repeat, gap, end))
        return [airing for request in requests for airing in self._take(request)]

    def compose(
        self,
        text: str | None,
        bulletin: str | None,
        villages: Collection[str],
        everywhere: bool,
        drill: bool,
        until: str | None,
    ) -> dict[str, object]:
        """An emergency, read and not yet made: a `Call`."""
        return asdict(self.station.alerts.compose(text, bulletin, villages, everywhere, drill, until))

    def compose_end(
        self, form: str | None, villages: Collection[str], everywhere: bool, drill: bool | None
    ) -> dict[str, object]:
        """How alarms would be ended, and not yet done: a `PlannedEnd`."""
        return asdict(self.station.alerts.compose_end(form, villages, everywhere, drill))

    def end_urgent(self, by: str, form: str | None = None, alarms: Collection[str] | None = None) -> list[str]:
        """End these alarms, or all that stand, and air what is said at their end; the ids of that.

        What is to be said must have been made. Raises `BadUsage` where all are meant, and some are drills and some not.
        """
        found = [
            one
            for one in standing(self.log, self.now())
            if self.station.files.box.plays.get(one.village) in self.speakers
        ]
        meant = of_one_kind(found, None) if alarms is None else [one for one in found if one.id in alarms]
        ended = self.station.alerts.closings(meant, ending(form))
        if any(order.unread for closing in ended for order in self.station.alerts.said(closing).values()):
            raise BeingRead(NOT_READ_YET)
        for closing in ended:  # all of them, before any sound is looked for
            self.controller.end(self.now(), by, closing.form, closing.alarms)
        return [airing for closing in ended for airing in self._closed(closing, by)]

    def _closed(self, closing: Closing, by: str) -> list[str]:
        """Air the words of an end where its alarms were given."""
        said = {output: self._made(order) for output, order in self.station.alerts.said(closing).items()}
        kind = CORRECTION if closing.form is Ending.MISTAKE else ALL_CLEAR
        villages = dict.fromkeys(alarm.village for alarm in closing.alarms) if said else ()
        now = self._free(kind, villages)
        title = self.station.files.template(closing.bulletin).title if closing.bulletin else closing.text or ""
        requests = []
        for village in villages:
            words = self._occurrence(kind, now, village, title, Level.EMERGENCY, closing.bulletin, closing.drill)
            ends = tuple(alarm.id for alarm in closing.alarms if alarm.village == village)
            requests.append(ManualRequest((_at_once(words),), by, (said[words.output],), ends=ends))
        return [airing for request in requests for airing in self._take(request)]

    def test(self, output: str, tone: bool, by: str) -> list[str]:
        """Sound one output, by day, whatever the hours of policy; logged as a test."""
        village = next((village for village, where in self.station.files.box.plays.items() if where == output), output)
        now = self._free("test", [village])
        trial = self._occurrence("test", now, village, output, Level.ROUTINE)
        said = self._made(self.station.preparation.test_spec(output, tone))
        return self._take(ManualRequest((_at_once(trial),), by, (said,), override="test"))

    def stop(self, villages: Collection[str], why: str, by: str) -> list[str]:
        """Silence what sounds on these villages' outputs, or on all."""
        outputs = {self._output(self.station.files.village_id(village)) for village in villages} or None
        return self.controller.stop(self.now(), by, why, outputs)

    def interrupt(self, airings: Collection[str], by: str) -> list[str]:
        """Whoever asked for these has had enough of waiting: they are stopped, and nothing else."""
        return self.controller.call_off(self.now(), by, self.say(INTERRUPTED), airings)

    def confirm_clock(self, by: str) -> None:
        """A person's word that the time is good; does not outlive this start of the machine."""
        self.watch.confirm(self.now(), by)

    def status(self) -> list[dict[str, object]]:
        """What is on and what comes, in this process' hands."""
        return [self._state_of(item) for item in self.controller.open_items()]

    def _state_of(self, item: PlayoutItem) -> dict[str, object]:
        airing, started = item.airing, item.state.on_air
        said = item.request.programmes if item.request else ()
        lasts = timedelta(seconds=said[0].duration if said else airing.duration)
        again = item.request is not None and item.request.plays > 1  # how long it will be heard nobody can tell
        local = self.station.files.commune.zone
        return {
            **{"id": airing.id, "at": item.target.isoformat(), "phase": item.state.phase, "title": airing.title},
            **{"on": _heard(item), "village": airing.village, "output": airing.output, "level": airing.level},
            "drill": airing.drill,
            "started_at": started and started.astimezone(local).isoformat(),
            "ends_at": (started + lasts).astimezone(local).isoformat() if started and not again else None,
        }

    def pins(self) -> dict[str, str]:
        """What is wrong with the pins in this process' hands: number -> reason."""
        amplified = [speaker for speaker in self.speakers.values() if isinstance(speaker, AmplifierSpeaker)]
        return pin_faults([speaker.amplifier.relay for speaker in amplified], self.button)

    def outcome(self, airings: Collection[str]) -> list[dict[str, object]]:
        """What became of these: a verdict with its reason, `on-air`, or None and what they wait for."""
        heard, waits = {item.airing.id for item in self.controller.open_items() if _heard(item)}, self.hindrances()
        return [self._outcome(one, one in heard, waits.get(one)) for one in airings]

    def hindrances(self) -> dict[str, str]:
        """By airing id: why what nobody has heard yet could not start, so far."""
        waiting = [item for item in self.controller.open_items() if item.state.hindrance and not _heard(item)]
        return {item.airing.id: self.say(item.state.hindrance[1]) for item in waiting if item.state.hindrance}

    def _outcome(self, airing: str, heard: bool, waits: str | None) -> dict[str, object]:
        record = self.station.airings.record(airing) if self.log.verdict_of(airing) else None
        if record:
            return {"id": airing, "verdict": record.verdict, "why": record.why}
        return {"id": airing, "verdict": "on-air" if heard else None, "why": waits}

    def _take(self, request: ManualRequest) -> list[str]:
        self.controller.submit(request, self.now())
        return [airing.id for airing in request.airings]

    def _made(self, order: ProgrammeSpec) -> Programme:
        if order.unread:
            raise BeingRead(NOT_READ_YET)
        found = self.station.planner.find_programme(order)
        if found is None:
            raise LoudspeakerError(Message("its sound has not been made"))
        return found

    def _output(self, village: str) -> str:
        output = self.station.files.box.plays.get(village, "")
        if output not in self.speakers:
            raise NotFound(Message("this box plays nothing for “{village}”; see `plays:` in box.yaml", village=village))
        return output

    def _replay(self, bulletin: Bulletin, village: str, now: datetime) -> Airing:
        """An airing of a bulletin that a person asked for, now."""
        occurrence = self._occurrence("play", now, village, bulletin.title, bulletin.level, bulletin.id)
        plans = self.station.planner
        return _at_once(occurrence, plans.duration(plans.bulletin_spec(bulletin, occurrence.output))[0])

    def _occurrence(
        self,
        kind: str,
        now: datetime,
        village: str,
        title: str,
        level: Level,
        bulletin: str | None = None,
        drill: bool = False,
    ) -> Occurrence:
        name = _name(kind, village, now)
        return Occurrence(name, village, self._output(village), kind, bulletin, level, now, title, drill)

    def _free(self, kind: str, villages: Iterable[str]) -> datetime:
        """Now, or the next second in which nothing of this name was asked for."""
        now = self.now()
        while any(self.log.events(airing=_name(kind, village, now)) for village in villages):
            now += timedelta(seconds=1)
        return now


def _heard(item: PlayoutItem) -> bool:
    """Is it on the air, or between two plays?"""
    return item.state.phase is Phase.ON_AIR or bool(item.state.plays)


def _check(verb: Callable[..., object], args: Mapping[str, Any]) -> None:
    """Raises `TypeError` for what is missing, too much, or of another kind: the log would keep it for ever.

    Raises `BadUsage` for words with characters that may not stand in them.
    """
    signature = inspect.signature(verb)
    for name, value in signature.bind(**args).arguments.items():
        kind = signature.parameters[name].annotation
        if not KINDS[kind](value):
            raise TypeError(f"{name} is not {kind}")
        for words in (value,) if isinstance(value, str) else value if isinstance(value, list) else ():
            if fault := bad_character(words, lines=name == "text"):
                raise BadUsage(Message("{name}: {fault}", name=name, fault=fault))


def _at_once(occurrence: Occurrence, duration: float = 0.0, fallback: str | None = None) -> Airing:
    """What a person asked for, to be heard at its instant; `duration` in seconds, where it is known."""
    starts, ends = occurrence.scheduled_at, occurrence.scheduled_at + timedelta(seconds=duration)
    return Airing(occurrence, starts, ends, duration, "prepared", Expected.AIR, None, fallback=fallback)


def _name(kind: str, village: str, moment: datetime) -> str:
    return f"{village}/{kind}/{moment:%Y-%m-%dT%H:%M:%S}"
