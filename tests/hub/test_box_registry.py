"""Invitations are good once, for a week, for five tries; a box that has joined logs in until it is revoked."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.hub_boxes import enrol, make_box_key, open_hub, quick_keys
from harness.office import SCOPE

from loudspeaker.clock import FakeClock
from loudspeaker.errors import BadUsage, NotFound, Refused
from loudspeaker.fleet.joining import InvitationCode, JoinRequest, format_request, open_answer
from loudspeaker.hub.box_registry import LASTS, MOST_TRIES
from loudspeaker.hub.hub import Hub

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
