"""What boxes say over MQTT, kept: the last presence and health of each box, and every step of it with an alert once."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from ...errors import BadUsage
from ...fleet.topics import BoxHealth, Presence, Receipt, Topic, TopicKind, parse_message, parse_topic
from ..hub_database import HubDatabase, text_of

MESSAGES: Mapping[TopicKind, type[Presence | BoxHealth | Receipt]] = {
    TopicKind.PRESENCE: Presence,
    TopicKind.HEALTH: BoxHealth,
    TopicKind.RECEIPT: Receipt,
}
# A retained message comes again with each connection: what was known already keeps its time.
# Of strangers nothing is kept.
KEEP_SAID = """INSERT INTO said (box, kind, at, body, heard) SELECT id, ?1, ?2, ?3, ?4 FROM box WHERE id = ?5
    ON CONFLICT (box, kind) DO UPDATE SET at = iif(body = excluded.body, at, excluded.at), body = excluded.body,
    heard = max(heard, excluded.heard)"""
KEEP_RECEIPT = """INSERT INTO receipt SELECT id, ?, ?, ?, ? FROM box WHERE id = ?
    ON CONFLICT (box, alert, state) DO UPDATE SET body = excluded.body WHERE body != excluded.body"""
logger = logging.getLogger(__name__)


class SaidMessage(NamedTuple):
    """A message as it came: the name of its topic, and its bytes. `is_kept`: by the broker, from whenever."""

    topic: str
    payload: bytes
    is_kept: bool = False


def keep_messages(database: HubDatabase, messages: Iterable[SaidMessage], now: datetime) -> None:
    """Keep what boxes have said, in one transaction; what cannot be read is passed over. Raises `WriteError`."""
    at = text_of(now)
    with database.change() as connection:
        for message in messages:
            topic = parse_topic(message.topic)
            if topic is None or topic.kind not in MESSAGES:
                continue
            try:
                _keep(connection, topic, message, at)
            except BadUsage as error:
                logger.warning("%s: %s", message.topic, error)


def _keep(connection: sqlite3.Connection, topic: Topic, message: SaidMessage, at: str) -> None:
    """Raises `BadUsage`."""
    parsed: Presence | BoxHealth | Receipt = parse_message(MESSAGES[topic.kind], message.payload)
    body, heard = message.payload.decode(), "" if message.is_kept else at
    if isinstance(parsed, Receipt):
        connection.execute(KEEP_RECEIPT, (parsed.alert, parsed.state.value, at, body, topic.of))
    else:
        connection.execute(KEEP_SAID, (topic.kind.value, at, body, heard, topic.of))
