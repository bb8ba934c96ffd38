"""What was proposed waits at a hub until enough persons have signed it; nothing that boxes would refuse does."""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from harness.office import NOW, SCOPE, Office
from harness.signing import PAO_PHONE, PEOPLE, PHONE, Passkey, make_passkey

from loudspeaker.clock import FakeClock
from loudspeaker.errors import BadFile, BadUsage, NotFound, Refused
from loudspeaker.hub.drafts.draft_upload import unpack_delivery
from loudspeaker.hub.drafts.manifest_drafts import ManifestDraft, proposed_scopes
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.published_files import read_published
from loudspeaker.station.signing.packing import pack_files, write_trust, write_zip
from loudspeaker.store.received import DamagedFile
from loudspeaker.trust.dsse import SignedEnvelope, format_envelope
from loudspeaker.trust.faults import Fault, UntrustedDocument
from loudspeaker.trust.opening import seal
from loudspeaker.trust.signed_documents import SignedFile, SigningRole


@pytest.fixture
def waiting(hub: Hub, office: Office) -> Office:
    """An office whose people have passkeys; the next version of its files lies on its stick, unsigned."""
    keys = [*(PEOPLE[name].public for name in ("hoa", "pao", "ly")), PHONE.public, PAO_PHONE.public]
    _, path = write_trust(office.stick, SCOPE, keys, NOW)
    office.sign(path, "hoa", "pao")
    hub.publish(office.stick, SCOPE)
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin sáng\n---\nHôm nay trời mưa.\n")
    pack_files(office.home, office.stick, SCOPE, NOW)
    return office


def sign(hub: Hub, draft: ManifestDraft, passkey: Passkey, digest: str | None = None) -> ManifestDraft:
    made = passkey.sign(draft.envelope).signatures[-1]
    assert made.assertion
    return hub.drafts.sign(SCOPE, digest or draft.digest, made.value, made.assertion)[0]


def with_file(draft: ManifestDraft, path: str, data: bytes, stick: Path) -> SignedEnvelope:
    """The draft with another file, which lies on the stick."""
    sha256 = hashlib.sha256(data).hexdigest()
    (stick / "v1" / "blob" / sha256).write_bytes(data)
    files = {**draft.manifest.files, path: SignedFile(sha256, len(data))}
    return seal(replace(draft.manifest, files=files))


def served(hub: Hub) -> int:
    manifest = read_published(hub.paths.root, SCOPE).manifest
    return manifest.version if manifest else 0


def test_one_signature_is_enough_for_bulletins_and_it_is_published(hub: Hub, waiting: Office) -> None:
    draft = hub.drafts.propose(waiting.stick, SCOPE)
    assert (draft.role, draft.missing, draft.signer_names) == (SigningRole.CONTENT, 1, [])
    assert draft.other_names == ["hoa", "pao", "Ly"]

    signed = sign(hub, draft, PHONE)

    assert (signed.missing, signed.signer_names) == (0, ["hoa"])
    assert served(hub) == 1
    hub.publish_draft(signed)
    assert served(hub) == 2
    assert hub.drafts.all() == []


def test_rules_wait_for_a_second_person(hub: Hub, waiting: Office) -> None:
    rules = (waiting.home / "commune.yaml").read_text("utf-8")
    waiting.write("commune.yaml", rules + "policy: {hours: [05:00-20:00]}\n")
    pack_files(waiting.home, waiting.stick, SCOPE, NOW)
    draft = hub.drafts.propose(waiting.stick, SCOPE)
    assert (draft.role, draft.missing) == (SigningRole.RULES, 2)

    once = sign(hub, draft, PHONE)
    again = sign(hub, once, PHONE)
    with pytest.raises(UntrustedDocument) as refused:
        hub.publish_draft(again)

    assert refused.value.fault is Fault.UNSIGNED
    assert again.missing == 1
    both = sign(hub, again, PAO_PHONE)
    hub.publish_draft(both)
    assert served(hub) == 3


def test_who_may_not_sign_adds_nothing(hub: Hub, waiting: Office) -> None:
    draft = hub.drafts.propose(waiting.stick, SCOPE)

    with pytest.raises(UntrustedDocument):
        sign(hub, draft, make_passkey("sua"))

    assert hub.drafts.draft(SCOPE).envelope.signatures == ()


def test_a_signature_is_for_what_was_shown(hub: Hub, waiting: Office, clock: FakeClock) -> None:
    shown = hub.drafts.propose(waiting.stick, SCOPE)
    waiting.write("bulletins/tin-sang.md", "---\ntitle: Tin sáng\n---\nHôm nay trời nắng.\n")
    pack_files(waiting.home, waiting.stick, SCOPE, NOW + timedelta(minutes=1))
    other = hub.drafts.propose(waiting.stick, SCOPE)

    with pytest.raises(Refused):
        sign(hub, shown, PHONE)
    with pytest.raises(UntrustedDocument):  # a page that shows one and names the other
        sign(hub, shown, PHONE, digest=other.digest)

    assert hub.drafts.draft(SCOPE).missing == 1


def test_what_key_files_have_signed_counts(hub: Hub, waiting: Office) -> None:
    waiting.sign(waiting.own / "manifest.json", "ly")

    draft = hub.drafts.propose(waiting.stick, SCOPE)

    assert (draft.missing, draft.signer_names) == (0, ["Ly"])
    hub.publish_draft(draft)
    assert served(hub) == 2


def test_what_is_published_otherwise_meanwhile_waits_no_more(hub: Hub, waiting: Office) -> None:
    hub.drafts.propose(waiting.stick, SCOPE)
    waiting.sign(waiting.own / "manifest.json", "hoa")
    hub.publish(waiting.stick, SCOPE)

    assert hub.drafts.all() == []
    with pytest.raises(NotFound):
        hub.drafts.draft(SCOPE)


def test_a_new_trust_document_takes_the_right_away(hub: Hub, waiting: Office) -> None:
    signed = sign(hub, hub.drafts.propose(waiting.stick, SCOPE), PHONE)
    shutil.copytree(waiting.stick, waiting.stick.with_name("other"))
    other = Office(waiting.home, waiting.stick.with_name("other"))
    (other.own / "manifest.json").write_bytes((hub.paths.root / "v1" / SCOPE / "manifest.json").read_bytes())
    other.trust("hoa", "pao")  # without passkeys
    hub.publish(other.stick, SCOPE)

    with pytest.raises(UntrustedDocument):
        hub.publish_draft(signed)
    assert hub.drafts.draft(SCOPE).missing == 1


def test_what_could_never_be_published_is_not_kept(hub: Hub, waiting: Office) -> None:
    raw = (waiting.own / "manifest.json").read_bytes()
    manifest = hub.drafts.propose(waiting.stick, SCOPE).manifest
    hub.drafts.drop(SCOPE)
    blob = waiting.stick / "v1" / "blob" / manifest.files["bulletins/tin-sang.md"].sha256
    good = blob.read_bytes()

    blob.write_bytes(b"---\n" + good[4:].replace("mưa".encode(), "nắng".encode()))
    with pytest.raises(DamagedFile):
        hub.drafts.propose(waiting.stick, SCOPE)
    blob.unlink()
    with pytest.raises(Refused, match=r"bulletins/tin-sang\.md"):
        hub.drafts.propose(waiting.stick, SCOPE)
    blob.write_bytes(good)
    shutil.copy(hub.paths.root / "v1" / SCOPE / "manifest.json", waiting.own / "manifest.json")
    with pytest.raises(Refused, match="1 is published already"):
        hub.drafts.propose(waiting.stick, SCOPE)
    (waiting.own / "manifest.json").write_bytes(b"{}")
    with pytest.raises(UntrustedDocument):
        hub.drafts.propose(waiting.stick, SCOPE)
    (waiting.own / "manifest.json").unlink()
    with pytest.raises(NotFound):
        hub.drafts.propose(waiting.stick, SCOPE)
    (waiting.stick / "v1" / "xa-khac").mkdir()
    (waiting.stick / "v1" / "xa-khac" / "manifest.json").write_bytes(raw)
    with pytest.raises(NotFound):  # of which nothing is served
        hub.drafts.propose(waiting.stick, "xa-khac")

    assert list(hub.paths.drafts.iterdir()) == []


def test_a_file_with_a_mistake_is_not_kept(hub: Hub, waiting: Office, tmp_path: Path) -> None:
    draft = hub.drafts.propose(waiting.stick, SCOPE)
    text = b"---\ntitle: Tin\nrepeat: nhieu\n---\nMua.\n"
    wrong = with_file(draft, "bulletins/tin-sang.md", text, waiting.stick)
    (waiting.own / "manifest.json").write_bytes(format_envelope(wrong))

    with pytest.raises(BadFile) as mistake:
        hub.drafts.propose(waiting.stick, SCOPE)

    assert mistake.value.problems[0].place == "bulletins/tin-sang.md:3"
    assert hub.drafts.draft(SCOPE).digest == draft.digest


def test_a_zip_is_a_delivery(hub: Hub, waiting: Office, tmp_path: Path) -> None:
    write_zip(waiting.stick, SCOPE, tmp_path / "usb.zip")

    with (tmp_path / "usb.zip").open("rb") as sent, unpack_delivery(sent, hub.paths.drafts) as (delivery, scope):
        assert hub.drafts.propose(delivery, scope).missing == 1
        assert not (delivery / "v1" / SCOPE / "trust").exists()  # those that are served count

    assert hub.drafts.draft(SCOPE).manifest.version == 2
    assert [path.name for path in hub.paths.drafts.iterdir()] == [SCOPE]


def packed(**files: bytes) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    out.seek(0)
    return out


@pytest.mark.parametrize(
    "sent",
    [
        io.BytesIO(b"PK"),
        packed(),
        packed(**{"v1/xa-thu/bell.json": b"{}", "../v1/xa-thu/manifest.json": b"{}", "/v1/x/manifest.json": b"{}"}),
        packed(**{"v1/xa-thu/manifest.json": b"{}", "v1/xa-khac/manifest.json": b"{}"}),
    ],
)
def test_what_is_no_delivery_of_one_commune_is_told(hub: Hub, sent: io.BytesIO) -> None:
    with pytest.raises(BadUsage), unpack_delivery(sent, hub.paths.drafts):
        pass

    assert list(hub.paths.drafts.iterdir()) == []


def test_a_damaged_zip_is_told_wherever_its_damage_lies(hub: Hub) -> None:
    whole = packed(**{"v1/xa-thu/manifest.json": bytes(range(256)) * 3}).getvalue()
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0x5A
        with suppress(BadUsage), unpack_delivery(io.BytesIO(damaged), hub.paths.drafts):
            pass

    assert list(hub.paths.drafts.iterdir()) == []


def test_only_what_a_manifest_needs_is_unpacked(hub: Hub) -> None:
    names = ("v1/xa-thu/manifest.json", "v1/xa-thu/trust/1.json", "v1/xa-thu/../../evil", "evil", f"v1/blob/{'a' * 64}")

    with unpack_delivery(packed(**dict.fromkeys(names, b"{}")), hub.paths.drafts) as (delivery, scope):
        found = {str(path.relative_to(delivery)) for path in delivery.rglob("*") if path.is_file()}

    assert scope == SCOPE
    assert found == {"v1/xa-thu/manifest.json", f"v1/blob/{'a' * 64}"}


def test_scopes_are_found_by_their_manifests(waiting: Office) -> None:
    assert proposed_scopes(waiting.stick) == [SCOPE]
