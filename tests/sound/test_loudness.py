"""Our meters against the standard's own test signals, pyloudnorm and ffmpeg."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from harness.sounds import ffmpeg, joined, speech, tone

from loudspeaker.sound.clip import Clip
from loudspeaker.sound.loudness import loudness, loudness_curve, true_peak

pytestmark = pytest.mark.waits

RATES = (16_000, 22_050, 44_100, 48_000)


# EBU Tech 3341, tests 1 to 5. They are stereo there; one of two equal channels is 3.01 LU softer.
EBU: dict[str, list[tuple[float, float]]] = {  # dBFS and seconds, one behind the other
    "1 kHz at -23": [(-23, 20)],
    "1 kHz at -33": [(-33, 20)],
    "the relative gate": [(-36, 10), (-23, 60), (-36, 10)],
    "both gates": [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)],
    "a louder middle": [(-26, 20), (-20, 20.1), (-26, 20)],
}


@pytest.mark.parametrize("name", EBU)
def test_the_ebu_signals_measure_what_the_ebu_says(name):
    expected = -33.0 if name.endswith("-33") else -23.0
    signal = joined(*(tone(dbfs, seconds, 16_000) for dbfs, seconds in EBU[name]))  # every rate measures the same

    assert expected == pytest.approx(loudness(signal) + 3.01, abs=0.1)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("hertz", [100, 1_000, 5_000])
def test_a_tone_is_as_loud_at_every_rate(rate, hertz):
    reference = loudness(tone(-20, 3, 48_000, hertz))

    assert reference == pytest.approx(loudness(tone(-20, 3, rate, hertz)), abs=0.05)


# LUFS of `speech` by pyloudnorm 0.2.0, which takes a second to be loaded: `make fault` asks itself.
PYLOUDNORM = {16_000: -18.924, 22_050: -18.513, 44_100: -17.842, 48_000: -17.739}


@pytest.mark.sampled
@pytest.mark.parametrize("rate", RATES)
def test_loudness_agrees_with_pyloudnorm(rate, full):
    theirs = PYLOUDNORM[rate]
    if full:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pyloudnorm = pytest.importorskip("pyloudnorm")
            theirs = pyloudnorm.Meter(rate).integrated_loudness(speech(rate).samples.astype(float))
        assert theirs == pytest.approx(PYLOUDNORM[rate], abs=0.001)

    assert theirs == pytest.approx(loudness(speech(rate)), abs=0.1)


@pytest.mark.parametrize("rate", RATES)
def test_both_meters_agree_with_ffmpeg(rate):
    clip = speech(rate)
    theirs, peak = ffmpeg(clip)

    assert theirs == pytest.approx(loudness(clip), abs=0.15)  # it prints tenths: half of one is rounding
    assert peak == pytest.approx(true_peak(clip), abs=0.2)


# EBU Tech 3341, tests 15 to 19: a sine at a quarter (sixth, eighth) of the rate, its crests between the samples.
@pytest.mark.parametrize("divisor", [4, 6, 8])
@pytest.mark.parametrize("phase", [0, 45, 60, 67.5])
def test_crests_between_samples_are_found(divisor, phase):
    turns = np.arange(4_800) / divisor + phase / 360
    fade = np.minimum(1, np.minimum(np.arange(4_800), np.arange(4_800)[::-1]) / 240)
    clip = Clip(48_000, (0.5 * fade * np.sin(2 * np.pi * turns)).astype(np.float32))

    assert pytest.approx(true_peak(clip), abs=0.2) == -6.02


def test_a_crest_at_a_block_edge_is_found_and_none_is_invented():
    steady = np.full(40_000, 0.5, np.float32) * np.minimum(1, np.arange(40_000)[::-1] / 2_000)
    level = Clip(48_000, (steady * np.minimum(1, np.arange(40_000) / 2_000)).astype(np.float32))
    spike = np.zeros(50_000, np.float32)
    spike[16_383:16_385] = 0.5

    assert pytest.approx(true_peak(level), abs=0.01) == -6.02
    assert true_peak(Clip(48_000, spike)) == pytest.approx(true_peak(Clip(48_000, np.roll(spike, 1_000))), abs=0.01)


def test_silence_has_no_loudness_and_no_crest():
    for seconds in (0, 0.1, 5):
        clip = tone(-math.inf, seconds)

        assert loudness(clip) == true_peak(clip) == -math.inf


def test_a_short_word_has_a_loudness_too():
    assert loudness(tone(-20, 5)) == pytest.approx(loudness(tone(-20, 0.3)), abs=0.2)


def test_the_curve_follows_the_sound():
    curve = loudness_curve(joined(tone(-40, 2), tone(-20, 2)))

    assert len(curve) == 37
    assert curve[0] + 20 == pytest.approx(curve[-1], abs=0.1)
