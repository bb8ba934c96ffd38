"""What may happen to a station in a month: power, cards, pauses, emergencies, replays, edits. No tests in here.

A state machine of hypothesis: its rules draw what happens next. What is asked of the station: promise_oracle.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from harness import promise_oracle
from harness.promise_oracle import Decisions, Pause
from harness.random_files import (
    BULLETINS,
    DAYS,
    FIRST,
    LENGTHS,
    OUTPUTS,
    VILLAGES,
    DueAiring,
    Entry,
    RandomFiles,
    Rules,
)
from harness.small_commune import ZONE
from harness.station_harness import StationHarness
from loudspeaker.model.enums import Level
from loudspeaker.playout.controller import NAP

INSTANT = 0.001  # s
RESTARTS, WITHIN = 3, timedelta(minutes=10)  # of an emergency that may be what brings the station down
BEGINS = datetime.combine(FIRST, time(), ZONE)
DAY = timedelta(days=1)
ENDS = BEGINS + DAYS * DAY
SHARES = st.sampled_from([-0.02, 0.01, 0.1, 0.2, 0.3, 0.6, 0.95, 1.0])
ABSENCES = st.sampled_from([0.0, 2.0, 30.0, 250.0, 310.0, 700.0, 1700.0, 1900.0, 50_000.0])


class StationMachine(RuleBasedStateMachine):
    """A station of two outputs and three villages, and what people and faults do to it; `rest` as `StationHarness`."""

    def __init__(self, rest: timedelta = NAP) -> None:
        super().__init__()
        self.rest = rest
        self.papers = RandomFiles()
        self.decided = Decisions()
        self.orders: dict[str, DueAiring] = {}  # replays
        self.emergencies: set[str] = set()
        self.silenced: list[tuple[datetime, set[str]]] = []  # when, what
        self.restarts: list[datetime] = []  # while an emergency spoke
        self.troubles: list[tuple[datetime, datetime]] = []  # whatever kept an airing from being heard as planned
        self.off_since: datetime | None = None
        self.gone_since: dict[str, datetime] = {}  # output -> since when its card is gone

    def open(self, book: Mapping[str, tuple[Entry, ...]], rules: Rules) -> None:
        self.papers.entries |= book
        self.papers.rules = rules
        self.folder = TemporaryDirectory()
        self.town = StationHarness(Path(self.folder.name), self.papers.files(), BEGINS, self.rest)
        self.decided.note(self.now - DAY, self.papers)  # whoever sets the clock back
        self.town.step()
        self.town.prepare()

    def teardown(self) -> None:
        if hasattr(self, "town"):
            try:
                self.settle()
            finally:
                self.town.close()
                self.folder.cleanup()

    def settle(self) -> None:
        """The end of the month: everything is judged, by the station and then by us."""
        raise NotImplementedError

    @property
    def running(self) -> bool:
        return self.town.running

    @property
    def now(self) -> datetime:
        return self.town.clock.now()

    def trouble(self, seconds: float = 0.0) -> None:
        """From now on for so long. No two things happen in the same instant."""
        self.town.clock.advance(INSTANT)
        self.troubles.append((self.now, self.now + timedelta(seconds=seconds)))

    # What happens.

    @rule(seconds=st.sampled_from([0.4, 3, 17, 61, 299, 1000, 5000, 20_000, 90_000, 200_000]) | st.floats(0.1, 600))
    @precondition(lambda self: self.running)
    def time_passes(self, seconds: float) -> None:
        if seconds > 600:  # an emergency would ask for its card every second
            self.plug_in()
        self.town.until(self.now + timedelta(seconds=seconds))

    @rule(seconds=st.floats(-3.5, 35.0))
    @precondition(lambda self: self.running)
    def until_just_about_the_next(self, seconds: float) -> None:
        self.to_the_next(seconds)

    @rule(share=SHARES, off=ABSENCES)
    @precondition(lambda self: self.running)
    def the_power_goes_on_the_air(self, share: float, off: float) -> None:
        if self.to_the_next(share=share):
            self.the_power_goes(off)
            self.power()

    @rule(share=SHARES, off=ABSENCES, output=st.sampled_from(OUTPUTS))
    @precondition(lambda self: self.running)
    def a_card_goes_on_the_air(self, share: float, off: float, output: str) -> None:
        if self.to_the_next(share=share):
            self.a_card_is_unplugged_or_plugged_in(output, gone=True)
            self.town.until(self.now + timedelta(seconds=off))
            self.plug_in()

    @rule(share=SHARES, plays=st.integers(1, 4), village=st.sampled_from([*VILLAGES]))
    @precondition(lambda self: self.running)
    def an_emergency_breaks_in(self, share: float, plays: int, village: str) -> None:
        if self.to_the_next(share=share):
            self.an_emergency(plays, 5.0, None, village)

    @rule(share=SHARES, village=st.sampled_from([*VILLAGES]), hours=st.sampled_from([0.02, 0.5, 6]))
    @precondition(lambda self: self.running)
    def a_village_wants_quiet_on_the_air(self, share: float, village: str, hours: float) -> None:
        if self.to_the_next(share=share):
            self.a_village_wants_quiet(village, hours)

    @rule(village=st.sampled_from([*VILLAGES]), flickers=st.lists(st.floats(1.0, 100.0), min_size=2, max_size=4))
    @precondition(lambda self: self.running)
    def the_power_flickers_in_an_emergency(self, village: str, flickers: list[float]) -> None:
        self.an_emergency(9, 5.0, None, village)
        for seconds in flickers:
            self.town.until(self.now + timedelta(seconds=seconds))
            self.the_power_goes(2.0)
            self.power()

    def to_the_next(self, seconds: float = 0.0, share: float = 0.0) -> bool:
        """Until so long after the next airing begins, in seconds and in shares of it; False where there is none."""
        coming = self.papers.airings(self.now)
        if not coming:
            return False
        if coming[0].scheduled_at - self.now > timedelta(seconds=600):
            self.plug_in()
        length = LENGTHS[BULLETINS[coming[0].bulletin]]
        moment = coming[0].scheduled_at + timedelta(seconds=seconds + share * length)
        self.town.until(max(moment, self.now))
        return True

    @rule(seconds=ABSENCES)
    @precondition(lambda self: self.running)
    def the_power_goes(self, seconds: float) -> None:
        self.off_since = self.now
        self.town.kill()
        self.town.clock.advance(seconds)

    @rule()
    @precondition(lambda self: not self.running)
    def the_power_comes_back(self) -> None:
        self.power()

    def power(self) -> None:
        speaking = {one.airing for one in self.town.heard} & (self.emergencies - set(self.town.verdicts()))
        self.restarts += [self.now] if speaking else []
        if sum(self.now - when < WITHIN for when in self.restarts) >= RESTARTS:
            self.silenced.append((self.now, speaking))
        self.troubles.append((self.off_since or self.now, self.now))
        self.off_since = None
        self.town.begin()
        for output in self.gone_since:
            self.town.speakers[output].gone = True
        self.town.step()
        self.town.prepare()

    @rule(output=st.sampled_from(OUTPUTS), gone=st.booleans())
    @precondition(lambda self: self.running)
    def a_card_is_unplugged_or_plugged_in(self, output: str, gone: bool) -> None:
        if gone:
            self.gone_since.setdefault(output, self.now)
            self.town.speakers[output].gone = True
            self.town.speakers[output].fail()
        elif output in self.gone_since:
            self.plug_in()

    @rule(village=st.sampled_from([*VILLAGES]), hours=st.sampled_from([0.02, 0.5, 6]))
    @precondition(lambda self: self.running)
    def a_village_wants_quiet(self, village: str, hours: float) -> None:
        self.trouble(hours * 3600)
        until = self.now + timedelta(hours=hours)
        self.decided.pauses.append(Pause(village, self.now, until))
        self.town.ask("pause", village=village, until=until.isoformat(), why="đám tang", by="anh Páo")
        self.town.step()

    @rule()
    @precondition(lambda self: self.running)
    def they_may_be_loud_again(self) -> None:
        self.trouble()
        paused = {pause.village for pause in self.decided.pauses if pause.begins <= self.now < pause.until}
        self.decided.pauses = [
            Pause(pause.village, pause.begins, min(pause.until, self.now)) for pause in self.decided.pauses
        ]
        for village in paused:
            self.town.ask("resume", village=village, by="anh Páo")
        self.town.step()

    @rule(
        plays=st.integers(1, 4),
        gap=st.sampled_from([5.0, 30.0]),
        minutes=st.sampled_from([None, None, 1]),
        village=st.sampled_from([*VILLAGES]),
    )
    @precondition(lambda self: self.running)
    def an_emergency(self, plays: int, gap: float, minutes: int | None, village: str) -> None:
        output = VILLAGES[village]
        alone = not any(turn.urgent and turn.airing.output == output for turn in self.town.open())
        names = self.town.alarm(village, plays, gap, self.now + timedelta(minutes=minutes) if minutes else None)
        self.emergencies |= set(names)
        self.town.step()
        if alone and output not in self.gone_since:
            self.town.until(self.now + timedelta(seconds=0.1))
            playback = self.town.speakers[output].poll()
            assert playback.airing in names, "an emergency is heard at once"
            assert playback.frames > 0, "an emergency is heard at once"

    @rule(village=st.sampled_from([*VILLAGES]), bulletin=st.sampled_from([*BULLETINS]))
    @precondition(lambda self: self.running)
    def a_replay(self, village: str, bulletin: str) -> None:
        self.plug_in()  # a broken bulletin is not replayed
        self.trouble(1200)
        for name in self.town.replay(bulletin, village):
            self.orders[name] = DueAiring(name, village, bulletin, Level.ROUTINE, self.now)
        self.town.step()

    @rule(end=st.booleans())
    @precondition(lambda self: self.running)
    def somebody_stops_it(self, end: bool) -> None:
        self.trouble()
        if end:
            stopped = [turn.airing.id for turn in self.town.open() if turn.urgent]
            self.emergencies |= set(self.town.all_clear())
        else:
            stopped = self.town.ask("stop", villages=[], why="đám tang", by="chị Hoa")
        self.silenced.append((self.now, set(stopped)))
        self.town.step()

    # What must hold.

    @invariant()
    def nothing_is_heard_twice(self) -> None:
        if hasattr(self, "town"):
            promise_oracle.nothing_twice(self.town, self.emergencies)

    def recover(self) -> None:
        """In the end the power is there, the cards are there, and nobody asks for anything."""
        if not self.running:
            self.power()
        self.plug_in()
        self.town.step()

    def plug_in(self) -> None:
        """Somebody puts right whatever is broken."""
        for output, since in self.gone_since.items():
            self.troubles.append((since, self.now))
            self.town.speakers[output].gone = False
        self.gone_since = {}
