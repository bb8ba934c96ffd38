"""What a power cut has kept an editor from is done before the daemon reads people's files."""

from __future__ import annotations

from loudspeaker.daemon.service import open_service
from loudspeaker.station import Station
from loudspeaker.store.edits import JOURNAL


def test_an_edit_that_a_power_cut_has_interrupted_is_finished_where_the_daemon_starts(station: Station) -> None:
    path = station.paths.home / "schedules/na-hoa.yaml"
    path.with_suffix(".draft").write_text("broadcasts:\n  - {bulletin: nhac, at: 11:15}\n")
    (station.paths.home / JOURNAL).write_text('[["schedules/na-hoa.draft", "schedules/na-hoa.yaml"]]')

    service = open_service(station, lambda: None)
    service.close()

    assert [one.scheduled_at.hour for one in station.airings.plan(None, 1, "na-hoa")] == [11]
    assert not (station.paths.home / JOURNAL).exists()


def test_a_daemon_starts_though_an_edit_cannot_be_finished(station: Station) -> None:
    (station.paths.home / JOURNAL).write_text('[["", "../ngoai"]]')

    open_service(station, lambda: None).close()
