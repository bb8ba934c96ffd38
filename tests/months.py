"""Random months of one station: edits, urgents, pauses, faults, power cuts, and an oracle that knows the promises.

Two machines: `Month` has a good clock and can say exactly which airings were due, and which of them nothing disturbed;
`WildClock` has its clock stepped and can say only what must never happen. No tests in here: `test_promises.py` runs a
few, `make fault` many.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import promises
from happenings import BROADCASTS, DAYS, FIRST, Station, distinct
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from loudspeaker.schedule.airing import Airing
from loudspeaker.vocabulary import Expected


class Month(Station):
    """A good clock: the oracle knows which airings came due."""

    @initialize(plans=BROADCASTS)
    def begin(self, plans: list[tuple[Airing, ...]]) -> None:
        self.due: dict[str, Airing] = {}  # all that ever came due
        self.accepted: dict[str, Airing] = {}
        self.open(plans)
        self._accept()

    @rule(plans=BROADCASTS, keep=st.booleans(), skip=st.booleans())
    def somebody_edits_the_schedule(self, plans: list[tuple[Airing, ...]], keep: bool, skip: bool) -> None:
        self.trouble()
        self._fall_due()
        kept = list(self.stage.airings) if keep else []
        if skip and kept:
            kept[-1] = replace(kept[-1], expected=Expected.SKIPPED)
        self.stage.airings = distinct(*plans, tuple(kept))
        self.know(self.stage.airings)
        if self.running:
            self.stage.step()
            self._accept()

    def power(self) -> None:
        self._fall_due()
        super().power()
        self._accept()

    def _accept(self) -> None:
        self.accepted = {one.id: one for one in self.stage.airings if one.scheduled_at > self.now}

    def _fall_due(self) -> None:
        due = {name: one for name, one in self.accepted.items() if one.scheduled_at <= self.now}
        self.due |= due
        for name in due:
            del self.accepted[name]

    def teardown(self) -> None:
        if not hasattr(self, "stage"):
            return
        self._fall_due()
        self.recover()
        self._accept()
        ends = max(self.now, FIRST + timedelta(days=DAYS)) + timedelta(days=1, hours=2)
        self.stage.until(ends)
        self._fall_due()

        judged = set(self.stage.verdicts())
        due = {*self.due, *self.orders}
        stopped = {name for _, names in self.silenced for name in names}  # also what was just about to begin
        assert due <= judged <= due | stopped, (due - judged, judged - due)
        self.check_sound()
        promises.the_log_is_true(self.stage, self.known)
        promises.on_time_or_never(self.stage, self.due)
        promises.tried_once_more_at_most(self.stage, self.due)
        promises.an_alarm_ends(self.stage)
        promises.priority_goes_first(self.stage, self.due, self.troubles)
        promises.what_nothing_disturbs_is_aired(self.stage, self.due, self.troubles, self.orders)


class WildClock(Station):
    """The clock is stepped and lost. Whatever happens: one verdict an airing, nothing twice, nothing outside policy."""

    @initialize(plans=BROADCASTS)
    def begin(self, plans: list[tuple[Airing, ...]]) -> None:
        self.wrong = 0.0  # seconds by which the wall clock is off
        self.open(plans)

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
        self.stage.until(max(self.now, FIRST + timedelta(days=DAYS)) + timedelta(days=1, hours=2))

        judged = set(self.stage.verdicts())
        due = {one.id for one in self.stage.airings} | set(self.orders)
        assert judged == due, (due - judged, judged - due)
        promises.the_log_is_true(self.stage, self.known)
