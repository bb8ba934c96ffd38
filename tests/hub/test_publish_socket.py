"""The hub's process hears at once that something was published, whoever does so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue

import pytest
from harness.hub_boxes import open_hub
from harness.office import SCOPE, Office, open_office
from harness.waiting import PATIENCE

from loudspeaker.hub.bells import RungBell
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_process import FolderWatch
from loudspeaker.hub.publish_socket import PublishSocket, notify_published

pytestmark = pytest.mark.waits


@pytest.fixture
def socket(tmp_path: Path) -> Iterator[PublishSocket]:
    with closing(PublishSocket(tmp_path)) as opened:
        yield opened


def test_scopes_of_which_something_was_published_are_told_once_each(tmp_path: Path, socket: PublishSocket) -> None:
    for scope in ("xa-mot", "xa-hai", "xa-mot"):
        notify_published(tmp_path, scope)

    assert socket.wait(PATIENCE) == ["xa-mot", "xa-hai"]
    assert socket.wait(0) == []


def test_nobody_need_listen(tmp_path: Path) -> None:
    notify_published(tmp_path, SCOPE)


def test_a_flood_keeps_nobody_waiting(tmp_path: Path, socket: PublishSocket) -> None:
    for _ in range(5_000):
        notify_published(tmp_path, SCOPE)

    assert socket.wait(PATIENCE) == [SCOPE]


def test_the_folder_may_have_a_long_path(tmp_path: Path) -> None:
    root = tmp_path / ("x" * 120)
    root.mkdir()
    with closing(PublishSocket(root)) as socket:
        notify_published(root, SCOPE)
        assert socket.wait(PATIENCE) == [SCOPE]


def test_a_process_takes_the_place_of_one_that_has_died(tmp_path: Path, socket: PublishSocket) -> None:
    with closing(PublishSocket(tmp_path)) as later:
        notify_published(tmp_path, SCOPE)
        assert later.wait(PATIENCE) == [SCOPE]


class ToldBells:
    """Stands in for a session with a broker."""

    def __init__(self) -> None:
        self.bells: SimpleQueue[list[str]] = SimpleQueue()

    def tell(self, bells: list[RungBell]) -> None:
        self.bells.put([bell.published.scope for bell in bells])


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    return open_office(home, tmp_path)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    opened = open_hub(tmp_path / "hub")
    yield opened
    opened.close()


def test_boxes_are_told_of_what_is_published_without_waiting_for_the_next_look(office: Office, hub: Hub) -> None:
    session = ToldBells()
    with closing(FolderWatch(hub, session, looks=10 * PATIENCE)) as watch:  # type: ignore[arg-type]
        watch.start()
        hub.publish(office.stick, SCOPE)
        assert session.bells.get(timeout=PATIENCE) == [SCOPE]


def test_what_came_by_another_way_is_found_by_looking(office: Office, hub: Hub) -> None:
    session = ToldBells()
    with closing(FolderWatch(hub, session, looks=0.01)) as watch:  # type: ignore[arg-type]
        watch.start()
        (hub.paths.root / "v1").rmdir()
        (office.stick / "v1").rename(hub.paths.root / "v1")
        assert session.bells.get(timeout=PATIENCE) == [SCOPE]


def test_boxes_are_told_though_the_disk_is_full(office: Office, hub: Hub) -> None:
    hub.publish(office.stick, SCOPE)
    told: list[bytes] = []
    (hub.paths.root / "v1" / SCOPE / "bell.json").mkdir()  # it cannot be written

    assert hub.bells.look(tell=lambda bell: told.append(bell.raw)) == []

    assert len(told) == 1
