"""What the agent does on its own box: hands alerts to the daemon, verifies what it has fetched, has it taken.

Nothing that it verifies counts for anybody else: the daemon and its child verify it again. It verifies so that a hub
that lies, or was taken over, cannot fill the disk.
"""

from __future__ import annotations

import logging
import secrets
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from ..clock import VouchedTime
from ..codec import UNREADABLE, decode
from ..daemon.alert_delivery import PASSED_OVER
from ..daemon.protocol import ask
from ..errors import BadUsage, BeingMade, BeingRead, LoudspeakerError, Message, Refused, Unreachable
from ..interfaces import Clock
from ..model.alert_answer import AlertAnswer, AlertState
from ..model.board import Health
from ..model.requests import AskHealth, LookAgain, TakeAlert
from ..station.box.hub_contact import is_vouched, read_hub_time, read_nonce
from ..station.box.log_request import WantedPiece, read_piece, want_piece
from ..station.deliveries.delivery import Deliveries, alert_folder
from ..station.deliveries.fetched_answer import LATE_FILES, FetchedAnswer, read_fetched_answer
from ..station.deliveries.late_files import lacking_sounds
from ..station.deliveries.membership import Membership, read_membership
from ..station.deliveries.trust_chains import TrustChains, trust_in_force
from ..station.emergency.alert_log import decided_alerts
from ..station.paths import StationPaths
from ..store.asrun import AsRunLog
from ..store.atomic import WriteError, read_regular_file, write_atomic
from ..store.received import MOST_DOCUMENT_BYTES, ReceivedFiles, is_whole
from ..trust.dsse import parse_envelope
from ..trust.faults import Fault, UntrustedDocument
from ..trust.opening import open_document, read_unverified, read_unverified_as
from ..trust.signed_documents import (
    ROOT,
    Alert,
    Bell,
    SignedManifest,
    SignedSound,
    SigningRole,
    TrustDocument,
)
from .alert_carrier import alert_event
from .courier_steps import (
    AlertCame,
    BellRung,
    CourierEvent,
    DaemonAnswered,
    DaemonAway,
    DaemonMaking,
    DaemonRefused,
    Distrusted,
    HandOver,
    HealthSaid,
    Holds,
    HubsNamed,
    LogHas,
    TakingEnded,
    Verified,
    WantedFile,
)
from .hub_settings import HubSettings
from .topics import HeldVersions, blob_path

TAKING, SIGNING = 120.0, 60.0  # s: what was fetched has been taken by then, or a piece of the log signed
AWAY = 10.0  # s: a daemon that is away is waited for no longer with what nothing waits for
ASKING = 15.0  # s: by then the daemon has asked what time it is, or has believed the answer
LOOK = 0.1  # s, between looks whether it has
MOST_BOX_BYTES = 100_000
MAY_HOLD_LATER = (Fault.UNSIGNED, Fault.TOO_NEW)  # once a trust document, or an update of this program, has come

T = TypeVar("T")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BoxSide:
    """The station that the agent works for. `say` translates what people at a hub read of it.

    `ask_daemon` is `protocol.ask`, or what stands in for it.
    """

    paths: StationPaths
    clock: Clock
    say: Callable[[str], str]
    pause: Callable[[float], None] = field(default=time.sleep)
    ask_daemon: Callable[..., object] = field(default=ask)

    def hand_over(self, alert: HandOver) -> CourierEvent:
        """Have the daemon do what an alert says."""
        name = alert.name
        try:
            answer = self.ask_daemon(self.paths.socket, TakeAlert.verb, envelope=alert.envelope)
            return DaemonAnswered(name, decode(AlertAnswer, answer))
        except (BeingMade, BeingRead):
            return DaemonMaking(name)
        except Unreachable:
            return DaemonAway(name)
        except UntrustedDocument as error:
            is_old = error.fault in PASSED_OVER
            return DaemonRefused(name, error.say(self.say), passing=error.fault in MAY_HOLD_LATER, silent=is_old)
        except (Refused, BadUsage) as error:
            return DaemonRefused(name, error.say(self.say))
        except LoudspeakerError as error:  # a card that is gone, a template that is not here yet
            return DaemonRefused(name, error.say(self.say), passing=True)
        except UNREADABLE as error:  # a daemon of another version
            return DaemonRefused(name, str(error), passing=True)

    def health(self) -> HealthSaid:
        """What the daemon says of this box; nothing where it is away."""
        box = read_regular_file(self.paths.home / "box.yaml", MOST_BOX_BYTES) or b""
        with suppress(LoudspeakerError, *UNREADABLE):
            health = decode(Health, self.ask_daemon(self.paths.socket, AskHealth.verb))
            return HealthSaid(health.rows, health.looked_at, box.decode(errors="replace"))
        return HealthSaid(None)

    def holds(self) -> Holds:
        """What it holds of each scope; nothing for a box that has not joined, or of which nobody can tell."""
        try:
            membership = read_membership(self.paths)
        except Refused as error:
            logger.warning("%s", error.say(self.say))
            membership = None
        trust = TrustChains(self.paths, membership).lengths() if membership else {}
        held = {
            followed.scope: HeldVersions(
                trust[followed.scope], followed.accepted.version, str(followed.floors.get("manifest_sha256", ""))
            )
            for followed in (membership.scopes if membership else ())
        }
        answer = read_fetched_answer(self.paths.taken)
        refused = {scope: why.say(self.say) for scope, why in answer.refused.items()}
        if membership is None:
            return Holds(held, refused)
        midnight = answer.sounds.midnight
        late = self._late_files(membership, answer)
        begins = self._on_our_clock(midnight) if midnight else None
        return Holds(held, refused, late, begins, self._decided_alerts(membership))

    def _decided_alerts(self, membership: Membership) -> Mapping[str, frozenset[int]]:
        with suppress(LoudspeakerError), closing(AsRunLog.open_read_only(self.paths.log, membership.scope)) as log:
            return decided_alerts(log)
        return {}

    def _late_files(self, membership: Membership, answer: FetchedAnswer) -> Mapping[str, WantedFile]:
        """By their SHA-256, what is needed first at the front."""
        damaged = self._received_files("").missing(answer.damaged)  # still: a stick may have brought it
        urgent = {**self._lacking_alert_sounds(), **{sha256: answer.damaged[sha256] for sha256 in damaged}}
        places = {sha256: place for place, sha256 in enumerate(answer.sounds.order)}
        due = {sha256: self._on_our_clock(at) for sha256, at in answer.sounds.due.items()}
        sounds = self._lacking_sounds(membership)
        first = sorted(sounds, key=lambda sha256: places.get(sha256, len(places)))
        return {
            **{sha256: WantedFile(size, urgent=True) for sha256, size in urgent.items()},
            **{sha256: WantedFile(sounds[sha256], due=due.get(sha256)) for sha256 in first if sha256 not in urgent},
        }

    def _on_our_clock(self, instant: datetime) -> float:
        """An instant on the clock of the courier."""
        return self.clock.monotonic() + (instant - self.clock.now()).total_seconds()

    def note_alert(self, alert: HandOver, answer: DaemonAnswered) -> bool:
        """Keep an alert that waits for more signatures, and whose sound may come before them; is it one?"""
        document = read_unverified(parse_envelope(alert.envelope.encode()))  # the daemon has verified it
        if not isinstance(document, Alert) or not document.audio:
            return False
        path = alert_folder(self.paths.fleet, document.scope) / f"{document.seq}.json"
        if answer.answer.state is not AlertState.PREPARED or not self._lacks(document.audio):
            path.unlink(missing_ok=True)
            return False
        write_atomic(path, alert.envelope.encode())
        return True

    def alerts_with_sound(self) -> Sequence[AlertCame]:
        """Those that were kept so and whose sound is here now: the daemon, asked once more, makes theirs anew."""
        came = []
        for path, document, sound in self._kept_alerts():
            if not self._lacks(sound):
                came.append(alert_event(document.scope, document.seq, path.read_bytes()))
                path.unlink()
        return came

    def _lacking_alert_sounds(self) -> Mapping[str, int]:
        """SHA-256 -> bytes."""
        return {sound.sha256: sound.bytes for _path, _alert, sound in self._kept_alerts() if self._lacks(sound)}

    def _kept_alerts(self) -> Iterator[tuple[Path, Alert, SignedSound]]:
        """The alerts that wait for their sound; what has ended does so no more."""
        for path in sorted((self.paths.fleet / ROOT).glob("*/alert/*.json")):
            with suppress(UntrustedDocument, FileNotFoundError):
                document = read_unverified(parse_envelope(path.read_bytes()))
                if isinstance(document, Alert) and document.audio and document.until > self.clock.now():
                    yield path, document, document.audio
                    continue
            path.unlink(missing_ok=True)

    def _lacks(self, sound: SignedSound) -> bool:
        return bool(self._received_files("").missing([sound.sha256]))

    def _lacking_sounds(self, membership: Membership) -> Mapping[str, int]:
        """SHA-256 -> bytes."""
        lacking = (sound for followed in membership.scopes for sound in lacking_sounds(self.paths, followed))
        return {sound.sha256: sound.bytes for _bulletin, sound in lacking}

    def hubs(self, own: HubSettings) -> HubsNamed:
        """Its own hub, and others that the trust documents name."""
        others: dict[HubSettings, str] = {}
        try:
            for trust in self._trusts().values():
                for hub in trust.hubs:
                    others.setdefault(own.other_hub(hub), hub)
        except LoudspeakerError as error:
            logger.warning("%s", error.say(self.say))
        return HubsNamed(("", *(hub for settings, hub in others.items() if settings != own)))

    def open_bell(self, raw: bytes) -> BellRung:
        """What is newest by a bell, and when: signed by a hub, where the trust document of its scope names any.

        Where it names none it is only a hint: nothing is taken by its word. Raises `UntrustedDocument`, `Refused`.
        """
        envelope = parse_envelope(raw)
        bell = read_unverified_as(Bell, envelope)
        trust = self._trusts().get(bell.scope)
        if trust and SigningRole.HUB in trust.roles:
            open_document(Bell, envelope, trust, SigningRole.HUB)
        return BellRung(bell.heads, bell.issued)

    def verify(self, scope: str) -> CourierEvent:
        """The documents of a scope that were fetched."""
        try:
            lacking = self._deliveries().lacking(self.paths.fleet, scope)
        except (LoudspeakerError, OSError) as error:
            logger.warning("%s: %s", scope, error.say(self.say) if isinstance(error, LoudspeakerError) else error)
            return Distrusted(scope)
        self._sweep()
        files = {sha256: size for sha256, size in lacking.files.items() if not self._is_fetched(sha256)}
        return Verified(scope, files, lacking.alert)

    def take(self, scope: str) -> TakingEnded:
        """Have the daemon's child take all that lies in the agent's folder; wait until it has."""
        try:
            answer = self._have_taken(secrets.token_hex(8))
        except WriteError as error:
            logger.warning("%s: %s", scope, error.say(self.say))
            return TakingEnded(scope, answered=False, has_room=False)
        if answer and scope not in answer.refused:
            self._sweep()
        return TakingEnded(scope, answered=answer is not None, has_room=not answer or scope not in answer.unwritten)

    def take_late_files(self) -> bool:
        """The same of what came behind its manifest: whatever manifest lies there, it is not looked at.

        The child sees, too, what is damaged here. False where nobody has answered.
        """
        answered = self._have_taken(LATE_FILES + secrets.token_hex(8), patience=AWAY) is not None
        if answered:
            self._sweep()
        return answered

    def _have_taken(self, mark: str, patience: float = TAKING) -> FetchedAnswer | None:
        """The answer to this mark; None where it does not come. `patience`: with a daemon that is away.

        Raises `WriteError` where there is no room for the mark.
        """
        write_atomic(self.paths.fetched_mark, mark.encode())
        is_there = self._look_again()
        return self._wait_for(lambda: self._answer_to(mark), TAKING if is_there else patience)

    def _answer_to(self, mark: str) -> FetchedAnswer | None:
        answer = read_fetched_answer(self.paths.taken)
        return answer if answer.mark == mark else None

    def log_end(self) -> LogHas:
        """How far this box's log goes; nowhere for a box that has not joined. Raises `Refused`, `LogUnusable`."""
        membership = read_membership(self.paths)
        if membership is None or not self.paths.log.is_file():
            return LogHas("", 0)
        with closing(AsRunLog.open_read_only(self.paths.log, membership.scope)) as log:
            return LogHas(log.life(), log.last_number())

    def sign_log(self, after: int) -> bytes:
        """Have the daemon's child sign what follows this entry of the log. Raises `Unreachable`, `WriteError`."""
        mark = secrets.token_hex(8)
        want_piece(self.paths.log_wanted, WantedPiece(mark, after))
        self._look_again()
        piece = self._wait_for(lambda: read_piece(self.paths.log_piece, mark), SIGNING)
        if piece is None:
            raise Unreachable(Message("nobody here has signed a piece of the log"))
        return piece

    def knows_time(self) -> bool:
        """Does anybody vouch for this box's time?"""
        return is_vouched(self.paths, self.clock.now())

    def check_time(self, ask: Callable[[str], bytes]) -> bool:
        """Carry the daemon's question to the hub, whom `ask` asks, and its answer back; True where it is believed.

        Raises `Unreachable` where the daemon asks nothing, what `ask` raises, `WriteError`.
        """
        mark = secrets.token_hex(8)
        write_atomic(self.paths.time_wanted, mark.encode())
        self._look_again()
        nonce = self._wait_for(lambda: read_nonce(self.paths.time_nonce, mark) or None, ASKING)
        if nonce is None:
            raise Unreachable(Message("nobody here asks for the time"))
        write_atomic(self.paths.time_answer, ask(nonce))
        self._look_again()
        return self._wait_for(lambda: self._read_time(nonce), ASKING) is not None

    def _read_time(self, nonce: str) -> VouchedTime | None:
        """The time that the daemon has believed by the answer to this nonce."""
        time = read_hub_time(self.paths)
        return time if time and time.nonce == nonce else None

    def _wait_for(self, look: Callable[[], T | None], seconds: float) -> T | None:
        """What `look` finds; None where it finds nothing for so long."""
        for _ in range(round(seconds / LOOK)):
            if (answer := look()) is not None:
                return answer
            self.pause(LOOK)
        return look()

    def _look_again(self) -> bool:
        """Have the daemon see what was left for it; is it there? Else it looks by itself, within two seconds."""
        try:
            self.ask_daemon(self.paths.socket, LookAgain.verb)
        except Unreachable:
            return False
        except LoudspeakerError:
            pass
        return True

    def _trusts(self) -> Mapping[str, TrustDocument]:
        with suppress(BadUsage, Refused):  # it has not joined, or they are damaged, and are fetched again
            return {trust.scope: trust for trust, _floors in trust_in_force(self.paths)}
        return {}

    def _deliveries(self) -> Deliveries:
        now = self.clock.now()
        return Deliveries(self.paths, now, is_vouched(self.paths, now))

    def _received_files(self, scope: str) -> ReceivedFiles:
        return ReceivedFiles(self.paths.received, scope)

    def _blobs(self) -> Collection[Path]:
        folder = self.paths.fleet / ROOT / "blob"
        return list(folder.iterdir()) if folder.is_dir() else []

    def _is_fetched(self, sha256: str) -> bool:
        """Is all of it here? What was damaged here is deleted: the station would refuse it again and again."""
        path = self.paths.fleet / blob_path(sha256)
        if is_whole(path, sha256):
            return True
        _discard(path)
        return False

    def _sweep(self) -> None:
        """Delete files, and pieces of files, that the station has got or that no manifest here names any more."""
        membership = read_membership(self.paths)
        named = {*(self._lacking_sounds(membership) if membership else ()), *self._lacking_alert_sounds()}
        named |= read_fetched_answer(self.paths.taken).damaged.keys()
        for path in (self.paths.fleet / ROOT).glob("*/manifest.json"):
            with suppress(UntrustedDocument):
                document = read_unverified(parse_envelope(read_regular_file(path, MOST_DOCUMENT_BYTES) or b""))
                named |= (
                    {file.sha256 for file in document.files.values()} if isinstance(document, SignedManifest) else set()
                )
        received = self._received_files("")
        for blob in self._blobs():
            if blob.stem not in named or not received.missing([blob.stem]):
                _discard(blob)


def _discard(path: Path) -> None:
    """Delete what lies there, whatever it is: a folder as well, of which no file could take the place."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
