"""What a mastered programme promises: loudness, crests, band, alignment, and the same in blocks as in one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from harness.scoring import some_of
from harness.sounds import ffmpeg, speech, tone
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.sound import dynamics
from loudspeaker.sound.chime import chime, emergency, signature
from loudspeaker.sound.clip import Clip
from loudspeaker.sound.edit import resample
from loudspeaker.sound.loudness import loudness, true_peak
from loudspeaker.sound.master import apply_tone, master
from loudspeaker.sound.profiles import FM, HORN, INDOOR, PROFILES

pytestmark = pytest.mark.waits

SOURCES: dict[str, Callable[[], Clip]] = {
    "syllables": lambda: speech(22_050),
    "a quiet voice": lambda: Clip(24_000, speech(24_000).samples * np.float32(0.01)),
    "one loud click in a voice": lambda: Clip(
        16_000, np.where(np.arange(64_000) == 30_000, 1, speech(16_000).samples * 0.1)
    ),
    "a tone": lambda: tone(-3, 3),
    "the chime": lambda: chime(48_000),
    "the signature": lambda: signature(44_100),
    "the emergency call": lambda: emergency(22_050),
    "white noise": lambda: Clip(48_000, np.random.default_rng(1).standard_normal(96_000).clip(-1, 1)),
}


@cache
def source(name: str) -> Clip:
    """Made when it is first asked for, and not by every process that collects."""
    clip = SOURCES[name]()
    return Clip(clip.rate, clip.samples.astype(np.float32))


WAYS = list(zip(PROFILES.values(), 3 * (44_100, 48_000), strict=True))
# Each source in each way, the next source first in the next way: of one in six each source and each way is there.
MASTERED = [
    (name, *WAYS[(number + step) % len(WAYS)]) for number, name in enumerate(SOURCES) for step in range(len(WAYS))
]


@pytest.mark.sampled
@pytest.mark.parametrize(("name", "profile", "rate"), some_of(MASTERED, len(WAYS)))
def test_every_profile_keeps_to_its_loudness_and_ceiling(name, profile, rate):
    mastered = master(source(name), profile, rate)

    assert rate == mastered.rate
    assert profile.target == pytest.approx(loudness(mastered), abs=0.5)
    assert true_peak(mastered) <= profile.ceiling


@pytest.mark.parametrize(("name", "rate"), list(zip(SOURCES, 4 * (44_100, 48_000), strict=True)))
def test_ffmpeg_finds_the_same_loudness_and_no_higher_crest(name, rate):
    heard, peak = ffmpeg(master(source(name), FM, rate))

    assert FM.target == pytest.approx(heard, abs=0.5)
    assert peak <= FM.ceiling


def test_a_louder_target_is_reached_through_the_limiter():
    loud = INDOOR.quieter(-6)
    mastered = master(speech(22_050), loud)

    assert pytest.approx(loudness(mastered), abs=0.5) == -10
    assert true_peak(mastered) <= -1.0


@pytest.mark.parametrize("profile", [HORN, INDOOR, FM], ids=lambda profile: profile.name)
@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_mastering_moves_nothing_in_time(profile, rate):
    clip = speech(24_000)
    before, after = resample(clip, rate).samples, master(clip, profile, rate).samples
    lags = np.fft.irfft(np.fft.rfft(after) * np.conj(np.fft.rfft(before)))

    assert len(before) == len(after)
    assert np.argmax(lags) == 0


def test_mastering_leaves_its_input_alone():
    for rate in (16_000, 48_000):
        clip = speech(rate)
        before = clip.samples.copy()
        master(clip, HORN, rate)

        np.testing.assert_array_equal(before, clip.samples)


def test_the_same_clip_always_gives_the_same_samples():
    first, second = master(speech(22_050)), master(speech(22_050))

    np.testing.assert_array_equal(first.samples, second.samples)


def test_blocks_give_what_the_whole_would():
    clip = speech(16_000)
    whole = Clip(16_000, clip.samples[8_000:12_000])
    padded = Clip(16_000, np.pad(whole.samples, (25_600, 0)))

    np.testing.assert_allclose(apply_tone(whole, HORN).samples, apply_tone(padded, HORN).samples[25_600:], atol=2e-5)


def test_a_horn_gets_nothing_it_cannot_give():
    noise = source("white noise")
    power = np.abs(np.fft.rfft(master(noise, HORN).samples)) ** 2
    hertz = np.fft.rfftfreq(96_000, 1 / 48_000)
    useful = power[(hertz > 250) & (hertz < 7_000)].sum()

    assert power[hertz < 150].sum() < useful / 1_000
    assert power[hertz > 7_500].sum() < useful / 1_000


@pytest.mark.parametrize("samples", [0, 1, 7, 100, 4_800])
def test_silence_of_any_length_stays_silent(samples):
    mastered = master(Clip(48_000, np.zeros(samples, np.float32)))

    assert samples == len(mastered.samples)
    assert not mastered.samples.any()


@given(st.integers(0, 2**32 - 1), st.integers(0, 3_000), st.floats(0.01, 0.9))
def test_the_limiter_lets_nothing_through(seed, length, crest):
    random = np.random.default_rng(seed)
    samples = (random.standard_normal(length) * random.random(length) ** 3).astype(np.float32)
    before = samples.copy()
    dynamics.limit(samples, 16_000, crest)

    assert np.abs(samples).max(initial=0) <= crest * 1.000001
    assert (np.abs(samples) <= np.abs(before) * 1.000001).all()


def test_the_limiter_leaves_alone_what_is_low_enough():
    samples = speech(16_000).samples
    before = samples.copy()

    assert not dynamics.limit(samples, 16_000, 2.0)
    np.testing.assert_array_equal(before, samples)


def test_the_compressor_turns_three_decibels_into_one():
    loud, soft = tone(-10, 2, 16_000).samples, tone(-16, 2, 16_000).samples
    for samples in (loud, soft):
        dynamics.compress(samples, 16_000, threshold=-30, ratio=3)
    difference = 20 * np.log10(loud[8_000:-8_000].std() / soft[8_000:-8_000].std())

    assert pytest.approx(difference, abs=0.1) == 2.0
