"""Getting something done on the air without a daemon: heard by the command's own hand, and within everybody's reach."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from selectors import DefaultSelector
from threading import Thread, Timer
from typing import Any

import pytest
from harness.daemon_thread import DaemonThread, HurryingClock
from harness.fake_daemon import client_of
from harness.small_commune import at

from loudspeaker.codec import UNREADABLE, decode, known_fields
from loudspeaker.daemon.client import Client
from loudspeaker.daemon.control_socket import LOCK, ControlSocket
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.protocol import ask
from loudspeaker.daemon.requests import HANDLERS, Requests
from loudspeaker.errors import BadUsage, Message, NotFound, Refused, Unanswered, Unreachable
from loudspeaker.model.alert_preview import AlertPreview
from loudspeaker.model.enums import Ending
from loudspeaker.model.envelope import REQUESTS, WHO, Who
from loudspeaker.model.requests import (
    AskOutcome,
    Outcome,
    Play,
    PreviewEnd,
    PreviewUrgent,
    ProposeUrgent,
    Stop,
)
from loudspeaker.playout.memory_log import MemoryLog
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station
from loudspeaker.station.decisions import DECISIONS
from loudspeaker.store.asrun import LogUnusable

pytestmark = pytest.mark.waits

Progress = Callable[[int, int, str], None]
ALARM = {
    **{"text": "Nước dâng!", "bulletin": None, "villages": ["na-hoa"], "repeat": 3, "gap": 30.0},
    **{"until": None, "drill": False, "by": "Lan"},
}
MORNING = "na-hoa/tin-sang/2026-11-24T06:05"


@pytest.fixture
def home(home: Path) -> Path:
    (home / "box.yaml").write_text(
        "plays: {na-hoa: a, suoi-trat: b}\noutputs: {a: {device: memory}, b: {device: memory}}\n"
    )
    return home


@pytest.fixture
def station(home: Path) -> Iterator[Station]:
    with closing(Station.open(home, clock=HurryingClock(at("2026-11-24T06:00:00")))) as station:
        yield station


class Other(Thread):
    """Somebody at another terminal, who acts once something is on the air."""

    def __init__(self, station: Station, act: Callable[[], object]) -> None:
        super().__init__()
        self.socket, self.act = station.paths.socket, act
        self.answer: object = None
        self.start()

    def run(self) -> None:
        while not self._on_air():
            pass
        self.answer = self.act()

    def _on_air(self) -> bool:
        try:
            return any(turn["phase"] == "on air" and "na-hoa" in turn["id"] for turn in ask(self.socket, "status"))  # type: ignore[attr-defined]
        except Unreachable:
            return False


def called(station: Station, text: str | None, bulletin: str | None, *villages: str) -> AlertPreview:
    """An emergency whose sound is made."""
    call = station.alerts.preview(PreviewUrgent(text, bulletin, villages, False, False, None))
    client_of(station).make(call.wanted)
    return call


def verdicts(rows: Sequence[Outcome]) -> list[str | None]:
    return [row.verdict for row in rows]


def test_a_replay_without_a_daemon_is_heard_and_leaves_no_door_behind(station: Station, quiet: Progress) -> None:
    rows = client_of(station).play(Play("nhac", ("na-hoa", "suoi-trat")), "Lan")

    assert verdicts(rows) == ["aired", "aired"]
    assert {row.by for row in station.airings.records()} == {"Lan"}
    assert not station.paths.socket.exists()


def test_a_replay_without_a_daemon_can_be_stopped_from_elsewhere(station: Station, quiet: Progress) -> None:
    other = Other(station, lambda: ask(station.paths.socket, "stop", villages=[], why="đám tang", by="Hoa"))

    rows = client_of(station).play(Play("nhac", ("na-hoa",)), "Lan")

    other.join()
    assert other.answer == [rows[0].id]
    assert verdicts(rows) == ["stopped"]
    assert "Hoa" in rows[0].why


def test_an_alarm_that_waits_for_its_card_says_so_and_that_nothing_was_heard(home: Path) -> None:
    (home / "box.yaml").write_text("plays: {na-hoa: a}\noutputs: {a: {device: not-there}}\n")
    waits: list[tuple[str, str]] = []
    with closing(Station.open(home)) as station:

        def give_up(airing: str, why: str) -> None:
            waits.append((airing, why))
            os.kill(os.getpid(), signal.SIGINT)

        client = Client(home, station.paths.state, lambda: station, give_up, station.clock)

        (row,) = client.urgent(called(station, "Nước dâng!", None, "na-hoa"), repeat=1, gap=1.0, by="Lan")

        assert [(airing, "not-there" in why) for airing, why in waits] == [(row.id, True)]
        assert row.verdict == "stopped"
        assert "not-there" in row.why


def test_an_interrupted_replay_ends_with_an_honest_verdict(station: Station, quiet: Progress) -> None:
    before = signal.getsignal(signal.SIGINT)
    other = Other(station, lambda: os.kill(os.getpid(), signal.SIGINT))

    rows = client_of(station).play(Play("nhac", ("na-hoa",)), "Lan")

    other.join()
    assert verdicts(rows) == ["stopped"]
    assert station.airings.records()[0].frames > 0
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupted_replay_by_the_daemon_is_stopped_and_nothing_else(
    home: Path, station: Station, quiet: Progress
) -> None:
    station.preparation.make(
        [station.planner.bulletin_spec(station.files.bulletin("nhac"), output) for output in "ab"], quiet
    )
    before = signal.getsignal(signal.SIGINT)
    with DaemonThread(home, at("2026-11-24T06:00:00")):
        hoas = ask(station.paths.socket, "play", bulletin="nhac", villages=["suoi-trat"], by="Hoa")
        other = Other(station, lambda: os.kill(os.getpid(), signal.SIGINT))

        (row,) = client_of(station).play(Play("nhac", ("na-hoa",)), "Lan")

        other.join()
        (others,) = ask(station.paths.socket, "outcome", airings=hoas)
    assert (row.verdict, "Lan" in row.why) == ("stopped", True)
    assert "lệnh đang phát bị ngắt" in row.why
    assert signal.getsignal(signal.SIGINT) is before
    assert others["verdict"] in ("on-air", "aired")


def test_an_alarm_without_a_daemon_is_ended_from_elsewhere_by_its_all_clear(station: Station) -> None:
    other = Other(station, lambda: ask(station.paths.socket, "end_urgent", by="Hoa"))
    call = called(station, None, "lu-quet", "na-hoa", "suoi-trat")

    rows = client_of(station).urgent(call, 9, 5.0, "Lan")

    other.join()
    assert all("all-clear" in airing for airing in other.answer)  # type: ignore[attr-defined]
    assert len(rows) == 2
    assert {row.verdict for row in station.airings.records() if "all-clear" in row.id} == {"aired"}
    assert {row.verdict for row in station.airings.records() if "urgent" in row.id} != {"aired"}


def never() -> Any:
    raise AssertionError("the station was opened")


def test_an_alarm_through_the_daemon_is_read_made_aired_and_stopped_without_opening_the_station(
    home: Path, station: Station
) -> None:
    client = Client(home, station.paths.state, never, clock=station.clock)
    with DaemonThread(home, at("2026-11-24T06:00:00")):
        alarm = PreviewUrgent("Nước dâng ở XQZW!", None, ("na-hoa",), False, drill=True, until="+7200")
        call = client.preview_urgent(alarm)
        rows = client.urgent(call, 3, 5.0, "Lan")
        stopped = client.stop(Stop(("na-hoa",), "nhầm"), "Hoa")
        end = client.preview_end(PreviewEnd(Ending.CLEAR, (), False, None))
        ended = client.end_urgent(end, "Hoa")

    assert call.spoken.startswith("Đây là diễn tập. Nước dâng")
    assert "XQZW" in call.doubts[0].say()
    assert str(call.until).startswith("2026-11-24T08:0")  # in two hours
    assert [row.verdict for row in rows] == ["on-air"]
    assert [(row.id, row.verdict) for row in stopped] == [(rows[0].id, "stopped")]
    assert [row.verdict for row in ended] == ["aired"]


def test_what_is_wrong_with_an_alarm_is_told_by_the_daemon(home: Path, station: Station) -> None:
    (home / "bulletins/hong.md").write_text("no head", encoding="utf-8")
    client = Client(home, station.paths.state, never, clock=station.clock)
    alarm = PreviewUrgent("Nước dâng!", None, ("na-hoa",), everywhere=False, drill=False, until=None)
    with DaemonThread(home, at("2026-11-24T06:00:00")):
        with pytest.raises(NotFound, match=r"na-hoa"):
            client.preview_urgent(replace(alarm, villages=("na-huong",)))
        with pytest.raises(BadUsage):
            client.preview_urgent(replace(alarm, until="2020-01-01T10:00:00"))
        mistakes = client.preview_urgent(alarm).mistakes

    assert [mistake.say().partition(":")[0] for mistake in mistakes] == ["bulletins/hong.md"]


def test_whoever_asks_the_daemon_loads_nothing_of_the_station() -> None:
    code = "import sys, loudspeaker.daemon.client; print(*[name for name in sys.modules if 'loudspeaker.' in name])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    rooms = {name.split(".")[1] for name in loaded}
    assert rooms == {"clock", "codec", "daemon", "errors", "model", "plaintext", "station"}
    assert "loudspeaker.station.station" not in loaded


def test_each_output_hears_an_alarm_as_it_was_mastered_for_it(home: Path, quiet: Progress) -> None:
    (home / "box.yaml").write_text(
        "plays: {na-hoa: a, suoi-trat: b}\noutputs: {a: {device: memory}, b: {device: memory, loudness: -20}}\n"
    )
    with closing(Station.open(home, clock=HurryingClock(at("2026-11-24T06:00:00")))) as station:
        call = called(station, "Nước dâng!", None, "na-hoa", "suoi-trat")

        client_of(station).urgent(call, 1, 5.0, "Lan")

        assert len(set(call.recipes.values())) == 2
        assert len({row.programme for row in station.airings.records()}) == 2


@pytest.fixture
def asked(station: Station) -> Iterator[Requests]:
    """What a daemon has in hand."""
    clock = station.clock
    with closing(OnAir(station, {"a": MemorySpeaker(clock), "b": MemorySpeaker(clock)}, clock, station.log)) as on_air:
        yield Requests(on_air)


def expected(asked: Requests, airing: str) -> str:
    return next(row.airing.expected for row in asked.station.airings.plan() if row.id == airing)


def test_what_people_decide_comes_through_the_door_with_who_they_are(asked: Requests) -> None:
    asked.carry_out("skip", {"airing": MORNING, "why": "mưa", "by": "Lan"}, 1001)
    assert expected(asked, MORNING) == "skipped"

    asked.carry_out("skip", {"airing": MORNING, "why": "", "by": "Lan", "undo": True}, 1001)
    assert expected(asked, MORNING) == "air"

    asked.carry_out(
        "pause", {"village": "na-hoa", "until": "2026-11-24T12:00:00+07:00", "why": "tang", "by": "Lan"}, 1001
    )
    assert expected(asked, MORNING) == "refused"

    asked.carry_out("resume", {"village": "na-hoa", "by": "Lan"}, 1001)
    assert expected(asked, MORNING) == "air"
    requests = asked.log.events("request")
    assert [event.facts["do"] for event in requests] == ["skip", "skip", "pause", "resume"]
    assert {event.facts["uid"] for event in requests} == {1001}


def test_a_decision_about_what_does_not_exist_is_refused_through_the_door_too(asked: Requests) -> None:
    with pytest.raises(NotFound):
        asked.carry_out("skip", {"airing": "na-hoa/x/2026-11-24T06:05", "why": "mưa", "by": "Lan"}, 0)
    with pytest.raises(NotFound):
        asked.carry_out("resume", {"village": "na-huong", "by": "Lan"}, 0)
    with pytest.raises(BadUsage):
        asked.carry_out("pause", {"village": "na-hoa", "until": "2026-11-23T12:00+07:00", "why": "", "by": ""}, 0)
    with pytest.raises(BadUsage):
        asked.carry_out("stop", {"villages": []}, 0)
    with pytest.raises(BadUsage):
        asked.carry_out("close", {}, 0)


@pytest.mark.parametrize(
    ("verb", "args"),
    [
        ("play", {"bulletin": ["nhac"], "villages": ["na-hoa"], "by": "Lan"}),
        ("play", {"bulletin": "nhac", "villages": "na-hoa", "by": "Lan"}),
        ("play", {"bulletin": "nhac", "villages": [1], "by": "Lan"}),
        ("play", {"bulletin": "nhac", "villages": ["na-hoa"], "by": {"name": "Lan"}}),
        ("urgent", ALARM | {"repeat": "3"}),
        ("urgent", ALARM | {"repeat": True}),
        ("urgent", ALARM | {"repeat": 0}),
        ("urgent", ALARM | {"repeat": 10**9}),
        ("urgent", ALARM | {"gap": -1}),
        ("urgent", ALARM | {"until": "soon"}),
        ("stop", {"villages": None, "why": "tang", "by": "Lan"}),
        ("pause", {"village": "na-hoa", "until": "mai", "why": "tang", "by": "Lan"}),
        ("outcome", {"airings": [None]}),
    ],
)
def test_nothing_of_another_kind_than_was_meant_gets_into_the_log(
    asked: Requests, verb: str, args: dict[str, Any]
) -> None:
    with pytest.raises(BadUsage):
        asked.carry_out(verb, args, 0)

    assert not asked.log.events("asked")
    assert not asked.log.events("pause")


def test_an_all_clear_is_heard_though_the_box_plays_for_one_village_less(
    home: Path, asked: Requests, station: Station
) -> None:
    call = called(station, "Nước dâng!", None, "na-hoa", "suoi-trat")
    asked.carry_out("urgent", ALARM | {"villages": ["na-hoa", "suoi-trat"], "recipes": call.recipes}, 0)
    asked.on_air.step()
    box = (home / "box.yaml").read_text(encoding="utf-8")
    (home / "box.yaml").write_text(box.replace(", suoi-trat: b}", "}"), encoding="utf-8")
    asked.on_air.look()
    client_of(station).make(call.clears)

    ended = asked.carry_out("end_urgent", {"by": "Lan", "form": "clear"}, 0)

    assert [str(airing).split("/")[:2] for airing in ended] == [["na-hoa", "all-clear"]]  # type: ignore[attr-defined]


def test_what_was_written_a_moment_ago_is_what_is_asked_for(
    home: Path, asked: Requests, station: Station, quiet: Progress
) -> None:
    asked.on_air.look()
    text = (home / "bulletins/nhac.md").read_text(encoding="utf-8")
    (home / "bulletins/moi.md").write_text(text.replace("họp thôn", "họp xã"), encoding="utf-8")
    with closing(Station.open(home, clock=station.clock)) as writer:
        writer.preparation.make([writer.planner.bulletin_spec(writer.files.bulletin("moi"), "a")], quiet)

    asked.carry_out("play", {"bulletin": "moi", "villages": ["na-hoa"], "by": "Lan"}, 0)
    shown = station.preparation.preview("moi").digest
    asked.carry_out("approve", {"bulletin": "moi", "digest": shown, "by": "Lan"}, 0)
    asked.on_air.step()

    assert asked.speakers["a"].poll().airing.startswith("na-hoa/play/")


def test_every_request_has_a_handler_and_somebody_who_may_ask_it() -> None:
    assert HANDLERS.keys() | {ProposeUrgent} | DECISIONS.keys() == WHO.keys()
    assert len(REQUESTS) == len(WHO)


def test_an_alarm_until_an_hour_without_a_zone_ends_at_the_communes(asked: Requests) -> None:
    recipes = called(asked.station, "Nước dâng!", None, "na-hoa").recipes

    asked.carry_out("urgent", ALARM | {"until": "2026-11-24T18:00", "recipes": recipes}, 0)
    asked.on_air.step()

    assert asked.log.events("asked")[0].facts["until"] == "2026-11-24T18:00:00+07:00"


class FullDisk(MemoryLog):
    """Takes nothing."""

    def event(self, kind: str, airing: str, at: datetime, /, **facts: object) -> None:
        raise LogUnusable(Message("the disk is full"))

    def remember(self, key: str, value: object) -> None:
        raise LogUnusable(Message("the disk is full"))


def test_an_alarm_is_heard_though_the_disk_is_full(station: Station) -> None:
    recipes = called(station, "Nước dâng!", None, "na-hoa").recipes
    speaker = MemorySpeaker(station.clock)
    asked = Requests(OnAir(station, {"a": speaker}, station.clock, FullDisk()))

    ids = asked.carry_out("urgent", ALARM | {"recipes": recipes}, 0)
    with pytest.raises(LogUnusable):  # told once all is done
        asked.on_air.step()

    assert [speaker.poll().airing] == ids
    asked.on_air.close()


def test_the_outcome_is_none_then_on_air_then_a_verdict_with_its_reason(asked: Requests, quiet: Progress) -> None:
    station = asked.station
    station.preparation.make([station.planner.bulletin_spec(station.files.bulletin("nhac"), "a")], quiet)
    ids = asked.play(Play("nhac", ("na-hoa",)), "Lan")
    seen = []
    while not seen or seen[-1] != "aired":
        (row,) = asked.outcome(AskOutcome(tuple(ids)))
        if not seen or seen[-1] != row.verdict:
            seen.append(row.verdict)
        asked.on_air.step()

    assert seen == [None, "on-air", "aired"]
    assert asked.outcome(AskOutcome(tuple(ids)))[0].why


def test_a_skip_of_what_is_over_is_refused(asked: Requests, quiet: Progress) -> None:
    station = asked.station
    station.preparation.make([station.planner.bulletin_spec(station.files.bulletin("nhac"), "a")], quiet)
    ids = asked.play(Play("nhac", ("na-hoa",)), "Lan")
    while asked.outcome(AskOutcome(tuple(ids)))[0].verdict in (None, "on-air"):
        asked.on_air.step()

    with pytest.raises((Refused, NotFound)):
        asked.carry_out("skip", {"airing": ids[0], "why": "muộn", "by": "Lan"}, 0)


HOSTILE: list[Any] = [
    *(None, True, -1, 10**400, 1.5, 1e400, "", "\0", "\ud800", "a\nb", "../../etc/passwd", "x" * 50_000, "9" * 5000),
    *("9999-12-31T23:59:59", "0001-01-01T00:00:00+14:00", "na-hoa/x/9999-12-31T06:05", "+999999999", "\u0663"),
    *([], {}, [[]], [None], ["na-hoa", 7], {"a": "../x"}, {"a": ["b"]}, {"\ud800": 1}, {"a": "\0"}),
]
USUAL: dict[str, Any] = {"villages": ["na-hoa"], "village": "na-hoa", "by": "Lan", "why": "mưa", "airing": MORNING}
USUAL |= {"undo": False, "digest": "0" * 64, "output": "a", "tone": True, "airings": [MORNING], "everywhere": False}


def deep(levels: int) -> Any:
    value: Any = "a"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("do", REQUESTS)
def test_whatever_stands_in_any_argument_of_any_verb_is_answered(
    asked: Requests, do: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kinds = {field.name: field.hint for field in known_fields(REQUESTS[do])}
    kinds |= {"by": str} if WHO[REQUESTS[do]] is Who.NAMED else {}
    usual = {name: USUAL.get(name, ALARM.get(name)) for name in kinds}
    with DefaultSelector() as selector, closing(ControlSocket(tmp_path / "x.sock", selector, asked.carry_out)) as door:
        for name, kind in kinds.items():
            for value in (*HOSTILE, deep(5), deep(100), deep(900)):
                line = json.dumps({"v": 1, "do": do, "args": usual | {name: value}}).encode()
                answer = json.loads(door._answer(line, 0))
                assert "done" in answer or meant(kind, value) or answer["failed"]["kind"] == "BadUsage", (name, value)
    assert "Traceback" not in caplog.text


def meant(kind: Any, value: Any) -> bool:
    try:
        decode(kind, value)
    except UNREADABLE:
        return False
    return True


def test_an_alarm_waits_for_a_command_that_is_opening_or_closing_the_outputs(station: Station) -> None:
    """One that has the lock already and no door yet, or no door any more."""
    call = called(station, "Nước dâng!", None, "na-hoa")
    lock = os.open(station.paths.state / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    leaving = Timer(0.3, os.close, [lock])
    leaving.start()

    rows = client_of(station).urgent(call, 1, 5.0, "Lan")

    leaving.join()
    assert verdicts(rows) == ["aired"]


def test_what_may_still_be_done_is_not_done_a_second_time(home: Path, station: Station) -> None:
    client = Client(home, station.paths.state, never, clock=station.clock)
    client._send = silent  # type: ignore[method-assign]

    with pytest.raises(Unanswered):
        client.air(Play("nhac", ("na-hoa",)), "Lan")


def silent(*_: Any, **__: Any) -> None:
    raise Unanswered(Message("the daemon is not running, or does not answer"))
