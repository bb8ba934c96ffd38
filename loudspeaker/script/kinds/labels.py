"""List labels: 1. 1) 1/ 1.1. a) II- at the beginning of a line, and a) b) inside it. Bullets are separators."""

from __future__ import annotations

import re

from ..numerals import LETTERS, roman
from ..rules import Rule, Scene, reads


@reads(r"(\d{1,2}(?:\.\d{1,2}){0,3})(?:\.\)|\.-|[.)/]|(?=\s?-\s[A-ZĐÀ-Ỹ])|-(?=[A-ZĐÀ-Ỹ]))(?=\s*[^\d\s]|\s+\S|\s*$)")
def numbered(match: re.Match[str], scene: Scene) -> str | None:
    """1. Đề nghị -> Một, đề nghị; 2.1. Mục tiêu -> hai chấm một"""
    if not scene.begins_line(match.start()):
        return None
    return " chấm ".join(scene.say(number) for number in match[1].split(".")) + ","


@reads(r"(\d{1,2}(?:\.\d{1,2}){1,3})(?= [A-ZĐÀ-Ỹ])")
def section(match: re.Match[str], scene: Scene) -> str | None:
    """1.2 Nội dung, at the beginning of a line or after “mục”."""
    if not (scene.begins_line(match.start()) or scene.before(match.start()).endswith((" mục", " tiểu mục"))):
        return None
    return " chấm ".join(scene.say(number) for number in match[1].split("."))


@reads(r"(\d{1,2})[)](?=\s|[^\W\d_])")
def inner_number(match: re.Match[str], scene: Scene) -> str | None:
    """gồm: 1) thóc; 2) ngô"""
    return scene.say(match[1]) + "," if _opens(match, scene) else None


@reads(r"([A-Za-zĐđ])[)](?=\s|\w)", starts="word")
def letter(match: re.Match[str], scene: Scene) -> str | None:
    """b) Thời hạn -> bê, thời hạn"""
    return LETTERS[match[1].upper()] + "," if _opens(match, scene) else None


@reads(r"([a-hđA-DĐ])(?:\.(?=\s)|/(?=\s)|\.(?=[A-ZĐÀ-Ỹ][a-zà-ỹ]))", starts="word")
def line_letter(match: re.Match[str], scene: Scene) -> str | None:
    """a. Đối tượng, at the beginning of a line"""
    return LETTERS[match[1].upper()] + "," if scene.begins_line(match.start()) else None


@reads(
    r"([IVX]{1,6})(?:\.(?:\d{1,2})\.?|\.-|[.)/]|\s?-(?=\s|[A-ZĐÀ-Ỹ]))(?![vV](?![^\W_]))(?=\s|[A-ZĐÀ-Ỹ]|$)",
    starts="word",
)
def part(match: re.Match[str], scene: Scene) -> str | None:
    """III/ TỔ CHỨC THỰC HIỆN -> Ba, tổ chức thực hiện"""
    value = roman(match[1])
    if not value or not scene.begins_line(match.start()):
        return None
    section = re.search(r"\d+", match[0])
    return scene.numerals.cardinal(value) + (f" chấm {scene.say(section[0])}," if section else ",")


def _opens(match: re.Match[str], scene: Scene) -> bool:
    """Whether the bracket behind a label was opened nowhere: “b)” is a label, “(b)” and “(tổ 5)” are not."""
    head = scene.text[max(0, match.start() - 60) : match.start()]
    return head.rfind("(") <= head.rfind(")")


RULES: tuple[Rule, ...] = (numbered, section, inner_number, letter, line_letter, part)
