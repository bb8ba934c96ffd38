"""Before a province signs: its page shows what the draft would do in each of its communes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from harness.hub_boxes import enrol, open_pages
from harness.office import NOW, SCOPE, Office, open_province
from harness.officers import HTMX, Officer, Officers

from loudspeaker.clock import FakeClock
from loudspeaker.errors import Message
from loudspeaker.fleet.topics import BoxHealth, Topic, TopicKind, format_message
from loudspeaker.hub.boxes.said_messages import SaidMessage, keep_messages
from loudspeaker.hub.drafts.audience_summary import summarize
from loudspeaker.hub.hub import Hub
from loudspeaker.model.enums import Level
from loudspeaker.station.deliveries.commune_outlook import BulletinOutlook, CommuneOutlook
from loudspeaker.station.signing.packing import pack_files
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.jobs import MOST_WAITING, Job

PROVINCE = "tinh-thu"
BOX = "plays: {na-hoa: loa, suoi-trat: loa}\noutputs: {loa: {device: file}}\n"


@pytest.fixture
def province(published: Hub, office: Office, tmp_path: Path) -> Office:
    """It has a commune below it; its next version, with one entry of priority, waits for signatures."""
    found = open_province(tmp_path, office.stick)
    office.trust("hoa", "pao", parent=PROVINCE, hub=published.key.public)
    for scope in (PROVINCE, SCOPE):
        published.publish(office.stick, scope)
    published.bells.look()
    propose(published, found, "{bulletin: bao-so-5, level: priority, at: ['05:40']}")
    return found


def propose(hub: Hub, province: Office, entry: str, spoken: bool = True) -> None:
    province.write(f"schedules/{PROVINCE}.yaml", f"broadcasts: [{entry}]\n")
    pack_files(province.home, province.stick, PROVINCE, NOW, spoken)
    hub.drafts.propose(province.stick, PROVINCE)


@pytest.fixture
def people(province: Office, published: Hub) -> Iterator[Officers]:
    with open_pages(published) as people:
        yield people


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html.partition("<main")[2] or html).split())


def read_plan(hub: Hub, officer: Officer) -> str:
    """The page once everything is planned."""
    while "Đang tính" in (page := officer.get(f"/ky/{PROVINCE}").text):
        hub.plans.jobs.wait(1)
    return text_of(page)


def test_the_draft_of_a_province_tells_in_how_many_communes_it_is_heard_when(people: Officers, published: Hub) -> None:
    page = read_plan(published, people.officer(Role.VIEW))

    assert "Bão số 5 tin ưu tiên 1/1 xã phát từ giờ đến hết hôm nay, lúc 05:40" in page
    assert "xã phát ngày mai" not in page  # each counts where it hears it first
    assert "2 thôn được tính như đã có máy" in page


def test_what_a_box_has_told_that_it_plays_counts(people: Officers, published: Hub, tmp_path: Path) -> None:
    box = enrol(published, tmp_path)
    health = BoxHealth("0.1", NOW, box_yaml=BOX.replace(", suoi-trat: loa", ""))
    keep_messages(published.database, [SaidMessage(str(Topic(TopicKind.HEALTH, box.id)), format_message(health))], NOW)

    page = read_plan(published, people.officer(Role.VIEW))

    assert "1 xã chỉ phát ở một số thôn Xã Thử 1/2 thôn Chưa có máy nào phát cho thôn này" in page
    assert "được tính như đã có máy" not in page


def test_a_commune_that_does_not_air_it_stands_there_with_the_reason(
    people: Officers, published: Hub, province: Office
) -> None:
    propose(published, province, "{bulletin: bao-so-5, level: priority, at: ['22:30']}")

    page = read_plan(published, people.officer(Role.VIEW, Role.DUTY))

    assert "0/1 xã phát từ giờ đến hết hôm nay 0/1 xã phát ngày mai" in page
    assert "Cần nghe ngay thì phát lệnh khẩn. Phát lệnh khẩn…" in page
    assert re.search("1 xã không phát Xã Thử .*ban đêm", page, re.IGNORECASE)


def test_what_no_commune_would_take_is_told_before_anybody_signs(
    people: Officers, published: Hub, province: Office
) -> None:
    propose(published, province, "", spoken=False)

    assert "Không xã nào nhận bản này" in read_plan(published, people.officer(Role.VIEW))


def test_a_page_that_is_open_asks_again_until_all_is_planned(people: Officers, published: Hub) -> None:
    viewer, path = people.officer(Role.VIEW), f"/ky/{PROVINCE}/ke-hoach"
    answers = [viewer.get(path, **HTMX).text]
    while "hx-get" in answers[-1]:
        assert f'hx-get="{path}"' in answers[-1]
        published.plans.jobs.wait(1)
        answers.append(viewer.get(path, **HTMX).text)

    assert "1/1 xã phát" in answers[-1]
    assert viewer.get(path).headers["location"] == f"/ky/{PROVINCE}"


def test_what_cannot_begin_yet_and_what_has_failed_is_told(people: Officers, published: Hub) -> None:
    viewer, plans = people.officer(Role.VIEW), published.plans
    held = Event()
    plans.jobs.start("first", lambda control: held.wait())
    while plans.jobs.find("first") == Job("first"):  # until it runs
        plans.jobs.wait(1)
    for number in range(MOST_WAITING):
        plans.jobs.start(str(number), lambda control: None)
    assert "Đang tính từng xã sẽ nghe gì: 0/0" in viewer.get(f"/ky/{PROVINCE}").text
    held.set()
    assert "1/1 xã phát" in read_plan(published, viewer)

    clock = published.clock
    assert isinstance(clock, FakeClock)
    clock.advance(3600)
    files = published.served_files(SCOPE)
    assert files
    (published.paths.root / "v1" / "blob" / files.manifest.files["commune.yaml"].sha256).unlink()
    assert ": không tính được: " in read_plan(published, viewer)


def test_what_was_planned_is_kept_for_the_hour(people: Officers, published: Hub) -> None:
    viewer, clock = people.officer(Role.VIEW), published.clock
    assert isinstance(clock, FakeClock)
    read_plan(published, viewer)
    assert "Đang tính" not in viewer.get(f"/ky/{PROVINCE}").text

    clock.advance(3600)

    assert "1/1 xã phát ngày mai, lúc 05:40" in read_plan(published, viewer)


def test_the_draft_of_a_commune_has_no_communes_below_it(people: Officers, published: Hub, office: Office) -> None:
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin sáng\n---\nHôm nay trời mưa.\n")
    pack_files(office.home, office.stick, SCOPE, NOW)
    published.drafts.propose(office.stick, SCOPE)

    assert "Ở các xã" not in people.officer(Role.VIEW).get(f"/ky/{SCOPE}").text


def test_communes_are_counted_by_the_day_on_which_they_hear_it_first() -> None:
    def heard(hours: float | None, villages: int = 3) -> CommuneOutlook:
        begins = NOW + timedelta(hours=hours) if hours is not None else None
        one = BulletinOutlook("Bão", Level.PRIORITY, begins, villages if begins else 0, Message("no minutes left"))
        return CommuneOutlook(3, 0, {"bao": one})

    evening = NOW + timedelta(hours=14)
    outlooks = {"a": heard(24.5), "b": heard(25.5), "c": heard(None), "d": heard(14.5, villages=1)}
    (bulletin,) = summarize(outlooks, {one: one.upper() for one in outlooks}, evening)

    assert [(str(day.day), day.communes) for day in bulletin.days] == [("tonight", 1), ("tomorrow", 2)]
    assert (bulletin.days[1].first, bulletin.days[1].last) == (NOW + timedelta(hours=24.5), NOW + timedelta(hours=25.5))
    assert [(one.name, str(one.reason)) for one in bulletin.silent] == [("C", "no minutes left")]
    assert [(one.name, one.heard) for one in bulletin.partial] == [("D", 1)]
    assert bulletin.waits
