"""What was read of texts and recordings is left for whoever must not take the time to read: the daemon above all."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from click.testing import CliRunner, Result

from loudspeaker.cli import cli
from loudspeaker.clock import FakeClock
from loudspeaker.config import bulletin_file
from loudspeaker.config.bulletin_file import MOST_LETTERS
from loudspeaker.daemon.children import Children
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.daemon.service import Service
from loudspeaker.errors import BadUsage, BeingRead
from loudspeaker.model.requests import PreviewUrgent
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station

NEW = "---\ntitle: Mới\n---\nSáng mai UBND xã họp lúc 8h30.\n"


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), *arguments])


def readings(home: Path) -> dict[str, Path]:
    return {path.name: path for path in (home / ".state" / "readings").iterdir()}


@pytest.fixture
def daemon(home: Path, clock: FakeClock) -> Iterator[Requests]:
    """A station on the air that leaves reading to others."""
    station = Station.open(home, clock=clock)
    station.reload(reads=False)
    live = Requests(
        OnAir(station, {"san-kho": MemorySpeaker(clock)}, clock, station.log, lambda *_: frozenset({"box"}))
    )
    live.on_air.look()
    yield live
    live.on_air.close()
    station.close()


def why(daemon: Requests, airing: str) -> str:
    return next(
        str(one.why)
        for one in daemon.station.airings.between(*daemon.station.clock.window(None, 1))
        if one.id == airing
    )


TODAY = "na-hoa/tin-sang/2026-11-24T17:30"


def test_a_text_that_nobody_has_read_is_not_ready(home: Path, daemon: Requests) -> None:
    assert why(daemon, TODAY) == "it is being read; wait a moment"

    assert run(home, "read-ahead").exit_code == 0
    daemon.on_air.look()

    assert why(daemon, TODAY) == "None"
    assert daemon.station.planner.unread_sources() == []


def test_only_what_was_edited_is_read_again(home: Path, daemon: Requests) -> None:
    run(home, "read-ahead")
    before = readings(home)
    (home / "bulletins" / "tin-sang.md").write_text(NEW, encoding="utf-8")
    daemon.on_air.look()
    assert daemon.station.planner.unread_sources() == ["Sáng mai UBND xã họp lúc 8h30."]

    stamps = {name: path.stat().st_mtime_ns for name, path in before.items()}
    run(home, "read-ahead")

    assert len(readings(home).keys() - before.keys()) == 1
    assert {name: before[name].stat().st_mtime_ns for name in before} == stamps


def test_other_words_of_the_commune_are_another_reading(home: Path, daemon: Requests) -> None:
    run(home, "read-ahead")
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8") + "say: {nắng: rất nắng}\n", encoding="utf-8")
    daemon.on_air.look()
    assert "trời nắng" in " ".join(daemon.station.planner.unread_sources())

    run(home, "read-ahead")
    daemon.on_air.look()

    station = daemon.station
    assert "trời rất nắng" in station.planner.bulletin_spec(station.files.bulletin("tin-sang")).spoken_text


@pytest.mark.parametrize(
    "damage", [b"", b"\xff\x00[", b"[" * 100_000, b'[99, ["0a", 1, 1.0, 1, 0], ""]\n{}', b"null\n\n"]
)
def test_a_reading_that_is_damaged_or_foreign_is_made_again(home: Path, daemon: Requests, damage: bytes) -> None:
    run(home, "read-ahead")
    whole = {name: path.read_bytes() for name, path in readings(home).items()}
    for path in readings(home).values():
        path.write_bytes(damage)

    daemon.station.reload()
    assert why(daemon, TODAY) == "it is being read; wait a moment"

    run(home, "read-ahead")
    assert {name: path.read_bytes() for name, path in readings(home).items()} == whole


def test_a_reading_of_another_text_is_never_taken_for_this_ones(home: Path, daemon: Requests) -> None:
    run(home, "read-ahead")
    paths = list(readings(home).values())
    for path, other in zip(paths, [*paths[1:], paths[0]], strict=True):
        path.with_suffix(".new").write_bytes(other.read_bytes())
    for path in paths:
        path.with_suffix(".new").replace(path)

    assert len(daemon.station.planner.unread_sources()) == len(paths)


def test_a_link_among_the_readings_is_not_followed(home: Path, daemon: Requests) -> None:
    run(home, "read-ahead")
    for path in readings(home).values():
        path.rename(home / path.name)
        path.symlink_to(home / path.name)

    assert daemon.station.planner.unread_sources()


def test_words_that_were_damaged_behind_a_sound_outline_are_read_again(home: Path, station: Station) -> None:
    said = station.planner.bulletin_spec(station.files.bulletin("tin-sang")).spoken_text
    for path in readings(home).values():
        head, _, words = path.read_bytes().partition(b"\n")
        path.write_bytes(head + b"\n" + words.replace("trời".encode(), "giời".encode()))

    with_others = Station.open(home, clock=station.clock)

    assert with_others.planner.bulletin_spec(with_others.files.bulletin("tin-sang")).spoken_text == said
    with_others.close()


def test_what_nobody_wants_any_more_goes_after_a_day(home: Path, clock: FakeClock) -> None:
    run(home, "read-ahead")
    old = readings(home).keys()
    (home / "bulletins" / "tin-sang.md").write_text(NEW, encoding="utf-8")
    for path in readings(home).values():
        os.utime(path, (0, 0))

    run(home, "read-ahead")

    assert len(old - readings(home).keys()) == 1
    assert len(readings(home)) == len(old)


def test_a_recording_is_hashed_by_others_too(home: Path, daemon: Requests) -> None:
    (home / "recordings").mkdir()
    (home / "recordings" / "loi.wav").write_bytes(b"RIFF")
    told = "---\ntitle: Tin sáng\nparts: [{audio: recordings/loi.wav}]\n---\n"
    (home / "bulletins" / "tin-sang.md").write_text(told, encoding="utf-8")
    run(home, "read-ahead", "--help")
    daemon.on_air.look()
    assert why(daemon, TODAY) == "it is being read; wait a moment"

    run(home, "read-ahead")
    daemon.on_air.look()
    assert why(daemon, TODAY) == "None"

    (home / "recordings" / "loi.wav").unlink()
    daemon.on_air.look()
    assert why(daemon, TODAY) == "the recording recordings/loi.wav is missing"


def test_only_recordings_that_are_named_are_looked_at(home: Path, daemon: Requests) -> None:
    (home / "recordings").mkdir()
    (home / "recordings" / "loi.wav").write_bytes(b"RIFF")
    told = "---\ntitle: Tin sáng\nparts: [{audio: recordings/loi.wav}]\n---\n"
    (home / "bulletins" / "tin-sang.md").write_text(told, encoding="utf-8")
    assert daemon.on_air.look()
    assert daemon.on_air.look()  # what it names is looked at from now on

    (home / "recordings" / "khac.wav").write_bytes(b"RIFF")
    assert not daemon.on_air.look()
    (home / "recordings" / "loi.wav").write_bytes(b"RIFF.")
    assert daemon.on_air.look()


def test_a_broken_file_is_read_once_and_its_last_good_version_stands_in(home: Path, daemon: Requests) -> None:
    parsed: list[bytes] = []
    parse = bulletin_file.parse

    def noting(path: str, data: bytes) -> Any:
        parsed.append(data)
        return parse(path, data)

    folder = daemon.station.files.folder
    (home / "bulletins" / "nhac.md").write_text("---\ntitel: Nhắc\n---\nLời mới.\n", encoding="utf-8")

    for _ in range(3):
        found = folder._load(folder.sources[0], "bulletins/nhac.md", noting, daemon.on_air.now())

    assert found.value.title == "Nhắc lại"
    assert len(found.problems) == 2
    assert len(parsed) == 2  # the broken one and the good one


def test_an_alarm_out_of_a_template_that_was_just_edited_is_read_by_who_gives_it(home: Path, daemon: Requests) -> None:
    asked = {"text": None, "bulletin": "lu-quet", "villages": ["na-hoa"], "everywhere": False, "drill": False}

    with pytest.raises(BeingRead):
        daemon.carry_out("compose", {**asked, "until": None}, 0)
    with closing(Station.open(home, clock=daemon.on_air.clock)) as command:
        call = command.alerts.preview(PreviewUrgent(None, "lu-quet", ("na-hoa",), False, False, None))
    daemon.on_air.look()

    assert daemon.carry_out("compose", {**asked, "until": None}, 0)["spoken"] == call.spoken  # type: ignore[index]


def test_whoever_may_leave_nothing_reads_all_the_same(home: Path, clock: FakeClock) -> None:
    (home / ".state").mkdir()
    (home / ".state" / "readings").write_text("not a folder", encoding="utf-8")

    done = run(home, "plan", "--json", "--date", "2026-11-24")

    assert done.exit_code == 0
    assert {row["expected"] for row in json.loads(done.stdout)} == {"air"}


class Fruitless(Children):
    """They can keep nothing, as on a full disk."""

    def __init__(self) -> None:
        super().__init__(lambda *words: list(words))
        self.started: list[str] = []

    def start(self, *words: str, name: str = "", quiet: bool = False, output: BinaryIO | None = None) -> None:
        self.started.append(words[0])


def test_where_no_child_can_leave_anything_the_daemon_reads_what_is_short(home: Path, clock: FakeClock) -> None:
    long = "---\ntitle: Dài\n---\n" + "Họp thôn. " * 1000
    (home / "bulletins" / "tin-sang.md").write_text(long, encoding="utf-8")
    station = Station.open(home, clock=clock)
    children = Fruitless()
    service = Service(station, {"san-kho": MemorySpeaker(clock)}, children=children)

    for _ in range(12):
        service.look()

    assert children.started.count("read-ahead") == 1
    assert station.planner.unread_sources() == [("Họp thôn. " * 1000).rstrip()]
    service.close()
    station.close()


def test_the_edit_that_comes_while_others_are_read_is_read_next(home: Path, clock: FakeClock) -> None:
    station = Station.open(home, clock=clock)
    children = Fruitless()
    service = Service(station, {"san-kho": MemorySpeaker(clock)}, children=children)
    service.look()
    (home / "bulletins" / "tin-sang.md").write_text(NEW, encoding="utf-8")

    service.look()

    assert children.started.count("read-ahead") == 2
    service.close()
    station.close()


def test_the_same_texts_by_other_words_are_asked_for_anew(home: Path, clock: FakeClock) -> None:
    station = Station.open(home, clock=clock)
    children = Fruitless()
    service = Service(station, {"san-kho": MemorySpeaker(clock)}, children=children)
    service.look()
    (home / "commune.yaml").write_text(
        (home / "commune.yaml").read_text(encoding="utf-8") + "say: {nắng: rất nắng}\n", encoding="utf-8"
    )

    service.look()

    assert children.started.count("read-ahead") == 2
    service.close()
    station.close()


def test_who_reads_what_was_wanted_before_makes_way(home: Path, clock: FakeClock) -> None:
    station = Station.open(home, clock=clock)
    children = Fruitless()
    service = Service(station, {"san-kho": MemorySpeaker(clock)}, children=children)
    service.look()
    reading = children._running["read-ahead"] = subprocess.Popen(["sleep", "60"])
    service.look()
    assert reading.poll() is None  # nothing else is wanted

    (home / "bulletins" / "tin-sang.md").write_text(NEW, encoding="utf-8")
    service.look()

    assert reading.poll() is not None
    assert children.started.count("read-ahead") == 2
    service.close()
    station.close()


def test_a_text_longer_than_any_session_is_refused_with_what_to_do(home: Path) -> None:
    whole = "---\ntitle: Dài\n---\n" + "a" * MOST_LETTERS
    (home / "bulletins" / "dai.md").write_text(whole, encoding="utf-8")
    assert "bulletins/dai.md" not in run(home, "check").stdout

    (home / "bulletins" / "dai.md").write_text(whole + "b", encoding="utf-8")
    done = run(home, "--lang", "en", "check")

    assert done.exit_code == 2
    assert "40001 letters, more than 40000 (some fifty minutes): cut it into two bulletins" in done.stdout


def test_the_words_of_parts_count_together(home: Path) -> None:
    parts = ", ".join(f"{{text: {'a' * 15_000}}}" for _ in range(3))
    (home / "bulletins" / "dai.md").write_text(f"---\ntitle: Dài\nparts: [{parts}]\n---\n", encoding="utf-8")

    assert "45000 letters" in run(home, "--lang", "en", "check").stdout


@pytest.mark.parametrize("verb", ["compose", "urgent"])
def test_an_alarm_longer_than_what_is_read_at_once_is_refused(daemon: Requests, verb: str) -> None:
    facts: dict[str, object] = {"text": "á" * 4_001, "bulletin": None, "villages": ["na-hoa"], "drill": False}
    facts |= {"until": None}
    facts |= {"everywhere": False} if verb == "compose" else {"repeat": 1, "gap": 1.0, "by": "Lan"}

    with pytest.raises(BadUsage, match="4001 letters, more than 4000"):
        daemon.carry_out(verb, facts, 0)


@pytest.mark.parametrize("key", ["opening", "closing"])
def test_the_words_around_a_session_are_a_few_sentences(home: Path, key: str) -> None:
    (home / "commune.yaml").write_text(f"commune: Xã\nid: xa\n{key}: {'a' * 4_001}\n", encoding="utf-8")

    done = run(home, "--lang", "en", "check")

    assert done.exit_code == 2
    assert "commune.yaml:3: 4001 letters are too many; at most 4000" in done.stdout
