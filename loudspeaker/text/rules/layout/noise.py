"""What no voice can say: signs without end and letters of other scripts. Left out, with a doubt, before other rules."""

from __future__ import annotations

import re

from ....errors import Message
from ...context import Context
from ...kind import Kind
from ...rule import Guess, RuleMaker, at_line_start
from ...syllables import LOWER, OTHER_SCRIPT, UPPER, is_syllable

rule = RuleMaker(Kind.NOISE)


@rule(r"\d{41,}|(?=[^\w\s]{0,40}\w)\S{400,}", starts="number word sign")
def endless_run(match: re.Match[str], context: Context) -> Guess:
    """Signs without end.

    1/1/1/1/…, a million digits: left out with a doubt; long lines of dots are `blanks`
    """
    return Guess(" ", Message("a run of {count} signs without a blank is no text and is left out", count=len(match[0])))


@rule(
    rf"(?![Φφ] ?[<>≥≤]? ?\d)(?=[^\W\d_]{{0,20}}?{OTHER_SCRIPT})"
    rf"(?:[^\W\d_]|{OTHER_SCRIPT}|[ ,.·-]{{1,2}}(?={OTHER_SCRIPT})){{1,400}}",
    starts="word sign",
)
def foreign_letters(match: re.Match[str], context: Context) -> Guess:
    """Letters of other scripts: 中国, Лаос, ລາວ are left out; a Greek letter has a name"""
    spoken = re.sub(
        rf" ?{OTHER_SCRIPT}[ ,.·-]{{0,2}}",
        lambda letter: f" {_GREEK.get(letter[0].strip(' ,.·-').lower(), '')} ",
        match[0],
    )
    return Guess(" ".join(spoken.split()) or " ", Message("letters of another script: write how they are said"))


@rule(r"√ ?(?=[^\W\d_])|√ (?=\d)", starts="sign", only_if=at_line_start)
def tick(match: re.Match[str], context: Context) -> str:
    """A sign of roots that ticks an item off: √ Sim chính chủ"""
    return " "


@rule(rf"([{LOWER}]{{2,7}})([{UPPER}][{LOWER}]{{1,6}})(?![^\W\d_])", starts="word")
def glued_words(match: re.Match[str], context: Context) -> str | None:
    """Two words without a blank: xãTân Long -> xã Tân Long, where a blank was forgotten"""
    return f"{match[1]} {match[2]}" if is_syllable(match[1]) and is_syllable(match[2]) else None


_GREEK = {
    "α": "an pha", "β": "bê ta", "γ": "gam ma", "δ": "đen ta", "ε": "ép xi lon", "θ": "tê ta", "λ": "lam đa",
    "µ": "muy", "π": "pi", "σ": "xích ma", "φ": "phi", "ω": "ô mê ga",
}  # fmt: skip
