"""What may happen to a station in a month: power, cards, pauses, emergencies, replays. No tests in here.

A state machine of hypothesis: its rules draw what happens next. What is asked of the station stands in `promises.py`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import promises
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from promises import Pause, inside
from stage import Stage, airing, at, programme

from loudspeaker.errors import Message
from loudspeaker.schedule.airing import Airing
from loudspeaker.vocabulary import Level

OUTPUTS = ("horn", "second")
DAYS = 30
RESTARTS, WITHIN = 3, timedelta(minutes=10)  # of an emergency that may be what brings the station down
FIRST = at("2026-11-01T00:00")
TIMES = ("05:10", "06:00", "06:25", "11:00", "11:25", "17:30", "17:30", "17:31", "17:31", "17:33", "17:33", "17:35")
DURATIONS = (20, 60, 100, 400, 400)
SHARES = st.sampled_from([-0.02, 0.01, 0.1, 0.2, 0.3, 0.6, 0.95, 1.0])
ABSENCES = st.sampled_from([0.0, 2.0, 30.0, 250.0, 310.0, 700.0, 1700.0, 1900.0, 50_000.0])


def daily(
    time: str, output: str, duration: int, level: Level, wait: int, first: int, days: int, step: int
) -> tuple[Airing, ...]:
    """A broadcast: every `step` days at the same time."""
    return tuple(
        airing(
            f"{FIRST + timedelta(days=day):%Y-%m-%d}T{time}",
            float(duration),
            output=output,
            village=f"v-{output}",
            level=level,
            wait=float(wait),
            bulletin=f"b{duration}",
        )
        for day in range(first, min(first + days, DAYS), step)
    )


BROADCASTS = st.lists(
    st.builds(
        daily,
        st.sampled_from(TIMES),
        st.sampled_from(OUTPUTS),
        st.sampled_from(DURATIONS),
        st.sampled_from([Level.ROUTINE, Level.ROUTINE, Level.PRIORITY]),
        st.sampled_from([60, 600]),
        st.integers(0, DAYS // 2),
        st.sampled_from([1, 5, DAYS]),
        st.sampled_from([1, 1, 2, 7]),
    ),
    min_size=2,
    max_size=8,
)


def distinct(*plans: tuple[Airing, ...]) -> tuple[Airing, ...]:
    """One airing an id and an instant of an output, the last one named: clashes of a plan are the plan's business."""
    by_place = {(one.output, one.scheduled_at): one for plan in plans for one in plan}
    return tuple(sorted(by_place.values(), key=lambda one: one.scheduled_at))


class Station(RuleBasedStateMachine):
    """A station of two outputs, and what people and faults do to it."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Airing] = {}  # all that ever was in a plan, or asked for
        self.orders: dict[str, Airing] = {}
        self.pauses: list[Pause] = []
        self.silenced: list[tuple[datetime, set[str]]] = []  # when, which emergencies
        self.restarts: list[datetime] = []  # while an emergency spoke
        self.troubles: list[tuple[datetime, datetime]] = []  # whatever kept an airing from being heard as planned
        self.off_since: datetime | None = None
        self.gone_since: dict[str, datetime] = {}  # output -> since when its card is gone

    def open(self, plans: list[tuple[Airing, ...]]) -> None:
        self.stage = Stage(*distinct(*plans), now=f"{FIRST:%Y-%m-%dT%H:%M}", outputs=OUTPUTS)
        self.stage.desk.forbid = self.forbid
        self.know(self.stage.airings)
        self.stage.step()

    def know(self, airings: tuple[Airing, ...]) -> None:
        self.known |= {one.id: one for one in airings}

    def forbid(self, airing: Airing, begins: datetime, ends: datetime) -> Message | None:
        paused = any(begins < pause.until and pause.begins < ends for pause in self.pauses)
        return Message("not now") if paused or not inside(begins, ends) else None

    @property
    def running(self) -> bool:
        return self.stage.running

    @property
    def now(self) -> datetime:
        return self.stage.clock.now()

    @property
    def emergencies(self) -> set[str]:
        return {name for name, order in self.orders.items() if order.level is Level.EMERGENCY}

    def trouble(self, seconds: float = 0.0) -> None:
        """From now on for so long."""
        self.troubles.append((self.now, self.now + timedelta(seconds=seconds)))

    # What happens.

    @rule(seconds=st.sampled_from([0.4, 3, 17, 61, 299, 1000, 5000, 20_000, 90_000, 200_000]) | st.floats(0.1, 600))
    @precondition(lambda self: self.running)
    def time_passes(self, seconds: float) -> None:
        if seconds > 600:  # an emergency would ask for its card every second
            self.plug_in()
        self.stage.until(self.now + timedelta(seconds=seconds))

    @rule(seconds=st.floats(-3.5, 35.0))
    @precondition(lambda self: self.running)
    def until_just_about_the_next(self, seconds: float) -> None:
        self._to_the_next(seconds)

    @rule(share=SHARES, off=ABSENCES)
    @precondition(lambda self: self.running)
    def the_power_goes_on_the_air(self, share: float, off: float) -> None:
        if self._to_the_next(share=share):
            self.the_power_goes(off)
            self.power()

    @rule(share=SHARES, off=ABSENCES, output=st.sampled_from(OUTPUTS))
    @precondition(lambda self: self.running)
    def a_card_goes_on_the_air(self, share: float, off: float, output: str) -> None:
        if self._to_the_next(share=share):
            self.a_card_is_unplugged_or_plugged_in(output, gone=True)
            self.stage.until(self.now + timedelta(seconds=off))
            self.plug_in()

    @rule(share=SHARES, plays=st.integers(1, 4), output=st.sampled_from(OUTPUTS))
    @precondition(lambda self: self.running)
    def an_emergency_breaks_in(self, share: float, plays: int, output: str) -> None:
        if self._to_the_next(share=share):
            self.an_emergency(plays, 5.0, None, output)

    @rule(output=st.sampled_from(OUTPUTS), flickers=st.lists(st.floats(1.0, 100.0), min_size=2, max_size=4))
    @precondition(lambda self: self.running)
    def the_power_flickers_in_an_emergency(self, output: str, flickers: list[float]) -> None:
        self.an_emergency(9, 5.0, None, output)
        for seconds in flickers:
            self.stage.until(self.now + timedelta(seconds=seconds))
            self.the_power_goes(2.0)
            self.power()

    def _to_the_next(self, seconds: float = 0.0, share: float = 0.0) -> bool:
        """Until so long after the next airing begins, in seconds and in shares of it; False where there is none."""
        coming = [one for one in self.stage.airings if one.scheduled_at > self.now]
        if not coming:
            return False
        if coming[0].scheduled_at - self.now > timedelta(seconds=600):
            self.plug_in()
        moment = coming[0].scheduled_at + timedelta(seconds=seconds + share * coming[0].duration)
        self.stage.until(max(moment, self.now))
        return True

    @rule(seconds=ABSENCES)
    @precondition(lambda self: self.running)
    def the_power_goes(self, seconds: float) -> None:
        self.off_since = self.now
        self.stage.kill()
        self.stage.clock.advance(seconds)

    @rule()
    @precondition(lambda self: not self.running)
    def the_power_comes_back(self) -> None:
        self.power()

    def power(self) -> None:
        speaking = {name for name, _, _ in self.stage.heard if name in self.emergencies - set(self.stage.verdicts())}
        self.restarts += [self.now] if speaking else []
        if sum(self.now - when < WITHIN for when in self.restarts) >= RESTARTS:
            self.silenced.append((self.now, speaking))
        self.troubles.append((self.off_since or self.now, self.now))
        self.off_since = None
        self.stage.begin()
        for output in self.gone_since:
            self.stage.speakers[output].gone = True
        self.stage.step()

    @rule(output=st.sampled_from(OUTPUTS), gone=st.booleans())
    @precondition(lambda self: self.running)
    def a_card_is_unplugged_or_plugged_in(self, output: str, gone: bool) -> None:
        if gone:
            self.gone_since.setdefault(output, self.now)
            self.stage.speakers[output].gone = True
            self.stage.speakers[output].fail()
        elif output in self.gone_since:
            self.plug_in()

    @rule(hours=st.sampled_from([0.02, 0.5, 6]))
    @precondition(lambda self: self.running)
    def a_village_wants_quiet(self, hours: float) -> None:
        self.pauses.append(Pause(self.now, self.now + timedelta(hours=hours)))
        self.trouble(hours * 3600)
        self.stage.replan()
        self.stage.step()

    @rule()
    @precondition(lambda self: self.running)
    def a_village_may_be_loud_again(self) -> None:
        self.pauses = [Pause(pause.begins, min(pause.until, self.now)) for pause in self.pauses]
        self.stage.replan()
        self.stage.step()

    @rule(
        plays=st.integers(1, 4),
        gap=st.sampled_from([5.0, 30.0]),
        minutes=st.sampled_from([None, None, 1]),
        output=st.sampled_from(OUTPUTS),
    )
    @precondition(lambda self: self.running)
    def an_emergency(self, plays: int, gap: float, minutes: int | None, output: str) -> None:
        alone = not any(turn.urgent and turn.airing.output == output for turn in self.stage.conductor.open())
        until = self.now + timedelta(minutes=minutes) if minutes else None
        name = self._order("urgent", output, Level.EMERGENCY, 12.0, plays=plays, gap=gap, until=until)
        if name and alone and output not in self.gone_since:
            self.stage.until(self.now + timedelta(seconds=0.1))
            assert self.stage.speakers[output].poll().airing == name, "an emergency is heard at once"
            assert self.stage.speakers[output].poll().frames > 0, "an emergency is heard at once"

    @rule(output=st.sampled_from(OUTPUTS))
    @precondition(lambda self: self.running)
    def a_replay(self, output: str) -> None:
        self.trouble(600)
        self._order("play", output, Level.ROUTINE, 30.0)

    @rule(end=st.booleans())
    @precondition(lambda self: self.running)
    def somebody_stops_it(self, end: bool) -> None:
        self.trouble()
        conductor = self.stage.conductor
        stopped = conductor.end(self.now, "anh Páo") if end else conductor.stop(self.now, "chị Hoa", "đám tang")
        self.silenced.append((self.now, set(stopped)))
        self.stage.step()

    def _order(self, kind: str, output: str, level: Level, duration: float, **facts: object) -> str:
        """The name of what was asked for; "" where its name is taken."""
        name = f"v-{output}/{kind}/{self.now:%Y-%m-%dT%H:%M:%S}"
        if name in self.orders:
            return ""
        asked = replace(airing("17:00", duration), scheduled_at=self.now, starts_at=self.now, id=name, level=level)
        asked = replace(asked, output=output, village=f"v-{output}")
        self.orders[name] = asked
        self.know((asked,))
        self.stage.order_now(asked, programmes=(programme(kind, duration),), **facts)
        self.stage.step()
        return name

    # What must hold.

    @invariant()
    def nothing_is_heard_twice(self) -> None:
        if hasattr(self, "stage"):
            promises.nothing_twice(self.stage, self.known)

    def check_sound(self) -> None:
        promises.nothing_outside_policy(self.stage, self.emergencies, self.pauses)
        promises.silence_is_silence(self.stage, self.silenced)

    def recover(self) -> None:
        """In the end the power is there, the cards are there, and nobody asks for anything."""
        if not self.running:
            self.power()
        self.plug_in()
        self.stage.step()

    def plug_in(self) -> None:
        for output, since in self.gone_since.items():
            self.troubles.append((since, self.now))
            self.stage.speakers[output].gone = False
        self.gone_since = {}
