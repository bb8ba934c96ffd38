"""A daemon that is handed alerts which were changed, replayed, forged or meant for others: none of them is heard.

All of it is real but for clock, speakers and what makes the sound. The oracle is what may be heard: what people of this
commune have signed, once. A changed envelope may still hold the very words and signatures that were signed, where a
blank or a hint was changed: then it is that alert, and must not be heard again.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from harness.alert_box import BOX, AlertBox, flood, order, sealed
from harness.changed_bytes import change_bytes
from harness.office import NOW, join, open_office
from harness.signing import PEOPLE, PHONE, STRANGER

from loudspeaker.errors import LoudspeakerError
from loudspeaker.model.alert_answer import AlertAnswer
from loudspeaker.station.paths import StationPaths
from loudspeaker.trust.dsse import format_envelope, parse_envelope
from loudspeaker.trust.floors import WINDOW
from loudspeaker.trust.opening import seal
from loudspeaker.trust.signed_documents import Alert

VILLAGES = 2
HEARD = 200  # the newest alert that the box has heard
BATCH = 500  # deliveries between two looks at what was heard
TWO = ("hoa", "pao")
Forge = Callable[[int, random.Random], str]


@pytest.fixture
def box(home: Path, tmp_path: Path) -> Iterator[AlertBox]:
    """It has heard one alert, and everything of that is over."""
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    join(StationPaths(home, home / ".state"), open_office(home, tmp_path))
    opened = AlertBox(home)
    opened.deliver(flood(HEARD, until=NOW + timedelta(hours=20)), *TWO)
    opened.run(600)
    yield opened
    opened.close()


def lively(number: int, chance: random.Random, **changed: object) -> Alert:
    """One that would be heard at once, if two people of the commune had signed it."""
    seq = HEARD + 1 + number % WINDOW
    words = f"Lũ số {chance.randrange(10**6)}."
    return flood(seq, issued=NOW, until=NOW + timedelta(hours=20), text=words, spoken=words, **changed)


def mutated(number: int, chance: random.Random) -> str:
    """What was heard already, changed on its way."""
    raw = sealed(flood(HEARD, until=NOW + timedelta(hours=20)), *TWO).encode()
    return change_bytes(raw, chance).decode(errors="replace")


def exchanged(number: int, chance: random.Random) -> str:
    """Other words under the signatures of what was heard."""
    genuine = parse_envelope(sealed(flood(HEARD, until=NOW + timedelta(hours=20)), *TWO).encode())
    return format_envelope(replace(seal(lively(number, chance)), signatures=genuine.signatures)).decode()


def stale(number: int, chance: random.Random) -> str:
    """Signed by two, and too old: by its number, or because it has ended."""
    if number % 2:
        return sealed(flood(chance.randrange(1, HEARD - WINDOW + 1), until=NOW + timedelta(hours=20)), *TWO)
    ended = NOW - timedelta(minutes=chance.randrange(1, 600))
    return sealed(flood(HEARD + 1, issued=ended - timedelta(hours=1), until=ended), *TWO)


def forged(number: int, chance: random.Random) -> str:
    """Signed by too few, by one person twice, by the hub, by strangers."""
    alert = lively(number, chance)
    return (
        lambda: sealed(alert),
        lambda: sealed(alert, "hoa"),
        lambda: sealed(alert, "hoa", keys=(PHONE,)),  # type: ignore[arg-type]
        lambda: sealed(alert, "hoa", "hub"),
        lambda: sealed(alert, "hoa", keys=(STRANGER,)),
        lambda: sealed(alert, "tu", "binh"),
        lambda: sealed(alert, "hoa", "hoa"),
    )[number % 7]()


def misdirected(number: int, chance: random.Random) -> str:
    """For another commune, for villages that are not here, or signed as something else."""
    if number % 3 == 0:
        return sealed(lively(number, chance, scope="xa-khac"), *TWO)
    if number % 3 == 1:
        return sealed(lively(number, chance, villages=("ban-xa",)), *TWO)
    envelope = replace(seal(lively(number, chance)), payload_type="application/vnd.loudspeaker.bell+json;v=1")
    for name in TWO:
        envelope = PEOPLE[name].sign(envelope)
    return format_envelope(envelope).decode()


KINDS: dict[str, tuple[Forge, int]] = {  # and how many of 100 deliveries are such
    "mutated": (mutated, 40),
    "exchanged": (exchanged, 10),
    "stale": (stale, 15),
    "forged": (forged, 20),
    "misdirected": (misdirected, 15),
}


def test_nothing_is_heard_of_what_was_changed_replayed_forged_or_meant_for_others(box: AlertBox, full: bool) -> None:
    chance, played, refused = random.Random(2026), len(box.played), Counter[str]()
    names = [name for name, (_, share) in KINDS.items() for _ in range(share)]
    before = Counter(event.airing for event in box.disk.events("asked"))
    for number in range(100_000 if full else 600):
        name = chance.choice(names)
        answer = hand_over(box, KINDS[name][0](number, chance))
        refused[name] += answer is None
        if number % BATCH == BATCH - 1:
            box.run(1)
    box.run(600)

    assert len(box.played) == played
    assert Counter(event.airing for event in box.disk.events("asked")) == before
    assert set(before.values()) == {1}
    assert set(refused) == set(KINDS)
    alert = lively(1, chance)
    box.deliver(alert, *TWO)  # what is genuine is heard all the same
    box.run(600)
    assert {name.split("/")[0] for name, _, whole in box.played[played:] if whole} == {"na-hoa", "suoi-trat"}
    box.deliver(order("end", HEARD + WINDOW, alert.seq), "hoa")


def hand_over(box: AlertBox, envelope: str) -> AlertAnswer | None:
    with suppress(LoudspeakerError):
        return box.hand_over(envelope)
    return None
