"""Number plates of cars and boats: 24A-123.45 -> hai mươi tư a, một hai ba bốn năm."""

from __future__ import annotations

import re

from ...context import Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import spell_digits, spell_letters
from ...rule import RuleMaker
from .phones import spell_groups

rule = RuleMaker(Kind.PLATE)

_CUES = words_before("biển|bks|xe|ô tô|mô tô|ôtô")
_BOATS = words_before("sà lan|phà|tàu|ghe|thuyền|xuồng|tàu cá|ghe cá")
_AFLOAT = (" tàu ", " phà ", " thuyền ", " sà lan ", " ghe ")
_NUMBERS = words_before("số hiệu|biển kiểm soát|biển số|bks|số đăng ký")
_SHIPS = pattern(" (?:tàu|xuồng|ca nô|cano)(?: |$)")


@rule(r"(?:BK?S|bk?s)(?=:? ?\d{2} ?-? ?[A-ZĐ]{1,2}(?:\d? ?[-.]? ?\d{3}|\d(?![^\W_])))", starts="word")
def plate_cue(match: re.Match[str], context: Context) -> str:
    """“BS” or “BKS” before a plate or its beginning: xe máy BS: 77-L1 567.89, SH bs 71C4 -> biển số"""
    return "biển kiểm soát" if "k" in match[0].lower() else "biển số"


@rule(
    r"(\d{2}) ?-? ?([A-ZĐ]{1,2}\d?)( ?[-_]? ?)"
    r"(\d{3}\.?(?:\d{2}|[xX]{2})|\d{2}\.\d{3}|\d{2}\.?[xX]{2}|[xX]{3}\.\d{2}|\d[xX]{2}\.[xX]{2}|\d{4})(?![\d.]\d|\w)"
)
def car_plate(match: re.Match[str], context: Context) -> str | None:
    """Plate of a car: xe biển số 29-B1 123.45"""
    certain = match[4][3:4] == "." and match[3]
    listed = context.follows(Kind.PLATE, match.start(), "; ", ", ", " ; ", " và ")
    if not (certain or listed) and not any(cue in context.before(match.start()) for cue in _CUES):
        return None
    return f"{context.number(match[1])} {spell_letters(match[2])}, {spell_groups(match[4].replace('.', ''))}"


_PLATE = r"(?:\d{2} ?-? ?[A-ZĐ]{1,2}\d?|MĐ\d)[ -]?\d{3}\.\d{2}(?![\d.,]\d|\w)"


@rule(rf"(\d{{1,4}})(?: - ?| ?- )(?={_PLATE})")
def number_before_plate(match: re.Match[str], context: Context) -> str:
    """A number before a dash and a plate: SYM Elegant 50 - 65AA-027.36 -> năm mươi, …"""
    return f"{context.number(match[1])},"


@rule(rf"- ?(?={_PLATE})", starts="sign")
def dash_between_plates(match: re.Match[str], context: Context) -> str | None:
    """From plate to plate of a series: MĐ1-032.15 - MĐ1-033.70 -> đến"""
    last = context.previous
    if not context.follows(Kind.PLATE, match.start()):
        return None
    first, other = context.text[last.start : last.end], context.text[match.end() : match.end() + last.end - last.start]
    return " đến " if first[:-6] == other[:-6] and first[-6:] < other[-6:] else ", "


@rule(r"(MĐ\d)[ -]?(\d{3}\.\d{2})(?![\d.,]\d|\w)", starts="word")
def electric_plate(match: re.Match[str], context: Context) -> str:
    """Plate of an electric bicycle, without its province: MĐ1-032.15 -> mờ đê một, không ba hai một năm"""
    return f"{spell_letters(match[1])}, {spell_groups(match[2].replace('.', ''))}"


@rule(r"([A-Z]{2})([- ])(\d{2}[.-]?\d{2})(?!\w)", starts="word")
def military_plate(match: re.Match[str], context: Context) -> str | None:
    """Plate of the army: biển số KV-8250; “xe … (SN 1983)” is a driver's year"""
    words = context.before(match.start())
    if match[2] == " " and match[3][:2] in ("19", "20"):  # xe SX 2005
        return None
    if not any(cue in words for cue in _CUES) or not (match[2] == "-" or words.endswith(_CUES)):
        return None
    return f"{spell_letters(match[1])}, {spell_digits(match[3])}"


@rule(r"([A-ZĐ]{1,3}|[A-ZĐ]{1,2}[a-zA-Z]{1,2})(?: ?- ?| )?(\d{4,5}|\d{3}\.\d{2})(?:[- ]?(TS))?(?!\w)", starts="word")
def boat_plate(match: re.Match[str], context: Context) -> str | None:
    """Number of a boat: tàu cá BT-93456-TS; QNg 12313 TS is a boat without a word that says so"""
    words = context.before(match.start())
    afloat = words.endswith(_NUMBERS) and any(cue in words for cue in _AFLOAT)
    named = match[3] or afloat or words.removesuffix(" số").removesuffix(" số hiệu").endswith(_BOATS)
    if not named:
        return None
    tail = f" {spell_letters(match[3])}" if match[3] else ""
    return f"{spell_letters(match[1])}, {spell_digits(match[2].replace('.', ''))}{tail}"


@rule(r"([A-ZĐ]{2,4}) ?(\d{2}(?:[.-]\d{2}){1,2}|\d{6})(?![\w/]|[.-]\d)", starts="word")
def ship_number(match: re.Match[str], context: Context) -> str | None:
    """Number of a ship: tàu BP 06.14.01 -> bê pê không sáu, một bốn, không một"""
    if not _SHIPS.search(context.before(match.start())):
        return None
    return f"{spell_letters(match[1])} {', '.join(map(spell_digits, re.split('[.-]', match[2])))}"
