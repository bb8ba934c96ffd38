"""A key, a signature and a look at a document, on a PC without a station."""

from __future__ import annotations

import base64
import json
import shutil
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from harness.signing import PEOPLE, make_manifest, make_trust, signed
from harness.small_commune import write_small_commune

from loudspeaker.cli import cli
from loudspeaker.i18n import set_language
from loudspeaker.reports.log_export import read_export
from loudspeaker.reports.records import RecordStore
from loudspeaker.station.box.box_key import public_box_key
from loudspeaker.trust.dsse import find_signers, format_envelope, parse_envelope
from loudspeaker.trust.key_file import read_public_key, seal_key
from loudspeaker.trust.opening import read_unverified, seal
from loudspeaker.trust.public_keys import KeyType, PublicKey, key_id
from loudspeaker.trust.signed_documents import LogHead, SignedManifest, TrustDocument

PASSPHRASE = "nước chảy đá mòn"


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a passphrase, a manifest that one has signed, and the trust document of its commune."""
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    (tmp_path / "manifest.json").write_bytes(format_envelope(signed(seal(make_manifest()), "hoa")))
    (tmp_path / "trust.json").write_bytes(format_envelope(signed(seal(make_trust()), "hoa", "pao")))
    return tmp_path


def run(desk: Path, *words: str) -> Result:
    given = [str(desk / word) if (desk / word).exists() or word.endswith(".key") else word for word in words]
    return CliRunner(mix_stderr=False).invoke(cli, given)


def make_key(desk: Path) -> Result:
    return run(desk, "fleet", "key", "ly.key", "--person", "ly", "--name", "Chị Lý", "--passphrase-file", "passphrase")


@cache
def sealed_key() -> bytes:
    return seal_key(PEOPLE["ly"], PASSPHRASE)


def put_key(desk: Path) -> None:
    """A key file that was made before: to make one takes a tenth of a second."""
    (desk / "ly.key").write_bytes(sealed_key())


def test_a_key_that_was_made_signs_what_lies_before_it(desk: Path) -> None:
    made = make_key(desk)
    result = run(desk, "sign", "manifest.json", "--key", "ly.key", "--passphrase-file", "passphrase")

    public = read_public_key((desk / "ly.key").read_bytes())
    assert (made.exit_code, made.stdout) == (0, f"{public.id} {public.public}\n")
    assert (desk / "ly.key").stat().st_mode & 0o077 == 0
    assert result.exit_code == 0
    assert "manifest 1 of ban-may" in result.stderr
    assert "bulletins/tin.md" in result.stderr  # what is signed is read first
    envelope = parse_envelope((desk / "manifest.json").read_bytes())
    assert find_signers(envelope, [public, *make_trust().keys]) == {"hoa", "ly"}


def test_a_key_is_never_written_over(desk: Path) -> None:
    put_key(desk)
    before = (desk / "ly.key").read_bytes()

    assert make_key(desk).exit_code == 2
    assert (desk / "ly.key").read_bytes() == before


def test_a_short_passphrase_makes_no_key(desk: Path) -> None:
    (desk / "passphrase").write_text("123456789", encoding="utf-8")

    assert make_key(desk).exit_code == 2
    assert not (desk / "ly.key").exists()


def test_a_wrong_passphrase_changes_nothing(desk: Path) -> None:
    put_key(desk)
    (desk / "passphrase").write_text("nước chảy đá trôi", encoding="utf-8")
    before = (desk / "manifest.json").read_bytes()

    assert run(desk, "sign", "manifest.json", "--key", "ly.key", "--passphrase-file", "passphrase").exit_code == 1
    assert (desk / "manifest.json").read_bytes() == before


def test_without_a_terminal_the_passphrase_comes_from_a_file(desk: Path) -> None:
    put_key(desk)

    result = run(desk, "sign", "manifest.json", "--key", "ly.key")

    assert result.exit_code == 2
    assert "--passphrase-file" in result.stderr


def test_show_says_whose_signatures_hold(desk: Path) -> None:
    shown = run(desk, "show", "manifest.json", "--trust", "trust.json")
    told = json.loads(run(desk, "show", "manifest.json", "--trust", "trust.json", "--json").stdout)

    assert shown.exit_code == 0
    assert "Signatures that hold: hoa" in shown.stdout
    assert len(shown.stdout.splitlines()[-2].removeprefix("Fingerprint: ").split()) == 8
    assert told["persons"] == ["hoa"]
    assert told["document"]["files"].keys() == make_manifest().files.keys()


def test_show_without_a_trust_document_believes_nobody(desk: Path) -> None:
    shown = run(desk, "show", "manifest.json")

    assert shown.exit_code == 0
    assert "--trust" in shown.stdout


def test_a_document_that_nobody_known_has_signed_ends_with_1(desk: Path) -> None:
    (desk / "manifest.json").write_bytes(format_envelope(seal(make_manifest())))

    assert run(desk, "show", "manifest.json", "--trust", "trust.json").exit_code == 1


@pytest.mark.parametrize("content", [b"", b"{}", b'{"payloadType": "text/plain", "payload": "", "signatures": []}'])
def test_what_is_no_document_is_told_without_a_traceback(desk: Path, content: bytes) -> None:
    (desk / "manifest.json").write_bytes(content)

    result = run(desk, "show", "manifest.json")

    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)


# A stick, from the office to a box.


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with the keys of Hoa and Páo, and a delivery in usb/ of the small commune by both, who sign the list of
    people and the first version. Each key takes a tenth of a second to make or to open: it is copied for each test.
    """
    office = tmp_path_factory.mktemp("office")
    (office / "passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    write_small_commune(office / "dai")
    for person in ("hoa", "pao"):
        (office / f"{person}.key").write_bytes(seal_key(PEOPLE[person], PASSPHRASE))
    stick = str(office / "usb")
    made = run(office, "fleet", "trust", stick, "--scope", "xa-thu", "--key", "hoa.key", "--key", "pao.key")
    packed = run(office, "--home", str(office / "dai"), "fleet", "pack", stick, "--scope", "xa-thu")
    for result in (made, packed):
        assert result.exit_code == 0, result.stderr
        file = Path(result.stdout.splitlines()[0])
        file.write_bytes(format_envelope(signed(parse_envelope(file.read_bytes()), "hoa", "pao")))
    return office


@pytest.fixture
def stick(desk: Path, office: Path) -> Path:
    """The delivery of the office, and its keys on this desk."""
    for key in office.glob("*.key"):
        shutil.copy(key, desk)
    return Path(shutil.copytree(office / "usb", desk / "usb"))


def join(desk: Path, home: Path, stick: Path, *more: str) -> Result:
    words = ("fleet", "join", str(stick), "--scope", "xa-thu", "--by", "Lý", *more)
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *words], input="n\n" if not more else None)


def test_a_stick_goes_from_the_office_to_a_box_and_its_files_are_read(desk: Path, home: Path, stick: Path) -> None:
    joined = join(desk, home, stick, "--yes")

    assert joined.exit_code == 0, joined.stderr
    assert "signed by hoa, pao" in joined.stderr
    checked = run(desk, "--home", str(home), "check", "--json")
    assert any("signed" in row["message"] for row in json.loads(checked.stdout))
    assert "Nothing is new" in run(desk, "--home", str(home), "fleet", "take", str(stick)).stderr
    assert run(desk, "--home", str(home), "fleet", "leave").exit_code == 0
    assert run(desk, "--home", str(home), "fleet", "take", str(stick)).exit_code == 2


def test_a_box_joins_only_when_somebody_has_compared_the_syllables(desk: Path, home: Path, stick: Path) -> None:
    refused = join(desk, home, stick)

    assert refused.exit_code == 1
    assert "Fingerprint: " in refused.stdout
    assert not (home / ".state" / "membership.json").exists()


def test_an_unsigned_delivery_is_told_and_changes_nothing(desk: Path, home: Path, stick: Path) -> None:
    join(desk, home, stick, "--yes")
    office = desk / "office"
    office.mkdir()
    for path in ("commune.yaml", "bulletins", "schedules"):
        target = office / path
        shutil.copytree(home / path, target) if (home / path).is_dir() else shutil.copy(home / path, target)
    (office / "bulletins" / "moi.md").write_text("---\ntitle: Mới\n---\nHọp.\n", encoding="utf-8")
    assert run(desk, "--home", str(office), "fleet", "pack", str(stick), "--scope", "xa-thu").exit_code == 0

    taken = run(desk, "--home", str(home), "fleet", "take", str(stick))

    assert taken.exit_code == 1
    assert "0 persons, 1 must" in taken.stderr


def answer_of(stick: Path) -> tuple[Path, str]:
    (folder,) = (stick / "out").iterdir()
    return folder, (folder / "KET-QUA.txt").read_bytes().decode("utf-8-sig")


def test_a_stick_carries_home_what_was_taken_and_a_log_that_a_report_believes(
    desk: Path, home: Path, stick: Path
) -> None:
    join(desk, home, stick, "--yes")

    folder, result = answer_of(stick)

    assert "đã nhận bản số 1" in result
    assert "bulletins/tin-sang.md" in result
    head = parse_envelope((folder / "head.json").read_bytes())
    document = read_unverified(head)
    assert isinstance(document, LogHead)
    key = PublicKey(key_id(base64.b64decode(document.public)), KeyType.ED25519, document.public, document.box, "")
    assert find_signers(head, [key]) == {folder.name}
    assert (folder / "box.yaml").read_bytes() == (home / "box.yaml").read_bytes()
    with closing(RecordStore(lambda record: True)) as records:
        assert read_export(folder / "log.jsonl", records).head == document.head


def test_an_approval_is_signed_at_the_office_after_its_words_were_shown(desk: Path, home: Path, stick: Path) -> None:
    words = ("fleet", "approve", str(stick), "tin-sang", "--scope", "xa-thu", "--key", "pao.key")

    approved = run(desk, "--home", str(home), *words, "--passphrase-file", "passphrase")
    unknown = run(desk, "--home", str(home), *words[:3], "khong-co", *words[4:], "--passphrase-file", "passphrase")

    assert approved.exit_code == 0, approved.stderr
    assert "Hôm nay trời nắng." in approved.stderr
    manifest = stick / "v1" / "xa-thu" / "manifest.json"
    document = read_unverified(parse_envelope(manifest.read_bytes()))
    assert isinstance(document, SignedManifest)
    assert document.version == 2
    assert document.files["bulletins/tin-sang.md"].approved
    assert unknown.exit_code == 2


def test_the_office_reads_a_stick_that_came_home(desk: Path, home: Path, stick: Path) -> None:
    join(desk, home, stick, "--yes")
    office = ("--home", str(home), "--state", str(desk / "office"))

    whole = run(desk, *office, "fleet", "collect", str(stick))
    folder, _ = answer_of(stick)
    (folder / "log.jsonl").write_bytes(b"")
    forged = run(desk, *office, "fleet", "collect", str(stick), "--json")

    assert (whole.exit_code, whole.stdout.startswith(f"{folder.name}: na-hoa, suoi-trat; the log is whole")) == (
        0,
        True,
    )
    assert forged.exit_code == 1
    [row] = json.loads(forged.stdout)
    assert (row["box"], row["state"]) == (folder.name, "forged")


def test_the_box_stays_the_same_on_every_stick(desk: Path, home: Path, stick: Path) -> None:
    join(desk, home, stick, "--yes")
    run(desk, "--home", str(home), "fleet", "take", str(stick))

    _, result = answer_of(stick)  # one folder

    assert "không có gì mới" in result


def test_what_was_refused_stands_on_the_stick_in_vietnamese(desk: Path, home: Path, stick: Path) -> None:
    join(desk, home, stick, "--yes")
    (stick / "v1" / "xa-thu" / "manifest.json").write_bytes(b"{}")

    assert run(desk, "--home", str(home), "fleet", "take", str(stick)).exit_code == 1

    assert "KHÔNG NHẬN của xa-thu: đây không phải văn bản ký số" in answer_of(stick)[1]
    assert "Máy vẫn dùng bản trước đó." in answer_of(stick)[1]


def test_a_stick_that_cannot_be_written_is_taken_all_the_same(desk: Path, home: Path, stick: Path) -> None:
    (stick / "out").write_bytes(b"")  # a file where the folder should be made: a full or locked stick fails alike

    joined = join(desk, home, stick, "--yes")

    assert joined.exit_code == 0
    assert "no answer was written" in joined.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("import", "don.txt"),
        ("new", "Họp thôn", "--text", "Họp lúc tám giờ.", "--by", "Hoa"),
        ("schedule", "add", "tin-sang", "--village", "na-hoa", "--at", "17:00", "--by", "Hoa"),
    ],
)
def test_nothing_is_edited_on_a_box_that_takes_signed_files(
    desk: Path, home: Path, stick: Path, words: tuple[str, ...]
) -> None:
    join(desk, home, stick, "--yes")
    (desk / "don.txt").write_text("Họp thôn lúc tám giờ.", encoding="utf-8")
    before = {path: path.read_bytes() for path in home.rglob("*.md")}

    refused = run(desk, "--home", str(home), *words)

    assert refused.exit_code == 1, refused.stderr
    assert "signed from xa-thu: change them there" in refused.stderr
    assert {path: path.read_bytes() for path in home.rglob("*.md")} == before


def test_an_office_speaks_what_it_has_packed_and_tells_each_bulletin(desk: Path, home: Path) -> None:
    stick = str(desk / "usb")
    speak = ("--home", str(home), "fleet", "speak", stick, "--scope", "xa-thu")
    too_early = run(desk, *speak)
    assert too_early.exit_code == 2
    assert "“fleet pack” first" in too_early.stderr
    assert run(desk, "--home", str(home), "fleet", "pack", stick, "--scope", "xa-thu").exit_code == 0

    result = run(desk, *speak)

    assert result.exit_code == 0, result.stderr
    assert "spoken: tin-sang, tone:low, " in result.stderr
    assert "Version 2, " in result.stderr
    assert "audio/tin-sang.opus" in run(desk, "show", result.stdout.splitlines()[0]).stdout


def test_whoever_signs_reads_the_words_that_others_will_say(desk: Path, home: Path) -> None:
    put_key(desk)
    stick, text = desk / "tinh", home / "bulletins" / "tin-sang.md"
    text.write_text("---\ntitle: Bão\n---\nBão cách bờ 200 km.\n", encoding="utf-8")
    packed = run(desk, "--home", str(home), "fleet", "pack", str(stick), "--scope", "tinh-thu", "--spoken")
    assert packed.exit_code == 0, packed.stderr
    file = packed.stdout.splitlines()[0]

    result = run(desk, "sign", file, "--key", "ly.key", "--passphrase-file", "passphrase")

    assert result.exit_code == 0, result.stderr
    assert "bulletins/tin-sang.md is spoken:\n    Bão cách bờ hai trăm ki lô mét.\n" in result.stderr
    assert "Bão cách bờ hai trăm ki lô mét." in run(desk, "show", file).stdout

    for blob in (stick / "v1" / "blob").iterdir():  # somebody has put other words there
        blob.write_bytes(blob.read_bytes().replace("hai trăm".encode(), "ba trăm".encode()))
    before = Path(file).read_bytes()
    refused = run(desk, "sign", file, "--key", "ly.key", "--passphrase-file", "passphrase")
    assert refused.exit_code == 1
    assert Path(file).read_bytes() == before
    shown = run(desk, "show", file)
    assert shown.exit_code == 0
    assert "the words of bulletins/tin-sang.md do not lie beside the manifest" in shown.stderr


def test_the_list_of_people_names_hubs_and_boxes_that_were_stolen(desk: Path, home: Path, stick: Path) -> None:
    keys = ("--key", "hoa.key", "--key", "pao.key")
    box = public_box_key(PEOPLE["hub"].public.public)
    again = ("fleet", "trust", str(stick), "--scope", "xa-thu", *keys)
    found = []
    for more in (("--at", "loa.vn", "--at", "loa2.vn:8444", "--box", box.public), ("--revoke", box.id), ()):
        made = run(desk, *again, *more)
        assert made.exit_code == 0, made.stderr
        document = read_unverified(parse_envelope(Path(made.stdout.splitlines()[0]).read_bytes()))
        assert isinstance(document, TrustDocument)
        found.append(([one.id for one in document.boxes], document.revoked_boxes, document.hubs))

    hubs = ("loa.vn", "loa2.vn:8444")
    assert found == [([box.id], (), hubs), ([], (box.id,), hubs), ([], (box.id,), hubs)]


def test_what_is_no_address_of_a_hub_is_refused(desk: Path, stick: Path) -> None:
    refused = run(desk, "fleet", "trust", str(stick), "--scope", "xa-thu", "--key", "hoa.key", "--at", "https://loa.vn")

    assert (refused.exit_code, "no address of a hub" in refused.stderr) == (1, True)


def test_a_pause_for_all_boxes_is_put_into_the_manifest_and_shown_to_whoever_signs(desk: Path, stick: Path) -> None:
    given = ("--home", str(desk / "home"), "fleet", "decide", str(stick), "--scope", "xa-thu", "--by", "Hoa")
    write_small_commune(desk / "home")
    wrong = run(desk, *given, "--pause", "na-hoa")
    made = run(desk, *given, "--pause", "na-hoa", "--until", "2099-12-01T18:00", "--why", "đám tang")
    shown = run(desk, "show", made.stdout.splitlines()[0])

    assert (wrong.exit_code, "--until" in wrong.stderr) == (2, True)
    assert "Hoa: no sound in na-hoa until 18:00 01/12/2099: đám tang" in shown.stdout
