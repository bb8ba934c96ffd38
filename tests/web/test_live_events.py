"""Pages that are open are told that something has changed: one after the other, and never twice of the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator

import pytest

from loudspeaker.web.live_events import LOOK, MOST, SPREAD, LiveEvents, TooManyListeners


class Waits:
    """Lets no time pass, writes down how much was asked for, and lets the others go on."""

    def __init__(self) -> None:
        self.spans: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.spans.append(seconds)
        await asyncio.sleep(0)


async def joined(events: LiveEvents, number: int) -> list[AsyncGenerator[str, None]]:
    pages = [events.listen() for _ in range(number)]
    for page in pages:
        assert (await anext(page)).startswith("retry:")
    return pages


def test_everybody_is_told_of_a_change_in_turn() -> None:
    async def told() -> tuple[list[str], list[float]]:
        looks: Iterator[str] = iter(["before", "before", "after"])
        waits = Waits()
        events = LiveEvents(lambda: next(looks, "after"), waits)
        pages = await joined(events, 5)
        heard = [await anext(page) for page in pages]
        for page in pages:
            await page.aclose()
        return heard, waits.spans

    heard, spans = asyncio.run(told())
    assert heard == ["event: now\ndata: after\n\n"] * 5
    assert spans[:2] == [LOOK, LOOK]  # nothing had changed at the first look
    assert spans[2 : 2 + 4] == [SPREAD / 5] * 4


def test_no_more_pages_listen_than_the_machine_bears() -> None:
    async def crowd() -> None:
        events = LiveEvents(lambda: "", Waits())
        pages = await joined(events, MOST)
        with pytest.raises(TooManyListeners):
            await anext(events.listen())
        for page in pages:
            await page.aclose()

    asyncio.run(crowd())


def test_where_a_look_fails_all_are_let_go_and_whoever_comes_again_is_told(caplog: pytest.LogCaptureFixture) -> None:
    looks: Iterator[str] = iter(["before", "", "before", "after"])

    def look() -> str:
        return next(looks, "after") or str(1 / 0)

    async def come_again() -> tuple[list[str], str]:
        events = LiveEvents(look, Waits())
        first, late = await joined(events, 2)
        heard = [event async for event in first]
        (again,) = await joined(events, 1)
        told = await anext(again)
        await again.aclose()
        await late.aclose()
        return heard, told

    assert asyncio.run(come_again()) == ([], "event: now\ndata: after\n\n")
    assert "ZeroDivisionError" in caplog.text


def test_whoever_listens_is_let_go_when_the_process_ends() -> None:
    async def ends() -> list[str]:
        events = LiveEvents(lambda: "", Waits())
        (page,) = await joined(events, 1)
        events.close()
        return [event async for event in page]

    assert asyncio.run(ends()) == []
