"""kill -9 of a hub at each of its writes: what it serves is whole at every instant, and done again it is done.

What the hub does is done in a process of its own, which is killed before its first write, its second, and so on. A
box that comes just then takes the version before or the new one, never a mixture; a hub that is started anew and asked
for the same once more ends where one that was never killed is.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from harness.hub_boxes import JoinedBox, enrol, make_box_key, open_hub, quick_keys, registered
from harness.killed_process import kill_points, run_until_killed
from harness.office import NOW, SCOPE, Office, deliveries, open_office
from harness.signing import make_alert, signed

from loudspeaker.clock import FakeClock
from loudspeaker.errors import LoudspeakerError
from loudspeaker.fleet.joining import JoinRequest, format_request, open_answer, parse_code
from loudspeaker.hub.adoption import adopt
from loudspeaker.hub.backups import back_up, restore
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_paths import HubPaths
from loudspeaker.hub.published_files import read_published
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.trust.dsse import format_envelope
from loudspeaker.trust.opening import seal

NEW = "---\ntitle: Tin mới\n---\nHọp thôn.\n"


@dataclass
class KilledHub:
    """A hub as it lies there before; each attempt works on a copy of it."""

    home: Path
    folder: Path
    office: Office
    full: bool
    attempts: int = 0
    killed: int = 0
    seen: set[int] = field(default_factory=set)  # versions that a box took right behind a kill

    @property
    def before(self) -> Path:
        return self.folder / "before"

    def copy(self) -> Path:
        self.attempts += 1
        copied = self.folder / f"hub-{self.attempts}"
        shutil.copytree(self.before, copied)
        return copied

    def kill_at_each_write(self, act: Callable[[Hub], object], check: Callable[[Hub], object]) -> None:
        """`check` what is there when a new process has done once more what the killed one did not do to its end."""
        counted = self.copy()
        for fatal in kill_points(lambda: in_hub(counted, act), self.full):
            root = self.copy()
            self.killed += run_until_killed(lambda root=root: in_hub(root, act), fatal) is None
            self.take(root, fatal)
            hub = open_hub(root)
            hub.bells.look()
            act(hub)
            check(hub)
            hub.close()
            shutil.rmtree(root)
        assert self.killed

    def take(self, root: Path, number: int) -> None:
        """What lies there is taken by a box that has joined before, and by one that is new."""
        for name, first in (("old", self.before), ("new", root)):
            home = self.folder / f"box-{name}-{number}"
            shutil.copytree(self.home, home)
            box = deliveries(StationPaths(home, home / ".state"))
            box.join(first, box.first_trust(first, SCOPE), "Lý")
            box.take(root, SCOPE)
            membership = read_membership(box.paths)
            assert membership
            self.seen.add(membership.accepted.version)
            shutil.rmtree(home)


def in_hub(root: Path, act: Callable[[Hub], object]) -> None:
    hub = open_hub(root)
    hub.bells.look()
    act(hub)
    hub.close()


@pytest.fixture
def hub(home: Path, tmp_path: Path, full: bool) -> KilledHub:
    """It has published version 1, and two boxes have joined it."""
    office = open_office(home, tmp_path)
    killed = KilledHub(home, tmp_path, office, full)
    opened = open_hub(killed.before)
    office.trust("hoa", "pao", hub=opened.key.public)
    opened.publish(office.stick, SCOPE)
    opened.bells.look()
    opened.close()
    return killed


def write_version_2(office: Office) -> None:
    office.trust("hoa", "pao")
    office.write("bulletins/tin-sang.md", NEW)
    for number in range(4):
        office.write(f"bulletins/them-{number}.md", f"---\ntitle: Thêm {number}\n---\nHọp thôn {number}.\n")
    office.publish("hoa", "pao")
    (office.own / "alert").mkdir(exist_ok=True)
    (office.own / "alert" / "1.json").write_bytes(
        format_envelope(signed(seal(make_alert(1, scope=SCOPE)), "hoa", "pao"))
    )


def heads(hub: Hub) -> tuple[int, int, int]:
    """What is served, by a bell that is rung for it."""
    hub.bells.look()
    (bell,) = hub.bells.rung()
    told = read_published(hub.paths.root, SCOPE).heads
    assert bell.published.heads == told
    return told.trust, told.manifest, told.alert


def test_while_it_distributes_a_version_with_a_list_of_keys_and_an_alarm(hub: KilledHub) -> None:
    write_version_2(hub.office)

    def check(opened: Hub) -> None:
        assert heads(opened) == (3, 2, 1)

    def publish(opened: Hub) -> None:
        opened.publish(hub.office.stick, SCOPE)
        opened.bells.look()

    hub.kill_at_each_write(publish, check)
    assert hub.seen <= {1, 2}
    assert 1 in hub.seen


def test_while_it_publishes_what_was_signed_at_its_pages(hub: KilledHub) -> None:
    write_version_2(hub.office)
    opened = open_hub(hub.before)
    opened.drafts.propose(hub.office.stick, SCOPE)
    opened.close()

    def publish(opened: Hub) -> None:
        for draft in opened.drafts.all():  # none, where it was killed behind the last of it
            opened.publish_draft(draft)

    def check(opened: Hub) -> None:
        assert heads(opened)[1] == 2
        assert not opened.drafts.all()

    hub.kill_at_each_write(publish, check)
    assert hub.seen <= {1, 2}


def test_while_a_box_joins(hub: KilledHub, tmp_path: Path) -> None:
    opened = open_hub(hub.before)
    code = opened.registry.invite(SCOPE, "máy")
    opened.close()
    key, keys = make_box_key("box"), quick_keys(parse_code(str(code)))
    raw = format_request(JoinRequest(code.letters, key.public.public, ("na-hoa",), "", "0.1"), keys)

    def check(opened: Hub) -> None:
        answer = open_answer(opened.join(raw), raw, keys)  # lost once more: the same again
        assert opened.registry.authenticate(answer.box, answer.password).id == answer.box
        assert [box.id for box in opened.registry.boxes()] == [answer.box]
        assert answer.box in (opened.paths.broker / "passwords").read_text()

    hub.kill_at_each_write(lambda opened: opened.join(raw), check)


def with_logs(hub: KilledHub) -> list[JoinedBox]:
    opened = open_hub(hub.before)
    boxes = [enrol(opened, hub.folder / "logs", name) for name in ("một", "hai")]
    opened.close()
    for box in boxes:
        box.air("na-hoa")
        box.air("na-hoa", 5)
    return boxes


def counted(hub: Hub) -> dict[str, int]:
    return {count.village: count.aired for count in hub.board().report(SCOPE, "tin-sang")}


def test_while_it_takes_in_logs(hub: KilledHub) -> None:
    boxes = with_logs(hub)

    def take_in(opened: Hub) -> None:
        for box in boxes:
            life = next(iter(box.log.entries()))[2]
            after = opened.intake.end_of(box.id, life).entries  # as boxes ask
            opened.intake.accept(registered(opened, box), box.segment(after))

    def check(opened: Hub) -> None:
        ends = [opened.intake.end_of(box.id, next(iter(box.log.entries()))[2]).entries for box in boxes]
        assert ends == [box.log.last_number() for box in boxes]
        assert counted(opened)["na-hoa"] == 2
        assert not opened.database.rows("SELECT * FROM refused_log")

    hub.kill_at_each_write(take_in, check)


def test_while_it_adopts_another_hub(hub: KilledHub, tmp_path: Path) -> None:
    boxes = with_logs(hub)
    other = open_hub(hub.before)
    for box in boxes:
        other.intake.accept(registered(other, box), box.segment())
    other.close()
    shutil.copytree(hub.before, tmp_path / "other")
    shutil.rmtree(hub.before)
    open_hub(hub.before).close()

    def check(opened: Hub) -> None:
        assert heads(opened) == (2, 1, 0)
        assert {box.id for box in opened.registry.boxes()} == {box.id for box in boxes}
        assert counted(opened)["na-hoa"] == 2

    hub.take = lambda root, number: None  # type: ignore[method-assign]  # nothing is served before
    hub.kill_at_each_write(lambda opened: adopt(opened, tmp_path / "other"), check)


def test_while_it_is_restored(hub: KilledHub, tmp_path: Path) -> None:
    with_logs(hub)
    back_up(HubPaths(hub.before), tmp_path / "backup")
    for fatal in kill_points(lambda: restore(tmp_path / "backup", HubPaths(tmp_path / "counted"), NOW), hub.full):
        target = HubPaths(tmp_path / f"restored-{fatal}")
        run_until_killed(lambda target=target: restore(tmp_path / "backup", target, NOW), fatal)
        try:
            restore(tmp_path / "backup", target, NOW)
        except LoudspeakerError:  # it says that something lies there: people wipe that, or nothing is lacking
            if not target.database.is_file():
                shutil.rmtree(target.root)
                restore(tmp_path / "backup", target, NOW)
        opened = open_hub(target.root, FakeClock(NOW))
        assert heads(opened)[1] == 1
        assert len(opened.registry.boxes()) == 2
        opened.close()
