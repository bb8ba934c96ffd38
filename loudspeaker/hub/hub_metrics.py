"""/metrics: a hub in figures, for this machine (or with a token), as the console's are."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from starlette.responses import Response

from ..web.feeds.metric_format import KIND, Metric, each, format_metrics, gauge
from .boxes.box_board import BoxCondition
from .hub import Hub
from .watch.incidents import IncidentBook, IncidentKind


def send_metrics(hub: Hub) -> Response:
    """Of the whole hub, whoever asks."""
    return Response(format_metrics(_figures(hub)), media_type=KIND)


def _figures(hub: Hub) -> Iterator[Metric]:
    board, now = hub.board(), hub.clock.now()
    boxes = board.boxes()
    conditions = Counter(box.condition(now) for box in boxes)
    standing = Counter(incident.kind for incident in IncidentBook(hub.database, str).standing())
    yield each("hub_boxes", "How boxes are", "condition", ((how.value, conditions[how]) for how in BoxCondition))
    yield gauge("hub_offices", "Communes and other offices that publish here", len(board.published))
    yield gauge("hub_boxes_unconfirmed", "Boxes that no trust document names", sum(not box.confirmed for box in boxes))
    live = sum(alert.opened.document.until > now for office in board.published for alert in office.alerts)
    yield gauge("hub_alerts_live", "Signed alerts that have not ended by themselves", live)
    yield gauge("hub_broker_connected", "Has the hub its broker, or needs none?", hub.contact.lost is None)
    yield each("hub_incidents", "Incidents that stand", "kind", ((kind.value, standing[kind]) for kind in IncidentKind))
    entries = sum(box.entries for box in boxes)
    yield Metric("hub_log_entries_total", "counter", "Entries of logs that are believed", [("", entries)])
    late = max(((now - box.log_until).total_seconds() for box in boxes if box.log_until), default=0.0)
    yield gauge("hub_log_age_seconds_max", "How old the oldest log of a box is", late)
    yield gauge("hub_disk_free_bytes", "Free for files and logs", shutil.disk_usage(hub.paths.root).free)


FEEDS: Mapping[str, Callable[[Hub], Response]] = {"GET /metrics": send_metrics}
