"""Every fault of the online voice, again and again: the right words, the right fallback, nothing wrong kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from online_voice import FAULTS, service

from loudspeaker.engines.audition import audition
from loudspeaker.engines.chain import Chain
from loudspeaker.engines.gtts import Gtts
from loudspeaker.engines.registry import Voice
from loudspeaker.engines.tone import Tone
from loudspeaker.sound.clip import Clip

NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
ONLINE, LOCAL = Voice("gtts", "vi"), Voice("tone", "low")
TEXTS = ("Kính thưa bà con.", "Chiều nay lúc mười bảy giờ, mời bà con tới nhà văn hóa thôn để họp.")


class Shelf(dict[str, Clip]):
    """Clips in memory."""

    def put(self, key: str, clip: Clip) -> None:
        self[key] = clip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_takes_the_whole_bulletin_to_the_next_voice(fault: str, full: bool) -> None:
    answer, why = FAULTS[fault]
    for _ in range(20 if full else 1):
        shelf = Shelf()
        with service(answer) as told:
            online = Gtts(told.url, longest=0.15 if "slow" in fault else 5.0, spacing=0)
            engines = {"gtts": online, "tone": Tone()}
            chain = Chain(shelf, lambda: NOW, engines.__getitem__, pause=lambda _seconds: None)
            spoken = chain.speak(TEXTS, [ONLINE, LOCAL])

        assert spoken.voice == LOCAL
        assert len(spoken.passed) == 1
        assert str(spoken.passed[0]).startswith("gtts:vi: ")
        assert why in str(spoken.passed[0])
        assert set(shelf) == set(spoken.keys)
        for text, clip in zip(TEXTS, spoken.clips, strict=True):
            audition(clip, text)
