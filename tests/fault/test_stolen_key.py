"""A content key was stolen: what it can do is what one officer may, inside the policy, until the next list of keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from harness.alert_box import AlertBox, flood, open_alert_office, order
from harness.office import NOW, Office, deliveries

from loudspeaker.errors import LoudspeakerError
from loudspeaker.model.alert_answer import AlertState
from loudspeaker.trust.faults import UntrustedDocument

STOLEN = "ly"
NIGHT = NOW.replace(hour=23)
POLICY = "policy: {hours: [05:00-21:00]}"


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    return open_alert_office(home, tmp_path)


@pytest.fixture
def box(home: Path, office: Office) -> Iterator[AlertBox]:
    with closing(AlertBox(home)) as box:
        yield box


def test_it_gives_no_alarm_and_changes_no_rules(box: AlertBox, office: Office) -> None:
    assert box.deliver(flood(), STOLEN).state is AlertState.PREPARED
    rules = (office.home / "commune.yaml").read_text(encoding="utf-8")
    office.write("commune.yaml", rules.replace(POLICY, "policy: {hours: [00:00-24:00], allow_night: yes}"))
    office.publish(STOLEN)
    with pytest.raises(UntrustedDocument):
        deliveries(box.station.paths).take(office.stick)
    box.run(3600)

    assert box.played == []


def test_by_night_nothing_of_it_is_heard(box: AlertBox, office: Office) -> None:
    office.write("bulletins/la.md", "---\ntitle: Tin lạ\nlevel: priority\n---\nTin bịa.\n")
    office.write("schedules/na-hoa.yaml", 'broadcasts: [{bulletin: la, at: "23:05"}]\n')
    office.publish(STOLEN)
    box.clock.advance_to(NIGHT)
    box.restart()
    box.played.clear()
    deliveries(box.station.paths).take(office.stick)
    box.requests.on_air.look()
    box.deliver(order("play", 18, bulletin="la", issued=NIGHT, until=NIGHT + timedelta(hours=2)), STOLEN)
    box.run(3600)

    assert box.played == []


def test_behind_the_next_list_of_keys_it_does_nothing(box: AlertBox, office: Office) -> None:
    office.trust("hoa", "pao", people=("hoa", "pao", "tu"))
    office.write("bulletins/moi.md", "---\ntitle: Mới\n---\nHọp thôn.\n")
    office.publish("hoa", "pao")
    deliveries(box.station.paths).take(office.stick)
    before = box.station.files.contents.revisions

    office.write("bulletins/tin-sang.md", "---\ntitle: Tin lạ\n---\nTin bịa.\n")
    office.publish(STOLEN)
    with pytest.raises(UntrustedDocument):
        deliveries(box.station.paths).take(office.stick)
    for alert in (order("stop", 20), order("play", 21, bulletin="tin-sang"), flood(22)):
        with pytest.raises(LoudspeakerError):
            box.deliver(alert, STOLEN)
    box.run(60)

    assert (box.played, box.station.files.contents.revisions) == ([], before)
    assert box.steps() == []
