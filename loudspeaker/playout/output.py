"""One output of the box (đường loa): its speaker, and the items that it is sounding. Carries out; decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..errors import DeviceGone, Message
from ..interfaces import Playback, Speaker, State
from .deadlines import QUARTER
from .item import PlannedAttempt, PlayoutItem
from .states import Cut, HeardAttempt, Phase, seconds

if TYPE_CHECKING:
    from ..model.programme import Programme

POLL = seconds(1)
REACTION = seconds(0.02)  # a speaker knows a little later than it happens
FADE, SHORT_FADE = 0.03, 0.02  # seconds; an emergency waits for the short one
ENDED = {State.DONE, State.STOPPED, State.FAILED}


class PlayoutOutput:
    """One output with at most one playback; items share it where villages hear the same at the same instant."""

    def __init__(self, name: str, speaker: Speaker, poll: timedelta = POLL) -> None:
        self.name = name
        self.speaker = speaker
        self.poll = poll  # it is asked at least so often
        self.playback = Playback()  # as the speaker told when it was last asked
        self.items: tuple[PlayoutItem, ...] = ()
        self.sequence: tuple[Programme, ...] = ()
        self.at: datetime | None = None  # when it was to start
        self.cut: Cut | None = None  # why it was asked to stop
        self.gone: Message | None = None  # its card was not there when it was last asked, and what it said

    @property
    def busy(self) -> bool:
        """Is anything armed or playing on it?"""
        return bool(self.items)

    @property
    def urgent(self) -> bool:
        """Is an emergency on it?"""
        return any(item.urgent for item in self.items)

    @property
    def armed(self) -> bool:
        """Something is armed and was not heard yet."""
        return any(item.state.phase is Phase.ARMED for item in self.items)

    @property
    def duration(self) -> float:
        """Seconds of what is on it."""
        return sum(programme.duration for programme in self.sequence)

    def arm(self, attempts: Sequence[PlannedAttempt], softer: float = 0.0) -> None:
        """Arm the speaker with what all of `attempts` share: sound, instant and gain, by `softer` dB less.

        Raises `SpeakerError` as `Speaker.arm` does, and is free then.
        """
        first = attempts[0]
        try:
            self.speaker.arm(first.item.airing.id, first.sequence, first.at, first.item.airing.gain - softer)
        except DeviceGone as error:
            self.gone = error.message
            raise
        self.items = tuple(attempt.item for attempt in attempts)
        self.sequence, self.at, self.cut = first.sequence, first.at, None

    def poll_speaker(self) -> Playback:
        """Ask the speaker what it is doing, or did last."""
        self.playback = self.speaker.poll()
        return self.playback

    def stop(self, cut: Cut) -> None:
        """Ask the speaker for silence; `poll_speaker` tells when it is there."""
        if self.busy:
            self.cut = cut
            self.speaker.stop(SHORT_FADE if cut is Cut.EMERGENCY else FADE)

    def next_poll(self, now: datetime) -> datetime:
        """When to ask the speaker next, unless it wakes us before."""
        began = self.items[0].state.on_air or self.at or now
        length = seconds(self.duration)
        quarter = began + length * QUARTER
        moments = [moment + REACTION for moment in (began, quarter, began + length) if moment + REACTION > now]
        if quarter <= now < quarter + POLL and not all(item.state.quarter for item in self.items):
            moments.append(now + REACTION)  # a card tells what was heard a little after it was
        return min([now + self.poll, *moments])

    def release(self) -> tuple[PlayoutItem, ...]:
        """Its playback has ended: the items that were on it."""
        items, self.items = self.items, ()
        return items

    @property
    def live(self) -> bool:
        """Is a stream on it, of which nobody knows the last sample?"""
        return any(programme.live for programme in self.sequence)

    @property
    def complete(self) -> bool:
        """Had the last sample left when it was stopped, or its card failed?"""
        frames = sum(programme.frames for programme in self.sequence)
        return 0 < frames <= self.playback.frames and not self.live

    @property
    def heard(self) -> HeardAttempt:
        """What was heard of what is on it."""
        playback, rate = self.playback, self.sequence[0].rate if self.sequence else 1
        times = playback.started_at, playback.ended_at
        return HeardAttempt(*times, playback.frames / rate, playback.frames, playback.via, playback.to_file)
