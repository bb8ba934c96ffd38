"""Clips come back sample for sample or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.sound.clip import Clip
from loudspeaker.store.clips import ClipStore

NOW = 1_800_000_000.0
NOISE = np.random.default_rng(1).integers(-32_768, 32_768, 2_000).astype(np.float32) / 32_768
KEY = "ab" * 32


def file_of(store: ClipStore, key: str) -> Path:
    (path,) = store.folder.rglob(f"{key}.flac")
    return path


@pytest.fixture
def store(tmp_path: Path) -> ClipStore:
    return ClipStore(tmp_path / "clips")


def test_sixteen_bit_samples_come_back_exactly(store: ClipStore) -> None:
    store.put(KEY, Clip(22_050, NOISE))
    got = store.get(KEY)

    assert got is not None
    assert got.rate == 22_050
    assert got.samples.dtype == np.float32
    assert np.array_equal(got.samples, NOISE)
    assert store.total_bytes() == file_of(store, KEY).stat().st_size


def test_samples_beyond_full_scale_are_held_at_it(store: ClipStore) -> None:
    store.put(KEY, Clip(22_050, np.array([2, -2, 1, -1, 0], np.float32)))
    got = store.get(KEY)

    assert got is not None
    assert got.samples.tolist() == [32_767 / 32_768, -1, 32_767 / 32_768, -1, 0]


def test_what_was_never_put_is_absent(store: ClipStore) -> None:
    assert store.get(KEY) is None
    assert not store.has(KEY)


def test_a_kept_clip_can_be_listened_to_with_any_player(store: ClipStore) -> None:
    store.put(KEY, Clip(22_050, NOISE))
    samples, rate = soundfile.read(file_of(store, KEY), dtype="float32")

    assert rate == 22_050
    assert np.array_equal(samples, NOISE)


@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_one_changed_byte_anywhere_makes_it_absent(
    tmp_path_factory: pytest.TempPathFactory, place: int, flip: int
) -> None:
    store = ClipStore(tmp_path_factory.mktemp("clips"))
    store.put(KEY, Clip(22_050, NOISE))
    data = bytearray(file_of(store, KEY).read_bytes())
    data[place % len(data)] ^= flip
    file_of(store, KEY).write_bytes(data)

    assert store.get(KEY) is None


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 100])
def test_a_torn_clip_is_absent_told_and_made_again(store: ClipStore, length: int) -> None:
    store.put(KEY, Clip(22_050, NOISE))
    path = file_of(store, KEY)
    path.write_bytes(path.read_bytes()[:length])
    assert store.get(KEY) is None
    assert store.damaged_keys() == [KEY]

    store.put(KEY, Clip(22_050, NOISE))
    assert store.damaged_keys() == []


def test_the_sweep_takes_the_oldest_and_never_a_protected_one(store: ClipStore) -> None:
    keys = [f"{number:064x}" for number in range(6)]
    for number, key in enumerate(keys):
        store.put(key, Clip(22_050, NOISE))
        os.utime(file_of(store, key), (NOW - (6 - number) * 86_400,) * 2)
    one = store.total_bytes() // 6
    freed = store.sweep(budget=3 * one, protected={keys[0]}, now=NOW)

    assert freed == 3 * one
    assert [key for key in keys if store.has(key)] == [keys[0], keys[4], keys[5]]
    assert store.sweep(budget=0, protected=keys, now=NOW) == 0


def test_a_discarded_clip_is_gone(store: ClipStore) -> None:
    store.put(KEY, Clip(22_050, NOISE))
    store.discard(KEY)
    store.discard(KEY)

    assert not store.has(KEY)
