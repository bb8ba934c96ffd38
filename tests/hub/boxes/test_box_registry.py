"""Invitations are good once, for a week, for five tries; a box that has joined logs in until it is revoked."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.hub_boxes import enrol, make_box_key, open_hub, quick_keys
from harness.office import NOW, SCOPE

from loudspeaker.clock import FakeClock
from loudspeaker.errors import BadUsage, NotFound, Refused
from loudspeaker.fleet.joining import InvitationCode, JoinRequest, format_request, open_answer
from loudspeaker.fleet.topics import BoxHealth, Topic, TopicKind, format_message
from loudspeaker.hub.boxes.box_board import BoxBoard
from loudspeaker.hub.boxes.box_registry import LASTS, MOST_TRIES
from loudspeaker.hub.boxes.said_messages import SaidMessage, keep_messages
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.published_files import read_published

WRONG = "00000000000"


def ask(code: InvitationCode, secret: str = "box", wrong: bool = False) -> bytes:
    """What a box with this key sends, which knows the code or not."""
    known = InvitationCode(code.letters, WRONG) if wrong else code
    public = make_box_key(secret).public.public
    return format_request(JoinRequest(code.letters, public, ("na-hoa",), "", "0.1"), quick_keys(known))


def test_a_code_is_for_one_box(published: Hub) -> None:
    code = published.registry.invite(SCOPE, "nhà văn hóa")
    published.join(ask(code))

    with pytest.raises(Refused, match="another box"):
        published.join(ask(code, "another"))

    [box] = published.registry.boxes()
    assert (box.id, box.name, box.scope) == (make_box_key("box").public.person, "nhà văn hóa", SCOPE)


def test_after_five_wrong_tries_the_right_code_is_worth_nothing(published: Hub) -> None:
    code = published.registry.invite(SCOPE)
    for _ in range(MOST_TRIES):
        with pytest.raises(Refused):
            published.join(ask(code, wrong=True))

    with pytest.raises(Refused):
        published.join(ask(code))
    assert published.registry.boxes() == []


def test_four_wrong_tries_are_forgiven(published: Hub) -> None:
    code = published.registry.invite(SCOPE)
    for _ in range(MOST_TRIES - 1):
        with pytest.raises(Refused):
            published.join(ask(code, wrong=True))

    published.join(ask(code))

    assert len(published.registry.boxes()) == 1


def test_a_code_ends_after_a_week(published: Hub, clock: FakeClock) -> None:
    code = published.registry.invite(SCOPE)
    clock.advance(LASTS.total_seconds() + 1)

    with pytest.raises(Refused):
        published.join(ask(code))


def test_a_commune_that_has_published_nothing_takes_in_no_box_and_the_code_stays(hub: Hub) -> None:
    code = hub.registry.invite("xa-khac")

    for _ in range(MOST_TRIES + 1):
        with pytest.raises(Refused, match="published nothing"):
            hub.join(ask(code))
    assert hub.registry.boxes() == []


def test_what_was_used_is_forgotten(published: Hub) -> None:
    code = published.registry.invite(SCOPE)
    published.join(ask(code))

    assert published.database.row("SELECT keys FROM invitation")["keys"] is None  # type: ignore[index]


def test_a_revoked_box_is_let_in_nowhere_and_may_be_invited_again(published: Hub, tmp_path: Path) -> None:
    box = enrol(published, tmp_path)
    published.revoke(box.id)

    with pytest.raises(Refused):
        published.registry.authenticate(box.id, box.password)
    assert box.id not in (published.broker.folder / "passwords").read_text()

    code = published.registry.invite(SCOPE)
    raw = ask(code)
    answer = open_answer(published.join(raw), raw, published.registry.derive(code))
    assert published.registry.authenticate(answer.box, answer.password).revoked is None
    with pytest.raises(Refused):
        published.registry.authenticate(box.id, box.password)  # the old one


def test_boxes_and_invitations_are_there_after_a_restart(published: Hub, tmp_path: Path, clock: FakeClock) -> None:
    code = published.registry.invite(SCOPE)
    box = enrol(published, tmp_path)
    published.close()

    again = open_hub(published.paths.root, clock)
    again.join(ask(code, "second"))

    assert again.registry.authenticate(box.id, box.password).id == box.id
    assert len(again.registry.boxes(SCOPE)) == 2
    again.close()


def test_what_is_no_scope_or_no_box_is_told(hub: Hub) -> None:
    with pytest.raises(BadUsage):
        hub.registry.invite("Bản Mây")
    with pytest.raises(BadUsage):
        hub.registry.invite("ban-may", "a\nb")
    with pytest.raises(NotFound):
        hub.revoke("b-00000000")


def take_place(hub: Hub, secret: str, of: str, replaces: str, name: str = "") -> bytes:
    """What the hub answers a box with this key which wants the place of `replaces`, with a code for that of `of`."""
    code = hub.registry.invite(SCOPE, name, of)
    public = make_box_key(secret).public.public
    request = JoinRequest(code.letters, public, ("thon-cua-toi",), "", "0.1", replaces)
    raw = format_request(request, quick_keys(code))
    return open_answer(hub.join(raw), raw, quick_keys(code)).box_yaml.encode()


def test_a_box_takes_the_place_of_another_with_its_box_yaml_and_the_old_one_is_let_in_no_more(
    published: Hub, tmp_path: Path
) -> None:
    old = enrol(published, tmp_path, "old", ["na-hoa", "suoi-trat"])
    health = BoxHealth("0.1", NOW, box_yaml="plays: {na-hoa: loa}\n")
    keep_messages(published.database, [SaidMessage(str(Topic(TopicKind.HEALTH, old.id)), format_message(health))], NOW)

    answered = take_place(published, "new", old.id, old.id)

    assert answered == b"plays: {na-hoa: loa}\n"
    before, after = published.registry.box(old.id), published.registry.box(make_box_key("new").public.person)
    assert before.revoked
    assert (after.name, after.villages, after.revoked) == ("máy old", ("na-hoa", "suoi-trat"), None)
    with pytest.raises(Refused):
        published.registry.authenticate(old.id, old.password)
    row = BoxBoard(published.database, published.registry, ()).box(after.id)
    assert row.replaces == old.id


def test_what_the_old_box_has_aired_stays_in_reports(published: Hub, tmp_path: Path) -> None:
    old = enrol(published, tmp_path, "old", ["na-hoa"])
    old.air("na-hoa", 0)
    published.intake.accept(published.registry.box(old.id), old.segment())
    take_place(published, "new", old.id, old.id)
    root = published.paths.root
    board = BoxBoard(published.database, published.registry, (read_published(root, SCOPE),))

    (nha_hoa, *_) = board.report(SCOPE, "tin-sang")

    assert (nha_hoa.village, nha_hoa.aired) == ("na-hoa", 1)


def test_only_a_code_that_was_made_for_it_takes_a_box_place(published: Hub, tmp_path: Path) -> None:
    old, other = enrol(published, tmp_path, "old"), enrol(published, tmp_path, "other")

    with pytest.raises(Refused, match="have one made with --replace"):
        take_place(published, "new", "", old.id)
    with pytest.raises(Refused, match="join with --replace"):
        take_place(published, "new", old.id, "")
    with pytest.raises(Refused, match="join with --replace"):
        take_place(published, "new", old.id, other.id)
    with pytest.raises(Refused, match="itself"):
        take_place(published, "old", old.id, old.id)
    with pytest.raises(NotFound):
        published.registry.invite("xa-khac", "", old.id)

    assert published.registry.box(old.id).revoked is None
