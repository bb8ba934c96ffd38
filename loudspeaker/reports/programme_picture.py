"""A programme as a picture (SVG): waveform, loudness over time, spectrogram, and the sentences beneath.

The spectrogram is a small PNG inside the SVG.
"""

from __future__ import annotations

import base64
import math
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..model.programme import Programme
from ..plaintext import escape_xml
from ..sound.blocks import peaks
from ..sound.clip import Clip
from ..sound.compose import Mark
from ..sound.loudness import loudness, loudness_curve, true_peak
from ..sound.wav import read_wav
from .picture_file import write_picture

WIDTH, LEFT, RIGHT = 1_200, 60, 20  # pixels
STRIPS = {"wave": (50, 130), "loudness": (200, 120), "spectrum": (340, 160)}  # top and height of each strip
WORDS_TOP, LINE = 540, 20
LOUDEST, SOFTEST = 0.0, -48.0  # LUFS, of the middle strip
HIGHEST = 8_000  # Hz, of the spectrogram
RANGE = 70  # dB, from white to the darkest
INK, ACCENT = "#22313f", "#c0392b"

Pixels = npt.NDArray[np.uint8]


def draw_programme(programme: Programme, marks: Sequence[Mark], path: Path, title: str) -> None:
    """Draw a programme with its sentences (.svg, .png). Raises as `write_picture` does."""
    with programme.path.open("rb") as file:
        clip = read_wav(file)
    write_picture(draw_clip(clip, marks, title, programme.loudness), path)


def draw_clip(clip: Clip, marks: Sequence[Mark] = (), title: str = "", target: float = -16.0) -> str:
    """An SVG document of `clip`; `marks` are its sentences and when they are heard, `target` its meant LUFS."""
    height = WORDS_TOP + LINE * (len(marks) + 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        f'font-size="13" fill="{INK}">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        _text(LEFT, 28, _headline(clip, title), size=17),
        *_sentences(marks, clip.duration),
        _waveform(clip),
        *_loudness(clip, target),
        _spectrogram(clip),
        *_seconds(clip.duration),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part)


def _headline(clip: Clip, title: str) -> str:
    minutes, seconds = divmod(round(clip.duration), 60)
    measured = f"{minutes}:{seconds:02}, {loudness(clip):.1f} LUFS, {true_peak(clip):.1f} dBTP"
    return f"{title} ({measured})" if title else measured


def _waveform(clip: Clip) -> str:
    """One upright stroke a pixel, from the lowest to the highest sample it stands for."""
    top, height = STRIPS["wave"]
    half = height / 2
    frame = max(len(clip.samples) // (WIDTH - LEFT - RIGHT), 1)
    intersample_peaks = np.minimum(peaks(clip.samples, frame), 1) * half
    strokes = (
        f"M{_across(place * frame / clip.rate, clip.duration):.1f} {top + half - crest:.1f}v{2 * crest:.1f}"
        for place, crest in enumerate(intersample_peaks.tolist())
        if crest > 0.2
    )
    return f'<path d="{"".join(strokes)}" stroke="{INK}" fill="none"/>'


def _loudness(clip: Clip, target: float) -> list[str]:
    """Momentary loudness over time, and the target as a dashed line."""
    curve = np.clip(np.nan_to_num(loudness_curve(clip), neginf=SOFTEST), SOFTEST, LOUDEST)
    points = " ".join(
        f"{_across(0.2 + step / 10, clip.duration):.1f},{_down(level):.1f}" for step, level in enumerate(curve.tolist())
    )
    return [
        f'<polyline points="{points}" fill="none" stroke="{INK}" stroke-width="1.2"/>',
        f'<path d="M{LEFT} {_down(target):.1f}H{WIDTH - RIGHT}" stroke="{ACCENT}" stroke-dasharray="6 4"/>',
        *(_text(LEFT - 8, _down(level) + 4, f"{level:.0f}", anchor="end") for level in (target, SOFTEST, LOUDEST)),
        _text(12, _down(-30), "LUFS", size=11),
    ]


def _spectrogram(clip: Clip) -> str:
    top, height = STRIPS["spectrum"]
    image = base64.b64encode(png(spectrum(clip, WIDTH - LEFT - RIGHT, height))).decode()
    labels = (
        _text(LEFT - 8, top + height * (1 - hertz / HIGHEST) + 4, f"{hertz // 1_000} kHz", anchor="end")
        for hertz in (1_000, 4_000, 8_000)
    )
    place = f'x="{LEFT}" y="{top}" width="{WIDTH - LEFT - RIGHT}" height="{height}"'
    return f'<image {place} preserveAspectRatio="none" href="data:image/png;base64,{image}"/>' + "".join(labels)


def spectrum(clip: Clip, columns: int, rows: int) -> Pixels:
    """Grey levels, shape (rows, columns): time to the right, 0 to 8 kHz upwards, the darker the stronger."""
    size = 2 * round(rows * clip.rate / HIGHEST / 2)
    begins = np.linspace(0, max(len(clip.samples) - size, 0), columns).astype(int)
    padded = np.pad(clip.samples, (0, max(size - len(clip.samples), 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[begins] * np.hanning(size).astype(np.float32)
    power = np.abs(np.fft.rfft(windows, 2 * size, axis=1)[:, : 2 * rows : 2]) ** 2
    decibels = 10 * np.log10(np.maximum(power, 1e-12))
    darkness = np.clip(1 + (decibels - decibels.max(initial=-100)) / RANGE, 0, 1)
    grey = np.pad(255 - 235 * darkness, ((0, 0), (0, rows - darkness.shape[1])), constant_values=255)
    return np.asarray(grey.T[::-1], np.uint8)


def png(pixels: Pixels) -> bytes:
    """An image in grey levels, of `pixels` in rows from the top (PNG, ISO/IEC 15948)."""
    rows, columns = pixels.shape
    lines = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _sentences(marks: Sequence[Mark], duration: float) -> list[str]:
    """A number under each sentence's place, and below all of them what it says."""
    first, last = STRIPS["wave"][0], WORDS_TOP - 35
    parts = []
    for number, mark in enumerate(marks, 1):
        begin, end = _across(mark.begin, duration), _across(mark.end, duration)
        shade = "#eef3f7" if number % 2 else "#f8f2ea"
        parts += [
            f'<rect x="{begin:.1f}" y="{first}" width="{end - begin:.1f}" height="{last - first}" fill="{shade}"/>',
            _text((begin + end) / 2, last - 4, str(number), anchor="middle", size=11),
            _text(LEFT, WORDS_TOP + LINE * number, f"{number}. {mark.text or '♪'}"),
        ]
    return parts


def _seconds(duration: float) -> list[str]:
    """A few round moments below the strips."""
    step = next((step for step in (1, 2, 5, 10, 30, 60, 120, 300) if duration / step <= 20), 600)
    moments = (step * n for n in range(math.floor(duration / step) + 1))
    return [_text(_across(second, duration), WORDS_TOP - 15, f"{second} s", "middle", 11) for second in moments]


def _across(seconds: float, duration: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * seconds / max(duration, 0.001)


def _down(lufs: float) -> float:
    top, height = STRIPS["loudness"]
    return top + height * (LOUDEST - lufs) / (LOUDEST - SOFTEST)


def _text(x: float, y: float, words: str, anchor: str = "start", size: int = 13) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape_xml(words)}</text>'
