"""A hub in a folder of its own, boxes that have joined it, and the logs that they keep."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast
from weakref import finalize

from anyio.from_thread import start_blocking_portal

from harness.office import NOW, SCOPE
from harness.officers import QUICK, Officers
from harness.signing import HOST, make_signer
from loudspeaker.clock import FakeClock
from loudspeaker.fleet.joining import InvitationCode, JoinKeys, JoinRequest, format_request, open_answer
from loudspeaker.hub.boxes.box_registry import RegisteredBox
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_app import create_hub_app
from loudspeaker.hub.hub_site import HubSite
from loudspeaker.model.airing import Occurrence
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.enums import Level, Verdict
from loudspeaker.station.box.box_key import box_id
from loudspeaker.station.box.log_segment import make_segment
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.trust.key_file import SigningKey, key_of
from loudspeaker.web.console import Console

AUTHORITY = "-----BEGIN CERTIFICATE-----\nof the hub\n-----END CERTIFICATE-----\n"


def quick_keys(code: InvitationCode) -> JoinKeys:
    """Keys of a code without the tenth of a second that they take: nobody guesses here."""
    raw = hashlib.sha512(f"{code.letters} {code.secret}".encode()).digest()
    return JoinKeys(raw[:32], raw[32:])


def open_hub(root: Path, clock: FakeClock | None = None) -> Hub:
    """A hub; its certificate is one that nobody looks at."""
    hub = Hub.open(root, clock or FakeClock(NOW))
    hub = replace(hub, registry=replace(hub.registry, derive=quick_keys))
    hub.broker.folder.mkdir(exist_ok=True)
    hub.broker.authority.write_text(AUTHORITY)
    return hub


@contextmanager
def open_pages(hub: Hub, *more_hosts: str) -> Iterator[Officers]:
    """Those who use the pages of a hub by its name, as passkeys need."""
    site = HubSite.open(hub, language="vi", hosts=frozenset({HOST, *more_hosts}), hashes=QUICK)
    with closing(site) as pages, start_blocking_portal() as portal:
        app = create_hub_app(hub, pages.create_app())
        yield Officers(cast(Console, pages), portal, f"https://{HOST}:8443", app)


def make_box_key(secret: str) -> SigningKey:
    """The same key in every run."""
    key = make_signer("box", secret)
    return key_of(key.private, box_id(key.public), "")


@dataclass(frozen=True)
class JoinedBox:
    """A box as it knows itself: its key, its password, its log, which is closed once nobody holds the box."""

    key: SigningKey
    password: str
    log: AsRunLog

    def __post_init__(self) -> None:
        finalize(self, self.log.close)

    @property
    def id(self) -> str:
        return self.key.public.person

    def segment(self, after: int = 0, now: datetime = NOW) -> bytes:
        return make_segment(self.log, self.key, after, now)

    def pause(self, count: int = 1) -> None:
        """Entries that are no verdicts."""
        for _ in range(count):
            self.log.event("pause", "", NOW, village="na-hoa", why=str(self.log.last_number()))

    def air(self, village: str, minutes: int = 0, verdict: Verdict = Verdict.AIRED, bulletin: str = "tin-sang") -> None:
        """An airing of the bulletin, so many minutes after `NOW`, that lasted one."""
        at = NOW + timedelta(minutes=minutes)
        name = f"{village}/{bulletin}/{at:%Y-%m-%dT%H:%M}"
        occurrence = Occurrence(name, village, "san-kho", bulletin, bulletin, Level.ROUTINE, at)
        started = (at, at + timedelta(minutes=1)) if verdict is Verdict.AIRED else (None, None)
        self.log.verdict(AsRunRecord(occurrence, verdict, "", *started))


def enrol(
    hub: Hub, folder: Path, secret: str = "box", villages: Sequence[str] = ("na-hoa",), scope: str = SCOPE
) -> JoinedBox:
    """A box that has joined by a code."""
    code, key = hub.registry.invite(scope, f"máy {secret}"), make_box_key(secret)
    keys = hub.registry.derive(code)
    raw = format_request(JoinRequest(code.letters, key.public.public, tuple(villages), "", "0.1"), keys)
    answer = open_answer(hub.join(raw), raw, keys)
    return JoinedBox(key, answer.password, AsRunLog.open(folder / secret / "asrun.db", scope))


def registered(hub: Hub, box: JoinedBox) -> RegisteredBox:
    """The same box as the hub knows it."""
    return hub.registry.box(box.id)
