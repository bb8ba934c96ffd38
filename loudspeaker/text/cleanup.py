"""Text from Word, PDF and phones made plain before it is read; every letter knows its place in the text as given.

NFC; look-alikes, odd blanks and dashes become the plain ones; invisible signs go; a word and a number that were run
together are parted.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence

from .lazy_regex import pattern
from .syllables import has_marks, is_syllable

_DASHES = "÷‐‑‒–—―−﹣－"
_BLANKS = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_BREAKS = "\r\u000b\u000c\u001c\u001d\u001e\u0085\u2028\u2029"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufe0e\ufe0f"
# Cyrillic and Greek letters that look Latin: only inside a word that is otherwise Latin are they taken for it.
_ALIKE = str.maketrans("АВЕКМНОРСТХУавекмнорстхуіІјѕЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEKMHOPCTXYabekmhopctxyiIjsSABEZHIKMNOPTYXo")

_FOLD: dict[int, str] = {
    **{ord(c): "-" for c in _DASHES},
    **{ord(c): "->" for c in "→⇒"},
    **{ord(c): " " for c in _BLANKS},
    **{ord(c): "\n" for c in _BREAKS},
    **{ord(c): "" for c in _INVISIBLE},
    **{ord(c): "'" for c in "‘’ʼʹ′＇`´"},
    **{ord(c): '"' for c in "″＂„«»"},
    **{ord(c): f" {c} " for c in "½¼¾"},
    **{ord(c): "•" for c in "●○◦■□▪▫►▶‣⁃∙·✓✔➢➤❖◆◇"},
    **{first + n: f"{n + 1}." for first in (0x2776, 0x2780, 0x278A) for n in range(10)},  # ❶ ➀ ➊, of items
    **{ord(c): "°" for c in "º˚⁰"},
    **{ord(c): "/" for c in "⁄∕／"},
    ord("Ð"): "Đ", ord("Ɖ"): "Đ", ord("ð"): "đ", ord("ɖ"): "đ", ord("…"): "...", ord("₫"): "đ",
    ord("["): "(", ord("]"): ")", ord("×"): "x", ord("µ"): "µ", ord("μ"): "µ", ord("Ω"): "Ω",
}  # fmt: skip

# Vietnamese in its composed form; everything outside of it, and of plain signs, is looked at.
_LATIN = "À-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ"
_ODD = pattern(
    rf"[^\n!-&(-Z\\^_a-~“” {_LATIN}]|  |[{_LATIN}][a-z]{{0,3}}\d|\d[a-z]{{0,3}}[{_LATIN}]|"
    r"\d /|/ \d| [,;:][\s\d]|\w [.)] "
)
_LETTER = r"[^\W\d_][\u0300-\u036f]{0,4}"
_BEHIND = rf"(?P<behind>(?<=\d)(?:{_LETTER}){{1,7}}(?![\w\u0300-\u036f]))"
_GLUED = rf"(?P<ahead>(?<![\w@./:#-])(?:{_LETTER}){{2,7}}(?=\d))|{_BEHIND}"
_YEAR = r"(?P<year>(?:(?<=/\d)|(?<=/\d\d))(?: +/ *|/ +)(?=(?:19|20)\d\d(?!\d)))"  # 17/03 /2023
_STRAY = r"(?P<stray> +(?:[,;:](?=\s)|[,;](?=\d)|:(?=\d{1,2}[hg])))"  # thôn 3 , 4; lúc 8h ,ngày
_LABEL = r"(?P<label>(?<![^\n])(?:\d{1,2}|[a-zđ]|[IVX]{1,4}) +[.)](?= +[^\W\d_]))"  # 1 . Lịch: …
_CELL = r"(?P<cell>(?<=[\w)%]) *\t[ \t]*(?=[\w(]))"  # 10⇥5: the border of two cells
_SPACE = rf" {_BLANKS}\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"
_GAP = "(?P<gap>(?<=\\d)[\u25a0-\u2767\U0001f000-\U0001faff•·]\ufe0f?(?=\\d))"  # 0395🔸221🔸870
_FOOTNOTE = r"(?<=[^\s(\[])\[\d{1,3}\]"
_KEYCAP = "[0-9]\ufe0f?\u20e3"  # 1️⃣: the number of an item
_KEYS = "(?P<keys>[0-9]\ufe0f?\u20e3(?=[0-9])|(?<=\u20e3)[0-9]\ufe0f?\u20e3)"  # 0️⃣3️⃣6️⃣8: the digits of a number
_CLUSTER = pattern(
    rf"(?s:{_KEYS}|{_KEYCAP}|{_GLUED}|{_YEAR}|{_LABEL}|{_STRAY}|{_CELL}|{_GAP}|\r\n|{_FOOTNOTE}|[{_SPACE}{_INVISIBLE}]{{2,}}|.[\u0300-\u036f]+|"
    rf"[^\n!-&(-Z\\^_a-~“” {_LATIN}])"
)
_ALIKE_LETTER = pattern("[Ѐ-ӿΑ-Ωο]")
_WORD = pattern(r"[^\W\d_]+")
_SPACES = pattern(rf"[{_SPACE}{_INVISIBLE}]+")
_MARKS = pattern(r"[\u0300-\u036f]+")
_KEPT = frozenset("'€£°¹²³⁴⁵⁶⁷⁸⁹½¼¾‰±•µΩ¥₹₩")


class CleanText:
    """A text made plain, and where each of its letters stood in the text as `given`."""

    __slots__ = ("_starts", "_steps", "given", "text")

    def __init__(self, given: str) -> None:
        self.given = given
        self._starts: Sequence[int] = ()  # where in `text` a stretch begins that keeps step with the input
        self._steps: Sequence[tuple[int, int]] = ()  # where in the input each of them begins, and the last place of it
        if not _ODD.search(given):
            self.text = given
            return
        self.text = self._clean(given)

    @property
    def is_as_given(self) -> bool:
        """Whether the text was plain already."""
        return not self._starts

    def place(self, at: int) -> int:
        """The place in the input, in code points, that letter `at` of `text` came from."""
        if not self._starts:
            return at
        step = bisect_right(self._starts, at) - 1
        start, origin = self._starts[step], self._steps[step][0]
        return min(origin + at - start, self._steps[step][1], len(self.given))

    def _clean(self, given: str) -> str:
        """Plain stretches keep step with the input; each odd place opens a new one."""
        pieces: list[str] = []
        starts, steps, length, copied = [0], [(0, len(given))], 0, 0
        for match in _CLUSTER.finditer(given):
            plain = given[copied : match.start()]
            cluster = _part_words(match) if match.lastgroup else _clean_cluster(match[0])
            pieces += (plain, cluster)
            length += len(plain)
            starts.append(length)
            steps.append((match.start(), match.end()))
            length += len(cluster)
            starts.append(length)
            steps.append((match.end(), len(given)))
            copied = match.end()
        pieces.append(given[copied:])
        self._starts, self._steps = starts, steps
        return _to_latin("".join(pieces))


def _part_words(match: re.Match[str]) -> str:
    """Blanks where they belong: ngày5 và 30, 17/03 /2023, thôn 3 , 4; no word without marks, which may be a code."""
    if match.lastgroup == "year":
        return "/"
    if match.lastgroup == "keys":
        return match[0][0]
    if match.lastgroup in ("cell", "gap"):
        return ", " if match.lastgroup == "cell" else " "
    if match.lastgroup == "label":
        return match[0].replace(" ", "")
    if match.lastgroup == "stray":
        return match[0][-1] + ("" if match.string[match.end()].isspace() else " ")
    word = _clean_cluster(match[0])
    if not has_marks(word) or not is_syllable(word):
        return word
    return f"{word} " if match.lastgroup == "ahead" else f" {word}"


def _clean_cluster(cluster: str) -> str:
    """One odd letter with the marks that follow it -> what it stands for."""
    if cluster == "\r\n":
        return "\n"
    if cluster[-1] == "\u20e3":
        return f"{cluster[0]}."
    if re.fullmatch(r"\[\d{1,3}\]", cluster):
        return cluster
    if _SPACES.fullmatch(cluster):
        return " " if cluster.strip(_INVISIBLE) else ""
    composed = _MARKS.sub("", unicodedata.normalize("NFC", cluster))
    folded = composed.translate(_FOLD)
    return folded if folded != composed else "".join(map(_clean_letter, composed))


def _clean_letter(letter: str) -> str:
    """What one letter or sign stands for; nothing for what cannot be seen, itself where no plain one is meant."""
    if letter in _KEPT or " " <= letter < "\x7f" or letter == "\n":
        return letter
    plain = unicodedata.normalize("NFKC", letter).translate(_FOLD)
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    if 0xD800 <= ord(letter) <= 0xDFFF or unicodedata.category(letter) in {"Cc", "Cf", "Cn", "Co"}:
        return " " if letter < " " else ""
    return plain if len(plain) <= 4 and all(c.isalnum() or c == "°" or " " <= c < "\x7f" for c in plain) else letter


def _to_latin(text: str) -> str:
    """Cyrillic and Greek look-alikes inside Latin words become Latin, letter for letter."""
    return _WORD.sub(_to_latin_word, text) if _ALIKE_LETTER.search(text) else text


def _to_latin_word(match: re.Match[str]) -> str:
    """A word as it is where some of its letters have no Latin look-alike."""
    latin = match[0].translate(_ALIKE)
    return match[0] if _ALIKE_LETTER.search(latin) else latin
