"""Every engine in the box keeps the contract, and the embedded voice is the same each time it speaks."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.engines import espeak
from loudspeaker.engines.command import Command
from loudspeaker.engines.conformance import LONG, SHORT, faults
from loudspeaker.engines.decoding import decode
from loudspeaker.engines.engine_text import Respellings, sanitize_text
from loudspeaker.engines.espeak import Espeak
from loudspeaker.engines.run_program import run_program
from loudspeaker.engines.tone import Tone
from loudspeaker.engines.validation import validate_clip
from loudspeaker.engines.voice_worker import VoiceWorker
from loudspeaker.errors import BadRequest, BadUsage, NotAvailable, TryAgain
from loudspeaker.model.programme import Voice
from loudspeaker.sound.clip import Clip
from loudspeaker.store.clips import clip_key
from loudspeaker.synthesis.registry import GROUP, OWN, engine_names, load_engine

pytestmark = pytest.mark.waits

WORDS = st.text(st.characters(codec="utf-8"))
ALIKE = st.sampled_from(["", "1", "11", '","', "t\u1ebft", unicodedata.normalize("NFD", "t\u1ebft")])


@pytest.fixture(scope="module", params=[espeak.find_debian, espeak.find_wheel], ids=["Debian's", "the wheel's"])
def embedded(request: pytest.FixtureRequest) -> Espeak:
    """Looked for here: finding Debian's starts its program, which whoever only collects need not do."""
    found = request.param()
    return Espeak(found) if found else pytest.skip("it is not installed")


@pytest.fixture
def program(tmp_path: Path) -> str:
    """A program that hums whatever it reads: two tenths of a second a word."""
    path = tmp_path / "hum"
    path.write_text(
        f"#!{sys.executable}\n"
        "import math, struct, sys, wave\n"
        "words = len(sys.stdin.read().split())\n"
        "hum = (round(9000 * math.sin(n / 6) * math.sin(math.pi * n / 1600)) for n in range(1600 * words))\n"
        "with wave.open(sys.stdout.buffer, 'wb') as file:\n"
        "    file.setparams((1, 2, 8000, 0, 'NONE', ''))\n"
        "    file.writeframesraw(b''.join(struct.pack('<h', sample) for sample in hum))\n"
    )
    path.chmod(0o755)
    return str(path)


def script(folder: Path, body: str) -> str:
    path = folder / "script"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


# The contract


@pytest.mark.parametrize("voice", ["vi", "vi-vn-x-south", "vi+f2"])
def test_the_embedded_voice_keeps_the_contract(embedded: Espeak, voice: str) -> None:
    assert faults(embedded, voice) == []


def test_the_tone_keeps_the_contract() -> None:
    assert faults(Tone(), "low") == []


def test_any_program_keeps_the_contract(program: str) -> None:
    assert faults(Command(), program) == []


def test_the_check_tells_an_author_what_is_wrong() -> None:
    class Careless:
        name = "My:Engine"
        online = "no"
        at_once = 0

        def fingerprint(self, voice: str) -> str:
            return ""

        def synthesize(self, text: str, voice: str) -> Clip:
            return Clip(22_050, np.zeros(22_050, np.float32))

        def voices(self) -> list[str]:
            return []

    told = "\n".join(faults(Careless(), "x"))  # type: ignore[arg-type]

    for word in ("name:", "online:", "at_once:", "fingerprint:", "unknown voice", "silent"):
        assert word in told


# The embedded voice


def test_the_embedded_voice_says_what_the_program_says(embedded: Espeak) -> None:
    if not espeak.find_debian():
        pytest.skip("Debian's espeak-ng is not installed")
    with TemporaryDirectory(dir="/tmp") as folder:  # espeak-ng knows no path of 60 characters
        file = Path(folder) / "vi"
        file.write_text(espeak.VOICES["vi"], encoding="utf-8")
        how = f"-s {espeak.RATE} -p {espeak.PITCH} -P {espeak.RANGE} -g {espeak.GAP} -b 1 --stdin --stdout"
        program = Command().synthesize(LONG, f"espeak-ng --load -v {file} {how}")

    assert np.array_equal(embedded.synthesize(LONG, "vi").samples, program.samples)


def test_vietnamese_is_spoken_by_our_own_voice_file_and_varied_like_espeak_s(embedded: Espeak) -> None:
    here = embedded._installation
    stock = VoiceWorker((*espeak.WORKER, here.library, str(here.data.parent), "vi", "", *espeak.SETTINGS))
    own, variant = (embedded.synthesize(SHORT, voice) for voice in ("vi", "vi+f2"))

    assert not np.array_equal(own.samples, stock.synthesize(SHORT, espeak.LONGEST).samples)
    assert not np.array_equal(own.samples, variant.samples)
    stock.end()


def test_a_text_sounds_the_same_each_time(embedded: Espeak) -> None:
    once, again = (embedded.synthesize(LONG, "vi") for _ in range(2))

    assert np.array_equal(once.samples, again.samples)


def test_decomposed_letters_sound_like_composed_ones(embedded: Espeak) -> None:
    once, again = (embedded.synthesize(unicodedata.normalize(form, SHORT), "vi") for form in ("NFC", "NFD"))

    assert np.array_equal(once.samples, again.samples)


def test_brackets_are_not_read_as_phonemes(embedded: Espeak) -> None:
    plain, bracketed = (embedded.synthesize(text, "vi") for text in ("thôn [ [mot]]", "thôn [[mot]]"))

    assert np.array_equal(plain.samples, bracketed.samples)


def test_a_text_that_looks_like_an_option_is_spoken(embedded: Espeak) -> None:
    assert embedded.synthesize("--version của tôi", "vi").duration > 0.5


@pytest.mark.parametrize("voice", ["vn", "vi+nobody", "../../etc/passwd", ""])
def test_a_voice_that_espeak_does_not_have_is_refused(embedded: Espeak, voice: str) -> None:
    with pytest.raises(BadRequest, match="has no voice"):
        embedded.synthesize(SHORT, voice)


def test_a_long_way_to_the_data_does_no_harm(embedded: Espeak, tmp_path: Path) -> None:
    here = embedded._installation
    folder = tmp_path.joinpath(*["a-long-name-of-a-folder"] * 8)
    folder.mkdir(parents=True)
    (folder / "espeak-ng-data").symlink_to(here.data)
    far = Espeak(espeak.Installation(here.library, here.version, folder / "espeak-ng-data"))

    assert np.array_equal(far.synthesize(SHORT, "vi").samples, embedded.synthesize(SHORT, "vi").samples)


def test_an_espeak_that_cannot_be_loaded_is_told(embedded: Espeak) -> None:
    broken = Espeak(espeak.Installation("/no/such/library.so", "espeak-ng 0", embedded._installation.data))

    with pytest.raises(TryAgain, match="ended without an answer"):
        broken.synthesize(SHORT, "vi")


def test_sentences_do_not_depend_on_those_before_them(embedded: Espeak) -> None:
    texts = [SHORT, LONG, "Xin mời.", "Xin mời?"]
    forwards = [embedded.synthesize(text, "vi") for text in texts]
    backwards = [embedded.synthesize(text, "vi") for text in reversed(texts)][::-1]

    assert all(np.array_equal(one.samples, other.samples) for one, other in zip(forwards, backwards, strict=True))


# Programs


def test_a_program_is_given_its_arguments_without_a_shell(tmp_path: Path) -> None:
    voice = script(tmp_path, 'printf "%s" "$1" >&2; exit 3') + " '$(touch x); a b'"

    with pytest.raises(TryAgain, match=r"status 3.*\$\(touch x\); a b"):
        Command().synthesize(SHORT, voice)


def test_a_program_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    with pytest.raises(TryAgain, match="took longer"):
        run_program([script(tmp_path, "sleep 60 & sleep 60")], SHORT, seconds=0.05)


def test_a_program_that_is_not_there_is_not_available() -> None:
    with pytest.raises(NotAvailable, match="no program /usr/local/bin/nobody"):
        Command().fingerprint("/usr/local/bin/nobody")


def test_an_edited_program_is_another_voice(tmp_path: Path) -> None:
    before = Command().fingerprint(script(tmp_path, "exit 1"))

    assert Command().fingerprint(script(tmp_path, "exit 20")) != before


def test_a_page_is_not_sound() -> None:
    with pytest.raises(TryAgain, match="a web page"):
        decode(b"<!DOCTYPE html><html>Log in</html>")


# Auditions


@pytest.mark.parametrize(
    ("samples", "why"),
    [
        (np.zeros(22_050), "silent"),
        (np.zeros(0), "silent"),
        (np.full(22_050, np.nan), "broken"),
        (np.sin(np.arange(2_000)), "too short"),
        (np.resize(np.sin(np.arange(2_000)), 22_050 * 60), "too long"),
        (np.sin(np.arange(22_050 * 2)), "breaks off"),
    ],
)
def test_what_cannot_be_the_sound_of_a_text_is_not_kept(samples: np.ndarray, why: str) -> None:
    with pytest.raises(TryAgain, match=why):
        validate_clip(Clip(22_050, samples.astype(np.float32)), SHORT)


# Names and keys


def test_a_voice_is_an_engine_and_a_name() -> None:
    assert Voice.parse("command:/bin/say a:b") == Voice("command", "/bin/say a:b")


@pytest.mark.parametrize("spec", ["", "espeak", "espeak:", ":vi"])
def test_half_a_voice_is_refused(spec: str) -> None:
    with pytest.raises(BadUsage, match="engine:voice"):
        Voice.parse(spec)


def test_our_engines_come_through_the_door_that_strangers_use() -> None:
    own = {point.name: point.load() for point in entry_points(group=GROUP) if point.value.startswith("loudspeaker.")}

    assert set(own) == set(OWN) <= set(engine_names())
    assert all(type(load_engine(name)) is engine for name, engine in own.items())


def test_ours_are_found_without_looking_for_those_of_strangers() -> None:
    act = "from loudspeaker.synthesis.registry import load_engine; load_engine('espeak').fingerprint('vi')"
    code = f"import sys; {act}; print('importlib.metadata' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def test_an_unknown_engine_is_told_with_the_nearest_name() -> None:
    with pytest.raises(NotAvailable, match="did you mean “espeak”"):
        load_engine("espaek")


def test_the_registry_costs_no_numpy() -> None:
    act = "from loudspeaker.synthesis.registry import load_engine; load_engine('espeak').fingerprint('vi')"
    code = f"import sys; {act}; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


@given(st.tuples(ALIKE, ALIKE, ALIKE, ALIKE), st.tuples(ALIKE, ALIKE, ALIKE, ALIKE))
def test_the_key_changes_exactly_when_the_sound_would(
    one: tuple[str, str, str, str], other: tuple[str, str, str, str]
) -> None:
    composed = [(*recipe[:3], unicodedata.normalize("NFC", recipe[3])) for recipe in (one, other)]

    assert (clip_key(*one) == clip_key(*other)) == (composed[0] == composed[1])


@given(WORDS)
def test_what_is_sayable_stays_as_it_is(text: str) -> None:
    try:
        once = sanitize_text(text)
    except BadRequest:
        return

    assert sanitize_text(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once.isprintable() or not any(ord(letter) < 32 for letter in once)


@pytest.mark.parametrize(
    ("text", "respelled"),
    [
        ("Xem YouTube, facebook.", "Xem iu túp, phây búc."),
        ("Gọi Zalo 0912", "Gọi da lô 0912"),
        ("sars-cov-2", "xa cô vi-2"),
        ("MyYouTube và YouTuber", "MyYouTube và YouTuber"),
        ("Mời bà con họp", "Mời bà con họp"),
    ],
)
def test_names_that_the_voice_cannot_say_are_respelled_for_it_alone(text: str, respelled: str) -> None:
    assert espeak.NAMES.respell(text) == respelled


def test_a_table_of_respellings_is_part_of_what_a_voice_sounds_like(tmp_path: Path) -> None:
    digests = set()
    for line in ("QR\tquy rờ", "QR\tkiu a"):
        (tmp_path / "names.tsv").write_text(f"# Viết\tĐọc\n{line}\n", encoding="utf-8")
        digests.add(Respellings(tmp_path / "names.tsv").digest)

    assert len(digests) == 2


def test_every_respelling_is_said_as_it_stands(embedded: Espeak) -> None:
    twice = {word for word in espeak.NAMES.table.values() if espeak.NAMES.respell(word) != word}

    assert twice == set()
    assert (
        embedded.synthesize("YouTube", "vi").samples.tobytes() == embedded.synthesize("iu túp", "vi").samples.tobytes()
    )
