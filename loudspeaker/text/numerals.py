"""Numbers in words: cardinals, decimals, digits one by one; names of letters; values of Roman numerals."""

from __future__ import annotations

import re
from functools import lru_cache

from .lazy_regex import pattern

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = ("", "nghìn", "triệu")
_BILLION = 10**9
_MOST = 10**18  # beyond this nobody counts: digits one by one

LETTERS = {
    "A": "a", "Ă": "á", "Â": "ớ", "B": "bê", "C": "xê", "D": "dê", "Đ": "đê", "E": "e", "Ê": "ê", "F": "ép", "G": "giê",
    "H": "hát", "I": "i", "J": "gi", "K": "ca", "L": "lờ", "M": "mờ", "N": "nờ", "O": "o", "Ô": "ô", "Ơ": "ơ",
    "P": "pê", "Q": "quy", "R": "rờ", "S": "ét", "T": "tê", "U": "u", "Ư": "ư", "V": "vê", "W": "vê kép", "X": "ích",
    "Y": "y", "Z": "dét",
}  # fmt: skip

UP_SIGNS, DOWN_SIGNS = "↑▲⬆🔺↗📈⏫🔼", "↓▼⬇🔻↘📉⏬🔽"  # before how much something went up or down

# A written number: 1.500.000 | 1,500,000 | 1.500,5 | 2,75 | 12.5 | 2021. Bounded, so that scanning stays linear.
NUMBER = r"(?:\d{1,3}(?:\.\d{3}){1,5}(?:,\d{1,4})?(?![\d])|\d{1,3}(?:,\d{3}){2,5}(?!\d)|\d{1,15}(?:[.,]\d{1,4})?(?!\d))"

_GROUPED = pattern(r"[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d{0,2}(?:,\d{3}){2,}|[1-9]\d{0,2}(?: \d{3})+")


class Numerals:
    """Numbers as one region says them: nghìn and linh in the north, ngàn and lẻ in the south."""

    def __init__(self, region: str = "north") -> None:
        south = region == "south"
        self.thousand = "ngàn" if south else "nghìn"
        self.zero_tens = "lẻ" if south else "linh"

    def cardinal(self, number: int) -> str:
        """2024 -> hai nghìn không trăm hai mươi tư."""
        if number < 1000:
            return _below_thousand(number, False, self.zero_tens)
        if number >= _MOST:
            return spell_digits(str(number))
        return self._large(number)

    def _large(self, number: int) -> str:
        """A number of four digits or more, in groups of three."""
        billions, rest = divmod(number, _BILLION)
        words = [self.cardinal(billions), "tỷ"] if billions else []
        for power in (2, 1, 0):
            group = rest // 1000**power % 1000
            if group:
                words.append(_below_thousand(group, bool(words), self.zero_tens))
                words.append(self.thousand if power == 1 else _SCALES[power])
        return " ".join(word for word in words if word)

    def number(self, written: str) -> str:
        """A number as written, with its separators: 1.005 -> one thousand and five, 2,75 -> two point seventy-five."""
        if written.isdecimal():
            return self.cardinal(int(written))
        if _GROUPED.fullmatch(written):
            return self.cardinal(int(re.sub(r"\D", "", written)))
        whole, comma, fraction = written.partition("," if "," in written else ".")
        count = int(re.sub(r"\D", "", whole) or "0")
        return f"{self.cardinal(count)} phẩy {self.fraction(fraction)}" if comma else self.cardinal(count)

    def fraction(self, digits: str) -> str:
        """The digits behind the comma: 75 as a number, 05 and 125 one by one."""
        return self.cardinal(int(digits)) if len(digits) == 2 and digits[0] != "0" else spell_digits(digits)

    def month(self, month: int) -> str:
        """4 -> tư: months are counted in the old way."""
        return "tư" if month == 4 else self.cardinal(month)

    def ordinal(self, number: int) -> str:
        """What follows “thứ”: nhất, hai, ba, tư, năm."""
        return {1: "nhất", 4: "tư"}.get(number) or self.cardinal(number)

    def code(self, digits: str) -> str:
        """Digits inside a name: short ones as a number, long or padded ones one by one."""
        return spell_digits(digits) if len(digits) > 3 or digits[0] == "0" else self.cardinal(int(digits))


@lru_cache(maxsize=4096)
def _below_thousand(number: int, padded: bool, zero_tens: str) -> str:
    """A number below 1000; `padded`: behind a larger group, where its hundreds are said though there are none."""
    hundreds, rest = divmod(number, 100)
    tens, unit = divmod(rest, 10)
    words = [DIGITS[hundreds], "trăm"] if hundreds or padded else []
    if not rest and words:
        return " ".join(words)
    if tens == 0:
        return " ".join([*words, zero_tens, DIGITS[unit]] if words else [DIGITS[unit]])
    words += ["mười"] if tens == 1 else [DIGITS[tens], "mươi"]
    if unit:
        words.append(_unit(tens, unit))
    return " ".join(words)


def _unit(tens: int, unit: int) -> str:
    """A digit behind a ten: mười lăm, hai mươi mốt, hai mươi tư."""
    if unit == 5:
        return "lăm"
    return {1: "mốt", 4: "tư"}.get(unit, DIGITS[unit]) if tens > 1 else DIGITS[unit]


def spell_digits(written: str) -> str:
    """0214.38 -> không hai một bốn ba tám; whatever is no digit is left out."""
    return " ".join(DIGITS[int(digit)] for digit in written if digit.isdecimal())


def spell_letters(written: str) -> str:
    """QR -> quy rờ; digits inside by their names too."""
    return " ".join(
        DIGITS[int(c)] if c.isdecimal() else LETTERS[c] for c in written.upper() if c in LETTERS or c.isdecimal()
    )


_ROMAN = pattern(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def roman(written: str) -> int:
    """XIV -> 14; 0 where it is not a Roman numeral in its regular form."""
    letters = written.upper()
    if not letters or len(letters) > 15 or not _ROMAN.fullmatch(letters):
        return 0
    values = [_VALUES[letter] for letter in letters]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
