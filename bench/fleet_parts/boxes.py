"""Boxes of `box_loop.py`: bare ones, and ones that have an agent's core, for which a daemon is simulated."""

from __future__ import annotations

import base64
import hashlib
import http.client
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from queue import SimpleQueue
from threading import Thread

from loudspeaker.errors import LoudspeakerError
from loudspeaker.fleet.alert_carrier import alert_event
from loudspeaker.fleet.courier import begin_courier
from loudspeaker.fleet.courier_steps import (
    Acknowledge,
    Action,
    AskForHealth,
    BellRung,
    Connect,
    CourierEvent,
    DaemonAnswered,
    DaemonRefused,
    Fetch,
    Fetched,
    HandOver,
    HangUp,
    HealthSaid,
    Holds,
    HubBorn,
    LinkDown,
    LinkUp,
    NotFetched,
    PublishHealth,
    PublishPresence,
    PublishReceipt,
    Subscribe,
    Take,
    TakingEnded,
    TimePassed,
    Verified,
    Verify,
)
from loudspeaker.fleet.hub_settings import make_tls_context
from loudspeaker.fleet.scope_files import manifest_event
from loudspeaker.fleet.topics import (
    BoxHealth,
    HeldVersions,
    Receipt,
    Topic,
    TopicKind,
    document_topic,
    format_message,
    parse_topic,
    retain_handling,
)
from loudspeaker.model.alert_answer import AlertAnswer, AlertState
from loudspeaker.model.board import HealthRow
from loudspeaker.trust.dsse import parse_envelope
from loudspeaker.trust.floors import BoxTime, Floors, accept_alert
from loudspeaker.trust.opening import OpenedAlert, open_alert, open_document, read_unverified
from loudspeaker.trust.signed_documents import Bell, SignedManifest, SigningRole, TrustDocument

from .packets import packet, publish_packet, subscribe_packet
from .wire import Wire

FETCHERS = 16  # that fetch files at a time
TRY = 60.0  # s, until a bare box that is not connected tries again: as long as an agent waits
ALERTS = "alert"  # the topic of the bare boxes
ROWS = tuple(HealthRow(f"dòng {number} của bảng", None, serious=False) for number in range(8))
BOX_YAML = "plays: {na-hoa: loa, suoi-trat: loa}\noutputs: {loa: {device: hw:1}}\n" * 4


@dataclass(frozen=True)
class Order:
    """Which boxes connect where. `trusts`: scope -> envelope (text) in force of each scope that they follow."""

    port: int
    ca: str  # PEM; "" without TLS
    boxes: list[list[str]]  # id, password
    https_port: int = 0
    trusts: dict[str, str] | None = None  # none: bare boxes
    manifests: dict[str, str] | None = None  # scope -> envelope (text) of what all of them hold


class Tally:
    """What has happened since it was asked last. Times are monotonic."""

    def __init__(self) -> None:
        self.arrived: dict[str, list[float]] = {}
        self.accepted: list[float] = []
        self.connected: list[float] = []
        self.counts: Counter[str] = Counter()

    def came(self, payload: bytes, at: float) -> None:
        self.arrived.setdefault(payload.decode().strip()[-60:], []).append(at)


class BareBox:
    """Subscribes to one topic, and acknowledges; tries again until it is connected."""

    def __init__(self, wire: Wire, tally: Tally, schedule: Callable[..., None]) -> None:
        self.wire, self.tally, self._schedule = wire, tally, schedule

    def begin(self) -> None:
        self.wire.connect()
        self._schedule(time.monotonic() + TRY, self)

    def hear_link(self, up: bool) -> None:
        if up:
            self.wire.send(subscribe_packet(1, {ALERTS: 0}))

    def hear(self, topic: str, number: int, payload: bytes, at: float) -> None:
        self.tally.came(payload, at)
        self.wire.send(packet(0x40, number.to_bytes(2, "big")))

    def pass_time(self) -> None:
        if not self.wire.is_up:
            self.begin()


class CourierBox:
    """What an agent is, but for what it asks its daemon: that is answered here, by the rules of the floors."""

    def __init__(self, wire: Wire, tally: Tally, scopes: Scopes, files: Files, schedule: Callable[..., None]) -> None:
        self.wire, self.tally, self.scopes, self.files, self._schedule = wire, tally, scopes, files, schedule
        self.courier = begin_courier(wire.name, "0.3", time.monotonic())
        self.held = {scope: HeldVersions(trust.version, 1, "0") for scope, trust in scopes.trusts.items()}
        self.floors = dict.fromkeys(scopes.trusts, Floors())
        self.given: set[str] = set()
        self.said: set[str] = set()  # files that the broker has brought
        self._birth: bytes | None = None

    def begin(self) -> None:
        self.step(Holds(dict(self.held)))
        self.step(TimePassed())

    def hear_link(self, up: bool) -> None:
        self.step(LinkUp() if up else LinkDown())

    def hear(self, topic: str, number: int, payload: bytes, at: float) -> None:
        known = parse_topic(topic)
        if known and known.kind is TopicKind.ALERT:
            self.tally.came(payload, at)
            return self.step(alert_event(known.of, known.seq, payload, number))
        if known and known.kind is TopicKind.BELL:
            self.step(BellRung(self.scopes.open_bell(payload)))
        elif known and known.kind is TopicKind.MANIFEST:
            self.tally.counts["manifests by the broker"] += 1
            self.step(self.scopes.read_manifest(known.of, payload))
        elif known and known.kind is TopicKind.FILE:
            self.said.add(self.scopes.hash_file(payload))
        elif known and known.kind is TopicKind.BIRTH:
            before, self._birth = self._birth, payload
            if before not in (None, payload):
                self.step(HubBorn())
        self._acknowledge(number)
        return None

    def pass_time(self) -> None:
        self.step(TimePassed())

    def step(self, event: CourierEvent) -> None:
        self.courier, actions = self.courier.step(event, time.monotonic())
        for action in actions:
            self._do(action)
        if (wakes_at := self.courier.wakes_at) is not None:
            self._schedule(wakes_at, self)

    def _do(self, action: Action) -> None:
        match action:
            case Connect():
                self.wire.connect()
            case HangUp():
                self.wire.close()
            case Subscribe(filters):
                self.wire.send(subscribe_packet(1, {one: retain_handling(one) for one in filters}))
            case Acknowledge(message):
                self._acknowledge(message)
            case PublishPresence(presence):
                self._say(TopicKind.PRESENCE, format_message(presence), retain=True)
            case PublishHealth(health, refused):
                now = datetime.now(UTC)
                said = BoxHealth("0.3", now, health.rows or (), now, refused, health.box_yaml)
                self._say(TopicKind.HEALTH, format_message(said), retain=True)
            case PublishReceipt(alert, answer, why):
                state = answer.state if answer else AlertState.FAILED
                sound = answer.first_sound if answer else None
                receipt = Receipt(alert, state, datetime.now(UTC), answer.airings if answer else (), sound, why)
                self._say(TopicKind.RECEIPT, format_message(receipt), retain=False)
            case AskForHealth():
                self.step(HealthSaid(ROWS, datetime.now(UTC), BOX_YAML))
            case HandOver(name, envelope):
                self.step(self._hand_over(name, envelope))
            case Fetch():
                kind = document_topic(action.path)
                self.tally.counts["fetched"] += 1
                self.tally.counts[f"fetched: {kind.kind if kind else 'other'}"] += 1
                self.files.fetch(self, action)
            case Verify(scope, manifest):
                self.step(Verified(scope, self.scopes.lacking(scope, manifest, self.said)))
            case Take(scope):
                self.files.close_line(self)
                self._take(scope)

    def _hand_over(self, name: str, envelope: str) -> CourierEvent:
        """As the daemon does it, which knows by its log what was given."""
        try:
            opened = self.scopes.open_alert(envelope)
            alert = opened.document
            if alert.id in self.given:
                return DaemonAnswered(name, AlertAnswer(alert.id, AlertState.AIRED, (f"{alert.id}/x",), 20.0))
            time_here = BoxTime(datetime.now(UTC), trusted=True)
            self.floors[alert.scope] = accept_alert(self.floors[alert.scope], alert, time_here)
        except LoudspeakerError as error:
            return DaemonRefused(name, str(error))
        if opened.missing:
            return DaemonAnswered(name, AlertAnswer(alert.id, AlertState.PREPARED))
        self.given.add(alert.id)
        self.tally.counts["given"] += 1
        return DaemonAnswered(name, AlertAnswer(alert.id, AlertState.GIVEN, (f"{alert.id}/x",)))

    def _take(self, scope: str) -> None:
        self.held[scope] = replace(self.held[scope], manifest=self.scopes.manifests[scope].version)
        self.said.clear()
        self.tally.accepted.append(time.monotonic())
        self.step(Holds(dict(self.held)))
        self.step(TakingEnded(scope, answered=True))

    def _say(self, kind: TopicKind, payload: bytes, retain: bool) -> None:
        self.wire.send(publish_packet(2, str(Topic(kind, self.wire.name)), payload, retain))

    def _acknowledge(self, number: int) -> None:
        if number:
            self.wire.send(packet(0x40, number.to_bytes(2, "big")))


class Scopes:
    """The trust documents of all boxes; each envelope is opened once, by people's signatures."""

    def __init__(self, trusts: dict[str, str], manifests: dict[str, str]) -> None:
        found = {scope: read_unverified(parse_envelope(raw.encode())) for scope, raw in trusts.items()}
        self.trusts = {scope: trust for scope, trust in found.items() if isinstance(trust, TrustDocument)}
        self.open_alert = lru_cache(self._open_alert)
        self.open_bell = lru_cache(self._open_bell)
        self.open_manifest = lru_cache(self._open_manifest)
        self.read_manifest = lru_cache(manifest_event)
        self.hash_file = lru_cache(lambda content: hashlib.sha256(content).hexdigest())
        self.manifests: dict[str, SignedManifest] = {}  # that were verified last
        for raw in manifests.values():
            self._open_manifest(raw.encode())
        self._first = dict(self.manifests)

    def _open_alert(self, raw: str) -> OpenedAlert:
        envelope = parse_envelope(raw.encode())
        return open_alert(envelope, self.trusts[read_unverified(envelope).scope])

    def _open_bell(self, raw: bytes) -> dict[str, object]:
        envelope = parse_envelope(raw)
        return open_document(
            Bell, envelope, self.trusts[read_unverified(envelope).scope], SigningRole.HUB
        ).document.heads

    def lacking(self, scope: str, manifest: bytes, said: set[str]) -> dict[str, int]:
        """The files but sound of a manifest that the broker has brought, or else of the one that was fetched last."""
        if manifest:
            self.open_manifest(manifest)
        here = {file.sha256 for file in self._first[scope].files.values()} | said
        files = self.manifests[scope].files.values()
        return {file.sha256: file.bytes for file in files if not file.lazy and file.sha256 not in here}

    def _open_manifest(self, raw: bytes) -> None:
        envelope = parse_envelope(raw)
        trust = self.trusts[read_unverified(envelope).scope]
        manifest = open_document(SignedManifest, envelope, trust, SigningRole.CONTENT).document
        self.manifests[manifest.scope] = manifest


class Files:
    """Fetches documents and files over HTTPS, by a connection of its own for each box and bell, as an agent does."""

    def __init__(self, order: Order, scopes: Scopes, report: Callable[[CourierBox, CourierEvent], None]) -> None:
        self._order, self._scopes, self._report = order, scopes, report
        self._tls = make_tls_context(order.ca) if order.ca else None
        self._wanted: SimpleQueue[tuple[CourierBox, Fetch]] = SimpleQueue()
        self._lines: dict[str, http.client.HTTPSConnection] = {}
        for _ in range(FETCHERS):
            Thread(target=self._work, daemon=True).start()

    def fetch(self, box: CourierBox, fetch: Fetch) -> None:
        self._wanted.put((box, fetch))

    def close_line(self, box: CourierBox) -> None:
        if line := self._lines.pop(box.wire.name, None):
            line.close()

    def _work(self) -> None:
        while True:
            box, fetch = self._wanted.get()
            try:
                self._report(box, self._fetch(box, fetch.path))
            except (OSError, http.client.HTTPException, LoudspeakerError):
                self._lines.pop(box.wire.name, None)
                self._report(box, NotFetched(fetch.path))

    def _fetch(self, box: CourierBox, path: str) -> CourierEvent:
        name, password = box.wire.name, box.wire.password
        fresh = partial(http.client.HTTPSConnection, "localhost", self._order.https_port, context=self._tls, timeout=60)
        line = self._lines.pop(name, None) or fresh()
        log_in = base64.b64encode(f"{name}:{password}".encode()).decode()
        line.request("GET", f"/{path}", headers={"Authorization": f"Basic {log_in}"})
        answer = line.getresponse()
        content = answer.read()
        self._lines[name] = line
        if answer.status == 404:
            return NotFetched(path, gone=True)
        if answer.status != 200:
            raise OSError(answer.status)
        if path.endswith("/manifest.json"):
            self._scopes.open_manifest(content)
        return Fetched(path)
