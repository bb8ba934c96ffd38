"""What a hub serves: signed as a box demands it, never older than what was, and told by a bell."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from harness.office import NOW, SCOPE, Office, speak
from harness.signing import make_alert, signed

from loudspeaker.clock import FakeClock
from loudspeaker.errors import LoudspeakerError
from loudspeaker.hub.bells import read_floors
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.published_files import list_scopes, read_published
from loudspeaker.station.deliveries.delivery import Deliveries
from loudspeaker.station.paths import StationPaths
from loudspeaker.store.received import DamagedFile
from loudspeaker.trust.dsse import format_envelope, parse_envelope
from loudspeaker.trust.faults import Fault
from loudspeaker.trust.floors import WINDOW
from loudspeaker.trust.opening import open_document, seal
from loudspeaker.trust.signed_documents import Bell, Heads, SignedSound, SigningRole


def documents(hub: Hub) -> dict[Path, bytes]:
    """All signed documents that are served, but for bells."""
    return {path: path.read_bytes() for path in hub.paths.root.rglob("*.json") if path.name != "bell.json"}


def publish_next(office: Office, text: str = "Mới", *names: str) -> None:
    office.write("bulletins/moi.md", f"---\ntitle: Mới\n---\n{text}.\n")
    office.publish(*(names or ("hoa",)))


def read_bell(hub: Hub, scope: str = SCOPE) -> Bell:
    """As a box reads it, by the trust document of the commune."""
    raw = (hub.paths.root / "v1" / scope / "bell.json").read_bytes()
    trust = read_published(hub.paths.root, scope).trust
    return open_document(Bell, parse_envelope(raw), trust, SigningRole.HUB).document


def test_a_box_takes_from_the_served_folder_as_from_the_stick(published: Hub, office: Office, home: Path) -> None:
    box = Deliveries(StationPaths(home, home / ".state"), NOW, trusted=True)
    root = published.paths.root

    taken = box.join(root, box.first_trust(root, SCOPE), "Lý")

    assert (taken.version, taken.trust) == (1, 2)
    assert list_scopes(root) == [SCOPE]


def test_the_bell_tells_the_newest_versions_and_the_time_by_the_hubs_key(published: Hub, clock: FakeClock) -> None:
    [rung] = published.bells.look()

    assert (rung.published.scope, read_bell(published)) == (SCOPE, Bell(SCOPE, NOW, {SCOPE: Heads(2, 1, 0)}))
    assert published.bells.look() == []  # nothing has changed
    clock.advance(3600)
    assert [one.published.scope for one in published.bells.look()] == [SCOPE]
    assert read_bell(published).issued == clock.now()


def test_a_new_version_and_an_alert_that_one_has_signed_are_told(published: Hub, office: Office) -> None:
    published.bells.look()
    publish_next(office)
    alert = make_alert(3, scope=SCOPE, issued=NOW, until=NOW.replace(hour=9))
    for seq, names in ((3, ("hoa",)), (4, ())):
        path = office.own / "alert" / f"{seq}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(format_envelope(signed(seal(alert), *names)))

    published.publish(office.stick, SCOPE)
    [rung] = published.bells.look()

    assert [one.opened.document.seq for one in rung.published.alerts] == [3]  # nobody has signed the other one yet
    assert read_bell(published).heads == {SCOPE: Heads(2, 2, 3)}
    assert not (published.paths.root / "v1" / SCOPE / "alert" / "4.json").exists()


def test_sound_may_be_published_behind_its_manifest(published: Hub, office: Office) -> None:
    sound = {one.bulletin: one.data for one in speak(office)}["tin-sang"]
    name = hashlib.sha256(sound).hexdigest()
    served, brought = published.paths.root / "v1" / "blob" / name, office.stick / "v1" / "blob" / name
    brought.unlink()

    published.publish(office.stick, SCOPE)
    assert read_published(published.paths.root, SCOPE).heads.manifest == 2
    assert not served.exists()

    brought.write_bytes(sound)
    published.publish(office.stick, SCOPE)
    assert served.read_bytes() == sound


@pytest.mark.parametrize("content", [b"sound", b"damaged", None])
def test_an_alert_is_published_with_its_sound_and_without(
    published: Hub, office: Office, content: bytes | None
) -> None:
    sound = SignedSound(hashlib.sha256(b"sound").hexdigest(), len(b"sound"))
    alert = make_alert(3, scope=SCOPE, issued=NOW, until=NOW.replace(hour=9), audio=sound)
    (office.own / "alert").mkdir()
    (office.own / "alert" / "3.json").write_bytes(format_envelope(signed(seal(alert), "hoa")))
    if content:
        (office.stick / "v1" / "blob" / sound.sha256).write_bytes(content)

    published.publish(office.stick, SCOPE)

    served = published.paths.root / "v1"
    assert (served / SCOPE / "alert" / "3.json").is_file()
    assert (served / "blob" / sound.sha256).is_file() is (content == b"sound")


def test_alerts_that_no_box_would_take_any_more_are_not_opened_again_and_again(published: Hub, office: Office) -> None:
    (office.own / "alert").mkdir()
    for seq in range(1, WINDOW + 3):
        alert = make_alert(seq, scope=SCOPE, issued=NOW, until=NOW.replace(hour=9))
        (office.own / "alert" / f"{seq}.json").write_bytes(format_envelope(signed(seal(alert), "hoa")))

    published.publish(office.stick, SCOPE)
    [rung] = published.bells.look()

    assert [one.opened.document.seq for one in rung.published.alerts] == list(range(3, WINDOW + 3))


def test_an_alert_whose_signer_has_left_is_told_no_more(published: Hub, office: Office) -> None:
    (office.own / "alert").mkdir()
    alert = make_alert(1, scope=SCOPE, issued=NOW, until=NOW.replace(hour=9))
    (office.own / "alert" / "1.json").write_bytes(format_envelope(signed(seal(alert), "hoa")))
    published.publish(office.stick, SCOPE)
    assert published.bells.look()[0].published.alerts

    office.trust("pao", "ly", people=("pao", "ly", "mai"))
    publish_next(office, "Mới", "pao", "ly")
    published.publish(office.stick, SCOPE)

    assert published.bells.look()[0].published.alerts == ()


def unsigned(hub: Hub, office: Office) -> None:
    publish_next(office, "Mới", "mai")


def older(hub: Hub, office: Office) -> None:
    manifest = office.own / "manifest.json"
    first = manifest.read_bytes()
    publish_next(office)
    hub.publish(office.stick, SCOPE)
    manifest.write_bytes(first)


def forked(hub: Hub, office: Office) -> None:
    older(hub, office)
    publish_next(office, "Khác")


def fewer_trust_documents(hub: Hub, office: Office) -> None:
    (office.own / "trust" / "2.json").unlink()


def other_people(hub: Hub, office: Office) -> None:
    for path in (office.own / "trust").glob("*.json"):
        path.unlink()
    for _ in range(2):
        office.trust("tu", "binh", people=("tu", "binh", "mai"))
    (office.own / "manifest.json").unlink()
    office.publish("tu", "binh")
    publish_next(office, "Mới", "tu")


def without_a_blob(hub: Hub, office: Office) -> None:
    newest_blob(office).unlink()


def with_a_damaged_blob(hub: Hub, office: Office) -> None:
    path = newest_blob(office)
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def newest_blob(office: Office) -> Path:
    before = set((office.stick / "v1" / "blob").iterdir())
    publish_next(office)
    [path] = set((office.stick / "v1" / "blob").iterdir()) - before
    return path


def without_manifest(hub: Hub, office: Office) -> None:
    (office.own / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (unsigned, Fault.UNSIGNED),
        (older, Fault.STALE),
        (forked, Fault.FORKED),
        (fewer_trust_documents, Fault.STALE),
        (other_people, None),
        (without_a_blob, None),
        (with_a_damaged_blob, None),
        (without_manifest, Fault.STALE),
    ],
)
def test_what_no_box_would_take_or_is_older_changes_no_document(
    published: Hub, office: Office, change: Callable[[Hub, Office], None], fault: Fault | None
) -> None:
    change(published, office)
    before = documents(published)

    with pytest.raises(LoudspeakerError) as refused:
        published.publish(office.stick, SCOPE)

    assert getattr(refused.value, "fault", None) == fault
    assert documents(published) == before


def test_a_damaged_file_names_itself(published: Hub, office: Office) -> None:
    with_a_damaged_blob(published, office)

    with pytest.raises(DamagedFile, match=r"bulletins/moi\.md"):
        published.publish(office.stick, SCOPE)


def test_no_bell_is_rung_for_a_folder_from_an_older_backup(published: Hub, office: Office) -> None:
    manifest = published.paths.root / "v1" / SCOPE / "manifest.json"
    backup = manifest.read_bytes()
    publish_next(office)
    published.publish(office.stick, SCOPE)
    published.bells.look()

    manifest.write_bytes(backup)

    assert published.bells.look() == []
    assert read_bell(published).heads[SCOPE].manifest == 2
    assert read_floors(published.database, SCOPE).manifest == 2


def test_publishing_the_same_again_changes_no_file(published: Hub, office: Office) -> None:
    root = published.paths.root / "v1"
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*.json")}

    published.publish(office.stick, SCOPE)

    assert {path: path.stat().st_mtime_ns for path in root.rglob("*.json")} == before


def test_offices_come_before_the_communes_below_them_whatever_their_names(
    published: Hub, office: Office, tmp_path: Path
) -> None:
    province = Office(tmp_path / "tinh", office.stick, "z-tinh")
    (province.home / "bulletins").mkdir(parents=True)
    province.write("commune.yaml", "commune: Tỉnh\nid: z-tinh\n")
    province.trust("tu", "binh", people=("tu", "binh", "mai"))
    province.publish("tu", "binh", spoken=True)
    office.trust("hoa", "pao", parent="z-tinh")

    assert list_scopes(office.stick) == ["z-tinh", SCOPE]
    for scope in list_scopes(office.stick):
        published.publish(office.stick, scope)
    assert {bell.published.scope for bell in published.bells.look()} == {"z-tinh", SCOPE}


def test_a_circle_of_offices_is_no_endless_loop(tmp_path: Path) -> None:
    for own, other in (("xa-mot", "xa-hai"), ("xa-hai", "xa-mot")):
        Office(tmp_path / own, tmp_path / "stick", own).trust("hoa", "pao", parent=other)

    assert set(list_scopes(tmp_path / "stick")) == {"xa-mot", "xa-hai"}
    assert read_published(tmp_path / "stick", "xa-mot").trust.version == 1


def test_a_scope_that_is_damaged_keeps_no_other_from_being_told(published: Hub) -> None:
    broken = published.paths.root / "v1" / "xa-hong" / "trust" / "1.json"
    broken.parent.mkdir(parents=True)
    broken.write_text(json.dumps({"payloadType": "?", "payload": "", "signatures": []}))

    assert [bell.published.scope for bell in published.bells.look()] == [SCOPE]
