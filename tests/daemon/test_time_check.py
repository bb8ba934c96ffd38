"""The hub's word for the time: the daemon's own question, carried by an agent that may be anybody's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from harness.hub_boxes import enrol, open_hub, registered
from harness.office import NOW, SCOPE, Office, join, open_office
from harness.signing import PEOPLE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loudspeaker.clock import FakeClock, VouchedTime, boot_id
from loudspeaker.daemon.time_check import LONGEST, SPACING, TimeCheck
from loudspeaker.errors import Refused, Unreachable
from loudspeaker.fleet.box_side import BoxSide
from loudspeaker.station.box.hub_contact import read_hub_time, read_nonce
from loudspeaker.station.paths import StationPaths
from loudspeaker.trust.dsse import format_envelope
from loudspeaker.trust.opening import seal
from loudspeaker.trust.signed_documents import Bell

AHEAD = timedelta(days=400)  # of the hub's clock: this box woke up in another year


@pytest.fixture
def paths(home: Path) -> StationPaths:
    (home / ".state" / "fleet").mkdir(parents=True, exist_ok=True)
    return StationPaths(home, home / ".state")


@pytest.fixture
def office(home: Path, tmp_path: Path, paths: StationPaths) -> Office:
    """Its trust document names the hub's key."""
    office = open_office(home, tmp_path)
    office.trust("hoa", "pao", hub=PEOPLE["hub"].public)
    join(paths, office)
    return office


class Box:
    """A daemon's part with its clock, an agent that carries what the test wants, and a hub that knows the time."""

    def __init__(self, paths: StationPaths) -> None:
        self.paths, self.clock = paths, FakeClock(NOW)
        self.check = TimeCheck(paths, self.clock)
        self.marks = 0

    def true_time(self) -> float:
        return (NOW + AHEAD).timestamp() + self.clock.monotonic()

    def ask(self) -> str:
        """The daemon's next question."""
        self.marks += 1
        self.clock.advance(SPACING)
        self.paths.time_wanted.write_text(f"mark {self.marks}")
        self.check.look()
        return read_nonce(self.paths.time_nonce, f"mark {self.marks}")

    def answer(self, nonce: str, signer: str = "hub", scope: str = SCOPE) -> bytes:
        """By a hub, of this moment."""
        issued = NOW + AHEAD + timedelta(seconds=self.clock.monotonic())
        return format_envelope(PEOPLE[signer].sign(seal(Bell(scope, issued, {}, nonce))))

    def bring(self, raw: bytes) -> None:
        self.paths.time_answer.write_bytes(raw)
        self.check.look()

    @property
    def word(self) -> VouchedTime | None:
        return read_hub_time(self.paths)


@pytest.fixture
def box(paths: StationPaths, office: Office) -> Box:
    return Box(paths)


def test_an_answer_that_comes_at_once_vouches_for_the_middle_of_its_way(box: Box) -> None:
    nonce = box.ask()
    box.clock.advance(0.5)
    raw = box.answer(nonce)
    box.clock.advance(0.5)
    box.bring(raw)

    assert box.word
    assert (box.word.error, box.word.boot) == (0.5, boot_id())
    assert box.word.instant.timestamp() + box.clock.monotonic() - box.word.monotonic == pytest.approx(box.true_time())


def test_what_comes_late_is_not_believed_whatever_it_says(box: Box) -> None:
    raw = box.answer(box.ask())
    box.clock.advance(LONGEST + 0.1)
    box.bring(raw)
    assert box.word is None

    nonce = box.ask()  # the next question is another one
    box.bring(raw)
    assert box.word is None
    box.bring(box.answer("0" * 32))
    box.bring(box.answer(nonce))
    assert box.word is None  # one answer to each: a wrong one has used it up
    box.bring(box.answer(box.ask()))
    assert box.word


@pytest.mark.parametrize(
    "forge",
    [
        lambda box, nonce: box.answer("0" * 32),
        lambda box, nonce: box.answer(""),
        lambda box, nonce: box.answer(nonce, signer="hoa"),
        lambda box, nonce: box.answer(nonce, signer="vang"),
        lambda box, nonce: box.answer(nonce, scope="xa-khac"),
        lambda box, nonce: box.answer(nonce).replace(b'"payload"', b'"payloads"'),
        lambda box, nonce: b"{",
        lambda box, nonce: b"\xff" * 200_000,
        lambda box, nonce: (box.paths.fleet.parent / "box.key").read_bytes(),
    ],
    ids=["nonce", "no nonce", "an officer", "a stranger", "scope", "damaged", "no JSON", "long", "a key"],
)
def test_what_is_not_the_hubs_answer_to_this_question_counts_for_nothing(
    box: Box, forge: Callable[[Box, str], bytes]
) -> None:
    (box.paths.fleet.parent / "box.key").write_text("secret")
    box.bring(forge(box, box.ask()))

    assert box.word is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"instant": 3}', b"\xff", b"1" * 9_999])
def test_a_word_that_cannot_be_read_vouches_for_nothing(box: Box, content: bytes) -> None:
    box.paths.hub_time.write_bytes(content)

    assert box.word is None


def test_an_answer_is_read_from_no_link_and_before_no_question(box: Box, tmp_path: Path) -> None:
    box.bring(box.answer("0" * 32))
    nonce = box.ask()
    box.paths.time_answer.unlink()
    (tmp_path / "elsewhere").write_bytes(box.answer(nonce))
    box.paths.time_answer.symlink_to(tmp_path / "elsewhere")
    box.check.look()

    assert box.word is None


def test_who_asks_for_questions_all_the_time_gets_one_in_a_while(box: Box) -> None:
    first = box.ask()
    for number in range(20):
        box.paths.time_wanted.write_text(f"flood {number}")
        box.check.look()
    assert first in box.paths.time_nonce.read_text()
    box.clock.advance(SPACING)
    box.check.look()
    assert read_nonce(box.paths.time_nonce, "flood 19") not in ("", first)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("aqbrw"), st.floats(0, 6), st.integers(0, 5)), max_size=25))
def test_whatever_comes_and_when_no_word_is_kept_that_is_wrong_by_more_than_two_seconds(
    box: Box, steps: list[tuple[str, float, int]]
) -> None:
    """Steps: a question is asked, the hub answers one, an answer is brought, the daemon looks; and what passes."""
    box.paths.hub_time.unlink(missing_ok=True)
    nonces, answers = [""], [b"{}"]
    for step, passes, which in steps:
        if step == "q":
            nonces.append(box.ask())
        elif step == "a":
            answers.append(box.answer(nonces[-1 - which % len(nonces)]))
        elif step == "b":
            box.bring(answers[-1 - which % len(answers)])
        elif step == "r":
            box.check = TimeCheck(box.paths, box.clock)  # the daemon begins anew
        box.clock.advance(passes)
        if word := box.word:
            said = word.instant.timestamp() + box.clock.monotonic() - word.monotonic
            assert abs(said - box.true_time()) <= word.error + 1e-3 <= LONGEST / 2 + 1e-3


def test_the_agent_carries_question_and_answer_between_daemon_and_hub(
    home: Path, tmp_path: Path, paths: StationPaths
) -> None:
    clock = FakeClock(NOW)
    hub = replace(open_hub(tmp_path / "hub", clock), vouch=lambda now: frozenset({"network"}))
    office = open_office(home, tmp_path)
    office.trust("hoa", "pao", hub=hub.key.public)
    join(paths, office)
    hub.publish(office.stick, SCOPE)
    known = registered(hub, enrol(hub, tmp_path / "boxes"))
    check = TimeCheck(paths, clock)

    def pause(seconds: float) -> None:
        clock.advance(seconds)
        check.look()

    side = BoxSide(paths, clock, str, pause)
    assert side.check_time(lambda nonce: hub.tell_time(known, nonce.encode()))
    assert not side.check_time(lambda nonce: hub.tell_time(known, b"0" * 32))  # a hub that was taken over
    with pytest.raises(Refused):
        side.check_time(lambda nonce: replace(hub, vouch=lambda now: frozenset()).tell_time(known, nonce.encode()))
    hub.close()
    with pytest.raises(Unreachable):
        BoxSide(paths, clock, str, clock.advance).check_time(lambda nonce: b"")
