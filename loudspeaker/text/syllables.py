"""Vietnamese syllables, told by their spelling alone, and names of sites cut into them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from .lazy_regex import pattern

_MARKED = "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
LOWER = "a-z" + _MARKED  # for the inside of a character class
UPPER = "A-Z" + _MARKED.upper()

# A letter, mark or sign of a script that is not Latin: a class of what it is not, since a class of some sixty thousand
# letters takes long to compile. Ø φ as a bore is read by its own rule.
OTHER_SCRIPT = (
    "[^\0-\u00b4\u00b6-\u024f\u0300-\u036f\u1d00-\u1eff\u2000-\u2c5f\u2de6-\u2e7f\u3000-\u3004\ua720-\ua7ff\uab00-\uabbf"
    "\ufb00-\ufb06\ufe00-\ufe6f\ufeff-\uff65\uffdd-\uffff\U0001d000-\U0001ffff\U00040000-\U0010ffff]"
)

_TONES = pattern("[\u0300\u0301\u0303\u0309\u0323]")
_SYLLABLE = (
    r"(?!(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|[bcdđghklmnprstvx])yê)"  # yên and quyên, but no ngyên
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx])?"
    r"(?:"
    r"(?:iê|yê|uyê|uâ|oă|oe|oa|uô|ươ|uê|uơ|[aăâeêoôơuưi])(?:ch|nh|ng|[cmnpt])"
    r"|(?:uy)(?:ch|nh|[npt])"
    r"|(?:iêu|yêu|uôi|ươi|ươu|oai|oay|oao|oeo|uây|uya|uyu|uêu"
    r"|ai|ao|au|ay|âu|ây|eo|êu|iu|oi|ôi|ơi|ui|ưi|ưu|ia|ua|ưa|oa|oe|uê|uơ|uy|[aeêioôơuưy])"
    r")"
)
_WHOLE_SYLLABLE = pattern(_SYLLABLE)


@lru_cache(maxsize=4096)
def is_syllable(word: str) -> bool:
    """Whether `word`, of any case, could be a Vietnamese syllable: “đốc” is, “Bluezone” and “QR” are not."""
    if len(word) > 7:
        return False
    bare = unicodedata.normalize("NFC", _TONES.sub("", unicodedata.normalize("NFD", word.lower())))
    return _WHOLE_SYLLABLE.fullmatch(bare) is not None


def without_marks(text: str) -> str:
    """The text in small letters without marks, as long as before: Khánh Hòa -> khanh hoa."""
    return "".join("d" if letter == "đ" else unicodedata.normalize("NFD", letter)[0] for letter in text.lower())


@lru_cache(maxsize=4096)
def has_marks(word: str) -> bool:
    """Whether vowels carry marks, so that the word can be no abbreviation: “GIÁM” does, “ĐU” and “TƯ” do not."""
    return any(ord(c) > 127 and c not in "ĐđƯưƠơÂâĂăÊêÔô" for c in word) or any(c in "ÂâĂăÊêÔôƠơ" for c in word)


_PLAIN = str.maketrans("ăâđêôơưĂÂĐÊÔƠƯ", "aadeoouAADEOOU")
_LIPS = r"(?!(?:ph|[bmv])(?:ua[a-z]|oa|oe|ue|uy))"  # no such sound follows the lips: phu an, not phuan
_OPEN = r"(?!(?!th|h|q)[a-z]{1,3}uo$)"  # only thuở, huơ, quở end so: buon ho, not buo nho
_PLAIN_SYLLABLE = pattern(_OPEN + _LIPS + _SYLLABLE.translate(_PLAIN))
LONGEST = 6
# The syllables that names of communes and ordinary text have most, without marks; where a cut may fall, they decide.
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "xa tinh huyen thanh phuong pho hoa binh dong an son thi ha nam phu quang tan yen tran giang hai vinh "
        "ninh long bac quan tu ngay dinh hung dien duong tien van my chau gia minh xuan phong thai ho trung tho "
        "so chi noi loc thang phuoc duc lam co thuan la da do thuy tay khanh lai cao ba va tam tai lang cam tra "
        "bao luong tri den thu nghia nghe phuc thuong dai ky nguyen dan cong bien bang ban huong kien cu truong "
        "nhan hoi ca hiep hong cai to vu cho cua hoang le kim gio trong can muong linh trang voi tuyen dat luc "
        "lac song cac thien hop thach ngoc lao trieu nong nghi ly ngai ia dau vi lien bo ben tren thong lap thoi "
        "dung bai giao xuyen chu dao quynh hien duoc quy lo vien doi hanh khe phan con loi tre cap thap thinh hau "
        "tuong nang cat mai nhon mau nuoc mo dang cau hang tang hue nhat vung du ta tau nai doan ty vao ma qua ve "
        "don nha khoang xe anh viet thua trach moi cuong muc bi lan kon soc tich chieng sinh lieu truc hon nay "
        "chinh huu chuc sang cung na di nga nguoi khu que the hoc luu thon diem su ham de tuoi san xuong mot ra "
        "tuy kan ngan sau quoc tum tru tuan liem tong thuoc te dia tin canh thuc tieu phat lung thieu chanh bat "
        "ngu vo pa lu trinh lua chan mon chuong ke theo go mua giong toi cay sa hieu chuyen toan dam hoai duy "
        "mang se ria chieu tiep bong tram dich khai kinh truoc nhu len benh phi gian ong xuat dieu tuc may phung "
        "lon vuc kiem khong lanh giai mat bach xay lich chung ket ngo tro vang khi nhiem moc cach tham giam sat "
        "man chua hoan khoi tung lay khoa phut pham be gan ",
    )
)


def is_plain_syllable(letters: str) -> bool:
    """Whether small letters without marks could be a syllable: “dich” is, “csgt” is not."""
    return _PLAIN_SYLLABLE.fullmatch(letters) is not None


def is_common(syllable: str) -> bool:
    """Whether a syllable without marks is one of those that names have most: “hai” is, “nghai” is not."""
    return syllable in _COMMON


def cut(run: str) -> list[str]:
    """Cut letters without marks into syllables, the likeliest way: timhieuphapluat -> tim hieu phap luat; [] if none.

    The cheapest way wins: few syllables, common ones, few that open with a vowel.
    """
    if len(run) > 40:
        return []
    best: list[tuple[int, list[str]] | None] = [(0, []), *([None] * len(run))]
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - LONGEST), end):
            so_far = best[start]
            syllable = run[start:end]
            if so_far is None or not is_plain_syllable(syllable):
                continue
            cost = so_far[0] + _cost(syllable)
            known = best[end]
            if known is None or cost < known[0]:
                best[end] = (cost, [*so_far[1], syllable])
    whole = best[-1]
    return whole[1] if whole else []


def _cost(syllable: str) -> int:
    """Common ones come first, and one that opens with a vowel later: doan xa phu an, not doan xap huan."""
    common = syllable in _COMMON
    if syllable[0] in "aeiou":
        return 3 if common else 6
    return (2 if common else 4) + (2 if syllable[0] == "y" else 0)


def has_vowel(word: str) -> bool:
    """Whether it can be said at all as a word."""
    return any(c in "aeiouy" for c in unicodedata.normalize("NFD", word.lower()))
