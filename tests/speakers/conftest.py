"""Recordings for the tests of streams, made once for each file of tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.stream_recordings import make_recordings


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with them."""
    folder = tmp_path_factory.mktemp("recording")
    make_recordings(folder)
    return folder
