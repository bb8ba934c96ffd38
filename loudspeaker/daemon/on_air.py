"""The station on the air: controller, speakers, plan. What the daemon steps, a rehearsal runs, `play` waits for.

It decides nothing (`playout` does) and makes no sound (`production` does, in a process that ends); it only answers what
the controller asks and passes on what people ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import TypeVar

from ..clock import FakeClock, boot_id, vouchers
from ..errors import BadUsage, Message
from ..i18n import LANGUAGES, translator
from ..interfaces import Clock, Speaker
from ..model.airing import Airing
from ..model.asrun_record import AsRunRecord
from ..model.contents import PlanInput
from ..model.enums import Level
from ..model.envelope import Envelope
from ..model.office_requests import ConfirmVillage
from ..model.programme import Programme
from ..playout.clock_trust import ClockWatch, Trust
from ..playout.controller import NAP, Controller
from ..playout.item import RunningOrder
from ..playout.memory_log import MemoryLog
from ..playout.ports import Log
from ..playout.states import Phase
from ..production.specification import RATE
from ..schedule.recheck import recheck
from ..speakers.card.latency_history import LatencyHistory
from ..speakers.card.mixer import OriginalVolumes
from ..speakers.factory import SpeakerContext, open_speakers
from ..speakers.memory import MemorySpeaker
from ..speakers.pins import StopButton
from ..speakers.streams.receiver import Receiver, ReceiverPool
from ..station.box.hub_contact import read_hub_time
from ..station.decisions import Decisions
from ..station.restrictions import COMMISSION, CONFIRM_VILLAGE, EMPTY, JOINED_ALONE, MEMORY, awaits_village, softer
from ..station.station import Station
from .box_button import BoxButton
from .quota_use import heard_for_origin, quota_stretches

Vouch = Callable[[datetime, bool], frozenset[str]]
T = TypeVar("T")
DECISION_EVENTS = ("skip", "pause", "resume", "approve", COMMISSION, JOINED_ALONE, CONFIRM_VILLAGE)
HOUR = timedelta(hours=1)
SLICE = 0.03  # s of planning at once
SOON = timedelta(seconds=0.02)  # until the next day is planned
HELD = timedelta(seconds=0.1)  # … it is seen whether the button is still held


class OnAir:
    """One station with its speakers open. Everything is called from one thread."""

    def __init__(
        self,
        station: Station,
        speakers: Mapping[str, Speaker],
        clock: Clock,
        log: Log,
        vouch: Vouch | None = None,
        *,
        alone: bool = False,
        rehearsal: bool = False,
        nap: timedelta = NAP,
        button: StopButton | None = None,
    ) -> None:
        self.station = station
        self.speakers = speakers
        self.clock = clock
        self.log = log
        self.rehearsal = rehearsal
        self.button = BoxButton(button, clock, self._stop_by_button, self._village_to_confirm)
        self.controller = Controller(log, speakers, self, alone, nap)
        self.watch = ClockWatch(self.controller.log, boot_id())  # a step of the clock counts on a full disk, too
        self.receivers = ReceiverPool(lambda url, lasts: Receiver(url, station.files.commune.streams, lasts, RATE))
        self._vouch: Vouch = vouch or self._ask_vouchers
        self._write = translator(LANGUAGES[0])
        self._order = RunningOrder(self.now(), self.now())
        self._fresh = False  # … it is planned, and as the files are now
        self._trust = Trust(believed=False)
        self._days: dict[date, list[Airing]] = {}  # of the running order
        self._given: PlanInput | None = None  # what it is planned from
        self._seen: tuple[object, object] | None = None

    # The clockwork.

    def step(self) -> datetime:
        """Do what is due; when to be called again.

        Where planning, a receiver or the look at the clock fails, what is on the air and what was planned goes on with
        what was known before, and the failure is raised once that is done: call again in a second.
        """
        now = self.now()
        faults: list[Exception] = []
        held = _try(self.button.hear, False, faults)  # a broken one must not keep the next airing from being heard
        trust = _try(lambda: self.trust(now), replace(self._trust, stepped=timedelta(0)), faults)
        self._trust = trust  # at once: planning takes its time, which is no step of the clock
        order = _try(lambda: self._running_order(now), self._order, faults)
        if not self.rehearsal:
            _try(lambda: self.receivers.update(now, order.airings), None, faults)
        again = self.controller.step(now, order, trust)
        if faults:
            raise faults[0]
        again = again if self._fresh else min(again, now + SOON)
        return min(again, now + HELD) if held else again

    def _ask_vouchers(self, now: datetime, trusted: bool) -> frozenset[str]:
        return vouchers(now, trusted, hub=read_hub_time(self.station.paths))

    def _stop_by_button(self) -> None:
        why, by = Message("somebody pressed it at the box"), Message("stop button")
        self.controller.stop(self.now(), self.say(by), self.say(why))

    def _village_to_confirm(self) -> Callable[[], object] | None:
        """What holding the button does where nobody has confirmed the village yet, and nothing sounds."""
        sounds = any(item.state.phase is Phase.ON_AIR for item in self.controller.open_items())
        if sounds or not awaits_village(self.log):
            return None
        return self._confirm_village

    def _confirm_village(self) -> None:
        who = Envelope(ConfirmVillage(), self.say(Message("button at the box")))
        Decisions(self.station).confirm_village(ConfirmVillage(), who)
        self.look()

    def now(self) -> datetime:
        return self.clock.now().astimezone(self.station.files.commune.zone)

    def trust(self, now: datetime) -> Trust:
        return self.watch.look(now, self.clock.monotonic(), self._vouch(now, self.station.files.box.clock_trusted))

    @property
    def last_trust(self) -> Trust:
        """What was known of the clock at the last step."""
        return self._trust

    def look(self) -> bool:
        """Take up what people have changed: files, skips, pauses, approvals, prepared programmes. True if any did."""
        seen = self._sight()
        if seen == self._seen:
            return False
        self.station.reload()
        self._seen, self._fresh = seen, False
        self._days.clear()
        self._given = None
        return True

    def close(self) -> None:
        """Let go of everything. Raises what went wrong with one part, once the others are closed."""
        faults: list[Exception] = []
        for part in (self.receivers, self.button.contact, *self.speakers.values()):
            if part:
                _try(part.close, None, faults)
        if faults:
            raise faults[0]

    def files_and_decisions(self) -> object:
        """Of people, at the last look: it changes with them, and not with what is made or read of them."""
        return self._seen and self._seen[0]

    def _sight(self) -> tuple[object, object]:
        since = self.now() - MEMORY
        marks = [
            (event.kind, event.airing, event.at)
            for kind in DECISION_EVENTS
            for event in self.log.events(kind, since=since)
        ]
        files, made = self.station.planner.stamp()
        return (files, marks), made

    def _running_order(self, now: datetime) -> RunningOrder:
        """The plan as far as it is made: neither playout nor a request waits until a crowded week is planned."""
        begins, ends = self.controller.window(now)
        if not self._fresh or (self._order.begins, self._order.ends) != (begins, ends):
            days = [begins.date() + timedelta(days=number) for number in range((ends.date() - begins.date()).days)]
            self._days = {day: airings for day, airings in self._days.items() if day in days}
            self._plan_days([day for day in days if day not in self._days], now.date())
            known = list(takewhile(self._days.__contains__, days))
            until = self.station.clock.midnight(known[-1] + timedelta(days=1))
            self._fresh = len(known) == len(days)
            airings = tuple(airing for day in known for airing in self._days[day])
            self._order = RunningOrder(begins, until, airings, self._fresh)
        return self._order

    def _plan_days(self, days: Sequence[date], today: date) -> None:
        """Up to today at once, then a day at a time until it has taken `SLICE` seconds. Each is planned once."""
        latest = self.clock.monotonic() + SLICE
        planner, begins = self.station.planner, self.station.clock.midnight(min(days, default=today))
        self._given = self._given or planner.scheduled_input(self.log, begins)
        for batch in filter(None, ([day for day in days if day <= today], *([day] for day in days if day > today))):
            planned: dict[date, list[Airing]] = {day: [] for day in batch}
            first, last = (
                self.station.clock.midnight(batch[0]),
                self.station.clock.midnight(batch[-1] + timedelta(days=1)),
            )
            for airing in planner.plan(first, last, self.log, self._given):
                if (day := airing.scheduled_at.date()) in planned:
                    planned[day].append(airing)
            self._days |= planned
            if self.clock.monotonic() > latest:
                return

    # What the controller asks (playout.ports).

    def ready(self, airing: Airing) -> Sequence[Programme] | Message:
        if self.rehearsal:
            return [_silent_programme(airing)]
        if airing.stream:
            stream = self.receivers.poll(airing) or Message("“{url}” is being tuned in", url=airing.stream)
            return stream if isinstance(stream, Message) else [stream]
        specs = self.station.planner.sequence_specs(airing)
        programmes = [self.station.planner.find_programme(spec) for spec in specs]
        if all(programmes):
            return [programme for programme in programmes if programme]
        own = self.station.planner.find_programme(self.station.planner.airing_spec(airing))
        # Without its opening words a bulletin is still worth hearing.
        return [own] if own else self.station.planner.why_unready(airing) or Message("no sound is ready")

    def instead(self, airing: Airing) -> Programme | None:
        """A fallback is a bulletin: it obeys the policy, and is not cut at the end of the stream's time."""
        spec = self.station.planner.fallback_spec(airing)
        programme = self.station.planner.find_programme(spec) if spec else None
        if programme is None or airing.ends_at is None or not isinstance(self.receivers.poll(airing), Message):
            return None
        begins = max(self.now(), airing.starts_at or airing.scheduled_at)
        ends = begins + timedelta(seconds=programme.duration)
        allowed = ends <= airing.ends_at and self.permits(airing.with_fallback(), begins, ends) is None
        return programme if allowed else None

    def permits(self, airing: Airing, begins: datetime, ends: datetime) -> Message | None:
        plans, midnight = self.station.planner, self.station.clock.midnight(begins.date())
        facts = plans.bulletin_facts(self.log, [airing.bulletin] if airing.bulletin else [])
        in_hand = {item.airing.id for item in self.controller.open_items()}
        others = quota_stretches(self.log, self._order.airings, airing, midnight, self.now(), in_hand)
        heard = heard_for_origin(self.log, self._order.airings, airing, midnight)
        return recheck(plans.plan_input(self.log, begins, facts), airing, begins, ends, tuple(others), heard)

    def softer(self, airing: Airing) -> float:
        """An alarm and the trial of an output sound as the technician has set them."""
        plain = airing.level is Level.EMERGENCY or airing.broadcast == "test"
        return 0.0 if plain else softer(self.log, airing.output)

    def revision(self, airing: Airing) -> str:
        bulletin = self.station.files.contents.bulletins.get(airing.bulletin or "")
        return self.station.planner.revision(bulletin) if bulletin else ""

    def say(self, message: Message) -> str:
        """The log is written in one language, whatever that of the command is."""
        return message.say(self._write)


def _try(do: Callable[[], T], otherwise: T, faults: list[Exception]) -> T:
    """What it gives, or where it fails `otherwise`, and why among the `faults`."""
    try:
        return do()
    except Exception as error:
        faults.append(error)
        return otherwise


def _silent_programme(airing: Airing) -> Programme:
    """Stands for sound that a rehearsal need not make."""
    return Programme("rehearsal", Path(), RATE, round(airing.duration * RATE), "")


def speakers(station: Station, wake: Callable[[], None] = lambda: None) -> Mapping[str, Speaker]:
    """The outputs of box.yaml; `wake` is called from any thread when one has news."""
    originals = OriginalVolumes(station.log.recall, station.log.remember)
    latencies = LatencyHistory(station.log.recall, station.log.remember)
    context = SpeakerContext(station.clock, station.paths.aired, wake, originals, latencies)
    return open_speakers(list(station.files.box.outputs.values()), context)


def stop_button(station: Station, wake: Callable[[], None] = lambda: None) -> StopButton | None:
    """That of box.yaml; `wake` is called from any thread when it is pressed."""
    pin = station.files.box.stop_button
    return None if pin is None else StopButton(pin, wake)


def rehearse(station: Station, begins: date, ends: date) -> Sequence[AsRunRecord]:
    """Days at full speed through the same code; the records that the log would have. Raises `BadUsage`."""
    clock = station.clock
    first, last = clock.midnight(clock.day(begins)), clock.midnight(clock.day(ends) + timedelta(days=1))
    if last <= first:
        raise BadUsage(Message("the last day lies before the first"))
    return _rehearse_span(station, first, last)


def _rehearse_span(station: Station, first: datetime, last: datetime) -> Sequence[AsRunRecord]:
    """The records of [first, last): the same code on a clock that runs as fast as it can."""
    clock, log = FakeClock(first), MemoryLog()
    for event in (event for kind in (EMPTY, *DECISION_EVENTS) for event in station.log.events(kind)):
        log.event(event.kind, event.airing, event.at, **event.facts)  # what people have decided holds here, too
    outputs = {output: MemorySpeaker(clock) for output in station.files.outputs()}
    on_air = OnAir(station, outputs, clock, log, lambda now, trusted: frozenset({"box"}), rehearsal=True, nap=HOUR)
    while clock.now() < last:
        clock.advance_to(min(on_air.step(), last))
    return log.rows(first, last)
