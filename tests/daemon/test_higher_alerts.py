"""Alarms of a province on a commune's box: signed by two of its own people, for the communes that it names."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from harness.alert_box import BOX, AlertBox, flood, order
from harness.office import NOW, SCOPE, Office, follow, join, open_province
from harness.signing import make_alert

from loudspeaker.model.alert_answer import AlertState
from loudspeaker.station.paths import StationPaths
from loudspeaker.trust.faults import Fault, UntrustedDocument
from loudspeaker.trust.signed_documents import Alert, AlertKind, Cadence

PROVINCE, TWO = "tinh-thu", ("tu", "binh")
DAM = "---\ntitle: Xả lũ\nlevel: emergency\nall_clear: het-xa\n---\nHồ xả 500 m3/s.\n"


@pytest.fixture
def box(home: Path, tmp_path: Path) -> Iterator[AlertBox]:
    """It has joined its commune and the province."""
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    commune = Office(tmp_path / "commune", tmp_path / "stick")
    shutil.copytree(home, commune.home, ignore=shutil.ignore_patterns(".state", "box.yaml", "audio_cache"))
    commune.trust("hoa", "pao", parent=PROVINCE)
    commune.publish("hoa", "pao")
    province = open_province(tmp_path, commune.stick)
    province.write("bulletins/xa-lu.md", DAM)
    province.write("bulletins/het-xa.md", "---\ntitle: Hết xả\nlevel: emergency\n---\nHồ đã đóng.\n")
    province.publish("tu", spoken=True)
    paths = StationPaths(home, home / ".state")
    join(paths, commune)
    join(paths, province)
    with closing(AlertBox(home)) as box:
        yield box


def storm(seq: int = 5, **changed: object) -> Alert:
    given = {"scope": PROVINCE, "issued": NOW, "until": NOW + timedelta(hours=2), "text": "Bão!", "spoken": "Bão!"}
    return make_alert(seq, **{**given, **changed})


def test_a_provinces_alarm_is_heard_in_the_communes_that_it_is_for(box: AlertBox) -> None:
    elsewhere = box.deliver(storm(audience=("xa-khac",)), *TWO)
    prepared = box.deliver(storm(6, audience=("xa-khac", SCOPE)), "tu")
    given = box.deliver(storm(6, audience=("xa-khac", SCOPE)), *TWO)
    box.run(60)

    assert (elsewhere.state, prepared.state) == (AlertState.ELSEWHERE, AlertState.PREPARED)
    assert given.airings[0] == f"na-hoa/urgent@{PROVINCE}/2026-11-24T05:00:00"
    assert box.heard() == [f"urgent@{PROVINCE}"] == box.heard("suoi-trat")


def test_alarms_of_two_offices_take_turns_each_heard_to_the_end_of_its_reading(box: AlertBox) -> None:
    box.deliver(storm(repeat=3, gap=1.0), *TWO)
    box.run(2)
    box.deliver(flood(repeat=2, gap=1.0), "hoa", "pao")
    box.run(200)

    assert box.heard()[:4] == [f"urgent@{PROVINCE}", f"urgent@{SCOPE}", f"urgent@{PROVINCE}", f"urgent@{SCOPE}"]
    assert len(box.heard()) == 5
    assert all(whole for _, _, whole in box.played)


def test_the_end_of_one_ends_not_the_other_and_cuts_it_nowhere(box: AlertBox) -> None:
    box.deliver(storm(repeat=5, gap=1.0), *TWO)
    box.deliver(flood(repeat=5, gap=1.0), "hoa", "pao")
    box.run(30)  # the province's is on the air for the second time
    box.deliver(order("end", 18, 17), "ly")
    box.run(300)

    kinds = [f"urgent@{PROVINCE}", f"urgent@{SCOPE}", f"urgent@{PROVINCE}", f"all-clear@{SCOPE}"]
    assert box.heard() == [*kinds, *[f"urgent@{PROVINCE}"] * 3]
    assert all(whole for _, _, whole in box.played)


def test_two_with_a_cadence_that_are_due_at_one_instant_are_both_heard_each_time(box: AlertBox) -> None:
    again = Cadence(3600.0, NOW + timedelta(hours=2))
    box.deliver(storm(again=again), *TWO)
    box.deliver(flood(again=again), "hoa", "pao")
    box.run(3 * 3600)

    assert sorted(box.heard()) == [f"urgent@{PROVINCE}"] * 3 + [f"urgent@{SCOPE}"] * 3
    assert all(whole for _, _, whole in box.played)


def test_it_is_signed_by_its_own_people_and_stops_and_plays_nothing_of_the_communes(box: AlertBox) -> None:
    for alert, names in ((storm(), ("hoa", "pao")), (storm(scope=SCOPE), TWO)):
        with pytest.raises(UntrustedDocument) as refused:
            box.deliver(alert, *names)
        assert refused.value.fault is Fault.WRONG_SCOPE
    silent = {"text": None, "spoken": None}
    for alert in (storm(kind=AlertKind.STOP, **silent), storm(kind=AlertKind.PLAY, bulletin="tin-sang", **silent)):
        with pytest.raises(UntrustedDocument, match="only the commune itself"):
            box.deliver(alert, *TWO)
    box.run(60)
    assert box.played == []


def test_an_office_that_follows_the_province_obeys_it_no_more_than_a_box_does(home: Path, tmp_path: Path) -> None:
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    follow(StationPaths(home, home / ".state"), open_province(tmp_path, tmp_path / "stick"))
    with closing(AlertBox(home)) as box:
        with pytest.raises(UntrustedDocument, match="only the commune itself"):
            box.deliver(storm(kind=AlertKind.STOP, text=None, spoken=None), *TWO)
        box.deliver(storm(), *TWO)
        box.run(60)

        assert box.heard() == [f"urgent@{PROVINCE}"]


def test_its_template_is_heard_in_its_signed_words_and_so_is_its_all_clear(box: AlertBox) -> None:
    box.deliver(storm(text=None, spoken=None, bulletin="xa-lu", approved="0" * 64), *TWO)
    box.run(30)
    end = storm(6, kind=AlertKind.END, text=None, spoken=None, references=(f"{PROVINCE}/5",))
    box.deliver(end, "mai")
    box.run(30)

    assert any("năm trăm" in words for words in box.jobs.made)
    assert "Hồ đã đóng." in box.jobs.made
    assert box.heard() == [f"urgent@{PROVINCE}", f"all-clear@{PROVINCE}"]


def test_two_alarms_that_meet_take_turns_and_neither_ends_with_the_other(box: AlertBox) -> None:
    box.deliver(storm(repeat=3), *TWO)
    box.run(3)
    box.deliver(flood(17, repeat=3, issued=NOW + timedelta(seconds=3)), "hoa", "pao")
    box.run(30)
    box.deliver(order("end", 18, 17, form="stop"), "ly")
    box.run(120)

    heard = box.heard()
    assert heard[:2] == [f"urgent@{PROVINCE}", f"urgent@{SCOPE}"]
    assert heard.count(f"urgent@{PROVINCE}") == 3
    assert heard.count(f"urgent@{SCOPE}") < 3
