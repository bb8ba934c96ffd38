"""What an officer's edit of a bulletin, or of how a word is read in the commune, would change before it is saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from loudspeaker.clock import FakeClock
from loudspeaker.errors import BadFile, NotFound
from loudspeaker.station import Station
from loudspeaker.station.editing.bulletin_editing import OwnWord, likely_key
from loudspeaker.store.edits import ABSENT, EditConflict, FileEdit, apply_edits

CALLS = "---\ntitle: Gọi\n---\nMời bà con cài Bluezone. Gọi CV xã.\n"


@pytest.fixture
def station(home: Path, clock: FakeClock) -> Iterator[Station]:
    (home / "bulletins" / "goi.md").write_text(CALLS, encoding="utf-8")
    with closing(Station.open(home, clock=clock)) as station:
        yield station


def approve(station: Station, bulletin: str) -> None:
    digest = station.preparation.preview(bulletin).digest
    station.log.event("approve", "", station.clock.now(), bulletin=bulletin, digest=digest, by="Páo")


def save(station: Station, *edits: FileEdit) -> None:
    apply_edits(station.paths.home, edits, "Hoa")
    station.reload()


def test_a_word_for_the_commune_tells_whose_words_change_and_which_approvals_end(station: Station) -> None:
    approve(station, "goi")
    approve(station, "nhac")

    effect = station.editing.bulletins.word_effect(OwnWord("say", "Bluezone", "bờ-lu-dôn"))

    assert (effect.changed, effect.voided) == (("goi",), ("goi",))
    assert "Bluezone" not in (station.paths.home / "commune.yaml").read_text(encoding="utf-8")


def test_what_was_foretold_of_a_word_comes_true_when_it_is_saved(station: Station) -> None:
    approve(station, "goi")
    save(station, station.editing.bulletins.word_effect(OwnWord("abbrev", "CV", "công văn của")).edit)

    assert "Gọi công văn của xã." in station.planner.bulletin_spec(station.files.bulletin("goi")).spoken_text
    assert [name for name, _ in station.planner.void_approvals(station.log)] == ["goi"]


def test_an_approval_that_was_void_before_is_not_ended_by_a_word(station: Station) -> None:
    approve(station, "goi")
    path = station.paths.home / "bulletins" / "goi.md"
    path.write_text(CALLS.replace("Mời", "Kính mời"), encoding="utf-8")
    station.reload()

    effect = station.editing.bulletins.word_effect(OwnWord("say", "Bluezone", "bờ-lu-dôn"))

    assert (effect.changed, effect.voided) == (("goi",), ())


def test_a_word_that_nobody_uses_changes_nothing(station: Station) -> None:
    assert station.editing.bulletins.word_effect(OwnWord("say", "Zalo", "da lô")).changed == ()


def test_a_word_that_is_read_so_already_changes_nothing(station: Station) -> None:
    assert station.editing.bulletins.word_effect(OwnWord("say", "Bluezone", "Bluezone")).changed == ()


def test_two_people_who_edit_one_bulletin_do_not_lose_each_others_words(station: Station) -> None:
    source = station.editing.bulletins.source("nhac")
    first = station.editing.bulletins.alter("nhac", source.revision, "Mời họp.", {})
    second = station.editing.bulletins.alter("nhac", source.revision, "Mời đi cấy.", {})
    save(station, first)

    with pytest.raises(EditConflict):
        save(station, second)
    with pytest.raises(EditConflict):
        station.editing.bulletins.alter("nhac", source.revision, "Mời đi cấy.", {})


def test_an_edit_keeps_what_it_is_not_about(station: Station) -> None:
    source = station.editing.bulletins.source("nhac")
    save(station, station.editing.bulletins.alter("nhac", source.revision, source.text, {"title": "Nhắc họp"}))

    after = (station.paths.home / "bulletins" / "nhac.md").read_text(encoding="utf-8")
    assert after == '---\ntitle: "Nhắc họp"\nrepeat: 2\n---\nXin nhắc bà con họp thôn.\n'


@pytest.mark.parametrize(("text", "head"), [("", {}), ("Mời họp.", {"valid": "mai"}), ("Mời họp.", {"title": ""})])
def test_an_edit_that_would_break_a_bulletin_is_refused(station: Station, text: str, head: dict[str, str]) -> None:
    revision = station.editing.bulletins.source("nhac").revision

    with pytest.raises(BadFile):
        station.editing.bulletins.alter("nhac", revision, text, head)


def test_a_new_bulletin_has_an_id_of_its_own(station: Station) -> None:
    first, edit = station.editing.bulletins.create("Họp thôn Nà Hoa", "Mời họp.", "CV 12")
    save(station, edit)
    second, _ = station.editing.bulletins.create("Họp thôn Nà Hoa", "Mời họp.")

    assert (first, second, edit.revision) == ("hop-thon-na-hoa", "hop-thon-na-hoa-2", ABSENT)
    assert station.editing.bulletins.source(first).text == "Mời họp."


def test_a_broken_bulletin_can_be_looked_at_with_what_is_wrong(station: Station) -> None:
    (station.paths.home / "bulletins" / "nhac.md").write_text("---\ntitel: x\n---\nMời.\n", encoding="utf-8")
    station.reload()
    source = station.editing.bulletins.source("nhac")

    assert source.bulletin is None
    assert source.problems
    assert "titel" in source.text


@pytest.mark.parametrize("name", ["../commune", "nobody", "nhac.md", ""])
def test_only_a_bulletin_of_the_station_can_be_edited(station: Station, name: str) -> None:
    with pytest.raises(NotFound):
        station.editing.bulletins.source(name)


@pytest.mark.parametrize(
    ("written", "key"), [("UBND", "abbrev"), ("Bluezone", "say"), ("2.05", None), ("T5", None), ("…", None)]
)
def test_a_number_is_never_learnt_for_the_whole_commune(written: str, key: str | None) -> None:
    assert likely_key(written) == key
