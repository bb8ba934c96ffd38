"""Programmes are found by their recipe, checked by their bytes, and swept by their age."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from loudspeaker.model.programme import SentenceMark
from loudspeaker.store.programmes import MOST_MARKS, ProgrammeFacts, ProgrammeStore

FACTS = ProgrammeFacts(key="k", rate=48_000, frames=5, voice="espeak:vi", doubts=1, loudness=-16.1)
NOW = 1_800_000_000.0


def age(store: ProgrammeStore, recipe: str, days: float) -> None:
    os.utime(store.folder / f"{recipe}.json", (NOW - days * 86_400,) * 2)


def test_what_was_put_is_found_again_with_all_its_facts(tmp_path: Path) -> None:
    put = ProgrammeStore(tmp_path / "programmes").put("r1", b"RIFF", FACTS)

    assert ProgrammeStore(tmp_path / "programmes").find("r1") == put
    assert (put.key, put.voice, put.doubts, put.frames) == ("k", "espeak:vi", 1, 5)
    assert put.path.read_bytes() == b"RIFF"


def test_when_each_sentence_is_heard_stands_in_the_manifest(tmp_path: Path) -> None:
    store, marks = ProgrammeStore(tmp_path), (SentenceMark(0, 2.7, 5.31), SentenceMark(1, 6.11, 9.0))
    store.put("r1", b"RIFF", replace(FACTS, marks=marks))

    assert store.marks("r1") == marks
    assert store.marks("r2") == ()


def test_a_manifest_of_an_earlier_version_tells_no_times_and_is_found(tmp_path: Path) -> None:
    store = ProgrammeStore(tmp_path)
    store.put("r1", b"RIFF", replace(FACTS, marks=(SentenceMark(0, 0.1, 1.0),)))
    path = tmp_path / "r1.json"
    stored = json.loads(path.read_text())
    del stored["marks"]
    path.write_text(json.dumps(stored))

    assert store.marks("r1") == ()
    assert store.find("r1")


def test_a_programme_of_more_sentences_than_a_manifest_holds_is_found_without_their_times(tmp_path: Path) -> None:
    store = ProgrammeStore(tmp_path)
    marks = tuple(SentenceMark(number, number + 1000.123, number + 1000.999) for number in range(MOST_MARKS + 1))
    store.put("most", b"RIFF", replace(FACTS, marks=marks[:-1]))
    store.put("more", b"RIFF", replace(FACTS, marks=marks))

    assert (len(store.marks("most")), store.marks("more")) == (MOST_MARKS, ())
    assert store.find("more")
    assert store.find("most")


def test_a_writer_may_stream_it(tmp_path: Path) -> None:
    put = ProgrammeStore(tmp_path).put("r1", lambda file: file.write(b"RIFF" * 3), FACTS)

    assert put.path.read_bytes() == b"RIFF" * 3


def test_an_unknown_recipe_finds_nothing(tmp_path: Path) -> None:
    assert ProgrammeStore(tmp_path / "none").find("r1") is None


def test_a_better_voice_takes_the_place_and_the_old_file_stays_for_who_plays_it(tmp_path: Path) -> None:
    store = ProgrammeStore(tmp_path)
    old = store.put("r1", b"robot", FACTS)
    new = store.put("r1", b"human", ProgrammeFacts("k2", 48_000, 5, "piper:vi"))

    assert store.find("r1") == new
    assert store.is_intact(old)


def test_a_changed_byte_is_noticed_by_the_check_and_a_missing_half_at_once(tmp_path: Path) -> None:
    store = ProgrammeStore(tmp_path)
    put = store.put("r1", b"RIFF", FACTS)
    put.path.write_bytes(b"RUFF")
    assert store.find("r1") == put
    assert not store.is_intact(put)

    put.path.write_bytes(b"RI")
    assert store.find("r1") is None

    put.path.unlink()
    assert not store.is_intact(put)


def test_a_damaged_programme_can_be_discarded_and_made_again(tmp_path: Path) -> None:
    store = ProgrammeStore(tmp_path)
    store.put("r1", b"RIFF", FACTS).path.write_bytes(b"RUFF")
    store.discard("r1")
    assert list(tmp_path.iterdir()) == []

    assert store.is_intact(store.put("r1", b"RIFF", FACTS))


def test_a_damaged_manifest_is_the_same_as_none(tmp_path: Path) -> None:
    store = ProgrammeStore(tmp_path)
    for text in (b"", b"{", b"[]", b'{"bytes": 1}', b"\xff", b'{"bytes": 4, "sha256": "x", "odd": 1}'):
        store.put("r1", b"RIFF", FACTS)
        (tmp_path / "r1.json").write_bytes(text)
        assert store.find("r1") is None


def test_the_sweep_takes_the_oldest_and_never_a_protected_one(tmp_path: Path) -> None:
    store = ProgrammeStore(tmp_path)
    for number in range(5):
        store.put(f"r{number}", bytes([number]) * 100, FACTS)
        age(store, f"r{number}", days=5 - number)
    freed = store.sweep(budget=300, protected={"r0"}, now=NOW)

    assert freed == 200
    assert [recipe for recipe, _ in store.all()] == ["r0", "r3", "r4"]


def test_the_sweep_keeps_what_is_needed_even_over_its_budget(tmp_path: Path) -> None:
    store = ProgrammeStore(tmp_path)
    for number in range(3):
        store.put(f"r{number}", bytes([number]) * 100, FACTS)

    assert store.sweep(budget=0, protected={"r0", "r1", "r2"}, now=NOW) == 0
    assert len(list(store.all())) == 3


def test_a_programme_that_two_recipes_share_goes_only_when_neither_is_protected(tmp_path: Path) -> None:
    store = ProgrammeStore(tmp_path)
    store.put("r1", b"same", FACTS)
    store.put("r2", b"same", FACTS)
    store.sweep(budget=0, protected={"r2"}, now=NOW)
    assert store.find("r2")

    store.sweep(budget=0, protected=(), now=NOW)
    assert list(tmp_path.iterdir()) == []


def test_being_found_counts_as_use_once_a_day(tmp_path: Path) -> None:
    store = ProgrammeStore(tmp_path)
    store.put("r1", b"RIFF", FACTS)
    age(store, "r1", days=0)
    store.find("r1")

    assert abs((tmp_path / "r1.json").stat().st_mtime - NOW) > 86_400


@pytest.mark.parametrize(
    "wrong",
    [
        {"frames": "abc"},
        {"rate": None},
        {"rate": 0},
        {"frames": -5},
        {"frames": True},
        {"sha256": "../elsewhere"},
        {"sha256": 7},
        {"loudness": "loud"},
        {"voice": ["x"]},
    ],
)
def test_a_manifest_with_facts_of_another_kind_is_the_same_as_none(tmp_path: Path, wrong: dict[str, object]) -> None:
    store = ProgrammeStore(tmp_path)
    store.put("r1", b"RIFF", FACTS)
    (tmp_path.parent / "elsewhere.wav").write_bytes(b"RIFF")
    manifest = tmp_path / "r1.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), **wrong}))

    assert store.find("r1") is None


def test_a_manifest_without_end_or_that_waits_for_a_writer_is_the_same_as_none(tmp_path: Path) -> None:
    store = ProgrammeStore(tmp_path)
    manifest = tmp_path / "r1.json"
    manifest.symlink_to("/dev/zero")
    assert store.find("r1") is None

    manifest.unlink()
    os.mkfifo(manifest)
    assert store.find("r1") is None
    assert list(store.all()) == []

    manifest.unlink()
    manifest.write_text("[" * 50_000)
    assert store.find("r1") is None
