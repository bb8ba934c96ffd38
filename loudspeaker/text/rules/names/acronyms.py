"""Words in capitals: known abbreviations, chains of them, headlines, and what is left: spelled out and doubtful."""

from __future__ import annotations

import re
import unicodedata

from ....errors import Message
from ...abbreviations import guess_phrase, meaning
from ...context import Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import Entry, cue_list
from ...numerals import LETTERS, spell_letters
from ...reasons import UNKNOWN, ambiguous
from ...rule import Answer, Guess, RuleMaker, at_line_start
from ...syllables import LOWER, UPPER, is_syllable
from .capitals import neighbours_of

rule = RuleMaker(Kind.ACRONYM)

_FIRMS = words_before(cue_list("firms"))
_TRADES = pattern(cue_list("trades"))  # what firms do: Công ty TNHH XD is no name
PUT_TOGETHER = Message("an abbreviation put together from its parts")
_MARKS = dict.fromkeys(range(0x300, 0x370))
_DEFINING = words_before("viết tắt là|gọi tắt là|viết tắt")
_WORD = r"[A-ZĐƯÂƠÔÊĂ][A-Za-zĐđƯưÂƠÔÊĂ]{0,15}"


def _is_mostly_capitals(part: str) -> bool:
    """Whether more than half of its letters are capitals"""
    return sum(c.isupper() for c in part) * 2 > len(part)


def _read_whole(written: str, match: re.Match[str], context: Context) -> Answer:
    """The chain as one abbreviation, without its signs: NN&PTNT is NNPTNT."""
    if written in context.definitions:
        return context.definitions[written]
    entry = meaning(context, written, match.start(), match.end())
    if entry is None and "/" not in written:
        entry = meaning(context, re.sub(r"[-&._ ]", "", written), match.start(), match.end())
    if entry is None and "&" in written and not _are_parts_certain(written, context):
        words = compose(re.sub(r"[-&._ ]", "", written), context)
        entry = Entry(words, sure=False) if words else None
    if entry is None:
        return None
    entry = entry._replace(reading=_with_and(written, entry.reading))
    return entry.reading if entry.sure else Guess(entry.words(written), ambiguous(written))


def _with_and(written: str, reading: str) -> str:
    """With “và” where its sign is written and each letter is a word: XD & TM -> xây dựng và thương mại"""
    first, sign, last = written.partition("&")
    words, at = reading.split(), len(first.strip())
    joined = sign and last.strip().isalpha() and len(words) == at + len(last.strip()) and "và" not in words
    return " ".join((*words[:at], "và", *words[at:])) if joined else reading


def _are_parts_certain(written: str, context: Context) -> bool:
    """Whether each part has one meaning.

    HĐND&UBND: every part is an abbreviation with one meaning, so that they can be joined.
    """
    entries = map(context.lexicon.usual_entry, re.split(r" ?& ?|[-/._]", written))
    return all(entry is not None and entry.sure for entry in entries)


def _read_parts(written: str, parts: list[str], match: re.Match[str], context: Context) -> Answer:
    """The chain part by part: & is “và”, a slash a pause."""
    signs = [sign.strip() for sign in re.findall(r" ?& ?|[-/._]", written)]
    words, why, at = "", None, match.start()
    for part, sign in zip(parts, [*signs, ""], strict=True):
        answer = _read_one(part, at, at + len(part), context)
        words += answer.spoken if isinstance(answer, Guess) else answer
        why = why or (answer.why if isinstance(answer, Guess) else None)
        words += {"&": " và ", "/": ", ", "-": " ", ".": " ", "_": " "}.get(sign, "")
        at += len(part) + 1
    return Guess(words, why) if why else words


@rule(rf"[A-ZĐ]{{2,8}}(?=\) ?(?:- ?|[{UPPER}]))", starts="word")
def newspaper(match: re.Match[str], context: Context) -> str | None:
    """The sign of a newspaper at the head of a report.

    (QNO) - Sáng nay …, (BTV) Từ năm …: the paper that a report is taken from
    """
    at = match.start()
    if context.char(at - 1) != "(" or not context.begins_line(at - 1):
        return None
    return "Thông tấn xã Việt Nam" if match[0] == "TTXVN" else spell_letters(match[0])


@rule(r"Vietnam\+", starts="word")
def vietnam_plus(match: re.Match[str], context: Context) -> str:
    """The name of a news site: (TTXVN/Vietnam+) -> Vietnam plus"""
    return "Vietnam plus"


@rule(rf"T[PT](?= - [{UPPER}])", starts="word", only_if=at_line_start)
def newspaper_or_town(match: re.Match[str], context: Context) -> Guess:
    """TP or TT at the head of a report.

    TP - Đó là con số …, TT - Từ ngày: a paper's sign at the head of a report, or a town
    """
    either = Message("a paper's sign, or a place")
    return Guess(spell_letters(match[0]), either)


@rule(r"[A-ZĐ](?:[hgr]|gh)?(?:\.[A-ZĐƯ](?:[hgr]|gh)?){1,5}(?![^\W\d_])\.?", starts="word")
def dotted_capitals(match: re.Match[str], context: Context) -> Answer:
    """Capitals with dots: T.Ư -> trung ương; initials letter by letter: anh T.Th.H., chị Ng.V.A"""
    letters = match[0].replace(".", "")
    if len(letters) < 4 and letters not in ("TƯ", "TW", "TP", "TX"):
        return spell_letters(letters)
    entry = meaning(context, letters, match.start(), match.end())
    return entry.reading if entry and entry.sure else spell_letters(letters)


@rule(rf"{_WORD}(?:(?: ?& ?|[-/._]){_WORD}){{1,6}}(?![^\W_])", starts="word")
def abbreviation_chain(match: re.Match[str], context: Context) -> Answer:
    """Abbreviations with signs between them.

    LĐ-TB&XH -> lao động, thương binh và xã hội; CMND/CCCD; anything that is not all abbreviations is left alone
    """
    written = match[0]
    parts = re.split(r" ?& ?|[-/._]", written)
    if not all(_is_mostly_capitals(part) for part in parts):
        return None
    whole = _read_whole(written, match, context)
    return whole or _read_parts(written, parts, match, context)


@rule(r"([A-Z][a-z]{2,9})([B-DF-HJ-NP-TV-Z]{2,4})(?![^\W_])", starts="word")
def word_with_letters(match: re.Match[str], context: Context) -> str | None:
    """Capitals behind a foreign word: ChatGPT -> Chat giê pê tê"""
    return None if match[0] in context.lexicon else f"{match[1]} {spell_letters(match[2])}"


@rule(r"([A-Z][a-z]{4,11})([A-Z])(?![^\W_])", starts="word")
def word_with_letter(match: re.Match[str], context: Context) -> str | None:
    """A capital behind a foreign word: CloraminB -> Cloramin bê"""
    return None if match[0] in context.lexicon else f"{match[1]} {spell_letters(match[2])}"


@rule(
    rf"([{LOWER}]{{2,4}}|[{UPPER}][{LOWER}]{{1,3}})\.(?= ?[{UPPER}][{LOWER}]+(?: [{UPPER}]|[,;)\n]|$))", starts="word"
)
def dotted_small_abbreviation(match: re.Match[str], context: Context) -> str | None:
    """Abbreviation in small letters with a dot before a name, which ends no sentence: gx. Tân Hóa -> giáo xứ Tân Hóa"""
    entry = meaning(context, match[1], match.start(), match.end())
    return entry.reading if entry and entry.sure else None


@rule(rf"{_WORD}(?![^\W\d_]|'[^\W\d_])", starts="word")
def abbreviation(match: re.Match[str], context: Context) -> Answer:
    """One abbreviation.

    UBND -> ủy ban nhân dân; unknown capitals are spelled out; Facebook and KBang stay as they are
    """
    word = match[0]
    if len(word) < 2 or not (_is_mostly_capitals(word) or word in context.lexicon):
        return None
    if not word.isupper() and meaning(context, word, match.start(), match.end()) is None:
        return None
    if _is_defined_here(match, context) or _is_explained_behind(match, context):
        return spell_letters(word)
    return _read_one(word, match.start(), match.end(), context)


def _is_defined_here(match: re.Match[str], context: Context) -> bool:
    """Whether its words stand beside it: trạm biến áp viết tắt là TBA; GQVL: giải quyết việc làm"""
    words = context.definitions.get(match[0])
    if not words:
        return False
    following = context.text[match.end() : match.end() + len(words) + 4].lstrip(" :=-")
    return context.is_after(match.start(), _DEFINING) or following.lower().startswith(words.lower())


def _is_explained_behind(match: re.Match[str], context: Context) -> bool:
    """Whether what it stands for follows: LUC đất chuyên trồng lúa nước; ONT là đất ở nông thôn; BHYT: bảo hiểm y tế"""
    sign = _EXPLAINS.match(context.text, match.end()) if len(match[0]) > _PAIR else None  # not PH phối hợp
    following = context.text[sign.end() : sign.end() + _LONGEST_READING].lower() if sign else ""
    told = (reading.lower() for reading in context.lexicon.readings(match[0]) if " " in reading)
    return following != "" and following.startswith(tuple(told))


_EXPLAINS = pattern(rf"(?: ?[:=–-] ?| là | )(?=[{LOWER}])")
_PAIR, _LONGEST_READING = 2, 80  # letters


def _read_one(word: str, start: int, end: int, context: Context) -> str | Guess:
    """One word in capitals.

    UBND -> ủy ban nhân dân; what no table knows is put together, said as a word or spelled out
    """
    entry = meaning(context, word, start, end)
    if entry is not None and word not in context.definitions and _is_firm(word, entry, context, start):
        return Guess(spell_letters(word), ambiguous(word))
    if entry is not None:
        return entry.reading if entry.sure else Guess(entry.words(word), ambiguous(word))
    return _read_unknown(word, start, end, context)


def _read_unknown(word: str, start: int, end: int, context: Context) -> str | Guess:
    """A word that no table knows: its full form, put together, said as a word or spelled out."""
    if word.isupper() and (written_out := context.memory.expansion(word)):
        return written_out
    if len(word) > 3 and not (word.isupper() and _is_pronounceable(word)) and (words := compose(word, context)):
        return Guess(words, PUT_TOGETHER)
    if not word.isupper():
        return word
    if len(word) > 2 and (words := guess_phrase(context, word, start, end)):
        return Guess(words, UNKNOWN)
    if len(word) > 3 and _is_pronounceable(word):
        return Guess(word.capitalize(), Message("unknown capitals, read as a word"))
    return Guess(spell_letters(word) or word.lower(), UNKNOWN)


def _is_firm(word: str, entry: Entry, context: Context, start: int) -> bool:
    """Whether it is the name of a firm: Công ty TNHH HSD: the letters of a firm's name, whatever else they stand for"""
    worded = "".join(part[0] for part in entry.reading.split()) == word.lower()
    return worded and context.is_after(start, _FIRMS) and _TRADES.fullmatch(word) is None


def _is_pronounceable(word: str) -> bool:
    """Whether consonants and vowels take turns, so that it can be said as a word: LILAMA, BLUEZONE, KHƯƠL."""
    word = unicodedata.normalize("NFD", word).translate(_MARKS)
    word = re.sub("^(?:[TPCKGN]H|TR)", "T", word)
    vowels = len(re.findall("[AEIOUY]", word))
    if len(word) > 5 and vowels >= 0.3 * len(word):
        return re.search(r"[^AEIOUY]{3}", re.sub("[TPCSWG]H|CK|NG|ST", "T", word)) is None
    return vowels > 0 and re.search(r"[^AEIOUY]{3}", word) is None and re.search(r"[AEIOUY]", word[:2]) is not None


@rule(rf"([{LOWER}]{{3,7}})([A-ZĐ]{{2,8}})(?![^\W_])", starts="word")
def abbreviation_behind_word(match: re.Match[str], context: Context) -> Answer:
    """Abbreviation without a blank in front: hoặcBV -> hoặc bệnh viện, where a blank was forgotten"""
    if match[1].isascii() or not is_syllable(match[1]):
        return None
    answer = _read_one(match[2], match.start(2), match.end(), context)
    words, why = answer if isinstance(answer, Guess) else (answer, None)
    return Guess(f"{match[1]} {words}", why) if why else f"{match[1]} {words}"


@rule(rf"[{LOWER}]{{2,12}}(?![^\W\d_])", starts="word")
def small_abbreviation(match: re.Match[str], context: Context) -> Answer:
    """Abbreviation in small letters.

    sđt -> số điện thoại, âl -> âm lịch: written small in a hurry; of “evnspc chấm vn” nothing is to be read
    """
    word = match[0]
    if context.after(match.end()).startswith("chấm ") or context.before(match.start()).endswith(" chấm"):
        return None
    entry = meaning(context, word, *match.span())
    if entry is not None:
        return entry.reading if entry.sure else Guess(entry.reading, ambiguous(word))
    capital = context.lexicon.usual_entry(context.lexicon.capitals(word))
    return capital.reading if capital and capital.sure else None


_HEADS = {"S": "sở", "P": "phòng", "B": "bộ"}


def compose(word: str, context: Context) -> str:
    """Words for an unknown abbreviation.

    Put together from abbreviations it is made of, the fewest first: PTKTXH -> phát triển kinh tế xã hội.

    Only from those with one meaning: quốc lộ điện lực khu vực would be absurd; nothing where a letter is left over.
    """
    if len(word) > 12:
        return ""
    best: list[list[str] | None] = [[], *([None] * len(word))]
    if word.startswith("TT"):  # a centre of something, wherever it leads a name
        best[2] = ["trung tâm"]
    for end in range(2, len(word) + 1):
        for start in range(end - 1):
            best[end] = _shorter(best[end], best[start], word[start:end], context)
        if end == 2 and word[0] in _HEADS and best[1] is None:
            best[1] = [_HEADS[word[0]]]
    parts = best[-1]
    return " ".join(parts) if parts and len(parts) > 1 else ""


def _shorter(known: list[str] | None, ahead: list[str] | None, letters: str, context: Context) -> list[str] | None:
    """`known`, or the parts `ahead` and what `letters` stand for, where those are fewer"""
    if ahead is None or (known is not None and len(ahead) + 1 >= len(known)):
        return known
    entry = context.lexicon.usual_entry(letters)
    fit = entry is not None and entry.sure and _WIND.fullmatch(entry.reading) is None  # no “nam đông nam” in a word
    return [*ahead, entry.reading] if entry and fit else known


_WIND = pattern(r"(?i)(?:đông|tây|nam|bắc)(?: (?:đông|tây|nam|bắc)){0,2}")


@rule(r"[a-zđ][A-ZĐ](?![^\W\d_])", starts="word")
def symbol(match: re.Match[str], context: Context) -> Answer:
    """A symbol of science: pH -> pê hát"""
    return spell_letters(match[0]) if match[0] in context.lexicon else None


@rule(r"[a-zđ][A-ZĐ]{2,8}[A-Za-z]{0,4}(?![^\W\d_])", starts="word")
def small_and_capitals(match: re.Match[str], context: Context) -> Answer:
    """One small letter before capitals: bOPV -> bê o pê vê"""
    return spell_letters(match[0])


@rule(r"[B-DF-HJ-NP-TV-XZĐ][bcdfghjklmnpqrstvwxzđ]{1,4}(?![^\W\d_]|')", starts="word")
def consonants(match: re.Match[str], context: Context) -> Answer:
    """A capital and letters without a vowel: vắc xin Td -> tê dê"""
    if match[0] in _INITIALS:
        named = re.search(rf"[{UPPER}][{LOWER}]* $", context.text[max(0, match.start() - 8) : match.start()])
        ended = context.char(match.end()) == "." or (
            named and (context.char(match.end()) in ("", *",;:)") or context.text.startswith(" (", match.end()))
        )
        opens = context.char(match.end()) == " " and context.char(match.end() + 1).islower()  # Kh tiêm phòng
        if opens and not ended:
            return _guess_capitals(match, context) or (
                Guess(spell_letters(match[0]), _NO_VOWEL) if context.begins_sentence(match.start()) else None
            )
        return spell_letters(match[0]) if ended else None
    entry = _small_meaning(match, context)  # Gđ, Sđt, where a sentence begins
    if entry:
        return entry.reading if entry.sure else Guess(entry.words(match[0]), ambiguous(match[0]))
    guess = _guess_capitals(match, context) if context.begins_sentence(match.start()) else None
    return guess or Guess(spell_letters(match[0]), _NO_VOWEL)


_PERSONS = words_before("ông|bà|anh|chị")
_LETTER_NAMES = frozenset(name.lower() for name in LETTERS.values())
_NO_VOWEL = Message("no vowel in it: spelled out letter by letter")


def _small_meaning(match: re.Match[str], context: Context) -> Entry | None:
    """What a word stands for that is known in small letters: Gđ, sđt"""
    small, place = match[0].lower(), match.span()
    return meaning(context, small, *place) or meaning(context, context.lexicon.capitals(small), *place)


def _guess_capitals(match: re.Match[str], context: Context) -> Guess | None:
    """What letters stand for where they are written in capitals: kh tiêm phòng, Kt nước"""
    if len(match[0]) == 1 or neighbours_of(context, *match.span())[1].lower() in _LETTER_NAMES:  # vn e i đê
        return None
    if context.is_after(match.start(), _PERSONS) or context.after(match.end()).startswith("chấm "):  # ông bh riu Nhót
        return None
    entry = meaning(context, match[0].upper(), *match.span())
    return Guess(entry.reading, ambiguous(match[0])) if entry and entry.said else None


@rule(r"[bcdđfghjklmnpqrstvxz]{1,4}(?![^\W_]|'|\.[^\W\d_])", starts="word")
def small_consonants(match: re.Match[str], context: Context) -> Guess | None:
    """Small letters without a vowel.

    kh tiêm phòng: what they stand for in capitals; tiền l à, 300-700k: where nothing is known they stay, but at the
    head of a sentence, where a capital would be put, they are spelled out; those of a site’s name are spoken text
    """
    before = context.text[max(0, match.start() - 8) : match.start()]
    if before.endswith(("'", "chấm ", "còng ", "ngang ", "chéo ", "dưới ")):
        return None
    if guess := _guess_capitals(match, context):
        return guess
    if re.search(r"(?:[\w,;%] |\d|\w/)$", before):
        return Guess(match[0], Message("small letters that nobody can say, left as they are"))
    following = context.char(match.end() + 1)
    heads = context.char(match.end()) == " " and (following.isalnum() or following in _SAID)  # x + UBND
    return Guess(spell_letters(match[0].upper()), _NO_VOWEL) if heads else None


_SAID = frozenset("+=%&÷×°")  # signs that are words
_INITIALS = frozenset(("Ch", "Gh", "Gi", "Kh", "Ng", "Ngh", "Nh", "Ph", "Th", "Tr"))  # Vàng A Ch.


@rule(r"[bcdđghkmnpqrtv](?=\d{1,3}(?![^\W_]))", starts="word")
def small_letter_with_number(match: re.Match[str], context: Context) -> Guess:
    """One small letter right before a number that nobody has read: Điều 5, k2 -> ca hai, and doubtful"""
    return Guess(f"{spell_letters(match[0].upper())} ", UNKNOWN)
