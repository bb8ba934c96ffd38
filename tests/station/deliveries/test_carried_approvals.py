"""An approval that travels with what is approved: it holds on every box until something is edited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from harness.office import NOW, Office, deliveries, join, open_office, open_station
from harness.signing import PEOPLE
from harness.small_commune import ZONE

from loudspeaker.config.spoken_bulletin import format_signed_words, with_signed_words
from loudspeaker.errors import BadUsage, Refused
from loudspeaker.model.enums import Expected, ReviewState
from loudspeaker.model.envelope import Envelope
from loudspeaker.model.refusal import Refusal, kind_of
from loudspeaker.model.requests import Approve
from loudspeaker.model.spoken_text import Utterance
from loudspeaker.reports.explain import explain_airing
from loudspeaker.station import approvals
from loudspeaker.station.decisions import Decisions
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.reviews import ReviewLog
from loudspeaker.station.signing.packing import ApprovedWords, carry_approval, words_shown
from loudspeaker.trust.dsse import format_envelope, parse_envelope
from loudspeaker.trust.opening import read_unverified, seal
from loudspeaker.trust.signed_documents import SignedManifest

NAME, FILE = "tin-sang", "bulletins/tin-sang.md"
AIRING = f"na-hoa/tin-sang/{NOW.date()}T06:05"


@pytest.fixture
def box(home: Path) -> StationPaths:
    return StationPaths(home, home / ".state")


@pytest.fixture
def office(home: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Office:
    """A commune in which nothing is heard that nobody has approved."""
    rule = getattr(request, "param", "required")
    commune = home / "commune.yaml"
    commune.write_text(f"{commune.read_text(encoding='utf-8')}policy: {{approval: {rule}}}\n", encoding="utf-8")
    return open_office(home, tmp_path)


two = pytest.mark.parametrize("office", ["two"], indirect=True)


def shown(office: Office, name: str = NAME) -> ApprovedWords:
    with open_station(office.home, office.home / ".state") as station:
        return words_shown(station, name)[1]


def approve(office: Office, *approvers: str, signers: tuple[str, ...] = ("hoa",), name: str = NAME) -> None:
    for person in approvers:
        carry_approval(office.stick, office.scope, shown(office, name), PEOPLE[person], NOW)
    office.sign(office.own / "manifest.json", *signers)


def expected(box: StationPaths, name: str = AIRING) -> object:
    """What is planned for the approved bulletin, or by which rule it is refused."""
    with open_station(box.home, box.state) as station:
        airing = station.airings.find(name)
        return kind_of(airing.why) if airing.expected is Expected.REFUSED else airing.expected


def alter_manifest(office: Office, alter: Callable[[SignedManifest], SignedManifest], *signers: str) -> None:
    """Another manifest in its place, with the next number."""
    path = office.own / "manifest.json"
    before = read_unverified(parse_envelope(path.read_bytes()))
    assert isinstance(before, SignedManifest)
    path.write_bytes(format_envelope(seal(replace(alter(before), version=before.version + 1))))
    office.sign(path, *signers)


def test_what_was_approved_and_signed_is_heard_on_a_box_where_nobody_approves(
    box: StationPaths, office: Office
) -> None:
    join(box, office)
    assert expected(box) is Refusal.APPROVAL

    approve(office, "pao")
    deliveries(box).take(office.stick)

    assert expected(box) is Expected.AIR


def test_it_is_shown_who_approved_it_where(box: StationPaths, office: Office) -> None:
    approve(office, "pao", "ly", signers=("hoa", "pao"))
    join(box, office)

    with open_station(box.home, box.state) as station:
        name, airing, record = station.airings.look_up(AIRING)
        approval = station.planner.approval_message(station.log, NAME)
        story = explain_airing(name, airing, record, station.log, NOW, ZONE, approval=approval)
        bulletin = station.files.bulletin(NAME)
        preview = approvals.preview(bulletin, station.planner.bulletin_spec(bulletin), station.files)
        review = ReviewLog(station.log).review(bulletin, station.planner.bulletin_spec(bulletin), "")

        assert "The bulletin is approved and signed by Ly, Pao (xa-thu)." in map(str, story)
        assert "approved and signed by Ly, Pao (xa-thu)" in map(str, preview.facts())
        assert (review.state, review.approved and review.approved.by.name) == (ReviewState.APPROVED, "Ly, Pao (xa-thu)")
        undo = Approve(NAME, "", undo=True)
        with pytest.raises(Refused, match="was approved at xa-thu"):
            Decisions(station).approve(undo, Envelope(undo, "Lý"))


def text(office: Office) -> None:
    office.write(FILE, (office.home / FILE).read_text(encoding="utf-8") + "Thêm một câu.\n")


def title(office: Office) -> None:
    office.write(FILE, (office.home / FILE).read_text(encoding="utf-8").replace("Tin sáng", "Tin khác"))


def repeats(office: Office) -> None:
    office.write(FILE, (office.home / FILE).read_text(encoding="utf-8").replace("title:", "repeat: 3\ntitle:"))


def own_words(office: Office) -> None:
    """The same text is read otherwise: people have not heard these words."""
    office.write("commune.yaml", (office.home / "commune.yaml").read_text(encoding="utf-8") + "say: {nắng: mưa}\n")


@pytest.mark.parametrize("edit", [text, title, repeats, own_words])
def test_any_edit_voids_it(box: StationPaths, office: Office, edit: Callable[[Office], None]) -> None:
    approve(office, "pao", signers=("hoa", "pao"))
    join(box, office)
    edit(office)
    office.publish("hoa", "pao")

    deliveries(box).take(office.stick)

    assert expected(box) is Refusal.APPROVAL


@pytest.mark.parametrize("edit", [text, title, repeats])
def test_no_edit_is_heard_under_an_approval_that_somebody_leaves_in_the_manifest(
    box: StationPaths, office: Office, edit: Callable[[Office], None]
) -> None:
    approve(office, "pao", signers=("hoa", "pao"))
    join(box, office)
    manifest = read_unverified(parse_envelope((office.own / "manifest.json").read_bytes()))
    assert isinstance(manifest, SignedManifest)
    edit(office)
    office.publish("hoa")
    old = manifest.files[FILE]
    speech = {str(old.speech): manifest.files[str(old.speech)]}

    def leave_it(after: SignedManifest) -> SignedManifest:
        file = replace(after.files[FILE], speech=old.speech, approved=old.approved)
        return replace(after, files={**after.files, **speech, FILE: file})

    alter_manifest(office, leave_it, "hoa")
    deliveries(box).take(office.stick)

    # A longer text would still be said in the words that were approved, which are what is bound.
    assert expected(box) is (Expected.AIR if edit is text else Refusal.APPROVAL)
    with open_station(box.home, box.state) as station:
        assert "Thêm" not in station.planner.bulletin_spec(station.files.bulletin(NAME)).spoken_text


def test_what_else_is_edited_leaves_it_in_force(box: StationPaths, office: Office) -> None:
    approve(office, "pao", signers=("hoa", "pao"))
    join(box, office)
    office.write("bulletins/nhac.md", "---\ntitle: Nhắc\n---\nHọp thôn lúc tám giờ.\n")
    office.publish("hoa")

    deliveries(box).take(office.stick)

    assert expected(box) is Expected.AIR


def test_a_box_that_would_read_it_otherwise_says_the_words_that_were_approved(
    box: StationPaths, office: Office
) -> None:
    words = format_signed_words([[Utterance("Hôm nay trời nắng to.", 0.5)]])
    with open_station(office.home, office.home / ".state") as station:
        bulletin = with_signed_words(station.files.bulletin(NAME), words)
        digest = approvals.digest(bulletin, station.planner.builder.for_bulletin(bulletin))
    approved = replace(shown(office), words=words, digest=digest)
    carry_approval(office.stick, office.scope, approved, PEOPLE["pao"], NOW)
    office.sign(office.own / "manifest.json", "hoa", "pao")

    join(box, office)

    assert expected(box) is Expected.AIR
    with open_station(box.home, box.state) as station:
        assert station.planner.bulletin_spec(station.files.bulletin(NAME)).spoken_text == "Hôm nay trời nắng to."


def test_an_approval_of_a_recording_binds_the_recording(box: StationPaths, office: Office) -> None:
    (office.home / "recordings").mkdir(exist_ok=True)
    (office.home / "recordings" / "loi-noi.wav").write_bytes(b"one")
    office.write(FILE, "---\ntitle: Tin sáng\nparts: [{text: Xin nghe.}, {audio: recordings/loi-noi.wav}]\n---\n")
    office.publish("hoa")
    approve(office, "pao", signers=("hoa", "pao"))
    join(box, office)
    assert expected(box) is Expected.AIR

    (office.home / "recordings" / "loi-noi.wav").write_bytes(b"another")
    office.publish("hoa")
    deliveries(box).take(office.stick)

    assert expected(box) is Refusal.APPROVAL


def by_a_stranger(office: Office) -> None:
    approve(office, "tu")


def by_who_signs_no_content(office: Office) -> None:
    approve(office, "hub")


def of_another_bulletin(office: Office) -> None:
    approve(office, "pao", name="nhac", signers=())

    def move(before: SignedManifest) -> SignedManifest:
        nhac = before.files["bulletins/nhac.md"]
        return replace(before, files={**before.files, FILE: replace(before.files[FILE], approved=nhac.approved)})

    alter_manifest(office, move, "hoa")


def of_another_scope(office: Office) -> None:
    """Signed over the same words, for another commune."""
    stranger = Office(office.home, office.stick.with_name("other"), "xa-khac")
    stranger.publish("hoa")
    carry_approval(stranger.stick, "xa-khac", shown(office), PEOPLE["pao"], NOW)
    other = read_unverified(parse_envelope((stranger.own / "manifest.json").read_bytes()))
    assert isinstance(other, SignedManifest)
    stolen = other.files[FILE].approved
    alter_manifest(
        office,
        lambda before: replace(before, files={**before.files, FILE: replace(before.files[FILE], approved=stolen)}),
        "hoa",
    )


def with_a_damaged_signature(office: Office) -> None:
    approve(office, "pao", signers=())

    def damage(before: SignedManifest) -> SignedManifest:
        approval = before.files[FILE].approved
        assert approval
        damaged = replace(approval, signatures=({**approval.signatures[0], "sig": "?"},))
        return replace(before, files={**before.files, FILE: replace(before.files[FILE], approved=damaged)})

    alter_manifest(office, damage, "hoa")


@pytest.mark.parametrize(
    "forge",
    [by_a_stranger, by_who_signs_no_content, of_another_bulletin, of_another_scope, with_a_damaged_signature],
)
def test_nothing_else_counts(box: StationPaths, office: Office, forge: Callable[[Office], None]) -> None:
    join(box, office)
    forge(office)

    deliveries(box).take(office.stick)

    assert expected(box) is Refusal.APPROVAL


@two
@pytest.mark.parametrize(
    ("approvers", "signers", "outcome"),
    [
        (("hoa",), ("hoa",), Refusal.APPROVAL),
        (("pao",), ("hoa",), Expected.AIR),
        (("hoa",), ("hoa", "ly"), Expected.AIR),
        (("hoa", "pao"), ("hoa",), Expected.AIR),
    ],
)
def test_where_two_must_agree_the_one_who_alone_has_signed_does_not_approve(
    box: StationPaths, office: Office, approvers: tuple[str, ...], signers: tuple[str, ...], outcome: object
) -> None:
    join(box, office)
    approve(office, *approvers, signers=signers)

    deliveries(box).take(office.stick)

    assert expected(box) is outcome


def test_an_approval_ends_with_the_key_that_gave_it(box: StationPaths, office: Office) -> None:
    approve(office, "pao", signers=("hoa", "ly"))
    join(box, office)
    office.trust("hoa", "ly", people=("hoa", "ly"))

    deliveries(box).take(office.stick)

    assert expected(box) is Refusal.APPROVAL


def test_a_province_approves_its_own_bulletins_though_its_manifest_ends(
    box: StationPaths, office: Office, tmp_path: Path
) -> None:
    office.trust("hoa", "pao", parent="tinh-thu")
    schedule = office.home / "schedules" / "na-hoa.yaml"
    entry = '  - {bulletin: "bao@tinh-thu", at: 06:20}\n'
    schedule.write_text(schedule.read_text(encoding="utf-8").rstrip() + "\n" + entry, encoding="utf-8")
    office.publish("hoa", "pao")
    join(box, office)
    province = Office(tmp_path / "province", office.stick, "tinh-thu")
    (province.home / "bulletins").mkdir(parents=True)
    province.write("commune.yaml", "commune: Tỉnh Thử\nid: tinh-thu\n")
    province.write("bulletins/bao.md", "---\ntitle: Bão số 5\nvalid: ..2027-12-31\n---\nBão cách bờ 200 km.\n")
    province.trust("tu", "binh", people=("tu", "binh", "mai"))
    province.publish("tu", "binh", spoken=True)
    join(box, province)
    airing = f"na-hoa/bao@tinh-thu/{NOW.date()}T06:20"
    assert expected(box, airing) is Refusal.APPROVAL

    approve(province, "binh", signers=("tu",), name="bao")
    deliveries(box).take(province.stick, "tinh-thu")

    assert expected(box, airing) is Expected.AIR


def test_only_what_was_packed_is_approved(office: Office) -> None:
    text(office)

    with pytest.raises(BadUsage, match="was not packed as it is now"):
        carry_approval(office.stick, office.scope, shown(office), PEOPLE["pao"], NOW)


def test_a_box_that_is_new_takes_the_versions_after_an_approval(box: StationPaths, office: Office) -> None:
    """What set the rules is kept beside them, however often it was packed before it was signed."""
    (office.own / "manifest.json").unlink()
    office.publish()
    approve(office, "pao", signers=("hoa", "pao"))
    office.write("bulletins/nhac.md", "---\ntitle: Nhắc\n---\nHọp thôn.\n")
    office.publish("hoa")
    office.write("bulletins/nhac.md", "---\ntitle: Nhắc\n---\nHọp thôn lúc tám giờ.\n")
    office.publish("hoa")

    join(box, office)

    assert expected(box) is Expected.AIR
