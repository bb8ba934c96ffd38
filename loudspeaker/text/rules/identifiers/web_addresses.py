"""Web and e-mail addresses: laocai.gov.vn -> lào cai chấm gov chấm vn. Names of sites are cut into syllables."""

from __future__ import annotations

import re
from functools import lru_cache

from ...context import Context
from ...cues import words_after
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...numerals import spell_digits, spell_letters
from ...rule import RuleMaker
from ...syllables import LONGEST, cut, has_vowel, is_common, is_plain_syllable, without_marks

rule = RuleMaker(Kind.WEB_ADDRESS)

_NAME = r"[A-Za-z0-9][A-Za-z0-9-]{0,62}"
_SIGNS = {
    ".": "chấm", "/": "gạch chéo", "-": "gạch ngang", "_": "gạch dưới", "@": "a còng", "?": "hỏi", "=": "bằng",
    "&": "và", "%": "phần trăm", "#": "thăng", "+": "cộng", ":": "hai chấm", "~": "ngã",
}  # fmt: skip
_NAMES_OF_PROVINCES = f"{cue_list('provinces')}|{cue_list('more_provinces')}".lower().split("|")
_PROVINCES = {without_marks(name): name for name in _NAMES_OF_PROVINCES}
_SERVICES = {"dich vu cong": "dịch vụ công"}
_PLAIN_PROVINCE = pattern(rf"\b(?:{'|'.join(_PROVINCES)})\b")
_PIECE = pattern(r"[A-Za-z]+|\d+|[^A-Za-z\d]")


@rule(r"\.(apk|exe|pdf|docx?|xlsx?|zip|rar)(?![^\W_]|\.\w)", starts="sign")
def file_ending(match: re.Match[str], context: Context) -> str | None:
    """Ending of a file: tệp .apk -> chấm a pê ca"""
    return f" chấm {spell_letters(match[1])}" if context.char(match.start() - 1) in ("", " ", "(", "“") else None


@rule(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63} ?@ ?" + _NAME + r"(?:\." + _NAME + r"){1,4}(?![^\W\d_])", starts="word number")
def mailbox(match: re.Match[str], context: Context) -> str:
    """Mail address: ubndxa@laocai.gov.vn -> ủy ban nhân dân xa a còng lào cai chấm gov chấm vn"""
    return _read_address(match[0].replace(" ", ""), context) + _pause(match, context)


@rule(
    r"([^\W\d_]{0,7}?)(?:https?://|HTTPS?://)(\S{0,250}?)/?"
    r"(?=(?:\./\.|[.,;:!?)>\"”]{0,3})(?:\s|$|[)>\"”<]))",
    starts="word",
)
def web_page(match: re.Match[str], context: Context) -> str:
    """Address of a page.

    https://bluezone.gov.vn/tai-lieu -> bluezone chấm gov chấm vn gạch chéo tai gạch ngang lieu; hoặchttp://…
    """
    return f"{match[1]} {_read_address(match[2], context)}".lstrip() + _pause(match, context)


@rule(
    r"(?:"
    + _NAME
    + r"\.){1,4}(?:vn|VN|com|net|org|gov|edu|info|asia|app|tv|xyz|top|site|online|shop|vip|club|biz|store|live|cc|icu|"
    r"(?:me|ly|gl|io|link|page|gle|at|id|co)(?=/))(?![^\W\d_]|\.[a-z])"
    r"(?:/[A-Za-z0-9._/?=&%#-]{0,150}[A-Za-z0-9])?/?",
    starts="word number",
)
def site(match: re.Match[str], context: Context) -> str:
    """Name of a site: dichvucong.gov.vn -> dịch vụ công chấm gov chấm vn"""
    return _read_address(match[0].rstrip("/"), context) + _pause(match, context)


@rule(
    r"\.(?:(?:gov|edu|com)\.vn|apk|exe|zip|top|xyz|vn|com|gov|net|org|info|cc|vip|online|shop|site)(?![^\W_]|\.\w)",
    starts="sign",
)
def ending(match: re.Match[str], context: Context) -> str | None:
    """End of an address by itself: tải tệp .apk, không phải .gov.vn -> chấm …"""
    return _read_address(match[0], context) if context.char(match.start() - 1) in _AHEAD else None


_AHEAD = frozenset((*" (“\"'", "\n"))


def _pause(match: re.Match[str], context: Context) -> str:
    """A comma where words follow: …/g/kem2026 bà con vào"""
    return "," if _WORDS_BEHIND.match(context.text, match.end()) else ""


_WORDS_BEHIND = pattern(r" \(?[^\W\d_]")


def _read_address(address: str, context: Context) -> str:
    """Address piece by piece: laocai.gov.vn -> lào cai chấm gov chấm vn"""
    pieces = _PIECE.findall(address)
    return " ".join(word for word in (_read_piece(piece, context) for piece in pieces) if word)


def _read_piece(piece: str, context: Context) -> str:
    """Piece of an address: gov -> gov; 24 -> hai bốn; . -> chấm"""
    if piece.isdecimal():
        return spell_digits(piece)
    if not piece[0].isascii() or not piece[0].isalpha():
        return _SIGNS.get(piece, "")
    if piece.lower() == "vn":
        return spell_letters(piece)
    words = _cut_label(piece.lower())
    if not words:
        return _read_short(piece.lower(), context)
    marked = context.memory.with_marks(words)
    return (
        _PROVINCES.get(words)
        or _SERVICES.get(words)
        or (_PLAIN_PROVINCE.sub(_mark, marked) if marked != words else words)
    )


def _mark(match: re.Match[str]) -> str:
    """A province with its marks, beside words that have theirs: cấp nước tay ninh -> cấp nước tây ninh"""
    return _PROVINCES[match[0]]


@lru_cache(maxsize=1024)
def _cut_label(label: str) -> str:
    """A label of an address that can be said as it is: cut into syllables or a foreign word."""
    if label in _KEPT:
        return label
    if label == "www":
        return "vê kép vê kép vê kép"
    parts = [part for part in re.split(_NAMES, label) if part]
    words = [
        " ".join(_KNOWN.get(part) or cut(part)) or (_cut_with_initials(part) if len(parts) > 1 else "")
        for part in parts
    ]
    if all(words):
        return " ".join(words)
    return _cut_with_initials(label) or (
        label if len(label) > 4 and has_vowel(label) and not label.startswith(_OFFICES) else ""
    )


_SPELLED = frozenset(words_after(cue_list("spelled_in_addresses")))
_DIGRAPHS = pattern("ng|nh|ph|th|tr|ch|kh|gh")
_CROWD = pattern("[bcdfghjklmnpqrstvwx]{4}")


def _cut_with_initials(label: str) -> str:
    """Label of syllables and single letters.

    tracuunnt -> tra cuu nờ nờ tê, phongcsgtphutho: syllables, and runs of letters that cannot be said.
    """
    parts = _cheapest_cut(label)
    shape = "".join("1" if len(part) == 1 else "+" for part in parts)
    crowded = _CROWD.search(_DIGRAPHS.sub("t", label)) is not None
    if crowded and "+" not in shape and len(label) < 8:  # evncpc
        return spell_letters(label)
    behind = _RUN_OF_LETTERS.fullmatch(shape) is not None
    vowels = any(part in _VOWELS for part in parts)
    if len(label) > 40 or not (crowded or behind) or vowels:
        return ""
    return " ".join(part if len(part) > 1 else spell_letters(part) for part in parts)


_VOWELS = frozenset("aeiou")
_RUN_OF_LETTERS = pattern(r"\+{2,}1{2,}|1{2,}\++")  # letters (1) before or behind syllables (+)


def _cheapest_cut(label: str) -> list[str]:
    """A label cut into syllables and single letters, in the cheapest way; see `_price`."""
    best: list[tuple[int, list[str]]] = [(0, [])]
    for end in range(1, len(label) + 1):
        ways = [(best[end - 1][0] + 4, [*best[end - 1][1], label[end - 1]])]
        for start in range(max(0, end - LONGEST), end - 1):
            (cost, parts), piece = best[start], label[start:end]
            if piece in _SPELLED:
                ways.append((cost + 2, [*parts, *piece]))
            elif is_plain_syllable(piece):
                ways.append((cost + _price(piece), [*parts, piece]))
        best.append(min(ways, key=lambda way: way[0]))
    return best[-1][1]


def _price(syllable: str) -> int:
    """Six where it opens with a vowel, two for a common syllable, three for another; a letter costs four."""
    if syllable[0] in "aeiouy":
        return 6
    return 2 if is_common(syllable) else 3


_KEPT = frozenset(
    words_after(
        "gov|vn|com|edu|net|org|gmail|yahoo|outlook|hotmail|zalo|me|youtube|facebook|tiktok|google|home|index|login|news|page|docs|play|store|"
        "online|app"
    )
)
_WHOLE = words_after("tinh uy|huyen uy|thanh uy|dang uy|thuy san|cong an|long an|nghe an|hoi an|di an|thuan an|y te")
_KNOWN = {name.replace(" ", ""): name.split() for name in _WHOLE}
_NAMES = f"((?:{'|'.join(_KNOWN)})(?![aeiou]))"  # not co ngan, lon gan, ta my te
_OFFICES = words_after(cue_list("offices_in_addresses"))


def _read_short(label: str, context: Context) -> str:
    """Label that begins with an office, or is spelled: ubndxa -> ủy ban nhân dân xa; tnmt and moj letter by letter."""
    office = next((office for office in _OFFICES if label.startswith(office)), "")
    if office:
        known = context.lexicon.usual_entry(office.upper().replace("HD", "HĐ"))
        rest = label[len(office) :]
        return " ".join([known.reading if known else spell_letters(office), *(cut(rest) or ([rest] if rest else []))])
    return spell_letters(label)
