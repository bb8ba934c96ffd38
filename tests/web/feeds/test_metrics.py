"""/metrics: figures that a Prometheus reads, for this machine or for a token."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import FROM_HERE, HOST, Officers, board_of
from harness.site_client import SiteClient
from harness.small_commune import at
from prometheus_client.parser import text_string_to_metric_families

from loudspeaker.errors import Message
from loudspeaker.model.airing import Occurrence
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.board import StandingAlarm
from loudspeaker.model.enums import Level, Verdict
from loudspeaker.station import Station
from loudspeaker.web.app import create_app

NOW = at("2026-11-24T05:00:00")


def from_address(officers: Officers, address: str, host: str = HOST) -> SiteClient:
    app = create_app(officers.console)
    return SiteClient(app, host, officers.portal, (address, 50000), raises=False, headers=FROM_HERE)


def figures(officers: Officers) -> dict[tuple[str, ...], float]:
    """By name and the value of the label."""
    answer = from_address(officers, "127.0.0.1").get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families: list[Any] = list(text_string_to_metric_families(answer.text))
    assert all(family.documentation and family.type in ("gauge", "counter") for family in families)
    return {
        (sample.name.removeprefix("loudspeaker_"), *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_a_day_is_counted(home: Path, station: Station, officers: Officers, daemon: FakeDaemon) -> None:
    for number, (verdict, late) in enumerate(((Verdict.AIRED, 0.0), (Verdict.AIRED_LATE, 12.5), (Verdict.REFUSED, 0))):
        scheduled = at(f"2026-11-24T04:0{number}:00")
        airing = f"na-hoa/tin-sang/2026-11-24T04:0{number}"
        occurrence = Occurrence(airing, "na-hoa", "san-kho", "x", "tin-sang", Level.ROUTINE, scheduled)
        started = None if verdict is Verdict.REFUSED else at(f"2026-11-24T04:0{number}:{late:06.3f}")
        station.log.verdict(AsRunRecord(occurrence, verdict, "", started, started))
    alarm = StandingAlarm("x", "na-hoa", None, "Lũ", False, NOW, True)
    daemon.answers["board"] = board_of(NOW, alarms=(alarm,), log=7, gone={"san-kho": Message("gone")})
    rows = [{"what": "đĩa", "wrong": "đầy", "serious": serious} for serious in (True, False, False)]
    daemon.answers["health"] = {"rows": rows, "looked_at": None}
    found = figures(officers)

    assert found["daemon_up",] == found["clock_trusted",] == found["alarms_standing",] == 1
    assert found["due_today",] == 0
    assert found["verdicts_today", "aired"] == found["verdicts_today", "refused"] == 1
    assert found["verdicts_today", "missed-off"] == 0
    assert found["late_seconds_max_today",] == 12.5
    assert found["output_played_timestamp_seconds", "san-kho"] == at("2026-11-24T04:01:12.5").timestamp()
    assert found["output_present", "san-kho"] == 0
    assert found["planned_tomorrow",] == 4
    assert found["disk_free_bytes",] > 0
    assert found["log_entries_total",] == 7
    assert (found["problems", "true"], found["problems", "false"]) == (1, 2)


def test_without_a_daemon_that_is_what_it_says(officers: Officers) -> None:
    found = figures(officers)

    assert found["daemon_up",] == found["clock_trusted",] == found["on_air",] == 0
    assert ("output_present", "san-kho") not in found


@pytest.mark.parametrize("address", ["192.168.1.7", "::ffff:192.168.1.7", "testclient"])
def test_another_machine_needs_a_token(officers: Officers, address: str) -> None:
    client, secret = from_address(officers, address), officers.console.site.tokens.make("Prometheus", 30, "Lan")

    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"authorization": f"Bearer {secret}"}).status_code == 200


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_needs_none_by_whichever_address_it_asks(officers: Officers, address: str) -> None:
    assert from_address(officers, address).get("/metrics").status_code == 200


def test_a_proxy_on_this_machine_opens_it_to_nobody(home: Path, officers: Officers) -> None:
    object.__setattr__(officers.console.site, "hosts", officers.console.site.hosts | {"dai.example"})
    client = from_address(officers, "127.0.0.1", "https://dai.example")

    assert client.get("/metrics").status_code == 401


@pytest.mark.parametrize("path", ["/api/v1/log", "/api/v1/plan"])
def test_only_the_figures_are_given_without_a_token(officers: Officers, path: str) -> None:
    assert from_address(officers, "127.0.0.1").get(path).status_code == 401
