"""Photographs of signed papers: known by their content, kept under their hash, shown only as what they were."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from loudspeaker.errors import BadUsage, NotFound
from loudspeaker.station.paper_photos import LARGEST, is_kept, keep_photo, read_photo
from loudspeaker.store.edits import apply_edits

JPEG, PNG = b"\xff\xd8\xff\xe0\0\x10JFIF\0photograph", b"\x89PNG\r\n\x1a\nphotograph"
WEBP = b"RIFF\x10\0\0\0WEBPVP8 photograph"


def keep(home: Path, data: bytes) -> str:
    sha256, edit = keep_photo(home, data)
    if edit:
        apply_edits(home, [edit], "chị Hoa")
    return sha256


@pytest.mark.parametrize(
    ("data", "kind"), [(JPEG, "image/jpeg"), (PNG, "image/png"), (WEBP, "image/webp")], ids=["jpg", "png", "webp"]
)
def test_a_photograph_is_kept_under_its_hash_and_comes_back_as_what_it_is(home: Path, data: bytes, kind: str) -> None:
    sha256 = keep(home, data)
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert is_kept(home, sha256)

    photo = read_photo(home, sha256)
    assert (photo.data, photo.media_type) == (data, kind)
    assert keep_photo(home, data) == (sha256, None)


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xd8", b"<svg onload=alert(1)>", b"GIF89a....", b"RIFF\x10\0\0\0WAVEfmt ", b"%PDF-1.7", b"MZ\x90"],
)
def test_what_is_no_photograph_is_refused(home: Path, data: bytes) -> None:
    with pytest.raises(BadUsage, match="no photograph"):
        keep_photo(home, data)


def test_one_that_is_too_large_is_refused(home: Path) -> None:
    with pytest.raises(BadUsage, match="too large"):
        keep_photo(home, JPEG + bytes(LARGEST))


@pytest.mark.parametrize("after", [None, JPEG + b" of another paper", b"<svg>"])
def test_one_that_is_gone_or_was_changed_is_never_shown(home: Path, after: bytes | None) -> None:
    sha256 = keep(home, JPEG)
    path = home / "papers" / f"{sha256}.jpg"
    path.unlink() if after is None else path.write_bytes(after)

    with pytest.raises(NotFound):
        read_photo(home, sha256)


@pytest.mark.parametrize("name", ["", "0" * 63, "0" * 64, "../commune.yaml", "A" * 64])
def test_no_other_name_leads_anywhere(home: Path, name: str) -> None:
    assert not is_kept(home, name)
    with pytest.raises(NotFound):
        read_photo(home, name)


def test_a_link_in_its_place_is_not_followed(home: Path) -> None:
    sha256 = hashlib.sha256(JPEG).hexdigest()
    (home / "papers").mkdir()
    (home / "elsewhere.jpg").write_bytes(JPEG)
    (home / "papers" / f"{sha256}.jpg").symlink_to(home / "elsewhere.jpg")

    with pytest.raises(NotFound):
        read_photo(home, sha256)
