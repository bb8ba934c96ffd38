"""/metrics: the station in figures, in the text format of Prometheus (version 0.0.4)."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta

from starlette.responses import Response

from ...model.enums import Expected, Verdict
from ...station.airings import PlannedAiring
from ...station.station import Station
from ..pages import Feeds, PageRequest
from .metric_format import KIND, Metric, each, format_metrics, gauge

WANTED = (Expected.AIR, Expected.NOT_READY)
PLAYED = frozenset({Verdict.AIRED, Verdict.AIRED_LATE, Verdict.AIRED_PARTLY, Verdict.TO_FILE})


def send_metrics(page: PageRequest) -> Response:
    board, health = page.air.board, page.console.shared_station.health()
    with page.console.shared_station.station() as station:
        metrics, outputs = list(_day(station)), list(station.files.box.outputs)
        disk = shutil.disk_usage(station.paths.home).free
    wrong = Counter(str(row.serious).lower() for row in health.rows if row.wrong)
    metrics += [
        gauge("disk_free_bytes", "Free for sound", disk),
        gauge("daemon_up", "Does the daemon answer?", board is not None),
        gauge("clock_trusted", "Does the daemon believe the clock?", board is not None and board.trusted),
        gauge("on_air", "Airings on the air, or between two plays", len(page.air.on)),
        gauge("alarms_standing", "Alarms that nobody has ended", len(page.air.alarms)),
        gauge("villages_paused", "Pauses that stand", len(board.pauses) if board else 0),
        each("problems", "What the doctor found last", "serious", [(yes, wrong[yes]) for yes in ("false", "true")]),
    ]
    if board:
        metrics.append(Metric("log_entries_total", "counter", "Entries of the as-run log", [("", board.log)]))
        present = ((name, name not in board.gone) for name in outputs)
        metrics.append(each("output_present", "Was its sound card there when last asked?", "output", present))
    return Response(format_metrics(metrics), media_type=KIND)


def _day(station: Station) -> Iterator[Metric]:
    """Of today, until midnight, and of tomorrow."""
    now = station.clock.now()
    today, tomorrow = station.airings.plan(), station.airings.plan(now.date() + timedelta(days=1))
    records = station.airings.records()
    played = [record for record in records if record.verdict in PLAYED and record.started_at]
    late = [(record.started_at - record.scheduled_at).total_seconds() for record in played if record.started_at]
    verdicts = Counter(record.verdict for record in records)
    last = {record.output: record.started_at.timestamp() for record in played if record.started_at}
    due = sum(planned.scheduled_at <= now for planned in today)
    yield gauge("due_today", "Airings of today that were due so far", due)
    counts = [(str(verdict), verdicts[verdict]) for verdict in Verdict]
    yield each("verdicts_today", "What became of them", "verdict", counts)
    yield gauge("late_seconds_max_today", "The latest start today, against its schedule", max(late, default=0.0))
    yield each("output_played_timestamp_seconds", "When it last played something today", "output", last.items())
    yield gauge("planned_tomorrow", "Airings of tomorrow that are not refused or left out", _count(tomorrow, *WANTED))
    yield gauge("ready_tomorrow", "… of them with their sound or words ready", _count(tomorrow, Expected.AIR))


def _count(planned: Iterable[PlannedAiring], *expected: Expected) -> int:
    return sum(entry.airing.expected in expected for entry in planned)


FEEDS: Feeds = {"GET /metrics": send_metrics}
