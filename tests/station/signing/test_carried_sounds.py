"""Bulletins spoken at the office: sound that may come behind its manifest, and that no airing waits for."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
from harness.office import (
    Office,
    deliveries,
    follow,
    join_box,
    open_office,
    open_province,
    open_station,
    speak,
)

from loudspeaker.config.spoken_bulletin import parse_signed_words
from loudspeaker.errors import BadUsage, NotAvailable
from loudspeaker.production.carried_voices import read_utterances
from loudspeaker.station.deliveries.late_files import lacking_sounds
from loudspeaker.station.deliveries.membership import must_have_joined
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.signing.packing import read_packed, write_zip
from loudspeaker.station.signing.sound_packing import sound_path
from loudspeaker.station.station import Station
from loudspeaker.store.atomic import write_atomic
from loudspeaker.trust.dsse import format_envelope
from loudspeaker.trust.opening import seal
from loudspeaker.trust.signed_documents import SignedManifest

pytestmark = pytest.mark.waits

NAME = "tin-sang"


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    return open_office(home, tmp_path)


@pytest.fixture
def box(home: Path, office: Office) -> StationPaths:
    return join_box(home, office)


def manifest(office: Office) -> SignedManifest:
    return read_packed(office.stick, office.scope)


def blob(office: Office, name: str = NAME) -> Path:
    return office.stick / "v1" / "blob" / manifest(office).files[sound_path(name)].sha256


def made_by(box: StationPaths, name: str = NAME) -> str:
    """The voice in which a bulletin is heard, made now where it must be."""
    with open_station(box.home, box.state) as station:
        spec = station.planner.bulletin_spec(station.files.bulletin(name))
        assert station.preparation.make([spec], lambda done, total, what: None) == {}
        programme = station.planner.find_programme(spec)
        assert programme
        return programme.voice


def carried(office: Office, name: str = NAME, voice: str = "tone:low") -> str:
    return f"signed:{voice}/{blob(office, name).name[:12]}"


def test_a_file_says_each_utterance_once_and_any_player_plays_it(office: Office) -> None:
    spoken = {one.bulletin: one.data for one in speak(office)}

    said = ["Kính thưa bà con!", "Hôm nay trời nắng.", "Mời bà con ra đồng.", "Xin nhắc lại."]
    assert [one.text for one in read_utterances(spoken[NAME])] == said
    with soundfile.SoundFile(io.BytesIO(spoken[NAME])) as sound:
        assert (sound.format, sound.subtype, sound.channels) == ("OGG", "OPUS", 1)
    assert set(spoken) == {NAME, "nhac"}  # an alarm is said in the voices of the box


def test_a_minute_of_speech_is_less_than_200_kilobytes(office: Office) -> None:
    office.write(f"bulletins/{NAME}.md", "---\ntitle: Dài\n---\n" + "Mời bà con ra đồng lúc trời còn mát. " * 30)
    office.publish("hoa")
    spoken = next(one for one in speak(office) if one.bulletin == NAME)
    with open_station(office.home, office.home / ".state") as station:
        lasts = station.planner.duration(station.planner.bulletin_spec(station.files.bulletin(NAME)))[0]

    assert len(read_utterances(spoken.data)) == 2  # what is said thirty times is in it once
    assert len(spoken.data) < 200_000 * lasts / 60


def test_what_lies_in_the_delivery_is_heard_in_the_voice_of_the_office(office: Office, box: StationPaths) -> None:
    assert made_by(box) == "tone:low"
    speak(office)

    deliveries(box).take(office.stick)

    assert made_by(box) == carried(office)
    assert made_by(box, "nhac") == carried(office, "nhac")  # with what is said between its repeats


def test_a_manifest_is_in_force_without_its_sound_which_comes_later(office: Office, box: StationPaths) -> None:
    speak(office)
    late = blob(office)
    content = late.read_bytes()
    late.unlink()

    assert deliveries(box).lacking(office.stick, office.scope).files == {}
    assert deliveries(box).take(office.stick).version == 2
    assert made_by(box) == "tone:low"
    assert made_by(box, "nhac") == carried(office, "nhac")
    assert [path for path, _ in lacking_sounds(box, must_have_joined(box).scopes[0])] == [f"bulletins/{NAME}.md"]

    late.write_bytes(content)
    deliveries(box).take(office.stick)

    assert made_by(box) == carried(office)
    assert not list(lacking_sounds(box, must_have_joined(box).scopes[0]))


def test_what_was_made_before_the_sound_came_is_there_until_it_is_made_anew(office: Office, box: StationPaths) -> None:
    made_by(box)
    with open_station(box.home, box.state) as station:
        before = station.planner.stamp()
        speak(office)
        deliveries(box).take(office.stick)
        assert station.planner.stamp() != before
        station.reload()

        spec = station.planner.bulletin_spec(station.files.bulletin(NAME))
        programme = station.planner.find_programme(spec)

        assert programme
        assert programme.voice == "tone:low"  # an airing of this very second has its sound
        assert station.planner.must_be_made(spec)


@pytest.mark.parametrize("content", [b"", b"OggS", b"\0" * 5_000], ids=["empty", "cut", "other"])
def test_a_damaged_sound_in_the_delivery_costs_only_itself(office: Office, box: StationPaths, content: bytes) -> None:
    speak(office)
    blob(office).write_bytes(content)

    assert deliveries(box).take(office.stick).version == 2
    assert made_by(box) == "tone:low"


def test_a_sound_that_was_damaged_on_the_box_is_heard_in_its_own_voice_and_taken_again(
    office: Office, box: StationPaths
) -> None:
    speak(office)
    deliveries(box).take(office.stick)
    kept = box.received / "blobs" / blob(office).name
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes()[:-1] + b"\0")

    assert made_by(box) == "tone:low"

    deliveries(box).take(office.stick)
    assert made_by(box) == carried(office)


def with_voice(office: Office, voice: str) -> None:
    """The same sound, said to be in another voice."""
    before = manifest(office)
    path = sound_path(NAME)
    files = {**before.files, path: replace(before.files[path], voice=voice)}
    write_atomic(office.own / "manifest.json", format_envelope(seal(replace(before, files=files))))
    office.sign(office.own / "manifest.json", "hoa")


@pytest.mark.parametrize("voice", ["piper:other", "tone:high", "", "/"])
def test_sound_in_a_voice_that_is_not_wanted_here_is_not_heard(office: Office, box: StationPaths, voice: str) -> None:
    speak(office)
    with_voice(office, voice)

    deliveries(box).take(office.stick)

    assert made_by(box) == "tone:low"


def test_words_that_are_not_in_the_sound_are_said_by_the_box(office: Office, box: StationPaths) -> None:
    """As where a box of another version reads the text otherwise."""
    speak(office)
    before = manifest(office)
    files = dict(before.files)
    files[sound_path(NAME)] = before.files[sound_path("nhac")]
    write_atomic(office.own / "manifest.json", format_envelope(seal(replace(before, files=files))))
    office.sign(office.own / "manifest.json", "hoa")

    deliveries(box).take(office.stick)

    assert made_by(box) == "tone:low"


def test_other_files_must_come_with_their_manifest_whatever_it_says(office: Office, box: StationPaths) -> None:
    office.write(f"bulletins/{NAME}.md", "---\ntitle: Mới\n---\nHọp thôn.\n")
    office.publish("hoa")
    before = manifest(office)
    path = f"bulletins/{NAME}.md"
    files = {**before.files, path: replace(before.files[path], lazy=True)}
    write_atomic(office.own / "manifest.json", format_envelope(seal(replace(before, files=files))))
    office.sign(office.own / "manifest.json", "hoa")

    assert list(deliveries(box).lacking(office.stick, office.scope).files) == [files[path].sha256]


def test_packing_keeps_the_sound_of_what_has_not_changed(office: Office) -> None:
    speak(office)
    before = manifest(office)
    office.write("bulletins/nhac.md", "---\ntitle: Nhắc\n---\nHọp xã.\n")
    office.publish("hoa")

    after = manifest(office)
    assert after.files[f"bulletins/{NAME}.md"].audio == sound_path(NAME)
    assert after.files[sound_path(NAME)] == before.files[sound_path(NAME)]
    assert after.files["bulletins/nhac.md"].audio is None
    assert sound_path("nhac") not in after.files

    again = {one.bulletin: one.is_new for one in speak(office)}
    assert again == {NAME: False, "nhac": True}
    assert manifest(office).files[sound_path(NAME)] == before.files[sound_path(NAME)]


def test_what_was_spoken_is_not_spoken_again(office: Office) -> None:
    speak(office)

    with pytest.raises(BadUsage, match="nothing has changed"):
        speak(office)


def test_what_was_packed_otherwise_is_packed_first(office: Office) -> None:
    office.write(f"bulletins/{NAME}.md", "---\ntitle: Mới\n---\nHọp thôn.\n")

    with pytest.raises(BadUsage, match="not packed as it is now"):
        speak(office)


def test_a_voice_that_is_missing_at_the_office_is_told(office: Office) -> None:
    rules = (office.home / "commune.yaml").read_text(encoding="utf-8")
    office.write("commune.yaml", rules.replace("tone:low", "piper:vi_VN-none-medium"))
    office.publish("hoa", "pao")

    with pytest.raises(NotAvailable, match="piper:vi_VN-none-medium"):
        speak(office)


def test_a_copy_for_a_stick_goes_without_a_sound_that_is_missing(office: Office, tmp_path: Path) -> None:
    speak(office)
    blob(office).unlink()

    write_zip(office.stick, office.scope, tmp_path / "copy.zip")

    assert (tmp_path / "copy.zip").is_file()


def test_a_province_is_heard_in_its_own_sound_where_the_commune_has_that_voice(
    station: Station, home: Path, tmp_path: Path
) -> None:
    province = open_province(tmp_path, tmp_path / "stick")
    rules = (province.home / "commune.yaml").read_text(encoding="utf-8")
    province.write("commune.yaml", rules + "voices: [tone:low]\n")
    province.publish("tu", "binh", spoken=True)
    speak(province, "tu")
    paths = StationPaths(home, home / ".state")
    follow(paths, province)

    assert made_by(paths, "bao-so-5@tinh-thu") == carried(province, "bao-so-5")
    words = parse_signed_words(
        "", (paths.received / "blobs" / manifest(province).files["speech/bao-so-5.json"].sha256).read_bytes()
    )
    texts = [one.text for one in read_utterances(blob(province, "bao-so-5").read_bytes())]
    assert set(texts) >= {one.text for said in words for one in said}
