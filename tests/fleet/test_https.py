"""The hub's folder over a line that breaks, from a server that lies: what is kept is what was signed."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from harness.certificates import FOUND, Authority, Certificate
from harness.changed_bytes import flip_bit
from harness.static_hub import StaticHub, static_hub

from loudspeaker.errors import LoudspeakerError, NotFound, Refused
from loudspeaker.fleet.https import FAILURES, PIECE, HubFolder
from loudspeaker.fleet.hub_settings import HubSettings
from loudspeaker.store.atomic import WriteError
from loudspeaker.store.received import MOST_DOCUMENT_BYTES, DamagedFile

pytestmark = [pytest.mark.skipif(not FOUND, reason="needs openssl"), pytest.mark.waits]

CONTENT = random.Random(7).randbytes(3 * PIECE + 1000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
Opener = Callable[[HubSettings], HubFolder]
FILE, DOCUMENT = f"v1/blob/{SHA256}", "v1/ban-may/manifest.json"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "ca")


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> Certificate:
    return authority.certificate("localhost")


@pytest.fixture
def hub(tmp_path: Path, certificate: Certificate) -> Iterator[StaticHub]:
    for path, content in {FILE: CONTENT, DOCUMENT: b"{}"}.items():
        (tmp_path / "hub" / path).parent.mkdir(parents=True)
        (tmp_path / "hub" / path).write_bytes(content)
    with static_hub(tmp_path / "hub", certificate) as hub:
        yield hub


@pytest.fixture
def open_folder(tmp_path: Path) -> Iterator[Opener]:
    """What opens a hub's folder, as often as it is asked; all are closed at the end."""
    with ExitStack() as opened:

        def open_it(settings: HubSettings) -> HubFolder:
            folder = HubFolder(settings, tmp_path / "box")
            opened.callback(folder.close)
            return folder

        yield open_it


@pytest.fixture
def folder(hub: StaticHub, authority: Authority, open_folder: Opener) -> HubFolder:
    return open_folder(hub.settings(authority.own))


def fetch_all(folder: HubFolder, most: int = 50) -> int:
    """Piece after piece, whatever goes wrong with one; how many."""
    for count in range(1, most):
        try:
            if folder.fetch_piece(FILE, len(CONTENT), SHA256):
                return count
        except FAILURES:
            continue
    raise TimeoutError


def test_a_document_that_came_by_another_way_is_not_taken_for_the_one_that_the_hub_has(
    hub: StaticHub, folder: HubFolder, tmp_path: Path
) -> None:
    folder.fetch_document(DOCUMENT)
    folder.keep_document(DOCUMENT, b"[]")
    assert (tmp_path / "box" / DOCUMENT).read_bytes() == b"[]"

    folder.fetch_document(DOCUMENT)
    assert (tmp_path / "box" / DOCUMENT).read_bytes() == b"{}"


def test_a_document_for_which_there_was_no_room_is_asked_for_again_once_there_is(
    hub: StaticHub, folder: HubFolder, tmp_path: Path
) -> None:
    folder.fetch_document(DOCUMENT)
    (tmp_path / "hub" / DOCUMENT).write_bytes(b'{"newer": 1}')
    documents, aside = (tmp_path / "box" / DOCUMENT).parent, tmp_path / "aside"
    documents.rename(aside)
    documents.touch()  # a file, in which none can be written
    with pytest.raises(WriteError):
        folder.fetch_document(DOCUMENT)
    documents.unlink()
    aside.rename(documents)

    folder.fetch_document(DOCUMENT)

    assert (tmp_path / "box" / DOCUMENT).read_bytes() == b'{"newer": 1}'


def test_a_file_comes_in_pieces_over_one_connection(hub: StaticHub, folder: HubFolder, tmp_path: Path) -> None:
    assert fetch_all(folder) == 4

    assert (tmp_path / "box" / FILE).read_bytes() == CONTENT
    assert hub.connections == 1
    assert hub.asked[1] == (FILE, f"bytes={PIECE}-{2 * PIECE - 1}")


def test_what_is_whole_is_not_fetched_again_unless_it_is_damaged(
    hub: StaticHub, folder: HubFolder, tmp_path: Path
) -> None:
    fetch_all(folder)
    hub.asked.clear()

    assert folder.fetch_piece(FILE, len(CONTENT), SHA256)
    assert hub.asked == []

    (tmp_path / "box" / FILE).write_bytes(CONTENT[:-1] + b"x")
    assert fetch_all(folder) == 4
    assert (tmp_path / "box" / FILE).read_bytes() == CONTENT


def test_what_has_come_is_not_sent_again_when_the_line_breaks(
    hub: StaticHub, folder: HubFolder, authority: Authority, tmp_path: Path, open_folder: Opener
) -> None:
    hub.cut_after = 100_000
    with pytest.raises(FAILURES):
        folder.fetch_piece(FILE, len(CONTENT), SHA256)
    folder.close()
    hub.cut_after = None

    fetch_all(open_folder(hub.settings(authority.own)))  # of an agent that was started anew

    assert hub.asked[1] == (FILE, f"bytes=100000-{100_000 + PIECE - 1}")
    assert (tmp_path / "box" / FILE).read_bytes() == CONTENT


def test_a_line_that_breaks_again_and_again_brings_it_all_the_same(
    hub: StaticHub, folder: HubFolder, tmp_path: Path
) -> None:
    hub.cut_after = 50_000

    fetch_all(folder)

    assert (tmp_path / "box" / FILE).read_bytes() == CONTENT


def test_a_server_that_knows_no_ranges_sends_it_whole(hub: StaticHub, folder: HubFolder, tmp_path: Path) -> None:
    hub.cut_after = 50_000
    with pytest.raises(FAILURES):
        folder.fetch_piece(FILE, len(CONTENT), SHA256)
    hub.cut_after, hub.knows_ranges = None, False

    assert folder.fetch_piece(FILE, len(CONTENT), SHA256)
    assert (tmp_path / "box" / FILE).read_bytes() == CONTENT


@pytest.mark.parametrize("lie", [b"", b"x", bytes(len(CONTENT)), bytes(9_000_000)], ids=len)
def test_what_is_not_what_was_signed_is_not_kept(hub: StaticHub, folder: HubFolder, tmp_path: Path, lie: bytes) -> None:
    hub.lies = lie
    with pytest.raises((DamagedFile, Refused)):
        fetch_all(folder)

    assert not (tmp_path / "box" / FILE).exists()
    hub.lies = None
    fetch_all(folder)  # and it comes from a server that does not lie
    assert (tmp_path / "box" / FILE).read_bytes() == CONTENT


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_an_answer_without_an_end_fills_no_disk(
    hub: StaticHub, folder: HubFolder, tmp_path: Path, knows_ranges: bool
) -> None:
    hub.endless, hub.knows_ranges = True, knows_ranges
    with pytest.raises((DamagedFile, Refused)):
        fetch_all(folder)
    with pytest.raises(Refused, match="more than"):
        folder.fetch_document(DOCUMENT)

    assert sum(path.stat().st_size for path in (tmp_path / "box").rglob("*") if path.is_file()) <= len(CONTENT) + 1


def test_an_empty_file_is_a_file(hub: StaticHub, folder: HubFolder, tmp_path: Path) -> None:
    empty = hashlib.sha256(b"").hexdigest()

    assert folder.fetch_piece(f"v1/blob/{empty}", 0, empty)
    assert (tmp_path / "box/v1/blob" / empty).read_bytes() == b""


def test_a_document_that_is_the_same_is_not_sent_again(hub: StaticHub, folder: HubFolder, tmp_path: Path) -> None:
    assert folder.read_document(DOCUMENT) == b"{}"
    assert folder.read_document(DOCUMENT) is None
    (hub.folder / DOCUMENT).write_bytes(b"[]")
    assert folder.read_document(DOCUMENT) == b"[]"

    folder.fetch_document(DOCUMENT)  # it is known, and not in the folder
    assert (tmp_path / "box" / DOCUMENT).read_bytes() == b"[]"
    assert hub.connections == 1


def spoil_by_a_bit(path: Path) -> None:
    flip_bit(path)


def spoil_by_a_link(path: Path) -> None:
    path.rename(path.with_suffix(".other"))
    path.symlink_to(path.with_suffix(".other"))


@pytest.mark.parametrize("spoil", [spoil_by_a_bit, spoil_by_a_link, Path.unlink])
def test_a_document_that_was_damaged_here_is_sent_again(
    hub: StaticHub, folder: HubFolder, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    here = tmp_path / "box" / DOCUMENT
    folder.fetch_document(DOCUMENT)
    spoil(here)

    folder.fetch_document(DOCUMENT)

    assert here.read_bytes() == (tmp_path / "hub" / DOCUMENT).read_bytes()
    assert not here.is_symlink()


@pytest.mark.parametrize("spoil", [spoil_by_a_bit, spoil_by_a_link])
def test_a_file_that_was_damaged_here_is_sent_again(
    hub: StaticHub, folder: HubFolder, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    fetch_all(folder)
    spoil(tmp_path / "box" / FILE)

    assert fetch_all(folder) == 4
    assert (tmp_path / "box" / FILE).read_bytes() == CONTENT
    assert not (tmp_path / "box" / FILE).is_symlink()


def test_a_document_of_the_greatest_size_is_taken_and_one_byte_more_is_not(hub: StaticHub, folder: HubFolder) -> None:
    (hub.folder / DOCUMENT).write_bytes(bytes(MOST_DOCUMENT_BYTES))
    assert folder.read_document(DOCUMENT) == bytes(MOST_DOCUMENT_BYTES)
    (hub.folder / DOCUMENT).write_bytes(bytes(MOST_DOCUMENT_BYTES + 1))

    with pytest.raises(Refused, match="more than"):
        folder.read_document(DOCUMENT)
    (hub.folder / DOCUMENT).write_bytes(b"{}")
    assert folder.read_document(DOCUMENT) == b"{}"  # on a connection of its own


def test_one_that_is_not_there_is_told_and_what_was_here_goes(
    hub: StaticHub, folder: HubFolder, tmp_path: Path
) -> None:
    folder.fetch_document(DOCUMENT)
    (hub.folder / DOCUMENT).unlink()

    with pytest.raises(NotFound):
        folder.fetch_document(DOCUMENT)
    folder.forget_document(DOCUMENT)
    assert not (tmp_path / "box" / DOCUMENT).exists()


@pytest.mark.parametrize("status", [301, 401, 403, 500, 503])
def test_any_other_answer_is_none(hub: StaticHub, folder: HubFolder, status: int) -> None:
    hub.status = status
    with pytest.raises(Refused, match=str(status)):
        folder.read_document(DOCUMENT)
    hub.status = None
    assert folder.read_document(DOCUMENT) == b"{}"


def test_a_server_with_another_authority_is_not_asked(
    hub: StaticHub, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, open_folder: Opener
) -> None:
    other = Authority(tmp_path_factory.mktemp("other") / "ca", "Others")
    folder = open_folder(hub.settings(other.own))

    with pytest.raises(FAILURES):
        folder.read_document(DOCUMENT)
    assert hub.asked == []


def test_a_server_of_another_name_is_not_asked(
    hub: StaticHub, authority: Authority, tmp_path: Path, open_folder: Opener
) -> None:
    folder = open_folder(replace(hub.settings(authority.own), address="127.0.0.1"))

    with pytest.raises(FAILURES):
        folder.read_document(DOCUMENT)


@pytest.mark.parametrize(("first", "last"), [(-400, -300), (300, 400)], ids=["ended", "not yet valid"])
def test_a_box_that_does_not_know_the_year_still_finds_its_hub(
    authority: Authority, tmp_path: Path, first: int, last: int, open_folder: Opener
) -> None:
    """As a clock of 2036 and of 1970 sees a good certificate."""
    (tmp_path / "hub" / DOCUMENT).parent.mkdir(parents=True)
    (tmp_path / "hub" / DOCUMENT).write_bytes(b"{}")
    with static_hub(tmp_path / "hub", authority.certificate("localhost", first, last)) as hub:
        assert open_folder(hub.settings(authority.own)).read_document(DOCUMENT) == b"{}"


def test_a_server_that_is_not_there_is_told(
    hub: StaticHub, authority: Authority, tmp_path: Path, open_folder: Opener
) -> None:
    with pytest.raises((*FAILURES, LoudspeakerError)):
        open_folder(replace(hub.settings(authority.own), https_port=1)).read_document(DOCUMENT)
