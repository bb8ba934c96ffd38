"""commune.yaml: who the station is, its policy, its named days."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from loudspeaker.config.commune_file import parse
from loudspeaker.errors import BadFile
from loudspeaker.model.commune import Commune, Contact, Policy
from loudspeaker.model.enums import ApprovalRule

WHOLE = """\
commune: Xã Bản Mây
id: ban-may
timezone: Asia/Ho_Chi_Minh
voices: [gtts:vi, espeak:vi]
policy:
  hours: [16:30-18:30, 05:30-06:30]
  sessions_per_day: 2
  allow_night: no
  approval: required
  days: [2, 3, 4, 5, 6]
  quiet: [quoc-tang]
  villages: {suoi-trat: {minutes_per_session: 20}}
villages: [na-hoa, suoi-trat]
days:
  tet: {lunar: giao-thua..03/01}
  quoc-tang: {dates: [2026-09-05..2026-09-06], chime: none, music: no}
opening: Đây là Đài Truyền thanh xã Bản Mây.
say: {Bluezone: bờ-lu-dôn}
names: {Nguyễn Huệ: Nguyễn Huệ}
region: south
streams: [stream.vov.vn]
"""


def read(text: str) -> Commune:
    return parse("commune.yaml", text.encode())


def told(text: str) -> list[str]:
    with pytest.raises(BadFile) as refused:
        read(text)
    return [problem.say() for problem in refused.value.problems]


def test_only_a_name_and_an_id_are_required() -> None:
    assert read("xã: Xã Bản Mây\nmã: ban-may\n") == Commune("ban-may", "Xã Bản Mây")
    assert told("{}\n") == ["commune.yaml:1: “id” is missing", "commune.yaml:1: “commune” is missing"]


def test_everything_that_may_stand_there() -> None:
    commune = read(WHOLE)

    assert commune.zone == ZoneInfo("Asia/Ho_Chi_Minh")
    assert commune.voices == ("gtts:vi", "espeak:vi")
    assert commune.policy == Policy(
        hours=((19800, 23400), (59400, 66600)),
        sessions_per_day=2,
        approval=ApprovalRule.REQUIRED,
        weekdays=frozenset(range(5)),
        quiet=("quoc-tang",),
    )
    assert commune.villages == ("na-hoa", "suoi-trat")
    assert commune.say == {"Bluezone": "bờ-lu-dôn"}
    assert commune.names == {"Nguyễn Huệ": "Nguyễn Huệ"}
    assert (commune.region, commune.streams) == ("south", ("stream.vov.vn",))


def test_stations_are_given_by_name_or_by_their_hosts_alone() -> None:
    named = read(WHOLE.replace("[stream.vov.vn]", "{VOV1: 'https://stream.vov.vn/vov1', Huyện: 'input:USB'}"))
    both = read(WHOLE.replace("[stream.vov.vn]", "[cdn.vov.vn, {VOV1: 'https://stream.vov.vn/vov1'}]"))

    assert named.stations == {"VOV1": "https://stream.vov.vn/vov1", "Huyện": "input:USB"}
    assert named.streams == ("stream.vov.vn",)
    assert both.streams == ("cdn.vov.vn", "stream.vov.vn")
    assert read(WHOLE).stations == {}


def test_a_village_may_have_stricter_rules_of_its_own() -> None:
    commune = read(WHOLE)

    assert commune.policy_of("na-hoa") == commune.policy
    assert commune.policy_of("suoi-trat").minutes_per_session == 20
    assert commune.policy_of("suoi-trat").sessions_per_day == 2


def test_named_days_say_when_and_how_sound_is_dressed() -> None:
    days = read(WHOLE).days

    assert date(2026, 2, 16) in days["tet"].days
    assert (days["tet"].chime, days["tet"].music) == (True, True)
    assert date(2026, 9, 6) in days["quoc-tang"].days
    assert (days["quoc-tang"].chime, days["quoc-tang"].music) == (False, False)


@pytest.mark.parametrize(
    ("wrong", "line", "sentence"),
    [
        ("timezone: Asia/Ho_Chi_Min", 3, "“Asia/Ho_Chi_Min” is no time zone; did you mean Asia/Ho_Chi_Minh?"),
        ("timezone: ../../etc/passwd", 3, "“../../etc/passwd” is no time zone; did you mean Asia/Ho_Chi_Minh?"),
        ("voices: [espeak]", 3, "“espeak” is no voice; write ENGINE:VOICE, such as espeak:vi"),
        ("villages: [a, a]", 3, "a village stands here twice"),
        ("villages: [Nà Hoa]", 3, "“Nà Hoa” is not an id (a–z, 0–9, -); did you mean “na-hoa”?"),
        ("policy: {hours: [18:30-16:30]}", 3, "“18:30-16:30” ends before it begins; over midnight, write two spans"),
        (
            "policy: {approval: maybe}",
            3,
            "“maybe” does not fit; choose one of: required (bắt buộc), optional (tùy chọn), two (hai người)",
        ),
        ("policy: {quiet: [tet]}", 3, "“tet” is not known; known are: –"),
        ("policy: {villages: {xa-la: {}}}", 3, "“xa-la” is not known; known are: –"),
        ("policy: {khung giò: [6:00-7:00]}", 3, "unknown key “khung giò”; did you mean “khung giờ”?"),
        ("days: {tet: {}}", 3, "“dates / lunar” is missing"),
        ("days: {tet: {lunar: 31}}", 3, "“31” is no lunar day; write 15, 10/3, giao-thua or 23/12..giao-thua"),
        (
            "streams: ['https://stream.vov.vn/']",
            3,
            "“https://stream.vov.vn/” is no server name; write stream.vov.vn",
        ),
        (
            "streams: {VOV1: vov1}",
            3,
            "“vov1” is no stream; write an address (https://…) or an input of this box (input:NAME)",
        ),
        ("say: {a: [b]}", 3, "“[b]” should be a single value; write b"),
    ],
)
def test_a_mistake_is_told_with_its_line(wrong: str, line: int, sentence: str) -> None:
    assert told(f"commune: Xã\nid: xa\n{wrong}\n") == [f"commune.yaml:{line}: {sentence}"]


def test_whom_to_call_is_known_by_village_and_for_the_box() -> None:
    commune = read(
        "xã: Xã A\nmã: a\ncác thôn: [na-hoa]\nliên hệ: {na-hoa: {tên: Lò Văn Sơn, điện thoại: 0912 345 678}}\n"
        "kỹ thuật: {tên: Lý, điện thoại: '+84 987 654 321'}\n"
    )
    assert commune.contacts == {"na-hoa": Contact("Lò Văn Sơn", "0912 345 678")}
    assert commune.technician == Contact("Lý", "+84 987 654 321")


def test_what_a_village_hears_behind_an_alarm_is_a_sound_file_of_a_village_that_there_is() -> None:
    head = "xã: Xã A\nmã: a\ncác thôn: [na-hoa]\n"
    commune = read(f"{head}câu sau báo động: {{na-hoa: recordings/tieng-mong.flac}}\n")
    assert commune.alarm_tails == {"na-hoa": "recordings/tieng-mong.flac"}

    assert "na-hoa" in told(f"{head}alarm_tail: {{na-hao: recordings/x.flac}}\n")[0]
    assert told(f"{head}alarm_tail: {{na-hoa: ../x.flac}}\n")


def test_a_contact_of_no_village_and_no_telephone_are_told() -> None:
    found = told("commune: A\nid: a\nvillages: [na-hoa]\ncontacts: {na-hao: {name: Sơn, phone: số mới}}\n")
    assert "did you mean “na-hoa”" in found[0]
    assert "“số mới” is no telephone number" in found[1]
