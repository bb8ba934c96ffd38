"""Random months of one station: edits, urgents, pauses, faults, power cuts, and an oracle that knows the promises.

Two machines: `Month` has a good clock and can say exactly which airings were due; `WildClock` has its clock stepped and
can say only what must never happen. No tests in here: `test_promises.py` runs a few, `make fault` many.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from stage import Stage, airing, at, programme

from loudspeaker.errors import Message
from loudspeaker.playout.rules import GRACE, SLACK
from loudspeaker.schedule.airing import Airing
from loudspeaker.vocabulary import Expected, Level, Verdict

OUTPUTS = ("horn", "second")
HOURS = ((5.0, 6.5), (10.75, 11.5), (16.5, 18.5))
WHOLE = {Verdict.AIRED, Verdict.AIRED_LATE}
DAYS = 3
TIMES = ("05:10", "05:12", "06:00", "06:25", "10:50", "11:00", "11:25", "16:35", "17:30", "17:31", "17:33", "18:20")


@dataclass(frozen=True)
class Pause:
    begins: datetime
    until: datetime


def inside(begins: datetime, ends: datetime) -> bool:
    """By the policy's hours, may sound be heard from `begins` to `ends`?"""
    day = begins.replace(hour=0, minute=0, second=0, microsecond=0)
    spans = [(day + timedelta(hours=first), day + timedelta(hours=last)) for first, last in HOURS]
    return any(first <= begins and ends <= last for first, last in spans)


AIRINGS = st.builds(
    lambda day, time, output, duration, level, wait: airing(
        f"2026-11-{24 + day}T{time}",
        float(duration),
        output=output,
        village=f"v-{output}",
        level=level,
        wait=float(wait),
        bulletin=f"b{duration}",
    ),
    st.integers(0, DAYS - 1),
    st.sampled_from(TIMES),
    st.sampled_from(OUTPUTS),
    st.sampled_from([20, 60, 100, 400]),
    st.sampled_from([Level.ROUTINE, Level.ROUTINE, Level.PRIORITY]),
    st.sampled_from([60, 600]),
)


def distinct(airings: list[Airing]) -> tuple[Airing, ...]:
    """One airing an id and an instant of an output: clashes are the plan's business."""
    by_place = {(airing.output, airing.scheduled_at): airing for airing in airings}
    return tuple(sorted(by_place.values(), key=lambda airing: airing.scheduled_at))


class Station(RuleBasedStateMachine):
    """What both machines do and ask."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[Pause] = []
        self.orders: list[Airing] = []
        self.silenced: list[tuple[datetime, set[str]]] = []  # stop, all-clear: when, which emergencies

    def open(self, airings: list[Airing]) -> None:
        self.stage = Stage(*distinct(airings), now="04:30", outputs=OUTPUTS)
        self.stage.desk.forbid = self.forbid
        self.stage.step()

    def forbid(self, airing: Airing, begins: datetime, ends: datetime) -> Message | None:
        paused = any(begins < pause.until and pause.begins < ends for pause in self.pauses)
        return Message("not now") if paused or not inside(begins, ends) else None

    @property
    def running(self) -> bool:
        return self.stage.running

    @property
    def now(self) -> datetime:
        return self.stage.clock.now()

    def duration(self, airing_id: str) -> float:
        return next(a.duration for a in (*self.stage.airings, *self.known, *self.orders) if a.id == airing_id)

    # What happens.

    @rule(seconds=st.sampled_from([0.4, 3, 17, 61, 299, 1000, 5000, 20_000]) | st.floats(0.1, 600))
    @precondition(lambda self: self.running)
    def time_passes(self, seconds: float) -> None:
        if seconds > 600:  # an emergency would ask for its card every second
            self.plug_in()
        self.stage.until(self.now + timedelta(seconds=seconds))

    @rule(before=st.floats(0.0, 3.5), inside=st.booleans())
    @precondition(lambda self: self.running)
    def until_just_about_the_next(self, before: float, inside: bool) -> None:
        coming = [airing.scheduled_at for airing in self.stage.airings if airing.scheduled_at > self.now]
        if coming:
            moment = coming[0] + timedelta(seconds=before * 10 if inside else -before)
            self.stage.until(max(moment, self.now))

    @rule(seconds=st.sampled_from([0.0, 2, 30, 250, 310, 1700, 1900, 50_000]))
    @precondition(lambda self: self.running)
    def the_power_goes(self, seconds: float) -> None:
        self.stage.kill()
        self.stage.clock.advance(seconds)

    @rule()
    @precondition(lambda self: not self.running)
    def the_power_comes_back(self) -> None:
        self.stage.begin()
        self.stage.step()

    @rule(output=st.sampled_from(OUTPUTS), gone=st.booleans())
    def a_card_is_unplugged_or_plugged_in(self, output: str, gone: bool) -> None:
        self.stage.speakers[output].gone = gone
        if gone:
            self.stage.speakers[output].fail()

    @rule(hours=st.sampled_from([0.02, 0.5, 6]))
    @precondition(lambda self: self.running)
    def a_village_wants_quiet(self, hours: float) -> None:
        self.pauses.append(Pause(self.now, self.now + timedelta(hours=hours)))
        self.stage.replan()
        self.stage.step()

    @rule(plays=st.integers(1, 4), gap=st.sampled_from([5.0, 30.0]), output=st.sampled_from(OUTPUTS))
    @precondition(lambda self: self.running)
    def an_emergency(self, plays: int, gap: float, output: str) -> None:
        self._order("urgent", output, Level.EMERGENCY, 12.0, plays=plays, gap=gap)

    @rule(output=st.sampled_from(OUTPUTS))
    @precondition(lambda self: self.running)
    def a_replay(self, output: str) -> None:
        self._order("play", output, Level.ROUTINE, 30.0)

    @rule(end=st.booleans())
    @precondition(lambda self: self.running)
    def somebody_stops_it(self, end: bool) -> None:
        conductor = self.stage.conductor
        stopped = conductor.end(self.now, "anh Páo") if end else conductor.stop(self.now, "chị Hoa", "đám tang")
        self.silenced.append((self.now, set(stopped)))
        self.stage.step()

    def _order(self, kind: str, output: str, level: Level, duration: float, **facts: object) -> None:
        name = f"v-{output}/{kind}/{self.now:%Y-%m-%dT%H:%M:%S}"
        if name in {order.id for order in self.orders}:
            return
        asked = replace(airing("17:00", duration), scheduled_at=self.now, starts_at=self.now, id=name, level=level)
        asked = replace(asked, output=output, village=f"v-{output}")
        self.orders.append(asked)
        self.stage.order_now(asked, programmes=(programme(kind, duration),), **facts)
        self.stage.step()

    # What must hold at any time.

    @invariant()
    def nothing_is_heard_twice(self) -> None:
        """A whole programme once at most; emergencies as often as asked."""
        if not hasattr(self, "stage"):
            return
        whole = Counter(name for name, _, heard in self.stage.heard if heard >= self.duration(name) - 0.1)
        plays = {event.airing: event.facts["plays"] for event in self.stage.log.events("asked")}
        assert all(count <= plays.get(name, 1) for name, count in whole.items())

    def check_sound(self) -> None:
        """Promises 6 and 8: no sound outside policy but emergencies, none of a stopped one after its stop."""
        emergencies = {order.id for order in self.orders if order.level is Level.EMERGENCY}
        for name, started, heard in self.stage.heard:
            ended = started + timedelta(seconds=heard)
            if name not in emergencies:
                assert inside(started, ended)
                assert not any(pause.begins < started < pause.until for pause in self.pauses)
            assert not any(started > when and name in stopped for when, stopped in self.silenced)

    def check_truth(self) -> None:
        """The log says what was heard."""
        whole = {name for name, _, heard in self.stage.heard if heard >= self.duration(name) - 0.1}
        planned = [record for record in self.stage.records() if "/urgent/" not in record.id]
        for record in planned:
            if record.verdict in WHOLE:
                assert record.id in whole
            else:
                assert record.id not in whole
            if record.verdict in {Verdict.AIRED_PARTLY, Verdict.PRE_EMPTED}:
                assert record.frames > 0

    def recover(self) -> None:
        """In the end the power is there, the cards are there, and nobody asks for anything."""
        if not self.running:
            self.stage.begin()
        self.plug_in()
        self.stage.step()

    def plug_in(self) -> None:
        for speaker in self.stage.speakers.values():
            speaker.gone = False


class Month(Station):
    """A good clock: the oracle knows which airings came due."""

    @initialize(airings=st.lists(AIRINGS, max_size=12))
    def begin(self, airings: list[Airing]) -> None:
        self.known: list[Airing] = []  # all that ever came due
        self.accepted: dict[str, Airing] = {}
        self.open(airings)
        self._accept(self.stage.airings)

    @rule(airings=st.lists(AIRINGS, max_size=12), keep=st.booleans(), skip=st.booleans())
    def somebody_edits_the_schedule(self, airings: list[Airing], keep: bool, skip: bool) -> None:
        self._fall_due()
        kept = list(self.stage.airings) if keep else []
        if skip and kept:
            kept[-1] = replace(kept[-1], expected=Expected.SKIPPED)
        self.stage.airings = distinct([*airings, *kept])
        if self.running:
            self.stage.step()
            self._accept(self.stage.airings)

    @rule()
    @precondition(lambda self: not self.running)
    def the_power_comes_back(self) -> None:
        self._fall_due()
        super().the_power_comes_back()
        self._accept(self.stage.airings)

    def _accept(self, airings: tuple[Airing, ...]) -> None:
        self.accepted = {airing.id: airing for airing in airings if airing.scheduled_at > self.now}

    def _fall_due(self) -> None:
        due = [one for one in self.accepted.values() if one.scheduled_at <= self.now]
        self.known += due
        for one in due:
            del self.accepted[one.id]

    def teardown(self) -> None:
        if not hasattr(self, "stage"):
            return
        self._fall_due()
        self.recover()
        self._accept(self.stage.airings)
        self.stage.until(at(f"2026-11-{24 + DAYS}T12:00") + max(timedelta(0), self.now - at("2026-11-27T12:00")))
        self.stage.until(self.now + timedelta(days=1, hours=2))
        self._fall_due()

        judged = set(self.stage.verdicts())
        due = {airing.id for airing in (*self.known, *self.orders)}
        stopped = {name for _, names in self.silenced for name in names}  # also what was just about to begin
        assert due <= judged <= due | stopped, (due - judged, judged - due)
        self.check_sound()
        self.check_truth()
        self._check_times()

    def _check_times(self) -> None:
        """Never early, and never staler than its level allows."""
        planned = {airing.id: airing for airing in self.known}
        for name, started, _ in self.stage.heard:
            if name in planned:
                airing = planned[name]
                patience = max(GRACE[airing.level], timedelta(seconds=airing.wait) + SLACK)
                assert airing.scheduled_at <= started <= airing.scheduled_at + patience + timedelta(seconds=1)


class WildClock(Station):
    """The clock is stepped and lost. Whatever happens: one verdict an airing, nothing twice, nothing outside policy."""

    @initialize(airings=st.lists(AIRINGS, min_size=1, max_size=12))
    def begin(self, airings: list[Airing]) -> None:
        self.known: list[Airing] = []
        self.wrong = 0.0  # seconds by which the wall clock is off
        self.open(airings)

    @rule(seconds=st.sampled_from([15, -15, 3600, -3600, 7200, -7200, 86_400 * 365 * 10]))
    def somebody_sets_the_clock(self, seconds: float) -> None:
        if abs(self.wrong + seconds) < 86_400 * 365 * 11:
            self._step(seconds)
            if self.running:
                self.stage.step()

    @rule()
    def the_clock_is_set_right(self) -> None:
        self._step(-self.wrong)
        if self.running:
            self.stage.step()

    @rule(known=st.booleans())
    def the_network_comes_and_goes(self, known: bool) -> None:
        self.stage.vouchers = frozenset({"network"}) if known else frozenset()

    @rule()
    @precondition(lambda self: self.running)
    def somebody_confirms(self) -> None:
        if abs(self.wrong) < 60:
            self.stage.watch.confirm(self.now, "chị Hoa")

    def _step(self, seconds: float) -> None:
        self.stage.clock.step(seconds)
        self.wrong += seconds

    def teardown(self) -> None:
        if not hasattr(self, "stage"):
            return
        self._step(-self.wrong)
        self.stage.vouchers = frozenset({"network", "rtc"})
        self.recover()
        self.stage.watch.confirm(self.now, "chị Hoa")
        self.stage.until(max(self.now, at(f"2026-11-{24 + DAYS}T12:00")) + timedelta(days=1, hours=2))

        judged = set(self.stage.verdicts())
        due = {airing.id for airing in (*self.stage.airings, *self.orders)}
        assert judged == due, (due - judged, judged - due)
        self.check_truth()
