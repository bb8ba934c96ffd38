"""One broken part of a station on the air: the others go on, the next airing is on time, and the fault is told."""

from __future__ import annotations

import errno
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from harness.fake_daemon import client_of
from harness.made_sound import save_rendering
from harness.playout_harness import PlayoutHarness, airing, at

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.daemon.service import AnnouncingLog
from loudspeaker.errors import LoudspeakerError, Message
from loudspeaker.model.enums import Verdict
from loudspeaker.model.requests import PreviewUrgent
from loudspeaker.playout.buffered_log import BufferedLog
from loudspeaker.playout.item import RunningOrder
from loudspeaker.playout.memory_log import MemoryLog
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.speakers.streams.receiver import Receiver, ReceiverPool
from loudspeaker.station import Station

Progress = Callable[[int, int, str], None]


ALARM = {
    **{"text": "Nước dâng!", "bulletin": None, "villages": ["na-hoa"], "repeat": 1, "gap": 30.0},
    **{"until": None, "drill": True, "by": "Lan"},
}


def fail(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError("a bug")


class Button:
    def take_press(self) -> bool:
        return fail()

    def close(self) -> None: ...


@pytest.fixture
def live(home: Path, quiet: Progress) -> Iterator[Requests]:
    """The station of the tests at a quarter to six, with everything prepared: `tin-sang` is due at 06:05."""
    (home / "box.yaml").write_text(
        "plays: {na-hoa: a, suoi-trat: b}\noutputs: {a: {device: memory}, b: {device: memory}}\n"
    )
    clock = FakeClock(at("2026-11-24T05:45:00"))
    with closing(Station.open(home, clock=clock)) as station:
        save_rendering(station)
        list(station.preparation.prepare(None, 1, quiet))
        speakers = {"a": MemorySpeaker(clock), "b": MemorySpeaker(clock)}
        live = Requests(OnAir(station, speakers, clock, station.log, vouch=lambda now, trusted: frozenset({"box"})))
        with closing(live.on_air):
            live.on_air.look()
            live.on_air.step()
            yield live


def run(live: Requests, until: str) -> list[str]:
    """As the daemon does: step when it is due, again in a second where it fails. What was told on the way."""
    told, clock = [], live.on_air.clock
    assert isinstance(clock, FakeClock)
    while clock.now() < at(until):
        try:
            wake = live.on_air.step()
        except Exception as error:
            told.append(repr(error))
            wake = clock.now() + timedelta(seconds=1)
        clock.advance_to(min(wake, at(until)))
    return told


def but_for(output: str, sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda name, *rest: sound(name, *rest) if name == output else fail()


BROKEN: dict[str, Callable[[Requests], object]] = {
    "planning": lambda live: setattr(live.on_air, "_plan_days", fail),
    "the look at the clock": lambda live: setattr(live.on_air.watch, "look", fail),
    "receivers": lambda live: setattr(live.on_air.receivers, "update", fail),
    "the button": lambda live: setattr(live.on_air.button, "contact", Button()),
    "another output": lambda live: setattr(
        live.controller._verdicts, "judge", but_for("a", live.controller._verdicts.judge)
    ),
}


@pytest.mark.parametrize("part", BROKEN)
def test_one_broken_part_does_not_keep_the_next_airing_from_its_second(live: Requests, part: str) -> None:
    if part == "planning":
        live.on_air._fresh = False
        live.on_air._days.clear()  # somebody has edited a file, and it cannot be planned
    BROKEN[part](live)

    told = run(live, "2026-11-24T06:08:00")

    heard = live.speakers["a"].played  # type: ignore[attr-defined]
    assert [playback.started_at for _, playback in heard][:1] == [at("2026-11-24T06:05:00")]
    assert any("a bug" in one for one in told)


def test_a_station_that_was_never_planned_still_gives_alarms(live: Requests) -> None:
    fresh = Requests(OnAir(live.station, live.speakers, live.on_air.clock, live.station.log, vouch=live.on_air._vouch))
    fresh.on_air._plan_days = fail  # type: ignore[method-assign]
    call = live.station.alerts.preview(PreviewUrgent("Nước dâng!", None, ("na-hoa",), False, True, None))
    client_of(live.station).make(call.wanted)
    fresh.carry_out("urgent", ALARM | {"recipes": call.recipes}, 0)

    told = run(fresh, "2026-11-24T05:50:00")

    assert len(told) > 100
    assert [record.verdict for record in live.log.rows(at("2026-11-24T00:00:00"), at("2026-11-25T00:00:00"))] == [
        Verdict.AIRED
    ]


def test_every_part_is_closed_though_one_cannot_be(live: Requests) -> None:
    closed: list[str] = []
    live.on_air.receivers.close = fail  # type: ignore[method-assign]
    live.speakers["a"].close = fail  # type: ignore[method-assign]
    live.speakers["b"].close = lambda: closed.append("b")  # type: ignore[method-assign]

    with pytest.raises(ZeroDivisionError):
        live.on_air.close()

    assert closed == ["b"]
    live.on_air.receivers.close = live.speakers["a"].close = lambda: None  # type: ignore[method-assign]


def test_a_stream_that_cannot_be_opened_says_why_and_leaves_the_others() -> None:
    opened: list[str] = []

    def opener(url: str, lasts: float) -> Receiver:
        if url == "full":
            raise OSError(errno.ENOSPC, "No space left on device")
        opened.append(url)
        return object()  # type: ignore[return-value]

    receivers = ReceiverPool(opener)
    full, sound = (airing("17:00", stream=url, output=url) for url in ("full", "sound"))
    receivers.update(at("16:59:30"), [full, sound])

    assert opened == ["sound"]
    assert "the disk is full" in str(receivers.poll(full))


def test_what_the_log_can_never_take_does_not_keep_the_rest_from_it() -> None:
    log = MemoryLog()
    backlog = BufferedLog(log)
    with pytest.raises(TypeError):
        backlog.event("a", "", at("17:00"), what=object())
    backlog.event("b", "", at("17:00"))

    assert [event.kind for event in log.happened] == ["b"]


def test_a_verdict_that_nobody_can_be_told_is_in_the_log_once(caplog: pytest.LogCaptureFixture) -> None:
    stage = PlayoutHarness(airing("17:00"), now="16:59")
    log = AnnouncingLog(stage.log, announce=broken_pipe)
    stage.controller.__init__(log, stage.speakers, stage.desk)  # type: ignore[misc]
    order = RunningOrder(at("00:00"), at("23:59"), stage.airings)
    while stage.clock.now() < at("17:05"):
        stage.clock.advance_to(stage.controller.step(stage.clock.now(), order))

    assert [record.verdict for record in stage.log.records.values()] == [Verdict.AIRED]


def broken_pipe(*_: Any) -> None:
    raise BrokenPipeError


def test_what_the_daemon_logs_is_said_in_the_language_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    import logging

    from loudspeaker.cli.terminal import translate_logging
    from loudspeaker.i18n import set_language

    monkeypatch.setattr(sys, "stderr", heard := io.StringIO())
    set_language("vi")
    assert logging.lastResort
    translate_logging()
    error = LoudspeakerError(Message("The sound card “{device}” is not there.", device="hall"))
    record = logging.LogRecord("loudspeaker", logging.ERROR, "", 0, "%s", (error,), None)

    logging.lastResort.handle(record)

    assert heard.getvalue().startswith("Không tìm thấy card âm thanh “hall”.")
