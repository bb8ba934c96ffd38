"""Sound of a signed alarm: used where it is here by then, and never waited for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from harness.alert_box import AlertBox, flood, open_alert_office, sealed
from harness.office import NOW, SCOPE, Office, deliveries

from loudspeaker.clock import FakeClock
from loudspeaker.errors import BadUsage, BeingMade, LoudspeakerError, Message
from loudspeaker.model.alert_answer import AlertState
from loudspeaker.station.emergency.alert_sounds import MOST_KEPT, take_alert_sounds
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.rendering import render_wanted
from loudspeaker.station.signing.alert_packing import AlertDraft, write_alert
from loudspeaker.station.station import Station
from loudspeaker.store.received import ReceivedFiles
from loudspeaker.trust.signed_documents import Alert, AlertKind

pytestmark = pytest.mark.waits

TWO = ("hoa", "pao")
WORDS = "Nước suối đang dâng. Mời bà con lên chỗ cao!"


class RenderingJobs:
    """Stands in for `RenderJobs`: makes the sound as its child does, before whoever wants it asks again."""

    def __init__(self, station: Station) -> None:
        self._paths = station.paths
        self._fresh: set[str] = set()

    def start(self, wanted: Mapping[str, object], later: Mapping[str, object] | None = None) -> bool:
        assert render_wanted(self._paths, wanted) == []
        self._fresh |= set(wanted)
        return True

    def must_be_over(self, recipes: Iterable[str]) -> None:
        if fresh := self._fresh & set(recipes):
            self._fresh -= fresh
            raise BeingMade(Message("its sound is being made: {done} of {total} sentences", done=0, total=1))

    def has_failed(self, recipe: str) -> bool:
        return False

    def take_failure(self, recipe: str) -> LoudspeakerError | None:
        return None

    def collect(self) -> bool:
        return bool(self._fresh)


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    return open_alert_office(home, tmp_path)


@pytest.fixture
def box(home: Path, office: Office) -> Iterator[AlertBox]:
    with closing(AlertBox(home, make_jobs=RenderingJobs)) as box:
        yield box


def write(office: Office, **wanted: object) -> Alert:
    """An alarm that the office has written, and spoken."""
    draft = AlertDraft(**{"kind": AlertKind.ALERT, "text": WORDS, "spoken": True, **wanted})  # type: ignore[arg-type]
    with closing(Station.open(office.home, clock=FakeClock(NOW))) as station:
        return write_alert(station, office.stick, SCOPE, draft, NOW)[0]


def sign(office: Office, alert: Alert, *names: str) -> str:
    """Its envelope, which lies on the stick then, too."""
    envelope = sealed(alert, *names)
    (office.own / "alert" / f"{alert.seq}.json").write_text(envelope)
    return envelope


def bring(box: AlertBox, office: Office) -> None:
    take_alert_sounds(deliveries(box.station.paths), office.stick)


def sound_of(office: Office, alert: Alert) -> Path:
    assert alert.audio
    return office.stick / "v1" / "blob" / alert.audio.sha256


def carried(alert: Alert) -> str:
    assert alert.audio
    return f"signed:{alert.audio.sha256[:12]}"


def voices(box: AlertBox) -> set[object]:
    """In which it was heard."""
    box.run(60)
    return {event.facts["voice"] for event in box.disk.events("started")}


@pytest.mark.parametrize("wanted", [{}, {"drill": True}, {"text": None, "bulletin": "lu-quet"}], ids=str)
def test_an_alarm_is_heard_in_the_sound_that_came_before_it(
    box: AlertBox, office: Office, wanted: dict[str, object]
) -> None:
    alert = write(office, **wanted)
    envelope = sign(office, alert, *TWO)
    bring(box, office)

    assert box.hand_over(envelope).state is AlertState.GIVEN
    assert voices(box) == {carried(alert)}


def test_without_its_sound_it_is_heard_in_the_voice_of_the_box(box: AlertBox, office: Office) -> None:
    alert = write(office)
    sound_of(office, alert).unlink()
    envelope = sign(office, alert, *TWO)
    bring(box, office)

    box.hand_over(envelope)

    assert voices(box) == {"tone:low"}


def test_a_damaged_sound_is_not_kept_and_one_that_is_damaged_later_not_heard(box: AlertBox, office: Office) -> None:
    alert = write(office)
    whole = sound_of(office, alert).read_bytes()
    envelope = sign(office, alert, *TWO)
    received = ReceivedFiles(box.station.paths.received, SCOPE)
    for content in (whole[:-1], whole[:-1] + b"x", whole + b"x"):
        sound_of(office, alert).write_bytes(content)
        bring(box, office)
        assert received.missing([sound_of(office, alert).name])
    sound_of(office, alert).write_bytes(whole)
    bring(box, office)
    kept = received.blobs / sound_of(office, alert).name
    kept.chmod(0o600)
    kept.write_bytes(whole[:-1] + b"x")

    box.hand_over(envelope)

    assert voices(box) == {"tone:low"}


def test_the_sound_of_what_nobody_may_sign_is_not_kept(box: AlertBox, office: Office) -> None:
    alert = write(office)
    sign(office, alert, "tu", "binh")

    bring(box, office)

    assert ReceivedFiles(box.station.paths.received, SCOPE).missing([sound_of(office, alert).name])


def test_the_sound_of_an_alarm_that_is_over_is_not_copied_unless_the_clock_may_be_wrong(
    box: AlertBox, office: Office
) -> None:
    alert = write(office)
    sign(office, alert, *TWO)
    taker, received = deliveries(box.station.paths, alert.until), ReceivedFiles(box.station.paths.received, SCOPE)

    take_alert_sounds(taker, office.stick)
    assert received.missing([sound_of(office, alert).name])

    take_alert_sounds(replace(taker, trusted=False), office.stick)
    assert not received.missing([sound_of(office, alert).name])


def test_sound_that_comes_between_two_signatures_is_heard(box: AlertBox, office: Office) -> None:
    alert = write(office)
    first = sign(office, alert, "hoa")
    assert box.hand_over(first).state is AlertState.PREPARED
    bring(box, office)
    assert box.hand_over(first).state is AlertState.PREPARED  # as the agent does then

    box.hand_over(sign(office, alert, *TWO))

    assert voices(box) == {carried(alert)}


def test_what_was_made_is_heard_at_once_though_better_sound_has_come(box: AlertBox, office: Office) -> None:
    alert = write(office)
    box.hand_over(sign(office, alert, "hoa"))
    box.run(1)
    envelope = sign(office, alert, *TWO)
    bring(box, office)

    answered = box.ask("alert", envelope=envelope)  # nobody is told to ask again

    assert answered["state"] == AlertState.GIVEN
    assert voices(box) == {"tone:low"}


def test_sound_outlives_the_next_manifest_and_only_so_many_are_kept(box: AlertBox, office: Office) -> None:
    first = write(office)
    sound = sound_of(office, first).name
    received = ReceivedFiles(box.station.paths.received, SCOPE)
    sign(office, first, "hoa")
    bring(box, office)
    office.write("bulletins/moi.md", "---\ntitle: Mới\n---\nHọp thôn.\n")
    office.publish("hoa")
    deliveries(box.station.paths).take(office.stick)
    assert not received.missing([sound])

    for seq in range(2, MOST_KEPT + 2):
        other = replace(flood(seq, text=f"Lũ số {seq}.", spoken=f"Lũ số {seq}."), audio=first.audio)
        sign(office, other, "hoa")
    bring(box, office)
    assert len(list((received.own / "alert").iterdir())) == MOST_KEPT


def test_only_an_alarm_is_spoken_beforehand(office: Office) -> None:
    with pytest.raises(BadUsage, match="only an alarm"):
        write(office, kind=AlertKind.CHECK, text=None)


def test_a_box_that_has_joined_nobody_keeps_none(tmp_path: Path, office: Office) -> None:
    sign(office, write(office), "hoa")
    paths = StationPaths(tmp_path / "other", tmp_path / "other" / ".state")

    take_alert_sounds(deliveries(paths), office.stick)

    assert not paths.received.exists()
