"""This box's log on its way to its hub, piece by piece, each signed: from where the hub has told it to go on."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from datetime import datetime

from ..codec import UNREADABLE
from ..errors import Message, Refused
from ..station.log_segment import make_segment
from ..store.asrun import AsRunLog
from ..trust.key_file import SigningKey
from .https import FAILURES
from .hub_settings import HubSettings, make_tls_context
from .join_client import hub_unreachable, read_told_error

PATIENCE, MOST_ANSWER_BYTES = 60.0, 10_000  # s, bytes


def send_log(log: AsRunLog, key: SigningKey, settings: HubSettings, now: datetime) -> int:
    """Send what the hub does not have of this log yet; how many entries went.

    Raises `RefusedLog` where the hub does not believe it, `Refused` where it cannot be reached, `LogUnusable`.
    """
    context = make_tls_context(settings.ca)
    line = http.client.HTTPSConnection(settings.address, settings.https_port, timeout=PATIENCE, context=context)
    with closing(line):
        known = first = _ask(line, settings, "GET", f"?life={log.life()}")
        while known < log.last_number():
            known = _ask(line, settings, "POST", "", make_segment(log, key, known, now))
        if known == first:  # nothing is new, or less is here than there was: the hub is told so
            known = _ask(line, settings, "POST", "", make_segment(log, key, known, now))
    return known - first


def _ask(
    line: http.client.HTTPSConnection, settings: HubSettings, method: str, query: str, body: bytes | None = None
) -> int:
    """How many entries the hub has. Raises the error that it tells of, `Refused`."""
    try:
        line.request(method, f"/v1/box/{settings.user}/log{query}", body, {**settings.log_in})
        answer = line.getresponse()
        told = answer.read(MOST_ANSWER_BYTES)
    except FAILURES as error:
        raise Refused(hub_unreachable(settings.address, error)) from error
    if answer.status != http.HTTPStatus.OK:
        raise read_told_error(told, answer.status)
    try:
        return int(json.loads(told)["next"]) - 1
    except UNREADABLE:
        raise Refused(Message("the hub answers {status}", status=answer.status)) from None
