"""What an abbreviation stands for between its neighbours: defined by the text itself, else by the lexicon."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from .context import REACH, Context
from .lazy_regex import pattern
from .lexicon import Entry, Meaning, rows
from .syllables import LOWER, UPPER
from .word_pairs import EDGE, NUMBER, tells, word_pairs

# Words whose last part would be taken for a cue: thông báo is no paper, Hải Phòng no office, bà con nobody's child.
_COMPOUND = pattern(
    r" (?:(?:thông|cảnh|dự|quảng|tình|khai|tố|loan|cấp) báo|(?:hải|quốc|biên|đề|tiêm|dự) phòng|"
    r"(?:cán|đảng|toàn|nội|tiến|chi|bắc|trung|nam|dân|liên) bộ|(?:cơ|trụ) sở|(?:xã|cơ|đại|lễ) hội|bà con)$"
)
_CERTAIN = 3  # times as many words of another subject make a meaning doubtful
_SHORT = 2  # letters of an abbreviation that may stand for nearly anything
_DRAWN = 0.5  # how much likelier, as a logarithm, a word is beside another than anywhere
_FAR = 1.0  # how much likelier, as a logarithm, a meaning is than any other
_VERY_FAR = 2.5  # the same of a phrase that no table knows
_RARE = -3.4  # the least for each of its words
_NEVER = 99.0
_TYPED_OUT = frozenset(("soạn", "nhập", "gõ", "phím"))  # soạn DK gửi 1414: letters for a machine
_NEXT = pattern(r"[^\W\d_]+")
_DIGITS = frozenset("0123456789%")
_NUMBER = pattern(r"(?<![^\W_])\d[\d.,]*+(?<=\d)")
_YEAR = pattern(r"[12]\d{3}(?!\d)")
_NUMBER_OF_YEAR = pattern(r"\d{1,4}/(?:19|20)\d\d(?!\d)")
_COUNT_AHEAD = pattern(r"(?<![\w.,/])(?<!số )\d{1,3} $")
_SUM_BEHIND = pattern(r" \d[\d.,]*(?:k|đ|tr)(?![^\W_])")
_DAY = pattern(  # not 18-45 tuổi
    r"[ .:(]*\d{1,2} ?(?:/ ?\d|- ?(?:\d{1,2}/|(?:0?[1-9]|1[0-2])(?!\d| ?(?:tuổi|triệu|tr|k|người|năm)(?!\w))))"
)
_TELEPHONE = pattern(r"[ .:(+]*(?:0\d|84|1[89]00|\d{2,4}[. ]?\d{3})")


def meaning(context: Context, written: str, start: int, end: int) -> Entry | None:
    """What `written`, which stands from `start` to `end`, stands for; None where nothing is known of it.

    The first line of the lexicon decides that has one of its neighbours beside the place; then what the whole text
    tells of the abbreviation; then the line that asks for no neighbours, or, where that is a guess, what the text is
    about.
    """
    own = context.definitions.get(written)
    if own:
        return Entry(own, sure=True)
    known = context.lexicon.meanings(written) or context.lexicon.subjects(written)
    return _of_table(context, written, start, end) if known else None


def _of_table(context: Context, written: str, start: int, end: int) -> Entry | None:
    """The same of what the lexicon knows."""
    lines = context.lexicon.meanings(written)
    line = _fitting(lines, context, start, end)
    if line and _is_decided(line):
        sure = _sure_meanings(context, written) <= {line.reading} and not _is_contradicted(
            context, written, line.reading
        )
        return Entry(line.reading, sure and not _is_contested(line, written, context, start, end))
    remembered = _recall_meaning(context, written, lines, line) if len({line.reading for line in lines}) > 1 else None
    undecided = line is None or _is_undecided(context, written, line)
    guess = _by_subject(context, written) or _by_pairs(context, written, start, end) if undecided else None
    return remembered or guess or (_usual(line, written, context, start, end) if line else None)


def _usual(line: Meaning, written: str, context: Context, start: int, end: int) -> Entry:
    """What a line says that nothing has decided for: two letters beside a number are too wild a guess to be heard."""
    entry = line.entry()
    wild = not line.sure and not (line.before or line.after) and len(written) == _SHORT
    return entry._replace(said=False) if wild and _stands_beside_amount(context, start, end) else entry


def _stands_beside_amount(context: Context, start: int, end: int) -> bool:
    """Whether a number stands right before a place, or a sum right behind it: 4 BV, HN 4.500đ; KP 3 has its number"""
    return _COUNT_AHEAD.search(context.text[max(0, start - 9) : start]) is not None or (
        _SUM_BEHIND.match(context.text, end) is not None
    )


def _is_undecided(context: Context, written: str, line: Meaning) -> bool:
    """Whether a line is a guess without neighbours, or with weak ones and nothing of its subject in the text."""
    if line.sure:
        return False
    return not (line.before or line.after) or _subjects(context, written).get(line.reading) == 0


def _by_subject(context: Context, written: str) -> Entry | None:
    """The guess whose words the whole text has most of, if any."""
    found = _subjects(context, written)
    best = max(found, key=found.__getitem__, default="")
    return Entry(best, sure=False) if best and found[best] else None


def _by_pairs(context: Context, written: str, start: int, end: int) -> Entry | None:
    """The guess whose words are known to stand beside the words around the place, if one is by far the likeliest."""
    readings = {reading: reading.lower().split() for reading in context.lexicon.readings(written) if " " in reading}
    around = _Around.of(context, start, end) if readings else None
    if around is None or around.before in _TYPED_OUT:
        return None
    found = {reading: around.fit(words) for reading, words in readings.items() if around.draws(words)}
    likeliest = _likeliest(found, _FAR)
    return Entry(likeliest, sure=False) if likeliest and found[likeliest] > _FAR else None


def guess_phrase(context: Context, written: str, start: int, end: int) -> str:
    """What capitals that no table knows stand for, if it is a frequent phrase and by far the likeliest.

    hưởng TCHTXH: trợ cấp hưu trí xã hội
    """
    around, known = _Around.of(context, start, end), word_pairs().phrases(written.lower())
    likely = {phrase: known[phrase] + around.fit(phrase.split()) for phrase in known}
    phrase = _likeliest(likely, _VERY_FAR)
    return phrase if phrase and known[phrase] > _RARE * len(written) else ""


def _likeliest(found: Mapping[str, float], far: float) -> str:
    """The likeliest of some readings, by logarithms; nothing where another is not far less likely."""
    (first, best), (_, second) = [*sorted(found.items(), key=lambda item: -item[1]), ("", -_NEVER), ("", -_NEVER)][:2]
    return first if best > second + far else ""


class _Around(NamedTuple):
    """The word before a place, and all that the word behind it may be; NUMBER or EDGE where there is none."""

    before: str
    following: Sequence[str]

    @classmethod
    def of(cls, context: Context, start: int, end: int) -> _Around:
        return cls(word_before(context, start), _words_behind(context, end))

    def fit(self, words: Sequence[str]) -> float:
        """How many times likelier the words are here than anywhere, as a logarithm."""
        ends = ((self.before, words[0]), self._last(words))
        return sum(word_pairs().attraction(*pair) for pair in ends)

    def draws(self, words: Sequence[str]) -> bool:
        """Whether the words around are known to stand beside these, and not by chance."""
        ends = ((self.before, words[0]), self._last(words))
        return any(
            word_pairs().attraction(*pair) > _DRAWN and word_pairs().pair_count(*pair) and all(map(tells, pair))
            for pair in ends
        )

    def _last(self, words: Sequence[str]) -> tuple[str, str]:
        """The last of the words, and which of the following it is drawn to most."""
        return words[-1], max(self.following, key=lambda word: word_pairs().attraction(words[-1], word))


def word_before(context: Context, start: int) -> str:
    """The word right before a place as it is said, NUMBER or EDGE."""
    if context.previous.end == start - 1 and context.previous.spoken[-1:].isalpha():
        return context.previous.spoken.lower().split()[-1]
    head = context.text[max(0, start - REACH) : start]
    if not head.endswith(" ") or not head[-2:-1].isalnum():
        return EDGE
    last = head.split()[-1]
    return NUMBER if last[-1].isdecimal() else re.split(r"[\W_]", last.lower())[-1]


def _words_behind(context: Context, end: int) -> Sequence[str]:
    """The word right behind a place, NUMBER or EDGE; of an abbreviation all that it may begin with."""
    if context.char(end) != " " or not context.char(end + 1).isalnum():
        return (EDGE,)
    word = _NEXT.match(context.text, end + 1)
    if word is None:
        return (NUMBER,)
    readings = context.lexicon.readings(word[0]) if word[0].isupper() else ()
    return tuple(reading.lower().split()[0] for reading in readings) or (word[0].lower(),)


def _is_contradicted(context: Context, written: str, reading: str) -> bool:
    """Whether the text is about something else than what a word beside the abbreviation decides for."""
    found = _subjects(context, written)
    return max(found.values(), default=0) >= _CERTAIN * max(found.get(reading, 0), 1)


def _subjects(context: Context, written: str) -> dict[str, int]:
    """For each meaning that depends on what a text is about, how many of its words the text has."""
    known = context.memory.subjects
    if written not in known:
        subjects = context.lexicon.subjects(written)
        known[written] = {subject.reading: context.memory.count_words(subject.words) for subject in subjects}
    return known[written]


def _fitting(lines: Sequence[Meaning], context: Context, start: int, end: int) -> Meaning | None:
    return next((line for line in lines if fits(line, context, start, end)), None)


def _is_contested(line: Meaning, written: str, context: Context, start: int, end: int) -> bool:
    """Whether words beside the place speak for another meaning, too; those before it more than those behind it.

    CB, CC: cán bộ and chi bộ; but Đài TT xã is truyền thanh, although a trung tâm may be one of the xã
    """
    others = [other for other in context.lexicon.telling(written) if other.reading.lower() != line.reading.lower()]
    if _stands_after(line.before, context, start):
        return any(_stands_after(other.before, context, start) for other in others)
    return any(fits(other, context, start, end) for other in others)


def _is_decided(line: Meaning) -> bool:
    """Whether words beside the place have decided for a line."""
    return line.sure and bool(line.before or line.after)


def _recall_meaning(
    context: Context, written: str, lines: Sequence[Meaning], otherwise: Meaning | None
) -> Entry | None:
    """What the rest of the text tells: words beside another place where it is written, or its full form anywhere.

    Where a line that asks for no neighbours is certain, only the full form says otherwise. For two letters, which stand
    for much, the text gives only a guess, unless it is their usual meaning, and nothing where it is about another of
    their meanings; their full form only where no word beside them says anything.
    """
    decided = _sure_meanings(context, written)
    full = context.memory.written_out(written, (line.reading for line in lines))
    if len(decided) == 1 and (full in decided or not (otherwise and otherwise.sure)):
        reading = min(decided)
        if len(written) == _SHORT and _is_contradicted(context, written, reading):
            return None
        usual = otherwise is not None and otherwise.reading == reading
        return Entry(reading, sure=usual or len(written) > _SHORT)
    if full is None or (len(written) == _SHORT and _is_weak(context, written, full, otherwise)):
        return None
    return Entry(full, sure=len(written) > _SHORT)


def _is_weak(context: Context, written: str, full: str, otherwise: Meaning | None) -> bool:
    """Whether a word beside two letters says anything, or the text is about another of their meanings."""
    beside = otherwise is not None and bool(otherwise.before or otherwise.after)
    return beside or _is_contradicted(context, written, full)


def _sure_meanings(context: Context, written: str) -> frozenset[str]:
    """The meanings that words beside the abbreviation decide for, wherever in the text it stands."""
    known = context.memory.decided
    if written not in known:
        lines = context.lexicon.meanings(written)
        places = [(at, at + len(written)) for at in context.memory.places(written)]
        # One with a dot, at the beginning of a line, is a mark of signing: KT. CHỦ TỊCH
        used = [(at, end) for at, end in places if context.char(end) != "." or not context.begins_line(at)]
        found = [_fitting(lines, context, at, end) for at, end in used]
        known[written] = frozenset(line.reading for line in found if line and _is_decided(line))
    return known[written]


def fits(line: Meaning, context: Context, start: int, end: int) -> bool:
    """Whether a line of the lexicon has no neighbours, or one of them stands before `start` or behind `end`."""
    if not (line.before or line.after):
        return True
    return _stands_after(line.before, context, start) or _stands_before(line.after, context, end)


def _stands_after(cues: tuple[str, ...], context: Context, start: int) -> bool:
    if not cues:
        return False
    words = context.before(start)
    shortest = _compound_length(words)
    whole = tuple(cue for cue in cues if len(cue) >= shortest) if shortest else cues
    if words.endswith(whole) or (words[-1:].isalpha() and _mark_numbers(words).endswith(whole)):  # 3 bình CC
        return True
    last = _last(context, start)
    if last not in _DIGITS:
        return False
    head = words.rstrip("0123456789.,/ ")
    if head[-1:].isalpha() and words[len(head) : len(head) + 1].isdecimal():  # 6h30 CN, H5N1
        return head[-1] == "h" and " giờ" in cues
    return f"{head} <số>".endswith(cues) or (last == "%" and " %" in cues)


@lru_cache(maxsize=64)  # one place is asked about by each line of an abbreviation
def _compound_length(words: str) -> int:
    """How many letters a compound at the end of `words` has: thông báo; 0 where none stands there."""
    compound = _COMPOUND.search(words)
    return len(compound[0]) if compound else 0


@lru_cache(maxsize=64)
def _mark_numbers(words: str) -> str:
    """With “<số>” for each number: 120 triệu -> <số> triệu."""
    return _NUMBER.sub("<số>", words)


def _last(context: Context, start: int) -> str:
    """The last letter before `start` that is no blank and opens no bracket: tháng 7 (dl)."""
    start -= context.char(start - 1) == "("
    return context.char(start - 1) if context.char(start - 1) != " " else context.char(start - 2)


def _stands_before(cues: tuple[str, ...], context: Context, end: int) -> bool:
    if not cues:
        return False
    written = context.after(end).lstrip(" .&")
    for text in (written, _mark_numbers(written)):
        if text.startswith(cues) and any(_opens(text, cue) for cue in cues if cue not in _SHAPES):
            return True
    return not _SHAPES.keys().isdisjoint(cues) and any(_SHAPES[cue](context, end) for cue in cues if cue in _SHAPES)


def _opens(text: str, cue: str) -> bool:
    return text.startswith(cue) and not text[len(cue) : len(cue) + 1].isalnum()


def _skip(context: Context, at: int, signs: str) -> int:
    """The first place from `at` that has none of `signs`."""
    while context.char(at) and context.char(at) in signs:
        at += 1
    return at


def _is_number(context: Context, end: int) -> bool:
    return context.char(_skip(context, end, " .")).isdecimal()


def _is_day(context: Context, end: int) -> bool:
    return _DAY.match(context.after(_skip(context, end, " ."))) is not None


def _is_year(context: Context, end: int) -> bool:
    return _YEAR.match(context.text, _skip(context, end, " .:")) is not None


def _is_number_of_year(context: Context, end: int) -> bool:
    """Whether the number and the year of a document follow: 9/2025"""
    return _NUMBER_OF_YEAR.match(context.text, _skip(context, end, " .:")) is not None


def _is_telephone(context: Context, end: int) -> bool:
    return _TELEPHONE.match(context.after(_skip(context, end, " ."))) is not None


def _is_name(context: Context, end: int) -> bool:
    at = _skip(context, end, " .")
    if context.char(end) == "." and context.char(end + 1) == " " and context.opens_sentence(at):
        return False  # nuôi trồng TS. Mời bà con
    second = context.char(at + 1)
    return context.char(at).isupper() and (second.islower() or second in ("", "'"))  # H'Bia


def _is_person(context: Context, end: int) -> bool:
    """Whether a family's name, a middle and a given name follow: Hồ Thị Bích Trâm; Hoàng Gia may be a hotel"""
    return _full_name().match(context.text, _skip(context, end, " .:")) is not None


@lru_cache(maxsize=1)
def _full_name() -> re.Pattern[str]:
    families = next(names for kind, names in rows("person_names.tsv") if kind == "family")
    name = rf" [{UPPER}][{LOWER}]+"
    two = rf"(?:{families}){name}|[{UPPER}][{LOWER}]* (?:Thị|Văn)"
    return re.compile(rf"(?!Hồ Chí Minh)(?:{two})(?:{name}){{1,2}}(?![^\W_])")


def _is_small(context: Context, end: int) -> bool:
    return context.char(_skip(context, end, " .")).islower()


# What a cue in angle brackets looks like where it follows; SHAPES of the lexicon names them.
_SHAPES: dict[str, Callable[[Context, int], bool]] = {
    "<số>": _is_number,
    "<ngày>": _is_day,
    "<năm>": _is_year,
    "<số/năm>": _is_number_of_year,
    "<máy>": _is_telephone,
    "<Tên>": _is_name,
    "<Họ tên>": _is_person,
    "<chữ>": _is_small,
}
