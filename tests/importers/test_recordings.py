"""Whatever a phone records becomes one kind of file, and its faults are told in words."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from loudspeaker.errors import BadFile
from loudspeaker.ffmpeg import decode_file, native_rate
from loudspeaker.importers.recording_check import find_faults, find_speech
from loudspeaker.importers.recordings import import_recording
from loudspeaker.sound.clip import Clip
from loudspeaker.sound.edit import VOICE_LEVEL
from loudspeaker.sound.loudness import loudness

pytestmark = pytest.mark.waits

RATE = 16_000
CODECS = {
    ".mp3": "libmp3lame", ".m4a": "aac", ".aac": "aac", ".3gp": "aac", ".ogg": "libvorbis", ".opus": "libopus",
    ".wav": "", ".wma": "wmav2", ".flac": "flac", ".webm": "libopus",
}  # fmt: skip
Samples = npt.NDArray[np.float64]


def speech(seconds: float, level: float = 0.1, seed: int = 1) -> Samples:
    """Something with syllables, a voice's harmonics and a little breath."""
    random = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    pitch = 130 + 15 * np.sin(2 * np.pi * 0.7 * time) + 4 * np.sin(2 * np.pi * 2.3 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    voice = sum(np.sin(number * phase + number * number) / number for number in range(1, 13))
    syllables = np.clip(np.sin(2 * np.pi * 2 * time) + 0.4 * np.sin(2 * np.pi * 0.31 * time), 0, None)
    return np.asarray(level * syllables * (voice + 0.1 * random.standard_normal(len(time))))


def hiss(seconds: float, level: float = 0.0003) -> Samples:
    return np.asarray(level * np.random.default_rng(2).standard_normal(round(seconds * RATE)))


def recorded(folder: Path, samples: Samples, suffix: str = ".wav") -> Path:
    """A phone's file of these samples."""
    path = folder / f"Tiếng Mông{suffix}"
    path.write_bytes(encoded(samples.tobytes(), suffix))
    return path


@cache
def encoded(samples: bytes, suffix: str) -> bytes:
    """The same is asked for many times, and ffmpeg is slow to start."""
    with TemporaryDirectory() as folder:
        wav, path = Path(folder, "x.wav"), Path(folder, f"x{suffix}")
        soundfile.write(wav, np.frombuffer(samples, np.float64), RATE, subtype="PCM_16")
        if wav != path:
            subprocess.run(["ffmpeg", "-v", "error", "-i", wav, "-c:a", CODECS[suffix], path], check=True)
        return path.read_bytes()


def taken(tmp_path: Path, samples: Samples) -> tuple[list[str], Samples, int]:
    """What is said of a recording, and what is kept of it."""
    said = [str(message) for message in import_recording(recorded(tmp_path, samples), tmp_path)]
    kept, rate = soundfile.read(tmp_path / "recordings" / "tieng-mong.flac")
    return said, kept, rate


def told(samples: Samples) -> str:
    """What is said to be wrong with these samples."""
    pcm = np.rint(np.clip(samples, -1, 1) * 32_767).astype(np.int16)
    return "\n".join(str(message) for message in find_faults(pcm, RATE, find_speech(pcm, RATE)))


@pytest.mark.parametrize("suffix", CODECS)
def test_every_format_of_a_phone_is_taken_in(tmp_path: Path, suffix: str) -> None:
    said = import_recording(recorded(tmp_path, speech(3), suffix), tmp_path)
    file = soundfile.info(tmp_path / "recordings" / "tieng-mong.flac")

    assert (file.format, file.subtype, file.channels) == ("FLAC", "PCM_16", 1)
    assert file.samplerate <= 32_000
    assert 2.5 < file.duration < 3.3
    assert len(said) == 1
    assert "recordings/tieng-mong.flac" in str(said[0])


def test_an_amr_recording_is_taken_in(tmp_path: Path) -> None:
    frames = np.random.default_rng(3).integers(0, 256, (150, 31), np.uint8)
    path = tmp_path / "ghi-am.amr"
    path.write_bytes(b"#!AMR\n" + b"".join(b"\x3c" + frame.tobytes() for frame in frames))
    import_recording(path, tmp_path)

    assert soundfile.info(tmp_path / "recordings" / "ghi-am.flac").samplerate == 8_000


@pytest.mark.parametrize("level", [0.003, 0.3])
def test_every_recording_ends_up_equally_loud(tmp_path: Path, level: float) -> None:
    _, kept, rate = taken(tmp_path, speech(12, level))

    assert loudness(Clip(rate, kept.astype(np.float32))) == pytest.approx(VOICE_LEVEL, abs=0.2)
    assert np.abs(kept).max() <= 0.9


def test_silence_before_and_after_is_cut_off_but_for_a_breath(tmp_path: Path) -> None:
    quiet = hiss(3)
    said, kept, rate = taken(tmp_path, np.concatenate([quiet, speech(4), quiet]))

    assert len(kept) / rate == pytest.approx(4 + 2 * 0.25, abs=0.4)
    assert len(said) == 1


def test_good_speech_has_no_faults() -> None:
    assert told(speech(20, 0.25)) == ""


@pytest.mark.parametrize("volume", [1.0, 0.5])
def test_clipping_is_heard_even_when_it_was_made_quieter_afterwards(volume: float) -> None:
    assert "distorted" in told(volume * np.clip(speech(10, 1.0), -0.99, 0.99))


@pytest.mark.parametrize("line", [50, 100])
def test_the_hum_of_the_mains_is_heard(line: int) -> None:
    time = np.arange(12 * RATE) / RATE
    hum = 0.01 * np.sin(2 * np.pi * line * time)

    assert "hums" in told(hum + np.concatenate([speech(6), hiss(2), speech(4)]))


def test_a_voice_or_a_noise_is_no_hum() -> None:
    assert "hums" not in told(hiss(14, 0.004) + np.concatenate([speech(6), hiss(2), speech(6, seed=4)]))


def test_a_long_pause_is_told_with_its_place() -> None:
    assert "for 8 s from 0:0" in told(np.concatenate([speech(4), hiss(8), speech(4)]))


def test_faint_speech_is_told() -> None:
    assert "faint" in told(speech(5, 0.004))


def test_a_very_long_recording_is_told() -> None:
    assert "11 minutes" in told(np.tile(speech(6), 110))


@pytest.mark.parametrize(
    ("samples", "why"),
    [
        (np.zeros(5 * RATE), "nothing can be heard"),
        (hiss(5), "nothing can be heard"),
        (speech(0.7), "less than a second"),
    ],
)
def test_a_recording_of_nothing_is_refused(tmp_path: Path, samples: Samples, why: str) -> None:
    with pytest.raises(BadFile, match=why):
        taken(tmp_path, samples)
    assert not (tmp_path / "recordings").exists()


@pytest.mark.parametrize(
    "data", [b"", b"not a sound", b"RIFF\x00\x00\x00\x00WAVEfmt ", b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"]
)
def test_what_is_no_sound_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.mp3").write_bytes(data)

    with pytest.raises(BadFile, match="no sound file"):
        import_recording(tmp_path / "x.mp3", tmp_path)


@pytest.mark.parametrize("name", ["-y.mp3", "-i.mp3", "http:x.mp3", "concat:a|b.mp3", "%d.mp3", "a\nb.mp3"])
def test_a_name_is_never_taken_for_an_option_or_an_address(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(tmp_path, speech(3), ".mp3").rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)

    assert len(import_recording(Path(name), tmp_path)) == 1


def test_a_playlist_under_another_name_is_not_followed(tmp_path: Path) -> None:
    """Neither to look at the recording nor to decode it may ffmpeg open a file that the recording names."""
    recorded(tmp_path, speech(3)).rename(tmp_path / "secret.wav")
    playlist = tmp_path / "x.mp3"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:3,\nfile:{tmp_path}/secret.wav\n#EXT-X-ENDLIST\n")

    with pytest.raises(BadFile, match="no sound file"):
        native_rate(playlist)
    with pytest.raises(BadFile, match="no sound file"):
        decode_file(playlist, 8_000)


def test_a_picture_is_no_sound(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=s=16x16:d=0.2", "-c:v", "mpeg4", path], check=True
    )

    with pytest.raises(BadFile, match="no sound file"):
        import_recording(path, tmp_path)


def test_a_recording_never_takes_anothers_place(tmp_path: Path) -> None:
    path = recorded(tmp_path, speech(3))
    import_recording(path, tmp_path)

    with pytest.raises(BadFile, match="there already"):
        import_recording(path, tmp_path)


def test_a_file_is_decoded_at_the_rate_that_is_asked_for(tmp_path: Path) -> None:
    clip = decode_file(recorded(tmp_path, speech(2), ".m4a"), 48_000)

    assert clip.rate == 48_000
    assert clip.samples.dtype == np.float32
    assert clip.duration == pytest.approx(2, abs=0.1)
