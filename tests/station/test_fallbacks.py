"""What stands in for a stream is a bulletin like any other: prepared, kept, approved, valid, and never cut short."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from harness.fake_daemon import client_of
from harness.made_sound import save_rendering
from harness.small_commune import at

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.errors import Message
from loudspeaker.model.programme import Programme
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.speakers.streams.receiver import Receiver, ReceiverPool
from loudspeaker.station import Station

Progress = Callable[[int, int, str], None]
VOV = "na-hoa/vov/2026-11-24T06:00"
SCHEDULE = """
broadcasts:
  - {name: vov, stream: "http://vov.vn/1.mp3", at: 06:00, for: 10m, fallback: nhac}
"""


DEAD = Message("“{url}” answers {detail}", url="http://vov.vn/1.mp3", detail=404)


class Receiving:
    """A receiver that finds nothing, unless it is told what."""

    def __init__(self) -> None:
        self.found: Programme | Message | None = Message(
            "“{url}” answers {detail}", url="http://vov.vn/1.mp3", detail=404
        )

    def poll(self) -> Programme | Message | None:
        return self.found

    def close(self) -> None: ...


@pytest.fixture
def home(home: Path) -> Path:
    (home / "schedules" / "na-hoa.yaml").write_text(SCHEDULE)
    (home / "schedules" / "suoi-trat.yaml").unlink()
    write(home, "commune.yaml", "streams: [vov.vn]\n")
    return home


@pytest.fixture
def receiver() -> Receiving:
    return Receiving()


def write(home: Path, name: str, more: str) -> None:
    (home / name).write_text((home / name).read_text(encoding="utf-8") + more, encoding="utf-8")


def day(station: Station, clock: FakeClock, receiver: Receiving, dies: str = "05:00:00") -> tuple[str, str]:
    """The verdict over the stream that is known to be dead from `dies` on, and why."""
    live = Requests(OnAir(station, {"san-kho": MemorySpeaker(clock)}, clock, station.log))

    def opener(url: str, lasts: float) -> Receiver:
        return receiver  # type: ignore[return-value]

    live.on_air.receivers = ReceiverPool(opener)
    for moment, found in ((dies, receiver.found), ("06:15:00", DEAD if dies > "06:00" else receiver.found)):
        receiver.found, ends = found, at(f"2026-11-24T{moment}")
        while clock.now() < ends:
            clock.advance_to(min(live.on_air.step(), ends))
    live.on_air.close()
    row = next(row for row in station.airings.records() if row.id == VOV)
    return row.verdict, row.why


def test_it_is_prepared_the_night_before_and_heard_at_its_second(
    station: Station, clock: FakeClock, receiver: Receiving, quiet: Progress
) -> None:
    assert [row.ready for row in station.preparation.prepare(None, 1, quiet)] == [True]
    verdict, why = day(station, clock, receiver)

    assert verdict == "aired-partly"
    assert why.startswith("đã phát bản tin dự phòng “nhac” thay cho tiếp sóng")
    assert station.airings.records()[0].started_at == at("2026-11-24T06:00:00")


def test_as_long_as_nothing_is_known_of_the_stream_it_waits(
    station: Station, clock: FakeClock, receiver: Receiving, quiet: Progress
) -> None:
    station.preparation.prepare(None, 1, quiet)
    receiver.found = None

    assert day(station, clock, receiver) == ("failed-sound", "đang dò “http://vov.vn/1.mp3”, chưa có tiếng")


def test_without_an_approval_that_policy_asks_for_it_is_not_heard(
    home: Path, clock: FakeClock, receiver: Receiving, quiet: Progress
) -> None:
    write(home, "commune.yaml", "policy: {approval: required}\n")
    station = Station.open(home, clock=clock)
    save_rendering(station)
    station.preparation.make(
        station.preparation.specs_of(station.airings.between(*station.clock.window(None, 1))), quiet
    )
    verdict, _ = day(station, clock, receiver)
    station.close()

    assert verdict == "failed-sound"


def test_with_it_it_is(home: Path, clock: FakeClock, receiver: Receiving, quiet: Progress) -> None:
    write(home, "commune.yaml", "policy: {approval: required}\n")
    station = Station.open(home, clock=clock)
    save_rendering(station)
    station.preparation.make(
        station.preparation.specs_of(station.airings.between(*station.clock.window(None, 1))), quiet
    )
    client_of(station).approve("nhac", "chị Hoa")
    verdict, _ = day(station, clock, receiver)
    station.close()

    assert verdict == "aired-partly"


@pytest.mark.parametrize(("dies", "verdict"), [("06:08:30", "aired-partly"), ("06:09:20", "failed-sound")])
def test_what_would_not_end_in_the_streams_time_does_not_begin(
    home: Path, clock: FakeClock, receiver: Receiving, quiet: Progress, dies: str, verdict: str
) -> None:
    write(home, "bulletins/nhac.md", "Xin nhắc bà con họp thôn.\n" * 10)
    station = Station.open(home, clock=clock)
    save_rendering(station)
    station.preparation.prepare(None, 1, quiet)
    receiver.found = None
    told, _ = day(station, clock, receiver, dies)
    length = station.planner.duration(station.planner.bulletin_spec(station.files.bulletin("nhac"), "san-kho"))[0]
    station.close()

    assert 40 < length < 90
    assert told == verdict


def test_what_cannot_be_made_is_told_beforehand(home: Path, clock: FakeClock, quiet: Progress) -> None:
    nhac = home / "bulletins" / "nhac.md"
    nhac.write_text("---\ntitle: Nhắc lại\nparts: [{audio: recordings/nhac.flac}]\n---\n", encoding="utf-8")
    station = Station.open(home, clock=clock)
    save_rendering(station)
    [row] = station.preparation.prepare(None, 1, quiet)
    station.close()

    assert (row.ready, "recordings/nhac.flac" in str(row.why_not)) == (False, True)


def test_the_sweep_asks_for_what_a_stream_may_need(station: Station) -> None:
    fallback = station.planner.fallback_spec(station.airings.find(VOV))

    assert station.preparation.specs_of(station.airings.between(*station.clock.window(None, 1))) == [fallback]
