"""Write a drawing (SVG) to the file that a person named: .svg as it is, .png rendered by ffmpeg."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import BadUsage, LoudspeakerError, Message
from ..store.atomic import write_atomic

SUFFIXES = (".svg", ".png")
TIMEOUT = 120.0  # seconds to render a picture
NO_RENDERER = Message(
    "a .png picture needs ffmpeg with librsvg (sudo apt install ffmpeg); a name that ends in .svg needs nothing"
)


def check_picture_name(path: Path) -> None:
    """Raises `BadUsage` where the name does not end in .svg or .png."""
    if path.suffix.lower() not in SUFFIXES:
        raise BadUsage(Message("{file}: a picture is an .svg or a .png file", file=path))


def write_picture(svg: str, path: Path) -> None:
    """Write `svg` in the format of the file's name. Raises `BadUsage`, `WriteError`, `LoudspeakerError` (no ffmpeg)."""
    check_picture_name(path)
    write_atomic(path, render_png(svg) if path.suffix.lower() == ".png" else svg.encode())


def render_png(svg: str) -> bytes:
    """`svg` as a PNG in the size of its view box, one pixel a unit. Raises `LoudspeakerError`."""
    sized = re.sub(r'viewBox="0 0 (\S+) (\S+)"', r'\g<0> width="\1" height="\2"', svg, count=1)
    with TemporaryDirectory() as folder:  # from a pipe ffmpeg reads only the first few kilobytes
        source = Path(folder) / "drawing.svg"
        source.write_text(sized, encoding="utf-8")
        command = ["ffmpeg", "-nostdin", "-v", "error", "-f", "svg_pipe", "-i", f"file:{source}", "-frames:v", "1"]
        command += ["-f", "image2pipe", "-c:v", "png", "pipe:1"]
        try:
            ended = subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=False)
        except (FileNotFoundError, subprocess.TimeoutExpired) as error:
            raise LoudspeakerError(NO_RENDERER) from error
    if ended.returncode or not ended.stdout:
        raise LoudspeakerError(NO_RENDERER)
    return ended.stdout
