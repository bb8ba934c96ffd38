"""What the agent does on its own box, with a daemon that answers as the test wants it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from harness.alert_box import BOX, flood, sealed
from harness.changed_bytes import flip_bit
from harness.fake_daemon import FakeDaemon
from harness.office import NOW, SCOPE, Office, deliveries, join, open_office, speak
from harness.signing import PEOPLE, make_trust

from loudspeaker.clock import FakeClock
from loudspeaker.errors import BeingMade, LoudspeakerError, Message, NotFound, Refused, SpeakerError
from loudspeaker.fleet.box_side import BoxSide
from loudspeaker.fleet.courier_steps import (
    CourierEvent,
    DaemonAnswered,
    DaemonAway,
    DaemonMaking,
    DaemonRefused,
    Distrusted,
    HandOver,
    HealthSaid,
    TakingEnded,
    Verified,
    WantedFile,
)
from loudspeaker.fleet.topics import HeldVersions
from loudspeaker.model.alert_answer import AlertAnswer, AlertState
from loudspeaker.station.deliveries.fetched_answer import FetchedAnswer, keep_fetched_answer, read_mark
from loudspeaker.station.deliveries.late_files import needed_sounds
from loudspeaker.station.emergency.alert_sounds import take_alert_sounds
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.signing.packing import read_packed
from loudspeaker.station.signing.sound_packing import sound_path
from loudspeaker.station.station import Station
from loudspeaker.trust.dsse import format_envelope
from loudspeaker.trust.faults import Fault, UntrustedDocument
from loudspeaker.trust.opening import seal
from loudspeaker.trust.signed_documents import Alert, Bell, Heads, SignedSound

pytestmark = pytest.mark.waits

OVER = HandOver("x", "{}")


@pytest.fixture
def paths(home: Path) -> StationPaths:
    (home / ".state").mkdir(exist_ok=True)
    return StationPaths(home, home / ".state")


@pytest.fixture
def box(paths: StationPaths) -> BoxSide:
    clock = FakeClock(NOW)
    return BoxSide(paths, clock, str, clock.advance)


@pytest.fixture
def daemon(paths: StationPaths) -> Iterator[FakeDaemon]:
    daemon = FakeDaemon(paths.socket)
    yield daemon
    daemon.close()


def test_a_daemon_that_is_away_has_answered_nothing(box: BoxSide) -> None:
    assert box.hand_over(OVER) == DaemonAway("x")
    assert box.health() == HealthSaid(None)


def test_what_the_daemon_answers_is_told(box: BoxSide, daemon: FakeDaemon) -> None:
    daemon.answers["alert"] = {"alert": "ban-may/17", "state": "aired", "airings": ["a"], "first_sound": 80}

    assert box.hand_over(OVER) == DaemonAnswered("x", AlertAnswer("ban-may/17", AlertState.AIRED, ("a",), 80))


MESSAGE = Message("it is night")


@pytest.mark.parametrize(
    ("error", "event"),
    [
        (BeingMade(MESSAGE), DaemonMaking("x")),
        (Refused(MESSAGE), DaemonRefused("x", "it is night")),
        (SpeakerError(MESSAGE), DaemonRefused("x", "it is night", passing=True)),
        (NotFound(MESSAGE), DaemonRefused("x", "it is night", passing=True)),
        (UntrustedDocument(MESSAGE, Fault.MALFORMED), DaemonRefused("x", "it is night")),
        (UntrustedDocument(MESSAGE, Fault.EXPIRED), DaemonRefused("x", "it is night", silent=True)),
        (UntrustedDocument(MESSAGE, Fault.STALE), DaemonRefused("x", "it is night", silent=True)),
        (UntrustedDocument(MESSAGE, Fault.UNSIGNED), DaemonRefused("x", "it is night", passing=True)),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_it_refuses_is_told_as_far_as_it_matters(
    box: BoxSide, daemon: FakeDaemon, error: LoudspeakerError, event: CourierEvent
) -> None:
    daemon.error = error

    assert box.hand_over(OVER) == event


def test_health_goes_with_box_yaml(box: BoxSide, daemon: FakeDaemon) -> None:
    daemon.answers["health"] = {"rows": [{"what": "đĩa", "wrong": None, "serious": False}], "looked_at": None}

    health = box.health()

    assert health.rows
    assert health.box_yaml.startswith("plays:")


@pytest.fixture
def office(home: Path, tmp_path: Path, paths: StationPaths) -> Office:
    office = open_office(home, tmp_path)
    join(paths, office)
    return office


def test_a_box_that_has_not_joined_holds_nothing(box: BoxSide) -> None:
    assert box.holds().held == {}


def test_it_is_told_what_it_holds(box: BoxSide, office: Office) -> None:
    held = box.holds().held[SCOPE]

    assert held == HeldVersions(1, 1, held.sha256)
    assert len(held.sha256) == 64


def fetch_documents(office: Office, paths: StationPaths, *signers: str) -> str:
    """A new version of which only the documents were fetched; the hash of what is new."""
    before = {path.name for path in (office.stick / "v1" / "blob").iterdir()}
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish(*signers)
    shutil.copytree(office.own, paths.fleet / "v1" / SCOPE)
    (fresh,) = {path.name for path in (office.stick / "v1" / "blob").iterdir()} - before
    return fresh


def test_what_is_verified_names_the_files_that_are_not_here_yet(
    box: BoxSide, office: Office, paths: StationPaths
) -> None:
    fresh = fetch_documents(office, paths, "hoa")
    blob = paths.fleet / "v1" / "blob" / fresh
    assert box.verify(SCOPE) == Verified(SCOPE, {fresh: (office.stick / "v1/blob" / fresh).stat().st_size})
    blob.parent.mkdir()
    shutil.copy(office.stick / "v1/blob" / fresh, blob)

    assert box.verify(SCOPE) == Verified(SCOPE, {})


def spoil_by_a_bit(blob: Path) -> None:
    flip_bit(blob)


def spoil_by_a_link(blob: Path) -> None:
    """To the very file, which the station does not follow."""
    blob.rename(blob.with_name("elsewhere"))
    blob.symlink_to("elsewhere")


def spoil_by_a_folder(blob: Path) -> None:
    blob.unlink()
    blob.mkdir()
    (blob / "inside").touch()


@pytest.mark.parametrize("spoil", [spoil_by_a_bit, spoil_by_a_link, spoil_by_a_folder])
def test_what_was_damaged_in_the_folder_of_the_agent_is_fetched_again(
    box: BoxSide, office: Office, paths: StationPaths, spoil: Callable[[Path], None]
) -> None:
    fresh = fetch_documents(office, paths, "hoa")
    blob, content = paths.fleet / "v1" / "blob" / fresh, (office.stick / "v1" / "blob" / fresh).read_bytes()
    blob.parent.mkdir()
    blob.write_bytes(content)
    spoil(blob)

    assert box.verify(SCOPE) == Verified(SCOPE, {fresh: len(content)})
    blob.write_bytes(content)  # nothing is in its way
    assert box.verify(SCOPE) == Verified(SCOPE, {})
    assert [path.name for path in blob.parent.iterdir()] == [fresh]


def test_what_was_damaged_at_the_station_is_fetched_first_and_stays_until_it_is_taken(
    box: BoxSide, office: Office, paths: StationPaths
) -> None:
    speak(office)
    sounds = {read_packed(office.stick, SCOPE).files[sound_path(name)].sha256 for name in ("tin-sang", "nhac")}
    for sound in sounds:
        (office.stick / "v1" / "blob" / sound).unlink()
    deliveries(paths).take(office.stick)
    laid_out = paths.received / SCOPE / "v000002" / "bulletins" / "tin-sang.md"
    content = laid_out.read_bytes()
    flip_bit(laid_out)

    def take(_seconds: float) -> None:
        """As the daemon's child does, meanwhile."""
        deliveries(paths).take_fetched()

    looking = BoxSide(paths, FakeClock(NOW), str, take)
    assert looking.take_late_files()
    late = box.holds().late
    blob = paths.fleet / "v1" / "blob" / hashlib.sha256(content).hexdigest()
    assert next(iter(late.items())) == (blob.name, WantedFile(len(content), urgent=True))
    assert late.keys() == sounds | {blob.name}

    blob.parent.mkdir(parents=True)
    blob.write_bytes(content)
    fetch_documents(office, paths, "hoa")  # of a manifest that does not name it any more
    box.verify(SCOPE)
    assert blob.exists()
    assert looking.take_late_files()

    assert laid_out.read_bytes() == content
    assert box.holds().late.keys() == sounds
    assert not blob.exists()


def test_a_daemon_that_is_away_is_waited_for_ten_seconds_with_what_nothing_waits_for(
    box: BoxSide, office: Office, paths: StationPaths
) -> None:
    before = box.clock.now()

    assert not box.take_late_files()
    assert timedelta(seconds=10) <= box.clock.now() - before <= timedelta(seconds=11)


def test_what_nobody_has_signed_is_not_believed(box: BoxSide, office: Office, paths: StationPaths) -> None:
    fetch_documents(office, paths)

    assert box.verify(SCOPE) == Distrusted(SCOPE)


def keep_manifest(paths: StationPaths, raw: bytes) -> None:
    """It alone lies in the agent's folder, as the broker has brought it."""
    path = paths.fleet / "v1" / SCOPE / "manifest.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)


def test_a_manifest_that_is_older_than_what_is_held_is_not_believed(
    box: BoxSide, office: Office, paths: StationPaths
) -> None:
    raw = (office.own / "manifest.json").read_bytes()
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("hoa")
    deliveries(paths).take(office.stick)
    keep_manifest(paths, raw)

    assert box.verify(SCOPE) == Distrusted(SCOPE)


@pytest.mark.parametrize(("signers", "event"), [(("hoa", "pao"), Verified(SCOPE, {})), (("hoa",), Distrusted(SCOPE))])
def test_a_change_of_the_rules_is_believed_by_itself_where_the_people_of_the_rules_have_signed_it(
    box: BoxSide, office: Office, paths: StationPaths, signers: tuple[str, ...], event: CourierEvent
) -> None:
    office.write("commune.yaml", (office.home / "commune.yaml").read_text(encoding="utf-8") + "\n# khác\n")
    office.publish(*signers)
    keep_manifest(paths, (office.own / "manifest.json").read_bytes())

    found = box.verify(SCOPE)
    assert replace(found, files={}) == event if isinstance(found, Verified) else found == event


def test_pieces_that_no_manifest_names_go_and_others_stay(box: BoxSide, office: Office, paths: StationPaths) -> None:
    fresh = fetch_documents(office, paths, "hoa")
    blobs = paths.fleet / "v1" / "blob"
    blobs.mkdir()
    (blobs / f"{fresh}.part").write_bytes(b"half")
    for name in ("ab" * 32, f"{'cd' * 32}.part"):
        (blobs / name).write_bytes(b"of an older version")

    box.verify(SCOPE)

    assert [path.name for path in blobs.iterdir()] == [f"{fresh}.part"]


def test_sounds_that_are_lacking_are_told_in_the_order_in_which_they_are_needed(
    home: Path, box: BoxSide, office: Office, paths: StationPaths
) -> None:
    speak(office)
    sounds = {name: read_packed(office.stick, SCOPE).files[sound_path(name)] for name in ("tin-sang", "nhac")}
    for sound in sounds.values():
        (office.stick / "v1" / "blob" / sound.sha256).unlink()
    deliveries(paths).take(office.stick)

    for hour, order in ((5, {"tin-sang": 65, "nhac": 360}), (7, {"nhac": 240, "tin-sang": 630})):
        now = FakeClock(NOW.replace(hour=hour))
        with closing(Station.open(home, clock=now)) as station:
            needed = needed_sounds(paths, lambda opened=station: opened)
        keep_fetched_answer(paths.taken, FetchedAnswer("x", sounds=needed))
        held = BoxSide(paths, now, str, now.advance).holds()
        due = {name: now.monotonic() + 60 * minutes for name, minutes in order.items()}
        expected = [(sounds[name].sha256, WantedFile(sounds[name].bytes, due=due[name])) for name in order]
        assert list(held.late.items()) == expected
        assert held.midnight == now.monotonic() - 3600 * hour


def test_a_box_of_whose_time_nobody_knows_has_an_order_and_nothing_due(
    home: Path, office: Office, paths: StationPaths
) -> None:
    speak(office)
    for sound in (one for one in read_packed(office.stick, SCOPE).files.values() if one.voice):
        (office.stick / "v1" / "blob" / sound.sha256).unlink()
    deliveries(paths).take(office.stick)
    (home / "box.yaml").write_text(BOX.replace("clock: trusted", ""), encoding="utf-8")

    with closing(Station.open(home, clock=FakeClock(NOW.replace(year=1970)))) as station:
        needed = needed_sounds(paths, lambda: station)

    assert len(needed.order) == 2
    assert (needed.due, needed.midnight) == ({}, None)


def test_sounds_are_taken_whatever_manifest_lies_beside_them(box: BoxSide, office: Office, paths: StationPaths) -> None:
    fetch_documents(office, paths)  # which nobody has signed
    (office.own / "manifest.json").unlink()
    office.publish("hoa", "pao")
    speak(office)
    blob = paths.fleet / "v1" / "blob" / read_packed(office.stick, SCOPE).files[sound_path("nhac")].sha256
    come = office.stick / "v1" / "blob" / blob.name
    content = come.read_bytes()
    come.unlink()
    deliveries(paths).take(office.stick)
    assert blob.name in box.holds().late
    blob.parent.mkdir()
    blob.write_bytes(content)

    def take(_seconds: float) -> None:
        """As the daemon's child does, meanwhile."""
        deliveries(paths).take_fetched()

    BoxSide(paths, FakeClock(NOW), str, take).take_late_files()

    assert box.holds().late == {}
    assert box.holds().refused == {}
    assert not blob.exists()


def test_a_piece_of_a_sound_stays_until_all_of_it_has_come(box: BoxSide, office: Office, paths: StationPaths) -> None:
    """Though its manifest has come on a stick, and the agent has none."""
    speak(office)
    sound = read_packed(office.stick, SCOPE).files[sound_path("nhac")].sha256
    (office.stick / "v1" / "blob" / sound).unlink()
    deliveries(paths).take(office.stick)
    fetch_documents(office, paths, "hoa")
    blobs = paths.fleet / "v1" / "blob"
    blobs.mkdir()
    (blobs / f"{sound}.part").write_bytes(b"half")

    box.verify(SCOPE)

    assert [path.name for path in blobs.iterdir()] == [f"{sound}.part"]


def alarm_with_sound(content: bytes, seq: int = 17, **changed: object) -> Alert:
    sound = SignedSound(hashlib.sha256(content).hexdigest(), len(content))
    return flood(seq, audio=sound, **changed)


def handed(box: BoxSide, alert: Alert, state: AlertState, *names: str) -> bool:
    """Is it kept, when the daemon has answered so?"""
    over = HandOver("x", sealed(alert, *(names or ("hoa",))))
    return box.note_alert(over, DaemonAnswered("x", AlertAnswer(alert.id, state)))


def test_the_sound_of_an_alarm_that_waits_is_fetched_first_and_the_daemon_then_asked_once_more(
    box: BoxSide, office: Office, paths: StationPaths
) -> None:
    speak(office)
    (office.stick / "v1" / "blob" / read_packed(office.stick, SCOPE).files[sound_path("nhac")].sha256).unlink()
    deliveries(paths).take(office.stick)
    alert, content = alarm_with_sound(b"sound"), b"sound"
    assert alert.audio
    assert handed(box, alert, AlertState.PREPARED)
    assert next(iter(box.holds().late.items())) == (alert.audio.sha256, WantedFile(len(content), urgent=True))
    assert len(box.holds().late) == 2
    assert box.alerts_with_sound() == []

    blob = paths.fleet / "v1" / "blob" / alert.audio.sha256
    blob.parent.mkdir(exist_ok=True)
    blob.write_bytes(content)
    box.verify(SCOPE)
    assert blob.exists()  # which no manifest names
    take_alert_sounds(deliveries(paths), paths.fleet)

    [came] = box.alerts_with_sound()
    assert (came.scope, came.seq, came.envelope) == (SCOPE, 17, sealed(alert, "hoa"))
    assert box.alerts_with_sound() == []
    assert alert.audio.sha256 not in box.holds().late
    assert not handed(box, alert, AlertState.PREPARED)  # it has come


def test_of_an_alarm_that_is_heard_or_over_or_has_no_sound_none_is_fetched(
    box: BoxSide, office: Office, paths: StationPaths
) -> None:
    alert = alarm_with_sound(b"sound")
    assert not handed(box, flood(18), AlertState.PREPARED)
    assert not handed(box, alert, AlertState.GIVEN)
    assert box.holds().late == {}

    assert handed(box, alert, AlertState.PREPARED)
    assert not handed(box, alert, AlertState.GIVEN, "hoa", "pao")
    assert box.holds().late == {}

    assert handed(box, alert, AlertState.PREPARED)
    later = FakeClock(alert.until)
    assert BoxSide(paths, later, str, later.advance).holds().late == {}


def test_a_taking_that_nobody_answers_ends_after_two_minutes(box: BoxSide, office: Office, paths: StationPaths) -> None:
    paths.fleet.mkdir()
    before = box.clock.now()

    assert box.take(SCOPE) == TakingEnded(SCOPE, answered=False)
    assert timedelta(minutes=2) <= box.clock.now() - before <= timedelta(minutes=2, seconds=1)


def test_where_there_is_no_room_for_the_mark_nobody_is_waited_for(
    box: BoxSide, office: Office, paths: StationPaths
) -> None:
    paths.fleet.touch()  # a file, in which none can be written
    before = box.clock.now()

    assert box.take(SCOPE) == TakingEnded(SCOPE, answered=False, has_room=False)
    assert box.clock.now() == before


def test_a_taking_for_which_there_was_no_room_is_told_as_one(box: BoxSide, office: Office, paths: StationPaths) -> None:
    paths.fleet.mkdir()

    def find_no_room(_seconds: float) -> None:
        answer = FetchedAnswer(read_mark(paths.fetched_mark), {SCOPE: Message("no room")}, unwritten=(SCOPE,))
        keep_fetched_answer(paths.taken, answer)

    ended = BoxSide(paths, FakeClock(NOW), str, find_no_room).take(SCOPE)

    assert ended == TakingEnded(SCOPE, answered=True, has_room=False)


def test_a_taking_ends_with_the_answer_to_its_own_mark(box: BoxSide, office: Office, paths: StationPaths) -> None:
    fetch_documents(office, paths, "hoa")
    shutil.copytree(office.stick / "v1" / "blob", paths.fleet / "v1" / "blob")
    waits: list[str] = []

    def take(_seconds: float) -> None:
        """As the daemon's child does, meanwhile."""
        waits.append(read_mark(paths.fetched_mark))
        deliveries(paths).take_fetched()

    ended = BoxSide(paths, FakeClock(NOW), str, take).take(SCOPE)

    assert ended == TakingEnded(SCOPE, answered=True)
    assert len(waits) == 1
    assert box.holds().held[SCOPE].manifest == 2
    assert list((paths.fleet / "v1" / "blob").iterdir()) == []


def test_a_trust_document_that_was_damaged_at_the_station_is_fetched_again(
    box: BoxSide, office: Office, paths: StationPaths
) -> None:
    """A bell tells of it though nobody can tell by whom it is signed."""
    flip_bit(paths.received / SCOPE / "trust" / "1.json")

    assert box.holds().held[SCOPE].trust == 0
    assert box.open_bell(bell("hub")).heads
    shutil.copytree(office.own, paths.fleet / "v1" / SCOPE)
    assert box.verify(SCOPE) == Verified(SCOPE, {})
    deliveries(paths).take_fetched()

    assert box.holds().held[SCOPE].trust == 1


def bell(signer: str) -> bytes:
    return format_envelope(PEOPLE[signer].sign(seal(Bell(SCOPE, NOW, {SCOPE: Heads(1, 2, 3)}))))


def test_a_bell_is_a_hint_where_no_hub_has_a_key(box: BoxSide, office: Office) -> None:
    assert box.open_bell(bell("hub")).heads == {SCOPE: Heads(1, 2, 3)}


def test_a_bell_is_signed_by_the_hub_where_one_has_a_key(home: Path, tmp_path: Path, paths: StationPaths) -> None:
    office = open_office(home, tmp_path)
    trust = seal(make_trust(SCOPE))
    for name in ("hoa", "pao"):
        trust = PEOPLE[name].sign(trust)
    (office.own / "trust" / "1.json").write_bytes(format_envelope(trust))
    join(paths, office)
    box = BoxSide(paths, FakeClock(NOW), str)

    assert box.open_bell(bell("hub")).heads
    with pytest.raises(UntrustedDocument):
        box.open_bell(bell("hoa"))


def test_another_document_is_no_bell(box: BoxSide, office: Office) -> None:
    with pytest.raises(UntrustedDocument, match="not a bell"):
        box.open_bell((office.own / "manifest.json").read_bytes())
