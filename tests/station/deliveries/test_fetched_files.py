"""What the agent has fetched: what is lacking is known before it is fetched, and it is taken as from a stick."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from harness.alert_box import flood, sealed
from harness.office import NOW, Office, deliveries, join_box, open_office

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.agent_access import TAKE, MarkedWork, work_for_agent
from loudspeaker.daemon.children import Children
from loudspeaker.daemon.time_check import TimeCheck
from loudspeaker.errors import BadUsage
from loudspeaker.station.deliveries.fetched_answer import FetchedAnswer, keep_fetched_answer, read_fetched_answer
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.store.received import ReceivedFiles
from loudspeaker.trust.faults import UntrustedDocument

SCOPE = "xa-thu"


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    return open_office(home, tmp_path)


@pytest.fixture
def box(home: Path, office: Office) -> StationPaths:
    return join_box(home, office)


def publish(office: Office, box: StationPaths, *names: str, blobs: bool = True) -> None:
    """A new version, of which the agent has fetched the documents, or everything."""
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish(*names)
    shutil.copytree(office.stick / "v1", box.fleet / "v1", dirs_exist_ok=True)
    if not blobs:
        shutil.rmtree(box.fleet / "v1" / "blob")
    box.fetched_mark.write_text("một\n")


def version(box: StationPaths) -> int:
    membership = read_membership(box)
    assert membership
    return membership.accepted.version


def test_only_what_is_new_is_lacking_and_asking_for_it_changes_nothing(office: Office, box: StationPaths) -> None:
    before = box.membership.read_bytes()
    publish(office, box, "hoa", blobs=False)

    lacking = deliveries(box).lacking(box.fleet, SCOPE)

    content = (office.home / "bulletins" / "tin-sang.md").read_bytes()
    assert list(lacking.files.values()) == [len(content)]
    assert box.membership.read_bytes() == before


def test_a_manifest_knows_the_newest_alert_that_somebody_has_signed(office: Office, box: StationPaths) -> None:
    folder = office.own / "alert"
    folder.mkdir()
    (folder / "17.json").write_text(sealed(flood(17), "hoa"))
    (folder / "18.json").write_text(sealed(flood(18)))
    publish(office, box, "hoa", blobs=False)

    assert deliveries(box).lacking(box.fleet, SCOPE).alert == 17


def test_of_what_is_not_signed_nothing_is_lacking_but_signatures(office: Office, box: StationPaths) -> None:
    publish(office, box)

    with pytest.raises(UntrustedDocument):
        deliveries(box).lacking(box.fleet, SCOPE)


def test_asking_keeps_no_trust_document(office: Office, box: StationPaths) -> None:
    office.trust("hoa", "pao", people=("hoa", "pao"))
    publish(office, box, "hoa", "pao")

    deliveries(box).lacking(box.fleet, SCOPE)

    assert len(ReceivedFiles(box.received, SCOPE).trust_documents()) == 1


def test_it_is_taken_and_the_answer_has_the_mark(office: Office, box: StationPaths) -> None:
    publish(office, box, "hoa")

    answer = deliveries(box).take_fetched()

    assert answer == read_fetched_answer(box.taken) == FetchedAnswer("một", {})
    assert version(box) == 2


def test_what_is_refused_is_told_with_its_reason_and_a_revoked_key_stays_revoked(
    office: Office, box: StationPaths
) -> None:
    office.trust("pao", "ly", people=("pao", "ly", "tu"))
    publish(office, box, "hoa")  # who has just lost her key

    answer = deliveries(box).take_fetched()

    assert "signed as content by 0 persons" in str(read_fetched_answer(box.taken).refused[SCOPE])
    assert answer.refused.keys() == {SCOPE}
    assert version(box) == 1
    assert len(ReceivedFiles(box.received, SCOPE).trust_documents()) == 2


def test_a_file_that_is_missing_is_told(office: Office, box: StationPaths) -> None:
    publish(office, box, "hoa", blobs=False)

    assert "does not lie in the folder" in str(deliveries(box).take_fetched().refused[SCOPE])


def test_where_the_disk_has_no_room_that_is_told(office: Office, box: StationPaths) -> None:
    publish(office, box, "hoa")
    blobs = ReceivedFiles(box.received, SCOPE).blobs
    shutil.rmtree(blobs)
    blobs.touch()  # a file, in which none can be written

    answer = deliveries(box).take_fetched()

    assert answer.refused.keys() == {SCOPE}
    assert answer.unwritten == read_fetched_answer(box.taken).unwritten == (SCOPE,)
    assert version(box) == 1


def test_a_box_that_has_not_joined_takes_nothing(home: Path) -> None:
    with pytest.raises(BadUsage):
        deliveries(StationPaths(home, home / ".state"), NOW).take_fetched()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"mark": 7}'])
def test_an_answer_that_nobody_can_read_is_none(box: StationPaths, content: bytes) -> None:
    box.taken.write_bytes(content)

    assert read_fetched_answer(box.taken) == FetchedAnswer()


class CountedChildren(Children):
    """Starts nothing, and says how often it was to."""

    def __init__(self) -> None:
        super().__init__(lambda *words: [])
        self.started: list[tuple[str, ...]] = []
        self.busy: set[str] = set()

    def start(self, *words: str, name: str = "", quiet: bool = False, output: object = None) -> None:
        self.started.append(words)

    def is_running(self, name: str) -> bool:
        return name in self.busy


def take_work(box: StationPaths, children: CountedChildren) -> MarkedWork | TimeCheck:
    return next(iter(work_for_agent(box, children, FakeClock(NOW))))


def test_a_child_is_started_once_for_each_mark_and_waits_for_the_one_before(box: StationPaths) -> None:
    children = CountedChildren()
    files = take_work(box, children)
    files.look()
    assert children.started == []
    box.fleet.mkdir()
    for mark in ("một", "một", "hai"):
        box.fetched_mark.write_text(mark)
        files.look()
        files.look()
    assert children.started == [TAKE, TAKE]

    children.busy = {"take-fetched"}
    box.fetched_mark.write_text("ba")
    files.look()
    assert len(children.started) == 2
    children.busy = {"sign-log"}  # which has nothing to do with it
    files.look()
    assert len(children.started) == 3


def test_after_a_restart_what_was_taken_is_not_taken_again(box: StationPaths) -> None:
    box.fleet.mkdir()
    box.fetched_mark.write_text("một")
    keep_fetched_answer(box.taken, FetchedAnswer("một"))
    children = CountedChildren()

    take_work(box, children).look()

    assert children.started == []
