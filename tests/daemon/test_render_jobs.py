"""The sound of an alarm is made by children of the daemon: whoever asks waits for it, and writes nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from harness.daemon_thread import DaemonThread, HurryingClock
from harness.fake_daemon import FakeDaemon, client_of
from harness.small_commune import at
from harness.waiting import PATIENCE, wait_for

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.client import Client
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.protocol import ask_until_made
from loudspeaker.daemon.render_jobs import MOST_CHILDREN, RenderJobs
from loudspeaker.daemon.requests import Requests
from loudspeaker.errors import BadUsage, BeingMade, LoudspeakerError, Message, NotAvailable
from loudspeaker.model.alert_preview import AlertPreview, Wanted
from loudspeaker.model.enums import Ending
from loudspeaker.model.envelope import Envelope
from loudspeaker.model.requests import EndUrgent, PreviewEnd, PreviewUrgent, Urgent
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station

pytestmark = pytest.mark.waits

PREVIEW = PreviewUrgent("Nước dâng!", None, ("na-hoa", "suoi-trat"), False, False, None, make=True)


@pytest.fixture
def home(home: Path) -> Path:
    (home / "box.yaml").write_text(
        "plays: {na-hoa: a, suoi-trat: b}\noutputs: {a: {device: memory}, b: {device: memory, loudness: -20}}\n"
    )
    return home


@pytest.fixture
def station(home: Path, clock: FakeClock) -> Iterator[Station]:
    with closing(Station.open(home, clock=clock)) as station:
        yield station


@pytest.fixture
def jobs(station: Station) -> Iterator[RenderJobs]:
    jobs = RenderJobs(station.paths)
    yield jobs
    jobs.terminate()
    jobs.wait()


@pytest.fixture
def daemon(station: Station, jobs: RenderJobs) -> Iterator[Requests]:
    speakers = {output: MemorySpeaker(station.clock) for output in "ab"}
    on_air = OnAir(station, speakers, station.clock, station.log, lambda now, trusted: frozenset({"box"}))
    with closing(on_air):
        on_air.step()
        yield Requests(on_air, jobs=jobs)


def wanted_by(station: Station, text: str = "Nước dâng!", *villages: str) -> Wanted:
    preview = PreviewUrgent(text, None, villages or ("na-hoa",), False, False, None)
    return station.alerts.preview(preview).wanted


def settle(jobs: RenderJobs) -> None:
    """Until every child has ended."""
    wait_for(lambda: not jobs.collect())


def order(alert: AlertPreview) -> Envelope:
    words = alert.text, alert.bulletin, tuple(alert.villages)
    return Envelope(Urgent(*words, 1, 5.0, alert.until, alert.drill, alert.recipes), "Lan")


def test_what_is_wanted_is_made_by_a_child_and_then_found(station: Station, jobs: RenderJobs) -> None:
    wanted = wanted_by(station, "Nước dâng!", "na-hoa", "suoi-trat")

    assert jobs.start(wanted)
    with pytest.raises(BeingMade):
        jobs.must_be_over(wanted)
    settle(jobs)

    jobs.must_be_over(wanted)
    assert len(wanted) == 2
    assert all(station.planner.programmes.find(recipe) for recipe in wanted)
    assert not any(map(jobs.has_failed, wanted))


def test_what_is_being_made_is_not_made_twice(station: Station, jobs: RenderJobs) -> None:
    wanted = wanted_by(station)
    jobs.start(wanted)

    assert jobs.start(wanted)
    assert len(jobs._children) == 1


def test_what_kept_it_from_being_made_is_told_once_and_it_may_be_tried_again(
    station: Station, jobs: RenderJobs
) -> None:
    wanted = wanted_by(station)
    (recipe,) = wanted
    station.paths.cache.write_text("where a folder should be")
    for _ in range(2):
        jobs.start(wanted)
        settle(jobs)

        assert jobs.has_failed(recipe)
        failure = jobs.take_failure(recipe)
        assert isinstance(failure, LoudspeakerError)
        assert "audio_cache" in failure.say()
        assert jobs.take_failure(recipe) is None


def test_a_child_that_is_killed_fails_what_it_had_still_to_make(station: Station, jobs: RenderJobs) -> None:
    wanted = wanted_by(station)
    jobs.start(wanted)
    (child,) = jobs._children
    child.process.kill()
    settle(jobs)

    failures = [jobs.take_failure(recipe) for recipe in wanted]
    assert ["too early" in failure.say() for failure in failures if failure] == [True]


def test_more_children_than_help_are_not_started(station: Station, jobs: RenderJobs) -> None:
    texts = [f"Nước dâng lần {number}!" for number in range(MOST_CHILDREN + 1)]

    assert [jobs.start(wanted_by(station, text)) for text in texts] == [True] * MOST_CHILDREN + [False]


def test_an_alarm_is_given_once_its_sound_is_made_and_noted_once(station: Station, daemon: Requests) -> None:
    alert = daemon.handle(Envelope(PREVIEW))
    assert isinstance(alert, AlertPreview)
    assert not alert.wanted
    assert not alert.clears
    with pytest.raises(BeingMade):
        daemon.handle(order(alert))

    ids = ask_until_made(lambda: daemon.handle(order(alert)), PATIENCE)

    assert isinstance(ids, list)
    assert [airing.partition("/")[0] for airing in ids] == ["na-hoa", "suoi-trat"]
    assert [event.facts["do"] for event in station.log.events("request")] == ["urgent"]
    asked = [item.request for item in daemon.controller.open_items() if item.request]
    assert len({programme.path for request in asked for programme in request.programmes}) == 2


def test_an_end_is_said_once_its_words_are_made(station: Station, daemon: Requests, jobs: RenderJobs) -> None:
    client_of(station).make(wanted_by(station, "Nước dâng!", "na-hoa", "suoi-trat"))
    alert = station.alerts.preview(PREVIEW)
    daemon.handle(order(alert))
    daemon.on_air.step()
    end = daemon.handle(Envelope(PreviewEnd(Ending.CLEAR, (), False, None, make=True)))
    request = EndUrgent(Ending.CLEAR)

    assert not end.wanted  # type: ignore[attr-defined]
    with pytest.raises(BeingMade):
        daemon.handle(Envelope(request, "Hoa"))
    assert not station.log.events("end")
    ids = ask_until_made(lambda: daemon.handle(Envelope(request, "Hoa")), PATIENCE)

    assert len(ids) == 2
    assert [event.facts["do"] for event in station.log.events("request")] == ["urgent", "end_urgent"]


def test_an_alarm_is_ended_though_its_last_words_cannot_be_made(station: Station, daemon: Requests) -> None:
    client_of(station).make(wanted_by(station, "Nước dâng!", "na-hoa", "suoi-trat"))
    daemon.handle(order(station.alerts.preview(PREVIEW)))
    daemon.on_air.step()
    station.paths.programmes.rename(station.paths.home / "elsewhere")
    station.paths.programmes.write_text("where a folder should be")

    with pytest.raises(LoudspeakerError, match="programmes"):
        ask_until_made(lambda: daemon.handle(Envelope(EndUrgent(Ending.CLEAR), "Hoa")), PATIENCE)

    assert len(station.log.events("end")) == 2


def test_an_alarm_whose_sound_has_gone_is_made_again(station: Station, daemon: Requests) -> None:
    """As it is after a daemon that was to make it has been started anew."""
    alert = station.alerts.preview(PREVIEW)

    ids = ask_until_made(lambda: daemon.handle(order(alert)), PATIENCE)

    assert isinstance(ids, list)
    assert len(ids) == 2


def test_an_older_client_that_makes_the_sound_itself_starts_no_child(daemon: Requests, jobs: RenderJobs) -> None:
    alert = daemon.carry_out(
        "compose",
        {
            **{"text": "Lũ!", "bulletin": None, "villages": ["na-hoa"], "everywhere": False},
            **{"drill": False, "until": None},
        },
        0,
    )

    assert isinstance(alert, dict)
    assert alert["wanted"].keys() == set(alert["recipes"].values())
    assert not jobs.collect()


def test_a_voice_that_cannot_speak_is_told_to_whoever_gives_the_alarm(home: Path, clock: FakeClock) -> None:
    (home / "box.yaml").write_text(
        "plays: {na-hoa: a}\noutputs: {a: {device: memory}}\nvoices: ['command:/bin/false']\n"
    )
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text().replace("tone:low", "gtts:vi"))  # an alarm does not wait for a network
    with closing(Station.open(home, clock=clock)) as station:
        client = Client(home, station.paths.state, lambda: pytest.fail("the station is not opened"), clock=clock)
        with DaemonThread(home, at("2026-11-24T06:00:00")):
            alert = client.preview_urgent(PreviewUrgent("Nước dâng!", None, ("na-hoa",), False, False, None))

            with pytest.raises(NotAvailable, match="/bin/false"):
                client.urgent(alert, 1, 5.0, "Lan")

        assert not list(station.paths.cache.rglob("*.wav"))


def test_an_alarm_whose_daemon_has_gone_is_made_and_given_by_the_command_itself(home: Path) -> None:
    with closing(Station.open(home, clock=HurryingClock(at("2026-11-24T06:00:00")))) as station:
        client = client_of(station)
        alert = station.alerts.preview(PREVIEW)

        (first, second) = client.urgent(alert, 1, 5.0, "Lan")

        assert (first.verdict, second.verdict) == ("aired", "aired")


class BusyDaemon(FakeDaemon):
    """Somebody who is making the sound the first times that they are asked."""

    left = 3

    def _carry_out(self, do: str, args: dict[str, object], uid: int) -> object:
        if do == "urgent" and self.left:
            self.left -= 1
            raise BeingMade(Message("its sound is being made"))
        return super()._carry_out(do, args, uid)


ALERT = AlertPreview("Lũ!", None, False, None, ["na-hoa"], "Lũ!", [], [], {"a": "0" * 64}, {}, {})


def test_a_client_asks_again_until_the_sound_is_made(tmp_path: Path) -> None:
    daemon = BusyDaemon(tmp_path / "control.sock")
    daemon.answers |= {"urgent": ["a"], "outcome": [{"id": "a", "verdict": "on-air", "why": None}]}
    client = Client(tmp_path, tmp_path, lambda: pytest.fail("the station is not opened"))
    with closing(daemon):
        (outcome,) = client.urgent(ALERT, 1, 5.0, "Lan")

    assert outcome.verdict == "on-air"
    assert [do for do, *_ in daemon.asked] == ["urgent", "outcome"]


def test_whoever_waits_for_the_sound_can_give_up(tmp_path: Path) -> None:
    class Interrupting(BusyDaemon):
        def _carry_out(self, do: str, args: dict[str, object], uid: int) -> object:
            os.kill(os.getpid(), signal.SIGINT)
            return super()._carry_out(do, args, uid)

    daemon = Interrupting(tmp_path / "control.sock")
    client = Client(tmp_path, tmp_path, lambda: pytest.fail("the station is not opened"))
    with closing(daemon), pytest.raises(KeyboardInterrupt):
        client.urgent(ALERT, 1, 5.0, "Lan")

    assert daemon.left < BusyDaemon.left


def test_what_is_wrong_with_an_alarm_is_said_before_anything_is_made(daemon: Requests, jobs: RenderJobs) -> None:
    with pytest.raises(BadUsage):
        daemon.handle(Envelope(PreviewUrgent("...", None, ("na-hoa",), False, False, None, make=True)))

    assert not jobs.collect()
