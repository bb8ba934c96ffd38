"""What is no text: hundreds of signs without a blank. It is left out, with a doubt, before any rule looks into it."""

from __future__ import annotations

import re

from ...errors import Message
from ..rules import Guess, Rule, Scene, reads


@reads(r"(?!\d{400})(?=[^\w\s]{0,40}\w)\S{400,}", starts="number word sign")
def run(match: re.Match[str], scene: Scene) -> Guess:
    """1/1/1/1/…: nobody writes so, and nobody could listen to it; long lines of dots or dashes are blanks and rulers"""
    return Guess(" ", Message("a run of {count} signs without a blank is no text and is left out", count=len(match[0])))


RULES: tuple[Rule, ...] = (run,)
