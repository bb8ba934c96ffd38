"""Every fault of the online voices, again and again: the right words, the right fallback, nothing wrong kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from harness import edge_server, gtts_server
from harness.memory_clips import MemoryClips

from loudspeaker.engines.edge import VIETNAMESE, Edge
from loudspeaker.engines.gtts import Gtts
from loudspeaker.engines.tone import Tone
from loudspeaker.engines.validation import validate_clip
from loudspeaker.interfaces import Engine
from loudspeaker.model.programme import Voice
from loudspeaker.synthesis.fallback import FallbackChain

NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
LOCAL = Voice("tone", "low")
TEXTS = ("Kính thưa bà con.", "Chiều nay lúc mười bảy giờ, mời bà con tới nhà văn hóa thôn để họp.")


def judged(online: Engine, voice: Voice, why: str) -> None:
    """One bulletin by a voice that fails: the other says all of it, and only that is kept."""
    clips = MemoryClips()
    engines: dict[str, Engine] = {voice.engine: online, "tone": Tone()}
    chain = FallbackChain(clips, lambda: NOW, engines.__getitem__, pause=lambda _seconds: None)
    spoken = chain.synthesize(TEXTS, [voice, LOCAL])

    assert spoken.voice == LOCAL
    assert len(spoken.rejections) == 1
    assert str(spoken.rejections[0]).startswith(f"{voice}: ")
    assert why in str(spoken.rejections[0])
    assert set(clips.kept) == set(spoken.keys)
    for text, clip in zip(TEXTS, spoken.clips, strict=True):
        validate_clip(clip, text)


def longest(fault: str) -> float:
    """Seconds that a sentence may take."""
    return 0.15 if "slow" in fault else 5.0


@pytest.mark.parametrize("fault", gtts_server.FAULTS)
def test_a_fault_of_gtts_takes_the_whole_bulletin_to_the_next_voice(fault: str, full: bool) -> None:
    answer, why = gtts_server.FAULTS[fault]
    for _ in range(20 if full else 1):
        with gtts_server.service(answer) as told:
            online = Gtts(told.url, longest=longest(fault), spacing=0)
            judged(online, Voice("gtts", "vi"), why)


@edge_server.needs_edge
@pytest.mark.parametrize("fault", edge_server.FAULTS)
def test_a_fault_of_edge_takes_the_whole_bulletin_to_the_next_voice(fault: str, full: bool) -> None:
    answer, why = edge_server.FAULTS[fault]
    for _ in range(20 if full else 1):
        with edge_server.service(answer):
            online = Edge(longest=longest(fault), spacing=0, pause=lambda _seconds: None)
            judged(online, Voice("edge", VIETNAMESE[0]), why)
