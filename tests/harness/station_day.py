"""One whole station on one day: its daemon's parts, its agent, its log on a disk, and power that goes.

The clock, the speakers, what makes the sound and the line to the hub stand in, nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from harness.fleet_day import ALARMS, BAD, BLOCKED, EVENING, FORGED, GOOD, BoxAgent, DayBox, HubDay, clock_time
from harness.hub_boxes import quick_keys
from harness.office import NOW, SCOPE
from loudspeaker.errors import LoudspeakerError
from loudspeaker.fleet.broker_link import AWAY
from loudspeaker.fleet.joining import JoinRequest, format_request, open_answer
from loudspeaker.hub.boxes.box_registry import RegisteredBox
from loudspeaker.hub.hub import Hub
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.enums import Verdict
from loudspeaker.station.box.box_key import open_box_key
from loudspeaker.station.box.log_segment import make_segment
from loudspeaker.station.deliveries.delivery import Deliveries
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.trust.faults import UntrustedDocument
from loudspeaker.trust.signed_documents import Alert

ENDED = {reference for alert in ALARMS for reference in alert.references}
VILLAGES = ("na-hoa", "suoi-trat")
NIGHT = clock_time(19)  # the day is over
LONGEST_WAIT = timedelta(seconds=max(AWAY), minutes=10)  # until an agent asks again that was turned away often
NEWEST = 3  # the version that is published last
LATEST = timedelta(minutes=5)  # behind its instant a broadcast has begun, where the power is there
ALONE = 0.1  # share of boxes that only a stick reaches


@dataclass
class StationDay:
    """A box that has joined, its seed, and what it goes through."""

    home: Path
    day: HubDay
    seed: int

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.paths = StationPaths(self.home, self.home / ".state")
        self.paths.box_key.write_bytes(self.chance.randbytes(32))  # what its agent does at which second goes by it
        self.registered = enrol_station(self.day.hub, self.paths)
        self.alone = self.chance.random() < ALONE
        self.failures = 0
        self.off: list[tuple[datetime, datetime]] = []  # the daemon was not there
        self.box = DayBox(self.home, NOW)
        weather = self.chance.choices((GOOD, BAD, BLOCKED), (6, 3, 1))[0]
        self.agent = None if self.alone else BoxAgent(self.box, self.registered, self.day, weather, self.chance)

    def close(self) -> None:
        self.box.close()

    def live(self) -> None:
        """From five in the morning to seven in the evening, then until the hub has the log, on a good line."""
        chance = self.chance
        cuts = sorted(NOW + timedelta(hours=14 * chance.random()) for _ in range(chance.choice((0, 1, 1, 2))))
        sticks = [clock_time(*at) for at in ((7, 30), (9, 20), (14, 30), (15, 30))]
        if not self.alone:  # now and then, of whatever hour: newer or older than what the network has brought
            sticks = [NOW + timedelta(hours=14 * chance.random()) for _ in range(chance.choice((0, 0, 1)))]
        for at, is_cut in sorted([(cut, True) for cut in cuts] + [(stick, False) for stick in sticks]):
            self.run(at)
            if is_cut:
                self.lose(chance.choice(("power", "daemon", "agent")), chance.choice((1.0, 20.0, 300.0, 1800.0)))
            else:
                self.plug_in(at if self.alone else NOW + (at - NOW) * chance.random() ** 0.3)
        self.run(NIGHT)
        if self.agent:
            self.agent.weather = GOOD
            self.run(NIGHT + LONGEST_WAIT)
        else:
            self.plug_in(NIGHT)
        self.box._collect()

    def run(self, until: datetime) -> None:
        """Each part is woken when it wants to be."""
        box, agent = self.box, self.agent
        due = wakes = box.clock.now()
        while box.clock.now() < until:
            box.clock.advance_to(min(due, wakes, until))
            if agent:
                if agent.wakes <= box.clock.now():
                    agent.run_due()
                wakes = agent.wakes
            if due <= box.clock.now() or (agent and agent.asked):
                due = box._step()
                if agent:
                    agent.asked = False
            if not agent:
                wakes = due

    def lose(self, what: str, seconds: float) -> None:
        """The power, the daemon alone or the agent alone, for so long."""
        self.failures += 1
        began = self.box.clock.now()
        back = began + timedelta(seconds=seconds)
        if what == "agent" and self.agent:
            self.agent.drop()
            self.run(back)
            self.agent.begin()
            return
        for speaker in self.box.speakers.values():
            speaker.stop(0)
        self.box._collect()
        if what == "daemon" and self.agent:
            self._let_the_agent_run(back)
        else:
            self.box.clock.advance_to(back)
        self.box.restarts += 1
        self.box.begin()
        self.off.append((began, back))
        if self.agent and what != "daemon":
            self.agent.begin()

    def _let_the_agent_run(self, until: datetime) -> None:
        assert self.agent
        self.agent.daemon_there = False
        while self.box.clock.now() < until:
            self.box.clock.advance_to(min(self.agent.wakes, until))
            self.agent.run_due()
        self.agent.daemon_there = True

    def plug_in(self, written: datetime) -> None:
        """A stick that was written then: files, alerts, and the log that goes home on it."""
        folder = self.day.as_of(written).folder
        with suppress(UntrustedDocument):  # it is older than what is here
            Deliveries(self.paths, self.box.clock.now(), trusted=True).take(folder)
        self.box.look()
        if self.agent:
            self.agent.step(self.agent.side.holds())
        for path in sorted((folder / "v1" / SCOPE / "alert").glob("*.json")):
            with suppress(LoudspeakerError):
                self.box.hand_over(path.read_text())
        self.box._step()
        known = self.day.hub.intake.end_of(self.registered.id, self.box.disk.life()).entries
        piece = make_segment(self.box.disk, open_box_key(self.paths), known, self.box.clock.now())
        for _ in range(2):  # two sticks carry the same
            self.day.hub.intake.accept(self.registered, piece)

    def counts(self) -> Counter[str]:
        """What it went through, for people."""
        alarms = [airing for airing, number in self.whole.items() if "/urgent@" in airing and number]
        said = self.agent.receipts if self.agent else ()
        return Counter(
            {
                "stations": 1,
                "of them without a network": self.alone,
                "broadcasts heard": self.whole.total() - sum(self.whole[one] for one in alarms),
                "alarms heard": len(alarms),
                "receipts": len(said),
                "entries at the hub": self.box.disk.last_number(),
                "failures of power or process": self.failures,
                "connections": self.agent.connections if self.agent else 0,
                "tasks of the agent that failed": self.agent.failed if self.agent else 0,
            }
        )

    # What must hold.

    def faults(self) -> list[str]:
        """What is not as it must be on this day."""
        return [f"station {self.seed}: {fault}" for fault in self._faults()]

    def _faults(self) -> Iterator[str]:
        yield from self._faults_of_alarms()
        yield from self._faults_of_broadcasts()
        yield from self._faults_of_log()
        membership = read_membership(self.paths)
        version = membership.accepted.version if membership else 0
        if version != NEWEST:
            yield f"ends with version {version}"

    def was_off(self, begins: datetime, ends: datetime) -> bool:
        return any(went < ends and came > begins for went, came in self.off)

    @property
    def whole(self) -> Counter[str]:
        """How often each airing was heard to its end."""
        return Counter(airing for airing, _, whole in self.box.played if whole)

    def _given(self) -> dict[tuple[str, str], str]:
        """Words of an alarm, village -> its airing."""
        asked = [event.facts["airing"] for event in self.box.disk.events("asked")]
        return {(airing["title"], airing["village"]): airing["id"] for airing in asked}

    def _faults_of_alarms(self) -> Iterator[str]:
        asked = [event.facts["airing"] for event in self.box.disk.events("asked")]
        for key, number in Counter((airing["title"], airing["village"]) for airing in asked).items():
            if number > 1:
                yield f"{key} was given {number} times"
        given, whole = self._given(), self.whole
        for title, _ in given:
            if title not in {alert.text for alert in ALARMS if alert.text}:
                yield f"an alarm that nobody may give: {title}"
        steps = {str(event.facts.get("alert")) for event in self.box.steps() if event.facts.get("state") == "aired"}
        if f"{SCOPE}/{FORGED}" in steps:
            yield "a forged alarm was aired"
        for alert in ALARMS:
            for village in VILLAGES if alert.kind.is_alarm and alert.text else ():
                airing = given.get((alert.text or "", village), "")
                cut = self.was_off(alert.issued, alert.until)
                most = alert.repeat + (self.box.restarts if cut else 0)
                if whole[airing] > most:
                    yield f"{airing} was heard {whole[airing]} times"
                if self._must_hear(alert) and whole[airing] < (1 if cut else alert.repeat):
                    yield f"alarm {alert.seq} was heard {whole[airing]} times in {village}"

    def _must_hear(self, alert: Alert) -> bool:
        """It is not ended meanwhile, and the box was there in time for a stick, or at the end."""
        if self.alone:
            return not self.was_off(alert.issued, alert.until)
        return alert.id not in ENDED and not self.was_off(alert.until - timedelta(minutes=30), alert.until)

    def _faults_of_broadcasts(self) -> Iterator[str]:
        records = {record.id: record for record in self.records}
        whole = self.whole
        alarms = [began for airing, began, _ in self.box.played if "/urgent@" in airing]
        for record in records.values():
            at, minute = record.scheduled_at, timedelta(minutes=1)
            if "/urgent@" in record.id:
                continue
            heard = whole[record.id]
            if heard > 1 + self.was_off(at - minute, at + LATEST):
                yield f"{record.id} was heard {heard} times"
            if record.verdict is Verdict.AIRED and not heard:
                yield f"{record.id} was not heard, and is told as aired"
            calm = not self.was_off(at - 2 * minute, at + LATEST) and not any(
                at - LATEST < one < at + LATEST for one in alarms
            )
            if at > clock_time(17) and record.title != EVENING:
                yield f"{record.id} was “{record.title}”"
            if calm and (record.verdict is not Verdict.AIRED or heard != 1):
                yield f"{record.id} was heard {heard} times, and is told as {record.verdict} ({record.why})"
        for name in ("na-hoa/tin-sang/2026-11-24T06:05", "suoi-trat/tin-moi/2026-11-24T13:00")[self.alone :]:
            if name not in records:
                yield f"{name} has no verdict; there are {sorted(records)}"

    @property
    def records(self) -> list[AsRunRecord]:
        return list(self.box.disk.rows(NOW - timedelta(days=1), NOW + timedelta(days=1)))

    def _faults_of_log(self) -> Iterator[str]:
        log = self.box.disk
        head, end = log.verify(), self.day.hub.intake.end_of(self.registered.id, log.life())
        if (end.entries, end.head) != (log.last_number(), head):
            yield f"the hub has {end.entries} of {log.last_number()} entries"
        rows = self.day.hub.database.rows("SELECT airing, verdict FROM verdict WHERE box = ?", self.registered.id)
        told = Counter((row["airing"], row["verdict"]) for row in rows)
        if told != Counter((record.id, record.verdict.value) for record in self.records):
            yield "the hub has other verdicts than the box"
        for why in self.agent.refused if self.agent else ():
            yield f"the hub has not believed its log: {why}"


def enrol_station(hub: Hub, paths: StationPaths) -> RegisteredBox:
    """By a code, with its own key."""
    code, key = hub.registry.invite(SCOPE, paths.home.name), open_box_key(paths)
    raw = format_request(JoinRequest(code.letters, key.public.public, VILLAGES, "", "0.3"), quick_keys(code))
    open_answer(hub.join(raw), raw, quick_keys(code))
    return hub.registry.box(key.public.person)
