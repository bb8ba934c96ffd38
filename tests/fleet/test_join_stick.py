"""A box joins by a stick alone: it says so there, and whatever is wrong with the stick changes nothing."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from harness.daemon_thread import HurryingClock
from harness.office import SCOPE, Office, join, open_office
from harness.small_commune import ZONE, at

from loudspeaker.cli import cli
from loudspeaker.errors import BadUsage, Refused
from loudspeaker.fleet.join_stick import FILE, JoinStick, read_join_stick, write_join_stick
from loudspeaker.i18n import set_language
from loudspeaker.model.enums import StickSign
from loudspeaker.station.box.box_key import open_box_key
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.restrictions import JOINED_ALONE, awaits_village
from loudspeaker.station.station import Station
from loudspeaker.store.asrun import AsRunLog, read_commune

pytestmark = pytest.mark.waits  # what a box says is made, and heard

NOON, NIGHT = at("2026-11-24T12:00"), at("2026-11-24T23:00")
POLICY = "policy: {hours: [05:00-21:00]}\n"


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8") + POLICY, encoding="utf-8")
    return open_office(home, tmp_path)


@pytest.fixture
def paths(home: Path) -> StationPaths:
    return StationPaths(home, home / ".state")


def invite(office: Office, **facts: object) -> JoinStick:
    """Write an invitation for a box without a network onto the office's stick."""
    first = hashlib.sha256((office.own / "trust" / "1.json").read_bytes()).hexdigest()
    until = datetime.now(ZONE) + timedelta(days=7)
    stick = JoinStick(SCOPE, "Xã Thử", "nhà văn hóa", ("na-hoa",), until, trust={SCOPE: first})
    write_join_stick(office.stick, invitation := replace(stick, **facts))  # type: ignore[arg-type]
    return invitation


def put_in(home: Path, office: Office, now: datetime = NOON) -> Result:
    return CliRunner(mix_stderr=False).invoke(
        cli, ["--home", str(home), "fleet", "stick", str(office.stick)], obj=HurryingClock(now)
    )


def told(office: Office) -> str:
    (result,) = office.stick.glob("out/*/KET-QUA.txt")
    return result.read_text(encoding="utf-8-sig")


def test_it_joins_says_whose_it_is_and_waits_until_somebody_confirms_its_village(
    home: Path, office: Office, paths: StationPaths
) -> None:
    invite(office)

    done = put_in(home, office)

    assert done.exit_code == 0, done.stderr
    membership = read_membership(paths)
    assert membership
    assert (membership.scope, membership.by, membership.accepted.version) == (SCOPE, "USB", 1)
    with closing(Station.open(home)) as station:
        assert awaits_village(station.log)
        assert len(station.log.events("asked")) == len(station.files.box.hearers())  # it was heard at each output
    assert "Máy này đã vào hệ thống Xã Thử" in told(office)
    assert "“Máy thôn Nà Hoa" in told(office)
    assert "giữ nút dừng ba giây" in told(office)
    used = read_join_stick(office.stick)
    assert used
    assert used.used_by == open_box_key(paths).public.person


def test_put_in_again_it_is_a_stick_like_any_other(home: Path, office: Office, paths: StationPaths) -> None:
    invite(office)
    put_in(home, office)
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("hoa")

    done = put_in(home, office)

    assert (done.exit_code, "Version 2" in done.stderr) == (0, True), done.stderr
    with closing(Station.open(home)) as station:
        assert len(station.log.events(JOINED_ALONE)) == 1


def test_a_later_stick_is_answered_by_two_beeps(home: Path) -> None:
    with closing(Station.open(home)) as station:
        output = next(iter(station.files.box.outputs))
        spec = station.preparation.test_spec(output, False, StickSign.TAKEN)
        clip, _ = station.preparation.renderer.render_clip(spec)

    loud = abs(clip.samples.reshape(-1, clip.rate // 20)).max(axis=1) > 0.01
    assert "".join("-x"[int(one)] for one in loud) == "----xxxx----xxxx----"  # each stands for 50 ms


def test_at_night_it_joins_and_is_not_heard(home: Path, office: Office, paths: StationPaths) -> None:
    invite(office)

    done = put_in(home, office, NIGHT)

    assert done.exit_code == 0, done.stderr
    assert read_membership(paths)
    with closing(Station.open(home)) as station:
        assert not station.log.events("asked")
    put_in(home, office)  # by day

    with closing(Station.open(home)) as station:
        assert station.log.events("asked")


def refusals(office: Office, paths: StationPaths) -> dict[str, str]:
    """What is wrong with a stick, and what is told of it in Vietnamese."""
    invitation = invite(office)
    wrong = {
        "used": (replace(invitation, used_by="b-12345678"), "đã dùng cho máy khác"),
        "for another": (replace(invitation, villages=("ban-lim",)), "dành cho máy khác"),
        "another trust": (replace(invitation, trust={SCOPE: "0" * 64}), "là bản khác"),
    }
    found = {}
    for name, (stick, words) in wrong.items():
        found[name] = words
        write_join_stick(office.stick / name.replace(" ", "-"), stick)
    return found


@pytest.mark.parametrize("name", ["used", "for another", "another trust", "damaged", "no files"])
def test_what_is_wrong_with_a_stick_is_told_there_and_changes_nothing(
    home: Path, office: Office, paths: StationPaths, name: str
) -> None:
    words = {**refusals(office, paths), "damaged": "hỏng", "no files": "không có"}[name]
    if name == "damaged":
        (office.stick / FILE).write_text('{"scope": "xa-thu", "comm', encoding="utf-8")
    elif name == "no files":
        (office.own / "manifest.json").unlink()
    else:
        (office.stick / name.replace(" ", "-") / FILE).rename(office.stick / FILE)
    before, box = (office.stick / FILE).read_bytes(), (home / "box.yaml").read_bytes()

    refused = put_in(home, office)

    assert refused.exit_code == 1
    assert "CHƯA VÀO HỆ THỐNG" in told(office)
    assert words in told(office)
    assert "không có gì thay đổi" in told(office)
    assert read_membership(paths) is None
    assert (office.stick / FILE).read_bytes() == before  # another box may use it
    assert (home / "box.yaml").read_bytes() == box
    with closing(Station.open(home)) as station:
        assert not station.log.events(JOINED_ALONE)


def test_a_box_that_has_joined_already_says_so_and_stays(home: Path, office: Office, paths: StationPaths) -> None:
    join(paths, office)
    invite(office)

    refused = put_in(home, office)

    assert refused.exit_code == 1
    assert "đã vào hệ thống xa-thu từ trước" in told(office)
    with closing(Station.open(home)) as station:
        assert not awaits_village(station.log)


def test_a_log_of_another_commune_keeps_it_from_joining(home: Path, office: Office, paths: StationPaths) -> None:
    with closing(AsRunLog.open(paths.log, "xa-khac")) as log:
        log.event("commission", "", NOON, output="san-kho", by="Páo")
    invite(office)

    refused = put_in(home, office)

    assert (refused.exit_code, read_membership(paths)) == (1, None)
    assert "xa-khac" in told(office)


def test_a_box_that_nobody_has_set_up_is_told_its_villages_and_begins_its_log_anew(
    tmp_path: Path, office: Office
) -> None:
    new = tmp_path / "new"
    CliRunner().invoke(cli, ["init", "--empty", str(new)])
    (new / "box.yaml").write_text(
        (new / "box.yaml").read_text(encoding="utf-8").replace("device: auto", "device: memory"), encoding="utf-8"
    )
    invite(office, villages=("suoi-trat", "na-hoa"))

    done = put_in(new, office)

    assert done.exit_code == 0, done.stderr
    paths = StationPaths(new, new / ".state")
    assert read_commune(paths.log) == SCOPE
    with closing(Station.open(new)) as station:
        assert list(station.files.box.plays) == ["suoi-trat", "na-hoa"]
        assert awaits_village(station.log)
    (life,) = (paths.state / "lives").iterdir()
    assert life.name.startswith("cua-toi-")


def test_a_stick_of_somebody_elses_is_left_alone(home: Path, tmp_path: Path) -> None:
    (tmp_path / "usb").mkdir()
    (tmp_path / "usb" / "anh.jpg").write_bytes(b"x")

    done = CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), "fleet", "stick", str(tmp_path / "usb")])

    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert [path.name for path in (tmp_path / "usb").iterdir()] == ["anh.jpg"]


@pytest.mark.parametrize(
    "change",
    [
        {"scope": "../x"},
        {"villages": ["Nà Hoa"]},
        {"trust": {"xa-thu": "kurz"}},
        {"trust": {}, "code": "", "address": ""},
        {"code": "K7QF-3MXD-9TRA-H2WX", "address": "loa.vn"},
        {"commune": "Xã\u202eThử"},
        {"until": "2026-11-24T05:00:00"},
        {"used_by": "x"},
    ],
)
def test_an_invitation_that_cannot_be_is_damaged(office: Office, change: dict[str, object]) -> None:
    invite(office)
    path = office.stick / FILE
    path.write_text(json.dumps(json.loads(path.read_bytes()) | change), encoding="utf-8")

    with pytest.raises(BadUsage, match="damaged"):
        read_join_stick(office.stick)


def test_a_box_whose_clock_nobody_trusts_leaves_it_to_the_hub_whether_it_has_ended(office: Office) -> None:
    past = invite(office, until=datetime.now(ZONE) - timedelta(days=1))

    past.must_be_for("b-12345678", ("na-hoa",), None)
    with pytest.raises(Refused, match="ended on"):
        past.must_be_for("b-12345678", ("na-hoa",), datetime.now(ZONE))
