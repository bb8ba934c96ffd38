"""The picture of a programme: well-formed, told with its sentences, and true to the sound."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ElementTree
import zlib

import numpy as np
import pytest
from harness.sounds import joined, speech, tone

from loudspeaker.reports.programme_picture import draw_clip, png, spectrum
from loudspeaker.sound.clip import Clip
from loudspeaker.sound.compose import Mark
from loudspeaker.sound.edit import silence


def test_the_picture_is_xml_and_says_the_sentences():
    marks = [Mark(0, 2, "Kính thưa bà con <xã> & thôn!"), Mark(2, 4, "Xin hết.")]
    root = ElementTree.fromstring(draw_clip(speech(16_000), marks, title="Bản tin"))
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]

    assert "1. Kính thưa bà con <xã> & thôn!" in words
    assert "2. Xin hết." in words
    assert words[0].startswith("Bản tin (0:04, ")


@pytest.mark.parametrize(
    "clip", [silence(16_000, 0), silence(16_000, 0.001), silence(48_000, 1), tone(-20, 0.2, 8_000)]
)
def test_the_shortest_and_the_silent_can_be_drawn(clip):
    assert ElementTree.fromstring(draw_clip(clip)).tag.endswith("svg")


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 48_000])
def test_a_tone_is_a_line_at_its_height(rate):
    pixels = spectrum(joined(tone(-20, 1, rate, 2_000), silence(rate, 1)), 200, 160)

    assert pixels.shape == (160, 200)
    assert abs(int(pixels[:, 50].argmin()) - 160 * 3 // 4) <= 2
    assert (pixels[:, 150] == 255).all()


def test_the_image_inside_is_a_png_with_every_row():
    data = png(np.arange(12, dtype=np.uint8).reshape(3, 4))
    lines = zlib.decompress(re.search(rb"IDAT(.*)....\x00\x00\x00\x00IEND", data, re.DOTALL)[1])

    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert lines == b"".join(bytes([0, *range(4 * row, 4 * row + 4)]) for row in range(3))
    assert base64.b64encode(png(spectrum(Clip(16_000, speech(16_000).samples), 20, 20)))
