"""Signed alerts in any order, any number of times, with too few signatures, and with power that goes at any write.

The oracle is what docs/fleet.md promises, written down once more by hand: it asks neither the log nor the program. A
state machine of hypothesis; no tests in here.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from harness.alert_box import BOX, AlertBox, PowerCut, flood, order, sealed
from harness.office import NOW, SCOPE, join, open_office
from harness.signing import STRANGER
from harness.small_commune import FILES
from loudspeaker.errors import LoudspeakerError
from loudspeaker.model.alert_answer import AlertState
from loudspeaker.station.paths import StationPaths
from loudspeaker.trust.signed_documents import Alert, AlertKind, Cadence

VILLAGES = ("na-hoa", "suoi-trat")
SHORT = NOW + timedelta(minutes=4)
LAST = NOW + timedelta(minutes=13)  # of what is said again: at 0, 4, 8 and 12 minutes
UPDATE = {"kind": AlertKind.UPDATE, "references": (f"{SCOPE}/17",), "text": "Nước rút.", "spoken": "Nước rút."}
ALERTS = (
    flood(17, repeat=2, gap=5.0),
    flood(18, text="Cháy!", spoken="Cháy!"),  # of the same second
    flood(19, text="Đê vỡ!", spoken="Đê vỡ!", until=SHORT, issued=NOW + timedelta(seconds=2)),
    flood(20, issued=NOW + timedelta(seconds=3), **UPDATE),
    order("end", 21, 17),
    order("end", 22, 18, 20, form="stop"),
    order("end", 23, 19, form="mistake"),
    flood(24, text="Sạt lở!", spoken="Sạt lở!", issued=NOW + timedelta(seconds=4), again=Cadence(240.0, LAST)),
    order("end", 25, 24, form="stop"),
)
HEARD = (AlertState.GIVEN, AlertState.AIRED, AlertState.ENDED)
SIGNERS = ((), ("hoa",), ("pao",), ("hoa", "pao"), ("pao", "ly"), ("hoa", "ly"), ("hoa", "pao", "ly"))


@dataclass
class Oracle:
    """What may be heard, what must be, and what must not any more: one alarm is one id of `ALERTS`."""

    allowed: set[str] = field(default_factory=set)  # enough people signed what was handed over in time
    promised: set[str] = field(default_factory=set)  # … and the box has answered that it will be heard
    doubtful: set[str] = field(default_factory=set)  # an end of it was handed over
    ended: dict[str, datetime] = field(default_factory=dict)  # … and the box has answered

    def hand_over(self, alert: Alert, persons: int, now: datetime) -> None:
        if now >= alert.until or persons < (1 if alert.kind is AlertKind.END else 2):
            return
        self.doubtful |= set(alert.references)
        if alert.kind is not AlertKind.END and alert.id not in self.ended:
            self.allowed.add(alert.id)

    def answered(self, alert: Alert, persons: int, now: datetime) -> None:
        if persons < (1 if alert.kind is AlertKind.END else 2):
            return
        for reference in alert.references:
            self.ended.setdefault(reference, now)
        if alert.kind is not AlertKind.END and alert.id in self.allowed:
            self.promised.add(alert.id)


@cache
def joined_home() -> Path:
    """A box that has joined, to be copied."""
    folder = Path(tempfile.mkdtemp())
    home = folder / "dai"
    for name, text in {**FILES, "box.yaml": BOX}.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    join(StationPaths(home, home / ".state"), open_office(home, folder))
    return home


class SignedAlertMachine(RuleBasedStateMachine):
    """A box, whoever hands alerts over, and the power."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copytree(joined_home(), self.folder / "dai")
        self.box, self.oracle = AlertBox(self.folder / "dai"), Oracle()
        self.unanswered: dict[str, tuple[Alert, tuple[str, ...]]] = {}

    @rule(
        alert=st.sampled_from(ALERTS + ALERTS[:3] + ALERTS[7:8]),
        names=st.sampled_from(SIGNERS),
        stranger=st.booleans(),
        cut=st.none() | st.none() | st.integers(0, 14),
    )
    def hand_over(self, alert: Alert, names: tuple[str, ...], stranger: bool, cut: int | None) -> None:
        """By the network, a stick, again, too late: the box cannot tell."""
        self.oracle.hand_over(alert, len(names), self.box.clock.now())
        envelope = sealed(alert, *names, keys=(STRANGER,) if stranger else ())
        self.box.log.left = cut
        try:
            answer = self.box.hand_over(envelope)
        except PowerCut:
            self.box.restart()
            if names:
                self.unanswered[alert.id] = alert, names
        except LoudspeakerError:
            pass
        else:
            self.oracle.answered(alert, len(names), self.box.clock.now())
            self.unanswered.pop(alert.id, None)
            assert alert.id not in self.oracle.promised or answer.state in HEARD, answer
        self.box.log.left = None

    @rule(
        seconds=st.sampled_from([0.0, 0.5, 4.0, 11.9, 13.0, 40.0, 300.0]),
        cut=st.none() | st.none() | st.integers(0, 40),
    )
    def run(self, seconds: float, cut: int | None) -> None:
        self.box.log.left = cut
        try:
            self.box.run(seconds)
        except PowerCut:
            self.box.restart()
        self.box.log.left = None

    @rule()
    def restart(self) -> None:
        self.box.restart()

    @invariant()
    def nothing_is_heard_that_must_not_be(self) -> None:
        for alert, began in self.playbacks():
            assert alert.id in self.oracle.allowed, f"{alert.id} was heard"
            assert began < (alert.until if alert.again is None else LAST + timedelta(minutes=4))
            ended = self.oracle.ended.get(alert.id)
            assert ended is None or began <= ended, f"{alert.id} began at {began}, and was ended at {ended}"

    @invariant()
    def nothing_is_given_twice(self) -> None:
        airings = [event.facts["airing"] for event in self.box.disk.events("asked")]
        given = Counter((airing["village"], airing["title"]) for airing in airings)
        words = {alert.text for alert in ALERTS}
        most = {alert.text: 1 if alert.again is None else 4 for alert in ALERTS}
        assert all(count <= most[title] for (_, title), count in given.items() if title in words), given
        assert len({airing["id"] for airing in airings}) == len(airings)
        for (alert, village), count in Counter(self.whole()).items():
            assert count <= alert.repeat * most[alert.text] + self.box.restarts, (
                f"{alert.id} was heard {count} times in {village}"
            )

    def teardown(self) -> None:
        """The carriers have their answers, and time has passed: what was promised has been heard."""
        if not hasattr(self, "box"):
            return
        for alert, names in self.unanswered.values():
            try:
                self.box.hand_over(sealed(alert, *names))
                self.oracle.answered(alert, len(names), self.box.clock.now())
            except LoudspeakerError:
                assert self.box.clock.now() >= alert.until or alert.id in self.oracle.promised
        begun = self.box.clock.now()
        self.box.run(900)
        self.nothing_is_heard_that_must_not_be()
        self.nothing_is_given_twice()
        whole = Counter(self.whole())
        certain = self.oracle.promised - self.oracle.doubtful if self.box.restarts < 3 else set()
        for alert in ALERTS:
            if alert.id in certain and alert.until > begun + timedelta(minutes=10):
                for village in VILLAGES:
                    assert whole[alert, village] >= alert.repeat, f"{alert.id} was not heard in {village}"
        self.box.close()
        shutil.rmtree(self.folder)

    def playbacks(self) -> list[tuple[Alert, datetime]]:
        self.box.heard()
        return [(alert_of(name, self.box), began) for name, began, _ in self.box.played if "/urgent@" in name]

    def whole(self) -> list[tuple[Alert, str]]:
        names = [name for name, _, whole in self.box.played if whole and "/urgent@" in name]
        return [(alert_of(name, self.box), name.split("/")[0]) for name in names]


def alert_of(airing: str, box: AlertBox) -> Alert:
    """By its words, not by its name: nobody else says them."""
    (asked,) = box.disk.events("asked", airing)
    return next(alert for alert in ALERTS if alert.text == asked.facts["airing"]["title"])
