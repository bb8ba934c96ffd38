"""A served file that a disk has damaged is found, told as an incident, and healed from whatever copy is whole."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner
from harness.certificates import FOUND
from harness.hub_pages import serving
from harness.office import NOW, SCOPE, Office
from harness.officers import QUICK

from loudspeaker.cli import cli
from loudspeaker.clock import FakeClock
from loudspeaker.hub.backups import back_up
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_paths import need_certificate
from loudspeaker.hub.hub_process import prepare_broker
from loudspeaker.hub.hub_site import HubSite
from loudspeaker.hub.watch.blob_scrub import SET_ASIDE, hub_copy, list_blobs
from loudspeaker.hub.watch.incident_watch import IncidentWatch
from loudspeaker.hub.watch.incidents import IncidentBook, IncidentKind
from loudspeaker.hub.watch.upkeep import keep_up
from loudspeaker.i18n import translator
from loudspeaker.station.signing.packing import pack_files

TEXT = "bulletins/tin-sang.md"


@pytest.fixture
def served(published: Hub) -> Hub:
    published.bells.look()
    return published


def blob_of(hub: Hub, path: str = TEXT) -> Path:
    (office,) = hub.published_scopes()
    assert office.manifest
    return hub.paths.root / "v1" / "blob" / office.manifest.files[path].sha256


def damage(path: Path) -> bytes:
    """A bit is another."""
    before = path.read_bytes()
    path.write_bytes(bytes([before[0] ^ 1]) + before[1:])
    return before


def standing(hub: Hub) -> list[tuple[IncidentKind, str]]:
    IncidentWatch(hub, translator("vi")).look()
    return [(one.kind, one.about) for one in IncidentBook(hub.database, translator("vi")).standing()]


def test_whole_files_are_left_alone(served: Hub) -> None:
    before = {path: path.stat().st_mtime_ns for path in (served.paths.root / "v1").rglob("*")}

    assert served.scrub() == []
    assert standing(served) == []
    assert {path: path.stat().st_mtime_ns for path in (served.paths.root / "v1").rglob("*")} == before


def test_a_damaged_file_without_a_copy_is_set_aside_and_told_until_a_stick_brings_it(
    served: Hub, office: Office
) -> None:
    path = blob_of(served)
    whole = damage(path)

    (found,) = served.scrub()

    assert (found.is_healed, found.blob.names) == (False, ((SCOPE, TEXT),))
    assert not path.exists()  # no box is sent what was not signed
    assert (served.paths.root / SET_ASIDE / path.name).read_bytes() != whole
    assert standing(served) == [(IncidentKind.DAMAGED_FILE, f"{SCOPE}/{TEXT}")]
    assert standing(served) == [(IncidentKind.DAMAGED_FILE, f"{SCOPE}/{TEXT}")]
    served.publish(office.stick, SCOPE)
    assert path.read_bytes() == whole
    assert standing(served) == []


def test_a_backup_heals_it_and_it_is_told_once(served: Hub, tmp_path: Path) -> None:
    back_up(served.paths, tmp_path / "backup")
    path = blob_of(served)
    whole = damage(path)

    (found,) = served.scrub(tmp_path / "nowhere", tmp_path / "backup")

    assert (found.is_healed, path.read_bytes()) == (True, whole)
    assert standing(served) == [(IncidentKind.DAMAGED_FILE, f"{SCOPE}/{TEXT}")]
    assert standing(served) == []


def test_a_draft_heals_it_and_a_damaged_copy_does_not(served: Hub, office: Office, tmp_path: Path) -> None:
    office.write("bulletins/nhac.md", "---\ntitle: Nhắc lại\n---\nHọp thôn.\n")
    pack_files(office.home, office.stick, SCOPE, NOW)
    served.drafts.propose(office.stick, SCOPE)  # all else in it is as it was
    path = blob_of(served)
    damage(path)
    (tmp_path / "v1" / "blob").mkdir(parents=True)
    (tmp_path / "v1" / "blob" / path.name).write_bytes(b"x")

    (found,) = served.scrub(tmp_path)

    assert found.is_healed
    assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name


def test_a_missing_file_is_brought_too(served: Hub, tmp_path: Path) -> None:
    back_up(served.paths, tmp_path / "backup")
    path = blob_of(served)
    path.unlink()
    assert standing(served) == [(IncidentKind.DAMAGED_FILE, f"{SCOPE}/{TEXT}")]

    (found,) = served.scrub(tmp_path / "backup")

    assert (found.is_healed, path.is_file()) == (True, True)


def test_its_thread_learns_names_and_looks_over_the_files(served: Hub) -> None:
    damage(blob_of(served))

    class Hurried(Event):
        """It is over when it has waited twice."""

        waits = 0

        def wait(self, timeout: float | None = None) -> bool:
            self.waits += 1
            return self.waits > 1

    keep_up(served, Hurried())

    assert (served.paths.root / SET_ASIDE / blob_of(served).name).is_file()


def test_a_command_heals_from_folders_and_fails_where_something_is_lost(served: Hub, tmp_path: Path) -> None:
    back_up(served.paths, tmp_path / "backup")
    command = ["--lang", "en", "hub", "--folder", str(served.paths.root), "scrub"]

    def run(*more: str) -> tuple[int, str]:
        done = CliRunner(mix_stderr=False).invoke(cli, [*command, *more])
        return done.exit_code, done.stdout + done.stderr

    damage(blob_of(served))
    code, said = run()
    assert (code != 0, f"{SCOPE}/{TEXT}: damaged or missing, and no copy has it" in said) == (True, True)
    code, said = run("--from", str(tmp_path / "backup"))
    assert (code, f"{SCOPE}/{TEXT}: damaged or missing, brought again" in said) == (0, True)
    assert run() == (0, "All files are whole.\n")


@pytest.mark.skipif(not FOUND, reason="needs openssl")
def test_another_hub_has_it(served: Hub, tmp_path: Path) -> None:
    back_up(served.paths, tmp_path / "backup")
    path = blob_of(served)
    (blob,) = (one for one in list_blobs(served.published_scopes()) if one.sha256 == path.name)
    shutil.copytree(tmp_path / "backup" / "v1", tmp_path / "other" / "v1")
    with closing(Hub.open(tmp_path / "other", FakeClock(NOW))) as other:
        need_certificate(other.paths, ("localhost",))
        prepare_broker(other)
        authority = other.broker.authority.read_text("ascii")
        with closing(HubSite.open(other, hashes=QUICK)) as pages, serving(other, pages) as port:
            copy = hub_copy(f"localhost:{port}", authority, tmp_path / "fetched")
            path.unlink()
            assert copy(blob, path)
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
            path.unlink()
            damage(other.paths.root / "v1" / "blob" / path.name)
            assert not copy(blob, path)
    assert not copy(blob, path)  # it is away
    assert not path.exists()
