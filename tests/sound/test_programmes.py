"""Clips, tunes, joining and WAV files."""

from __future__ import annotations

import hashlib
import io
import wave

import numpy as np
import pytest
from harness.sounds import speech, tone
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.errors import LoudspeakerError
from loudspeaker.sound.chime import chime, emergency, signature
from loudspeaker.sound.clip import Clip
from loudspeaker.sound.compose import ALARM_HEAD, CHIME_BELOW_VOICE, EDGE_SILENCE, Piece, compose
from loudspeaker.sound.edit import VOICE_LEVEL, normalize, resample, silence, trim
from loudspeaker.sound.loudness import loudness
from loudspeaker.sound.wav import read_wav, wav_bytes

TUNES = (chime, signature, emergency)


def part(clip: Clip, begin: float, end: float) -> Clip:
    return Clip(clip.rate, clip.samples[round(begin * clip.rate) : round(end * clip.rate)])


def test_pieces_follow_each_other_with_their_pauses():
    one, two = tone(-20, 1, 16_000), tone(-20, 2, 16_000)
    joined = compose([Piece(one, 0.5), Piece(two, 0.7)], 16_000).clip()

    assert pytest.approx(joined.duration) == 1 + 0.5 + 2 + 2 * EDGE_SILENCE
    assert not part(joined, EDGE_SILENCE + 1.01, EDGE_SILENCE + 1.49).samples.any()


def test_head_and_tail_are_silent():
    joined = compose([Piece(tone(-20, 1, 16_000))], 16_000).clip()

    assert not part(joined, 0, 0.05).samples.any()
    assert not part(joined, joined.duration - 0.05, joined.duration).samples.any()


def test_a_repeat_is_announced_after_a_gap():
    said, reminder = Piece(tone(-20, 1, 16_000), 0.4), Piece(tone(-20, 0.5, 16_000), 0.3)
    joined = compose([said], 16_000, repeat=3, reminder=[reminder], gap=2).clip()

    assert pytest.approx(joined.duration) == 3 * 1 + 2 * (2 + 0.5 + 0.3) + 2 * EDGE_SILENCE


def test_the_chime_comes_first_and_once():
    bell = chime(16_000)
    said = Piece(tone(-20, 1, 16_000))
    joined = compose([said], 16_000, chime=bell, repeat=2, gap=1).clip()

    heard = part(joined, EDGE_SILENCE, EDGE_SILENCE + bell.duration)

    assert np.corrcoef(bell.samples, heard.samples)[0, 1] > 0.999
    assert pytest.approx(loudness(heard), abs=0.1) == VOICE_LEVEL - CHIME_BELOW_VOICE
    assert joined.duration < EDGE_SILENCE + bell.duration + 1 + 1 + 1 + 1


def test_voices_and_recordings_are_matched_in_rate_and_loudness():
    quiet = Clip(44_100, speech(44_100, 1).samples * np.float32(0.02))
    joined = compose([Piece(speech(22_050)), Piece(quiet)], 24_000).clip()
    first, second = part(joined, EDGE_SILENCE, EDGE_SILENCE + 4), part(joined, EDGE_SILENCE + 4, EDGE_SILENCE + 8)

    assert joined.rate == 24_000
    assert loudness(first) == pytest.approx(loudness(second), abs=0.5)


def test_it_is_known_when_each_piece_is_heard():
    one, two = Piece(tone(-20, 1, 16_000), 0.5, "Một.", 0), Piece(tone(-20, 2, 16_000), 0.7, "Hai.", 1)
    composition = compose([one, two], 16_000, repeat=2, gap=1)
    clip = composition.clip()

    assert [mark.text for mark in composition.marks()] == ["Một.", "Hai.", "Một.", "Hai."]
    assert [mark.number for mark in composition.marks()] == [0, 1, 0, 1]
    assert [mark.begin for mark in composition.marks()] == pytest.approx([EDGE_SILENCE + t for t in (0, 1.5, 4.5, 6)])
    for mark in composition.marks():
        assert loudness(part(clip, mark.begin, mark.end)) > -30
        assert not part(clip, mark.end, mark.end + 0.05).samples.any()


def test_an_alarm_waits_only_for_what_a_card_may_swallow():
    composition = compose([Piece(tone(-20, 1, 16_000))], 16_000, head=ALARM_HEAD)

    assert [mark.begin for mark in composition.marks()] == [ALARM_HEAD]
    assert not part(composition.clip(), 0, ALARM_HEAD).samples.any()
    assert composition.clip().duration == pytest.approx(ALARM_HEAD + 1 + EDGE_SILENCE, abs=0.01)


def test_silence_that_an_engine_adds_does_not_lengthen_the_pauses():
    padded = Clip(16_000, np.pad(tone(-20, 1, 16_000).samples, (4_000, 16_000)))
    joined = compose([Piece(padded, 0.5), Piece(padded)], 16_000).clip()

    assert pytest.approx(joined.duration, abs=0.15) == 2 * EDGE_SILENCE + 1 + 0.5 + 1


def test_nothing_to_say_is_a_short_silence():
    assert pytest.approx(compose([], 16_000).clip().duration) == 2 * EDGE_SILENCE


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("tune", TUNES)
def test_a_tune_starts_and_ends_in_silence_and_is_as_loud_as_a_voice(tune, rate):
    clip = tune(rate)

    assert np.abs(clip.samples[[0, -1]]).max() < 0.001
    assert np.abs(clip.samples).max() < 1
    assert pytest.approx(loudness(clip), abs=0.1) == VOICE_LEVEL
    assert 1.5 < clip.duration < 8


def test_no_tune_glides():
    """A siren is one strong tone whose pitch moves; here the strongest tone is one of few, and only steps."""
    for tune in TUNES:
        clip = tune(16_000)
        frames = np.lib.stride_tricks.sliding_window_view(clip.samples, 2_048)[::512] * np.hanning(2_048)
        pitches = np.argmax(np.abs(np.fft.rfft(frames, axis=1)), axis=1)

        assert len(set(pitches)) <= 12


def test_the_emergency_call_is_none_of_the_others():
    lengths = {round(tune(16_000).duration, 1) for tune in TUNES}

    assert len(lengths) == 3


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
def test_resampling_keeps_length_place_and_loudness(rate):
    clip = speech(16_000)
    low = Clip(16_000, np.convolve(clip.samples, np.hanning(20) / 9.5, "same").astype(np.float32))
    back = resample(resample(low, rate), 16_000)

    assert len(low.samples) == len(back.samples)
    np.testing.assert_allclose(low.samples[500:-500], back.samples[500:-500], atol=0.01)


def test_trimming_takes_the_silence_at_both_ends_but_a_breath():
    inner = tone(-20, 1, 16_000).samples
    clip = trim(Clip(16_000, np.pad(inner, (8_000, 24_000))))

    assert pytest.approx(clip.duration, abs=0.02) == 1.06
    assert not trim(silence(16_000, 2)).samples.any()


def test_levelling_reaches_its_target_and_leaves_silence_alone():
    assert pytest.approx(loudness(normalize(speech(16_000), -30)), abs=0.01) == -30
    assert not normalize(silence(16_000, 1)).samples.any()


def test_a_wav_file_is_what_the_standard_library_reads():
    clip = speech(22_050)
    data, facts = wav_bytes(clip)
    with wave.open(io.BytesIO(data)) as reader:
        shape = reader.getnchannels(), reader.getsampwidth(), reader.getframerate(), reader.getnframes()

    assert (1, 2, 22_050, len(clip.samples)) == shape
    assert (22_050, len(clip.samples)) == (facts.rate, facts.frames)
    assert hashlib.sha256(data).hexdigest() == facts.sha256
    assert loudness(clip) == pytest.approx(facts.loudness)


@given(st.lists(st.integers(-32_768, 32_767), max_size=200), st.booleans())
def test_sixteen_bits_come_back_as_they_were(steps, dither):
    clip = Clip(16_000, np.array(steps, np.float32) / 32_768)
    back = read_wav(io.BytesIO(wav_bytes(clip, dither)[0])).samples * 32_768

    assert np.abs(back - np.array(steps)).max(initial=0) <= (1 if dither else 0)


def test_what_is_too_loud_for_sixteen_bits_is_cut_not_wrapped():
    back = read_wav(io.BytesIO(wav_bytes(Clip(16_000, np.array([1.5, -1.5], np.float32)))[0]))

    assert (back.samples * [1, -1] > 0.99).all()


def test_dither_is_the_same_each_time_and_spares_silence():
    clip = Clip(16_000, np.concatenate([speech(16_000).samples, np.zeros(1_000, np.float32)]))

    assert wav_bytes(clip, dither=True)[0] == wav_bytes(clip, dither=True)[0]
    assert wav_bytes(clip, dither=True)[0].endswith(bytes(2_000))


@pytest.mark.parametrize("data", [b"", b"RIFF", b"<html>no sound here</html>", bytes(100)])
def test_what_is_no_wav_file_is_said_to_be_none(data):
    with pytest.raises(LoudspeakerError):
        read_wav(io.BytesIO(data))


def test_a_stereo_file_is_refused():
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((2, 2, 16_000, 0, "NONE", ""))
        writer.writeframes(bytes(8))
    file.seek(0)
    with pytest.raises(LoudspeakerError):
        read_wav(file)
