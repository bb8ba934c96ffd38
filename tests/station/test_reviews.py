"""The life of a bulletin: written, submitted, approved or given back, by the log and the files alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from harness.small_commune import FILES, at
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.cli import cli
from loudspeaker.clock import FakeClock
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.errors import BadUsage, NotFound, OutOfDate, Refused
from loudspeaker.i18n import set_language
from loudspeaker.model.airing import BulletinFacts
from loudspeaker.model.enums import ReviewState
from loudspeaker.reports.audit_trail import background
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station
from loudspeaker.station.paper_photos import keep_photo
from loudspeaker.station.reviews import Review, ReviewLog, Signer
from loudspeaker.store.edits import apply_edits

FILE = "bulletins/nhac.md"
HOA, PAO = {"by": "chị Hoa", "account": "hoa", "via": "web"}, {"by": "anh Páo", "account": "pao", "via": "web"}


class Office:
    """A daemon, and people who come to it through the console."""

    def __init__(self, home: Path, clock: FakeClock, policy: str) -> None:
        commune = home / "commune.yaml"
        commune.write_text(commune.read_text(encoding="utf-8") + policy, encoding="utf-8")
        self.home = home
        self.station = Station.open(home, clock=clock)
        speakers = {"san-kho": MemorySpeaker(clock)}
        self.requests = Requests(OnAir(self.station, speakers, clock, self.station.log))
        self.revision = hashlib.sha256((home / FILE).read_bytes()).hexdigest()

    def save(self, words: str, who: dict[str, str] | None) -> None:
        """Write the bulletin anew; nobody is told where `who` does not say so."""
        data = f"---\ntitle: Nhắc\n---\n{words}\n".encode()
        (self.home / FILE).write_bytes(data)
        before, self.revision = self.revision, hashlib.sha256(data).hexdigest()
        self.requests.on_air.look()
        if who:
            self.ask("note_edit", who, path=FILE, before=before, after=self.revision)

    def ask(self, verb: str, who: dict[str, str], **arguments: Any) -> None:
        self.requests.carry_out(verb, {**arguments, **who}, 33)

    def review(self) -> Review:
        planner, bulletin = self.station.planner, self.station.files.bulletin("nhac")
        return ReviewLog(self.station.log).review(bulletin, planner.bulletin_spec(bulletin), planner.revision(bulletin))

    def decide(self, verb: str, who: dict[str, str], **arguments: Any) -> None:
        """About the bulletin as it is now."""
        self.ask(verb, who, bulletin="nhac", digest=self.review().digest, **arguments)

    def facts(self) -> BulletinFacts:
        return self.station.planner.bulletin_facts(self.station.log, ["nhac"])["nhac"]


@pytest.fixture
def office(home: Path, clock: FakeClock, request: pytest.FixtureRequest) -> Iterator[Office]:
    policy = getattr(request, "param", "policy: {approval: required}\n")
    office = Office(home, clock, policy)
    with closing(office.station):
        yield office


two = pytest.mark.parametrize("office", ["policy: {approval: two}\n"], indirect=True)
paper = pytest.mark.parametrize("office", ["quy chế: {phê duyệt: hai người, duyệt trên giấy: có}\n"], indirect=True)


def test_a_bulletin_goes_from_draft_over_its_submission_to_its_approval(office: Office) -> None:
    assert office.review().state is ReviewState.DRAFT

    office.decide("submit", HOA)
    submitted = office.review()
    assert (submitted.state, submitted.submitted and submitted.submitted.by) == (
        ReviewState.SUBMITTED,
        Signer("chị Hoa", "hoa"),
    )

    office.decide("approve", PAO)
    approved = office.review()
    assert (approved.state, approved.approved and approved.approved.by) == (
        ReviewState.APPROVED,
        Signer("anh Páo", "pao"),
    )
    assert office.facts().approved


def test_an_edit_makes_an_approval_outdated_and_a_submission_a_draft(office: Office) -> None:
    office.decide("submit", HOA)
    office.save("Xin nhắc bà con họp xã.", HOA)
    assert office.review().state is ReviewState.DRAFT

    office.decide("submit", HOA)
    office.decide("approve", PAO)
    office.save("Xin nhắc bà con họp bản.", HOA)
    outdated = office.review()
    assert (outdated.state, outdated.approved is not None) == (ReviewState.OUTDATED, True)

    office.decide("submit", HOA)
    assert office.review().state is ReviewState.SUBMITTED


def test_what_is_given_back_says_why_until_it_is_submitted_again(office: Office) -> None:
    office.decide("submit", HOA)
    office.decide("give_back", PAO, why="sai ngày họp")
    returned = office.review()
    assert returned.state is ReviewState.RETURNED
    assert returned.returned
    assert (returned.returned.why, returned.returned.by.name) == ("sai ngày họp", "anh Páo")

    office.save("Xin nhắc bà con họp ngày mai.", HOA)
    edited = office.review()
    assert (edited.state, edited.returned is not None) == (ReviewState.DRAFT, True)

    office.decide("submit", HOA)
    assert office.review().returned is None


def test_what_is_approved_and_given_back_is_not_aired(office: Office) -> None:
    office.decide("approve", PAO)
    office.decide("give_back", PAO, why="đợi ủy ban huyện")

    assert office.review().state is ReviewState.RETURNED
    assert not office.facts().approved


@pytest.mark.parametrize(("verb", "more"), [("submit", {}), ("approve", {}), ("give_back", {"why": "sai"})])
def test_a_decision_about_another_text_than_there_is_now_is_refused(
    office: Office, verb: str, more: dict[str, str]
) -> None:
    shown = office.review().digest
    office.save("Xin nhắc bà con họp ngày kia.", None)
    entries = office.station.log.events("review"), office.station.log.events("approve")

    with pytest.raises(OutOfDate, match="not what was shown"):
        office.ask(verb, PAO, bulletin="nhac", digest=shown, **more)

    assert (office.station.log.events("review"), office.station.log.events("approve")) == entries


def test_a_bulletin_is_not_given_back_without_a_word(office: Office) -> None:
    with pytest.raises(BadUsage):
        office.decide("give_back", PAO, why=" ")


def test_a_bulletin_that_is_submitted_twice_is_submitted_once(office: Office) -> None:
    office.decide("submit", HOA)
    office.decide("submit", HOA)

    assert len(office.station.log.events("review")) == 1


@two
def test_whoever_saved_a_bulletin_last_does_not_approve_it_where_policy_asks_for_two(office: Office) -> None:
    office.save("Xin nhắc bà con họp xã.", HOA)

    with pytest.raises(Refused, match="chị Hoa saved “nhac” last"):
        office.decide("approve", HOA)
    with pytest.raises(Refused):
        office.decide("approve", {"by": "CHỊ  HOA"})  # the same person at a terminal
    assert not office.facts().approved

    office.decide("approve", PAO)
    assert office.facts().approved


@two
def test_namesakes_are_told_apart_by_their_accounts(office: Office) -> None:
    office.save("Xin nhắc bà con họp xã.", HOA)
    office.decide("approve", {**HOA, "account": "hoa2"})

    assert office.facts().approved


@two
def test_where_nobody_knows_who_edited_anybody_approves_and_the_log_says_so(office: Office) -> None:
    office.save("Xin nhắc bà con họp xã.", HOA)
    office.save("Xin nhắc bà con họp tỉnh.", None)  # with a text editor
    assert office.review().editors == ()

    office.decide("approve", HOA)

    assert office.station.log.events("approve")[0].facts["editor"] == "unknown"


@paper
def test_a_signature_on_paper_is_that_of_whoever_signed(office: Office) -> None:
    office.save("Xin nhắc bà con họp xã.", HOA)
    with pytest.raises(BadUsage):
        office.decide("approve", HOA, paper="12/PD")
    with pytest.raises(Refused):
        office.decide("approve", PAO, paper="12/PD", signer="chị Hoa")

    office.decide("approve", HOA, paper="12/PD", signer="anh Páo")
    approved = office.review().approved
    assert approved
    assert (approved.paper, approved.signer, approved.by.name) == ("12/PD", "anh Páo", "chị Hoa")


@paper
def test_a_photograph_that_is_kept_stands_in_for_the_number_of_the_paper(office: Office) -> None:
    office.save("Xin nhắc bà con họp xã.", HOA)
    sha256, edit = keep_photo(office.station.paths.home, b"\xff\xd8\xffphotograph")
    with pytest.raises(NotFound):
        office.decide("approve", HOA, photo=sha256, signer="anh Páo")
    assert edit
    apply_edits(office.station.paths.home, [edit], "chị Hoa")
    with pytest.raises(BadUsage):
        office.decide("approve", HOA, photo=sha256)
    with pytest.raises(BadUsage):
        office.decide("approve", HOA, photo="../box.yaml", signer="anh Páo")

    office.decide("approve", HOA, photo=sha256, signer="anh Páo")
    approved = office.review().approved
    assert approved
    assert (approved.photo, approved.paper, approved.signer) == (sha256, "", "anh Páo")
    told = background(office.station.log, "na-hoa", "nhac", office.station.clock.now())
    assert any(f"(photograph {sha256[:8]})" in str(entry.what) for entry in told)


def test_whether_it_was_listened_to_and_in_whose_place_is_kept_as_far_as_it_is_known(office: Office) -> None:
    office.decide("approve", PAO)
    office.decide("approve", PAO, heard=False, in_place_of="anh Lý")
    old, new = office.station.log.events("approve")

    assert {"heard", "in_place_of"}.isdisjoint(old.facts)
    assert (new.facts["heard"], new.facts["in_place_of"]) == (False, "anh Lý")


def test_paper_is_refused_where_policy_knows_none(office: Office) -> None:
    with pytest.raises(Refused, match="approval_on_paper"):
        office.decide("approve", HOA, paper="12/PD", signer="anh Páo")


def test_the_log_keeps_who_edited_what_and_through_which_account(office: Office) -> None:
    before = office.revision
    office.save("Xin nhắc bà con họp xã.", HOA)

    (edit,) = office.station.log.events("edit")
    assert edit.facts == {"path": FILE, "before": before, "after": office.revision, **HOA}


def test_a_revision_is_a_hash_or_nothing(office: Office) -> None:
    with pytest.raises(BadUsage):
        office.ask("note_edit", HOA, path=FILE, before="x", after="")


def test_the_reason_of_a_stop_is_told_after_it_and_only_of_a_stop(office: Office) -> None:
    now = office.station.clock.now()
    airing = "na-hoa/nhac/2026-11-24T11:00"
    with pytest.raises(Refused, match="was not stopped"):
        office.ask("explain_stop", HOA, airings=[airing], why="đám tang")

    office.station.log.event("stop", airing, now, by="chị Hoa", why="dừng từ trang")
    office.ask("explain_stop", HOA, airings=[airing], why="đám tang")
    assert office.station.log.events("explain", airing)[0].facts == {"why": "đám tang", **HOA}


def test_officers_at_a_terminal_submit_give_back_and_approve(home: Path) -> None:
    set_language("vi")

    def run(*words: str) -> str:
        return CliRunner().invoke(cli, ["--home", str(home), "--lang", "vi", *words]).output

    assert "đã gửi duyệt: nhac" in run("submit", "nhac", "--by", "Hoa")
    assert "đã trả lại: nhac" in run("approve", "nhac", "--return", "sai ngày", "--by", "Páo")
    assert "đã phê duyệt: nhac" in run("approve", "nhac", "--by", "Páo")
    with closing(Station.open(home)) as station:
        steps = [event.facts["step"] for event in station.log.events("review")]
    assert steps == ["submit", "give_back"]


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("save"), st.sampled_from("abc")),
            st.tuples(st.sampled_from(["submit", "approve", "give_back", "undo"]), st.just("")),
        ),
        max_size=12,
    )
)
def test_only_what_was_approved_as_it_is_now_is_approved(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Any]
) -> None:
    """Against an oracle that keeps which texts an approval stands for."""
    home = tmp_path_factory.mktemp("dai")
    for name, text in FILES.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text.lstrip("\n"), encoding="utf-8")
    office = Office(home, FakeClock(at("2026-11-24T05:00:00")), "policy: {approval: required}\n")
    now, approved = "", None
    with closing(office.station):
        for verb, text in steps:
            if verb == "save":
                office.save(f"Họp {text}.", HOA)
                now = text
            elif verb == "undo" and approved is not None:
                office.ask("approve", PAO, bulletin="nhac", digest="", undo=True)
                approved = None
            elif verb == "approve":
                office.decide("approve", PAO)
                approved = now
            elif verb in ("submit", "give_back"):
                office.decide(verb, PAO, **({"why": "sai"} if verb == "give_back" else {}))
                approved = None if verb == "give_back" and approved == now else approved
            assert (office.review().state is ReviewState.APPROVED) == (approved == now)
            assert office.facts().approved == (approved == now)
