"""What is no text: hundreds of signs without a blank. It is left out, with a doubt, before any rule looks into it."""

from __future__ import annotations

import re

from ...errors import Message
from ..rules import Guess, Rule, Scene, reads
from ..syllables import LOWER, UPPER, is_syllable


@reads(r"(?!\d{400})(?=[^\w\s]{0,40}\w)\S{400,}", starts="number word sign")
def run(match: re.Match[str], scene: Scene) -> Guess:
    """1/1/1/1/…: nobody writes so, and nobody could listen to it; long lines of dots or dashes are blanks and rulers"""
    return Guess(" ", Message("a run of {count} signs without a blank is no text and is left out", count=len(match[0])))


@reads(rf"([{LOWER}]{{2,7}})([{UPPER}][{LOWER}]{{1,6}})(?![^\W\d_])", starts="word")
def glued(match: re.Match[str], scene: Scene) -> str | None:
    """xãTân Long -> xã Tân Long, where a blank was forgotten"""
    return f"{match[1]} {match[2]}" if is_syllable(match[1]) and is_syllable(match[2]) else None


RULES: tuple[Rule, ...] = (run, glued)
