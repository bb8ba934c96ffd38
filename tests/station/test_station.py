"""The verbs of the Station, on a small commune, a fake clock and a humming voice."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from harness.fake_daemon import client_of
from harness.made_sound import make_sound, save_rendering
from harness.small_commune import at
from harness.stories import tell_story

from loudspeaker.clock import FakeClock
from loudspeaker.codec import decode, encode
from loudspeaker.config import box_file
from loudspeaker.daemon.on_air import OnAir, rehearse
from loudspeaker.daemon.requests import Requests
from loudspeaker.errors import BadFile, BadUsage, NotFound, Refused
from loudspeaker.interfaces import State
from loudspeaker.maintenance.check import check_files
from loudspeaker.maintenance.doctor import examine
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.enums import Verdict
from loudspeaker.model.requests import EndUrgent, Play, PreviewUrgent, Urgent
from loudspeaker.production.specification import RecordingSpec, RenderJob
from loudspeaker.sound.profiles import PROFILES
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station

Progress = Callable[[int, int, str], None]
LONG_NAP = timedelta(minutes=10)  # whole days pass, and whatever is due must wake it by itself
TODAY = ["na-hoa/tin-sang/2026-11-24T06:05", "na-hoa/nhac/2026-11-24T11:00"]


@pytest.fixture
def station(station: Station) -> Station:
    save_rendering(station)
    return station


def on_air(station: Station, clock: FakeClock) -> Requests:
    speakers = {"san-kho": MemorySpeaker(clock)}
    return Requests(OnAir(station, speakers, clock, station.log, lambda *_: frozenset({"box"}), nap=LONG_NAP))


def run_until(live: Requests, clock: FakeClock, moment: str) -> None:
    live.on_air.look()  # whoever edits something does so between two runs
    while clock.now() < at(moment):
        clock.advance_to(min(live.on_air.step(), at(moment)))
    live.on_air.step()


def verdicts(station: Station) -> dict[str, Verdict]:
    return {row.id: row.verdict for row in station.airings.records()}


def test_a_plan_tells_who_hears_what_when(station: Station) -> None:
    rows = station.airings.plan()

    assert [row.id for row in rows][:2] == TODAY
    assert {row.id for row in rows[2:]} == {f"{v}/tin-sang/2026-11-24T17:30" for v in ("na-hoa", "suoi-trat")}
    assert {row.airing.expected for row in rows} == {"air"}
    assert {row.record for row in rows} == {None}


def test_a_day_that_was_prepared_is_aired_in_full(station: Station, clock: FakeClock, quiet: Progress) -> None:
    assert all(row.ready for row in station.preparation.prepare(None, 1, quiet))
    live = on_air(station, clock)

    run_until(live, clock, "2026-11-24T18:00:00")

    assert set(verdicts(station).values()) == {"aired"}
    assert len(verdicts(station)) == 4


def test_villages_on_one_output_hear_the_same_once(station: Station, clock: FakeClock, quiet: Progress) -> None:
    station.preparation.prepare(None, 1, quiet)
    live = on_air(station, clock)

    run_until(live, clock, "2026-11-24T18:00:00")

    assert len(live.speakers["san-kho"].played) == 3  # type: ignore[attr-defined]


def test_nothing_is_aired_that_was_not_made_ahead(station: Station, clock: FakeClock) -> None:
    live = on_air(station, clock)

    run_until(live, clock, "2026-11-24T07:00:00")

    assert verdicts(station) == {TODAY[0]: "failed-sound"}


def test_preparing_twice_makes_nothing_twice(station: Station, quiet: Progress) -> None:
    station.preparation.prepare(None, 1, quiet)
    before = {path: path.stat().st_mtime_ns for path in station.paths.cache.rglob("*.wav")}

    station.preparation.prepare(None, 1, quiet)

    assert before == {path: path.stat().st_mtime_ns for path in station.paths.cache.rglob("*.wav")}


def test_what_is_there_is_found_without_loading_what_makes_it(
    home: Path, station: Station, clock: FakeClock, quiet: Progress
) -> None:
    clock.advance_to(at("2026-11-24T06:00:00"))
    alarm = PreviewUrgent("Nước dâng!", None, ("na-hoa",), False, True, None)
    call = station.alerts.preview(alarm)
    make_sound(station, {**call.wanted, **call.clears})

    with closing(Station.open(home, clock=clock)) as later:
        again = later.alerts.preview(alarm)

    assert again == replace(call, wanted={}, clears={})
    assert "preparation" not in vars(later)  # numpy and all


def test_what_a_second_voice_has_said_is_asked_of_the_first_again(station: Station, home: Path) -> None:
    order = station.planner.bulletin_spec(station.files.bulletin("nhac"), "san-kho").with_voices(
        ("tone:low", "tone:high")
    )

    assert order.is_first_choice("tone:low")
    assert not order.is_first_choice("tone:high")


def test_changing_one_sentence_synthesizes_one_sentence(station: Station, home: Path, quiet: Progress) -> None:
    del station.preparation.renderer  # the station's own: its clips are counted
    station.preparation.prepare(None, 1, quiet)
    clips = set(station.paths.cache.rglob("*.flac"))
    path = home / "bulletins/tin-sang.md"
    path.write_text(path.read_text(encoding="utf-8").replace("trời nắng", "trời mưa"), encoding="utf-8")

    station.reload()
    station.preparation.prepare(None, 1, quiet)

    assert len(set(station.paths.cache.rglob("*.flac")) - clips) == 1


def test_a_skip_is_shown_in_the_plan_and_kept_on_air(station: Station, clock: FakeClock, quiet: Progress) -> None:
    station.preparation.prepare(None, 1, quiet)
    client_of(station).skip("1", "trời mưa", "Lan")

    assert station.airings.plan()[0].airing.expected == "skipped"
    run_until(on_air(station, clock), clock, "2026-11-24T07:00:00")
    assert verdicts(station) == {TODAY[0]: "skipped"}


def test_a_skip_can_be_taken_back(station: Station) -> None:
    client_of(station).skip(TODAY[0], "nhầm", "Lan")

    client_of(station).skip(TODAY[0], None, "Lan", undo=True)

    assert station.airings.plan()[0].airing.expected == "air"


def test_a_pause_outlives_an_earlier_resume_that_a_wrong_clock_put_after_it(station: Station, clock: FakeClock) -> None:
    clock.step(3600)  # it was an hour ahead
    client_of(station).pause("na-hoa", at("2026-11-24T07:00:00"), "mất điện", "Lan")
    client_of(station).resume("na-hoa", "Lan")
    clock.step(-3600)

    client_of(station).pause("na-hoa", at("2026-11-24T20:00:00"), "đám tang", "Lan")

    assert [row.airing.expected for row in station.airings.plan(village="na-hoa")] == ["refused"] * 3


def test_a_paused_village_is_quiet_until_it_is_resumed(station: Station, clock: FakeClock) -> None:
    client_of(station).pause("suoi-trat", at("2026-11-24T20:00:00"), "đám tang", "Lan")
    assert {row.airing.expected for row in station.airings.plan()} == {"refused"}  # both hear the same horns

    clock.advance(60)
    client_of(station).resume("suoi-trat", "Lan")
    assert {row.airing.expected for row in station.airings.plan()} == {"air"}


def test_an_approval_holds_until_the_words_change(station: Station, home: Path) -> None:
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8") + "policy: {approval: required}\n", encoding="utf-8")
    station.reload()
    assert {row.airing.expected for row in station.airings.plan()} == {"refused"}

    client_of(station).approve("tin-sang", "Chủ tịch")
    assert [row.airing.expected for row in station.airings.plan()] == ["air", "refused", "air", "air"]

    path = home / "bulletins/tin-sang.md"
    path.write_text(path.read_text(encoding="utf-8").replace("nắng", "mưa"), encoding="utf-8")
    station.reload()
    assert {row.airing.expected for row in station.airings.plan()} == {"refused"}


def test_an_edit_withdraws_what_is_due_no_more(station: Station, home: Path, clock: FakeClock, quiet: Progress) -> None:
    station.preparation.prepare(None, 1, quiet)
    live = on_air(station, clock)
    run_until(live, clock, "2026-11-24T10:00:00")

    (home / "schedules/na-hoa.yaml").unlink()
    run_until(live, clock, "2026-11-24T18:00:00")

    assert TODAY[1] not in verdicts(station)  # edited away before it was due: an event, no verdict


def test_a_broken_edit_keeps_the_last_good_version(station: Station, home: Path, clock: FakeClock) -> None:
    (home / "schedules/na-hoa.yaml").write_text("broadcasts: [", encoding="utf-8")

    station.reload()

    assert [row.id for row in station.airings.plan()][:2] == TODAY
    assert station.files.problems[0].path == "schedules/na-hoa.yaml"
    with closing(Station.open(home, clock=clock)) as restarted:
        assert restarted.airings.plan()[0].id == TODAY[0]  # over a restart, too


def test_a_replay_outside_the_hours_is_refused_unless_overridden(
    station: Station, clock: FakeClock, quiet: Progress
) -> None:
    live = on_air(station, clock)
    station.preparation.make([station.planner.bulletin_spec(station.files.bulletin("nhac"), "san-kho")], quiet)
    clock.advance_to(at("2026-11-24T09:00:00"))
    live.on_air.step()

    live.play(Play("nhac", ("na-hoa",)), "Lan")
    run_until(live, clock, "2026-11-24T09:01:00")
    live.play(Play("nhac", ("na-hoa",), "mất bò"), "Lan")
    run_until(live, clock, "2026-11-24T09:02:00")

    kinds = [row.verdict for row in station.airings.records() if "/play/" in row.id]
    assert kinds == ["refused", "aired"]


def replays(station: Station, clock: FakeClock, quiet: Progress, *asked: tuple[str, str]) -> list[Verdict]:
    """A whole day, with replays by hand: when, and the reason for breaking policy. Their verdicts."""
    station.preparation.prepare(None, 1, quiet)
    live = on_air(station, clock)
    ids = []
    for moment, override in asked:
        run_until(live, clock, f"2026-11-24T{moment}")
        ids += live.play(Play("nhac", ("na-hoa",), override), "Lan")
    run_until(live, clock, "2026-11-24T18:30:00")
    told = verdicts(station)
    assert [told[airing] for airing in told if "/play/" not in airing] == ["aired"] * 4
    return [told[airing] for airing in ids]


def allow(home: Path, policy: str) -> None:
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8") + f"policy: {{{policy}}}\n", encoding="utf-8")


def test_a_replay_is_no_session_more_than_policy_allows_beside_the_plan(
    home: Path, station: Station, clock: FakeClock, quiet: Progress
) -> None:
    allow(home, "sessions_per_day: 3")
    station.reload()

    told = replays(station, clock, quiet, ("10:50:00", ""), ("10:52:00", "mất bò"), ("11:01:00", ""))

    assert told == ["refused", "aired", "aired"]  # the third is heard in the session of 11:00


def test_a_replay_that_was_heard_counts_as_a_session_of_the_day(
    home: Path, station: Station, clock: FakeClock, quiet: Progress
) -> None:
    allow(home, "sessions_per_day: 4")
    station.reload()

    told = replays(station, clock, quiet, ("10:46:00", ""), ("11:20:00", ""), ("11:20:30", "mất bò"), ("16:40:00", ""))

    assert told == ["aired", "refused", "aired", "refused"]


def by_hand(station: Station, clock: FakeClock, quiet: Progress, moment: str) -> str:
    """The verdict of a replay that a command plays itself, where no daemon runs."""
    station.preparation.make([station.planner.bulletin_spec(station.files.bulletin("nhac"), "san-kho")], quiet)
    clock.advance_to(at(f"2026-11-24T{moment}"))
    alone = Requests(OnAir(station, {"san-kho": MemorySpeaker(clock)}, clock, station.log, alone=True))
    (airing,) = alone.play(Play("nhac", ("na-hoa",)), "Lan")
    while alone.controller.open_items():
        clock.advance_to(alone.on_air.step())
    return verdicts(station)[airing]


def test_what_was_missed_counts_for_nothing(home: Path, station: Station, clock: FakeClock, quiet: Progress) -> None:
    allow(home, "sessions_per_day: 1")
    station.reload()
    assert [row.airing.expected for row in station.airings.plan(date(2026, 11, 24))][:2] == ["air", "refused"]

    assert by_hand(station, clock, quiet, "10:50:00") == "aired"
    assert by_hand(station, clock, quiet, "16:35:00") == "refused"  # the first one was heard


def test_what_is_still_to_come_counts(home: Path, station: Station, clock: FakeClock, quiet: Progress) -> None:
    allow(home, "sessions_per_day: 1")
    station.reload()

    assert by_hand(station, clock, quiet, "05:40:00") == "refused"


def test_of_what_was_heard_in_part_its_seconds_count(
    home: Path, station: Station, clock: FakeClock, quiet: Progress
) -> None:
    allow(home, "sessions_per_day: 1")
    station.reload()
    station.preparation.prepare(None, 1, quiet)
    run_until(on_air(station, clock), clock, "2026-11-24T06:05:08")  # and then the power is gone

    assert by_hand(station, clock, quiet, "06:09:00") == "aired"  # in the same session
    assert by_hand(station, clock, quiet, "10:50:00") == "refused"


def test_what_was_played_and_not_heard_counts_for_nothing(
    home: Path, station: Station, clock: FakeClock, quiet: Progress
) -> None:
    allow(home, "sessions_per_day: 1")
    station.reload()
    (airing, *_) = station.airings.between(at("2026-11-24T00:00:00"), at("2026-11-25T00:00:00"))
    began = airing.scheduled_at
    facts = {"started_at": began, "ended_at": began + timedelta(seconds=20)}
    station.log.verdict(AsRunRecord(replace(airing.occurrence, title=""), Verdict.NO_AUDIO, "", **facts))

    assert by_hand(station, clock, quiet, "10:50:00") == "aired"


def test_a_replay_counts_as_minutes_of_its_session(
    home: Path, station: Station, clock: FakeClock, quiet: Progress
) -> None:
    allow(home, "minutes_per_session: 4")
    station.reload()

    told = replays(station, clock, quiet, ("11:02:00", ""), ("11:04:05", ""))

    assert told == ["aired", "refused"]


def test_an_emergency_breaks_in_is_repeated_and_ends(station: Station, clock: FakeClock, quiet: Progress) -> None:
    station.preparation.prepare(None, 1, quiet)
    live = on_air(station, clock)
    run_until(live, clock, "2026-11-24T06:05:05")
    said = station.alerts.alert_spec(None, "lu-quet", "san-kho", False)
    clear = station.alerts.alert_spec(None, "het-lu", "san-kho", False)
    station.preparation.make([said, clear], quiet)

    live.urgent(Urgent(None, "lu-quet", ("na-hoa", "suoi-trat"), 2, 30.0, None, False), "Lan")
    live.on_air.step()
    assert live.speakers["san-kho"].poll().airing.split("/")[1] == "urgent"
    clock.advance(15)
    live.on_air.step()
    ended = live.end_urgent(EndUrgent(), "Lan")
    run_until(live, clock, "2026-11-24T06:20:00")

    told = verdicts(station)
    assert {told[airing] for airing in ended} == {"aired"}
    assert live.speakers["san-kho"].poll().state is State.DONE


def test_a_specification_comes_back_from_its_job(station: Station) -> None:
    called = station.alerts.alert_spec("Nước dâng!", None, "san-kho", drill=True)
    bulletin = station.planner.bulletin_spec(station.files.bulletin("nhac"))
    recorded = replace(bulletin, lead_file=RecordingSpec("nhac.m4a", "0a"), pieces=(RecordingSpec("a.wav", "1b"),))

    for order in (called, bulletin, recorded):
        assert decode(RenderJob, json.loads(json.dumps(encode(order.job())))).spec() == order


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("06:30", "2026-11-24T06:30:00+07:00"),
        ("05:00", "2026-11-25T05:00:00+07:00"),  # past for today
        ("+7200", "2026-11-24T07:00:00+07:00"),
        ("2026-11-24T18:30:00", "2026-11-24T18:30:00+07:00"),
    ],
)
def test_a_moment_is_what_the_clock_of_the_commune_makes_of_it(station: Station, asked: str, meant: str) -> None:
    assert station.clock.resolve(asked).isoformat() == meant


@pytest.mark.parametrize("words", ["24:00", "25:30", "18:60", "١٨:٣٠"])
def test_an_hour_that_no_day_has_is_a_mistake_of_whoever_asks(station: Station, words: str) -> None:
    with pytest.raises(BadUsage, match=words):
        station.clock.resolve(words)


def test_a_drill_says_that_it_is_one(station: Station, clock: FakeClock) -> None:
    clock.advance_to(at("2026-11-24T06:00:00"))
    call = station.alerts.preview(PreviewUrgent("Nước dâng!", None, ("na-hoa",), False, True, None))

    assert call.spoken.startswith("Đây là diễn tập.")
    assert call.spoken.endswith("Đây là diễn tập.")


def test_the_story_of_an_airing_is_told_before_and_after(station: Station, clock: FakeClock, quiet: Progress) -> None:
    before = tell_story(station, TODAY[0])
    station.preparation.prepare(None, 1, quiet)
    run_until(on_air(station, clock), clock, "2026-11-24T07:00:00")
    after = tell_story(station, TODAY[0])

    assert "It is planned and will be aired." in before
    assert "It was aired in full, on time." in after


def test_a_week_rehearsed_gives_the_verdicts_that_the_plan_expects(station: Station) -> None:
    planned = station.airings.plan(date(2026, 11, 30), 7)

    rows = rehearse(station, date(2026, 11, 30), date(2026, 12, 6))

    assert {row.id for row in rows} == {row.id for row in planned}
    assert {row.verdict for row in rows} == {"aired"}
    assert station.airings.records(date(2026, 11, 30), 7) == []  # nothing of it is in the real log


def test_unknown_names_are_refused_with_what_there_is(station: Station) -> None:
    with pytest.raises(NotFound, match=r"tin-sang"):
        station.files.bulletin("tin-toi")
    with pytest.raises(NotFound, match=r"na-hoa"):
        station.airings.plan(village="na-huong")
    with pytest.raises(NotFound):
        tell_story(station, "na-hoa/khong-co/2026-11-24T06:05")
    with pytest.raises(BadUsage):
        station.files.hearers([], everywhere=False)


def test_an_emergency_is_never_a_plain_replay(station: Station, quiet: Progress) -> None:
    with pytest.raises(Refused):
        client_of(station).play(Play("lu-quet", ("na-hoa",)), "Lan")
    with pytest.raises(BadUsage):
        station.alerts.preview(PreviewUrgent(None, "nhac", ("na-hoa",), False, False, None))


def test_a_folder_without_a_station_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="init"):
        Station.open(tmp_path)


def test_the_state_of_another_commune_is_refused(station: Station, home: Path, clock: FakeClock) -> None:
    station.airings.plan()
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8").replace("id: xa-thu", "id: xa-khac"), encoding="utf-8")

    with pytest.raises(Refused):
        Station.open(home, clock=clock).airings.plan()


def test_a_damaged_log_is_set_aside_and_the_station_goes_on(home: Path, clock: FakeClock) -> None:
    (home / ".state").mkdir()
    (home / ".state/asrun.db").write_bytes(b"SQLite format 3\0" + b"garbage" * 2000)

    with closing(Station.open(home, clock=clock)) as station:
        assert len(station.airings.plan()) == 4
        assert list((home / ".state").glob("asrun.damaged-*"))
        assert any("damaged" in str(check.wrong) for check in examine(station, None))


def test_every_profile_that_a_box_may_name_can_be_mastered_for() -> None:
    assert set(box_file.PROFILES) == set(PROFILES)


def test_the_station_is_its_parts_and_verbs_and_inherits_nothing(station: Station) -> None:
    names = {name for name in {*dir(station), *vars(station)} if not name.startswith("_")}

    assert Station.__bases__ == (object,)
    assert names == {
        *("open", "close", "reload", "paths", "files", "clock", "log"),
        *("planner", "preparation", "alerts", "airings", "editing"),
    }


def test_check_tells_a_mistake_and_leaves_the_open_station_as_it_was(home: Path, station: Station) -> None:
    contents, planner, orders = station.files.contents, station.planner, station.airings.plan()
    (home / "schedules/na-hoa.yaml").write_text("broadcasts: [", encoding="utf-8")

    assert [finding.problem.path for finding in check_files(station) if finding.mistake] == ["schedules/na-hoa.yaml"]
    assert station.files.contents is contents
    assert station.planner is planner
    assert station.airings.plan() == orders


def test_what_nobody_has_read_yet_is_told_as_what_is_being_made_and_not_as_nothing(station: Station) -> None:
    station.reload(reads=False)
    unready = [planned.id for planned in station.airings.unready()]
    assert not station.airings.coming()

    station.reload(reads=True)

    assert [planned.id for planned in station.airings.coming()] == unready != []
    assert not station.airings.unready()
