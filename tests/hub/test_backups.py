"""A hub that is lost comes back, nothing twice; a mirror of what it serves; another hub takes over its boxes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from harness.hub_boxes import JoinedBox, enrol, open_hub, registered
from harness.office import NOW, SCOPE, Office, deliveries, join
from harness.site_client import SiteClient

from loudspeaker.clock import FakeClock
from loudspeaker.errors import LoudspeakerError, NotFound, Refused
from loudspeaker.fleet.joining import JoinRequest, format_request, open_answer
from loudspeaker.hub.adoption import Adoption, adopt
from loudspeaker.hub.backups import CopyResult, back_up, mirror, restore
from loudspeaker.hub.bells import read_floors
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_app import create_hub_app
from loudspeaker.hub.hub_paths import HubPaths
from loudspeaker.hub.published_files import read_published
from loudspeaker.station.box.box_key import public_box_key
from loudspeaker.station.emergency.alert_log import ALERT
from loudspeaker.station.paths import StationPaths
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.trust.faults import UntrustedDocument


@contextmanager
def opened(root: Path, clock: FakeClock) -> Iterator[Hub]:
    hub = Hub.open(root, clock)
    hub.bells.look()
    yield hub
    hub.close()


def send(hub: Hub, box: JoinedBox, after: int = 0) -> None:
    hub.intake.accept(registered(hub, box), box.segment(after))


def aired(hub: Hub) -> dict[str, int]:
    return {count.village: count.aired for count in hub.board().report(SCOPE, "tin-sang")}


def wipe(hub: Hub) -> None:
    hub.close()
    shutil.rmtree(hub.paths.root)


def test_a_wiped_hub_comes_back_with_its_boxes_and_counts_nothing_twice(
    published: Hub, tmp_path: Path, clock: FakeClock
) -> None:
    key = published.key.public.public
    box = enrol(published, tmp_path)
    box.air("na-hoa")
    send(published, box)
    back_up(published.paths, tmp_path / "backup")
    box.air("na-hoa", 5)
    send(published, box, after=1)  # the backup does not know of it
    wipe(published)

    restore(tmp_path / "backup", published.paths, NOW)

    with opened(published.paths.root, clock) as hub:
        assert hub.key.public.public == key
        assert aired(hub)["na-hoa"] == 1
        address, login = f"/v1/box/{box.id}/log", (box.id, box.password)
        client = SiteClient(create_hub_app(hub))
        life = next(iter(box.log.entries()))[2]
        assert client.get(address, params={"life": life}, auth=login).json()["next"] == 2
        for _ in range(2):
            assert client.post(address, content=box.segment(after=1), auth=login).status_code == 200
        assert aired(hub)["na-hoa"] == 2
        assert client.get(f"/v1/{SCOPE}/bell.json").status_code == 200


def test_a_hub_from_an_older_backup_gives_no_number_of_an_alert_again_of_which_a_log_tells(
    published: Hub, tmp_path: Path, clock: FakeClock
) -> None:
    box = enrol(published, tmp_path)
    back_up(published.paths, tmp_path / "backup")
    for number in (1, 2, 60, 9999):  # the last is a lie, or a box of which somebody has made one
        box.log.event(ALERT, "", NOW, alert=f"{SCOPE}/{number}", state="aired")
    box.log.event(ALERT, "", NOW, alert="xa-khac/3", state="aired")
    wipe(published)
    restore(tmp_path / "backup", published.paths, NOW)

    with opened(published.paths.root, clock) as hub:
        assert read_floors(hub.database, SCOPE).alert == 0
        for _ in range(2):
            send(hub, box)
            assert read_floors(hub.database, SCOPE).alert == 60
        assert read_floors(hub.database, "xa-khac").alert == 0
        hub.bells.look()
        assert hub.bells.rung()[0].published.heads.alert == 0  # no box looks for what is not there


def test_a_second_backup_copies_only_what_is_new(published: Hub, tmp_path: Path) -> None:
    box = enrol(published, tmp_path)
    first = back_up(published.paths, tmp_path / "backup")
    box.pause(2)
    send(published, box)
    second = back_up(published.paths, tmp_path / "backup")

    assert first.new == first.all
    assert (second.all, second.new) == (first.all + 1, 2)  # the database, a piece of the log
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0


def test_a_hub_that_is_there_is_not_overwritten_and_what_is_no_backup_is_none(published: Hub, tmp_path: Path) -> None:
    back_up(published.paths, tmp_path / "backup")
    with pytest.raises(Refused, match="empty folder"):
        restore(tmp_path / "backup", published.paths, NOW)
    with pytest.raises(NotFound):
        restore(tmp_path, HubPaths(tmp_path / "new"), NOW)
    for target in (published.paths.root, published.paths.root / "v1" / "in", tmp_path):
        with pytest.raises(Refused):
            back_up(published.paths, target)


def test_a_damaged_backup_is_told_before_anything_is_written(published: Hub, tmp_path: Path) -> None:
    back_up(published.paths, tmp_path / "backup")
    database = tmp_path / "backup" / "hub.db"
    database.write_bytes(database.read_bytes()[:5000])

    with pytest.raises(LoudspeakerError, match="damaged"):
        restore(tmp_path / "backup", HubPaths(tmp_path / "new"), NOW)
    assert not (tmp_path / "new").exists()


def test_a_mirror_serves_the_same_and_holds_no_secret(published: Hub, office: Office, tmp_path: Path) -> None:
    published.bells.look()
    enrol(published, tmp_path)
    target = tmp_path / "www"
    first = mirror(published.paths.root, target)
    office.write("bulletins/moi.md", "---\ntitle: Mới\n---\nHọp.\n")
    office.publish("hoa")
    published.publish(office.stick, SCOPE)
    second = mirror(published.paths.root, target)

    assert first.new == first.all
    assert mirror(published.paths.root, target) == CopyResult(0, second.all)
    assert second.new == 3  # manifest, the last that set rules, and the bulletin; its bell rings later
    assert {path.name for path in target.iterdir()} == {"v1"}
    assert read_published(target, SCOPE) == read_published(published.paths.root, SCOPE)


def test_what_was_tampered_with_does_not_reach_the_mirror(published: Hub, tmp_path: Path) -> None:
    target = tmp_path / "www"
    mirror(published.paths.root, target)
    manifest = published.paths.root / "v1" / SCOPE / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b"A", b"B", 1))

    copied = mirror(published.paths.root, target)

    assert copied.new == 0
    assert len(copied.refused) == 1
    assert read_published(target, SCOPE)
    with pytest.raises(UntrustedDocument):
        read_published(published.paths.root, SCOPE)


def test_another_hub_takes_over_boxes_files_and_logs_and_again_changes_nothing(
    published: Hub, tmp_path: Path, clock: FakeClock
) -> None:
    box, forger = enrol(published, tmp_path), enrol(published, tmp_path, "gian")
    box.air("na-hoa")
    send(published, box)
    forger.air("na-hoa", 9)
    send(published, forger)
    [piece] = (published.paths.logs / forger.id).rglob("*.gz")
    piece.write_bytes(next((published.paths.logs / box.id).rglob("*.gz")).read_bytes())
    back_up(published.paths, tmp_path / "old")
    other = open_hub(tmp_path / "new", clock)
    other.broker.authority.unlink()

    done = adopt(other, tmp_path / "old")
    other.bells.look()

    assert (done.scopes, done.boxes, done.entries) == (1, 2, 1)
    assert [str(one)[:22] for one in done.refused] == [f"the log of {forger.id}:"]
    assert aired(other)["na-hoa"] == 1
    assert other.registry.authenticate(box.id, box.password).villages == ("na-hoa",)
    assert box.id in (other.broker.folder / "passwords").read_text()
    again = adopt(other, tmp_path / "old")
    assert (again.boxes, again.entries) == (0, 0)
    other.close()


def test_logs_of_confirmed_boxes_are_taken_where_their_database_is_lost_and_they_join_anew(
    published: Hub, office: Office, tmp_path: Path, clock: FakeClock
) -> None:
    box = enrol(published, tmp_path)
    office.trust("hoa", "pao", boxes=(public_box_key(registered(published, box).public),))
    published.publish(office.stick, SCOPE)
    box.air("na-hoa")
    send(published, box)
    published.close()
    published.paths.database.unlink()
    other = open_hub(tmp_path / "new", clock)

    done = adopt(other, published.paths.root)
    other.bells.look()

    assert (done.boxes, done.entries, done.has_authority) == (1, 1, False)
    with pytest.raises(Refused):
        other.registry.authenticate(box.id, box.password)
    code = other.registry.invite(SCOPE)
    keys = other.registry.derive(code)
    raw = format_request(JoinRequest(code.letters, box.key.public.public, ("na-hoa",), "", "0.1"), keys)
    password = open_answer(other.join(raw), raw, keys).password
    assert other.registry.authenticate(box.id, password)
    assert aired(other)["na-hoa"] == 1
    other.close()


def test_where_nothing_of_a_hub_is_left_a_copy_of_one_box_gives_its_files_and_no_number_of_an_alert_twice(
    published: Hub, office: Office, home: Path, tmp_path: Path, clock: FakeClock
) -> None:
    box = StationPaths(home, home / ".state")
    join(box, office)
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("hoa")  # alone: who has set the rules the box knows by itself
    deliveries(box).take(office.stick)
    with closing(AsRunLog.open(box.log, SCOPE)) as log:
        log.event(ALERT, "", NOW, alert=f"{SCOPE}/18", state="aired")
    wipe(published)
    shutil.copytree(home, tmp_path / "copy")

    for folder in (tmp_path / "copy", tmp_path / "copy" / ".state"):
        other = open_hub(tmp_path / f"new-{folder.name}", clock)
        assert adopt(other, folder) == Adoption(scopes=1, has_authority=False)
        other.bells.look()

        served = read_published(other.paths.root, SCOPE)
        assert (served.heads.trust, served.heads.manifest) == (2, 2)
        assert read_floors(other.database, SCOPE).alert == 18
        assert adopt(other, folder).scopes == 1
        assert not list(other.paths.root.glob("tmp*"))
        take_as_a_new_box(home, tmp_path / "fresh", other)
        other.close()


def take_as_a_new_box(home: Path, fresh: Path, hub: Hub) -> None:
    shutil.copytree(home, fresh, ignore=shutil.ignore_patterns(".state"))
    taker = deliveries(StationPaths(fresh, fresh / ".state"))
    taker.join(hub.paths.root, taker.first_trust(hub.paths.root, SCOPE), "Lý")
    taker.take(hub.paths.root)
    shutil.rmtree(fresh)


def test_what_is_damaged_at_the_box_is_not_adopted(hub: Hub, office: Office, home: Path) -> None:
    box = StationPaths(home, home / ".state")
    join(box, office)
    blob = next((box.received / "blobs").iterdir())
    content = blob.read_bytes()
    blob.unlink()
    blob.write_bytes(content[:-1] + b"?")

    done = adopt(hub, home)

    assert (done.scopes, len(done.refused)) == (0, 1)


def test_what_is_no_hub_is_not_adopted(published: Hub, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        adopt(published, tmp_path / "nothing")
