"""The command contract: what each command prints, on which stream, and how it ends."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from harness.fake_daemon import FakeDaemon
from harness.small_commune import ZONE

from loudspeaker.cli import cli
from loudspeaker.i18n import set_language
from loudspeaker.station.new_station import sample_folder

PLAN = {
    *("id", "village", "output", "broadcast", "bulletin", "title", "level", "drill", "scheduled_at", "starts_at"),
    *("ends_at", "duration_s", "duration_source", "expected", "refusal", "verdict", "why"),
}
LOG = {
    *("id", "village", "output", "broadcast", "bulletin", "title", "revision", "programme", "level", "drill"),
    *("scheduled_at", "started_at", "ended_at", "verdict", "refusal", "why", "via", "voice", "frames", "by", "hash"),
}


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


def run(home: Path | None, *arguments: str, given: str | bytes | None = None) -> Result:
    places = ("--home", str(home)) if home else ()
    return CliRunner(mix_stderr=False).invoke(cli, [*places, *arguments], input=given)


def rows(result: Result) -> Any:
    return json.loads(result.stdout)


def test_the_sample_commune_has_no_mistakes_and_something_on_every_day(tmp_path: Path) -> None:
    assert run(None, "init", str(tmp_path / "xa")).exit_code == 0

    assert run(tmp_path / "xa", "check").exit_code == 0
    days = {row["id"][-16:-6] for row in rows(run(tmp_path / "xa", "plan", "--days", "40", "--json"))}
    assert len(days) == 40


def test_a_station_in_a_groups_folder_is_the_groups_to_edit(tmp_path: Path) -> None:
    home = tmp_path / "dai"
    home.mkdir()
    home.chmod(0o2770)

    assert run(None, "init", str(home)).exit_code == 0

    assert all(path.stat().st_mode & 0o060 == 0o060 for path in home.rglob("*"))


def test_init_never_overwrites_a_station(home: Path) -> None:
    result = run(None, "init", str(home))

    assert result.exit_code == 2
    assert "nothing was changed" in result.stderr


def test_the_sample_is_the_projects_own_top_level() -> None:
    assert (sample_folder() / "bulletins").is_dir()
    assert len(list((sample_folder() / "schedules").glob("*.yaml"))) >= 4


def test_plan_prints_the_agreed_fields_and_nothing_else_on_stdout(home: Path) -> None:
    planned = rows(run(home, "plan", "--date", "2026-11-24", "--json"))

    assert all(set(row) == PLAN for row in planned)
    assert planned[0]["scheduled_at"] == "2026-11-24T06:05:00+07:00"


def test_days_may_be_written_as_people_write_them(home: Path) -> None:
    assert rows(run(home, "plan", "--date", "24/11/2026", "--json")) == rows(
        run(home, "plan", "--date", "2026-11-24", "--json")
    )
    for impossible in ("30/02/2026", "9999-12-31", "1/1/0001"):
        assert run(home, "plan", "--date", impossible).exit_code == 2


def test_a_length_beyond_all_calendars_is_none(home: Path) -> None:
    result = run(home, "urgent", "Thử", "--all", "--gap", "9999999999999h", "--by", "Lan", "--yes")

    assert (result.exit_code, "is not a length of time" in result.stderr) == (2, True)


def test_a_plan_for_a_phone_is_short_plain_text(home: Path) -> None:
    result = run(home, "plan", "--date", "2026-11-24", "--message")

    assert "24/11 06:05 na-hoa: Tin sáng" in result.stdout.splitlines()


def test_every_mistake_of_every_file_is_told_at_once(home: Path) -> None:
    (home / "schedules/na-hoa.yaml").write_text("broadcasts:\n  - {bulletn: nhac, at: 25:00}\n", encoding="utf-8")
    (home / "bulletins/hong.md").write_bytes(b"\xff\xfe\x00")

    result = run(home, "check")

    assert result.exit_code == 2
    assert "schedules/na-hoa.yaml:2" in result.stdout
    assert "“bulletin”" in result.stdout
    assert "25:00" in result.stdout
    assert "bulletins/hong.md" in result.stdout


def test_other_commands_warn_and_go_on_with_what_is_sound(home: Path) -> None:
    (home / "bulletins/hong.md").write_text("no head", encoding="utf-8")

    result = run(home, "plan", "--date", "2026-11-24", "--json")

    assert result.exit_code == 0
    assert "bulletins/hong.md:1" in result.stderr
    assert len(rows(result)) == 4


def test_a_bulletin_that_is_named_must_be_sound_but_an_alarm_takes_its_last_good_version(home: Path) -> None:
    assert run(home, "plan").exit_code == 0  # all is read, and good
    for name in ("nhac", "lu-quet"):
        (home / f"bulletins/{name}.md").write_text("---\ntitel: Nhắc\n---\nLời mới.\n", encoding="utf-8")

    rendered = run(home, "render", "nhac", "-o", str(home / "nhac.wav"))
    approved = run(home, "approve", "nhac", "--by", "Lan")
    played = run(home, "play", "nhac", "--all", "--by", "Lan")
    alarm = run(home, "urgent", "--bulletin", "lu-quet", "--all", "--by", "Lan", given="n\n")

    assert [done.exit_code for done in (rendered, approved, played)] == [2, 2, 2]
    assert "bulletins/nhac.md" in rendered.stderr
    assert "Nước suối đang dâng!" in alarm.stderr
    assert "bulletins/lu-quet.md" in alarm.stderr


def test_an_approval_on_paper_keeps_the_photograph_that_the_log_names(home: Path) -> None:
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text("utf-8") + "policy: {approval_on_paper: yes}\n", encoding="utf-8")
    photo, text = home.parent / "anh.jpg", home.parent / "anh.txt"
    photo.write_bytes(b"\xff\xd8\xffphotograph")
    text.write_text("no photograph")
    signed = ("approve", "nhac", "--by", "Lan", "--yes", "--signer", "Chủ tịch")
    for wrong in (text, home / "nothing.jpg"):
        refused = run(home, *signed, "--photo", str(wrong))
        assert (refused.exit_code, "photograph" in refused.stderr or "cannot be read" in refused.stderr) == (2, True)
    assert run(home, "approve", "nhac", "--by", "Lan", "--yes", "--photo", str(photo)).exit_code == 2  # who signed it?

    done = run(home, *signed, "--photo", str(photo))
    assert done.exit_code == 0, done.stderr
    sha256 = hashlib.sha256(photo.read_bytes()).hexdigest()
    assert (home / "papers" / f"{sha256}.jpg").read_bytes() == photo.read_bytes()
    run(home, "log", "--export", str(home.parent / "log.jsonl"))
    assert sha256 in (home.parent / "log.jsonl").read_text("utf-8")


def test_a_bulletin_that_does_not_exist_is_a_mistake_with_the_likely_one(home: Path) -> None:
    path = home / "schedules/na-hoa.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("bulletin: nhac", "bulletin: nhak"), encoding="utf-8")

    result = run(home, "check")

    assert result.exit_code == 2
    assert "nhac" in result.stdout


def test_a_station_without_its_commune_file_ends_with_2(tmp_path: Path) -> None:
    result = run(tmp_path, "plan")

    assert result.exit_code == 2
    assert "init" in result.stderr


def test_read_works_without_a_station(tmp_path: Path) -> None:
    result = run(tmp_path, "read", "--json", given="Ngày 01/7/2021 có 3 con bò.")

    reading = rows(result)
    assert set(reading) == {"spoken", "doubts", "spans", "left_out"}
    assert reading["spoken"].startswith("Ngày mùng một tháng bảy năm hai nghìn không trăm hai mươi mốt có ba con bò")
    assert all(set(span) == {"written", "spoken", "read"} for span in reading["spans"])


def test_read_gives_a_line_for_each_line(tmp_path: Path) -> None:
    result = run(tmp_path, "read", "--each-line", "-", given="5 con\n\n7 con\nkhông xuống dòng")

    assert result.stdout == "Năm con\n\nBảy con\nkhông xuống dòng\n"


LETTER = """UBND XÃ SƠN TÂN          CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Số: 14/TB-UBND            Độc lập - Tự do - Hạnh phúc

THÔNG BÁO
Về việc ứng phó với bão

Kính gửi: Các thôn.
UBND xã thông báo cắt điện từ 7h30.

Nơi nhận:                 CHỦ TỊCH
- Lưu: VT.                Phạm Quốc Việt
"""


def test_read_of_an_official_letter_leaves_out_what_import_leaves_out_and_says_so(tmp_path: Path) -> None:
    result = run(tmp_path, "--lang", "en", "read", "-", given=LETTER)

    assert "Ủy ban nhân dân xã thông báo cắt điện từ bảy giờ ba mươi phút." in result.stdout
    assert "Cộng hòa" not in result.stdout
    assert "Phạm Quốc Việt" not in result.stdout
    for left in ("left out, the letterhead: ", "left out, to whom it is written: ", "left out, the signature: "):
        assert left in result.stderr

    everything = run(tmp_path, "--lang", "en", "read", "--all", "-", given=LETTER)
    assert "Phạm Quốc Việt" in everything.stdout
    assert "left out" not in everything.stderr


def test_read_of_any_other_text_leaves_nothing_out(tmp_path: Path) -> None:
    result = run(tmp_path, "read", "--json", "-", given="CHỦ TỊCH UBND XÃ THÔNG BÁO\nMai nghỉ.")

    assert json.loads(result.stdout)["left_out"] == []
    assert "Mai nghỉ" in result.stdout


def test_read_of_a_bulletin_tells_doubts_by_the_line_of_the_file(home: Path) -> None:
    path = home / "bulletins/ngo.md"
    path.write_text("---\ntitle: Ngờ\n---\nBà con chú ý.\nGặp ông XQZW nhé.\n", encoding="utf-8")

    result = run(home, "read", str(path))

    assert f"{path}:5: " in result.stderr
    assert "Ngờ" not in result.stdout


def test_the_communes_own_readings_are_used(home: Path) -> None:
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8") + "say: {Bluezone: bờ-lu-dôn}\n", encoding="utf-8")

    assert "bờ-lu-dôn" in run(home, "read", given="Cài Bluezone").stdout


def test_prepare_tells_for_each_airing_whether_it_is_ready(home: Path) -> None:
    result = run(home, "prepare", "--date", "2026-11-24", "--json")

    assert result.exit_code == 0
    assert all(set(row) == {"id", "ready", "why", "duration_s", "voice", "doubts"} for row in rows(result))
    assert {row["voice"] for row in rows(result)} == {"tone:low"}


def test_prepare_ends_with_1_where_something_is_not_ready(home: Path) -> None:
    path = home / "bulletins/nhac.md"
    path.write_text("---\ntitle: H\nparts: [{audio: recordings/mong.flac}]\n---\n", encoding="utf-8")

    result = run(home, "prepare", "--date", "2026-11-24", "--message")

    assert result.exit_code == 1
    assert "mong.flac" in result.stdout


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3"])
def test_render_writes_a_programme_at_its_loudness(home: Path, tmp_path: Path, kind: str) -> None:
    from loudspeaker.ffmpeg import decode_file
    from loudspeaker.sound.loudness import loudness

    result = run(home, "render", "nhac", "-o", str(tmp_path / f"nhac.{kind}"), "--picture", str(tmp_path / "nhac.svg"))

    assert result.exit_code == 0
    assert loudness(decode_file(tmp_path / f"nhac.{kind}", 48_000)) == pytest.approx(-16.0, abs=0.2)
    assert "<svg" in (tmp_path / "nhac.svg").read_text(encoding="utf-8")


def test_render_refuses_a_name_that_says_no_format(home: Path, tmp_path: Path) -> None:
    assert run(home, "render", "nhac", "-o", str(tmp_path / "nhac.xyz")).exit_code == 2


def test_deciding_needs_a_name(home: Path) -> None:
    result = run(home, "approve", "nhac")

    assert result.exit_code == 2
    assert "--by" in result.stderr


def test_a_skip_needs_a_reason_and_shows_in_the_plan(home: Path) -> None:
    airing = rows(run(home, "plan", "--date", "tomorrow", "--json"))[0]["id"]
    assert run(home, "skip", airing, "--by", "Lan").exit_code == 2

    assert run(home, "skip", airing, "--why", "mưa", "--by", "Lan").exit_code == 0

    assert rows(run(home, "plan", "--date", "tomorrow", "--json"))[0]["expected"] == "skipped"


def test_a_skip_is_taken_back_once_and_only_where_there_is_one(home: Path) -> None:
    first, second = [row["id"] for row in rows(run(home, "plan", "--date", "tomorrow", "--json"))][:2]
    assert run(home, "skip", first, "--why", "mưa", "--by", "Lan").exit_code == 0

    assert run(home, "skip", second, "--undo", "--by", "Lan").exit_code == 1
    assert run(home, "skip", "--undo", "--by", "Lan").exit_code == 0
    assert run(home, "skip", "--undo", "--by", "Lan").exit_code == 1


def test_a_pause_lasts_as_long_as_it_is_said_and_all_can_be_ended_at_once(home: Path) -> None:
    assert run(home, "resume", "--by", "Lan").exit_code == 1
    assert run(home, "pause", "--village", "na-hoa", "--until", "2020-01-01", "--why", "x", "--by", "L").exit_code == 2

    for village, until, length in (("na-hoa", "2h", 120), ("suoi-trat", "90 phút", 90)):
        before = datetime.now(ZONE)
        paused = run(home, "pause", "--village", village, "--until", until, "--why", "tang", "--by", "Lan")
        ends = datetime.strptime(paused.stderr.strip()[-16:], "%H:%M %d/%m/%Y").replace(tzinfo=ZONE)
        assert length - 2 < (ends - before).total_seconds() / 60 <= length + 1

    resumed = run(home, "resume", "--by", "Lan")
    assert resumed.exit_code == 0
    assert [line.split()[0] for line in resumed.stderr.splitlines()] == ["na-hoa", "suoi-trat"]
    assert run(home, "resume", "--village", "na-hoa", "--by", "Lan").exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("   ", "--all", "--yes"),
        ("Nước dâng!", "--all", "--yes", "--until", "2020-01-01T10:00"),
        ("Nước dâng!", "--end"),
        ("Nước dâng!", "--bulletin", "lu-quet", "--all"),
        ("Nước dâng!",),
        ("--bulletin", "nhac", "--all", "--yes"),
    ],
)
def test_an_alarm_that_makes_no_sense_is_wrong_usage_and_nothing_is_aired(home: Path, words: tuple[str, ...]) -> None:
    result = run(home, "urgent", *words, "--by", "Lan")

    assert result.exit_code == 2
    assert rows(run(home, "log", "--json")) == []


def test_an_alarm_is_shown_and_asked_about_before_it_is_heard(home: Path) -> None:
    result = run(home, "urgent", "Nước dâng ở XQZW!", "--all", "--until", "2h", "--by", "Lan", given="n\n")

    assert result.exit_code == 1
    for shown in ("Nước dâng ở", "? ", "na-hoa, suoi-trat", "Not after"):
        assert shown in result.stderr
    assert rows(run(home, "log", "--json")) == []


def test_a_second_daemon_is_refused_before_it_says_that_it_is_on_the_air(home: Path) -> None:
    (home / ".state").mkdir()
    house = FakeDaemon(home / ".state" / "control.sock")

    result = run(home, "run", "--welcome", "nhac")

    house.close()
    assert result.exit_code == 1
    assert "running already" in result.stderr
    assert "on the air" not in result.stderr
    assert [do for do, _, _ in house.asked] == ["status"]


def test_what_a_command_starts_speaks_its_language() -> None:
    code = (
        "import os, sys; from loudspeaker.cli import main\ntry: main()\nfinally: print(os.environ['LOUDSPEAKER_LANG'])"
    )
    said = [
        subprocess.run([sys.executable, "-c", code, *words, "--version"], capture_output=True, text=True, check=True)
        for words in ((), ("--lang", "en"), ("--lang=vi",))
    ]

    assert [done.stdout.split()[-1] for done in said] == ["vi", "en", "vi"]


def test_without_a_daemon_stop_says_so_and_ends_with_3(home: Path) -> None:
    result = run(home, "stop", "--why", "thử", "--by", "Lan")

    assert result.exit_code == 3


def test_a_rehearsal_has_the_rows_of_the_log(home: Path) -> None:
    rehearsed = rows(run(home, "rehearse", "--from", "2026-11-24", "--to", "2026-11-24", "--json"))

    assert len(rehearsed) == 4
    assert all(set(row) == LOG for row in rehearsed)
    assert rows(run(home, "log", "--date", "2026-11-24", "--json")) == []


def test_the_log_is_verified_with_its_head(home: Path) -> None:
    run(home, "approve", "nhac", "--by", "Chủ tịch")

    result = run(home, "log", "--verify")

    assert result.exit_code == 0
    assert len(result.stdout.split()[-1]) == 64


def test_a_log_that_was_tampered_with_ends_with_1(home: Path) -> None:
    import sqlite3

    run(home, "approve", "nhac", "--by", "Chủ tịch")
    database = sqlite3.connect(home / ".state/asrun.db")
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    database.execute("UPDATE entries SET entry = replace(entry, 'Chủ tịch', 'ai đó')")
    database.commit()
    database.close()

    told, document = run(home, "log", "--verify"), run(home, "log", "--verify", "--json")

    assert (told.exit_code, document.exit_code) == (1, 1)
    assert len(told.stdout.split()[-1]) == 64
    assert "entry 1" in told.stderr
    assert rows(document)["broken"]["row"] == 1
    assert rows(document)["head"] == told.stdout.split()[-1]


def test_the_drawing_of_a_day_has_a_lane_for_each_village(home: Path, tmp_path: Path) -> None:
    run(home, "plan", "--date", "2026-11-24", "--picture", str(tmp_path / "ngay.svg"))

    drawn = (tmp_path / "ngay.svg").read_text(encoding="utf-8")
    assert ">na-hoa<" in drawn
    assert ">suoi-trat<" in drawn


def test_a_voice_that_was_named_and_does_not_speak_ends_with_1(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "voices"

    assert run(home, "voices", "test", "-o", str(folder)).exit_code == 0
    assert [path.name for path in folder.iterdir()] == ["tone-low.wav"]
    assert run(home, "voices", "test", "tone:low", "piper:vi_VN-nobody", "-o", str(folder)).exit_code == 1


def test_voices_are_listed_with_whether_texts_leave_the_machine(home: Path) -> None:
    listed = {row["voice"]: row for row in rows(run(home, "voices", "list", "--json"))}

    assert listed["tone:low"]["here"]
    assert not listed["tone:low"]["online"]
    assert all(row["online"] for voice, row in listed.items() if voice.startswith("gtts:"))


def test_help_is_in_the_language_asked_for() -> None:
    english = run(None, "--help").stdout
    set_language("vi")
    vietnamese = run(None, "--help").stdout

    assert "Replay a bulletin now" in english
    assert "Phát lại một bản tin" in vietnamese


def test_what_click_complains_of_is_said_in_the_language_of_the_moment(home: Path) -> None:
    """Whole: the usage line above it, and the names of what was expected, which click chooses when it is loaded."""
    set_language("vi")
    complaints = {
        ("--home", str(home), "import", "/nirgends"): "Không có '/nirgends'.",
        ("--home", str(home), "plan", "--days", "0"): "0 nằm ngoài khoảng",
        ("plan", "--nope"): "Không có tùy chọn: --nope",
        ("render", "nhac"): "Thiếu tùy chọn",
        ("plan", "a", "b"): "Thừa: a b",
    }
    for words, told in complaints.items():
        result = CliRunner(mix_stderr=False).invoke(cli, words)
        assert result.exit_code == 2
        assert told in result.stderr
        for english in ("OPTIONS", "COMMAND", "Path", "Error", "Usage", "Try"):
            assert english not in result.stderr


def test_the_doctor_counts_one_broken_line_once(home: Path) -> None:
    assert run(home, "plan").exit_code == 0  # all is read, and good: a last good version stands in
    for path, before, after in (
        ("bulletins/nhac.md", "title:", "titel:"),
        ("schedules/na-hoa.yaml", "bulletin: nhac", "bulletn: nhac"),
    ):
        text = (home / path).read_text(encoding="utf-8")
        (home / path).write_text(text.replace(before, after), encoding="utf-8")
        examined = {row["what"]: row for row in rows(run(home, "doctor", "--json"))}
        assert examined["files"]["wrong"] == "1 mistakes; see “loudspeaker check”"
        (home / path).write_text(text, encoding="utf-8")

    assert {row["what"]: row for row in rows(run(home, "doctor", "--json"))}["files"]["wrong"] is None


def test_an_airing_at_the_end_of_all_years_is_no_airing(home: Path) -> None:
    result = run(home, "why", "na-hoa/x/9999-12-31T06:05")

    assert result.exit_code == 2
    assert "Traceback" not in result.output


HOME_OF_SOMEBODY_ELSE = """
import os
from loudspeaker.cli.command_context import default_home
os.setgroups([]), os.setuid(65534)  # behind the import: others may not enter where Python lies
print(default_home())
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be somebody else")
def test_a_folder_into_which_one_may_not_look_is_no_station(tmp_path: Path) -> None:
    """`sudo -u loudspeaker-web loudspeaker web first`, said in the technician's own home."""
    (tmp_path / "commune.yaml").touch()
    tmp_path.chmod(0o700)
    command = [sys.executable, "-c", HOME_OF_SOMEBODY_ELSE]
    environment = {**os.environ, "LOUDSPEAKER_HOME": "/station"}

    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert done.stdout == "/station\n", done.stderr
