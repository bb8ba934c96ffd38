"""The short way: text in, spoken text out. For the doubts and the places, see reading.py."""

from __future__ import annotations

from .reading import Readings, read


def spoken(text: str, readings: Readings | None = None) -> str:
    """“Họp lúc 8h30 ngày 5/7” -> “Họp lúc tám giờ ba mươi phút ngày mùng năm tháng bảy”."""
    return read(text, readings).spoken
