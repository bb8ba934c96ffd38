"""Whatever digits are left: identity and account numbers digit by digit, everything else as a number."""

from __future__ import annotations

import re

from ...errors import Message
from ..numerals import NUMBER, spell_digits
from ..rules import Answer, Guess, Rule, Scene, reads, words_before

_IDENTITIES = words_before(
    "tài khoản|stk|cccd|cmnd|cmt|mã số thuế|mst|mã số|căn cước|căn cước công dân|mã|chứng minh nhân dân|seri|"
    "imei|số cccd|số cmnd|hộ chiếu|số tk|mã đề|số thẻ|mã pin|định danh|mã vạch|otp|mã hồ sơ|số định danh|"
    "số định danh cá nhân|mã qhns|số sổ"
)


@reads(r"(\d{4,30}(?:[ .-]\d{3,6}){0,5})(?![\d])(?![.,/]\d)")
def identity(match: re.Match[str], scene: Scene) -> Answer:
    """số tài khoản 8800… -> tám tám không không"""
    if not scene.before(match.start()).endswith(_IDENTITIES):
        return None
    return ", ".join(spell_digits(group) for group in re.findall(r"\d+", match[1]))


@reads(r"0\d{4,29}(?![\d])(?![.,]\d)")
def padded(match: re.Match[str], scene: Scene) -> Answer:
    """A long number that begins with 0 is a name, not an amount"""
    return Guess(spell_digits(match[0]), _uncued())


@reads(r"(\d{10,15})(?![\d])(?![.,]\d)")
def long(match: re.Match[str], scene: Scene) -> Answer:
    """Ten digits or more without a separator: an amount only if it is a round one"""
    if match[1].endswith("000"):
        return scene.say(match[1])
    return Guess(spell_digits(match[1]), _uncued())


@reads(NUMBER)
def number(match: re.Match[str], scene: Scene) -> Answer:
    """1.005 -> một nghìn không trăm linh năm"""
    return scene.say(match[0])


@reads(r"\d+")
def endless(match: re.Match[str], scene: Scene) -> Answer:
    """More digits than anybody counts"""
    return Guess(spell_digits(match[0]), _uncued())


def _uncued() -> Message:
    return Message("a long number, and no word says what it is: read digit by digit")


RULES: tuple[Rule, ...] = (identity, padded, long, number, endless)
