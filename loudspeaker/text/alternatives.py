"""Other ways to say a written stretch, by its shape alone: what a person may choose where a reading is wrong.

2.05 could be a day, a decimal, an hour or digits; CV a paper, an officer or two letters. The rules (rules/) decide by
what stands around; here every shape that fits is said, in the order of `_SHAPES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .context import Context
from .lazy_regex import pattern
from .lexicon import Lexicon
from .numerals import NUMBER, Numerals, roman, spell_digits, spell_letters
from .rules.time.calendar_words import Day, as_day
from .syllables import LOWER, UPPER, has_vowel

MOST = 8  # alternatives
LONGEST = 40  # letters of a stretch that has some
_TALLEST_HOUR, _TALLEST_MINUTE = 24, 59
_NUMBERED_UNITS = {  # what a letter behind a number stands for, beside the unit of that name
    "g": "giờ|gam", "G": "giờ", "h": "giờ", "p": "phút", "t": "tấn|tuổi|tháng", "T": "tấn|tháng|tuổi", "N": "ngày",
    "đ": "đồng|điểm", "k": "nghìn", "K": "nghìn", "v": "viên|vôn", "tr": "triệu", "m2": "mét vuông", "m3": "mét khối",
}  # fmt: skip
_LETTERED_NUMBERS = {"T": "tháng|thứ|tổ", "K": "khóa|khu", "Đ": "đường|đội", "P": "phường|phòng", "Q": "quận"}
_LONE_LETTERS = {
    "P": "phường|phòng|phó",
    "Q": "quận|quyền",
    "H": "huyện",
    "X": "xã",
    "T": "tỉnh",
    "B": "bà",
    "Ô": "ông",
}
_ROMAN = frozenset("IVX")
_NEITHER = " .,:;()"  # signs around a stretch that no shape needs


class _Stretch(NamedTuple):
    """A matched stretch, where it begins in the text of its context."""

    match: re.Match[str]
    context: Context
    start: int

    @property
    def numerals(self) -> Numerals:
        return self.context.numerals

    @property
    def lexicon(self) -> Lexicon:
        return self.context.lexicon

    def number(self, group: int) -> str:
        """A group as a number."""
        return self.numerals.number(self.match[group])


Words = Callable[[_Stretch], Iterator[str]]


def alternatives(context: Context, start: int, spoken: str) -> tuple[str, ...]:
    """Other ways to say what stands from `start` to the end of the context's text, which is read `spoken`."""
    written = context.text[start:]
    core = written.strip(_NEITHER)
    begin = start + written.find(core)
    end = spoken[-1:] if spoken[-1:] in (",", ".") else ""
    found: dict[str, str] = {_comparison_key(spoken): ""}
    for shape, words in _SHAPES:
        match = shape.fullmatch(core)
        for said in words(_Stretch(match, context, begin)) if match else ():
            found.setdefault(_comparison_key(said), f"{said}{end}")
    return tuple(said for heard, said in found.items() if said and heard)[:MOST]


def choose(text: str, place: tuple[int, int], words: str) -> str:
    """`text` with `words` instead of what stands at `place`, [from, to): written as they are said, they are read so.

    A blank keeps them from running into a neighbour; they begin with a capital where a sentence does.
    """
    head, tail = text[: place[0]], text[place[1] :]
    if not head.rstrip(' "“(') or head.rstrip(' "“(')[-1] in ".!?\n":
        words = words[:1].upper() + words[1:]
    before = " " if head[-1:].isalnum() else ""
    behind = " " if tail[:1].isalnum() else ""
    return f"{head}{before}{words}{behind}{tail}"


def _comparison_key(words: str) -> str:
    return " ".join(words.lower().strip(_NEITHER).split())


def _day_and_month(stretch: _Stretch) -> Iterator[str]:
    """Two numbers with a sign between: a day, a part of a whole, a decimal, a range, an hour"""
    match = stretch.match
    yield from _day(stretch, Day(match[1], match[3]))
    first, last, sign = stretch.number(1), stretch.number(3), match[2].strip()
    if sign == "/":
        yield f"{first} phần {last}"
        yield f"{first} trên {last}"
    if sign in (".", ","):
        yield f"{first} phẩy {stretch.numerals.fraction(match[3])}"
        yield from _hour(stretch)
        yield f"{first} chấm {_number_or_digits(stretch, match[3])}"
    if sign == "-":
        yield f"{first} đến {last}"
        yield f"{first} {last}"
        yield from _hour(stretch)
    yield f"{first}, {last}"


def _day(stretch: _Stretch, day: Day) -> Iterator[str]:
    if day.possible():
        yield as_day(stretch.context, stretch.start, day.words(stretch.numerals), bool(day.year))


def _hour(stretch: _Stretch) -> Iterator[str]:
    hour, minute = int(stretch.match[1]), int(stretch.match[3])
    if hour <= _TALLEST_HOUR and minute <= _TALLEST_MINUTE and len(stretch.match[3]) == 2:
        rest = f" {stretch.numerals.cardinal(minute)} phút" if minute else ""
        yield f"{stretch.numerals.cardinal(hour)} giờ{rest}"


def _number_or_digits(stretch: _Stretch, digits: str) -> str:
    """Digits one by one where they begin with a nought, else as a number."""
    return spell_digits(digits) if digits[0] == "0" and len(digits) > 1 else stretch.numerals.number(digits)


def _whole_date(stretch: _Stretch) -> Iterator[str]:
    """Day, month and year; a short year in either century"""
    day, month, year = stretch.match.group(1, 2, 3)
    for full in [year] if len(year) == 4 else [f"20{year}", f"19{year}"]:
        yield from _day(stretch, Day(day, month, full))
    yield ", ".join(stretch.number(group) for group in (1, 2, 3))


def _month_and_year(stretch: _Stretch) -> Iterator[str]:
    """A month of a year, or two numbers"""
    month = int(stretch.match[1])
    if 1 <= month <= 12:
        yield f"tháng {stretch.numerals.month(month)} năm {stretch.number(2)}"
    yield f"{stretch.number(1)} trên {stretch.number(2)}"
    yield f"{stretch.number(1)}, {stretch.number(2)}"


def _range(stretch: _Stretch) -> Iterator[str]:
    """Two numbers with a dash"""
    first, last = stretch.number(1), stretch.number(2)
    yield f"{first} đến {last}"
    yield f"{first} {last}"
    yield f"{first}, {last}"
    yield f"{spell_digits(stretch.match[1])}, {spell_digits(stretch.match[2])}"


def _comma(stretch: _Stretch) -> Iterator[str]:
    """A comma before three digits: thousands, or a decimal"""
    yield stretch.numerals.cardinal(int(stretch.match[1] + stretch.match[2]))
    yield f"{stretch.number(1)} phẩy {spell_digits(stretch.match[2])}"


def _one_number(stretch: _Stretch) -> Iterator[str]:
    """A number: an amount, or digit by digit; behind “ngày” perhaps a day and a month without their sign"""
    digits = stretch.match[0]
    yield stretch.number(0)
    if digits.isdecimal() and 3 <= len(digits) <= 4 and stretch.context.is_after(stretch.start, (" ngày",)):
        for at in (1, 2):
            if int(digits[at:]) and len(digits) - at < 3:
                yield from _day(stretch, Day(digits[:at], digits[at:]))
    yield spell_digits(digits)


def _groups(stretch: _Stretch) -> Iterator[str]:
    """Groups of digits: group by group digit by digit, as one number, as several"""
    groups = re.findall(r"\d+", stretch.match[0])
    yield ", ".join(map(spell_digits, groups))
    if all(len(group) == 3 for group in groups[1:]) and groups[0][0] != "0":
        yield stretch.numerals.cardinal(int("".join(groups)))
    yield ", ".join(map(stretch.numerals.number, groups))


def _number_and_letters(stretch: _Stretch) -> Iterator[str]:
    """A number or a range with letters behind it: a unit, an abbreviation, or the names of the letters"""
    match, letters = stretch.match, stretch.match[3]
    number = stretch.context.number_range(match[1], match[2])
    for unit in _meanings(stretch, letters, _NUMBERED_UNITS):
        yield f"{number} {unit}"


def _side_or_area(stretch: _Stretch) -> Iterator[str]:
    """1m2: an area, or a length"""
    first, last = stretch.match.group(1, 2)
    yield f"{stretch.numerals.number(first)} mét {'vuông' if last == '2' else 'khối'}"
    yield f"{stretch.numerals.number(first)} mét {stretch.numerals.number(last)}"


def _letters_and_number(stretch: _Stretch) -> Iterator[str]:
    """Letters with a number behind them: T5, K2, Km45, BCĐ138"""
    letters, digits = stretch.match.group(1, 2)
    for words in _meanings(stretch, letters, _LETTERED_NUMBERS):
        number = stretch.numerals
        month, ordinal = words == "tháng", words == "thứ"
        said = number.month if month else number.ordinal if ordinal else number.cardinal
        yield f"{words} {said(int(digits))}"
    if len(digits) > 1:
        yield f"{spell_letters(letters)} {spell_digits(digits)}"


def _meanings(stretch: _Stretch, letters: str, units: dict[str, str]) -> Iterator[str]:
    """What letters beside a number could stand for, then their names"""
    yield from units[letters].split("|") if letters in units else ()
    if letters in stretch.lexicon.units and units is _NUMBERED_UNITS:
        yield stretch.lexicon.units[letters]
    yield from (meaning.reading for meaning in stretch.lexicon.meanings(letters))
    yield from filter(None, (spell_letters(letters),))


def _letters(stretch: _Stretch) -> Iterator[str]:
    """Letters: what they stand for, a Roman numeral, their names, or a word"""
    written = stretch.match[0]
    guess = stretch.lexicon.usual_entry(written)
    if guess and not guess.sure:  # what was not said because nothing decided for it stands first
        yield guess.reading
    for key in dict.fromkeys((written, f"{written}.", re.sub(r"[.&/-]", "", written))):
        yield from stretch.lexicon.readings(key)
    yield from _LONE_LETTERS.get(written, "").split("|") if written in _LONE_LETTERS else ()
    numeral = not set(written) - _ROMAN
    if numeral and roman(written):
        yield stretch.numerals.cardinal(roman(written))
    yield spell_letters(written)
    one_word = written.isalpha() and (written.isupper() or written[1:].islower())  # not đồngCV
    if one_word and len(written) > 2 and has_vowel(written) and not numeral:
        yield written.capitalize() if written.isupper() else written


def _characters(stretch: _Stretch) -> Iterator[str]:
    """Whatever else: letters and digits one by one"""
    yield spell_letters(stretch.match[0])


_D = r"(\d{1,2})"
_WORD = f"[{LOWER}{UPPER}]"
_SHAPES: tuple[tuple[re.Pattern[str], Words], ...] = (
    (pattern(rf"{_D}( ?[./,-] ?){_D}"), _day_and_month),
    (pattern(rf"{_D} ?[./-] ?{_D} ?[./-] ?(\d\d(?:\d\d)?)"), _whole_date),
    (pattern(rf"{_D} ?[./-] ?((?:19|20)\d\d)"), _month_and_year),
    (pattern(r"([1-9]\d{0,2}),(\d{3})"), _comma),
    (pattern(NUMBER), _one_number),
    (pattern(r"\d+"), _one_number),
    (pattern(rf"({NUMBER}) ?- ?({NUMBER})"), _range),
    (pattern(r"\d+(?:[ .,-]{1,2}\d+)+"), _groups),
    (pattern(r"(\d{1,3})m([23])"), _side_or_area),
    (pattern(rf"({NUMBER})(?: ?- ?({NUMBER}))? ?({_WORD}{{1,6}}[23]?)"), _number_and_letters),
    (pattern(rf"({_WORD}{{1,6}})[ .-]?(\d{{1,6}})"), _letters_and_number),
    (pattern(rf"{_WORD}+(?:[.&/-]{_WORD}+)*"), _letters),
    (pattern(r"[^\W_]{1,12}(?:[^\w\s][^\W_]{1,12}){0,3}"), _characters),
)
