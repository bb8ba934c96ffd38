"""Names and messages that box and hub have in common."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub

from loudspeaker.errors import BadUsage
from loudspeaker.fleet import topics
from loudspeaker.fleet.topics import (
    FORMS,
    BoxHealth,
    HeldVersions,
    HubBirth,
    Presence,
    Receipt,
    Topic,
    TopicKind,
    box_subscriptions,
    document_topic,
    format_message,
    parse_message,
    parse_topic,
    retain_handling,
)
from loudspeaker.model.alert_answer import AlertState
from loudspeaker.model.board import HealthRow
from loudspeaker.station.deliveries import delivery

NOW = datetime(2026, 11, 29, 5, 0, tzinfo=UTC)
MESSAGES = [
    Presence(False),
    Presence(True, "0.1.0", {"ban-may": HeldVersions(4, 43, "ab" * 32), "lao-cai": HeldVersions()}),
    BoxHealth("0.1.0", NOW, (HealthRow("đĩa", "đầy", True, "disk"),), NOW, {"ban-may": "cũ hơn"}, "plays: {}\n"),
    Receipt("ban-may/17", AlertState.AIRED, NOW, ("na-hoa/urgent@ban-may/2026-11-29T12:00:00",), 87.5),
    Receipt("ban-may/17", AlertState.FAILED, NOW, why="mới có 1 người ký"),
    HubBirth(NOW),
]


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("ls/1/scope/ban-may/bell", Topic(TopicKind.BELL, "ban-may")),
        ("ls/1/scope/ban-may/manifest", Topic(TopicKind.MANIFEST, "ban-may")),
        ("ls/1/scope/ban-may/file", Topic(TopicKind.FILE, "ban-may")),
        ("ls/1/scope/ban-may/alert/17", Topic(TopicKind.ALERT, "ban-may", 17)),
        ("ls/1/hub/birth", Topic(TopicKind.BIRTH)),
        ("ls/1/box/b-0a1b2c3d/presence", Topic(TopicKind.PRESENCE, "b-0a1b2c3d")),
        ("ls/1/box/b-0a1b2c3d/health", Topic(TopicKind.HEALTH, "b-0a1b2c3d")),
        ("ls/1/box/b-0a1b2c3d/receipt", Topic(TopicKind.RECEIPT, "b-0a1b2c3d")),
    ],
)
def test_a_topic_has_one_name(name: str, topic: Topic) -> None:
    assert str(topic) == name
    assert parse_topic(name) == topic


@pytest.mark.parametrize(
    "name",
    [
        *("ls/1/scope/Ban May/bell", "ls/1/scope/ban-may/alert/0", "ls/1/scope/ban-may/alert/017", "ls/2/hub/birth"),
        *("ls/1/scope/ban-may/alert/17/x", "ls/1/box/../presence", "ls/1/box/b-0a1b/alert", "", "ls/1/hub/birth\n"),
    ],
)
def test_other_names_are_no_topics(name: str) -> None:
    assert parse_topic(name) is None


def test_a_file_is_said_under_the_topic_of_its_name() -> None:
    assert document_topic("v1/ban-may/bell.json") == Topic(TopicKind.BELL, "ban-may")
    assert document_topic("v1/ban-may/alert/17.json") == Topic(TopicKind.ALERT, "ban-may", 17)
    assert document_topic("v1/ban-may/manifest.json") == Topic(TopicKind.MANIFEST, "ban-may")
    assert document_topic("v1/ban-may/rules.json") is None
    assert document_topic("v1/ban-may/trust/4.json") is None
    assert document_topic(topics.blob_path("ab" * 32)) is None


def test_the_folder_is_that_of_a_stick() -> None:
    assert topics.ROOT == delivery.ROOT


def test_a_box_hears_its_scopes_and_the_hub_and_no_other_box() -> None:
    assert box_subscriptions(("ban-may", "lao-cai")) == (
        *("ls/1/scope/ban-may/alert/+", "ls/1/scope/lao-cai/alert/+"),
        *("ls/1/scope/ban-may/file", "ls/1/scope/lao-cai/file"),
        *("ls/1/scope/ban-may/manifest", "ls/1/scope/lao-cai/manifest"),
        *("ls/1/scope/ban-may/bell", "ls/1/scope/lao-cai/bell"),
        "ls/1/hub/birth",
    )


@pytest.mark.parametrize("form", range(FORMS))
def test_filters_mean_the_same_in_each_form(form: int) -> None:
    plain, written = box_subscriptions(("ban-may",)), box_subscriptions(("ban-may",), form)
    said = [f"ls/1/scope/ban-may/{kind}" for kind in ("alert/17", "file", "manifest", "bell")]
    others = ["ls/1/box/b-0a1b2c3d/receipt", "ls/1/scope/muong-hum/bell", "ls/1/scope/birth/bell"]

    for topic in (*said, *others, "ls/1/hub/birth"):
        matching = [topic_matches_sub(one, topic) for one in plain]
        assert [topic_matches_sub(one, topic) for one in written] == matching
    assert len({box_subscriptions(("ban-may",), form) for form in range(FORMS)}) == FORMS


def test_only_a_manifest_does_not_come_again_with_each_connection() -> None:
    once = [name for name in box_subscriptions(("ban-may", "lao-cai")) if retain_handling(name)]

    assert once == ["ls/1/scope/ban-may/manifest", "ls/1/scope/lao-cai/manifest"]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_arrives_as_it_was_sent(message: Presence | BoxHealth | Receipt | HubBirth) -> None:
    raw = format_message(message)

    assert parse_message(type(message), raw) == message
    assert parse_message(type(message), raw[:-1] + b',"later": 1}') == message  # of a newer version


@given(st.binary(max_size=200))
def test_what_is_no_message_is_refused(raw: bytes) -> None:
    with pytest.raises(BadUsage):
        parse_message(Receipt, raw)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_a_message_in_another_encoding_than_utf_8_is_refused(encoding: str) -> None:
    raw = format_message(MESSAGES[0]).decode().encode(encoding)

    with pytest.raises(BadUsage):
        parse_message(type(MESSAGES[0]), raw)
