"""Random months of one station: edits, urgents, pauses, faults, power cuts, and an oracle that knows the promises.

The station is the real one over real files (station_harness.py), the oracle reads them by itself (random_files.py).
Two machines: `MonthMachine` has a good clock and can say exactly which airings were due, and which of them nothing
disturbed; `WildClockMachine` has its clock stepped and can say only what must never happen.
tests/fault/test_months.py plays a few, and many with `make fault`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from harness import promise_oracle
from harness.random_files import BOOK, BULLETINS, DAYS, ENTRIES, RULES, VILLAGES, DueAiring, Entry, Rules
from harness.station_events import ENDS, StationMachine

NIGHT = timedelta(days=1, hours=2)
NOTICED = 1.5  # s: so long, what has just begun has its beginning by the clock as it was set after it
GARBAGE = "bulletins: [\n\tbroadcasts: {"


class MonthMachine(StationMachine):
    """A good clock: the oracle knows which airings came due."""

    @initialize(book=BOOK, rules=RULES)
    def begin(self, book: Mapping[str, tuple[Entry, ...]], rules: Rules) -> None:
        self.due: dict[str, DueAiring] = {}  # all that ever came due
        self.accepted: dict[str, DueAiring] = {}
        self.broken: set[str] = set()  # files
        self.open(book, rules)
        for bulletin in BULLETINS:
            self.somebody_approves(bulletin)
        self._accept()

    # People's files.

    @rule(village=st.sampled_from([*VILLAGES]), entries=ENTRIES, keep=st.integers(0, 4), prepared=st.booleans())
    def somebody_edits_a_schedule(self, village: str, entries: tuple[Entry, ...], keep: int, prepared: bool) -> None:
        kept = self.papers.entries[village][:keep]
        names = {entry.name for entry in kept}
        fresh = (entry for entry in entries if entry.name not in names)
        self._edit(lambda: self.papers.entries.update({village: (*kept, *fresh)}), prepared)

    @rule(rules=RULES)
    def somebody_edits_the_rules(self, rules: Rules) -> None:
        self._edit(lambda: setattr(self.papers, "rules", rules), True)

    @rule(bulletin=st.sampled_from([*BULLETINS]), prepared=st.booleans(), last=st.none() | st.integers(0, DAYS))
    def somebody_rewrites_a_bulletin(self, bulletin: str, prepared: bool, last: int | None) -> None:
        def rewrite() -> None:
            self.papers.verses[bulletin] += 1
            if last is not None:
                self.papers.until[bulletin] = last

        self._edit(rewrite, prepared)

    @rule(prepared=st.booleans())
    @precondition(lambda self: self.running)
    def the_cache_is_deleted(self, prepared: bool) -> None:
        self.trouble()
        self.town.lose_the_cache()
        self.town.look()
        if prepared:
            self.town.prepare()

    @rule(data=st.data())
    @precondition(lambda self: self.running)
    def a_file_is_broken(self, data: st.DataObject) -> None:
        """Its last good version stands in, for two days: it is mended before."""
        file = data.draw(st.sampled_from(sorted(set(self.papers.files()) - {"box.yaml"})))
        self.broken.add(file)
        self.town.write({file: GARBAGE})
        self.town.look()

    @rule(bulletin=st.sampled_from([*BULLETINS]))
    @precondition(lambda self: self.running)
    def somebody_approves(self, bulletin: str) -> None:
        self.trouble()
        self.plug_in()  # nobody can approve what cannot be read
        self.town.approve(bulletin)
        self.decided.approved.append((self.now, bulletin, self.papers.said(bulletin)))
        self.town.step()

    @rule(undo=st.booleans())
    @precondition(lambda self: self.running)
    def somebody_skips_the_next(self, undo: bool) -> None:
        self.trouble()
        self._fall_due()
        left = [one for one in self.accepted if self.decided.left_out(one, self.now)] if undo else [*self.accepted]
        if left:
            name = min(left, key=lambda one: self.accepted[one].scheduled_at)
            if any(name in stopped for _, stopped in self.silenced):  # armed already, it has its verdict: it is over
                return
            self.town.ask("skip", airing=name, why="họp", by="chị Hoa", undo=undo)
            self.decided.skipped.append((self.now, name, not undo))
            self.town.step()

    def _edit(self, change: Callable[[], None], prepared: bool) -> None:
        self.trouble()
        self._fall_due()
        change()
        self.broken = set()
        self.town.write(self.papers.files())
        self.town.edited()
        self.decided.note(self.now, self.papers)
        if self.running:
            self.town.look()
            self._accept()
            if prepared:
                self.town.prepare()

    def plug_in(self) -> None:
        super().plug_in()
        if self.broken:
            files = self.papers.files()
            self.town.write({file: files[file] for file in self.broken})
            self.broken = set()
            if self.running:
                self.town.look()

    def power(self) -> None:
        self._fall_due()
        super().power()
        self._accept()

    # The oracle.

    def _accept(self) -> None:
        self.accepted = {one.id: one for one in self.papers.airings(self.now)}

    def _fall_due(self) -> None:
        due = {name: one for name, one in self.accepted.items() if one.scheduled_at <= self.now}
        self.due |= due
        for name in due:
            del self.accepted[name]

    def told(self, airings: set[str]) -> list[object]:
        """What the log tells of these."""
        return [(one, self.town.verdicts().get(one), self.town.log.events(airing=one)) for one in sorted(airings)]

    def settle(self) -> None:
        self._fall_due()
        self.recover()
        self._accept()
        self.town.until(max(self.now, ENDS) + NIGHT)
        self._fall_due()

        judged = set(self.town.verdicts())
        due = {*self.due, *self.orders, *self.emergencies}
        stopped = {name for _, names in self.silenced for name in names}  # also what was just about to begin
        assert due <= judged <= due | stopped, (due - judged, self.told(judged - due - stopped))
        troubles = [*self.troubles, *self.town.unready]
        promise_oracle.nothing_outside_policy(self.town.heard, self.emergencies, self.orders, self.decided)
        promise_oracle.sessions_are_few_and_short(self.town, self.emergencies, self.decided)
        promise_oracle.silence_is_silence(self.town, self.silenced)
        promise_oracle.the_log_is_true(self.town, self.emergencies, self.decided)
        promise_oracle.on_time_or_never(self.town, self.decided)
        promise_oracle.tried_once_more_at_most(self.town, self.due)
        promise_oracle.an_alarm_ends(self.town)
        promise_oracle.priority_goes_first(self.town, self.due, self.decided, troubles)
        promise_oracle.what_nothing_disturbs_is_aired(self.town, self.due, self.orders, self.decided, troubles)


class WildClockMachine(StationMachine):
    """The clock is stepped and lost. Whatever happens: one verdict an airing, nothing twice, nothing outside policy."""

    @initialize(book=BOOK, rules=RULES)
    def begin(self, book: Mapping[str, tuple[Entry, ...]], rules: Rules) -> None:
        self.wrong = 0.0  # seconds by which the wall clock is off
        self.stepped: list[float] = []  # when it was set, monotonic
        self.open(book, replace(rules, approval=False))
        self.all = {one.id: one for one in self.papers.airings(self.now)}

    @rule(seconds=st.sampled_from([15, -15, 3600, -3600, 7200, -7200, 86_400 * 365 * 10]))
    def somebody_sets_the_clock(self, seconds: float) -> None:
        if abs(self.wrong + seconds) < 86_400 * 365 * 11:
            self._step(seconds)
            if self.running:
                self.town.step()

    @rule()
    def the_clock_is_set_right(self) -> None:
        self._step(-self.wrong)
        if self.running:
            self.town.step()

    @rule(known=st.booleans())
    def the_network_comes_and_goes(self, known: bool) -> None:
        self.town.vouchers = frozenset({"network"}) if known else frozenset()

    @rule()
    @precondition(lambda self: self.running)
    def somebody_confirms(self) -> None:
        if abs(self.wrong) < 60:
            self.town.ask("confirm_clock", by="chị Hoa")

    def _step(self, seconds: float) -> None:
        self.town.clock.step(seconds)
        self.stepped.append(self.town.clock.monotonic())
        self.wrong += seconds

    def settle(self) -> None:
        self._step(-self.wrong)
        self.town.vouchers = frozenset({"network", "rtc"})
        self.recover()
        self.town.ask("confirm_clock", by="chị Hoa")
        self.town.until(max(self.now, ENDS) + NIGHT)

        judged = set(self.town.verdicts())
        due = {*self.all, *self.orders, *self.emergencies}
        assert judged == due, (due - judged, judged - due)
        promise_oracle.the_log_is_true(self.town, self.emergencies, self.decided)
        heard = [one for one in self.town.heard if not any(0 <= when - one.since < NOTICED for when in self.stepped)]
        promise_oracle.nothing_outside_policy(heard, self.emergencies, self.orders, self.decided)
