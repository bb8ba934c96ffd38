"""One walk over the text from left to right: at every number, interesting word and sign the first fitting rule reads.

What no rule takes stays as written. A stretch once read is not looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from .context import Context, Token
from .kind import Kind
from .lazy_regex import pattern
from .lexicon import Lexicon
from .rule_index import rules_at
from .syllables import LOWER, OTHER_SCRIPT, UPPER, has_vowel

_WORD = pattern(r"[^\W\d_]+|\d+|[^\w\s]|_")
_PLAIN = frozenset(',;:!?"”“')  # signs that are spoken text already
_JOINTS = frozenset("./@:&-_'")  # after these a word may be part of something
_VOWELS = frozenset(c for c in {*map(chr, range(65, 123)), *LOWER, *UPPER} if has_vowel(c))
_CONSONANTS = frozenset("bcdđghklmnpqrstvx")
_RUN_TOGETHER = _CONSONANTS - frozenset("lr")
_HEADS = frozenset(("ch", "gh", "kh", "ng", "nh", "ph", "th"))
_OPENERS = frozenset(  # plain words that rules begin with
    ("điều", "Điều", "Chương", "Phần", "Mục", "Bài", "Bước",
     "sáng", "trưa", "chiều", "tối", "đêm",
     "ngày", "Ngày", "tháng", "Tháng", "thg", "thứ", "Thứ", "quý", "Quý", "số", "Số", "vv", "km", "Km", "KM",
     "ha", "kg", "cm", "mm", "ml", "mg", "tr", "ca", "ext", "Ext")
)  # fmt: skip
_RAISED = tuple("¹²³⁴⁵⁶⁷⁸⁹")  # m³, km², x⁴
_OTHER_SCRIPT = pattern(OTHER_SCRIPT)


def scan(context: Context, own_words: Sequence[Token] = ()) -> Iterator[Token]:
    """Every stretch that is read differently from how it is written, in order; `own_words` are read already."""
    own = iter(own_words)
    reserved = next(own, None)
    done, length = 0, len(context.text)
    for word in _WORD.finditer(context.text):
        start, end = word.span()
        if end <= done:
            continue
        at = max(start, done)
        while reserved and reserved.end <= at:
            reserved = next(own, None)
        until = reserved.start if reserved else length
        token = reserved if reserved and until <= at else _read(context, at, end, until)
        if token is None:
            continue
        _remember(token, word[0], context)
        done = token.end
        yield token


def _remember(token: Token, written: str, context: Context) -> None:
    """Make `token` what was read before the next one, unless it only links two things or is a word in capitals."""
    if token.kind is Kind.BRACKET:
        return
    if token.spoken == " đến " or (
        token.spoken.strip() in (",", ";") and context.previous.kind in (Kind.PHONE, Kind.TIME)
    ):
        # Still the same kind of thing: 5/7 - 8/7, 0912… - 0987…; 11:51 - 16/6 is dated.
        context.previous = context.previous._replace(end=token.end)
    elif token.spoken != written.lower():  # HOẶC is only a word
        context.previous = token


def _read(context: Context, at: int, end: int, until: int) -> Token | None:
    """What the first fitting rule says for the word from `at` to `end`; it may read on, but not past `until`."""
    text, start = context.text, _start(context, at, end)
    for rule in rules_at(text, at, end, until, start) if start else ():
        # The cues first: they cost less than a match, and most patterns that need one are never compiled.
        if rule.only_after and not context.is_after(at, rule.only_after):
            continue
        match = rule.pattern.match(text, at, until)
        if match is not None and match.end() > at:
            token = rule.read(match, context)
            if token is not None:
                return token
    return None


def _start(context: Context, at: int, end: int) -> str:
    """What a rule would begin with here: number, word, sign or bracket; nothing where none can."""
    first = context.text[at]
    if first.isdecimal():
        return "number"
    if first.isalpha():
        return "word" if _may_be_special(context.text[at:end], end, context) else ""
    if _is_bracket(first, at, context):
        return "bracket"
    return "" if _is_punctuation(first, at, context) else "sign"


def _may_be_special(word: str, end: int, context: Context) -> bool:
    """Whether a word could be anything but a plain one: cheap, since most words are."""
    following = context.text[end : end + 1]
    return following in _JOINTS or following.isdecimal() or _is_special(word, context.lexicon)


@lru_cache(maxsize=4096)
def _is_special(word: str, lexicon: Lexicon) -> bool:
    """Whether a word by itself may be no plain one: rules begin with it, or its letters tell that it may be short."""
    return len(word) == 1 or word in _OPENERS or word.endswith(_RAISED) or _may_be_short(word, lexicon)


def _may_be_short(word: str, lexicon: Lexicon) -> bool:
    """Whether its letters alone tell that a word may be a short form: a table knows it, or nobody can say it so."""
    if _OTHER_SCRIPT.search(word) or word in lexicon or _has_no_vowel(word):
        return True
    if not word.islower():
        return not word[1:].islower() or _has_odd_head(word.lower())
    return bool(lexicon.capitals(word)) or _may_be_roman(word) or _has_odd_head(word)


def _has_no_vowel(word: str) -> bool:
    """Whether it has no vowel, so that nobody can say it as a word: Td, đv."""
    return len(word) < 6 and _VOWELS.isdisjoint(word)


def _has_odd_head(word: str) -> bool:
    """Whether it begins with two consonants as no Vietnamese word does: bcáo, hsinh; not krông."""
    return word[0] in _CONSONANTS and word[1] in _RUN_TOGETHER and word[:2] not in _HEADS


def _may_be_roman(word: str) -> bool:
    """Whether a small word has only letters of Roman numerals."""
    return not word.strip("ivxlcdm")


def _is_punctuation(sign: str, at: int, context: Context) -> bool:
    """Whether a sign is punctuation that stays as it is."""
    if sign in _PLAIN:
        return True
    following = context.text[at + 1 : at + 2]
    return sign == "." and following not in ("/", ".", "_") and not following.isalpha()


def _is_bracket(sign: str, at: int, context: Context) -> bool:
    """Whether a sign is a bracket that belongs to no telephone number and no sign in it: (0214), (84), (+)."""
    if sign == ")":
        return True
    following = context.text[at + 1 : at + 2]
    return sign == "(" and following not in ("0", "+", "-") and not context.text.startswith("(84", at)
