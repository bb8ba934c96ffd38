"""Received files: only what was signed is kept, and a power cut leaves the old version or the new one."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from harness.power_cut import RecordingDisk

from loudspeaker.store.received import DamagedFile, ReceivedFiles

OLD, NEW = {"bulletins/tin.md": b"Old."}, {"bulletins/tin.md": b"New.", "schedules/na-hoa.yaml": b"village: x\n"}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def keep(received: ReceivedFiles, version: int, files: Mapping[str, bytes]) -> None:
    for data in files.values():
        received.keep_blob(sha256(data), len(data), io.BytesIO(data))
    received.lay_out(version, {path: sha256(data) for path, data in files.items()})
    received.keep_manifest(f"manifest {version}".encode())


def in_force(received: ReceivedFiles, version: int) -> dict[str, bytes]:
    folder = received.files(version)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def received(tmp_path: Path) -> ReceivedFiles:
    return ReceivedFiles(tmp_path / "received", "ban-may")


def test_a_version_is_in_force_when_its_manifest_is(received: ReceivedFiles) -> None:
    assert received.manifest() is None
    keep(received, 1, OLD)
    keep(received, 2, NEW)
    assert received.manifest() == b"manifest 2"
    assert (in_force(received, 1), in_force(received, 2)) == (OLD, NEW)


@pytest.mark.parametrize("content", [b"", b"New", b"New!", b"New. And more."])
def test_a_file_that_is_not_the_signed_one_is_not_kept(received: ReceivedFiles, content: bytes) -> None:
    with pytest.raises(DamagedFile):
        received.keep_blob(sha256(b"New."), 4, io.BytesIO(content))
    assert received.missing([sha256(b"New.")]) == [sha256(b"New.")]
    assert not list(received.folder.rglob("*.part"))


def test_a_hash_never_leads_out_of_the_folder(received: ReceivedFiles) -> None:
    with pytest.raises(DamagedFile):
        received.keep_blob("../../passwd", 0, io.BytesIO())


def test_a_stream_without_an_end_is_read_no_further_than_what_was_signed(received: ReceivedFiles) -> None:
    endless = io.BytesIO(b"New." * 1_000_000)
    with pytest.raises(DamagedFile):
        received.keep_blob(sha256(b"New."), 4, endless)
    assert endless.tell() == 5


def test_trust_documents_come_in_the_order_of_their_versions_and_end_at_a_gap(received: ReceivedFiles) -> None:
    for version in (1, 2, 4):
        received.keep_trust(version, str(version).encode())
    assert received.trust_documents() == [b"1", b"2"]


def test_the_version_before_stays_and_older_ones_go_with_what_only_they_had(received: ReceivedFiles) -> None:
    for version in (1, 2, 3):
        keep(received, version, {"bulletins/tin.md": str(version).encode()})
    other = ReceivedFiles(received.folder, "lao-cai")
    keep(other, 1, {"bulletins/bao.md": b"Storm."})

    received.sweep(3)

    assert [received.files(version).exists() for version in (1, 2, 3)] == [False, True, True]
    assert not received.missing([sha256(data) for data in (b"2", b"3", b"Storm.")])
    assert received.missing([sha256(b"1")])


def test_a_power_cut_leaves_the_old_version_or_the_new_one(tmp_path: Path) -> None:
    disk = RecordingDisk(tmp_path)
    received = ReceivedFiles(tmp_path / "received", "ban-may", disk)
    keep(received, 1, OLD)
    disk.worlds.clear()

    keep(received, 2, NEW)

    own, ends = Path("received/ban-may"), set()
    for world in [*disk.worlds, *disk.now()]:
        manifest = world[own / "manifest.json"]
        version, files = (1, OLD) if manifest == b"manifest 1" else (2, NEW)
        assert {path: world[own / f"v{version:06}" / path] for path in files} == files
        ends.add(manifest)
    assert ends == {b"manifest 1", b"manifest 2"}
    disk.close()
