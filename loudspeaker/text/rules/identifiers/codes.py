"""Technical names with digits: Covid-19, A/H5N1, 5G, ST25, KNO3, lớp 12C3. Letters by name, digits as numbers."""

from __future__ import annotations

import re

from ....errors import Message
from ...abbreviations import meaning
from ...context import REACH, Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...numerals import roman, spell_digits, spell_letters
from ...reasons import UNKNOWN
from ...rule import Answer, Guess, RuleMaker, near_number
from ...syllables import LOWER, UPPER, has_vowel

rule = RuleMaker(Kind.CODE)

NUMBERED = words_before(cue_list("places_with_letter"))
GAPS = (", ", " và ", "; ", "-", " - ", "/")
_GRADED = words_before("phụ lục|mục|nhóm|loại|hạng|biểu|mẫu|bảng|cấp")
_BUILDINGS = words_before(cue_list("buildings"))
_BORE = pattern(r" ?mm(?!\w)")
_SORT = pattern(rf" (?:{cue_list('named_varieties')})$")
_CITY = pattern(r"[,.]? ?(?:TP|[Tt]p)")
_PERSON = pattern(
    r"(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Cc]hú|[Bb]ác|[Ee]m|[Cc]háu|[Cc]ụ|[Tt]hầy|[Hh]ộ|[Đđ]ồng chí|[Đđ]/c)"
    rf"(?: [{UPPER}][{LOWER}]*){{1,4}} $"
)
_PART = pattern(r"[^\W\d_]+|\d+")


def _say_name(name: str, context: Context) -> str:
    """TVS -> tê vê ét; Covid stays"""
    if not name.isupper() and not name[0].islower():
        return name if has_vowel(name) else spell_letters(name)  # QNg-92114
    known = context.lexicon.usual_entry(name) if len(name) > 2 else None
    return known.reading if known and known.sure else spell_letters(name) or name


@rule(r"([A-ZĐ]{1,3})-(\d{1,6})-(\d{2,4})(?![^\W_]|[./-]\d)", starts="word")
def registration(match: re.Match[str], context: Context) -> str:
    """Registration of a medicine: thuốc VD-32524-19 -> vê dê ba hai năm hai bốn, một chín; a plot, lô C-11-05"""
    if len(match[2]) <= 2 == len(match[3]):
        return f"{spell_letters(match[1])} {', '.join(map(context.numerals.code, match.group(2, 3)))}"
    return f"{spell_letters(match[1])} {spell_digits(match[2])}, {spell_digits(match[3])}"


@rule(r"Rh ?([-+])(?!\w)", starts="word")
def rhesus_factor(match: re.Match[str], context: Context) -> str:
    """The Rhesus factor of blood: nhóm O(Rh-) -> rờ hát âm"""
    return f"rờ hát {'âm' if match[1] == '-' else 'dương'}"


@rule(r"mp([34])(?!\w)", starts="word")
def sound_file(match: re.Match[str], context: Context) -> str:
    """Kind of a sound file: file mp3 -> mờ pê ba"""
    return f"mờ pê {context.number(match[1])}"


@rule(r"U\.(\d{2})(?!\d)", starts="word")
def age_class(match: re.Match[str], context: Context) -> str:
    """Age class of a team: đội U.15 -> u mười lăm"""
    return f"u {context.number(match[1])}"


@rule(r"((?:[A-ZĐ]{2,5}-){2,3})(\d{3,8})(?![^\W_]|[./-]\d)", starts="word")
def code_of_several_groups(match: re.Match[str], context: Context) -> str:
    """A code of letters in groups and a number: mã vùng trồng VN-DLOR-0187 -> vê nờ, dê lờ o rờ, không một tám bảy"""
    groups = [spell_letters(group) for group in match[1].strip("-").split("-")]
    return f"{' '.join(groups)} {spell_digits(match[2])}"


@rule(r"([A-Z]{3,4})-([A-Z]\d{1,2})(?![^\W_]|[./-]\d)", starts="word")
def norm(match: re.Match[str], context: Context) -> Guess | None:
    """A norm of letters, a dash and a version: DVB-T2 -> dê vê bê tê hai"""
    known = match[1] in context.lexicon or match[1] in context.definitions
    version = f"{spell_letters(match[2][0])} {context.number(match[2][1:])}"
    return None if known else Guess(f"{spell_letters(match[1])} {version}", UNKNOWN)


@rule(r"([^\W\d_]{1,14})-(\d{1,6})([A-Z]?)(?![^\W_]|[./-]\d)", starts="word")
def name_dash_number(match: re.Match[str], context: Context) -> Answer:
    """A name, a dash and a number: Covid-19 -> Covid mười chín; TVS-1 -> tê vê ét một"""
    name = match[1]
    if name == "BKS":  # BKS-60C 305.82
        return None
    if match[2] == "19" and re.fullmatch("C[A-Z]{2,4}D", name.upper()):  # COVD-19, a slip
        return (
            Guess("Covid mười chín", Message("a slip of Covid-19?")) if name.upper() != "COVID" else "Covid mười chín"
        )
    if name.islower() or (name.istitle() and len(name) > 1 and not name.isascii()):
        return None
    letter = f" {spell_letters(match[3])}" if match[3] else ""
    number = spell_digits(match[2]) if len(match[2]) > 4 else context.numerals.code(match[2])
    return f"{_say_name(name, context)} {number}{letter}"


@rule(r"([AB])/(?=H\d)", starts="word")
def virus_strain(match: re.Match[str], context: Context) -> str | None:
    """Strain of a virus: A/H5N1 -> a hát năm nờ một"""
    return spell_letters(match[1])


@rule(r"([A-Z]{2,3})((?:\.\d{1,2}){1,3})(?![^\W_]|[./]\d)", starts="word")
def virus_lineage(match: re.Match[str], context: Context) -> str | None:
    """Lineage of a virus: biến thể BA.5 -> bê a chấm năm; XBB.1.5"""
    if match[1] in context.lexicon:
        return None
    return spell_letters(match[1]) + "".join(f" chấm {context.number(part)}" for part in match[2][1:].split("."))


@rule(r"([A-Z]{1,3})(\d{1,4})[.,](\d{1,3})(?![^\W_]|[./]\d)", starts="word")
def code_with_decimals(match: re.Match[str], context: Context) -> str | None:
    """Letters and a number with a point: bụi PM2.5 -> pê mờ hai phẩy năm; trạm E29.1 -> e hai mươi chín chấm một"""
    if "," in match[0] and match[1] != "PM":
        return None
    strong = match[1] == "M" and " độ lớn" in context.before(match.start())  # of an earthquake
    point = "phẩy" if match[1] == "PM" or strong else "chấm"
    return f"{spell_letters(match[1])} {context.numerals.code(match[2])} {point} {context.numerals.code(match[3])}"


@rule(r"(I|II|III|IV|V)([A-Da-d])(\d?)(?![^\W_])", starts="word")
def roman_grade(match: re.Match[str], context: Context) -> str | None:
    """Grade of a forest or of a list: rừng IIIA3 -> ba a ba; nhóm IIB; Phụ lục Ia"""
    if (match[2].islower() or len(match[1]) == 1) and not (
        context.is_after(match.start(), _GRADED) or context.follows(Kind.CODE, match.start(), ", ", " và ")
    ):
        return None
    digit = f" {context.number(match[3])}" if match[3] else ""
    return f"{context.numerals.cardinal(roman(match[1]))} {spell_letters(match[2].upper())}{digit}"


@rule(r"([A-Z]{2}) ?(\d{3,4})(?!\d|[.,/]\d)", starts="word")
def flight(match: re.Match[str], context: Context) -> str | None:
    """Number of a flight: chuyến bay TK162, TG 560 -> tê ca một trăm sáu mươi hai"""
    flown = any(cue in context.before(match.start()) for cue in (" chuyến bay", " số hiệu bay"))
    return f"{spell_letters(match[1])} {context.numerals.code(match[2])}" if flown else None


@rule(r"CT0[1-9][a-z]?(?![^\W_]|[./-]\d)", starts="word", unless_before=("của", "ngày"))
def form_of_residence(match: re.Match[str], context: Context) -> str:
    """A form that people fill in at the police: tờ khai CT01, CT07 -> xê tê không một, and no directive"""
    return spell_parts(match[0], context)


@rule(r"[A-ZĐ]{1,6}\d{1,5}(?:[A-ZĐ]{1,3}\d{0,4}){0,3}(?![^\W_])", starts="word")
def letters_and_digits(match: re.Match[str], context: Context) -> Answer:
    """Letters and digits in turn: H5N1 -> hát năm nờ một; ST25 -> ét tê hai mươi lăm; BĐ3 -> báo động ba"""
    letters, digits = _split_code(match[0])
    answer = _read_code(match, letters, digits, context) or _place_or_size(match, letters, digits, context)
    if answer:
        return answer
    if len(match[0]) > 10:  # số khung RLHJC4329AY041217
        parts = _PART.findall(match[0])
        return " ".join(spell_digits(part) if part.isdecimal() else spell_letters(part) for part in parts)
    spoken = spell_parts(match[0], context)
    unknown = len(letters) > 3 and digits and letters not in context.lexicon
    person = len(letters) < 3 and _PERSON.search(context.text[max(0, match.start() - REACH) : match.start()])
    return Guess(spoken, UNKNOWN) if unknown or person else spoken  # chị Thúc L1


def _place_or_size(match: re.Match[str], letters: str, digits: str, context: Context) -> Answer:
    """Code of a school, a district or a pipe.

    trường C2 -> cấp hai; cách Q1 khoảng 12km -> quận một; ống D1200 mm -> dê một nghìn hai trăm
    """
    if letters == "C" and digits in ("1", "2", "3") and context.is_after(match.start(), " trường"):
        return f"cấp {context.number(digits)}"
    if match[0] == "C4" and context.is_after(match.start(), " nhà"):
        return "cấp bốn"
    if word := _numbered_part(letters, digits, context):
        return Guess(f"{word} {context.number(digits)}", UNKNOWN)
    if letters == "Q" and 0 < int(digits or 0) < 13 and not context.after_variety(match.start()):
        spoken = f"quận {context.number(digits)}"
        return spoken if _CITY.match(context.text, match.end()) else Guess(spoken, Message("a district, or a name"))
    if len(match[0]) <= 10 and digits and _BORE.match(context.text, match.end()):
        return f"{spell_letters(letters)} {context.number(digits)}"
    return None


_PARTS = {  # what a letter and a number up to twelve stand for where the text has one of these words
    "K": ("khối", ("khối", "phụ huynh", "học sinh", "môn", "toán", "lịch thi")),
    "Đ": ("đợt", ("đợt", "lịch tiêm", "bổ sung")),
    "P": ("phòng", ("sbd", "phòng thi", "mỗi phòng", "lịch thi", "số báo danh", "thí sinh", "coi thi")),
    "V": ("vòng", ("từng vòng", "các vòng", "vòng đấu giá", "mỗi vòng")),
}


def _numbered_part(letters: str, digits: str, context: Context) -> str:
    """Part of a school or of a campaign: K3: 8h30 -> khối; Đ1: 20/9 -> đợt"""
    word, told = _PARTS.get(letters, ("", ()))
    return word if 0 < int(digits or 0) < 13 and context.memory.count_words(told) else ""


def _read_code(match: re.Match[str], letters: str, digits: str, context: Context) -> str:
    """What the letters of a code stand for, with its number; nothing where they are only letters."""
    return _numbered_word(match, letters, digits, context) or _numbered_abbreviation(match, letters, digits, context)


def _numbered_word(match: re.Match[str], letters: str, digits: str, context: Context) -> str:
    """Code whose letters stand for a word: BĐ3 -> báo động ba; trên báo động BĐ2 -> hai; KP3A -> khu phố ba a"""
    games = letters == "TK" and context.memory.count_words(("bán kết", "chung kết", "bk", "ck", "bk1", "thi đấu"))
    word = "tứ kết" if games else context.lexicon.codes.get(letters)
    if word and not _has_other_meaning(match, letters, digits, context):
        if context.adjoins(match.start(), (f" {word}",)):  # not 2 giai đoạn:⏎- GĐ1
            return context.numerals.code(digits)
        if not context.after_variety(match.start()):
            return f"{word} {context.numerals.code(digits)}"
    lettered = _LETTERED.fullmatch(match[0])
    return f"{context.lexicon.codes[lettered[1]]} {spell_parts(lettered[2], context)}" if lettered else ""


_LETTERED = pattern(r"(TDP|KP|KDC)(\d{1,2}[A-D])")


def _has_other_meaning(match: re.Match[str], letters: str, digits: str, context: Context) -> bool:
    """Whether the letters stand for something else here.

    Trụ sở: …; CS2: … is a site, cam CS1 none; mẫu HK02 is no term; tòa CT2 no programme
    """
    if letters in ("BK", "CK", "HK"):
        return digits not in ("1", "2")
    if letters == "PA":  # PA08 is an office of the police
        return digits[:1] == "0" or len(digits) != 1
    if letters == "CS":
        return context.char(match.end()) != ":"
    return letters == "CT" and context.is_after(match.start(), (*_BUILDINGS, " mẫu", " tờ khai", " cư trú", " giấy"))


def _numbered_abbreviation(match: re.Match[str], letters: str, digits: str, context: Context) -> str:
    """Abbreviation with a number: STT5, BLHS2015, where a blank was forgotten"""
    at = match.start()
    year = _YEAR.fullmatch(digits)
    if not digits or not (year or len(letters) > 2) or context.after_variety(at):
        return ""
    entry = meaning(context, letters, at, at + len(letters))
    if entry is None or not entry.sure:
        return ""
    return f"{entry.reading} {context.number(digits) if year else context.numerals.code(digits)}"


_YEAR = pattern(r"(?:19|20)\d\d")


@rule(r"([A-ZĐ]{2,3}) (\d{1,5})(?=( ?(?:[,;.)(]|và )|$)?)(?![.,]\d|\d| ?[%°])", starts="word")
def plant_variety(match: re.Match[str], context: Context) -> str | None:
    """Variety of a plant.

    các giống lúa: Đài thơm 8, BC 16, NX 30 -> bê xê mười sáu …; giống KD 18 từ; IR 50404, OM 5451 anywhere
    """
    famous = match[1] in ("IR", "OM") and len(match[2]) > 2
    if match[3] is None and not (famous or _SORT.search(context.before(match.start()))):
        return None
    season = match[1] in ("HT", "ĐX") and re.fullmatch(r"20\d\d", match[2])
    if season or not (famous or context.after_variety(match.start())):
        return None
    return f"{spell_letters(match[1])} {context.numerals.code(match[2])}"


@rule(r"[A-Z][A-Za-z]{0,5}[A-Z]\d{1,3}[a-z]?(?![^\W_])", starts="word")
def chemical_formula(match: re.Match[str], context: Context) -> str | None:
    """Formula with small letters: SpO2 -> ét pê o hai"""
    return spell_parts(match[0], context)


@rule(r"([a-z])([A-Z]{1,2})(\d{2,5})(?![^\W_]|[.,]\d)", starts="word", unless=near_number)
def model_with_small_letter(match: re.Match[str], context: Context) -> str:
    """Model of a machine: Canon iR2520 -> i rờ hai nghìn năm trăm hai mươi"""
    return f"{spell_letters(match[1].upper() + match[2])} {context.numerals.code(match[3])}"


@rule(rf"([A-ZĐ][{LOWER}]{{1,12}})(\d{{1,3}})(?![^\W_]|[.,]\d)", starts="word")
def name_with_number(match: re.Match[str], context: Context) -> str | None:
    """A name with a number: Xi23 -> Xi hai mươi ba; Vnr10 -> vê nờ rờ mười"""
    name = match[1] if has_vowel(match[1]) else spell_letters(match[1])
    return f"{name} {context.numerals.code(match[2])}"


@rule(r"([A-Z])(\d{1,2})s(?!\w)", starts="word")
def model(match: re.Match[str], context: Context) -> str:
    """Model of a telephone: điện thoại A50s -> a năm mươi ét"""
    return f"{spell_letters(match[1])} {context.number(match[2])} ét"


def _split_code(written: str) -> tuple[str, str]:
    """H5N1 -> H5N, 1: the letters, and the digits at the end"""
    letters = written.rstrip("0123456789")
    return letters, written[len(letters) :]


def spell_parts(written: str, context: Context) -> str:
    """Letters by their names, digits as numbers: H5N1 -> hát năm nờ một"""
    parts = _PART.findall(written)
    return " ".join(context.numerals.code(part) if part.isdecimal() else spell_letters(part) for part in parts)
