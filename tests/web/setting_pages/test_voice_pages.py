"""Giọng đọc: what is known of each voice, and that the old one is heard until the new one has been made."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import HTMX, Officer, Officers
from harness.waiting import wait_for

from loudspeaker.codec import encode
from loudspeaker.errors import Message, Unanswered
from loudspeaker.model.board import VoiceInstallation
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.setting_pages.voice_pages import CHANGE

pytestmark = pytest.mark.waits

VOICES = "/cai-dat/giong"


@pytest.fixture
def admin(officers: Officers, daemon: FakeDaemon) -> Officer:
    return officers.officer(Role.ADMIN)


def commune(home: Path) -> str:
    return (home / "commune.yaml").read_text(encoding="utf-8")


def test_each_voice_says_what_it_costs_and_whether_texts_leave_the_machine(admin: Officer) -> None:
    text = admin.get(VOICES).text

    assert text.index("tone:low") < text.index("piper:vi_VN-vais1000-medium")
    assert "đang dùng" in text
    assert "63 MB" in text
    assert "văn bản phải gửi ra ngoài máy" in text


def test_another_voice_is_named_only_when_all_that_is_coming_is_made_in_it(
    home: Path, officers: Officers, admin: Officer
) -> None:
    jobs = officers.console.jobs
    assert admin.post(VOICES, voice="tone:high").status_code == 303
    assert "voices: [tone:low]" in commune(home)
    wait_for(jobs.is_idle)

    job = jobs.find(CHANGE)
    assert job
    assert job.error is None
    assert "voices: [tone:high, tone:low]" in commune(home)
    with officers.console.shared_station.station() as station:
        station.reload()
        window = station.clock.window(None, 2)
        coming = [airing for airing in station.planner.plan(*window, station.log) if airing.bulletin]
        assert coming
        assert {station.planner.why_unready(airing) for airing in coming} == {None}
    assert "Từ nay đọc bằng giọng tone:high" in admin.get(VOICES).text


def test_a_change_that_is_called_off_leaves_the_old_voice(home: Path, officers: Officers, admin: Officer) -> None:
    admin.post(VOICES, voice="tone:high")
    admin.post(f"{VOICES}/thoi")
    wait_for(officers.console.jobs.is_idle)

    assert "voices: [tone:low]" in commune(home)


@pytest.mark.parametrize(
    ("voice", "status", "words"),
    [
        ("piper:vi_VN-nobody-low", 422, "piper"),
        ("command:/bin/true", 409, "box.yaml"),
        ("tone", 422, "giọng"),
    ],
)
def test_a_voice_that_cannot_be_the_communes_is_told_at_once(
    home: Path, admin: Officer, voice: str, status: int, words: str
) -> None:
    answer = admin.post(VOICES, voice=voice)

    assert (answer.status_code, words in answer.text) == (status, True)
    assert "voices: [tone:low]" in commune(home)


KNOWN = "vi_VN-vais1000-medium"


def test_a_voice_that_is_known_here_is_installed_by_the_daemon(admin: Officer, daemon: FakeDaemon, home: Path) -> None:
    page = admin.get(VOICES).text
    assert page.count(f'action="{VOICES}/cai"') == 1
    assert str(home / "voices") in page

    for source in ("net", "box"):
        answer = admin.post(f"{VOICES}/cai", voice=f"piper:{KNOWN}", **{"from": source})
        assert (answer.status_code, answer.headers["location"]) == (303, VOICES)
    asked = [told for verb, told, _uid in daemon.asked if verb == "install_voice"]
    assert [(told["voice"], told["from_box"], told["account"]) for told in asked] == [
        (KNOWN, False, "admin"),
        (KNOWN, True, "admin"),
    ]
    assert admin.post(f"{VOICES}/cai", voice="--trust", **{"from": "net"}).status_code == 422


def test_the_page_tells_how_far_it_is_and_what_came_of_it(admin: Officer, daemon: FakeDaemon) -> None:
    under_way = VoiceInstallation(KNOWN, True, 21_000_000, 63_201_294)
    daemon.answers["installation"] = encode(under_way)
    page = admin.get(VOICES)
    assert f"Đang cài giọng {KNOWN}: 21/64 MB." in page.text
    assert 'http-equiv="refresh"' in page.text
    part = admin.get(f"{VOICES}/cai", **HTMX)
    assert (f"{KNOWN}: 21/64 MB." in part.text, "hx-refresh" in part.headers) == (True, False)
    assert f'action="{VOICES}/cai"' not in page.text

    no_room = Message("there is no room for {name} in {folder}", name="x", folder="/x")
    daemon.answers["installation"] = encode(VoiceInstallation(KNOWN, why=no_room))
    page = admin.get(VOICES)
    assert f"Chưa cài được giọng {KNOWN}:" in page.text
    assert 'http-equiv="refresh"' not in page.text
    assert admin.get(f"{VOICES}/cai", **HTMX).headers["hx-refresh"] == "true"
    assert admin.get(f"{VOICES}/cai").headers["location"] == VOICES
    daemon.answers["installation"] = encode(VoiceInstallation(KNOWN, done=1, total=1, sha256="ec7c89e2c85f" + "0" * 52))
    assert "mã SHA-256 ec7c89e2c85f…" in admin.get(VOICES).text


def test_the_page_goes_on_asking_while_the_daemon_does_not_answer(admin: Officer, daemon: FakeDaemon) -> None:
    daemon.answers["installation"] = encode(VoiceInstallation(KNOWN, True, 21_000_000, 63_201_294))
    daemon.error = Unanswered(Message("the daemon does not answer"))

    page = admin.get(VOICES).text
    part = admin.get(f"{VOICES}/cai", **HTMX)
    assert [text.count(f'hx-get="{VOICES}/cai"') for text in (page, part.text)] == [1, 1]
    assert ("chưa trả lời" in part.text, "hx-refresh" in part.headers) == (True, False)
    assert 'http-equiv="refresh"' in page
    assert f'action="{VOICES}/cai"' not in page

    daemon.error = None
    assert f"{KNOWN}: 21/64 MB." in admin.get(f"{VOICES}/cai", **HTMX).text
