"""The console of the small commune, in Vietnamese, and a daemon that writes down what it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.browser import running_chromium
from harness.fake_daemon import FakeDaemon
from harness.officers import Officers, board_of, officers_of
from harness.sounds import voice_like

from loudspeaker.clock import FakeClock
from loudspeaker.codec import encode
from loudspeaker.model.board import VoiceInstallation


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One browser for a file, which is played by one worker; its microphone is a stand-in that hears a voice."""
    voice = tmp_path_factory.mktemp("micro") / "voice.wav"
    voice.write_bytes(voice_like(2.0))
    microphone = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with running_chromium(*microphone, f"--use-file-for-fake-audio-capture={voice}") as browser:
        yield browser


@pytest.fixture
def officers(home: Path, clock: FakeClock) -> Iterator[Officers]:
    with officers_of(home, clock) as found:
        yield found


@pytest.fixture
def daemon(home: Path, clock: FakeClock) -> Iterator[FakeDaemon]:
    """Answers that nothing is on the air; a test changes `answers`."""
    state = home / ".state"
    state.mkdir(exist_ok=True)
    found = FakeDaemon(state / "control.sock")
    found.answers = {"board": board_of(clock.now()), "health": {"rows": [], "looked_at": None}}
    found.answers["installation"] = encode(VoiceInstallation())
    yield found
    found.close()
